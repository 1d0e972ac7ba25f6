//! The tasks: inventory, a poller an instance, CloudWatch, alarms, and keeping house.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::Duration;

use collect::{Lane, MetricRow};
use samples::{AlarmState, ApiCalls, Instance, MetricRef, PiState, Refusal, SourceKind, catalogue};
use units::{ResourceId, Timestamp, Window};

use super::backfill::Backfill;
use super::health::Fault;
use super::supervise::{pause, spawn};
use super::{Inner, Watched, incidents, poll, tiers};

/// Longest wait after failures in a row.
const MAX_BACKOFF_SECS: u64 = 900;
const MINUTE: Duration = Duration::from_secs(60);
/// A minute is asked for this long after its end while somebody looks.
const ARRIVAL_SECS: i64 = 5;
/// Wait after a failure of our own disk or credentials: nothing is sent, so it costs nobody.
const OUR_RETRY: Duration = Duration::from_secs(30);
/// How long a new instance counts as looked at.
pub(super) const STARTED_FOR_SECS: i64 = 600;
/// How soon an inventory is read again when an instance is being made, started or changed, or there is none.
const INVENTORY_SOON: Duration = Duration::from_secs(30);
/// First wait when the inventory cannot be read.
const INVENTORY_RETRY: Duration = Duration::from_secs(5);
/// How often calls are written down and spans are looked at for sealing.
const HOUSEKEEPING: Duration = Duration::from_secs(15);
/// How often old data is dropped.
const EXPIRE_EVERY_SECS: i64 = 3600;
/// CloudWatch window read each time: late points arrive within minutes.
const COUNTERS_WINDOW_SECS: i64 = 900;
/// CloudWatch window read at first sight of an instance: a day of one-minute points is an answer
/// that comes within seconds.
const COUNTERS_FIRST_SECS: i64 = 86_400;
/// How often it is looked which instances are due, once there are any and before.
const COUNTERS_LOOK: Duration = Duration::from_secs(10);
const COUNTERS_FIRST_LOOK: Duration = Duration::from_secs(1);
/// Instances of one `GetMetricData` round.
const COUNTER_INSTANCES: usize = 40;
/// History of alarms and events read each time.
const EVENTS_WINDOW_SECS: i64 = 3600;
/// CloudWatch keeps this much history of alarms.
const ALARM_HISTORY_SECS: i64 = 30 * 86_400;
/// Around an alarm's time, what history is read.
const AROUND_SECS: i64 = 86_400;

/// When an instance's CloudWatch metrics were read.
#[derive(Clone, Debug, Default)]
pub(super) struct CountersTurn {
    /// Last attempt.
    tried: Timestamp,
    /// Last success.
    done: Option<Timestamp>,
    /// What kept the last attempt from being one.
    fault: Option<Fault>,
}

/// A task that runs for ever on what all share.
type Round = fn(Arc<Inner>) -> futures::future::BoxFuture<'static, ()>;

