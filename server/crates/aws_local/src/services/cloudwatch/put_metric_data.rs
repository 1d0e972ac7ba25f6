//! `PutMetricData`.

use super::super::Call;
use super::UNITS;
use super::read::read_dimensions;
use crate::error::ServiceError;
use crate::input::Input;
use crate::wire::Value;
use crate::world::load::minute_of;
use crate::world::metrics::{Datum, MetricKey};

/// Values beyond 2^360 are refused, in either direction.
const LARGEST: f64 = 2.348_542_582_773_833_3e108;
/// Time stamps may be this old and this far ahead.
const OLDEST_SECS: f64 = 14.0 * 86_400.0;
const NEWEST_SECS: f64 = 2.0 * 3_600.0;

pub(super) fn put_metric_data(call: &Call<'_>) -> Result<Value, ServiceError> {
    let namespace = call.input.required_text("Namespace")?;
    if namespace.starts_with(':') || namespace.starts_with("AWS/") {
        return Err(ServiceError::invalid_parameter(format!(
            "The value {namespace} for parameter Namespace is invalid."
        )));
    }
    let data = call.input.required_structures("MetricData", 1..=1_000)?;
    let data = data.iter().map(|datum| read(call, namespace, datum)).collect::<Result<Vec<_>, _>>()?;
    for recorded in data {
        for datum in &recorded.values {
            call.world.record_datum(&recorded.key, recorded.unit, recorded.at_secs, datum);
        }
    }
    Ok(Value::Map(Vec::new()))
}

struct Recorded {
    key: MetricKey,
    unit: &'static str,
    at_secs: i64,
    values: Vec<Datum>,
}

fn read(call: &Call<'_>, namespace: &str, input: &Input<'_>) -> Result<Recorded, ServiceError> {
    let name = input.required_text("MetricName")?;
    let dimensions = read_dimensions(input)?;
    let unit = input.one_of("Unit", UNITS)?.unwrap_or("None");
    let now = call.world.clock().now_ms() as f64 / 1_000.0;
    let at = input.time("Timestamp")?.unwrap_or(now);
    if at < now - OLDEST_SECS || at > now + NEWEST_SECS {
        return Err(ServiceError::invalid_parameter(
            "The parameter MetricData.member.1.Timestamp must specify a time within the past two weeks and no more than two hours in the future.",
        ));
    }
    let resolution = input.int("StorageResolution", 1..=i64::from(i32::MAX))?.unwrap_or(60);
    let at_secs = if resolution < 60 { at as i64 } else { minute_of(at as i64) };
    Ok(Recorded { key: MetricKey::new(namespace, name, &dimensions), unit, at_secs, values: read_values(input)? })
}

fn read_values(input: &Input<'_>) -> Result<Vec<Datum>, ServiceError> {
    let value = input.double("Value")?;
    let values = input.doubles("Values", 0..=150)?;
    let counts = input.doubles("Counts", 0..=150)?;
    let set = input.structure("StatisticValues")?;
    match (value, values, set) {
        (Some(value), None, None) => Ok(vec![Datum::of(checked(value)?, 1.0)]),
        (None, Some(values), None) => {
            let counts = counts.unwrap_or_else(|| vec![1.0; values.len()]);
            if counts.len() != values.len() {
                return Err(ServiceError::invalid_parameter(
                    "The parameters Values and Counts must have the same number of members.",
                ));
            }
            values
                .into_iter()
                .zip(counts)
                .map(|(value, count)| Ok(Datum::of(checked(value)?, checked(count)?)))
                .collect()
        }
        (None, None, Some(set)) => {
            let member = |name| checked(set.double(name)?.ok_or_else(|| ServiceError::missing_parameter(name))?);
            Ok(vec![Datum::totals(member("SampleCount")?, member("Sum")?, member("Minimum")?, member("Maximum")?)])
        }
        (None, None, None) => Err(ServiceError::missing_parameter("MetricData.member.1.Value")),
        _ => Err(ServiceError::invalid_combination(
            "The parameters MetricData.member.1.Value, Values and StatisticValues are mutually exclusive.",
        )),
    }
}

fn checked(value: f64) -> Result<f64, ServiceError> {
    if value.is_finite() && value.abs() <= LARGEST {
        return Ok(value);
    }
    Err(ServiceError::invalid_parameter(format!(
        "The value {value} for parameter MetricData.member.1.Value is invalid."
    )))
}
