//! Counters of a PostgreSQL server, one query for all of them.
//!
//! Sources differ by version: from 17 on, checkpoints live in `pg_stat_checkpointer` and writes by
//! backends in `pg_stat_io`; `pg_stat_wal` exists from 14 on.

use super::{MARK, said};
use crate::SamplerError;
use crate::counters::{CounterGroup, CounterSpec, Rate};
use crate::deltas::CounterTotals;
use tokio_postgres::{Client, Error, Statement};

const fn counter(
    name: &'static str,
    unit: &'static str,
    rate: Rate,
    expression: &'static str,
    description: &'static str,
) -> CounterSpec {
    CounterSpec { name, unit, description, expression, rate }
}

/// Counters read from one source, reset together.
struct Source {
    from: &'static str,
    reset_mark: &'static str,
    specs: &'static [CounterSpec],
}

static DATABASE: Source = Source {
    from: "pg_stat_database",
    reset_mark: "max(stats_reset)",
    specs: &[
        counter(
            "db.User.numbackends",
            "Connections",
            Rate::Level,
            "sum(numbackends)",
            "Backends connected to any database",
        ),
        counter(
            "db.Transactions.xact_commit",
            "Commits per second",
            Rate::PerSecond,
            "sum(xact_commit)",
            "Transactions committed",
        ),
        counter(
            "db.Transactions.xact_rollback",
            "Rollbacks per second",
            Rate::PerSecond,
            "sum(xact_rollback)",
            "Transactions rolled back",
        ),
        counter(
            "db.IO.blks_read",
            "Blocks per second",
            Rate::PerSecond,
            "sum(blks_read)",
            "Blocks read from disk or the system's cache",
        ),
        counter(
            "db.Cache.blks_hit",
            "Blocks per second",
            Rate::PerSecond,
            "sum(blks_hit)",
            "Blocks found in shared buffers",
        ),
        counter(
            "db.IO.blk_read_time",
            "Milliseconds",
            Rate::PerSecond,
            "sum(blk_read_time)",
            "Time spent reading blocks, per second; needs track_io_timing",
        ),
        counter(
            "db.IO.read_latency",
            "Milliseconds",
            Rate::PerBlockRead,
            "sum(blk_read_time)",
            "Time per block read; needs track_io_timing",
        ),
        counter(
            "db.SQL.tup_returned",
            "Tuples per second",
            Rate::PerSecond,
            "sum(tup_returned)",
            "Rows returned by scans",
        ),
        counter(
            "db.SQL.tup_fetched",
            "Tuples per second",
            Rate::PerSecond,
            "sum(tup_fetched)",
            "Rows fetched by index scans",
        ),
        counter("db.SQL.tup_inserted", "Tuples per second", Rate::PerSecond, "sum(tup_inserted)", "Rows inserted"),
        counter("db.SQL.tup_updated", "Tuples per second", Rate::PerSecond, "sum(tup_updated)", "Rows updated"),
        counter("db.SQL.tup_deleted", "Tuples per second", Rate::PerSecond, "sum(tup_deleted)", "Rows deleted"),
        counter(
            "db.Temp.temp_bytes",
            "Bytes per second",
            Rate::PerSecond,
            "sum(temp_bytes)",
            "Data written to temporary files",
        ),
        counter(
            "db.Temp.temp_files",
            "Files per minute",
            Rate::PerMinute,
            "sum(temp_files)",
            "Temporary files created",
        ),
        counter(
            "db.Concurrency.deadlocks",
            "Deadlocks per minute",
            Rate::PerMinute,
            "sum(deadlocks)",
            "Deadlocks detected",
        ),
    ],
};

