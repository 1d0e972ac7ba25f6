//! Top-level names: a newcomer sees the whole house on one screen.

use crate::repository::files;

const TOP_LEVEL: [&str; 19] = [
    ".cargo",
    ".ci",
    ".clippy.toml",
    ".config",
    ".gitignore",
    "ARCHITECTURE.md",
    "Cargo.lock",
    "Cargo.toml",
    "LICENSE-APACHE",
    "LICENSE-MIT",
    "README.md",
    "app",
    "dev",
    "public",
    "rustfmt.toml",
    "server",
    "style",
    "tests",
    "xtask",
];

/// Names that say nothing about what lies inside.
const EMPTY_NAMES: [&str; 8] =
    ["utils.rs", "util.rs", "helpers.rs", "helper.rs", "common.rs", "misc.rs", "utils", "helpers"];

#[test]
fn the_top_level_has_only_known_names() {
    let mut strange: Vec<String> =
        files().iter().map(|file| file.split('/').next().unwrap_or_default().to_owned()).collect();
    strange.dedup();
    strange.retain(|name| !TOP_LEVEL.contains(&name.as_str()));
    assert!(strange.is_empty(), "not in the list of tests/tidy/names.rs: {strange:?}");
}

#[test]
fn no_module_is_named_for_nothing() {
    let mut found = files();
    found.retain(|file| file.split('/').any(|part| EMPTY_NAMES.contains(&part)));
    assert!(found.is_empty(), "a module needs a noun that earns it: {found:?}");
}
