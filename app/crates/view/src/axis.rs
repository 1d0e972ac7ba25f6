//! The time axis that every chart of a page shares.

use serde::{Deserialize, Serialize};
use units::{Period, Timestamp, Window};

/// From `from` on, local time is UTC plus `offset_secs`. Sent with the view so that the browser
/// draws the same labels as the server without a time-zone database.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OffsetChange {
    /// First instant the offset holds.
    pub from: Timestamp,
    /// Seconds to add to UTC, −50400 to 50400.
    pub offset_secs: i32,
}

/// A time axis: a window in equal buckets, and the zone its labels are printed in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Axis {
    /// The window, aligned to whole buckets.
    pub window: Window,
    /// Width of a bucket.
    pub period: Period,
    /// Zone as printed: `UTC`, `Europe/Berlin`.
    pub zone: String,
    /// Offsets that hold in the window, ascending; empty means UTC.
    pub offsets: Vec<OffsetChange>,
}

impl Axis {
    /// Number of buckets.
    #[must_use]
    pub fn len(&self) -> usize {
        usize::try_from(self.window.secs() / i64::from(self.period.secs())).unwrap_or(0)
    }

    /// Whether the window holds no bucket.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The start of bucket `bucket`.
    #[must_use]
    pub fn start_of(&self, bucket: usize) -> Timestamp {
        self.window
            .from
            .plus_secs(i64::try_from(bucket).unwrap_or(i64::MAX / 86_400).saturating_mul(i64::from(self.period.secs())))
    }

    /// The bucket that holds `at`; `None` outside of the window.
    #[must_use]
    pub fn bucket_of(&self, at: Timestamp) -> Option<usize> {
        let ms = self.window.contains(at).then_some(at.0 - self.window.from.0)?;
        usize::try_from(ms / (i64::from(self.period.secs()) * 1000)).ok()
    }

    /// Seconds to add to UTC at `at` for the printed zone.
    #[must_use]
    pub fn offset_at(&self, at: Timestamp) -> i32 {
        self.offsets
            .iter()
            .rev()
            .find(|change| change.from <= at)
            .or(self.offsets.first())
            .map_or(0, |change| change.offset_secs)
    }
}
