//! Foreign programs that tests run, from the virtual environment that `./dev setup --tests` makes,
//! or from the path.

use std::os::unix::fs::MetadataExt;
use std::path::PathBuf;

/// A program of a Python package.
pub(crate) fn peer(name: &str) -> PathBuf {
    let in_venv = cache_dir().join("peers-venv/bin").join(name);
    if in_venv.is_file() {
        return in_venv;
    }
    let path = std::env::var_os("PATH").unwrap_or_default();
    let found = std::env::split_paths(&path).map(|folder| folder.join(name)).find(|file| file.is_file());
    found.unwrap_or_else(|| panic!("{name} is missing: run `./dev setup --tests`"))
}

/// Where `./dev` keeps downloads; the same rule as in `xtask/src/repo.rs`.
fn cache_dir() -> PathBuf {
    if let Some(folder) = std::env::var_os("LOADLENS_CACHE") {
        return folder.into();
    }
    if std::fs::metadata("/proc/self").is_ok_and(|meta| meta.uid() == 0) {
        return "/var/cache/loadlens".into();
    }
    let base = std::env::var_os("XDG_CACHE_HOME").map(PathBuf::from);
    let base = base.or_else(|| std::env::home_dir().map(|home| home.join(".cache")));
    base.unwrap_or_else(std::env::temp_dir).join("loadlens")
}
