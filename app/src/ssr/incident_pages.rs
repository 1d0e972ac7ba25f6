//! The incident pages' questions.

use incidents::file::{ChatSummary, EntryKind, Onset, TimelineEntry, TimelineInput, chat_summary, onset, timeline};
use incidents::{AlarmRef, Landing, Limit, Question};
use ranking::CompareQuery;
use units::{AppQuery, DbLoadQuery, Dimension, Filter, ResourceId, TimeRange, Timestamp, Window};
use view::{AppView, Clause, Panel, Verdict};

use super::Source;
use super::alarms::{rule_of, severity_of};
use crate::error::ViewError;
use crate::messages::{self as m, Say};
use crate::paths;
use crate::server_fns::{Changed, IncidentLine, IncidentView, NoteLine, TimelineRow};

/// Most incidents of the list.
const MOST_INCIDENTS: u32 = 200;
/// The incident itself is judged at least over this long.
const SHORTEST_SECS: i64 = 300;

/// An incident, read.
pub(super) struct Read {
    pub(super) line: IncidentLine,
    pub(super) window: Window,
    /// From what moved first to the end of the window.
    pub(super) core: Window,
    pub(super) instance: Option<ResourceId>,
    /// The app it is about, or whose database it is about.
    pub(super) app: Option<String>,
    pub(super) arns: Vec<String>,
    pub(super) landings: Vec<Landing>,
    pub(super) timeline: Vec<TimelineEntry>,
    pub(super) notes: Vec<NoteLine>,
}

impl Source {
    pub(crate) fn incidents(&self) -> Result<Panel<Vec<IncidentLine>>, ViewError> {
        let archive = self.reader.archive();
        let failed = |error| self.unavailable(&error);
        let always = Window::new(Timestamp(0), self.now.plus_secs(86_400));
        let found = archive.incidents(always, MOST_INCIDENTS).map_err(failed)?;
        if found.is_empty() {
            return Ok(Panel::Empty);
        }
        let mut lines = Vec::with_capacity(found.len());
        for incident in found {
            lines.push(IncidentLine {
                notes: count(archive.notes(&incident.id).map_err(failed)?.len()),
                alarms: count(incident.alarms.len()),
                id: incident.id,
                name: incident.name,
                resource: incident.resource,
                at: incident.at,
                taken_at: incident.taken_at,
                is_final: incident.is_final,
            });
        }
        Ok(Panel::Data(lines))
    }

    pub(crate) async fn incident(&self, id: &str) -> Result<IncidentView, ViewError> {
        let read = self.read_incident(id).await?;
        let app = if read.instance.is_none() { self.app_view(&read).await? } else { None };
        let verdict = self.verdict_of(&read, app.as_ref()).await?;
        let changed = self.changed(&read).await?;
        let alarms = read.landings.iter().zip(&read.arns).map(|(landing, arn)| {
            let status = landing.alarm.as_ref().map_or("", |alarm| alarm.status.name());
            (arn.clone(), landing.name.clone(), severity_of(status))
        });
        let alarms = alarms.collect();
        let summary = self.summary(&read, verdict.as_ref());
        let timeline = self.worded(&read.timeline);
        let Read { line, window, instance, app, notes, .. } = read;
        Ok(IncidentView { line, window, instance, app, alarms, timeline, verdict, changed, notes, summary })
    }

