//! Two windows side by side.

use serde::{Deserialize, Serialize};
use units::{Aas, DigestId, Dimension, ResourceId, WaitClass, Window};

use crate::{ChangePart, Coverage, InstanceFacts, Source};

/// What differs between two windows, of one instance or of two.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CompareView {
    /// The earlier, or left, side.
    pub before: CompareSide,
    /// The later, or right, side.
    pub after: CompareSide,
    /// Digests by size of their change; like [`Self::dimensions`] empty when nothing is known of a side.
    pub digests: Vec<CompareDigest>,
    /// Change of all digests that have no row.
    pub digests_rest: f64,
    /// Other dimensions: waits, users, hosts, applications, databases.
    pub dimensions: Vec<CompareDimension>,
    /// Where it comes from.
    pub source: Source,
}

/// One side.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CompareSide {
    /// The instance.
    pub instance: InstanceFacts,
    /// The window.
    pub window: Window,
    /// Mean load; `None` when nothing is known.
    pub mean: Option<Aas>,
    /// Highest bucket.
    pub peak: Option<Aas>,
    /// Which buckets are known.
    pub coverage: Coverage,
}

/// How a digest changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChangeKind {
    /// Only after.
    New,
    /// Only before.
    Gone,
    /// More load and slower calls.
    Regressed,
    /// Less load and faster calls.
    Improved,
    /// More load at about the same latency, or calls are not known.
    More,
    /// Less load at about the same latency, or calls are not known.
    Less,
}

/// One digest on both sides.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CompareDigest {
    /// The digest.
    pub digest: DigestId,
    /// Normal form, shortened.
    pub statement: String,
    /// How it changed.
    pub kind: ChangeKind,
    /// Load before.
    pub before: Aas,
    /// Load after.
    pub after: Aas,
    /// Calls per second before and after.
    pub calls: (Option<f64>, Option<f64>),
    /// Milliseconds per call before and after.
    pub ms: (Option<f64>, Option<f64>),
    /// The change taken apart; sums to it.
    pub parts: Vec<ChangePart>,
}

impl CompareDigest {
    /// AAS more (or less).
    #[must_use]
    pub fn change(&self) -> f64 {
        self.after.0 - self.before.0
    }
}

/// One dimension on both sides. Rows and rest sum to the change of the total.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CompareDimension {
    /// The dimension.
    pub dimension: Dimension,
    /// Values by size of their change.
    pub rows: Vec<CompareRow>,
    /// Change of everything without a row.
    pub rest: f64,
}

/// One value on both sides.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CompareRow {
    /// The value.
    pub key: String,
    /// Wait class, on wait dimensions.
    pub class: Option<WaitClass>,
    /// Load before.
    pub before: Aas,
    /// Load after.
    pub after: Aas,
}

/// Thirty minutes before and after a deploy, in short.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DeployCard {
    /// The instance.
    pub instance: ResourceId,
    /// What was deployed.
    pub label: String,
    /// Half an hour before, half an hour after.
    pub windows: (Window, Window),
    /// Mean load before and after; `None` when not known.
    pub mean: (Option<Aas>, Option<Aas>),
    /// The digests that changed most.
    pub digests: Vec<CompareDigest>,
}
