//! The boxes of the tier strip, with what leads to each.

use std::collections::BTreeMap;
use std::ops::Range;

use samples::{Evidence, LimitKind, Place, Signal};
use view::{Caller, EdgeEvidence, TierBox, TierPlace, TierState, Trouble, number};

use super::movers::Incident;
use super::state::{assess, printed};
use super::world::{AppWorld, TierWorld};
use crate::averages::weighted_mean;

pub(crate) fn boxes(world: &AppWorld, incident: &Incident, subject: Range<usize>) -> Vec<TierBox> {
    let is_slow = |place: usize, tier: &TierWorld| {
        let moved = incident.moved.iter().filter(|moved| moved.tier == place);
        moved.flat_map(|moved| &moved.what).any(|(series, _)| tier.series[*series].signal == Signal::Latency)
    };
    let tiers = world.tiers.iter().enumerate();
    tiers.map(|(place, tier)| tier_box(world, tier, subject.clone(), is_slow(place, tier))).collect()
}

pub(crate) fn tier_box(world: &AppWorld, tier: &TierWorld, subject: Range<usize>, is_slow: bool) -> TierBox {
    let assessed = assess(tier, subject.clone(), is_slow);
    let trouble = (assessed.state == TierState::NoData).then(|| why_silent(world, tier)).flatten();
    TierBox {
        key: tier.key.clone(),
        name: tier.resource.name.clone(),
        kind: tier.tier.label.clone(),
        place: place_of(tier.tier.place),
        state: assessed.state,
        figures: assessed.figures,
        callers: callers(world, tier, subject),
        trouble,
        instance: tier.database.as_ref().map(|database| database.instance.id.clone()),
        simulated: tier.resource.simulated,
    }
}

/// Why a tier has no figures: what was denied, else what failed.
pub(crate) fn why_silent(world: &AppWorld, tier: &TierWorld) -> Option<Trouble> {
    let denied = world.app.limits.iter().find(|limit| {
        limit.kind == LimitKind::Denied
            && (limit.about == tier.resource.arn || tier.tier.actions.contains(&limit.action))
    });
    if let Some(limit) = denied {
        return Some(Trouble::Denied { action: limit.action.clone(), resource: "*".to_owned() });
    }
    let failures: Vec<&str> = tier.series.iter().flat_map(|series| &series.failures).map(String::as_str).collect();
    let action = "cloudwatch:GetMetricData";
    match failures.as_slice() {
        [] if tier.series.iter().all(|series| series.collected_to.is_none()) => Some(Trouble::Pending { done: None }),
        [] => None,
        all if all.iter().any(|why| why.contains(action)) => {
            Some(Trouble::Denied { action: action.to_owned(), resource: "*".to_owned() })
        }
        all if all.iter().any(|why| why.to_lowercase().contains("throttl")) => {
            Some(Trouble::Throttled { retry_at: None })
        }
        _ => Some(Trouble::Unreachable),
    }
}

pub(crate) const fn place_of(place: Place) -> TierPlace {
    match place {
        Place::Edge => TierPlace::Edge,
        Place::Balancer => TierPlace::Balancer,
        Place::Compute => TierPlace::Compute,
        Place::Data => TierPlace::Data,
    }
}

/// What leads to a tier, with weights where they are measured.
fn callers(world: &AppWorld, tier: &TierWorld, subject: Range<usize>) -> Vec<Caller> {
    let mine = world.tier_of(&tier.resource.arn);
    let measured = measured_callers(world, tier, subject.clone());
    let mut out: Vec<Caller> = Vec::new();
    for edge in world.edges() {
        let (Some(from), to) = (world.tier_of(&edge.from), world.tier_of(&edge.to)) else { continue };
        let name = &world.tiers[from].resource.name;
        if to != mine || Some(from) == mine || out.iter().any(|caller| caller.from == *name) {
            continue;
        }
        let weight = match (measured.get(name.as_str()), edge.evidence) {
            (Some(weight), _) => weight.clone(),
            (None, Evidence::Described) => requests_to(world, from, subject.clone()),
            (None, _) => String::new(),
        };
        let evidence = match edge.evidence {
            Evidence::Described => EdgeEvidence::Described,
            Evidence::Measured => EdgeEvidence::Measured,
            Evidence::Possible => EdgeEvidence::Possible,
        };
        out.push(Caller { from: name.clone(), evidence, weight });
    }
    if let Some(rest) = measured.get("") {
        out.push(Caller { from: String::new(), evidence: EdgeEvidence::Measured, weight: rest.clone() });
    }
    out
}

/// Requests of a balancer that leads to one box only; with several the split is not known here.
fn requests_to(world: &AppWorld, from: usize, subject: Range<usize>) -> String {
    let mut targets: Vec<usize> = world
        .edges()
        .filter(|edge| world.tier_of(&edge.from) == Some(from))
        .filter_map(|edge| world.tier_of(&edge.to))
        .filter(|to| *to != from)
        .collect();
    targets.sort_unstable();
    targets.dedup();
    let traffic = world.tiers[from].headline(Signal::Traffic).filter(|series| series.unit == "/s");
    let mean = traffic.filter(|_| targets.len() == 1).and_then(|series| series.mean(subject));
    mean.map_or_else(String::new, |mean| printed(mean, "/s"))
}

/// Load a database has from each tier, by the address its sessions come from: name → weight. What
/// comes from addresses nobody knows stands under an empty name.
fn measured_callers(world: &AppWorld, tier: &TierWorld, subject: Range<usize>) -> BTreeMap<String, String> {
    let Some(hosts) = tier.database.as_ref().and_then(|database| database.hosts.as_ref()) else {
        return BTreeMap::new();
    };
    let mean = |values: &[Option<f64>]| {
        let part = values.get(subject.clone()).unwrap_or_default();
        weighted_mean(part, &vec![1; part.len()]).unwrap_or(0.0)
    };
    let total = mean(&hosts.total);
    let mut loads: BTreeMap<String, f64> = BTreeMap::new();
    for row in &hosts.series {
        let arn = world.topology.addresses.get(&row.key);
        let from = arn.and_then(|arn| world.tier_of(arn)).map(|place| world.tiers[place].resource.name.clone());
        *loads.entry(from.unwrap_or_default()).or_default() += mean(&row.values);
    }
    /// Less than this part of the load is not told of unknown addresses.
    const WORTH_TELLING: f64 = 0.01;
    loads
        .into_iter()
        .filter(|(from, load)| total > 0.0 && (!from.is_empty() || *load >= total * WORTH_TELLING))
        .map(|(from, load)| {
            let weight = format!("{} ({})", number::with_unit(load, "AAS"), number::percent(load / total));
            (from, weight)
        })
        .collect()
}