/// Starts every task.
pub(super) fn start(inner: &Arc<Inner>) {
    let loops: [(&'static str, Round); 7] = [
        ("inventory", |inner| Box::pin(inventory(inner))),
        ("cloudwatch", |inner| Box::pin(counters(inner))),
        ("tiers", |inner| Box::pin(tiers::discovery(inner))),
        ("metrics of tiers", |inner| Box::pin(tiers::metrics(inner))),
        ("alarms", |inner| Box::pin(alarms(inner))),
        ("incidents", |inner| Box::pin(incidents::watch(inner))),
        ("housekeeping", |inner| Box::pin(housekeeping(inner))),
    ];
    for (name, run) in loops {
        let task_inner = Arc::clone(inner);
        spawn(inner, name, inner.stop.clone(), move || run(Arc::clone(&task_inner)));
    }
}

async fn inventory(inner: Arc<Inner>) {
    let mut failures = 0_u32;
    loop {
        let wait = match read_inventory(&inner).await {
            Ok(is_settled) => {
                failures = 0;
                let usual = Duration::from_secs(u64::from(inner.config.inventory_secs));
                if is_settled { usual } else { usual.min(INVENTORY_SOON) }
            }
            Err(_) => {
                failures += 1;
                backoff(INVENTORY_RETRY, failures)
            }
        };
        if !pause(&inner.stop, wait).await {
            return;
        }
    }
}

fn backoff(first: Duration, failures: u32) -> Duration {
    let factor = 1_u32 << failures.saturating_sub(1).min(10);
    (first * factor).min(Duration::from_secs(MAX_BACKOFF_SECS))
}

/// How old an inventory may be for a reader who wants a new one.
const INVENTORY_FRESH_SECS: i64 = 5;

/// The latest reading of the inventory.
#[derive(Clone, Copy)]
pub(super) struct InventoryRead {
    at: Timestamp,
    /// All is as it will stay: there are instances, and every one is available.
    is_settled: bool,
}

/// Reads which instances there are; starts and stops pollers. Tells whether all is as it will stay.
pub(super) async fn read_inventory(inner: &Arc<Inner>) -> Result<bool, Fault> {
    let mut turn = inner.inventory_turn.lock().await;
    let now = inner.now();
    if let Some(read) = turn.filter(|read| now.0 - read.at.0 < INVENTORY_FRESH_SECS * 1000) {
        return Ok(read.is_settled);
    }
    let outcome = inner.collector.list_instances(now).await.map_err(|error| Fault::aws(&error, now));
    let found = match outcome {
        Ok(found) => found,
        Err(fault) => {
            inner.board.failed(SourceKind::Inventory, None, now, &fault);
            resume_known(inner).await;
            return Err(fault);
        }
    };
    let known = inner.with_archive(archive::Archive::instances).await?;
    let here: BTreeSet<&ResourceId> = found.iter().map(|instance| &instance.id).collect();
    let regions = inner.collector.regions();
    let gone =
        known.iter().filter(|old| !here.contains(&old.id) && old.status != "deleted" && regions.contains(&old.region));
    let mut stored: Vec<Instance> = gone.map(|old| Instance { status: "deleted".to_owned(), ..old.clone() }).collect();
    for old in &stored {
        stop_poller(inner, &old.id);
    }
    stored.extend(found.iter().cloned());
    inner.with_archive(move |archive| archive.put_instances(&stored)).await?;
    // The archive knows measured vCPUs that RDS does not tell.
    let merged = inner.with_archive(archive::Archive::instances).await?;
    let merged: BTreeMap<ResourceId, Instance> = merged.into_iter().map(|one| (one.id.clone(), one)).collect();
    for instance in &found {
        start_poller(inner, merged.get(&instance.id).unwrap_or(instance).clone());
    }
    let is_settled = !found.is_empty() && found.iter().all(|instance| instance.status == "available");
    *turn = Some(InventoryRead { at: now, is_settled });
    let was_tried = |one: &Instance| inner.board.was_tried(SourceKind::PerformanceInsights, &one.id);
    inner.board.inventory_read(found.iter().all(was_tried));
    inner.board.succeeded(SourceKind::Inventory, None, now, Some(now));
    drop(turn);
    read_events(inner, &found, now).await;
    Ok(is_settled)
}

/// Without an inventory, instances known from before are collected all the same.
async fn resume_known(inner: &Arc<Inner>) {
    let known = inner.with_archive(archive::Archive::instances).await.unwrap_or_default();
    let regions = inner.collector.regions();
    let alive = known.into_iter().filter(|one| one.status != "deleted" && regions.contains(&one.region));
    let mut any = false;
    for instance in alive {
        any = true;
        start_poller(inner, instance);
    }
    if !any {
        inner.board.first_poll_tried();
    }
}

async fn read_events(inner: &Inner, instances: &[Instance], now: Timestamp) {
    let window = Window::new(now.plus_secs(-EVENTS_WINDOW_SECS), now);
    match inner.collector.list_events(window, instances).await {
        Ok(markers) => {
            if let Err(fault) = inner.with_archive(move |archive| archive.put_markers(&markers)).await {
                inner.board.failed(SourceKind::Archive, None, now, &fault);
            }
        }
        Err(error) => tracing::debug!(%error, "RDS events were not read"),
    }
}

fn start_poller(inner: &Arc<Inner>, instance: Instance) {
    let mut instances = inner.instances.write().unwrap_or_else(PoisonError::into_inner);
    if let Some(watched) = instances.get(&instance.id) {
        *watched.facts.write().unwrap_or_else(PoisonError::into_inner) = instance;
        return;
    }
    let watched = Arc::new(Watched {
        facts: RwLock::new(instance.clone()),
        turn: tokio::sync::Mutex::default(),
        // Whoever has just started the program, or an instance, is looking.
        watched_until: Mutex::new(inner.now().plus_secs(STARTED_FOR_SECS)),
        wake: tokio::sync::Notify::new(),
        stop: inner.stop.child_token(),
    });
    instances.insert(instance.id, Arc::clone(&watched));
    drop(instances);
    let stop = watched.stop.clone();
    let task_inner = Arc::clone(inner);
    spawn(inner, "poller", stop, move || poller(Arc::clone(&task_inner), Arc::clone(&watched)));
}

fn stop_poller(inner: &Inner, id: &ResourceId) {
    let gone = inner.instances.write().unwrap_or_else(PoisonError::into_inner).remove(id);
    if let Some(watched) = gone {
        watched.stop.cancel();
        inner.board.forget(id);
    }
}

/// One instance: poll, fill the past until the next poll is due, again.
async fn poller(inner: Arc<Inner>, watched: Arc<Watched>) {
    let mut backfill = Backfill::default();
    loop {
        let started = tokio::time::Instant::now();
        let outcome = {
            let _seat = inner.gate.enter().await;
            poll::bring_up_to_date(&inner, &watched, Lane::Background).await
        };
        note_first_poll(&inner);
        if outcome.is_ok() && take_hole(&watched).await {
            backfill.look_again();
        }
        loop {
            let due = next_due(&inner, &watched, started).await;
            if outcome.is_ok() && !backfill.is_done() && tokio::time::Instant::now() < due {
                if fill_a_little(&inner, &watched, &mut backfill).await {
                    continue;
                }
                backfill.look_again();
            }
            tokio::select! {
                () = tokio::time::sleep_until(due) => break,
                // Somebody looks now: the next poll may be nearer.
                () = watched.wake.notified() => {}
                () = watched.stop.cancelled() => return,
            }
        }
    }
}

async fn take_hole(watched: &Watched) -> bool {
    std::mem::take(&mut watched.turn.lock().await.has_hole)
}

/// One step of the back-fill. `false` after a failure, or where there is nothing to ask: the next
/// poll comes first then.
async fn fill_a_little(inner: &Inner, watched: &Watched, backfill: &mut Backfill) -> bool {
    if watched.facts().pi != PiState::On {
        return false;
    }
    let _seat = inner.gate.enter().await;
    let done = if backfill.has_looked() {
        backfill.step(inner, watched).await.map(|_| ())
    } else {
        backfill.look(inner, watched).await
    };
    match done {
        Ok(()) => true,
        Err(fault) => {
            inner.board.failed(SourceKind::PerformanceInsights, Some(&watched.facts().id), inner.now(), &fault);
            false
        }
    }
}

/// When the next poll is due, given when the last one started.
async fn next_due(inner: &Inner, watched: &Watched, started: tokio::time::Instant) -> tokio::time::Instant {
    let state = watched.turn.lock().await;
    let config = &inner.config;
    let now = inner.now();
    let is_watched = watched.is_watched(now);
    let base = if is_watched {
        config.watched_poll_secs
    } else if watched.facts().pi != PiState::On || (!state.saw_load && state.polled_to.is_some()) {
        config.idle_poll_secs
    } else {
        config.poll_secs
    };
    let base = Duration::from_secs(u64::from(base.max(1)));
    match state.failures {
        0 if is_watched && base <= MINUTE => started + base.min(to_next_minute(now, started.elapsed())),
        0 => started + base,
        _ if state.is_ours => started + base.min(OUR_RETRY),
        failures => started + backoff(base, failures).max(base),
    }
}

/// From the start of a poll, `ago` before `now`, to the moment the minute it fell in has arrived.
fn to_next_minute(now: Timestamp, ago: Duration) -> Duration {
    let started = now.plus_ms(-i64::try_from(ago.as_millis()).unwrap_or(0));
    let arrived = started.plus_secs(1 - ARRIVAL_SECS).ceil_to(60).plus_secs(ARRIVAL_SECS);
    Duration::from_millis(u64::try_from(arrived.0 - started.0).unwrap_or(0))
}

fn note_first_poll(inner: &Inner) {
    let all = inner.all_watched();
    let tried = |one: &Arc<Watched>| inner.board.was_tried(SourceKind::PerformanceInsights, &one.facts().id);
    if all.iter().all(tried) {
        inner.board.first_poll_tried();
    }
}

async fn counters(inner: Arc<Inner>) {
    loop {
        let now = inner.now();
        let due = {
            let turns = inner.counters_turn.lock().unwrap_or_else(PoisonError::into_inner).clone();
            let is_due = |one: &Arc<Watched>| {
                let secs = if one.is_watched(now) { inner.config.watched_poll_secs } else { inner.config.poll_secs };
                turns.get(&one.facts().id).is_none_or(|turn| now.0 - turn.tried.0 >= i64::from(secs) * 1000)
            };
            inner.all_watched().into_iter().filter(is_due).collect::<Vec<_>>()
        };
        for some in due.chunks(COUNTER_INSTANCES) {
            let _seat = inner.gate.enter().await;
            if let Err(fault) = read_counters(&inner, some, Lane::Background).await {
                tracing::debug!(%fault, "some CloudWatch metrics were not read");
            }
        }
        let wait = if inner.all_watched().is_empty() { COUNTERS_FIRST_LOOK } else { COUNTERS_LOOK };
        if !pause(&inner.stop, wait).await {
            return;
        }
    }
}

/// Reads the RDS metrics of some instances. An instance tried less than a period ago is left out with
/// what came of it: nothing new can have come, and each metric costs.
pub(super) async fn read_counters(inner: &Inner, some: &[Arc<Watched>], lane: Lane) -> Result<(), Fault> {
    let now = inner.now();
    let Some(tier) = rds() else { return Ok(()) };
    let floor_ms = i64::from(tier.period_floor_secs) * 1000;
    // Instances that need the same window share a call; first readings are large and stand alone.
    let mut by_window: BTreeMap<(String, i64, Option<ResourceId>), Vec<Instance>> = BTreeMap::new();
    let mut outcome = Ok(());
    {
        let mut turns = inner.counters_turn.lock().unwrap_or_else(PoisonError::into_inner);
        for watched in some {
            let facts = watched.facts();
            let turn = turns.entry(facts.id.clone()).or_default();
            if now.0 - turn.tried.0 < floor_ms * 9 / 10 {
                outcome = turn.fault.clone().map_or(outcome, Err);
                continue;
            }
            turn.tried = now;
            let back = turn.done.map_or(COUNTERS_FIRST_SECS, |at| (now.0 - at.0) / 1000 + COUNTERS_WINDOW_SECS);
            let alone = turn.done.is_none().then(|| facts.id.clone());
            by_window.entry((facts.region.clone(), back.min(COUNTERS_FIRST_SECS), alone)).or_default().push(facts);
        }
    }
    for ((region, back, _), instances) in by_window {
        let window = Window::new(now.plus_secs(-back).floor_to(3600), now.floor_to(60));
        let rows: Vec<MetricRow> = instances.iter().flat_map(|instance| rows_of(instance, tier)).collect();
        let kept = match inner.collector.fetch_metrics(&region, &rows, window, lane).await {
            Ok(batches) => {
                let batches = batches.into_iter().filter_map(|batch| poll::settled(batch, now)).collect::<Vec<_>>();
                inner.with_archive(move |archive| archive.append_all(&batches)).await
            }
            Err(error) => Err(Fault::aws(&error, now)),
        };
        {
            let mut turns = inner.counters_turn.lock().unwrap_or_else(PoisonError::into_inner);
            for instance in &instances {
                let turn = turns.entry(instance.id.clone()).or_default();
                turn.fault = kept.as_ref().err().cloned();
                turn.done = if kept.is_ok() { Some(now) } else { turn.done };
            }
        }
        match kept {
            Ok(()) => {
                inner.board.succeeded(SourceKind::CloudWatch, None, now, Some(window.to));
            }
            Err(fault) => {
                inner.board.failed(SourceKind::CloudWatch, None, now, &fault);
                outcome = Err(fault);
            }
        }
    }
    outcome
}

/// Reads the CloudWatch metrics of an instance for somebody who looks: the newest, and what is missing of
/// the window.
pub(super) async fn want_counters(inner: &Inner, watched: Arc<Watched>, window: Window) -> Result<(), Refusal> {
    let facts = watched.facts();
    super::demand::take_calls(inner, 1)?;
    read_counters(inner, &[watched], Lane::Interactive).await.map_err(|fault| fault.refusal())?;
    let Some(tier) = rds() else { return Ok(()) };
    super::tiers::fill(inner, &facts.region, rows_of(&facts, tier).collect(), window).await
}

/// The tier of the catalogue that describes database instances.
fn rds() -> Option<&'static samples::Tier> {
    catalogue().iter().find(|tier| tier.key == "rds")
}

