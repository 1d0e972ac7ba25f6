//! The endpoint's own SQLite file: what was observed outlives the process, also one that is killed.
//!
//! One thread writes, in transactions of whatever has queued up; readers never wait for the disk. In
//! WAL mode with `synchronous = NORMAL` a killed process loses at most what was still queued (a
//! second), and nothing is ever half written.

use crate::world::dictionary::{Combination, DigestEntry, Learned, StatementEntry};
use crate::world::figures::Readings;
use crate::world::instance::{Identity, InstanceData};
use crate::world::load::{MINUTES_KEPT_SECS, Minute, SECONDS_KEPT_SECS};
use crate::world::locks::KEPT_EVERY_SECS;
use crate::world::metrics::{Datum, METRICS_KEPT_SECS, MetricKey};
use crate::world::plans::SEEN_STEP_SECS;
use crate::world::{Event, World, codec};
use rusqlite::{Connection, Error, params};
use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};

/// Layout of the file. A file of another version is refused, not guessed at.
const SCHEMA_VERSION: i64 = 3;
/// Most changes in one transaction.
const BATCH: usize = 5_000;

const SCHEMA: &str = "
CREATE TABLE instance (number INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, identity TEXT NOT NULL, version TEXT) STRICT;
CREATE TABLE name (instance INTEGER, number INTEGER, text TEXT NOT NULL, PRIMARY KEY (instance, number)) STRICT, WITHOUT ROWID;
CREATE TABLE digest (instance INTEGER, number INTEGER, id TEXT NOT NULL, database_id TEXT NOT NULL, text TEXT NOT NULL,
  is_from_server INTEGER NOT NULL, PRIMARY KEY (instance, number)) STRICT, WITHOUT ROWID;
CREATE TABLE statement (instance INTEGER, number INTEGER, id TEXT NOT NULL, text TEXT NOT NULL, digest INTEGER NOT NULL,
  PRIMARY KEY (instance, number)) STRICT, WITHOUT ROWID;
