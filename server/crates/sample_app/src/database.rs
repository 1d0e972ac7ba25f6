//! Connections.

use std::str::FromStr;
use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{ConnectOptions, PgPool};

/// Connections of one instance for its pages.
pub const PAGE_CONNECTIONS: u32 = 16;
/// Connections of one instance for reports.
pub const REPORT_CONNECTIONS: u32 = 2;
/// How long a request waits for a free connection before the visitor is told to come back.
const ACQUIRE_PATIENCE: Duration = Duration::from_secs(5);
/// Longer than the longest queue that checkouts may build on one row.
const LOCK_TIMEOUT: &str = "35s";
const STATEMENT_TIMEOUT: &str = "60s";

/// Connection options with the instance's name, as `pg_stat_activity` will show it.
///
/// # Errors
/// When the URL cannot be parsed.
pub fn options(url: &str, instance: &str) -> Result<PgConnectOptions, sqlx::Error> {
    Ok(PgConnectOptions::from_str(url)?
        // No statement text in logs, slow or not: it may carry what people typed.
        .disable_statement_logging()
        .application_name(&format!("bookshop:{instance}"))
        .options([("lock_timeout", LOCK_TIMEOUT), ("statement_timeout", STATEMENT_TIMEOUT)]))
}

/// A pool that connects when it is first used: an instance starts while its database is away.
pub fn pool(options: PgConnectOptions, max_connections: u32) -> PgPool {
    PgPoolOptions::new()
        .max_connections(max_connections)
        .acquire_timeout(ACQUIRE_PATIENCE)
        // Never: in an incident every request waits, and a line for each would fill the disk.
        .acquire_slow_threshold(2 * ACQUIRE_PATIENCE)
        .connect_lazy_with(options)
}
