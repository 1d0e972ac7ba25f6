//! CloudWatch alarms as `DescribeAlarms` and `DescribeAlarmHistory` tell them.
//! <https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_MetricAlarm.html>

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use units::Timestamp;

/// State of an alarm.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum AlarmStatus {
    /// Within its threshold.
    #[serde(rename = "OK")]
    Ok,
    /// Breached.
    #[serde(rename = "ALARM")]
    Alarm,
    /// Not enough data to tell.
    #[serde(rename = "INSUFFICIENT_DATA")]
    InsufficientData,
}

impl AlarmStatus {
    /// As AWS writes it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Ok => "OK",
            Self::Alarm => "ALARM",
            Self::InsufficientData => "INSUFFICIENT_DATA",
        }
    }

    /// Reads AWS's word; `None` for one we do not know.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Ok, Self::Alarm, Self::InsufficientData].into_iter().find(|status| status.name() == name)
    }
}

/// One metric: namespace, name, dimensions.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MetricRef {
    /// `AWS/RDS`.
    pub namespace: String,
    /// `DBLoad`.
    pub name: String,
    /// Dimension name → value.
    pub dimensions: BTreeMap<String, String>,
    /// Statistic: `Average`, `p99` …
    pub statistic: String,
    /// Seconds of a data point.
    pub period_secs: u32,
}

/// Comparison operators of AWS, verbatim.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Comparison(pub String);

/// What an alarm watches.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AlarmKind {
    /// One metric against a threshold.
    Metric(MetricRef),
    /// Metric math, anomaly detection or Metrics Insights: expressions and the metrics in them.
    Math {
        /// Expressions, verbatim.
        expressions: Vec<String>,
        /// Metrics the expressions take in.
        metrics: Vec<MetricRef>,
    },
    /// A rule over other alarms, verbatim.
    Composite {
        /// `AlarmRule`.
        rule: String,
    },
    /// `EvaluationCriteria.PromQLCriteria.Query`, verbatim.
    PromQl {
        /// The query.
        query: String,
    },
    /// A scheduled query over log groups.
    Log {
        /// `QueryString`, verbatim.
        query: String,
        /// `LogGroupIdentifiers`: names or ARNs.
        log_groups: Vec<String>,
    },
    /// A sort the API tells nothing more about.
    Other,
}

/// One alarm as it stands.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AlarmState {
    /// `AlarmArn`.
    pub arn: String,
    /// `AlarmName`.
    pub name: String,
    /// `AlarmDescription`.
    pub description: String,
    /// `StateValue`.
    pub status: AlarmStatus,
    /// `StateReason`.
    pub reason: String,
    /// `StateReasonData`, JSON as AWS sent it; empty when it sent none.
    pub reason_data: String,
    /// `StateTransitionedTimestamp`, else `StateUpdatedTimestamp`.
    pub since: Option<Timestamp>,
    /// What it watches.
    pub kind: AlarmKind,
    /// `Threshold`; `None` for composite and anomaly alarms.
    pub threshold: Option<f64>,
    /// `ComparisonOperator`.
    pub comparison: Option<Comparison>,
    /// `EvaluationPeriods`.
    pub evaluation_periods: Option<u32>,
    /// `DatapointsToAlarm`.
    pub datapoints_to_alarm: Option<u32>,
    /// `TreatMissingData`: `breaching`, `notBreaching`, `ignore`, `missing`.
    pub treat_missing_data: Option<String>,
    /// When we read it.
    pub seen: Timestamp,
}

/// One change of state.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AlarmEvent {
    /// ARN of the alarm.
    pub arn: String,
    /// When.
    pub at: Timestamp,
    /// State before, when told.
    pub from: Option<AlarmStatus>,
    /// State after.
    pub to: AlarmStatus,
    /// `stateReason`.
    pub reason: String,
    /// Raw `HistoryData`, JSON.
    pub data: String,
}