CREATE TABLE combination (instance INTEGER, number INTEGER, columns BLOB NOT NULL, PRIMARY KEY (instance, number)) STRICT, WITHOUT ROWID;
CREATE TABLE second (instance INTEGER, at INTEGER, sessions BLOB NOT NULL, PRIMARY KEY (instance, at)) STRICT, WITHOUT ROWID;
CREATE TABLE minute (instance INTEGER, at INTEGER, sampled_secs INTEGER NOT NULL, sessions BLOB NOT NULL, PRIMARY KEY (instance, at)) STRICT, WITHOUT ROWID;
CREATE TABLE counters (instance INTEGER, at INTEGER, readings BLOB NOT NULL, PRIMARY KEY (instance, at)) STRICT, WITHOUT ROWID;
CREATE TABLE statements (instance INTEGER, at INTEGER, figures BLOB NOT NULL, PRIMARY KEY (instance, at)) STRICT, WITHOUT ROWID;
CREATE TABLE series (number INTEGER PRIMARY KEY, namespace TEXT NOT NULL, name TEXT NOT NULL, dimensions TEXT NOT NULL, unit TEXT NOT NULL) STRICT;
CREATE TABLE point (series INTEGER, at INTEGER, datum BLOB NOT NULL, PRIMARY KEY (series, at)) STRICT, WITHOUT ROWID;
CREATE TABLE alarm (name TEXT PRIMARY KEY, document TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE alarm_history (at_ms INTEGER NOT NULL, document TEXT NOT NULL) STRICT;
CREATE TABLE event (at_ms INTEGER NOT NULL, document TEXT NOT NULL) STRICT;
";
/// What layout 2 added.
const SINCE_2: &str = "
CREATE TABLE locks (instance INTEGER, at INTEGER, sessions BLOB NOT NULL, PRIMARY KEY (instance, at)) STRICT, WITHOUT ROWID;
";

/// What layout 3 added.
const SINCE_3: &str = "
CREATE TABLE plan (instance INTEGER, id TEXT, at INTEGER NOT NULL, text TEXT NOT NULL, PRIMARY KEY (instance, id)) STRICT, WITHOUT ROWID;
";

/// A change to write down.
#[derive(Debug)]
pub(crate) enum Write {
    Instance {
        number: u32,
        identity: Identity,
        version: Option<String>,
    },
    Learned {
        instance: u32,
        learned: Learned,
    },
    Second {
        instance: u32,
        at_secs: i64,
        blob: Vec<u8>,
    },
    Minute {
        instance: u32,
        at_secs: i64,
        sampled_secs: u32,
        blob: Vec<u8>,
    },
    Locks {
        instance: u32,
        at_secs: i64,
        blob: Vec<u8>,
    },
    Plan {
        instance: u32,
        id: String,
        seen_secs: i64,
        text: Arc<str>,
    },
    Counters {
        instance: u32,
        at_secs: i64,
        blob: Vec<u8>,
    },
    Statements {
        instance: u32,
        at_secs: i64,
        blob: Vec<u8>,
    },
    Series {
        number: u32,
        key: MetricKey,
        unit: String,
    },
    Point {
        number: u32,
        at_secs: i64,
        blob: Vec<u8>,
    },
    Alarm {
        name: String,
        document: Option<String>,
    },
    AlarmHistory {
        at_ms: i64,
        document: String,
    },
    Event(Event),
    /// Combinations and statements nobody refers to any more.
    Forget {
        instance: u32,
        numbers: Vec<u32>,
    },
    Expire {
        now_secs: i64,
    },
    /// Answered once everything before it is on disk.
    Flush(Sender<()>),
}

/// Hands changes to the writing thread.
#[derive(Clone, Debug)]
pub(crate) struct Store {
    changes: Sender<Write>,
}

/// What can go wrong with the file.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// SQLite failed.
    #[error("SQLite: {0}")]
    Sqlite(#[from] Error),
    /// The file was written by another version.
    #[error("{file} has layout {found}, this program reads layout {SCHEMA_VERSION}: move it away to start afresh")]
    Version {
        /// Which file.
        file: String,
        /// Its layout.
        found: i64,
    },
    /// The folder cannot be made or the thread not started.
    #[error("data folder: {0}")]
    Io(#[from] std::io::Error),
}

/// An open file before its writer runs: what it holds can be read.
pub(crate) struct Opened {
    connection: Connection,
}

/// An instance as found in the file.
pub(crate) struct SavedInstance {
    pub(crate) number: u32,
    pub(crate) identity: Identity,
    pub(crate) version: Option<String>,
}

impl Store {
    /// Queues a change.
    pub(crate) fn write(&self, change: Write) {
        if self.changes.send(change).is_err() {
            tracing::error!("the writer of the data file has ended; observations are kept in memory only");
        }
    }

    /// Returns when everything queued before is on disk.
    pub(crate) fn flush(&self) {
        let (done, waiting) = channel();
        self.write(Write::Flush(done));
        let _ended = waiting.recv();
    }
}

/// Opens or makes `folder/aws_local.sqlite`.
pub(crate) fn open(folder: &Path) -> Result<Opened, StoreError> {
    std::fs::create_dir_all(folder)?;
    let file = folder.join("aws_local.sqlite");
    let connection = Connection::open(&file)?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "NORMAL")?;
    let found: i64 = connection.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    match found {
        0 => upgrade(&connection, &[SCHEMA, SINCE_2, SINCE_3])?,
        1 => upgrade(&connection, &[SINCE_2, SINCE_3])?,
        2 => upgrade(&connection, &[SINCE_3])?,
        SCHEMA_VERSION => {}
        found => return Err(StoreError::Version { file: file.display().to_string(), found }),
    }
    Ok(Opened { connection })
}

fn upgrade(connection: &Connection, scripts: &[&str]) -> Result<(), Error> {
    let script = scripts.concat();
    connection.execute_batch(&format!("BEGIN;{script}PRAGMA user_version = {SCHEMA_VERSION};COMMIT;"))
}

impl Opened {
    /// Instances the file knows.
    pub(crate) fn instances(&self) -> Result<Vec<SavedInstance>, StoreError> {
        let mut statement =
            self.connection.prepare("SELECT number, identity, version FROM instance ORDER BY number")?;
        let rows = statement.query_map([], |row| {
            Ok((row.get::<_, u32>(0)?, row.get::<_, String>(1)?, row.get::<_, Option<String>>(2)?))
        })?;
        let mut instances = Vec::new();
        for row in rows {
            let (number, identity, version) = row?;
            match serde_json::from_str(&identity) {
                Ok(identity) => instances.push(SavedInstance { number, identity, version }),
                Err(error) => tracing::warn!(%error, number, "an instance in the data file cannot be read"),
            }
        }
        Ok(instances)
    }

    /// Everything observed of one instance.
    pub(crate) fn load_instance(&self, data: &mut InstanceData) -> Result<(), StoreError> {
        let number = data.number;
        self.load_dictionary(data)?;
        self.each("SELECT at, sessions FROM second WHERE instance = ?1", number, |at, blob: Vec<u8>| {
            data.load.restore_second(at, codec::read_sessions(&blob));
        })?;
        let mut statement =
            self.connection.prepare("SELECT at, sampled_secs, sessions FROM minute WHERE instance = ?1")?;
        let mut rows = statement.query([number])?;
        while let Some(row) = rows.next()? {
            let sessions = codec::read_sessions(row.get_ref(2)?.as_blob().unwrap_or_default());
            data.load.put_minute(row.get(0)?, Minute { sampled_secs: row.get(1)?, sessions });
        }
        data.load.rebuild_open_minutes();
        self.each("SELECT at, sessions FROM locks WHERE instance = ?1", number, |at, blob| data.locks.put(at, blob))?;
        let mut statement = self.connection.prepare("SELECT id, at, text FROM plan WHERE instance = ?1")?;
        let mut rows = statement.query([number])?;
        while let Some(row) = rows.next()? {
            data.plans.restore(row.get(0)?, row.get(1)?, row.get(2)?);
        }
        self.each("SELECT at, readings FROM counters WHERE instance = ?1", number, |at, blob: Vec<u8>| {
            let readings: Vec<(u32, Readings)> = codec::read_readings(&blob);
            for (counter, _) in &readings {
                if let Some(name) = data.dictionary.name_of(*counter).filter(|name| !data.offered.contains(&***name)) {
                    data.offered.insert(name.to_string());
                }
            }
            data.counters.put(at, readings);
        })?;
        self.each("SELECT at, figures FROM statements WHERE instance = ?1", number, |at, blob| {
            data.statements.put(at, blob);
        })
    }

    fn load_dictionary(&self, data: &mut InstanceData) -> Result<(), StoreError> {
        let number = data.number;
        self.each("SELECT number, text FROM name WHERE instance = ?1", number, |at, text: String| {
            data.dictionary.put(Learned::Name(at as u32, Arc::from(text)), false);
        })?;
        let mut statement = self
            .connection
            .prepare("SELECT number, id, database_id, text, is_from_server FROM digest WHERE instance = ?1")?;
        let mut rows = statement.query([number])?;
        while let Some(row) = rows.next()? {
            let entry = DigestEntry {
                id: row.get(1)?,
                database_id: row.get(2)?,
                text: row.get(3)?,
                is_from_server: row.get(4)?,
            };
            data.dictionary.put(Learned::Digest(row.get(0)?, entry), false);
        }
        let mut statement =
            self.connection.prepare("SELECT number, id, text, digest FROM statement WHERE instance = ?1")?;
        let mut rows = statement.query([number])?;
        while let Some(row) = rows.next()? {
            let entry = StatementEntry { id: row.get(1)?, text: row.get(2)?, digest: row.get(3)? };
            data.dictionary.put(Learned::Statement(row.get(0)?, entry), false);
        }
        self.each("SELECT number, columns FROM combination WHERE instance = ?1", number, |at, blob: Vec<u8>| {
            let mut combination = Combination::default();
            let mut bytes = blob.as_slice();
            for column in &mut combination.0 {
                *column = codec::read_number(&mut bytes).unwrap_or(0) as u32;
            }
            data.dictionary.put(Learned::Combination(at as u32, combination), false);
        })
    }

    /// Runs `take` on the first two columns of every row.
    fn each<T: rusqlite::types::FromSql>(
        &self,
        query: &str,
        parameter: u32,
        mut take: impl FnMut(i64, T),
    ) -> Result<(), StoreError> {
        let mut statement = self.connection.prepare(query)?;
        let mut rows = statement.query([parameter])?;
        while let Some(row) = rows.next()? {
            take(row.get(0)?, row.get(1)?);
        }
        Ok(())
    }

    /// Metrics, alarms and events.
    fn load_world(&self, world: &World) -> Result<(), StoreError> {
        let mut metrics = world.metrics_mut();
        let mut statement = self.connection.prepare("SELECT number, namespace, name, dimensions, unit FROM series")?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let dimensions = serde_json::from_str(row.get_ref(3)?.as_str().unwrap_or_default()).unwrap_or_default();
            metrics.restore(
                row.get(0)?,
                MetricKey { namespace: row.get(1)?, name: row.get(2)?, dimensions },
                row.get(4)?,
            );
        }
        let mut statement = self.connection.prepare("SELECT series, at, datum FROM point")?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            if let Some(datum) = Datum::from_blob(row.get_ref(2)?.as_blob().unwrap_or_default()) {
                metrics.restore_point(row.get(0)?, row.get(1)?, datum);
            }
        }
        drop(metrics);
        let documents = |query: &str| -> Result<Vec<String>, StoreError> {
            let mut statement = self.connection.prepare(query)?;
            let documents = statement.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?;
            Ok(documents)
        };
        for document in documents("SELECT document FROM event ORDER BY at_ms")? {
            if let Ok(event) = serde_json::from_str(&document) {
                world.restore_event(event);
            }
        }
        let alarms = documents("SELECT document FROM alarm ORDER BY name")?;
        let history = documents("SELECT document FROM alarm_history ORDER BY at_ms")?;
        world.alarms().restore(&alarms, &history);
        Ok(())
    }

    /// Makes the world, reads what it held, and starts the writing thread. The thread ends when the
    /// last [`Store`] is dropped.
    pub(crate) fn start(self, make_world: impl FnOnce(Store) -> World) -> Result<World, StoreError> {
        let (changes, queue) = channel();
        let world = make_world(Store { changes });
        self.load_world(&world)?;
        let writer = std::thread::Builder::new().name("aws_local store".to_owned());
        writer.spawn(move || run(self.connection, &queue))?;
        Ok(world)
    }
}

