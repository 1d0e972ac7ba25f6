//! What happened to an app, in a sentence, with its evidence; no score, no guess.
//!
//! | rule | places | holds when |
//! |---|---|---|
//! | `tier_moved_first` | tier, time, what, before, after | a tier left its level before the others |
//! | `demand_moved_first` | tier, time, before, after | traffic rose first |
//! | `tiers_together` | tiers | others left theirs in the same period |
//! | `reading_…` | – | the first reading rule that holds |
//! | `tier_unwell` | tier, what | no tier moved, but one is out of its limits |
//! | `tiers_steady` | – | no tier moved and none is out of its limits |
//! | `tiers_unknown` | – | nothing is known of any tier |

use std::ops::Range;

use view::{Clause, Mover, Reading, Severity, TierBox, TierState, Verdict};

use super::joins::{Joins, load_per_request, queries_per_request};
use super::movers::Incident;
use super::rules::{Figure, Figures, Measured, readings};
use super::world::{AppWorld, TierWorld};
use crate::averages::weighted_mean;

/// Buckets before a change that it is held against.
const BEFORE_BUCKETS: usize = 30;

/// Reading rules against the figures before and after the first change; without one, against the
/// halves of the window.
pub(crate) fn readings_of(world: &AppWorld, joins: &Joins, incident: &Incident) -> Vec<Reading> {
    let window = world.window_buckets();
    let (before, after) = match incident.moved.first() {
        Some(first) => (
            first.bucket.saturating_sub(BEFORE_BUCKETS)..first.bucket,
            first.bucket..incident.buckets.end.min(window.end).max(first.bucket + 1),
        ),
        None => {
            let middle = usize::midpoint(window.start, window.end);
            (window.start..middle, middle..window.end)
        }
    };
    let of = |figure: Figure| Measured {
        before: figure_over(world, joins, figure, before.clone()),
        after: figure_over(world, joins, figure, after.clone()),
    };
    let vcpus = world
        .tiers
        .iter()
        .filter_map(|tier| tier.database.as_ref())
        .map(|database| database.instance.vcpus.as_ref().map(|vcpus| vcpus.count))
        .sum();
    readings(&Figures { of: &of, vcpus })
}

fn mean(values: &[Option<f64>], buckets: Range<usize>) -> Option<f64> {
    let part = values.get(buckets)?;
    weighted_mean(part, &vec![1; part.len()])
}

/// One figure over a span. Sums over tiers are known only where each of them is; latencies and
/// shares are those of the worst tier.
fn figure_over(world: &AppWorld, joins: &Joins, figure: Figure, buckets: Range<usize>) -> Option<f64> {
    let named = |name: &str| -> Vec<f64> {
        let series = world.tiers.iter().filter_map(|tier| tier.named(name));
        series.filter_map(|series| series.mean(buckets.clone())).collect()
    };
    let summed = |values: Vec<f64>| (!values.is_empty()).then(|| values.iter().sum::<f64>());
    let databases = || world.tiers.iter().filter(|tier| tier.database.is_some());
    match figure {
        Figure::Traffic => mean(&joins.requests, buckets),
        Figure::Latency => {
            let entries = world.tiers.iter().filter(|tier| tier.is_entry());
            let latencies = entries.filter_map(|tier| tier.headline(samples::Signal::Latency));
            latencies.filter_map(|series| series.mean(buckets.clone())).reduce(f64::max)
        }
        Figure::BalancerErrors => summed(named("HTTPCode_ELB_5XX_Count")),
        Figure::TargetErrors => summed(named("HTTPCode_Target_5XX_Count")),
        Figure::Load => summed(databases().filter_map(|tier| tier.named("DBLoad")?.mean(buckets.clone())).collect()),
        Figure::LoadPerRequest => {
            summed(databases().filter_map(|tier| mean(&load_per_request(tier, joins), buckets.clone())).collect())
        }
        Figure::QueriesPerRequest => {
            let calls = |tier: &TierWorld| {
                let database = tier.database.as_ref()?;
                mean(&queries_per_request(&database.calls, joins), buckets.clone())
            };
            summed(databases().filter_map(calls).collect())
        }
        Figure::Connections => summed(named("DatabaseConnections")),
        Figure::Throttles => summed(named("Throttles")),
        Figure::HealthyShare => healthy_share(world, buckets),
    }
}

