//! All instances, ranked by load against their vCPUs.

use samples::{AlarmStatus, BucketCover, Grouping, Health, Instance, LoadMatrix, PiState, SourceKind, Wanted};
use units::{Aas, Dimension, Period, TimeRange, Timestamp, WaitClass, Window, Zone};
use view::{Axis, Coverage, FleetRow, FleetView, Source, Trouble};

use crate::averages::{newest, peak, weighted_mean};
use crate::facts::{PERFORMANCE_INSIGHTS, facts_of, trouble_of};
use crate::matrix::{reconciled, regrouped};
use crate::reader::{Lookup, Reader};
use crate::statements::SqlIndex;
use crate::{Result, alarms};

/// Most instances whose top digest is looked up: those a reader sees without scrolling far.
const TOP_DIGESTS: usize = 50;
/// Buckets of a sparkline.
const SPARK_BUCKETS: i64 = 128;

/// The fleet in a time range.
///
/// # Errors
/// [`crate::Error`].
pub async fn rank_fleet(reader: &Reader, range: &TimeRange, zone: &Zone, now: Timestamp) -> Result<FleetView> {
    let window = range.resolve(now)?;
    let zone = zone.clone();
    reader.answer(now, move |lookup| fleet(lookup, window, &zone)).await
}

fn fleet(lookup: &Lookup, window: Window, zone: &Zone) -> Result<FleetView> {
    let period = spark_period(window);
    let window = window.aligned(period.secs());
    let totals = lookup.archive.totals(window, period)?;
    let instances = lookup.archive.instances()?;
    if instances.is_empty() {
        lookup.lack(Wanted::Inventory);
    }
    let (zone, offsets) = lookup.zone(zone, window);
    let axis = Axis { window, period, zone, offsets };
    let alarms = lookup.archive.alarms()?;
    let health = lookup.health();
    // That there are none is known only once they were read.
    let alarms_read = !alarms.is_empty() || health.has_read(SourceKind::Alarms);
    let mut rows: Vec<FleetRow> = instances
        .iter()
        .filter(|instance| instance.status != "deleted" || totals.instances.contains_key(&instance.id))
        .map(|instance| {
            let in_alarm = alarms
                .iter()
                .filter(|alarm| alarm.status == AlarmStatus::Alarm && alarms::concerns(alarm, instance))
                .count();
            let in_alarm = alarms_read.then(|| u32::try_from(in_alarm).unwrap_or(u32::MAX));
            row_of(instance, totals.instances.get(&instance.id), &axis, in_alarm, &health)
        })
        .collect();
    sort(&mut rows);
    for row in rows.iter_mut().filter(|row| row.mean.is_some()).take(TOP_DIGESTS) {
        row.top_digest = top_digest(lookup, row, window, period)?;
    }
    Ok(FleetView {
        axis,
        rows,
        trouble: lookup.refusal().filter(|_| instances.is_empty()).map(trouble_of),
        source: Source {
            name: PERFORMANCE_INSIGHTS.to_owned(),
            collected_to: totals.instances.values().filter_map(|matrix| matrix.cover.collected_to).max(),
            simulated: instances.iter().any(|instance| instance.simulated),
            calls: Vec::new(),
        },
    })
}

/// Buckets of whole minutes, few enough for a sparkline.
fn spark_period(window: Window) -> Period {
    let steps = [60, 120, 300, 600, 900, 1800, 3600, 7200, 21_600, 43_200, 86_400];
    let step = steps.into_iter().find(|step| window.secs() / i64::from(*step) <= SPARK_BUCKETS);
    step.and_then(Period::from_secs).unwrap_or(Period::DAY)
}

