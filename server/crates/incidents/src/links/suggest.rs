//! Alarms worth having for a resource that has none.
//!
//! Limits are starting points with their reason beside them; percentages of a size are given only
//! where the size is known.

use std::collections::BTreeMap;

use archive::Archive;
use samples::{AlarmKind, AlarmState, Instance, MetricRef};
use units::Engine;

use super::alarm::{AlarmTemplate, Query, QuerySource};
use crate::{AlarmArn, Side, Target, TierKind, target_of_metric};

/// What is known of the resource besides its name.
#[derive(Clone, Debug, PartialEq)]
pub enum ResourceFacts<'a> {
    /// A database instance.
    Instance(&'a Instance),
    /// Another resource of AWS, as an alarm's target names it.
    Tier(&'a Target),
}

/// Part of the largest number of connections from which on it is worth knowing.
const CONNECTIONS_PART: f64 = 0.8;

/// Free storage below which an instance is close to stopping, in bytes: 10 GiB.
const FREE_STORAGE_BYTES: f64 = 10.0 * 1024.0 * 1024.0 * 1024.0;

/// Used transaction ids from which on PostgreSQL must be vacuumed: half of the 2³¹ it stops at.
const USED_TRANSACTION_IDS: f64 = 1_000_000_000.0;

/// The alarms worth having, the most telling first.
#[must_use]
pub fn suggested_alarms(facts: &ResourceFacts<'_>) -> Vec<AlarmTemplate> {
    match facts {
        ResourceFacts::Instance(instance) => for_instance(instance),
        ResourceFacts::Tier(Target::Tier { kind, namespace, resource, dimensions }) => {
            for_tier(*kind, namespace, resource, dimensions)
        }
        ResourceFacts::Tier(_) => Vec::new(),
    }
}

/// Whether an alarm over the same metric of the same resource exists.
#[must_use]
pub fn is_covered(suggestion: &AlarmTemplate, alarms: &[AlarmState]) -> bool {
    let is_same =
        |a: &MetricRef, b: &MetricRef| (&a.namespace, &a.name, &a.dimensions) == (&b.namespace, &b.name, &b.dimensions);
    let first = suggestion.queries.iter().find_map(|query| match &query.source {
        QuerySource::Metric(metric) => Some(metric),
        QuerySource::Expression(..) => None,
    });
    let Some(wanted) = first else { return false };
    alarms.iter().any(|alarm| match &alarm.kind {
        AlarmKind::Metric(metric) => is_same(metric, wanted),
        AlarmKind::Math { metrics, .. } => metrics.iter().any(|metric| is_same(metric, wanted)),
        _ => false,
    })
}

/// The alarms worth having that are missing: of every listed instance, and of every other resource
/// that some alarm watches. Each with the name of its resource.
///
/// # Errors
/// [`archive::Error`] when it cannot be read.
pub fn missing_alarms(archive: &Archive) -> archive::Result<Vec<(String, AlarmTemplate)>> {
    let (alarms, instances) = (archive.alarms()?, archive.instances()?);
    let listed = instances.iter().filter(|instance| instance.status != "deleted");
    let of_instances = listed.flat_map(|instance| {
        let suggested = suggested_alarms(&ResourceFacts::Instance(instance));
        suggested.into_iter().map(|template| (instance.name.clone(), template))
    });
    let tiers = watched_tiers(&alarms, &instances);
    let of_tiers = tiers.iter().flat_map(|target| {
        let suggested = suggested_alarms(&ResourceFacts::Tier(target));
        suggested.into_iter().map(|template| (target.name().unwrap_or_default(), template))
    });
    Ok(of_instances.chain(of_tiers).filter(|(_, template)| !is_covered(template, &alarms)).collect())
}

/// Resources besides databases that alarms watch.
fn watched_tiers(alarms: &[AlarmState], instances: &[Instance]) -> Vec<Target> {
    let mut tiers: Vec<Target> = Vec::new();
    for alarm in alarms {
        let arn: Option<AlarmArn> = alarm.arn.parse().ok();
        let metrics: &[MetricRef] = match &alarm.kind {
            AlarmKind::Metric(metric) => std::slice::from_ref(metric),
            AlarmKind::Math { metrics, .. } => metrics,
            _ => &[],
        };
        let place = (arn.as_ref().map(|arn| arn.region.as_str()), arn.as_ref().map(|arn| arn.account.as_str()));
        for metric in metrics {
            let target = target_of_metric(metric, place.0, place.1, instances);
            if matches!(&target, Target::Tier { resource, .. } if !resource.is_empty()) && !tiers.contains(&target) {
                tiers.push(target);
            }
        }
    }
    tiers
}

fn metric(namespace: &str, name: &str, dimensions: &BTreeMap<String, String>, statistic: &str) -> MetricRef {
    MetricRef {
        namespace: namespace.to_owned(),
        name: name.to_owned(),
        dimensions: dimensions.clone(),
        statistic: statistic.to_owned(),
        period_secs: 60,
    }
}

/// An alarm over one metric, three of five minutes.
fn over(reason: &'static str, name: String, metric: MetricRef, side: Side, threshold: f64) -> AlarmTemplate {
    let query = Query { id: "m1", source: QuerySource::Metric(metric), is_result: true };
    AlarmTemplate {
        reason,
        name,
        description: String::new(),
        queries: vec![query],
        threshold,
        side,
        periods: 5,
        datapoints_to_alarm: 3,
        treat_missing_data: "notBreaching",
    }
}

fn for_instance(instance: &Instance) -> Vec<AlarmTemplate> {
    let dimensions: BTreeMap<_, _> = [("DBInstanceIdentifier".to_owned(), instance.name.clone())].into();
    let of = |reason, name: &str, statistic: &str, side, threshold| {
        let metric = metric("AWS/RDS", name, &dimensions, statistic);
        over(reason, format!("{}-{name}", instance.name), metric, side, threshold)
    };
    let mut alarms = Vec::new();
    if let Some(vcpus) = &instance.vcpus {
        alarms.push(of("load_above_vcpu", "DBLoad", "Average", Side::Above, vcpus.count));
    }
    alarms.push(AlarmTemplate {
        periods: 15,
        datapoints_to_alarm: 15,
        ..of("cpu_high", "CPUUtilization", "Average", Side::AtOrAbove, 90.0)
    });
    if let Some(max) = instance.max_connections {
        let limit = (f64::from(max) * CONNECTIONS_PART).floor();
        alarms.push(of("connections_high", "DatabaseConnections", "Maximum", Side::Above, limit));
    }
    // Members of a cluster may be Aurora's, which have no storage of their own.
    if instance.cluster.is_none() {
        let storage = of("storage_low", "FreeStorageSpace", "Minimum", Side::Below, FREE_STORAGE_BYTES);
        // A value is always published while the instance runs: without one something is wrong.
        alarms.push(AlarmTemplate { treat_missing_data: "missing", ..storage });
    }
    if instance.replica_of.is_some() {
        alarms.push(of("replica_behind", "ReplicaLag", "Maximum", Side::Above, 60.0));
    }
    if instance.engine == Engine::Postgres {
        let wraparound =
            of("wraparound_near", "MaximumUsedTransactionIDs", "Maximum", Side::Above, USED_TRANSACTION_IDS);
        alarms.push(AlarmTemplate { periods: 1, datapoints_to_alarm: 1, ..wraparound });
    }
    alarms
}

fn for_tier(
    kind: TierKind,
    namespace: &str,
    resource: &str,
    dimensions: &BTreeMap<String, String>,
) -> Vec<AlarmTemplate> {
    let name = resource.split('/').nth(1).unwrap_or(resource);
    let named = |metric: &str| format!("{name}-{metric}");
    let of = |reason, metric_name: &str, statistic: &str, side, threshold| {
        over(reason, named(metric_name), metric(namespace, metric_name, dimensions, statistic), side, threshold)
    };
    let part = |reason, name: &str, errors: &str, expression: &str, all: &str, threshold| {
        let query = |id, name: &str| Query {
            id,
            source: QuerySource::Metric(metric(namespace, name, dimensions, "Sum")),
            is_result: false,
        };
        let rate = Query { id: "rate", source: QuerySource::Expression(expression.to_owned(), 60), is_result: true };
        let queries = vec![query("errors", errors), query("all", all), rate];
        let single = of(reason, errors, "Sum", Side::Above, threshold);
        AlarmTemplate { name: named(name), queries, ..single }
    };
    match kind {
        TierKind::Alb if dimensions.keys().any(|name| name == "LoadBalancer") => vec![
            // Requests that no target was chosen for are not in RequestCount.
            part(
                "balancer_5xx_rate",
                "5XX-rate",
                "HTTPCode_ELB_5XX_Count",
                "100*FILL(errors,0)/(FILL(all,0)+FILL(errors,0))",
                "RequestCount",
                5.0,
            ),
            part(
                "target_5xx_rate",
                "target-5XX-rate",
                "HTTPCode_Target_5XX_Count",
                "100*FILL(errors,0)/FILL(all,0)",
                "RequestCount",
                5.0,
            ),
            of("response_slow", "TargetResponseTime", "p99", Side::Above, 2.0),
        ],
        TierKind::Lambda => vec![
            of("function_throttled", "Throttles", "Sum", Side::Above, 0.0),
            part("function_errors", "error-rate", "Errors", "100*FILL(errors,0)/all", "Invocations", 5.0),
        ],
        TierKind::Ec2 => vec![AlarmTemplate {
            periods: 2,
            datapoints_to_alarm: 2,
            ..of("check_failed", "StatusCheckFailed", "Maximum", Side::AtOrAbove, 1.0)
        }],
        TierKind::Ecs => vec![
            of("cpu_high", "CPUUtilization", "Average", Side::AtOrAbove, 90.0),
            of("memory_high", "MemoryUtilization", "Average", Side::AtOrAbove, 90.0),
        ],
        TierKind::ApiGateway => {
            // HTTP APIs, which are named by id, have other names for the same.
            let errors = if dimensions.contains_key("ApiId") { "5xx" } else { "5XXError" };
            vec![
                part("api_5xx_rate", "5XX-rate", errors, "100*FILL(errors,0)/all", "Count", 5.0),
                of("response_slow", "Latency", "p99", Side::Above, 2000.0),
            ]
        }
        TierKind::DynamoDb => vec![
            of("table_throttled", "ReadThrottleEvents", "Sum", Side::Above, 0.0),
            of("table_throttled", "WriteThrottleEvents", "Sum", Side::Above, 0.0),
        ],
        TierKind::Dax => vec![of("cpu_high", "CPUUtilization", "Average", Side::AtOrAbove, 90.0)],
        TierKind::Route53 => vec![AlarmTemplate {
            treat_missing_data: "breaching",
            ..of("health_check_failed", "HealthCheckStatus", "Minimum", Side::Below, 1.0)
        }],
        TierKind::CloudFront => vec![of("edge_5xx_rate", "5xxErrorRate", "Average", Side::Above, 5.0)],
        _ => Vec::new(),
    }
}
