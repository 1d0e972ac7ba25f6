//! RDS: the inventory of instances and what happened to them.

use super::{Call, Operation, Service};
use crate::error::ServiceError;
use crate::faults::Behaviour;
use crate::input::{Input, Style};
use crate::wire::Value;
use crate::world::instance::{ACCOUNT, Instance};
use std::sync::Arc;

pub(crate) static SERVICE: Service = Service {
    action_prefix: "rds",
    signing_name: "rds",
    target: "",
    query_version: "2014-10-31",
    xml_namespace: "http://rds.amazonaws.com/doc/2014-10-31/",
    shape_namespace: "com.amazonaws.rds",
    style: Style::Detailed,
    operations: &[
        Operation { name: "DescribeDBClusters", handler: describe_db_clusters },
        Operation { name: "DescribeDBInstances", handler: describe_db_instances },
        Operation { name: "DescribeEvents", handler: describe_events },
        Operation { name: "ListTagsForResource", handler: list_tags_for_resource },
    ],
};

/// Instances per page unless asked otherwise.
const PAGE: i64 = 100;
/// Tag of instances that are made up.
const SIMULATED_TAG: &str = "loadlens:simulated";
/// RDS gives events of the last hour unless asked otherwise, and at most of 14 days.
const DEFAULT_EVENT_MINUTES: i64 = 60;
const MOST_EVENT_MINUTES: i64 = 20_160;

fn describe_db_instances(call: &Call<'_>) -> Result<Value, ServiceError> {
    let input = &call.input;
    let name = input.text("DBInstanceIdentifier")?;
    let filters = read_filters(input)?;
    let (limit, offset) = read_paging(input)?;
    let mut instances = call.world.listed_instances();
    instances.sort_by(|left, right| left.identity.name.cmp(&right.identity.name));
    if let Some(name) = name {
        instances.retain(|instance| {
            instance.identity.name.eq_ignore_ascii_case(name) || instance.identity.arn(call.world.region()) == name
        });
        if instances.is_empty() {
            return Err(ServiceError::instance_not_found(name));
        }
    }
    instances.retain(|instance| {
        filters.iter().all(|(filter, values)| passes(instance, filter, values, call.world.region()))
    });
    let end = (offset + limit).min(instances.len());
    let marker = if end < instances.len() { Value::text(end.to_string()) } else { Value::Null };
    let page = instances.get(offset..end).unwrap_or_default().iter().map(|instance| describe(call, instance));
    Ok(Value::map([("DBInstances", Value::named_list("DBInstance", page)), ("Marker", marker)]))
}

fn read_paging(input: &Input<'_>) -> Result<(usize, usize), ServiceError> {
    let limit = input.int("MaxRecords", 0..=i64::from(i32::MAX))?.unwrap_or(PAGE);
    if !(20..=100).contains(&limit) {
        return Err(ServiceError::invalid_rds_value(format!(
            "Invalid value {limit} for MaxRecords. Must be between 20 and 100"
        )));
    }
    let offset = match input.text("Marker")?.filter(|marker| !marker.is_empty()) {
        None => 0,
        Some(marker) => marker.parse().map_err(|_| ServiceError::invalid_rds_value("Invalid value for Marker"))?,
    };
    Ok((usize::try_from(limit).unwrap_or(100), offset))
}

fn read_filters<'a>(input: &Input<'a>) -> Result<Vec<(&'a str, Vec<&'a str>)>, ServiceError> {
    let filters = input.structures("Filters", 0..=20)?.unwrap_or_default();
    filters
        .iter()
        .map(|filter| {
            let name = filter.required_text("Name")?;
            if !["db-cluster-id", "db-instance-id", "dbi-resource-id", "domain", "engine"].contains(&name) {
                return Err(ServiceError::invalid_rds_value(format!("Unrecognized filter name: {name}")));
            }
            Ok((name, filter.required_texts("Values", 0..=100)?))
        })
        .collect()
}

fn passes(instance: &Instance, filter: &str, values: &[&str], region: &str) -> bool {
    let is_any = |found: &str| values.iter().any(|value| value.eq_ignore_ascii_case(found));
    match filter {
        "db-instance-id" => is_any(&instance.identity.name) || is_any(&instance.identity.arn(region)),
        "dbi-resource-id" => is_any(&instance.identity.resource_id),
        "engine" => is_any(instance.data().engine.rds_name()),
        // There are no clusters and no directories here.
        _ => false,
    }
}

