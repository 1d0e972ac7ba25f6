//! What load can be grouped and filtered by.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// What load can be grouped (sliced) and filtered by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "&'static str", try_from = "String")]
pub enum Dimension {
    /// Wait event, `Lock:transactionid`. // `db.wait_event`
    Wait,
    /// Wait event type, `Lock`. // `db.wait_event_type`
    WaitType,
    /// Digest. // `db.sql_tokenized`
    Sql,
    /// One statement under a digest, with its own text. // `db.sql`
    Statement,
    /// Database user. // `db.user`
    User,
    /// Client address. // `db.host`
    Host,
    /// `application_name` of the client. // `db.application`
    Application,
    /// Database. // `db`
    Database,
    /// Client backend, parallel worker … // `db.session_type`
    SessionType,
    /// Session at the root of a wait for a lock. // `db.blocking_session`
    BlockingSession,
    /// What that session runs, or ran last. // `db.blocking_sql`
    BlockingSql,
    /// Object that is waited for. // `db.blocking_object`
    BlockingObject,
    /// Plan a statement was executed by. // `db.plans`
    Plan,
    /// Table that a statement reads or writes: ours, from its syntax tree.
    Table,
    /// Kind of statement (`select`, `update` …): ours, from its syntax tree.
    Kind,
    /// sqlcommenter tag, `route=/checkout`: ours, from the comments of statements.
    Tag,
}

/// The names Performance Insights has for a dimension.
/// <https://docs.aws.amazon.com/performance-insights/latest/APIReference/API_DimensionGroup.html>
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PiDimension {
    /// Dimension group for `GroupBy`.
    pub group: &'static str,
    /// The dimension that identifies a value: what filters are set on.
    pub key: &'static str,
    /// The dimension a person reads.
    pub label: &'static str,
}

impl Dimension {
    /// Every dimension, in the order of the *slice by* control.
    pub const ALL: [Self; 16] = [
        Self::Wait,
        Self::WaitType,
        Self::Sql,
        Self::Statement,
        Self::User,
        Self::Host,
        Self::Application,
        Self::Database,
        Self::SessionType,
        Self::BlockingSession,
        Self::BlockingSql,
        Self::BlockingObject,
        Self::Plan,
        Self::Table,
        Self::Kind,
        Self::Tag,
    ];

    /// Stable name in URLs and JSON.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Wait => "wait",
            Self::WaitType => "wait_type",
            Self::Sql => "sql",
            Self::Statement => "statement",
            Self::User => "user",
            Self::Host => "host",
            Self::Application => "application",
            Self::Database => "database",
            Self::SessionType => "session_type",
            Self::BlockingSession => "blocking_session",
            Self::BlockingSql => "blocking_sql",
            Self::BlockingObject => "blocking_object",
            Self::Plan => "plan",
            Self::Table => "table",
            Self::Kind => "kind",
            Self::Tag => "tag",
        }
    }

    /// Whether it tells who is waited for instead of who waits.
    #[must_use]
    pub const fn is_blocking(self) -> bool {
        matches!(self, Self::BlockingSession | Self::BlockingSql | Self::BlockingObject)
    }

    /// Its names in Performance Insights; `None` for those we derive from the SQL.
    #[must_use]
    pub const fn pi(self) -> Option<PiDimension> {
        let (group, key, label) = match self {
            Self::Wait => ("db.wait_event", "db.wait_event.name", "db.wait_event.name"),
            Self::WaitType => ("db.wait_event_type", "db.wait_event_type.name", "db.wait_event_type.name"),
            Self::Sql => ("db.sql_tokenized", "db.sql_tokenized.id", "db.sql_tokenized.statement"),
            Self::Statement => ("db.sql", "db.sql.id", "db.sql.statement"),
            Self::User => ("db.user", "db.user.name", "db.user.name"),
            Self::Host => ("db.host", "db.host.name", "db.host.name"),
            Self::Application => ("db.application", "db.application.name", "db.application.name"),
            Self::Database => ("db", "db.name", "db.name"),
            Self::SessionType => ("db.session_type", "db.session_type.name", "db.session_type.name"),
            Self::BlockingSession => ("db.blocking_session", "db.blocking_session.id", "db.blocking_session.id"),
            Self::BlockingSql => ("db.blocking_sql", "db.blocking_sql.id", "db.blocking_sql.sql"),
            // The value serves as key: a reader has to recognise it.
            Self::BlockingObject => ("db.blocking_object", "db.blocking_object.value", "db.blocking_object.value"),
            // AWS documents the group, not its dimensions: the one of each other group is assumed.
            Self::Plan => ("db.plans", "db.plans.id", "db.plans.id"),
            Self::Table | Self::Kind | Self::Tag => return None,
        };
        Some(PiDimension { group, key, label })
    }
}

impl fmt::Display for Dimension {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl From<Dimension> for &'static str {
    fn from(dimension: Dimension) -> Self {
        dimension.name()
    }
}

/// Why a text names no dimension.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "unknown dimension '{0}'; use wait, wait_type, sql, user, host, application, database, session_type, blocking_session, blocking_sql, blocking_object, plan, table, kind or tag"
)]
pub struct UnknownDimension(pub String);

impl FromStr for Dimension {
    type Err = UnknownDimension;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|dimension| dimension.name() == text)
            .ok_or_else(|| UnknownDimension(text.chars().take(64).collect()))
    }
}

impl TryFrom<String> for Dimension {
    type Error = UnknownDimension;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_round_trip_and_are_unique() {
        for dimension in Dimension::ALL {
            assert_eq!(dimension.name().parse(), Ok(dimension));
        }
        assert!("waits".parse::<Dimension>().is_err());
    }
}
