//! What can go wrong at rest.

use std::path::PathBuf;

/// Why the archive did not do what was asked, by what the caller can do about it.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Another process has the archive open.
    #[error("{path} is in use by {}; stop it first, or choose another data directory", holder(*pid))]
    Locked {
        /// The lock file.
        path: PathBuf,
        /// Process id of the holder, when its file says.
        pid: Option<u32>,
    },
    /// Written by a newer release.
    #[error("{path} has format {found}, this release reads up to {known}; use the newer release that wrote it")]
    TooNew {
        /// The database file.
        path: PathBuf,
        /// Format found.
        found: u32,
        /// Newest format we read.
        known: u32,
    },
    /// The file system refused.
    #[error("{path}: {source}")]
    Io {
        /// What was touched.
        path: PathBuf,
        /// The system's words.
        source: std::io::Error,
    },
    /// No space left: nothing was acknowledged; what was before is safe.
    #[error("no space left on the disk of the archive")]
    DiskFull,
    /// SQLite refused.
    #[error("archive: {0}")]
    Database(#[source] rusqlite::Error),
    /// A batch of a period that is not kept.
    #[error("a period of {0} s is not one of 1, 60, 300, 3600 and 86400")]
    Period(u32),
    /// A batch holds a value that is no number, or a bucket outside of what it answers for.
    #[error("a batch for {instance} was rejected: {what}")]
    Invalid {
        /// The instance.
        instance: String,
        /// What is wrong with it.
        what: &'static str,
    },
}

fn holder(pid: Option<u32>) -> String {
    pid.map_or_else(|| "another process".to_owned(), |pid| format!("process {pid}"))
}

impl From<rusqlite::Error> for Error {
    fn from(error: rusqlite::Error) -> Self {
        match error.sqlite_error_code() {
            Some(rusqlite::ErrorCode::DiskFull) => Self::DiskFull,
            _ => Self::Database(error),
        }
    }
}

/// Results of this crate.
pub type Result<T> = std::result::Result<T, Error>;
