//! The scanner against `sqlparser`'s tokenizer: words, names and literals lie at the same bytes.
#![allow(clippy::unwrap_used)]

use rand::SeedableRng;
use rand::rngs::SmallRng;
use sqlparser::dialect::{Dialect, MsSqlDialect, MySqlDialect, OracleDialect, PostgreSqlDialect};
use sqlparser::tokenizer::{Location, Token as Sql, Tokenizer};
use units::Engine;

use crate::scan::{End, Literal};
use crate::tokens::{Kind, tokens_of};

#[path = "../tests/all/generate.rs"]
mod generate;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Class {
    Word,
    Name,
    Literal,
}

/// What lies at which bytes.
type Piece = (Class, usize, usize);

/// Byte offsets of the places `sqlparser` names by line and column.
fn offsets(text: &str) -> std::collections::HashMap<(u64, u64), usize> {
    let (mut line, mut column) = (1, 1);
    let mut found = std::collections::HashMap::new();
    for (at, char) in text.char_indices().chain([(text.len(), ' ')]) {
        found.insert((line, column), at);
        (line, column) = if char == '\n' { (line + 1, 1) } else { (line, column + 1) };
    }
    found
}

/// `None` where their tokenizer gives up.
fn theirs(text: &str, engine: Engine) -> Option<Vec<Piece>> {
    let dialect: &dyn Dialect = match engine {
        Engine::Postgres => &PostgreSqlDialect {},
        Engine::MySql | Engine::MariaDb => &MySqlDialect {},
        Engine::Oracle => &OracleDialect {},
        Engine::SqlServer => &MsSqlDialect {},
    };
    let offsets = offsets(text);
    let byte = |at: Location| offsets[&(at.line, at.column)];
    let tokens = Tokenizer::new(dialect, text).with_unescape(false).tokenize_with_location().ok()?;
    let piece = |token: &Sql| match token {
        Sql::Word(word) if word.quote_style.is_some() => Some(Class::Name),
        Sql::Word(_) => Some(Class::Word),
        Sql::Number(..)
        | Sql::SingleQuotedString(_)
        | Sql::DoubleQuotedString(_)
        | Sql::DollarQuotedString(_)
        | Sql::SingleQuotedByteStringLiteral(_)
        | Sql::NationalStringLiteral(_)
        | Sql::QuoteDelimitedStringLiteral(_)
        | Sql::NationalQuoteDelimitedStringLiteral(_)
        | Sql::EscapedStringLiteral(_)
        | Sql::UnicodeStringLiteral(_)
        | Sql::HexStringLiteral(_)
        | Sql::Placeholder(_) => Some(Class::Literal),
        _ => None,
    };
    let pieces = tokens
        .iter()
        .filter_map(|token| piece(&token.token).map(|class| (class, byte(token.span.start), byte(token.span.end))));
    Some(pieces.collect())
}

/// Our pieces, and the bytes of markers and of other spellings `sqlparser` reads in parts.
fn ours(text: &str, engine: Engine) -> (Vec<Piece>, Vec<(usize, usize)>) {
    let (tokens, end) = tokens_of(text, engine);
    assert_eq!(end, End::Open, "{text}");
    let mut pieces = Vec::new();
    let mut apart = Vec::new();
    for token in &tokens {
        let class = match token.kind {
            Kind::Word => Class::Word,
            Kind::Name => Class::Name,
            Kind::Literal(Literal::Marker) => {
                apart.push((token.start, token.end));
                continue;
            }
            Kind::Literal(_) => Class::Literal,
            _ => continue,
        };
        if is_read_in_parts(token.of(text), engine) {
            apart.push((token.start, token.end));
        } else {
            pieces.push((class, token.start, token.end));
        }
    }
    (pieces, apart)
}

/// What `sqlparser` 0.63 splits: Oracle's `1.5f` and SQL Server's `0x` and `@@name`, `U&"…"`.
fn is_read_in_parts(piece: &str, engine: Engine) -> bool {
    let number = piece.starts_with(|char: char| char.is_ascii_digit() || char == '.');
    (engine == Engine::Oracle && number && piece.ends_with(['f', 'F', 'd', 'D']))
        || piece.starts_with("@@")
        || piece.to_ascii_lowercase().starts_with("u&\"")
}

/// Whether both read `text` alike; `None` where theirs gives up.
fn compare(text: &str, engine: Engine) -> Option<()> {
    let theirs = theirs(text, engine)?;
    let (ours, apart) = ours(text, engine);
    let inside = |piece: &Piece| apart.iter().any(|&(start, end)| piece.1 >= start && piece.2 <= end);
    let theirs: Vec<Piece> = theirs.into_iter().filter(|piece| !inside(piece)).collect();
    let show = |pieces: &[Piece]| -> Vec<String> {
        pieces.iter().map(|&(class, start, end)| format!("{class:?} {}", &text[start..end])).collect()
    };
    assert_eq!(show(&ours), show(&theirs), "{engine}: {text}");
    assert_eq!(ours, theirs, "{engine}: {text}");
    Some(())
}

#[test]
fn generated_statements_are_read_alike() {
    let mut compared = 0;
    for seed in 0..2_000_u64 {
        for engine in Engine::ALL {
            let mut random = SmallRng::seed_from_u64(seed);
            let pieces = generate::statement(&mut random);
            let wild = seed.is_multiple_of(2);
            let mut writer = generate::Writer { random: &mut random, engine, tokens: Vec::new(), wild };
            let text = writer.write(&pieces);
            compared += usize::from(compare(&text, engine).is_some());
        }
    }
    assert!(compared >= 7_000, "only {compared} statements could be compared");
}
