//! The calls of discovery. What is denied or fails is noted, and the rest goes on.

use std::collections::{BTreeMap, BTreeSet};

use samples::{DiscoveryLimit, LimitKind, TargetHealth};
use units::Timestamp;

use super::functions::Function;
use crate::access::{Lane, RegionClients};
use crate::error::CollectError;

/// Most pages of one listing: 100 pages of 100 resources are more than one page of ours can show.
const MAX_PAGES: usize = 100;
/// Services of one `DescribeServices`, tasks of one `DescribeTasks`.
const SERVICES_PER_CALL: usize = 10;
const TASKS_PER_CALL: usize = 100;

/// What a Region's calls told.
#[derive(Debug, Default)]
pub(super) struct Found {
    /// ARN → tags of resources with the app tag.
    pub(super) tagged: BTreeMap<String, BTreeMap<String, String>>,
    pub(super) balancers: Vec<aws_sdk_elasticloadbalancingv2::types::LoadBalancer>,
    pub(super) target_groups: Vec<aws_sdk_elasticloadbalancingv2::types::TargetGroup>,
    pub(super) groups: Vec<aws_sdk_autoscaling::types::AutoScalingGroup>,
    pub(super) functions: Vec<Function>,
    pub(super) services: Vec<aws_sdk_ecs::types::Service>,
    pub(super) limits: Vec<DiscoveryLimit>,
    /// Why nothing could be asked: no credentials, no answer. A call that is denied is a limit instead.
    pub(super) outage: Option<CollectError>,
}

/// A limit for a call that gave nothing.
pub(super) fn limit(error: &CollectError, about: &str) -> DiscoveryLimit {
    let (kind, action) = match error {
        CollectError::AccessDenied { action, .. } => (LimitKind::Denied, action.clone()),
        CollectError::Throttled { action, .. }
        | CollectError::Invalid { action, .. }
        | CollectError::Unreachable { action, .. } => (LimitKind::Failed, action.clone()),
        CollectError::Credentials(_) | CollectError::NotEnabled(_) => (LimitKind::Failed, String::new()),
    };
    tracing::debug!(%error, about, "discovery lacks something");
    DiscoveryLimit { kind, about: about.to_owned(), action }
}

/// Walks a paginator whose pages hold lists.
macro_rules! collect_pages {
    ($found:expr, $into:ident, $action:literal, $region:expr, $pages:expr, $items:ident) => {{
        let mut pages = $pages;
        for _ in 0..MAX_PAGES {
            match pages.next().await {
                None => break,
                Some(Ok(page)) => $found.$into.extend(page.$items().iter().cloned()),
                Some(Err(error)) => {
                    $found.limits.push(limit(&CollectError::of($action, "*", &error), $region));
                    break;
                }
            }
        }
    }};
}

/// Everything that lists without further questions. `global_only` reads tags of global services
/// alone, from the Region that keeps them.
pub(super) async fn read(clients: &RegionClients, tag_key: &str, global_only: bool, now: Timestamp) -> Found {
    let mut found = Found::default();
    tags(clients, tag_key, global_only, &mut found).await;
    if global_only || found.outage.is_some() {
        return found;
    }
    let region = clients.region.as_str();
    let elb = &clients.elb;
    collect_pages!(
        found,
        balancers,
        "elasticloadbalancing:DescribeLoadBalancers",
        region,
        elb.describe_load_balancers().into_paginator().send(),
        load_balancers
    );
    collect_pages!(
        found,
        target_groups,
        "elasticloadbalancing:DescribeTargetGroups",
        region,
        elb.describe_target_groups().into_paginator().send(),
        target_groups
    );
    collect_pages!(
        found,
        groups,
        "autoscaling:DescribeAutoScalingGroups",
        region,
        clients.autoscaling.describe_auto_scaling_groups().into_paginator().send(),
        auto_scaling_groups
    );
    match clients.lambda.list_functions(now).await {
        Ok(functions) => found.functions = functions,
        Err(error) => found.limits.push(limit(&error, region)),
    }
    services(clients, &mut found).await;
    found
}

