//! Depth and length: time grows with the length of a text and nothing else.

use std::time::{Duration, Instant};

use sql_digest::{Completeness, Normaliser, digest, format, masked};
use units::Engine;

/// Texts of about `n` pieces, each built to make something look back or nest.
fn bombs(n: usize) -> Vec<(&'static str, String)> {
    vec![
        ("brackets", "(".repeat(n)),
        ("closing", ")".repeat(n)),
        ("signs", "+-".repeat(n)),
        ("operators", "*+".repeat(n)),
        ("quotes", "'".repeat(n)),
        ("comments", "/*".repeat(n)),
        ("half comments", "/*/".repeat(n)),
        ("dollars", "$a$b".repeat(n)),
        ("one dollar", format!("${}", "a".repeat(n))),
        ("dots", "a.".repeat(n)),
        ("list", format!("in ({})", "1,".repeat(n))),
        ("different elements", format!("in ({})", (0..n / 4).map(|i| format!("c{i},")).collect::<String>())),
        ("lists in lists", "in (1, in (2, ".repeat(n / 8)),
        ("rows", format!("values {}", "(1, a),".repeat(n / 4))),
        ("different rows", format!("values {}", (0..n / 8).map(|i| format!("(c{i}),")).collect::<String>())),
        ("values", "values (1) ".repeat(n / 8)),
        ("subqueries", "select (select ".repeat(n / 8)),
        ("cases", "case when a then ".repeat(n / 8)),
        ("joins", format!("select * from {}", "a, ".repeat(n))),
        ("conditions", format!("select 1 from t where {}", "lower(a) = 1 and ".repeat(n / 16))),
        ("not", "not ".repeat(n / 2)),
        ("tables without a tree", format!("select from {} where (", "t as a, ".repeat(n / 8))),
        ("as", ") as (".repeat(n / 4)),
        ("words", "a".repeat(n)),
        ("digits", "1".repeat(n)),
        ("digits and bars", "1_".repeat(n)),
        ("markers", "?".repeat(n)),
        ("strings", "'a' ".repeat(n / 2)),
        ("semicolons", ";".repeat(n)),
        ("statements", "a;\n".repeat(n / 2)),
        ("copies", "copy t from stdin;\n\\.\n".repeat(n / 16)),
        ("copied rows", format!("copy t from stdin;\n{}", "1\n".repeat(n))),
        ("settings", "set a.b = c, d;".repeat(n / 16)),
        ("comments before settings", format!("/*{}*/{}", " ".repeat(n / 2), "set /**/".repeat(n / 16))),
        ("passwords", "identified by a replace b ".repeat(n / 16)),
        ("quotes of q", format!("q'é{}", "é ' ".repeat(n / 2))),
        ("continued strings", "E'a'\n'b'\n".repeat(n / 8)),
        ("blanks beyond ASCII", "\u{a0}\u{3000}".repeat(n)),
        ("names beyond ASCII", "é".repeat(n)),
    ]
}

#[test]
fn everything_is_total_on_deep_and_long_texts() {
    for (name, text) in bombs(20_000) {
        for engine in Engine::ALL {
            let found = digest(text.as_bytes(), engine);
            assert!(found.normal_form.len() <= 2 * text.len() + 8, "{name} {engine}");
            assert!(masked(&text, engine).len() <= text.len(), "{name} {engine}");
            assert!(!format(&found.normal_form, engine).is_empty() || found.normal_form.is_empty(), "{name} {engine}");
        }
    }
}

/// How long `work` takes, at best: what else the machine does only adds.
fn fastest(mut work: impl FnMut()) -> Duration {
    let mut best = Duration::MAX;
    for _ in 0..5 {
        let start = Instant::now();
        work();
        best = best.min(start.elapsed());
    }
    best
}

#[test]
fn normalising_grows_with_the_length() {
    const FACTOR: usize = 8;
    // A ratio, not a time; a busy machine may spoil one comparison, a quadratic step spoils all of them.
    const COMPARISONS: usize = 6;
    // Short enough that a busy machine seldom interrupts one reading.
    const PIECES: usize = 4_000;
    let mut normaliser = Normaliser::default();
    for ((name, short), (_, long)) in bombs(PIECES).into_iter().zip(bombs(PIECES * FACTOR)) {
        for engine in [Engine::Postgres, Engine::MySql] {
            let mut once = |text: &str| fastest(|| drop(normaliser.normalise(text, engine, Completeness::Unknown)));
            let linear = (0..COMPARISONS).any(|_| {
                let (short, long) = (once(&short), once(&long));
                // A quadratic step would take 64 times as long.
                long < (short + Duration::from_micros(50)) * (3 * FACTOR as u32)
            });
            assert!(linear, "{name} {engine}: time grows faster than the text");
        }
    }
}
