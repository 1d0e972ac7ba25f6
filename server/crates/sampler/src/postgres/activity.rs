//! Sessions that are not idle, from `pg_stat_activity`; what blocks them, from `pg_blocking_pids`.

use super::{MARK, said};
use crate::SamplerError;
use crate::observation::{ActivitySample, LockWait, SessionSample, SessionState, Wait};
use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::Arc;
use tokio_postgres::{Client, Error, Row, Statement};

/// The statement sent every second, and those sent only while somebody waits for a lock.
pub(super) struct Query {
    sessions: Statement,
    locks: Statement,
    blockers: Statement,
}

impl Query {
    pub(super) async fn prepare(client: &Client, version_num: i32) -> Result<Self, SamplerError> {
        let statement_id = if version_num >= 140_000 { "a.query_id" } else { "NULL::int8" };
        let columns = |blocked_by: &str| {
            format!(
                "SELECT {MARK} a.pid, a.state, a.datname::text, a.usename::text, \
                 nullif(a.application_name, ''), host(a.client_addr), a.client_hostname, a.backend_type, \
                 a.wait_event_type, a.wait_event, {statement_id}, a.query, {blocked_by}, \
                 (extract(epoch FROM clock_timestamp() - a.xact_start) * 1000)::int8, \
                 (extract(epoch FROM clock_timestamp() - \
                   CASE WHEN a.state = 'active' THEN a.query_start ELSE a.state_change END) * 1000)::int8 \
                 FROM pg_stat_activity a"
            )
        };
        // `pg_blocking_pids` locks the whole lock table for a moment: asked only for those who wait.
        let sessions = format!(
            "{} WHERE a.pid <> pg_backend_pid() \
             AND a.backend_type IN ('client backend', 'parallel worker') \
             AND a.state IN ('active', 'fastpath function call', 'idle in transaction', \
                             'idle in transaction (aborted)')",
            columns("CASE WHEN a.wait_event_type = 'Lock' THEN pg_blocking_pids(a.pid) END")
        );
        let blockers = format!("{} WHERE a.pid = ANY($1)", columns("NULL::int4[]"));
        let query_error = |error: Error| SamplerError::Query(said(&error));
        Ok(Self {
            sessions: client.prepare(&sessions).await.map_err(query_error)?,
            locks: client.prepare(&waited_for(version_num)).await.map_err(query_error)?,
            blockers: client.prepare(&blockers).await.map_err(query_error)?,
        })
    }

    pub(super) async fn run(&self, client: &Client, at_secs: i64) -> Result<ActivitySample, Error> {
        let rows = client.query(&self.sessions, &[]).await?;
        let mut sessions = rows.iter().map(session).collect::<Result<Vec<_>, _>>()?;
        let mut blockers = Vec::new();
        if sessions.iter().any(|session| !session.blocked_by.is_empty()) {
            let mut locks = self.locks(client).await?;
            for session in &mut sessions {
                session.lock = locks.remove(&session.id);
            }
            blockers = self.unseen_blockers(client, &sessions).await?;
        }
        let levels = levels(&sessions);
        Ok(ActivitySample { at_secs, sessions, blockers, levels })
    }

    async fn locks(&self, client: &Client) -> Result<HashMap<i64, LockWait>, Error> {
        let rows = client.query(&self.locks, &[]).await?;
        rows.iter()
            .map(|row| {
                let lock = LockWait {
                    kind: row.try_get(1)?,
                    mode: row.try_get(2)?,
                    object: row.try_get(3)?,
                    waiting_ms: row.try_get(4)?,
                };
                Ok((i64::from(row.try_get::<_, i32>(0)?), lock))
            })
            .collect()
    }

    /// Blockers that are not among the sessions: idle ones, background processes.
    async fn unseen_blockers(&self, client: &Client, sessions: &[SessionSample]) -> Result<Vec<SessionSample>, Error> {
        let seen: HashSet<i64> = sessions.iter().map(|session| session.id).collect();
        let blocking: BTreeSet<i64> = sessions.iter().flat_map(|session| &session.blocked_by).copied().collect();
        // Process 0 stands for a prepared transaction: there is no session to ask about.
        let is_unseen = |id: &i64| *id != 0 && !seen.contains(id);
        let unseen: Vec<i32> = blocking.into_iter().filter(is_unseen).filter_map(|id| i32::try_from(id).ok()).collect();
        if unseen.is_empty() {
            return Ok(Vec::new());
        }
        client.query(&self.blockers, &[&unseen]).await?.iter().map(session).collect()
    }
}

/// Who waits for which lock. A session that waits for a transaction to end holds the lock of the row
/// it wants (`tuple`), if it is the first to want it: that row is the object.
fn waited_for(version_num: i32) -> String {
    let waiting_ms = if version_num >= 140_000 {
        "(extract(epoch FROM clock_timestamp() - l.waitstart) * 1000)::int8"
    } else {
        "NULL::int8"
    };
    let relation = |lock: &str| {
        format!(
            "CASE WHEN {lock}.database = (SELECT oid FROM pg_database WHERE datname = current_database()) \
             THEN {lock}.relation::regclass::text ELSE {lock}.relation::text END || \
             coalesce(' (' || {lock}.page || ',' || {lock}.tuple || ')', '')"
        )
    };
    format!(
        "WITH {MARK} k AS MATERIALIZED (SELECT * FROM pg_locks) \
         SELECT DISTINCT ON (l.pid) l.pid, l.locktype, l.mode, \
         CASE WHEN l.relation IS NOT NULL THEN {} WHEN r.relation IS NOT NULL THEN {} \
              WHEN l.locktype = 'advisory' THEN l.classid || '/' || l.objid \
              ELSE coalesce(l.transactionid::text, l.virtualxid) END, {waiting_ms} \
         FROM k l LEFT JOIN k r ON l.locktype = 'transactionid' AND r.pid = l.pid \
           AND r.locktype = 'tuple' AND r.granted \
         WHERE NOT l.granted ORDER BY l.pid",
        relation("l"),
        relation("r"),
    )
}

fn session(row: &Row) -> Result<SessionSample, Error> {
    // Background processes have no state.
    let state = match row.try_get::<_, Option<&str>>(1)?.unwrap_or_default() {
        "idle in transaction" => SessionState::IdleInTransaction,
        "idle in transaction (aborted)" => SessionState::IdleInTransactionAborted,
        "idle" => SessionState::Idle,
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
        session_type: row.try_get::<_, Option<String>>(7)?.unwrap_or_default(),
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