static WRITER_TO_16: Source = Source {
    from: "pg_stat_bgwriter",
    reset_mark: "max(stats_reset)",
    specs: &[
        counter(
            "db.Checkpoint.checkpoints_timed",
            "Checkpoints per minute",
            Rate::PerMinute,
            "sum(checkpoints_timed)",
            "Scheduled checkpoints",
        ),
        counter(
            "db.Checkpoint.checkpoints_req",
            "Checkpoints per minute",
            Rate::PerMinute,
            "sum(checkpoints_req)",
            "Requested checkpoints",
        ),
        counter(
            "db.Checkpoint.checkpoint_write_time",
            "Milliseconds per checkpoint",
            Rate::PerCheckpoint,
            "sum(checkpoint_write_time)",
            "Time writing files",
        ),
        counter(
            "db.Checkpoint.checkpoint_sync_time",
            "Milliseconds per checkpoint",
            Rate::PerCheckpoint,
            "sum(checkpoint_sync_time)",
            "Time synchronising files",
        ),
        counter(
            "db.Checkpoint.checkpoint_write_latency",
            "Milliseconds",
            Rate::PerCheckpoint,
            "sum(checkpoint_write_time)",
            "Time writing files, per checkpoint",
        ),
        counter(
            "db.Checkpoint.checkpoint_sync_latency",
            "Milliseconds",
            Rate::PerCheckpoint,
            "sum(checkpoint_sync_time)",
            "Time synchronising files, per checkpoint",
        ),
        counter(
            "db.Checkpoint.buffers_checkpoint",
            "Blocks per second",
            Rate::PerSecond,
            "sum(buffers_checkpoint)",
            "Buffers written by checkpoints",
        ),
        counter(
            "db.Checkpoint.maxwritten_clean",
            "Bgwriter clean stops per minute",
            Rate::PerMinute,
            "sum(maxwritten_clean)",
            "Times the background writer stopped a cleaning scan",
        ),
        counter(
            "db.IO.buffers_clean",
            "Blocks per second",
            Rate::PerSecond,
            "sum(buffers_clean)",
            "Buffers written by the background writer",
        ),
        counter(
            "db.IO.buffers_backend",
            "Blocks per second",
            Rate::PerSecond,
            "sum(buffers_backend)",
            "Buffers written by backends",
        ),
        counter(
            "db.IO.buffers_backend_fsync",
            "Blocks per second",
            Rate::PerSecond,
            "sum(buffers_backend_fsync)",
            "Synchronisations by backends",
        ),
        counter(
            "db.Cache.buffers_alloc",
            "Blocks per second",
            Rate::PerSecond,
            "sum(buffers_alloc)",
            "Buffers allocated",
        ),
    ],
};

static WRITER_FROM_17: Source = Source {
    from: "pg_stat_bgwriter b, pg_stat_checkpointer c, (SELECT sum(writes) AS writes, sum(fsyncs) AS fsyncs \
           FROM pg_stat_io WHERE backend_type = 'client backend' AND object = 'relation') i",
    reset_mark: "greatest(max(b.stats_reset), max(c.stats_reset))",
    specs: &[
        counter(
            "db.Checkpoint.checkpoints_timed",
            "Checkpoints per minute",
            Rate::PerMinute,
            "sum(c.num_timed)",
            "Scheduled checkpoints",
        ),
        counter(
            "db.Checkpoint.checkpoints_req",
            "Checkpoints per minute",
            Rate::PerMinute,
            "sum(c.num_requested)",
            "Requested checkpoints",
        ),
        counter(
            "db.Checkpoint.checkpoint_write_time",
            "Milliseconds per checkpoint",
            Rate::PerCheckpoint,
            "sum(c.write_time)",
            "Time writing files",
        ),
        counter(
            "db.Checkpoint.checkpoint_sync_time",
            "Milliseconds per checkpoint",
            Rate::PerCheckpoint,
            "sum(c.sync_time)",
            "Time synchronising files",
        ),
        counter(
            "db.Checkpoint.checkpoint_write_latency",
            "Milliseconds",
            Rate::PerCheckpoint,
            "sum(c.write_time)",
            "Time writing files, per checkpoint",
        ),
        counter(
            "db.Checkpoint.checkpoint_sync_latency",
            "Milliseconds",
            Rate::PerCheckpoint,
            "sum(c.sync_time)",
            "Time synchronising files, per checkpoint",
        ),
        counter(
            "db.Checkpoint.buffers_checkpoint",
            "Blocks per second",
            Rate::PerSecond,
            "sum(c.buffers_written)",
            "Buffers written by checkpoints",
        ),
        counter(
            "db.Checkpoint.maxwritten_clean",
            "Bgwriter clean stops per minute",
            Rate::PerMinute,
            "sum(b.maxwritten_clean)",
            "Times the background writer stopped a cleaning scan",
        ),
        counter(
            "db.IO.buffers_clean",
            "Blocks per second",
            Rate::PerSecond,
            "sum(b.buffers_clean)",
            "Buffers written by the background writer",
        ),
        counter(
            "db.IO.buffers_backend",
            "Blocks per second",
            Rate::PerSecond,
            "max(i.writes)",
            "Buffers written by backends",
        ),
        counter(
            "db.IO.buffers_backend_fsync",
            "Blocks per second",
            Rate::PerSecond,
            "max(i.fsyncs)",
            "Synchronisations by backends",
        ),
        counter(
            "db.Cache.buffers_alloc",
            "Blocks per second",
            Rate::PerSecond,
            "sum(b.buffers_alloc)",
            "Buffers allocated",
        ),
    ],
};

