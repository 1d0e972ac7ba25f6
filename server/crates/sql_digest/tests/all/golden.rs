//! Ids are stable across releases: they are stored, and stand in addresses people have sent each other.
//!
//! A new version of the normal form moves all of them, deliberately: raise `VERSION`, then run this test
//! once with `WRITE_GOLDEN_IDS=1`.

use std::path::Path;

use sql_digest::{Completeness, Normaliser, VERSION};
use units::Engine;

/// Lines of engine, id and statement (as a JSON string), parted by tabs. Within a version lines are only
/// ever added: a change of one is a new version of the normal form.
const GOLDEN: &str = include_str!("golden_ids.tsv");

#[test]
fn golden_ids_have_not_moved() {
    let mut normaliser = Normaliser::default();
    let mut written = String::new();
    for line in GOLDEN.lines() {
        let [engine, id, sql] = line.split('\t').collect::<Vec<_>>()[..] else { panic!("three fields: {line}") };
        let text: String = serde_json::from_str(sql).unwrap();
        let found = normaliser.normalise(&text, engine.parse::<Engine>().unwrap(), Completeness::Unknown);
        written.push_str(&format!("{engine}\t{}\t{sql}\n", found.id));
        if std::env::var_os("WRITE_GOLDEN_IDS").is_none() {
            assert_eq!(found.id.to_string(), id, "{engine}: {text}\n{}", found.normal_form);
            assert_eq!(found.id.version(), VERSION);
        }
    }
    let count = written.lines().count();
    assert!(count >= 190, "the corpus shrank to {count}");
    if std::env::var_os("WRITE_GOLDEN_IDS").is_some() {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/all/golden_ids.tsv");
        std::fs::write(file, written).unwrap();
    }
}
