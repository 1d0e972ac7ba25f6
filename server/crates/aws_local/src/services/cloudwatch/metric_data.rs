//! `GetMetricData`: many metrics, statistics and expressions in one call.

use super::super::Call;
use super::UNITS;
use super::list_metrics::known_metrics;
use super::math::{self, Operand, Points};
use super::read::{Statistic, buckets, meet_resource, points, read_metric_key, read_period, round_start};
use super::search::{Search, labels as labels_of_found};
use crate::error::ServiceError;
use crate::input::Input;
use crate::wire::Value;
use crate::world::World;
use crate::world::metrics::MetricKey;
use std::cell::RefCell;
use std::collections::HashMap;

/// Most queries of one call, and most points of one answer.
const MOST_QUERIES: usize = 500;
const MOST_POINTS: i64 = 100_800;
/// Most series that one SEARCH gives.
const MOST_FOUND: usize = 500;
/// SEARCH finds metrics that had data in the last two weeks.
const SEARCHED_SECS: i64 = 14 * 86_400;
/// Period of expressions whose queries name none.
const DEFAULT_PERIOD: i64 = 60;

/// One of the request's queries.
#[derive(Clone, Debug)]
pub(super) struct DataQuery {
    pub(super) id: String,
    label: Option<String>,
    pub(super) returns_data: bool,
    source: QuerySource,
}

#[derive(Clone, Debug)]
enum QuerySource {
    Metric { key: MetricKey, period: i64, statistic_name: String, statistic: Statistic, unit: Option<&'static str> },
    Expression { text: String, period: Option<i64> },
}

/// Queries that may refer to each other, in a window.
pub(super) struct Evaluation<'a> {
    pub(super) world: &'a World,
    pub(super) queries: &'a [DataQuery],
    pub(super) start: f64,
    pub(super) end: f64,
    done: HashMap<String, Vec<Points>>,
    /// Labels of the series an expression's SEARCH found, by query.
    found: HashMap<String, Vec<String>>,
    open: Vec<String>,
}

pub(super) fn get_metric_data(call: &Call<'_>) -> Result<Value, ServiceError> {
    let input = &call.input;
    let queries = input.required_structures("MetricDataQueries", 0..=MOST_QUERIES)?;
    let start = input.required_time("StartTime")?;
    let end = input.required_time("EndTime")?;
    let is_ascending =
        input.one_of("ScanBy", &["TimestampDescending", "TimestampAscending"])? == Some("TimestampAscending");
    let most_points = input.int("MaxDatapoints", 1..=MOST_POINTS)?.unwrap_or(MOST_POINTS);
    let page: usize = match input.text("NextToken")? {
        None => 0,
        Some(token) => token.parse().map_err(|_| ServiceError::invalid_next_token())?,
    };
    if start >= end {
        return Err(ServiceError::invalid_parameter(
            "The parameter StartTime must be less than the parameter EndTime.",
        ));
    }
    let queries = read_queries(&queries)?;
    for query in &queries {
        if let QuerySource::Metric { key, .. } = &query.source {
            meet_resource(call, key, "cloudwatch:GetMetricData")?;
        }
    }
    let mut evaluation = Evaluation::new(call.world, &queries, start, end);
    let labels = labels(&queries);
    let mut results = Vec::new();
    for (query, label) in queries.iter().zip(labels).filter(|(query, _)| query.returns_data) {
        let found = evaluation.series(&query.id)?;
        // What SEARCH found is labelled by what tells the metrics apart, after the query's own label.
        let told = evaluation.found.get(&query.id).filter(|told| told.len() == found.len()).cloned();
        for (index, series) in found.into_iter().enumerate() {
            let label = match (&told, &query.label) {
                (Some(told), Some(own)) => format!("{own} {}", told[index]),
                (Some(told), None) => told[index].clone(),
                (None, _) if index == 0 => label.clone(),
                (None, _) => format!("{label} {}", index + 1),
            };
            results.push((query.id.clone(), label, series));
        }
    }
    let per_series = usize::try_from(most_points).unwrap_or(1) / results.len().max(1);
    let (results, is_more) = cut_page(&results, is_ascending, page, per_series.max(1));
    let next = if is_more { Value::text((page + 1).to_string()) } else { Value::Null };
    Ok(Value::map([("MetricDataResults", Value::list(results)), ("NextToken", next), ("Messages", Value::list([]))]))
}

