//! Numbers for names: instances, streams and series keys are stored once and named by row number.
//!
//! A name's number never changes and a row is never deleted, so what is cached stays true. Numbers
//! that a transaction hands out are cached only after it committed.

use std::collections::HashMap;
use std::sync::{PoisonError, RwLock};

use rusqlite::{Connection, OptionalExtension};

use crate::error::Result;

/// A table of names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Table {
    Instance,
    Stream,
    Key,
}

impl Table {
    const fn select(self) -> &'static str {
        match self {
            Self::Instance => "SELECT num FROM instance WHERE id = ?1",
            Self::Stream => "SELECT num FROM stream WHERE name = ?1",
            Self::Key => "SELECT num FROM series_key WHERE name = ?1",
        }
    }

    const fn insert(self) -> &'static str {
        match self {
            Self::Instance => "INSERT INTO instance (id) VALUES (?1)",
            Self::Stream => "INSERT INTO stream (name) VALUES (?1)",
            Self::Key => "INSERT INTO series_key (name) VALUES (?1)",
        }
    }
}

/// Names cached at once; past it the cache starts over. About 100 bytes each.
const MAX_CACHED: usize = 200_000;

#[derive(Default)]
struct Cache {
    numbers: HashMap<(Table, String), i64>,
    keys: HashMap<i64, String>,
}

/// The cache beside the tables.
#[derive(Default)]
pub(crate) struct Names {
    cache: RwLock<Cache>,
}

/// Names given a number in a transaction that has not committed yet.
pub(crate) type Fresh = HashMap<(Table, String), i64>;

impl Names {
    /// The number of a name; `None` when it was never stored.
    pub(crate) fn number(&self, connection: &Connection, table: Table, name: &str) -> Result<Option<i64>> {
        let slot = (table, name.to_owned());
        if let Some(number) = self.cache.read().unwrap_or_else(PoisonError::into_inner).numbers.get(&slot) {
            return Ok(Some(*number));
        }
        let found = connection.prepare_cached(table.select())?.query_row([name], |row| row.get(0)).optional()?;
        if let Some(number) = found {
            self.remember(Fresh::from([(slot, number)]));
        }
        Ok(found)
    }

    /// The number of a name, given now if it has none; `fresh` collects those given.
    pub(crate) fn give(&self, writer: &Connection, table: Table, name: &str, fresh: &mut Fresh) -> Result<i64> {
        let slot = (table, name.to_owned());
        if let Some(number) = fresh.get(&slot) {
            return Ok(*number);
        }
        // Not through `number`: it would cache our own row before it is committed.
        if let Some(number) = self.cache.read().unwrap_or_else(PoisonError::into_inner).numbers.get(&slot) {
            return Ok(*number);
        }
        let found = writer.prepare_cached(table.select())?.query_row([name], |row| row.get(0)).optional()?;
        let number = match found {
            Some(number) => number,
            None => {
                writer.prepare_cached(table.insert())?.execute([name])?;
                writer.last_insert_rowid()
            }
        };
        fresh.insert(slot, number);
        Ok(number)
    }

    /// The text of a series key.
    pub(crate) fn key(&self, connection: &Connection, number: u32) -> Result<Option<String>> {
        let number = i64::from(number);
        if let Some(name) = self.cache.read().unwrap_or_else(PoisonError::into_inner).keys.get(&number) {
            return Ok(Some(name.clone()));
        }
        let select = "SELECT name FROM series_key WHERE num = ?1";
        let found: Option<String> =
            connection.prepare_cached(select)?.query_row([number], |row| row.get(0)).optional()?;
        if let Some(name) = &found {
            self.remember(Fresh::from([((Table::Key, name.clone()), number)]));
        }
        Ok(found)
    }

    /// Takes committed names into the cache.
    pub(crate) fn remember(&self, names: Fresh) {
        let mut cache = self.cache.write().unwrap_or_else(PoisonError::into_inner);
        if cache.numbers.len() + names.len() > MAX_CACHED {
            *cache = Cache::default();
        }
        let named_keys = names.iter().filter(|((table, _), _)| *table == Table::Key);
        cache.keys.extend(named_keys.map(|((_, name), number)| (*number, name.clone())));
        cache.numbers.extend(names);
    }
}
