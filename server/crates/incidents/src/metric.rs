//! The values of an alarm as a chart shows them.

use archive::Archive;
use samples::{Absence, AlarmSeries, AlarmStatus, MetricRef, Point, catalogue};
use serde_json::Value;
use units::{Period, Timestamp, Window};
use view::{Axis, LaneSpan, MetricBand, MetricView, Severity, Source};

use crate::landing::StateSpan;
use crate::landing::{Landing, Limit, Side, Watched};
use crate::payload::reason_data_of;
use crate::timeline::aws_time;

/// Alarms of a longer period are shown over more time than the frozen window.
const LONG_PERIOD_SECS: u32 = 300;
/// Points before the moment that a chart of long periods shows.
const LONG_POINTS: i64 = 12;

/// The window whose values are shown: the frozen one, or more when it would hold a point or two.
#[must_use]
pub fn chart_window(landing: &Landing) -> Window {
    let period = landing.evaluation.period_secs.unwrap_or(60);
    if period <= LONG_PERIOD_SECS {
        return landing.window;
    }
    let period = i64::from(period);
    let before = (landing.at.plus_secs(-LONG_POINTS * period)).min(landing.window.from);
    Window::new(before, landing.at.plus_secs(2 * period).max(landing.window.to))
}

/// The values an alarm decided by around the moment of a landing, as far as the archive has them: the
/// collected series, else the values that CloudWatch named as its reason. `None` when neither is there.
/// `axis_of` gives the axis of a window in equal buckets.
///
/// # Errors
/// [`archive::Error`] when it cannot be read.
pub fn metric_view(
    archive: &Archive,
    landing: &Landing,
    now: Timestamp,
    axis_of: impl Fn(Window, Period) -> Axis,
) -> archive::Result<Option<MetricView>> {
    let Some(arn) = landing.decided_by.as_ref().map(ToString::to_string) else { return Ok(None) };
    let window = chart_window(landing);
    let stored = archive.alarm_series(&arn, window)?;
    let has_values = stored.iter().any(|series| !series.values.is_empty());
    let series = if has_values { stored } else { told_values(archive, &arn, landing)?.into_iter().collect() };
    let Some(period) = series.last().and_then(|series| Period::from_secs(series.period_secs)) else { return Ok(None) };
    let axis = axis_of(window.aligned(period.secs()), period);
    let metric = match landing.watched.first() {
        Some(Watched::Metric(metric)) => Some(metric),
        _ => None,
    };
    let mut values = buckets(&axis, series.iter().map(|one| &one.values));
    if has_values && metric.is_some_and(is_zero_when_absent) {
        fill_zeros(&axis, &mut values, &series, now);
    }
    let edge = |of: fn(&AlarmSeries) -> &Vec<Point>| buckets(&axis, series.iter().map(of));
    let has_band = series.iter().any(|one| !one.upper.is_empty());
    let collected_to = series.iter().map(|one| one.window.to).max().map(|to| to.min(now));
    Ok(Some(MetricView {
        label: label_of(landing),
        unit: metric.map(unit_of).unwrap_or_default().to_owned(),
        band: has_band.then(|| MetricBand { lower: edge(|one| &one.lower), upper: edge(|one| &one.upper) }),
        limit: match landing.limit {
            Limit::Threshold { value, side } => Some((value, side.sign().to_owned())),
            Limit::Band { .. } | Limit::None => None,
        },
        breaches: breaches(landing, axis.window, now),
        states: landing.states.iter().map(lane_span).collect(),
        at: landing.at,
        from_reason: !has_values,
        source: Source { name: "CloudWatch".to_owned(), collected_to, ..Source::default() },
        values,
        axis,
    }))
}

impl Side {
    /// The comparison as a sign.
    #[must_use]
    pub const fn sign(self) -> &'static str {
        match self {
            Self::Above => ">",
            Self::AtOrAbove => "≥",
            Self::Below => "<",
            Self::AtOrBelow => "≤",
            Self::Outside => "≠",
        }
    }
}

