//! Sampling PostgreSQL: one session of ours, one prepared statement a second.
//!
//! Every statement we send carries [`MARK`], so that the sampler recognises its own entries in
//! `pg_stat_statements` and leaves them out.

mod activity;
mod connect;
mod counters;
mod describe;
mod plan_log;
mod statements;

pub(crate) use counters::counter_specs;
pub use plan_log::read_plan_log;

use crate::deltas::{CounterTotals, StatementTotals};
use crate::observation::{ActivitySample, DatabaseDescription, StatementText};
use crate::{SamplerError, Target};
use std::sync::Arc;
use std::time::Duration;
use tokio_postgres::Client;

/// The comment in each of our statements.
pub(crate) const MARK: &str = "/* loadlens sampler */";

/// Oldest server version with everything the queries name.
const OLDEST_VERSION: &str = "13";
const OLDEST_VERSION_NUM: i32 = 130_000;

/// A query that takes longer is given up: the server cancels it, and if it does not, we hang up.
const QUERY_TIMEOUT: Duration = Duration::from_secs(5);

/// One connection to one database server.
pub(crate) struct Session {
    client: Client,
    /// Drives the connection; ends it when dropped.
    _driver: connect::Driver,
    backend_id: i64,
    activity: activity::Query,
    counters: counters::Query,
    statements: Option<statements::Query>,
}

impl Session {
    /// Connects and finds out what can be seen.
    pub(crate) async fn open(target: &Target) -> Result<(Self, DatabaseDescription), SamplerError> {
        let (client, driver) = connect::connect(&target.url).await?;
        let facts = describe::facts(&client).await?;
        if facts.version_num < OLDEST_VERSION_NUM {
            return Err(SamplerError::TooOld { found: facts.version, oldest: OLDEST_VERSION });
        }
        let statements = match &facts.statements_extension {
            Some(extension) => Some(statements::Query::prepare(&client, extension).await),
            None => None,
        };
        let (statements, statements_error) = match statements {
            Some(Ok(query)) => (Some(query), None),
            Some(Err(error)) => (None, Some(error.to_string())),
            None => (None, None),
        };
        let counters = counters::Query::prepare(&client, facts.version_num).await?;
        let description = describe::description(&facts, counters.names(), statements.is_some(), statements_error);
        let session = Self {
            activity: activity::Query::prepare(&client, facts.version_num).await?,
            backend_id: i64::from(facts.backend_id),
            client,
            _driver: driver,
            counters,
            statements,
        };
        Ok((session, description))
    }

    /// Process id of our own backend on the server.
    pub(crate) fn backend_id(&self) -> i64 {
        self.backend_id
    }

    /// Sessions that are not idle.
    pub(crate) async fn activity(&self, at_secs: i64) -> Result<ActivitySample, SamplerError> {
        self.bounded(self.activity.run(&self.client, at_secs)).await
    }

    /// Totals of all counters.
    pub(crate) async fn counters(&self, at_secs: i64) -> Result<CounterTotals, SamplerError> {
        self.bounded(self.counters.run(&self.client, at_secs)).await
    }

    /// Totals of all statements; `None` where the server keeps none.
    pub(crate) async fn statements(&self, at_secs: i64) -> Result<Option<StatementTotals>, SamplerError> {
        match &self.statements {
            Some(query) => self.bounded(query.totals(&self.client, at_secs)).await.map(Some),
            None => Ok(None),
        }
    }

    /// Normalised texts of the statements asked for, as far as the server has them.
    pub(crate) async fn texts(&self, ids: &[Arc<str>]) -> Result<Vec<StatementText>, SamplerError> {
        match &self.statements {
            Some(query) => self.bounded(query.texts(&self.client, ids)).await,
            None => Ok(Vec::new()),
        }
    }

    async fn bounded<T>(
        &self,
        query: impl Future<Output = Result<T, tokio_postgres::Error>>,
    ) -> Result<T, SamplerError> {
        match tokio::time::timeout(QUERY_TIMEOUT + Duration::from_secs(1), query).await {
            Ok(Ok(answer)) => Ok(answer),
            Ok(Err(error)) if self.client.is_closed() => Err(SamplerError::Lost(said(&error))),
            Ok(Err(error)) => Err(SamplerError::Query(said(&error))),
            Err(_) => Err(SamplerError::Lost("no answer within six seconds".to_owned())),
        }
    }
}

/// What the server, or else the driver, said, in one line.
fn said(error: &tokio_postgres::Error) -> String {
    match error.as_db_error() {
        Some(server) => format!("{} ({})", server.message(), server.code().code()),
        None => {
            let mut text = error.to_string();
            let mut cause = std::error::Error::source(error);
            while let Some(inner) = cause {
                text = format!("{text}: {inner}");
                cause = inner.source();
            }
            text
        }
    }
}
