//! The drawer of one tier: every metric it has, its targets, what to buy for it.

use samples::{FARGATE, FigureKind, MetricName, TargetEvent, TierResource};
use units::{AppQuery, Period, Timestamp, Window};
use view::{Panel, Source, TargetRow, TierView, number};

use super::ask::ask;
use super::boxes::tier_box;
use super::page::{SOURCES, at, incident_of, subject};
use super::purchase::{Bought, purchase_mix};
use super::series::series_of;
use super::strips::strip;
use super::world::{AppWorld, Asked, TierWorld, app_of, read, targets_of};
use crate::aws_cli::tier_calls;
use crate::reader::{Lookup, Reader};
use crate::{Error, Result};

/// History an instance count is judged by.
const HISTORY_DAYS: i64 = 14;
/// Changes of target health told.
const MOST_EVENTS: usize = 50;
/// Instances of a group told one by one.
const MOST_PARTS: usize = 12;
/// What is told of the parts of a tier: instance checks and credits, what each target group sees.
const OF_PARTS: [&str; 9] = [
    "CPUCreditBalance",
    "EBSIOBalance%",
    "EBSByteBalance%",
    "StatusCheckFailed_Instance",
    "StatusCheckFailed_System",
    "StatusCheckFailed_AttachedEBS",
    "HealthyHostCount",
    "UnHealthyHostCount",
    "RequestCountPerTarget",
];
/// Fact of a group that names its instance type.
const INSTANCE_TYPE: &str = "Instance type";
/// Fact of a service that names where its tasks run.
const LAUNCH_TYPE: &str = "Launch type";

/// The drawer of a tier of an app.
///
/// # Errors
/// [`Error::UnknownApp`], [`Error::UnknownTier`] and others.
pub async fn fetch_tier(reader: &Reader, query: &AppQuery, tier: &str, now: Timestamp) -> Result<Panel<TierView>> {
    let (query, tier) = (query.clone(), tier.to_owned());
    reader.answer(now, move |lookup| drawer(lookup, &query, &tier).map(Panel::Data)).await
}

fn drawer(lookup: &Lookup, query: &AppQuery, key: &str) -> Result<TierView> {
    let topology = lookup.archive.topology()?;
    let app = app_of(&topology, &query.app)?;
    let asked = Asked { range: &query.range, zone: &query.zone, compare: &query.compare };
    let world = read(lookup, topology, app, &asked)?;
    ask(lookup, &world)?;
    let tier = world.tiers.iter().find(|tier| tier.key == key);
    let tier = tier.ok_or_else(|| Error::UnknownTier(key.chars().take(64).collect()))?;
    let incident = incident_of(&world);
    let shown = tier_box(&world, tier, subject(&world, &incident), false);
    let (strips, silent) = strips(lookup, &world, tier)?;
    let collected_to = tier.series.iter().filter_map(|series| series.collected_to).max();
    Ok(TierView {
        tier: shown,
        facts: facts(tier),
        strips,
        silent,
        targets: targets_of(&world, tier).map(|target| row_of(&world, target)).collect(),
        target_events: events(lookup, &world, tier)?,
        purchase: purchase(lookup, &world, tier)?,
        source: Source {
            name: SOURCES.to_owned(),
            collected_to,
            simulated: tier.resource.simulated,
            calls: tier_calls(&[&tier.resource], &world.axis, |_| true),
        },
        axis: world.axis.clone(),
    })
}

/// Every metric with a value in the window, and the labels of those without.
fn strips(lookup: &Lookup, world: &AppWorld, tier: &TierWorld) -> Result<(Vec<view::CounterStrip>, Vec<String>)> {
    let window = Window::new(at(world, 0), world.axis.window.to);
    let period = world.axis.period;
    let mut all = series_of(lookup, &tier.resource, window, period, |_, _| true)?;
    for part in tier.folded.iter().take(MOST_PARTS) {
        let of_part = series_of(lookup, part, window, period, |_, metric| OF_PARTS.contains(&metric.name.as_str()))?;
        let named = of_part.into_iter().filter(|series| series.is_known());
        all.extend(named.map(|mut series| {
            series.label = format!("{}: {}", part.name, series.label);
            series
        }));
    }
    let mut shown = Vec::new();
    let mut silent = Vec::new();
    for series in &all {
        if series.values[world.window_buckets()].iter().any(Option::is_some) {
            shown.push(strip(lookup, world, tier, series)?);
        } else if !silent.contains(&series.label) {
            silent.push(series.label.clone());
        }
    }
    Ok((shown, silent))
}

