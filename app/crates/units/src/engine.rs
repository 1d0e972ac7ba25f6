//! Database engines.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// The database engine, as far as SQL and Performance Insights differ by it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "&'static str", try_from = "String")]
pub enum Engine {
    /// RDS for PostgreSQL and Aurora PostgreSQL.
    Postgres,
    /// RDS for MySQL and Aurora MySQL.
    MySql,
    /// RDS for MariaDB.
    MariaDb,
    /// RDS for Oracle.
    Oracle,
    /// RDS for SQL Server.
    SqlServer,
}

impl Engine {
    /// Every engine, in the order menus show them.
    pub const ALL: [Self; 5] = [Self::Postgres, Self::MySql, Self::MariaDb, Self::Oracle, Self::SqlServer];

    /// Short stable name, as commands and JSON take it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Postgres => "postgres",
            Self::MySql => "mysql",
            Self::MariaDb => "mariadb",
            Self::Oracle => "oracle",
            Self::SqlServer => "mssql",
        }
    }

    /// The product's own spelling, for people.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Postgres => "PostgreSQL",
            Self::MySql => "MySQL",
            Self::MariaDb => "MariaDB",
            Self::Oracle => "Oracle",
            Self::SqlServer => "SQL Server",
        }
    }
}

impl fmt::Display for Engine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl From<Engine> for &'static str {
    fn from(engine: Engine) -> Self {
        engine.name()
    }
}

/// Why a text names no engine.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("unknown engine '{0}'; use postgres, mysql, mariadb, oracle or mssql")]
pub struct UnknownEngine(pub String);

/// Reads our short names and the `Engine` of RDS `DescribeDBInstances` (`aurora-postgresql`,
/// `sqlserver-se`, `custom-oracle-ee` …).
impl FromStr for Engine {
    type Err = UnknownEngine;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let name = text.to_ascii_lowercase();
        let bare = name.strip_prefix("custom-").unwrap_or(&name);
        Ok(match bare {
            "postgres" | "postgresql" | "aurora-postgresql" => Self::Postgres,
            "mysql" | "aurora" | "aurora-mysql" => Self::MySql,
            "mariadb" => Self::MariaDb,
            "mssql" | "sqlserver" => Self::SqlServer,
            "oracle" => Self::Oracle,
            other if other.starts_with("oracle-") => Self::Oracle,
            other if other.starts_with("sqlserver-") => Self::SqlServer,
            _ => return Err(UnknownEngine(text.chars().take(64).collect())),
        })
    }
}

impl TryFrom<String> for Engine {
    type Error = UnknownEngine;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}
