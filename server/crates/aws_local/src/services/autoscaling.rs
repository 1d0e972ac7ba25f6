//! Amazon EC2 Auto Scaling: groups, their instances, what they did.

use super::{Call, Operation, Service};
use crate::error::ServiceError;
use crate::input::{Input, Style};
use crate::wire::Value;
use crate::world::estate::{GroupInstance, ScalingGroup, elb_arn, scaling_group_arn};

pub(crate) static SERVICE: Service = Service {
    action_prefix: "autoscaling",
    signing_name: "autoscaling",
    target: "",
    query_version: "2011-01-01",
    xml_namespace: "http://autoscaling.amazonaws.com/doc/2011-01-01/",
    shape_namespace: "com.amazonaws.autoscaling",
    style: Style::Detailed,
    operations: &[
        Operation { name: "DescribeAutoScalingGroups", handler: describe_groups },
        Operation { name: "DescribeAutoScalingInstances", handler: describe_instances },
        Operation { name: "DescribeScalingActivities", handler: describe_activities },
    ],
};

/// Entries of a page unless asked otherwise, and the most.
const PAGE: i64 = 50;
const MOST: i64 = 100;
/// Metrics that are on once collection is enabled.
const METRICS: &[&str] = &[
    "GroupMinSize",
    "GroupMaxSize",
    "GroupDesiredCapacity",
    "GroupInServiceInstances",
    "GroupPendingInstances",
    "GroupStandbyInstances",
    "GroupTerminatingInstances",
    "GroupTotalInstances",
];

fn page<'v, T>(input: &Input<'_>, all: &'v [T], usual: i64) -> Result<(&'v [T], Value), ServiceError> {
    let limit = input.int("MaxRecords", 1..=MOST)?.unwrap_or(usual) as usize;
    let offset: usize = match input.text("NextToken")?.filter(|token| !token.is_empty()) {
        None => 0,
        Some(token) => token.parse().map_err(|_| ServiceError::invalid_next_token())?,
    };
    let end = (offset + limit).min(all.len());
    let next = if end < all.len() { Value::text(end.to_string()) } else { Value::Null };
    Ok((all.get(offset..end).unwrap_or_default(), next))
}

fn describe_groups(call: &Call<'_>) -> Result<Value, ServiceError> {
    let names = call.input.texts("AutoScalingGroupNames", 0..=1_600)?.filter(|names| !names.is_empty());
    let mut groups = call.world.estate().scaling_groups;
    groups.retain(|group| names.as_ref().is_none_or(|names| names.contains(&group.name.as_str())));
    let (found, next) = page(&call.input, &groups, PAGE)?;
    let found = found.iter().map(|group| describe(call, group));
    Ok(Value::map([("AutoScalingGroups", Value::list(found)), ("NextToken", next)]))
}

fn describe(call: &Call<'_>, group: &ScalingGroup) -> Value {
    let region = call.world.region();
    let arn = scaling_group_arn(region, &group.name);
    let number = |number: u32| Value::Int(i64::from(number));
    let tags = call.world.tags_of(&arn).into_iter().map(|(key, value)| {
        Value::map([
            ("ResourceId", Value::text(group.name.as_str())),
            ("ResourceType", Value::text("auto-scaling-group")),
            ("Key", Value::text(key)),
            ("Value", Value::text(value)),
            ("PropagateAtLaunch", Value::Bool(true)),
        ])
    });
    let metrics = METRICS
        .iter()
        .map(|metric| Value::map([("Metric", Value::text(*metric)), ("Granularity", Value::text("1Minute"))]));
    let target_groups = group.target_groups.iter().map(|dimension| Value::text(elb_arn(region, dimension)));
    Value::map([
        ("AutoScalingGroupName", Value::text(group.name.as_str())),
        ("AutoScalingGroupARN", Value::text(arn.as_str())),
        ("MinSize", number(group.min)),
        ("MaxSize", number(group.max)),
        ("DesiredCapacity", number(group.desired)),
        ("DefaultCooldown", Value::Int(300)),
        ("AvailabilityZones", Value::list([Value::text(format!("{region}a"))])),
        ("LoadBalancerNames", Value::list([])),
        ("TargetGroupARNs", Value::list(target_groups)),
        ("HealthCheckType", Value::text("ELB")),
        ("HealthCheckGracePeriod", Value::Int(15)),
        ("Instances", Value::list(group.instances.iter().map(instance))),
        ("CreatedTime", Value::Time(group.created_ms as f64 / 1_000.0)),
        ("EnabledMetrics", Value::list(metrics)),
        ("Tags", Value::list(tags)),
        ("TerminationPolicies", Value::list([Value::text("Default")])),
        ("NewInstancesProtectedFromScaleIn", Value::Bool(false)),
    ])
}

