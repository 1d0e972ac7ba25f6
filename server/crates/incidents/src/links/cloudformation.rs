//! Alarms as CloudFormation, in YAML.

use std::fmt::Write as _;

use samples::MetricRef;

use super::alarm::{AlarmTemplate, QuerySource, is_extended};
use super::{logical_name, quoted};

/// A resource for the `Resources` section.
#[must_use]
pub fn alarm_in_cloudformation(alarm: &AlarmTemplate) -> String {
    let mut text = String::new();
    write_alarm(&mut text, alarm).unwrap_or_default();
    text
}

fn write_alarm(text: &mut String, alarm: &AlarmTemplate) -> std::fmt::Result {
    writeln!(text, "{}:", logical_name(&alarm.name))?;
    writeln!(text, "  Type: AWS::CloudWatch::Alarm")?;
    writeln!(text, "  Properties:")?;
    writeln!(text, "    AlarmName: {}", quoted(&alarm.name))?;
    writeln!(text, "    AlarmDescription: {}", quoted(&alarm.description))?;
    if let Some(metric) = alarm.single_metric() {
        write_metric(text, metric)?;
    } else {
        write_queries(text, alarm)?;
    }
    writeln!(text, "    ComparisonOperator: {}", alarm.operator())?;
    writeln!(text, "    Threshold: {}", alarm.threshold)?;
    writeln!(text, "    EvaluationPeriods: {}", alarm.periods)?;
    writeln!(text, "    DatapointsToAlarm: {}", alarm.datapoints_to_alarm)?;
    writeln!(text, "    TreatMissingData: {}", alarm.treat_missing_data)
}

fn write_metric(text: &mut String, metric: &MetricRef) -> std::fmt::Result {
    writeln!(text, "    Namespace: {}", quoted(&metric.namespace))?;
    writeln!(text, "    MetricName: {}", quoted(&metric.name))?;
    let key = if is_extended(&metric.statistic) { "ExtendedStatistic" } else { "Statistic" };
    writeln!(text, "    {key}: {}", metric.statistic)?;
    writeln!(text, "    Period: {}", metric.period_secs)?;
    write_dimensions(text, metric, "    ")
}

fn write_dimensions(text: &mut String, metric: &MetricRef, indent: &str) -> std::fmt::Result {
    if metric.dimensions.is_empty() {
        return Ok(());
    }
    writeln!(text, "{indent}Dimensions:")?;
    for (name, value) in &metric.dimensions {
        writeln!(text, "{indent}  - Name: {}", quoted(name))?;
        writeln!(text, "{indent}    Value: {}", quoted(value))?;
    }
    Ok(())
}

fn write_queries(text: &mut String, alarm: &AlarmTemplate) -> std::fmt::Result {
    writeln!(text, "    Metrics:")?;
    for query in &alarm.queries {
        writeln!(text, "      - Id: {}", query.id)?;
        writeln!(text, "        ReturnData: {}", query.is_result)?;
        match &query.source {
            QuerySource::Expression(expression, period_secs) => {
                writeln!(text, "        Expression: {}", quoted(expression))?;
                writeln!(text, "        Period: {period_secs}")?;
            }
            QuerySource::Metric(metric) => {
                writeln!(text, "        MetricStat:")?;
                writeln!(text, "          Stat: {}", metric.statistic)?;
                writeln!(text, "          Period: {}", metric.period_secs)?;
                writeln!(text, "          Metric:")?;
                writeln!(text, "            Namespace: {}", quoted(&metric.namespace))?;
                writeln!(text, "            MetricName: {}", quoted(&metric.name))?;
                write_dimensions(text, metric, "            ")?;
            }
        }
    }
    Ok(())
}