async fn tags(clients: &RegionClients, tag_key: &str, global_only: bool, found: &mut Found) {
    let filter = aws_sdk_resourcegroupstagging::types::TagFilter::builder().key(tag_key).build();
    let request = clients.tagging.get_resources().tag_filters(filter).resources_per_page(100);
    let request = if global_only {
        let types = ["cloudfront:distribution", "route53:healthcheck", "s3"].map(str::to_owned);
        request.set_resource_type_filters(Some(types.to_vec()))
    } else {
        request
    };
    let mut pages = request.into_paginator().send();
    for _ in 0..MAX_PAGES {
        match pages.next().await {
            None => break,
            Some(Ok(page)) => {
                for mapping in page.resource_tag_mapping_list() {
                    let tags = mapping.tags().iter().map(|tag| (tag.key().to_owned(), tag.value().to_owned()));
                    found.tagged.insert(mapping.resource_arn().unwrap_or_default().to_owned(), tags.collect());
                }
            }
            Some(Err(error)) => {
                let error = CollectError::of("tag:GetResources", "*", &error);
                found.limits.push(limit(&error, &clients.region));
                let is_outage = matches!(error, CollectError::Credentials(_) | CollectError::Unreachable { .. });
                found.outage = is_outage.then_some(error);
                break;
            }
        }
    }
}

async fn services(clients: &RegionClients, found: &mut Found) {
    let region = clients.region.as_str();
    let mut clusters: Vec<String> = Vec::new();
    let mut pages = clients.ecs.list_clusters().into_paginator().send();
    for _ in 0..MAX_PAGES {
        match pages.next().await {
            None => break,
            Some(Ok(page)) => clusters.extend(page.cluster_arns().iter().cloned()),
            Some(Err(error)) => {
                found.limits.push(limit(&CollectError::of("ecs:ListClusters", "*", &error), region));
                return;
            }
        }
    }
    for cluster in clusters {
        let mut arns: Vec<String> = Vec::new();
        let mut pages = clients.ecs.list_services().cluster(&cluster).max_results(100).into_paginator().send();
        for _ in 0..MAX_PAGES {
            match pages.next().await {
                None => break,
                Some(Ok(page)) => arns.extend(page.service_arns().iter().cloned()),
                Some(Err(error)) => {
                    found.limits.push(limit(&CollectError::of("ecs:ListServices", "*", &error), &cluster));
                    break;
                }
            }
        }
        for some in arns.chunks(SERVICES_PER_CALL) {
            let request = clients.ecs.describe_services().cluster(&cluster).set_services(Some(some.to_vec()));
            match request.send().await {
                Ok(answer) => found.services.extend(answer.services().iter().cloned()),
                Err(error) => {
                    found.limits.push(limit(&CollectError::of("ecs:DescribeServices", "*", &error), &cluster));
                }
            }
        }
    }
}

/// IP addresses of a service's running tasks.
pub(super) async fn task_addresses(
    clients: &RegionClients,
    cluster: &str,
    service: &str,
    limits: &mut Vec<DiscoveryLimit>,
) -> Vec<String> {
    let mut tasks: Vec<String> = Vec::new();
    let mut pages = clients.ecs.list_tasks().cluster(cluster).service_name(service).into_paginator().send();
    for _ in 0..MAX_PAGES {
        match pages.next().await {
            None => break,
            Some(Ok(page)) => tasks.extend(page.task_arns().iter().cloned()),
            Some(Err(error)) => {
                limits.push(limit(&CollectError::of("ecs:ListTasks", "*", &error), service));
                return Vec::new();
            }
        }
    }
    let mut addresses = Vec::new();
    for some in tasks.chunks(TASKS_PER_CALL) {
        let answer = clients.ecs.describe_tasks().cluster(cluster).set_tasks(Some(some.to_vec())).send().await;
        match answer {
            Ok(answer) => {
                let details = answer.tasks().iter().flat_map(|task| task.attachments()).flat_map(|one| one.details());
                let private = details.filter(|detail| detail.name() == Some("privateIPv4Address"));
                addresses.extend(private.filter_map(|detail| detail.value().map(str::to_owned)));
            }
            Err(error) => limits.push(limit(&CollectError::of("ecs:DescribeTasks", "*", &error), service)),
        }
    }
    addresses
}

/// Reserved concurrency of a function, and the APIs that may invoke it.
pub(super) async fn function_limits(
    clients: &RegionClients,
    function: &str,
    now: Timestamp,
    limits: &mut Vec<DiscoveryLimit>,
) -> (Option<i32>, Vec<String>) {
    let reserved = clients.lambda.concurrency(function, now).await.unwrap_or_else(|error| {
        limits.push(limit(&error, function));
        None
    });
    let policy = clients.lambda.policy(function, now).await.unwrap_or_else(|error| {
        limits.push(limit(&error, function));
        String::new()
    });
    (reserved, apis_of_policy(&policy))
}

