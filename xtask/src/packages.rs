//! Installing from Debian, from PyPI and from npm.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use anyhow::{Context, Result, bail};

use crate::repo;
use crate::run::{find_program, quiet, read, step, succeeds};

/// Installs Debian packages, as root or through sudo. The error names what to
/// ask the administrator for.
pub(crate) fn apt_install(names: &[&str]) -> Result<()> {
    let packages = names.join(" ");
    if find_program("apt-get").is_none() {
        bail!("this machine has no apt-get; install what Debian calls {packages} in its own way");
    }
    let Some(prefix) = root_prefix() else {
        bail!("neither root nor sudo; ask the administrator for: apt-get install {packages}");
    };
    step(format!("Installing {packages} (apt-get)"));
    static LISTS: OnceLock<Result<(), String>> = OnceLock::new();
    LISTS
        .get_or_init(|| {
            quiet(as_root(&prefix, "apt-get").args(["update", "-qq"])).map(drop).map_err(|error| format!("{error:#}"))
        })
        .clone()
        .map_err(anyhow::Error::msg)?;
    let mut install = as_root(&prefix, "apt-get");
    install.args(["install", "-y", "-qq", "--no-install-recommends"]);
    quiet(install.args(names)).map(drop)
}

/// What to put before a command so that it runs as root; nothing when that
/// cannot be had.
fn root_prefix() -> Option<Vec<String>> {
    if repo::is_root() {
        return Some(Vec::new());
    }
    find_program("sudo")?;
    succeeds(Command::new("sudo").args(["-n", "true"])).then(|| vec!["sudo".into(), "-n".into()])
}

fn as_root(prefix: &[String], program: &str) -> Command {
    let mut words = prefix.to_vec();
    words.extend(["env".into(), "DEBIAN_FRONTEND=noninteractive".into(), program.into()]);
    let mut command = Command::new(&words[0]);
    command.args(&words[1..]);
    command
}

/// A virtual environment in the cache with exactly what the requirements file
/// names; gives back its folder.
pub(crate) fn python_venv(requirements: &Path) -> Result<PathBuf> {
    let wanted = read(requirements)?;
    let venv = repo::cache_dir().join("peers-venv");
    let stamp = venv.join("requirements.txt");
    let python = venv.join("bin/python");
    if std::fs::read_to_string(&stamp).is_ok_and(|have| have == wanted) && runs(&python) {
        return Ok(venv);
    }
    step("Installing boto3 and the aws command into a virtual environment (pip)");
    make_venv(&venv)?;
    quiet(
        Command::new(&python)
            .args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r"])
            .arg(requirements),
    )?;
    std::fs::write(&stamp, wanted)?;
    Ok(venv)
}

/// Makes an empty environment with the first Python that can: Debian's own
/// lacks `venv` until python3-venv is there, a pyenv's does not.
fn make_venv(venv: &Path) -> Result<()> {
    let attempt = || {
        ["python3", "/usr/bin/python3", "/usr/local/bin/python3"].iter().any(|python| {
            succeeds(Command::new(python).args(["-m", "venv", "--clear"]).arg(venv))
                && succeeds(Command::new(venv.join("bin/python")).args(["-m", "pip", "--version"]))
        })
    };
    if attempt() {
        return Ok(());
    }
    apt_install(&["python3-venv"]).context("no Python that can make a virtual environment")?;
    if attempt() {
        return Ok(());
    }
    bail!("no Python here can make a virtual environment (python3 -m venv)")
}

fn runs(python: &Path) -> bool {
    succeeds(Command::new(python).arg("--version"))
}

/// The npm packages a `package.json` names, in the cache; gives back the
/// `node_modules` folder.
pub(crate) fn npm_modules(manifest: &Path) -> Result<PathBuf> {
    let wanted = read(manifest)?;
    let dir = repo::cache_dir().join("npm");
    let stamp = dir.join("installed.json");
    if std::fs::read_to_string(&stamp).is_ok_and(|have| have == wanted) {
        return Ok(dir.join("node_modules"));
    }
    if find_program("npm").is_none() {
        apt_install(&["nodejs", "npm"]).context("npm is missing")?;
    }
    step("Installing PostgreSQL 18's programs and axe-core (npm)");
    std::fs::create_dir_all(&dir)?;
    std::fs::write(dir.join("package.json"), &wanted)?;
    let mut install = Command::new("npm");
    install.args(["install", "--no-audit", "--no-fund", "--no-package-lock", "--loglevel=error"]);
    quiet(install.current_dir(&dir))?;
    std::fs::write(&stamp, wanted)?;
    Ok(dir.join("node_modules"))
}
