//! Equal up to literals, case, space, comments and list lengths: equal digest. Different otherwise.

use proptest::prelude::*;
use rand::SeedableRng;
use rand::rngs::SmallRng;
use sql_digest::{Completeness, Normaliser, digest};
use units::Engine;

use crate::generate::{Piece, Writer, statement};

fn form(text: &str, engine: Engine) -> String {
    // Whole, because one of many texts happens to be as long as those that are cut.
    Normaliser::default().normalise(text, engine, Completeness::Whole).normal_form.to_owned()
}

fn write(pieces: &[Piece], seed: u64, engine: Engine) -> String {
    let mut random = SmallRng::seed_from_u64(seed);
    Writer { random: &mut random, engine, tokens: Vec::new(), wild: true }.write(pieces)
}

fn engines() -> impl Strategy<Value = Engine> {
    prop::sample::select(Engine::ALL.to_vec())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_500, failure_persistence: None, rng_seed: proptest::test_runner::RngSeed::Fixed(1), ..ProptestConfig::default() })]

    #[test]
    fn spelling_and_literals_and_lengths_do_not_matter(shape: u64, one: u64, other: u64, engine in engines()) {
        let pieces = statement(&mut SmallRng::seed_from_u64(shape));
        let (one, other) = (write(&pieces, one, engine), write(&pieces, other, engine));
        prop_assert_eq!(form(&one, engine), form(&other, engine), "{}\n{}", one, other);
    }

    #[test]
    fn a_name_matters(shape: u64, seed: u64, at: prop::sample::Index, engine in engines()) {
        let mut pieces = statement(&mut SmallRng::seed_from_u64(shape));
        let before = form(&write(&pieces, seed, engine), engine);
        let names: Vec<usize> =
            (0..pieces.len()).filter(|&at| matches!(pieces[at], Piece::Name(_))).collect();
        pieces[names[at.index(names.len())]] = Piece::Name("something_else".to_owned());
        prop_assert_ne!(before, form(&write(&pieces, seed, engine), engine));
    }

    #[test]
    fn normalising_twice_changes_nothing(shape: u64, seed: u64, engine in engines()) {
        let text = write(&statement(&mut SmallRng::seed_from_u64(shape)), seed, engine);
        let once = form(&text, engine);
        prop_assert_eq!(form(&once, engine), once);
    }

    #[test]
    fn every_prefix_has_a_digest(shape: u64, seed: u64, engine in engines(), at: prop::sample::Index) {
        let text = write(&statement(&mut SmallRng::seed_from_u64(shape)), seed, engine);
        let cut = &text.as_bytes()[..at.index(text.len())];
        let found = digest(cut, engine);
        prop_assert_eq!(form(&found.normal_form, engine), found.normal_form);
    }
}

#[test]
fn engines_agree_on_plain_statements() {
    let text = "SELECT id, name FROM users WHERE id = 5 AND state IN ('a', 'b')";
    let forms = Engine::ALL.map(|engine| digest(text.as_bytes(), engine).id);
    assert!(forms.iter().all(|id| *id == forms[0]));
}

#[test]
fn texts_cut_at_the_same_statement_group_together() {
    let statement = |literal: &str| {
        let columns: Vec<String> = (0..40).map(|column| format!("orders.column_{column}")).collect();
        let text = format!("select a from t where name = '{literal}' and {} > 0", columns.join(" > 0 and "));
        digest(&text.as_bytes()[..500], Engine::Postgres)
    };
    let (short, long) = (statement("x"), statement("a much longer one"));
    assert!(short.truncated && long.truncated);
    assert_eq!(short.id, long.id);
    assert!(short.normal_form.ends_with('…'));
}

#[test]
fn rows_beyond_a_cut_are_no_mystery() {
    let row = "(12345, 'a text of some length', 'and another one')";
    let text = format!("insert into notes (id, title, body) values {}", vec![row; 20].join(", "));
    let whole = digest(text.as_bytes(), Engine::Postgres);
    let cut = digest(&text.as_bytes()[..500], Engine::Postgres);
    assert!(cut.truncated && !whole.truncated);
    assert_eq!(cut.id, whole.id);
}

#[test]
fn bytes_that_are_no_utf8_still_tell_names_apart() {
    let latin = |byte: u8| digest(&[b"select caf".as_slice(), &[byte], b" from t".as_slice()].concat(), Engine::MySql);
    assert_ne!(latin(0xe9).id, latin(0xe8).id);
    assert_eq!(latin(0xe9).normal_form, "select café from t");
}
