//! Sampling MySQL and MariaDB through `performance_schema`.
//!
//! Sessions come from `threads`, their statement from `events_statements_current`, their wait from
//! `events_waits_current`; statistics from `events_statements_summary_by_digest`. Comments do not
//! survive in digests, so each of our statements carries the column alias [`MARK`] by which the sampler
//! knows its own.
//!
//! MariaDB tells a statement's digest only once it has ended. There, statements are identified by a
//! canonical form (see [`canonical`]) that is the same for a statement as sent and for the server's
//! digest text.

mod activity;
pub(crate) mod canonical;
mod connect;
mod counters;
mod describe;
mod locks;
mod statements;

pub(crate) use activity::statement_id;
pub(crate) use counters::counter_specs;

use crate::deltas::{CounterTotals, StatementTotals};
use crate::observation::{ActivitySample, DatabaseDescription, Engine, StatementText};
use crate::{SamplerError, Target};
use describe::Facts;
use mysql_async::Conn;
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

/// The alias in each of our statements.
pub(crate) const MARK: &str = "loadlens_sampler";

/// An answer that takes longer means that the connection is of no use.
const QUERY_TIMEOUT: Duration = Duration::from_secs(6);

/// One connection to one server.
pub(crate) struct Session {
    connection: Conn,
    facts: Facts,
    /// Texts seen with the last totals: the server gives both in one row.
    texts: HashMap<Arc<str>, Arc<str>>,
}

impl Session {
    /// Connects and finds out what can be seen.
    pub(crate) async fn open(target: &Target) -> Result<(Self, DatabaseDescription), SamplerError> {
        let mut connection = connect::connect(target).await?;
        let facts = bounded(describe::facts(&mut connection)).await?;
        let description = describe::description(&facts);
        Ok((Self { connection, facts, texts: HashMap::new() }, description))
    }

    /// Sessions that are not idle.
    pub(crate) async fn activity(&mut self, at_secs: i64) -> Result<ActivitySample, SamplerError> {
        bounded(activity::activity(&mut self.connection, &self.facts, at_secs)).await
    }

    /// Totals of all counters.
    pub(crate) async fn counters(&mut self, at_secs: i64) -> Result<CounterTotals, SamplerError> {
        bounded(counters::totals(&mut self.connection, &self.facts, at_secs)).await
    }

    /// Totals of all statements; `None` where the server keeps none.
    pub(crate) async fn statements(&mut self, at_secs: i64) -> Result<Option<StatementTotals>, SamplerError> {
        if !self.facts.has_digests {
            return Ok(None);
        }
        let is_mariadb = self.facts.engine == Engine::MariaDb;
        let (totals, texts) = bounded(statements::totals(&mut self.connection, is_mariadb, at_secs)).await?;
        self.texts = texts;
        Ok(Some(totals))
    }

    /// Texts of statements, as of the last totals.
    pub(crate) fn texts(&self, ids: &[Arc<str>]) -> Result<Vec<StatementText>, SamplerError> {
        let text = |id: &Arc<str>| {
            let text = self.texts.get(id)?.clone();
            Some(StatementText { statement_id: id.clone(), text })
        };
        Ok(ids.iter().filter_map(text).collect())
    }
}

async fn bounded<T>(query: impl Future<Output = Result<T, mysql_async::Error>>) -> Result<T, SamplerError> {
    match tokio::time::timeout(QUERY_TIMEOUT, query).await {
        Ok(Ok(answer)) => Ok(answer),
        Ok(Err(mysql_async::Error::Server(error))) => Err(SamplerError::Query(error.to_string())),
        Ok(Err(error)) => Err(SamplerError::Lost(error.to_string())),
        Err(_) => Err(SamplerError::Lost("no answer within six seconds".to_owned())),
    }
}
