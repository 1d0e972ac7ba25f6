//! Balancers and groups over Query and XML, services and tags over JSON.

use aws_sdk_resourcegroupstagging::types::TagFilter;
use serde_json::{Value, json};

use super::{Answer, Params, refusal, seconds_of};

pub(super) async fn elbv2(
    client: &aws_sdk_elasticloadbalancingv2::Client,
    operation: &str,
    params: Params<'_>,
) -> Answer {
    match operation {
        "describe_load_balancers" => {
            let request = client.describe_load_balancers().set_names(params.texts("Names"));
            let answer = request.send().await.map_err(|error| refusal(&error))?;
            let balancers = answer.load_balancers().iter().map(|one| {
                let zones = one.availability_zones().iter().map(|zone| json!({ "ZoneName": zone.zone_name() }));
                json!({
                    "LoadBalancerArn": one.load_balancer_arn(),
                    "DNSName": one.dns_name(),
                    "CreatedTime": seconds_of(one.created_time()),
                    "LoadBalancerName": one.load_balancer_name(),
                    "Scheme": one.scheme().map(|scheme| scheme.as_str()),
                    "State": { "Code": one.state().and_then(|state| state.code()).map(|code| code.as_str()) },
                    "Type": one.r#type().map(|kind| kind.as_str()),
                    "AvailabilityZones": zones.collect::<Vec<_>>(),
                    "IpAddressType": one.ip_address_type().map(|kind| kind.as_str()),
                })
            });
            Ok(json!({ "LoadBalancers": balancers.collect::<Vec<_>>() }))
        }
        "describe_target_groups" => {
            let request = client.describe_target_groups().set_load_balancer_arn(params.text("LoadBalancerArn"));
            let answer = request.send().await.map_err(|error| refusal(&error))?;
            let groups = answer.target_groups().iter().map(|one| {
                json!({
                    "TargetGroupArn": one.target_group_arn(),
                    "TargetGroupName": one.target_group_name(),
                    "Protocol": one.protocol().map(|kind| kind.as_str()),
                    "Port": one.port(),
                    "HealthCheckProtocol": one.health_check_protocol().map(|kind| kind.as_str()),
                    "HealthCheckPort": one.health_check_port(),
                    "HealthCheckEnabled": one.health_check_enabled(),
                    "HealthCheckIntervalSeconds": one.health_check_interval_seconds(),
                    "HealthCheckTimeoutSeconds": one.health_check_timeout_seconds(),
                    "HealthyThresholdCount": one.healthy_threshold_count(),
                    "UnhealthyThresholdCount": one.unhealthy_threshold_count(),
                    "HealthCheckPath": one.health_check_path(),
                    "Matcher": { "HttpCode": one.matcher().and_then(|matcher| matcher.http_code()) },
                    "LoadBalancerArns": one.load_balancer_arns(),
                    "TargetType": one.target_type().map(|kind| kind.as_str()),
                    "ProtocolVersion": one.protocol_version(),
                })
            });
            Ok(json!({ "TargetGroups": groups.collect::<Vec<_>>() }))
        }
        "describe_target_health" => {
            let request = client.describe_target_health().set_target_group_arn(params.text("TargetGroupArn"));
            let answer = request.send().await.map_err(|error| refusal(&error))?;
            let targets = answer.target_health_descriptions().iter().map(|one| {
                let target = one.target().unwrap();
                let health = one.target_health().unwrap();
                json!({
                    "Target": { "Id": target.id(), "Port": target.port(), "AvailabilityZone": target.availability_zone() },
                    "HealthCheckPort": one.health_check_port(),
                    "TargetHealth": {
                        "State": health.state().map(|state| state.as_str()),
                        "Reason": health.reason().map(|reason| reason.as_str()),
                        "Description": health.description(),
                    },
                })
            });
            Ok(json!({ "TargetHealthDescriptions": targets.collect::<Vec<_>>() }))
        }
        "describe_tags" => {
            let request = client.describe_tags().set_resource_arns(params.texts("ResourceArns"));
            let answer = request.send().await.map_err(|error| refusal(&error))?;
            let described = answer.tag_descriptions().iter().map(|one| {
                let tags = one.tags().iter().map(|tag| json!({ "Key": tag.key(), "Value": tag.value() }));
                json!({ "ResourceArn": one.resource_arn(), "Tags": tags.collect::<Vec<_>>() })
            });
            Ok(json!({ "TagDescriptions": described.collect::<Vec<_>>() }))
        }
        other => panic!("not driven: elbv2 {other}"),
    }
}

