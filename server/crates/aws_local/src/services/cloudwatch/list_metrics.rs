//! `ListMetrics`.

use super::super::Call;
use crate::error::ServiceError;
use crate::faults::Behaviour;
use crate::wire::Value;
use crate::world::metrics::MetricKey;
use crate::world::{RDS_METRICS, World};

/// Metrics per page.
const PAGE: usize = 500;
/// Metrics without data for this long are not listed.
const LISTED_SECS: i64 = 14 * 86_400;
/// What `RecentlyActive=PT3H` asks for.
const RECENT_SECS: i64 = 3 * 3_600;

pub(super) fn list_metrics(call: &Call<'_>) -> Result<Value, ServiceError> {
    let input = &call.input;
    let namespace = input.text("Namespace")?;
    let name = input.text("MetricName")?;
    let recently = input.one_of("RecentlyActive", &["PT3H"])?;
    let filters = input.structures("Dimensions", 0..=10)?.unwrap_or_default();
    let filters = filters
        .iter()
        .map(|filter| Ok((filter.required_text("Name")?, filter.text("Value")?)))
        .collect::<Result<Vec<_>, ServiceError>>()?;
    let offset: usize = match input.text("NextToken")? {
        None => 0,
        Some(token) => token.parse().map_err(|_| ServiceError::invalid_next_token())?,
    };
    let is_wanted = |key: &MetricKey| {
        namespace.is_none_or(|namespace| namespace == key.namespace)
            && name.is_none_or(|name| name == key.name)
            && filters.iter().all(|(name, value)| {
                key.dimensions.iter().any(|(found, has)| found == name && value.is_none_or(|value| value == has))
            })
    };
    let mut keys = known_metrics(call.world, if recently.is_some() { RECENT_SECS } else { LISTED_SECS });
    keys.retain(is_wanted);
    keys.sort();
    keys.dedup();
    let end = (offset + PAGE).min(keys.len());
    let next = if end < keys.len() { Value::text(end.to_string()) } else { Value::Null };
    let page = keys.get(offset..end).unwrap_or_default().iter().map(metric);
    Ok(Value::map([("Metrics", Value::list(page)), ("NextToken", next)]))
}

/// Metrics that had data in the last `active_secs`.
pub(super) fn known_metrics(world: &World, active_secs: i64) -> Vec<MetricKey> {
    let oldest = world.clock().now_secs() - active_secs;
    let metrics = world.metrics();
    let is_active =
        |points: &std::collections::BTreeMap<i64, _>| points.keys().next_back().is_some_and(|last| *last >= oldest);
    let recorded = metrics.iter().filter(|(_, series)| is_active(&series.points)).map(|(key, _)| key.clone());
    let mut keys: Vec<MetricKey> = recorded.collect();
    for instance in world.instances() {
        if instance.behaviour == Behaviour::Denied {
            continue;
        }
        let offered = RDS_METRICS.iter().filter(|metric| metric.is_offered(&instance));
        let name = instance.identity.name.as_str();
        keys.extend(offered.map(|metric| MetricKey::new("AWS/RDS", metric.name, &[("DBInstanceIdentifier", name)])));
    }
    keys
}

/// A metric as answers write it.
pub(super) fn metric(key: &MetricKey) -> Value {
    let dimensions = key.dimensions.iter().map(|(name, value)| {
        Value::map([("Name", Value::text(name.as_str())), ("Value", Value::text(value.as_str()))])
    });
    Value::map([
        ("Namespace", Value::text(key.namespace.as_str())),
        ("MetricName", Value::text(key.name.as_str())),
        ("Dimensions", Value::list(dimensions)),
    ])
}
