//! The only call that writes: a link in the description of an alarm, when somebody asks for it by
//! name. // CloudWatch `PutMetricAlarm`, `PutCompositeAlarm`, `PutLogAlarm`, `TagResource`

use aws_sdk_cloudwatch::operation::describe_alarms::DescribeAlarmsOutput;
use aws_sdk_cloudwatch::types::{
    ActionConfiguration, AlarmTagsPropagation, AlarmType, CompositeAlarm, LogAlarm, MetricAlarm, Tag,
};
use samples::{AlarmKind, AlarmState};

use crate::access::{Collector, Lane, LaneClients};
use crate::error::CollectError;

const DESCRIBE: &str = "cloudwatch:DescribeAlarms";
const PUT_METRIC: &str = "cloudwatch:PutMetricAlarm";
const PUT_COMPOSITE: &str = "cloudwatch:PutCompositeAlarm";
const PUT_LOG: &str = "cloudwatch:PutLogAlarm";
const TAG: &str = "cloudwatch:TagResource";

/// What is to be written into an alarm.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AlarmLink {
    /// `AlarmDescription` as the writer saw it; when it has changed since, nothing is written.
    pub before: String,
    /// `AlarmDescription` as it is to be.
    pub after: String,
    /// Tag that is set and sent along with notifications: key and value.
    pub tag: Option<(String, String)>,
}

impl Collector {
    /// Writes a link into an alarm. `PutMetricAlarm` replaces a whole alarm, so all of it is read
    /// first and sent back with nothing but the description and the sending of the tag changed.
    ///
    /// # Errors
    /// [`CollectError`]: an action is missing, the alarm changed or went meanwhile, or it is of a sort
    /// that cannot be sent back whole.
    pub async fn write_alarm_link(&self, alarm: &AlarmState, link: &AlarmLink) -> Result<(), CollectError> {
        let region = alarm.arn.split(':').nth(3).unwrap_or_default();
        let found = self.regions.iter().find(|clients| clients.region == region);
        let clients = found.ok_or_else(|| refused(PUT_METRIC, "its Region is not one of --regions"))?;
        let clients = clients.lane(Lane::Interactive);
        if let Some((key, value)) = &link.tag {
            let tag = Tag::builder().key(key).value(value).build();
            let tagged = clients.cloudwatch.tag_resource().resource_arn(&alarm.arn).tags(tag).send().await;
            tagged.map_err(|error| CollectError::of(TAG, &alarm.arn, &error))?;
        }
        let request = clients.cloudwatch.describe_alarms().alarm_names(&alarm.name);
        let request = request.alarm_types(AlarmType::MetricAlarm).alarm_types(AlarmType::CompositeAlarm);
        let request = if matches!(alarm.kind, AlarmKind::Log { .. }) {
            request.alarm_types(AlarmType::LogAlarm)
        } else {
            request
        };
        let answer = request.send().await.map_err(|error| CollectError::of(DESCRIBE, "*", &error))?;
        write(clients, &answer, alarm, link).await
    }
}

async fn write(
    clients: &LaneClients,
    answer: &DescribeAlarmsOutput,
    alarm: &AlarmState,
    link: &AlarmLink,
) -> Result<(), CollectError> {
    let arn = Some(alarm.arn.as_str());
    let is_same = |description: Option<&str>| {
        let changed = || refused(PUT_METRIC, "its description changed meanwhile; run the command again");
        if description.unwrap_or_default() == link.before { Ok(()) } else { Err(changed()) }
    };
    if let Some(found) = answer.metric_alarms().iter().find(|one| one.alarm_arn() == arn) {
        is_same(found.alarm_description())?;
        return put_metric(clients, found, link).await;
    }
    if let Some(found) = answer.composite_alarms().iter().find(|one| one.alarm_arn() == arn) {
        is_same(found.alarm_description())?;
        return put_composite(clients, found, link).await;
    }
    if let Some(found) = answer.log_alarms().iter().find(|one| one.alarm_arn() == arn) {
        is_same(found.alarm_description())?;
        return put_log(clients, found, link).await;
    }
    Err(refused(PUT_METRIC, "it is gone"))
}

