//! Sessions that are not idle, what they wait for, and who blocks them.

use super::MARK;
use super::canonical::canonical;
use super::describe::Facts;
use crate::observation::{ActivitySample, Engine, LockWait, SessionSample, SessionState, Wait};
use mysql_async::prelude::Queryable;
use mysql_async::{Conn, Error, Row};
use std::collections::BTreeMap;
use std::sync::Arc;
use xxhash_rust::xxh3::xxh3_64;

/// A lock wait is looked up for statements at least this old: younger ones are rarely blocked for long,
/// and the look-up holds InnoDB's lock system for a moment.
const LOOKED_UP_AFTER_SECS: i64 = 1;

/// With waits: rows of one thread may repeat (nested waits); the innermost counts.
const WITH_EVENTS: &str = "SELECT t.PROCESSLIST_ID AS loadlens_sampler, t.PROCESSLIST_USER, t.PROCESSLIST_HOST, \
    t.PROCESSLIST_DB, t.PROCESSLIST_STATE, CAST(t.PROCESSLIST_TIME AS SIGNED), \
    COALESCE(t.PROCESSLIST_INFO, s.SQL_TEXT), s.DIGEST, w.EVENT_NAME, CAST(w.EVENT_ID AS SIGNED) \
    FROM performance_schema.threads t \
    LEFT JOIN performance_schema.events_statements_current s ON s.THREAD_ID = t.THREAD_ID \
      AND (s.NESTING_EVENT_TYPE IS NULL OR s.NESTING_EVENT_TYPE <> 'STATEMENT') \
    LEFT JOIN performance_schema.events_waits_current w ON w.THREAD_ID = t.THREAD_ID AND w.END_EVENT_ID IS NULL \
    WHERE t.TYPE = 'FOREGROUND' AND t.PROCESSLIST_ID <> CONNECTION_ID() \
    AND t.PROCESSLIST_COMMAND NOT IN ('Sleep', 'Daemon', 'Binlog Dump', 'Binlog Dump GTID')";

/// Without performance_schema: the process list alone.
const PROCESS_LIST: &str = "SELECT ID AS loadlens_sampler, USER, SUBSTRING_INDEX(HOST, ':', 1), DB, STATE, \
    CAST(TIME AS SIGNED), INFO, NULL, NULL, NULL FROM information_schema.PROCESSLIST \
    WHERE ID <> CONNECTION_ID() AND COMMAND NOT IN ('Sleep', 'Daemon', 'Binlog Dump', 'Binlog Dump GTID')";

const MARIADB_LOCKS: &str = "SELECT r.trx_mysql_thread_id AS loadlens_sampler, b.trx_mysql_thread_id, l.lock_mode, \
    l.lock_type, l.lock_table FROM information_schema.INNODB_LOCK_WAITS w \
    JOIN information_schema.INNODB_TRX r ON r.trx_id = w.requesting_trx_id \
    JOIN information_schema.INNODB_TRX b ON b.trx_id = w.blocking_trx_id \
    JOIN information_schema.INNODB_LOCKS l ON l.lock_id = w.requested_lock_id";

const MYSQL_LOCKS: &str = "SELECT r.PROCESSLIST_ID AS loadlens_sampler, b.PROCESSLIST_ID, l.LOCK_MODE, l.LOCK_TYPE, \
    CONCAT(l.OBJECT_SCHEMA, '.', l.OBJECT_NAME) FROM performance_schema.data_lock_waits w \
    JOIN performance_schema.threads r ON r.THREAD_ID = w.REQUESTING_THREAD_ID \
    JOIN performance_schema.threads b ON b.THREAD_ID = w.BLOCKING_THREAD_ID \
    JOIN performance_schema.data_locks l ON l.ENGINE_LOCK_ID = w.REQUESTING_ENGINE_LOCK_ID";

/// Reads the sessions of one second.
pub(super) async fn activity(connection: &mut Conn, facts: &Facts, at_secs: i64) -> Result<ActivitySample, Error> {
    let query = if facts.has_performance_schema { WITH_EVENTS } else { PROCESS_LIST };
    let rows: Vec<Row> = connection.query(query).await?;
    let mut sessions: BTreeMap<i64, (i64, SessionSample)> = BTreeMap::new();
    for mut row in rows {
        let wait_number: i64 = row.take::<Option<i64>, _>(9).flatten().unwrap_or(-1);
        let Some(session) = session(&mut row, facts) else { continue };
        let is_newer = sessions.get(&session.id).is_none_or(|(number, _)| wait_number > *number);
        if is_newer {
            sessions.insert(session.id, (wait_number, session));
        }
    }
    let mut sessions: Vec<SessionSample> = sessions.into_values().map(|(_, session)| session).collect();
    let is_old =
        |session: &SessionSample| session.statement_age_ms.is_some_and(|age| age >= LOOKED_UP_AFTER_SECS * 1_000);
    if sessions.iter().any(is_old) {
        add_blockers(connection, facts, &mut sessions).await?;
    }
    let blocked = sessions.iter().filter(|session| !session.blocked_by.is_empty()).count() as f64;
    Ok(ActivitySample { at_secs, sessions, levels: vec![("db.Transactions.blocked_transactions", blocked)] })
}