static ARCHIVER: Source = Source {
    from: "pg_stat_archiver",
    reset_mark: "max(stats_reset)",
    specs: &[
        counter(
            "db.WAL.archived_count",
            "Files per minute",
            Rate::PerMinute,
            "sum(archived_count)",
            "Log files archived",
        ),
        counter(
            "db.WAL.archive_failed_count",
            "Files per minute",
            Rate::PerMinute,
            "sum(failed_count)",
            "Failed attempts to archive a log file",
        ),
    ],
};

/// Not in AWS's published list for PostgreSQL: names follow the server's columns.
static WAL: Source = Source {
    from: "pg_stat_wal",
    reset_mark: "max(stats_reset)",
    specs: &[
        counter("db.WAL.wal_bytes", "Bytes per second", Rate::PerSecond, "sum(wal_bytes)", "Write-ahead log generated"),
        counter(
            "db.WAL.wal_records",
            "Records per second",
            Rate::PerSecond,
            "sum(wal_records)",
            "Write-ahead log records generated",
        ),
    ],
};

static CLUSTER: Source = Source {
    from: "pg_database",
    reset_mark: "NULL::timestamptz",
    specs: &[counter(
        "db.Transactions.max_used_xact_ids",
        "Transactions",
        Rate::Level,
        "max(age(datfrozenxid))",
        "Age of the oldest transaction id that has not been frozen",
    )],
};

/// Follow from the sessions of each second, see the activity sample's levels.
static FROM_ACTIVITY: &[CounterSpec] = &[
    counter("db.Transactions.active_transactions", "Transactions", Rate::Level, "", "Transactions open"),
    counter("db.Transactions.blocked_transactions", "Transactions", Rate::Level, "", "Transactions waiting for a lock"),
    counter("db.State.idle_in_transaction_count", "Sessions", Rate::Level, "", "Sessions idle in a transaction"),
    counter(
        "db.State.idle_in_transaction_aborted_count",
        "Sessions",
        Rate::Level,
        "",
        "Sessions idle in a failed transaction",
    ),
    counter(
        "db.State.idle_in_transaction_max_time",
        "Seconds",
        Rate::Level,
        "",
        "Longest time a session has been idle in a transaction",
    ),
];

/// Every counter any supported version offers.
pub(crate) fn counter_specs() -> Vec<&'static CounterSpec> {
    let sources = [&DATABASE, &WRITER_TO_16, &ARCHIVER, &WAL, &CLUSTER];
    sources.into_iter().flat_map(|source| source.specs).chain(FROM_ACTIVITY).collect()
}

fn sources(version_num: i32) -> Vec<&'static Source> {
    let writer = if version_num >= 170_000 { &WRITER_FROM_17 } else { &WRITER_TO_16 };
    let mut sources = vec![&DATABASE, writer, &ARCHIVER, &CLUSTER];
    if version_num >= 140_000 {
        sources.push(&WAL);
    }
    sources
}

/// All sources side by side in one row.
pub(super) struct Query {
    statement: Statement,
    sources: Vec<&'static Source>,
}

impl Query {
    pub(super) async fn prepare(client: &Client, version_num: i32) -> Result<Self, SamplerError> {
        let sources = sources(version_num);
        let parts: Vec<String> = sources.iter().enumerate().map(|(index, source)| subselect(index, source)).collect();
        let query = format!("SELECT {MARK} * FROM {}", parts.join(", "));
        let statement = client.prepare(&query).await.map_err(|error| SamplerError::Query(said(&error)))?;
        Ok(Self { statement, sources })
    }

    pub(super) fn names(&self) -> Vec<&'static str> {
        let read = self.sources.iter().flat_map(|source| source.specs);
        read.chain(FROM_ACTIVITY).map(|spec| spec.name).collect()
    }

    pub(super) async fn run(&self, client: &Client, at_secs: i64) -> Result<CounterTotals, Error> {
        let row = client.query_one(&self.statement, &[]).await?;
        let mut column = 0;
        let mut groups = Vec::with_capacity(self.sources.len());
        for source in &self.sources {
            let reset_mark = row.try_get(column)?;
            let mut totals = Vec::with_capacity(source.specs.len());
            for (offset, spec) in source.specs.iter().enumerate() {
                if let Some(total) = row.try_get::<_, Option<f64>>(column + 1 + offset)? {
                    totals.push((spec, total));
                }
            }
            column += 1 + source.specs.len();
            groups.push(CounterGroup { reset_mark, totals });
        }
        Ok(CounterTotals { at_secs, groups })
    }
}

fn subselect(index: usize, source: &Source) -> String {
    let mut columns = vec![format!("extract(epoch FROM {})::float8 AS m{index}", source.reset_mark)];
    let named = source.specs.iter().enumerate();
    columns.extend(named.map(|(offset, spec)| format!("({})::float8 AS c{index}_{offset}", spec.expression)));
    format!("(SELECT {} FROM {}) s{index}", columns.join(", "), source.from)
}
