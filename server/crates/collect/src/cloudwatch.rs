//! CloudWatch metrics, batched. // CloudWatch `GetMetricData`

use aws_sdk_cloudwatch::types::{Dimension, Metric, MetricDataQuery, MetricStat, ScanBy};
use samples::{Batch, CounterBatch, MetricName, MetricRef, Point};
use units::{Period, ResourceId, Window};

use crate::access::{Collector, Lane};
use crate::error::CollectError;
use crate::inventory::{date_time, timestamp};
use crate::ledger::BILLED_BY_METRIC;

/// Queries in one call. // `MetricDataQueries`: at most 500
const MAX_QUERIES: usize = 500;
/// Points in one call. // `MaxDatapoints`
const MAX_POINTS: usize = 100_800;
const MAX_PAGES: usize = 32;
/// Statistics of one metric in one request that are billed as one metric.
const STATISTICS_PER_UNIT: u64 = 5;

/// One metric of one resource.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MetricRow {
    /// What the series is stored under: the DB instance, or the ARN of another resource.
    pub resource: ResourceId,
    /// What the series is called in the archive.
    pub series: MetricName,
    /// The metric, its dimensions, statistic and period.
    pub metric: MetricRef,
}

impl Collector {
    /// Reads metrics of one Region in a window. Rows of one metric with several statistics must
    /// stand together, since AWS bills up to five of them as one metric.
    ///
    /// A row without any point gives a batch without points: whether that means 0 is in the tier
    /// catalogue.
    ///
    /// # Errors
    /// [`CollectError`] of the first call that fails.
    pub async fn fetch_metrics(
        &self,
        region: &str,
        rows: &[MetricRow],
        window: Window,
        lane: Lane,
    ) -> Result<Vec<Batch>, CollectError> {
        let mut batches = Vec::with_capacity(rows.len());
        for chunk in calls(rows, rows_per_call(rows, window)) {
            batches.extend(self.fetch_chunk(region, chunk, window, lane).await?);
        }
        Ok(batches)
    }

    async fn fetch_chunk(
        &self,
        region: &str,
        rows: &[MetricRow],
        window: Window,
        lane: Lane,
    ) -> Result<Vec<Batch>, CollectError> {
        let queries = rows.iter().enumerate().filter_map(|(place, row)| query(place, row)).collect();
        let request = self
            .clients(region)?
            .lane(lane)
            .cloudwatch
            .get_metric_data()
            .set_metric_data_queries(Some(queries))
            .start_time(date_time(window.from))
            .end_time(date_time(window.to))
            .scan_by(ScanBy::TimestampAscending);
        let mut points: Vec<Vec<Point>> = vec![Vec::new(); rows.len()];
        let mut pages = request.into_paginator().send();
        for _ in 0..MAX_PAGES {
            let Some(page) = pages.next().await else { break };
            self.ledger().add_units(BILLED_BY_METRIC, billed_metrics(rows));
            let page = page.map_err(|error| CollectError::of(BILLED_BY_METRIC, "*", &error))?;
            for result in page.metric_data_results() {
                let place = result.id().and_then(|id| id.strip_prefix('m')).and_then(|id| id.parse::<usize>().ok());
                let Some(row) = place.and_then(|place| points.get_mut(place)) else { continue };
                let times = result.timestamps().iter().filter_map(timestamp);
                let known = times.zip(result.values()).filter(|(_, value)| value.is_finite());
                row.extend(known.map(|(at, value)| Point { at, value: *value }));
            }
        }
        Ok(rows.iter().zip(points).map(|(row, points)| batch(row, window, points)).collect())
    }
}

fn rows_per_call(rows: &[MetricRow], window: Window) -> usize {
    let shortest = rows.iter().map(|row| row.metric.period_secs.max(1)).min().unwrap_or(60);
    let points = usize::try_from(window.secs() / i64::from(shortest)).unwrap_or(MAX_POINTS).max(1);
    (MAX_POINTS / points).clamp(1, MAX_QUERIES)
}

/// Rows cut into calls of at most `most`, so that statistics of one metric stay together.
fn calls(rows: &[MetricRow], most: usize) -> Vec<&[MetricRow]> {
    let mut calls = Vec::new();
    let mut rest = rows;
    while rest.len() > most {
        let mut end = most;
        while end > 1 && is_same_metric(&rest[end - 1], &rest[end]) {
            end -= 1;
        }
        // One metric with more statistics than fit cannot be kept together.
        let end = if end == 1 && is_same_metric(&rest[0], &rest[1]) { most } else { end };
        let (call, further) = rest.split_at(end);
        calls.push(call);
        rest = further;
    }
    if !rest.is_empty() {
        calls.push(rest);
    }
    calls
}

fn is_same_metric(a: &MetricRow, b: &MetricRow) -> bool {
    (&a.metric.namespace, &a.metric.name, &a.metric.dimensions)
        == (&b.metric.namespace, &b.metric.name, &b.metric.dimensions)
}

pub(crate) fn query(place: usize, row: &MetricRow) -> Option<MetricDataQuery> {
    let dimension = |(name, value): (&String, &String)| Dimension::builder().name(name).value(value).build();
    let metric = Metric::builder()
        .namespace(&row.metric.namespace)
        .metric_name(&row.metric.name)
        .set_dimensions(Some(row.metric.dimensions.iter().map(dimension).collect()))
        .build();
    // No unit: a wrong one silently returns nothing.
    let stat = MetricStat::builder()
        .metric(metric)
        .period(row.metric.period_secs.cast_signed())
        .stat(&row.metric.statistic)
        .build();
    Some(MetricDataQuery::builder().id(format!("m{place}")).metric_stat(stat).build())
}

/// AWS bills up to five statistics of one metric in one request as one metric.
fn billed_metrics(rows: &[MetricRow]) -> u64 {
    rows.chunk_by(is_same_metric).map(|group| (group.len() as u64).div_ceil(STATISTICS_PER_UNIT)).sum()
}

fn batch(row: &MetricRow, window: Window, mut points: Vec<Point>) -> Batch {
    let secs = row.metric.period_secs.max(1);
    let answered =
        Window { from: window.from.ceil_to(secs), to: window.to.floor_to(secs).max(window.from.ceil_to(secs)) };
    points.retain(|point| answered.contains(point.at) && point.at.floor_to(secs) == point.at);
    points.sort_by_key(|point| point.at);
    points.dedup_by_key(|point| point.at);
    Batch::Counter(CounterBatch {
        instance: row.resource.clone(),
        metric: row.series.clone(),
        period: Period::from_secs(secs).unwrap_or(Period::MINUTE),
        answered,
        points,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statistics_of_one_metric_share_a_call() {
        let row = |name: &str, statistic: &str| MetricRow {
            resource: ResourceId("r".to_owned()),
            series: MetricName::cloudwatch("N", name, statistic),
            metric: MetricRef {
                namespace: "N".to_owned(),
                name: name.to_owned(),
                dimensions: std::collections::BTreeMap::new(),
                statistic: statistic.to_owned(),
                period_secs: 60,
            },
        };
        let rows = [row("A", "Sum"), row("B", "p50"), row("B", "p95"), row("B", "p99"), row("C", "Sum")];
        let sizes = |most: usize| calls(&rows, most).iter().map(|call| call.len()).collect::<Vec<_>>();
        assert_eq!(sizes(5), [5]);
        assert_eq!(sizes(3), [1, 3, 1]);
        assert_eq!(sizes(2), [1, 2, 2], "three statistics do not fit two places");
        assert_eq!(billed_metrics(&rows), 3);
    }
}
