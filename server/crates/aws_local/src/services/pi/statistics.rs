//! Figures per digest (`db.sql_tokenized.stats.*`): of RDS for PostgreSQL from `pg_stat_statements`, of
//! RDS for MySQL and MariaDB from `events_statements_summary_by_digest`.

use crate::world::figures::{StatementFigures, StatementStore};
use sampler::Engine;

/// Columns of a packed statement minute; the order is the sampler's. Calls come first in every engine.
const CALLS: usize = 0;
const TOTAL_TIME: usize = 2;
const BLK_READ_TIME: usize = 13;
const BLK_WRITE_TIME: usize = 14;

/// One figure.
#[derive(Debug)]
pub(super) struct Statistic {
    pub(super) name: &'static str,
    pub(super) unit: &'static str,
    pub(super) description: &'static str,
    column: usize,
    per: Per,
    /// Factor from the column's unit to the figure's.
    scale: f64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Per {
    Second,
    Call,
}

const fn per_sec(name: &'static str, column: usize, unit: &'static str) -> Statistic {
    Statistic { name, unit, description: unit, column, per: Per::Second, scale: 1.0 }
}

const fn per_call(name: &'static str, column: usize, unit: &'static str) -> Statistic {
    Statistic { name, unit, description: unit, column, per: Per::Call, scale: 1.0 }
}

/// Milliseconds per second, told as the average number of executions at work.
const fn concurrent(name: &'static str, column: usize, unit: &'static str) -> Statistic {
    Statistic { name, unit, description: unit, column, per: Per::Second, scale: 0.001 }
}

static POSTGRES: &[Statistic] = &[
    per_sec("db.sql_tokenized.stats.calls_per_sec", CALLS, "Calls per second"),
    per_sec("db.sql_tokenized.stats.rows_per_sec", 1, "Rows per second"),
    concurrent("db.sql_tokenized.stats.total_time_per_sec", TOTAL_TIME, "Average active executions"),
    per_sec("db.sql_tokenized.stats.shared_blks_hit_per_sec", 3, "Block hits per second"),
    per_sec("db.sql_tokenized.stats.shared_blks_read_per_sec", 4, "Block reads per second"),
    per_sec("db.sql_tokenized.stats.shared_blks_dirtied_per_sec", 5, "Blocks dirtied per second"),
    per_sec("db.sql_tokenized.stats.shared_blks_written_per_sec", 6, "Block writes per second"),
    per_sec("db.sql_tokenized.stats.local_blks_hit_per_sec", 7, "Local block hits per second"),
    per_sec("db.sql_tokenized.stats.local_blks_read_per_sec", 8, "Local block reads per second"),
    per_sec("db.sql_tokenized.stats.local_blks_dirtied_per_sec", 9, "Local blocks dirtied per second"),
    per_sec("db.sql_tokenized.stats.local_blks_written_per_sec", 10, "Local block writes per second"),
    per_sec("db.sql_tokenized.stats.temp_blks_read_per_sec", 11, "Temporary reads per second"),
    per_sec("db.sql_tokenized.stats.temp_blks_written_per_sec", 12, "Temporary writes per second"),
    concurrent("db.sql_tokenized.stats.blk_read_time_per_sec", BLK_READ_TIME, "Average concurrent reads"),
    concurrent("db.sql_tokenized.stats.blk_write_time_per_sec", BLK_WRITE_TIME, "Average concurrent writes"),
    per_call("db.sql_tokenized.stats.rows_per_call", 1, "Rows per call"),
    per_call("db.sql_tokenized.stats.avg_latency_per_call", TOTAL_TIME, "Average latency per call (in ms)"),
    per_call("db.sql_tokenized.stats.shared_blks_hit_per_call", 3, "Block hits per call"),
    per_call("db.sql_tokenized.stats.shared_blks_read_per_call", 4, "Block reads per call"),
    per_call("db.sql_tokenized.stats.shared_blks_dirtied_per_call", 5, "Blocks dirtied per call"),
    per_call("db.sql_tokenized.stats.shared_blks_written_per_call", 6, "Block writes per call"),
    per_call("db.sql_tokenized.stats.local_blks_hit_per_call", 7, "Local block hits per call"),
    per_call("db.sql_tokenized.stats.local_blks_read_per_call", 8, "Local block reads per call"),
    per_call("db.sql_tokenized.stats.local_blks_dirtied_per_call", 9, "Local blocks dirtied per call"),
    per_call("db.sql_tokenized.stats.local_blks_written_per_call", 10, "Local block writes per call"),
    per_call("db.sql_tokenized.stats.temp_blks_read_per_call", 11, "Temporary block reads per call"),
    per_call("db.sql_tokenized.stats.temp_blks_written_per_call", 12, "Temporary block writes per call"),
    per_call("db.sql_tokenized.stats.blk_read_time_per_call", BLK_READ_TIME, "Read time per call (in ms)"),
    per_call("db.sql_tokenized.stats.blk_write_time_per_call", BLK_WRITE_TIME, "Write time per call (in ms)"),
];

static MYSQL: &[Statistic] = &[
    per_sec("db.sql_tokenized.stats.count_star_per_sec", CALLS, "Calls per second"),
    concurrent("db.sql_tokenized.stats.sum_timer_wait_per_sec", 1, "Average active executions"),
    per_sec("db.sql_tokenized.stats.sum_lock_time_per_sec", 2, "Lock time per second (in ms)"),
    per_sec("db.sql_tokenized.stats.sum_rows_affected_per_sec", 3, "Rows affected per second"),
    per_sec("db.sql_tokenized.stats.sum_rows_sent_per_sec", 4, "Rows sent per second"),
    per_sec("db.sql_tokenized.stats.sum_rows_examined_per_sec", 5, "Rows examined per second"),
    per_sec(
        "db.sql_tokenized.stats.sum_created_tmp_disk_tables_per_sec",
        6,
        "Created temporary disk tables per second",
    ),
    per_sec("db.sql_tokenized.stats.sum_created_tmp_tables_per_sec", 7, "Created temporary tables per second"),
    per_sec("db.sql_tokenized.stats.sum_select_full_join_per_sec", 8, "Select full joins per second"),
    per_sec("db.sql_tokenized.stats.sum_select_range_check_per_sec", 9, "Select range checks per second"),
    per_sec("db.sql_tokenized.stats.sum_select_scan_per_sec", 10, "Select scans per second"),
    per_sec("db.sql_tokenized.stats.sum_sort_merge_passes_per_sec", 11, "Sort merge passes per second"),
    per_sec("db.sql_tokenized.stats.sum_sort_range_per_sec", 12, "Sort ranges per second"),
    per_sec("db.sql_tokenized.stats.sum_sort_rows_per_sec", 13, "Sort rows per second"),
    per_sec("db.sql_tokenized.stats.sum_sort_scan_per_sec", 14, "Sort scans per second"),
    per_call("db.sql_tokenized.stats.sum_timer_wait_per_call", 1, "Average latency per call (in ms)"),
    per_call("db.sql_tokenized.stats.sum_lock_time_per_call", 2, "Lock time per call (in ms)"),
    per_call("db.sql_tokenized.stats.sum_rows_affected_per_call", 3, "Rows affected per call"),
    per_call("db.sql_tokenized.stats.sum_rows_sent_per_call", 4, "Rows sent per call"),
    per_call("db.sql_tokenized.stats.sum_rows_examined_per_call", 5, "Rows examined per call"),
    per_call(
        "db.sql_tokenized.stats.sum_created_tmp_disk_tables_per_call",
        6,
        "Created temporary disk tables per call",
    ),
    per_call("db.sql_tokenized.stats.sum_created_tmp_tables_per_call", 7, "Created temporary tables per call"),
    per_call("db.sql_tokenized.stats.sum_select_full_join_per_call", 8, "Select full joins per call"),
    per_call("db.sql_tokenized.stats.sum_select_range_check_per_call", 9, "Select range checks per call"),
    per_call("db.sql_tokenized.stats.sum_select_scan_per_call", 10, "Select scans per call"),
    per_call("db.sql_tokenized.stats.sum_sort_merge_passes_per_call", 11, "Sort merge passes per call"),
    per_call("db.sql_tokenized.stats.sum_sort_range_per_call", 12, "Sort ranges per call"),
    per_call("db.sql_tokenized.stats.sum_sort_rows_per_call", 13, "Sort rows per call"),
    per_call("db.sql_tokenized.stats.sum_sort_scan_per_call", 14, "Sort scans per call"),
];

/// The figures of an engine.
pub(super) fn of_engine(engine: Engine) -> &'static [Statistic] {
    match engine {
        Engine::Postgres => POSTGRES,
        _ => MYSQL,
    }
}

