//! Counter metrics: small line charts on the axis of the load chart.

use serde::{Deserialize, Serialize};

use crate::{Axis, Source};

/// Strips of counter metrics.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CountersView {
    /// The axis all strips share.
    pub axis: Axis,
    /// Strips in reading order.
    pub strips: Vec<CounterStrip>,
    /// Where they come from.
    pub source: Source,
}

/// One counter.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CounterStrip {
    /// The vendor's metric name: `CPUUtilization`, `db.Transactions.xact_commit.avg`.
    pub metric: String,
    /// What the reader sees.
    pub label: String,
    /// Unit as printed: `%`, `/s`, `B`, empty for a count.
    pub unit: String,
    /// A value a bucket; `None` is a gap.
    pub values: Vec<Option<f64>>,
    /// Mean over known buckets.
    pub mean: Option<f64>,
    /// Newest known value.
    pub last: Option<f64>,
    /// Mean in the compare window.
    pub mean_before: Option<f64>,
    /// A limit to print beside it, such as `max_connections`.
    pub limit: Option<f64>,
    /// The count behind a rate over the window, where every bucket is known: requests, errors.
    #[serde(default)]
    pub count: Option<f64>,
}
