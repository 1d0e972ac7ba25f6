//! Taking a snapshot from the archive.

use std::collections::{BTreeMap, BTreeSet};

use archive::Archive;
use samples::{
    AlarmEvent, AlarmKind, AlarmState, Batch, CounterBatch, Grouping, Instance, KeyedSeries, LoadBatch, LoadMatrix,
    LoadSeries, MetricName, Point, StatementStat, StatisticBatch, TierResource,
};
use units::{Dimension, Period, ResourceId, Timestamp, Window};

use super::{DatabaseFacts, Snapshot};
use crate::resolve::place_of;
use crate::target::Target;
use crate::watched::targets_of;
use crate::{AlarmArn, Rule};

/// The dimensions of which every page of an instance may be sliced.
const GROUPS: [Dimension; 12] = [
    Dimension::WaitType,
    Dimension::Wait,
    Dimension::Sql,
    Dimension::User,
    Dimension::Host,
    Dimension::Application,
    Dimension::Database,
    Dimension::SessionType,
    Dimension::BlockingSession,
    Dimension::BlockingSql,
    Dimension::BlockingObject,
    Dimension::Plan,
];

/// Most pictures of who waited for whom, those with most waiting sessions first.
const MOST_LOCKS: usize = 200;

/// Periods a snapshot holds where the archive has them: one second and one minute.
const PERIODS: [Period; 2] = [Period::SECOND, Period::MINUTE];

/// What a snapshot is to hold.
#[derive(Clone, Debug)]
pub struct TakeRequest {
    /// When it is taken.
    pub taken_at: Timestamp,
    /// Release that takes it.
    pub release: String,
    /// The moment it is about.
    pub at: Timestamp,
    /// The frozen window.
    pub window: Window,
    /// Windows to compare with: the hour before, the same hour yesterday.
    pub compare: Vec<Window>,
    /// Instances; the one that is opened first.
    pub instances: Vec<ResourceId>,
    /// The alarm, when one caused it.
    pub alarm_arn: Option<String>,
    /// Counter metrics that the pages show.
    pub metrics: Vec<MetricName>,
    /// Keys of the apps whose tiers are kept.
    pub apps: Vec<String>,
}

/// The groupings that are collected of each instance: every dimension, and SQL by each wait type.
#[must_use]
pub fn standard_groupings(wait_types: impl IntoIterator<Item = String>) -> Vec<Grouping> {
    let by_type = |key| Grouping::by(Dimension::Sql).filtered(Dimension::WaitType, key);
    GROUPS.into_iter().map(Grouping::by).chain(wait_types.into_iter().map(by_type)).collect()
}

impl Snapshot {
    /// Takes what the archive has. Nothing is asked of AWS: collect the one-second data first.
    ///
    /// # Errors
    /// [`archive::Error`] when it cannot be read.
    pub fn take(archive: &Archive, request: &TakeRequest) -> archive::Result<Self> {
        let instances: Vec<Instance> =
            archive.instances()?.into_iter().filter(|instance| request.instances.contains(&instance.id)).collect();
        let windows: Vec<Window> = std::iter::once(request.window).chain(request.compare.iter().copied()).collect();
        let mut batches = Vec::new();
        let mut markers = Vec::new();
        for id in &request.instances {
            for window in &windows {
                for period in PERIODS {
                    // Seconds of the incident itself; minutes do for what it is compared with.
                    if period == Period::MINUTE || *window == request.window {
                        take_load(archive, id, *window, period, &mut batches)?;
                    }
                }
                take_counters(archive, id, &request.metrics, (*window, Period::MINUTE), &mut batches)?;
                take_statistics(archive, id, *window, &mut batches)?;
                markers.extend(archive.markers(id, *window)?);
            }
        }
        let databases = request.instances.iter().map(|id| Ok((id.clone(), facts_of(archive, id, request, &batches)?)));
        let databases = databases.collect::<archive::Result<_>>()?;
        let topology = archive.topology()?.of_apps(&request.apps);
        for resource in &topology.resources {
            for window in &windows {
                take_tier(archive, resource, *window, &mut batches)?;
            }
        }
        let mut target_events = Vec::new();
        for group in topology.resources.iter().filter(|resource| resource.tier == "target_group") {
            target_events.extend(archive.target_events(&group.arn, request.window)?);
        }
        markers.sort_by_key(|marker| (marker.at, marker.kind));
        markers.dedup();
        let (alarms, events) = take_alarms(archive, request, &instances, &windows)?;
        let ids: Vec<String> = statement_ids(&batches).into_iter().collect();
        let mut series = Vec::new();
        for alarm in &alarms {
            series.extend(archive.alarm_series(&alarm.arn, request.window)?);
        }
        Ok(Self {
            taken_at: request.taken_at,
            release: request.release.clone(),
            at: request.at,
            window: request.window,
            alarm_arn: request.alarm_arn.clone(),
            alarms,
            events,
            instances,
            markers,
            statements: archive.statements(&ids)?.into_values().collect(),
            batches,
            notes: Vec::new(),
            series,
            databases,
            topology,
            target_events,
        })
    }
}

