//! Ids are stable across releases: they are stored, and stand in addresses people have sent each other.

use sql_digest::{Completeness, Normaliser};
use units::Engine;

/// Lines of engine, id and statement (as a JSON string), parted by tabs. Lines are only ever added: a
/// change of one is a new version of the normal form.
const GOLDEN: &str = include_str!("golden_ids.tsv");

#[test]
fn golden_ids_have_not_moved() {
    let mut normaliser = Normaliser::default();
    let mut count = 0;
    for line in GOLDEN.lines() {
        let mut fields = line.split('\t');
        let engine: Engine = fields.next().unwrap().parse().unwrap();
        let id = fields.next().unwrap();
        let sql: String = serde_json::from_str(fields.next().unwrap()).unwrap();
        let found = normaliser.normalise(&sql, engine, Completeness::Unknown);
        assert_eq!(found.id.to_string(), id, "{engine}: {sql}\n{}", found.normal_form);
        count += 1;
    }
    assert!(count >= 190, "the corpus shrank to {count}");
}
