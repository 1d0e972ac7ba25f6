//! Incidents: an alarm that goes off gets a snapshot, at once and again when its window is over.
//!
//! What went off is read from the archive, so that it does not matter whether a message or a poll
//! told of it, and a restart goes on with what was not finished.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use collect::Lane;
use incidents::snapshot::{Snapshot, TakeRequest};
use incidents::{AlarmRef, Landing, Question};
use samples::{AlarmStatus, Grouping, Incident, MetricName, Wanted};
use units::{Dimension, Engine, Period, ResourceId, Timestamp, Window};

use super::health::Fault;
use super::{Inner, demand, rounds};

/// How often it is looked for alarms that went off, when nothing wakes us.
const LOOK: Duration = Duration::from_secs(15);
/// An alarm that went off longer ago gets no incident any more.
const FRESH_SECS: i64 = 3600;
/// Alarms of one resource that go off within this time are one incident.
const TOGETHER_SECS: i64 = 900;
/// Minutes are final this long after their end.
const SETTLED_SECS: i64 = 240;
/// An incident whose window could not be completed for so long stays as it is.
const GIVE_UP_SECS: i64 = 2 * 86_400;
/// One-second load before and after the moment: what one request may hold.
const SECONDS: (i64, i64) = (600, 300);
/// Statements whose full text is asked for.
const FULL_TEXTS: usize = 10;
/// Incidents of one hour that get one-second load and full texts; beyond, a storm costs no calls.
const MOST_WITH_SECONDS: usize = 12;
/// Databases behind the apps of one incident.
const MOST_DATABASES: usize = 2;
/// Incidents looked at in one round.
const MOST_OPEN: u32 = 200;

/// What one-second load is taken of; the second is what *Top SQL* and the blocked sessions read.
const GROUPS: [Dimension; 6] =
    [Dimension::WaitType, Dimension::Wait, Dimension::Sql, Dimension::User, Dimension::Host, Dimension::Application];

/// Looks for alarms that went off until stopped.
pub(super) async fn watch(inner: Arc<Inner>) {
    loop {
        if let Err(fault) = round(&inner).await {
            tracing::warn!(%fault, "incidents could not be kept");
        }
        tokio::select! {
            () = tokio::time::sleep(LOOK) => {}
            () = inner.alarm_told.notified() => {}
            () = inner.stop.cancelled() => return,
        }
    }
}

async fn round(inner: &Arc<Inner>) -> Result<(), Fault> {
    let now = inner.now();
    let open = inner.with_archive(move |archive| open_incidents(archive, now)).await?;
    let lately = open.iter().filter(|one| one.at >= now.plus_secs(-FRESH_SECS)).count();
    for incident in open {
        let is_over = now >= incident.window.to.plus_secs(SETTLED_SECS);
        if incident.taken_at.is_none() || is_over {
            take(inner, incident, is_over, lately <= MOST_WITH_SECONDS).await?;
        }
    }
    Ok(())
}

/// Makes incidents of what went off lately; gives those that are not finished.
fn open_incidents(archive: &archive::Archive, now: Timestamp) -> archive::Result<Vec<Incident>> {
    let recent = Window::new(now.plus_secs(-GIVE_UP_SECS), now.plus_secs(60));
    let mut known = archive.incidents(recent, MOST_OPEN)?;
    let went_off = archive.all_alarm_events(Window::new(now.plus_secs(-FRESH_SECS), now.plus_secs(60)))?;
    for event in went_off.iter().filter(|event| event.to == AlarmStatus::Alarm && incidents::is_own_change(event)) {
        let holds = |one: &Incident| one.alarms.contains(&event.arn) && one.window.contains(event.at);
        if known.iter().any(holds) {
            continue;
        }
        let question = Question { alarm: AlarmRef::parse(&event.arn), at: Some(event.at), now };
        let landing = incidents::resolve_in(archive, &question)?;
        let resource = landing.target.name().unwrap_or_else(|| landing.name.clone());
        let joins =
            |one: &&mut Incident| one.resource == resource && (event.at.0 - one.at.0).abs() <= TOGETHER_SECS * 1000;
        let incident = match known.iter_mut().find(joins) {
            Some(incident) => {
                incident.alarms.push(event.arn.clone());
                incident.clone()
            }
            None => {
                known.push(new_incident(&event.arn, resource, &landing, event.at));
                known[known.len() - 1].clone()
            }
        };
        tracing::info!(incident.id = %incident.id, alarm.arn = %event.arn, "an alarm went off");
        archive.put_incident(&incident)?;
    }
    known.retain(|one| !one.is_final);
    Ok(known)
}

