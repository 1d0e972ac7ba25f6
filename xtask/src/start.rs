//! `./dev demo` and `./dev serve`: build, then become the program.

use std::os::unix::process::CommandExt;
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::run::{cargo, clean_env, run, step};
use crate::{front, needs, repo};

/// Everything together on real load. The arguments are those of `loadlens demo`.
pub(crate) fn demo(arguments: &[String]) -> Result<()> {
    let postgres = needs::postgres()?;
    front::build()?;
    build(&["--package", "loadlens", "--package", "sample_app"])?;
    become_loadlens("demo", arguments, |command| {
        command.env("LOADLENS_POSTGRES_BIN", postgres);
    })
}

/// The dashboard against AWS. The arguments are those of `loadlens serve`.
pub(crate) fn serve(arguments: &[String]) -> Result<()> {
    front::build()?;
    build(&["--package", "loadlens"])?;
    become_loadlens("serve", arguments, |_| {})
}

fn build(packages: &[&str]) -> Result<()> {
    step("Building Loadlens (some minutes at the first time)");
    run(cargo().args(["build", "--locked", "--bins"]).args(packages))
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
