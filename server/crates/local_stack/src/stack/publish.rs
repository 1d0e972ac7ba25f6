//! The stack as AWS would tell it: what runs becomes an estate, what was measured becomes metrics.

use std::sync::Arc;
use std::time::Duration;

use aws_local::World;
use aws_local::estate::{Estate, GroupInstance, LambdaFunction, LoadBalancer, ScalingGroup, Target, TargetGroup};

use super::{APP, Inventory, Running};
use crate::balancer::{TargetDescription, TargetState};
use crate::measure::{Meter, now_ms};
use crate::scaling::{InstanceDescription, Lifecycle};

/// How often measurements are handed over and describe calls brought up to date.
const INTERVAL: Duration = Duration::from_secs(1);
/// The tag that makes one app of everything here.
const APP_TAG: &str = "app";
/// What an instance is said to be: the first type the template in the sample app's `deploy` asks for.
const INSTANCE_TYPE: &str = "m7g.large";
/// The zone of everything here.
const ZONE: &str = "us-east-1a";

/// Hands the stack over to a world, once or again and again; clones share it.
#[derive(Debug, Clone)]
pub struct Publisher {
    running: Arc<Running>,
    meter: Meter,
    started_ms: i64,
    databases: Vec<String>,
}

impl super::Stack {
    /// What tells a world about this stack. `databases` are the names of the DB instances that
    /// belong to the app.
    pub fn publisher(&self, databases: &[&str]) -> Publisher {
        Publisher {
            running: Arc::clone(&self.running),
            meter: self.running.meter.clone(),
            started_ms: now_ms(),
            databases: databases.iter().map(|name| (*name).to_owned()).collect(),
        }
    }
}

impl Publisher {
    /// Publishes until it is dropped.
    pub async fn run(self, world: World) {
        let mut tick = tokio::time::interval(INTERVAL);
        loop {
            tick.tick().await;
            self.publish(&world);
        }
    }

    /// Hands over what was measured since the last time, and what there is now.
    pub fn publish(&self, world: &World) {
        record(&self.meter, world);
        world.set_estate(estate(&self.running.inventory(), &self.databases, world, self.started_ms));
    }
}

/// Enters what a meter collected.
pub fn record(meter: &Meter, world: &World) {
    for part in meter.drain() {
        let dimensions: Vec<(&str, &str)> =
            part.dimensions.iter().map(|(name, value)| (*name, value.as_str())).collect();
        world.record_metric(part.namespace, part.name, &dimensions, part.minute_ms, &part.values, part.unit);
    }
}

fn estate(inventory: &Inventory, databases: &[String], world: &World, started_ms: i64) -> Estate {
    let balancer = &inventory.balancer;
    let group = &inventory.group;
    let function = &inventory.function;
    let mut estate = Estate {
        balancers: vec![LoadBalancer {
            name: balancer.name.clone(),
            dimension: balancer.ids.load_balancer.clone(),
            address: balancer.url.trim_start_matches("http://").to_owned(),
            created_ms: started_ms,
        }],
        target_groups: vec![TargetGroup {
            name: balancer.target_group.clone(),
            dimension: balancer.ids.target_group.clone(),
            balancer: balancer.ids.load_balancer.clone(),
            target_type: "instance".to_owned(),
            health_path: balancer.health_path.clone(),
            health_interval_secs: balancer.health_interval_secs,
            health_timeout_secs: balancer.health_timeout_secs,
            healthy_threshold: balancer.healthy_threshold,
            unhealthy_threshold: balancer.unhealthy_threshold,
            targets: balancer.targets.iter().map(target).collect(),
        }],
        scaling_groups: vec![ScalingGroup {
            name: group.name.clone(),
            min: group.min,
            max: group.max,
            desired: group.desired,
            target_groups: vec![balancer.ids.target_group.clone()],
            instances: group.instances.iter().map(instance).collect(),
            activities: group
                .activities
                .iter()
                .map(|done| (done.at_ms, done.description.clone(), done.cause.clone()))
                .collect(),
            created_ms: started_ms,
        }],
        functions: vec![LambdaFunction {
            name: function.name.clone(),
            memory_mb: function.memory_mb,
            timeout_secs: function.timeout_secs,
            reserved_concurrency: Some(function.concurrency),
            invoked_by: vec![inventory.api.id.clone()],
            modified_ms: started_ms,
        }],
        ..Estate::default()
    };
    let region = world.region();
    let mut arns = estate.arns(region);
    arns.push(format!("arn:aws:apigateway:{region}::/apis/{}", inventory.api.id));
    arns.extend(databases.iter().map(|name| format!("arn:aws:rds:{region}:{}:db:{name}", world.account())));
    let tags = [(APP_TAG, APP), ("Name", APP)].map(|(key, value)| (key.to_owned(), value.to_owned())).to_vec();
    estate.tags = arns.into_iter().map(|arn| (arn, tags.clone())).collect();
    estate
}

fn target(target: &TargetDescription) -> Target {
    Target {
        id: target.id.clone(),
        port: target.address.port(),
        zone: ZONE.to_owned(),
        state: match target.health.state {
            TargetState::Initial => "initial",
            TargetState::Healthy => "healthy",
            TargetState::Unhealthy => "unhealthy",
            TargetState::Draining => "draining",
            TargetState::Unused => "unused",
        }
        .to_owned(),
        reason: target.health.reason.map(|reason| reason.code().to_owned()).unwrap_or_default(),
        description: target.health.description.clone().unwrap_or_default(),
    }
}

fn instance(instance: &InstanceDescription) -> GroupInstance {
    GroupInstance {
        id: instance.id.clone(),
        instance_type: INSTANCE_TYPE.to_owned(),
        zone: ZONE.to_owned(),
        lifecycle: match instance.lifecycle {
            Lifecycle::Pending => "Pending",
            Lifecycle::InService => "InService",
            Lifecycle::Terminating => "Terminating",
        }
        .to_owned(),
        is_healthy: instance.is_healthy,
    }
}
