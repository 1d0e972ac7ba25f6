//! Who waited for whom, and which dimension groups an instance offers.

use std::collections::BTreeSet;

use rusqlite::{Connection, OptionalExtension, params};
use samples::LockSnapshot;
use units::{ResourceId, Timestamp, Window};

use crate::error::{Error, Result};

fn json<T: serde::Serialize>(value: &T) -> Result<String> {
    serde_json::to_string(value)
        .map_err(|error| Error::Database(rusqlite::Error::ToSqlConversionFailure(Box::new(error))))
}

pub(crate) fn put(connection: &Connection, instance: &ResourceId, snapshot: &LockSnapshot) -> Result<()> {
    let waiting = i64::try_from(snapshot.waiting()).unwrap_or(i64::MAX);
    connection
        .prepare_cached(
            "INSERT INTO lock_snapshot (instance, at, waiting, body) VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT DO UPDATE SET waiting = excluded.waiting, body = excluded.body",
        )?
        .execute(params![instance.as_str(), snapshot.at.secs(), waiting, json(snapshot)?])?;
    Ok(())
}

/// Snapshots of a window, newest first, those with most waiting sessions when there are more than
/// `limit`.
pub(crate) fn list(
    connection: &Connection,
    instance: &ResourceId,
    window: Window,
    limit: usize,
) -> Result<Vec<LockSnapshot>> {
    let mut select = connection.prepare_cached(
        "SELECT body FROM lock_snapshot WHERE instance = ?1 AND at >= ?2 AND at < ?3 ORDER BY waiting DESC, at DESC LIMIT ?4",
    )?;
    let (from, to) = (window.from.secs(), window.to.secs());
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let rows = select.query_map(params![instance.as_str(), from, to, limit], |row| row.get::<_, String>(0))?;
    let bodies: Vec<String> = rows.collect::<rusqlite::Result<_>>()?;
    let mut snapshots: Vec<LockSnapshot> = bodies.iter().filter_map(|body| serde_json::from_str(body).ok()).collect();
    snapshots.sort_by_key(|snapshot| std::cmp::Reverse(snapshot.at));
    Ok(snapshots)
}

pub(crate) fn put_offers(connection: &Connection, instance: &ResourceId, groups: &BTreeSet<String>) -> Result<()> {
    connection
        .prepare_cached(
            "INSERT INTO offer (instance, groups) VALUES (?1, ?2) ON CONFLICT DO UPDATE SET groups = excluded.groups",
        )?
        .execute(params![instance.as_str(), json(groups)?])?;
    Ok(())
}

pub(crate) fn offers(connection: &Connection, instance: &ResourceId) -> Result<Option<BTreeSet<String>>> {
    let mut select = connection.prepare_cached("SELECT groups FROM offer WHERE instance = ?1")?;
    let groups: Option<String> = select.query_row([instance.as_str()], |row| row.get(0)).optional()?;
    Ok(groups.and_then(|groups| serde_json::from_str(&groups).ok()))
}

pub(crate) fn expire(connection: &Connection, oldest: Timestamp) -> Result<usize> {
    Ok(connection.prepare_cached("DELETE FROM lock_snapshot WHERE at <= ?1")?.execute([oldest.secs()])?)
}