/// The figure of that name (without `.avg`).
pub(super) fn find(engine: Engine, name: &str) -> Option<&'static Statistic> {
    of_engine(engine).iter().find(|statistic| statistic.name == name)
}

/// A ratio in the making: numerator over seconds or over calls.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Ratio {
    numerator: f64,
    denominator: f64,
}

impl Ratio {
    /// Adds what a statement did in a minute.
    pub(super) fn add(&mut self, statistic: &Statistic, figures: &StatementFigures<'_>) {
        self.numerator += figures.column(statistic.column) * statistic.scale;
        if statistic.per == Per::Call {
            self.denominator += figures.column(CALLS);
        }
    }

    /// Adds the seconds of a minute that was read, whatever happened in it.
    pub(super) fn add_seconds(&mut self, statistic: &Statistic, seconds: f64) {
        if statistic.per == Per::Second {
            self.denominator += seconds;
        }
    }

    /// Both together.
    pub(super) fn plus(&self, other: &Self) -> Self {
        Self { numerator: self.numerator + other.numerator, denominator: self.denominator + other.denominator }
    }

    /// What is above the line.
    pub(super) fn numerator(&self) -> f64 {
        self.numerator
    }

    /// The value; `None` without a denominator (no minute read, or no call).
    pub(super) fn value(&self) -> Option<f64> {
        (self.denominator > 0.0).then(|| self.numerator / self.denominator)
    }
}

/// One figure of one digest over a whole window.
pub(super) fn over_window(
    statistic: &Statistic,
    store: &StatementStore,
    digest: u32,
    window: (i64, i64),
    hides: impl Fn(i64) -> bool,
) -> Option<f64> {
    let mut ratio = Ratio::default();
    for (at, statements) in store.minutes(window.0, window.1).filter(|(at, _)| !hides(*at)) {
        debug_assert!(at >= window.0);
        ratio.add_seconds(statistic, 60.0);
        for figures in statements.filter(|figures| figures.digest == digest) {
            ratio.add(statistic, &figures);
        }
    }
    ratio.value()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_the_samplers() {
        for engine in [Engine::Postgres, Engine::MySql] {
            for statistic in of_engine(engine) {
                let column = sampler::statement_columns(engine)[statistic.column];
                let name = statistic.name.trim_start_matches("db.sql_tokenized.stats.");
                let is_latency = name == "avg_latency_per_call" && column == "total_time";
                assert!(name.starts_with(column) || is_latency, "{name}");
            }
        }
    }
}
