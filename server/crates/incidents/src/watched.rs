//! What an alarm watches: its series, the resources behind them and the limit.

use std::collections::BTreeMap;

use samples::{AlarmKind, AlarmState, Instance, MetricRef};

use crate::expression::{anomaly_band, metrics_insights, pi_counters, search_metrics};
use crate::landing::{Evaluation, Limit, Note, Side, Watched};
use crate::promql::{Selector, selectors};
use crate::target::{Place, Target, WhyUnknown, target_of_dimensions, target_of_id};
use crate::tier::dimension;

/// The series of an alarm, the deciding one first.
pub(crate) fn watched_by(kind: &AlarmKind) -> Vec<Watched> {
    match kind {
        AlarmKind::Metric(metric) => vec![Watched::Metric(metric.clone())],
        AlarmKind::Math { expressions, metrics } => watched_by_math(expressions, metrics),
        AlarmKind::PromQl { query } => vec![Watched::PromQl(query.clone())],
        AlarmKind::Log { query, log_groups } => {
            vec![Watched::LogQuery { query: query.clone(), log_groups: log_groups.clone() }]
        }
        AlarmKind::Composite { .. } | AlarmKind::Other => Vec::new(),
    }
}

/// Of an anomaly alarm the metric decides; of other math the expression does.
fn watched_by_math(expressions: &[String], metrics: &[MetricRef]) -> Vec<Watched> {
    let is_anomaly = expressions.iter().any(|expression| anomaly_band(expression).is_some());
    let of_metrics = metrics.iter().cloned().map(Watched::Metric);
    let counters = expressions.iter().flat_map(|expression| pi_counters(expression));
    let counters = counters.map(|found| Watched::Counters { resource: found.resource, metrics: found.metrics });
    let of_expressions = expressions.iter().cloned().map(Watched::Expression);
    if is_anomaly {
        of_metrics.chain(counters).chain(of_expressions).collect()
    } else {
        counters.chain(of_expressions).chain(of_metrics).collect()
    }
}

/// The resources of an alarm, most telling first, each once. Never empty.
pub(crate) fn targets_of(kind: &AlarmKind, place: Place<'_>, instances: &[Instance]) -> Vec<Target> {
    let of_metric = |metric: &MetricRef| target_of_dimensions(&metric.namespace, &metric.dimensions, place, instances);
    let mut targets: Vec<Target> = match kind {
        AlarmKind::Metric(metric) => vec![of_metric(metric)],
        AlarmKind::Math { expressions, metrics } => {
            let counters = expressions.iter().flat_map(|expression| pi_counters(expression));
            let queried = expressions.iter().filter_map(|expression| metrics_insights(expression));
            let searched = expressions.iter().flat_map(|expression| search_metrics(expression));
            let named = queried.map(|query| query.metric).chain(searched);
            let of_counters = counters.map(|found| target_of_id(&found.resource, instances));
            of_counters.chain(metrics.iter().map(of_metric)).chain(named.map(|metric| of_metric(&metric))).collect()
        }
        AlarmKind::PromQl { query } => {
            selectors(query).iter().filter_map(|selector| target_of_selector(selector, place, instances)).collect()
        }
        AlarmKind::Log { log_groups, .. } => {
            log_groups.iter().filter_map(|group| target_of_log_group(group, place, instances)).collect()
        }
        AlarmKind::Composite { .. } | AlarmKind::Other => Vec::new(),
    };
    targets.sort_by_key(Target::rank);
    let mut unique: Vec<Target> = Vec::new();
    for target in targets {
        if !unique.contains(&target) {
            unique.push(target);
        }
    }
    if unique.is_empty() {
        unique.push(Target::Unknown(WhyUnknown::NamesNone));
    }
    unique
}

/// The resource of one series of an alarm over many, by the marks of the series.
pub(crate) fn target_of_series(
    kind: &AlarmKind,
    attributes: BTreeMap<String, String>,
    place: Place<'_>,
    instances: &[Instance],
) -> Option<Target> {
    if let AlarmKind::Math { expressions, .. } = kind {
        let query = expressions.iter().find_map(|expression| metrics_insights(expression))?;
        let dimensions = query.metric.dimensions.into_iter().chain(attributes).collect();
        return Some(target_of_dimensions(&query.metric.namespace, &dimensions, place, instances));
    }
    let of_query = if let AlarmKind::PromQl { query } = kind { selectors(query) } else { Vec::new() };
    let mut selector = of_query.into_iter().next().unwrap_or_default();
    selector.labels.extend(attributes);
    target_of_selector(&selector, place, instances)
}

