//! What the sampler says: typed observations, in the order they were made.

use std::sync::Arc;

/// A family of databases with one way of sampling.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Engine {
    /// PostgreSQL 13 and later (13 without statement attribution).
    Postgres,
    /// MySQL 8.0 and later.
    MySql,
    /// MariaDB 10.5 and later.
    MariaDb,
}

impl Engine {
    /// The engine a URL scheme names.
    #[must_use]
    pub fn of_scheme(scheme: &str) -> Option<Self> {
        match scheme {
            "postgres" | "postgresql" => Some(Self::Postgres),
            "mysql" => Some(Self::MySql),
            "mariadb" => Some(Self::MariaDb),
            _ => None,
        }
    }

    /// The port the engine listens on unless told otherwise.
    #[must_use]
    pub fn default_port(self) -> u16 {
        match self {
            Self::Postgres => 5432,
            Self::MySql | Self::MariaDb => 3306,
        }
    }

    /// RDS's name of the engine, as in `DescribeDBInstances`.
    #[must_use]
    pub fn rds_name(self) -> &'static str {
        match self {
            Self::Postgres => "postgres",
            Self::MySql => "mysql",
            Self::MariaDb => "mariadb",
        }
    }
}

/// Everything the sampler reports.
#[derive(Clone, Debug)]
pub enum Observation {
    /// Sent after every (re)connect.
    Connected(Box<DatabaseDescription>),
    /// The connection broke or could not be made; the reason is for people.
    Disconnected {
        /// Why, without credentials.
        reason: String,
    },
    /// The sessions of one second.
    Activity(ActivitySample),
    /// Seconds without a sample.
    Gap {
        /// The first of them, UTC since 1970.
        from_secs: i64,
        /// The first second after them.
        to_secs: i64,
        /// Why there is no sample.
        reason: GapReason,
    },
    /// Counters and host figures, every ten seconds.
    Counters(CounterReading),
    /// What each statement did since the last reading, every minute.
    Statements(StatementInterval),
    /// Normalised texts of statements, when first seen.
    Texts(Vec<StatementText>),
    /// Plans of statements that ended, from the server's log.
    Plans(Vec<ExecutedPlan>),
    /// What the sampling itself cost, every minute.
    Cost(SamplerCost),
}

/// Why a second has no sample.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GapReason {
    /// There was no connection.
    Disconnected,
    /// The previous query was still running, or this machine was too busy to ask in time.
    Late,
    /// The query failed.
    Failed,
}

/// The database as found at connect time.
#[derive(Clone, Debug)]
pub struct DatabaseDescription {
    /// Its family.
    pub engine: Engine,
    /// Version as the server names it, e.g. `15.14`.
    pub version: String,
    /// Identity of the cluster on disk (`pg_control_system`), stable over restarts and upgrades of
    /// the minor version; `None` if it may not be read.
    pub system_identifier: Option<String>,
    /// When the server process started, UTC milliseconds.
    pub started_at_ms: Option<i64>,
    /// The server runs on this machine (its backend process was seen here), so host figures are its.
    pub is_on_this_machine: bool,
    /// Statement texts longer than this are cut by the server, in bytes; `None` if unknown.
    pub statement_text_limit: Option<u32>,
    /// Statement statistics (`pg_stat_statements`) can be read.
    pub has_statement_statistics: bool,
    /// Sessions carry the id of their statement.
    pub has_statement_ids: bool,
    /// Names of counters this server offers, without statistic suffix.
    pub counters: Vec<&'static str>,
    /// What cannot be seen, and why.
    pub limitations: Vec<Limitation>,
}

/// Something the sampler cannot see.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limitation {
    /// Short fixed key, e.g. `extension_missing`.
    pub key: &'static str,
    /// What is missing from the picture and why, one sentence.
    pub what: String,
    /// What would make it visible, one sentence or statement.
    pub remedy: String,
}

/// All sessions that were not idle at one second.
#[derive(Clone, Debug)]
pub struct ActivitySample {
    /// The second, UTC since 1970.
    pub at_secs: i64,
    /// Active sessions and those idle inside a transaction; the sampler's own is left out.
    pub sessions: Vec<SessionSample>,
    /// Sessions that block one of [`ActivitySample::sessions`] and are none of them: idle ones that
    /// hold a session's lock, background processes. They are no load.
    pub blockers: Vec<SessionSample>,
    /// Counters that follow from the sessions alone (name and level), e.g. blocked transactions.
    pub levels: Vec<(&'static str, f64)>,
}

/// What a session was doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SessionState {
    /// Working or waiting on behalf of a statement: counts as load.
    Active,
    /// Holding a transaction open without working: no load, but it may block others.
    IdleInTransaction,
    /// The same after an error.
    IdleInTransactionAborted,
    /// Between transactions; told only of sessions that hold a lock another waits for.
    Idle,
}