/// One instance of the fleet from its load by wait type.
#[must_use]
pub fn row_of(
    instance: &Instance,
    load: Option<&LoadMatrix>,
    axis: &Axis,
    alarms: Option<u32>,
    health: &Health,
) -> FleetRow {
    let load = load.cloned().map(reconciled);
    let mean = load.as_ref().and_then(|load| weighted_mean(&load.total, &load.covered_secs)).map(Aas);
    let spark = load.as_ref().map_or_else(|| vec![None; axis.len()], |load| load.total.clone());
    let is_full =
        |bucket: usize| load.as_ref().is_some_and(|load| load.cover.buckets.get(bucket) == Some(&BucketCover::Full));
    FleetRow {
        facts: facts_of(instance),
        mean,
        peak: peak(axis, &spark),
        now: newest(axis, &spark, is_full).map(|(_, value)| Aas(value)),
        dominant: load.as_ref().and_then(|load| dominant(load, instance)),
        top_digest: None,
        alarms,
        coverage: load.as_ref().map_or_else(Coverage::default, |load| load.cover.clone()),
        trouble: if mean.is_some() { None } else { Some(trouble(instance, health)) },
        spark,
    }
}

/// Why an instance shows no load.
fn trouble(instance: &Instance, health: &Health) -> Trouble {
    match instance.pi {
        PiState::On if instance.is_available() => {
            match health.fault(SourceKind::PerformanceInsights, Some(&instance.id)) {
                Some(refusal) => trouble_of(refusal),
                None => Trouble::Pending { done: health.filling(&instance.id) },
            }
        }
        PiState::On => Trouble::NotRunning { status: instance.status.clone() },
        PiState::Off | PiState::Unsupported => Trouble::NotCollected { what: PERFORMANCE_INSIGHTS.to_owned() },
    }
}

/// The wait class with the most load and its share.
fn dominant(load: &LoadMatrix, instance: &Instance) -> Option<(WaitClass, f64)> {
    let total = Aas(weighted_mean(&load.total, &load.covered_secs)?);
    let classes = regrouped(load, |key| vec![WaitClass::of_event(key, instance.engine).name().to_owned()]);
    let row = classes.series.first()?;
    let class = WaitClass::ALL.into_iter().find(|class| class.name() == row.key)?;
    let share = Aas(weighted_mean(&row.values, &load.covered_secs)?).share_of(total)?;
    Some((class, share))
}

/// Most loaded against its vCPUs first, then those without a vCPU count by load, then the silent.
fn sort(rows: &mut [FleetRow]) {
    let key = |row: &FleetRow| match (row.mean, row.facts.vcpu.vcpus()) {
        (Some(mean), Some(vcpus)) if vcpus > 0.0 => (0, -mean.0 / vcpus),
        (Some(mean), _) => (1, -mean.0),
        (None, _) => (2, 0.0),
    };
    rows.sort_by(|a, b| {
        let ((rank_a, load_a), (rank_b, load_b)) = (key(a), key(b));
        rank_a.cmp(&rank_b).then(load_a.total_cmp(&load_b)).then_with(|| a.facts.name.cmp(&b.facts.name))
    });
}

fn top_digest(
    lookup: &Lookup,
    row: &FleetRow,
    window: Window,
    period: Period,
) -> Result<Option<(units::DigestId, String, f64)>> {
    let matrix = reconciled(lookup.stored(&row.facts.id, &Grouping::by(Dimension::Sql), window, period)?);
    let ids: Vec<String> = matrix.series.iter().map(|row| row.key.clone()).collect();
    let statements = lookup.archive.statements(&ids)?;
    let index = SqlIndex::new(ids, statements);
    let digests = regrouped(&matrix, |id| index.names(id, Dimension::Sql));
    let Some(top) = digests.series.first() else { return Ok(None) };
    let mean = Aas(weighted_mean(&top.values, &digests.covered_secs).unwrap_or(0.0));
    let total = Aas(weighted_mean(&digests.total, &digests.covered_secs).unwrap_or(0.0));
    let text = matrix.series.iter().find(|row| index.digest_of(&row.key).to_string() == top.key);
    Ok(text.and_then(|row| {
        let digest = index.digest_of(&row.key);
        Some((digest, index.short_text(&row.key), mean.share_of(total)?))
    }))
}