/// Labels that name a resource: the dimension itself, or the attribute OpenTelemetry has for it.
fn target_of_selector(selector: &Selector, place: Place<'_>, instances: &[Instance]) -> Option<Target> {
    let label = |name: &str| selector.labels.get(name).map(String::as_str);
    let scope = ["@instrumentation.@name", "@instrumentation_scope.@name"].into_iter().find_map(label);
    let vended = scope.and_then(|scope| scope.strip_prefix("cloudwatch.")).and_then(namespace_in_lower_case);
    let arn = ["@resource.cloud.resource_id", "@resource.aws.arn", "cloud.resource_id"].into_iter().find_map(label);
    if let Some(target) = arn.and_then(|arn| target_of_arn(arn, instances)) {
        return Some(target);
    }
    let dimensions = selector.labels.iter().filter(|(name, _)| !name.starts_with('@'));
    let dimensions = dimensions.map(|(name, value)| (name.clone(), value.clone())).collect();
    let names_database = ["DBInstanceIdentifier", "DBClusterIdentifier", "DbiResourceId"];
    if vended.is_none() && !names_database.iter().any(|name| dimension(&dimensions, name).is_some()) {
        return None;
    }
    Some(target_of_dimensions(vended.unwrap_or_default(), &dimensions, place, instances))
}

/// The namespace of `aws/rds`: `PromQL` has namespaces in lower case.
fn namespace_in_lower_case(text: &str) -> Option<&'static str> {
    const NAMESPACES: [&str; 14] = [
        "AWS/RDS",
        "AWS/ApplicationELB",
        "AWS/NetworkELB",
        "AWS/Lambda",
        "AWS/EC2",
        "AWS/ECS",
        "AWS/EKS",
        "AWS/ApiGateway",
        "AWS/DynamoDB",
        "AWS/DAX",
        "AWS/S3",
        "AWS/CloudFront",
        "AWS/Route53",
        "AWS/AutoScaling",
    ];
    NAMESPACES.into_iter().find(|namespace| namespace.eq_ignore_ascii_case(text))
}

/// The resource of an ARN that is not an alarm's.
pub(crate) fn target_of_arn(arn: &str, instances: &[Instance]) -> Option<Target> {
    let mut parts = arn.splitn(6, ':').skip(2);
    let (service, region, account, resource) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
    let place = Place {
        region: Some(region).filter(|text| !text.is_empty()),
        account: Some(account).filter(|text| !text.is_empty()),
    };
    let after = |prefix: &str| resource.strip_prefix(prefix).filter(|rest| !rest.is_empty());
    let (namespace, name, value) = match service {
        "rds" => match after("cluster:") {
            Some(cluster) => ("AWS/RDS", "DBClusterIdentifier", cluster),
            None => ("AWS/RDS", "DBInstanceIdentifier", after("db:")?),
        },
        "pi" => return Some(target_of_id(&units::ResourceId(after("metrics/rds/")?.to_owned()), instances)),
        "lambda" => ("AWS/Lambda", "FunctionName", after("function:")?.split(':').next()?),
        "elasticloadbalancing" => match after("loadbalancer/") {
            Some(balancer) => ("AWS/ApplicationELB", "LoadBalancer", balancer),
            None => ("AWS/ApplicationELB", "TargetGroup", after("targetgroup/").map(|_| resource)?),
        },
        "ec2" => ("AWS/EC2", "InstanceId", after("instance/")?),
        "dynamodb" => ("AWS/DynamoDB", "TableName", after("table/")?.split('/').next()?),
        "s3" => ("AWS/S3", "BucketName", resource.split('/').next()?),
        "cloudfront" => ("AWS/CloudFront", "DistributionId", after("distribution/")?),
        "route53" => ("AWS/Route53", "HealthCheckId", after("healthcheck/")?),
        "ecs" => ("AWS/ECS", "ServiceName", after("service/")?.rsplit('/').next()?),
        "eks" => ("ContainerInsights", "ClusterName", after("cluster/")?),
        _ => return None,
    };
    let dimensions = [(name.to_owned(), value.to_owned())].into();
    Some(target_of_dimensions(namespace, &dimensions, place, instances))
}

