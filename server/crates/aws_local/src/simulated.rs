//! Tiers that cannot run on one machine, as a made-up world: DNS, CDN, static files, a REST API,
//! containers, tables, caches. Every resource carries the tag `loadlens:simulated`.
//!
//! Each minute's values are a pure function of seed, metric and minute, recorded as AWS would have
//! recorded them: what did not happen has no value, latencies have a distribution.

mod catalogue;

use crate::world::World;
use crate::world::estate::{
    EcsService, Estate, GroupInstance, LambdaFunction, LoadBalancer, ScalingGroup, Target, TargetGroup, arn,
};
use crate::world::load::minute_of;
use catalogue::{RESOURCES, ROWS, Row, Shape};
use xxhash_rust::xxh3::xxh3_64;

/// How much past there is when the world is new.
const PAST_SECS: i64 = 3 * 3_600;
/// Storage metrics are daily; this many days are there from the start.
const PAST_DAYS: i64 = 4;
const DAY_SECS: i64 = 86_400;
/// Tag of everything made up.
const SIMULATED: (&str, &str) = ("loadlens:simulated", "true");
/// Quantiles that latencies are recorded at, and their distance from the median in spreads.
const QUANTILES: [(f64, f64); 8] =
    [(0.05, -1.6), (0.2, -0.8), (0.4, -0.25), (0.5, 0.0), (0.7, 0.5), (0.9, 1.3), (0.97, 1.9), (1.0, 2.6)];

/// Puts the resources into the world and fills the past that is missing.
pub(crate) fn begin(world: &World, seed: u64) {
    world.set_simulated_estate(estate(world));
    advance(world, seed);
}

/// Makes every minute that is over and not yet made.
pub(crate) fn advance(world: &World, seed: u64) {
    let now_minute = minute_of(world.clock().now_secs());
    for row in ROWS {
        let (step, past) = match row.shape {
            Shape::Daily(_) => (DAY_SECS, PAST_DAYS * DAY_SECS),
            _ => (60, PAST_SECS),
        };
        let end = now_minute.div_euclid(step) * step;
        let first = newest(world, row).map_or(end - past, |at| (at + step).max(end - past));
        for at_secs in (first..end).step_by(usize::try_from(step).unwrap_or(60)) {
            let values = values(row, seed, at_secs);
            world.record_metric(row.namespace, row.name, row.dimensions, at_secs * 1_000, &values, row.unit);
        }
    }
}

fn newest(world: &World, row: &Row) -> Option<i64> {
    let key = crate::world::metrics::MetricKey::new(row.namespace, row.name, row.dimensions);
    world.metrics().get(&key)?.points.keys().next_back().copied()
}

/// Values of a period and how often each was seen; empty when nothing happened.
fn values(row: &Row, seed: u64, at_secs: i64) -> Vec<(f64, f64)> {
    let dice = |salt: &str| {
        let text = format!("{seed}:{}:{}:{:?}:{at_secs}:{salt}", row.namespace, row.name, row.dimensions);
        xxh3_64(text.as_bytes()) as f64 / u64::MAX as f64
    };
    // One day of visitors: quiet at four in the morning UTC, busy at four in the afternoon.
    let rhythm = 1.0 - 0.6 * (((at_secs - 4 * 3_600) as f64 / DAY_SECS as f64) * std::f64::consts::TAU).cos();
    let noise = 0.9 + 0.2 * dice("noise");
    match row.shape {
        Shape::Events { per_minute, each } => {
            let count = (per_minute * rhythm * noise).round();
            if count > 0.0 { vec![(each, count)] } else { Vec::new() }
        }
        Shape::Rare { every_minutes, each } => {
            if dice("rare") < 1.0 / every_minutes {
                vec![(each, (1.0 + 4.0 * dice("count")).floor())]
            } else {
                Vec::new()
            }
        }
        Shape::Flags { per_minute, share } => {
            let count = (per_minute * rhythm * noise).round();
            let hits = (count * share * 2.0 * dice("flags")).round();
            [(1.0, hits), (0.0, count - hits)].into_iter().filter(|(_, count)| *count > 0.0).collect()
        }
        Shape::Latency { per_minute, median, spread } => {
            let count = (per_minute * rhythm * noise).round().max(1.0);
            let mut below = 0.0;
            let scale = median * (0.8 + 0.2 * rhythm) * noise;
            QUANTILES
                .iter()
                .map(|(up_to, distance)| {
                    let share = up_to - below;
                    below = *up_to;
                    (scale * (spread * distance).exp(), (count * share).max(0.01))
                })
                .collect()
        }
        Shape::Level(mean) => {
            let value = mean * noise * (0.7 + 0.3 * rhythm);
            vec![(if row.unit == "Percent" { value.min(100.0) } else { value }, 1.0)]
        }
        Shape::Fixed(value) | Shape::Daily(value) => vec![(value, 1.0)],
    }
}

