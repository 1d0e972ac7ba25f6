//! The gate: `./dev test` runs every test, `./dev check` the rest of it.

use std::process::Command;

use anyhow::Result;

use crate::run::{cargo, run, step, succeeds};
use crate::{front, needs};

/// What is built and tested together. `front` is built on its own, with features
/// of its own, whenever the front is; compiling it twice would cost minutes.
pub(crate) const WORKSPACE: [&str; 3] = ["--workspace", "--exclude", "front"];

/// Every test, or those whose name contains one of the words.
pub(crate) fn test(filter: &[String]) -> Result<()> {
    needs::for_tests();
    front::build()?;
    step("Building Loadlens and its tests (some minutes at the first time)");
    run(cargo().args(["build", "--locked", "--all-targets"]).args(WORKSPACE))?;
    step("Running the tests");
    if has_nextest() {
        if filter.is_empty() {
            run(cargo().args(["test", "--locked", "--doc", "--quiet"]).args(WORKSPACE))?;
        }
        return run(cargo().args(["nextest", "run", "--locked"]).args(WORKSPACE).args(filter));
    }
    let mut tests = cargo();
    tests.args(["test", "--locked", "--no-fail-fast"]).args(WORKSPACE);
    if !filter.is_empty() {
        tests.arg("--").args(filter);
    }
    run(&mut tests)
}

fn has_nextest() -> bool {
    succeeds(Command::new("cargo").args(["nextest", "--version"]))
}

/// Formatting, lints and documentation.
pub(crate) fn check() -> Result<()> {
    lint()?;
    run(cargo().args(["clippy", "--locked", "--package", "front", "--all-targets"]).args(STRICT))?;
    step("Checking the documentation");
    let mut doc = cargo();
    doc.env("RUSTDOCFLAGS", "-D warnings");
    run(doc.args(["doc", "--locked", "--no-deps", "--quiet"]).args(WORKSPACE))
}

const STRICT: [&str; 3] = ["--", "-D", "warnings"];

/// Formatting and lints, the browser's half of `app` included.
pub(crate) fn lint() -> Result<()> {
    step("Checking the formatting");
    run(cargo().args(["fmt", "--all", "--check"]))?;
    step("Checking the lints");
    run(cargo().args(["clippy", "--locked", "--all-targets"]).args(WORKSPACE).args(STRICT))?;
    step("Checking the lints of the pages as the browser runs them");
    run(front::cargo_for_the_pages("clippy").args(STRICT))
}