fn session(row: &mut Row, facts: &Facts) -> Option<SessionSample> {
    let mut text = |column: usize| row.take::<Option<String>, _>(column).flatten().filter(|text| !text.is_empty());
    let (user, host, database, state) = (text(1), text(2), text(3), text(4));
    let (statement, digest, wait) = (text(6), text(7), text(8));
    let id = row.take::<Option<i64>, _>(0).flatten()?;
    let age_secs = row.take::<Option<i64>, _>(5).flatten();
    // MariaDB's digest belongs to the statement before; see the module's head.
    let digest = if facts.engine == Engine::MariaDb { None } else { digest };
    let statement_id = digest.map(Arc::from).or_else(|| statement.as_deref().map(statement_id));
    Some(SessionSample {
        id,
        state: SessionState::Active,
        database,
        user,
        application: None,
        client_address: host,
        client_hostname: None,
        session_type: "client backend".to_owned(),
        wait: wait_of(wait, state, facts),
        statement_id,
        statement: statement.map(Arc::from),
        blocked_by: Vec::new(),
        lock: None,
        transaction_age_ms: None,
        statement_age_ms: age_secs.map(|secs| secs * 1_000),
    })
}

/// `wait/io/table/sql/handler` is of kind `io`; without wait events the thread's state stands in.
fn wait_of(event: Option<String>, state: Option<String>, facts: &Facts) -> Wait {
    match event {
        Some(event) => {
            let kind = event.split('/').nth(1).unwrap_or("other").to_owned();
            Wait { kind, event }
        }
        None if facts.has_waits => Wait::cpu(),
        None => state.map_or_else(Wait::cpu, |state| Wait { kind: "state".to_owned(), event: state }),
    }
}

/// The id of a statement whose digest the server does not tell: a hash of its canonical form.
pub(super) fn statement_id(text: &str) -> Arc<str> {
    Arc::from(format!("{:016x}", xxh3_64(canonical(text).as_bytes())))
}

async fn add_blockers(connection: &mut Conn, facts: &Facts, sessions: &mut Vec<SessionSample>) -> Result<(), Error> {
    let query = match facts.engine {
        Engine::MariaDb => MARIADB_LOCKS,
        _ if facts.has_performance_schema => MYSQL_LOCKS,
        _ => return Ok(()),
    };
    type Waiting = (i64, i64, Option<String>, Option<String>, Option<String>);
    // Needs PROCESS (or a newer server); without it blockers are unknown, load is not.
    let rows: Vec<Waiting> = match connection.query(query).await {
        Ok(rows) => rows,
        Err(Error::Server(_)) => return Ok(()),
        Err(error) => return Err(error),
    };
    let mut idle_blockers = Vec::new();
    for (waiting, blocking, mode, kind, object) in rows {
        if let Some(session) = sessions.iter_mut().find(|session| session.id == waiting) {
            if !session.blocked_by.contains(&blocking) {
                session.blocked_by.push(blocking);
            }
            session.lock = kind.zip(mode).map(|(kind, mode)| LockWait {
                kind,
                mode,
                object: object.map(|name| name.replace('`', "")),
            });
        }
        if sessions.iter().all(|session| session.id != blocking) && !idle_blockers.contains(&blocking) {
            idle_blockers.push(blocking);
        }
    }
    for id in idle_blockers {
        sessions.extend(idle_session(connection, id).await?);
    }
    Ok(())
}

/// A session that does nothing but hold locks.
async fn idle_session(connection: &mut Conn, id: i64) -> Result<Option<SessionSample>, Error> {
    type Found = (Option<String>, Option<String>, Option<String>, Option<i64>);
    let query = format!(
        "SELECT USER AS {MARK}, SUBSTRING_INDEX(HOST, ':', 1), DB, CAST(TIME AS SIGNED) \
         FROM information_schema.PROCESSLIST WHERE ID = {id}"
    );
    let found: Option<Found> = connection.query_first(query).await?;
    Ok(found.map(|(user, client_address, database, age_secs)| SessionSample {
        id,
        state: SessionState::IdleInTransaction,
        database,
        user,
        application: None,
        client_address,
        client_hostname: None,
        session_type: "client backend".to_owned(),
        wait: Wait::cpu(),
        statement_id: None,
        statement: None,
        blocked_by: Vec::new(),
        lock: None,
        transaction_age_ms: age_secs.map(|secs| secs * 1_000),
        statement_age_ms: age_secs.map(|secs| secs * 1_000),
    }))
}
