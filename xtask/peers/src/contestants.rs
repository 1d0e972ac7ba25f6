//! Who takes part.

use std::hint::black_box;

use sql_digest::{Completeness, DigestCache, Normaliser};
use sqlparser::dialect::{Dialect, MsSqlDialect, MySqlDialect, OracleDialect, PostgreSqlDialect};
use sqlparser::tokenizer::Tokenizer;
use units::Engine;

use crate::statements::Statement;

/// Texts the cache holds; a file of more is measured with misses.
const CACHE_TEXTS: usize = 1 << 17;

/// One way to digest a file.
pub struct Contestant {
    /// What the table calls it.
    pub name: &'static str,
    /// Too slow for more than one pass a round.
    pub slow: bool,
    /// One pass over a file.
    pub run: Box<dyn FnMut(&[Statement])>,
}

/// Ours first: the others are compared with it.
pub fn contestants() -> Vec<Contestant> {
    vec![scanner(), cache(), sql_lexer(), tokenizer(), pg_query()]
}

/// Every text anew: normal form, id, tags.
fn scanner() -> Contestant {
    let mut normaliser = Normaliser::default();
    let run = move |file: &[Statement]| {
        for statement in file {
            black_box(normaliser.normalise(&statement.sql, statement.engine, Completeness::Unknown));
        }
    };
    Contestant { name: "loadlens, normal form and digest, cold", slow: false, run: Box::new(run) }
}

/// Every text but the first time: the whole digest, tree included.
fn cache() -> Contestant {
    let mut cache = DigestCache::new(CACHE_TEXTS, 0);
    let run = move |file: &[Statement]| {
        for statement in file {
            black_box(cache.digest(&statement.sql, statement.engine));
        }
    };
    Contestant { name: "loadlens, whole digest, from the cache", slow: false, run: Box::new(run) }
}

fn sql_lexer() -> Contestant {
    let run = |file: &[Statement]| {
        for statement in file {
            black_box(sql_lexer::sanitize_string(statement.sql.clone()));
        }
    };
    Contestant { name: "sql_lexer, sanitize", slow: false, run: Box::new(run) }
}

fn tokenizer() -> Contestant {
    let run = |file: &[Statement]| {
        for statement in file {
            let dialect: &dyn Dialect = match statement.engine {
                Engine::Postgres => &PostgreSqlDialect {},
                Engine::MySql | Engine::MariaDb => &MySqlDialect {},
                Engine::Oracle => &OracleDialect {},
                Engine::SqlServer => &MsSqlDialect {},
            };
            black_box(Tokenizer::new(dialect, &statement.sql).tokenize().is_ok());
        }
    };
    Contestant { name: "sqlparser, tokenizer alone", slow: false, run: Box::new(run) }
}

/// PostgreSQL's own grammar, whatever the engine of the statement.
fn pg_query() -> Contestant {
    let run = |file: &[Statement]| {
        for statement in file {
            black_box(pg_query::normalize(&statement.sql).is_ok());
            black_box(pg_query::fingerprint(&statement.sql, 0, 0).is_ok());
        }
    };
    Contestant { name: "pg_query, normalize and fingerprint", slow: true, run: Box::new(run) }
}
