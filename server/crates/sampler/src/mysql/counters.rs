//! Counters of a MySQL or MariaDB server: its status variables, named as Performance Insights names
//! them (`db.<group>.<Variable>`).

use super::MARK;
use super::describe::Facts;
use crate::counters::{CounterGroup, CounterSpec, Rate};
use crate::deltas::CounterTotals;
use mysql_async::prelude::Queryable;
use mysql_async::{Conn, Error};
use std::collections::HashMap;

const fn per_sec(name: &'static str, unit: &'static str) -> CounterSpec {
    CounterSpec { name, unit, description: unit, expression: "", rate: Rate::PerSecond }
}

const fn per_minute(name: &'static str, unit: &'static str) -> CounterSpec {
    CounterSpec { name, unit, description: unit, expression: "", rate: Rate::PerMinute }
}

const fn level(name: &'static str, unit: &'static str) -> CounterSpec {
    CounterSpec { name, unit, description: unit, expression: "", rate: Rate::Level }
}

/// A counter that has another name than its source: a status variable, or one of [`derived`].
const fn read_from(spec: CounterSpec, source: &'static str) -> CounterSpec {
    CounterSpec { expression: source, ..spec }
}

static COUNTERS: &[CounterSpec] = &[
    per_sec("db.SQL.Com_analyze", "Queries per second"),
    per_sec("db.SQL.Com_optimize", "Queries per second"),
    per_sec("db.SQL.Com_select", "Queries per second"),
    per_sec("db.SQL.Innodb_rows_deleted", "Rows per second"),
    per_sec("db.SQL.Innodb_rows_inserted", "Rows per second"),
    per_sec("db.SQL.Innodb_rows_read", "Rows per second"),
    per_sec("db.SQL.Innodb_rows_updated", "Rows per second"),
    per_sec("db.SQL.Queries", "Queries per second"),
    per_sec("db.SQL.Questions", "Queries per second"),
    per_sec("db.SQL.Select_full_join", "Queries per second"),
    per_sec("db.SQL.Select_full_range_join", "Queries per second"),
    per_sec("db.SQL.Select_range", "Queries per second"),
    per_sec("db.SQL.Select_range_check", "Queries per second"),
    per_sec("db.SQL.Select_scan", "Queries per second"),
    per_sec("db.SQL.Slow_queries", "Queries per second"),
    per_sec("db.SQL.Sort_merge_passes", "Queries per second"),
    per_sec("db.SQL.Sort_range", "Queries per second"),
    per_sec("db.SQL.Sort_rows", "Queries per second"),
    per_sec("db.SQL.Sort_scan", "Queries per second"),
    per_sec("db.SQL.innodb_rows_changed", "Rows per second"),
    read_from(level("db.Locks.Innodb_row_lock_time", "Milliseconds (average)"), "innodb_row_lock_time_avg"),
    read_from(per_minute("db.Locks.innodb_deadlocks", "Deadlocks per minute"), "lock_deadlocks"),
    read_from(per_minute("db.Locks.innodb_lock_timeouts", "Timeouts per minute"), "lock_timeouts"),
    read_from(per_minute("db.Locks.innodb_row_lock_waits", "Waits per minute"), "lock_row_lock_waits"),
    per_sec("db.Locks.Table_locks_immediate", "Requests per second"),
    per_sec("db.Locks.Table_locks_waited", "Requests per second"),
    per_minute("db.Users.Aborted_clients", "Connections"),
    per_minute("db.Users.Aborted_connects", "Connections"),
    per_minute("db.Users.Connections", "Connections"),
    level("db.Users.Threads_connected", "Connections"),
    per_minute("db.Users.Threads_created", "Connections"),
    level("db.Users.Threads_running", "Connections"),
    per_sec("db.IO.Innodb_data_writes", "Operations per second"),
    per_sec("db.IO.Innodb_dblwr_writes", "Operations per second"),
    per_sec("db.IO.Innodb_log_write_requests", "Operations per second"),
    per_sec("db.IO.Innodb_log_writes", "Operations per second"),
    per_sec("db.IO.Innodb_pages_written", "Pages per second"),
    per_sec("db.IO.innoDB_datafile_writes_to_disk", "Operations per second"),
    per_sec("db.Temp.Created_tmp_disk_tables", "Tables per second"),
    per_sec("db.Temp.Created_tmp_tables", "Tables per second"),
    level("db.Cache.Innodb_buffer_pool_pages_data", "Pages"),
    level("db.Cache.Innodb_buffer_pool_pages_total", "Pages"),
    per_sec("db.Cache.Innodb_buffer_pool_read_requests", "Pages per second"),
    per_sec("db.Cache.Innodb_buffer_pool_reads", "Pages per second"),
    per_sec("db.Cache.innoDB_buffer_pool_hits", "Pages per second"),
    level("db.Cache.innoDB_buffer_pool_usage", "Percentage"),
    per_sec("db.Cache.Opened_tables", "Tables"),
    per_sec("db.Cache.Opened_table_definitions", "Tables"),
    per_sec("db.Cache.Qcache_hits", "Queries"),
    level("db.Transactions.active_transactions", "Transactions"),
    level("db.Transactions.blocked_transactions", "Transactions"),
    level("db.Transactions.trx_rseg_history_len", "Length"),
];

