//! Alarms as CDK, in TypeScript.

use std::fmt::Write as _;

use samples::MetricRef;

use super::alarm::{AlarmTemplate, QuerySource, is_extended};
use super::{logical_name, quoted};

/// A statement for the constructor of a stack. Needs
/// `import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';`.
#[must_use]
pub fn alarm_in_cdk(alarm: &AlarmTemplate) -> String {
    let mut text = String::new();
    write_alarm(&mut text, alarm).unwrap_or_default();
    text
}

fn write_alarm(text: &mut String, alarm: &AlarmTemplate) -> std::fmt::Result {
    writeln!(text, "new cloudwatch.CfnAlarm(this, {}, {{", quoted(&logical_name(&alarm.name)))?;
    writeln!(text, "  alarmName: {},", quoted(&alarm.name))?;
    writeln!(text, "  alarmDescription: {},", quoted(&alarm.description))?;
    if let Some(metric) = alarm.single_metric() {
        let statistic = if is_extended(&metric.statistic) { "extendedStatistic" } else { "statistic" };
        writeln!(text, "  namespace: {},", quoted(&metric.namespace))?;
        writeln!(text, "  metricName: {},", quoted(&metric.name))?;
        writeln!(text, "  dimensions: {},", dimensions(metric))?;
        writeln!(text, "  {statistic}: {},", quoted(&metric.statistic))?;
        writeln!(text, "  period: {},", metric.period_secs)?;
    } else {
        write_queries(text, alarm)?;
    }
    writeln!(text, "  comparisonOperator: {},", quoted(alarm.operator()))?;
    writeln!(text, "  threshold: {},", alarm.threshold)?;
    writeln!(text, "  evaluationPeriods: {},", alarm.periods)?;
    writeln!(text, "  datapointsToAlarm: {},", alarm.datapoints_to_alarm)?;
    writeln!(text, "  treatMissingData: {},", quoted(alarm.treat_missing_data))?;
    writeln!(text, "}});")
}

fn dimensions(metric: &MetricRef) -> String {
    let pair = |(name, value): (&String, &String)| format!("{{ name: {}, value: {} }}", quoted(name), quoted(value));
    format!("[{}]", metric.dimensions.iter().map(pair).collect::<Vec<_>>().join(", "))
}

fn write_queries(text: &mut String, alarm: &AlarmTemplate) -> std::fmt::Result {
    writeln!(text, "  metrics: [")?;
    for query in &alarm.queries {
        write!(text, "    {{ id: {}, returnData: {}, ", quoted(query.id), query.is_result)?;
        match &query.source {
            QuerySource::Expression(expression, period_secs) => {
                writeln!(text, "expression: {}, period: {period_secs} }},", quoted(expression))?;
            }
            QuerySource::Metric(metric) => {
                let (namespace, name) = (quoted(&metric.namespace), quoted(&metric.name));
                writeln!(
                    text,
                    "metricStat: {{ stat: {}, period: {}, metric: {{",
                    quoted(&metric.statistic),
                    metric.period_secs
                )?;
                writeln!(
                    text,
                    "      namespace: {namespace}, metricName: {name}, dimensions: {} }} }} }},",
                    dimensions(metric)
                )?;
            }
        }
    }
    writeln!(text, "  ],")
}