fn facts_of(
    archive: &Archive,
    id: &ResourceId,
    request: &TakeRequest,
    batches: &[Batch],
) -> archive::Result<DatabaseFacts> {
    let plan_ids: BTreeSet<&str> = batches
        .iter()
        .filter_map(|batch| match batch {
            Batch::Load(load) if load.grouping.group == Dimension::Plan && load.instance == *id => Some(&load.series),
            _ => None,
        })
        .flat_map(|series| series.iter().map(|one| one.key.as_str()))
        .collect();
    let plan_ids: Vec<&str> = plan_ids.into_iter().collect();
    Ok(DatabaseFacts {
        offers: archive.offers(id)?,
        locks: archive.lock_snapshots(id, request.window, MOST_LOCKS)?,
        plans: archive.plans(id, &plan_ids)?.into_values().collect(),
    })
}

/// Metrics of a resource, each in the period CloudWatch has it in.
fn take_tier(archive: &Archive, resource: &TierResource, window: Window, into: &mut Vec<Batch>) -> archive::Result<()> {
    let mut by_period: BTreeMap<Period, Vec<MetricName>> = BTreeMap::new();
    for (tier, row) in resource.asked_rows() {
        let period = Period::from_secs(row.period_secs(tier)).unwrap_or(Period::MINUTE);
        by_period.entry(period).or_default().push(row.series(tier));
    }
    for (period, metrics) in by_period {
        take_counters(archive, &resource.id, &metrics, (window, period), into)?;
    }
    Ok(())
}

/// The parts of a window that are not in `missing`.
fn answered(window: Window, mut missing: Vec<Window>) -> Vec<Window> {
    missing.sort_by_key(|part| part.from);
    let mut parts = Vec::new();
    let mut from = window.from;
    for gap in missing {
        if from < gap.from {
            parts.push(Window::new(from, gap.from));
        }
        from = from.max(gap.to);
    }
    if from < window.to {
        parts.push(Window::new(from, window.to));
    }
    parts
}

/// Start of a bucket of a matrix.
fn start_of(window: Window, period: Period, bucket: usize) -> Timestamp {
    window.from.plus_secs(i64::try_from(bucket).unwrap_or(0) * i64::from(period.secs()))
}

fn points(matrix_window: Window, period: Period, values: &[Option<f64>], part: Window, with_zeros: bool) -> Vec<Point> {
    let each = values.iter().enumerate();
    let point = |(bucket, value): (usize, &Option<f64>)| {
        let at = start_of(matrix_window, period, bucket);
        value.filter(|value| part.contains(at) && (with_zeros || *value != 0.0)).map(|value| Point { at, value })
    };
    each.filter_map(point).collect()
}

fn keyed(matrix: &LoadMatrix, row: &KeyedSeries, part: Window, with_zeros: bool) -> Option<LoadSeries> {
    let points = points(matrix.window, matrix.period, &row.values, part, with_zeros);
    (!points.is_empty()).then(|| LoadSeries { key: row.key.clone(), points })
}

fn take_load(
    archive: &Archive,
    id: &ResourceId,
    window: Window,
    period: Period,
    into: &mut Vec<Batch>,
) -> archive::Result<()> {
    let window = window.aligned(period.secs());
    let wait_types = archive.load(id, &Grouping::total(), window, period)?.series.into_iter().map(|row| row.key);
    for grouping in standard_groupings(wait_types) {
        let parts = answered(window, archive.missing(id, &grouping, window, period)?);
        if parts.is_empty() {
            continue;
        }
        let matrix = archive.load(id, &grouping, window, period)?;
        for part in parts {
            into.push(Batch::Load(LoadBatch {
                instance: id.clone(),
                grouping: grouping.clone(),
                period,
                answered: part,
                // A total of 0 was measured; a series without a point there was 0 as well.
                total: points(matrix.window, period, &matrix.total, part, true),
                series: matrix.series.iter().filter_map(|row| keyed(&matrix, row, part, false)).collect(),
            }));
        }
    }
    Ok(())
}

