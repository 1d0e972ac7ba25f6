//! Coverage as the archive tells it, as pages show it.

use samples::{BucketCover, Cover, GapReason};
use view::Coverage;

/// Coverage of a page.
#[must_use]
pub fn coverage_of(cover: &Cover) -> Coverage {
    Coverage {
        buckets: cover.buckets.iter().map(|bucket| bucket_of(*bucket)).collect(),
        collected_to: cover.collected_to,
        reasons: cover.reasons.iter().map(reason_of).collect(),
    }
}

const fn bucket_of(cover: BucketCover) -> view::BucketCover {
    match cover {
        BucketCover::Full => view::BucketCover::Full,
        BucketCover::Partial => view::BucketCover::Partial,
        BucketCover::Missing => view::BucketCover::Missing,
        BucketCover::Pending => view::BucketCover::Pending,
    }
}

fn reason_of(reason: &GapReason) -> view::GapReason {
    match reason {
        GapReason::NoSamples => view::GapReason::NoSamples,
        GapReason::NotCollected => view::GapReason::NotCollected,
        GapReason::OutsideRetention => view::GapReason::OutsideRetention,
        GapReason::Failed(why) => view::GapReason::Failed(why.clone()),
        GapReason::Damaged => view::GapReason::Failed("a stored block was damaged and is left out".to_owned()),
    }
}
