//! Elastic Load Balancing v2: balancers, target groups, health of targets.

use super::{Call, Operation, Service};
use crate::error::ServiceError;
use crate::input::{Input, Style};
use crate::wire::Value;
use crate::world::estate::{LoadBalancer, Target, TargetGroup, elb_arn};

pub(crate) static SERVICE: Service = Service {
    action_prefix: "elasticloadbalancing",
    signing_name: "elasticloadbalancing",
    target: "",
    query_version: "2015-12-01",
    xml_namespace: "http://elasticloadbalancing.amazonaws.com/doc/2015-12-01/",
    shape_namespace: "com.amazonaws.elasticloadbalancingv2",
    style: Style::Detailed,
    operations: &[
        Operation { name: "DescribeLoadBalancers", handler: describe_load_balancers },
        Operation { name: "DescribeTags", handler: describe_tags },
        Operation { name: "DescribeTargetGroups", handler: describe_target_groups },
        Operation { name: "DescribeTargetHealth", handler: describe_target_health },
    ],
};

/// Most entries of a page, and what a page has unless asked otherwise.
const PAGE: i64 = 400;

/// `PageSize` and `Marker`.
fn page<'v, T>(input: &Input<'_>, all: &'v [T]) -> Result<(&'v [T], Value), ServiceError> {
    let limit = input.int("PageSize", 1..=PAGE)?.unwrap_or(PAGE) as usize;
    let offset: usize = match input.text("Marker")?.filter(|marker| !marker.is_empty()) {
        None => 0,
        Some(marker) => marker.parse().map_err(|_| ServiceError::validation("Invalid marker"))?,
    };
    let end = (offset + limit).min(all.len());
    let next = if end < all.len() { Value::text(end.to_string()) } else { Value::Null };
    Ok((all.get(offset..end).unwrap_or_default(), next))
}

fn describe_load_balancers(call: &Call<'_>) -> Result<Value, ServiceError> {
    let region = call.world.region();
    let arns = call.input.texts("LoadBalancerArns", 0..=20)?;
    let names = call.input.texts("Names", 0..=20)?;
    let all = call.world.estate().balancers;
    for arn in arns.iter().flatten() {
        if !all.iter().any(|balancer| elb_arn(region, &balancer.dimension) == *arn) {
            return Err(ServiceError::load_balancer_not_found(arn));
        }
    }
    for name in names.iter().flatten() {
        if !all.iter().any(|balancer| balancer.name == *name) {
            return Err(ServiceError::load_balancer_not_found(name));
        }
    }
    let is_wanted = |balancer: &LoadBalancer| {
        arns.as_ref().is_none_or(|arns| arns.contains(&elb_arn(region, &balancer.dimension).as_str()))
            && names.as_ref().is_none_or(|names| names.contains(&balancer.name.as_str()))
    };
    let found: Vec<LoadBalancer> = all.into_iter().filter(is_wanted).collect();
    let (found, next) = page(&call.input, &found)?;
    let balancers = found.iter().map(|balancer| {
        let zone = Value::map([("ZoneName", Value::text(format!("{region}a")))]);
        Value::map([
            ("LoadBalancerArn", Value::text(elb_arn(region, &balancer.dimension))),
            ("DNSName", Value::text(balancer.address.as_str())),
            ("CreatedTime", Value::Time(balancer.created_ms as f64 / 1_000.0)),
            ("LoadBalancerName", Value::text(balancer.name.as_str())),
            ("Scheme", Value::text("internal")),
            ("State", Value::map([("Code", Value::text("active"))])),
            ("Type", Value::text("application")),
            ("AvailabilityZones", Value::list([zone])),
            ("IpAddressType", Value::text("ipv4")),
        ])
    });
    Ok(Value::map([("LoadBalancers", Value::list(balancers)), ("NextMarker", next)]))
}

