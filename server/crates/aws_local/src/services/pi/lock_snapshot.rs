//! `db.lock_snapshot`: who waited for whom in one second.
//!
//! AWS documents the group, that its identifier is the second of the snapshot and that its one
//! dimension is `lock_trees`. The columns of the CSV are assumed; every one of them is named in its
//! first line, so that a reader can tell them from others.

use super::details::unknown_identifier;
use crate::error::ServiceError;
use crate::world::dictionary::{hex_id, object_parts};
use crate::world::instance::{Instance, InstanceData};
use crate::world::locks::{LockedSession, STATES};

const GROUP: &str = "db.lock_snapshot";

/// Columns, in order. `blocked_by` holds ids separated by spaces; ages are whole milliseconds; what is
/// not known is empty.
const COLUMNS: [&str; 14] = [
    "session_id",
    "blocked_by",
    "state",
    "user",
    "application",
    "host",
    "wait_event",
    "lock_type",
    "lock_mode",
    "lock_object",
    "waiting_ms",
    "transaction_ms",
    "sql_id",
    "sql",
];

/// The snapshot of the second `identifier` (UTC seconds since 1970) as CSV.
pub(super) fn lock_trees(instance: &Instance, identifier: &str) -> Result<String, ServiceError> {
    let data = instance.data();
    let second = identifier.parse().ok().filter(|at_secs| !instance.behaviour.hides(*at_secs));
    let sessions = second.and_then(|at_secs| data.locks.at(at_secs));
    let sessions = sessions.ok_or_else(|| unknown_identifier(GROUP, identifier))?;
    let mut csv = csv::Writer::from_writer(Vec::new());
    let written = write(&mut csv, &data, &sessions);
    let bytes = written.and_then(|()| csv.into_inner().map_err(|error| error.into_error().into()));
    let text = bytes.ok().and_then(|bytes| String::from_utf8(bytes).ok());
    text.ok_or_else(|| ServiceError::internal("the snapshot cannot be written"))
}

fn write(csv: &mut csv::Writer<Vec<u8>>, data: &InstanceData, sessions: &[LockedSession]) -> csv::Result<()> {
    csv.write_record(COLUMNS)?;
    sessions.iter().try_for_each(|session| csv.write_record(row(data, session)))
}

fn row(data: &InstanceData, session: &LockedSession) -> [String; COLUMNS.len()] {
    let name = |number: u32| data.dictionary.name_of(number).map(|name| name.to_string()).unwrap_or_default();
    let age = |age: Option<u64>| age.map(|age| age.to_string()).unwrap_or_default();
    let blocked_by: Vec<String> = session.blocked_by.iter().map(ToString::to_string).collect();
    let state = STATES.get(session.state as usize).copied().unwrap_or_default();
    let lock = name(session.lock);
    let (lock_type, rest) = object_parts(&lock);
    let (lock_mode, lock_object) = object_parts(rest);
    let digest = data.dictionary.digest_of(session.digest);
    [
        session.id.to_string(),
        blocked_by.join(" "),
        state.to_owned(),
        name(session.user),
        name(session.application),
        name(session.host),
        name(session.wait_event),
        lock_type.to_owned(),
        lock_mode.to_owned(),
        lock_object.to_owned(),
        age(session.waiting_ms),
        age(session.transaction_ms),
        digest.map(|digest| hex_id("blocking", &digest.database_id)).unwrap_or_default(),
        digest.map(|digest| digest.text.to_string()).unwrap_or_default(),
    ]
}
