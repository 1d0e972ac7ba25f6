//! Metrics of a tier as series in our units, with what absence means.

use samples::{Absence, BucketCover, LoadMatrix, MetricName, Signal, Tier, TierMetric, TierResource};
use units::{Period, ResourceId, Timestamp, Window};

use super::change_point::Noise;
use crate::Result;
use crate::averages::weighted_mean;
use crate::counters::printed_unit;
use crate::reader::Lookup;

/// One metric of one resource over an axis.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct TierSeries {
    /// CloudWatch's name of the metric.
    pub(crate) name: String,
    /// Statistic asked for.
    pub(crate) statistic: String,
    /// What the reader sees.
    pub(crate) label: String,
    /// Unit as printed.
    pub(crate) unit: String,
    pub(crate) signal: Signal,
    /// Stands for its signal on the tier strip.
    pub(crate) is_headline: bool,
    /// A value a bucket.
    pub(crate) values: Vec<Option<f64>>,
    /// First bucket in which the resource was there.
    first: usize,
    /// Name in the archive.
    pub(crate) metric: MetricName,
    pub(crate) collected_to: Option<Timestamp>,
    /// Whether CloudWatch was never asked for some minutes before those.
    pub(crate) has_holes: bool,
    /// Our words for what failed, when something did.
    pub(crate) failures: Vec<String>,
    /// Multiplies a value to have the events of its bucket; `None` where the values count nothing.
    per_bucket: Option<f64>,
}

/// Which way of a metric is worse.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Worse {
    Up,
    Down,
}

/// Averages of which less is worse; of a `Minimum` less always is.
const LESS_IS_WORSE: [&str; 3] = ["CacheHitRate", "HealthCheckPercentageHealthy", "BufferCacheHitRatio"];
/// Gauges of whole things that do not stir by themselves: one more or less is news.
const WHOLE_THINGS: [&str; 12] = [
    "HealthyHostCount",
    "UnHealthyHostCount",
    "GroupInServiceInstances",
    "GroupDesiredCapacity",
    "DesiredTaskCount",
    "GroupTotalInstances",
    "GroupPendingInstances",
    "RunningTaskCount",
    "HealthCheckStatus",
    "cluster_node_count",
    "cluster_failed_node_count",
    "StatusCheckFailed",
];

impl TierSeries {
    /// The load of a database as Performance Insights has it.
    pub(crate) fn load(matrix: &LoadMatrix, metric: MetricName) -> Self {
        Self {
            name: "DBLoad".to_owned(),
            statistic: "Average".to_owned(),
            label: "DB load".to_owned(),
            unit: "AAS".to_owned(),
            signal: Signal::Saturation,
            is_headline: true,
            first: 0,
            values: matrix.total.clone(),
            metric,
            collected_to: matrix.cover.collected_to,
            has_holes: false,
            failures: Vec::new(),
            per_bucket: None,
        }
    }

    /// Whether any bucket has a value.
    pub(crate) fn is_known(&self) -> bool {
        self.values.iter().any(Option::is_some)
    }

    pub(crate) fn worse(&self) -> Worse {
        if self.statistic == "Minimum" || LESS_IS_WORSE.contains(&self.name.as_str()) { Worse::Down } else { Worse::Up }
    }

    /// What is noise for it.
    pub(crate) fn noise(&self) -> Noise {
        if WHOLE_THINGS.iter().any(|name| self.name.starts_with(name)) {
            return Noise::Whole;
        }
        match self.unit.as_str() {
            "%" => Noise::Fixed(2.0),
            "ms" => Noise::Fixed(5.0),
            "s" => Noise::Fixed(1.0),
            "/s" => Noise::Fixed(0.2),
            "/min" => Noise::Counted,
            "AAS" => Noise::Fixed(0.2),
            "B" | "B/s" => Noise::Fixed(10_000.0),
            _ => Noise::Fixed(1.0),
        }
    }

    /// Mean over the known buckets of a range.
    pub(crate) fn mean(&self, buckets: std::ops::Range<usize>) -> Option<f64> {
        let values = self.values.get(buckets)?;
        weighted_mean(values, &vec![1; values.len()])
    }

    /// Highest known bucket of a range.
    pub(crate) fn highest(&self, buckets: std::ops::Range<usize>) -> Option<f64> {
        self.values.get(buckets)?.iter().flatten().copied().reduce(f64::max)
    }

    /// Lowest known bucket of a range.
    pub(crate) fn lowest(&self, buckets: std::ops::Range<usize>) -> Option<f64> {
        self.values.get(buckets)?.iter().flatten().copied().reduce(f64::min)
    }

    /// Newest known bucket of a range.
    pub(crate) fn newest(&self, buckets: std::ops::Range<usize>) -> Option<f64> {
        self.values.get(buckets)?.iter().flatten().next_back().copied()
    }

