//! `postgresql.conf` of the private cluster.

/// Whether a crash may lose what was committed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Durability {
    /// Flushes as in production, so that WAL waits are real.
    Durable,
    /// No flush at all: for tests, whose data nobody needs.
    None,
}

/// Written into the data folder's `loadlens.conf` at each start.
///
/// Memory is kept small so that a data set of some hundred megabytes does not fit and reads are
/// seen; parallelism is kept at what two cores can do.
const BASE: &[(&str, &str)] = &[
    ("listen_addresses", "'127.0.0.1'"),
    // TCP only: a socket path may be too long, and callers shall differ by address.
    ("unix_socket_directories", "''"),
    ("max_connections", "120"),
    ("shared_buffers", "'48MB'"),
    ("work_mem", "'4MB'"),
    ("maintenance_work_mem", "'64MB'"),
    ("max_wal_size", "'1GB'"),
    ("max_parallel_workers", "2"),
    ("max_parallel_workers_per_gather", "2"),
    ("jit", "off"),
    ("shared_preload_libraries", "'pg_stat_statements,auto_explain'"),
    ("pg_stat_statements.max", "5000"),
    ("pg_stat_statements.track", "all"),
    // Plans of what runs long enough to be sampled now and then; estimates only, since measuring
    // every node would slow every statement.
    ("auto_explain.log_min_duration", "'10ms'"),
    ("auto_explain.log_format", "json"),
    ("track_io_timing", "on"),
    ("track_activity_query_size", "4096"),
    ("log_lock_waits", "on"),
    ("log_line_prefix", "'%m [%p] %a '"),
    ("timezone", "'UTC'"),
    ("lc_messages", "'C'"),
];

/// Commits stay synchronous: without flushing they cost nothing, and a killed server keeps them.
const UNFLUSHED: &[(&str, &str)] = &[("fsync", "off"), ("full_page_writes", "off")];

/// `compute_query_id` came with version 14; before that `pg_stat_statements` had ids of its own.
const FIRST_WITH_QUERY_ID: u32 = 14;

pub(crate) fn render(major: u32, port: u16, durability: Durability, further: &[(String, String)]) -> String {
    let mut text = format!("port = {port}\n");
    let mut add = |name: &str, value: &str| text.push_str(&format!("{name} = {value}\n"));
    BASE.iter().for_each(|(name, value)| add(name, value));
    if major >= FIRST_WITH_QUERY_ID {
        add("compute_query_id", "on");
    }
    if durability == Durability::None {
        UNFLUSHED.iter().for_each(|(name, value)| add(name, value));
    }
    further.iter().for_each(|(name, value)| add(name, value));
    text
}
