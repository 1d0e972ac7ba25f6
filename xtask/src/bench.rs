//! `./dev bench`: figures anybody can take again. Those against peers live in a workspace of their
//! own, outside the gate, because the peers are large; those of the program itself in `tests/bench`.

use std::process::Command;

use anyhow::{Result, bail};

use crate::gate::WORKSPACE;
use crate::packages::apt_install;
use crate::run::{cargo, clean_env, find_program, run, step};
use crate::{front, needs, repo};

/// Measurements of the program itself, by `tests/bench`, with what each tells.
const OF_THE_PROGRAM: [(&str, &str); 6] = [
    ("pages", "server time of the DB load page, pages a second"),
    ("serve", "time to the first page, idle memory, size of the program"),
    ("calls", "PI calls an instance costs a month, counted"),
    ("archive", "bytes a load row takes, all in"),
    ("sampler [SESSIONS]", "CPU time the sampler takes of the database"),
    ("agreement [MINUTES]", "DB load and calls against an independent count"),
];

/// Of those, what is measured on a release build: times, memory and size.
const RELEASED: [&str; 2] = ["pages", "serve"];

/// Runs one measurement; the words after its name are its own.
pub(crate) fn bench(arguments: &[String]) -> Result<()> {
    let Some((name, rest)) = arguments.split_first() else {
        print_list();
        return Ok(());
    };
    let is_of_the_program = OF_THE_PROGRAM.iter().any(|(known, _)| known.split(' ').next() == Some(name));
    match name.as_str() {
        "digest" => digest(rest),
        name if is_of_the_program => of_the_program(name, rest),
        other => bail!("no measurement {other:?}; ./dev bench lists them"),
    }
}

fn print_list() {
    eprintln!("Usage: ./dev bench <name> [arguments]\n");
    eprintln!("  {:<22} the digest against other normalisers", "digest [FILE]");
    for (name, what) in OF_THE_PROGRAM {
        eprintln!("  {name:<22} {what}");
    }
}

/// The program that measures is built as the tests are; what it measures, in release where times and
/// sizes are asked for.
fn of_the_program(name: &str, rest: &[String]) -> Result<()> {
    needs::postgres()?;
    front::build()?;
    step("Building the measuring program");
    run(cargo().args(["build", "--locked", "--bins"]).args(WORKSPACE))?;
    let mut command = Command::new(repo::target_dir().join("debug/measure"));
    if RELEASED.contains(&name) {
        step("Building Loadlens as it is released (many minutes at the first time)");
        run(cargo().args(["build", "--locked", "--release", "--package", "loadlens", "--bin", "loadlens"]))?;
        command.env("LOADLENS_BINARY", repo::target_dir().join("release/loadlens"));
    }
    clean_env(&mut command);
    step(format!("Measuring {name}"));
    run(command.arg(name).args(rest))
}

/// The digest against other normalisers.
fn digest(rest: &[String]) -> Result<()> {
    let manifest = repo::root().join("xtask/peers/Cargo.toml");
    if !manifest.exists() {
        bail!("{} is missing", manifest.display());
    }
    // pg_query compiles PostgreSQL's grammar from C and reads its headers with libclang.
    if find_program("clang").is_none() {
        apt_install(&["clang", "libclang-dev"])?;
    }
    step("Measuring the digest against its peers");
    let mut command = cargo();
    command.args(["run", "--release", "--manifest-path"]).arg(manifest);
    command.env("CARGO_TARGET_DIR", repo::target_dir().join("peers"));
    run(command.arg("--").args(rest))
}
