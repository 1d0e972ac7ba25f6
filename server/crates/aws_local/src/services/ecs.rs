//! Amazon ECS: clusters, services, tasks.

use super::{Call, Operation, Service};
use crate::error::ServiceError;
use crate::input::{Input, Style};
use crate::wire::Value;
use crate::world::estate::{EcsService, arn, elb_arn};

pub(crate) static SERVICE: Service = Service {
    action_prefix: "ecs",
    signing_name: "ecs",
    target: "AmazonEC2ContainerServiceV20141113",
    query_version: "",
    xml_namespace: "",
    shape_namespace: "com.amazonaws.ecs",
    style: Style::Detailed,
    operations: &[
        Operation { name: "DescribeServices", handler: describe_services },
        Operation { name: "DescribeTasks", handler: describe_tasks },
        Operation { name: "ListClusters", handler: list_clusters },
        Operation { name: "ListServices", handler: list_services },
        Operation { name: "ListTasks", handler: list_tasks },
    ],
};

fn cluster_arn(region: &str, cluster: &str) -> String {
    arn("ecs", region, &format!("cluster/{cluster}"))
}

fn service_arn(region: &str, service: &EcsService) -> String {
    arn("ecs", region, &format!("service/{}/{}", service.cluster, service.name))
}

/// Tasks have ids of 32 hexadecimal digits; here they follow from service and address.
fn task_arn(region: &str, service: &EcsService, address: &str) -> String {
    let id = xxhash_rust::xxh3::xxh3_128(format!("{}/{address}", service.name).as_bytes());
    arn("ecs", region, &format!("task/{}/{id:032x}", service.cluster))
}

/// `maxResults` and `nextToken` over a list of texts.
fn page(input: &Input<'_>, member: &'static str, all: &[String], usual: i64) -> Result<Value, ServiceError> {
    let limit = input.int("maxResults", 1..=100)?.unwrap_or(usual) as usize;
    let offset: usize = match input.text("nextToken")? {
        None => 0,
        Some(token) => token.parse().map_err(|_| ServiceError::invalid_ecs_parameter("Invalid token"))?,
    };
    let end = (offset + limit).min(all.len());
    let next = if end < all.len() { Value::text(end.to_string()) } else { Value::Null };
    let found = all.get(offset..end).unwrap_or_default().iter().map(|text| Value::text(text.as_str()));
    Ok(Value::map([(member, Value::list(found)), ("nextToken", next)]))
}

/// Services of the request's cluster: by name or ARN, `default` unless named.
fn of_cluster(call: &Call<'_>) -> Result<Vec<EcsService>, ServiceError> {
    let cluster = call.input.text("cluster")?.unwrap_or("default");
    let name = cluster.rsplit('/').next().unwrap_or(cluster);
    let mut services = call.world.estate().services;
    services.retain(|service| service.cluster == name);
    if services.is_empty() && name != "default" {
        return Err(ServiceError::cluster_not_found());
    }
    Ok(services)
}

fn list_clusters(call: &Call<'_>) -> Result<Value, ServiceError> {
    let region = call.world.region();
    let mut arns: Vec<String> =
        call.world.estate().services.iter().map(|service| cluster_arn(region, &service.cluster)).collect();
    arns.sort();
    arns.dedup();
    page(&call.input, "clusterArns", &arns, 100)
}

fn list_services(call: &Call<'_>) -> Result<Value, ServiceError> {
    let region = call.world.region();
    let arns: Vec<String> = of_cluster(call)?.iter().map(|service| service_arn(region, service)).collect();
    page(&call.input, "serviceArns", &arns, 10)
}

fn describe_services(call: &Call<'_>) -> Result<Value, ServiceError> {
    let region = call.world.region();
    let wanted = call.input.required_texts("services", 1..=10)?;
    let wants_tags = call.input.texts("include", 0..=1)?.is_some_and(|include| include.contains(&"TAGS"));
    let all = of_cluster(call)?;
    let (mut found, mut failures) = (Vec::new(), Vec::new());
    for name in wanted {
        let is_it = |service: &&EcsService| service.name == name || service_arn(region, service) == name;
        match all.iter().find(is_it) {
            Some(service) => found.push(describe(call, service, wants_tags)),
            None => failures.push(Value::map([("arn", Value::text(name)), ("reason", Value::text("MISSING"))])),
        }
    }
    Ok(Value::map([("services", Value::list(found)), ("failures", Value::list(failures))]))
}

