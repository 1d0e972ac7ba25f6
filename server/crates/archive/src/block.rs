//! Blocks: the series of one part of one instance over one span of time, in memory and as bytes.
//!
//! ```text
//! block
//!   0xB1                magic
//!   version     1 byte  1
//!   flags       1 byte  bit 0: the body is zstd (level 3)
//!   raw length  varint  bytes of the body before compression
//!   body
//!   checksum    8 bytes xxh3-64 over everything before, seeded with the address; little endian
//! body
//!   sections    varint
//!   section …
//! section: one stream (a grouping, a metric, a statistic)
//!   stream id   varint  row of table `stream`
//!   length      varint  bytes of the rest of the section, so that others can be skipped
//!   runs        varint  runs of answered slots
//!     gap, length, covered seconds   varints; covered 0 = answered, without samples
//!   series      varint
//!   key ids     varints, ascending, as differences; row of table `series_key`; 0 = the total
//!   per series: points varint; when fewer than the covered slots, the ordinals of its slots among
//!               the covered ones, as differences to the one before plus one
//!   per series: values, see `value`
//! ```
//! Slots count from the start of the span. Laid over each other, later blocks win slot by slot: a
//! slot that a later block answers for replaces the earlier one wholly, so that nothing is counted
//! twice however often it is collected.

use std::cell::RefCell;
use std::collections::BTreeMap;

use xxhash_rust::xxh3::xxh3_64_with_seed;
use zstd::bulk::Decompressor;

use crate::value;
use crate::varint::{self, Reader};

/// Largest body accepted when reading: 64 MiB, a hundred times the largest written in tests.
const MAX_BODY_BYTES: usize = 64 << 20;
/// Most slots of a level.
const MAX_SLOTS: usize = 300;
/// Bound on series of one section when reading.
const MAX_SERIES: usize = 1 << 20;
const MAGIC: u8 = 0xB1;
const VERSION: u8 = 1;
const FLAG_ZSTD: u8 = 1;
const ZSTD_LEVEL: i32 = 3;
/// Bodies below this are kept as they are: zstd's frame would outweigh the gain.
const MIN_COMPRESSED_BYTES: usize = 64;

/// Where a block belongs; part of its checksum, so that a block cannot pass for another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Address {
    pub(crate) instance: i64,
    pub(crate) part: u8,
    pub(crate) period: u32,
    pub(crate) start: i64,
}

impl Address {
    fn seed(self) -> u64 {
        let mut bytes = [0_u8; 21];
        bytes[..8].copy_from_slice(&self.instance.to_le_bytes());
        bytes[8] = self.part;
        bytes[9..13].copy_from_slice(&self.period.to_le_bytes());
        bytes[13..].copy_from_slice(&self.start.to_le_bytes());
        xxh3_64_with_seed(&bytes, 0)
    }
}

/// One stream in one span.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Section {
    /// Per slot: `None` not answered, else the seconds covered by samples (0: answered, no samples).
    pub(crate) covered: Vec<Option<u32>>,
    /// Key id → (slot, value), ascending; only covered slots.
    pub(crate) series: BTreeMap<u32, Vec<(u16, f64)>>,
}

impl Section {
    /// Nothing answered yet.
    pub(crate) fn empty(slots: usize) -> Self {
        Self { covered: vec![None; slots], series: BTreeMap::new() }
    }

    /// Lays `newer` over this one.
    pub(crate) fn overlay(&mut self, newer: &Self) {
        self.covered.resize(self.covered.len().max(newer.covered.len()), None);
        let replaced = |slot: u16| newer.covered.get(usize::from(slot)).is_some_and(Option::is_some);
        for points in self.series.values_mut() {
            points.retain(|(slot, _)| !replaced(*slot));
        }
        for (key, points) in &newer.series {
            let mine = self.series.entry(*key).or_default();
            mine.extend_from_slice(points);
            mine.sort_by_key(|(slot, _)| *slot);
        }
        self.series.retain(|_, points| !points.is_empty());
        for (mine, theirs) in self.covered.iter_mut().zip(&newer.covered) {
            if theirs.is_some() {
                *mine = *theirs;
            }
        }
    }
}

/// Stream id → section.
pub(crate) type Block = BTreeMap<u32, Section>;

/// Lays `newer` over `older`, stream by stream.
pub(crate) fn overlay(older: &mut Block, newer: Block) {
    for (stream, section) in newer {
        match older.get_mut(&stream) {
            Some(mine) => mine.overlay(&section),
            None => {
                older.insert(stream, section);
            }
        }
    }
}