fn run(mut connection: Connection, queue: &Receiver<Write>) {
    while let Ok(first) = queue.recv() {
        let batch: Vec<Write> = std::iter::once(first).chain(queue.try_iter().take(BATCH)).collect();
        if let Err(error) = write_batch(&mut connection, &batch) {
            tracing::error!(%error, changes = batch.len(), "observations could not be written down");
        }
        for change in batch {
            if let Write::Flush(done) = change {
                // Whoever asked may have stopped waiting.
                let _unheard = done.send(());
            }
        }
    }
}

fn write_batch(connection: &mut Connection, batch: &[Write]) -> Result<(), Error> {
    let transaction = connection.transaction()?;
    for change in batch {
        apply(&transaction, change)?;
    }
    transaction.commit()
}

fn apply(connection: &Connection, change: &Write) -> Result<(), Error> {
    let blob_row = |table: &str, column: &str, owner: &u32, at: &i64, blob: &Vec<u8>| {
        let owner_column = if table == "point" { "series" } else { "instance" };
        let query = format!("INSERT OR REPLACE INTO {table} ({owner_column}, at, {column}) VALUES (?1, ?2, ?3)");
        connection.prepare_cached(&query)?.execute(params![owner, at, blob]).map(|_| ())
    };
    let json = |value: Result<String, serde_json::Error>| {
        value.map_err(|error| Error::ToSqlConversionFailure(Box::new(error)))
    };
    match change {
        Write::Instance { number, identity, version } => connection
            .prepare_cached(
                "INSERT OR REPLACE INTO instance (number, name, identity, version) VALUES (?1, ?2, ?3, ?4)",
            )?
            .execute(params![number, identity.name, json(serde_json::to_string(identity))?, version])
            .map(|_| ()),
        Write::Learned { instance, learned } => write_learned(connection, *instance, learned),
        Write::Second { instance, at_secs, blob } => blob_row("second", "sessions", instance, at_secs, blob),
        Write::Minute { instance, at_secs, sampled_secs, blob } => connection
            .prepare_cached(
                "INSERT OR REPLACE INTO minute (instance, at, sampled_secs, sessions) VALUES (?1, ?2, ?3, ?4)",
            )?
            .execute(params![instance, at_secs, sampled_secs, blob])
            .map(|_| ()),
        Write::Locks { instance, at_secs, blob } => blob_row("locks", "sessions", instance, at_secs, blob),
        Write::Plan { instance, id, seen_secs, text } => connection
            .prepare_cached("INSERT OR REPLACE INTO plan (instance, id, at, text) VALUES (?1, ?2, ?3, ?4)")?
            .execute(params![instance, id, seen_secs, text])
            .map(|_| ()),
        Write::Counters { instance, at_secs, blob } => blob_row("counters", "readings", instance, at_secs, blob),
        Write::Statements { instance, at_secs, blob } => blob_row("statements", "figures", instance, at_secs, blob),
        Write::Point { number, at_secs, blob } => blob_row("point", "datum", number, at_secs, blob),
        Write::Series { number, key, unit } => connection
            .prepare_cached(
                "INSERT OR REPLACE INTO series (number, namespace, name, dimensions, unit) VALUES (?1, ?2, ?3, ?4, ?5)",
            )?
            .execute(params![number, key.namespace, key.name, json(serde_json::to_string(&key.dimensions))?, unit])
            .map(|_| ()),
        Write::Alarm { name, document: Some(document) } => connection
            .prepare_cached("INSERT OR REPLACE INTO alarm (name, document) VALUES (?1, ?2)")?
            .execute(params![name, document])
            .map(|_| ()),
        Write::Alarm { name, document: None } => {
            connection.execute("DELETE FROM alarm WHERE name = ?1", params![name]).map(|_| ())
        }
        Write::AlarmHistory { at_ms, document } => connection
            .execute("INSERT INTO alarm_history (at_ms, document) VALUES (?1, ?2)", params![at_ms, document])
            .map(|_| ()),
        Write::Event(event) => connection
            .execute(
                "INSERT INTO event (at_ms, document) VALUES (?1, ?2)",
                params![event.at_ms, json(serde_json::to_string(event))?],
            )
            .map(|_| ()),
        Write::Forget { instance, numbers } => forget(connection, *instance, numbers),
        Write::Expire { now_secs } => expire(connection, *now_secs),
        Write::Flush(_) => Ok(()),
    }
}

