//! Verdict and tiles of a page.

use samples::{AlarmStatus, BucketCover, Instance, LoadMatrix, MetricName, StatementStat};
use units::{Aas, DbLoadQuery, Dimension, Period, Timestamp, WaitClass, Window};
use view::{Axis, Severity, Tile, Verdict, number};

use crate::Result;
use crate::alarms::alarms_of;
use crate::averages::{newest, p99, peak, weighted_mean};
use crate::gather::gather;
use crate::matrix::{reconciled, regrouped};
use crate::page::Page;
use crate::reader::{Lookup, Reader, is_covered};
use crate::top_sql::mean_of;
use crate::verdict::VerdictInput;

/// The verdict line and the tiles under it.
#[derive(Clone, Debug, PartialEq)]
pub struct Judgement {
    /// The line.
    pub verdict: Verdict,
    /// The band.
    pub tiles: Vec<Tile>,
    /// What the verdict speaks of, to zoom to; `None` when that is the whole window.
    pub subject: Option<Window>,
}

/// Judges the window of a page.
///
/// # Errors
/// [`crate::Error`].
pub async fn judge_db_load(reader: &Reader, query: &DbLoadQuery, now: Timestamp) -> Result<Judgement> {
    let query = query.clone();
    reader.answer(now, move |lookup| judge(lookup, &Page::of(lookup, &query)?)).await
}

fn judge(lookup: &Lookup, page: &Page) -> Result<Judgement> {
    let (question, index) = page.plan(lookup, Dimension::Wait)?;
    let waits = page.answer(lookup, &question, &index)?;
    if !is_covered(&waits) && lookup.is_settled() && page.axis.period < Period::MINUTE {
        return judge(lookup, &page.in_buckets(Period::MINUTE));
    }
    let waits_before = page.answer_before(lookup, &question, &index)?;
    let gathered = gather(lookup, page)?;
    let callers = callers(lookup, page)?;
    let input = VerdictInput {
        instance: &page.instance,
        axis: &page.axis,
        waits: &waits,
        waits_before: waits_before.as_ref(),
        by_type: &gathered.by_type,
        by_sql: &gathered.matrix,
        by_sql_before: gathered.before.as_ref(),
        index: &gathered.index,
        callers: &callers,
    };
    let subject = input.subject();
    let window = input.window_of(&subject);
    let stats = lookup.archive.statement_stats(&page.instance.id, &StatementStat::ALL, window)?;
    let verdict = input.judge(&subject, Some(&stats), gathered.stats_before.as_ref());
    let tiles = tiles(&TileInput {
        instance: &page.instance,
        axis: &page.axis,
        waits: &waits,
        waits_before: waits_before.as_ref(),
        connections: connections(lookup, page)?,
        alarms: alarm_counts(lookup, page)?,
    });
    Ok(Judgement { verdict, tiles, subject: subject.is_over_capacity.then_some(window) })
}

/// Load by those who may call, as far as it is there; nothing is asked for. Under filters it is not
/// told: the load by caller is that of everything.
fn callers(lookup: &Lookup, page: &Page) -> Result<Vec<(Dimension, LoadMatrix)>> {
    if !page.filters.is_empty() {
        return Ok(Vec::new());
    }
    let mut callers = Vec::new();
    for dimension in [Dimension::Application, Dimension::Host, Dimension::User] {
        let grouping = samples::Grouping::by(dimension);
        let matrix = lookup.peek(&page.instance.id, &grouping, page.axis.window, page.axis.period)?;
        if is_covered(&matrix) {
            callers.push((dimension, reconciled(matrix)));
        }
    }
    Ok(callers)
}

/// Newest and highest number of connections in the window.
fn connections(lookup: &Lookup, page: &Page) -> Result<Option<(f64, f64)>> {
    let metric = MetricName::cloudwatch("AWS/RDS", "DatabaseConnections", "Maximum");
    let period = page.axis.period.max(Period::MINUTE);
    let window = page.axis.window.aligned(period.secs());
    let matrix = lookup.archive.counters(&page.instance.id, &[metric], window, period)?;
    let values = matrix.series.first().map(|series| series.values.as_slice()).unwrap_or_default();
    let newest = values.iter().rev().flatten().next().copied();
    Ok(newest.zip(values.iter().flatten().copied().reduce(f64::max)))
}

/// Alarms of the instance that are in ALARM now, and how many went off in the window; `None` when
/// alarms were never read.
fn alarm_counts(lookup: &Lookup, page: &Page) -> Result<Option<(usize, usize)>> {
    if lookup.archive.alarms()?.is_empty() {
        return Ok(None);
    }
    let alarms = alarms_of(lookup, &page.instance)?;
    let ringing = alarms.iter().filter(|alarm| alarm.status == AlarmStatus::Alarm).count();
    let mut went_off = 0;
    for alarm in &alarms {
        let events = lookup.archive.alarm_events(&alarm.arn, page.axis.window)?;
        went_off += events.iter().filter(|event| event.to == AlarmStatus::Alarm).count();
    }
    Ok(Some((ringing, went_off)))
}

/// What tiles are made of.
pub struct TileInput<'a> {
    /// The instance.
    pub instance: &'a Instance,
    /// Axis of the page.
    pub axis: &'a Axis,
    /// Load by wait event, reconciled.
    pub waits: &'a LoadMatrix,
    /// The same in the compare window, when that is known.
    pub waits_before: Option<&'a LoadMatrix>,
    /// Newest and highest number of connections.
    pub connections: Option<(f64, f64)>,
    /// Alarms ringing now, and gone off in the window.
    pub alarms: Option<(usize, usize)>,
}

