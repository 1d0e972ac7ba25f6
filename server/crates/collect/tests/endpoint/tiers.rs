//! Apps, their tiers and metrics.

use std::collections::BTreeMap;

use aws_local::Faults;
use collect::{Apps, CollectError, Lane, MetricRow};
use samples::{Batch, Evidence, FigureKind, LimitKind, MetricRef, TierResource, Topology};

use crate::world::{Endpoint, NOW, last_hours};

async fn discover(endpoint: &Endpoint) -> Topology {
    discover_after(endpoint, &Topology::default()).await
}

async fn discover_after(endpoint: &Endpoint, known: &Topology) -> Topology {
    let instances = endpoint.collector.list_instances(NOW).await.unwrap();
    endpoint.collector.discover_tiers(&Apps::default(), &instances, known, NOW).await.unwrap()
}

fn by_tier<'a>(topology: &'a Topology, app: &str, tier: &str) -> &'a TierResource {
    let app = topology.app(app).unwrap_or_else(|| panic!("no app {app}"));
    let found = topology.members(app).into_iter().find(|one| one.tier == tier);
    found.unwrap_or_else(|| panic!("no {tier} in {}: {:?}", app.key, app.members))
}

#[tokio::test(flavor = "multi_thread")]
async fn tiers_without_a_describe_call_are_found_by_tags_and_listed_metrics() {
    let endpoint = Endpoint::with_tiers().await;
    let found = discover(&endpoint).await;
    let keys: Vec<&str> = found.apps.iter().map(|app| app.key.as_str()).collect();
    assert_eq!(keys, ["bookshop", "bookshop-container", "bookshop-serverless"]);
    for (app, tiers) in [
        ("bookshop", &["route53", "cloudfront", "s3"][..]),
        (
            "bookshop-container",
            &["alb", "target_group", "ecs", "eks", "auto_scaling", "ec2", "ecr", "rds_proxy", "dynamodb", "dax"],
        ),
        ("bookshop-serverless", &["cloudfront", "s3", "api_rest", "lambda", "dynamodb"]),
    ] {
        tiers.iter().for_each(|tier| assert!(by_tier(&found, app, tier).simulated, "{tier} says that it is made up"));
    }
    assert!(found.limits.is_empty(), "{:?}", found.limits);

    let service = by_tier(&found, "bookshop-container", "ecs");
    assert_eq!(service.figure(FigureKind::RunningCapacity), Some(4.0));
    assert_eq!(found.addresses.get("10.0.9.11"), Some(&service.arn), "the address of a task leads to its service");
    let group = by_tier(&found, "bookshop-container", "target_group");
    let edge = found.edges.iter().find(|edge| edge.from == group.arn && edge.to == service.arn);
    assert_eq!(edge.map(|edge| edge.evidence), Some(Evidence::Described));
    assert_eq!(found.targets.len(), 4);
    assert!(found.targets.iter().all(samples::TargetHealth::is_healthy));

    let table = by_tier(&found, "bookshop-serverless", "dynamodb");
    assert_eq!(table.variants["SuccessfulRequestLatency/Operation"], ["GetItem", "PutItem", "Query", "UpdateItem"]);
    assert_eq!(table.variants["ReplicationLatency/ReceivingRegion"], ["eu-west-1"]);
    let function = by_tier(&found, "bookshop-serverless", "lambda");
    assert_eq!(function.figure(FigureKind::ConcurrencyLimit), Some(50.0));
    assert_eq!(function.listed, None, "what is new may have metrics that are not listed yet");
    // Two hours later the list counts.
    let mut known = found.clone();
    for resource in &mut known.resources {
        resource.first_seen = resource.first_seen.plus_secs(-7_200);
        resource.listed_at = None;
    }
    let found = discover_after(&endpoint, &known).await;
    let listed = by_tier(&found, "bookshop-serverless", "lambda").listed.as_ref().unwrap();
    assert!(listed.contains("AWS/Lambda Duration") && !listed.contains("AWS/Lambda IteratorAge"), "{listed:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_listed_metric_has_points_and_statistics_share_a_price() {
    let endpoint = Endpoint::with_tiers().await;
    let found = discover(&endpoint).await;
    let function = by_tier(&found, "bookshop-serverless", "lambda");
    let rows: Vec<MetricRow> = function
        .asked_rows()
        .into_iter()
        .map(|(tier, row)| MetricRow {
            resource: function.id.clone(),
            series: row.series(tier),
            metric: MetricRef {
                namespace: tier.namespace.clone(),
                dimensions: tier.dimensions_of(&function.dimension_values, &row),
                name: row.name,
                statistic: row.statistic,
                period_secs: 60,
            },
        })
        .collect();
    drop(endpoint.collector.ledger().take());
    let read = endpoint.collector.fetch_metrics(&function.region, &rows, last_hours(1), Lane::Background).await;
    let points: BTreeMap<String, usize> = read
        .unwrap()
        .into_iter()
        .map(|batch| match batch {
            Batch::Counter(counter) => (counter.metric.to_string(), counter.points.len()),
            other => panic!("{other:?}"),
        })
        .collect();
    for series in ["AWS/Lambda Invocations Sum", "AWS/Lambda Duration p95", "AWS/Lambda Duration p50"] {
        assert!(points[series] > 50, "{series}: {points:?}");
    }
    let names: std::collections::BTreeSet<_> =
        rows.iter().map(|row| (&row.metric.namespace, &row.metric.name)).collect();
    let billed = endpoint.collector.ledger().take()["cloudwatch:GetMetricData"];
    assert_eq!((billed.calls, billed.billed_units), (1, names.len() as u64), "five statistics are one metric");
    assert!(names.len() < rows.len());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_outage_is_an_error_and_no_empty_world() {
    let endpoint = Endpoint::with_tiers().await;
    let known = discover(&endpoint).await;
    endpoint.set_faults(Faults { expired_credentials: true, ..Faults::default() });
    let found = endpoint.collector.discover_tiers(&Apps::default(), &[], &known, NOW).await;
    assert!(matches!(found, Err(CollectError::Credentials(_))), "{found:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_denied_is_named_and_the_rest_goes_on() {
    let endpoint = Endpoint::with_tiers().await;
    endpoint.set_faults(Faults { denied: true, ..Faults::default() });
    let nothing = Topology::default();
    let found = endpoint.collector.discover_tiers(&Apps::default(), &[], &nothing, NOW).await.unwrap();
    assert!(found.apps.is_empty());
    let denied: Vec<&str> = found
        .limits
        .iter()
        .filter(|limit| limit.kind == LimitKind::Denied)
        .map(|limit| limit.action.as_str())
        .collect();
    for action in [
        "tag:GetResources",
        "elasticloadbalancing:DescribeLoadBalancers",
        "autoscaling:DescribeAutoScalingGroups",
        "lambda:ListFunctions",
        "ecs:ListClusters",
    ] {
        assert!(denied.contains(&action), "{action}: {denied:?}");
    }
}
