//! Who waits for whom: row locks from `InnoDB`, metadata locks from `metadata_locks`.
//!
//! Looked up only while somebody may wait: `InnoDB`'s tables hold its lock system for a moment.
//!
//! `InnoDB` has no wait event for a row lock: the session shows the wait around it, for the table
//! (`wait/io/table/sql/handler`). A session that `InnoDB` says waits for a row gets [`ROW_LOCK`].

use super::activity::statement_id;
use super::describe::Facts;
use crate::observation::{Engine, LockWait, SessionSample, SessionState, Wait};
use mysql_async::prelude::Queryable;
use mysql_async::{Conn, Error, Row};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Our name of the wait for a row lock: no instrument of the server has one.
pub(super) const ROW_LOCK: &str = "wait/lock/innodb/row_lock_wait";
/// The wait a session shows while it waits for a row lock, or reads.
const HANDLER: &str = "wait/io/table/sql/handler";
/// The wait for a metadata lock.
const METADATA_LOCK: &str = "wait/lock/metadata/sql/mdl";

const ROW_WAITS: &str = "SHOW GLOBAL STATUS LIKE 'Innodb_row_lock_current_waits'";

const MARIADB_LOCKS: &str = "SELECT r.trx_mysql_thread_id AS loadlens_sampler, b.trx_mysql_thread_id, l.lock_type, \
    l.lock_mode, CONCAT(l.lock_table, ' (', COALESCE(l.lock_index, ''), ')'), \
    TIMESTAMPDIFF(MICROSECOND, r.trx_wait_started, NOW(6)) DIV 1000, \
    TIMESTAMPDIFF(MICROSECOND, r.trx_started, NOW(6)) DIV 1000, \
    TIMESTAMPDIFF(MICROSECOND, b.trx_started, NOW(6)) DIV 1000 \
    FROM information_schema.INNODB_LOCK_WAITS w \
    JOIN information_schema.INNODB_TRX r ON r.trx_id = w.requesting_trx_id \
    JOIN information_schema.INNODB_TRX b ON b.trx_id = w.blocking_trx_id \
    JOIN information_schema.INNODB_LOCKS l ON l.lock_id = w.requested_lock_id";

const MYSQL_LOCKS: &str = "SELECT r.trx_mysql_thread_id AS loadlens_sampler, b.trx_mysql_thread_id, l.LOCK_TYPE, \
    l.LOCK_MODE, CONCAT(l.OBJECT_SCHEMA, '.', l.OBJECT_NAME, ' (', COALESCE(l.INDEX_NAME, ''), ')'), \
    TIMESTAMPDIFF(MICROSECOND, r.trx_wait_started, NOW(6)) DIV 1000, \
    TIMESTAMPDIFF(MICROSECOND, r.trx_started, NOW(6)) DIV 1000, \
    TIMESTAMPDIFF(MICROSECOND, b.trx_started, NOW(6)) DIV 1000 \
    FROM performance_schema.data_lock_waits w \
    JOIN information_schema.INNODB_TRX r ON r.trx_id = w.REQUESTING_ENGINE_TRANSACTION_ID \
    JOIN information_schema.INNODB_TRX b ON b.trx_id = w.BLOCKING_ENGINE_TRANSACTION_ID \
    JOIN performance_schema.data_locks l ON l.ENGINE_LOCK_ID = w.REQUESTING_ENGINE_LOCK_ID";

/// Whoever has been granted a lock on the object stands in the way of those who wait for one, as the
/// server's own view `sys.schema_table_lock_waits` has it.
const METADATA_LOCKS: &str = "SELECT p.PROCESSLIST_ID AS loadlens_sampler, g.PROCESSLIST_ID, w.OBJECT_TYPE, \
    w.LOCK_TYPE, CONCAT_WS('.', w.OBJECT_SCHEMA, w.OBJECT_NAME), NULL, NULL, NULL \
    FROM performance_schema.metadata_locks w \
    JOIN performance_schema.metadata_locks o ON o.OBJECT_TYPE = w.OBJECT_TYPE \
      AND o.OBJECT_SCHEMA <=> w.OBJECT_SCHEMA AND o.OBJECT_NAME <=> w.OBJECT_NAME \
      AND o.LOCK_STATUS = 'GRANTED' AND o.OWNER_THREAD_ID <> w.OWNER_THREAD_ID \
    JOIN performance_schema.threads p ON p.THREAD_ID = w.OWNER_THREAD_ID \
    JOIN performance_schema.threads g ON g.THREAD_ID = o.OWNER_THREAD_ID \
    WHERE w.LOCK_STATUS = 'PENDING'";

