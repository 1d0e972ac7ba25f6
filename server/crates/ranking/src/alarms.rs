//! Alarms that concern an instance.

use samples::{AlarmKind, AlarmState, Instance, MetricRef};

use crate::Result;
use crate::reader::Lookup;

/// CloudWatch's namespace and dimension of database instances.
/// <https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-metrics.html>
const NAMESPACE: &str = "AWS/RDS";
const DIMENSION: &str = "DBInstanceIdentifier";

/// Alarms that watch a metric of `instance`.
pub(crate) fn alarms_of(lookup: &Lookup, instance: &Instance) -> Result<Vec<AlarmState>> {
    let mut alarms = lookup.archive.alarms()?;
    alarms.retain(|alarm| concerns(alarm, instance));
    Ok(alarms)
}

/// Whether an alarm watches a metric of an instance. Names are unique within account and region, so
/// both must agree with the alarm's ARN where it tells them.
#[must_use]
pub fn concerns(alarm: &AlarmState, instance: &Instance) -> bool {
    let parts: Vec<&str> = alarm.arn.split(':').collect();
    let agrees = |place: usize, known: &str| {
        parts.get(place).is_none_or(|part| part.is_empty() || known.is_empty() || *part == known)
    };
    let watches = |metric: &MetricRef| {
        metric.namespace == NAMESPACE && metric.dimensions.get(DIMENSION).is_some_and(|name| *name == instance.name)
    };
    let is_watched = match &alarm.kind {
        AlarmKind::Metric(metric) => watches(metric),
        AlarmKind::Math { metrics, .. } => metrics.iter().any(watches),
        _ => false,
    };
    is_watched && agrees(3, &instance.region) && agrees(4, &instance.account)
}
