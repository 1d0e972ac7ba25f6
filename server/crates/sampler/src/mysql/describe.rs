//! What this server is, and what of it we may see.

use super::MARK;
use crate::host;
use crate::observation::{DatabaseDescription, Engine, Limitation};
use mysql_async::prelude::Queryable;
use mysql_async::{Conn, Error};
use std::collections::HashMap;

/// Answers of the server.
pub(super) struct Facts {
    pub(super) engine: Engine,
    pub(super) has_performance_schema: bool,
    pub(super) has_waits: bool,
    pub(super) has_digests: bool,
    version: String,
    identifier: Option<String>,
    started_at_ms: Option<i64>,
    is_on_this_machine: bool,
    text_limit: Option<u32>,
    sees_all_sessions: bool,
    consumers: HashMap<String, bool>,
    wait_instruments: u64,
}

/// Asks the server about itself.
pub(super) async fn facts(connection: &mut Conn) -> Result<Facts, Error> {
    let names = "'performance_schema','version','hostname','pid_file','server_uuid','server_uid','datadir',\
                 'performance_schema_max_sql_text_length'";
    let rows: Vec<(String, Option<String>)> =
        connection.query(format!("SHOW GLOBAL VARIABLES WHERE Variable_name IN ({names})")).await?;
    let variables: HashMap<String, String> =
        rows.into_iter().filter_map(|(name, value)| Some((name.to_ascii_lowercase(), value?))).collect();
    let variable = |name: &str| variables.get(name).cloned();
    let uptime: Option<(String, i64)> = connection.query_first("SHOW GLOBAL STATUS LIKE 'Uptime'").await?;
    let now_secs: Option<i64> = connection.query_first(format!("SELECT UNIX_TIMESTAMP() AS {MARK}")).await?;
    let has_performance_schema = variable("performance_schema").is_some_and(|value| value.eq_ignore_ascii_case("on"));
    let mut consumers = HashMap::new();
    let mut wait_instruments = 0;
    let mut sees_all_sessions = true;
    if has_performance_schema {
        let rows: Result<Vec<(String, String)>, Error> =
            connection.query(format!("SELECT NAME AS {MARK}, ENABLED FROM performance_schema.setup_consumers")).await;
        sees_all_sessions = rows.is_ok();
        consumers.extend(rows.unwrap_or_default().into_iter().map(|(name, enabled)| (name, enabled == "YES")));
        let count = "SELECT COUNT(*) AS loadlens_sampler FROM performance_schema.setup_instruments \
                     WHERE ENABLED = 'YES' AND TIMED = 'YES' AND NAME LIKE 'wait/%'";
        wait_instruments = connection.query_first(count).await.ok().flatten().unwrap_or(0);
    }
    let is_on = |name: &str| consumers.get(name).copied().unwrap_or(false);
    let version = variable("version").unwrap_or_default();
    let engine = if version.contains("MariaDB") { Engine::MariaDb } else { Engine::MySql };
    let started_at_ms = uptime.zip(now_secs).map(|((_, uptime), now)| (now - uptime) * 1_000);
    Ok(Facts {
        engine,
        has_performance_schema: has_performance_schema && sees_all_sessions,
        has_waits: is_on("events_waits_current") && wait_instruments > 0,
        has_digests: is_on("statements_digest"),
        version: version.split('-').next().unwrap_or_default().to_owned(),
        // MySQL has a UUID, MariaDB from 10.11.? a UID; else host and folder tell servers apart.
        identifier: variable("server_uuid")
            .or_else(|| variable("server_uid"))
            .or_else(|| Some(format!("{}:{}", variable("hostname")?, variable("datadir")?))),
        started_at_ms,
        is_on_this_machine: runs_here(&variables),
        text_limit: variable("performance_schema_max_sql_text_length").and_then(|limit| limit.parse().ok()),
        sees_all_sessions,
        consumers,
        wait_instruments,
    })
}

