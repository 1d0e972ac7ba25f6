//! EventBridge events, and the payload of Lambda alarm actions, which is built alike.

use samples::{AlarmEvent, AlarmState, AlarmStatus};
use serde_json::Value;
use units::Timestamp;

use super::fields::Fields;
use super::reason::{Told, history_data, limit_in};
use super::{AlarmMessage, Cause, PayloadError, agreeing_arn, configuration, region};
use crate::AlarmArn;
use crate::expression::anomaly_band;

/// Who sends alarm events.
const SOURCE: &str = "aws.cloudwatch";

pub(super) fn read_event(fields: Fields<'_>) -> Result<AlarmMessage, PayloadError> {
    if fields.text("source") != Some(SOURCE) {
        return Err(PayloadError::NotAnAlarm);
    }
    let detail = fields.object("detail").ok_or(PayloadError::Missing("detail"))?;
    let name = alarm_name(detail)?;
    let arn = event_arn(fields, name)?;
    let sent = fields.time("time");
    match fields.text("detail-type").unwrap_or_default() {
        "CloudWatch Alarm State Change" => state_change(detail, &arn, sent, Cause::StateChange),
        "CloudWatch Alarm Contributor State Change" => {
            let contributor = detail.object("alarmContributor").ok_or(PayloadError::Missing("alarmContributor"))?;
            let id = contributor.text("id").ok_or(PayloadError::Missing("alarmContributor"))?.to_owned();
            let cause = Cause::ContributorStateChange { id, attributes: contributor.pairs("attributes") };
            state_change(detail, &arn, sent, cause)
        }
        "CloudWatch Alarm Configuration Change" => configuration_change(detail, &arn, sent),
        _ => Err(PayloadError::NotAnAlarm),
    }
}

/// What a Lambda function is invoked with.
pub(super) fn read_invocation(fields: Fields<'_>) -> Result<AlarmMessage, PayloadError> {
    if fields.text("source").is_some_and(|source| source != SOURCE) {
        return Err(PayloadError::NotAnAlarm);
    }
    let data = fields.object("alarmData").ok_or(PayloadError::Missing("alarmData"))?;
    let name = alarm_name(data)?;
    let arn = match fields.text("alarmArn") {
        Some(text) => agreeing_arn(text, name)?,
        None => put_together(fields, "accountId", name)?,
    };
    let cause = data.object("alarmContributor").and_then(|contributor| {
        let id = contributor.text("id")?.to_owned();
        Some(Cause::ContributorStateChange { id, attributes: contributor.pairs("attributes") })
    });
    state_change(data, &arn, fields.time("time"), cause.unwrap_or(Cause::StateChange))
}

fn alarm_name(detail: Fields<'_>) -> Result<&str, PayloadError> {
    detail.text("alarmName").filter(|name| !name.is_empty()).ok_or(PayloadError::Missing("alarmName"))
}

/// The alarm is the event's resource.
fn event_arn(fields: Fields<'_>, name: &str) -> Result<AlarmArn, PayloadError> {
    let Some(text) = fields.list("resources").first().and_then(Value::as_str) else {
        return put_together(fields, "account", name);
    };
    let arn = agreeing_arn(text, name)?;
    let agrees = fields.text("account").is_none_or(|account| account == arn.account);
    if agrees { Ok(arn) } else { Err(PayloadError::Contradiction("account")) }
}

fn put_together(fields: Fields<'_>, account: &str, name: &str) -> Result<AlarmArn, PayloadError> {
    let missing = || PayloadError::Missing("resources");
    let region = fields.text("region").ok_or_else(missing)?;
    let account = fields.text(account).ok_or_else(missing)?;
    let partition = region::partition_of(region);
    format!("arn:{partition}:cloudwatch:{region}:{account}:alarm:{name}").parse().map_err(|_| missing())
}

struct State<'a> {
    status: AlarmStatus,
    reason: &'a str,
    reason_data: String,
    at: Option<Timestamp>,
}

impl<'a> State<'a> {
    fn of(fields: Option<Fields<'a>>) -> Option<Self> {
        let fields = fields?;
        Some(Self {
            status: fields.text("value").and_then(AlarmStatus::from_name)?,
            reason: fields.text("reason").unwrap_or_default(),
            reason_data: fields.json("reasonData").unwrap_or_default(),
            at: fields.time("timestamp"),
        })
    }

