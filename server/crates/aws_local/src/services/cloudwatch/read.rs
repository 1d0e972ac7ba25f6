//! Reading metrics: recorded ones and those that follow from database load, as points of a period.

use super::super::Call;
use crate::error::ServiceError;
use crate::faults::Behaviour;
use crate::input::Input;
use crate::world::load::minute_of;
use crate::world::metrics::{Datum, MetricKey};
use crate::world::{RDS_METRICS, World};
use std::collections::BTreeMap;

/// A statistic of the values of a period.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Statistic {
    SampleCount,
    Average,
    Sum,
    Minimum,
    Maximum,
    Percentile(f64),
}

impl Statistic {
    /// Reads `Average`, `p99.9` …
    pub(super) fn parse(text: &str) -> Option<Self> {
        Some(match text {
            "SampleCount" => Self::SampleCount,
            "Average" => Self::Average,
            "Sum" => Self::Sum,
            "Minimum" => Self::Minimum,
            "Maximum" => Self::Maximum,
            _ => {
                let percent: f64 = text.strip_prefix('p')?.parse().ok()?;
                (0.0..=100.0).contains(&percent).then_some(Self::Percentile(percent))?
            }
        })
    }

    /// The statistic of what was recorded; `None` where it cannot be told.
    pub(super) fn of(self, datum: &Datum) -> Option<f64> {
        match self {
            Self::SampleCount => Some(datum.count),
            Self::Average => (datum.count > 0.0).then(|| datum.sum / datum.count),
            Self::Sum => Some(datum.sum),
            Self::Minimum => Some(datum.min),
            Self::Maximum => Some(datum.max),
            Self::Percentile(percent) => datum.percentile(percent),
        }
    }
}

/// Reads `Namespace`, `MetricName`, `Dimensions`.
pub(super) fn read_metric_key(input: &Input<'_>) -> Result<MetricKey, ServiceError> {
    let namespace = input.required_text("Namespace")?;
    let name = input.required_text("MetricName")?;
    Ok(MetricKey::new(namespace, name, &read_dimensions(input)?))
}

/// Reads `Dimensions`, each with a name and a value.
pub(super) fn read_dimensions<'a>(input: &Input<'a>) -> Result<Vec<(&'a str, &'a str)>, ServiceError> {
    let dimensions = input.structures("Dimensions", 0..=30)?.unwrap_or_default();
    dimensions
        .iter()
        .map(|dimension| Ok((dimension.required_text("Name")?, dimension.required_text("Value")?)))
        .collect()
}

/// Reads `Period`: 1, 5, 10, 20, 30, or a multiple of 60.
pub(super) fn read_period(input: &Input<'_>) -> Result<Option<i64>, ServiceError> {
    let Some(period) = input.int("Period", 1..=i64::from(i32::MAX))? else { return Ok(None) };
    if matches!(period, 1 | 5 | 10 | 20 | 30) || period % 60 == 0 {
        return Ok(Some(period));
    }
    Err(ServiceError::invalid_parameter("Period must be 1, 5, 10, 20, 30 or a multiple of 60"))
}

/// Refuses or slows a read of a resource that is meant to.
pub(super) fn meet_resource(call: &Call<'_>, key: &MetricKey, action: &str) -> Result<(), ServiceError> {
    let instance = key.dimensions.iter().find(|(name, _)| name == "DBInstanceIdentifier");
    let Some((_, name)) = instance.filter(|_| key.namespace == "AWS/RDS") else { return Ok(()) };
    call.meet(Behaviour::of_name(name), action, name)
}

/// Seconds after the end of a minute until a service's metrics can be read, in the order of what AWS
/// takes; custom metrics are there at once.
pub(super) fn arrival_delay_secs(namespace: &str) -> i64 {
    match namespace {
        "AWS/ApplicationELB" | "AWS/ApiGateway" | "AWS/AutoScaling" | "AWS/Lambda" => 30,
        "ECS/ContainerInsights" | "ContainerInsights" | "LambdaInsights" => 60,
        // Computed from what is sampled: there as soon as the minute is over.
        "AWS/RDS" => 0,
        _ if namespace.starts_with("AWS/") => 60,
        _ => 0,
    }
}

/// The unit of a metric, and its points in the window as recorded (per minute or finer). Points of
/// AWS's own metrics are not there until some time after their minute is over.
pub(super) fn points(
    world: &World,
    key: &MetricKey,
    from_secs: i64,
    to_secs: i64,
) -> Option<(String, Vec<(i64, Datum)>)> {
    if let Some(found) = rds_points(world, key, from_secs, to_secs) {
        return Some(found);
    }
    let delay_secs = arrival_delay_secs(&key.namespace);
    let to_secs = if delay_secs > 0 { to_secs.min(minute_of(world.clock().now_secs() - delay_secs)) } else { to_secs };
    let metrics = world.metrics();
    let series = metrics.get(key)?;
    let points = series.points.range(from_secs..to_secs.max(from_secs)).map(|(at, datum)| (*at, datum.clone()));
    Some((series.unit.clone(), points.collect()))
}

fn rds_points(world: &World, key: &MetricKey, from_secs: i64, to_secs: i64) -> Option<(String, Vec<(i64, Datum)>)> {
    let [(dimension, name)] = key.dimensions.as_slice() else { return None };
    if key.namespace != "AWS/RDS" || dimension != "DBInstanceIdentifier" {
        return None;
    }
    let metric = RDS_METRICS.iter().find(|metric| metric.name == key.name)?;
    let instance = world.instance_named(name)?;
    let points = metric.points(&instance, from_secs, to_secs, world.clock().now_secs());
    Some((metric.unit.to_owned(), points))
}

/// Points of `period` seconds, counted from `start`.
pub(super) fn buckets(points: &[(i64, Datum)], start: i64, period: i64) -> BTreeMap<i64, Datum> {
    let mut buckets: BTreeMap<i64, Datum> = BTreeMap::new();
    for (at, datum) in points {
        let bucket = start + (at - start).div_euclid(period) * period;
        match buckets.get_mut(&bucket) {
            Some(sum) => sum.merge(datum),
            None => {
                buckets.insert(bucket, datum.clone());
            }
        }
    }
    buckets
}

/// Start rounded down as CloudWatch does: to the minute up to 15 days back, to five minutes up to 63,
/// to the hour beyond; sub-minute periods keep their own marks.
pub(super) fn round_start(start: f64, now_secs: i64, period: i64) -> i64 {
    let age_days = (now_secs as f64 - start) / 86_400.0;
    let step = match age_days {
        _ if period < 60 => period,
        age if age < 15.0 => 60,
        age if age < 63.0 => 300,
        _ => 3_600,
    };
    (start as i64).div_euclid(step) * step
}