fn write_learned(connection: &Connection, instance: u32, learned: &Learned) -> Result<(), Error> {
    match learned {
        Learned::Name(number, name) => connection
            .prepare_cached("INSERT OR REPLACE INTO name (instance, number, text) VALUES (?1, ?2, ?3)")?
            .execute(params![instance, number, name]),
        Learned::Digest(number, digest) => connection
            .prepare_cached(
                "INSERT OR REPLACE INTO digest (instance, number, id, database_id, text, is_from_server) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            )?
            .execute(params![instance, number, digest.id, digest.database_id, digest.text, digest.is_from_server]),
        Learned::Statement(number, statement) => connection
            .prepare_cached("INSERT OR REPLACE INTO statement (instance, number, id, text, digest) VALUES (?1, ?2, ?3, ?4, ?5)")?
            .execute(params![instance, number, statement.id, statement.text, statement.digest]),
        Learned::Combination(number, combination) => {
            let mut blob = Vec::new();
            for column in combination.0 {
                codec::write_number(&mut blob, u64::from(column));
            }
            connection
                .prepare_cached("INSERT OR REPLACE INTO combination (instance, number, columns) VALUES (?1, ?2, ?3)")?
                .execute(params![instance, number, blob])
        }
    }
    .map(|_| ())
}

fn forget(connection: &Connection, instance: u32, numbers: &[u32]) -> Result<(), Error> {
    for number in numbers {
        for table in ["combination", "statement"] {
            let query = format!("DELETE FROM {table} WHERE instance = ?1 AND number = ?2");
            connection.prepare_cached(&query)?.execute(params![instance, number])?;
        }
    }
    Ok(())
}

fn expire(connection: &Connection, now_secs: i64) -> Result<(), Error> {
    connection.execute("DELETE FROM second WHERE at < ?1", [now_secs - SECONDS_KEPT_SECS])?;
    connection.execute(
        "DELETE FROM locks WHERE at < ?1 OR (at < ?2 AND at % ?3 <> 0)",
        [now_secs - MINUTES_KEPT_SECS, now_secs - SECONDS_KEPT_SECS, KEPT_EVERY_SECS],
    )?;
    for table in ["minute", "counters", "statements"] {
        connection.execute(&format!("DELETE FROM {table} WHERE at < ?1"), [now_secs - MINUTES_KEPT_SECS])?;
    }
    connection.execute("DELETE FROM plan WHERE at < ?1", [now_secs - MINUTES_KEPT_SECS - SEEN_STEP_SECS])?;
    connection.execute("DELETE FROM point WHERE at < ?1", [now_secs - METRICS_KEPT_SECS])?;
    for (table, days) in [("event", 14), ("alarm_history", 30)] {
        let oldest_ms = (now_secs - days * 86_400) * 1_000;
        connection.execute(&format!("DELETE FROM {table} WHERE at_ms < ?1"), [oldest_ms])?;
    }
    Ok(())
}
