//! What the alarm pages read.

use serde::{Deserialize, Serialize};
use units::{Compare, ResourceId, Timestamp, Window};
use view::{MetricView, Panel, Severity, Source, StateLane};

use super::ask::{Ask, What};

/// One alarm.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AlarmLine {
    /// `AlarmArn`.
    pub arn: String,
    /// `AlarmName`.
    pub name: String,
    /// State now: critical in ALARM, good when OK, unknown without enough data.
    pub severity: Severity,
    /// When it took on that state.
    pub since: Option<Timestamp>,
    /// What it watches, as one line.
    pub rule: String,
    /// What it is about: an instance, a balancer, a function.
    pub resource: Option<String>,
    /// Account and Region.
    pub place: String,
    /// CloudWatch lists it no more.
    pub is_gone: bool,
}

/// All alarms, those in ALARM first.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct AlarmsView {
    /// Alarms.
    pub alarms: Vec<AlarmLine>,
    /// Where they come from.
    pub source: Source,
}

/// An alarm worth having, in the words of each tool.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Suggestion {
    /// Key of the reason in the message table.
    pub reason: String,
    /// `AlarmName`.
    pub name: String,
    /// The resource.
    pub resource: String,
    /// What it watches, as one line.
    pub rule: String,
    /// CloudFormation, YAML.
    pub cloudformation: String,
    /// Terraform.
    pub terraform: String,
    /// CDK, TypeScript.
    pub cdk: String,
}

/// What an alarm leads to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AlarmTarget {
    /// A database instance.
    Instance {
        /// `DbiResourceId`.
        id: ResourceId,
        /// Name.
        name: String,
    },
    /// A cluster, with those members that are known.
    Cluster {
        /// Name.
        name: String,
        /// `WRITER` or `READER`.
        role: Option<String>,
        /// Id and name.
        members: Vec<(ResourceId, String)>,
    },
    /// A database that the inventory does not list.
    UnlistedDatabase {
        /// Name or id.
        name: String,
    },
    /// Another resource of AWS.
    Tier {
        /// Key of its sort: `alb`, `lambda`.
        kind: String,
        /// CloudWatch namespace.
        namespace: String,
        /// Name; empty for a metric of the whole account.
        resource: String,
        /// Dimension and value.
        dimensions: Vec<(String, String)>,
        /// The app it is part of and its name there, when discovery found it.
        app: Option<(String, String)>,
    },
    /// Nothing: the alarm, its expression or its children name no resource.
    Nothing,
}

/// One child of a composite alarm.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AlarmChild {
    /// Name as the rule has it.
    pub name: String,
    /// ARN, when known.
    pub arn: Option<String>,
    /// State at the moment; none when not known.
    pub severity: Option<Severity>,
    /// Since when.
    pub since: Option<Timestamp>,
    /// What it is about.
    pub resource: Option<String>,
    /// It is what made the rule true.
    pub is_cause: bool,
    /// The rule asks for any other state.
    pub is_negated: bool,
}

/// What the reader must know: a key of the message table with its values.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AlarmNote {
    /// Key.
    pub key: String,
    /// Values set into the sentence.
    pub values: Vec<(String, String)>,
}

/// A way on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AlarmHint {
    /// An alarm with a similar name: ARN and name.
    Alarm(String, String),
    /// An instance whose name occurs in the alarm's.
    Instance(ResourceId, String),
}

/// Where a link to an alarm leads.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AlarmLanding {
    /// ARN, when known.
    pub arn: Option<String>,
    /// `AlarmName`, or what the reader wrote.
    pub name: String,
    /// `AlarmDescription`.
    pub description: String,
    /// `StateReason` of the present state.
    pub reason: String,
    /// Account and Region.
    pub place: String,
    /// Whether anybody ever told of this alarm.
    pub is_known: bool,
    /// State now.
    pub severity: Severity,
    /// When it took on that state.
    pub since: Option<Timestamp>,
    /// The moment the window is frozen around.
    pub at: Timestamp,
    /// When it went off, when it did around the moment.
    pub went_off: Option<Timestamp>,
    /// The frozen window.
    pub window: Window,
    /// What it is held against.
    pub compare: Compare,
    /// What it watches, as one line.
    pub rule: String,
    /// Threshold in AAS and its sign (`>`), when the alarm is on DB load.
    pub threshold: Option<(f64, String)>,
    /// What it leads to.
    pub target: AlarmTarget,
    /// Further resources it watches.
    pub also: Vec<AlarmTarget>,
    /// Children of a composite alarm.
    pub children: Vec<AlarmChild>,
    /// What must be said.
    pub notes: Vec<AlarmNote>,
    /// Ways on when it cannot be resolved.
    pub hints: Vec<AlarmHint>,
    /// Its page in the CloudWatch console.
    pub console_url: Option<String>,
    /// The incident that was kept of it.
    pub incident: Option<String>,
}

/// All alarms by state.
pub const ALARMS: Ask<Panel<AlarmsView>> = Ask::new(What::Alarms);

/// Alarms worth having for resources that lack them.
pub const SUGGESTED_ALARMS: Ask<Vec<Suggestion>> = Ask::new(What::SuggestedAlarms);

/// Where an alarm leads. Every text leads somewhere: what cannot be resolved says why.
pub const ALARM: Ask<AlarmLanding> = Ask::new(What::Alarm);

/// The values an alarm decides by, around the moment of a link.
pub const ALARM_METRIC: Ask<Panel<MetricView>> = Ask::new(What::AlarmMetric);

/// The states of the alarms of an instance over the window of its page.
pub const ALARM_LANE: Ask<StateLane> = Ask::new(What::AlarmLane);