fn facts(tier: &TierWorld) -> Vec<(String, String)> {
    let resource = &tier.resource;
    let mut facts = vec![("ARN".to_owned(), resource.arn.clone())];
    facts.extend(resource.state.iter().map(|state| ("State".to_owned(), state.clone())));
    facts.extend(resource.facts.iter().cloned());
    facts.extend(resource.figures.iter().map(|figure| (figure_name(figure.kind), number::trimmed(figure.value))));
    facts.extend(resource.tags.iter().map(|(name, value)| (format!("tag {name}"), value.clone())));
    facts
}

fn figure_name(kind: FigureKind) -> String {
    match kind {
        FigureKind::ConcurrencyLimit => "Concurrency limit",
        FigureKind::MemoryMb => "Memory, MB",
        FigureKind::TimeoutSecs => "Timeout, s",
        FigureKind::MinCapacity => "Fewest",
        FigureKind::MaxCapacity => "Most",
        FigureKind::DesiredCapacity => "Wanted",
        FigureKind::RunningCapacity => "Running",
        FigureKind::PendingCapacity => "Starting",
        FigureKind::SpotInstances => "Bought as Spot",
        FigureKind::Vcpus => "vCPUs",
        FigureKind::ReadCapacity => "Read capacity, /s",
        FigureKind::WriteCapacity => "Write capacity, /s",
    }
    .to_owned()
}

fn group_name(world: &AppWorld, arn: &str) -> String {
    world.topology.resource(arn).map_or_else(|| arn.to_owned(), |group| group.name.clone())
}

fn row_of(world: &AppWorld, target: &samples::TargetHealth) -> TargetRow {
    let port = target.port.map(|port| format!(":{port}")).unwrap_or_default();
    TargetRow {
        group: group_name(world, &target.group),
        target: format!("{}{port}", target.target),
        state: target.state.clone(),
        reason: target.reason.clone(),
        description: target.description.clone(),
        at: target.since,
    }
}

/// Changes of target health in the window, newest first.
fn events(lookup: &Lookup, world: &AppWorld, tier: &TierWorld) -> Result<Vec<TargetRow>> {
    let mut groups: Vec<&str> = targets_of(world, tier).map(|target| target.group.as_str()).collect();
    let own = tier.folded.iter().filter(|resource| resource.tier == "target_group");
    groups.extend(own.map(|group| group.arn.as_str()));
    groups.sort_unstable();
    groups.dedup();
    let mut events: Vec<TargetEvent> = Vec::new();
    for group in groups {
        events.extend(lookup.archive.target_events(group, world.axis.window)?);
    }
    events.sort_by(|a, b| b.at.cmp(&a.at).then_with(|| a.target.cmp(&b.target)));
    events.truncate(MOST_EVENTS);
    let row = |event: TargetEvent| TargetRow {
        group: group_name(world, &event.group),
        target: event.target,
        state: event.state,
        reason: event.reason,
        description: event.description,
        at: event.at,
    };
    Ok(events.into_iter().map(row).collect())
}

/// What the count of instances or tasks of the last days suggests; `None` for tiers without one.
fn purchase(lookup: &Lookup, world: &AppWorld, tier: &TierWorld) -> Result<Option<view::PurchaseView>> {
    let metric = match tier.tier.key.as_str() {
        "auto_scaling" => MetricName::cloudwatch("AWS/AutoScaling", "GroupTotalInstances", "Maximum"),
        "ecs" => MetricName::cloudwatch("ECS/ContainerInsights", "RunningTaskCount", "Minimum"),
        _ => return Ok(None),
    };
    let to = world.axis.window.to;
    let window = Window::new(to.plus_secs(-HISTORY_DAYS * 86_400), to);
    let period = Period::FIVE_MINUTES;
    let matrix = lookup.archive.counters(&tier.resource.id, &[metric], window, period)?;
    let Some(counts) = matrix.series.first() else { return Ok(None) };
    let bought = bought(&tier.resource);
    Ok(purchase_mix(&counts.values, matrix.window, period, &bought, &lookup.prices))
}

fn bought(resource: &TierResource) -> Bought<'_> {
    let fact = |name: &str| {
        let found = resource.facts.iter().find(|(what, _)| what.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    };
    let is_fargate = fact(LAUNCH_TYPE).is_some_and(|launch| launch.eq_ignore_ascii_case("fargate"));
    let task = resource.figure(FigureKind::Vcpus).zip(resource.figure(FigureKind::MemoryMb).map(|mb| mb / 1024.0));
    Bought {
        kind: if is_fargate { Some(FARGATE) } else { fact(INSTANCE_TYPE) },
        task,
        region: &resource.region,
        spot_now: resource.figure(FigureKind::SpotInstances),
    }
}
