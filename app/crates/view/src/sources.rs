//! What is collected, up to when, and what fails.

use serde::{Deserialize, Serialize};
use units::{ResourceId, Timestamp};

use crate::Trouble;

/// The page of sources.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct SourcesView {
    /// One line a source: those of the whole account first, then one an instance, by name.
    pub lines: Vec<SourceLine>,
    /// Bytes of the archive on the disk.
    pub archive_bytes: u64,
}

/// One source.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SourceLine {
    /// As AWS calls it: `Performance Insights`.
    pub source: String,
    /// The instance it belongs to: id and name; none for sources of the whole account.
    pub instance: Option<(ResourceId, String)>,
    /// Everything before this is collected.
    pub collected_to: Option<Timestamp>,
    /// Last time it answered.
    pub succeeded_at: Option<Timestamp>,
    /// Why it gives nothing now; none when it answers.
    pub trouble: Option<Trouble>,
    /// The cause in one line, in the collector's words; empty when it answers.
    pub said: String,
    /// Since when it fails or answers.
    pub since: Option<Timestamp>,
    /// Attempts that failed in a row.
    pub failures: u32,
    /// Questions it refused, in its own words.
    pub notes: Vec<String>,
    /// Share of the past that is collected, 0 to 1, while a back-fill runs.
    pub filling: Option<f64>,
    /// Comes from a seeded world instead of a measured one.
    pub simulated: bool,
}