    /// Events of a range since the resource is there; `None` when the metric counts none, or a bucket
    /// before the newest known one is not known.
    pub(crate) fn count(&self, buckets: std::ops::Range<usize>) -> Option<f64> {
        let values = self.values.get(buckets.start.max(self.first)..buckets.end)?;
        let newest = values.iter().rposition(Option::is_some)?;
        let known: Option<Vec<f64>> = values[..=newest].iter().copied().collect();
        Some(known?.iter().sum::<f64>() * self.per_bucket?)
    }

    /// The same over a part of its axis.
    pub(crate) fn part(&self, buckets: std::ops::Range<usize>) -> Self {
        let first = self.first.saturating_sub(buckets.start);
        Self { values: self.values[buckets].to_vec(), first, ..self.clone() }
    }
}

/// The metrics of a resource over `window` in buckets of `period`, those without any value included.
pub(crate) fn series_of(
    lookup: &Lookup,
    resource: &TierResource,
    window: Window,
    period: Period,
    is_wanted: impl Fn(&Tier, &TierMetric) -> bool,
) -> Result<Vec<TierSeries>> {
    let rows: Vec<_> = resource.asked_rows().into_iter().filter(|(tier, metric)| is_wanted(tier, metric)).collect();
    let names: Vec<MetricName> = rows.iter().map(|(tier, metric)| metric.series(tier)).collect();
    let matrix = lookup.archive.counters(&resource.id, &names, window, period)?;
    let lacked_secs = resource.created.map_or(0, |created| (created.0 - matrix.window.from.0).max(0) / 1000);
    let first = usize::try_from(lacked_secs / i64::from(period.secs())).unwrap_or(usize::MAX);
    rows.iter()
        .zip(matrix.series)
        .map(|((tier, metric), series)| {
            let floor = Period::from_secs(metric.period_secs(tier)).unwrap_or(Period::MINUTE);
            let answered = answered(lookup, &resource.id, &series, (matrix.window, period), floor)?;
            let has_holes = floor == Period::MINUTE && series.cover.reasons.contains(&samples::GapReason::NotCollected);
            Ok(TierSeries { has_holes, ..read(metric, &series, (first, &answered), period) })
        })
        .collect()
}

/// Which buckets were answered in full: before the end of what is collected, and in no hole.
fn answered(
    lookup: &Lookup,
    id: &ResourceId,
    series: &samples::CounterSeries,
    axis: (Window, Period),
    floor: Period,
) -> Result<Vec<bool>> {
    let (window, period) = axis;
    let count = series.values.len();
    let Some(end) = series.cover.collected_to else { return Ok(vec![false; count]) };
    let is_whole = series.cover.buckets.iter().all(|cover| *cover == BucketCover::Full);
    let holes =
        if is_whole { Vec::new() } else { lookup.archive.missing_counter(id, &series.metric, window, floor)? };
    let step = i64::from(period.secs());
    Ok((0..count)
        .map(|bucket| {
            let from = window.from.plus_secs(i64::try_from(bucket).unwrap_or(0) * step);
            let to = from.plus_secs(step);
            to <= end && !holes.iter().any(|hole| hole.from < to && from < hole.to)
        })
        .collect())
}

/// Vendor's values in our unit. A bucket that was answered without a value is 0 where the catalogue
/// says that AWS publishes only what happened; else it stays a gap, as it does before the `first` bucket
/// in which the resource was there. A total of a bucket that is not answered to its end is no total.
fn read(
    metric: &TierMetric,
    series: &samples::CounterSeries,
    (first, answered): (usize, &[bool]),
    period: Period,
) -> TierSeries {
    let (unit, scale) = printed_unit(&metric.unit);
    let is_total = metric.statistic == "Sum" || metric.statistic == "SampleCount";
    let secs = f64::from(period.secs());
    let (unit, scale, per_bucket) = match (is_total, metric.per_second) {
        (true, true) => (if unit == "B" { "B/s" } else { "/s" }, scale / secs, Some(secs)),
        (true, false) if unit.is_empty() || metric.statistic == "SampleCount" => {
            ("/min", 60.0 / secs, Some(secs / 60.0))
        }
        _ => (unit, scale, None),
    };
    let value = |(bucket, value): (usize, &Option<f64>)| {
        let is_answered = answered.get(bucket).copied().unwrap_or(false);
        let value = value.filter(|_| !is_total || is_answered || period == Period::MINUTE);
        let absent = (is_answered && bucket >= first && metric.absence == Absence::Zero).then_some(0.0);
        value.map(|value| value * scale).or(absent)
    };
    TierSeries {
        name: metric.name.clone(),
        statistic: metric.statistic.clone(),
        label: metric.label.clone(),
        unit: unit.to_owned(),
        signal: metric.signal,
        is_headline: metric.headline,
        values: series.values.iter().enumerate().map(value).collect(),
        first,
        metric: series.metric.clone(),
        collected_to: series.cover.collected_to,
        has_holes: false,
        failures: series
            .cover
            .reasons
            .iter()
            .filter_map(|reason| match reason {
                samples::GapReason::Failed(why) => Some(why.clone()),
                _ => None,
            })
            .collect(),
        per_bucket,
    }
}

