//! What is asked about an instance each time.

use collect::{Capabilities, Question};
use samples::{Grouping, Instance, MetricName};
use units::{Dimension, Engine, WaitClass};

/// Questions of one call.
pub(super) const QUESTIONS_PER_CALL: usize = 15;

/// The standard groupings. By wait event type comes first: its total tells which buckets have
/// samples at all.
const GROUPS: [Dimension; 8] = [
    Dimension::WaitType,
    Dimension::Wait,
    Dimension::Sql,
    Dimension::User,
    Dimension::Host,
    Dimension::Application,
    Dimension::Database,
    Dimension::SessionType,
];

/// Tells the number of vCPUs, with the other counters: it costs no call of its own.
pub(super) const VCPUS: &str = "os.general.numVCPUs.max";

/// Counter metrics of PostgreSQL worth a strip, most telling first.
/// <https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_PerfInsights_Counters.html>
const POSTGRES_COUNTERS: [&str; 15] = [
    VCPUS,
    "db.Transactions.xact_commit.avg",
    "db.Transactions.xact_rollback.avg",
    "db.User.numbackends.avg",
    "db.SQL.tup_fetched.avg",
    "db.SQL.tup_returned.avg",
    "db.IO.blks_read.avg",
    "db.Cache.blks_hit.avg",
    "db.Concurrency.deadlocks.avg",
    "db.Temp.temp_bytes.avg",
    "db.State.idle_in_transaction_max_time.max",
    "db.Transactions.blocked_transactions.avg",
    "os.cpuUtilization.total.avg",
    "os.loadAverageMinute.one.avg",
    "os.memory.free.avg",
];

/// Those of MySQL and MariaDB.
const MYSQL_COUNTERS: [&str; 13] = [
    VCPUS,
    "db.SQL.Questions.avg",
    "db.SQL.Com_select.avg",
    "db.SQL.Innodb_rows_read.avg",
    "db.SQL.Slow_queries.avg",
    "db.Users.Threads_running.avg",
    "db.Users.Aborted_connects.avg",
    "db.Locks.Innodb_row_lock_time.avg",
    "db.Temp.Created_tmp_disk_tables.avg",
    "db.Cache.innoDB_buffer_pool_hits.avg",
    "os.cpuUtilization.total.avg",
    "os.loadAverageMinute.one.avg",
    "os.memory.free.avg",
];

/// Wait event types of PostgreSQL: what is not in an answer by type was zero, for all of them.
const POSTGRES_WAIT_TYPES: [&str; 10] =
    ["CPU", "IO", "Client", "LWLock", "IPC", "Lock", "Activity", "Timeout", "BufferPin", "Extension"];

/// The types whose absence from an answer is known to be zero, besides those ever seen.
pub(super) const fn usual_wait_types(engine: Engine) -> &'static [&'static str] {
    match engine {
        Engine::Postgres => &POSTGRES_WAIT_TYPES,
        _ => &[],
    }
}

/// The questions of the first call (groupings and statistics first, then counters as far as they
/// fit) and the counters left for the second.
pub(super) fn questions(
    instance: &Instance,
    offers: &Capabilities,
    refused: &[Question],
) -> (Vec<Question>, Vec<Question>) {
    let loads =
        GROUPS.into_iter().filter(|group| offers.offers(*group)).map(|group| Question::Load(Grouping::by(group)));
    let statistics = offers.statistics(instance).into_iter().map(Question::Statistic);
    let counters: &[&str] = match instance.engine {
        Engine::Postgres => &POSTGRES_COUNTERS,
        Engine::MySql | Engine::MariaDb => &MYSQL_COUNTERS,
        Engine::Oracle | Engine::SqlServer => &[],
    };
    let counters =
        counters.iter().filter(|name| offers.offers_metric(name)).map(|name| Question::Counter(MetricName::pi(*name)));
    let mut first: Vec<Question> =
        loads.chain(statistics).chain(counters).filter(|question| !refused.contains(question)).collect();
    let second = first.split_off(first.len().min(QUESTIONS_PER_CALL));
    (first, second)
}

/// Who is waited for, asked only when somebody waited for a lock: without, it is zero.
pub(super) const BLOCKING: [Dimension; 3] =
    [Dimension::BlockingSession, Dimension::BlockingSql, Dimension::BlockingObject];

/// The blocking questions an instance answers.
pub(super) fn blocking(offers: &Capabilities) -> Vec<Question> {
    let offered = BLOCKING.into_iter().filter(|group| offers.offers(*group));
    offered.map(|group| Question::Load(Grouping::by(group))).collect()
}

/// Whether wait event types tell that a session may have waited for a lock.
pub(super) fn may_block<'a>(engine: Engine, types: impl IntoIterator<Item = &'a str>) -> bool {
    // MySQL's row locks are waited for inside a wait for the table.
    engine != Engine::Postgres || types.into_iter().any(|name| WaitClass::of_event(name, engine) == WaitClass::Lock)
}

/// SQL by each wait event type.
pub(super) fn sql_by_type<'a>(types: impl IntoIterator<Item = &'a str>) -> Vec<Question> {
    types.into_iter().map(|name| Question::Load(sql_where(name))).collect()
}

/// SQL where the wait event type is `name`.
pub(super) fn sql_where(name: &str) -> Grouping {
    Grouping::by(Dimension::Sql).filtered(Dimension::WaitType, name)
}

/// What is asked for when an instance does not let us list what it offers: what every engine has.
pub(super) fn basic_offers() -> Capabilities {
    let basic = [Dimension::WaitType, Dimension::Wait, Dimension::Sql, Dimension::User, Dimension::Host];
    let groups = basic.into_iter().filter_map(|dimension| dimension.pi().map(|names| names.group.to_owned()));
    Capabilities { groups: groups.collect(), metrics: std::collections::BTreeSet::new() }
}
