//! The calls behind a panel, as commands of the AWS CLI: what was asked for, so that anybody with
//! the role can ask again.

use std::collections::BTreeMap;

use samples::{Instance, MetricName, StatementStat, TierResource};
use serde_json::{Map, Value, json};
use units::{Dimension, Engine};
use view::Axis;

use crate::question::Question;

/// Groups asked for in one question.
/// <https://docs.aws.amazon.com/performance-insights/latest/APIReference/API_DimensionGroup.html>
const LIMIT: u32 = 25;
/// Questions of one call.
/// <https://docs.aws.amazon.com/performance-insights/latest/APIReference/API_GetResourceMetrics.html>
const QUESTIONS_PER_CALL: usize = 15;

/// The calls that answer a question on load. `statistics` adds those of statements.
pub(crate) fn load_calls(
    instance: &Instance,
    axis: &Axis,
    question: &Question,
    statistics: &[StatementStat],
) -> Vec<String> {
    let by_sql = || Dimension::Sql.pi().map(|names| json!({ "Group": names.group, "Limit": LIMIT }));
    let loads = question.terms.iter().filter_map(|(grouping, _)| {
        let names = grouping.group.pi()?;
        let mut query = Map::new();
        query.insert("Metric".to_owned(), json!("db.load.avg"));
        query.insert("GroupBy".to_owned(), json!({ "Group": names.group, "Limit": LIMIT }));
        let filter: Map<String, Value> = grouping
            .filter
            .iter()
            .filter_map(|(dimension, key)| Some((dimension.pi()?.key.to_owned(), json!(key))))
            .collect();
        if !filter.is_empty() {
            query.insert("Filter".to_owned(), Value::Object(filter));
        }
        Some(Value::Object(query))
    });
    let statistics = statistics.iter().filter_map(|stat| {
        let metric = stat.metric(instance.engine)?;
        Some(json!({ "Metric": metric, "GroupBy": by_sql()? }))
    });
    let queries: Vec<Value> = loads.chain(statistics).collect();
    queries.chunks(QUESTIONS_PER_CALL).map(|queries| pi_call(instance, axis, queries)).collect()
}

/// The calls behind counter metrics.
pub(crate) fn counter_calls(instance: &Instance, axis: &Axis, metrics: &[MetricName]) -> Vec<String> {
    let period = axis.period.secs().max(60);
    let cloudwatch: Vec<Value> = metrics
        .iter()
        .filter_map(MetricName::as_cloudwatch)
        .enumerate()
        .map(|(number, (namespace, name, statistic))| {
            let dimensions = json!([{ "Name": "DBInstanceIdentifier", "Value": instance.name }]);
            let metric = json!({ "Namespace": namespace, "MetricName": name, "Dimensions": dimensions });
            json!({ "Id": format!("m{number}"), "MetricStat": { "Metric": metric, "Period": period, "Stat": statistic } })
        })
        .collect();
    let counters: Vec<Value> = metrics
        .iter()
        .filter(|metric| metric.as_cloudwatch().is_none())
        .map(|metric| json!({ "Metric": metric.as_str() }))
        .collect();
    let mut calls = Vec::new();
    if !cloudwatch.is_empty() {
        calls.push(metric_call(&instance.region, axis, cloudwatch));
    }
    calls.extend(counters.chunks(QUESTIONS_PER_CALL).map(|queries| pi_call(instance, axis, queries)));
    calls
}

/// The calls behind the metrics of tiers, one a Region.
pub(crate) fn tier_calls(
    resources: &[&TierResource],
    axis: &Axis,
    is_shown: impl Fn(&MetricName) -> bool,
) -> Vec<String> {
    let mut by_region: BTreeMap<&str, Vec<Value>> = BTreeMap::new();
    for resource in resources {
        for (tier, row) in resource.asked_rows() {
            if !is_shown(&row.series(tier)) {
                continue;
            }
            let region = tier.region.as_deref().unwrap_or(&resource.region);
            let queries = by_region.entry(region).or_default();
            let dimensions: Vec<Value> = tier
                .dimensions_of(&resource.dimension_values, &row)
                .into_iter()
                .map(|(name, value)| json!({ "Name": name, "Value": value }))
                .collect();
            let metric = json!({ "Namespace": tier.namespace, "MetricName": row.name, "Dimensions": dimensions });
            let period = axis.period.secs().max(row.period_secs(tier));
            let stat = json!({ "Metric": metric, "Period": period, "Stat": row.statistic });
            queries.push(json!({ "Id": format!("m{}", queries.len()), "MetricStat": stat }));
        }
    }
    by_region.into_iter().map(|(region, queries)| metric_call(region, axis, queries)).collect()
}

fn metric_call(region: &str, axis: &Axis, queries: Vec<Value>) -> String {
    let (from, to) = (axis.window.from, axis.window.to);
    let queries = quoted(&Value::Array(queries));
    format!(
        "aws cloudwatch get-metric-data --region {region} --start-time {from} --end-time {to} --metric-data-queries {queries}"
    )
}

fn pi_call(instance: &Instance, axis: &Axis, queries: &[Value]) -> String {
    format!(
        "aws pi get-resource-metrics --region {} --service-type RDS --identifier {} --start-time {} --end-time {} \
         --period-in-seconds {} --metric-queries {}",
        instance.region,
        instance.id,
        axis.window.from,
        axis.window.to,
        axis.period.offered().secs(),
        quoted(&Value::Array(queries.to_vec()))
    )
}

/// JSON as one word of a POSIX shell.
fn quoted(value: &Value) -> String {
    format!("'{}'", value.to_string().replace('\'', r"'\''"))
}

/// The statistics an engine has.
pub(crate) fn statistics_of(engine: Engine) -> Vec<StatementStat> {
    StatementStat::ALL.into_iter().filter(|stat| stat.metric(engine).is_some()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quote_in_a_value_cannot_end_the_word() {
        let value = json!({ "db.user.name": "o'neil; rm -rf /" });
        assert_eq!(quoted(&value), r#"'{"db.user.name":"o'\''neil; rm -rf /"}'"#);
    }
}
