//! Which buckets are known, and why others are not.

use serde::{Deserialize, Serialize};

use crate::Timestamp;

/// How much of one bucket was obtained.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BucketCover {
    /// All of it.
    Full,
    /// A part: values are averages over what there is.
    Partial,
    /// Nothing, and it will not come.
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
    /// Not collected yet; a back-fill may bring it.
    NotCollected,
    /// Older than the source keeps, and nobody collected it in time.
    OutsideRetention,
    /// The call failed; the text is ours, for the reader.
    Failed(String),
    /// A stored block failed its checksum and was left out.
    Damaged,
}

/// Coverage of a series, a bucket at a time.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Coverage {
    /// One entry a bucket.
    pub buckets: Vec<BucketCover>,
    /// End of the newest bucket that was answered, over all time; `None` when none ever was.
    pub collected_to: Option<Timestamp>,
    /// Reasons of the missing buckets, each once.
    pub reasons: Vec<GapReason>,
}

impl Coverage {
    /// The first bucket with data, when everything that is missing lies before it and the source says
    /// that it had nothing then: the window reaches back beyond the first measurement.
    #[must_use]
    pub fn begins_at(&self) -> Option<usize> {
        let known = |cover: &BucketCover| matches!(cover, BucketCover::Full | BucketCover::Partial);
        let first = self.buckets.iter().position(known).filter(|first| *first > 0)?;
        let is_whole_after = self.buckets.iter().skip(first).all(|cover| *cover != BucketCover::Missing);
        let is_silent = !self.reasons.is_empty() && self.reasons.iter().all(|reason| *reason == GapReason::NoSamples);
        (is_whole_after && is_silent).then_some(first)
    }

    /// Share of buckets that are full or partial among those that are not pending, 0 to 1; `None`
    /// when every bucket is pending.
    #[must_use]
    pub fn share(&self) -> Option<f64> {
        let due = self.buckets.iter().filter(|cover| **cover != BucketCover::Pending).count();
        let known =
            self.buckets.iter().filter(|cover| matches!(cover, BucketCover::Full | BucketCover::Partial)).count();
        #[expect(clippy::cast_precision_loss, reason = "bucket counts are below 2^52")]
        let share = known as f64 / due as f64;
        (due > 0).then_some(share)
    }
}

#[cfg(test)]
mod tests {
    use super::BucketCover::{Full, Missing, Partial, Pending};
    use super::*;

    #[test]
    fn data_begins_where_nothing_is_missing_any_more() {
        let begins = |buckets: &[BucketCover], reason: GapReason| {
            Coverage { buckets: buckets.to_vec(), collected_to: None, reasons: vec![reason] }.begins_at()
        };
        assert_eq!(begins(&[Missing, Missing, Partial, Full, Pending], GapReason::NoSamples), Some(2));
        assert_eq!(begins(&[Missing, Full, Missing, Full], GapReason::NoSamples), None);
        assert_eq!(begins(&[Missing, Full], GapReason::NotCollected), None);
        assert_eq!(begins(&[Full, Full], GapReason::NoSamples), None);
        assert_eq!(begins(&[Missing, Pending], GapReason::NoSamples), None);
    }
}
