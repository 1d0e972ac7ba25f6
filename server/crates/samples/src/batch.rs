//! What one answer of AWS brought, ready for the archive.

use serde::{Deserialize, Serialize};
use units::{Period, ResourceId, Timestamp, Window};

use crate::{Grouping, MetricName, StatementStat};

/// A value and the start of the bucket it stands for.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Point {
    /// Start of the bucket, a multiple of the period.
    pub at: Timestamp,
    /// The value, finite.
    pub value: f64,
}

/// One series of a grouping.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LoadSeries {
    /// Key of the grouped dimension ([`Grouping`]); at most [`LoadSeries::MAX_KEY_BYTES`].
    pub key: String,
    /// AAS of the buckets that have any, ascending. A bucket that [`LoadBatch::total`] has and this
    /// lacks is a true zero.
    pub points: Vec<Point>,
}

impl LoadSeries {
    /// Performance Insights returns at most 500 bytes an element; keys are ids or names.
    pub const MAX_KEY_BYTES: usize = 500;
}

/// DB load of one instance by one grouping. // `db.load.avg`
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LoadBatch {
    /// The instance.
    pub instance: ResourceId,
    /// What was asked for.
    pub grouping: Grouping,
    /// Width of a bucket.
    pub period: Period,
    /// The buckets the source answered for, aligned to the period. Inside, a bucket without a point
    /// in [`LoadBatch::total`] had no samples; outside, nothing is known.
    pub answered: Window,
    /// Total AAS of what passes the filter.
    pub total: Vec<Point>,
    /// Series of the group, at most 25 (the limit of Performance Insights); what lacks to the total
    /// is load outside the top of the dimension.
    pub series: Vec<LoadSeries>,
}

/// One counter metric of one instance.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CounterBatch {
    /// The instance.
    pub instance: ResourceId,
    /// The metric, unit as the vendor gives it.
    pub metric: MetricName,
    /// Width of a bucket.
    pub period: Period,
    /// The buckets the source answered for; see [`LoadBatch::answered`].
    pub answered: Window,
    /// Values, ascending. What an absent one means is in the tier catalogue.
    pub points: Vec<Point>,
}

/// One statement statistic of one instance, a series a digest.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StatisticBatch {
    /// The instance.
    pub instance: ResourceId,
    /// The statistic, in our unit.
    pub stat: StatementStat,
    /// Width of a bucket.
    pub period: Period,
    /// The buckets the source answered for.
    pub answered: Window,
    /// (`db.sql_tokenized.id`, values). An absent value is not known: the digest was outside the
    /// top, or not called.
    pub series: Vec<LoadSeries>,
}

/// Anything the archive appends.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Batch {
    /// DB load.
    Load(LoadBatch),
    /// A counter metric.
    Counter(CounterBatch),
    /// A statement statistic.
    Statistic(StatisticBatch),
}

impl Batch {
    /// The instance it is about.
    #[must_use]
    pub const fn instance(&self) -> &ResourceId {
        match self {
            Self::Load(batch) => &batch.instance,
            Self::Counter(batch) => &batch.instance,
            Self::Statistic(batch) => &batch.instance,
        }
    }

    /// Width of its buckets.
    #[must_use]
    pub const fn period(&self) -> Period {
        match self {
            Self::Load(batch) => batch.period,
            Self::Counter(batch) => batch.period,
            Self::Statistic(batch) => batch.period,
        }
    }

    /// The buckets it answers for.
    #[must_use]
    pub const fn answered(&self) -> Window {
        match self {
            Self::Load(batch) => batch.answered,
            Self::Counter(batch) => batch.answered,
            Self::Statistic(batch) => batch.answered,
        }
    }
}
