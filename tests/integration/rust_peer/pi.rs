//! Performance Insights, over CBOR.

use aws_sdk_pi::Client;
use aws_sdk_pi::types::{DimensionGroup, FineGrainedAction, MetricQuery, PeriodAlignment, ServiceType};
use serde_json::{Value, json};

use super::{Answer, Params, refusal, seconds, seconds_of};

pub(super) async fn call(client: &Client, operation: &str, params: Params<'_>) -> Answer {
    match operation {
        "get_resource_metrics" => get_resource_metrics(client, params).await,
        "describe_dimension_keys" => describe_dimension_keys(client, params).await,
        "get_dimension_key_details" => get_dimension_key_details(client, params).await,
        "get_resource_metadata" => get_resource_metadata(client, params).await,
        "list_available_resource_dimensions" => list_dimensions(client, params).await,
        "list_available_resource_metrics" => list_metrics(client, params).await,
        other => panic!("not driven: pi {other}"),
    }
}

fn service(params: Params<'_>) -> Option<ServiceType> {
    params.text("ServiceType").map(|name| ServiceType::from(name.as_str()))
}

fn group(params: Params<'_>) -> DimensionGroup {
    DimensionGroup::builder()
        .set_group(params.text("Group"))
        .set_dimensions(params.texts("Dimensions"))
        .set_limit(params.number("Limit"))
        .build()
        .unwrap()
}

fn query(params: Params<'_>) -> MetricQuery {
    MetricQuery::builder()
        .set_metric(params.text("Metric"))
        .set_group_by(params.inner("GroupBy").map(group))
        .set_filter(params.map("Filter"))
        .build()
        .unwrap()
}

async fn get_resource_metrics(client: &Client, params: Params<'_>) -> Answer {
    let answer = client
        .get_resource_metrics()
        .set_service_type(service(params))
        .set_identifier(params.text("Identifier"))
        .set_metric_queries(params.list("MetricQueries").map(|list| list.into_iter().map(query).collect()))
        .set_start_time(params.time("StartTime"))
        .set_end_time(params.time("EndTime"))
        .set_period_in_seconds(params.number("PeriodInSeconds"))
        .set_max_results(params.number("MaxResults"))
        .set_next_token(params.text("NextToken"))
        .set_period_alignment(params.text("PeriodAlignment").map(|name| PeriodAlignment::from(name.as_str())))
        .send()
        .await
        .map_err(|error| refusal(&error))?;
    let series = answer.metric_list().iter().map(|series| {
        let key = series.key().map(|key| json!({ "Metric": key.metric(), "Dimensions": key.dimensions() }));
        let points = series.data_points().iter();
        let points: Vec<Value> =
            points.map(|point| json!({ "Timestamp": seconds(point.timestamp()), "Value": point.value() })).collect();
        json!({ "Key": key, "DataPoints": points })
    });
    Ok(json!({
        "AlignedStartTime": seconds_of(answer.aligned_start_time()),
        "AlignedEndTime": seconds_of(answer.aligned_end_time()),
        "Identifier": answer.identifier(),
        "MetricList": series.collect::<Vec<_>>(),
        "NextToken": answer.next_token(),
    }))
}

async fn describe_dimension_keys(client: &Client, params: Params<'_>) -> Answer {
    let answer = client
        .describe_dimension_keys()
        .set_service_type(service(params))
        .set_identifier(params.text("Identifier"))
        .set_start_time(params.time("StartTime"))
        .set_end_time(params.time("EndTime"))
        .set_metric(params.text("Metric"))
        .set_period_in_seconds(params.number("PeriodInSeconds"))
        .set_group_by(params.inner("GroupBy").map(group))
        .set_partition_by(params.inner("PartitionBy").map(group))
        .set_filter(params.map("Filter"))
        .set_additional_metrics(params.texts("AdditionalMetrics"))
        .set_max_results(params.number("MaxResults"))
        .set_next_token(params.text("NextToken"))
        .send()
        .await
        .map_err(|error| refusal(&error))?;
    let partitions = answer.partition_keys().iter().map(|key| json!({ "Dimensions": key.dimensions() }));
    let keys = answer.keys().iter().map(|key| {
        json!({
            "Dimensions": key.dimensions(),
            "Total": key.total(),
            "AdditionalMetrics": key.additional_metrics(),
            "Partitions": key.partitions(),
        })
    });
    Ok(json!({
        "AlignedStartTime": seconds_of(answer.aligned_start_time()),
        "AlignedEndTime": seconds_of(answer.aligned_end_time()),
        "PartitionKeys": partitions.collect::<Vec<_>>(),
        "Keys": keys.collect::<Vec<_>>(),
        "NextToken": answer.next_token(),
    }))
}

