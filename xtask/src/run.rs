//! Running other programs and saying so.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

/// How many lines of a failed program's output are worth showing.
const TAIL_LINES: usize = 15;

/// Says what happens now.
pub(crate) fn step(what: impl AsRef<str>) {
    eprintln!("==> {}", what.as_ref());
}

/// Says what could not be had, and goes on.
pub(crate) fn warn(what: impl AsRef<str>) {
    eprintln!("warning: {}", what.as_ref());
}

/// Cargo in the repository, without what `cargo run` left in the environment:
/// build scripts such as ring's watch these names and would rebuild.
pub(crate) fn cargo() -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(crate::repo::root());
    clean_env(&mut command);
    command
}

/// Removes the variables `cargo run` set for this program.
pub(crate) fn clean_env(command: &mut Command) {
    for (name, _) in std::env::vars_os() {
        let text = name.to_string_lossy();
        if text.starts_with("CARGO_PKG_") || text.starts_with("CARGO_MANIFEST_") {
            command.env_remove(&name);
        }
    }
    command.env_remove("CARGO").env_remove("LD_LIBRARY_PATH");
}

/// Runs with the terminal attached; fails when the program does.
pub(crate) fn run(command: &mut Command) -> Result<()> {
    let status = command.status().with_context(|| format!("{} could not be started", name_of(command)))?;
    if !status.success() {
        bail!("{} failed ({status})", line_of(command));
    }
    Ok(())
}

/// Runs in silence and gives back what was printed; the end of it when it fails.
pub(crate) fn quiet(command: &mut Command) -> Result<String> {
    let output =
        command.stdin(Stdio::null()).output().with_context(|| format!("{} could not be started", name_of(command)))?;
    if !output.status.success() {
        let mut text = String::from_utf8_lossy(&output.stdout).into_owned();
        text.push_str(&String::from_utf8_lossy(&output.stderr));
        let lines: Vec<&str> = text.lines().filter(|line| !line.trim().is_empty()).collect();
        let tail = lines[lines.len().saturating_sub(TAIL_LINES)..].join("\n    ");
        bail!("{} failed ({})\n    {tail}", line_of(command), output.status);
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Whether the program runs and says yes.
pub(crate) fn succeeds(command: &mut Command) -> bool {
    command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}

/// The first place in `PATH` (and in the administrator's folders, which an
/// ordinary user's `PATH` lacks) that has this program.
pub(crate) fn find_program(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path)
        .chain(["/usr/sbin", "/sbin", "/usr/local/sbin"].map(PathBuf::from))
        .map(|dir| dir.join(name))
        .find(|file| file.is_file())
}

/// A file's text with its path in the error.
pub(crate) fn read(path: &Path) -> Result<String> {
    std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))
}

fn name_of(command: &Command) -> String {
    command.get_program().to_string_lossy().into_owned()
}

fn line_of(command: &Command) -> String {
    let mut line = name_of(command);
    for arg in command.get_args().map(OsStr::to_string_lossy) {
        line.push(' ');
        line.push_str(&arg);
    }
    line
}
