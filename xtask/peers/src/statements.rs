//! Files of statements.

use std::path::Path;

use anyhow::{Context, Result, bail};
use units::Engine;

/// One statement of a file.
pub struct Statement {
    /// Its text.
    pub sql: String,
    /// The engine it is for; PostgreSQL where the file does not say.
    pub engine: Engine,
}

/// Reads a file of JSON lines.
pub fn read(path: &Path) -> Result<Vec<Statement>> {
    let text = std::fs::read_to_string(path).with_context(|| format!("reading {}", path.display()))?;
    let mut statements = Vec::new();
    for (number, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        let place = || format!("{}:{}", path.display(), number + 1);
        let value: serde_json::Value = serde_json::from_str(line).with_context(place)?;
        let sql = value["sql"].as_str().context("no \"sql\"").with_context(place)?.to_owned();
        let engine = value["engine"].as_str().unwrap_or("postgres").parse().with_context(place)?;
        statements.push(Statement { sql, engine });
    }
    if statements.is_empty() {
        bail!("{} holds no statement", path.display());
    }
    Ok(statements)
}