fn take_counters(
    archive: &Archive,
    id: &ResourceId,
    metrics: &[MetricName],
    (window, period): (Window, Period),
    into: &mut Vec<Batch>,
) -> archive::Result<()> {
    let window = window.aligned(period.secs());
    let matrix = archive.counters(id, metrics, window, period)?;
    for series in matrix.series {
        for part in answered(window, archive.missing_counter(id, &series.metric, window, period)?) {
            into.push(Batch::Counter(CounterBatch {
                instance: id.clone(),
                metric: series.metric.clone(),
                period,
                answered: part,
                points: points(matrix.window, period, &series.values, part, true),
            }));
        }
    }
    Ok(())
}

/// Statement statistics have no record of what was answered apart from the load by SQL, with which
/// they come.
fn take_statistics(archive: &Archive, id: &ResourceId, window: Window, into: &mut Vec<Batch>) -> archive::Result<()> {
    let period = Period::MINUTE;
    let window = window.aligned(period.secs());
    for stat in StatementStat::ALL {
        let matrix = archive.statement_series(id, stat, window, period)?;
        for part in runs(&matrix) {
            into.push(Batch::Statistic(StatisticBatch {
                instance: id.clone(),
                stat,
                period,
                answered: part,
                series: matrix.series.iter().filter_map(|row| keyed(&matrix, row, part, true)).collect(),
            }));
        }
    }
    Ok(())
}

/// Runs of buckets that are covered whole.
fn runs(matrix: &LoadMatrix) -> Vec<Window> {
    let is_whole = |bucket: &usize| matrix.covered_secs.get(*bucket) == Some(&matrix.period.secs());
    let mut runs: Vec<Window> = Vec::new();
    for bucket in (0..matrix.covered_secs.len()).filter(is_whole) {
        let from = start_of(matrix.window, matrix.period, bucket);
        let to = from.plus_secs(i64::from(matrix.period.secs()));
        match runs.last_mut() {
            Some(last) if last.to == from => last.to = to,
            _ => runs.push(Window::new(from, to)),
        }
    }
    runs
}

/// Every `db.sql_tokenized.id` that load or statistics name.
fn statement_ids(batches: &[Batch]) -> BTreeSet<String> {
    let mut ids = BTreeSet::new();
    for batch in batches {
        let series = match batch {
            Batch::Load(load) if load.grouping.group == Dimension::Sql => &load.series,
            Batch::Statistic(statistic) => &statistic.series,
            Batch::Load(_) | Batch::Counter(_) => continue,
        };
        ids.extend(series.iter().map(|one| one.key.clone()));
    }
    ids
}

/// The alarm, its children, and the alarms of the instances, with their changes of state.
fn take_alarms(
    archive: &Archive,
    request: &TakeRequest,
    instances: &[Instance],
    windows: &[Window],
) -> archive::Result<(Vec<AlarmState>, Vec<AlarmEvent>)> {
    let all = archive.alarms()?;
    let own = request.alarm_arn.as_deref();
    let children = children_of(&all, own);
    let concerns = |alarm: &AlarmState| {
        let arn: Option<AlarmArn> = alarm.arn.parse().ok();
        let targets = targets_of(&alarm.kind, place_of(arn.as_ref()), instances);
        targets.iter().any(|target| matches!(target, Target::Instance(_) | Target::Cluster { .. }))
    };
    let is_kept =
        |alarm: &AlarmState| Some(alarm.arn.as_str()) == own || children.contains(&alarm.arn) || concerns(alarm);
    let alarms: Vec<AlarmState> = all.into_iter().filter(is_kept).collect();
    let mut events = Vec::new();
    for alarm in &alarms {
        for window in windows {
            events.extend(archive.alarm_events(&alarm.arn, *window)?);
        }
    }
    events.sort_by_key(|event| event.at);
    events.dedup();
    Ok((alarms, events))
}

/// ARNs below a composite alarm, all levels.
pub(crate) fn children_of(alarms: &[AlarmState], arn: Option<&str>) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut open: Vec<String> = arn.map(str::to_owned).into_iter().collect();
    while let Some(arn) = open.pop() {
        let Some(alarm) = alarms.iter().find(|alarm| alarm.arn == arn) else { continue };
        let (AlarmKind::Composite { rule }, Ok(parent)) = (&alarm.kind, alarm.arn.parse::<AlarmArn>()) else {
            continue;
        };
        for child in Rule::parse(rule).map(|rule| rule.children()).unwrap_or_default() {
            let arn = child.reference.parse().unwrap_or_else(|_| parent.sibling(&child.reference)).to_string();
            if found.insert(arn.clone()) {
                open.push(arn);
            }
        }
    }
    found
}