/// Every series' points number `page` × `size` and following; true if any series has more.
fn cut_page(results: &[(String, String, Points)], is_ascending: bool, page: usize, size: usize) -> (Vec<Value>, bool) {
    let mut is_more = false;
    let values = results.iter().map(|(id, label, series)| {
        is_more |= series.len() > (page + 1) * size;
        let mut points: Vec<(i64, f64)> = series.iter().map(|(at, value)| (*at, *value)).collect();
        if !is_ascending {
            points.reverse();
        }
        let points: Vec<(i64, f64)> = points.into_iter().skip(page * size).take(size).collect();
        let status = if series.len() > (page + 1) * size { "PartialData" } else { "Complete" };
        Value::map([
            ("Id", Value::text(id.as_str())),
            ("Label", Value::text(label.as_str())),
            ("Timestamps", Value::list(points.iter().map(|(at, _)| Value::Time(*at as f64)))),
            ("Values", Value::list(points.iter().map(|(_, value)| Value::Double(*value)))),
            ("StatusCode", Value::text(status)),
        ])
    });
    let values = values.collect();
    (values, is_more)
}

/// Reads `MetricDataQueries` or an alarm's `Metrics`.
pub(super) fn read_queries(inputs: &[Input<'_>]) -> Result<Vec<DataQuery>, ServiceError> {
    let queries = inputs.iter().map(read_query).collect::<Result<Vec<_>, _>>()?;
    for (index, query) in queries.iter().enumerate() {
        if queries[..index].iter().any(|earlier| earlier.id == query.id) {
            return Err(ServiceError::validation(format!(
                "The values for parameter Id in MetricDataQueries must be unique: {}",
                query.id
            )));
        }
    }
    Ok(queries)
}

fn read_query(input: &Input<'_>) -> Result<DataQuery, ServiceError> {
    let id = input.required_text("Id")?;
    let is_well_formed = id.starts_with(|first: char| first.is_ascii_lowercase())
        && id.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '_')
        && id.len() <= 255;
    if !is_well_formed {
        return Err(ServiceError::validation(format!(
            "The value {id} for parameter MetricDataQueries.member.1.Id is not matching the expected pattern ^[a-z][a-zA-Z0-9_]*$."
        )));
    }
    let source = match (input.structure("MetricStat")?, input.text("Expression")?) {
        (Some(statistic), None) => read_metric_stat(&statistic)?,
        (None, Some(text)) => QuerySource::Expression { text: text.to_owned(), period: read_period(input)? },
        _ => {
            return Err(ServiceError::validation(format!(
                "The parameter MetricDataQueries.member.1 must have exactly one of MetricStat and Expression: {id}"
            )));
        }
    };
    Ok(DataQuery {
        id: id.to_owned(),
        label: input.text("Label")?.map(str::to_owned),
        returns_data: input.boolean("ReturnData")?.unwrap_or(true),
        source,
    })
}

fn read_metric_stat(input: &Input<'_>) -> Result<QuerySource, ServiceError> {
    let key = read_metric_key(&input.required_structure("Metric")?)?;
    let period = read_period(input)?.ok_or_else(|| ServiceError::missing_parameter("Period"))?;
    let statistic_name = input.required_text("Stat")?;
    let statistic = Statistic::parse(statistic_name).ok_or_else(|| {
        ServiceError::validation(format!("The value {statistic_name} for parameter Stat is not supported."))
    })?;
    let unit = input.one_of("Unit", UNITS)?;
    Ok(QuerySource::Metric { key, period, statistic_name: statistic_name.to_owned(), statistic, unit })
}

/// As AWS labels: the metric's name, with the statistic where several queries share the metric.
fn labels(queries: &[DataQuery]) -> Vec<String> {
    let shared = |key: &MetricKey| {
        let same = |query: &&DataQuery| matches!(&query.source, QuerySource::Metric { key: other, .. } if other == key);
        queries.iter().filter(same).count() > 1
    };
    let label = |query: &DataQuery| match (&query.label, &query.source) {
        (Some(label), _) => label.clone(),
        (None, QuerySource::Metric { key, statistic_name, .. }) if shared(key) => {
            format!("{} {statistic_name}", key.name)
        }
        (None, QuerySource::Metric { key, .. }) => key.name.clone(),
        (None, QuerySource::Expression { .. }) => query.id.clone(),
    };
    queries.iter().map(label).collect()
}

impl<'a> Evaluation<'a> {
    pub(super) fn new(world: &'a World, queries: &'a [DataQuery], start: f64, end: f64) -> Self {
        Self { world, queries, start, end, done: HashMap::new(), found: HashMap::new(), open: Vec::new() }
    }

    /// The series of one query.
    pub(super) fn series(&mut self, id: &str) -> Result<Vec<Points>, ServiceError> {
        let expression_error =
            |reason: String| ServiceError::validation(format!("Error in expression '{id}': {reason}"));
        self.find(id).map_err(expression_error)?.ok_or_else(|| expression_error("no such query".to_owned()))
    }