/// The tiles: now, peak, p99, mean, cpu, connections, alarms, coverage. Notes are values; the page
/// words them.
#[must_use]
pub fn tiles(input: &TileInput) -> Vec<Tile> {
    let mut tiles = load_tiles(input).to_vec();
    tiles.extend([cpu_tile(input), connections_tile(input), alarms_tile(input), coverage_tile(input)]);
    tiles
}

fn load_tiles(input: &TileInput) -> [Tile; 4] {
    let total = &input.waits.total;
    let vcpus = input.instance.vcpus.as_ref().map(|vcpus| vcpus.count);
    let severity = |aas: Option<f64>| match aas.zip(vcpus) {
        Some((aas, vcpus)) if aas > vcpus => Severity::Critical,
        Some(_) => Severity::Good,
        None => Severity::Unknown,
    };
    let aas = |key: &str, value: Option<f64>, note: String| {
        tile(key, value.map(number::three_figures), "AAS", note, severity(value))
    };
    let is_full = |bucket: usize| input.waits.cover.buckets.get(bucket) == Some(&BucketCover::Full);
    let newest = newest(input.axis, total, is_full);
    let vcpus_line = vcpus.filter(|vcpus| *vcpus > 0.0);
    let now_note = newest.map(|(at, now)| {
        let against = vcpus_line.map(|vcpus| format!(" · {:.1}{}× vCPU", now / vcpus, number::NO_BREAK_SPACE));
        input.axis.label(at) + &against.unwrap_or_default()
    });
    let highest = peak(input.axis, total);
    let mean = weighted_mean(total, &input.waits.covered_secs);
    let before = input.waits_before.and_then(|before| weighted_mean(&before.total, &before.covered_secs));
    let p99 = p99(total);
    [
        aas("now", newest.map(|(_, now)| now), now_note.unwrap_or_default()),
        aas("peak", highest.map(|peak| peak.aas.0), highest.map(|peak| input.axis.label(peak.at)).unwrap_or_default()),
        aas("p99", p99, input.axis.period.to_string()),
        aas("mean", mean, before.map(number::three_figures).unwrap_or_default()),
    ]
}

fn tile(key: &str, value: Option<String>, unit: &str, note: String, severity: Severity) -> Tile {
    Tile { key: key.to_owned(), value, unit: unit.to_owned(), note, severity }
}

/// CPU as part of the vCPUs: sessions on CPU over capacity.
fn cpu_tile(input: &TileInput) -> Tile {
    let classes = regrouped(input.waits, |key| vec![WaitClass::of_event(key, input.instance.engine).name().to_owned()]);
    let known = is_covered(input.waits);
    let cpu: Option<Aas> = known.then(|| mean_of(&classes, WaitClass::Cpu.name()));
    let vcpus = input.instance.vcpus.as_ref().map(|vcpus| vcpus.count).filter(|vcpus| *vcpus > 0.0);
    let part = cpu.zip(vcpus).map(|(cpu, vcpus)| cpu.0 / vcpus);
    let note = cpu.zip(vcpus).map(|(cpu, vcpus)| {
        format!("{} / {}{}AAS", number::three_figures(cpu.0), number::trimmed(vcpus), number::NO_BREAK_SPACE)
    });
    let severity = part.map_or(Severity::Unknown, |part| if part > 1.0 { Severity::Critical } else { Severity::Good });
    tile("cpu", part.map(number::percent_figures), "% vCPU", note.unwrap_or_default(), severity)
}

fn connections_tile(input: &TileInput) -> Tile {
    /// Red only when nearly full.
    const NEARLY_FULL: f64 = 0.9;
    let limit = input.instance.max_connections.map(f64::from);
    let part = input.connections.zip(limit).map(|((newest, _), limit)| newest / limit);
    let unit = limit.map(|limit| format!("/ {}", number::trimmed(limit))).unwrap_or_default();
    let note = input.connections.map(|(_, highest)| match part {
        Some(part) => format!("{} · max {}", number::percent(part), number::trimmed(highest)),
        None => format!("max {}", number::trimmed(highest)),
    });
    let severity = match (input.connections, part) {
        (None, _) => Severity::Unknown,
        (_, Some(part)) if part >= NEARLY_FULL => Severity::Critical,
        _ => Severity::Good,
    };
    let value = input.connections.map(|(newest, _)| number::trimmed(newest.round()));
    tile("connections", value, &unit, note.unwrap_or_default(), severity)
}

fn alarms_tile(input: &TileInput) -> Tile {
    let severity = match input.alarms {
        Some((0, _)) => Severity::Good,
        Some(_) => Severity::Critical,
        None => Severity::Unknown,
    };
    let note = input.alarms.filter(|(_, went_off)| *went_off > 0).map(|(_, went_off)| format!("{went_off} ×"));
    tile("alarms", input.alarms.map(|(ringing, _)| ringing.to_string()), "", note.unwrap_or_default(), severity)
}

fn coverage_tile(input: &TileInput) -> Tile {
    let coverage = &input.waits.cover;
    let share = coverage.share();
    let severity = match share {
        Some(share) if share < 1.0 => Severity::Warning,
        Some(_) => Severity::Good,
        None => Severity::Unknown,
    };
    let note = coverage.collected_to.map(|at| input.axis.label(at));
    tile("coverage", share.map(number::percent_figures), "%", note.unwrap_or_default(), severity)
}
