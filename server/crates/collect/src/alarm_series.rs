//! The values an alarm decides by. // CloudWatch `DescribeAlarms`, `GetMetricData`

use std::collections::BTreeMap;

use aws_sdk_cloudwatch::types::{MetricAlarm, MetricDataQuery, MetricDataResult, ScanBy};
use samples::{AlarmKind, AlarmSeries, AlarmState, MetricName, MetricRef, Point};
use units::{ResourceId, Timestamp, Window};

use crate::access::{Collector, Lane, LaneClients};
use crate::cloudwatch::{MetricRow, query};
use crate::error::CollectError;
use crate::inventory::{date_time, timestamp};
use crate::ledger::BILLED_BY_METRIC;

const DESCRIBE: &str = "cloudwatch:DescribeAlarms";
/// Pages of one answer read at most.
const MAX_PAGES: usize = 8;
/// Id of the query when the alarm is over one metric.
const VALUE: &str = "m0";

impl Collector {
    /// Reads the values of an alarm in a window, by its own queries. `None` when CloudWatch has no
    /// way to tell them: the alarm is composite, over `PromQL` or logs, or gone and more than one
    /// metric, or in a Region that is not collected.
    ///
    /// # Errors
    /// [`CollectError`] of the first call that fails.
    pub async fn fetch_alarm_series(
        &self,
        alarm: &AlarmState,
        window: Window,
        lane: Lane,
    ) -> Result<Option<AlarmSeries>, CollectError> {
        if !matches!(alarm.kind, AlarmKind::Metric(_) | AlarmKind::Math { .. } | AlarmKind::Other) {
            return Ok(None);
        }
        let region = alarm.arn.split(':').nth(3).unwrap_or_default();
        let Some(clients) = self.regions.iter().find(|clients| clients.region == region) else { return Ok(None) };
        let clients = clients.lane(lane);
        let Some(asked) = (match &alarm.kind {
            AlarmKind::Metric(metric) => one_metric(metric),
            _ => described(clients, alarm).await?.as_ref().and_then(of_queries),
        }) else {
            return Ok(None);
        };
        let window = window.aligned(asked.period_secs.max(1));
        let request = clients
            .cloudwatch
            .get_metric_data()
            .set_metric_data_queries(Some(asked.queries.clone()))
            .start_time(date_time(window.from))
            .end_time(date_time(window.to))
            .scan_by(ScanBy::TimestampAscending);
        let mut results: Vec<MetricDataResult> = Vec::new();
        let mut pages = request.into_paginator().send();
        for _ in 0..MAX_PAGES {
            let Some(page) = pages.next().await else { break };
            let billed = asked.queries.iter().filter(|query| query.metric_stat().is_some()).count() as u64;
            self.ledger().add_units(BILLED_BY_METRIC, billed.max(1));
            let page = page.map_err(|error| CollectError::of(BILLED_BY_METRIC, "*", &error))?;
            results.extend(page.metric_data_results().iter().cloned());
        }
        Ok(Some(series(alarm, &asked, window, &results)))
    }
}

/// The queries of an alarm, and which of them is drawn.
struct Asked {
    queries: Vec<MetricDataQuery>,
    value: String,
    band: Option<String>,
    period_secs: u32,
}

fn one_metric(metric: &MetricRef) -> Option<Asked> {
    let series = MetricName::cloudwatch(&metric.namespace, &metric.name, &metric.statistic);
    let row = MetricRow { resource: ResourceId(String::new()), series, metric: metric.clone() };
    let query = query(0, &row)?;
    Some(Asked { queries: vec![query], value: VALUE.to_owned(), band: None, period_secs: metric.period_secs })
}

/// The alarm as CloudWatch has it now.
async fn described(clients: &LaneClients, alarm: &AlarmState) -> Result<Option<MetricAlarm>, CollectError> {
    let answer = clients.cloudwatch.describe_alarms().alarm_names(&alarm.name).send().await;
    let answer = answer.map_err(|error| CollectError::of(DESCRIBE, "*", &error))?;
    Ok(answer.metric_alarms().iter().find(|found| found.alarm_arn() == Some(alarm.arn.as_str())).cloned())
}

fn of_queries(alarm: &MetricAlarm) -> Option<Asked> {
    let band = alarm.threshold_metric_id().map(str::to_owned);
    let is_value = |query: &&MetricDataQuery| query.return_data() != Some(false) && query.id() != band.as_deref();
    let value = alarm.metrics().iter().find(is_value)?.id()?.to_owned();
    let returns = |query: &MetricDataQuery| {
        let is_drawn = query.id() == Some(value.as_str()) || query.id() == band.as_deref();
        let mut query = query.clone();
        query.return_data = Some(is_drawn);
        query
    };
    let of_query = |query: &MetricDataQuery| query.period().or_else(|| query.metric_stat()?.period());
    let period = alarm.metrics().iter().filter_map(of_query).max().or(alarm.period());
    let period_secs = period.and_then(|secs| u32::try_from(secs).ok()).filter(|secs| *secs > 0).unwrap_or(60);
    let queries = alarm.metrics().iter().map(returns).collect();
    Some(Asked { queries, value, band, period_secs })
}

fn series(alarm: &AlarmState, asked: &Asked, window: Window, results: &[MetricDataResult]) -> AlarmSeries {
    let of = |id: &str| -> BTreeMap<i64, (f64, f64)> {
        let mut points: BTreeMap<i64, (f64, f64)> = BTreeMap::new();
        for result in results.iter().filter(|result| result.id() == Some(id)) {
            let times = result.timestamps().iter().filter_map(timestamp);
            for (at, value) in times.zip(result.values()).filter(|(_, value)| value.is_finite()) {
                let ends = points.entry(at.0).or_insert((*value, *value));
                *ends = (ends.0.min(*value), ends.1.max(*value));
            }
        }
        points
    };
    let points = |found: &BTreeMap<i64, (f64, f64)>, pick: fn(&(f64, f64)) -> f64| {
        let inside = found.iter().filter(|(at, _)| window.contains(Timestamp(**at)));
        inside.map(|(at, ends)| Point { at: Timestamp(*at), value: pick(ends) }).collect::<Vec<_>>()
    };
    // A band comes as two results of one id: its lower and its upper edge.
    let band = asked.band.as_deref().map(of).unwrap_or_default();
    AlarmSeries {
        arn: alarm.arn.clone(),
        period_secs: asked.period_secs,
        window,
        values: points(&of(&asked.value), |ends| ends.1),
        lower: points(&band, |ends| ends.0),
        upper: points(&band, |ends| ends.1),
    }
}
