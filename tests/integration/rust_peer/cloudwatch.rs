//! CloudWatch, over CBOR.

use aws_sdk_cloudwatch::Client;
use aws_sdk_cloudwatch::types::{
    AlarmType, ComparisonOperator, Dimension, DimensionFilter, HistoryItemType, Metric, MetricAlarm, MetricDataQuery,
    MetricDatum, MetricStat, RecentlyActive, ScanBy, ScheduleConfiguration, ScheduledQueryConfiguration, StandardUnit,
    StateValue, Statistic, Tag,
};
use serde_json::{Value, json};

use super::{Answer, Params, refusal, seconds, seconds_of};

pub(super) async fn call(client: &Client, operation: &str, params: Params<'_>) -> Answer {
    match operation {
        "get_metric_data" => get_metric_data(client, params).await,
        "list_metrics" => list_metrics(client, params).await,
        "describe_alarms" => describe_alarms(client, params).await,
        "put_metric_alarm" => put_metric_alarm(client, params).await,
        "put_log_alarm" => put_log_alarm(client, params).await,
        "tag_resource" => tag_resource(client, params).await,
        "untag_resource" => untag_resource(client, params).await,
        "list_tags_for_resource" => list_tags_for_resource(client, params).await,
        "put_composite_alarm" => put_composite_alarm(client, params).await,
        "describe_alarm_history" => describe_alarm_history(client, params).await,
        "get_metric_statistics" => get_metric_statistics(client, params).await,
        "put_metric_data" => put_metric_data(client, params).await,
        "describe_alarms_for_metric" => describe_alarms_for_metric(client, params).await,
        "set_alarm_state" => set_alarm_state(client, params).await,
        "delete_alarms" => delete_alarms(client, params).await,
        other => panic!("not driven: cloudwatch {other}"),
    }
}

fn dimension(params: Params<'_>) -> Dimension {
    Dimension::builder().set_name(params.text("Name")).set_value(params.text("Value")).build()
}

fn dimensions(params: Params<'_>) -> Option<Vec<Dimension>> {
    params.list("Dimensions").map(|list| list.into_iter().map(dimension).collect())
}

fn stat(params: Params<'_>) -> MetricStat {
    let metric = params.inner("Metric").map(|metric| {
        Metric::builder()
            .set_namespace(metric.text("Namespace"))
            .set_metric_name(metric.text("MetricName"))
            .set_dimensions(dimensions(metric))
            .build()
    });
    MetricStat::builder()
        .set_metric(metric)
        .set_period(params.number("Period"))
        .set_stat(params.text("Stat"))
        .set_unit(params.text("Unit").map(|name| StandardUnit::from(name.as_str())))
        .build()
}

fn query(params: Params<'_>) -> MetricDataQuery {
    MetricDataQuery::builder()
        .set_id(params.text("Id"))
        .set_metric_stat(params.inner("MetricStat").map(stat))
        .set_expression(params.text("Expression"))
        .set_label(params.text("Label"))
        .set_return_data(params.flag("ReturnData"))
        .set_period(params.number("Period"))
        .build()
}

async fn get_metric_data(client: &Client, params: Params<'_>) -> Answer {
    let answer = client
        .get_metric_data()
        .set_metric_data_queries(params.list("MetricDataQueries").map(|list| list.into_iter().map(query).collect()))
        .set_start_time(params.time("StartTime"))
        .set_end_time(params.time("EndTime"))
        .set_scan_by(params.text("ScanBy").map(|name| ScanBy::from(name.as_str())))
        .set_max_datapoints(params.number("MaxDatapoints"))
        .set_next_token(params.text("NextToken"))
        .send()
        .await
        .map_err(|error| refusal(&error))?;
    let messages = |list: &[aws_sdk_cloudwatch::types::MessageData]| -> Vec<Value> {
        list.iter().map(|message| json!({ "Code": message.code(), "Value": message.value() })).collect()
    };
    let results = answer.metric_data_results().iter().map(|result| {
        json!({
            "Id": result.id(),
            "Label": result.label(),
            "Timestamps": result.timestamps().iter().map(seconds).collect::<Vec<_>>(),
            "Values": result.values(),
            "StatusCode": result.status_code().map(|code| code.as_str()),
            "Messages": messages(result.messages()),
        })
    });
    Ok(json!({
        "MetricDataResults": results.collect::<Vec<_>>(),
        "Messages": messages(answer.messages()),
        "NextToken": answer.next_token(),
    }))
}

