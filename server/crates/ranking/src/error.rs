//! Why nothing could be ranked at all. Missing data is no error: panels carry it.

use units::TimeRangeError;

/// Why a question could not be answered, by what the caller can do about it.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// No instance of that id or name.
    #[error("no instance is called '{0}'")]
    UnknownInstance(String),
    /// No app of that name.
    #[error("no app is called '{0}'")]
    UnknownApp(String),
    /// No tier of that name in the app.
    #[error("the app has no tier '{0}'")]
    UnknownTier(String),
    /// Several instances (of different regions or accounts) share a name: ask by id.
    #[error("several instances are called '{name}': {}", ids.join(", "))]
    AmbiguousName {
        /// The name.
        name: String,
        /// Their ids.
        ids: Vec<String>,
    },
    /// The time range makes no sense.
    #[error(transparent)]
    Range(#[from] TimeRangeError),
    /// The archive could not be read.
    #[error(transparent)]
    Archive(#[from] archive::Error),
    /// The work was cut off: the server is going down.
    #[error("the work was cut off")]
    CutOff,
}

/// Results of this crate.
pub type Result<T> = std::result::Result<T, Error>;
