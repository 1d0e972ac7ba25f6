//! The gate: `./dev test` runs every test, `./dev check` the rest of it.

use std::process::Command;

use anyhow::Result;

use crate::run::{cargo, run, step, succeeds};
use crate::{front, needs};

/// Every test, or those whose name contains one of the words.
pub(crate) fn test(filter: &[String]) -> Result<()> {
    needs::for_tests();
    front::build()?;
    step("Building Loadlens and its tests (some minutes at the first time)");
    let bins = ["build", "--locked", "--workspace", "--all-targets"];
    run(cargo().args(bins))?;
    step("Running the tests");
    if has_nextest() {
        if filter.is_empty() {
            run(cargo().args(["test", "--locked", "--workspace", "--doc", "--quiet"]))?;
        }
        return run(cargo().args(["nextest", "run", "--locked", "--workspace"]).args(filter));
    }
    let mut tests = cargo();
    tests.args(["test", "--locked", "--workspace", "--no-fail-fast"]);
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
    step("Checking the documentation");
    let mut doc = cargo();
    doc.env("RUSTDOCFLAGS", "-D warnings");
    run(doc.args(["doc", "--locked", "--workspace", "--no-deps", "--quiet"]))
}

/// Formatting and lints, the browser's half of `app` included.
pub(crate) fn lint() -> Result<()> {
    step("Checking the formatting");
    run(cargo().args(["fmt", "--all", "--check"]))?;
    step("Checking the lints");
    let strict = ["--", "-D", "warnings"];
    run(cargo().args(["clippy", "--locked", "--workspace", "--all-targets"]).args(strict))?;
    step("Checking the lints of the pages as the browser runs them");
    let browser = ["--package", "app", "--no-default-features", "--features", "hydrate"];
    run(cargo().args(["clippy", "--locked"]).args(browser).args(strict))
}
