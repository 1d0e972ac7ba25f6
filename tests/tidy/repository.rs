//! What belongs to the repository: the files git knows, or all but build
//! output where there is no git.

use std::path::{Path, PathBuf};
use std::process::Command;

/// The folder of the root manifest.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_path_buf()
}

/// Paths relative to the root, sorted.
pub(crate) fn files() -> Vec<String> {
    let listed = Command::new("git").args(["ls-files", "-z"]).current_dir(root()).output();
    let mut files: Vec<String> = match listed {
        Ok(output) if output.status.success() => {
            let text = String::from_utf8(output.stdout).unwrap();
            text.split_terminator('\0').map(str::to_owned).collect()
        }
        _ => walk(&root()).iter().map(|path| relative(path)).collect(),
    };
    files.retain(|file| root().join(file).is_file());
    files.sort();
    assert!(files.len() > 50, "only {} files were found in {}", files.len(), root().display());
    files
}

/// The text of a file, `None` when it is not text.
pub(crate) fn text(file: &str) -> Option<String> {
    String::from_utf8(std::fs::read(root().join(file)).unwrap()).ok()
}

fn walk(folder: &Path) -> Vec<PathBuf> {
    let skipped = ["target", ".git", "node_modules"];
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap().flatten() {
        let path = entry.path();
        if !path.is_dir() {
            found.push(path);
        } else if !skipped.iter().any(|name| path.ends_with(name)) {
            found.extend(walk(&path));
        }
    }
    found
}

fn relative(path: &Path) -> String {
    path.strip_prefix(root()).unwrap().to_string_lossy().into_owned()
}
