//! The page of an app.

use std::ops::Range;

use samples::{LimitKind, MetricName, SourceKind, TierResource};
use units::{AppQuery, Timestamp, Window};
use view::{AppView, Mover, Panel, SightLimit, Source, Trouble};

use super::ask::ask;
use super::boxes::boxes;
use super::change_point::ChangePoint;
use super::joins::Joins;
use super::lane;
use super::movers::{Incident, WatchedTier, incident};
use super::state::printed;
use super::strips::groups;
use super::verdict;
use super::world::{AppWorld, Asked, app_of, read};
use crate::Result;
use crate::aws_cli::tier_calls;
use crate::facts::trouble_of;
use crate::reader::{Lookup, Reader};

/// Sources of an app's numbers, for the foot.
pub(crate) const SOURCES: &str = "CloudWatch, Performance Insights";

/// The page of an app.
///
/// # Errors
/// [`crate::Error::UnknownApp`] and others; missing data is a state of the panel or of a tier.
pub async fn fetch_app(reader: &Reader, query: &AppQuery, now: Timestamp) -> Result<Panel<AppView>> {
    let query = query.clone();
    reader.answer(now, move |lookup| app_panel(lookup, &query)).await
}

fn app_panel(lookup: &Lookup, query: &AppQuery) -> Result<Panel<AppView>> {
    let topology = lookup.archive.topology()?;
    let app = app_of(&topology, &query.app)?;
    let asked = Asked { range: &query.range, zone: &query.zone, compare: &query.compare };
    let world = read(lookup, topology, app, &asked)?;
    ask(lookup, &world)?;
    let window = world.window_buckets();
    let is_known = world.tiers.iter().any(|tier| tier.is_known(window.clone()));
    if !is_known && !lookup.is_settled() {
        return Ok(Panel::Trouble(Trouble::Pending { done: None }));
    }
    let view = drawn(lookup, &world, query)?;
    let trouble = lookup.refusal().filter(|_| !is_known).map(trouble_of);
    Ok(trouble.map_or(Panel::Data(view), Panel::Trouble))
}

fn drawn(lookup: &Lookup, world: &AppWorld, query: &AppQuery) -> Result<AppView> {
    let incident = incident_of(world);
    let subject = subject(world, &incident);
    let joins = Joins::of(world);
    let boxes = boxes(world, &incident, subject.clone());
    let lane = lane::of(lookup, world)?;
    let movers = movers(world, &incident, &lane);
    let readings = verdict::readings_of(world, &joins, &incident);
    let groups = groups(lookup, world, &boxes, &joins, query)?;
    let collected_to = world.tiers.iter().flat_map(|tier| &tier.series).filter_map(|series| series.collected_to).max();
    Ok(AppView {
        key: world.app.key.clone(),
        name: world.app.name.clone(),
        parts: parts(world),
        regions: regions(world),
        verdict: verdict::of(world, &boxes, &movers, &readings, &incident),
        subject: Window::new(at(world, subject.start), at(world, subject.end)),
        tiers: boxes,
        movers,
        lane,
        groups,
        readings,
        limits: limits(world),
        behind: behind(lookup, world),
        source: Source {
            name: SOURCES.to_owned(),
            collected_to,
            simulated: world.tiers.iter().any(|tier| tier.resource.simulated),
            calls: calls(world, |metric| shown_metrics(world).any(|shown| shown == metric)),
        },
        axis: world.axis.clone(),
    })
}

fn behind(lookup: &Lookup, world: &AppWorld) -> Option<Trouble> {
    let step = i64::from(world.axis.period.secs());
    let reaches_now = world.axis.window.to.plus_secs(step) >= lookup.now;
    let health = reaches_now.then(|| lookup.health())?;
    health.fault(SourceKind::CloudWatch, None).map(trouble_of)
}

/// Start of a bucket that is counted with the history before the window.
pub(crate) fn at(world: &AppWorld, bucket: usize) -> Timestamp {
    let from = i64::try_from(bucket).unwrap_or(0) - i64::try_from(world.lead).unwrap_or(0);
    world.axis.window.from.plus_secs(from * i64::from(world.axis.period.secs()))
}

/// The calls behind the metrics of some tiers.
fn calls(world: &AppWorld, is_shown: impl Fn(&MetricName) -> bool) -> Vec<String> {
    let resources: Vec<&TierResource> =
        world.tiers.iter().flat_map(|tier| std::iter::once(&tier.resource).chain(&tier.folded)).collect();
    tier_calls(&resources, &world.axis, is_shown)
}

