//! `./dev demo` and `./dev serve`: build, then become the program.

use std::os::unix::process::CommandExt;
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::run::{cargo, clean_env, run, step};
use crate::{front, needs, repo};

/// Everything together on real load. The arguments are those of `loadlens demo`.
pub(crate) fn demo(arguments: &[String]) -> Result<()> {
    // The demo on MariaDB does without PostgreSQL, and the other way round.
    let on_mariadb = arguments.iter().any(|argument| argument == "mariadb" || argument == "--engine=mariadb");
    let postgres = if on_mariadb { None } else { Some(needs::postgres()?) };
    if on_mariadb {
        needs::mariadb()?;
    }
    front::build()?;
    build()?;
    become_loadlens("demo", arguments, |command| {
        if let Some(postgres) = postgres {
            command.env("LOADLENS_POSTGRES_BIN", postgres);
        }
    })
}

/// The dashboard against AWS. The arguments are those of `loadlens serve`.
pub(crate) fn serve(arguments: &[String]) -> Result<()> {
    front::build()?;
    build()?;
    become_loadlens("serve", arguments, |_| {})
}

/// Builds the programs as part of the whole workspace: cargo turns on the
/// features of what it is asked for, and a narrower question would compile a
/// good part of the dependencies a second time for the tests.
fn build() -> Result<()> {
    step("Building Loadlens (some minutes at the first time)");
    run(cargo().args(["build", "--locked", "--bins"]).args(crate::gate::WORKSPACE))
}

/// Replaces this process, so that signals reach the program itself and its
/// cleaning up is not interrupted by ours. Returns only when that failed.
fn become_loadlens(word: &str, arguments: &[String], prepare: impl FnOnce(&mut Command)) -> Result<()> {
    let binary = repo::target_dir().join("debug/loadlens");
    if !binary.exists() {
        bail!("the build left no {}", binary.display());
    }
    let mut command = Command::new(&binary);
    clean_env(&mut command);
    prepare(&mut command);
    step(format!("Starting loadlens {word}"));
    let failure = command.arg(word).args(arguments).exec();
    Err(failure).with_context(|| format!("{} could not be started", binary.display()))
}
