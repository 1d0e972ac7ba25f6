//! Reading and checking PI requests: windows, groups, filters, paging.

use super::catalogue::{Dimension, Group, Offer, find_dimension, find_group};
use super::{Call, statistics};
use crate::error::ServiceError;
use crate::input::Input;
use crate::wire::Value;
use crate::world::instance::Instance;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use xxhash_rust::xxh3::xxh3_64;

/// Periods PI aggregates to, seconds.
const PERIODS: [i64; 5] = [1, 60, 300, 3_600, 86_400];
/// Where no period is asked for, the finest that gives at most this many points.
const COMFORTABLE_POINTS: i64 = 200;
/// `Limit` of a group where none is given.
const DEFAULT_LIMIT: usize = 10;

/// An aligned window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Window {
    pub(super) start: i64,
    pub(super) end: i64,
    pub(super) period: i64,
}

impl Window {
    /// Reads start, end and period; aligns outwards to the period.
    pub(super) fn read(call: &Call<'_>, instance: &Instance) -> Result<Self, ServiceError> {
        let start = call.input.required_time("StartTime")?;
        let end = call.input.required_time("EndTime")?;
        let period = call.input.int("PeriodInSeconds", 0..=i64::from(i32::MAX))?;
        if start >= end {
            return Err(ServiceError::invalid_argument("The start time must be before the end time"));
        }
        let now_secs = call.world.clock().now_secs();
        let retention_days = instance.data().retention_days;
        if (start as i64) < now_secs - retention_days * 86_400 {
            return Err(ServiceError::invalid_argument(format!(
                "The start time is outside the retention period of {retention_days} days"
            )));
        }
        let period = match period {
            Some(period) if PERIODS.contains(&period) => period,
            Some(_) => {
                return Err(ServiceError::invalid_argument(
                    "The specified period is not a known period: use 1, 60, 300, 3600 or 86400",
                ));
            }
            None => default_period(end - start),
        };
        let align = |time: f64, up: bool| {
            let periods = time / period as f64;
            (if up { periods.ceil() } else { periods.floor() }) as i64 * period
        };
        Ok(Self { start: align(start, false), end: align(end, true), period })
    }

    /// The bucket that holds `at`.
    pub(super) fn bucket(&self, at: i64) -> usize {
        usize::try_from((at - self.start).div_euclid(self.period)).unwrap_or(0)
    }
}

fn default_period(seconds: f64) -> i64 {
    let fits = |period: &i64| seconds / *period as f64 <= COMFORTABLE_POINTS as f64;
    PERIODS.into_iter().find(fits).unwrap_or(86_400)
}

/// `GroupBy` or `PartitionBy`.
#[derive(Clone, Debug)]
pub(super) struct GroupRequest {
    pub(super) group: &'static Group,
    /// The dimensions asked for; all of the group if none were named.
    pub(super) dimensions: Vec<&'static Dimension>,
    pub(super) limit: usize,
}

impl GroupRequest {
    pub(super) fn read(input: &Input<'_>, offer: Offer) -> Result<Self, ServiceError> {
        let name = input.required_text("Group")?;
        let named = input.texts("Dimensions", 1..=10)?;
        let limit = input.int("Limit", 1..=25)?;
        let group = find_group(offer, name).ok_or_else(|| unknown_group(name))?;
        let dimensions = match named {
            None => group.dimensions.iter().collect(),
            Some(names) => names
                .into_iter()
                .map(|name| {
                    let found = group.dimensions.iter().find(|dimension| dimension.name == name);
                    found.ok_or_else(|| unknown_dimension(name))
                })
                .collect::<Result<_, _>>()?,
        };
        let limit = limit.map_or(DEFAULT_LIMIT, |limit| usize::try_from(limit).unwrap_or(DEFAULT_LIMIT));
        Ok(Self { group, dimensions, limit })
    }
}

fn unknown_group(name: &str) -> ServiceError {
    ServiceError::invalid_argument(format!("This group is not a known group: {name} is not valid for current resource"))
}

fn unknown_dimension(name: &str) -> ServiceError {
    ServiceError::invalid_argument(format!(
        "This dimension is not a known dimension: {name} is not valid for current resource"
    ))
}

/// Equality conditions, all of which must hold.
pub(super) type Filter<'a> = Vec<(&'static Dimension, &'a str)>;

/// Reads `Filter`. Any number of conditions on the grouped dimension groups, one on any other.
pub(super) fn read_filter<'a>(
    input: &Input<'a>,
    offer: Offer,
    grouped: &[&'static Group],
) -> Result<Filter<'a>, ServiceError> {
    let mut filter = Filter::new();
    let mut others = 0;
    for (name, value) in input.text_map("Filter")? {
        let (group, dimension) = find_dimension(offer, name).ok_or_else(|| unknown_dimension(name))?;
        if !grouped.iter().any(|grouped| grouped.name == group.name) {
            others += 1;
        }
        filter.push((dimension, value));
    }
    if others > 1 {
        return Err(ServiceError::invalid_argument(
            "The filter may name any number of dimensions of the grouped dimension group, but only one other dimension",
        ));
    }
    Ok(filter)
}