/// Healthy targets of all registered, in per cent, of the group that is worst off.
fn healthy_share(world: &AppWorld, buckets: Range<usize>) -> Option<f64> {
    let share = |tier: &TierWorld| {
        let healthy = tier.named("HealthyHostCount")?.mean(buckets.clone())?;
        let unhealthy = tier.named("UnHealthyHostCount")?.mean(buckets.clone())?;
        (healthy + unhealthy > 0.0).then(|| 100.0 * healthy / (healthy + unhealthy))
    };
    world.tiers.iter().filter_map(share).reduce(f64::min)
}

/// The verdict of a page.
pub(crate) fn of(
    world: &AppWorld,
    boxes: &[TierBox],
    movers: &[Mover],
    readings: &[Reading],
    incident: &Incident,
) -> Verdict {
    let worst = boxes.iter().map(|tier| tier.state.severity()).max().unwrap_or(Severity::Unknown);
    let checked = checked(world);
    if boxes.iter().all(|tier| matches!(tier.state, TierState::NoData | TierState::Unused)) {
        return Verdict {
            severity: Severity::Unknown,
            clauses: vec![clause("tiers_unknown", &[], Vec::new())],
            checked,
        };
    }
    let first = movers.iter().find(|mover| !mover.is_alarm);
    let mut clauses = Vec::new();
    match first.zip(incident.moved.first()) {
        Some((first, moved)) => {
            clauses.push(first_clause(world, first, moved.is_demand, movers));
            clauses.extend(together(movers, first));
            let holds = readings.iter().find(|reading| reading.holds);
            clauses.extend(holds.map(|reading| {
                clause(&format!("reading_{}", reading.rule), &[], reading.conditions.iter().map(evidence).collect())
            }));
        }
        None => {
            let unwell = boxes.iter().filter(|tier| tier.state.severity() > Severity::Unknown);
            let unwell = unwell.max_by_key(|tier| tier.state.severity());
            clauses.push(match unwell.map(|tier| (tier, &tier.state)) {
                Some((tier, TierState::Critical(what) | TierState::Warning(what))) => {
                    clause("tier_unwell", &[("tier", &tier.name), ("what", what)], Vec::new())
                }
                _ => clause("tiers_steady", &[], Vec::new()),
            });
        }
    }
    let severity = if first.is_some() { worst.max(Severity::Warning) } else { worst };
    Verdict { severity, clauses, checked }
}

fn first_clause(world: &AppWorld, first: &Mover, is_demand: bool, movers: &[Mover]) -> Clause {
    let time = world.axis.local(first.at).seconds();
    let (what, before, after) = first.what.first().cloned().unwrap_or_default();
    let rule = if is_demand { "demand_moved_first" } else { "tier_moved_first" };
    let values =
        [("tier", first.tier.1.as_str()), ("time", &time), ("what", &what), ("before", &before), ("after", &after)];
    let told = movers.iter().filter(|mover| !mover.is_alarm).flat_map(|mover| {
        mover.what.iter().map(|(what, before, after)| {
            let time = world.axis.local(mover.at).seconds();
            format!("{time} {}: {what} {before} → {after} (± {} s)", mover.tier.1, mover.tolerance_secs)
        })
    });
    clause(rule, &values, told.collect())
}

/// Others that moved in the same period: their order cannot be told from time.
fn together(movers: &[Mover], first: &Mover) -> Option<Clause> {
    let others: Vec<&str> = movers
        .iter()
        .filter(|mover| !mover.is_alarm && mover.at == first.at && mover.tier != first.tier)
        .map(|mover| mover.tier.1.as_str())
        .collect();
    if others.is_empty() {
        return None;
    }
    let evidence = "within one period tiers stand from data to edge: each waits for the one behind it".to_owned();
    Some(clause("tiers_together", &[("tiers", &others.join(", "))], vec![evidence]))
}

fn evidence(condition: &view::Condition) -> String {
    let figure = condition.figure.replace('_', " ");
    let trend = condition.trend.replace('_', " ");
    match &condition.values {
        Some((before, after)) => format!("{figure} {before} → {after}: {trend}"),
        None => format!("{figure}: not known"),
    }
}

fn checked(world: &AppWorld) -> Vec<String> {
    let minutes = world.axis.period.secs() / 60;
    world
        .tiers
        .iter()
        .map(|tier| {
            let known: Vec<&str> =
                tier.series.iter().filter(|series| series.is_known()).map(|series| series.label.as_str()).collect();
            let known = if known.is_empty() { "nothing known".to_owned() } else { known.join(", ") };
            format!("{}: {known}", tier.resource.name)
        })
        .chain([format!("changes of level by a robust CUSUM over buckets of {minutes} min")])
        .collect()
}

fn clause(rule: &str, values: &[(&str, &str)], evidence: Vec<String>) -> Clause {
    let values = values.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    Clause { rule: rule.to_owned(), values, evidence }
}
