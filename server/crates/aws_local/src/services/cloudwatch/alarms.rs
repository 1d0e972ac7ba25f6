//! Alarms: kept, described, evaluated.

use super::super::Call;
use super::alarm_rules::{Comparison, EXTRA_PERIODS, Missing, Rule, State, evaluate};
use super::alarm_tags::read_tags;
use super::composite;
use super::metric_data::{Evaluation, read_queries};
use super::read::{Statistic, arrival_delay_secs, buckets, points, read_metric_key, read_period};
use super::{STATISTICS, UNITS};
use crate::error::ServiceError;
use crate::input::{Input, Style};
use crate::store::Write;
use crate::wire::{Value, from_json, iso8601, to_json};
use crate::world::World;
use crate::world::alarms::{Alarm, AlarmBook, HistoryItem};
use crate::world::instance::ACCOUNT;
use serde_json::json;
use std::collections::BTreeMap;

/// A minute's points count as whole this long after its end.
const SETTLE_SECS: i64 = 5;
const STATES: &[&str] = &["OK", "ALARM", "INSUFFICIENT_DATA"];

/// Sorts of alarms.
const METRIC: &str = "MetricAlarm";
const COMPOSITE: &str = "CompositeAlarm";
const LOG: &str = "LogAlarm";

/// Which sort an alarm is of.
fn sort_of(alarm: &Alarm) -> &'static str {
    let has = |member: &str| !alarm.configuration[member].is_null();
    match () {
        () if has("AlarmRule") => COMPOSITE,
        () if has("ScheduledQueryConfiguration") => LOG,
        () => METRIC,
    }
}

/// How a member of a request is read.
#[derive(Clone, Copy)]
pub(super) enum Kind {
    Text,
    Bool,
    /// From 1.
    Int,
    /// From 0.
    Count,
    Double,
    Texts,
    /// Kept as sent, after its own check.
    Document,
}

/// Members of alarms of every sort that `DescribeAlarms` gives back.
const COMMON: &[(&str, Kind)] = &[
    ("AlarmName", Kind::Text),
    ("AlarmDescription", Kind::Text),
    ("ActionsEnabled", Kind::Bool),
    ("OKActions", Kind::Texts),
    ("AlarmActions", Kind::Texts),
    ("InsufficientDataActions", Kind::Texts),
    ("ActionConfiguration", Kind::Document),
];

/// Those of `PutMetricAlarm` alone.
const MEMBERS: &[(&str, Kind)] = &[
    ("MetricName", Kind::Text),
    ("Namespace", Kind::Text),
    ("Statistic", Kind::Text),
    ("ExtendedStatistic", Kind::Text),
    ("Dimensions", Kind::Document),
    ("Period", Kind::Int),
    ("Unit", Kind::Text),
    ("EvaluationPeriods", Kind::Int),
    ("DatapointsToAlarm", Kind::Int),
    ("Threshold", Kind::Double),
    ("ComparisonOperator", Kind::Text),
    ("TreatMissingData", Kind::Text),
    ("EvaluateLowSampleCountPercentile", Kind::Text),
    ("Metrics", Kind::Document),
    ("ThresholdMetricId", Kind::Text),
];

pub(super) fn put_metric_alarm(call: &Call<'_>) -> Result<Value, ServiceError> {
    read_rule(&call.input)?;
    put(call, MEMBERS)
}

/// Enters an alarm with the members of a checked request, those of its sort named by `own`.
pub(super) fn put(call: &Call<'_>, own: &[(&'static str, Kind)]) -> Result<Value, ServiceError> {
    let name = call.input.required_text("AlarmName")?;
    let mut members = Vec::new();
    for (member, kind) in COMMON.iter().chain(own) {
        members.push((*member, read_member(&call.input, member, *kind)?));
    }
    for list in ["OKActions", "AlarmActions", "InsufficientDataActions"] {
        if call.input.raw(list).is_none() {
            members.push((list, Value::list([])));
        }
    }
    if call.input.raw("ActionsEnabled").is_none() {
        members.push(("ActionsEnabled", Value::Bool(true)));
    }
    enter(call.world, name, to_json(&Value::map(members)), read_tags(&call.input)?);
    Ok(Value::Map(Vec::new()))
}

