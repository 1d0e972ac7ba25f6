//! The fuzz target's function on seeded bytes.

use rand::rngs::SmallRng;
use rand::{Rng, SeedableRng};

use crate::check;

/// Pieces that open, close, escape or join something in one of the engines.
const PIECES: [&str; 72] = [
    "'",
    "\"",
    "`",
    "[",
    "]",
    "(",
    ")",
    ",",
    ".",
    ";",
    ":",
    "::",
    "$",
    "$$",
    "$a$",
    "E'",
    "U&'",
    "U&\"",
    "N'",
    "q'[",
    "]'",
    "x'",
    "/*",
    "*/",
    "/*!50001 ",
    "--",
    "-- ",
    "#",
    "\\",
    "\\'",
    "''",
    "?",
    "?|",
    "@",
    "@@",
    "@p1",
    "$1",
    ":a",
    "-",
    "+",
    "*",
    "/",
    "<",
    "=",
    "!=",
    "|",
    "&",
    "%",
    "0x",
    "1",
    "1.",
    ".5",
    "1e",
    "1e5",
    "_",
    "a",
    "B",
    "é",
    "\u{1F600}",
    "null",
    "is",
    "not",
    "true",
    "in",
    "values",
    "row",
    "array",
    "select",
    "as",
    " ",
    "\n",
    "…",
];

/// Words behind which a value may stand without quotes, or a habit begins, and what may stand between.
const WORDS: [&str; 32] = [
    "identified",
    " by ",
    " replace ",
    "rollback",
    " to ",
    "savepoint",
    "set ",
    "local ",
    "default",
    "deallocate",
    "fetch ",
    "from ",
    "limit ",
    "offset ",
    "like ",
    "where ",
    "order by ",
    "random",
    "?",
    "x",
    "4e",
    "7",
    "\"p\"",
    "'s'",
    ",",
    ".",
    "]",
    ";",
    "=",
    "/* c */",
    "-- c\n",
    "\u{a0}",
];

#[test]
fn laws_hold_for_words_that_hide_values() {
    for seed in 0..20_000_u64 {
        let mut random = SmallRng::seed_from_u64(seed);
        let mut data = vec![random.random(), random.random()];
        for _ in 0..random.random_range(1..9) {
            data.extend(WORDS[random.random_range(0..WORDS.len())].as_bytes());
        }
        check::any_bytes(&data);
    }
}

#[test]
fn laws_hold_for_random_pieces() {
    for seed in 0..6_000_u64 {
        let mut random = SmallRng::seed_from_u64(seed);
        let mut data = vec![random.random(), random.random()];
        for _ in 0..random.random_range(0..24) {
            data.extend(PIECES[random.random_range(0..PIECES.len())].as_bytes());
        }
        check::any_bytes(&data);
    }
}

#[test]
fn laws_hold_for_random_bytes() {
    for seed in 0..3_000_u64 {
        let mut random = SmallRng::seed_from_u64(seed);
        let mut data = vec![0; random.random_range(2..64)];
        random.fill(data.as_mut_slice());
        check::any_bytes(&data);
    }
}

#[test]
fn laws_hold_at_the_length_where_texts_are_cut() {
    for seed in 0..300_u64 {
        let mut random = SmallRng::seed_from_u64(seed);
        let mut text = String::new();
        while text.len() < 510 {
            text.push_str(PIECES[random.random_range(0..PIECES.len())]);
            text.push(' ');
        }
        let mut data = vec![random.random(), 0];
        data.extend(&text.as_bytes()[..500]);
        check::any_bytes(&data);
    }
}
