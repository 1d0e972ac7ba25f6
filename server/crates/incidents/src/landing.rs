//! What a link to an alarm opens.

use samples::{AlarmState, AlarmStatus, MetricRef};
use serde::{Deserialize, Serialize};
use units::{Compare, ResourceId, Timestamp, Window};

use crate::{AlarmArn, AlarmRef, InstanceTarget, Target};

/// Everything an alarm page needs to begin. The page itself reads load and metrics of [`Landing::window`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Landing {
    /// The alarm as the reader named it.
    pub asked: AlarmRef,
    /// Its ARN, when known.
    pub arn: Option<AlarmArn>,
    /// Its name; the reader's text when nothing better is known.
    pub name: String,
    /// The alarm as last told, when it ever was.
    pub alarm: Option<AlarmState>,
    /// Whether CloudWatch still has it.
    pub presence: Presence,
    /// The resource to open.
    pub target: Target,
    /// Further resources the alarm watches.
    pub also: Vec<Target>,
    /// Children of a composite alarm, in the order of its rule.
    pub children: Vec<Child>,
    /// The moment the page is about.
    pub at: Timestamp,
    /// Where [`Landing::at`] comes from.
    pub at_origin: TimeOrigin,
    /// The frozen window: 30 minutes before to 15 minutes after.
    pub window: Window,
    /// What the window is held against.
    pub compare: Compare,
    /// Time in ALARM around [`Landing::at`], when told.
    pub breach: Option<Breach>,
    /// The alarm whose values decide: itself, or the child that made a composite rule true.
    pub decided_by: Option<AlarmArn>,
    /// What the alarm watches, the deciding series first.
    pub watched: Vec<Watched>,
    /// What is drawn as limit.
    pub limit: Limit,
    /// How CloudWatch decides.
    pub evaluation: Evaluation,
    /// States within the window, oldest first: the lane under the chart.
    pub states: Vec<StateSpan>,
    /// The alarm's page in the CloudWatch console, when region and name are known.
    pub console_url: Option<String>,
    /// What the reader must know about this landing.
    pub notes: Vec<Note>,
    /// Where to go when the alarm cannot be resolved.
    pub hints: Vec<Hint>,
}

/// Whether an alarm exists.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Presence {
    /// Told by CloudWatch at its last listing, or told since.
    Listed,
    /// CloudWatch listed it once and does no more: deleted or renamed.
    Gone {
        /// When it was last told.
        last_seen: Timestamp,
    },
    /// Never told.
    NeverSeen,
}

/// Where the moment of a page comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TimeOrigin {
    /// The link says it.
    Asked,
    /// The last time the alarm went off.
    LastAlarm,
    /// The last change of its state.
    LastChange,
    /// Nothing tells; it is now.
    Now,
}

/// A span in ALARM.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Breach {
    /// First of the data points that were over the limit, when AWS tells; the alarm follows later.
    pub first_datapoint: Option<Timestamp>,
    /// When the alarm went off.
    pub from: Timestamp,
    /// When it ended; `None` while it lasts.
    pub to: Option<Timestamp>,
}

/// One child of a composite alarm.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Child {
    /// Name or ARN as the rule has it.
    pub reference: String,
    /// ARN.
    pub arn: Option<AlarmArn>,
    /// State the rule asks for.
    pub wanted: AlarmStatus,
    /// The rule asks for any other state.
    pub is_negated: bool,
    /// State at the moment of the page, when known.
    pub status: Option<AlarmStatus>,
    /// When it got there.
    pub since: Option<Timestamp>,
    /// The resource behind it; [`Target::Unknown`] when the child is not known.
    pub target: Target,
    /// It is (one of) those that made the rule true.
    pub is_cause: bool,
}

/// One series an alarm watches.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Watched {
    /// A CloudWatch metric.
    Metric(MetricRef),
    /// Counters of Performance Insights.
    Counters {
        /// Instance.
        resource: ResourceId,
        /// Names with statistic: `os.cpuUtilization.user.avg`.
        metrics: Vec<String>,
    },
    /// A metric-math or Metrics Insights expression, verbatim.
    Expression(String),
    /// A `PromQL` query, verbatim.
    PromQl(String),
    /// A query over log groups, verbatim.
    LogQuery {
        /// Query.
        query: String,
        /// Names or ARNs.
        log_groups: Vec<String>,
    },
}