fn describe(call: &Call<'_>, instance: &Arc<Instance>) -> Value {
    let identity = &instance.identity;
    let data = instance.data();
    let is_pi_on = instance.behaviour != Behaviour::PiOff;
    let endpoint =
        Value::map([("Address", Value::text(data.host.as_str())), ("Port", Value::Int(i64::from(data.port)))]);
    let when_on = |value: Value| if is_pi_on { value } else { Value::Null };
    // AWS reports 0 where Enhanced Monitoring is off; host figures exist only for local databases.
    let monitoring = if data.offered.contains("os.cpuUtilization.total") { 60 } else { 0 };
    Value::map([
        ("DBInstanceIdentifier", Value::text(identity.name.as_str())),
        ("DBInstanceClass", Value::text("db.local")),
        ("Engine", Value::text(data.engine.rds_name())),
        ("EngineVersion", data.version.as_deref().map_or(Value::Null, Value::text)),
        ("DBInstanceStatus", Value::text(data.status(call.world.clock().now_secs()))),
        ("Endpoint", endpoint),
        ("InstanceCreateTime", Value::Time(identity.created_secs as f64)),
        ("AvailabilityZone", Value::text(format!("{}a", call.world.region()))),
        ("MultiAZ", Value::Bool(false)),
        ("PubliclyAccessible", Value::Bool(false)),
        ("StorageType", Value::text("gp3")),
        ("DbiResourceId", Value::text(identity.resource_id.as_str())),
        ("DBInstanceArn", Value::text(identity.arn(call.world.region()))),
        ("MonitoringInterval", Value::Int(monitoring)),
        ("PerformanceInsightsEnabled", Value::Bool(is_pi_on)),
        ("PerformanceInsightsRetentionPeriod", when_on(Value::Int(data.retention_days))),
        ("DatabaseInsightsMode", Value::text("standard")),
        ("DeletionProtection", Value::Bool(false)),
        ("TagList", Value::named_list("Tag", tags(call, instance))),
    ])
}

fn tags(call: &Call<'_>, instance: &Instance) -> Vec<Value> {
    let given = call.world.tags_of(&instance.identity.arn(call.world.region()));
    let own = instance.identity.is_simulated.then(|| (SIMULATED_TAG.to_owned(), "true".to_owned()));
    given.into_iter().chain(own).map(|(key, value)| super::tag(&key, &value)).collect()
}

fn list_tags_for_resource(call: &Call<'_>) -> Result<Value, ServiceError> {
    let arn = call.input.required_text("ResourceName")?;
    let instances = call.world.listed_instances();
    let instance = instances.iter().find(|instance| instance.identity.arn(call.world.region()) == arn);
    let instance = instance.ok_or_else(|| ServiceError::instance_not_found(arn))?;
    Ok(Value::map([("TagList", Value::named_list("Tag", tags(call, instance)))]))
}

fn describe_db_clusters(call: &Call<'_>) -> Result<Value, ServiceError> {
    call.input.text("DBClusterIdentifier")?;
    Ok(Value::map([("DBClusters", Value::named_list("DBCluster", []))]))
}

fn describe_events(call: &Call<'_>) -> Result<Value, ServiceError> {
    let input = &call.input;
    let identifier = input.text("SourceIdentifier")?;
    let kind = input.text("SourceType")?;
    let minutes = input.int("Duration", 1..=MOST_EVENT_MINUTES)?.unwrap_or(DEFAULT_EVENT_MINUTES);
    let now = call.world.clock().now_ms() as f64 / 1_000.0;
    let end = input.time("EndTime")?.unwrap_or(now);
    let start = input.time("StartTime")?.unwrap_or(end - minutes as f64 * 60.0);
    let categories = input.texts("EventCategories", 0..=100)?.unwrap_or_default();
    let (limit, offset) = read_paging(input)?;
    let events: Vec<_> = call
        .world
        .events()
        .into_iter()
        .filter(|event| {
            let at = event.at_ms as f64 / 1_000.0;
            at >= start
                && at < end
                && identifier.is_none_or(|identifier| identifier == event.instance)
                && kind.is_none_or(|kind| kind == "db-instance")
                && (categories.is_empty() || categories.contains(&event.category.as_str()))
        })
        .collect();
    let until = (offset + limit).min(events.len());
    let marker = if until < events.len() { Value::text(until.to_string()) } else { Value::Null };
    let page = events.get(offset..until).unwrap_or_default().iter().map(|event| {
        let arn = format!("arn:aws:rds:{}:{ACCOUNT}:db:{}", call.world.region(), event.instance);
        Value::map([
            ("SourceIdentifier", Value::text(event.instance.as_str())),
            ("SourceType", Value::text("db-instance")),
            ("Message", Value::text(event.message.as_str())),
            ("EventCategories", Value::named_list("EventCategory", [Value::text(event.category.as_str())])),
            ("Date", Value::Time(event.at_ms as f64 / 1_000.0)),
            ("SourceArn", Value::text(arn)),
        ])
    });
    Ok(Value::map([("Events", Value::named_list("Event", page)), ("Marker", marker)]))
}
