//! Small things that are no series: instances, statements, markers, alarms, settings, calls.

use std::collections::{BTreeMap, BTreeSet};

use rusqlite::{Connection, OptionalExtension, params};
use samples::{AlarmEvent, AlarmState, ApiCalls, Instance, Marker, MarkerKind, Statement, Vcpus};
use serde::Serialize;
use serde::de::DeserializeOwned;
use units::{ResourceId, Timestamp, Window};

use crate::error::{Error, Result};

/// A statement's last sighting is written again only when it is this much newer: most polls see the
/// same statements, and each would cost a row.
const SEEN_STEP_MS: i64 = 3_600_000;

pub(crate) fn json<T: Serialize>(value: &T) -> Result<String> {
    serde_json::to_string(value)
        .map_err(|error| Error::Database(rusqlite::Error::ToSqlConversionFailure(Box::new(error))))
}

/// Rows whose body this release can read; others are left alone (a newer field, a lost variant).
pub(crate) fn bodies<T: DeserializeOwned>(
    connection: &Connection,
    select: &str,
    params: impl rusqlite::Params,
) -> Result<Vec<T>> {
    let mut select = connection.prepare_cached(select)?;
    let mut rows = select.query(params)?;
    let mut out = Vec::new();
    while let Some(row) = rows.next()? {
        let text = row.get_ref(0)?.as_str().unwrap_or_default();
        match serde_json::from_str(text) {
            Ok(value) => out.push(value),
            Err(error) => tracing::warn!(%error, "a stored row cannot be read and is left out"),
        }
    }
    Ok(out)
}

pub(crate) fn put_instance(connection: &Connection, instance: &Instance) -> Result<()> {
    let before: Option<Option<String>> = connection
        .prepare_cached("SELECT body FROM instance WHERE id = ?1")?
        .query_row([instance.id.as_str()], |row| row.get(0))
        .optional()?;
    let mut kept = instance.clone();
    if let Some(known) = before.flatten().and_then(|body| serde_json::from_str::<Instance>(&body).ok()) {
        kept.first_seen = kept.first_seen.min(known.first_seen);
        // What the instance itself reported beats the table of classes, until the class changes.
        let is_measured = known.vcpus.as_ref().is_some_and(|vcpus| vcpus.origin == Vcpus::MEASURED);
        let reported = kept.vcpus.as_ref().is_some_and(|vcpus| vcpus.origin == Vcpus::MEASURED);
        if kept.vcpus.is_none() || (is_measured && !reported && kept.class == known.class) {
            kept.vcpus = known.vcpus;
        }
        kept.max_connections = kept.max_connections.or(known.max_connections);
    }
    connection
        .prepare_cached(
            "INSERT INTO instance (id, body) VALUES (?1, ?2) ON CONFLICT (id) DO UPDATE SET body = excluded.body",
        )?
        .execute(params![instance.id.as_str(), json(&kept)?])?;
    Ok(())
}

pub(crate) fn instances(connection: &Connection) -> Result<Vec<Instance>> {
    bodies(connection, "SELECT body FROM instance WHERE body IS NOT NULL ORDER BY id", [])
}

/// Keeps the better of two readings of one statement: a whole text over a cut one, a newer
/// normaliser over an older.
fn better(known: Statement, new: &Statement) -> Statement {
    let upgrade = (known.truncated && !new.truncated)
        || (known.truncated == new.truncated && new.digest_version >= known.digest_version)
        || (known.truncated && new.masked.len() > known.masked.len());
    let (first_seen, last_seen) = (known.first_seen.min(new.first_seen), known.last_seen.max(new.last_seen));
    let (db_id, parent) = (new.db_id.clone().or(known.db_id.clone()), new.parent.clone().or(known.parent.clone()));
    let literals = if new.literals.is_empty() { known.literals.clone() } else { new.literals.clone() };
    let body = if upgrade { new.clone() } else { known };
    Statement { first_seen, last_seen, db_id, parent, literals, ..body }
}

pub(crate) fn put_statement(connection: &Connection, statement: &Statement) -> Result<()> {
    let known: Option<String> = connection
        .prepare_cached("SELECT body FROM statement WHERE pi_id = ?1")?
        .query_row([&statement.pi_id], |row| row.get(0))
        .optional()?;
    let known = known.and_then(|body| serde_json::from_str::<Statement>(&body).ok());
    let kept = match known {
        None => statement.clone(),
        Some(known) => {
            let merged = better(known.clone(), statement);
            let only_seen = Statement { last_seen: known.last_seen, ..merged.clone() } == known;
            if only_seen && merged.last_seen.0 - known.last_seen.0 < SEEN_STEP_MS {
                return Ok(());
            }
            merged
        }
    };
    write_statement(connection, &kept)
}

