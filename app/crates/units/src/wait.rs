//! Wait classes: the ten colours of load.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::Engine;

/// The class of a wait event: one colour and hatch on every chart. The names are PostgreSQL's wait
/// event types (<https://www.postgresql.org/docs/current/monitoring-stats.html#WAIT-EVENT-TABLE>);
/// events of other engines are mapped to them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum WaitClass {
    /// Working, or active with no wait reported.
    Cpu,
    /// Reading or writing files.
    Io,
    /// Waiting for the client or the network.
    Client,
    /// Light-weight locks and other short internal locks.
    LwLock,
    /// Waiting for another server process.
    Ipc,
    /// Heavy-weight locks: rows, tables, transactions, advisory.
    Lock,
    /// Background processes in their main loop.
    Activity,
    /// Sleeping on purpose: vacuum delay, `pg_sleep`.
    Timeout,
    /// Waiting to pin a buffer.
    BufferPin,
    /// Waits an extension defines.
    Extension,
}

impl WaitClass {
    /// Every class in stack order, from the bottom of a chart.
    pub const ALL: [Self; 10] = [
        Self::Cpu,
        Self::Io,
        Self::Client,
        Self::LwLock,
        Self::Ipc,
        Self::Lock,
        Self::Activity,
        Self::Timeout,
        Self::BufferPin,
        Self::Extension,
    ];

    /// Lower-case name in class names and JSON: `cpu`, `lwlock`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Cpu => "cpu",
            Self::Io => "io",
            Self::Client => "client",
            Self::LwLock => "lwlock",
            Self::Ipc => "ipc",
            Self::Lock => "lock",
            Self::Activity => "activity",
            Self::Timeout => "timeout",
            Self::BufferPin => "bufferpin",
            Self::Extension => "extension",
        }
    }

    /// The field's spelling: `CPU`, `I/O`, `LWLock`.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Cpu => "CPU",
            Self::Io => "I/O",
            Self::Client => "Client",
            Self::LwLock => "LWLock",
            Self::Ipc => "IPC",
            Self::Lock => "Lock",
            Self::Activity => "Activity",
            Self::Timeout => "Timeout",
            Self::BufferPin => "BufferPin",
            Self::Extension => "Extension",
        }
    }

    /// The class of a wait event or a wait event type as Performance Insights names it
    /// (`Lock:transactionid`, `IO`, `wait/io/table/sql/handler`, `CPU`). Unknown types are
    /// [`WaitClass::Extension`]: a class of their own rather than a wrong one.
    #[must_use]
    pub fn of_event(name: &str, engine: Engine) -> Self {
        match engine {
            Engine::MySql | Engine::MariaDb => Self::of_mysql_event(name),
            _ => Self::of_type(name.split(':').next().unwrap_or(name)),
        }
    }

    fn of_type(wait_type: &str) -> Self {
        match wait_type.to_ascii_lowercase().as_str() {
            "cpu" => Self::Cpu,
            "io" | "i/o" | "user i/o" | "system i/o" => Self::Io,
            "client" | "network" => Self::Client,
            "lwlock" | "lwlocknamed" | "lwlocktranche" | "concurrency" | "latch" => Self::LwLock,
            "ipc" | "cluster" => Self::Ipc,
            "lock" | "application" => Self::Lock,
            "activity" | "idle" => Self::Activity,
            "timeout" => Self::Timeout,
            "bufferpin" => Self::BufferPin,
            _ => Self::Extension,
        }
    }

    /// `performance_schema` instruments: <https://dev.mysql.com/doc/refman/8.4/en/performance-schema-instrument-naming.html>
    fn of_mysql_event(name: &str) -> Self {
        let name = name.to_ascii_lowercase();
        let path = name.strip_prefix("wait/").unwrap_or(&name);
        if path == "cpu" {
            Self::Cpu
        } else if path.starts_with("io/socket") {
            Self::Client
        } else if path.starts_with("io/lock") || path.starts_with("lock") || path.contains("innodb_row_lock") {
            Self::Lock
        } else if path.starts_with("io") {
            Self::Io
        } else if path.starts_with("synch") {
            Self::LwLock
        } else if path.starts_with("idle") {
            Self::Activity
        } else {
            Self::Extension
        }
    }
}

impl fmt::Display for WaitClass {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_find_their_class() {
        for (name, engine, expected) in [
            ("CPU", Engine::Postgres, WaitClass::Cpu),
            ("Lock:transactionid", Engine::Postgres, WaitClass::Lock),
            ("IO:DataFileRead", Engine::Postgres, WaitClass::Io),
            ("LWLock:WALWrite", Engine::Postgres, WaitClass::LwLock),
            ("wait/io/table/sql/handler", Engine::MySql, WaitClass::Io),
            ("wait/lock/metadata/sql/mdl", Engine::MariaDb, WaitClass::Lock),
            ("wait/synch/mutex/innodb/trx_mutex", Engine::MariaDb, WaitClass::LwLock),
            ("wait/io/socket/sql/client_connection", Engine::MySql, WaitClass::Client),
            ("something new", Engine::Postgres, WaitClass::Extension),
        ] {
            assert_eq!(WaitClass::of_event(name, engine), expected, "{name}");
        }
    }
}