/// Enters an alarm's configuration: a new alarm with its tags, or a change of one, whose tags stay.
fn enter(world: &World, name: &str, configuration: serde_json::Value, tags: BTreeMap<String, String>) {
    let now_ms = world.clock().now_ms();
    let mut book = world.alarms();
    let before = book.alarms.get(name).cloned();
    let verb = if before.is_some() { "updated" } else { "created" };
    let alarm = match before {
        Some(alarm) => Alarm { configuration, configured_ms: now_ms, ..alarm },
        None => Alarm {
            name: name.to_owned(),
            tags,
            configuration,
            configured_ms: now_ms,
            state: State::InsufficientData.name().to_owned(),
            reason: "Unchecked: Initial alarm creation".to_owned(),
            reason_data: None,
            state_updated_ms: now_ms,
            transitioned_ms: now_ms,
        },
    };
    save(world, &alarm);
    let data = json!({ "version": "1.0", "type": verb, "updatedAlarm": alarm.configuration });
    let item = HistoryItem {
        alarm: name.to_owned(),
        sort: sort_of(&alarm).to_owned(),
        at_ms: now_ms,
        kind: "ConfigurationUpdate".to_owned(),
        summary: format!("Alarm \"{name}\" {verb}"),
        data: data.to_string(),
    };
    book.alarms.insert(name.to_owned(), alarm);
    save_history(world, &item);
    book.note(item);
}

fn read_member(input: &Input<'_>, member: &str, kind: Kind) -> Result<Value, ServiceError> {
    Ok(match kind {
        Kind::Text => input.text(member)?.map_or(Value::Null, Value::text),
        Kind::Bool => Value::from(input.boolean(member)?),
        Kind::Int => Value::from(input.int(member, 1..=i64::from(i32::MAX))?),
        Kind::Count => Value::from(input.int(member, 0..=i64::from(i32::MAX))?),
        Kind::Double => Value::from(input.double(member)?),
        Kind::Texts => {
            input.texts(member, 0..=5)?.map_or(Value::Null, |texts| Value::list(texts.into_iter().map(Value::text)))
        }
        Kind::Document => input.raw(member).cloned().unwrap_or(Value::Null),
    })
}

/// The numbers of an alarm's configuration.
fn read_rule(configuration: &Input<'_>) -> Result<Rule, ServiceError> {
    let comparison = configuration.required_text("ComparisonOperator")?;
    let comparison = Comparison::parse(comparison).ok_or_else(|| {
        configuration.broken("ComparisonOperator", comparison, "satisfy enum value set: [GreaterThanOrEqualToThreshold, GreaterThanThreshold, LessThanThreshold, LessThanOrEqualToThreshold]")
    })?;
    let evaluation_periods = configuration
        .int("EvaluationPeriods", 1..=10_000)?
        .ok_or_else(|| ServiceError::missing_parameter("EvaluationPeriods"))?;
    let datapoints = configuration.int("DatapointsToAlarm", 1..=10_000)?.unwrap_or(evaluation_periods);
    if datapoints > evaluation_periods {
        return Err(ServiceError::validation("DatapointsToAlarm must be less than or equal to EvaluationPeriods"));
    }
    let missing = configuration.text("TreatMissingData")?.unwrap_or("missing");
    let missing = Missing::parse(missing).ok_or_else(|| {
        ServiceError::validation(format!(
            "Invalid value for TreatMissingData: {missing}. Valid values are breaching, notBreaching, ignore, missing"
        ))
    })?;
    let threshold = configuration.double("Threshold")?.ok_or_else(|| ServiceError::missing_parameter("Threshold"))?;
    configuration.one_of("Unit", UNITS)?;
    match (configuration.raw("MetricName"), configuration.structures("Metrics", 1..=20)?) {
        (Some(_), None) => {
            read_metric_key(configuration)?;
            read_period(configuration)?.ok_or_else(|| ServiceError::missing_parameter("Period"))?;
            read_statistic(configuration)?;
        }
        (None, Some(metrics)) => {
            let queries = read_queries(&metrics)?;
            if queries.iter().filter(|query| query.returns_data).count() != 1 {
                return Err(ServiceError::validation("Exactly one element of the metrics list should return data."));
            }
        }
        _ => return Err(ServiceError::validation("Exactly one of MetricName and Metrics must be specified")),
    }
    Ok(Rule {
        comparison,
        threshold,
        evaluation_periods: usize::try_from(evaluation_periods).unwrap_or(1),
        datapoints_to_alarm: usize::try_from(datapoints).unwrap_or(1),
        missing,
    })
}

