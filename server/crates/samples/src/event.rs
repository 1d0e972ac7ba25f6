//! Marks on the time axis.

use serde::{Deserialize, Serialize};
use units::{ResourceId, Timestamp};

/// Something that happened at one point in time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Marker {
    /// When.
    pub at: Timestamp,
    /// What sort.
    pub kind: MarkerKind,
    /// The instance it belongs to; `None` concerns all of them (a deploy).
    pub instance: Option<ResourceId>,
    /// Text beside it.
    pub label: String,
}

/// Sorts of markers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MarkerKind {
    /// A deploy that was announced to us.
    Deploy,
    /// An event of RDS: failover, restart, parameter change.
    RdsEvent,
}

impl MarkerKind {
    /// Stable name in the archive.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Deploy => "deploy",
            Self::RdsEvent => "rds_event",
        }
    }
}
