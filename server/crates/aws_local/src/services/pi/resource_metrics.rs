//! `GetResourceMetrics`: series of load, counters and statement figures.

use super::catalogue::Offer;
use super::grouping::{Grouping, cells, load_series, weigh};
use super::request::{Aggregate, Filter, GroupRequest, Metric, Paging, Window, page_of, read_filter, read_metric};
use super::statistics::{Ratio, Statistic};
use super::{Call, instance};
use crate::error::ServiceError;
use crate::input::Input;
use crate::wire::Value;
use crate::world::dictionary::{Column, Combination};
use crate::world::instance::{Instance, InstanceData};
use std::collections::HashMap;

/// Points per series. PI was seen to end a series at about this length without a paging token: a client
/// has to slice its windows, and this endpoint makes it.
pub(crate) const MOST_POINTS: usize = 350;

/// One series of an answer.
struct Series {
    dimensions: Option<Value>,
    values: Vec<Option<f64>>,
}

/// One of the request's queries, checked.
struct Query<'a> {
    name: &'a str,
    metric: Metric<'a>,
    aggregate: Aggregate,
    group_by: Option<GroupRequest>,
    filter: Filter<'a>,
}

pub(super) fn get_resource_metrics(call: &Call<'_>) -> Result<Value, ServiceError> {
    let queries = call.input.required_structures("MetricQueries", 1..=15)?;
    let alignment = call.input.one_of("PeriodAlignment", &["END_TIME", "START_TIME"])?;
    let paging = Paging::read(call)?;
    let instance = instance(call, "GetResourceMetrics")?;
    let queries = queries.iter().map(|query| Query::read(query, &instance)).collect::<Result<Vec<_>, _>>()?;
    let window = Window::read(call, &instance)?;
    let buckets = usize::try_from((window.end - window.start) / window.period).unwrap_or(0).min(MOST_POINTS);
    let shift = if alignment == Some("START_TIME") { 0 } else { window.period };

    let data = instance.data();
    let mut list = Vec::new();
    for query in &queries {
        for series in query.run(&data, &instance, &window, buckets) {
            let points = series.values.iter().enumerate().filter_map(|(bucket, value)| {
                let at = window.start + bucket as i64 * window.period + shift;
                value.map(|value| Value::map([("Timestamp", Value::Time(at as f64)), ("Value", Value::Double(value))]))
            });
            let key = Value::map([
                ("Metric", Value::text(query.name)),
                ("Dimensions", series.dimensions.unwrap_or(Value::Null)),
            ]);
            list.push(Value::map([("Key", key), ("DataPoints", Value::list(points))]));
        }
    }
    let (page, next) = page_of(list, &paging);
    Ok(Value::map([
        ("AlignedStartTime", Value::Time(window.start as f64)),
        ("AlignedEndTime", Value::Time(window.end as f64)),
        ("Identifier", Value::text(instance.identity.resource_id.as_str())),
        ("MetricList", Value::list(page)),
        ("NextToken", next),
    ]))
}

impl<'a> Query<'a> {
    fn read(input: &Input<'a>, instance: &Instance) -> Result<Self, ServiceError> {
        let name = input.required_text("Metric")?;
        let group_by = input.structure("GroupBy")?;
        let (metric, aggregate) = read_metric(name, instance)?;
        let offer = Offer::of(&instance.data());
        let group_by = group_by.as_ref().map(|group| GroupRequest::read(group, offer)).transpose()?;
        let grouped: Vec<_> = group_by.iter().map(|group| group.group).collect();
        let filter = read_filter(input, offer, &grouped)?;
        let foreign = |group: &str| group != "db.sql_tokenized";
        match metric {
            Metric::Counter(_) if group_by.is_some() || !filter.is_empty() => Err(ServiceError::invalid_argument(
                format!("The metric {name} has no dimensions to group or filter by"),
            )),
            Metric::Statistic(_)
                if group_by.as_ref().is_some_and(|group| foreign(group.group.name))
                    || filter.iter().any(|(dimension, _)| dimension.column != Column::Digest) =>
            {
                Err(ServiceError::invalid_argument(format!(
                    "The metric {name} needs the dimension group db.sql_tokenized"
                )))
            }
            Metric::Statistic(_) if aggregate != Aggregate::Avg => {
                Err(ServiceError::invalid_argument("The specified statistic is not a known statistic"))
            }
            _ => Ok(Self { name, metric, aggregate, group_by, filter }),
        }
    }

    fn run(&self, data: &InstanceData, instance: &Instance, window: &Window, buckets: usize) -> Vec<Series> {
        match self.metric {
            Metric::Load => self.load(data, instance, window, buckets),
            Metric::Counter(name) => vec![self.counter(name, data, instance, window, buckets)],
            Metric::Statistic(statistic) => self.statistic(statistic, data, instance, window, buckets),
        }
    }

