//! What a section of a block is about.

use samples::{Batch, Grouping, MetricName, StatementStat};
use serde::{Deserialize, Serialize};
use units::Dimension;

/// The identity of a stream: stored once in table `stream` as JSON, named by its row number in
/// blocks.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Stream {
    /// DB load by a grouping; a series a key, and the total under key id 0.
    Load(Grouping),
    /// A counter metric; its values under key id 0.
    Counter(MetricName),
    /// A statement statistic; a series a digest.
    Statistic(StatementStat),
}

/// Streams that are read together lie in one block.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Part {
    /// Load by wait event type with the total: all the fleet page needs.
    Totals = 0,
    /// Load by the other dimensions.
    Load = 1,
    /// Filtered load, such as SQL of one wait type.
    Filtered = 2,
    /// Statement statistics.
    Statistics = 3,
    /// Counter metrics.
    Counters = 4,
}

impl Part {
    pub(crate) const fn number(self) -> u8 {
        self as u8
    }
}

impl Stream {
    pub(crate) fn of(batch: &Batch) -> Self {
        match batch {
            Batch::Load(load) => Self::Load(load.grouping.clone()),
            Batch::Counter(counter) => Self::Counter(counter.metric.clone()),
            Batch::Statistic(statistic) => Self::Statistic(statistic.stat),
        }
    }

    pub(crate) fn part(&self) -> Part {
        match self {
            Self::Load(grouping) if !grouping.filter.is_empty() => Part::Filtered,
            Self::Load(grouping) if grouping.group == Dimension::WaitType => Part::Totals,
            Self::Load(_) => Part::Load,
            Self::Counter(_) => Part::Counters,
            Self::Statistic(_) => Part::Statistics,
        }
    }
}
