//! What an alarm watches, as messages describe it.

use samples::{AlarmKind, Comparison, MetricRef};
use serde_json::Value;

use super::fields::Fields;

/// Most metrics and expressions of one alarm (10 by AWS's quota, generously).
const MAX_QUERIES: usize = 50;

/// The kind of an alarm from a `Trigger` (SNS) or a `configuration` (EventBridge, Lambda).
/// `also` is the surrounding object: composite rules stand there in SNS messages.
pub(super) fn kind(configuration: Option<Fields<'_>>, also: Fields<'_>) -> AlarmKind {
    let rule = configuration.and_then(|fields| fields.text("alarmRule")).or_else(|| also.text("AlarmRule"));
    if let Some(rule) = rule {
        return AlarmKind::Composite { rule: rule.to_owned() };
    }
    let Some(fields) = configuration else { return AlarmKind::Other };
    if let Some(query) = prom_ql(fields) {
        return AlarmKind::PromQl { query };
    }
    if let Some(log) = log_query(fields).or_else(|| log_query(also)) {
        return log;
    }
    let queries = fields.list("metrics");
    if queries.is_empty() {
        return single_metric(fields).map_or(AlarmKind::Other, AlarmKind::Metric);
    }
    let queries: Vec<_> = queries.iter().filter_map(Fields::of).take(MAX_QUERIES).collect();
    let metrics: Vec<_> = queries.iter().filter_map(|query| metric_stat(query.object("metricStat")?)).collect();
    let mut expressions: Vec<_> = queries.iter().filter_map(|query| expression(*query)).collect();
    // The series that decides comes first.
    expressions.sort_by_key(|(is_result, _)| !is_result);
    let expressions: Vec<_> = expressions.into_iter().map(|(_, expression)| expression).collect();
    match (metrics.len(), expressions.is_empty()) {
        (1, true) => metrics.into_iter().next().map_or(AlarmKind::Other, AlarmKind::Metric),
        (0, true) => AlarmKind::Other,
        _ => AlarmKind::Math { expressions, metrics },
    }
}

fn expression(query: Fields<'_>) -> Option<(bool, String)> {
    let is_result = query.get("returnData").and_then(Value::as_bool).unwrap_or(true);
    Some((is_result, query.text("expression")?.to_owned()))
}

fn metric_stat(stat: Fields<'_>) -> Option<MetricRef> {
    let metric = stat.object("metric")?;
    Some(MetricRef {
        namespace: metric.text("namespace")?.to_owned(),
        // SNS writes `MetricName`, EventBridge `name`.
        name: metric.text("MetricName").or_else(|| metric.text("name"))?.to_owned(),
        dimensions: metric.pairs("dimensions"),
        statistic: statistic(stat.text("stat").unwrap_or_default()),
        period_secs: stat.count("period").unwrap_or(0),
    })
}

/// The fields of an SNS `Trigger` over one metric.
fn single_metric(trigger: Fields<'_>) -> Option<MetricRef> {
    let extended = trigger.text("ExtendedStatistic").filter(|text| !text.is_empty());
    Some(MetricRef {
        namespace: trigger.text("Namespace")?.to_owned(),
        name: trigger.text("MetricName")?.to_owned(),
        dimensions: trigger.pairs("Dimensions"),
        statistic: statistic(extended.or_else(|| trigger.text("Statistic")).unwrap_or_default()),
        period_secs: trigger.count("Period").unwrap_or(0),
    })
}

/// SNS writes statistics in upper case, the API does not.
fn statistic(text: &str) -> String {
    let plain = text.to_ascii_uppercase().replace('_', "");
    let known = ["Average", "Sum", "Minimum", "Maximum", "SampleCount"];
    known.into_iter().find(|name| name.to_ascii_uppercase() == plain).map_or_else(|| text.to_owned(), str::to_owned)
}

fn prom_ql(fields: Fields<'_>) -> Option<String> {
    let criteria = fields.object("evaluationCriteria").unwrap_or(fields).object("promQLCriteria")?;
    criteria.text("query").map(str::to_owned)
}

fn log_query(fields: Fields<'_>) -> Option<AlarmKind> {
    let query = fields.object("scheduledQueryConfiguration")?;
    let log_groups = query.texts("logGroupIdentifiers");
    Some(AlarmKind::Log { query: query.text("queryString").unwrap_or_default().to_owned(), log_groups })
}

/// `ComparisonOperator`, when it is one of AWS's.
pub(super) fn comparison(fields: Fields<'_>) -> Option<Comparison> {
    let operator = fields.text("comparisonOperator")?;
    crate::Side::from_operator(operator).map(|_| Comparison(operator.to_owned()))
}

/// `TreatMissingData`. Older messages write `- TreatMissingData:                    missing`.
pub(super) fn treat_missing_data(fields: Fields<'_>) -> Option<String> {
    let last = fields.text("treatMissingData")?.split([' ', ':']).next_back()?;
    let known = ["breaching", "notBreaching", "ignore", "missing"];
    known.into_iter().find(|word| word.eq_ignore_ascii_case(last)).map(str::to_owned)
}