fn describe_target_groups(call: &Call<'_>) -> Result<Value, ServiceError> {
    let region = call.world.region();
    let balancer = call.input.text("LoadBalancerArn")?;
    let arns = call.input.texts("TargetGroupArns", 0..=20)?;
    let names = call.input.texts("Names", 0..=20)?;
    let all = call.world.estate().target_groups;
    for arn in arns.iter().flatten() {
        if !all.iter().any(|group| elb_arn(region, &group.dimension) == *arn) {
            return Err(ServiceError::target_group_not_found());
        }
    }
    let is_wanted = |group: &TargetGroup| {
        balancer.is_none_or(|balancer| elb_arn(region, &group.balancer) == balancer)
            && arns.as_ref().is_none_or(|arns| arns.contains(&elb_arn(region, &group.dimension).as_str()))
            && names.as_ref().is_none_or(|names| names.contains(&group.name.as_str()))
    };
    let found: Vec<TargetGroup> = all.into_iter().filter(is_wanted).collect();
    let (found, next) = page(&call.input, &found)?;
    let groups = found.iter().map(|group| describe_group(group, region));
    Ok(Value::map([("TargetGroups", Value::list(groups)), ("NextMarker", next)]))
}

fn describe_group(group: &TargetGroup, region: &str) -> Value {
    let number = |number: u64| Value::Int(i64::try_from(number).unwrap_or(i64::MAX));
    Value::map([
        ("TargetGroupArn", Value::text(elb_arn(region, &group.dimension))),
        ("TargetGroupName", Value::text(group.name.as_str())),
        ("Protocol", Value::text("HTTP")),
        ("Port", Value::Int(80)),
        ("HealthCheckProtocol", Value::text("HTTP")),
        ("HealthCheckPort", Value::text("traffic-port")),
        ("HealthCheckEnabled", Value::Bool(true)),
        ("HealthCheckIntervalSeconds", number(group.health_interval_secs)),
        ("HealthCheckTimeoutSeconds", number(group.health_timeout_secs)),
        ("HealthyThresholdCount", Value::Int(i64::from(group.healthy_threshold))),
        ("UnhealthyThresholdCount", Value::Int(i64::from(group.unhealthy_threshold))),
        ("HealthCheckPath", Value::text(group.health_path.as_str())),
        ("Matcher", Value::map([("HttpCode", Value::text("200"))])),
        ("LoadBalancerArns", Value::list([Value::text(elb_arn(region, &group.balancer))])),
        ("TargetType", Value::text(group.target_type.as_str())),
        ("ProtocolVersion", Value::text("HTTP1")),
    ])
}

fn describe_target_health(call: &Call<'_>) -> Result<Value, ServiceError> {
    let region = call.world.region();
    let arn = call.input.required_text("TargetGroupArn")?;
    let wanted = call.input.structures("Targets", 0..=100)?;
    let wanted = wanted
        .map(|targets| targets.iter().map(|target| target.required_text("Id")).collect::<Result<Vec<_>, _>>())
        .transpose()?;
    let estate = call.world.estate();
    let group = estate.target_groups.iter().find(|group| elb_arn(region, &group.dimension) == arn);
    let group = group.ok_or_else(ServiceError::target_group_not_found)?;
    let is_wanted = |target: &&Target| wanted.as_ref().is_none_or(|wanted| wanted.contains(&target.id.as_str()));
    let descriptions = group.targets.iter().filter(is_wanted).map(|target| {
        let some = |text: &str| if text.is_empty() { Value::Null } else { Value::text(text) };
        let id = Value::map([
            ("Id", Value::text(target.id.as_str())),
            ("Port", Value::Int(i64::from(target.port))),
            ("AvailabilityZone", if group.target_type == "ip" { some(&target.zone) } else { Value::Null }),
        ]);
        let health = Value::map([
            ("State", Value::text(target.state.as_str())),
            ("Reason", some(&target.reason)),
            ("Description", some(&target.description)),
        ]);
        Value::map([
            ("Target", id),
            ("HealthCheckPort", Value::text(target.port.to_string())),
            ("TargetHealth", health),
        ])
    });
    Ok(Value::map([("TargetHealthDescriptions", Value::list(descriptions))]))
}

fn describe_tags(call: &Call<'_>) -> Result<Value, ServiceError> {
    let arns = call.input.required_texts("ResourceArns", 1..=20)?;
    let described = arns.into_iter().map(|arn| {
        let tags = call.world.tags_of(arn).into_iter().map(|(key, value)| super::tag(&key, &value));
        Value::map([("ResourceArn", Value::text(arn)), ("Tags", Value::list(tags))])
    });
    Ok(Value::map([("TagDescriptions", Value::list(described))]))
}
