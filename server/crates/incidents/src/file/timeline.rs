//! What happened when, and what moved first.

use samples::{AlarmEvent, AlarmState, AlarmStatus, Marker, MarkerKind};
use units::{Timestamp, Window};

use crate::Side;
use crate::snapshot::IncidentNote;

/// One line of a timeline.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TimelineEntry {
    /// When.
    pub at: Timestamp,
    /// What.
    pub kind: EntryKind,
    /// It came before everything else that moved.
    pub is_first_mover: bool,
}

/// What a line is about; the message table words it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EntryKind {
    /// A series went over its limit.
    Onset(String),
    /// An alarm changed its state.
    Alarm {
        /// Its name.
        name: String,
        /// State after.
        to: AlarmStatus,
    },
    /// A deploy.
    Deploy(String),
    /// An event of RDS.
    RdsEvent(String),
    /// A note of a person.
    Note(String),
}

/// A series that went over its limit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Onset {
    /// What the reader calls it.
    pub series: String,
    /// Start of the first bucket over the limit.
    pub at: Timestamp,
}

/// What a timeline is made of.
#[derive(Clone, Copy, Debug)]
pub struct TimelineInput<'a> {
    /// Only what lies inside.
    pub window: Window,
    /// For the names of alarms.
    pub alarms: &'a [AlarmState],
    /// Changes of state.
    pub events: &'a [AlarmEvent],
    /// Deploys and RDS events.
    pub markers: &'a [Marker],
    /// Series over their limits.
    pub onsets: &'a [Onset],
    /// Notes.
    pub notes: &'a [IncidentNote],
}

/// The lines, oldest first. The first of the series and alarms that moved is marked.
#[must_use]
pub fn timeline(input: &TimelineInput<'_>) -> Vec<TimelineEntry> {
    let first = first_mover(input);
    let entry = |at, kind| TimelineEntry { at, kind, is_first_mover: false };
    let name = |arn: &str| {
        let known = input.alarms.iter().find(|alarm| alarm.arn == arn).map(|alarm| alarm.name.clone());
        known.unwrap_or_else(|| arn.split(":alarm:").last().unwrap_or(arn).to_owned())
    };
    let onsets = input.onsets.iter().map(|onset| entry(onset.at, EntryKind::Onset(onset.series.clone())));
    let own = |event: &&AlarmEvent| crate::payload::contributor_of(&event.data).is_none();
    let alarms = input.events.iter().filter(own);
    let alarms = alarms.map(|event| entry(event.at, EntryKind::Alarm { name: name(&event.arn), to: event.to }));
    let markers = input.markers.iter().map(|marker| {
        let label = marker.label.clone();
        entry(
            marker.at,
            if marker.kind == MarkerKind::Deploy { EntryKind::Deploy(label) } else { EntryKind::RdsEvent(label) },
        )
    });
    let notes = input.notes.iter().map(|note| entry(note.at, EntryKind::Note(note.text.clone())));
    let mut entries: Vec<_> = onsets.chain(alarms).chain(markers).chain(notes).collect();
    entries.retain(|entry| input.window.contains(entry.at));
    entries.sort_by_key(|entry| entry.at);
    entries.dedup();
    let moved = |entry: &&mut TimelineEntry| Some(entry.at) == first && is_movement(&entry.kind);
    if let Some(entry) = entries.iter_mut().find(moved) {
        entry.is_first_mover = true;
    }
    entries
}

const fn is_movement(kind: &EntryKind) -> bool {
    matches!(kind, EntryKind::Onset(_) | EntryKind::Alarm { to: AlarmStatus::Alarm, .. })
}

/// When the first series or alarm of the window moved.
#[must_use]
pub fn first_mover(input: &TimelineInput<'_>) -> Option<Timestamp> {
    let alarms = input.events.iter().filter(|event| event.to == AlarmStatus::Alarm).map(|event| event.at);
    let onsets = input.onsets.iter().map(|onset| onset.at);
    alarms.chain(onsets).filter(|at| input.window.contains(*at)).min()
}

/// The first bucket of the run over the limit that holds `at`, or of the last run before it. Gaps
/// end a run: what was not measured was not over anything. `start_of` gives the start of a bucket.
#[must_use]
pub fn onset(
    values: &[Option<f64>],
    start_of: impl Fn(usize) -> Timestamp,
    (limit, side): (f64, Side),
    at: Timestamp,
) -> Option<Timestamp> {
    let is_over = |bucket: &usize| values[*bucket].is_some_and(|value| side.is_breached(value, limit));
    let last = (0..values.len()).filter(|bucket| start_of(*bucket) <= at).rfind(is_over)?;
    let first = (0..=last).rev().take_while(is_over).last()?;
    Some(start_of(first))
}