fn rows_of<'a>(instance: &'a Instance, tier: &'a samples::Tier) -> impl Iterator<Item = MetricRow> + 'a {
    let applies = |metric: &&samples::TierMetric| {
        metric.engines.is_empty() || metric.engines.iter().any(|engine| engine == instance.engine.name())
    };
    tier.metrics.iter().filter(applies).map(|metric| MetricRow {
        resource: instance.id.clone(),
        series: metric.series(tier),
        metric: MetricRef {
            namespace: tier.namespace.clone(),
            name: metric.name.clone(),
            dimensions: tier.dimensions_of(std::slice::from_ref(&instance.name), metric),
            statistic: metric.statistic.clone(),
            period_secs: tier.period_floor_secs,
        },
    })
}

async fn alarms(inner: Arc<Inner>) {
    let mut from = inner.now().plus_secs(-ALARM_HISTORY_SECS);
    loop {
        let now = inner.now();
        match read_alarms(&inner, Window::new(from, now)).await {
            Ok(()) => {
                from = now.plus_secs(-EVENTS_WINDOW_SECS);
                inner.board.succeeded(SourceKind::Alarms, None, now, Some(now));
            }
            Err(fault) => inner.board.failed(SourceKind::Alarms, None, now, &fault),
        }
        if !pause(&inner.stop, Duration::from_secs(u64::from(inner.config.alarm_secs))).await {
            return;
        }
    }
}