fn read_statistic(configuration: &Input<'_>) -> Result<(String, Statistic), ServiceError> {
    let plain = configuration.one_of("Statistic", STATISTICS)?;
    let name = plain
        .or(configuration.text("ExtendedStatistic")?)
        .ok_or_else(|| ServiceError::missing_parameter("Statistic"))?;
    let statistic = Statistic::parse(name).ok_or_else(|| {
        ServiceError::invalid_parameter(format!("The value {name} for parameter ExtendedStatistic is not supported."))
    })?;
    Ok((name.to_owned(), statistic))
}

pub(super) fn describe_alarms(call: &Call<'_>) -> Result<Value, ServiceError> {
    let input = &call.input;
    let names = input.texts("AlarmNames", 0..=100)?;
    let prefix = input.text("AlarmNamePrefix")?;
    let state = input.one_of("StateValue", STATES)?;
    let types = input.texts("AlarmTypes", 0..=3)?.unwrap_or_default();
    let action = input.text("ActionPrefix")?;
    let page = input.int("MaxRecords", 1..=100)?.unwrap_or(50) as usize;
    let offset = read_offset(input)?;
    if names.is_some() && prefix.is_some() {
        return Err(ServiceError::invalid_combination("AlarmNames and AlarmNamePrefix cannot be used together"));
    }
    let has_action = |alarm: &Alarm, prefix: &str| {
        let actions = ["OKActions", "AlarmActions", "InsufficientDataActions"]
            .into_iter()
            .filter_map(|list| alarm.configuration[list].as_array());
        actions.flatten().any(|action| action.as_str().is_some_and(|action| action.starts_with(prefix)))
    };
    let children_of = input.text("ChildrenOfAlarmName")?;
    let parents_of = input.text("ParentsOfAlarmName")?;
    let book = call.world.alarms();
    // Without types only metric alarms are meant, except where the question is about composites.
    let is_type_meant = |alarm: &Alarm| match sort_of(alarm) {
        METRIC if types.is_empty() => true,
        COMPOSITE if types.is_empty() => children_of.is_some() || parents_of.is_some(),
        sort => types.contains(&sort),
    };
    let children = children_of.and_then(|name| book.alarms.get(name)).map(composite::children_of).unwrap_or_default();
    let found = book.alarms.values().filter(|alarm| {
        names.as_ref().is_none_or(|names| names.contains(&alarm.name.as_str()))
            && prefix.is_none_or(|prefix| alarm.name.starts_with(prefix))
            && state.is_none_or(|state| state == alarm.state)
            && action.is_none_or(|prefix| has_action(alarm, prefix))
            && children_of.is_none_or(|_| children.contains(&alarm.name))
            && parents_of.is_none_or(|child| composite::children_of(alarm).iter().any(|name| name == child))
            && is_type_meant(alarm)
    });
    let found: Vec<&Alarm> = found.collect();
    let end = (offset + page).min(found.len());
    let next = if end < found.len() { Value::text(end.to_string()) } else { Value::Null };
    let shown = found.get(offset..end).unwrap_or_default();
    let described = |sort: &str| {
        let of_sort = shown.iter().filter(|alarm| sort_of(alarm) == sort);
        Value::list(of_sort.map(|alarm| describe(alarm, call.world.region())))
    };
    Ok(Value::map([
        ("MetricAlarms", described(METRIC)),
        ("CompositeAlarms", described(COMPOSITE)),
        ("LogAlarms", described(LOG)),
        ("NextToken", next),
    ]))
}