/// Notes who waits for whom in `sessions`; returns those in the way that are not among them.
pub(super) async fn add(
    connection: &mut Conn,
    facts: &Facts,
    sessions: &mut [SessionSample],
) -> Result<Vec<SessionSample>, Error> {
    let mut waits = Vec::new();
    let reads_tables = |session: &SessionSample| !facts.has_waits || session.wait.event == HANDLER;
    if sessions.iter().any(reads_tables) && has_row_waits(connection).await? {
        let query = if facts.engine == Engine::MariaDb { MARIADB_LOCKS } else { MYSQL_LOCKS };
        waits.extend(readable(connection, query).await?);
        for wait in &waits {
            if let Some(session) = sessions.iter_mut().find(|session| session.id == wait.waiting) {
                session.wait = Wait { kind: "lock".to_owned(), event: ROW_LOCK.to_owned() };
            }
        }
    }
    if sessions.iter().any(|session| session.wait.event == METADATA_LOCK) {
        waits.extend(readable(connection, METADATA_LOCKS).await?);
    }
    let mut ages: BTreeMap<i64, i64> = BTreeMap::new();
    for wait in waits {
        ages.extend(wait.waiting_trx_ms.map(|age| (wait.waiting, age)));
        ages.extend(wait.blocking_trx_ms.map(|age| (wait.blocking, age)));
        if let Some(session) = sessions.iter_mut().find(|session| session.id == wait.waiting) {
            if !session.blocked_by.contains(&wait.blocking) {
                session.blocked_by.push(wait.blocking);
            }
            session.lock = Some(wait.lock);
        }
    }
    for session in &mut *sessions {
        session.transaction_age_ms = ages.get(&session.id).copied();
    }
    unseen(connection, facts, sessions, &ages).await
}

async fn has_row_waits(connection: &mut Conn) -> Result<bool, Error> {
    let count: Option<(String, u64)> = connection.query_first(ROW_WAITS).await?;
    Ok(count.is_none_or(|(_, count)| count > 0))
}

/// One session waiting for another.
struct Waiting {
    waiting: i64,
    blocking: i64,
    lock: LockWait,
    waiting_trx_ms: Option<i64>,
    blocking_trx_ms: Option<i64>,
}

/// Needs PROCESS, or `SELECT` on `performance_schema`; without them blockers are unknown, load is not.
async fn readable(connection: &mut Conn, query: &str) -> Result<Vec<Waiting>, Error> {
    let rows: Vec<Row> = match connection.query(query).await {
        Ok(rows) => rows,
        Err(Error::Server(error)) => {
            tracing::debug!(%error, "who waits for whom cannot be read");
            return Ok(Vec::new());
        }
        Err(error) => return Err(error),
    };
    Ok(rows.into_iter().filter_map(waiting).collect())
}

fn waiting(mut row: Row) -> Option<Waiting> {
    let number = |row: &mut Row, column: usize| row.take::<Option<i64>, _>(column).flatten();
    let text = |row: &mut Row, column: usize| row.take::<Option<String>, _>(column).flatten();
    let (waiting, blocking) = (number(&mut row, 0)?, number(&mut row, 1)?);
    let kind = text(&mut row, 2).unwrap_or_default().to_ascii_lowercase();
    let mode = text(&mut row, 3).unwrap_or_default();
    let object = text(&mut row, 4).map(|object| object.replace('`', "").replace(" ()", ""));
    let lock = LockWait { kind, mode, object, waiting_ms: number(&mut row, 5) };
    let (waiting_trx_ms, blocking_trx_ms) = (number(&mut row, 6), number(&mut row, 7));
    Some(Waiting { waiting, blocking, lock, waiting_trx_ms, blocking_trx_ms })
}

/// Sessions in the way that are not active: they hold their locks in an open transaction.
async fn unseen(
    connection: &mut Conn,
    facts: &Facts,
    sessions: &[SessionSample],
    ages: &BTreeMap<i64, i64>,
) -> Result<Vec<SessionSample>, Error> {
    let blocking: BTreeSet<i64> = sessions.iter().flat_map(|session| &session.blocked_by).copied().collect();
    let is_seen = |id: &i64| sessions.iter().any(|session| session.id == *id);
    let ids: Vec<String> = blocking.iter().filter(|id| !is_seen(id)).map(ToString::to_string).collect();
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let ids = ids.join(",");
    let query = if facts.has_performance_schema {
        format!(
            "SELECT t.PROCESSLIST_ID AS loadlens_sampler, t.PROCESSLIST_USER, t.PROCESSLIST_HOST, t.PROCESSLIST_DB, \
             CAST(t.PROCESSLIST_TIME AS SIGNED), s.SQL_TEXT FROM performance_schema.threads t \
             LEFT JOIN performance_schema.events_statements_current s ON s.THREAD_ID = t.THREAD_ID \
             WHERE t.PROCESSLIST_ID IN ({ids})"
        )
    } else {
        format!(
            "SELECT ID AS loadlens_sampler, USER, SUBSTRING_INDEX(HOST, ':', 1), DB, CAST(TIME AS SIGNED), NULL \
             FROM information_schema.PROCESSLIST WHERE ID IN ({ids})"
        )
    };
    let rows: Vec<Row> = connection.query(query).await?;
    Ok(rows.into_iter().filter_map(|row| idle_session(row, ages)).collect())
}

fn idle_session(mut row: Row, ages: &BTreeMap<i64, i64>) -> Option<SessionSample> {
    let id = row.take::<Option<i64>, _>(0).flatten()?;
    let mut text = |column: usize| row.take::<Option<String>, _>(column).flatten().filter(|text| !text.is_empty());
    let (user, client_address, database, statement) = (text(1), text(2), text(3), text(5));
    let age_secs = row.take::<Option<i64>, _>(4).flatten();
    Some(SessionSample {
        id,
        state: SessionState::IdleInTransaction,
        database,
        user,
        application: None,
        client_address,
        client_hostname: None,
        session_type: "client backend".to_owned(),
        wait: Wait::cpu(),
        statement_id: statement.as_deref().map(statement_id),
        statement: statement.map(Arc::from),
        blocked_by: Vec::new(),
        lock: None,
        transaction_age_ms: ages.get(&id).copied(),
        statement_age_ms: age_secs.map(|secs| secs * 1_000),
    })
}
