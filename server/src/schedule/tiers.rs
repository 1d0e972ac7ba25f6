//! Tiers: which there are, their metrics, and the health of their targets.
//!
//! A metric is never asked for more often than it is published; resources of an app that nobody
//! looks at are read less often, those without traffic least.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use collect::{Lane, MetricRow};
use samples::{Batch, MetricRef, Refusal, Signal, SourceKind, TierResource, Topology};
use units::{Period, ResourceId, Timestamp, Window};

use super::health::Fault;
use super::rounds::STARTED_FOR_SECS;
use super::supervise::pause;
use super::{Inner, WATCHED_FOR_SECS, poll};

/// How often it is looked which resources are due.
const LOOK: Duration = Duration::from_secs(2);
/// First wait when discovery failed.
const RETRY: Duration = Duration::from_secs(15);
/// How long discovery waits for the inventory of databases.
const INVENTORY_PATIENCE_SECS: i64 = 20;
/// Read at first sight of a resource.
const FIRST_SECS: i64 = 6 * 3_600;
/// Read again each time: a long invocation of a function counts in the minute in which it began.
const AGAIN_SECS: i64 = 900;
/// Daily metrics arrive a day late.
const DAILY_SECS: i64 = 4 * 86_400;
/// CloudWatch keeps minutes this long.
const MINUTES_KEPT_SECS: i64 = 15 * 86_400;
/// Resources of one round.
const RESOURCES: usize = 40;
/// A window this young is not complete anywhere.
const YOUNG_SECS: i64 = 600;
/// Most tiers have a minute this long after its end: readings fall in with that moment.
const ARRIVAL_SECS: i64 = 35;
/// A period may be over a little early by our clock.
const EARLY_MS: i64 = 5_000;

/// What the tasks of this module share.
#[derive(Default)]
pub(super) struct Tiers {
    topology: Mutex<Arc<Topology>>,
    /// Held while discovery runs.
    turn: tokio::sync::Mutex<()>,
    /// App → until when somebody looks at it.
    looked_at: Mutex<BTreeMap<String, Timestamp>>,
    /// Resource and period → when it was read.
    reads: Mutex<BTreeMap<(ResourceId, u32), Read>>,
    /// Target group → when its health was read.
    health: Mutex<BTreeMap<String, Timestamp>>,
    wake: tokio::sync::Notify,
}

#[derive(Clone, Copy, Debug, Default)]
struct Read {
    tried: Timestamp,
    done: Option<Timestamp>,
    is_idle: bool,
}