pub(super) fn describe_alarms_for_metric(call: &Call<'_>) -> Result<Value, ServiceError> {
    let key = read_metric_key(&call.input)?;
    let book = call.world.alarms();
    let alarms = book.alarms.values().filter(|alarm| {
        let configuration = from_json(alarm.configuration.clone());
        read_metric_key(&Input::new(&configuration, Style::Detailed)).is_ok_and(|found| found == key)
    });
    Ok(Value::map([("MetricAlarms", Value::list(alarms.map(|alarm| describe(alarm, call.world.region()))))]))
}

fn read_offset(input: &Input<'_>) -> Result<usize, ServiceError> {
    match input.text("NextToken")? {
        None => Ok(0),
        Some(token) => token.parse().map_err(|_| ServiceError::invalid_next_token()),
    }
}

pub(super) fn alarm_arn(region: &str, name: &str) -> String {
    format!("arn:aws:cloudwatch:{region}:{ACCOUNT}:alarm:{name}")
}

fn describe(alarm: &Alarm, region: &str) -> Value {
    let time = |at_ms: i64| Value::Time(at_ms as f64 / 1_000.0);
    let Value::Map(mut members) = from_json(alarm.configuration.clone()) else { return Value::Null };
    if !members.iter().any(|(name, _)| name == "Dimensions") && members.iter().any(|(name, _)| name == "MetricName") {
        members.push(("Dimensions".to_owned(), Value::list([])));
    }
    members.extend([
        ("AlarmArn".to_owned(), Value::text(alarm_arn(region, &alarm.name))),
        ("AlarmConfigurationUpdatedTimestamp".to_owned(), time(alarm.configured_ms)),
        ("StateValue".to_owned(), Value::text(alarm.state.as_str())),
        ("StateReason".to_owned(), Value::text(alarm.reason.as_str())),
        ("StateReasonData".to_owned(), alarm.reason_data.as_deref().map_or(Value::Null, Value::text)),
        ("StateUpdatedTimestamp".to_owned(), time(alarm.state_updated_ms)),
        ("StateTransitionedTimestamp".to_owned(), time(alarm.transitioned_ms)),
    ]);
    Value::map(members)
}

pub(super) fn describe_alarm_history(call: &Call<'_>) -> Result<Value, ServiceError> {
    let input = &call.input;
    let name = input.text("AlarmName")?;
    let types = input.texts("AlarmTypes", 0..=3)?.unwrap_or_default();
    let kind = input.one_of(
        "HistoryItemType",
        &["ConfigurationUpdate", "StateUpdate", "Action", "AlarmContributorStateUpdate", "AlarmContributorAction"],
    )?;
    let start = input.time("StartDate")?;
    let end = input.time("EndDate")?;
    let page = input.int("MaxRecords", 1..=100)?.unwrap_or(100) as usize;
    let is_ascending =
        input.one_of("ScanBy", &["TimestampDescending", "TimestampAscending"])? == Some("TimestampAscending");
    let offset = read_offset(input)?;
    let book = call.world.alarms();
    let found = book.history.iter().filter(|item| {
        let at = item.at_ms as f64 / 1_000.0;
        let sort = item.sort.as_str();
        name.is_none_or(|name| name == item.alarm)
            // Without types only metric alarms are meant, as in DescribeAlarms; a name means its own.
            && (types.contains(&sort) || (types.is_empty() && (name.is_some() || sort == METRIC)))
            && kind.is_none_or(|kind| kind == item.kind)
            && start.is_none_or(|start| at >= start)
            && end.is_none_or(|end| at <= end)
    });
    let mut found: Vec<&HistoryItem> = found.collect();
    if !is_ascending {
        found.reverse();
    }
    let until = (offset + page).min(found.len());
    let next = if until < found.len() { Value::text(until.to_string()) } else { Value::Null };
    let items = found.get(offset..until).unwrap_or_default().iter().map(|item| {
        Value::map([
            ("AlarmName", Value::text(item.alarm.as_str())),
            ("AlarmType", Value::text(item.sort.as_str())),
            ("Timestamp", Value::Time(item.at_ms as f64 / 1_000.0)),
            ("HistoryItemType", Value::text(item.kind.as_str())),
            ("HistorySummary", Value::text(item.summary.as_str())),
            ("HistoryData", Value::text(item.data.as_str())),
        ])
    });
    Ok(Value::map([("AlarmHistoryItems", Value::list(items)), ("NextToken", next)]))
}