/// Ids of the APIs in the conditions of a function's policy:
/// `arn:aws:execute-api:us-east-1:123456789012:API-ID/*`.
fn apis_of_policy(policy: &str) -> Vec<String> {
    let Ok(document) = serde_json::from_str::<serde_json::Value>(policy) else { return Vec::new() };
    let mut ids = BTreeSet::new();
    let mut texts = vec![&document];
    while let Some(value) = texts.pop() {
        match value {
            serde_json::Value::String(text) => {
                let resource = text.strip_prefix("arn:").and_then(|_| text.split(':').nth(5));
                if text.contains(":execute-api:")
                    && let Some(id) = resource.and_then(|resource| resource.split('/').next())
                    && !id.is_empty()
                    && id != "*"
                {
                    ids.insert(id.to_owned());
                }
            }
            serde_json::Value::Array(items) => texts.extend(items),
            serde_json::Value::Object(members) => texts.extend(members.values()),
            _ => {}
        }
    }
    ids.into_iter().collect()
}

/// Concurrent executions the account allows.
pub(super) async fn account_concurrency(
    clients: &RegionClients,
    now: Timestamp,
    limits: &mut Vec<DiscoveryLimit>,
) -> Option<i32> {
    clients.lambda.account_concurrency(now).await.unwrap_or_else(|error| {
        limits.push(limit(&error, &clients.region));
        None
    })
}

/// Health of a group's targets now.
pub(super) async fn target_health(
    clients: &RegionClients,
    group: &str,
    now: Timestamp,
) -> Result<Vec<TargetHealth>, CollectError> {
    let action = "elasticloadbalancing:DescribeTargetHealth";
    let answer = clients.elb.describe_target_health().target_group_arn(group).send().await;
    let answer = answer.map_err(|error| CollectError::of(action, "*", &error))?;
    let targets = answer.target_health_descriptions().iter().filter_map(|described| {
        let target = described.target()?;
        let health = described.target_health();
        Some(TargetHealth {
            group: group.to_owned(),
            target: target.id()?.to_owned(),
            port: target.port().and_then(|port| u16::try_from(port).ok()),
            zone: target.availability_zone().map(str::to_owned),
            state: health.and_then(|health| health.state()).map_or("unknown", |state| state.as_str()).to_owned(),
            reason: health
                .and_then(|health| health.reason())
                .map(|reason| reason.as_str().to_owned())
                .unwrap_or_default(),
            description: health.and_then(|health| health.description()).unwrap_or_default().to_owned(),
            since: now,
            seen: now,
        })
    });
    Ok(targets.collect())
}

/// Names of the metrics a resource has, and the values of further dimensions: (metric, dimensions).
pub(super) async fn metrics_of(
    clients: &RegionClients,
    namespace: &str,
    dimensions: &BTreeMap<String, String>,
) -> Result<Vec<(String, BTreeMap<String, String>)>, CollectError> {
    let filter = |(name, value): (&String, &String)| {
        aws_sdk_cloudwatch::types::DimensionFilter::builder().name(name).value(value).build()
    };
    let request = clients.lane(Lane::Background).cloudwatch.list_metrics().namespace(namespace);
    let request = request.set_dimensions(Some(dimensions.iter().map(filter).collect()));
    let mut pages = request.into_paginator().send();
    let mut metrics = Vec::new();
    for _ in 0..MAX_PAGES {
        let Some(page) = pages.next().await else { break };
        let page = page.map_err(|error| CollectError::of("cloudwatch:ListMetrics", "*", &error))?;
        metrics.extend(page.metrics().iter().map(|metric| {
            let dimensions =
                metric.dimensions().iter().filter_map(|one| Some((one.name()?.to_owned(), one.value()?.to_owned())));
            (metric.metric_name().unwrap_or_default().to_owned(), dimensions.collect())
        }));
    }
    Ok(metrics)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_policy_names_its_apis() {
        let policy = r#"{"Statement":[{"Condition":{"ArnLike":{"AWS:SourceArn":"arn:aws:execute-api:us-east-1:1:a1b2/*/*"}}},
            {"Condition":{"ArnLike":{"AWS:SourceArn":["arn:aws:execute-api:us-east-1:1:*/*","arn:aws:s3:::b"]}}}]}"#;
        assert_eq!(apis_of_policy(policy), ["a1b2"]);
        assert!(apis_of_policy("no JSON").is_empty());
    }
}