async fn read_alarms(inner: &Inner, window: Window) -> Result<(), Fault> {
    let now = inner.now();
    let alarms = inner.collector.list_alarms(None, now, Lane::Background).await.map_err(|e| Fault::aws(&e, now))?;
    note_listing(inner, now).await?;
    if alarms.is_empty() {
        return Ok(());
    }
    let events = inner.collector.list_alarm_events(None, window, Lane::Background).await;
    let events = with_known_arns(events.map_err(|error| Fault::aws(&error, now))?, &alarms);
    inner
        .with_archive(move |archive| {
            archive.put_alarms(&alarms)?;
            archive.put_alarm_events(&events)
        })
        .await?;
    inner.alarm_told.notify_one();
    Ok(())
}

/// Remembers that all alarms of our account were listed just now.
async fn note_listing(inner: &Inner, now: Timestamp) -> Result<(), Fault> {
    // Without knowing whose alarms were listed nothing can be said to be gone.
    let Some(account) = account_of(inner).await else { return Ok(()) };
    let regions = inner.collector.regions();
    inner.with_archive(move |archive| ::incidents::note_listing(archive, &account, &regions, now)).await
}

/// The account we read, asked for once.
async fn account_of(inner: &Inner) -> Option<String> {
    let asked = inner.account.get_or_try_init(|| async { inner.collector.identify().await.map(|who| who.account) });
    asked.await.ok().cloned()
}

