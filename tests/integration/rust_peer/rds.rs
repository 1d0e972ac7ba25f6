//! RDS, over Query and XML.

use aws_sdk_rds::Client;
use aws_sdk_rds::types::{DbInstance, Filter, SourceType};
use serde_json::{Value, json};

use super::{Answer, Params, refusal, seconds_of};

pub(super) async fn call(client: &Client, operation: &str, params: Params<'_>) -> Answer {
    match operation {
        "describe_db_instances" => describe_db_instances(client, params).await,
        "describe_db_clusters" => describe_db_clusters(client, params).await,
        "describe_events" => describe_events(client, params).await,
        "list_tags_for_resource" => list_tags_for_resource(client, params).await,
        other => panic!("not driven: rds {other}"),
    }
}

async fn describe_db_instances(client: &Client, params: Params<'_>) -> Answer {
    let filters = params.list("Filters").map(|list| {
        let filter = |inner: Params<'_>| {
            Filter::builder().set_name(inner.text("Name")).set_values(inner.texts("Values")).build()
        };
        list.into_iter().map(filter).collect()
    });
    let answer = client
        .describe_db_instances()
        .set_db_instance_identifier(params.text("DBInstanceIdentifier"))
        .set_filters(filters)
        .set_max_records(params.number("MaxRecords"))
        .set_marker(params.text("Marker"))
        .send()
        .await
        .map_err(|error| refusal(&error))?;
    let instances: Vec<Value> = answer.db_instances().iter().map(plain_instance).collect();
    Ok(json!({ "DBInstances": instances, "Marker": answer.marker() }))
}

/// The endpoint has no clusters: that there is none is all that can be compared.
async fn describe_db_clusters(client: &Client, params: Params<'_>) -> Answer {
    let answer = client
        .describe_db_clusters()
        .set_db_cluster_identifier(params.text("DBClusterIdentifier"))
        .send()
        .await
        .map_err(|error| refusal(&error))?;
    assert!(answer.db_clusters().is_empty(), "clusters are not compared yet");
    Ok(json!({ "DBClusters": [], "Marker": answer.marker() }))
}

async fn describe_events(client: &Client, params: Params<'_>) -> Answer {
    let answer = client
        .describe_events()
        .set_source_identifier(params.text("SourceIdentifier"))
        .set_source_type(params.text("SourceType").map(|name| SourceType::from(name.as_str())))
        .set_duration(params.number("Duration"))
        .set_max_records(params.number("MaxRecords"))
        .send()
        .await
        .map_err(|error| refusal(&error))?;
    let events = answer.events().iter().map(|event| {
        json!({
            "SourceIdentifier": event.source_identifier(),
            "SourceType": event.source_type().map(|kind| kind.as_str()),
            "Message": event.message(),
            "EventCategories": event.event_categories(),
            "Date": seconds_of(event.date()),
            "SourceArn": event.source_arn(),
        })
    });
    Ok(json!({ "Events": events.collect::<Vec<_>>(), "Marker": answer.marker() }))
}

async fn list_tags_for_resource(client: &Client, params: Params<'_>) -> Answer {
    let answer = client
        .list_tags_for_resource()
        .set_resource_name(params.text("ResourceName"))
        .send()
        .await
        .map_err(|error| refusal(&error))?;
    let tags = answer.tag_list().iter().map(|tag| json!({ "Key": tag.key(), "Value": tag.value() }));
    Ok(json!({ "TagList": tags.collect::<Vec<_>>() }))
}

fn plain_instance(instance: &DbInstance) -> Value {
    let endpoint = instance.endpoint().map(|endpoint| {
        json!({ "Address": endpoint.address(), "Port": endpoint.port(), "HostedZoneId": endpoint.hosted_zone_id() })
    });
    let tags = instance.tag_list().iter().map(|tag| json!({ "Key": tag.key(), "Value": tag.value() }));
    let features = instance.processor_features().iter();
    let features = features.map(|feature| json!({ "Name": feature.name(), "Value": feature.value() }));
    let identity = json!({
        "DBInstanceIdentifier": instance.db_instance_identifier(),
        "DbiResourceId": instance.dbi_resource_id(),
        "DBInstanceArn": instance.db_instance_arn(),
        "DBInstanceClass": instance.db_instance_class(),
        "DBInstanceStatus": instance.db_instance_status(),
        "DBClusterIdentifier": instance.db_cluster_identifier(),
        "Engine": instance.engine(),
        "EngineVersion": instance.engine_version(),
        "EngineLifecycleSupport": instance.engine_lifecycle_support(),
        "DBName": instance.db_name(),
        "MasterUsername": instance.master_username(),
        "Endpoint": endpoint,
        "InstanceCreateTime": seconds_of(instance.instance_create_time()),
        "AvailabilityZone": instance.availability_zone(),
        "MultiAZ": instance.multi_az(),
        "TagList": tags.collect::<Vec<_>>(),
    });
    let details = json!({
        "AllocatedStorage": instance.allocated_storage(),
        "StorageType": instance.storage_type(),
        "StorageEncrypted": instance.storage_encrypted(),
        "StorageThroughput": instance.storage_throughput(),
        "Iops": instance.iops(),
        "BackupRetentionPeriod": instance.backup_retention_period(),
        "DbInstancePort": instance.db_instance_port(),
        "PubliclyAccessible": instance.publicly_accessible(),
        "DeletionProtection": instance.deletion_protection(),
        "LicenseModel": instance.license_model(),
        "MonitoringInterval": instance.monitoring_interval(),
        "EnhancedMonitoringResourceArn": instance.enhanced_monitoring_resource_arn(),
        "PerformanceInsightsEnabled": instance.performance_insights_enabled(),
        "PerformanceInsightsRetentionPeriod": instance.performance_insights_retention_period(),
        "DatabaseInsightsMode": instance.database_insights_mode().map(|mode| mode.as_str()),
        "ProcessorFeatures": features.collect::<Vec<_>>(),
        "ReadReplicaDBInstanceIdentifiers": instance.read_replica_db_instance_identifiers(),
        "ReadReplicaSourceDBInstanceIdentifier": instance.read_replica_source_db_instance_identifier(),
        "IAMDatabaseAuthenticationEnabled": instance.iam_database_authentication_enabled(),
        "AutoMinorVersionUpgrade": instance.auto_minor_version_upgrade(),
    });
    let (Value::Object(mut all), Value::Object(more)) = (identity, details) else { unreachable!() };
    all.extend(more);
    Value::Object(all)
}