async fn list_metrics(client: &Client, params: Params<'_>) -> Answer {
    let filters = params.list("Dimensions").map(|list| {
        let filter = |inner: Params<'_>| {
            DimensionFilter::builder().set_name(inner.text("Name")).set_value(inner.text("Value")).build()
        };
        list.into_iter().map(filter).collect()
    });
    let answer = client
        .list_metrics()
        .set_namespace(params.text("Namespace"))
        .set_metric_name(params.text("MetricName"))
        .set_dimensions(filters)
        .set_recently_active(params.text("RecentlyActive").map(|name| RecentlyActive::from(name.as_str())))
        .set_next_token(params.text("NextToken"))
        .send()
        .await
        .map_err(|error| refusal(&error))?;
    let metrics = answer.metrics().iter().map(|metric| {
        json!({
            "Namespace": metric.namespace(),
            "MetricName": metric.metric_name(),
            "Dimensions": plain_dimensions(metric.dimensions()),
        })
    });
    Ok(json!({ "Metrics": metrics.collect::<Vec<_>>(), "NextToken": answer.next_token() }))
}

fn plain_dimensions(list: &[Dimension]) -> Vec<Value> {
    list.iter().map(|dimension| json!({ "Name": dimension.name(), "Value": dimension.value() })).collect()
}

async fn describe_alarms(client: &Client, params: Params<'_>) -> Answer {
    let kinds = params.texts("AlarmTypes");
    let kinds = kinds.map(|names| names.iter().map(|name| AlarmType::from(name.as_str())).collect());
    let answer = client
        .describe_alarms()
        .set_alarm_names(params.texts("AlarmNames"))
        .set_alarm_name_prefix(params.text("AlarmNamePrefix"))
        .set_alarm_types(kinds)
        .set_state_value(params.text("StateValue").map(|name| StateValue::from(name.as_str())))
        .set_max_records(params.number("MaxRecords"))
        .set_next_token(params.text("NextToken"))
        .send()
        .await
        .map_err(|error| refusal(&error))?;
    let composites = answer.composite_alarms().iter().map(|alarm| {
        json!({
            "AlarmName": alarm.alarm_name(),
            "AlarmArn": alarm.alarm_arn(),
            "AlarmDescription": alarm.alarm_description(),
            "AlarmRule": alarm.alarm_rule(),
            "AlarmConfigurationUpdatedTimestamp": seconds_of(alarm.alarm_configuration_updated_timestamp()),
            "ActionsEnabled": alarm.actions_enabled(),
            "OKActions": alarm.ok_actions(),
            "AlarmActions": alarm.alarm_actions(),
            "InsufficientDataActions": alarm.insufficient_data_actions(),
        })
    });
    let composites: Vec<Value> = composites.collect();
    let alarms: Vec<Value> = answer.metric_alarms().iter().map(plain_alarm).collect();
    Ok(json!({ "MetricAlarms": alarms, "CompositeAlarms": composites, "NextToken": answer.next_token() }))
}

fn plain_alarm(alarm: &MetricAlarm) -> Value {
    assert!(alarm.metrics().is_empty(), "metric math in alarms is not compared yet");
    json!({
        "AlarmName": alarm.alarm_name(),
        "AlarmArn": alarm.alarm_arn(),
        "AlarmDescription": alarm.alarm_description(),
        "AlarmConfigurationUpdatedTimestamp": seconds_of(alarm.alarm_configuration_updated_timestamp()),
        "ActionsEnabled": alarm.actions_enabled(),
        "OKActions": alarm.ok_actions(),
        "AlarmActions": alarm.alarm_actions(),
        "InsufficientDataActions": alarm.insufficient_data_actions(),
        "StateValue": alarm.state_value().map(|value| value.as_str()),
        "StateReason": alarm.state_reason(),
        "StateReasonData": alarm.state_reason_data(),
        "StateUpdatedTimestamp": seconds_of(alarm.state_updated_timestamp()),
        "StateTransitionedTimestamp": seconds_of(alarm.state_transitioned_timestamp()),
        "MetricName": alarm.metric_name(),
        "Namespace": alarm.namespace(),
        "Statistic": alarm.statistic().map(|value| value.as_str()),
        "ExtendedStatistic": alarm.extended_statistic(),
        "Dimensions": plain_dimensions(alarm.dimensions()),
        "Period": alarm.period(),
        "Unit": alarm.unit().map(|value| value.as_str()),
        "EvaluationPeriods": alarm.evaluation_periods(),
        "DatapointsToAlarm": alarm.datapoints_to_alarm(),
        "Threshold": alarm.threshold(),
        "ComparisonOperator": alarm.comparison_operator().map(|value| value.as_str()),
        "TreatMissingData": alarm.treat_missing_data(),
        "EvaluateLowSampleCountPercentile": alarm.evaluate_low_sample_count_percentile(),
        "EvaluationState": alarm.evaluation_state().map(|value| value.as_str()),
    })
}