pub(super) fn delete_alarms(call: &Call<'_>) -> Result<Value, ServiceError> {
    let names = call.input.required_texts("AlarmNames", 0..=100)?;
    let mut book = call.world.alarms();
    // Several names: all or nothing. A single unknown name is no error on AWS.
    if names.len() > 1 && names.iter().any(|name| !book.alarms.contains_key(*name)) {
        return Err(ServiceError::alarm_not_found());
    }
    for name in names {
        book.alarms.remove(name);
        call.world.store().write(Write::Alarm { name: name.to_owned(), document: None });
    }
    Ok(Value::Map(Vec::new()))
}

pub(super) fn set_alarm_state(call: &Call<'_>) -> Result<Value, ServiceError> {
    let name = call.input.required_text("AlarmName")?;
    let state =
        call.input.one_of("StateValue", STATES)?.ok_or_else(|| ServiceError::missing_parameter("StateValue"))?;
    let reason = call.input.required_text("StateReason")?;
    let data = call.input.text("StateReasonData")?;
    let mut book = call.world.alarms();
    if !book.alarms.contains_key(name) {
        return Err(ServiceError::alarm_not_found());
    }
    let change = Change { state, reason: reason.to_owned(), data: data.map(str::to_owned) };
    apply(call.world, &mut book, name, change);
    Ok(Value::Map(Vec::new()))
}

/// A state to be entered.
pub(super) struct Change {
    pub(super) state: &'static str,
    pub(super) reason: String,
    pub(super) data: Option<String>,
}

/// Enters a state of the alarm called `name`, with a history item if it differs from the old.
pub(super) fn apply(world: &World, book: &mut AlarmBook, name: &str, change: Change) {
    let Some(alarm) = book.alarms.get_mut(name) else { return };
    let item = change_state(world, alarm, change.state, change.reason, change.data);
    if let Some(item) = item {
        book.note(item);
    }
}

/// Enters a new state; a history item if it differs from the old.
fn change_state(
    world: &World,
    alarm: &mut Alarm,
    state: &str,
    reason: String,
    data: Option<String>,
) -> Option<HistoryItem> {
    let now_ms = world.clock().now_ms();
    let is_new = alarm.state != state;
    let side = |state: &str, reason: &str, data: Option<&String>| {
        let data = data.and_then(|data| serde_json::from_str::<serde_json::Value>(data).ok());
        json!({ "stateValue": state, "stateReason": reason, "stateReasonData": data })
    };
    let history = json!({
        "version": "1.0",
        "oldState": side(&alarm.state, &alarm.reason, alarm.reason_data.as_ref()),
        "newState": side(state, &reason, data.as_ref()),
    });
    let summary = format!("Alarm updated from {} to {state}", alarm.state);
    state.clone_into(&mut alarm.state);
    alarm.reason = reason;
    alarm.reason_data = data;
    alarm.state_updated_ms = now_ms;
    if is_new {
        alarm.transitioned_ms = now_ms;
    }
    save(world, alarm);
    is_new.then(|| {
        let item = HistoryItem {
            alarm: alarm.name.clone(),
            sort: sort_of(alarm).to_owned(),
            at_ms: now_ms,
            kind: "StateUpdate".to_owned(),
            summary,
            data: history.to_string(),
        };
        save_history(world, &item);
        item
    })
}