fn estate(world: &World) -> Estate {
    let region = world.region();
    let created_ms = world.clock().now_ms() - 30 * DAY_SECS * 1_000;
    let addresses: Vec<String> = catalogue::TASK_ADDRESSES.iter().map(|address| (*address).to_owned()).collect();
    let target = |address: &String| Target {
        id: address.clone(),
        port: 8_080,
        zone: format!("{region}a"),
        state: "healthy".to_owned(),
        reason: String::new(),
        description: String::new(),
    };
    let mut estate = Estate {
        balancers: vec![LoadBalancer {
            name: "bookshop-container".to_owned(),
            dimension: catalogue::BALANCER.to_owned(),
            address: "bookshop-container.example".to_owned(),
            created_ms,
        }],
        target_groups: vec![TargetGroup {
            name: "bookshop-tasks".to_owned(),
            dimension: catalogue::TARGET_GROUP.to_owned(),
            balancer: catalogue::BALANCER.to_owned(),
            target_type: "ip".to_owned(),
            health_path: "/healthz".to_owned(),
            health_interval_secs: 10,
            health_timeout_secs: 5,
            healthy_threshold: 2,
            unhealthy_threshold: 2,
            targets: addresses.iter().map(target).collect(),
        }],
        services: vec![EcsService {
            cluster: "bookshop".to_owned(),
            name: "web".to_owned(),
            launch_type: "FARGATE".to_owned(),
            desired: u32::try_from(addresses.len()).unwrap_or(0),
            task_addresses: addresses,
            target_groups: vec![catalogue::TARGET_GROUP.to_owned()],
            task_definition: "bookshop:7".to_owned(),
            capacity: vec![("FARGATE".to_owned(), 2, 1), ("FARGATE_SPOT".to_owned(), 0, 3)],
            created_ms,
        }],
        scaling_groups: vec![ScalingGroup {
            name: catalogue::NODES_GROUP.to_owned(),
            min: 2,
            max: 6,
            desired: u32::try_from(catalogue::NODES.len()).unwrap_or(0),
            target_groups: Vec::new(),
            instances: catalogue::NODES.iter().map(|id| node(id, region)).collect(),
            activities: Vec::new(),
            created_ms,
        }],
        functions: vec![LambdaFunction {
            name: catalogue::FUNCTION_NAME.to_owned(),
            memory_mb: 512,
            timeout_secs: 15,
            reserved_concurrency: Some(50),
            invoked_by: vec![catalogue::REST_API_ID.to_owned()],
            modified_ms: created_ms,
        }],
        ..Estate::default()
    };
    let tags = |app: &str, name: &str| {
        let pairs = [("app", app), ("Name", name), SIMULATED];
        pairs.map(|(key, value)| (key.to_owned(), value.to_owned())).to_vec()
    };
    for found in estate.arns(region) {
        let name = found.rsplit(['/', ':']).next().unwrap_or_default().to_owned();
        let app = if found.contains(":lambda:") { "bookshop-serverless" } else { "bookshop-container" };
        estate.tags.insert(found, tags(app, &name));
    }
    for resource in RESOURCES {
        let found = match resource.arn {
            catalogue::Arn::Global(arn) => arn.to_owned(),
            catalogue::Arn::Regional(service, rest) => arn(service, region, rest),
            catalogue::Arn::OfRegion(service, rest) => format!("arn:aws:{service}:{region}::{rest}"),
        };
        estate.tags.insert(found, tags(resource.app, resource.name));
    }
    estate
}

fn node(id: &str, region: &str) -> GroupInstance {
    GroupInstance {
        id: id.to_owned(),
        instance_type: "m7g.large".to_owned(),
        zone: format!("{region}a"),
        lifecycle: "InService".to_owned(),
        is_healthy: true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn a_minute_is_the_same_whenever_it_is_made() {
        for row in ROWS {
            assert_eq!(values(row, 7, 1_764_000_000), values(row, 7, 1_764_000_000));
            assert!(values(row, 7, 1_764_000_000).iter().all(|(value, count)| value.is_finite() && *count > 0.0));
        }
        let requests = &ROWS[0];
        assert_ne!(values(requests, 7, 1_764_000_000), values(requests, 8, 1_764_000_060));
    }

    #[test]
    fn every_tier_that_cannot_run_here_is_there() {
        let namespaces: BTreeSet<&str> = ROWS.iter().map(|row| row.namespace).collect();
        for namespace in [
            "AWS/Route53",
            "AWS/CloudFront",
            "AWS/S3",
            "AWS/ApplicationELB",
            "AWS/ApiGateway",
            "AWS/ECS",
            "ECS/ContainerInsights",
            "ContainerInsights",
            "AWS/ECR",
            "AWS/DynamoDB",
            "AWS/DAX",
            "AWS/RDS",
        ] {
            assert!(namespaces.contains(namespace), "{namespace}");
        }
    }
}
