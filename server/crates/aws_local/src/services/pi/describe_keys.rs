//! `DescribeDimensionKeys`: who caused the load of a window.

use super::catalogue::Offer;
use super::grouping::{Grouping, Place, cells, weigh};
use super::request::{Aggregate, Filter, GroupRequest, Metric, Paging, Window, page_of, read_filter, read_metric};
use super::statistics::{self, Statistic};
use super::{Call, instance};
use crate::error::ServiceError;
use crate::wire::Value;
use crate::world::dictionary::Column;
use crate::world::instance::{Instance, InstanceData};

pub(super) fn describe_dimension_keys(call: &Call<'_>) -> Result<Value, ServiceError> {
    let input = &call.input;
    let metric = input.required_text("Metric")?;
    let group_by = input.required_structure("GroupBy")?;
    let partition_by = input.structure("PartitionBy")?;
    let additional = input.texts("AdditionalMetrics", 1..=30)?.unwrap_or_default();
    let paging = Paging::read(call)?;
    let instance = instance(call, "DescribeDimensionKeys")?;
    if !matches!(metric, "db.load.avg" | "db.sampledload.avg") {
        return Err(ServiceError::invalid_argument("The specified metric is not a known metric"));
    }
    let offer = Offer::of(&instance.data());
    let group_by = GroupRequest::read(&group_by, offer)?;
    let partition_by = partition_by.as_ref().map(|partition| GroupRequest::read(partition, offer)).transpose()?;
    let mut grouped = vec![group_by.group];
    grouped.extend(partition_by.as_ref().map(|partition| partition.group));
    let filter = read_filter(input, offer, &grouped)?;
    let additional = additional_metrics(&additional, &group_by, &instance)?;
    let window = Window::read(call, &instance)?;

    let data = instance.data();
    let mut groups = Grouping::new(&data, filter.clone(), group_by.dimensions.clone());
    let of_window = || cells(&data, instance.behaviour, &window, Aggregate::Avg);
    let (weights, _, sampled_secs) = weigh(&mut groups, of_window());
    let ranked = groups.ranked(&weights, group_by.limit);
    let partitions = partition_by
        .map(|partition| Partitions::of(&data, &instance, &window, &partition, filter, &mut groups, &ranked));
    let keys: Vec<Value> = ranked
        .iter()
        .enumerate()
        .map(|(rank, group)| {
            let shares = partitions.as_ref().map(|partitions| {
                Value::list(partitions.sessions[rank].iter().map(|sessions| Value::Double(sessions / sampled_secs)))
            });
            let figures =
                additional_values(&additional, &data, &instance, &window, groups.example(*group).get(Column::Digest));
            Value::map([
                ("Dimensions", groups.dimensions_of(*group)),
                ("Total", Value::Double(weights[*group] / sampled_secs)),
                ("Partitions", shares.unwrap_or(Value::Null)),
                ("AdditionalMetrics", figures),
            ])
        })
        .collect();
    let (page, next) = page_of(keys, &paging);
    Ok(Value::map([
        ("AlignedStartTime", Value::Time(window.start as f64)),
        ("AlignedEndTime", Value::Time(window.end as f64)),
        ("PartitionKeys", partitions.map_or(Value::Null, |partitions| Value::list(partitions.keys))),
        ("Keys", Value::list(page)),
        ("NextToken", next),
    ]))
}

fn additional_metrics<'a>(
    names: &[&'a str],
    group_by: &GroupRequest,
    instance: &Instance,
) -> Result<Vec<(&'a str, &'static Statistic)>, ServiceError> {
    if !names.is_empty() && group_by.group.name != "db.sql_tokenized" {
        return Err(ServiceError::invalid_argument("AdditionalMetrics need the dimension group db.sql_tokenized"));
    }
    let statistic = |name: &&'a str| match read_metric(name, instance)? {
        (Metric::Statistic(statistic), Aggregate::Avg) => Ok((*name, statistic)),
        (Metric::Statistic(_), _) => {
            Err(ServiceError::invalid_argument("The specified statistic is not a known statistic"))
        }
        _ => Err(ServiceError::invalid_argument("The specified metric is not a known metric")),
    };
    names.iter().map(statistic).collect()
}

fn additional_values(
    additional: &[(&str, &'static Statistic)],
    data: &InstanceData,
    instance: &Instance,
    window: &Window,
    digest: u32,
) -> Value {
    if additional.is_empty() {
        return Value::Null;
    }
    let hides = |at| instance.behaviour.hides(at);
    let values = additional.iter().filter_map(|(name, statistic)| {
        let range = (window.start, window.end);
        statistics::over_window(statistic, &data.statements, digest, range, hides)
            .map(|value| (*name, Value::Double(value)))
    });
    Value::map(values)
}

/// Session-seconds of each ranked key by partition.
struct Partitions {
    keys: Vec<Value>,
    sessions: Vec<Vec<f64>>,
}

impl Partitions {
    fn of(
        data: &InstanceData,
        instance: &Instance,
        window: &Window,
        request: &GroupRequest,
        filter: Filter<'_>,
        groups: &mut Grouping<'_>,
        ranked: &[usize],
    ) -> Self {
        let mut parts = Grouping::new(data, filter, request.dimensions.clone());
        let of_window = || cells(data, instance.behaviour, window, Aggregate::Avg);
        let (weights, _, _) = weigh(&mut parts, of_window());
        let chosen = parts.ranked(&weights, request.limit);
        let mut sessions = vec![vec![0.0; chosen.len()]; ranked.len()];
        for cell in of_window() {
            for (combination, count) in cell.sessions {
                if let (Place::Group(group), Place::Group(part)) =
                    (groups.place(*combination), parts.place(*combination))
                    && let Some(row) = ranked.iter().position(|ranked| *ranked == group)
                    && let Some(column) = chosen.iter().position(|chosen| *chosen == part)
                {
                    sessions[row][column] += f64::from(*count);
                }
            }
        }
        let keys = chosen.iter().map(|part| Value::map([("Dimensions", parts.dimensions_of(*part))])).collect();
        Self { keys, sessions }
    }
}
