//! Alarms and their history. // CloudWatch `DescribeAlarms`, `DescribeAlarmHistory`

use aws_sdk_cloudwatch::types::{
    AlarmHistoryItem, AlarmType, CompositeAlarm, EvaluationCriteria, HistoryItemType, LogAlarm, MetricAlarm,
    MetricDataQuery, MetricStat, StateValue,
};
use samples::{AlarmEvent, AlarmKind, AlarmState, AlarmStatus, Comparison, MetricRef};
use units::{Timestamp, Window};

use crate::access::{Collector, Lane, LaneClients};
use crate::error::CollectError;
use crate::inventory::{date_time, timestamp};
use crate::pages::read_pages;

const DESCRIBE: &str = "cloudwatch:DescribeAlarms";
const HISTORY: &str = "cloudwatch:DescribeAlarmHistory";

impl Collector {
    /// Every alarm of every Region, or those of the names given.
    ///
    /// # Errors
    /// [`CollectError`] of the first Region that fails.
    pub async fn list_alarms(
        &self,
        names: Option<Vec<String>>,
        now: Timestamp,
        lane: Lane,
    ) -> Result<Vec<AlarmState>, CollectError> {
        let mut alarms = Vec::new();
        for clients in &self.regions {
            let clients = clients.lane(lane);
            let found = match list(clients, names.as_deref(), true, now).await {
                // A Region or an endpoint that has no log alarms yet refuses the word.
                Err(CollectError::Invalid { .. }) => list(clients, names.as_deref(), false, now).await?,
                found => found?,
            };
            alarms.extend(found);
        }
        Ok(alarms)
    }

    /// Changes of state in a window (CloudWatch keeps 30 days), of one alarm or of all, oldest first.
    ///
    /// # Errors
    /// [`CollectError`] of the first Region that fails.
    pub async fn list_alarm_events(
        &self,
        alarm: Option<&AlarmState>,
        window: Window,
        lane: Lane,
    ) -> Result<Vec<AlarmEvent>, CollectError> {
        let mut events = Vec::new();
        for clients in &self.regions {
            let on = clients.lane(lane);
            let items = match history(on, alarm, true, window).await {
                Err(CollectError::Invalid { .. }) => history(on, alarm, false, window).await?,
                items => items?,
            };
            events.extend(items.iter().filter_map(|item| event(item, alarm, &clients.region)));
        }
        events.sort_by_key(|event: &AlarmEvent| event.at);
        Ok(events)
    }
}

/// All pages of `DescribeAlarmHistory` in one Region. As [`list`], without log alarms where they are
/// not known yet.
async fn history(
    clients: &LaneClients,
    alarm: Option<&AlarmState>,
    with_log_alarms: bool,
    window: Window,
) -> Result<Vec<AlarmHistoryItem>, CollectError> {
    let request = clients
        .cloudwatch
        .describe_alarm_history()
        .set_alarm_name(alarm.map(|alarm| alarm.name.clone()))
        .alarm_types(AlarmType::MetricAlarm)
        .alarm_types(AlarmType::CompositeAlarm)
        .history_item_type(HistoryItemType::StateUpdate)
        .start_date(date_time(window.from))
        .end_date(date_time(window.to));
    let request = if with_log_alarms { request.alarm_types(AlarmType::LogAlarm) } else { request };
    let pages = read_pages(request.into_paginator().send(), HISTORY, "*").await?;
    Ok(pages.into_iter().flat_map(|page| page.alarm_history_items.unwrap_or_default()).collect())
}

/// All pages of `DescribeAlarms` in one Region.
async fn list(
    clients: &LaneClients,
    names: Option<&[String]>,
    with_log_alarms: bool,
    now: Timestamp,
) -> Result<Vec<AlarmState>, CollectError> {
    let request = clients
        .cloudwatch
        .describe_alarms()
        .set_alarm_names(names.map(<[String]>::to_vec))
        .alarm_types(AlarmType::MetricAlarm)
        .alarm_types(AlarmType::CompositeAlarm);
    let request = if with_log_alarms { request.alarm_types(AlarmType::LogAlarm) } else { request };
    let mut alarms = Vec::new();
    for page in read_pages(request.into_paginator().send(), DESCRIBE, "*").await? {
        alarms.extend(page.metric_alarms().iter().filter_map(|alarm| metric_alarm(alarm, now)));
        alarms.extend(page.composite_alarms().iter().filter_map(|alarm| composite_alarm(alarm, now)));
        alarms.extend(page.log_alarms().iter().filter_map(|alarm| log_alarm(alarm, now)));
    }
    Ok(alarms)
}

fn status(state: Option<&StateValue>) -> Option<AlarmStatus> {
    AlarmStatus::from_name(state?.as_str())
}

fn metric_alarm(alarm: &MetricAlarm, now: Timestamp) -> Option<AlarmState> {
    let since = alarm.state_transitioned_timestamp().or(alarm.state_updated_timestamp());
    let count = |value: Option<i32>| value.and_then(|value| u32::try_from(value).ok());
    Some(AlarmState {
        arn: alarm.alarm_arn()?.to_owned(),
        name: alarm.alarm_name()?.to_owned(),
        description: alarm.alarm_description().unwrap_or_default().to_owned(),
        status: status(alarm.state_value())?,
        reason: alarm.state_reason().unwrap_or_default().to_owned(),
        reason_data: alarm.state_reason_data().unwrap_or_default().to_owned(),
        since: since.and_then(timestamp),
        kind: kind(alarm),
        threshold: alarm.threshold(),
        comparison: alarm.comparison_operator().map(|operator| Comparison(operator.as_str().to_owned())),
        evaluation_periods: count(alarm.evaluation_periods()),
        datapoints_to_alarm: count(alarm.datapoints_to_alarm()),
        treat_missing_data: alarm.treat_missing_data().map(str::to_owned),
        seen: now,
    })
}