fn new_incident(arn: &str, resource: String, landing: &Landing, at: Timestamp) -> Incident {
    let digits = xxhash_rust::xxh3::xxh3_64(resource.as_bytes()) & 0xffff_ffff;
    Incident {
        id: format!("{}-{digits:08x}", at.secs()),
        alarms: vec![arn.to_owned()],
        name: landing.name.clone(),
        resource,
        instance: landing.target.instance().cloned(),
        at,
        window: landing.window,
        taken_at: None,
        is_final: false,
    }
}

/// Collects what is not archived yet and keeps the snapshot.
async fn take(inner: &Arc<Inner>, incident: Incident, is_over: bool, with_seconds: bool) -> Result<(), Fault> {
    for arn in &incident.alarms {
        let window = Window::new(incident.window.from, incident.window.to.min(inner.now()));
        if let Err(refusal) = rounds::read_alarm_series(inner, arn, window, Lane::Background).await {
            tracing::debug!(%refusal, alarm.arn = %arn, "the values of an alarm are not to be had");
        }
    }
    let of = incident.clone();
    let subject = inner.with_archive(move |archive| Subject::of(archive, &of)).await?;
    for id in subject.databases.iter().filter(|_| with_seconds) {
        collect_seconds(inner, id, incident.at).await;
        collect_texts(inner, id, incident.window).await?;
        collect_causes(inner, id, incident.at, incident.window).await?;
    }
    collect_tiers(inner, &subject.apps, incident.window).await;
    let now = inner.now();
    let kept = Incident { taken_at: Some(now), is_final: is_over, ..incident };
    let done = kept.clone();
    inner
        .with_archive(move |archive| {
            let mut snapshot = Snapshot::take(archive, &request_of(archive, &kept, subject, now)?)?;
            snapshot.notes = archive.notes(&kept.id)?;
            match snapshot.to_bytes() {
                Ok(bytes) => archive.put_snapshot(&kept.id, &bytes)?,
                Err(error) => tracing::error!(%error, incident.id = %kept.id, "a snapshot cannot be written"),
            }
            // Alarms may have joined while it was taken.
            let joined = archive.incident(&kept.id)?.map(|one| one.alarms).unwrap_or_default();
            archive.put_incident(&Incident { alarms: joined, ..kept })
        })
        .await?;
    tracing::info!(incident.id = %done.id, is_final = done.is_final, "a snapshot was taken");
    Ok(())
}

/// One-second load around the moment, as a page would ask for it.
async fn collect_seconds(inner: &Arc<Inner>, id: &ResourceId, at: Timestamp) {
    let window = Window::new(at.plus_secs(-SECONDS.0), at.plus_secs(SECONDS.1));
    let ask = |group| {
        let wanted =
            Wanted::Load { instance: id.clone(), grouping: Grouping::by(group), window, period: Period::SECOND };
        demand::serve(inner, wanted)
    };
    for outcome in futures::future::join_all(GROUPS.map(ask)).await {
        if let Err(refusal) = outcome {
            tracing::debug!(%refusal, db.resource_id = %id, "one-second load of an incident is not to be had");
        }
    }
}

/// Full texts of the statements that cause most load in the window.
async fn collect_texts(inner: &Arc<Inner>, id: &ResourceId, window: Window) -> Result<(), Fault> {
    let of = id.clone();
    let cut = inner
        .with_archive(move |archive| {
            let load = archive.load(&of, &Grouping::by(Dimension::Sql), window, Period::MINUTE)?;
            let ids: Vec<String> = load.series.into_iter().map(|row| row.key).take(FULL_TEXTS * 2).collect();
            let known = archive.statements(&ids)?;
            let is_cut = |id: &String| known.get(id).is_some_and(|statement| statement.truncated);
            Ok(ids.into_iter().filter(is_cut).take(FULL_TEXTS).collect::<Vec<_>>())
        })
        .await?;
    for pi_id in cut {
        if let Err(refusal) = demand::serve(inner, Wanted::StatementText { instance: id.clone(), pi_id }).await {
            tracing::debug!(%refusal, "a full text is not to be had");
        }
    }
    Ok(())
}

