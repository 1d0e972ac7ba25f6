//! From a named alarm to a [`Landing`].

use std::collections::BTreeMap;

use samples::{AlarmEvent, AlarmKind, AlarmState, AlarmStatus, Instance};
use units::{Compare, Timestamp, Window};

use crate::composite;
use crate::landing::{Evaluation, Hint, Landing, Limit, Note, Presence, TimeOrigin};
use crate::payload::contributor_of;
use crate::target::{InstanceTarget, Place, Target, WhyUnknown};
use crate::timeline::{LINK_TOLERANCE_SECS, breach_at, moment, states_within};
use crate::watched::{evaluation_of, limit_of, notes_about, target_of_arn, target_of_series, targets_of, watched_by};
use crate::{AlarmArn, AlarmRef, arn};

/// The frozen window begins this long before the moment.
pub const BEFORE_SECS: i64 = 30 * 60;

/// The frozen window ends this long after the moment.
pub const AFTER_SECS: i64 = 15 * 60;

/// An alarm that the newest listing of its account and region does not hold may still have been
/// listed by a poll that ran a little earlier.
const LISTING_TOLERANCE_SECS: i64 = 15 * 60;

/// At most this many ways on are offered.
const MAX_HINTS: usize = 5;

/// At most this many series of an alarm are followed to their resources (AWS allows 500).
const MAX_CONTRIBUTORS: usize = 50;

/// Names at least this alike (Jaro-Winkler, 0 to 1) are offered instead of an unknown one.
const SIMILAR: f64 = 0.85;

/// What is asked.
#[derive(Clone, Debug)]
pub struct Question {
    /// The alarm as the reader named it; see [`AlarmRef::parse`].
    pub alarm: AlarmRef,
    /// The moment of the link; see [`crate::aws_time`].
    pub at: Option<Timestamp>,
    /// The present.
    pub now: Timestamp,
}

/// What is known. All of it may be empty.
#[derive(Clone, Copy, Debug, Default)]
pub struct Known<'a> {
    /// Alarms as CloudWatch told them last or a message did, deleted ones included.
    pub alarms: &'a [AlarmState],
    /// Changes of state, in any order.
    pub events: &'a [AlarmEvent],
    /// The inventory, deleted instances included.
    pub instances: &'a [Instance],
    /// When the alarms of this account and region were last listed completely; `None` when never.
    pub listed_at: Option<Timestamp>,
}

/// Finds what a link to an alarm opens. Total: every question has an answer.
#[must_use]
pub fn resolve(question: &Question, known: &Known<'_>) -> Landing {
    let found = lookup(&question.alarm, known.alarms);
    let arn = found.first().and_then(|alarm| alarm.arn.parse().ok()).or_else(|| match &question.alarm {
        AlarmRef::Arn(arn) => Some(arn.clone()),
        _ => None,
    });
    let mut landing = empty(question, arn);
    if found.len() > 1 {
        landing.notes.push(Note::SeveralAlarms(found.iter().filter_map(|alarm| alarm.arn.parse().ok()).collect()));
    }
    let alarm = found.first().copied();
    let changes = landing.arn.as_ref().map(|arn| changes_of(&arn.to_string(), known.events)).unwrap_or_default();
    place_in_time(&mut landing, question, alarm, &changes, known);
    if let Some(alarm) = alarm {
        describe(&mut landing, alarm, known);
    } else {
        explain_unknown(&mut landing, question, known);
    }
    landing
}

/// The alarms that a name may mean, the likeliest first; several only when a bare name is ambiguous.
fn lookup<'a>(asked: &AlarmRef, alarms: &'a [AlarmState]) -> Vec<&'a AlarmState> {
    for name in asked.spellings() {
        let mut found: Vec<_> = match asked {
            AlarmRef::Arn(arn) => {
                let wanted = arn.sibling(&name).to_string();
                alarms.iter().filter(|alarm| alarm.arn == wanted).collect()
            }
            AlarmRef::Name { region, account, .. } => {
                let fits = |alarm: &&AlarmState| {
                    let arn = alarm.arn.parse::<AlarmArn>();
                    let agrees = |have: Option<&String>, want: &Option<String>| match (have, want) {
                        (Some(have), Some(want)) => have == want,
                        _ => true,
                    };
                    alarm.name == name
                        && agrees(arn.as_ref().ok().map(|arn| &arn.region), region)
                        && agrees(arn.as_ref().ok().map(|arn| &arn.account), account)
                };
                alarms.iter().filter(fits).collect()
            }
            AlarmRef::OtherArn(_) | AlarmRef::Unreadable(_) => Vec::new(),
        };
        found.sort_by(|a, b| (b.seen, &a.arn).cmp(&(a.seen, &b.arn)));
        found.dedup_by(|a, b| a.arn == b.arn);
        if !found.is_empty() {
            return found;
        }
    }
    Vec::new()
}