/// Reads the values an alarm decides by, by its own queries.
pub(super) async fn read_alarm_series(inner: &Inner, arn: &str, window: Window, lane: Lane) -> Result<(), Refusal> {
    let now = inner.now();
    let of_arn = arn.to_owned();
    let found =
        inner.with_archive(move |archive| Ok(archive.alarms()?.into_iter().find(|one| one.arn == of_arn))).await;
    let alarm = found.map_err(|fault| fault.refusal())?.ok_or_else(|| Refusal::Unknown(arn.to_owned()))?;
    let account = account_of(inner).await.unwrap_or_default();
    if arn.split(':').nth(4) != Some(account.as_str()) {
        return Err(Refusal::Unanswerable("the alarm is of an account that is not read here".to_owned()));
    }
    let series = inner.collector.fetch_alarm_series(&alarm, window, lane).await;
    let series = series.map_err(|error| Fault::aws(&error, now).refusal())?;
    let Some(series) = series else {
        return Err(Refusal::Unanswerable("CloudWatch does not tell the values of this alarm".to_owned()));
    };
    inner.with_archive(move |archive| archive.put_alarm_series(&[series])).await.map_err(|fault| fault.refusal())
}

/// History names alarms by name only; where the alarm is known, its own ARN is used.
fn with_known_arns(events: Vec<samples::AlarmEvent>, alarms: &[AlarmState]) -> Vec<samples::AlarmEvent> {
    let name_of = |arn: &str| arn.split_once(":alarm:").map(|(_, name)| name.to_owned());
    let region_of = |arn: &str| arn.split(':').nth(3).map(str::to_owned);
    let known = |arn: &str| {
        let (name, region) = (name_of(arn)?, region_of(arn)?);
        alarms.iter().find(|alarm| alarm.name == name && region_of(&alarm.arn).as_ref() == Some(&region))
    };
    let mut events = events;
    for event in &mut events {
        if let Some(alarm) = known(&event.arn) {
            event.arn.clone_from(&alarm.arn);
        }
    }
    events
}

