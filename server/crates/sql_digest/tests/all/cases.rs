//! Case files: `cases/<engine>/<kind>/<name>.sql`.
//!
//! A file holds the input, then sections that begin with a line `=== name`: `normal form` and `tables`
//! (names by spaces, a written one with `*` before it) always, `tags` (`key=value` lines) and `cut` where
//! there are any. A line break before a section is not part of the one above. The folder's name is the
//! kind.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use sql_digest::digest;
use units::Engine;

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, found);
        } else {
            found.push(path);
        }
    }
}

fn sections(text: &str) -> BTreeMap<&str, &str> {
    let mut found = BTreeMap::new();
    let mut parts = text.split("\n=== ");
    found.insert("input", parts.next().unwrap());
    for part in parts {
        let (name, body) = part.split_once('\n').unwrap_or((part, ""));
        found.insert(name.trim(), body.strip_suffix('\n').unwrap_or(body));
    }
    found
}

#[test]
fn case_files_give_what_they_say() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("cases");
    let mut paths = Vec::new();
    files(&root, &mut paths);
    paths.sort();
    assert!(paths.len() >= 40, "only {} cases in {}", paths.len(), root.display());
    let mut wrong = Vec::new();
    let mut same = |found: &str, expected: &str, name: &str| {
        if found != expected {
            wrong.push(format!("{name}\n  found    {found}\n  expected {expected}"));
        }
    };
    for path in &paths {
        let name = path.strip_prefix(&root).unwrap().display().to_string();
        let mut folders = path.strip_prefix(&root).unwrap().iter().map(|part| part.to_str().unwrap());
        let engine: Engine = folders.next().unwrap().parse().unwrap();
        let kind = folders.next().unwrap();
        let text = std::fs::read_to_string(path).unwrap();
        let expected = sections(&text);
        let found = digest(expected["input"].as_bytes(), engine);
        same(&found.normal_form, expected["normal form"], &name);
        same(found.kind.name(), kind, &name);
        let tables: Vec<String> = found
            .tables
            .iter()
            .map(|table| format!("{}{}", if table.written { "*" } else { "" }, table.name))
            .collect();
        same(&tables.join(" "), expected["tables"], &name);
        let tags: Vec<String> = found.tags.iter().map(|(key, value)| format!("{key}={value}")).collect();
        same(&tags.join("\n"), expected.get("tags").copied().unwrap_or_default(), &name);
        let is_cut = if expected.contains_key("cut") { "cut" } else { "whole" };
        same(if found.truncated { "cut" } else { "whole" }, is_cut, &name);
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
