//! Resolving an alarm by what an archive holds.

use std::collections::BTreeSet;

use archive::Archive;
use samples::{AlarmEvent, Topology};
use units::{ResourceId, Timestamp, Window};

use crate::resolve::{Known, Question, resolve};
use crate::snapshot::children_of;
use crate::{AlarmArn, Landing, Target};

/// Changes of the alarm itself are looked for so long before the moment: CloudWatch's own history.
const HISTORY_SECS: i64 = 30 * 86_400;
/// Changes of children, and those after the moment.
const AROUND_SECS: i64 = 86_400;
/// Setting of the archive: JSON, `account/region` → when its alarms were last listed whole, in epoch
/// milliseconds.
const LISTED: &str = "alarms.listed";

/// Finds what a link to an alarm opens, by what the archive has.
///
/// # Errors
/// [`archive::Error`] when it cannot be read.
pub fn resolve_in(archive: &Archive, question: &Question) -> archive::Result<Landing> {
    let (alarms, instances) = (archive.alarms()?, archive.instances()?);
    let known = Known { alarms: &alarms, instances: &instances, ..Known::default() };
    let first = resolve(question, &known);
    let Some(arn) = first.arn.clone() else { return Ok(first) };
    let name = arn.to_string();
    let until = first.at.max(question.at.unwrap_or(question.now)).plus_secs(AROUND_SECS);
    let mut events = archive.alarm_events(&name, Window::new(first.at.plus_secs(-HISTORY_SECS), until))?;
    let near = Window::new(first.at.plus_secs(-AROUND_SECS), until);
    for child in children_of(&alarms, Some(&name)) {
        events.extend(archive.alarm_events(&child, near)?);
    }
    let listed_at = listed_at(archive, &arn)?;
    Ok(resolve(question, &Known { events: &events, listed_at, ..known }))
}

fn listed(archive: &Archive) -> archive::Result<std::collections::BTreeMap<String, i64>> {
    let kept = archive.setting(LISTED)?;
    Ok(kept.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default())
}

fn listed_at(archive: &Archive, arn: &AlarmArn) -> archive::Result<Option<Timestamp>> {
    let found = listed(archive)?.get(&format!("{}/{}", arn.account, arn.region)).copied();
    Ok(found.map(Timestamp))
}

/// Notes that all alarms of an account were listed in these regions: one that is not told any more is
/// gone.
///
/// # Errors
/// [`archive::Error`] when it cannot be kept.
pub fn note_listing(archive: &Archive, account: &str, regions: &[String], at: Timestamp) -> archive::Result<()> {
    let mut all = listed(archive)?;
    all.extend(regions.iter().map(|region| (format!("{account}/{region}"), at.0)));
    archive.put_setting(LISTED, &serde_json::to_string(&all).unwrap_or_default())
}

/// Whether a change of state is of the alarm, and not of one series among many that it watches.
#[must_use]
pub fn is_own_change(event: &AlarmEvent) -> bool {
    crate::payload::contributor_of(&event.data).is_none()
}

/// What an incident's window is held against: the hour before it, and the same time a day earlier.
#[must_use]
pub const fn compared(window: Window) -> [Window; 2] {
    let before = Window { from: window.from.plus_secs(-3600), to: window.from };
    let yesterday = Window { from: window.from.plus_secs(-86_400), to: window.to.plus_secs(-86_400) };
    [before, yesterday]
}

/// Keys of the apps that targets are part of: of a tier its own, of a database every app that uses it.
#[must_use]
pub fn apps_of<'a>(topology: &Topology, targets: impl IntoIterator<Item = &'a Target>) -> BTreeSet<String> {
    let mut keys = BTreeSet::new();
    for target in targets {
        let instances: Vec<&ResourceId> = match target {
            Target::Instance(instance) => vec![&instance.id],
            Target::Cluster { members, .. } => members.iter().map(|member| &member.id).collect(),
            _ => Vec::new(),
        };
        let databases = topology.resources.iter().filter(|resource| instances.contains(&&resource.id));
        let apps = databases.flat_map(|resource| topology.apps_of(&resource.arn));
        keys.extend(apps.map(|app| app.key.clone()));
        keys.extend(app_of(topology, target).map(|(app, _)| app));
    }
    keys
}

/// The app that a target of an alarm is part of, and the name of its tier in addresses; `None` when
/// discovery knows neither.
#[must_use]
pub fn app_of(topology: &Topology, target: &Target) -> Option<(String, String)> {
    let Target::Tier { namespace, dimensions, .. } = target else { return None };
    let mut metric = samples::MetricRef {
        namespace: namespace.clone(),
        name: String::new(),
        dimensions: dimensions.clone(),
        statistic: String::new(),
        period_secs: 60,
    };
    // A page shows target groups with their balancer, when the metric names it too.
    if metric.dimensions.contains_key("LoadBalancer") {
        metric.dimensions.remove("TargetGroup");
    }
    let resource = topology.resource_of(&metric)?;
    let app = topology.apps_of(&resource.arn).next()?;
    Some((app.key.clone(), format!("{}/{}", resource.tier, resource.name)))
}
