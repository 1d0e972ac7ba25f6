//! Names of counter metrics and statement statistics.

use std::fmt;

use serde::{Deserialize, Serialize};
use units::Engine;

/// The vendor's full name of a counter metric, with its statistic.
///
/// Performance Insights: `db.Transactions.xact_commit.avg`, `os.cpuUtilization.total.avg`.
/// CloudWatch: namespace, slash-separated as AWS writes it, a space, metric, a space, statistic:
/// `AWS/RDS CPUUtilization Average`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct MetricName(pub String);

impl MetricName {
    /// A metric of Performance Insights, as its API spells it.
    #[must_use]
    pub fn pi(name: impl Into<String>) -> Self {
        Self(name.into())
    }

    /// A metric of CloudWatch.
    #[must_use]
    pub fn cloudwatch(namespace: &str, metric: &str, statistic: &str) -> Self {
        Self(format!("{namespace} {metric} {statistic}"))
    }

    /// Namespace, metric and statistic when CloudWatch is the source.
    #[must_use]
    pub fn as_cloudwatch(&self) -> Option<(&str, &str, &str)> {
        let (namespace, rest) = self.0.split_once(' ')?;
        let (metric, statistic) = rest.rsplit_once(' ')?;
        Some((namespace, metric, statistic))
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for MetricName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A statistic Performance Insights keeps for each digest. All are rates per second of wall time,
/// so they add up over digests and average over time weighted by covered seconds; per-call figures
/// are quotients of two of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StatementStat {
    /// Calls per second.
    Calls,
    /// Milliseconds of execution per second (1000 = one session always executing). Performance
    /// Insights calls a thousandth of it AAE, average active executions.
    TimeMs,
    /// Rows returned or changed per second.
    Rows,
}

impl StatementStat {
    /// Every statistic.
    pub const ALL: [Self; 3] = [Self::Calls, Self::TimeMs, Self::Rows];

    /// Its metric in Performance Insights; `None` where the engine has none.
    /// <https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/sql-statistics.html>
    #[must_use]
    pub const fn metric(self, engine: Engine) -> Option<&'static str> {
        Some(match (engine, self) {
            (Engine::Postgres, Self::Calls) => "db.sql_tokenized.stats.calls_per_sec.avg",
            (Engine::Postgres, Self::TimeMs) => "db.sql_tokenized.stats.total_time_per_sec.avg",
            (Engine::Postgres, Self::Rows) => "db.sql_tokenized.stats.rows_per_sec.avg",
            (Engine::MySql | Engine::MariaDb, Self::Calls) => "db.sql_tokenized.stats.count_star_per_sec.avg",
            (Engine::MySql | Engine::MariaDb, Self::TimeMs) => "db.sql_tokenized.stats.sum_timer_wait_per_sec.avg",
            (Engine::MySql | Engine::MariaDb, Self::Rows) => "db.sql_tokenized.stats.sum_rows_sent_per_sec.avg",
            (Engine::Oracle | Engine::SqlServer, _) => return None,
        })
    }

    /// What a value of the vendor's metric is multiplied with to have our unit.
    #[must_use]
    pub const fn scale(self) -> f64 {
        match self {
            // AAE counts executions: 1 is one second of execution per second.
            Self::TimeMs => 1000.0,
            Self::Calls | Self::Rows => 1.0,
        }
    }

    /// Stable name in the archive.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Calls => "calls",
            Self::TimeMs => "time_ms",
            Self::Rows => "rows",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cloudwatch_names_come_apart() {
        let name = MetricName::cloudwatch("AWS/RDS", "CPUUtilization", "Average");
        assert_eq!(name.as_cloudwatch(), Some(("AWS/RDS", "CPUUtilization", "Average")));
        assert_eq!(MetricName::pi("db.Transactions.xact_commit.avg").as_cloudwatch(), None);
    }
}
