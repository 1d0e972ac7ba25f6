//! `GetMetricStatistics`: one metric, several statistics.

use super::super::Call;
use super::read::{Statistic, buckets, meet_resource, points, read_metric_key, read_period, round_start};
use super::{STATISTICS, UNITS};
use crate::error::ServiceError;
use crate::wire::Value;

/// Most points of one answer.
const MOST_POINTS: i64 = 1_440;

pub(super) fn get_metric_statistics(call: &Call<'_>) -> Result<Value, ServiceError> {
    let input = &call.input;
    let key = read_metric_key(input)?;
    let start = input.required_time("StartTime")?;
    let end = input.required_time("EndTime")?;
    let period = read_period(input)?.ok_or_else(|| ServiceError::missing_parameter("Period"))?;
    let plain = input.texts("Statistics", 1..=5)?.unwrap_or_default();
    let extended = input.texts("ExtendedStatistics", 1..=10)?.unwrap_or_default();
    let unit = input.one_of("Unit", UNITS)?;
    meet_resource(call, &key, "cloudwatch:GetMetricStatistics")?;
    if start >= end {
        return Err(ServiceError::invalid_parameter(
            "The parameter StartTime must be less than the parameter EndTime.",
        ));
    }
    if plain.is_empty() && extended.is_empty() {
        return Err(ServiceError::invalid_combination(
            "At least one of the parameters Statistics and ExtendedStatistics must be specified.",
        ));
    }
    for name in &plain {
        if !STATISTICS.contains(name) {
            return Err(input.broken(
                "Statistics",
                name,
                &format!("satisfy enum value set: [{}]", STATISTICS.join(", ")),
            ));
        }
    }
    let asked = ((end - start) / period as f64).ceil() as i64;
    if asked > MOST_POINTS {
        return Err(ServiceError::invalid_combination(format!(
            "You have requested up to {asked} datapoints, which exceeds the limit of {MOST_POINTS}. You may reduce the \
             datapoints requested by increasing Period, or decreasing the time range."
        )));
    }
    let extended = extended
        .into_iter()
        .map(|name| Statistic::parse(name).map(|statistic| (name, statistic)).ok_or_else(|| unknown_extended(name)))
        .collect::<Result<Vec<_>, _>>()?;
    let start = round_start(start, call.world.clock().now_secs(), period);
    let found = points(call.world, &key, start, end.ceil() as i64);
    let (found_unit, recorded) = found.unwrap_or_else(|| ("None".to_owned(), Vec::new()));
    let is_wanted = unit.is_none_or(|unit| unit == found_unit);
    let datapoints = buckets(&recorded, start, period).into_iter().filter(|_| is_wanted).map(|(at, datum)| {
        let mut members = vec![
            ("Timestamp".to_owned(), Value::Time(at as f64)),
            ("Unit".to_owned(), Value::text(found_unit.as_str())),
        ];
        for name in &plain {
            let value = Statistic::parse(name).and_then(|statistic| statistic.of(&datum));
            members.push(((*name).to_owned(), value.map_or(Value::Null, Value::Double)));
        }
        let percentiles: Vec<(&str, Value)> = extended
            .iter()
            .filter_map(|(name, statistic)| Some((*name, Value::Double(statistic.of(&datum)?))))
            .collect();
        if !percentiles.is_empty() {
            members.push(("ExtendedStatistics".to_owned(), Value::map(percentiles)));
        }
        Value::map(members)
    });
    Ok(Value::map([("Label", Value::text(key.name.as_str())), ("Datapoints", Value::list(datapoints))]))
}

fn unknown_extended(name: &str) -> ServiceError {
    ServiceError::invalid_parameter(format!("The value {name} for parameter ExtendedStatistics is not supported."))
}