async fn put_metric_alarm(client: &Client, params: Params<'_>) -> Answer {
    client
        .put_metric_alarm()
        .set_alarm_name(params.text("AlarmName"))
        .set_alarm_description(params.text("AlarmDescription"))
        .set_actions_enabled(params.flag("ActionsEnabled"))
        .set_alarm_actions(params.texts("AlarmActions"))
        .set_metric_name(params.text("MetricName"))
        .set_namespace(params.text("Namespace"))
        .set_statistic(params.text("Statistic").map(|name| Statistic::from(name.as_str())))
        .set_dimensions(dimensions(params))
        .set_period(params.number("Period"))
        .set_evaluation_periods(params.number("EvaluationPeriods"))
        .set_datapoints_to_alarm(params.number("DatapointsToAlarm"))
        .set_threshold(params.float("Threshold"))
        .set_comparison_operator(params.text("ComparisonOperator").map(|name| ComparisonOperator::from(name.as_str())))
        .set_treat_missing_data(params.text("TreatMissingData"))
        .send()
        .await
        .map_err(|error| refusal(&error))?;
    Ok(json!({}))
}

async fn put_log_alarm(client: &Client, params: Params<'_>) -> Answer {
    let scheduled = params.inner("ScheduledQueryConfiguration").map(|query| {
        let schedule = query.inner("ScheduleConfiguration").map(|schedule| {
            ScheduleConfiguration::builder().set_schedule_expression(schedule.text("ScheduleExpression")).build()
        });
        ScheduledQueryConfiguration::builder()
            .set_query_string(query.text("QueryString"))
            .set_log_group_identifiers(query.texts("LogGroupIdentifiers"))
            .set_scheduled_query_role_arn(query.text("ScheduledQueryRoleARN"))
            .set_aggregation_expression(query.text("AggregationExpression"))
            .set_schedule_configuration(schedule)
            .build()
    });
    client
        .put_log_alarm()
        .set_alarm_name(params.text("AlarmName"))
        .set_scheduled_query_configuration(scheduled)
        .set_query_results_to_evaluate(params.number("QueryResultsToEvaluate"))
        .set_query_results_to_alarm(params.number("QueryResultsToAlarm"))
        .set_threshold(params.float("Threshold"))
        .set_comparison_operator(params.text("ComparisonOperator").map(|name| ComparisonOperator::from(name.as_str())))
        .send()
        .await
        .map_err(|error| refusal(&error))?;
    Ok(json!({}))
}

async fn tag_resource(client: &Client, params: Params<'_>) -> Answer {
    let tag = |tag: Params<'_>| Tag::builder().set_key(tag.text("Key")).set_value(tag.text("Value")).build();
    client
        .tag_resource()
        .set_resource_arn(params.text("ResourceARN"))
        .set_tags(params.list("Tags").map(|tags| tags.into_iter().map(tag).collect()))
        .send()
        .await
        .map_err(|error| refusal(&error))?;
    Ok(json!({}))
}

async fn untag_resource(client: &Client, params: Params<'_>) -> Answer {
    client
        .untag_resource()
        .set_resource_arn(params.text("ResourceARN"))
        .set_tag_keys(params.texts("TagKeys"))
        .send()
        .await
        .map_err(|error| refusal(&error))?;
    Ok(json!({}))
}

async fn list_tags_for_resource(client: &Client, params: Params<'_>) -> Answer {
    let answer = client.list_tags_for_resource().set_resource_arn(params.text("ResourceARN")).send().await;
    let answer = answer.map_err(|error| refusal(&error))?;
    let tags = answer.tags().iter().map(|tag| json!({ "Key": tag.key(), "Value": tag.value() }));
    Ok(json!({ "Tags": tags.collect::<Vec<_>>() }))
}

async fn put_composite_alarm(client: &Client, params: Params<'_>) -> Answer {
    client
        .put_composite_alarm()
        .set_alarm_name(params.text("AlarmName"))
        .set_alarm_description(params.text("AlarmDescription"))
        .set_alarm_rule(params.text("AlarmRule"))
        .send()
        .await
        .map_err(|error| refusal(&error))?;
    Ok(json!({}))
}