fn composite_alarm(alarm: &CompositeAlarm, now: Timestamp) -> Option<AlarmState> {
    let since = alarm.state_transitioned_timestamp().or(alarm.state_updated_timestamp());
    Some(AlarmState {
        arn: alarm.alarm_arn()?.to_owned(),
        name: alarm.alarm_name()?.to_owned(),
        description: alarm.alarm_description().unwrap_or_default().to_owned(),
        status: status(alarm.state_value())?,
        reason: alarm.state_reason().unwrap_or_default().to_owned(),
        reason_data: alarm.state_reason_data().unwrap_or_default().to_owned(),
        since: since.and_then(timestamp),
        kind: AlarmKind::Composite { rule: alarm.alarm_rule().unwrap_or_default().to_owned() },
        threshold: None,
        comparison: None,
        evaluation_periods: None,
        datapoints_to_alarm: None,
        treat_missing_data: None,
        seen: now,
    })
}

fn log_alarm(alarm: &LogAlarm, now: Timestamp) -> Option<AlarmState> {
    let since = alarm.state_transitioned_timestamp().or(alarm.state_updated_timestamp());
    let count = |value: Option<i32>| value.and_then(|value| u32::try_from(value).ok());
    let scheduled = alarm.scheduled_query_configuration();
    Some(AlarmState {
        arn: alarm.alarm_arn()?.to_owned(),
        name: alarm.alarm_name()?.to_owned(),
        description: alarm.alarm_description().unwrap_or_default().to_owned(),
        status: status(alarm.state_value())?,
        reason: alarm.state_reason().unwrap_or_default().to_owned(),
        reason_data: alarm.state_reason_data().unwrap_or_default().to_owned(),
        since: since.and_then(timestamp),
        kind: AlarmKind::Log {
            query: scheduled.and_then(|query| query.query_string()).unwrap_or_default().to_owned(),
            log_groups: scheduled.map(|query| query.log_group_identifiers().to_vec()).unwrap_or_default(),
        },
        threshold: alarm.threshold(),
        comparison: alarm.comparison_operator().map(|operator| Comparison(operator.as_str().to_owned())),
        evaluation_periods: count(alarm.query_results_to_evaluate()),
        datapoints_to_alarm: count(alarm.query_results_to_alarm()),
        treat_missing_data: alarm.treat_missing_data().map(str::to_owned),
        seen: now,
    })
}

fn kind(alarm: &MetricAlarm) -> AlarmKind {
    if let (Some(namespace), Some(name)) = (alarm.namespace(), alarm.metric_name()) {
        let statistic = alarm.statistic().map(|statistic| statistic.as_str()).or(alarm.extended_statistic());
        return AlarmKind::Metric(MetricRef {
            namespace: namespace.to_owned(),
            name: name.to_owned(),
            dimensions: dimensions(alarm.dimensions()),
            statistic: statistic.unwrap_or("Average").to_owned(),
            period_secs: alarm.period().and_then(|secs| u32::try_from(secs).ok()).unwrap_or(60),
        });
    }
    if let Some(EvaluationCriteria::PromQlCriteria(criteria)) = alarm.evaluation_criteria() {
        return AlarmKind::PromQl { query: criteria.query().unwrap_or_default().to_owned() };
    }
    let queries = alarm.metrics();
    if queries.is_empty() {
        return AlarmKind::Other;
    }
    AlarmKind::Math {
        expressions: queries.iter().filter_map(|query| query.expression().map(str::to_owned)).collect(),
        metrics: queries.iter().filter_map(MetricDataQuery::metric_stat).filter_map(metric_ref).collect(),
    }
}

fn metric_ref(stat: &MetricStat) -> Option<MetricRef> {
    let metric = stat.metric()?;
    Some(MetricRef {
        namespace: metric.namespace()?.to_owned(),
        name: metric.metric_name()?.to_owned(),
        dimensions: dimensions(metric.dimensions()),
        statistic: stat.stat().unwrap_or("Average").to_owned(),
        period_secs: stat.period().and_then(|secs| u32::try_from(secs).ok()).unwrap_or(60),
    })
}

fn dimensions(list: &[aws_sdk_cloudwatch::types::Dimension]) -> std::collections::BTreeMap<String, String> {
    let pairs = list.iter().filter_map(|pair| Some((pair.name()?.to_owned(), pair.value()?.to_owned())));
    pairs.collect()
}

/// History items carry names, not ARNs; the ARN comes from the alarm asked about, or is built from
/// the ARN inside the item's data. `None` when neither is there.
fn event(item: &AlarmHistoryItem, alarm: Option<&AlarmState>, region: &str) -> Option<AlarmEvent> {
    let data: serde_json::Value = serde_json::from_str(item.history_data().unwrap_or("{}")).ok()?;
    let state = |key: &str| data[key]["stateValue"].as_str().and_then(AlarmStatus::from_name);
    let arn = match alarm {
        Some(alarm) if Some(alarm.name.as_str()) == item.alarm_name() => alarm.arn.clone(),
        Some(_) => return None,
        None => format!("arn:aws:cloudwatch:{region}::alarm:{}", item.alarm_name()?),
    };
    Some(AlarmEvent {
        arn,
        at: timestamp(item.timestamp()?)?,
        from: state("oldState"),
        to: state("newState")?,
        reason: data["newState"]["stateReason"].as_str().unwrap_or_default().to_owned(),
        data: item.history_data().unwrap_or_default().to_owned(),
    })
}
