//! Sessions that are not idle and what they wait for, from `threads`, `events_statements_current` and
//! `events_waits_current`.

use super::canonical::canonical;
use super::describe::Facts;
use super::locks;
use crate::observation::{ActivitySample, Engine, SessionSample, SessionState, Wait};
use mysql_async::prelude::Queryable;
use mysql_async::{Conn, Error, Row};
use std::collections::BTreeMap;
use std::sync::Arc;
use xxhash_rust::xxh3::xxh3_64;

/// With waits: rows of one thread may repeat, since waits nest. MariaDB tells the text of a statement that
/// is executed prepared in its process list alone.
fn with_events(engine: Engine) -> String {
    let (text, list) = match engine {
        Engine::MariaDb => ("i.INFO", "LEFT JOIN information_schema.PROCESSLIST i ON i.ID = t.PROCESSLIST_ID"),
        _ => ("t.PROCESSLIST_INFO", ""),
    };
    format!(
        "SELECT t.PROCESSLIST_ID AS loadlens_sampler, t.PROCESSLIST_USER, t.PROCESSLIST_HOST, \
         t.PROCESSLIST_DB, t.PROCESSLIST_STATE, CAST(t.PROCESSLIST_TIME AS SIGNED), \
         COALESCE({text}, s.SQL_TEXT), s.DIGEST, w.EVENT_NAME, CAST(w.EVENT_ID AS SIGNED) \
         FROM performance_schema.threads t {list} \
         LEFT JOIN performance_schema.events_statements_current s ON s.THREAD_ID = t.THREAD_ID \
           AND (s.NESTING_EVENT_TYPE IS NULL OR s.NESTING_EVENT_TYPE <> 'STATEMENT') \
         LEFT JOIN performance_schema.events_waits_current w ON w.THREAD_ID = t.THREAD_ID AND w.END_EVENT_ID IS NULL \
         WHERE t.TYPE = 'FOREGROUND' AND t.PROCESSLIST_ID <> CONNECTION_ID() \
         AND t.PROCESSLIST_COMMAND NOT IN ('Sleep', 'Daemon', 'Binlog Dump', 'Binlog Dump GTID')"
    )
}

/// Without `performance_schema`: the process list alone.
const PROCESS_LIST: &str = "SELECT ID AS loadlens_sampler, USER, SUBSTRING_INDEX(HOST, ':', 1), DB, STATE, \
    CAST(TIME AS SIGNED), INFO, NULL, NULL, NULL FROM information_schema.PROCESSLIST \
    WHERE ID <> CONNECTION_ID() AND COMMAND NOT IN ('Sleep', 'Daemon', 'Binlog Dump', 'Binlog Dump GTID')";

/// Reads the sessions of one second.
pub(super) async fn activity(connection: &mut Conn, facts: &Facts, at_secs: i64) -> Result<ActivitySample, Error> {
    let query = if facts.has_performance_schema { with_events(facts.engine) } else { PROCESS_LIST.to_owned() };
    let rows: Vec<Row> = connection.query(query).await?;
    let mut found: BTreeMap<i64, (Rank, SessionSample)> = BTreeMap::new();
    for mut row in rows {
        let number: i64 = row.take::<Option<i64>, _>(9).flatten().unwrap_or(-1);
        let Some(session) = session(&mut row, facts) else { continue };
        let rank = (session.wait.kind == "lock", number);
        if found.get(&session.id).is_none_or(|(known, _)| rank > *known) {
            found.insert(session.id, (rank, session));
        }
    }
    let mut sessions: Vec<SessionSample> = found.into_values().map(|(_, session)| session).collect();
    let blockers = locks::add(connection, facts, &mut sessions).await?;
    let blocked = sessions.iter().filter(|session| !session.blocked_by.is_empty()).count() as f64;
    let levels = vec![("db.Transactions.blocked_transactions", blocked)];
    Ok(ActivitySample { at_secs, sessions, blockers, levels })
}

/// Of nested waits the one for a lock tells most; otherwise the innermost.
type Rank = (bool, i64);

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
pub(crate) fn statement_id(text: &str) -> Arc<str> {
    Arc::from(format!("{:016x}", xxh3_64(canonical(text).as_bytes())))
}