async fn put_metric(clients: &LaneClients, alarm: &MetricAlarm, link: &AlarmLink) -> Result<(), CollectError> {
    let alarm = alarm.clone();
    let arn = alarm.alarm_arn.unwrap_or_default();
    let request = clients
        .cloudwatch
        .put_metric_alarm()
        .set_alarm_name(alarm.alarm_name)
        .alarm_description(&link.after)
        .set_actions_enabled(alarm.actions_enabled)
        .set_ok_actions(alarm.ok_actions)
        .set_alarm_actions(alarm.alarm_actions)
        .set_insufficient_data_actions(alarm.insufficient_data_actions)
        .set_metric_name(alarm.metric_name)
        .set_namespace(alarm.namespace)
        .set_statistic(alarm.statistic)
        .set_extended_statistic(alarm.extended_statistic)
        .set_dimensions(alarm.dimensions.filter(|list| !list.is_empty()))
        .set_period(alarm.period)
        .set_unit(alarm.unit)
        .set_evaluation_periods(alarm.evaluation_periods)
        .set_datapoints_to_alarm(alarm.datapoints_to_alarm)
        .set_threshold(alarm.threshold)
        .set_comparison_operator(alarm.comparison_operator)
        .set_treat_missing_data(alarm.treat_missing_data)
        .set_evaluate_low_sample_count_percentile(alarm.evaluate_low_sample_count_percentile)
        .set_metrics(alarm.metrics.filter(|list| !list.is_empty()))
        .set_threshold_metric_id(alarm.threshold_metric_id)
        .set_evaluation_window(alarm.evaluation_window)
        .set_warm_up_configuration(alarm.warm_up_configuration)
        .set_evaluation_criteria(alarm.evaluation_criteria)
        .set_evaluation_interval(alarm.evaluation_interval)
        .set_action_configuration(sending(alarm.action_configuration, link));
    request.send().await.map_err(|error| CollectError::of(PUT_METRIC, &arn, &error))?;
    Ok(())
}

async fn put_composite(clients: &LaneClients, alarm: &CompositeAlarm, link: &AlarmLink) -> Result<(), CollectError> {
    let alarm = alarm.clone();
    let arn = alarm.alarm_arn.unwrap_or_default();
    let request = clients
        .cloudwatch
        .put_composite_alarm()
        .set_alarm_name(alarm.alarm_name)
        .alarm_description(&link.after)
        .set_actions_enabled(alarm.actions_enabled)
        .set_ok_actions(alarm.ok_actions)
        .set_alarm_actions(alarm.alarm_actions)
        .set_insufficient_data_actions(alarm.insufficient_data_actions)
        .set_alarm_rule(alarm.alarm_rule)
        .set_actions_suppressor(alarm.actions_suppressor)
        .set_actions_suppressor_wait_period(alarm.actions_suppressor_wait_period)
        .set_actions_suppressor_extension_period(alarm.actions_suppressor_extension_period)
        .set_action_configuration(sending(alarm.action_configuration, link));
    request.send().await.map_err(|error| CollectError::of(PUT_COMPOSITE, &arn, &error))?;
    Ok(())
}

async fn put_log(clients: &LaneClients, alarm: &LogAlarm, link: &AlarmLink) -> Result<(), CollectError> {
    let alarm = alarm.clone();
    let arn = alarm.alarm_arn.unwrap_or_default();
    let request = clients
        .cloudwatch
        .put_log_alarm()
        .set_alarm_name(alarm.alarm_name)
        .alarm_description(&link.after)
        .set_actions_enabled(alarm.actions_enabled)
        .set_ok_actions(alarm.ok_actions)
        .set_alarm_actions(alarm.alarm_actions)
        .set_insufficient_data_actions(alarm.insufficient_data_actions)
        .set_scheduled_query_configuration(alarm.scheduled_query_configuration)
        .set_query_results_to_evaluate(alarm.query_results_to_evaluate)
        .set_query_results_to_alarm(alarm.query_results_to_alarm)
        .set_threshold(alarm.threshold)
        .set_comparison_operator(alarm.comparison_operator)
        .set_treat_missing_data(alarm.treat_missing_data)
        .set_action_log_line_count(alarm.action_log_line_count)
        .set_action_log_line_role_arn(alarm.action_log_line_role_arn)
        .set_warm_up_configuration(alarm.warm_up_configuration)
        .set_action_configuration(sending(alarm.action_configuration, link));
    request.send().await.map_err(|error| CollectError::of(PUT_LOG, &arn, &error))?;
    Ok(())
}

/// How the alarm sends its tags, ours among them. What people excluded stays excluded.
fn sending(before: Option<ActionConfiguration>, link: &AlarmLink) -> Option<ActionConfiguration> {
    let Some((key, _)) = &link.tag else { return before };
    let propagation = before.as_ref().and_then(ActionConfiguration::alarm_tags_propagation);
    let is_on = propagation.and_then(AlarmTagsPropagation::enabled) == Some(true);
    let included = propagation.map(AlarmTagsPropagation::included_tag_keys).unwrap_or_default();
    if is_on && (included.is_empty() || included.contains(key)) {
        return before;
    }
    let mut keys = if is_on { included.to_vec() } else { Vec::new() };
    keys.push(key.clone());
    let propagation = AlarmTagsPropagation::builder().enabled(true).set_included_tag_keys(Some(keys)).build();
    Some(ActionConfiguration::builder().alarm_tags_propagation(propagation).build())
}

fn refused(action: &str, message: &str) -> CollectError {
    CollectError::Invalid { action: action.to_owned(), message: message.to_owned() }
}
