//! What EventBridge is told about alarms.
//! <https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch-and-eventbridge.html>

use super::message::zoned;
use crate::wire::iso8601;
use crate::world::World;
use crate::world::alarms::{Alarm, HistoryItem};
use crate::world::instance::ACCOUNT;
use serde_json::{Map, Value, json};

pub(super) fn alarm_arn(world: &World, name: &str) -> String {
    format!("arn:aws:cloudwatch:{}:{ACCOUNT}:alarm:{name}", world.region())
}

/// The event of an item of the history; `None` for one that makes none.
pub(super) fn event(world: &World, item: &HistoryItem, alarm: Option<&Alarm>) -> Option<String> {
    let data: Value = serde_json::from_str(&item.data).ok()?;
    let (kind, detail) = match item.kind.as_str() {
        "StateUpdate" => ("CloudWatch Alarm State Change", state_change(item, alarm?, &data)),
        "ConfigurationUpdate" => ("CloudWatch Alarm Configuration Change", configuration_change(item, alarm?, &data)),
        _ => return None,
    };
    let event = json!({
        "version": "0",
        "id": uuid::Uuid::new_v4().to_string(),
        "detail-type": kind,
        "source": "aws.cloudwatch",
        "account": ACCOUNT,
        "time": iso8601(item.at_ms.div_euclid(1_000) as f64),
        "region": world.region(),
        "resources": [alarm_arn(world, &item.alarm)],
        "detail": detail,
    });
    Some(event.to_string())
}

fn state_change(item: &HistoryItem, alarm: &Alarm, data: &Value) -> Value {
    let side = |state: &Value, at_ms: i64| {
        let mut side = json!({
            "value": state["stateValue"],
            "reason": state["stateReason"],
            "timestamp": zoned(at_ms),
        });
        if state["stateReasonData"].is_object() {
            side["reasonData"] = state["stateReasonData"].to_string().into();
        }
        side
    };
    let mut detail = json!({
        "alarmName": alarm.name,
        "state": side(&data["newState"], item.at_ms),
        "previousState": side(&data["oldState"], alarm.configured_ms.min(item.at_ms)),
        "configuration": short_configuration(alarm),
    });
    if let Some(tags) = alarm.sent_tags() {
        detail["alarmTags"] = json!(tags);
        detail["alarmTagsStatus"] = "SUCCESS".into();
    }
    detail
}

/// What the event of a change of state tells of the alarm.
fn short_configuration(alarm: &Alarm) -> Value {
    let configuration = &alarm.configuration;
    let mut short = json!({ "description": configuration["AlarmDescription"] });
    match configuration["AlarmRule"].as_str() {
        Some(rule) => short["alarmRule"] = rule.into(),
        None => short["metrics"] = metrics(configuration),
    }
    short
}

fn configuration_change(item: &HistoryItem, alarm: &Alarm, data: &Value) -> Value {
    let operation = match data["type"].as_str() {
        Some("created" | "Create") => "create",
        Some("deleted" | "Delete") => "delete",
        _ => "update",
    };
    let configuration = &alarm.configuration;
    let mut full = short_configuration(alarm);
    for (from, to) in [
        ("EvaluationPeriods", "evaluationPeriods"),
        ("DatapointsToAlarm", "datapointsToAlarm"),
        ("Threshold", "threshold"),
        ("ComparisonOperator", "comparisonOperator"),
        ("TreatMissingData", "treatMissingData"),
        ("ActionsEnabled", "actionsEnabled"),
        ("OKActions", "okActions"),
        ("AlarmActions", "alarmActions"),
        ("InsufficientDataActions", "insufficientDataActions"),
    ] {
        if !configuration[from].is_null() {
            full[to] = configuration[from].clone();
        }
    }
    full["alarmName"] = alarm.name.as_str().into();
    full["timestamp"] = zoned(item.at_ms).into();
    json!({
        "alarmName": alarm.name,
        "operation": operation,
        "state": { "value": alarm.state, "timestamp": zoned(alarm.state_updated_ms) },
        "configuration": full,
    })
}

/// Metrics with dimensions as an object.
fn metrics(configuration: &Value) -> Value {
    if let Some(queries) = configuration["Metrics"].as_array() {
        return queries.iter().map(query).collect();
    }
    let stat = json!({
        "metric": {
            "namespace": configuration["Namespace"],
            "name": configuration["MetricName"],
            "dimensions": dimensions(&configuration["Dimensions"]),
        },
        "period": configuration["Period"],
        "stat": configuration["Statistic"].as_str().or(configuration["ExtendedStatistic"].as_str()),
    });
    json!([{ "id": uuid::Uuid::new_v4().to_string(), "metricStat": stat, "returnData": true }])
}

fn query(query: &Value) -> Value {
    let returns = query["ReturnData"].as_bool().unwrap_or(true);
    if let Some(expression) = query["Expression"].as_str() {
        return json!({ "id": query["Id"], "expression": expression, "label": query["Label"], "returnData": returns });
    }
    let stat = &query["MetricStat"];
    let metric = json!({
        "namespace": stat["Metric"]["Namespace"],
        "name": stat["Metric"]["MetricName"],
        "dimensions": dimensions(&stat["Metric"]["Dimensions"]),
    });
    json!({
        "id": query["Id"],
        "metricStat": { "metric": metric, "period": stat["Period"], "stat": stat["Stat"] },
        "returnData": returns,
    })
}

fn dimensions(list: &Value) -> Value {
    let pairs = list.as_array().into_iter().flatten();
    let pair = |pair: &Value| Some((pair["Name"].as_str()?.to_owned(), pair["Value"].clone()));
    Value::Object(pairs.filter_map(pair).collect::<Map<_, _>>())
}
