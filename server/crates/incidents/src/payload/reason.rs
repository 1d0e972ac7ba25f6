//! Reasons of changes: AWS's sentences and the data beside them.

use std::collections::BTreeMap;

use samples::{AlarmStatus, Comparison};
use serde_json::{Value, json};

use crate::AlarmArn;

/// One side of a change.
pub(super) struct Told<'a> {
    pub(super) status: Option<AlarmStatus>,
    pub(super) reason: &'a str,
    pub(super) reason_data: &'a str,
}

/// The change in the form of `HistoryData`, so that what was pushed and what was polled look alike:
/// `{version, oldState, newState{stateValue, stateReason, stateReasonData}}`, with `contributor`
/// added for one series of many.
pub(super) fn history_data(
    old: &Told<'_>,
    new: &Told<'_>,
    contributor: Option<(&str, &BTreeMap<String, String>)>,
) -> String {
    let state = |told: &Told<'_>| {
        let mut state = json!({ "stateReason": told.reason });
        if let Some(status) = told.status {
            state["stateValue"] = status.name().into();
        }
        if let Ok(data @ Value::Object(_)) = serde_json::from_str(told.reason_data) {
            state["stateReasonData"] = data;
        }
        state
    };
    let mut data = json!({ "version": "1.0", "newState": state(new) });
    if old.status.is_some() {
        data["oldState"] = state(old);
    }
    if let Some((id, attributes)) = contributor {
        data["contributor"] = json!({ "id": id, "attributes": attributes });
    }
    data.to_string()
}

/// The reason data of a change: `StateReasonData` itself, or inside the `HistoryData` around it,
/// there as an object or as text.
pub(crate) fn reason_data_of(data: &str) -> Option<Value> {
    let data: Value = serde_json::from_str(data).ok()?;
    let inner = data.pointer("/newState/stateReasonData").cloned().unwrap_or(data);
    match inner {
        Value::String(text) => serde_json::from_str(&text).ok(),
        other => Some(other),
    }
}

/// The marks of the one series a change is about; `None` for a change of the alarm itself.
pub(crate) fn contributor_of(data: &str) -> Option<BTreeMap<String, String>> {
    // Most changes are of alarms: look before parsing.
    if !data.contains("\"contributor\"") {
        return None;
    }
    let data: Value = serde_json::from_str(data).ok()?;
    let attributes = data.pointer("/contributor/attributes")?.as_object()?;
    Some(attributes.iter().filter_map(|(name, value)| Some((name.clone(), value.as_str()?.to_owned()))).collect())
}

/// Threshold and comparison as AWS's sentence has them: `… was greater than the threshold (21.0) …`.
pub(super) fn limit_in(reason: &str) -> Option<(f64, Comparison)> {
    const OPERATORS: [(&str, &str); 4] = [
        ("greater than or equal to the threshold (", "GreaterThanOrEqualToThreshold"),
        ("less than or equal to the threshold (", "LessThanOrEqualToThreshold"),
        ("greater than the threshold (", "GreaterThanThreshold"),
        ("less than the threshold (", "LessThanThreshold"),
    ];
    OPERATORS.iter().find_map(|(words, operator)| {
        let (_, rest) = reason.split_once(words)?;
        let value: f64 = rest.split_once(')')?.0.trim().parse().ok()?;
        value.is_finite().then(|| (value, Comparison((*operator).to_owned())))
    })
}

/// `TriggeringChildren` of an SNS message in the form of EventBridge's reason data.
pub(super) fn triggering_alarms(children: &[Value]) -> Option<String> {
    let alarm = |child: &Value| {
        let fields = super::Fields::of(child)?;
        let arn: AlarmArn = fields.text("Arn")?.parse().ok()?;
        let state = fields.object("State");
        let value = state.and_then(|state| state.text("Value")).and_then(AlarmStatus::from_name);
        let timestamp = state.and_then(|state| state.text("Timestamp"));
        Some(
            json!({ "arn": arn.to_string(), "state": { "value": value.map(AlarmStatus::name), "timestamp": timestamp } }),
        )
    };
    let alarms: Vec<_> = children.iter().filter_map(alarm).take(100).collect();
    (!alarms.is_empty()).then(|| json!({ "triggeringAlarms": alarms }).to_string())
}
