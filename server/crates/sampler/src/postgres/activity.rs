//! Sessions that are not idle, from `pg_stat_activity`; what blocks them, from `pg_blocking_pids`.

use super::{MARK, said};
use crate::SamplerError;
use crate::observation::{ActivitySample, LockWait, SessionSample, SessionState, Wait};
use std::collections::HashMap;
use std::sync::Arc;
use tokio_postgres::{Client, Error, Row, Statement};

/// The statement sent every second, and the one sent only while somebody waits for a lock.
pub(super) struct Query {
    sessions: Statement,
    locks: Statement,
}

impl Query {
    pub(super) async fn prepare(client: &Client, version_num: i32) -> Result<Self, SamplerError> {
        let statement_id = if version_num >= 140_000 { "a.query_id" } else { "NULL::int8" };
        // `pg_blocking_pids` locks the whole lock table for a moment: asked only for those who wait.
        let sessions = format!(
            "SELECT {MARK} a.pid, a.state, a.datname::text, a.usename::text, \
             nullif(a.application_name, ''), host(a.client_addr), a.client_hostname, a.backend_type, \
             a.wait_event_type, a.wait_event, {statement_id}, a.query, \
             CASE WHEN a.wait_event_type = 'Lock' THEN pg_blocking_pids(a.pid) END, \
             (extract(epoch FROM clock_timestamp() - a.xact_start) * 1000)::int8, \
             (extract(epoch FROM clock_timestamp() - \
               CASE WHEN a.state = 'active' THEN a.query_start ELSE a.state_change END) * 1000)::int8 \
             FROM pg_stat_activity a \
             WHERE a.pid <> pg_backend_pid() \
             AND a.backend_type IN ('client backend', 'parallel worker') \
             AND a.state IN ('active', 'fastpath function call', 'idle in transaction', \
                             'idle in transaction (aborted)')"
        );
        let locks = format!(
            "SELECT {MARK} l.pid, l.locktype, l.mode, \
             CASE WHEN l.relation IS NULL THEN coalesce(l.transactionid::text, l.virtualxid) \
                  WHEN l.database = (SELECT oid FROM pg_database WHERE datname = current_database()) \
                  THEN l.relation::regclass::text ELSE l.relation::text END \
             FROM pg_locks l WHERE NOT l.granted"
        );
        let query_error = |error: Error| SamplerError::Query(said(&error));
        Ok(Self {
            sessions: client.prepare(&sessions).await.map_err(query_error)?,
            locks: client.prepare(&locks).await.map_err(query_error)?,
        })
    }

    pub(super) async fn run(&self, client: &Client, at_secs: i64) -> Result<ActivitySample, Error> {
        let rows = client.query(&self.sessions, &[]).await?;
        let mut sessions = rows.iter().map(session).collect::<Result<Vec<_>, _>>()?;
        if sessions.iter().any(|session| !session.blocked_by.is_empty()) {
            let mut locks = self.waited_for(client).await?;
            for session in &mut sessions {
                session.lock = locks.remove(&session.id);
            }
        }
        let levels = levels(&sessions);
        Ok(ActivitySample { at_secs, sessions, levels })
    }

    async fn waited_for(&self, client: &Client) -> Result<HashMap<i64, LockWait>, Error> {
        let rows = client.query(&self.locks, &[]).await?;
        rows.iter()
            .map(|row| {
                let lock = LockWait { kind: row.try_get(1)?, mode: row.try_get(2)?, object: row.try_get(3)? };
                Ok((i64::from(row.try_get::<_, i32>(0)?), lock))
            })
            .collect()
    }
}

fn session(row: &Row) -> Result<SessionSample, Error> {
    let state = match row.try_get::<_, &str>(1)? {
        "idle in transaction" => SessionState::IdleInTransaction,
        "idle in transaction (aborted)" => SessionState::IdleInTransactionAborted,
        _ => SessionState::Active,
    };
    let wait = match (row.try_get::<_, Option<String>>(8)?, row.try_get::<_, Option<String>>(9)?) {
        (Some(kind), Some(event)) => Wait { kind, event },
        _ => Wait::cpu(),
    };
    let statement_id: Option<i64> = row.try_get(10)?;
    let statement: Option<&str> = row.try_get(11)?;
    let blocked_by: Option<Vec<i32>> = row.try_get(12)?;
    Ok(SessionSample {
        id: i64::from(row.try_get::<_, i32>(0)?),
        state,
        database: row.try_get(2)?,
        user: row.try_get(3)?,
        application: row.try_get(4)?,
        client_address: row.try_get(5)?,
        client_hostname: row.try_get(6)?,
        session_type: row.try_get(7)?,
        wait,
        // 0 means that no id was computed.
        statement_id: statement_id.filter(|id| *id != 0).map(|id| Arc::from(id.to_string())),
        statement: statement.filter(|text| !text.trim().is_empty()).map(Arc::from),
        // A prepared transaction that blocks shows as process 0.
        blocked_by: blocked_by.unwrap_or_default().into_iter().map(i64::from).collect(),
        lock: None,
        transaction_age_ms: row.try_get(13)?,
        statement_age_ms: row.try_get(14)?,
    })
}

fn levels(sessions: &[SessionSample]) -> Vec<(&'static str, f64)> {
    let count =
        |wanted: &dyn Fn(&SessionSample) -> bool| sessions.iter().filter(|session| wanted(session)).count() as f64;
    let idle_ms = sessions
        .iter()
        .filter(|session| session.state != SessionState::Active)
        .filter_map(|session| session.statement_age_ms)
        .max()
        .unwrap_or(0);
    vec![
        ("db.Transactions.active_transactions", count(&|session| session.transaction_age_ms.is_some())),
        ("db.Transactions.blocked_transactions", count(&|session| !session.blocked_by.is_empty())),
        ("db.State.idle_in_transaction_count", count(&|session| session.state == SessionState::IdleInTransaction)),
        (
            "db.State.idle_in_transaction_aborted_count",
            count(&|session| session.state == SessionState::IdleInTransactionAborted),
        ),
        ("db.State.idle_in_transaction_max_time", idle_ms as f64 / 1_000.0),
    ]
}
