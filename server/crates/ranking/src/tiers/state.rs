//! How a tier is: its figures over a span, held against limits.

use std::ops::Range;

use samples::{FigureKind, Signal};
use view::{TierState, number};

use super::series::{TierSeries, Worse};
use super::world::TierWorld;

/// Share of failed requests that is worth a look, and that is over the limit.
const FAILED: (f64, f64) = (0.01, 0.05);
/// Part of a capacity that is worth a look; all of it is over the limit.
const FULL: f64 = 0.9;
/// Counts of refused or failed work that are missing in the count of requests.
/// <https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-cloudwatch-metrics.html>
/// <https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html>
const NOT_AMONG_REQUESTS: [&str; 2] = ["HTTPCode_ELB_5XX_Count", "Throttles"];

/// A tier judged over a span.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Assessed {
    pub(crate) state: TierState,
    /// Up to three figures, the saturation last.
    pub(crate) figures: Vec<(String, String)>,
}

/// How full something is.
struct Saturation {
    label: String,
    printed: String,
    /// Part of its capacity; `None` without a limit.
    part: Option<f64>,
}

/// Judges a tier over `buckets`. `is_slow`: its latency left its level there.
pub(crate) fn assess(tier: &TierWorld, buckets: Range<usize>, is_slow: bool) -> Assessed {
    if !tier.is_known(buckets.clone()) {
        return Assessed { state: TierState::NoData, figures: Vec::new() };
    }
    let saturation = saturation(tier, buckets.clone());
    let failed = worst_failure(tier, buckets.clone());
    let state = [
        checks(tier, buckets.clone()),
        failed.as_ref().and_then(|(label, share)| over(*share, FAILED, label)),
        saturation.as_ref().and_then(|full| over(full.part?, (FULL, 1.0), &full.label)),
        slow(tier, is_slow),
    ]
    .into_iter()
    .flatten()
    .max_by_key(TierState::severity)
    .unwrap_or(TierState::Healthy);
    Assessed { state, figures: figures(tier, buckets, failed, saturation) }
}

fn over(value: f64, limits: (f64, f64), label: &str) -> Option<TierState> {
    match value {
        value if value >= limits.1 => Some(TierState::Critical(label.to_owned())),
        value if value >= limits.0 => Some(TierState::Warning(label.to_owned())),
        _ => None,
    }
}

fn slow(tier: &TierWorld, is_slow: bool) -> Option<TierState> {
    let latency = tier.headline(Signal::Latency)?;
    is_slow.then(|| TierState::Warning(latency.label.clone()))
}

/// Health checks of hosts, instances and Route 53.
fn checks(tier: &TierWorld, buckets: Range<usize>) -> Option<TierState> {
    let lowest = |name: &str| Some((tier.named(name)?, tier.named(name)?.lowest(buckets.clone())?));
    let highest = |name: &str| Some((tier.named(name)?, tier.named(name)?.highest(buckets.clone())?));
    let critical = [lowest("HealthyHostCount"), lowest("HealthCheckStatus")];
    if let Some((series, _)) = critical.into_iter().flatten().find(|(_, value)| *value < 0.5) {
        return Some(TierState::Critical(series.label.clone()));
    }
    let warning = [highest("UnHealthyHostCount"), highest("StatusCheckFailed"), highest("cluster_failed_node_count")];
    let found = warning.into_iter().flatten().find(|(_, value)| *value > 0.5);
    found.map(|(series, _)| TierState::Warning(series.label.clone()))
}

/// The sort of failure that takes the largest share of what is asked: label and share, 0 to 1.
fn worst_failure(tier: &TierWorld, buckets: Range<usize>) -> Option<(String, f64)> {
    let failures = || tier.series.iter().filter(|series| series.signal == Signal::Errors);
    let mean = |series: &TierSeries| series.mean(buckets.clone());
    let asked = tier.headline(Signal::Traffic).filter(|series| series.unit == "/s").and_then(mean);
    let refused: f64 =
        failures().filter(|series| NOT_AMONG_REQUESTS.contains(&series.name.as_str())).filter_map(mean).sum();
    let share = |series: &TierSeries| match series.unit.as_str() {
        "%" => Some(mean(series)? / 100.0),
        "/min" => {
            let all = asked? * 60.0 + refused;
            // No request at all: nothing failed.
            Some(if all > 0.0 { mean(series)? / all } else { 0.0 })
        }
        _ => None,
    };
    failures().filter_map(|series| Some((series.label.clone(), share(series)?))).max_by(|a, b| a.1.total_cmp(&b.1))
}

fn saturation(tier: &TierWorld, buckets: Range<usize>) -> Option<Saturation> {
    let of = |value: f64, limit: f64| format!("{} of {}", number::three_figures(value), number::trimmed(limit));
    if let Some(database) = &tier.database {
        let load = tier.named("DBLoad")?.mean(buckets)?;
        let vcpus = database.instance.vcpus.as_ref().map(|vcpus| vcpus.count).filter(|count| *count > 0.0);
        return Some(Saturation {
            label: "AAS".to_owned(),
            printed: vcpus.map_or_else(|| number::three_figures(load), |vcpus| of(load, vcpus)),
            part: vcpus.map(|vcpus| load / vcpus),
        });
    }
    if let Some((series, limit)) =
        tier.named("ConcurrentExecutions").zip(tier.figure(FigureKind::ConcurrencyLimit).filter(|limit| *limit > 0.0))
    {
        let most = series.highest(buckets)?;
        return Some(Saturation { label: series.label.clone(), printed: of(most, limit), part: Some(most / limit) });
    }
    let series = tier.headline(Signal::Saturation)?;
    let value = series.mean(buckets)?;
    let part = (series.unit == "%" && series.worse() == Worse::Up).then_some(value / 100.0);
    Some(Saturation { label: series.label.clone(), printed: printed(value, &series.unit), part })
}

/// Up to three figures: what is asked, how long it takes or how much fails, how full it is.
fn figures(
    tier: &TierWorld,
    buckets: Range<usize>,
    failed: Option<(String, f64)>,
    saturation: Option<Saturation>,
) -> Vec<(String, String)> {
    let of = |signal: Signal| {
        let series = tier.headline(signal)?;
        Some((series.label.clone(), printed(series.mean(buckets.clone())?, &series.unit)))
    };
    let in_service = tier.named("GroupInServiceInstances").or_else(|| tier.named("RunningTaskCount"));
    let in_service = in_service.and_then(|series| {
        let now = series.newest(buckets.clone())?;
        let wanted = tier.figure(FigureKind::DesiredCapacity);
        let words = wanted.map_or_else(
            || number::trimmed(now),
            |wanted| format!("{} of {}", number::trimmed(now), number::trimmed(wanted)),
        );
        Some((series.label.clone(), words))
    });
    let failed = failed.filter(|(_, share)| *share >= FAILED.0).map(|(label, share)| (label, number::percent(share)));
    let connections = tier
        .named("DatabaseConnections")
        .and_then(|series| Some((series.label.clone(), printed(series.highest(buckets.clone())?, &series.unit))));
    let first = in_service.or_else(|| of(Signal::Traffic));
    let second = failed.or(connections).or_else(|| of(Signal::Latency)).or_else(|| of(Signal::Errors));
    let last = saturation.map(|saturation| (saturation.label, saturation.printed));
    [first, second, last].into_iter().flatten().collect()
}

/// A value with its unit, scaled.
pub(crate) fn printed(value: f64, unit: &str) -> String {
    let (figures, unit) = number::scaled(value, unit);
    if unit.is_empty() { figures } else { format!("{figures}{}{unit}", number::NO_BREAK_SPACE) }
}
