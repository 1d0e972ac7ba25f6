//! Where the server binaries are.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::PostgresError;

/// A usable installation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Binaries {
    /// Folder that holds `postgres` and `initdb`.
    pub bin_dir: PathBuf,
    /// Major version, for example `15`.
    pub major: u32,
}

/// Folders that hold one folder per major version, each with a `bin`.
const VERSIONED: [&str; 3] = ["/usr/lib/postgresql", "/usr/local/lib/postgresql", "/opt/postgresql"];
/// Red Hat's packages: `/usr/pgsql-16/bin`.
const RED_HAT: (&str, &str) = ("/usr", "pgsql-");

/// Finds the newest installed server, or the one in `given`.
///
/// # Errors
/// [`PostgresError::NotInstalled`] with the places searched.
pub fn find_binaries(given: Option<&Path>) -> Result<Binaries, PostgresError> {
    let candidates = match given {
        Some(folder) => vec![folder.to_owned()],
        None => candidates(),
    };
    candidates
        .iter()
        .filter_map(|folder| probe(folder))
        .max_by_key(|found| found.major)
        .ok_or_else(|| PostgresError::NotInstalled { looked_in: looked_in(given) })
}

fn looked_in(given: Option<&Path>) -> String {
    given.map_or_else(|| format!("{}, /usr/pgsql-*, PATH", VERSIONED.join(", ")), |folder| folder.display().to_string())
}

fn candidates() -> Vec<PathBuf> {
    let mut found: Vec<PathBuf> = Vec::new();
    for folder in VERSIONED {
        found.extend(children(Path::new(folder)).map(|version| version.join("bin")));
    }
    let (folder, prefix) = RED_HAT;
    found.extend(
        children(Path::new(folder))
            .filter(|path| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(prefix)))
            .map(|version| version.join("bin")),
    );
    if let Some(path) = std::env::var_os("PATH") {
        // A link in /usr/local/bin does not have `initdb` and the libraries beside it.
        found.extend(std::env::split_paths(&path).filter_map(|folder| {
            let real = folder.join("postgres").canonicalize().ok()?;
            Some(real.parent()?.to_owned())
        }));
    }
    found
}

fn children(folder: &Path) -> impl Iterator<Item = PathBuf> {
    std::fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path())
}

fn probe(bin_dir: &Path) -> Option<Binaries> {
    if !bin_dir.join("initdb").is_file() {
        return None;
    }
    let output = Command::new(bin_dir.join("postgres")).arg("--version").output().ok()?;
    let major = parse_major(&String::from_utf8_lossy(&output.stdout))?;
    Some(Binaries { bin_dir: bin_dir.to_owned(), major })
}

/// `postgres (PostgreSQL) 15.18 (Debian …)` → 15; also `18beta1`.
fn parse_major(version: &str) -> Option<u32> {
    let number = version.split_whitespace().find(|word| word.starts_with(|c: char| c.is_ascii_digit()))?;
    let digits = number.find(|c: char| !c.is_ascii_digit()).unwrap_or(number.len());
    number[..digits].parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_major_version_is_read() {
        assert_eq!(parse_major("postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)"), Some(15));
        assert_eq!(parse_major("postgres (PostgreSQL) 18beta1"), Some(18));
        assert_eq!(parse_major("nonsense"), None);
    }

    #[test]
    fn a_folder_without_a_server_is_an_error_that_names_it() {
        let error = find_binaries(Some(Path::new("/nonexistent/bin"))).err().map(|e| e.to_string());
        assert!(error.is_some_and(|text| text.contains("/nonexistent/bin")));
    }
}
