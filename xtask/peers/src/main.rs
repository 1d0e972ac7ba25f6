//! Compares our normaliser with others on a file of statements: one thread, CPU time, rounds of all
//! contestants interleaved, best round counts.
//!
//! `peers FILE.jsonl …`: each line `{"sql": "...", "engine": "..."}`.

use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use sql_digest::Normaliser;
use sqlparser::dialect::{Dialect, GenericDialect, MsSqlDialect, MySqlDialect, OracleDialect, PostgreSqlDialect};
use sqlparser::tokenizer::Tokenizer;
use units::Engine;

/// Rounds of every contestant over every file.
const ROUNDS: usize = 5;
/// Each round repeats a small file until it has seen about this many bytes.
const ROUND_BYTES: usize = 4 << 20;

struct Statement {
    sql: String,
    engine: Engine,
}

/// CPU time of this process; the only thread that works is the one that measures.
fn cpu_time() -> Duration {
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: `time` is a valid timespec for the whole call.
    unsafe { libc::clock_gettime(libc::CLOCK_PROCESS_CPUTIME_ID, &mut time) };
    Duration::new(time.tv_sec as u64, time.tv_nsec as u32)
}

fn read(path: &Path) -> Result<Vec<Statement>> {
    let text = std::fs::read_to_string(path).with_context(|| format!("reading {}", path.display()))?;
    let mut statements = Vec::new();
    for (number, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        let value: serde_json::Value =
            serde_json::from_str(line).with_context(|| format!("{}:{}", path.display(), number + 1))?;
        let sql = value["sql"].as_str().context("a line without \"sql\"")?.to_owned();
        let engine = value["engine"].as_str().unwrap_or("postgres").parse()?;
        statements.push(Statement { sql, engine });
    }
    if statements.is_empty() {
        bail!("{} holds no statement", path.display());
    }
    Ok(statements)
}

fn sqlparser_dialect(engine: Engine) -> &'static dyn Dialect {
    match engine {
        Engine::Postgres => &PostgreSqlDialect {},
        Engine::MySql | Engine::MariaDb => &MySqlDialect {},
        Engine::Oracle => &OracleDialect {},
        Engine::SqlServer => &MsSqlDialect {},
    }
}

type Contestant = (&'static str, Box<dyn FnMut(&Statement)>);

fn contestants(file: &[Statement]) -> Vec<Contestant> {
    let mut normaliser = Normaliser::default();
    let _ = (file, GenericDialect {});
    vec![
        (
            "loadlens scanner",
            Box::new(move |statement| {
                black_box(normaliser.normalise(&statement.sql, statement.engine, Default::default()).id);
            }),
        ),
        (
            "sql_lexer",
            Box::new(|statement| {
                black_box(sql_lexer::sanitize_string(statement.sql.clone()));
            }),
        ),
        (
            "sqlparser tokenizer",
            Box::new(|statement| {
                black_box(Tokenizer::new(sqlparser_dialect(statement.engine), &statement.sql).tokenize().is_ok());
            }),
        ),
        (
            "pg_query",
            Box::new(|statement| {
                black_box(pg_query::normalize(&statement.sql).is_ok());
                black_box(pg_query::fingerprint(&statement.sql, 0, 0).is_ok());
            }),
        ),
    ]
}

fn main() -> Result<()> {
    let files: Vec<PathBuf> = std::env::args_os().skip(1).map(PathBuf::from).collect();
    if files.is_empty() {
        bail!("name at least one file of JSON lines");
    }
    for path in &files {
        let file = read(path)?;
        let bytes: usize = file.iter().map(|statement| statement.sql.len()).sum();
        let mut runs = contestants(&file);
        let mut best = vec![f64::INFINITY; runs.len()];
        for _ in 0..ROUNDS {
            for (at, (name, run)) in runs.iter_mut().enumerate() {
                let repeat = if *name == "pg_query" { 1 } else { (ROUND_BYTES / bytes).max(1) };
                let start = cpu_time();
                for _ in 0..repeat {
                    file.iter().for_each(&mut *run);
                }
                let took = (cpu_time() - start).as_secs_f64() / repeat as f64;
                best[at] = best[at].min(took);
            }
        }
        println!("{} statements, {} bytes", file.len(), bytes);
        for ((name, _), took) in runs.iter().zip(&best) {
            println!("{name:<22} {:>9.0} st/s {:>8.1} MB/s {:>6.2}x", file.len() as f64/took, bytes as f64 / took / 1e6, took / best[0]);
        }
    }
    Ok(())
}