/// One session in one second.
#[derive(Clone, Debug)]
pub struct SessionSample {
    /// Process or thread id on the server.
    pub id: i64,
    /// What it was doing.
    pub state: SessionState,
    /// Database it is connected to.
    pub database: Option<String>,
    /// User it logged in as.
    pub user: Option<String>,
    /// Name the client gave itself; `None` when it gave none.
    pub application: Option<String>,
    /// Address of the client; `None` for a local socket.
    pub client_address: Option<String>,
    /// Name of the client host, if the server resolves names.
    pub client_hostname: Option<String>,
    /// Kind of process, e.g. `client backend` or `parallel worker`.
    pub session_type: String,
    /// What it waited for; CPU if nothing.
    pub wait: Wait,
    /// The server's id of the statement's normal form.
    pub statement_id: Option<Arc<str>>,
    /// Text of the statement as sent, literals included, possibly cut by the server.
    pub statement: Option<Arc<str>>,
    /// Sessions that hold what it waits for; empty unless it waits for a lock.
    pub blocked_by: Vec<i64>,
    /// The lock it waits for.
    pub lock: Option<LockWait>,
    /// How long its transaction has been open, milliseconds.
    pub transaction_age_ms: Option<i64>,
    /// How long it has been in this state or statement, milliseconds.
    pub statement_age_ms: Option<i64>,
}

/// A wait, in the words of the engine.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Wait {
    /// Class, e.g. `IO`, `Lock`; `CPU` if the session did not wait.
    pub kind: String,
    /// Event, e.g. `DataFileRead`; `CPU` if the session did not wait.
    pub event: String,
}

impl Wait {
    /// The absence of a wait: running, or ready to run.
    #[must_use]
    pub fn cpu() -> Self {
        Self { kind: "CPU".to_owned(), event: "CPU".to_owned() }
    }
}

/// A lock a session waits for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LockWait {
    /// Kind of the object, e.g. `relation`, `tuple`, `transactionid`.
    pub kind: String,
    /// Mode asked for, e.g. `ExclusiveLock`.
    pub mode: String,
    /// The object as far as it has a name or number; of a wait for a transaction the row it was
    /// about, where the server tells.
    pub object: Option<String>,
    /// How long the session has waited for it, milliseconds; `None` where the server does not tell
    /// (`pg_locks.waitstart` is there since PostgreSQL 14).
    pub waiting_ms: Option<i64>,
}

/// Counters at one moment, already as rates or levels in the unit of their [`crate::CounterSpec`].
#[derive(Clone, Debug)]
pub struct CounterReading {
    /// When, UTC seconds.
    pub at_secs: i64,
    /// Name (without statistic suffix) and value; what could not be told is absent.
    pub values: Vec<(&'static str, f64)>,
}

/// Statement statistics between two readings.
#[derive(Clone, Debug)]
pub struct StatementInterval {
    /// Begin, UTC seconds (time of the previous reading).
    pub from_secs: i64,
    /// End, UTC seconds (time of this reading).
    pub to_secs: i64,
    /// Names of the columns of every delta.
    pub columns: &'static [&'static str],
    /// One per statement that did anything.
    pub deltas: Vec<StatementDelta>,
}

/// What one statement added to its statistics; never negative.
#[derive(Clone, Debug, PartialEq)]
pub struct StatementDelta {
    /// The server's id of the statement.
    pub statement_id: Arc<str>,
    /// One value per column; times in milliseconds.
    pub values: Vec<f64>,
}

/// The normalised text of a statement.
#[derive(Clone, Debug)]
pub struct StatementText {
    /// The server's id of the statement.
    pub statement_id: Arc<str>,
    /// Text in which the server has replaced literals by parameters.
    pub text: Arc<str>,
}

/// A statement that ended, and how it was executed. // `auto_explain`
#[derive(Clone, Debug, PartialEq)]
pub struct ExecutedPlan {
    /// When it was read in the log, UTC seconds: a moment after the statement ended.
    pub read_secs: i64,
    /// Process id of the session.
    pub session_id: i64,
    /// How long the statement ran, milliseconds.
    pub duration_ms: f64,
    /// Its text as sent, literals included.
    pub statement: Arc<str>,
    /// `EXPLAIN (FORMAT JSON)` of it, estimates only, literals included.
    pub plan: Arc<str>,
}

/// What sampling cost in the last minute.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct SamplerCost {
    /// End of the minute, UTC seconds.
    pub at_secs: i64,
    /// Queries sent.
    pub queries: u32,
    /// Sum of their round trips, milliseconds: an upper bound of the work caused.
    pub round_trip_ms: f64,
    /// CPU time of our backend process, milliseconds; only where it runs on this machine.
    pub backend_cpu_ms: Option<f64>,
}