/// A span of states as a lane shows it.
pub(crate) fn lane_span(span: &StateSpan) -> LaneSpan {
    let state = match span.status {
        AlarmStatus::Alarm => Severity::Critical,
        AlarmStatus::Ok => Severity::Good,
        AlarmStatus::InsufficientData => Severity::Unknown,
    };
    LaneSpan { from: span.from, to: span.to, state }
}

/// Values of buckets; a point belongs to the bucket that holds its start.
fn buckets<'a>(axis: &Axis, series: impl Iterator<Item = &'a Vec<Point>>) -> Vec<Option<f64>> {
    let mut values = vec![None; axis.len()];
    for point in series.flatten() {
        if let Some(place) = axis.bucket_of(point.at).and_then(|bucket| values.get_mut(bucket)) {
            *place = Some(point.value);
        }
    }
    values
}

/// Time in ALARM, from its first data point over the limit where that is told.
fn breaches(landing: &Landing, window: Window, now: Timestamp) -> Vec<Window> {
    let breach = landing.breach.map(|breach| {
        Window::new(breach.first_datapoint.unwrap_or(breach.from).min(breach.from), breach.to.unwrap_or(now))
    });
    let in_alarm = landing.states.iter().filter(|span| span.status == AlarmStatus::Alarm);
    // What lies ahead is in no state yet.
    let spans = in_alarm.map(|span| Window::new(span.from, span.to.min(now)));
    let mut all: Vec<Window> = breach.into_iter().chain(spans).filter_map(|span| span.intersect(window)).collect();
    all.sort_by_key(|span| span.from);
    let mut merged: Vec<Window> = Vec::new();
    for span in all {
        match merged.last_mut() {
            Some(last) if span.from <= last.to => last.to = last.to.max(span.to),
            _ => merged.push(span),
        }
    }
    merged
}

/// The values that CloudWatch named as the reason of the change nearest before the moment.
fn told_values(archive: &Archive, arn: &str, landing: &Landing) -> archive::Result<Option<AlarmSeries>> {
    let until = landing.at.plus_secs(crate::timeline::LINK_TOLERANCE_SECS);
    let events = archive.alarm_events(arn, Window::new(landing.window.from, until))?;
    let of_event = events.iter().rev().find_map(|event| told_in(arn, &event.data));
    if of_event.is_some() {
        return Ok(of_event);
    }
    let alarms = archive.alarms()?;
    Ok(alarms.iter().find(|alarm| alarm.arn == arn).and_then(|alarm| told_in(arn, &alarm.reason_data)))
}

fn told_in(arn: &str, data: &str) -> Option<AlarmSeries> {
    let data = reason_data_of(data)?;
    let period_secs = data.get("period").and_then(Value::as_u64).and_then(|secs| u32::try_from(secs).ok());
    let period_secs = period_secs.filter(|secs| *secs > 0).unwrap_or(60);
    let start = data.get("startDate").and_then(Value::as_str).and_then(aws_time);
    let numbers = |key: &str| -> Vec<Point> {
        let listed = data.get(key).and_then(Value::as_array).into_iter().flatten();
        let each = listed.enumerate().filter_map(|(place, value)| {
            let at = start?.plus_secs(i64::try_from(place).ok()? * i64::from(period_secs));
            Some(Point { at, value: value.as_f64()? })
        });
        each.collect()
    };
    let evaluated = data.get("evaluatedDatapoints").and_then(Value::as_array).into_iter().flatten();
    let mut values: Vec<Point> = evaluated
        .filter_map(|point| {
            let at = aws_time(point.get("timestamp")?.as_str()?)?;
            Some(Point { at, value: point.get("value")?.as_f64()? })
        })
        .collect();
    values.sort_by_key(|point| point.at);
    if values.is_empty() {
        values = numbers("recentDatapoints");
    }
    let (first, last) = (values.first()?.at, values.last()?.at);
    let window = Window::new(first, last.plus_secs(i64::from(period_secs)));
    let (lower, upper) = (numbers("recentLowerThresholds"), numbers("recentUpperThresholds"));
    Some(AlarmSeries { arn: arn.to_owned(), period_secs, window, values, lower, upper })
}