    /// The total, then the heaviest groups.
    fn load(&self, data: &InstanceData, instance: &Instance, window: &Window, buckets: usize) -> Vec<Series> {
        let dimensions = self.group_by.as_ref().map(|group| group.dimensions.clone()).unwrap_or_default();
        let mut grouping = Grouping::new(data, self.filter.clone(), dimensions);
        let of_window = |aggregate| cells(data, instance.behaviour, window, aggregate);
        let mut chosen = Vec::new();
        if let Some(group_by) = &self.group_by {
            let (weights, _, _) = weigh(&mut grouping, of_window(Aggregate::Avg));
            chosen = grouping.ranked(&weights, group_by.limit);
        }
        let series = load_series(&mut grouping, &chosen, of_window(self.aggregate), window, buckets, self.aggregate);
        let total = Series { dimensions: None, values: series.total };
        let groups = chosen
            .iter()
            .zip(series.groups)
            .map(|(group, values)| Series { dimensions: Some(grouping.dimensions_of(*group)), values });
        std::iter::once(total).chain(groups).collect()
    }

    /// Counters are read in minutes: there is nothing finer to tell.
    fn counter(&self, name: &str, data: &InstanceData, instance: &Instance, window: &Window, buckets: usize) -> Series {
        let mut values: Vec<Option<crate::world::figures::Readings>> = vec![None; buckets];
        if window.period >= 60
            && let Some(number) = data.dictionary.find_name(name)
        {
            for (at, readings) in data.counters.readings(number, window.start, window.end) {
                if let Some(bucket) = values.get_mut(window.bucket(at)).filter(|_| !instance.behaviour.hides(at)) {
                    match bucket {
                        Some(sum) => sum.merge(&readings),
                        None => *bucket = Some(readings),
                    }
                }
            }
        }
        let value = |readings: Option<crate::world::figures::Readings>| {
            readings.map(|readings| match self.aggregate {
                Aggregate::Avg => readings.sum / readings.count,
                Aggregate::Sum => readings.sum,
                Aggregate::Min => readings.min,
                Aggregate::Max => readings.max,
            })
        };
        Series { dimensions: None, values: values.into_iter().map(value).collect() }
    }

    fn statistic(
        &self,
        statistic: &'static Statistic,
        data: &InstanceData,
        instance: &Instance,
        window: &Window,
        buckets: usize,
    ) -> Vec<Series> {
        let passes = |digest: u32| {
            let mut combination = Combination::default();
            combination.set(Column::Digest, digest);
            self.filter.iter().all(|(dimension, wanted)| {
                dimension.value(&combination, &data.dictionary).is_some_and(|value| value == *wanted)
            })
        };
        let mut figures =
            Figures { statistic, buckets, seconds: vec![Ratio::default(); buckets], digests: HashMap::new() };
        if window.period >= 60 {
            let minutes = data.statements.minutes(window.start, window.end);
            for (at, statements) in minutes.filter(|(at, _)| !instance.behaviour.hides(*at)) {
                let bucket = window.bucket(at);
                if bucket < buckets {
                    figures.add_minute(bucket, statements.filter(|found| passes(found.digest)));
                }
            }
        }
        let mut series = vec![Series { dimensions: None, values: figures.total() }];
        if let Some(group_by) = &self.group_by {
            series.extend(figures.ranked(group_by.limit).into_iter().filter_map(|digest| {
                let mut combination = Combination::default();
                combination.set(Column::Digest, digest);
                let named = |dimension: &&super::catalogue::Dimension| {
                    Some((dimension.name, Value::Text(dimension.value(&combination, &data.dictionary)?)))
                };
                let dimensions =
                    Value::map(group_by.dimensions.iter().copied().filter_map(|dimension| named(&dimension)));
                Some(Series { dimensions: Some(dimensions), values: figures.of(digest)? })
            }));
        }
        series
    }
}

/// Statement figures by bucket. Only averages are told: a minute has one reading.
struct Figures {
    statistic: &'static Statistic,
    buckets: usize,
    /// Seconds read per bucket.
    seconds: Vec<Ratio>,
    digests: HashMap<u32, Vec<Ratio>>,
}

impl Figures {
    fn add_minute<'s>(
        &mut self,
        bucket: usize,
        statements: impl Iterator<Item = crate::world::figures::StatementFigures<'s>>,
    ) {
        self.seconds[bucket].add_seconds(self.statistic, 60.0);
        for found in statements {
            let row = self.digests.entry(found.digest).or_insert_with(|| vec![Ratio::default(); self.buckets]);
            row[bucket].add(self.statistic, &found);
        }
    }

    fn of(&self, digest: u32) -> Option<Vec<Option<f64>>> {
        let row = self.digests.get(&digest)?;
        Some(row.iter().zip(&self.seconds).map(|(ratio, seconds)| ratio.plus(seconds).value()).collect())
    }

    fn total(&self) -> Vec<Option<f64>> {
        let mut sums = self.seconds.clone();
        for digest in self.in_order() {
            for (sum, ratio) in sums.iter_mut().zip(&self.digests[&digest]) {
                *sum = sum.plus(ratio);
            }
        }
        sums.iter().map(Ratio::value).collect()
    }

    fn in_order(&self) -> Vec<u32> {
        let mut digests: Vec<u32> = self.digests.keys().copied().collect();
        digests.sort_unstable();
        digests
    }

    fn ranked(&self, limit: usize) -> Vec<u32> {
        let weight =
            |digest: &u32| self.digests[digest].iter().fold(Ratio::default(), |sum, ratio| sum.plus(ratio)).numerator();
        let mut digests = self.in_order();
        digests.sort_by(|left, right| weight(right).total_cmp(&weight(left)));
        digests.truncate(limit);
        digests
    }
}
