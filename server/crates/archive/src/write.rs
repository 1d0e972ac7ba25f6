//! Taking batches in.

use std::collections::BTreeMap;

use rusqlite::{Connection, params};
use samples::{Batch, Point};
use units::Timestamp;

use crate::block::{self, Address, Block, Section};
use crate::error::{Error, Result};
use crate::level::{Level, secs};
use crate::names::{Fresh, Names, Table};
use crate::stream::Stream;

/// Series key of the total, and of streams with a single series.
pub(crate) const TOTAL_KEY: u32 = 0;

/// One series of a batch: key (`None` for the total or only series) and points.
type SeriesOf<'a> = (Option<&'a str>, &'a [Point]);

/// The series of a batch, and whether an absent value is a true zero, so that zeros need not be kept.
fn series_of(batch: &Batch) -> Vec<SeriesOf<'_>> {
    match batch {
        Batch::Load(load) => {
            let keyed = load.series.iter().map(|series| (Some(series.key.as_str()), series.points.as_slice()));
            std::iter::once((None, load.total.as_slice())).chain(keyed).collect()
        }
        Batch::Counter(counter) => vec![(None, counter.points.as_slice())],
        Batch::Statistic(statistic) => {
            statistic.series.iter().map(|series| (Some(series.key.as_str()), series.points.as_slice())).collect()
        }
    }
}

/// The slots a batch has samples for: where its total (or only series) has a point. Statistics have
/// no total: every answered slot counts, since nothing called is as good an answer.
fn is_covered(batch: &Batch, at: i64) -> bool {
    let marks = match batch {
        Batch::Load(load) => &load.total,
        Batch::Counter(counter) => &counter.points,
        Batch::Statistic(_) => return true,
    };
    marks.binary_search_by_key(&at, |point| secs(point.at)).is_ok()
}

fn check(batch: &Batch) -> Result<Level> {
    let invalid = |what| Error::Invalid { instance: batch.instance().to_string(), what };
    let level = Level::of(batch.period()).ok_or(Error::Period(batch.period().secs()))?;
    let answered = batch.answered();
    if answered.aligned(level.period) != answered {
        return Err(invalid("the answered window is not aligned to the period"));
    }
    for (key, points) in series_of(batch) {
        if key.is_some_and(|key| key.is_empty() || key.len() > samples::LoadSeries::MAX_KEY_BYTES) {
            return Err(invalid("a series key is empty or too long"));
        }
        if !points.is_sorted_by(|a, b| a.at < b.at) {
            return Err(invalid("points are out of order"));
        }
        for point in points {
            if !point.value.is_finite() {
                return Err(invalid("a value is not a finite number"));
            }
            if !answered.contains(point.at) || point.at.floor_to(level.period) != point.at {
                return Err(invalid("a point lies outside of the answered buckets"));
            }
        }
    }
    Ok(level)
}

/// Number of a name as a block holds it.
fn give(connection: &Connection, names: &Names, table: Table, name: &str, fresh: &mut Fresh) -> Result<u32> {
    let number = names.give(connection, table, name, fresh)?;
    u32::try_from(number).map_err(|_| Error::Database(rusqlite::Error::IntegralValueOutOfRange(0, number)))
}

/// Writes batches as tails inside the transaction that `connection` is in.
pub(crate) fn append(connection: &Connection, names: &Names, batches: &[Batch], fresh: &mut Fresh) -> Result<()> {
    let mut places: BTreeMap<(i64, u8, u32, i64), Block> = BTreeMap::new();
    for batch in batches {
        let level = check(batch)?;
        if batch.answered().is_empty() {
            continue;
        }
        let stream = Stream::of(batch);
        let name = serde_json::to_string(&stream)
            .map_err(|error| Error::Database(rusqlite::Error::ToSqlConversionFailure(Box::new(error))))?;
        let instance = names.give(connection, Table::Instance, batch.instance().as_str(), fresh)?;
        let stream_number = give(connection, names, Table::Stream, &name, fresh)?;
        let mut keys = Vec::new();
        for (key, points) in series_of(batch) {
            let number = key.map_or(Ok(TOTAL_KEY), |key| give(connection, names, Table::Key, key, fresh))?;
            keys.push((number, points));
        }
        for (start, section) in sections(batch, level, &keys) {
            let place = (instance, stream.part().number(), level.period, start);
            block::overlay(places.entry(place).or_default(), Block::from([(stream_number, section)]));
        }
        connection
            .prepare_cached(
                "INSERT INTO progress (instance, stream, period, answered_to) VALUES (?1, ?2, ?3, ?4)
                 ON CONFLICT DO UPDATE SET answered_to = max(answered_to, excluded.answered_to)",
            )?
            .execute(params![instance, stream_number, level.period, secs(batch.answered().to)])?;
    }
    for ((instance, part, period, start), block) in places {
        put_tail(connection, Address { instance, part, period, start }, &block)?;
    }
    Ok(())
}

/// Adds one tail.
pub(crate) fn put_tail(connection: &Connection, address: Address, block: &Block) -> Result<()> {
    connection
        .prepare_cached("INSERT INTO tail (instance, part, period, start, bytes) VALUES (?1, ?2, ?3, ?4, ?5)")?
        .execute(params![
            address.instance,
            address.part,
            address.period,
            address.start,
            block::encode(block, address)
        ])?;
    Ok(())
}

/// A batch cut into the spans of its level.
fn sections(batch: &Batch, level: Level, keys: &[(u32, &[Point])]) -> Vec<(i64, Section)> {
    let (from, to) = (secs(batch.answered().from), secs(batch.answered().to));
    // A load series that is absent where the total is there is a zero; others are kept as they are.
    let zero_is_absence = matches!(batch, Batch::Load(_));
    let mut out = Vec::new();
    let mut start = level.span_start(from);
    while start < to {
        let mut section = Section::empty(level.slots());
        for (slot, covered) in section.covered.iter_mut().enumerate() {
            let at = level.slot_start(start, slot);
            if from <= at && at < to {
                *covered = Some(if is_covered(batch, at) { level.period } else { 0 });
            }
        }
        for (key, points) in keys {
            let first = points.partition_point(|point| point.at < Timestamp::from_secs(start));
            let mut kept = Vec::new();
            for point in &points[first..] {
                let Some(slot) = level.slot(start, secs(point.at)) else { break };
                let covered = section.covered[slot].is_some_and(|secs| secs > 0);
                let needless = zero_is_absence && *key != TOTAL_KEY && point.value == 0.0;
                if covered
                    && !needless
                    && let Ok(slot) = u16::try_from(slot)
                {
                    kept.push((slot, point.value));
                }
            }
            if !kept.is_empty() {
                section.series.insert(*key, kept);
            }
        }
        out.push((start, section));
        start += i64::from(level.span);
    }
    out
}