/// The limit of an alarm.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Limit {
    /// A fixed number.
    Threshold {
        /// In the unit of the metric.
        value: f64,
        /// Where the breach lies.
        side: Side,
    },
    /// A band CloudWatch learns.
    Band {
        /// Half its width in standard deviations.
        width: f64,
        /// Where the breach lies.
        side: Side,
    },
    /// None is told (composite, `PromQL`: the limit is inside the query).
    None,
}

/// On which side of the limit the breach lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    /// `GreaterThanThreshold`, `GreaterThanUpperThreshold`.
    Above,
    /// `GreaterThanOrEqualToThreshold`.
    AtOrAbove,
    /// `LessThanThreshold`, `LessThanLowerThreshold`.
    Below,
    /// `LessThanOrEqualToThreshold`.
    AtOrBelow,
    /// `LessThanLowerOrGreaterThanUpperThreshold`.
    Outside,
}

impl Side {
    /// Reads `ComparisonOperator`; `None` for a word we do not know.
    #[must_use]
    pub fn from_operator(operator: &str) -> Option<Self> {
        Some(match operator {
            "GreaterThanThreshold" | "GreaterThanUpperThreshold" => Self::Above,
            "GreaterThanOrEqualToThreshold" => Self::AtOrAbove,
            "LessThanThreshold" | "LessThanLowerThreshold" => Self::Below,
            "LessThanOrEqualToThreshold" => Self::AtOrBelow,
            "LessThanLowerOrGreaterThanUpperThreshold" => Self::Outside,
            _ => return None,
        })
    }

    /// Whether a value breaches a fixed limit.
    #[must_use]
    pub fn is_breached(self, value: f64, limit: f64) -> bool {
        match self {
            Self::Above => value > limit,
            Self::AtOrAbove => value >= limit,
            Self::Below => value < limit,
            Self::AtOrBelow => value <= limit,
            Self::Outside => false,
        }
    }
}

/// How CloudWatch decides.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evaluation {
    /// Seconds of one data point.
    pub period_secs: Option<u32>,
    /// `EvaluationPeriods`.
    pub periods: Option<u32>,
    /// `DatapointsToAlarm`; equal to [`Evaluation::periods`] when AWS tells none.
    pub datapoints_to_alarm: Option<u32>,
    /// `TreatMissingData`.
    pub treat_missing_data: Option<String>,
}

/// A span in one state.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StateSpan {
    /// Start, within the window.
    pub from: Timestamp,
    /// End, within the window.
    pub to: Timestamp,
    /// State.
    pub status: AlarmStatus,
}

/// What the reader must know about a landing. The message table words it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Note {
    /// Nobody told us about this alarm: wrong name, deleted long ago, or not collected.
    NeverSeen,
    /// Nothing is collected from the alarm's account and region.
    NotCollected {
        /// Account.
        account: String,
        /// Region.
        region: String,
    },
    /// CloudWatch no longer lists the alarm; what is shown comes from the archive.
    Gone {
        /// When it was last told.
        last_seen: Timestamp,
    },
    /// Several alarms have this name; the first is shown.
    SeveralAlarms(Vec<AlarmArn>),
    /// The ARN is of something else than an alarm.
    NotAnAlarm,
    /// The text names nothing.
    Unreadable,
    /// The link has no time.
    TimeAssumed(TimeOrigin),
    /// The time of the link has not come yet.
    TimeInFuture,
    /// The instance is of another account or region than the alarm.
    InstanceElsewhere,
    /// The alarm watches a database that is not in the inventory.
    DatabaseNotListed,
    /// The composite rule cannot be read.
    RuleUnreadable,
    /// Composite alarms refer to each other in a circle.
    RuleCircular,
    /// A child is not known.
    ChildUnknown(String),
    /// The query tells no resource.
    QueryNamesNoResource,
    /// The metrics of this tier are published in another region than the alarm's resource.
    MetricsInRegion(String),
}

/// A way on for the reader of an unresolved alarm.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Hint {
    /// An alarm with a similar name.
    SimilarAlarm(AlarmArn),
    /// An instance whose name occurs in the alarm's.
    Instance(InstanceTarget),
}
