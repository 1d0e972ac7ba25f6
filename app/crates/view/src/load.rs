//! DB load: the stacked chart of a database page.

use serde::{Deserialize, Serialize};
use units::{Aas, Dimension, Timestamp, WaitClass};

use crate::{Axis, BlockedChip, Coverage, Source, Trouble};

/// DB load of one instance in one window, stacked by one dimension.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LoadView {
    /// Time axis.
    pub axis: Axis,
    /// What the layers are.
    pub slice: Dimension,
    /// Layers from the bottom. Their sum plus [`LoadView::remainder`] is [`LoadView::total`].
    pub layers: Vec<Layer>,
    /// Load that no layer holds (beyond the top of the dimension, or unattributed), a bucket each.
    pub remainder: Option<Layer>,
    /// Total AAS a bucket; `None` is a gap.
    pub total: Vec<Option<f64>>,
    /// Mean over the known buckets, weighted by their length.
    pub mean: Option<Aas>,
    /// Highest bucket.
    pub peak: Option<Peak>,
    /// 99th percentile over known buckets.
    pub p99: Option<Aas>,
    /// Newest complete bucket.
    pub now: Option<Aas>,
    /// Capacity.
    pub vcpu: VcpuLine,
    /// The compare window, moved onto this axis.
    pub ghost: Option<Ghost>,
    /// Deploys, events, alarms.
    pub markers: Vec<Marker>,
    /// Chips that could not be applied.
    #[serde(default)]
    pub blocked: Vec<BlockedChip>,
    /// Which buckets are known.
    pub coverage: Coverage,
    /// What keeps the newest buckets from being read; `None` when nothing fails or all are read.
    pub behind: Option<Trouble>,
    /// Where it comes from.
    pub source: Source,
}

/// The highest bucket of a window.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Peak {
    /// Start of the bucket.
    pub at: Timestamp,
    /// Its load.
    pub aas: Aas,
}

/// One layer of the stack.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Layer {
    /// Value for a filter: a wait event name, a digest id, a user …
    pub key: String,
    /// What the reader sees.
    pub label: String,
    /// Wait class, when the slice is wait or wait type: decides colour and hatch.
    pub class: Option<WaitClass>,
    /// Mean AAS in the window.
    pub mean: Aas,
    /// AAS a bucket; `None` is a gap, never 0.
    pub values: Vec<Option<f64>>,
}

/// The capacity line.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum VcpuLine {
    /// Number of vCPUs, and where the number comes from (`os.general.numVCPUs`, instance class).
    Known {
        /// Count.
        vcpus: f64,
        /// Origin, for the tooltip.
        origin: String,
    },
    /// No line, and why.
    Unknown {
        /// Reason.
        reason: String,
    },
}

impl VcpuLine {
    /// The number, when known.
    #[must_use]
    pub const fn vcpus(&self) -> Option<f64> {
        match self {
            Self::Known { vcpus, .. } => Some(*vcpus),
            Self::Unknown { .. } => None,
        }
    }
}

/// Total load of the compare window, drawn as a dotted line.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Ghost {
    /// Seconds the compare window lies earlier.
    pub earlier_secs: i64,
    /// Total AAS a bucket of this axis.
    pub total: Vec<Option<f64>>,
    /// Mean of the compare window.
    pub mean: Option<Aas>,
}

/// A mark on the time axis.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Marker {
    /// When.
    pub at: Timestamp,
    /// What sort.
    pub kind: MarkerKind,
    /// Text beside it.
    pub label: String,
}

/// Sorts of markers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MarkerKind {
    /// A deploy that was announced to us.
    Deploy,
    /// An event of RDS: failover, restart, parameter change.
    RdsEvent,
    /// An alarm went off.
    Alarm,
    /// An alarm went back to OK.
    AlarmOk,
}
