//! Layer 2: the syntax tree, once per new digest, under a budget.

mod convert;
mod rewrite;

use sqlparser::ast::Statement;
use sqlparser::dialect::{Dialect, GenericDialect, MsSqlDialect, MySqlDialect, OracleDialect, PostgreSqlDialect};
use sqlparser::parser::Parser;
use sqlparser::tokenizer::Token as Sql;
use units::Engine;

use crate::scan::Literal;
use crate::tokens::{Kind, Token};
use convert::{Markers, convert};

/// Tokens of a text that is parsed; longer ones get no tree. At the parser's slowest this is some tens
/// of milliseconds.
const TOKENS_MAX: usize = 20_000;

/// Brackets and CASE open at once in a text that is parsed.
const DEPTH_MAX: usize = 64;

/// The parser's own limit of recursion: several of its levels go to one level of brackets.
const RECURSION_MAX: usize = 300;

/// The statements of `text`, if a parser reads all of it.
pub(crate) fn parse(text: &str, engine: Engine, tokens: &[Token]) -> Option<Vec<Statement>> {
    if tokens.len() > TOKENS_MAX || depth(text, tokens) > DEPTH_MAX {
        return None;
    }
    let own: &dyn Dialect = match engine {
        Engine::Postgres => &PostgreSqlDialect {},
        Engine::MySql | Engine::MariaDb => &MySqlDialect {},
        Engine::Oracle => &OracleDialect {},
        Engine::SqlServer => &MsSqlDialect {},
    };
    let has_marker = tokens.iter().any(|token| token.kind == Kind::Literal(Literal::Marker));
    let tries: &[Markers] =
        if has_marker { &[Markers::Placeholder, Markers::Number, Markers::Text] } else { &[Markers::Placeholder] };
    tries.iter().find_map(|&markers| {
        let sql = convert(text, engine, tokens, markers);
        let rewritten = (engine == Engine::Postgres).then(|| rewrite::rewrite(&sql));
        let rewritten_again = rewritten.clone();
        attempt(own, sql.clone())
            .or_else(|| attempt(own, rewritten?))
            .or_else(|| attempt(&GenericDialect {}, rewritten_again.unwrap_or(sql)))
    })
}

fn attempt(dialect: &dyn Dialect, tokens: Vec<Sql>) -> Option<Vec<Statement>> {
    Parser::new(dialect).with_recursion_limit(RECURSION_MAX).with_tokens(tokens).parse_statements().ok()
}

/// How deep brackets and CASE nest.
fn depth(text: &str, tokens: &[Token]) -> usize {
    let mut open = 0_usize;
    let mut deepest = 0;
    for token in tokens {
        match token.kind {
            Kind::Open => open += 1,
            Kind::Close => open = open.saturating_sub(1),
            Kind::Word if token.is_word(text, "case") => open += 1,
            Kind::Word if token.is_word(text, "end") => open = open.saturating_sub(1),
            _ => {}
        }
        deepest = deepest.max(open);
    }
    deepest
}