pub(super) async fn autoscaling(client: &aws_sdk_autoscaling::Client, operation: &str, params: Params<'_>) -> Answer {
    match operation {
        "describe_auto_scaling_groups" => {
            let request = client
                .describe_auto_scaling_groups()
                .set_auto_scaling_group_names(params.texts("AutoScalingGroupNames"));
            let answer = request.send().await.map_err(|error| refusal(&error))?;
            Ok(json!({ "AutoScalingGroups": answer.auto_scaling_groups().iter().map(group).collect::<Vec<_>>() }))
        }
        "describe_auto_scaling_instances" => {
            let answer = client.describe_auto_scaling_instances().send().await.map_err(|error| refusal(&error))?;
            let instances = answer.auto_scaling_instances().iter().map(|one| {
                json!({
                    "InstanceId": one.instance_id(),
                    "InstanceType": one.instance_type(),
                    "AutoScalingGroupName": one.auto_scaling_group_name(),
                    "AvailabilityZone": one.availability_zone(),
                    "LifecycleState": one.lifecycle_state(),
                    "HealthStatus": one.health_status(),
                    "ProtectedFromScaleIn": one.protected_from_scale_in(),
                })
            });
            Ok(json!({ "AutoScalingInstances": instances.collect::<Vec<_>>() }))
        }
        other => panic!("not driven: autoscaling {other}"),
    }
}

fn group(group: &aws_sdk_autoscaling::types::AutoScalingGroup) -> Value {
    let instances = group.instances().iter().map(|one| {
        json!({
            "InstanceId": one.instance_id(),
            "InstanceType": one.instance_type(),
            "AvailabilityZone": one.availability_zone(),
            "LifecycleState": one.lifecycle_state().map(|state| state.as_str()),
            "HealthStatus": one.health_status(),
            "ProtectedFromScaleIn": one.protected_from_scale_in(),
        })
    });
    let metrics = group.enabled_metrics().iter();
    let metrics = metrics.map(|one| json!({ "Metric": one.metric(), "Granularity": one.granularity() }));
    let tags = group.tags().iter().map(|tag| {
        json!({
            "ResourceId": tag.resource_id(),
            "ResourceType": tag.resource_type(),
            "Key": tag.key(),
            "Value": tag.value(),
            "PropagateAtLaunch": tag.propagate_at_launch(),
        })
    });
    json!({
        "AutoScalingGroupName": group.auto_scaling_group_name(),
        "AutoScalingGroupARN": group.auto_scaling_group_arn(),
        "MinSize": group.min_size(),
        "MaxSize": group.max_size(),
        "DesiredCapacity": group.desired_capacity(),
        "DefaultCooldown": group.default_cooldown(),
        "AvailabilityZones": group.availability_zones(),
        "LoadBalancerNames": group.load_balancer_names(),
        "TargetGroupARNs": group.target_group_arns(),
        "HealthCheckType": group.health_check_type(),
        "HealthCheckGracePeriod": group.health_check_grace_period(),
        "Instances": instances.collect::<Vec<_>>(),
        "CreatedTime": seconds_of(group.created_time()),
        "EnabledMetrics": metrics.collect::<Vec<_>>(),
        "Tags": tags.collect::<Vec<_>>(),
        "TerminationPolicies": group.termination_policies(),
        "NewInstancesProtectedFromScaleIn": group.new_instances_protected_from_scale_in(),
    })
}

pub(super) async fn ecs(client: &aws_sdk_ecs::Client, operation: &str, params: Params<'_>) -> Answer {
    let cluster = params.text("cluster");
    match operation {
        "list_clusters" => {
            let answer = client.list_clusters().send().await.map_err(|error| refusal(&error))?;
            Ok(json!({ "clusterArns": answer.cluster_arns() }))
        }
        "list_services" => {
            let answer = client.list_services().set_cluster(cluster).send().await.map_err(|error| refusal(&error))?;
            Ok(json!({ "serviceArns": answer.service_arns() }))
        }
        "list_tasks" => {
            let answer = client.list_tasks().set_cluster(cluster).send().await.map_err(|error| refusal(&error))?;
            Ok(json!({ "taskArns": answer.task_arns() }))
        }
        "describe_services" => {
            let request = client.describe_services().set_cluster(cluster).set_services(params.texts("services"));
            let answer = request.send().await.map_err(|error| refusal(&error))?;
            let failures = answer.failures().iter().map(|one| json!({ "arn": one.arn(), "reason": one.reason() }));
            Ok(json!({
                "services": answer.services().iter().map(service).collect::<Vec<_>>(),
                "failures": failures.collect::<Vec<_>>(),
            }))
        }
        "describe_tasks" => {
            let request = client.describe_tasks().set_cluster(cluster).set_tasks(params.texts("tasks"));
            let answer = request.send().await.map_err(|error| refusal(&error))?;
            let tasks = answer.tasks().iter().map(|one| {
                let attachments = one.attachments().iter().map(|one| {
                    let details = one.details().iter().map(|one| json!({ "name": one.name(), "value": one.value() }));
                    json!({
                        "id": one.id(), "type": one.r#type(), "status": one.status(),
                        "details": details.collect::<Vec<_>>(),
                    })
                });
                json!({
                    "taskArn": one.task_arn(),
                    "clusterArn": one.cluster_arn(),
                    "taskDefinitionArn": one.task_definition_arn(),
                    "group": one.group(),
                    "lastStatus": one.last_status(),
                    "desiredStatus": one.desired_status(),
                    "launchType": one.launch_type().map(|kind| kind.as_str()),
                    "attachments": attachments.collect::<Vec<_>>(),
                })
            });
            Ok(json!({ "tasks": tasks.collect::<Vec<_>>() }))
        }
        other => panic!("not driven: ecs {other}"),
    }
}