/// What the reader calls the values.
fn label_of(landing: &Landing) -> String {
    match landing.watched.first() {
        Some(Watched::Metric(metric)) => format!("{} {}", metric.name, metric.statistic),
        Some(Watched::Counters { metrics, .. }) => metrics.join(", "),
        Some(Watched::Expression(text) | Watched::PromQl(text)) => text.clone(),
        Some(Watched::LogQuery { query, .. }) => query.clone(),
        None => landing.name.clone(),
    }
}

/// Whether AWS publishes only what happened, so that a missing point of a period that was answered
/// for is a zero.
fn is_zero_when_absent(metric: &MetricRef) -> bool {
    let of_namespace = catalogue().iter().filter(|tier| tier.namespace == metric.namespace);
    let mut rows = of_namespace.flat_map(|tier| &tier.metrics).filter(|row| row.name == metric.name);
    metric.statistic == "Sum" && rows.any(|row| row.absence == Absence::Zero)
}

fn fill_zeros(axis: &Axis, values: &mut [Option<f64>], series: &[AlarmSeries], now: Timestamp) {
    /// Values of CloudWatch arrive within this time.
    const ARRIVAL_SECS: i64 = 120;
    for (bucket, value) in values.iter_mut().enumerate() {
        let (start, end) = (axis.start_of(bucket), axis.start_of(bucket + 1));
        let is_answered = series.iter().any(|one| one.window.from <= start && end <= one.window.to);
        if value.is_none() && is_answered && end.plus_secs(ARRIVAL_SECS) <= now {
            *value = Some(0.0);
        }
    }
}

/// The unit of a metric as printed; empty for counts and for what is not known.
#[must_use]
pub fn unit_of(metric: &MetricRef) -> &'static str {
    if metric.statistic == "SampleCount" {
        return "";
    }
    let of_namespace = catalogue().iter().filter(|tier| tier.namespace == metric.namespace);
    let row = of_namespace.flat_map(|tier| &tier.metrics).find(|row| row.name == metric.name);
    match (row.map(|row| row.unit.as_str()), metric.name.as_str()) {
        (_, name) if name.starts_with("DBLoad") => "AAS",
        (Some("Percent"), _) => "%",
        (Some("Bytes"), _) => "B",
        (Some("Bytes/Second"), _) => "B/s",
        (Some("Count/Second"), _) => "/s",
        (Some("Seconds"), _) | (None, "TargetResponseTime" | "ReplicaLag") => "s",
        (Some("Milliseconds"), _) | (None, "Duration" | "Latency" | "IntegrationLatency" | "AuroraReplicaLag") => "ms",
        (None, name) if name.ends_with("Utilization") => "%",
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn values_named_as_a_reason_are_shown_at_their_times() {
        let data = r#"{"version":"1.0","queryDate":"2026-02-26T10:14:05.000+0000","startDate":"2026-02-26T10:09:00.000+0000",
          "statistic":"Average","period":60,"recentDatapoints":[5.0,6.5,7.0],"threshold":4.0,
          "evaluatedDatapoints":[{"timestamp":"2026-02-26T10:13:00.000+0000","value":7.0},
          {"timestamp":"2026-02-26T10:11:00.000+0000"},{"timestamp":"2026-02-26T10:12:00.000+0000","value":6.5}]}"#;
        let told = told_in("arn", data).unwrap();
        let at: Timestamp = "2026-02-26T10:12:00Z".parse().unwrap();
        assert_eq!(told.values, [Point { at, value: 6.5 }, Point { at: at.plus_secs(60), value: 7.0 }]);
        assert_eq!((told.period_secs, told.window.secs()), (60, 120));
    }

    #[test]
    fn a_band_that_was_told_is_shown() {
        let data = r#"{"startDate":"2026-02-26T10:00:00.000+0000","period":300,"recentDatapoints":[1.0,9.0],
          "recentLowerThresholds":[0.5,0.6],"recentUpperThresholds":[2.0,2.5]}"#;
        let told = told_in("arn", data).unwrap();
        assert_eq!(told.upper.iter().map(|point| point.value).collect::<Vec<_>>(), [2.0, 2.5]);
        assert_eq!(told.lower[1].at.0 - told.lower[0].at.0, 300_000);
        assert!(told_in("arn", "{}").is_none() && told_in("arn", "").is_none());
    }
}