    fn find(&mut self, id: &str) -> Result<Option<Vec<Points>>, String> {
        if let Some(series) = self.done.get(id) {
            return Ok(Some(series.clone()));
        }
        let Some(query) = self.queries.iter().find(|query| query.id == id) else { return Ok(None) };
        if self.open.iter().any(|open| open == id) {
            return Err(format!("`{id}` refers to itself"));
        }
        self.open.push(id.to_owned());
        let series = match &query.source {
            QuerySource::Metric { key, period, statistic, unit, .. } => {
                vec![self.metric(key, *period, *statistic, *unit)]
            }
            QuerySource::Expression { text, period } => self.expression(id, text, *period)?,
        };
        self.open.pop();
        self.done.insert(id.to_owned(), series.clone());
        Ok(Some(series))
    }

    fn metric(&self, key: &MetricKey, period: i64, statistic: Statistic, unit: Option<&str>) -> Points {
        metric(self.world, (self.start, self.end), key, period, statistic, unit)
    }

    fn expression(&mut self, id: &str, text: &str, period: Option<i64>) -> Result<Vec<Points>, String> {
        let queries = self.queries;
        let metric_periods = queries.iter().filter_map(|query| match &query.source {
            QuerySource::Metric { period, .. } => Some(*period),
            QuerySource::Expression { .. } => None,
        });
        let period = period.or_else(|| metric_periods.max()).unwrap_or(DEFAULT_PERIOD);
        let start = round_start(self.start, self.world.clock().now_secs(), period);
        let end = self.end.ceil() as i64;
        let mut metrics = Vec::new();
        // Only METRICS() needs them all; an expression without it costs its own operands only.
        if text.to_ascii_uppercase().contains("METRICS(") {
            for query in queries.iter().filter(|query| matches!(query.source, QuerySource::Metric { .. })) {
                let series = self.find(&query.id)?.unwrap_or_default();
                metrics.extend(series.into_iter().map(|points| (query.id.clone(), points)));
            }
        }
        let (world, window) = (self.world, (self.start, self.end));
        let mut lookup = |id: &str| {
            let series = self.find(id)?;
            Ok(series.map(|mut series| match series.len() {
                1 => Operand::Series(series.remove(0)),
                _ => Operand::Array(series),
            }))
        };
        let told = RefCell::new(Vec::new());
        let search = |query: &str, statistic: &str, every: Option<i64>| {
            let (labels, series) = search_metrics(world, window, query, statistic, every.unwrap_or(period))?;
            told.borrow_mut().extend(labels);
            Ok(series)
        };
        let mut context = math::Context { start, end, period, lookup: &mut lookup, metrics: &metrics, search: &search };
        let series = math::evaluate(text, &mut context)?;
        let reorders = ["SORT(", "SLICE(", "REMOVE_EMPTY("].iter().any(|name| text.to_ascii_uppercase().contains(name));
        let told = told.into_inner();
        if !told.is_empty() && !reorders {
            self.found.insert(id.to_owned(), told);
        }
        Ok(series)
    }
}

/// Points of one metric in a window.
fn metric(
    world: &World,
    (start, end): (f64, f64),
    key: &MetricKey,
    period: i64,
    statistic: Statistic,
    unit: Option<&str>,
) -> Points {
    let start = round_start(start, world.clock().now_secs(), period);
    let Some((found_unit, recorded)) = points(world, key, start, end.ceil() as i64) else { return Points::new() };
    // A wrong unit silently has no data, as on AWS.
    if unit.is_some_and(|unit| unit != found_unit) {
        return Points::new();
    }
    let buckets = buckets(&recorded, start, period);
    buckets.iter().filter_map(|(at, datum)| Some((*at, statistic.of(datum)?))).collect()
}

/// What `SEARCH` finds: labels and series.
fn search_metrics(
    world: &World,
    window: (f64, f64),
    query: &str,
    statistic: &str,
    period: i64,
) -> Result<(Vec<String>, Vec<Points>), String> {
    let search = Search::parse(query)?;
    let statistic = Statistic::parse(statistic).ok_or_else(|| format!("`{statistic}` is no statistic"))?;
    let mut keys = known_metrics(world, SEARCHED_SECS);
    keys.retain(|key| search.finds(key));
    keys.sort();
    keys.dedup();
    keys.truncate(MOST_FOUND);
    let series = keys.iter().map(|key| metric(world, window, key, period, statistic, None)).collect();
    Ok((labels_of_found(&keys), series))
}
