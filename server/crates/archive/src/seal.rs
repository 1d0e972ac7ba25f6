//! Sealing: tails become a block, and the block's roll-up becomes a tail of the coarser level, in
//! one transaction. Whenever the process dies, a minute is in a tail or in a block, never in both
//! and never in neither; and since a roll-up replaces the slot it fills, sealing a span again after
//! late data counts nothing twice.

use rusqlite::{Connection, params};

use crate::block::{self, Address, Block, Section};
use crate::combine::Combine;
use crate::error::Result;
use crate::level::Level;
use crate::stream::Stream;
use crate::write;

/// Seconds after the end of a span until it is sealed: the newest minutes are collected again until
/// they are final.
pub(crate) const GRACE_SECS: i64 = 600;
/// Spans sealed in one transaction: each costs a few milliseconds, and readers wait for none.
pub(crate) const SPANS_AT_ONCE: usize = 16;

/// A span with tails, old enough to be sealed.
pub(crate) fn due(connection: &Connection, level: Level, now_secs: i64) -> Result<Vec<Address>> {
    let newest = now_secs - GRACE_SECS - i64::from(level.span);
    let mut select = connection
        .prepare_cached("SELECT DISTINCT instance, part, start FROM tail WHERE period = ?1 AND start <= ?2 LIMIT ?3")?;
    let rows = select.query_map(params![level.period, newest, SPANS_AT_ONCE as i64], |row| {
        Ok(Address { instance: row.get(0)?, part: row.get(1)?, period: level.period, start: row.get(2)? })
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// What is stored at an address, tails laid over the block; and how many pieces were damaged.
pub(crate) fn read_all(connection: &Connection, address: Address, slots: usize) -> Result<(Block, u64)> {
    let place = params![address.instance, address.part, address.period, address.start];
    let mut pieces: Vec<Vec<u8>> = Vec::new();
    for select in [
        "SELECT bytes FROM block WHERE instance = ?1 AND part = ?2 AND period = ?3 AND start = ?4",
        "SELECT bytes FROM tail WHERE instance = ?1 AND part = ?2 AND period = ?3 AND start = ?4 ORDER BY seq",
    ] {
        let mut select = connection.prepare_cached(select)?;
        for bytes in select.query_map(place, |row| row.get(0))? {
            pieces.push(bytes?);
        }
    }
    let mut whole = Block::new();
    let mut damaged = 0;
    for bytes in pieces {
        match block::decode(&bytes, address, slots, None) {
            Some(piece) => block::overlay(&mut whole, piece),
            None => damaged += 1,
        }
    }
    Ok((whole, damaged))
}

/// Seals one span inside the transaction that `connection` is in; returns damaged pieces met.
pub(crate) fn seal(connection: &Connection, address: Address, level: Level) -> Result<u64> {
    let (whole, damaged) = read_all(connection, address, level.slots())?;
    let place = params![address.instance, address.part, address.period, address.start];
    connection
        .prepare_cached(
            "INSERT INTO block (instance, part, period, start, bytes) VALUES (?1, ?2, ?3, ?4, ?5)
             ON CONFLICT DO UPDATE SET bytes = excluded.bytes",
        )?
        .execute(params![
            address.instance,
            address.part,
            address.period,
            address.start,
            block::encode(&whole, address)
        ])?;
    connection
        .prepare_cached("DELETE FROM tail WHERE instance = ?1 AND part = ?2 AND period = ?3 AND start = ?4")?
        .execute(place)?;
    if let Some(coarser) = level.coarser() {
        roll_up(connection, address, level, coarser, &whole)?;
    }
    Ok(damaged)
}

fn roll_up(connection: &Connection, address: Address, level: Level, coarser: Level, whole: &Block) -> Result<()> {
    let start = coarser.span_start(address.start);
    let above = Address { period: coarser.period, start, ..address };
    // Five-minute data must not replace an hour that minutes have told in full.
    let told =
        if level == Level::FIVE_MINUTES { read_all(connection, above, coarser.slots())?.0 } else { Block::new() };
    let mut rolled = Block::new();
    for (stream, section) in whole {
        let mut coarse = Section::empty(coarser.slots());
        let combine = rule(connection, *stream)?;
        let slots_each = (coarser.period / level.period) as usize;
        for first in (0..level.slots()).step_by(slots_each) {
            let Some(slot) = coarser.slot(start, level.slot_start(address.start, first)) else { continue };
            if told.get(stream).is_some_and(|section| section.covered.get(slot).is_some_and(Option::is_some)) {
                continue;
            }
            let (covered, values) = combine.roll(section, first, first + slots_each);
            coarse.covered[slot] = covered;
            for (key, value) in values {
                if let Ok(slot) = u16::try_from(slot) {
                    coarse.series.entry(key).or_default().push((slot, value));
                }
            }
        }
        if coarse.covered.iter().any(Option::is_some) {
            rolled.insert(*stream, coarse);
        }
    }
    if rolled.is_empty() { Ok(()) } else { write::put_tail(connection, above, &rolled) }
}

/// How the values of a stream combine; the mean for a name this release cannot read.
fn rule(connection: &Connection, stream: u32) -> Result<Combine> {
    let mut select = connection.prepare_cached("SELECT name FROM stream WHERE num = ?1")?;
    let name: String = select.query_row([stream], |row| row.get(0))?;
    Ok(serde_json::from_str::<Stream>(&name).map_or(Combine::Mean, |stream| Combine::of(&stream)))
}