/// Log groups of RDS and Lambda carry the resource in their name.
fn target_of_log_group(group: &str, place: Place<'_>, instances: &[Instance]) -> Option<Target> {
    let name = group.split_once(":log-group:").map_or(group, |(_, rest)| rest.trim_end_matches(":*"));
    let (namespace, dimension, value) = if let Some(function) = name.strip_prefix("/aws/lambda/") {
        ("AWS/Lambda", "FunctionName", function)
    } else if let Some(rest) = name.strip_prefix("/aws/rds/instance/") {
        ("AWS/RDS", "DBInstanceIdentifier", rest.split('/').next()?)
    } else if let Some(rest) = name.strip_prefix("/aws/rds/cluster/") {
        ("AWS/RDS", "DBClusterIdentifier", rest.split('/').next()?)
    } else if let Some(rest) = name.strip_prefix("/aws/containerinsights/") {
        ("ContainerInsights", "ClusterName", rest.split('/').next()?)
    } else if let Some(rest) = name.strip_prefix("API-Gateway-Execution-Logs_") {
        ("AWS/ApiGateway", "ApiId", rest.split('/').next()?)
    } else {
        return None;
    };
    Some(target_of_dimensions(namespace, &[(dimension.to_owned(), value.to_owned())].into(), place, instances))
}

/// The limit of an alarm.
pub(crate) fn limit_of(alarm: &AlarmState) -> Limit {
    let side = alarm.comparison.as_ref().and_then(|comparison| Side::from_operator(&comparison.0));
    if let AlarmKind::Math { expressions, .. } = &alarm.kind
        && let Some(band) = expressions.iter().find_map(|expression| anomaly_band(expression))
    {
        return Limit::Band { width: band.width, side: side.unwrap_or(Side::Outside) };
    }
    match (alarm.threshold.filter(|value| value.is_finite()), side) {
        (Some(value), Some(side)) => Limit::Threshold { value, side },
        _ => Limit::None,
    }
}

/// How CloudWatch decides about an alarm.
pub(crate) fn evaluation_of(alarm: &AlarmState) -> Evaluation {
    let period_secs = match &alarm.kind {
        AlarmKind::Metric(metric) => Some(metric.period_secs),
        AlarmKind::Math { metrics, .. } => metrics.first().map(|metric| metric.period_secs),
        _ => None,
    };
    Evaluation {
        period_secs: period_secs.filter(|secs| *secs > 0),
        periods: alarm.evaluation_periods,
        datapoints_to_alarm: alarm.datapoints_to_alarm.or(alarm.evaluation_periods),
        treat_missing_data: alarm.treat_missing_data.clone(),
    }
}

/// What must be said about the targets of an alarm that lives at `place`.
pub(crate) fn notes_about(targets: &[Target], place: Place<'_>) -> Vec<Note> {
    let mut notes = Vec::new();
    match targets.first() {
        Some(Target::Instance(instance)) => {
            let is_elsewhere = place.region.is_some_and(|region| region != instance.region)
                || place.account.is_some_and(|account| account != instance.account && !instance.account.is_empty());
            notes.extend(is_elsewhere.then_some(Note::InstanceElsewhere));
        }
        Some(Target::UnlistedDatabase { .. }) => notes.push(Note::DatabaseNotListed),
        Some(Target::Cluster { members, .. }) if members.is_empty() => notes.push(Note::DatabaseNotListed),
        Some(Target::Tier { kind, .. }) => {
            let region = kind.metrics_region().filter(|region| place.region != Some(region));
            notes.extend(region.map(|region| Note::MetricsInRegion(region.to_owned())));
        }
        Some(Target::Unknown(WhyUnknown::NamesNone)) => notes.push(Note::QueryNamesNoResource),
        _ => {}
    }
    notes
}
