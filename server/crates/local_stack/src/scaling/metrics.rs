//! What `AWS/AutoScaling`, `AWS/EC2` and the CloudWatch agent publish about a group.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::{Instance, Lifecycle, Shared};
use crate::measure::{Meter, Metric, dimensions};

/// How often values are entered; queries see minutes.
const INTERVAL: Duration = Duration::from_secs(15);
/// Memory that an instance of this kind is said to have: what its share is counted against.
const INSTANCE_BYTES: f64 = 512.0 * 1_048_576.0;

const fn of_group(name: &'static str) -> Metric {
    Metric { namespace: "AWS/AutoScaling", name, unit: "None" }
}

const CPU: Metric = Metric { namespace: "AWS/EC2", name: "CPUUtilization", unit: "Percent" };
const MEMORY: Metric = Metric { namespace: "CWAgent", name: "mem_used_percent", unit: "Percent" };
const STATUS_CHECKS: [&str; 4] =
    ["StatusCheckFailed", "StatusCheckFailed_Instance", "StatusCheckFailed_System", "StatusCheckFailed_AttachedEBS"];

pub(super) async fn publish(shared: Arc<Shared>) {
    let mut used_before: HashMap<String, (Instant, f64)> = HashMap::new();
    let mut tick = tokio::time::interval(INTERVAL);
    loop {
        tick.tick().await;
        let instances = shared.instances();
        publish_group(&shared, &instances);
        used_before.retain(|id, _| instances.iter().any(|instance| instance.id == *id));
        for instance in &instances {
            publish_instance(&shared, instance, &mut used_before);
        }
    }
}

fn publish_group(shared: &Shared, instances: &[Arc<Instance>]) {
    let dims = dimensions([("AutoScalingGroupName", &shared.config.name)]);
    let count = |wanted| instances.iter().filter(|instance| instance.lifecycle() == wanted).count() as f64;
    let values = [
        ("GroupMinSize", f64::from(shared.config.min)),
        ("GroupMaxSize", f64::from(shared.config.max)),
        ("GroupDesiredCapacity", f64::from(shared.desired())),
        ("GroupInServiceInstances", count(Lifecycle::InService)),
        ("GroupPendingInstances", count(Lifecycle::Pending)),
        ("GroupTerminatingInstances", count(Lifecycle::Terminating)),
        ("GroupStandbyInstances", 0.0),
        ("GroupTotalInstances", instances.len() as f64),
    ];
    values.iter().for_each(|(name, value)| shared.meter.add(of_group(name), &dims, *value, 1.0));
}

/// A process that ended has no CPU and no memory: then only its failed check is entered.
fn publish_instance(shared: &Shared, instance: &Instance, used_before: &mut HashMap<String, (Instant, f64)>) {
    let of_instance = dimensions([("InstanceId", &instance.id)]);
    let of_group = dimensions([("AutoScalingGroupName", &shared.config.name)]);
    let both = |meter: &Meter, metric, value| {
        meter.add(metric, &of_instance, value, 1.0);
        meter.add(metric, &of_group, value, 1.0);
    };
    let has_ended = instance.has_ended();
    for name in STATUS_CHECKS {
        let fails = has_ended && matches!(name, "StatusCheckFailed" | "StatusCheckFailed_Instance");
        let metric = Metric { namespace: "AWS/EC2", name, unit: "Count" };
        both(&shared.meter, metric, if fails { 1.0 } else { 0.0 });
    }
    let Some(usage) = instance.usage() else { return };
    let now = Instant::now();
    if let Some((then, before)) = used_before.insert(instance.id.clone(), (now, usage.cpu_secs)) {
        let share = (usage.cpu_secs - before) / now.duration_since(then).as_secs_f64().max(0.001);
        both(&shared.meter, CPU, share * 100.0);
    }
    shared.meter.add(MEMORY, &of_instance, usage.resident_bytes as f64 / INSTANCE_BYTES * 100.0, 1.0);
}
