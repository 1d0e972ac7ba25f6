//! What this server is, and what of it we may see.

use super::{MARK, said};
use crate::SamplerError;
use crate::host;
use crate::observation::{DatabaseDescription, Engine, Limitation};
use std::collections::HashMap;
use tokio_postgres::Client;

/// Below this, statements of ordinary length are cut; RDS for PostgreSQL uses 4,096.
const COMFORTABLE_TEXT_BYTES: u32 = 4_096;

/// Raw answers of the server.
pub(super) struct Facts {
    pub(super) version: String,
    pub(super) version_num: i32,
    pub(super) backend_id: i32,
    pub(super) statements_extension: Option<StatementsExtension>,
    started_at_ms: Option<i64>,
    database: String,
    sees_all_sessions: bool,
    settings: HashMap<String, String>,
    system_identifier: Option<String>,
}

/// The installed `pg_stat_statements`.
#[derive(Clone, Debug)]
pub(super) struct StatementsExtension {
    /// Schema, quoted where it must be.
    pub(super) schema: String,
    /// E.g. (1, 10).
    pub(super) version: (u32, u32),
}

/// Asks the server about itself.
pub(super) async fn facts(client: &Client) -> Result<Facts, SamplerError> {
    let query_error = |error: tokio_postgres::Error| SamplerError::Query(said(&error));
    let who = format!(
        "SELECT {MARK} current_setting('server_version'), current_setting('server_version_num')::int4, \
         pg_backend_pid(), (extract(epoch FROM pg_postmaster_start_time()) * 1000)::int8, \
         current_database()::text, pg_has_role('pg_read_all_stats', 'USAGE')"
    );
    let who = client.query_one(&who, &[]).await.map_err(query_error)?;
    let settings = format!(
        "SELECT {MARK} name, setting FROM pg_settings WHERE name IN ('track_activities', \
         'track_activity_query_size', 'track_io_timing', 'compute_query_id', \
         'shared_preload_libraries', 'pg_stat_statements.track')"
    );
    let settings = client.query(&settings, &[]).await.map_err(query_error)?;
    let extension = format!(
        "SELECT {MARK} quote_ident(n.nspname), e.extversion FROM pg_extension e \
         JOIN pg_namespace n ON n.oid = e.extnamespace WHERE e.extname = 'pg_stat_statements'"
    );
    let extension = client.query_opt(&extension, &[]).await.map_err(query_error)?;
    let identifier = format!("SELECT {MARK} system_identifier::text FROM pg_control_system()");
    let version: String = who.get(0);
    Ok(Facts {
        version: version.split_whitespace().next().unwrap_or_default().to_owned(),
        version_num: who.get(1),
        backend_id: who.get(2),
        started_at_ms: who.get(3),
        database: who.get(4),
        sees_all_sessions: who.get(5),
        settings: settings.iter().map(|row| (row.get(0), row.get(1))).collect(),
        statements_extension: extension
            .map(|row| StatementsExtension { schema: row.get(0), version: parse_version(row.get(1)) }),
        // Only some roles may ask; the identity then rests on the instance's name alone.
        system_identifier: client.query_one(&identifier, &[]).await.ok().map(|row| row.get(0)),
    })
}

fn parse_version(text: &str) -> (u32, u32) {
    let mut parts = text.split('.').map(|part| part.parse().unwrap_or(0));
    (parts.next().unwrap_or(0), parts.next().unwrap_or(0))
}

/// Turns the answers into the description that is reported.
pub(super) fn description(
    facts: &Facts,
    counters: Vec<&'static str>,
    has_statement_statistics: bool,
    statements_error: Option<String>,
) -> DatabaseDescription {
    let is_on_this_machine =
        host::process_command(i64::from(facts.backend_id)).is_some_and(|command| command.starts_with("postgres"));
    let statement_text_limit = facts.settings.get("track_activity_query_size").and_then(|size| size.parse().ok());
    let mut counters = counters;
    if is_on_this_machine {
        counters.extend(host::HOST_COUNTERS.iter().map(|spec| spec.name));
    }
    DatabaseDescription {
        engine: Engine::Postgres,
        version: facts.version.clone(),
        system_identifier: facts.system_identifier.clone(),
        started_at_ms: facts.started_at_ms,
        is_on_this_machine,
        statement_text_limit,
        has_statement_statistics,
        has_statement_ids: facts.version_num >= 140_000 && computes_statement_ids(facts, has_statement_statistics),
        counters,
        limitations: limitations(facts, has_statement_statistics, statements_error),
    }
}