#[cfg(test)]
pub(crate) mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that finds nothing has failed")]
    use samples::{CounterSeries, Coverage, catalogue};

    use super::*;

    /// A series for tests; `name` is that of its signal.
    pub(crate) fn series(name: &str, unit: &str, values: Vec<Option<f64>>) -> TierSeries {
        let signal = match name {
            "traffic" => Signal::Traffic,
            "latency" => Signal::Latency,
            "errors" => Signal::Errors,
            _ => Signal::Saturation,
        };
        TierSeries {
            name: name.to_owned(),
            statistic: "Average".to_owned(),
            label: name.to_owned(),
            unit: unit.to_owned(),
            signal,
            is_headline: true,
            first: 0,
            values,
            metric: MetricName::cloudwatch("N", name, "Average"),
            collected_to: None,
            has_holes: false,
            failures: Vec::new(),
            per_bucket: (unit == "/s").then_some(60.0),
        }
    }

    fn metric(tier: &str, name: &str, statistic: &str) -> TierMetric {
        let tier = catalogue().iter().find(|row| row.key == tier).unwrap();
        tier.metrics.iter().find(|metric| metric.name == name && metric.statistic == statistic).unwrap().clone()
    }

    fn read_values(metric: &TierMetric, values: &[Option<f64>], answered: &[bool], period: Period) -> TierSeries {
        let series = CounterSeries {
            metric: MetricName::cloudwatch("N", &metric.name, &metric.statistic),
            values: values.to_vec(),
            cover: Coverage::default(),
        };
        read(metric, &series, (0, answered), period)
    }

    #[test]
    fn absence_means_what_the_catalogue_says() {
        let values = [Some(120.0), None, None];
        let requests = metric("alb", "RequestCount", "Sum");
        let series = read_values(&requests, &values, &[true, true, false], Period::MINUTE);
        assert_eq!((series.unit.as_str(), &series.values[..]), ("/s", &[Some(2.0), Some(0.0), None][..]));
        let latency = metric("alb", "TargetResponseTime", "p95");
        let series = read_values(&latency, &[Some(0.3), None, None], &[true, true, false], Period::MINUTE);
        assert_eq!((series.unit.as_str(), &series.values[..]), ("ms", &[Some(300.0), None, None][..]));
    }

    #[test]
    fn counts_come_back_from_rates() {
        let requests = metric("alb", "RequestCount", "Sum");
        let series = read_values(&requests, &[Some(120.0), Some(60.0), None], &[true, true, false], Period::MINUTE);
        assert_eq!(series.count(0..3), Some(180.0), "the bucket that is on its way does not count");
        let errors = metric("alb", "HTTPCode_ELB_5XX_Count", "Sum");
        let series = read_values(&errors, &[Some(30.0), None], &[true, true], Period::FIVE_MINUTES);
        assert_eq!((series.unit.as_str(), series.values[0], series.count(0..2)), ("/min", Some(6.0), Some(30.0)));
        let series = read_values(&requests, &[Some(120.0), None, Some(60.0)], &[true, false, true], Period::MINUTE);
        assert_eq!(series.count(0..3), None, "a hole makes the total unknown");
    }

    #[test]
    fn before_it_was_there_nothing_is_known_and_nothing_happened() {
        let requests = metric("alb", "RequestCount", "Sum");
        let series = CounterSeries {
            metric: MetricName::cloudwatch("N", "RequestCount", "Sum"),
            values: vec![None, None, Some(120.0), None],
            cover: Coverage::default(),
        };
        let series = read(&requests, &series, (1, &[true; 4]), Period::MINUTE);
        assert_eq!(series.values, [None, Some(0.0), Some(2.0), Some(0.0)]);
        assert_eq!((series.count(0..4), series.part(1..3).count(0..2)), (Some(120.0), Some(120.0)));
    }

    #[test]
    fn a_total_of_half_a_bucket_is_none() {
        let requests = metric("alb", "RequestCount", "Sum");
        let series = read_values(&requests, &[Some(600.0), Some(70.0)], &[true, false], Period::FIVE_MINUTES);
        assert_eq!(series.values, [Some(2.0), None]);
    }
}