/// The bytes of a block.
pub(crate) fn encode(block: &Block, address: Address) -> Vec<u8> {
    let mut body = Vec::new();
    varint::put(&mut body, block.len() as u64);
    for (stream, section) in block {
        let bytes = encode_section(section);
        varint::put(&mut body, u64::from(*stream));
        varint::put(&mut body, bytes.len() as u64);
        body.extend_from_slice(&bytes);
    }
    let packed = (body.len() >= MIN_COMPRESSED_BYTES)
        .then(|| zstd::bulk::compress(&body, ZSTD_LEVEL).ok())
        .flatten()
        .filter(|packed| packed.len() < body.len());
    let mut out = vec![MAGIC, VERSION, if packed.is_some() { FLAG_ZSTD } else { 0 }];
    varint::put(&mut out, body.len() as u64);
    out.extend_from_slice(packed.as_deref().unwrap_or(&body));
    let checksum = xxh3_64_with_seed(&out, address.seed());
    out.extend_from_slice(&checksum.to_le_bytes());
    out
}

fn encode_section(section: &Section) -> Vec<u8> {
    let mut out = Vec::new();
    let mut runs: Vec<(usize, usize, u32)> = Vec::new();
    for (slot, covered) in section.covered.iter().enumerate() {
        let Some(secs) = *covered else { continue };
        match runs.last_mut() {
            Some((start, length, run_secs)) if *start + *length == slot && *run_secs == secs => *length += 1,
            _ => runs.push((slot, 1, secs)),
        }
    }
    varint::put(&mut out, runs.len() as u64);
    let mut end = 0;
    for (start, length, secs) in runs {
        varint::put(&mut out, (start - end) as u64);
        varint::put(&mut out, length as u64);
        varint::put(&mut out, u64::from(secs));
        end = start + length;
    }
    let ordinals = ordinals(&section.covered);
    let dense = section.covered.iter().flatten().filter(|secs| **secs > 0).count();
    varint::put(&mut out, section.series.len() as u64);
    let mut before = 0;
    for key in section.series.keys() {
        varint::put(&mut out, u64::from(key - before));
        before = *key;
    }
    for points in section.series.values() {
        varint::put(&mut out, points.len() as u64);
        if points.len() < dense {
            let mut next = 0;
            for (slot, _) in points {
                let ordinal = ordinals[usize::from(*slot)];
                varint::put(&mut out, ordinal - next);
                next = ordinal + 1;
            }
        }
    }
    for points in section.series.values() {
        let values: Vec<f64> = points.iter().map(|(_, value)| *value).collect();
        let covered: Vec<u32> =
            points.iter().map(|(slot, _)| section.covered[usize::from(*slot)].unwrap_or(1)).collect();
        value::put_column(&mut out, &values, &covered);
    }
    out
}

/// For each slot, how many covered slots come before it.
fn ordinals(covered: &[Option<u32>]) -> Vec<u64> {
    let mut count = 0;
    covered
        .iter()
        .map(|secs| {
            let ordinal = count;
            count += u64::from(secs.is_some_and(|secs| secs > 0));
            ordinal
        })
        .collect()
}

thread_local! {
    /// Making one takes longer than unpacking a block with it.
    static UNPACKER: RefCell<Option<Decompressor<'static>>> = RefCell::new(Decompressor::new().ok());
}

fn unpack(stored: &[u8], raw_length: usize) -> Option<Vec<u8>> {
    UNPACKER.with_borrow_mut(|unpacker| unpacker.as_mut()?.decompress(stored, raw_length).ok())
}

/// Reads a block, or only the streams that `keep` names. `None` when a byte is wrong.
pub(crate) fn decode(bytes: &[u8], address: Address, slots: usize, keep: Option<&[u32]>) -> Option<Block> {
    let (rest, checksum) = bytes.split_at_checked(bytes.len().checked_sub(8)?)?;
    if xxh3_64_with_seed(rest, address.seed()).to_le_bytes() != checksum {
        return None;
    }
    let mut head = Reader::new(rest);
    let (magic, version, flags) = (head.byte()?, head.byte()?, head.byte()?);
    if magic != MAGIC || version != VERSION {
        return None;
    }
    let raw_length = head.at_most(MAX_BODY_BYTES)?;
    let stored = head.rest();
    let unpacked;
    let body = if flags & FLAG_ZSTD == 0 {
        stored
    } else {
        unpacked = unpack(stored, raw_length)?;
        &unpacked
    };
    let mut reader = Reader::new(body);
    let sections = reader.at_most(MAX_SERIES)?;
    let mut block = Block::new();
    for _ in 0..sections {
        let stream = u32::try_from(reader.varint()?).ok()?;
        let length = reader.at_most(MAX_BODY_BYTES)?;
        let section = reader.bytes(length)?;
        if keep.is_none_or(|keep| keep.contains(&stream)) {
            block.insert(stream, decode_section(section, slots)?);
        }
    }
    Some(block)
}