/// Every counter this family offers.
pub(crate) fn counter_specs() -> Vec<&'static CounterSpec> {
    COUNTERS.iter().collect()
}

/// What `InnoDB` counts apart from the status variables. `trx_rseg_history_len` is a length, the others
/// are totals.
const INNODB_METRICS: &str = "SELECT NAME AS loadlens_sampler, CAST(COUNT AS SIGNED) \
    FROM information_schema.INNODB_METRICS \
    WHERE NAME IN ('trx_rseg_history_len', 'lock_deadlocks', 'lock_timeouts', 'lock_row_lock_waits') \
    UNION ALL SELECT 'active_transactions', COUNT(*) FROM information_schema.INNODB_TRX";

/// Reads all status variables and picks those that are counters here.
pub(super) async fn totals(connection: &mut Conn, facts: &Facts, at_secs: i64) -> Result<CounterTotals, Error> {
    let query = if facts.has_performance_schema {
        format!("SELECT VARIABLE_NAME AS {MARK}, VARIABLE_VALUE FROM performance_schema.global_status")
    } else {
        "SHOW GLOBAL STATUS".to_owned()
    };
    let rows: Vec<(String, String)> = connection.query(query).await?;
    let mut sources: HashMap<String, f64> =
        rows.into_iter().filter_map(|(name, value)| Some((name.to_ascii_lowercase(), value.parse().ok()?))).collect();
    // Needs PROCESS; without it these counters are absent.
    match connection.query::<(String, i64), _>(INNODB_METRICS).await {
        Ok(rows) => sources.extend(rows.into_iter().map(|(name, value)| (name, value as f64))),
        Err(Error::Server(error)) => tracing::debug!(%error, "InnoDB's metrics cannot be read"),
        Err(error) => return Err(error),
    }
    sources.extend(derived(&sources));
    let source = |spec: &CounterSpec| match spec.expression {
        "" => spec.name.rsplit('.').next().map(str::to_ascii_lowercase),
        named => Some(named.to_owned()),
    };
    let totals = COUNTERS.iter().filter_map(|spec| Some((spec, *sources.get(&source(spec)?)?))).collect();
    Ok(CounterTotals { at_secs, groups: vec![CounterGroup { reset_mark: None, totals }] })
}

/// Figures that Performance Insights computes from others.
fn derived(sources: &HashMap<String, f64>) -> Vec<(String, f64)> {
    let of = |name: &str| sources.get(name).copied();
    let hits = || Some(of("innodb_buffer_pool_read_requests")? - of("innodb_buffer_pool_reads")?);
    let usage = || {
        let total = of("innodb_buffer_pool_pages_total").filter(|pages| *pages > 0.0)?;
        Some(100.0 * of("innodb_buffer_pool_pages_data")? / total)
    };
    let changed = || Some(of("innodb_rows_inserted")? + of("innodb_rows_deleted")? + of("innodb_rows_updated")?);
    let written = || Some(of("innodb_data_writes")? - of("innodb_log_writes")? - of("innodb_dblwr_writes")?);
    let all = [
        ("innodb_buffer_pool_hits", hits()),
        ("innodb_buffer_pool_usage", usage()),
        ("innodb_rows_changed", changed()),
        ("innodb_datafile_writes_to_disk", written()),
    ];
    all.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))).collect()
}