    fn told(&self) -> Told<'_> {
        Told { status: Some(self.status), reason: self.reason, reason_data: &self.reason_data }
    }
}

fn state_change(
    detail: Fields<'_>,
    arn: &AlarmArn,
    sent: Option<Timestamp>,
    cause: Cause,
) -> Result<AlarmMessage, PayloadError> {
    let state = State::of(detail.object("state")).ok_or(PayloadError::Missing("state"))?;
    let previous = State::of(detail.object("previousState"));
    let at = state.at.or(sent).ok_or(PayloadError::Missing("timestamp"))?;
    let alarm = alarm_of(detail.object("configuration"), detail, arn, &state, at);
    let contributor = match &cause {
        Cause::ContributorStateChange { id, attributes } => Some((id.as_str(), attributes)),
        _ => None,
    };
    let nothing = Told { status: None, reason: "", reason_data: "" };
    let data = history_data(&previous.as_ref().map_or(nothing, State::told), &state.told(), contributor);
    let change = AlarmEvent {
        arn: alarm.arn.clone(),
        at,
        from: previous.map(|previous| previous.status),
        to: state.status,
        reason: state.reason.to_owned(),
        data,
    };
    Ok(AlarmMessage { cause, alarm, change: Some(change), tags: detail.pairs("alarmTags") })
}

fn configuration_change(
    detail: Fields<'_>,
    arn: &AlarmArn,
    sent: Option<Timestamp>,
) -> Result<AlarmMessage, PayloadError> {
    let cause = match detail.text("operation") {
        Some("create") => Cause::Created,
        Some("update") => Cause::Updated,
        Some("delete") => Cause::Deleted,
        _ => return Err(PayloadError::Missing("operation")),
    };
    let configuration = detail.object("configuration");
    let at = configuration.and_then(|fields| fields.time("timestamp")).or(sent);
    let at = at.ok_or(PayloadError::Missing("timestamp"))?;
    // An alarm of which no state is told is one CloudWatch cannot tell a state of.
    let unknown = State { status: AlarmStatus::InsufficientData, reason: "", reason_data: String::new(), at: None };
    let state = State::of(detail.object("state")).unwrap_or(unknown);
    let alarm = alarm_of(configuration, detail, arn, &state, at);
    Ok(AlarmMessage { cause, alarm, change: None, tags: detail.pairs("alarmTags") })
}

fn alarm_of(
    configuration: Option<Fields<'_>>,
    detail: Fields<'_>,
    arn: &AlarmArn,
    state: &State<'_>,
    seen: Timestamp,
) -> AlarmState {
    let kind = configuration::kind(configuration, detail);
    let reason_data: Value = serde_json::from_str(&state.reason_data).unwrap_or_default();
    let told_in_data = Fields::of(&reason_data).and_then(|data| data.number("threshold"));
    let told_in_words = limit_in(state.reason);
    let is_band = matches!(&kind, samples::AlarmKind::Math { expressions, .. }
        if expressions.iter().any(|expression| anomaly_band(expression).is_some()));
    let threshold = configuration.and_then(|fields| fields.number("threshold"));
    let threshold = threshold.or(told_in_data).or_else(|| told_in_words.as_ref().map(|(value, _)| *value));
    AlarmState {
        arn: arn.to_string(),
        name: arn.name.clone(),
        description: configuration.and_then(|fields| fields.text("description")).unwrap_or_default().to_owned(),
        status: state.status,
        reason: state.reason.to_owned(),
        reason_data: state.reason_data.clone(),
        since: state.at.or(Some(seen)),
        kind,
        threshold: threshold.filter(|_| !is_band),
        comparison: configuration
            .and_then(configuration::comparison)
            .or_else(|| told_in_words.map(|(_, comparison)| comparison)),
        evaluation_periods: configuration.and_then(|fields| fields.count("evaluationPeriods")),
        datapoints_to_alarm: configuration.and_then(|fields| fields.count("datapointsToAlarm")),
        treat_missing_data: configuration.and_then(configuration::treat_missing_data),
        seen,
    }
}