pub(super) fn save(world: &World, alarm: &Alarm) {
    match serde_json::to_string(alarm) {
        Ok(document) => world.store().write(Write::Alarm { name: alarm.name.clone(), document: Some(document) }),
        Err(error) => tracing::error!(%error, alarm = alarm.name, "an alarm could not be written down"),
    }
}

fn save_history(world: &World, item: &HistoryItem) {
    match serde_json::to_string(item) {
        Ok(document) => world.store().write(Write::AlarmHistory { at_ms: item.at_ms, document }),
        Err(error) => tracing::error!(%error, alarm = item.alarm, "alarm history could not be written down"),
    }
}

/// Evaluates every alarm at the current time.
pub(crate) fn evaluate_alarms(world: &World) {
    let alarms: Vec<Alarm> = world.alarms().alarms.values().cloned().collect();
    for alarm in alarms {
        let Some((state, reason, data)) = verdict(world, &alarm) else { continue };
        let mut book = world.alarms();
        // It may have been deleted, changed or set by hand meanwhile: then it waits for the next round.
        let Some(found) = book.alarms.get(&alarm.name) else { continue };
        if found.configured_ms != alarm.configured_ms || found.state != alarm.state || found.state == state.name() {
            continue;
        }
        apply(world, &mut book, &alarm.name, Change { state: state.name(), reason, data: Some(data) });
    }
    composite::evaluate(world);
}

/// The state an alarm should have, why, and the reason's data.
fn verdict(world: &World, alarm: &Alarm) -> Option<(State, String, String)> {
    let document = from_json(alarm.configuration.clone());
    let configuration = Input::new(&document, Style::Detailed);
    let rule = read_rule(&configuration).ok()?;
    let (period, statistic, values) = recent_values(world, &configuration, &rule)?;
    let current = State::parse(&alarm.state);
    let range: Vec<Option<f64>> = values.iter().map(|(_, value)| *value).collect();
    let (state, decisive) = evaluate(&rule, &range, current);
    let newest = values.iter().rev().find_map(|(at, value)| value.map(|_| *at)).unwrap_or(0);
    let data = json!({
        "version": "1.0",
        "queryDate": reason_time(world.clock().now_secs()),
        "startDate": reason_time(newest - (decisive.len().max(1) as i64 - 1) * period),
        "statistic": statistic,
        "period": period,
        "recentDatapoints": decisive,
        "threshold": rule.threshold,
        "evaluatedDatapoints": values.iter().rev().filter_map(|(at, value)| {
            value.map(|value| json!({ "timestamp": reason_time(*at), "value": value }))
        }).take(rule.evaluation_periods).collect::<Vec<_>>(),
    });
    Some((state, reason(&rule, state, &decisive, newest), data.to_string()))
}

/// AWS writes reasons' times with a numeric zone.
pub(super) fn reason_time(at_secs: i64) -> String {
    iso8601(at_secs as f64).replace('Z', ".000+0000")
}

