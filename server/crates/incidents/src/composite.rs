//! Composite alarms: their children, and which of them is the cause.

use samples::{AlarmKind, AlarmState, AlarmStatus};
use serde_json::Value;
use units::Timestamp;

use crate::landing::{Child, Note};
use crate::payload::reason_data_of;
use crate::resolve::{Known, changes_of};
use crate::rule::{Rule, RuleChild};
use crate::target::{Target, WhyUnknown};
use crate::timeline::{LINK_TOLERANCE_SECS, status_at};
use crate::watched::targets_of;
use crate::{AlarmArn, AlarmRef};

/// How deep composite alarms are followed into composite alarms.
const MAX_DEPTH: usize = 8;

/// What the children of a composite alarm tell.
pub(crate) struct Found {
    /// Children in the order of the rule.
    pub(crate) children: Vec<Child>,
    /// Resources, that of the cause first. Never empty.
    pub(crate) targets: Vec<Target>,
    /// What must be said.
    pub(crate) notes: Vec<Note>,
    /// The metric alarm at the bottom whose resource is opened, when one was found.
    pub(crate) cause: Option<AlarmState>,
}

/// Follows the rule of a composite alarm down to resources.
pub(crate) fn follow(alarm: &AlarmState, rule: &str, at: Timestamp, known: &Known<'_>) -> Found {
    let mut path = vec![alarm.arn.clone()];
    descend(alarm, rule, at, known, &mut path)
}

fn descend(alarm: &AlarmState, rule: &str, at: Timestamp, known: &Known<'_>, path: &mut Vec<String>) -> Found {
    let mut notes = Vec::new();
    let rule_children = Rule::parse(rule).map_or_else(
        |_| {
            notes.push(Note::RuleUnreadable);
            Vec::new()
        },
        |rule| rule.children(),
    );
    let triggering = triggering_children(alarm, at, known);
    let referenced: Vec<RuleChild> = if rule_children.is_empty() {
        let plain = |arn: &String| RuleChild { reference: arn.clone(), status: AlarmStatus::Alarm, is_negated: false };
        triggering.iter().map(plain).collect()
    } else {
        rule_children
    };
    let mut children = Vec::new();
    let mut candidates: Vec<(bool, Option<Timestamp>, Target, Option<AlarmState>)> = Vec::new();
    for child in referenced {
        let state = find(&child.reference, alarm, known.alarms);
        let (shown, bottom) = examine(&child, state, at, known, path, &mut notes);
        let is_told = triggering.iter().any(|arn| Some(arn) == shown.arn.as_ref().map(ToString::to_string).as_ref());
        let holds = shown.status.is_some_and(|status| (status == shown.wanted) != shown.is_negated);
        let is_cause = !shown.is_negated && holds && (triggering.is_empty() || is_told);
        if !matches!(shown.target, Target::Unknown(_)) && !shown.is_negated {
            candidates.push((is_cause, shown.since, shown.target.clone(), bottom));
        }
        children.push(Child { is_cause, ..shown });
    }
    finish(children, candidates, notes)
}

/// One child: its state at the moment, and what lies below it.
fn examine(
    child: &RuleChild,
    state: Option<&AlarmState>,
    at: Timestamp,
    known: &Known<'_>,
    path: &mut Vec<String>,
    notes: &mut Vec<Note>,
) -> (Child, Option<AlarmState>) {
    let mut shown = Child {
        reference: child.reference.clone(),
        arn: state.map_or(&child.reference, |state| &state.arn).parse().ok(),
        wanted: child.status,
        is_negated: child.is_negated,
        status: None,
        since: None,
        target: Target::Unknown(WhyUnknown::NeverSeen),
        is_cause: false,
    };
    let Some(state) = state else {
        notes.push(Note::ChildUnknown(child.reference.clone()));
        return (shown, None);
    };
    let changes = changes_of(&state.arn, known.events);
    if let Some((status, since)) = status_at(at, Some(state), &changes) {
        (shown.status, shown.since) = (Some(status), since);
    }
    let AlarmKind::Composite { rule } = &state.kind else {
        let arn: Option<AlarmArn> = state.arn.parse().ok();
        let place = crate::resolve::place_of(arn.as_ref());
        shown.target = targets_of(&state.kind, place, known.instances).swap_remove(0);
        return (shown, Some(state.clone()));
    };
    if path.contains(&state.arn) || path.len() >= MAX_DEPTH {
        notes.push(Note::RuleCircular);
        return (shown, None);
    }
    path.push(state.arn.clone());
    let below = descend(state, rule, at, known, path);
    path.pop();
    notes.extend(below.notes.into_iter().filter(|note| matches!(note, Note::RuleCircular)));
    shown.target = below.targets.into_iter().next().unwrap_or(shown.target);
    (shown, below.cause)
}

/// The cause is the child that made the rule true first; without one, the most telling child.
fn finish(
    children: Vec<Child>,
    mut candidates: Vec<(bool, Option<Timestamp>, Target, Option<AlarmState>)>,
    mut notes: Vec<Note>,
) -> Found {
    candidates.sort_by_key(|(is_cause, since, target, _)| {
        let when = since.filter(|_| *is_cause).map_or(i64::MAX, |since| since.0);
        (!is_cause, when, target.rank())
    });
    let cause = candidates.first().and_then(|(.., bottom)| bottom.clone());
    let mut targets: Vec<Target> = Vec::new();
    for (_, _, target, _) in candidates {
        if !targets.contains(&target) {
            targets.push(target);
        }
    }
    if targets.is_empty() {
        targets.push(Target::Unknown(WhyUnknown::ChildrenUnknown));
    }
    notes.dedup();
    Found { children, targets, notes, cause }
}

/// The alarm a rule refers to; names are of the same account and region.
fn find<'a>(reference: &str, parent: &AlarmState, alarms: &'a [AlarmState]) -> Option<&'a AlarmState> {
    let arn = match (AlarmRef::parse(reference), parent.arn.parse::<AlarmArn>()) {
        (AlarmRef::Arn(arn), _) => arn,
        (_, Ok(parent)) => parent.sibling(reference),
        _ => return None,
    };
    let arn = arn.to_string();
    alarms.iter().filter(|alarm| alarm.arn == arn).max_by_key(|alarm| alarm.seen)
}

/// The children that made the change, as its reason tells them
/// (`{"triggeringAlarms":[{"arn":…}]}`): of the change the page is about, else of the last one.
fn triggering_children(alarm: &AlarmState, at: Timestamp, known: &Known<'_>) -> Vec<String> {
    let changes = changes_of(&alarm.arn, known.events);
    let change = changes.iter().rev().find(|change| change.at <= at.plus_secs(LINK_TOLERANCE_SECS));
    let told = change.and_then(|change| reason_data_of(&change.data)).or_else(|| reason_data_of(&alarm.reason_data));
    let told = told.unwrap_or_default();
    let alarms = told.get("triggeringAlarms").and_then(Value::as_array).into_iter().flatten();
    alarms.filter_map(|alarm| alarm.get("arn")?.as_str()).map(str::to_owned).collect()
}