fn instance(instance: &GroupInstance) -> Value {
    Value::map([
        ("InstanceId", Value::text(instance.id.as_str())),
        ("InstanceType", Value::text(instance.instance_type.as_str())),
        ("AvailabilityZone", Value::text(instance.zone.as_str())),
        ("LifecycleState", Value::text(instance.lifecycle.as_str())),
        ("HealthStatus", Value::text(if instance.is_healthy { "Healthy" } else { "Unhealthy" })),
        ("ProtectedFromScaleIn", Value::Bool(false)),
    ])
}

fn describe_instances(call: &Call<'_>) -> Result<Value, ServiceError> {
    let ids = call.input.texts("InstanceIds", 0..=50)?.filter(|ids| !ids.is_empty());
    let groups = call.world.estate().scaling_groups;
    let all: Vec<Value> = groups
        .iter()
        .flat_map(|group| group.instances.iter().map(move |found| (group, found)))
        .filter(|(_, found)| ids.as_ref().is_none_or(|ids| ids.contains(&found.id.as_str())))
        .map(|(group, found)| {
            let Value::Map(mut members) = instance(found) else { return Value::Null };
            members.push(("AutoScalingGroupName".to_owned(), Value::text(group.name.as_str())));
            // This call writes the health in capitals, the other one does not.
            for (name, value) in &mut members {
                if name == "HealthStatus" {
                    *value = Value::text(if found.is_healthy { "HEALTHY" } else { "UNHEALTHY" });
                }
            }
            Value::Map(members)
        })
        .collect();
    let (found, next) = page(&call.input, &all, PAGE)?;
    Ok(Value::map([("AutoScalingInstances", Value::list(found.iter().cloned())), ("NextToken", next)]))
}

fn describe_activities(call: &Call<'_>) -> Result<Value, ServiceError> {
    let name = call.input.text("AutoScalingGroupName")?;
    let groups = call.world.estate().scaling_groups;
    let of_group = |group: &ScalingGroup| {
        let group_name = group.name.clone();
        let all = group.activities.clone().into_iter().enumerate();
        all.map(move |(index, (at_ms, description, cause))| {
            Value::map([
                ("ActivityId", Value::text(activity_id(&group_name, at_ms, index))),
                ("AutoScalingGroupName", Value::text(group_name.as_str())),
                ("Description", Value::text(description)),
                ("Cause", Value::text(cause)),
                ("StartTime", Value::Time(at_ms as f64 / 1_000.0)),
                ("EndTime", Value::Time(at_ms as f64 / 1_000.0)),
                ("StatusCode", Value::text("Successful")),
                ("Progress", Value::Int(100)),
            ])
        })
        .collect::<Vec<_>>()
    };
    let wanted = groups.iter().filter(|group| name.is_none_or(|name| name == group.name));
    let all: Vec<Value> = wanted.flat_map(of_group).collect();
    let (found, next) = page(&call.input, &all, MOST)?;
    Ok(Value::map([("Activities", Value::list(found.iter().cloned())), ("NextToken", next)]))
}

fn activity_id(group: &str, at_ms: i64, index: usize) -> String {
    let hash = xxhash_rust::xxh3::xxh3_128(format!("{group}/{at_ms}/{index}").as_bytes());
    uuid::Uuid::from_u128(hash).to_string()
}