fn reason(rule: &Rule, state: State, decisive: &[f64], newest: i64) -> String {
    let count = decisive.len();
    if count == 0 {
        let treated = match rule.missing {
            Missing::Breaching => " [Breaching]",
            Missing::NotBreaching => " [NonBreaching]",
            Missing::Ignore | Missing::Unknown => "",
        };
        return match state {
            State::InsufficientData => format!(
                "Insufficient Data: {} datapoint{} unknown.",
                rule.evaluation_periods,
                if rule.evaluation_periods == 1 { " was" } else { "s were" }
            ),
            _ => format!(
                "Threshold Crossed: no datapoints were received for {} period{} and {} missing datapoint{} treated as{treated}.",
                rule.evaluation_periods,
                plural(rule.evaluation_periods),
                rule.evaluation_periods,
                if rule.evaluation_periods == 1 { " was" } else { "s were" }
            ),
        };
    }
    let breaching = decisive.iter().filter(|value| match rule.comparison {
        Comparison::GreaterOrEqual => **value >= rule.threshold,
        Comparison::Greater => **value > rule.threshold,
        Comparison::Less => **value < rule.threshold,
        Comparison::LessOrEqual => **value <= rule.threshold,
    });
    let breaching = breaching.count();
    let (told, verb, arrow) = match state {
        State::Alarm => (breaching, "", "OK -> ALARM"),
        _ => (count - breaching, "not ", "ALARM -> OK"),
    };
    let needed = match state {
        State::Alarm => rule.datapoints_to_alarm,
        _ => rule.evaluation_periods - rule.datapoints_to_alarm + 1,
    };
    let last = decisive.last().copied().unwrap_or_default();
    format!(
        "Threshold Crossed: {told} out of the last {count} datapoint{} [{last:?} ({})] {} {verb}{} the threshold ({:?}) \
         (minimum {needed} datapoint{} for {arrow} transition).",
        plural(count),
        iso8601(newest as f64),
        if told == 1 { "was" } else { "were" },
        rule.comparison.words(),
        rule.threshold,
        plural(needed),
    )
}

fn plural(count: usize) -> &'static str {
    if count == 1 { "" } else { "s" }
}

/// How late the slowest of an alarm's metrics arrives: a period counts as over only then.
fn arrival_secs(configuration: &Input<'_>) -> i64 {
    let of = |input: &Input<'_>| input.text("Namespace").ok().flatten().map(arrival_delay_secs);
    let queries = configuration.structures("Metrics", 1..=20).ok().flatten().unwrap_or_default();
    let of_query = |query: &Input<'_>| of(&query.structure("MetricStat").ok()??.structure("Metric").ok()??);
    of(configuration).into_iter().chain(queries.iter().filter_map(of_query)).max().unwrap_or(0)
}

type Recent = (i64, String, Vec<(i64, Option<f64>)>);

/// Period, statistic, and the values of the evaluation range, oldest first.
fn recent_values(world: &World, configuration: &Input<'_>, rule: &Rule) -> Option<Recent> {
    let now_secs = world.clock().now_secs() - SETTLE_SECS - arrival_secs(configuration);
    let periods = (rule.evaluation_periods + EXTRA_PERIODS) as i64;
    if configuration.raw("MetricName").is_some() {
        let period = read_period(configuration).ok()??;
        let (name, statistic) = read_statistic(configuration).ok()?;
        let end = now_secs.div_euclid(period) * period;
        let start = end - periods * period;
        let key = read_metric_key(configuration).ok()?;
        let recorded = points(world, &key, start, end).map(|(_, points)| points).unwrap_or_default();
        let buckets = buckets(&recorded, start, period);
        let value = |index: i64| {
            let at = start + index * period;
            (at, buckets.get(&at).and_then(|datum| statistic.of(datum)))
        };
        return Some((period, name, (0..periods).map(value).collect()));
    }
    let metrics = configuration.structures("Metrics", 1..=20).ok()??;
    let period = metrics
        .iter()
        .filter_map(|query| {
            read_period(query).ok().flatten().or_else(|| read_period(&query.structure("MetricStat").ok()??).ok()?)
        })
        .max()
        .unwrap_or(60);
    let queries = read_queries(&metrics).ok()?;
    let end = now_secs.div_euclid(period) * period;
    let start = end - periods * period;
    let id = &queries.iter().find(|query| query.returns_data)?.id;
    let mut evaluation = Evaluation::new(world, &queries, start as f64, end as f64);
    let series = evaluation.series(id).ok()?.into_iter().next()?;
    let value = |index: i64| (start + index * period, series.get(&(start + index * period)).copied());
    Some((period, "Expression".to_owned(), (0..periods).map(value).collect()))
}