/// What a metric name asks for.
#[derive(Clone, Copy, Debug)]
pub(super) enum Metric<'a> {
    Load,
    Statistic(&'static statistics::Statistic),
    Counter(&'a str),
}

/// How values of a period become one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Aggregate {
    Avg,
    Min,
    Max,
    Sum,
}

/// Splits `db.load.avg` into metric and aggregate.
pub(super) fn read_metric<'a>(name: &'a str, instance: &Instance) -> Result<(Metric<'a>, Aggregate), ServiceError> {
    let unknown_statistic = || ServiceError::invalid_argument("The specified statistic is not a known statistic");
    let (base, aggregate) = name.rsplit_once('.').ok_or_else(unknown_statistic)?;
    let aggregate = match aggregate {
        "avg" => Aggregate::Avg,
        "min" => Aggregate::Min,
        "max" => Aggregate::Max,
        "sum" => Aggregate::Sum,
        _ => return Err(unknown_statistic()),
    };
    let data = instance.data();
    let metric = match base {
        "db.load" | "db.sampledload" => Metric::Load,
        _ if data.offered.contains(base) => Metric::Counter(base),
        _ => match statistics::find(data.engine, base).filter(|_| data.has_statement_statistics()) {
            Some(statistic) => Metric::Statistic(statistic),
            None => return Err(ServiceError::invalid_argument("The specified metric is not a known metric")),
        },
    };
    Ok((metric, aggregate))
}

/// Where a page begins and how long it may be.
#[derive(Clone, Debug)]
pub(super) struct Paging {
    limit: Option<usize>,
    offset: usize,
    fingerprint: u64,
}

impl Paging {
    /// Reads `MaxResults` and `NextToken`. Without `MaxResults` (or with 0) everything is one page,
    /// unless the fault switch says otherwise (assumed: AWS documents no default).
    pub(super) fn read(call: &Call<'_>) -> Result<Self, ServiceError> {
        let most = call.input.int("MaxResults", 0..=25)?.filter(|most| *most > 0);
        let limit = most.and_then(|most| usize::try_from(most).ok()).or(call.world.faults().pi_page_limit);
        let fingerprint = fingerprint(call.input.value());
        let offset = match call.input.text("NextToken")? {
            None => 0,
            Some(token) => read_token(token, fingerprint).ok_or_else(|| {
                ServiceError::invalid_argument("The specified NextToken is not valid for this request")
            })?,
        };
        Ok(Self { limit: limit.filter(|limit| *limit > 0), offset, fingerprint })
    }
}

/// Cuts one page out of all items; the second value is the token of the next page, or null.
pub(super) fn page_of<T>(items: Vec<T>, paging: &Paging) -> (Vec<T>, Value) {
    let total = items.len();
    let limit = paging.limit.unwrap_or(usize::MAX);
    let end = paging.offset.saturating_add(limit).min(total);
    let page = items.into_iter().skip(paging.offset).take(limit).collect();
    let next = if end < total { Value::Text(write_token(end, paging.fingerprint)) } else { Value::Null };
    (page, next)
}

/// A token is bound to its request: the same members but for the paging ones.
fn fingerprint(request: &Value) -> u64 {
    let Value::Map(members) = request else { return 0 };
    let mut kept: Vec<_> = members.iter().filter(|(name, _)| name != "NextToken" && name != "MaxResults").collect();
    kept.sort_by(|left, right| left.0.cmp(&right.0));
    xxh3_64(format!("{kept:?}").as_bytes())
}

fn write_token(offset: usize, fingerprint: u64) -> String {
    URL_SAFE_NO_PAD.encode(format!("{offset}:{fingerprint:016x}"))
}

fn read_token(token: &str, fingerprint: u64) -> Option<usize> {
    let text = String::from_utf8(URL_SAFE_NO_PAD.decode(token).ok()?).ok()?;
    let (offset, bound_to) = text.split_once(':')?;
    (u64::from_str_radix(bound_to, 16).ok()? == fingerprint).then(|| offset.parse().ok())?
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn periods_where_none_is_asked_for() {
        assert_eq!([100.0, 3_600.0, 43_200.0, 7.0 * 86_400.0, 1e9].map(default_period), [1, 60, 300, 3_600, 86_400]);
    }

    proptest! {
        #[test]
        fn pages_cover_everything_once(total in 0usize..90, limit in 1usize..26) {
            let items: Vec<usize> = (0..total).collect();
            let mut paging = Paging { limit: Some(limit), offset: 0, fingerprint: 7 };
            let mut seen = Vec::new();
            loop {
                let (page, next) = page_of(items.clone(), &paging);
                prop_assert!(page.len() <= limit);
                seen.extend(page);
                let Value::Text(token) = next else { break };
                prop_assert_eq!(read_token(&token, 8), None);
                paging.offset = read_token(&token, 7).unwrap();
            }
            prop_assert_eq!(seen, items);
        }
    }
}