impl Read {
    /// Whether a period is over since the last attempt.
    fn is_over(&self, period: u32, now: Timestamp) -> bool {
        now.0 - self.tried.0 >= i64::from(period) * 1000 - EARLY_MS
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Tiers {
    fn topology(&self) -> Arc<Topology> {
        Arc::clone(&lock(&self.topology))
    }

    fn is_looked_at(&self, topology: &Topology, arn: &str, now: Timestamp) -> bool {
        let looked_at = lock(&self.looked_at);
        topology.apps_of(arn).any(|app| looked_at.get(&app.key).is_some_and(|until| *until > now))
    }

    /// Whoever has just started the program, or an app, is looking.
    fn begin(&self, topology: &Topology, now: Timestamp) {
        let mut looked_at = lock(&self.looked_at);
        for app in &topology.apps {
            looked_at.entry(app.key.clone()).or_insert_with(|| now.plus_secs(STARTED_FOR_SECS));
        }
    }

    fn any_looked_at(&self, now: Timestamp) -> bool {
        lock(&self.looked_at).values().any(|until| *until > now)
    }

    fn look(&self, app: &str, now: Timestamp) {
        let before = lock(&self.looked_at).insert(app.to_owned(), now.plus_secs(WATCHED_FOR_SECS));
        if before.is_none_or(|until| until <= now) {
            self.wake.notify_one();
        }
    }
}

/// Finds apps and tiers, again and again.
pub(super) async fn discovery(inner: Arc<Inner>) {
    let started = inner.now();
    let known = inner.with_archive(archive::Archive::topology).await.unwrap_or_default();
    *lock(&inner.tiers.topology) = Arc::new(known);
    // Databases are named by the inventory; without it they would be found only the next time.
    while inner.inventory_turn.lock().await.is_none() && inner.now().0 - started.0 < INVENTORY_PATIENCE_SECS * 1000 {
        if !pause(&inner.stop, Duration::from_millis(200)).await {
            return;
        }
    }
    loop {
        let wait = match discover(&inner).await {
            Ok(()) => {
                let secs = if inner.tiers.any_looked_at(inner.now()) {
                    inner.config.inventory_secs
                } else {
                    inner.config.discovery_secs
                };
                Duration::from_secs(u64::from(secs))
            }
            Err(_) => RETRY,
        };
        tokio::select! {
            () = tokio::time::sleep(wait) => {}
            // Somebody looks now.
            () = inner.tiers.wake.notified() => {}
            () = inner.stop.cancelled() => return,
        }
    }
}

async fn discover(inner: &Inner) -> Result<(), Fault> {
    let _turn = inner.tiers.turn.lock().await;
    let now = inner.now();
    let instances = inner.with_archive(archive::Archive::instances).await?;
    let known = inner.tiers.topology();
    let _seat = inner.gate.enter().await;
    let found = inner.collector.discover_tiers(&inner.config.apps, &instances, &known, now).await;
    let found = match found {
        Ok(found) => found,
        Err(error) => {
            let fault = Fault::aws(&error, now);
            inner.board.failed(SourceKind::Tiers, None, now, &fault);
            return Err(fault);
        }
    };
    let kept = inner
        .with_archive(move |archive| {
            archive.put_topology(&found)?;
            archive.topology()
        })
        .await?;
    inner.tiers.begin(&kept, now);
    *lock(&inner.tiers.topology) = Arc::new(kept);
    inner.board.succeeded(SourceKind::Tiers, None, now, Some(now));
    Ok(())
}

/// Reads the metrics and target health that are due.
pub(super) async fn metrics(inner: Arc<Inner>) {
    loop {
        let now = inner.now();
        let topology = inner.tiers.topology();
        let due: Vec<&TierResource> =
            topology.resources.iter().filter(|one| is_due(&inner, &topology, one, now)).collect();
        for some in due.chunks(RESOURCES) {
            let _seat = inner.gate.enter().await;
            if let Err(fault) = read(&inner, some, Lane::Background).await {
                tracing::debug!(%fault, "some metrics of tiers were not read");
            }
        }
        let groups: Vec<String> = {
            let health = lock(&inner.tiers.health);
            let is_due = |arn: &str| {
                health.get(arn).is_none_or(|at| now.0 - at.0 >= cadence_ms(&inner, &topology, arn, false, now))
            };
            let groups = topology.resources.iter().filter(|one| one.tier == "target_group" && is_due(&one.arn));
            groups.map(|one| one.arn.clone()).collect()
        };
        if let Err(fault) = read_health(&inner, &groups).await {
            tracing::debug!(%fault, "the health of some targets was not read");
        }
        if !pause(&inner.stop, LOOK).await {
            return;
        }
    }
}

/// Milliseconds between readings of a resource.
fn cadence_ms(inner: &Inner, topology: &Topology, arn: &str, is_idle: bool, now: Timestamp) -> i64 {
    let secs = if inner.tiers.is_looked_at(topology, arn, now) {
        inner.config.watched_poll_secs
    } else if is_idle {
        inner.config.idle_poll_secs
    } else {
        inner.config.poll_secs
    };
    i64::from(secs) * 1000
}

/// Whether a resource was not read less than a period ago.
fn is_readable(inner: &Inner, resource: &TierResource, now: Timestamp) -> bool {
    let reads = lock(&inner.tiers.reads);
    let mut tried = periods(resource).into_iter().map(|period| (period, reads.get(&(resource.id.clone(), period))));
    tried.any(|(period, read)| read.is_none_or(|read| read.is_over(period, now)))
}

fn is_due(inner: &Inner, topology: &Topology, resource: &TierResource, now: Timestamp) -> bool {
    let reads = lock(&inner.tiers.reads);
    periods(resource).into_iter().any(|period| match reads.get(&(resource.id.clone(), period)) {
        None => true,
        Some(read) => {
            let cadence = cadence_ms(inner, topology, &resource.arn, read.is_idle, now);
            now >= next_reading(read.tried, cadence.max(i64::from(period) * 1000))
        }
    })
}

/// When a resource is read again: a cadence after the last attempt, when a minute has just arrived.
fn next_reading(tried: Timestamp, cadence_ms: i64) -> Timestamp {
    tried.plus_ms(cadence_ms - EARLY_MS).plus_secs(-ARRIVAL_SECS).ceil_to(60).plus_secs(ARRIVAL_SECS)
}

/// Periods its metrics are published at.
fn periods(resource: &TierResource) -> BTreeSet<u32> {
    resource.asked_rows().iter().map(|(tier, row)| row.period_secs(tier)).collect()
}

/// The rows of a resource at one period, statistics of one metric together. Database instances have
/// a reader of their own.
fn rows(resource: &TierResource, period: u32) -> Vec<MetricRow> {
    let rows =
        resource.asked_rows().into_iter().filter(|(tier, row)| tier.key != "rds" && row.period_secs(tier) == period);
    let row = |(tier, row): (&'static samples::Tier, samples::TierMetric)| MetricRow {
        resource: resource.id.clone(),
        series: row.series(tier),
        metric: MetricRef {
            namespace: tier.namespace.clone(),
            dimensions: tier.dimensions_of(&resource.dimension_values, &row),
            name: row.name,
            statistic: row.statistic,
            period_secs: period,
        },
    };
    let mut rows: Vec<MetricRow> = rows.map(row).collect();
    rows.sort_by(|a, b| {
        let key =
            |row: &MetricRow| (row.metric.namespace.clone(), row.metric.name.clone(), row.metric.dimensions.clone());
        key(a).cmp(&key(b))
    });
    rows
}

/// Region the metrics of a resource are published in.
fn metrics_region(resource: &TierResource) -> String {
    let of_tier = resource.catalogue_tier().and_then(|tier| tier.region.clone());
    of_tier.unwrap_or_else(|| resource.region.clone())
}

/// Reads the newest metrics of some resources; what was read less than a period ago is left out.
async fn read(inner: &Inner, some: &[&TierResource], lane: Lane) -> Result<(), Fault> {
    let now = inner.now();
    let mut by_window: BTreeMap<(String, u32, i64), Vec<&TierResource>> = BTreeMap::new();
    {
        let mut reads = lock(&inner.tiers.reads);
        for resource in some {
            for period in periods(resource) {
                let read = reads.entry((resource.id.clone(), period)).or_default();
                if !read.is_over(period, now) {
                    continue;
                }
                read.tried = now;
                let longest = if i64::from(period) >= 86_400 { DAILY_SECS } else { FIRST_SECS };
                let back = match read.done {
                    _ if i64::from(period) >= 86_400 => DAILY_SECS,
                    None => longest,
                    Some(at) => ((now.0 - at.0) / 1000 + AGAIN_SECS).min(longest),
                };
                // Windows on whole hours, so that resources share calls; buckets begin where the window does.
                let from = now.plus_secs(-back).floor_to(period.max(3600));
                by_window.entry((metrics_region(resource), period, from.0)).or_default().push(resource);
            }
        }
    }
    let mut outcome = Ok(());
    for ((region, period, from), resources) in by_window {
        let window = Window::new(Timestamp(from), now.floor_to(60));
        let rows: Vec<MetricRow> = resources.iter().flat_map(|resource| rows(resource, period)).collect();
        let kept = fetch(inner, &region, rows, window, lane).await;
        match kept {
            Ok(batches) => {
                let busy = with_traffic(&resources, &batches, now);
                let mut reads = lock(&inner.tiers.reads);
                for resource in resources {
                    let read = reads.entry((resource.id.clone(), period)).or_default();
                    read.done = Some(now);
                    read.is_idle = !busy.contains(&resource.id);
                }
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

/// Reads rows and keeps what is final.
async fn fetch(
    inner: &Inner,
    region: &str,
    rows: Vec<MetricRow>,
    window: Window,
    lane: Lane,
) -> Result<Vec<Batch>, Fault> {
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let now = inner.now();
    let batches = inner.collector.fetch_metrics(region, &rows, window, lane).await;
    let batches = batches.map_err(|error| Fault::aws(&error, now))?;
    let batches: Vec<Batch> = batches.into_iter().filter_map(|batch| poll::settled(batch, now)).collect();
    let kept = batches.clone();
    inner.with_archive(move |archive| archive.append_all(&kept)).await?;
    Ok(batches)
}

/// Resources that something was asked of lately, and those whose traffic no metric tells.
fn with_traffic(resources: &[&TierResource], batches: &[Batch], now: Timestamp) -> BTreeSet<ResourceId> {
    let recent = now.plus_secs(-AGAIN_SECS);
    let is_traffic = |resource: &TierResource, series: &samples::MetricName| {
        resource.rows().iter().any(|(tier, row)| row.signal == Signal::Traffic && row.series(tier) == *series)
    };
    let is_busy = |resource: &&&TierResource| {
        let of_it = batches.iter().filter_map(|batch| match batch {
            Batch::Counter(counter) if counter.instance == resource.id && is_traffic(resource, &counter.metric) => {
                Some(counter)
            }
            _ => None,
        });
        let mut tells = false;
        for counter in of_it {
            tells = true;
            if counter.points.iter().any(|point| point.at >= recent && point.value > 0.0) {
                return true;
            }
        }
        !tells
    };
    resources.iter().filter(is_busy).map(|resource| resource.id.clone()).collect()
}

async fn read_health(inner: &Inner, groups: &[String]) -> Result<(), Fault> {
    let mut outcome = Ok(());
    for group in groups {
        let now = inner.now();
        lock(&inner.tiers.health).insert(group.clone(), now);
        match inner.collector.fetch_target_health(group, now).await {
            Ok(targets) => {
                let groups = [group.clone()];
                inner.with_archive(move |archive| archive.put_target_health(&groups, targets, now)).await?;
            }
            Err(error) => {
                let fault = Fault::aws(&error, now);
                inner.board.failed(SourceKind::Tiers, None, now, &fault);
                outcome = Err(fault);
            }
        }
    }
    outcome
}

/// Collects for somebody who looks at an app: the newest minutes, and what is missing of the window.
pub(super) async fn want(inner: &Arc<Inner>, app: &str, window: Window) -> Result<(), Refusal> {
    let now = inner.now();
    let topology = inner.tiers.topology();
    let Some(found) = topology.app(app) else { return Err(Refusal::Unknown(app.to_owned())) };
    inner.tiers.look(app, now);
    let members = topology.members(found);
    let due: Vec<&TierResource> = members.iter().copied().filter(|one| is_readable(inner, one, now)).collect();
    if !due.is_empty() {
        super::demand::take_calls(inner, 2)?;
        read(inner, &due, Lane::Interactive).await.map_err(|fault| fault.refusal())?;
    }
    let groups: Vec<String> =
        members.iter().filter(|one| one.tier == "target_group").map(|one| one.arn.clone()).collect();
    let is_old = |group: &&String| lock(&inner.tiers.health).get(*group).is_none_or(|at| now.0 - at.0 >= 30_000);
    let groups: Vec<String> = groups.iter().filter(is_old).cloned().collect();
    read_health(inner, &groups).await.map_err(|fault| fault.refusal())?;
    let mut by_region: BTreeMap<String, Vec<MetricRow>> = BTreeMap::new();
    for resource in members {
        for period in periods(resource).into_iter().filter(|period| *period < 86_400) {
            by_region.entry(metrics_region(resource)).or_default().extend(rows(resource, period));
        }
    }
    for (region, rows) in by_region {
        fill(inner, &region, rows, window).await?;
    }
    Ok(())
}

/// Reads the part of a window that was never answered, as far as CloudWatch keeps minutes: whole hours,
/// so that a window that moves along does not ask every minute.
pub(super) async fn fill(inner: &Inner, region: &str, rows: Vec<MetricRow>, window: Window) -> Result<(), Refusal> {
    let now = inner.now();
    let kept = Window::new(now.plus_secs(-MINUTES_KEPT_SECS).ceil_to(3600), now.plus_secs(-YOUNG_SECS).floor_to(60));
    let Some(window) = window.intersect(kept) else { return Ok(()) };
    let lacking = inner.with_archive(move |archive| {
        let mut lacking: Vec<MetricRow> = Vec::new();
        let mut span: Option<Window> = None;
        for row in rows {
            let Some(period) = Period::from_secs(row.metric.period_secs) else { continue };
            let missing = archive.missing_counter(&row.resource, &row.series, window, period)?;
            if let (Some(first), Some(last)) = (missing.first(), missing.last()) {
                let (from, to) =
                    span.map_or((first.from, last.to), |span| (span.from.min(first.from), span.to.max(last.to)));
                span = Some(Window::new(from, to));
                lacking.push(row);
            }
        }
        Ok(span.map(|span| (lacking, span)))
    });
    let Some((rows, span)) = lacking.await.map_err(|fault| fault.refusal())? else { return Ok(()) };
    let whole = Window::new(span.from.floor_to(3600), span.to.ceil_to(3600).min(kept.to));
    super::demand::take_calls(inner, 1)?;
    fetch(inner, region, rows, whole, Lane::Interactive).await.map(drop).map_err(|fault| fault.refusal())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn readings_fall_in_with_arrivals_and_never_within_a_period() {
        // Monday 2026-11-23 14:31:00 UTC.
        let minute = Timestamp::from_secs(1_795_444_260);
        let arrival = minute.plus_secs(ARRIVAL_SECS);
        assert_eq!(next_reading(arrival, 60_000), arrival.plus_secs(60));
        assert_eq!(next_reading(arrival.plus_ms(300), 60_000), arrival.plus_secs(60), "a look is seldom in time");
        assert_eq!(next_reading(arrival.plus_ms(4_900), 60_000), arrival.plus_secs(60));
        assert_eq!(next_reading(arrival.plus_ms(5_100), 60_000), arrival.plus_secs(120));
        assert_eq!(next_reading(minute, 300_000), arrival.plus_secs(300));
    }
}
