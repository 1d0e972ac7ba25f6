//! What an alarm writes into a topic.
//! Fields and their casing as AWS sends them; the Region is its display name.

use crate::world::World;
use crate::world::alarms::{Alarm, HistoryItem};
use crate::world::instance::ACCOUNT;
use serde_json::{Map, Value, json};

/// Subject, text and topics of a change of state; `None` when nobody is to be told.
pub(super) fn notification(world: &World, item: &HistoryItem, alarm: &Alarm) -> Option<(String, String, Vec<String>)> {
    let change: Value = serde_json::from_str(&item.data).ok()?;
    let (old, new) = (&change["oldState"], &change["newState"]);
    let state = new["stateValue"].as_str()?;
    let configuration = &alarm.configuration;
    if configuration["ActionsEnabled"] == Value::Bool(false) {
        return None;
    }
    let list = match state {
        "ALARM" => "AlarmActions",
        "OK" => "OKActions",
        _ => "InsufficientDataActions",
    };
    let topics = configuration[list].as_array()?.iter().filter_map(Value::as_str);
    let topics: Vec<String> = topics.filter(|arn| arn.contains(":sns:")).map(str::to_owned).collect();
    if topics.is_empty() {
        return None;
    }
    let region = display_name(world.region());
    let mut message = json!({
        "AlarmName": alarm.name,
        "AlarmDescription": configuration["AlarmDescription"],
        "AWSAccountId": ACCOUNT,
        "AlarmConfigurationUpdatedTimestamp": zoned(alarm.configured_ms),
        "NewStateValue": state,
        "NewStateReason": new["stateReason"],
        "StateChangeTime": zoned(item.at_ms),
        "Region": region,
        "AlarmArn": super::event::alarm_arn(world, &alarm.name),
        "OldStateValue": old["stateValue"],
        "OKActions": configuration["OKActions"],
        "AlarmActions": configuration["AlarmActions"],
        "InsufficientDataActions": configuration["InsufficientDataActions"],
    });
    if let Some(rule) = configuration["AlarmRule"].as_str() {
        message["AlarmRule"] = rule.into();
        message["TriggeringChildren"] = triggering(new);
    } else {
        message["Trigger"] = trigger(configuration);
    }
    if let Some(tags) = alarm.sent_tags() {
        message["AlarmTags"] = json!(tags);
        message["AlarmTagsStatus"] = "SUCCESS".into();
    }
    let subject: String = format!("{state}: \"{}\" in {region}", alarm.name).chars().take(100).collect();
    Some((subject, message.to_string(), topics))
}

fn trigger(configuration: &Value) -> Value {
    let mut trigger = Map::new();
    let mut copy = |name: &str, value: Value| {
        trigger.insert(name.to_owned(), value);
    };
    if configuration["Metrics"].is_array() {
        copy("Metrics", lower_dimensions(configuration["Metrics"].clone()));
        if configuration["ThresholdMetricId"].is_string() {
            copy("ThresholdMetricId", configuration["ThresholdMetricId"].clone());
        }
    } else {
        copy("MetricName", configuration["MetricName"].clone());
        copy("Namespace", configuration["Namespace"].clone());
        match configuration["Statistic"].as_str() {
            Some(statistic) => {
                copy("StatisticType", "Statistic".into());
                copy(
                    "Statistic",
                    if statistic == "SampleCount" { "SAMPLE_COUNT".into() } else { statistic.to_uppercase().into() },
                );
            }
            None => {
                copy("StatisticType", "ExtendedStatistic".into());
                copy("ExtendedStatistic", configuration["ExtendedStatistic"].clone());
            }
        }
        copy("Unit", configuration["Unit"].clone());
        let dimensions = configuration["Dimensions"].clone();
        copy("Dimensions", lower_dimensions(if dimensions.is_array() { dimensions } else { json!([]) }));
    }
    copy("Period", configuration["Period"].clone());
    copy("EvaluationPeriods", configuration["EvaluationPeriods"].clone());
    if !configuration["DatapointsToAlarm"].is_null() {
        copy("DatapointsToAlarm", configuration["DatapointsToAlarm"].clone());
    }
    copy("ComparisonOperator", configuration["ComparisonOperator"].clone());
    copy("Threshold", configuration["Threshold"].clone());
    copy("TreatMissingData", configuration["TreatMissingData"].as_str().unwrap_or("missing").into());
    copy(
        "EvaluateLowSampleCountPercentile",
        configuration["EvaluateLowSampleCountPercentile"].as_str().unwrap_or_default().into(),
    );
    Value::Object(trigger)
}

/// Dimensions are written `{"value": …, "name": …}` here and nowhere else.
fn lower_dimensions(value: Value) -> Value {
    match value {
        Value::Array(items) => items.into_iter().map(lower_dimensions).collect(),
        Value::Object(members)
            if members.len() == 2 && members.contains_key("Name") && members.contains_key("Value") =>
        {
            json!({ "value": members["Value"], "name": members["Name"] })
        }
        Value::Object(members) => {
            Value::Object(members.into_iter().map(|(name, value)| (name, lower_dimensions(value))).collect())
        }
        other => other,
    }
}

/// Children that made a rule true, from the data of the change.
fn triggering(new: &Value) -> Value {
    let alarms = new["stateReasonData"]["triggeringAlarms"].as_array().cloned().unwrap_or_default();
    let child = |alarm: Value| json!({ "Arn": alarm["arn"], "State": { "Value": alarm["state"]["value"], "Timestamp": alarm["state"]["timestamp"] } });
    alarms.into_iter().map(child).collect()
}

/// `2026-02-26T10:14:05.000+0000`
pub(super) fn zoned(at_ms: i64) -> String {
    let second = crate::wire::iso8601((at_ms.div_euclid(1_000)) as f64);
    format!("{}.{:03}+0000", second.trim_end_matches('Z'), at_ms.rem_euclid(1_000))
}

/// What messages call a Region. <https://docs.aws.amazon.com/general/latest/gr/rande.html>
fn display_name(region: &str) -> &str {
    match region {
        "us-east-1" => "US East (N. Virginia)",
        "us-east-2" => "US East (Ohio)",
        "us-west-1" => "US West (N. California)",
        "us-west-2" => "US West (Oregon)",
        "eu-west-1" => "EU (Ireland)",
        "eu-central-1" => "EU (Frankfurt)",
        "ap-northeast-1" => "Asia Pacific (Tokyo)",
        "ap-northeast-2" => "Asia Pacific (Seoul)",
        other => other,
    }
}