/// Writes a statement. A digest it leaves behind is remembered with the one it has now.
pub(crate) fn write_statement(connection: &Connection, statement: &Statement) -> Result<()> {
    connection
        .prepare_cached(
            "INSERT INTO digest_moved (old, new) SELECT digest, ?2 FROM statement WHERE pi_id = ?1 AND digest <> ?2
             ON CONFLICT DO UPDATE SET new = excluded.new",
        )?
        .execute(params![statement.pi_id, statement.digest.to_string()])?;
    connection
        .prepare_cached(
            "INSERT INTO statement (pi_id, digest, version, truncated, last_seen, body) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
             ON CONFLICT DO UPDATE SET digest = excluded.digest, version = excluded.version,
               truncated = excluded.truncated, last_seen = excluded.last_seen, body = excluded.body",
        )?
        .execute(params![
            statement.pi_id,
            statement.digest.to_string(),
            statement.digest_version,
            statement.truncated,
            statement.last_seen.0,
            json(statement)?
        ])?;
    Ok(())
}

pub(crate) fn statements(connection: &Connection, pi_ids: &BTreeSet<&str>) -> Result<BTreeMap<String, Statement>> {
    let mut select = connection.prepare_cached("SELECT body FROM statement WHERE pi_id = ?1")?;
    let mut out = BTreeMap::new();
    for pi_id in pi_ids {
        let body: Option<String> = select.query_row([pi_id], |row| row.get(0)).optional()?;
        if let Some(statement) = body.and_then(|body| serde_json::from_str::<Statement>(&body).ok()) {
            out.insert((*pi_id).to_owned(), statement);
        }
    }
    Ok(out)
}

/// Moves followed from one digest: a cut text became whole, and each new normaliser moved it once.
const MOVES_MAX: usize = 16;

/// The digest that the statements of `digest` have now: itself while one still has it.
pub(crate) fn current_digest(connection: &Connection, digest: &str) -> Result<String> {
    let mut is_used = connection.prepare_cached("SELECT 1 FROM statement WHERE digest = ?1 LIMIT 1")?;
    let mut moved = connection.prepare_cached("SELECT new FROM digest_moved WHERE old = ?1")?;
    let mut current = digest.to_owned();
    for _ in 0..MOVES_MAX {
        if is_used.exists([&current])? {
            return Ok(current);
        }
        let Some(next) = moved.query_row([&current], |row| row.get(0)).optional()? else { break };
        current = next;
    }
    Ok(digest.to_owned())
}

pub(crate) fn statements_of_digest(connection: &Connection, digest: &str) -> Result<Vec<Statement>> {
    bodies(connection, "SELECT body FROM statement WHERE digest = ?1 ORDER BY pi_id", [digest])
}

/// Statements whose normal form, tables or tags hold `text` (lower case), or that it names by id;
/// those seen last first.
pub(crate) fn find_statements(connection: &Connection, text: &str, limit: usize) -> Result<Vec<Statement>> {
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let select = "SELECT body FROM statement
         WHERE instr(lower(json_extract(body, '$.normal_form')), ?1) > 0
            OR instr(lower(json_extract(body, '$.tags')), ?1) > 0
            OR lower(pi_id) = ?1 OR digest = ?1 OR (length(?1) >= 6 AND instr(digest, '-' || ?1) > 0)
            OR json_extract(body, '$.db_id') = ?1
         ORDER BY last_seen DESC LIMIT ?2";
    bodies(connection, select, params![text, limit])
}

pub(crate) fn truncated_statements(connection: &Connection, limit: usize) -> Result<Vec<Statement>> {
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    bodies(connection, "SELECT body FROM statement WHERE truncated = 1 ORDER BY last_seen DESC LIMIT ?1", [limit])
}

pub(crate) fn statements_before_version(connection: &Connection, version: u8) -> Result<Vec<Statement>> {
    bodies(connection, "SELECT body FROM statement WHERE version < ?1", [version])
}

pub(crate) fn put_marker(connection: &Connection, marker: &Marker) -> Result<()> {
    let instance = marker.instance.as_ref().map_or("", ResourceId::as_str);
    connection
        .prepare_cached("INSERT OR IGNORE INTO marker (at, kind, instance, label) VALUES (?1, ?2, ?3, ?4)")?
        .execute(params![marker.at.0, marker.kind.name(), instance, marker.label])?;
    Ok(())
}

/// Most markers of one answer.
const MAX_MARKERS: i64 = 500;

