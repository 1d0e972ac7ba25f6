//! Where things are: the repository, the build output, the cache of downloads.

use std::path::PathBuf;

/// The folder of the root manifest.
pub(crate) fn root() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/..")).canonicalize().unwrap_or_else(|_| PathBuf::from("."))
}

/// Where cargo puts this workspace's builds: this program runs from
/// `<target>/debug/xtask`, whatever set that folder.
pub(crate) fn target_dir() -> PathBuf {
    std::env::current_exe()
        .ok()
        .and_then(|exe| exe.parent()?.parent().map(PathBuf::from))
        .unwrap_or_else(|| root().join("target"))
}

/// What the browser loads; the server reads it from here in development and
/// embeds it in a release. Independent of `CARGO_TARGET_DIR`.
pub(crate) fn site_dir() -> PathBuf {
    root().join("target/site")
}

/// Downloads and builds worth keeping between clones. `tests/lib.rs` knows the
/// same rule. As root it lies outside of `/root`, because PostgreSQL refuses
/// root and its other user must be able to read the programs kept here.
pub(crate) fn cache_dir() -> PathBuf {
    if let Some(dir) = std::env::var_os("LOADLENS_CACHE") {
        return dir.into();
    }
    if is_root() {
        return "/var/cache/loadlens".into();
    }
    let base = std::env::var_os("XDG_CACHE_HOME")
        .map(PathBuf::from)
        .or_else(|| std::env::home_dir().map(|home| home.join(".cache")));
    base.unwrap_or_else(std::env::temp_dir).join("loadlens")
}

/// Whether this process runs as the administrator.
pub(crate) fn is_root() -> bool {
    use std::os::unix::fs::MetadataExt;
    std::fs::metadata("/proc/self").is_ok_and(|meta| meta.uid() == 0)
}
