//! `./dev bench`: measurements live in workspaces of their own, outside the
//! gate, because their peers are large.

use anyhow::{Result, bail};

use crate::packages::apt_install;
use crate::repo;
use crate::run::{cargo, find_program, run, step};

/// Runs one measurement; the words after its name are its own.
pub(crate) fn bench(arguments: &[String]) -> Result<()> {
    let Some((name, rest)) = arguments.split_first() else {
        bail!("which one? ./dev bench digest");
    };
    match name.as_str() {
        "digest" => digest(rest),
        other => bail!("no measurement {other:?}; there is: digest"),
    }
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
