//! An alarm to be made, independent of the tool that makes it.

use samples::MetricRef;

use crate::Side;

/// An alarm as templates make it.
#[derive(Clone, Debug, PartialEq)]
pub struct AlarmTemplate {
    /// Key of the reason in the message table: `load_above_vcpu`, `balancer_5xx_rate` …
    pub reason: &'static str,
    /// `AlarmName`.
    pub name: String,
    /// `AlarmDescription`.
    pub description: String,
    /// What it watches; the one that decides is [`Query::is_result`].
    pub queries: Vec<Query>,
    /// `Threshold`, in the unit of the metric.
    pub threshold: f64,
    /// Where the breach lies.
    pub side: Side,
    /// `EvaluationPeriods`.
    pub periods: u32,
    /// `DatapointsToAlarm`.
    pub datapoints_to_alarm: u32,
    /// `TreatMissingData`.
    pub treat_missing_data: &'static str,
}

/// One entry of `Metrics`.
#[derive(Clone, Debug, PartialEq)]
pub struct Query {
    /// `Id`.
    pub id: &'static str,
    /// Metric or expression.
    pub source: QuerySource,
    /// `ReturnData`.
    pub is_result: bool,
}

/// Where the values of a query come from.
#[derive(Clone, Debug, PartialEq)]
pub enum QuerySource {
    /// A metric.
    Metric(MetricRef),
    /// Metric math, and seconds of a point.
    Expression(String, u32),
}

impl AlarmTemplate {
    /// The metric, when the alarm is over just one.
    #[must_use]
    pub fn single_metric(&self) -> Option<&MetricRef> {
        match self.queries.as_slice() {
            [Query { source: QuerySource::Metric(metric), .. }] => Some(metric),
            _ => None,
        }
    }

    /// `ComparisonOperator`.
    #[must_use]
    pub const fn operator(&self) -> &'static str {
        match self.side {
            Side::Above => "GreaterThanThreshold",
            Side::AtOrAbove => "GreaterThanOrEqualToThreshold",
            Side::Below => "LessThanThreshold",
            Side::AtOrBelow => "LessThanOrEqualToThreshold",
            Side::Outside => "LessThanLowerOrGreaterThanUpperThreshold",
        }
    }
}

/// Whether a statistic goes into `ExtendedStatistic`.
pub(super) fn is_extended(statistic: &str) -> bool {
    !matches!(statistic, "SampleCount" | "Average" | "Sum" | "Minimum" | "Maximum")
}
