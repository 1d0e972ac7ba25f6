//! What discovery found, and how the health of targets changed.

use std::collections::{BTreeMap, BTreeSet};

use rusqlite::{Connection, params};
use samples::{TargetEvent, TargetHealth, Topology};
use units::{Timestamp, Window};

use crate::error::Result;
use crate::facts::{bodies, json};

/// Most changes of target health in one answer.
const MAX_EVENTS: i64 = 10_000;

/// The topology as last kept; an empty one when discovery never ran.
pub(crate) fn topology(connection: &Connection) -> Result<Topology> {
    let found: Vec<Topology> = bodies(connection, "SELECT body FROM topology LIMIT 1", [])?;
    Ok(found.into_iter().next().unwrap_or_default())
}

/// Keeps a topology. First sights stay; each change of a target's health becomes an event.
pub(crate) fn put_topology(connection: &Connection, new: &Topology) -> Result<()> {
    let known = topology(connection)?;
    let mut kept = new.clone();
    let first_seen: BTreeMap<&str, Timestamp> =
        known.resources.iter().map(|resource| (resource.arn.as_str(), resource.first_seen)).collect();
    for resource in &mut kept.resources {
        if let Some(first) = first_seen.get(resource.arn.as_str()) {
            resource.first_seen = resource.first_seen.min(*first);
        }
    }
    note_health(connection, &known.targets, &mut kept.targets, new.seen.unwrap_or_default())?;
    write(connection, &kept)
}

/// Keeps a topology and changes of health as they are.
pub(crate) fn restore(connection: &Connection, topology: &Topology, events: &[TargetEvent]) -> Result<()> {
    if !topology.apps.is_empty() {
        write(connection, topology)?;
    }
    events.iter().try_for_each(|event| put_event(connection, event))
}

/// Keeps the health of the targets of some target groups, as it is at `now`; other groups stay.
pub(crate) fn put_target_health(
    connection: &Connection,
    groups: &[String],
    mut targets: Vec<TargetHealth>,
    now: Timestamp,
) -> Result<()> {
    let mut topology = topology(connection)?;
    let (known, others): (Vec<_>, Vec<_>) =
        topology.targets.drain(..).partition(|target| groups.contains(&target.group));
    note_health(connection, &known, &mut targets, now)?;
    topology.targets = others.into_iter().chain(targets).collect();
    write(connection, &topology)
}

fn write(connection: &Connection, topology: &Topology) -> Result<()> {
    connection
        .prepare_cached(
            "INSERT INTO topology (num, body) VALUES (1, ?1) ON CONFLICT DO UPDATE SET body = excluded.body",
        )?
        .execute([json(topology)?])?;
    Ok(())
}

/// Writes down what differs between two readings, and since when the new one holds.
fn note_health(
    connection: &Connection,
    known: &[TargetHealth],
    new: &mut [TargetHealth],
    now: Timestamp,
) -> Result<()> {
    let key = |target: &TargetHealth| (target.group.clone(), target.target.clone(), target.port);
    let before: BTreeMap<_, &TargetHealth> = known.iter().map(|target| (key(target), target)).collect();
    for target in new.iter_mut() {
        let same = before.get(&key(target)).filter(|was| (&was.state, &was.reason) == (&target.state, &target.reason));
        match same {
            Some(was) => target.since = was.since,
            None => {
                put_event(connection, &event_of(target, now))?;
            }
        }
    }
    let present: BTreeSet<_> = new.iter().map(key).collect();
    for gone in known.iter().filter(|target| !present.contains(&key(target))) {
        let state = TargetEvent::GONE.to_owned();
        let (reason, description) = (String::new(), String::new());
        put_event(connection, &TargetEvent { state, reason, description, ..event_of(gone, now) })?;
    }
    Ok(())
}

fn event_of(target: &TargetHealth, at: Timestamp) -> TargetEvent {
    TargetEvent {
        group: target.group.clone(),
        target: target.target.clone(),
        at,
        state: target.state.clone(),
        reason: target.reason.clone(),
        description: target.description.clone(),
    }
}

fn put_event(connection: &Connection, event: &TargetEvent) -> Result<()> {
    connection
        .prepare_cached("INSERT OR REPLACE INTO target_event (grp, at, target, body) VALUES (?1, ?2, ?3, ?4)")?
        .execute(params![event.group, event.at.0, event.target, json(event)?])?;
    Ok(())
}

/// Changes of health of a group's targets in a window, oldest first; the newest when there are more
/// than one answer holds.
pub(crate) fn target_events(connection: &Connection, group: &str, window: Window) -> Result<Vec<TargetEvent>> {
    let select = "SELECT body FROM target_event WHERE grp = ?1 AND at >= ?2 AND at < ?3 ORDER BY at DESC LIMIT ?4";
    let mut events: Vec<TargetEvent> =
        bodies(connection, select, params![group, window.from.0, window.to.0, MAX_EVENTS])?;
    events.reverse();
    Ok(events)
}
