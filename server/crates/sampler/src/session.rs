//! A connection to a database of any engine. The loop in [`crate::run()`] knows no engine.

use crate::deltas::{CounterTotals, StatementTotals};
use crate::observation::{ActivitySample, DatabaseDescription, Engine, StatementText};
use crate::{SamplerError, Target};
use std::sync::Arc;

/// One connection.
pub(crate) enum Session {
    Postgres(Box<crate::postgres::Session>),
    Mysql(Box<crate::mysql::Session>),
}

impl Session {
    /// Connects and finds out what can be seen.
    pub(crate) async fn open(target: &Target) -> Result<(Self, DatabaseDescription), SamplerError> {
        match target.engine {
            Engine::Postgres => {
                let (session, description) = crate::postgres::Session::open(target).await?;
                Ok((Self::Postgres(Box::new(session)), description))
            }
            Engine::MySql | Engine::MariaDb => {
                let (session, description) = crate::mysql::Session::open(target).await?;
                Ok((Self::Mysql(Box::new(session)), description))
            }
        }
    }

    /// Process id of our own session where it is a process of its own.
    pub(crate) fn backend_id(&self) -> Option<i64> {
        match self {
            Self::Postgres(session) => Some(session.backend_id()),
            // A thread's time is not told apart from the server's.
            Self::Mysql(_) => None,
        }
    }

    /// Sessions that are not idle.
    pub(crate) async fn activity(&mut self, at_secs: i64) -> Result<ActivitySample, SamplerError> {
        match self {
            Self::Postgres(session) => session.activity(at_secs).await,
            Self::Mysql(session) => session.activity(at_secs).await,
        }
    }

    /// Totals of all counters.
    pub(crate) async fn counters(&mut self, at_secs: i64) -> Result<CounterTotals, SamplerError> {
        match self {
            Self::Postgres(session) => session.counters(at_secs).await,
            Self::Mysql(session) => session.counters(at_secs).await,
        }
    }

    /// Totals of all statements; `None` where the server keeps none.
    pub(crate) async fn statements(&mut self, at_secs: i64) -> Result<Option<StatementTotals>, SamplerError> {
        match self {
            Self::Postgres(session) => session.statements(at_secs).await,
            Self::Mysql(session) => session.statements(at_secs).await,
        }
    }

    /// Normalised texts of the statements asked for, as far as the server has them.
    pub(crate) async fn texts(&mut self, ids: &[Arc<str>]) -> Result<Vec<StatementText>, SamplerError> {
        match self {
            Self::Postgres(session) => session.texts(ids).await,
            Self::Mysql(session) => session.texts(ids),
        }
    }
}
