//! The JSON inside an SNS notification about an alarm.

use samples::{AlarmEvent, AlarmState, AlarmStatus};

use super::fields::Fields;
use super::reason::{Told, history_data, limit_in, triggering_alarms};
use super::{AlarmMessage, Cause, PayloadError, agreeing_arn, configuration, region};
use crate::AlarmArn;

pub(super) fn read(fields: Fields<'_>, topic_arn: Option<&str>) -> Result<AlarmMessage, PayloadError> {
    let name = fields.text("AlarmName").filter(|name| !name.is_empty()).ok_or(PayloadError::Missing("AlarmName"))?;
    let arn = arn_of(fields, name, topic_arn)?;
    let status = status(fields, "NewStateValue").ok_or(PayloadError::Missing("NewStateValue"))?;
    let at = fields.time("StateChangeTime").ok_or(PayloadError::Missing("StateChangeTime"))?;
    let reason = fields.text("NewStateReason").unwrap_or_default();
    let reason_data =
        fields.json("NewStateReasonData").or_else(|| triggering_alarms(fields.list("TriggeringChildren")));
    let reason_data = reason_data.unwrap_or_default();
    let trigger = fields.object("Trigger");
    let told_in_words = limit_in(reason);
    let contributor = fields.text("AlarmContributorId").map(|id| (id, fields.pairs("AlarmContributorAttributes")));
    let from = self::status(fields, "OldStateValue");
    let old = Told { status: from, reason: "", reason_data: "" };
    let new = Told { status: Some(status), reason, reason_data: &reason_data };
    let data = history_data(&old, &new, contributor.as_ref().map(|(id, attributes)| (*id, attributes)));
    let threshold = trigger.and_then(|trigger| trigger.number("Threshold"));
    let alarm = AlarmState {
        arn: arn.to_string(),
        name: name.to_owned(),
        description: fields.text("AlarmDescription").unwrap_or_default().to_owned(),
        status,
        reason: reason.to_owned(),
        reason_data: reason_data.clone(),
        since: Some(at),
        kind: configuration::kind(trigger, fields),
        threshold: threshold.or_else(|| told_in_words.as_ref().map(|(value, _)| *value)),
        comparison: trigger
            .and_then(configuration::comparison)
            .or_else(|| told_in_words.map(|(_, comparison)| comparison)),
        evaluation_periods: trigger.and_then(|trigger| trigger.count("EvaluationPeriods")),
        datapoints_to_alarm: trigger.and_then(|trigger| trigger.count("DatapointsToAlarm")),
        treat_missing_data: trigger.and_then(configuration::treat_missing_data),
        seen: at,
    };
    let change = AlarmEvent { arn: alarm.arn.clone(), at, from, to: status, reason: reason.to_owned(), data };
    let cause = contributor
        .map_or(Cause::StateChange, |(id, attributes)| Cause::ContributorStateChange { id: id.to_owned(), attributes });
    Ok(AlarmMessage { cause, alarm, change: Some(change), tags: fields.pairs("AlarmTags") })
}

fn status(fields: Fields<'_>, name: &str) -> Option<AlarmStatus> {
    fields.text(name).and_then(AlarmStatus::from_name)
}

/// `AlarmArn`; in messages from before 2020 it is missing, and account, the topic's region or the
/// region's display name stand for it.
fn arn_of(fields: Fields<'_>, name: &str, topic_arn: Option<&str>) -> Result<AlarmArn, PayloadError> {
    if let Some(text) = fields.text("AlarmArn") {
        return agreeing_arn(text, name);
    }
    let missing = || PayloadError::Missing("AlarmArn");
    let mut topic = topic_arn.unwrap_or_default().split(':').skip(1);
    let (partition, region) = (topic.next(), topic.nth(1));
    let (partition, region) = match (partition, region) {
        (Some(partition), Some(region)) => (partition, region),
        _ => fields.text("Region").and_then(region::code_of).ok_or_else(missing)?,
    };
    let account = fields.text("AWSAccountId").ok_or_else(missing)?;
    format!("arn:{partition}:cloudwatch:{region}:{account}:alarm:{name}").parse().map_err(|_| missing())
}