/// Changes of one alarm, oldest first; those of one series among many are not the alarm's.
pub(crate) fn changes_of<'a>(arn: &str, events: &'a [AlarmEvent]) -> Vec<&'a AlarmEvent> {
    let is_own = |event: &&AlarmEvent| event.arn == arn && contributor_of(&event.data).is_none();
    let mut changes: Vec<_> = events.iter().filter(is_own).collect();
    changes.sort_by_key(|event| event.at);
    changes
}

pub(crate) fn place_of(arn: Option<&AlarmArn>) -> Place<'_> {
    Place { region: arn.map(|arn| arn.region.as_str()), account: arn.map(|arn| arn.account.as_str()) }
}

fn empty(question: &Question, arn: Option<AlarmArn>) -> Landing {
    let name = match (&arn, &question.alarm) {
        (Some(arn), _) => arn.name.clone(),
        (None, asked) => asked.text(),
    };
    let console_url = match (&arn, &question.alarm) {
        (Some(arn), _) => Some(arn.console_url()),
        (None, AlarmRef::Name { name, region: Some(region), .. }) => Some(arn::console_url(region, name)),
        _ => None,
    };
    Landing {
        asked: question.alarm.clone(),
        arn,
        name,
        alarm: None,
        presence: Presence::NeverSeen,
        target: Target::Unknown(WhyUnknown::NeverSeen),
        also: Vec::new(),
        children: Vec::new(),
        at: question.now,
        at_origin: TimeOrigin::Now,
        window: Window::new(question.now, question.now),
        compare: Compare::Yesterday,
        breach: None,
        decided_by: None,
        watched: Vec::new(),
        limit: Limit::None,
        evaluation: Evaluation::default(),
        states: Vec::new(),
        console_url,
        notes: Vec::new(),
        hints: Vec::new(),
    }
}

fn place_in_time(
    landing: &mut Landing,
    question: &Question,
    alarm: Option<&AlarmState>,
    changes: &[&AlarmEvent],
    known: &Known<'_>,
) {
    let (at, origin) = moment(question.at, alarm, changes, question.now);
    (landing.at, landing.at_origin) = (at, origin);
    landing.window = Window::new(at.plus_secs(-BEFORE_SECS), at.plus_secs(AFTER_SECS));
    landing.breach = breach_at(at, alarm, changes);
    landing.states = states_within(landing.window, alarm, changes);
    match origin {
        TimeOrigin::Asked if at > question.now => landing.notes.push(Note::TimeInFuture),
        TimeOrigin::Asked => {}
        origin => landing.notes.push(Note::TimeAssumed(origin)),
    }
    let newest_change = changes.last().map(|change| change.at);
    let told = alarm.map(|alarm| alarm.seen).into_iter().chain(newest_change).max();
    landing.presence = match (told, known.listed_at) {
        (None, _) => Presence::NeverSeen,
        (Some(told), Some(listed)) if told.plus_secs(LISTING_TOLERANCE_SECS) < listed => {
            Presence::Gone { last_seen: told }
        }
        (Some(_), _) => Presence::Listed,
    };
    if let Presence::Gone { last_seen } = landing.presence {
        landing.notes.push(Note::Gone { last_seen });
    }
}

/// Fills in what the alarm itself tells.
fn describe(landing: &mut Landing, alarm: &AlarmState, known: &Known<'_>) {
    let arn = landing.arn.clone();
    let place = place_of(arn.as_ref());
    let (mut targets, deciding) = if let AlarmKind::Composite { rule } = &alarm.kind {
        let found = composite::follow(alarm, rule, landing.at, known);
        landing.children = found.children;
        landing.notes.extend(found.notes);
        (found.targets, found.cause)
    } else {
        let mut targets = contributing_targets(alarm, landing.at, place, known);
        targets.extend(targets_of(&alarm.kind, place, known.instances));
        (unique(targets), Some(alarm.clone()))
    };
    landing.notes.extend(notes_about(&targets, place));
    landing.target = targets.remove(0);
    landing.also = targets;
    if let Some(deciding) = deciding {
        landing.decided_by = deciding.arn.parse().ok();
        landing.watched = watched_by(&deciding.kind);
        landing.limit = limit_of(&deciding);
        landing.evaluation = evaluation_of(&deciding);
    }
    landing.compare = compare_for(&landing.target, landing.window, known.instances);
    landing.alarm = Some(alarm.clone());
    landing.name.clone_from(&alarm.name);
    if matches!(landing.target, Target::Unknown(_) | Target::UnlistedDatabase { .. }) {
        landing.hints = hints(landing, known);
    }
}

