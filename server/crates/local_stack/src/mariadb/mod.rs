//! A private MariaDB server, and a bookshop's statements running on it.

mod server;
mod shop;
mod workload;

use std::path::PathBuf;

pub use server::MariaDb;
pub use workload::Workload;

use crate::postgres::{Durability, PostgresError};

/// What to start.
#[derive(Debug, Clone)]
pub struct MariaDbConfig {
    /// Folder of this server: `data/`, `mariadb.log`, `password`, `lock`. Made when missing; data
    /// found there is used again.
    pub root: PathBuf,
    /// TCP port on 127.0.0.1; 0 picks a free one.
    pub port: u16,
    /// Whether a crash of the machine may lose data.
    pub durability: Durability,
    /// Further options of `mariadbd`, `name=value` or a bare name; they win over ours.
    pub options: Vec<String>,
}

impl MariaDbConfig {
    /// A server in `root` on a free port, durable.
    pub fn new(root: impl Into<PathBuf>) -> Self {
        Self { root: root.into(), port: 0, durability: Durability::Durable, options: Vec::new() }
    }

    /// The same for a test: nothing is flushed to disk.
    pub fn for_test(root: impl Into<PathBuf>) -> Self {
        Self { durability: Durability::None, ..Self::new(root) }
    }
}

/// Why a server could not be started, or used. Each message is one line that says what to do.
#[derive(Debug, thiserror::Error)]
pub enum MariaDbError {
    /// No server binaries.
    #[error(
        "no MariaDB server found (looked for {looked_for}); install it, on Debian and Ubuntu with `apt-get install mariadb-server`"
    )]
    NotInstalled {
        /// Programs that were searched.
        looked_for: &'static str,
    },
    /// The folder, the account or the port cannot be had.
    #[error(transparent)]
    Place(#[from] PostgresError),
    /// `mariadb-install-db` failed.
    #[error("could not initialise a MariaDB data folder in {root}: {reason}")]
    Init {
        /// Folder of the server.
        root: PathBuf,
        /// Last line it wrote.
        reason: String,
    },
    /// The server ended or did not become ready.
    #[error("MariaDB did not start: {reason} (log: {log})")]
    Start {
        /// Last error line of its log.
        reason: String,
        /// Its log.
        log: PathBuf,
    },
    /// The shop's tables could not be made.
    #[error("the bookshop on MariaDB: {0}")]
    Shop(String),
}