fn shown_metrics(world: &AppWorld) -> impl Iterator<Item = &MetricName> {
    world.tiers.iter().flat_map(|tier| &tier.series).map(|series| &series.metric)
}

/// Who moved first, over all tiers that are measured.
pub(crate) fn incident_of(world: &AppWorld) -> Incident {
    let watched: Vec<WatchedTier<'_>> = world
        .tiers
        .iter()
        .map(|tier| WatchedTier { place: tier.tier.place, series: tier.series.iter().collect() })
        .collect();
    incident(&watched, world.lead)
}

/// The buckets boxes speak of: the incident, else the window.
pub(crate) fn subject(world: &AppWorld, incident: &Incident) -> Range<usize> {
    let window = world.window_buckets();
    if incident.moved.is_empty() {
        return window;
    }
    incident.buckets.start.max(window.start)..incident.buckets.end.min(window.end).max(incident.buckets.start + 1)
}

fn movers(world: &AppWorld, incident: &Incident, lane: &view::AlarmLane) -> Vec<Mover> {
    let Some(first) = incident.moved.first().map(|moved| at(world, moved.bucket)) else { return Vec::new() };
    let period = i64::from(world.axis.period.secs());
    let mut movers: Vec<Mover> = incident
        .moved
        .iter()
        .map(|moved| {
            let tier = &world.tiers[moved.tier];
            let told = |(series, change): &(usize, ChangePoint)| {
                let series = &tier.series[*series];
                let (before, after) = (printed(change.before, &series.unit), printed(change.after, &series.unit));
                (series.label.clone(), before, after)
            };
            let buckets = i64::try_from(moved.bucket - moved.last_before).unwrap_or(1).max(1);
            Mover {
                at: at(world, moved.bucket),
                lag_secs: (at(world, moved.bucket).0 - first.0) / 1000,
                tolerance_secs: buckets * period,
                tier: (tier.key.clone(), tier.resource.name.clone()),
                what: moved.what.iter().map(told).collect(),
                is_alarm: false,
            }
        })
        .collect();
    // Alarms that went off from then on tell when somebody was called.
    for alarm in &lane.alarms {
        let rang = alarm.spans.iter().map(|span| span.from).find(|from| *from >= first);
        if let Some(at) = rang {
            movers.push(Mover {
                at,
                lag_secs: (at.0 - first.0) / 1000,
                tolerance_secs: 0,
                tier: (String::new(), alarm.name.clone()),
                what: Vec::new(),
                is_alarm: true,
            });
        }
    }
    movers.sort_by_key(|mover| mover.lag_secs);
    movers
}

fn parts(world: &AppWorld) -> Vec<(String, u32)> {
    let mut parts: Vec<(String, u32)> = Vec::new();
    let all = world.tiers.iter().flat_map(|tier| std::iter::once(&tier.resource).chain(&tier.folded));
    for label in all.filter_map(|resource| resource.catalogue_tier()).map(|tier| tier.label.as_str()) {
        match parts.iter_mut().find(|(known, _)| known == label) {
            Some((_, count)) => *count += 1,
            None => parts.push((label.to_owned(), 1)),
        }
    }
    parts
}

fn regions(world: &AppWorld) -> Vec<String> {
    let mut regions: Vec<String> =
        world.tiers.iter().map(|tier| tier.resource.region.clone()).filter(|region| !region.is_empty()).collect();
    regions.sort();
    regions.dedup();
    regions
}

fn limits(world: &AppWorld) -> Vec<SightLimit> {
    let key = |kind: LimitKind| match kind {
        LimitKind::Denied => "denied",
        LimitKind::Failed => "failed",
        LimitKind::ProxyHidesCallers => "proxy_hides_callers",
        LimitKind::SharedInterfaces => "shared_interfaces",
        LimitKind::UnknownAddresses => "unknown_addresses",
    };
    let name =
        |about: &str| world.topology.resource(about).map_or_else(|| about.to_owned(), |resource| resource.name.clone());
    let limits = world.app.limits.iter();
    limits
        .map(|limit| SightLimit {
            kind: key(limit.kind).to_owned(),
            about: name(&limit.about),
            action: limit.action.clone(),
        })
        .collect()
}
