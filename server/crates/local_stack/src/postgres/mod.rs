//! A private PostgreSQL cluster: found, initialised, started, stopped.

pub(crate) mod account;
mod binaries;
mod cluster;
pub(crate) mod place;
mod settings;

use std::path::{Path, PathBuf};
use std::time::Duration;

pub use binaries::{Binaries, find_binaries};
pub use cluster::Postgres;
pub use settings::Durability;

/// The server writes a plan for every statement of ten milliseconds: beyond this the log begins anew.
const MOST_LOG_BYTES: u64 = 32 << 20;
/// How often its size is looked at.
const LOG_LOOK: Duration = Duration::from_secs(10);

/// Cuts the log of a running server whenever it has become long. The server appends, so it goes on
/// at the begin of the file.
pub(crate) async fn keep_log_short(log: PathBuf) {
    loop {
        tokio::time::sleep(LOG_LOOK).await;
        if let Err(error) = cut_if_long(&log, MOST_LOG_BYTES) {
            tracing::warn!(log = %log.display(), %error, "postgres.log_not_cut");
        }
    }
}

fn cut_if_long(log: &Path, most_bytes: u64) -> std::io::Result<()> {
    if std::fs::metadata(log)?.len() > most_bytes {
        std::fs::File::options().write(true).open(log)?.set_len(0)?;
    }
    Ok(())
}

/// What to start.
#[derive(Debug, Clone)]
pub struct PostgresConfig {
    /// Folder of this cluster: `data/`, `postgres.log`, `password`, `lock`. Made when missing;
    /// a cluster found there is started again with its contents.
    pub root: PathBuf,
    /// Folder with `postgres` and `initdb`; `None` looks in the usual places.
    pub bin_dir: Option<PathBuf>,
    /// TCP port on 127.0.0.1; 0 picks a free one.
    pub port: u16,
    /// Whether a crash of the machine may lose data.
    pub durability: Durability,
    /// Further settings, as `name=value` of `postgresql.conf`; they win over ours.
    pub settings: Vec<(String, String)>,
}

impl PostgresConfig {
    /// A cluster in `root` on a free port, durable.
    pub fn new(root: impl Into<PathBuf>) -> Self {
        Self { root: root.into(), bin_dir: None, port: 0, durability: Durability::Durable, settings: Vec::new() }
    }

    /// The same for a test: nothing is flushed to disk, start and stop are quick.
    pub fn for_test(root: impl Into<PathBuf>) -> Self {
        Self { durability: Durability::None, ..Self::new(root) }
    }
}

/// Why a cluster could not be started. Each message is one line that says what to do.
#[derive(Debug, thiserror::Error)]
pub enum PostgresError {
    /// No server binaries.
    #[error(
        "no PostgreSQL server found (looked in {looked_in}); install it, on Debian and Ubuntu with `apt-get install postgresql`"
    )]
    NotInstalled {
        /// Places that were searched.
        looked_in: String,
    },
    /// We are root and there is no other account to run it as.
    #[error(
        "a database refuses to run as root and neither its own account nor `nobody` is in /etc/passwd; run as an ordinary user"
    )]
    NoAccount,
    /// The account cannot reach the folder.
    #[error(
        "the account `{account}` that the database runs as cannot reach {folder} (a folder above it is private); choose another folder, for example below /var/tmp"
    )]
    Unreachable {
        /// Name of the account.
        account: String,
        /// The folder that stops it.
        folder: PathBuf,
    },
    /// Another live process owns this cluster.
    #[error("the database folder {root} is in use by another running process; stop it or choose another folder")]
    InUse {
        /// Folder of the cluster.
        root: PathBuf,
    },
    /// `initdb` failed.
    #[error("could not initialise a PostgreSQL cluster in {root}: {reason}")]
    Init {
        /// Folder of the cluster.
        root: PathBuf,
        /// Last line it wrote.
        reason: String,
    },
    /// The server ended or did not become ready.
    #[error("PostgreSQL did not start: {reason} (log: {log})")]
    Start {
        /// Last error line of its log.
        reason: String,
        /// Its log.
        log: PathBuf,
    },
    /// The cluster was made by another major version.
    #[error(
        "the cluster in {root} was made by PostgreSQL {found}, the binaries are {ours}; choose another folder or remove it"
    )]
    Version {
        /// Folder of the cluster.
        root: PathBuf,
        /// Major version written in the cluster.
        found: String,
        /// Major version of the binaries.
        ours: String,
    },
    /// Files could not be read or written.
    #[error("{action} {path}: {source}")]
    Io {
        /// What was being done.
        action: &'static str,
        /// To what.
        path: PathBuf,
        /// Why it failed.
        source: std::io::Error,
    },
}

impl PostgresError {
    pub(crate) fn io(action: &'static str, path: impl Into<PathBuf>) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.into();
        move |source| Self::Io { action, path, source }
    }
}
