//! Tables, their versions, and how a connection is set up.

use std::path::Path;
use std::time::Duration;

use rusqlite::{Connection, OpenFlags};

use crate::error::{Error, Result};

/// Scripts from version n to n + 1, in order; `PRAGMA user_version` counts those applied. Scripts
/// are never edited once released.
const MIGRATIONS: [&str; 6] = [
    "
CREATE TABLE instance (num INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, body TEXT);
CREATE TABLE stream (num INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
CREATE TABLE series_key (num INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
CREATE TABLE tail (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  instance INTEGER NOT NULL, part INTEGER NOT NULL, period INTEGER NOT NULL, start INTEGER NOT NULL,
  bytes BLOB NOT NULL);
CREATE INDEX tail_place ON tail (instance, part, period, start);
CREATE INDEX tail_due ON tail (period, start);
CREATE TABLE block (
  instance INTEGER NOT NULL, part INTEGER NOT NULL, period INTEGER NOT NULL, start INTEGER NOT NULL,
  bytes BLOB NOT NULL, UNIQUE (instance, part, period, start));
CREATE INDEX block_age ON block (period, start);
CREATE TABLE progress (
  instance INTEGER NOT NULL, stream INTEGER NOT NULL, period INTEGER NOT NULL,
  answered_to INTEGER NOT NULL,
  PRIMARY KEY (instance, stream, period)) WITHOUT ROWID;
CREATE TABLE failure (
  instance INTEGER NOT NULL, reason TEXT NOT NULL, starts INTEGER NOT NULL, ends INTEGER NOT NULL,
  PRIMARY KEY (instance, reason, starts)) WITHOUT ROWID;
CREATE TABLE statement (
  pi_id TEXT PRIMARY KEY, digest TEXT NOT NULL, version INTEGER NOT NULL, truncated INTEGER NOT NULL,
  last_seen INTEGER NOT NULL, body TEXT NOT NULL) WITHOUT ROWID;
CREATE INDEX statement_digest ON statement (digest);
CREATE TABLE marker (
  at INTEGER NOT NULL, kind TEXT NOT NULL, instance TEXT NOT NULL, label TEXT NOT NULL,
  PRIMARY KEY (at, kind, instance, label)) WITHOUT ROWID;
CREATE TABLE alarm (arn TEXT PRIMARY KEY, body TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE alarm_event (
  arn TEXT NOT NULL, at INTEGER NOT NULL, state TEXT NOT NULL, body TEXT NOT NULL,
  PRIMARY KEY (arn, at, state)) WITHOUT ROWID;
CREATE TABLE setting (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE api_call (
  day INTEGER NOT NULL, api TEXT NOT NULL, calls INTEGER NOT NULL, billed INTEGER NOT NULL,
  PRIMARY KEY (day, api)) WITHOUT ROWID;
",
    "
CREATE TABLE topology (num INTEGER PRIMARY KEY, body TEXT NOT NULL);
CREATE TABLE target_event (
  grp TEXT NOT NULL, at INTEGER NOT NULL, target TEXT NOT NULL, body TEXT NOT NULL,
  PRIMARY KEY (grp, at, target)) WITHOUT ROWID;
",
    "
CREATE INDEX alarm_event_at ON alarm_event (at);
CREATE TABLE incident (num INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, at INTEGER NOT NULL, body TEXT NOT NULL);
CREATE INDEX incident_at ON incident (at);
CREATE TABLE snapshot (num INTEGER PRIMARY KEY, incident TEXT NOT NULL UNIQUE, bytes BLOB NOT NULL);
CREATE TABLE note (num INTEGER PRIMARY KEY, incident TEXT NOT NULL, body TEXT NOT NULL);
CREATE INDEX note_incident ON note (incident);
CREATE TABLE alarm_series (
  arn TEXT NOT NULL, starts INTEGER NOT NULL, ends INTEGER NOT NULL, body TEXT NOT NULL,
  PRIMARY KEY (arn, starts)) WITHOUT ROWID;
",
    "
CREATE TABLE lock_snapshot (
  instance TEXT NOT NULL, at INTEGER NOT NULL, waiting INTEGER NOT NULL, body TEXT NOT NULL,
  PRIMARY KEY (instance, at)) WITHOUT ROWID;
CREATE TABLE offer (instance TEXT PRIMARY KEY, groups TEXT NOT NULL) WITHOUT ROWID;
",
    "
CREATE TABLE digest_moved (old TEXT PRIMARY KEY, new TEXT NOT NULL) WITHOUT ROWID;
",
    "
CREATE TABLE plan (
  instance TEXT NOT NULL, id TEXT NOT NULL, asked INTEGER NOT NULL, body TEXT NOT NULL,
  PRIMARY KEY (instance, id)) WITHOUT ROWID;
",
];

/// Newest format this release writes and reads.
pub(crate) const VERSION: u32 = MIGRATIONS.len() as u32;
/// How long a statement waits for another connection's commit.
const BUSY: Duration = Duration::from_secs(10);
/// Prepared statements kept a connection.
const STATEMENTS: usize = 64;

/// The connection that writes: every commit is on the disk before it returns.
pub(crate) fn open_writer(path: &Path) -> Result<Connection> {
    let mut connection = Connection::open(path)?;
    connection.busy_timeout(BUSY)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    migrate(&mut connection, path)?;
    Ok(connection)
}

/// A connection that reads.
pub(crate) fn open_reader(path: &Path) -> Result<Connection> {
    let connection =
        Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    connection.busy_timeout(BUSY)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    Ok(connection)
}

fn migrate(connection: &mut Connection, path: &Path) -> Result<()> {
    let found: u32 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
    if found > VERSION {
        return Err(Error::TooNew { path: path.to_owned(), found, known: VERSION });
    }
    for (version, script) in (0_u32..).zip(MIGRATIONS).skip(found as usize) {
        let transaction = connection.transaction()?;
        transaction.execute_batch(script)?;
        transaction.pragma_update(None, "user_version", version + 1)?;
        transaction.commit()?;
    }
    Ok(())
}