/// Reads one alarm and its history around a time.
pub(super) async fn read_alarm(inner: &Inner, alarm: &str, at: Option<Timestamp>) -> Result<(), Refusal> {
    let now = inner.now();
    let name = alarm.split_once(":alarm:").map_or(alarm, |(_, name)| name).to_owned();
    let fail = |error: &collect::CollectError| Fault::aws(error, now).refusal();
    let found = inner.collector.list_alarms(Some(vec![name.clone()]), now, Lane::Interactive).await;
    let found = found.map_err(|error| fail(&error))?;
    let state = found.iter().find(|one| one.arn == alarm || one.name == name).cloned();
    let state = state.ok_or_else(|| Refusal::Unknown(alarm.to_owned()))?;
    let at = at.unwrap_or(now);
    let window = Window::new(at.plus_secs(-AROUND_SECS), at.plus_secs(AROUND_SECS).min(now));
    let events = inner.collector.list_alarm_events(Some(&state), window, Lane::Interactive).await;
    let events = events.map_err(|error| fail(&error))?;
    let kept = inner.with_archive(move |archive| {
        archive.put_alarms(&[state])?;
        archive.put_alarm_events(&events)
    });
    kept.await.map_err(|fault| fault.refusal())
}

async fn housekeeping(inner: Arc<Inner>) {
    let mut expired_at = Timestamp::default();
    loop {
        let now = inner.now();
        let flushed = flush_ledger(&inner).await;
        let sealed = inner.with_archive(move |archive| archive.seal(now)).await;
        let expired = if now.0 - expired_at.0 >= EXPIRE_EVERY_SECS * 1000 {
            expired_at = now;
            let retention = inner.config.retention;
            inner.with_archive(move |archive| archive.expire(now, retention)).await.map(|_| ())
        } else {
            Ok(())
        };
        match flushed.and(sealed.map(|_| ())).and(expired) {
            Ok(()) => inner.board.succeeded(SourceKind::Archive, None, now, Some(now)),
            Err(fault) => inner.board.failed(SourceKind::Archive, None, now, &fault),
        }
        if !pause(&inner.stop, HOUSEKEEPING).await {
            return;
        }
    }
}

/// Days since 1970-01-01 UTC.
pub(super) const fn day_of(at: Timestamp) -> i64 {
    at.secs().div_euclid(86_400)
}

/// Writes the counted calls down.
pub(super) async fn flush_ledger(inner: &Inner) -> Result<(), Fault> {
    let day = day_of(inner.now());
    let counted = inner.collector.ledger().take();
    if counted.is_empty() {
        return Ok(());
    }
    let calls: Vec<ApiCalls> = counted
        .into_iter()
        .map(|(api, tally)| ApiCalls { day, api, calls: tally.calls, billed_units: tally.billed_units })
        .collect();
    inner.with_archive(move |archive| archive.add_api_calls(&calls)).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_watched_instance_is_polled_when_its_minute_has_arrived() {
        let at = |secs: i64| Timestamp::from_secs(1_795_392_000 + secs);
        let wait = |started: i64, ago: u64| to_next_minute(at(started).plus_secs(ago as i64), Duration::from_secs(ago));
        assert_eq!(wait(5, 0), Duration::from_secs(60));
        assert_eq!(wait(5, 30), Duration::from_secs(60), "counted from the start of the poll");
        assert_eq!(wait(40, 0), Duration::from_secs(25));
        assert_eq!(wait(3, 0), Duration::from_secs(2));
        assert_eq!(wait(64, 0), Duration::from_secs(1));
    }

    #[test]
    fn failures_are_retried_less_and_less_often() {
        let base = Duration::from_secs(60);
        assert_eq!(backoff(base, 1), base);
        assert_eq!(backoff(base, 3), base * 4);
        assert_eq!(backoff(base, 30), Duration::from_secs(MAX_BACKOFF_SECS));
    }
}
