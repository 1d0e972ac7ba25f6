//! What the archive answers: buckets in columns, keys in rows.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use units::{Period, ResourceId, Window};

use crate::{Coverage, MetricName, StatementStat};

/// One row of a matrix.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct KeyedSeries {
    /// Key of the grouped dimension.
    pub key: String,
    /// A value a bucket. `None` is a gap; 0 was measured.
    pub values: Vec<Option<f64>>,
}

/// DB load by one grouping, in equal buckets.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LoadMatrix {
    /// The window, aligned outwards to whole buckets.
    pub window: Window,
    /// Width of a bucket.
    pub period: Period,
    /// Which buckets are known.
    pub cover: Coverage,
    /// Seconds covered of each bucket, 0 to the period: the weight of its values.
    pub covered_secs: Vec<u32>,
    /// Rows by falling sum. What lacks to the total is load outside the top of the dimension.
    pub series: Vec<KeyedSeries>,
    /// Total AAS of what passes the filter.
    pub total: Vec<Option<f64>>,
}

/// One counter metric in equal buckets.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CounterSeries {
    /// The metric.
    pub metric: MetricName,
    /// A value a bucket; `None` is a gap.
    pub values: Vec<Option<f64>>,
    /// Which buckets are known.
    pub cover: Coverage,
}

/// Counter metrics in equal buckets.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CounterMatrix {
    /// The window, aligned outwards to whole buckets.
    pub window: Window,
    /// Width of a bucket.
    pub period: Period,
    /// One entry for each metric asked for, in that order.
    pub series: Vec<CounterSeries>,
}

/// Statement statistics over a window.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct StatementStats {
    /// Per `db.sql_tokenized.id` and statistic: the integral over the window, i.e. rate × covered
    /// seconds: calls, milliseconds, rows.
    pub sums: BTreeMap<String, BTreeMap<StatementStat, f64>>,
    /// Seconds of the window that were answered for (the divisor for a rate).
    pub covered_secs: BTreeMap<StatementStat, u32>,
}

impl StatementStats {
    /// The integral of one statistic of one digest; `None` when the digest had no value.
    #[must_use]
    pub fn sum(&self, pi_id: &str, stat: StatementStat) -> Option<f64> {
        self.sums.get(pi_id)?.get(&stat).copied()
    }

    /// The mean rate per second of one statistic of one digest.
    #[must_use]
    pub fn rate(&self, pi_id: &str, stat: StatementStat) -> Option<f64> {
        let secs = self.covered_secs.get(&stat).copied().filter(|secs| *secs > 0)?;
        Some(self.sum(pi_id, stat)? / f64::from(secs))
    }
}

/// Total load of every instance, for the fleet page.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FleetTotals {
    /// Load by wait event type of each instance that has any stored for the window.
    pub instances: BTreeMap<ResourceId, LoadMatrix>,
}