    /// Reads an incident; what the archive has dropped since comes back from its snapshot.
    pub(super) async fn read_incident(&self, id: &str) -> Result<Read, ViewError> {
        let archive = self.reader.archive();
        let failed = |error| self.unavailable(&error);
        let missing = || ViewError::NotFound { what: id.chars().take(64).collect() };
        let incident = archive.incident(id).map_err(failed)?.ok_or_else(missing)?;
        incidents::snapshot::bring_back(archive, &incident).map_err(failed)?;
        let mut landings = Vec::new();
        let mut onsets: Vec<Onset> = Vec::new();
        for arn in &incident.alarms {
            let question = Question { alarm: AlarmRef::parse(arn), at: Some(incident.at), now: self.now };
            let landing = incidents::resolve_in(archive, &question).map_err(failed)?;
            self.bring_series(&landing).await?;
            onsets.extend(self.onset_of(&landing)?);
            landings.push(landing);
        }
        onsets.extend(self.load_onset(incident.instance.as_ref(), incident.window, incident.at).await?);
        let topology = archive.topology().map_err(failed)?;
        let app = incidents::apps_of(&topology, landings.iter().map(|landing| &landing.target)).into_iter().next();
        let alarms = archive.alarms().map_err(failed)?;
        let events = archive.all_alarm_events(incident.window).map_err(failed)?;
        // Everything of that time that has to do with the resource; of other alarms what went off.
        let events: Vec<_> = events
            .into_iter()
            .filter(|event| incident.alarms.contains(&event.arn) || event.to.name() == "ALARM")
            .collect();
        let markers = match &incident.instance {
            Some(instance) => archive.markers(instance, incident.window).map_err(failed)?,
            None => Vec::new(),
        };
        let notes = archive.notes(id).map_err(failed)?;
        let input = TimelineInput {
            window: incident.window,
            alarms: &alarms,
            events: &events,
            markers: &markers,
            onsets: &onsets,
            notes: &notes,
        };
        let entries = timeline(&input);
        let first = entries.iter().find(|entry| entry.is_first_mover).map_or(incident.at, |entry| entry.at);
        let end = incident.window.to.min(self.now.max(incident.at)).max(first.plus_secs(SHORTEST_SECS));
        let notes: Vec<NoteLine> =
            notes.into_iter().map(|note| NoteLine { written: note.written, by: note.by, text: note.text }).collect();
        Ok(Read {
            core: Window::new(first.floor_to(60), end),
            window: incident.window,
            instance: incident.instance.clone(),
            app,
            arns: incident.alarms.clone(),
            landings,
            timeline: entries,
            line: IncidentLine {
                notes: count(notes.len()),
                alarms: count(incident.alarms.len()),
                id: incident.id,
                name: incident.name,
                resource: incident.resource,
                at: incident.at,
                taken_at: incident.taken_at,
                is_final: incident.is_final,
            },
            notes,
        })
    }

    /// When the values of an alarm went over its limit.
    fn onset_of(&self, landing: &Landing) -> Result<Option<Onset>, ViewError> {
        let Limit::Threshold { value, side } = landing.limit else { return Ok(None) };
        let Some(view) = self.metric_of(landing)? else { return Ok(None) };
        let start = |bucket| view.axis.start_of(bucket);
        let at = onset(&view.values, start, (value, side), landing.at);
        Ok(at.map(|at| Onset { series: rule_of(landing), at }))
    }

    /// When the load of the instance went over its vCPUs.
    async fn load_onset(
        &self,
        instance: Option<&ResourceId>,
        window: Window,
        at: Timestamp,
    ) -> Result<Option<Onset>, ViewError> {
        let Some(instance) = instance else { return Ok(None) };
        let Panel::Data(view) = self.load(&self.query(instance, window, Dimension::Wait), self.now).await? else {
            return Ok(None);
        };
        let Some(vcpus) = view.vcpu.vcpus() else { return Ok(None) };
        let start = |bucket| view.axis.start_of(bucket);
        let since = onset(&view.total, start, (vcpus, incidents::Side::Above), at.plus_secs(SHORTEST_SECS));
        let series = self.say().with(m::LOAD_OVER_VCPU, &[("vcpu", &view::number::trimmed(vcpus))]);
        Ok(since.map(|at| Onset { series, at }))
    }

    pub(super) fn query(&self, instance: &ResourceId, window: Window, slice: Dimension) -> DbLoadQuery {
        let filters: Vec<Filter> = Vec::new();
        let range = TimeRange::fixed(window.aligned(60));
        let compare = units::Compare::Yesterday;
        DbLoadQuery { range, slice, filters, compare, zone: self.zone(), ..DbLoadQuery::new(instance.clone()) }
    }

    /// Of the database, else of the app.
    pub(super) async fn verdict_of(&self, read: &Read, app: Option<&AppView>) -> Result<Option<Verdict>, ViewError> {
        let Some(instance) = &read.instance else { return Ok(app.map(|view| view.verdict.clone())) };
        let query = self.query(instance, read.window, Dimension::Wait);
        Ok(Some(self.judge(&query, self.now).await?.verdict))
    }

