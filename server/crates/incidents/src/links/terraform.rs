//! Alarms as Terraform.

use std::fmt::Write as _;

use samples::MetricRef;

use super::alarm::{AlarmTemplate, QuerySource, is_extended};
use super::quoted;

/// A resource block.
#[must_use]
pub fn alarm_in_terraform(alarm: &AlarmTemplate) -> String {
    let mut text = String::new();
    write_alarm(&mut text, alarm).unwrap_or_default();
    text
}

/// A text in quotes in which nothing is a template.
pub(super) fn literal(text: &str) -> String {
    quoted(text).replace("${", "$${").replace("%{", "%%{")
}

/// Lower-case letters, digits and underscores, beginning with a letter.
fn label(text: &str) -> String {
    let plain = |letter: char| if letter.is_ascii_alphanumeric() { letter.to_ascii_lowercase() } else { '_' };
    let label: String = text.chars().map(plain).collect();
    if label.starts_with(|letter: char| letter.is_ascii_alphabetic()) { label } else { format!("alarm_{label}") }
}

fn write_alarm(text: &mut String, alarm: &AlarmTemplate) -> std::fmt::Result {
    writeln!(text, "resource \"aws_cloudwatch_metric_alarm\" \"{}\" {{", label(&alarm.name))?;
    writeln!(text, "  alarm_name          = {}", literal(&alarm.name))?;
    writeln!(text, "  alarm_description   = {}", literal(&alarm.description))?;
    if let Some(metric) = alarm.single_metric() {
        write_metric(
            text,
            metric,
            "  ",
            if is_extended(&metric.statistic) { "extended_statistic" } else { "statistic" },
        )?;
    } else {
        write_queries(text, alarm)?;
    }
    writeln!(text, "  comparison_operator = \"{}\"", alarm.operator())?;
    writeln!(text, "  threshold           = {}", alarm.threshold)?;
    writeln!(text, "  evaluation_periods  = {}", alarm.periods)?;
    writeln!(text, "  datapoints_to_alarm = {}", alarm.datapoints_to_alarm)?;
    writeln!(text, "  treat_missing_data  = \"{}\"", alarm.treat_missing_data)?;
    writeln!(text, "}}")
}

fn write_metric(text: &mut String, metric: &MetricRef, indent: &str, statistic_key: &str) -> std::fmt::Result {
    writeln!(text, "{indent}namespace   = {}", literal(&metric.namespace))?;
    writeln!(text, "{indent}metric_name = {}", literal(&metric.name))?;
    writeln!(text, "{indent}{statistic_key} = \"{}\"", metric.statistic)?;
    writeln!(text, "{indent}period      = {}", metric.period_secs)?;
    if metric.dimensions.is_empty() {
        return Ok(());
    }
    writeln!(text, "{indent}dimensions = {{")?;
    for (name, value) in &metric.dimensions {
        writeln!(text, "{indent}  {} = {}", literal(name), literal(value))?;
    }
    writeln!(text, "{indent}}}")
}

fn write_queries(text: &mut String, alarm: &AlarmTemplate) -> std::fmt::Result {
    for query in &alarm.queries {
        writeln!(text, "  metric_query {{")?;
        writeln!(text, "    id          = \"{}\"", query.id)?;
        writeln!(text, "    return_data = {}", query.is_result)?;
        match &query.source {
            QuerySource::Expression(expression, _) => writeln!(text, "    expression  = {}", literal(expression))?,
            QuerySource::Metric(metric) => {
                writeln!(text, "    metric {{")?;
                write_metric(text, metric, "      ", "stat")?;
                writeln!(text, "    }}")?;
            }
        }
        writeln!(text, "  }}")?;
    }
    Ok(())
}
