//! Incidents: their snapshots, notes, and the values alarms decided by.

use rusqlite::{Connection, OptionalExtension, params};
use samples::{AlarmEvent, AlarmSeries, Incident, IncidentNote};
use units::Window;

use crate::facts::{bodies, json};
use crate::{Archive, Result};

/// Most changes of state in one answer over all alarms.
const MAX_EVENTS: i64 = 5000;
/// Most notes of one incident.
const MAX_NOTES: i64 = 500;
/// Most series of one alarm in one answer.
const MAX_SERIES: i64 = 32;

impl Archive {
    /// Changes of state of all alarms, oldest first; the newest 5,000.
    ///
    /// # Errors
    /// [`crate::Error::Database`].
    pub fn all_alarm_events(&self, window: Window) -> Result<Vec<AlarmEvent>> {
        let select = "SELECT body FROM alarm_event WHERE at >= ?1 AND at < ?2 ORDER BY at DESC LIMIT ?3";
        let mut events: Vec<AlarmEvent> =
            self.read(|view| bodies(view.connection, select, params![window.from.0, window.to.0, MAX_EVENTS]))?;
        events.reverse();
        Ok(events)
    }

    /// Keeps the values of alarms; a window that begins where a kept one does replaces it.
    ///
    /// # Errors
    /// [`crate::Error::Database`].
    pub fn put_alarm_series(&self, series: &[AlarmSeries]) -> Result<()> {
        let insert = "INSERT INTO alarm_series (arn, starts, ends, body) VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT DO UPDATE SET ends = excluded.ends, body = excluded.body WHERE excluded.ends >= ends";
        self.write(|connection, _| {
            for one in series {
                let ends = (one.window.from.0, one.window.to.0);
                connection.prepare_cached(insert)?.execute(params![one.arn, ends.0, ends.1, json(one)?])?;
            }
            Ok(())
        })
    }

    /// Values of an alarm that overlap a window, oldest first.
    ///
    /// # Errors
    /// [`crate::Error::Database`].
    pub fn alarm_series(&self, arn: &str, window: Window) -> Result<Vec<AlarmSeries>> {
        let select =
            "SELECT body FROM alarm_series WHERE arn = ?1 AND starts < ?3 AND ends > ?2 ORDER BY starts LIMIT ?4";
        self.read(|view| bodies(view.connection, select, params![arn, window.from.0, window.to.0, MAX_SERIES]))
    }

    /// Keeps an incident; one of the same id is replaced.
    ///
    /// # Errors
    /// [`crate::Error::Database`].
    pub fn put_incident(&self, incident: &Incident) -> Result<()> {
        let insert = "INSERT INTO incident (id, at, body) VALUES (?1, ?2, ?3)
             ON CONFLICT (id) DO UPDATE SET at = excluded.at, body = excluded.body";
        self.write(|connection, _| {
            connection.prepare_cached(insert)?.execute(params![incident.id, incident.at.0, json(incident)?])?;
            Ok(())
        })
    }

    /// Incidents that began in a window, newest first, at most `limit`.
    ///
    /// # Errors
    /// [`crate::Error::Database`].
    pub fn incidents(&self, window: Window, limit: u32) -> Result<Vec<Incident>> {
        let select = "SELECT body FROM incident WHERE at >= ?1 AND at < ?2 ORDER BY at DESC, id LIMIT ?3";
        self.read(|view| bodies(view.connection, select, params![window.from.0, window.to.0, limit]))
    }

    /// One incident.
    ///
    /// # Errors
    /// [`crate::Error::Database`].
    pub fn incident(&self, id: &str) -> Result<Option<Incident>> {
        self.read(|view| bodies(view.connection, "SELECT body FROM incident WHERE id = ?1", [id]))
            .map(|found| found.into_iter().next())
    }

    /// Keeps the file of an incident's snapshot.
    ///
    /// # Errors
    /// [`crate::Error::Database`].
    pub fn put_snapshot(&self, incident: &str, bytes: &[u8]) -> Result<()> {
        let insert = "INSERT INTO snapshot (incident, bytes) VALUES (?1, ?2)
             ON CONFLICT (incident) DO UPDATE SET bytes = excluded.bytes";
        self.write(|connection, _| {
            connection.prepare_cached(insert)?.execute(params![incident, bytes])?;
            Ok(())
        })
    }

    /// The file of an incident's snapshot.
    ///
    /// # Errors
    /// [`crate::Error::Database`].
    pub fn snapshot(&self, incident: &str) -> Result<Option<Vec<u8>>> {
        self.read(|view| {
            let mut select = view.connection.prepare_cached("SELECT bytes FROM snapshot WHERE incident = ?1")?;
            Ok(select.query_row([incident], |row| row.get(0)).optional()?)
        })
    }

    /// Adds a note to an incident.
    ///
    /// # Errors
    /// [`crate::Error::Database`].
    pub fn put_note(&self, incident: &str, note: &IncidentNote) -> Result<()> {
        self.write(|connection, _| {
            let mut insert = connection.prepare_cached("INSERT INTO note (incident, body) VALUES (?1, ?2)")?;
            insert.execute(params![incident, json(note)?])?;
            Ok(())
        })
    }

    /// Notes of an incident in the order they were written; the first 500.
    ///
    /// # Errors
    /// [`crate::Error::Database`].
    pub fn notes(&self, incident: &str) -> Result<Vec<IncidentNote>> {
        let select = "SELECT body FROM note WHERE incident = ?1 ORDER BY num LIMIT ?2";
        self.read(|view| bodies(view.connection, select, params![incident, MAX_NOTES]))
    }
}

/// Drops incidents that began before a moment, with everything kept of them.
pub(crate) fn expire(connection: &Connection, oldest_ms: i64) -> Result<usize> {
    let mut dropped = 0;
    for delete in [
        "DELETE FROM snapshot WHERE incident IN (SELECT id FROM incident WHERE at <= ?1)",
        "DELETE FROM note WHERE incident IN (SELECT id FROM incident WHERE at <= ?1)",
        "DELETE FROM incident WHERE at <= ?1",
        "DELETE FROM alarm_series WHERE ends <= ?1",
    ] {
        dropped += connection.prepare_cached(delete)?.execute([oldest_ms])?;
    }
    Ok(dropped)
}