async fn describe_alarm_history(client: &Client, params: Params<'_>) -> Answer {
    let kinds = params.texts("AlarmTypes");
    let kinds = kinds.map(|names| names.iter().map(|name| AlarmType::from(name.as_str())).collect());
    let answer = client
        .describe_alarm_history()
        .set_alarm_name(params.text("AlarmName"))
        .set_alarm_types(kinds)
        .set_history_item_type(params.text("HistoryItemType").map(|name| HistoryItemType::from(name.as_str())))
        .send()
        .await
        .map_err(|error| refusal(&error))?;
    let items = answer.alarm_history_items().iter().map(|item| {
        json!({
            "AlarmName": item.alarm_name(),
            "AlarmType": item.alarm_type().map(|kind| kind.as_str()),
            "Timestamp": seconds_of(item.timestamp()),
            "HistoryItemType": item.history_item_type().map(|kind| kind.as_str()),
            "HistorySummary": item.history_summary(),
            "HistoryData": item.history_data(),
        })
    });
    Ok(json!({ "AlarmHistoryItems": items.collect::<Vec<_>>() }))
}

async fn get_metric_statistics(client: &Client, params: Params<'_>) -> Answer {
    let statistics = params.texts("Statistics");
    let statistics = statistics.map(|names| names.iter().map(|name| Statistic::from(name.as_str())).collect());
    let answer = client
        .get_metric_statistics()
        .set_namespace(params.text("Namespace"))
        .set_metric_name(params.text("MetricName"))
        .set_dimensions(dimensions(params))
        .set_start_time(params.time("StartTime"))
        .set_end_time(params.time("EndTime"))
        .set_period(params.number("Period"))
        .set_statistics(statistics)
        .set_extended_statistics(params.texts("ExtendedStatistics"))
        .send()
        .await
        .map_err(|error| refusal(&error))?;
    let points = answer.datapoints().iter().map(|point| {
        json!({
            "Timestamp": seconds_of(point.timestamp()),
            "Unit": point.unit().map(|unit| unit.as_str()),
            "SampleCount": point.sample_count(),
            "Average": point.average(),
            "Sum": point.sum(),
            "Minimum": point.minimum(),
            "Maximum": point.maximum(),
            "ExtendedStatistics": point.extended_statistics().map(|map| json!(map)),
        })
    });
    Ok(json!({ "Label": answer.label(), "Datapoints": points.collect::<Vec<_>>() }))
}

/// The data of a plan have one value or several with counts.
async fn put_metric_data(client: &Client, params: Params<'_>) -> Answer {
    let datum = |one: Params<'_>| {
        let numbers = |name: &str| -> Option<Vec<f64>> {
            Some(one.0[name].as_array()?.iter().map(|number| number.as_f64().unwrap()).collect())
        };
        MetricDatum::builder()
            .set_metric_name(one.text("MetricName"))
            .set_dimensions(dimensions(one))
            .set_timestamp(one.time("Timestamp"))
            .set_value(one.float("Value"))
            .set_values(numbers("Values"))
            .set_counts(numbers("Counts"))
            .set_unit(one.text("Unit").map(|name| StandardUnit::from(name.as_str())))
            .build()
    };
    let data = params.list("MetricData").unwrap().into_iter().map(datum).collect();
    let request = client.put_metric_data().set_namespace(params.text("Namespace")).set_metric_data(Some(data));
    request.send().await.map_err(|error| refusal(&error))?;
    Ok(json!({}))
}

async fn describe_alarms_for_metric(client: &Client, params: Params<'_>) -> Answer {
    let answer = client
        .describe_alarms_for_metric()
        .set_namespace(params.text("Namespace"))
        .set_metric_name(params.text("MetricName"))
        .set_dimensions(dimensions(params))
        .send()
        .await
        .map_err(|error| refusal(&error))?;
    Ok(json!({ "MetricAlarms": answer.metric_alarms().iter().map(plain_alarm).collect::<Vec<_>>() }))
}

async fn set_alarm_state(client: &Client, params: Params<'_>) -> Answer {
    client
        .set_alarm_state()
        .set_alarm_name(params.text("AlarmName"))
        .set_state_value(params.text("StateValue").map(|name| StateValue::from(name.as_str())))
        .set_state_reason(params.text("StateReason"))
        .send()
        .await
        .map_err(|error| refusal(&error))?;
    Ok(json!({}))
}

async fn delete_alarms(client: &Client, params: Params<'_>) -> Answer {
    client.delete_alarms().set_alarm_names(params.texts("AlarmNames")).send().await.map_err(|error| refusal(&error))?;
    Ok(json!({}))
}
