//! No literal survives in anything that comes out: each one generated holds a part found nowhere else.

use rand::SeedableRng;
use rand::rngs::SmallRng;
use sql_digest::{digest, format, masked};
use units::Engine;

use crate::generate::{Writer, statement};

/// Bytes of a unique part that are looked for, so that one cut in half is found too.
const PART: usize = 6;

fn assert_private(text: &[u8], engine: Engine, tokens: &[String]) {
    let found = digest(text, engine);
    let mut shown = serde_json::to_string(&found).unwrap();
    shown.push_str(&masked(&String::from_utf8_lossy(text), engine));
    for span in format(&String::from_utf8_lossy(text), engine) {
        shown.push_str(&span.text);
    }
    let shown = shown.replace(&found.id.to_string(), "").to_ascii_lowercase();
    for token in tokens {
        assert!(
            !shown.contains(&token[..PART]),
            "{engine}: {token} of {:?} is in {shown}",
            String::from_utf8_lossy(text)
        );
    }
}

fn generated(seed: u64, engine: Engine) -> (String, Vec<String>) {
    let mut random = SmallRng::seed_from_u64(seed);
    let pieces = statement(&mut random);
    let mut writer = Writer { random: &mut random, engine, tokens: Vec::new(), wild: seed.is_multiple_of(2) };
    let text = writer.write(&pieces);
    (text, writer.tokens)
}

#[test]
fn no_literal_of_ten_thousand_statements_survives() {
    for seed in 0..2_000 {
        for engine in Engine::ALL {
            let (text, tokens) = generated(seed, engine);
            assert_private(text.as_bytes(), engine, &tokens);
        }
    }
}

#[test]
fn no_literal_survives_a_cut_at_any_byte() {
    for seed in 10_000..10_040 {
        for engine in Engine::ALL {
            let (text, tokens) = generated(seed, engine);
            for end in 0..text.len() {
                assert_private(&text.as_bytes()[..end], engine, &tokens);
            }
        }
    }
}
