//! How a counter is defined: its name, unit, and how a reading becomes a rate.

use crate::Engine;

/// One counter metric. Names are those of Performance Insights, without the statistic suffix.
#[derive(Clone, Copy, Debug)]
pub struct CounterSpec {
    /// E.g. `db.SQL.tup_fetched`.
    pub name: &'static str,
    /// Unit as Performance Insights words it.
    pub unit: &'static str,
    /// One sentence.
    pub description: &'static str,
    /// Expression that reads it from its group's source; empty for counters computed elsewhere.
    pub(crate) expression: &'static str,
    /// What is done with two readings.
    pub(crate) rate: Rate,
}

/// How two readings of a counter become one value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Rate {
    /// Difference per second.
    PerSecond,
    /// Difference per minute.
    PerMinute,
    /// Difference per checkpoint in the interval; absent without a checkpoint.
    PerCheckpoint,
    /// Difference per block read in the interval; absent without a read.
    PerBlockRead,
    /// The latest reading as it is.
    Level,
}

/// Every counter an engine can offer, host counters included. A given server offers those named in
/// its [`crate::DatabaseDescription::counters`].
#[must_use]
pub fn counter_specs(engine: Engine) -> Vec<&'static CounterSpec> {
    let of_engine = match engine {
        Engine::Postgres => crate::postgres::counter_specs(),
        Engine::MySql | Engine::MariaDb => crate::mysql::counter_specs(),
    };
    crate::host::HOST_COUNTERS.iter().chain(of_engine).collect()
}

/// Columns of a PostgreSQL statement delta, named as in Performance Insights' statistics
/// (`db.sql_tokenized.stats.<column>_per_sec`); times in milliseconds.
pub const STATEMENT_COLUMNS_POSTGRES: &[&str] = &[
    "calls",
    "rows",
    "total_time",
    "shared_blks_hit",
    "shared_blks_read",
    "shared_blks_dirtied",
    "shared_blks_written",
    "local_blks_hit",
    "local_blks_read",
    "local_blks_dirtied",
    "local_blks_written",
    "temp_blks_read",
    "temp_blks_written",
    "blk_read_time",
    "blk_write_time",
];

/// Columns of a MySQL or MariaDB statement delta, named as in Performance Insights; times in
/// milliseconds.
pub const STATEMENT_COLUMNS_MYSQL: &[&str] = &[
    "count_star",
    "sum_timer_wait",
    "sum_lock_time",
    "sum_rows_affected",
    "sum_rows_sent",
    "sum_rows_examined",
    "sum_created_tmp_disk_tables",
    "sum_created_tmp_tables",
    "sum_select_full_join",
    "sum_select_range_check",
    "sum_select_scan",
    "sum_sort_merge_passes",
    "sum_sort_range",
    "sum_sort_rows",
    "sum_sort_scan",
];

/// The columns of an engine's statement deltas.
#[must_use]
pub fn statement_columns(engine: Engine) -> &'static [&'static str] {
    match engine {
        Engine::Postgres => STATEMENT_COLUMNS_POSTGRES,
        Engine::MySql | Engine::MariaDb => STATEMENT_COLUMNS_MYSQL,
    }
}

/// Totals of counters that are reset together.
#[derive(Clone, Debug, Default)]
pub(crate) struct CounterGroup {
    /// Changes when the group's statistics were reset; compared, never interpreted.
    pub(crate) reset_mark: Option<f64>,
    /// Spec and total; absent totals are left out.
    pub(crate) totals: Vec<(&'static CounterSpec, f64)>,
}