fn describe(call: &Call<'_>, service: &EcsService, wants_tags: bool) -> Value {
    let region = call.world.region();
    let arn_of_service = service_arn(region, service);
    let running = i64::try_from(service.task_addresses.len()).unwrap_or(0);
    let created = Value::Time(service.created_ms as f64 / 1_000.0);
    let definition = arn("ecs", region, &format!("task-definition/{}", service.task_definition));
    let balancers = service.target_groups.iter().map(|dimension| {
        Value::map([
            ("targetGroupArn", Value::text(elb_arn(region, dimension))),
            ("containerName", Value::text("bookshop")),
            ("containerPort", Value::Int(8080)),
        ])
    });
    let capacity = service.capacity.iter().map(|(name, base, weight)| {
        Value::map([
            ("capacityProvider", Value::text(name.as_str())),
            ("base", Value::Int(i64::from(*base))),
            ("weight", Value::Int(i64::from(*weight))),
        ])
    });
    let deployment = Value::map([
        ("id", Value::text(format!("ecs-svc/{}", service.name))),
        ("status", Value::text("PRIMARY")),
        ("taskDefinition", Value::text(definition.as_str())),
        ("desiredCount", Value::Int(i64::from(service.desired))),
        ("pendingCount", Value::Int(0)),
        ("runningCount", Value::Int(running)),
        ("failedTasks", Value::Int(0)),
        ("createdAt", created.clone()),
        ("updatedAt", created.clone()),
        ("rolloutState", Value::text("COMPLETED")),
    ]);
    let tags = call
        .world
        .tags_of(&arn_of_service)
        .into_iter()
        .map(|(key, value)| Value::map([("key", Value::text(key)), ("value", Value::text(value))]));
    Value::map([
        ("serviceArn", Value::text(arn_of_service.as_str())),
        ("serviceName", Value::text(service.name.as_str())),
        ("clusterArn", Value::text(cluster_arn(region, &service.cluster))),
        ("loadBalancers", Value::list(balancers)),
        ("status", Value::text("ACTIVE")),
        ("desiredCount", Value::Int(i64::from(service.desired))),
        ("runningCount", Value::Int(running)),
        ("pendingCount", Value::Int(0)),
        (
            "launchType",
            if service.capacity.is_empty() { Value::text(service.launch_type.as_str()) } else { Value::Null },
        ),
        ("capacityProviderStrategy", Value::list(capacity)),
        ("taskDefinition", Value::text(definition.as_str())),
        ("deployments", Value::list([deployment])),
        ("createdAt", created),
        ("schedulingStrategy", Value::text("REPLICA")),
        ("tags", if wants_tags { Value::list(tags) } else { Value::Null }),
    ])
}

fn list_tasks(call: &Call<'_>) -> Result<Value, ServiceError> {
    let region = call.world.region();
    let name = call.input.text("serviceName")?;
    let services = of_cluster(call)?;
    let wanted = services
        .iter()
        .filter(|service| name.is_none_or(|name| service.name == name || service_arn(region, service) == name));
    let arns: Vec<String> = wanted
        .flat_map(|service| service.task_addresses.iter().map(|address| task_arn(region, service, address)))
        .collect();
    page(&call.input, "taskArns", &arns, 100)
}

fn describe_tasks(call: &Call<'_>) -> Result<Value, ServiceError> {
    let region = call.world.region();
    let wanted = call.input.required_texts("tasks", 1..=100)?;
    let services = of_cluster(call)?;
    let (mut found, mut failures) = (Vec::new(), Vec::new());
    for wanted in wanted {
        let task = services.iter().find_map(|service| {
            let address = service.task_addresses.iter().find(|address| {
                let arn = task_arn(region, service, address);
                arn == wanted || arn.rsplit('/').next() == Some(wanted)
            })?;
            Some((service, address))
        });
        match task {
            Some((service, address)) => found.push(describe_task(region, service, address)),
            None => failures.push(Value::map([("arn", Value::text(wanted)), ("reason", Value::text("MISSING"))])),
        }
    }
    Ok(Value::map([("tasks", Value::list(found)), ("failures", Value::list(failures))]))
}

fn describe_task(region: &str, service: &EcsService, address: &str) -> Value {
    let detail = |name: &str, value: &str| Value::map([("name", Value::text(name)), ("value", Value::text(value))]);
    let interface = Value::map([
        ("id", Value::text(format!("eni-{address}"))),
        ("type", Value::text("ElasticNetworkInterface")),
        ("status", Value::text("ATTACHED")),
        ("details", Value::list([detail("privateIPv4Address", address)])),
    ]);
    Value::map([
        ("taskArn", Value::text(task_arn(region, service, address))),
        ("clusterArn", Value::text(cluster_arn(region, &service.cluster))),
        ("taskDefinitionArn", Value::text(arn("ecs", region, &format!("task-definition/{}", service.task_definition)))),
        ("group", Value::text(format!("service:{}", service.name))),
        ("lastStatus", Value::text("RUNNING")),
        ("desiredStatus", Value::text("RUNNING")),
        ("launchType", Value::text(service.launch_type.as_str())),
        ("attachments", Value::list([interface])),
    ])
}