/// The resources of the series that were in ALARM at the moment, of an alarm over many series.
fn contributing_targets(alarm: &AlarmState, at: Timestamp, place: Place<'_>, known: &Known<'_>) -> Vec<Target> {
    let latest = at.plus_secs(LINK_TOLERANCE_SECS);
    let mut own: Vec<_> = known.events.iter().filter(|event| event.arn == alarm.arn && event.at <= latest).collect();
    own.sort_by_key(|event| event.at);
    let mut last = BTreeMap::new();
    for event in own {
        if let Some(attributes) = contributor_of(&event.data) {
            last.insert(attributes, event.to);
        }
    }
    let in_alarm = last.into_iter().filter(|(_, status)| *status == AlarmStatus::Alarm);
    let target = |(attributes, _)| target_of_series(&alarm.kind, attributes, place, known.instances);
    in_alarm.filter_map(target).take(MAX_CONTRIBUTORS).collect()
}

/// Each target once; one that names no resource only when nothing better is there.
fn unique(targets: Vec<Target>) -> Vec<Target> {
    let mut kept: Vec<Target> = Vec::new();
    for target in targets {
        let is_vague = matches!(&target, Target::Unknown(_))
            || matches!(&target, Target::Tier { resource, .. } if resource.is_empty());
        if (kept.is_empty() || !is_vague) && !kept.contains(&target) {
            kept.push(target);
        }
    }
    kept
}

/// Yesterday, unless the instance did not exist then.
fn compare_for(target: &Target, window: Window, instances: &[Instance]) -> Compare {
    let Target::Instance(target) = target else { return Compare::Yesterday };
    let first_seen = instances.iter().find(|instance| instance.id == target.id).map(|instance| instance.first_seen);
    // An inventory tells since when we know an instance; the archive is filled back for seven days.
    let is_new = first_seen.is_some_and(|first| first.plus_secs(-7 * 86_400) > window.from.plus_secs(-86_400));
    if is_new { Compare::Previous } else { Compare::Yesterday }
}

fn explain_unknown(landing: &mut Landing, question: &Question, known: &Known<'_>) {
    match &question.alarm {
        AlarmRef::OtherArn(arn) => {
            landing.notes.push(Note::NotAnAlarm);
            landing.target = target_of_arn(arn, known.instances).unwrap_or(Target::Unknown(WhyUnknown::Unreadable));
        }
        AlarmRef::Unreadable(_) => {
            landing.notes.push(Note::Unreadable);
            landing.target = Target::Unknown(WhyUnknown::Unreadable);
        }
        AlarmRef::Arn(_) | AlarmRef::Name { .. } => landing.notes.push(Note::NeverSeen),
    }
    if let Some(arn) = &landing.arn {
        let of_place = |account: &str, region: &str| account == arn.account && region == arn.region;
        let has_instances = known.instances.iter().any(|instance| of_place(&instance.account, &instance.region));
        let mut others = known.alarms.iter().filter_map(|alarm| alarm.arn.parse::<AlarmArn>().ok());
        if !has_instances && !others.any(|other| of_place(&other.account, &other.region)) {
            landing.notes.push(Note::NotCollected { account: arn.account.clone(), region: arn.region.clone() });
        }
    }
    landing.hints = hints(landing, known);
}

/// Instances whose name occurs in the alarm's, then alarms with a similar name.
fn hints(landing: &Landing, known: &Known<'_>) -> Vec<Hint> {
    let name = landing.name.to_lowercase();
    let mut instances: Vec<_> =
        known.instances.iter().filter(|instance| mentions(&name, &instance.name.to_lowercase())).collect();
    instances.sort_by_key(|instance| std::cmp::Reverse(instance.name.len()));
    let own = landing.arn.as_ref().map(ToString::to_string).unwrap_or_default();
    let mut alarms: Vec<_> = known
        .alarms
        .iter()
        .filter(|alarm| alarm.arn != own)
        .map(|alarm| (strsim::jaro_winkler(&name, &alarm.name.to_lowercase()), alarm))
        .filter(|(score, _)| *score >= SIMILAR)
        .collect();
    alarms.sort_by(|(a, left), (b, right)| b.total_cmp(a).then_with(|| left.arn.cmp(&right.arn)));
    let instances = instances.into_iter().map(|instance| Hint::Instance(InstanceTarget::from(instance)));
    let alarms = alarms.into_iter().filter_map(|(_, alarm)| alarm.arn.parse().ok().map(Hint::SimilarAlarm));
    instances.take(MAX_HINTS).chain(alarms.take(MAX_HINTS)).collect()
}

/// Whether `word` stands in `text` between characters that are no letters or digits.
fn mentions(text: &str, word: &str) -> bool {
    let is_edge = |letter: Option<char>| letter.is_none_or(|letter| !letter.is_alphanumeric());
    word.chars().count() >= 3
        && text
            .match_indices(word)
            .any(|(at, _)| is_edge(text[..at].chars().next_back()) && is_edge(text[at + word.len()..].chars().next()))
}