    /// The app over the window; `None` when there is no app, or nothing of it is known.
    pub(super) async fn app_view(&self, read: &Read) -> Result<Option<AppView>, ViewError> {
        let Some(app) = &read.app else { return Ok(None) };
        let range = TimeRange::fixed(read.window);
        let query = AppQuery { range, zone: self.zone(), ..AppQuery::new(app.clone()) };
        Ok(match self.app(&query, self.now).await? {
            Panel::Data(view) => Some(view),
            _ => None,
        })
    }

    /// Against the hour before what moved first, and against the same time yesterday.
    pub(super) async fn changed(&self, read: &Read) -> Result<Vec<Changed>, ViewError> {
        let Some(instance) = &read.instance else { return Ok(Vec::new()) };
        let core = read.core;
        let before = [Window::new(core.from.plus_secs(-3600), core.from), core.shifted(-86_400)];
        let mut changed = Vec::new();
        for (place, window) in before.into_iter().enumerate() {
            let query = CompareQuery { before: (instance.clone(), window), after: (instance.clone(), core) };
            let view = ranking::fetch_compare(&self.reader, &query, self.now).await;
            let view = view.map_err(|error| self.mapped(error))?;
            changed.push(Changed { is_hour_before: place == 0, view });
        }
        Ok(changed)
    }

    /// A time as the reader's clock has it.
    pub(super) fn clock(&self, at: Timestamp) -> String {
        let axis = self.reader.axis(Window::new(at, at.plus_secs(60)), units::Period::MINUTE, &self.zone());
        axis.local(at).seconds()
    }

    pub(super) fn worded(&self, entries: &[TimelineEntry]) -> Vec<TimelineRow> {
        let say = self.say();
        let row = |entry: &TimelineEntry| TimelineRow {
            at: entry.at,
            text: entry_words(&entry.kind, say),
            is_first_mover: entry.is_first_mover,
            is_critical: match &entry.kind {
                EntryKind::Onset(_) => true,
                EntryKind::Alarm { to, .. } => to.name() == "ALARM",
                _ => false,
            },
        };
        entries.iter().map(row).collect()
    }

    /// The summary to paste into a chat.
    pub(super) fn summary(&self, read: &Read, verdict: Option<&Verdict>) -> String {
        let say = self.say();
        let zone = self.zone();
        let at = format!("{} {}", self.clock(read.line.at), zone.name());
        let values = [("name", read.line.name.as_str()), ("resource", &read.line.resource), ("time", &at)];
        let link = format!("{}{}", self.public_url, paths::incident(&read.line.id));
        let rows = self.worded(&read.timeline);
        chat_summary(&ChatSummary {
            headline: say.with(m::SUMMARY_HEADLINE, &values),
            verdict: verdict.map(|verdict| sentences(verdict, say)).unwrap_or_default(),
            timeline: rows.into_iter().map(|row| (self.clock(row.at), row.text)).collect(),
            link: Some((say.text(m::OPEN_INCIDENT).to_owned(), link)),
        })
    }
}

fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

fn entry_words(kind: &EntryKind, say: Say) -> String {
    match kind {
        EntryKind::Onset(series) => say.with(m::ENTRY_ONSET, &[("series", series)]),
        EntryKind::Alarm { name, to } => {
            let message = match to.name() {
                "ALARM" => m::ENTRY_ALARM,
                "OK" => m::ENTRY_OK,
                _ => m::ENTRY_NO_DATA,
            };
            say.with(message, &[("name", name)])
        }
        EntryKind::Deploy(label) => say.with(m::ENTRY_DEPLOY, &[("label", label)]),
        EntryKind::RdsEvent(label) => say.with(m::ENTRY_EVENT, &[("label", label)]),
        EntryKind::Note(text) => say.with(m::ENTRY_NOTE, &[("text", text)]),
    }
}

/// The clauses of a verdict as sentences.
pub(super) fn sentences(verdict: &Verdict, say: Say) -> Vec<String> {
    let sentence = |clause: &Clause| {
        let values: Vec<(&str, &str)> =
            clause.values.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        m::rule(&clause.rule).map_or_else(|| clause.evidence.join("; "), |message| say.with(message, &values))
    };
    if verdict.clauses.is_empty() {
        return vec![say.with(m::NO_FINDING, &[])];
    }
    verdict.clauses.iter().map(sentence).collect()
}