fn service(service: &aws_sdk_ecs::types::Service) -> Value {
    let balancers = service.load_balancers().iter().map(|one| {
        json!({
            "targetGroupArn": one.target_group_arn(),
            "containerName": one.container_name(),
            "containerPort": one.container_port(),
        })
    });
    let strategy = service
        .capacity_provider_strategy()
        .iter()
        .map(|one| json!({ "capacityProvider": one.capacity_provider(), "base": one.base(), "weight": one.weight() }));
    let deployments = service.deployments().iter().map(|one| {
        json!({
            "id": one.id(),
            "status": one.status(),
            "taskDefinition": one.task_definition(),
            "desiredCount": one.desired_count(),
            "pendingCount": one.pending_count(),
            "runningCount": one.running_count(),
            "failedTasks": one.failed_tasks(),
            "createdAt": seconds_of(one.created_at()),
            "updatedAt": seconds_of(one.updated_at()),
            "rolloutState": one.rollout_state().map(|state| state.as_str()),
        })
    });
    json!({
        "serviceArn": service.service_arn(),
        "serviceName": service.service_name(),
        "clusterArn": service.cluster_arn(),
        "loadBalancers": balancers.collect::<Vec<_>>(),
        "status": service.status(),
        "desiredCount": service.desired_count(),
        "runningCount": service.running_count(),
        "pendingCount": service.pending_count(),
        "launchType": service.launch_type().map(|kind| kind.as_str()),
        "capacityProviderStrategy": strategy.collect::<Vec<_>>(),
        "taskDefinition": service.task_definition(),
        "deployments": deployments.collect::<Vec<_>>(),
        "createdAt": seconds_of(service.created_at()),
        "schedulingStrategy": service.scheduling_strategy().map(|one| one.as_str()),
    })
}

pub(super) async fn tagging(
    client: &aws_sdk_resourcegroupstagging::Client,
    operation: &str,
    params: Params<'_>,
) -> Answer {
    match operation {
        "get_resources" => {
            let filters = params.list("TagFilters").map(|list| {
                let filter = |one: Params<'_>| {
                    TagFilter::builder().set_key(one.text("Key")).set_values(one.texts("Values")).build()
                };
                list.into_iter().map(filter).collect()
            });
            let answer = client
                .get_resources()
                .set_tag_filters(filters)
                .set_resource_type_filters(params.texts("ResourceTypeFilters"))
                .set_resources_per_page(params.number("ResourcesPerPage"))
                .set_pagination_token(params.text("PaginationToken"))
                .send()
                .await
                .map_err(|error| refusal(&error))?;
            let resources = answer.resource_tag_mapping_list().iter().map(|one| {
                let tags = one.tags().iter().map(|tag| json!({ "Key": tag.key(), "Value": tag.value() }));
                json!({ "ResourceARN": one.resource_arn(), "Tags": tags.collect::<Vec<_>>() })
            });
            Ok(json!({
                "ResourceTagMappingList": resources.collect::<Vec<_>>(),
                "PaginationToken": answer.pagination_token(),
            }))
        }
        "get_tag_keys" => {
            let answer = client.get_tag_keys().send().await.map_err(|error| refusal(&error))?;
            Ok(json!({ "TagKeys": answer.tag_keys(), "PaginationToken": answer.pagination_token() }))
        }
        "get_tag_values" => {
            let request = client.get_tag_values().set_key(params.text("Key"));
            let answer = request.send().await.map_err(|error| refusal(&error))?;
            Ok(json!({ "TagValues": answer.tag_values(), "PaginationToken": answer.pagination_token() }))
        }
        other => panic!("not driven: tagging {other}"),
    }
}
