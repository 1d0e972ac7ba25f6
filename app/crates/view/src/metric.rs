//! The values an alarm decides by, with its limit, its breaches and its states.

use serde::{Deserialize, Serialize};
use units::{Timestamp, Window};

use crate::{Axis, Cell, DataTable, Severity, Source};

/// One series of an alarm.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MetricView {
    /// Time axis, in buckets of the alarm's own period.
    pub axis: Axis,
    /// What the reader calls it: `DBLoad Average`, an expression.
    pub label: String,
    /// Unit as printed: `s`, `%`, `B`; empty for a count.
    pub unit: String,
    /// A value a bucket; `None` is a gap.
    pub values: Vec<Option<f64>>,
    /// The band of an anomaly alarm.
    pub band: Option<MetricBand>,
    /// A fixed limit, and its sign: `>`.
    pub limit: Option<(f64, String)>,
    /// Time in ALARM, cut to the axis.
    pub breaches: Vec<Window>,
    /// States of the alarm, cut to the axis, oldest first; where nothing tells there is none.
    pub states: Vec<LaneSpan>,
    /// The moment the page is about.
    pub at: Timestamp,
    /// The values are only those that CloudWatch named in its reason: the series itself is not to be
    /// had (any more).
    pub from_reason: bool,
    /// Where it comes from.
    pub source: Source,
}

/// The band of an anomaly alarm, a bucket each.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MetricBand {
    /// Lower edge.
    pub lower: Vec<Option<f64>>,
    /// Upper edge.
    pub upper: Vec<Option<f64>>,
}

/// A span in one state of an alarm.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LaneSpan {
    /// Start.
    pub from: Timestamp,
    /// End.
    pub to: Timestamp,
    /// Critical in ALARM, good when OK, unknown without enough data.
    pub state: Severity,
}

/// The states of one alarm on the axis of a chart.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StateLaneRow {
    /// `AlarmArn`.
    pub arn: String,
    /// `AlarmName`.
    pub name: String,
    /// Spans within the axis, oldest first.
    pub spans: Vec<LaneSpan>,
}

/// Alarms on the axis of a chart.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StateLane {
    /// The axis of the chart.
    pub axis: Axis,
    /// One row an alarm; those in ALARM at some time first.
    pub rows: Vec<StateLaneRow>,
}

impl MetricView {
    /// The numbers, a row a bucket.
    #[must_use]
    pub fn table(&self) -> DataTable {
        let number = |values: &[Option<f64>], bucket: usize| {
            values.get(bucket).copied().flatten().map_or(Cell::Missing, Cell::Number)
        };
        let name = if self.unit.is_empty() { self.label.clone() } else { format!("{} ({})", self.label, self.unit) };
        let mut head = vec![format!("Time {}", self.axis.zone), name];
        if self.band.is_some() {
            head.extend(["Lower".to_owned(), "Upper".to_owned()]);
        }
        let row = |bucket: usize| {
            let local = self.axis.local(self.axis.start_of(bucket));
            let mut row = vec![Cell::Text(format!("{} {}", local.date(), local.seconds()))];
            row.push(number(&self.values, bucket));
            if let Some(band) = &self.band {
                row.extend([number(&band.lower, bucket), number(&band.upper, bucket)]);
            }
            row
        };
        DataTable { head, rows: (0..self.axis.len()).map(row).collect() }
    }
}
