//! The strips of a page: by tier, or by golden signal.

use samples::Signal;
use units::{AppQuery, DbLoadQuery, Dimension, StripOrder};
use view::{CounterStrip, LoadView, Panel, StripGroup, TierBox};

use super::before::mean_before;
use super::joins::{Joins, load_per_request, queries_per_request};
use super::series::TierSeries;
use super::world::{AppWorld, TierWorld};
use crate::averages::weighted_mean;
use crate::reader::Lookup;
use crate::{Result, load_view};

/// The strips, by tier or by golden signal.
pub(crate) fn groups(
    lookup: &Lookup,
    world: &AppWorld,
    boxes: &[TierBox],
    joins: &Joins,
    query: &AppQuery,
) -> Result<Vec<StripGroup>> {
    let mut by_tier = Vec::with_capacity(world.tiers.len());
    for (tier, shown) in world.tiers.iter().zip(boxes) {
        by_tier.push(tier_group(lookup, world, tier, shown, joins)?);
    }
    Ok(match query.order {
        StripOrder::Tier => by_tier.into_iter().map(|group| group.group).collect(),
        StripOrder::Signal => by_signal(by_tier),
    })
}

/// Strips of a tier and the signal each serves.
struct TierGroup {
    group: StripGroup,
    signals: Vec<Signal>,
}

fn tier_group(
    lookup: &Lookup,
    world: &AppWorld,
    tier: &TierWorld,
    shown: &TierBox,
    joins: &Joins,
) -> Result<TierGroup> {
    let buckets = world.window_buckets();
    let load = load_of(lookup, world, tier)?;
    let mut signals = Vec::new();
    let mut strips = Vec::new();
    for series in &tier.series {
        let is_drawn_above = load.is_some() && series.name == "DBLoad";
        if is_drawn_above || !series.values[buckets.clone()].iter().any(Option::is_some) {
            continue;
        }
        signals.push(series.signal);
        strips.push(strip(lookup, world, tier, series)?);
    }
    if let Some(database) = &tier.database {
        let unit = String::new();
        let joined = [
            (queries_per_request(&database.calls, joins), "Queries per request", unit, Signal::Traffic),
            (load_per_request(tier, joins), "AAS per 1,000 requests", "AAS".to_owned(), Signal::Saturation),
        ];
        for (values, label, unit, signal) in joined {
            let values = values[buckets.clone()].to_vec();
            if values.iter().any(Option::is_some) {
                signals.push(signal);
                strips.push(joined_strip(label, unit, values));
            }
        }
    }
    let group = StripGroup {
        title: tier.resource.name.clone(),
        kind: tier.tier.label.clone(),
        state: Some(shown.state.clone()),
        simulated: tier.resource.simulated,
        load,
        strips,
        trouble: shown.trouble.clone(),
    };
    Ok(TierGroup { group, signals })
}

/// Load by wait type for the strip of a database.
fn load_of(lookup: &Lookup, world: &AppWorld, tier: &TierWorld) -> Result<Option<LoadView>> {
    let Some(database) = &tier.database else { return Ok(None) };
    let query = DbLoadQuery {
        range: units::TimeRange::fixed(world.axis.window),
        slice: Dimension::WaitType,
        period: Some(world.axis.period),
        compare: units::Compare::Off,
        ..DbLoadQuery::new(database.instance.id.clone())
    };
    Ok(match load_view::load_panel(lookup, &query)? {
        Panel::Data(view) if view.axis.len() == world.axis.len() => {
            Some(LoadView { axis: world.axis.clone(), markers: Vec::new(), ..view })
        }
        _ => None,
    })
}

/// One series as a strip of the page.
pub(crate) fn strip(lookup: &Lookup, world: &AppWorld, tier: &TierWorld, series: &TierSeries) -> Result<CounterStrip> {
    let buckets = world.window_buckets();
    let shown = series.part(buckets.clone());
    let mean = shown.mean(0..shown.values.len());
    let before = world.earlier_secs.map(|earlier| mean_before(lookup, world, tier, series, earlier));
    Ok(CounterStrip {
        metric: format!("{} {}", series.name, series.statistic),
        label: series.label.clone(),
        unit: series.unit.clone(),
        last: shown.values.iter().rev().flatten().next().copied(),
        mean,
        mean_before: before.transpose()?.flatten(),
        limit: limit_of(tier, series),
        count: shown.count(0..shown.values.len()),
        values: shown.values,
    })
}

fn joined_strip(label: &str, unit: String, values: Vec<Option<f64>>) -> CounterStrip {
    CounterStrip {
        metric: String::new(),
        label: label.to_owned(),
        unit,
        mean: weighted_mean(&values, &vec![1; values.len()]),
        last: values.iter().rev().flatten().next().copied(),
        mean_before: None,
        limit: None,
        count: None,
        values,
    }
}

fn limit_of(tier: &TierWorld, series: &TierSeries) -> Option<f64> {
    use samples::FigureKind;
    match series.name.as_str() {
        "ConcurrentExecutions" => tier.figure(FigureKind::ConcurrencyLimit),
        "GroupInServiceInstances" => tier.figure(FigureKind::MaxCapacity),
        "DatabaseConnections" => tier.database.as_ref()?.instance.max_connections.map(f64::from),
        "DBLoad" => tier.database.as_ref()?.instance.vcpus.as_ref().map(|vcpus| vcpus.count),
        _ if series.unit == "%" => Some(100.0),
        _ => None,
    }
}

/// The same strips under the four golden signals, each labelled with its tier.
fn by_signal(groups: Vec<TierGroup>) -> Vec<StripGroup> {
    const SIGNALS: [(Signal, &str); 4] = [
        (Signal::Traffic, "traffic"),
        (Signal::Latency, "latency"),
        (Signal::Errors, "errors"),
        (Signal::Saturation, "saturation"),
    ];
    SIGNALS
        .into_iter()
        .map(|(signal, title)| {
            let of_group = |group: &TierGroup| {
                let name = group.group.title.clone();
                let strips = group.group.strips.iter().zip(&group.signals).filter(|(_, of)| **of == signal);
                strips
                    .map(|(strip, _)| CounterStrip { label: format!("{name}: {}", strip.label), ..strip.clone() })
                    .collect::<Vec<_>>()
            };
            StripGroup {
                title: title.to_owned(),
                kind: String::new(),
                state: None,
                simulated: groups.iter().any(|group| group.group.simulated),
                load: (signal == Signal::Saturation)
                    .then(|| groups.iter().find_map(|group| group.group.load.clone()))
                    .flatten(),
                strips: groups.iter().flat_map(of_group).collect(),
                trouble: None,
            }
        })
        .filter(|group| !group.strips.is_empty() || group.load.is_some())
        .collect()
}
