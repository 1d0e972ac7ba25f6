//! Which buckets are known, and why others are not.

use serde::{Deserialize, Serialize};
use units::Timestamp;

/// How much of one bucket is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BucketCover {
    /// All of it.
    Full,
    /// A part: values are averages over what there is.
    Partial,
    /// Nothing.
    Missing,
    /// Nothing yet: at or after the end of what is collected.
    Pending,
}

/// Why buckets are missing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GapReason {
    /// The source answered and had nothing: the instance was off, or not sampled.
    NoSamples,
    /// Not collected; a back-fill may still bring it.
    NotCollected,
    /// Older than the source keeps, and not collected in time.
    OutsideRetention,
    /// A call failed; our words, for the reader.
    Failed(String),
    /// A stored block failed its checksum and was left out.
    Damaged,
}

/// Coverage of a matrix, a bucket at a time.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cover {
    /// One entry a bucket.
    pub buckets: Vec<BucketCover>,
    /// End of the newest bucket that was answered, over all time; `None` when none ever was.
    pub collected_to: Option<Timestamp>,
    /// Reasons of the missing buckets, each once.
    pub reasons: Vec<GapReason>,
}