async fn get_dimension_key_details(client: &Client, params: Params<'_>) -> Answer {
    let answer = client
        .get_dimension_key_details()
        .set_service_type(service(params))
        .set_identifier(params.text("Identifier"))
        .set_group(params.text("Group"))
        .set_group_identifier(params.text("GroupIdentifier"))
        .set_requested_dimensions(params.texts("RequestedDimensions"))
        .send()
        .await
        .map_err(|error| refusal(&error))?;
    let details = answer.dimensions().iter().map(|detail| {
        let status = detail.status().map(|status| status.as_str());
        json!({ "Value": detail.value(), "Dimension": detail.dimension(), "Status": status })
    });
    Ok(json!({ "Dimensions": details.collect::<Vec<_>>() }))
}

async fn get_resource_metadata(client: &Client, params: Params<'_>) -> Answer {
    let answer = client
        .get_resource_metadata()
        .set_service_type(service(params))
        .set_identifier(params.text("Identifier"))
        .send()
        .await
        .map_err(|error| refusal(&error))?;
    let features = answer.features().into_iter().flatten();
    let features: serde_json::Map<String, Value> = features
        .map(|(name, feature)| (name.clone(), json!({ "Status": feature.status().map(|status| status.as_str()) })))
        .collect();
    Ok(json!({ "Identifier": answer.identifier(), "Features": features }))
}

async fn list_dimensions(client: &Client, params: Params<'_>) -> Answer {
    let actions = params.texts("AuthorizedActions");
    let actions = actions.map(|names| names.iter().map(|name| FineGrainedAction::from(name.as_str())).collect());
    let answer = client
        .list_available_resource_dimensions()
        .set_service_type(service(params))
        .set_identifier(params.text("Identifier"))
        .set_metrics(params.texts("Metrics"))
        .set_authorized_actions(actions)
        .set_max_results(params.number("MaxResults"))
        .set_next_token(params.text("NextToken"))
        .send()
        .await
        .map_err(|error| refusal(&error))?;
    let metrics = answer.metric_dimensions().iter().map(|metric| {
        let groups = metric.groups().iter().map(|group| {
            let names = group.dimensions().iter().map(|dimension| json!({ "Identifier": dimension.identifier() }));
            json!({ "Group": group.group(), "Dimensions": names.collect::<Vec<_>>() })
        });
        json!({ "Metric": metric.metric(), "Groups": groups.collect::<Vec<_>>() })
    });
    Ok(json!({ "MetricDimensions": metrics.collect::<Vec<_>>(), "NextToken": answer.next_token() }))
}

async fn list_metrics(client: &Client, params: Params<'_>) -> Answer {
    let answer = client
        .list_available_resource_metrics()
        .set_service_type(service(params))
        .set_identifier(params.text("Identifier"))
        .set_metric_types(params.texts("MetricTypes"))
        .set_max_results(params.number("MaxResults"))
        .set_next_token(params.text("NextToken"))
        .send()
        .await
        .map_err(|error| refusal(&error))?;
    let metrics = answer
        .metrics()
        .iter()
        .map(|metric| json!({ "Metric": metric.metric(), "Description": metric.description(), "Unit": metric.unit() }));
    Ok(json!({ "Metrics": metrics.collect::<Vec<_>>(), "NextToken": answer.next_token() }))
}