fn decode_section(bytes: &[u8], slots: usize) -> Option<Section> {
    let mut reader = Reader::new(bytes);
    let mut section = Section::empty(slots.min(MAX_SLOTS));
    let mut at = 0;
    for _ in 0..reader.at_most(slots)? {
        at += reader.at_most(slots)?;
        let length = reader.at_most(slots)?;
        let secs = u32::try_from(reader.varint()?).ok()?;
        section.covered.get_mut(at..at.checked_add(length)?)?.fill(Some(secs));
        at += length;
    }
    let dense: Vec<u16> =
        (0_u16..).zip(&section.covered).filter(|(_, c)| c.is_some_and(|s| s > 0)).map(|(s, _)| s).collect();
    let count = reader.at_most(MAX_SERIES)?;
    let mut keys = Vec::new();
    let mut key = 0_u32;
    for _ in 0..count {
        key = key.checked_add(u32::try_from(reader.varint()?).ok()?)?;
        keys.push(key);
    }
    let mut columns = Vec::new();
    for _ in 0..count {
        let points = reader.at_most(dense.len())?;
        let mut column = dense.clone();
        if points < dense.len() {
            column.clear();
            let mut next = 0;
            for _ in 0..points {
                let ordinal = reader.at_most(dense.len())? + next;
                column.push(*dense.get(ordinal)?);
                next = ordinal + 1;
            }
        }
        columns.push(column);
    }
    for (key, column) in keys.into_iter().zip(columns) {
        let covered: Vec<u32> = column.iter().map(|slot| section.covered[usize::from(*slot)].unwrap_or(1)).collect();
        let values = value::column(&mut reader, &covered)?;
        section.series.insert(key, column.into_iter().zip(values).collect());
    }
    reader.is_empty().then_some(section)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const ADDRESS: Address = Address { instance: 1, part: 1, period: 60, start: 3600 };
    const SLOTS: usize = 60;

    fn section() -> impl Strategy<Value = Section> {
        let covered = prop::collection::vec(prop::option::of(0_u32..61), SLOTS);
        let series =
            prop::collection::btree_map(0_u32..50, prop::collection::vec(prop::option::of(0_u32..2000), SLOTS), 0..8);
        (covered, series).prop_map(|(covered, series)| {
            let points = |column: Vec<Option<u32>>| -> Vec<(u16, f64)> {
                (0_u16..)
                    .zip(column.into_iter().zip(&covered))
                    .filter_map(|(slot, (n, secs))| {
                        let secs = (*secs).filter(|secs| *secs > 0)?;
                        Some((slot, f64::from(n?) / f64::from(secs)))
                    })
                    .collect()
            };
            let series =
                series.into_iter().map(|(key, column)| (key, points(column))).filter(|(_, p)| !p.is_empty()).collect();
            Section { covered, series }
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn blocks_round_trip(block in prop::collection::btree_map(1_u32..9, section(), 0..4)) {
            let bytes = encode(&block, ADDRESS);
            prop_assert_eq!(decode(&bytes, ADDRESS, SLOTS, None), Some(block.clone()));
            let kept = decode(&bytes, ADDRESS, SLOTS, Some(&[3])).unwrap();
            prop_assert_eq!(kept.get(&3), block.get(&3));
            prop_assert_eq!(decode(&bytes, Address { start: 7200, ..ADDRESS }, SLOTS, None), None);
        }

        #[test]
        fn overlaying_twice_changes_nothing(older in section(), newer in section()) {
            let mut once = older;
            once.overlay(&newer);
            let mut twice = once.clone();
            twice.overlay(&newer);
            prop_assert_eq!(once, twice);
        }
    }

    #[test]
    fn each_flipped_byte_and_each_cut_is_noticed() {
        let mut section = Section::empty(SLOTS);
        section.covered.fill(Some(60));
        section.series.insert(0, (0..60).map(|slot| (slot, f64::from(slot) / 60.0)).collect());
        let bytes = encode(&Block::from([(1, section)]), ADDRESS);
        for place in 0..bytes.len() {
            let mut damaged = bytes.clone();
            damaged[place] ^= 1 << (place % 8);
            assert_eq!(decode(&damaged, ADDRESS, SLOTS, None), None, "byte {place}");
            assert_eq!(decode(&bytes[..place], ADDRESS, SLOTS, None), None, "cut at {place}");
        }
    }
}