/// The server names our host, and the process in its pid file is a database server here.
fn runs_here(variables: &HashMap<String, String>) -> bool {
    let same_host = std::fs::read_to_string("/proc/sys/kernel/hostname")
        .is_ok_and(|name| variables.get("hostname").is_some_and(|hostname| hostname == name.trim()));
    let pid_file = variables
        .get("pid_file")
        .zip(variables.get("datadir"))
        .map(|(file, folder)| if file.starts_with('/') { file.clone() } else { format!("{folder}/{file}") });
    let pid = pid_file.and_then(|file| std::fs::read_to_string(file).ok()).and_then(|pid| pid.trim().parse().ok());
    same_host
        && pid
            .and_then(host::process_command)
            .is_some_and(|name| name.starts_with("maria") || name.starts_with("mysql"))
}

/// Turns the answers into the description that is reported.
pub(super) fn description(facts: &Facts) -> DatabaseDescription {
    let mut counters: Vec<&'static str> = super::counter_specs().iter().map(|spec| spec.name).collect();
    if facts.is_on_this_machine {
        counters.extend(host::HOST_COUNTERS.iter().map(|spec| spec.name));
    }
    DatabaseDescription {
        engine: facts.engine,
        version: facts.version.clone(),
        system_identifier: facts.identifier.clone(),
        started_at_ms: facts.started_at_ms,
        is_on_this_machine: facts.is_on_this_machine,
        statement_text_limit: facts.text_limit,
        has_statement_statistics: facts.has_digests,
        has_statement_ids: facts.has_performance_schema,
        counters,
        limitations: limitations(facts),
    }
}

fn limitations(facts: &Facts) -> Vec<Limitation> {
    let mut found = Vec::new();
    let mut add = |key, what: &str, remedy: &str| {
        found.push(Limitation { key, what: what.to_owned(), remedy: remedy.to_owned() });
    };
    if !facts.sees_all_sessions {
        add(
            "no_permission",
            "The user may not read performance_schema.",
            "GRANT PROCESS ON *.* TO the sampling user; GRANT SELECT ON performance_schema.* TO the sampling user;",
        );
    } else if !facts.has_performance_schema {
        add(
            "performance_schema_off",
            "performance_schema is off: load is told by thread state, without waits and statistics.",
            "Start the server with performance_schema = ON.",
        );
    } else {
        let is_on = |name: &str| facts.consumers.get(name).copied().unwrap_or(false);
        if !is_on("events_statements_current") {
            add(
                "statements_consumer_off",
                "The consumer events_statements_current is off: statements come from the process list.",
                "UPDATE performance_schema.setup_consumers SET ENABLED = 'YES' WHERE NAME = 'events_statements_current';",
            );
        }
        if !facts.has_digests {
            add(
                "digest_consumer_off",
                "The consumer statements_digest is off: no statement statistics.",
                "UPDATE performance_schema.setup_consumers SET ENABLED = 'YES' WHERE NAME = 'statements_digest';",
            );
        }
        if facts.has_digests && facts.engine == Engine::MariaDb {
            add(
                "prepared_not_counted",
                "MariaDB's digests leave out what is executed prepared over the binary protocol: its load is seen, its calls are not.",
                "Have the driver send statements as text where calls matter (useServerPrepStmts=false in Connector/J).",
            );
        }
        if !is_on("events_waits_current") {
            add(
                "waits_consumer_off",
                "The consumer events_waits_current is off: waits are told by thread state.",
                "UPDATE performance_schema.setup_consumers SET ENABLED = 'YES' WHERE NAME = 'events_waits_current';",
            );
        } else if facts.wait_instruments == 0 {
            add(
                "wait_instruments_off",
                "No wait instrument is on: waits are told by thread state.",
                "UPDATE performance_schema.setup_instruments SET ENABLED = 'YES', TIMED = 'YES' WHERE NAME LIKE 'wait/%';",
            );
        }
    }
    found
}