pub(crate) fn markers(connection: &Connection, instance: &ResourceId, window: Window) -> Result<Vec<Marker>> {
    let mut select = connection.prepare_cached(
        "SELECT at, kind, instance, label FROM marker
         WHERE at >= ?1 AND at < ?2 AND instance IN ('', ?3) ORDER BY at LIMIT ?4",
    )?;
    let kinds = [MarkerKind::Deploy, MarkerKind::RdsEvent];
    let mut rows = select.query(params![window.from.0, window.to.0, instance.as_str(), MAX_MARKERS])?;
    let mut out = Vec::new();
    while let Some(row) = rows.next()? {
        let kind: String = row.get(1)?;
        let Some(kind) = kinds.into_iter().find(|known| known.name() == kind) else { continue };
        let instance: String = row.get(2)?;
        let instance = (!instance.is_empty()).then_some(ResourceId(instance));
        out.push(Marker { at: Timestamp(row.get(0)?), kind, instance, label: row.get(3)? });
    }
    Ok(out)
}

pub(crate) fn put_alarm(connection: &Connection, alarm: &AlarmState) -> Result<()> {
    connection
        .prepare_cached("INSERT INTO alarm (arn, body) VALUES (?1, ?2) ON CONFLICT DO UPDATE SET body = excluded.body")?
        .execute(params![alarm.arn, json(alarm)?])?;
    Ok(())
}

pub(crate) fn alarms(connection: &Connection) -> Result<Vec<AlarmState>> {
    bodies(connection, "SELECT body FROM alarm ORDER BY arn", [])
}

pub(crate) fn put_alarm_event(connection: &Connection, event: &AlarmEvent) -> Result<()> {
    connection
        .prepare_cached("INSERT OR IGNORE INTO alarm_event (arn, at, state, body) VALUES (?1, ?2, ?3, ?4)")?
        .execute(params![event.arn, event.at.0, event.to.name(), json(event)?])?;
    Ok(())
}

pub(crate) fn alarm_events(connection: &Connection, arn: &str, window: Window) -> Result<Vec<AlarmEvent>> {
    let select = "SELECT body FROM alarm_event WHERE arn = ?1 AND at >= ?2 AND at < ?3 ORDER BY at";
    bodies(connection, select, params![arn, window.from.0, window.to.0])
}

pub(crate) fn setting(connection: &Connection, name: &str) -> Result<Option<String>> {
    let mut select = connection.prepare_cached("SELECT value FROM setting WHERE name = ?1")?;
    Ok(select.query_row([name], |row| row.get(0)).optional()?)
}

pub(crate) fn put_setting(connection: &Connection, name: &str, value: &str) -> Result<()> {
    connection
        .prepare_cached(
            "INSERT INTO setting (name, value) VALUES (?1, ?2) ON CONFLICT DO UPDATE SET value = excluded.value",
        )?
        .execute([name, value])?;
    Ok(())
}

pub(crate) fn add_calls(connection: &Connection, calls: &ApiCalls) -> Result<()> {
    connection
        .prepare_cached(
            "INSERT INTO api_call (day, api, calls, billed) VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT DO UPDATE SET calls = calls + excluded.calls, billed = billed + excluded.billed",
        )?
        .execute(params![
            calls.day,
            calls.api,
            i64::try_from(calls.calls).unwrap_or(i64::MAX),
            i64::try_from(calls.billed_units).unwrap_or(i64::MAX)
        ])?;
    Ok(())
}

pub(crate) fn calls(connection: &Connection, from_day: i64, to_day: i64) -> Result<Vec<ApiCalls>> {
    let mut select = connection.prepare_cached(
        "SELECT day, api, calls, billed FROM api_call WHERE day >= ?1 AND day < ?2 ORDER BY day, api",
    )?;
    let rows = select.query_map([from_day, to_day], |row| {
        let count = |column| row.get::<_, i64>(column).map(|count| u64::try_from(count).unwrap_or(0));
        Ok(ApiCalls { day: row.get(0)?, api: row.get(1)?, calls: count(2)?, billed_units: count(3)? })
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// Notes that a window could not be collected; a note that touches an older one of the same reason
/// extends it.
pub(crate) fn put_failure(connection: &Connection, instance: i64, window: Window, reason: &str) -> Result<()> {
    let (from, to) = (window.from.secs(), window.to.secs());
    let extended = connection
        .prepare_cached(
            "UPDATE failure SET ends = max(ends, ?4) WHERE instance = ?1 AND reason = ?2 AND starts <= ?3 AND ends >= ?3",
        )?
        .execute(params![instance, reason, from, to])?;
    if extended == 0 {
        connection
            .prepare_cached("INSERT OR REPLACE INTO failure (instance, reason, starts, ends) VALUES (?1, ?2, ?3, ?4)")?
            .execute(params![instance, reason, from, to])?;
    }
    Ok(())
}