fn computes_statement_ids(facts: &Facts, has_statement_statistics: bool) -> bool {
    match facts.settings.get("compute_query_id").map(String::as_str) {
        Some("on" | "regress") => true,
        // `auto`: an extension that needs ids switches them on.
        Some("auto") => has_statement_statistics,
        _ => false,
    }
}

fn limitations(facts: &Facts, has_statistics: bool, statements_error: Option<String>) -> Vec<Limitation> {
    let mut found = Vec::new();
    let mut add = |key, what: String, remedy: &str| {
        found.push(Limitation { key, what, remedy: remedy.to_owned() });
    };
    let setting = |name: &str| facts.settings.get(name).map(String::as_str);
    if !facts.sees_all_sessions {
        add(
            "no_permission",
            "The role may not read other users' sessions: only its own load is seen.".to_owned(),
            "GRANT pg_monitor TO the sampling role;",
        );
    }
    if facts.version_num < 140_000 {
        add(
            "no_statement_ids",
            format!(
                "PostgreSQL {} does not tell which statement a session runs by id: load is not attributed to SQL statistics.",
                facts.version
            ),
            "Upgrade to PostgreSQL 14 or later.",
        );
    } else if !computes_statement_ids(facts, has_statistics) {
        add(
            "statement_ids_off",
            "compute_query_id is off: sessions carry no statement id.".to_owned(),
            "Set compute_query_id = on, or load pg_stat_statements.",
        );
    }
    if let Some(missing) = missing_statistics(facts, has_statistics, statements_error) {
        found.push(missing);
    }
    let mut add = |key, what: String, remedy: &str| {
        found.push(Limitation { key, what, remedy: remedy.to_owned() });
    };
    if setting("pg_stat_statements.track") == Some("none") {
        add(
            "statistics_track_none",
            "pg_stat_statements.track is none: nothing is counted.".to_owned(),
            "Set pg_stat_statements.track = top.",
        );
    }
    if setting("track_activities") == Some("off") {
        add(
            "track_activities_off",
            "track_activities is off: sessions do not say what they do.".to_owned(),
            "Set track_activities = on.",
        );
    }
    if setting("track_io_timing") == Some("off") {
        add(
            "track_io_timing_off",
            "track_io_timing is off: times of block reads and writes stay zero.".to_owned(),
            "Set track_io_timing = on.",
        );
    }
    let size = setting("track_activity_query_size").and_then(|size| size.parse::<u32>().ok());
    if let Some(size) = size.filter(|size| *size < COMFORTABLE_TEXT_BYTES) {
        add(
            "short_texts",
            format!("Statements are cut at {size} bytes."),
            "Set track_activity_query_size = 4096 (needs a restart).",
        );
    }
    found
}

/// Why there are no statement statistics, from the most to the least fundamental reason.
fn missing_statistics(facts: &Facts, has_statistics: bool, error: Option<String>) -> Option<Limitation> {
    if has_statistics {
        return None;
    }
    let is_loaded = facts.settings.get("shared_preload_libraries").map(|list| list.contains("pg_stat_statements"));
    let (key, what, remedy) = if is_loaded == Some(false) {
        (
            "not_preloaded",
            "pg_stat_statements is not in shared_preload_libraries: no statement statistics.".to_owned(),
            "Set shared_preload_libraries = 'pg_stat_statements' and restart.".to_owned(),
        )
    } else if facts.statements_extension.is_none() {
        (
            "extension_missing",
            format!("The extension pg_stat_statements is not created in database {}.", facts.database),
            "CREATE EXTENSION pg_stat_statements;".to_owned(),
        )
    } else {
        (
            "statistics_unreadable",
            format!("pg_stat_statements cannot be read: {}.", error.unwrap_or_else(|| "unknown reason".to_owned())),
            "GRANT pg_monitor TO the sampling role;".to_owned(),
        )
    };
    Some(Limitation { key, what, remedy })
}
