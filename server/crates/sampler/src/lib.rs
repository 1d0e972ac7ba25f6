//! Samples what a database is doing, once a second, the way RDS Performance Insights does.
//!
//! One connection per database asks at every whole second which sessions are active and what each
//! of them waits for; every ten seconds it reads counters, every minute statement statistics.
//! Everything leaves the crate as an [`Observation`] on a channel.
//!
//! It must not know: AWS's wire formats, storage, time zones, who looks at the numbers.
//!
//! Its one law: **a second that was not sampled is reported as a gap, never as a quiet second, and
//! no rate is ever negative**, whatever is reset or restarted in between.

pub mod clock;
mod counters;
mod deltas;
mod host;
mod mysql;
mod observation;
mod postgres;
mod run;
mod schedule;
mod session;
mod target;

pub use clock::Clock;
pub use counters::{
    CounterSpec, STATEMENT_COLUMNS_MYSQL, STATEMENT_COLUMNS_POSTGRES, counter_specs, statement_columns,
};
pub use observation::{
    ActivitySample, CounterReading, DatabaseDescription, Engine, ExecutedPlan, GapReason, Limitation, LockWait,
    Observation, SamplerCost, SessionSample, SessionState, StatementDelta, StatementInterval, StatementText, Wait,
};
pub use postgres::read_plan_log;
pub use run::run;
pub use target::{Target, TargetError};

/// The id a MariaDB statement is known by, from its text as sent or as the server's digest has it:
/// MariaDB itself tells a statement's digest only once it has ended.
#[must_use]
pub fn mariadb_statement_id(text: &str) -> std::sync::Arc<str> {
    mysql::statement_id(text)
}

/// What can go wrong between the sampler and its database.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SamplerError {
    /// No connection could be made; the sampler will try again with back-off.
    #[error("cannot connect: {0}")]
    Connect(String),
    /// The database refused the user or password; trying again helps only after a change.
    #[error("the database refused the login: {0}")]
    Login(String),
    /// The server is older than the oldest supported version.
    #[error("server version {found} is not supported; {oldest} is the oldest that is")]
    TooOld {
        /// What the server says it is.
        found: String,
        /// The oldest version this sampler reads.
        oldest: &'static str,
    },
    /// A query failed although the connection stands.
    #[error("query failed: {0}")]
    Query(String),
    /// The connection broke; the sampler reconnects.
    #[error("connection lost: {0}")]
    Lost(String),
    /// TLS was asked for and its parts could not be set up.
    #[error("TLS: {0}")]
    Tls(String),
}