/// The fullest picture of who waited for whom, and what the plans of that time are.
async fn collect_causes(inner: &Arc<Inner>, id: &ResourceId, at: Timestamp, window: Window) -> Result<(), Fault> {
    let of = id.clone();
    let plans = inner
        .with_archive(move |archive| {
            let load = archive.load(&of, &Grouping::by(Dimension::Plan), window, Period::MINUTE)?;
            let mut ids: Vec<String> = load.series.into_iter().map(|row| row.key).take(FULL_TEXTS * 2).collect();
            let known = archive.plans(&of, &ids)?;
            ids.retain(|id| !known.contains_key(id));
            ids.sort();
            Ok(ids)
        })
        .await?;
    let around = Window::new(at.plus_secs(-150), at.plus_secs(150));
    let mut wanted = vec![Wanted::LockSnapshot { instance: id.clone(), window: around, worst: true }];
    if !plans.is_empty() {
        wanted.push(Wanted::Plans { instance: id.clone(), ids: plans });
    }
    for wanted in wanted {
        if let Err(refusal) = demand::serve(inner, wanted).await {
            tracing::debug!(%refusal, db.resource_id = %id, "what was in the way is not to be had");
        }
    }
    Ok(())
}

/// The tiers of apps over a window, up to now.
async fn collect_tiers(inner: &Arc<Inner>, apps: &[String], window: Window) {
    let window = Window::new(window.from, window.to.min(inner.now()));
    for app in apps {
        if let Err(refusal) = demand::serve(inner, Wanted::Tiers { app: app.clone(), window }).await {
            tracing::debug!(%refusal, %app, "the tiers of an incident are not to be had");
        }
    }
}

/// What an incident is about.
struct Subject {
    /// Keys of apps.
    apps: Vec<String>,
    /// Its database, else those behind its apps.
    databases: Vec<ResourceId>,
}

impl Subject {
    fn of(archive: &archive::Archive, incident: &Incident) -> archive::Result<Self> {
        let topology = archive.topology()?;
        let mut apps = BTreeSet::new();
        for arn in &incident.alarms {
            let question = Question { alarm: AlarmRef::parse(arn), at: Some(incident.at), now: incident.at };
            let landing = incidents::resolve_in(archive, &question)?;
            apps.extend(incidents::apps_of(&topology, std::iter::once(&landing.target).chain(&landing.also)));
        }
        let apps: Vec<String> = apps.into_iter().collect();
        if let Some(instance) = &incident.instance {
            return Ok(Self { apps, databases: vec![instance.clone()] });
        }
        let instances = archive.instances()?;
        let behind = topology.of_apps(&apps).resources.into_iter().map(|resource| resource.id);
        let known = behind.filter(|id| instances.iter().any(|instance| instance.id == *id));
        Ok(Self { databases: known.take(MOST_DATABASES).collect(), apps })
    }
}

fn request_of(
    archive: &archive::Archive,
    incident: &Incident,
    subject: Subject,
    now: Timestamp,
) -> archive::Result<TakeRequest> {
    let Subject { apps, databases } = subject;
    let engines: BTreeSet<Engine> = archive
        .instances()?
        .into_iter()
        .filter(|instance| databases.contains(&instance.id))
        .map(|instance| instance.engine)
        .collect();
    let metrics: BTreeSet<MetricName> =
        engines.into_iter().flat_map(ranking::shown_for).map(|shown| shown.metric).collect();
    Ok(TakeRequest {
        taken_at: now,
        release: env!("CARGO_PKG_VERSION").to_owned(),
        at: incident.at,
        window: incident.window,
        compare: incidents::compared(incident.window).to_vec(),
        instances: databases,
        alarm_arn: incident.alarms.first().cloned(),
        metrics: metrics.into_iter().collect(),
        apps,
    })
}
