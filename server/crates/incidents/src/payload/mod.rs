//! Messages in which AWS tells about alarms, and what they say.
//!
//! Read leniently and exactly: unknown fields are ignored, known ones may be missing, but an alarm's
//! name, its state and the time of the change must be there and agree with its ARN. Forms:
//!
//! * the JSON inside an SNS notification (`AlarmName`, `NewStateValue`, `Trigger` …),
//! * EventBridge events (`CloudWatch Alarm State Change`, `… Configuration Change`,
//!   `… Contributor State Change`),
//! * what a Lambda alarm action is invoked with (`alarmData`),
//! * the same wrapped in an SNS envelope, in a Lambda SNS event, or in an SQS record.
//!
//! <https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch-and-eventbridge.html>

mod configuration;
mod event;
mod fields;
mod notification;
mod reason;
mod region;

use std::collections::BTreeMap;

use samples::{AlarmEvent, AlarmKind, AlarmState};
use serde_json::Value;
use units::Timestamp;

use crate::AlarmArn;
use fields::Fields;
pub(crate) use reason::{contributor_of, reason_data_of};

/// What a message says about one alarm.
#[derive(Clone, Debug, PartialEq)]
pub struct AlarmMessage {
    /// Why it was sent.
    pub cause: Cause,
    /// The alarm, as far as the message tells; see [`AlarmMessage::merged_into`].
    pub alarm: AlarmState,
    /// The change of state; `None` for a change of configuration.
    pub change: Option<AlarmEvent>,
    /// Tags of the alarm, when it propagates them.
    pub tags: BTreeMap<String, String>,
}

impl AlarmMessage {
    /// The alarm after this message: what it leaves open keeps the value that was known. A message
    /// older than what is known changes nothing, and one about a series among many leaves the state.
    #[must_use]
    pub fn merged_into(&self, known: Option<&AlarmState>) -> AlarmState {
        let told = self.alarm.clone();
        let Some(known) = known else { return told };
        if known.seen > told.seen {
            return known.clone();
        }
        let text = |told: String, known: &String| if told.is_empty() { known.clone() } else { told };
        let is_kind_told = !matches!(told.kind, AlarmKind::Other);
        let merged = AlarmState {
            description: text(told.description, &known.description),
            kind: if is_kind_told { told.kind } else { known.kind.clone() },
            threshold: told.threshold.or(known.threshold),
            comparison: told.comparison.or_else(|| known.comparison.clone()),
            evaluation_periods: told.evaluation_periods.or(known.evaluation_periods),
            datapoints_to_alarm: told.datapoints_to_alarm.or(known.datapoints_to_alarm),
            treat_missing_data: told.treat_missing_data.or_else(|| known.treat_missing_data.clone()),
            ..told
        };
        if !matches!(self.cause, Cause::ContributorStateChange { .. }) {
            return merged;
        }
        let AlarmState { status, reason, reason_data, since, .. } = known.clone();
        AlarmState { status, reason, reason_data, since, ..merged }
    }
}

/// Why a message was sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cause {
    /// The alarm changed its state.
    StateChange,
    /// One of the series of an alarm over many changed its state.
    ContributorStateChange {
        /// `AlarmContributorId`.
        id: String,
        /// Dimensions and other marks of the series.
        attributes: BTreeMap<String, String>,
    },
    /// The alarm was created.
    Created,
    /// The alarm was changed.
    Updated,
    /// The alarm was deleted.
    Deleted,
}

/// Why a message is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PayloadError {
    /// Longer than any message of AWS.
    #[error("the message is larger than {MAX_BYTES} bytes")]
    TooLarge,
    /// Not JSON, or no object.
    #[error("the message is not a JSON object")]
    NotJson,
    /// JSON of something else.
    #[error("the message is not about a CloudWatch alarm")]
    NotAnAlarm,
    /// A field that must be there is not, or is of the wrong type.
    #[error("the message has no usable field '{0}'")]
    Missing(&'static str),
    /// Two fields contradict each other.
    #[error("the message contradicts itself in '{0}'")]
    Contradiction(&'static str),
}

/// SNS delivers at most 256 KiB, EventBridge 1 MB with our rule's events far below.
pub(crate) const MAX_BYTES: usize = 256 * 1024;

/// How many envelopes are opened: Lambda event, SNS envelope, message.
const MAX_ENVELOPES: u32 = 3;

/// Reads a message of any of the forms, with or without envelope. Signatures are not looked at: see
/// [`crate::sns`] for what arrives from outside.
///
/// # Errors
/// [`PayloadError`] when it is no message about an alarm.
pub fn read_message(json: &str) -> Result<AlarmMessage, PayloadError> {
    read_wrapped(json, None, MAX_ENVELOPES)
}

/// Reads the `Message` of an SNS notification that came through a topic. Older messages have no ARN;
/// then the topic tells region and partition, since an alarm's actions are in its region.
///
/// # Errors
/// [`PayloadError`] when it is no message about an alarm.
pub fn read_notification(message: &str, topic_arn: &str) -> Result<AlarmMessage, PayloadError> {
    let value = parse(message)?;
    notification::read(Fields::of(&value).ok_or(PayloadError::NotJson)?, Some(topic_arn))
}

/// Reads an EventBridge event.
///
/// # Errors
/// [`PayloadError`] when it is no event about an alarm.
pub fn read_event(json: &str) -> Result<AlarmMessage, PayloadError> {
    let value = parse(json)?;
    event::read_event(Fields::of(&value).ok_or(PayloadError::NotJson)?)
}

fn parse(json: &str) -> Result<Value, PayloadError> {
    if json.len() > MAX_BYTES {
        return Err(PayloadError::TooLarge);
    }
    serde_json::from_str(json.trim_start_matches('\u{feff}')).map_err(|_| PayloadError::NotJson)
}

fn read_wrapped(json: &str, topic_arn: Option<&str>, envelopes: u32) -> Result<AlarmMessage, PayloadError> {
    let value = parse(json)?;
    let fields = Fields::of(&value).ok_or(PayloadError::NotJson)?;
    if fields.text("NewStateValue").is_some() {
        return notification::read(fields, topic_arn);
    }
    if fields.object("alarmData").is_some() {
        return event::read_invocation(fields);
    }
    if fields.object("detail").is_some() {
        return event::read_event(fields);
    }
    let record = fields.list("Records").first().and_then(Fields::of);
    let inside = record.and_then(|record| record.object("Sns").or(Some(record))).unwrap_or(fields);
    let message = inside.text("Message").or_else(|| inside.text("body")).ok_or(PayloadError::NotAnAlarm)?;
    if envelopes == 0 {
        return Err(PayloadError::NotAnAlarm);
    }
    read_wrapped(message, inside.text("TopicArn").or(topic_arn), envelopes - 1)
}

/// `AlarmArn` must be the ARN of an alarm of that name.
fn agreeing_arn(text: &str, name: &str) -> Result<AlarmArn, PayloadError> {
    let arn: AlarmArn = text.parse().map_err(|_| PayloadError::Missing("AlarmArn"))?;
    if arn.name == name { Ok(arn) } else { Err(PayloadError::Contradiction("AlarmArn")) }
}

/// Times of the messages must be such that archives and axes can hold them: 2009, when CloudWatch
/// began, to 2100.
fn plausible(at: Timestamp) -> Option<Timestamp> {
    (1_230_000_000..4_102_444_800).contains(&at.secs()).then_some(at)
}
