//! Counters and statement statistics of one instance, by minute.

use crate::world::codec::{read_number, write_number};
use std::collections::BTreeMap;

/// Readings of one counter within a minute.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Readings {
    pub(crate) count: f64,
    pub(crate) sum: f64,
    pub(crate) min: f64,
    pub(crate) max: f64,
}

impl Readings {
    pub(crate) fn one(value: f64) -> Self {
        Self { count: 1.0, sum: value, min: value, max: value }
    }

    pub(crate) fn merge(&mut self, other: &Self) {
        self.count += other.count;
        self.sum += other.sum;
        self.min = self.min.min(other.min);
        self.max = self.max.max(other.max);
    }
}

/// Counters by minute; the key of an entry is the number of the counter's name.
#[derive(Debug, Default)]
pub(crate) struct CounterStore {
    minutes: BTreeMap<i64, Vec<(u32, Readings)>>,
}

impl CounterStore {
    pub(crate) fn add(&mut self, minute_secs: i64, counter: u32, readings: &Readings) {
        let minute = self.minutes.entry(minute_secs).or_default();
        match minute.iter_mut().find(|(found, _)| *found == counter) {
            Some((_, sum)) => sum.merge(readings),
            None => minute.push((counter, *readings)),
        }
    }

    pub(crate) fn put(&mut self, minute_secs: i64, readings: Vec<(u32, Readings)>) {
        self.minutes.insert(minute_secs, readings);
    }

    pub(crate) fn minute(&self, minute_secs: i64) -> Option<&[(u32, Readings)]> {
        self.minutes.get(&minute_secs).map(Vec::as_slice)
    }

    /// Readings of one counter in the window.
    pub(crate) fn readings(&self, counter: u32, from_secs: i64, to_secs: i64) -> impl Iterator<Item = (i64, Readings)> {
        self.minutes.range(from_secs..to_secs.max(from_secs)).filter_map(move |(at, minute)| {
            minute.iter().find(|(found, _)| *found == counter).map(|(_, readings)| (*at, *readings))
        })
    }

    pub(crate) fn expire(&mut self, oldest_secs: i64) {
        self.minutes = self.minutes.split_off(&oldest_secs);
    }
}

/// Statement statistics by minute, packed: few of the columns are ever non-zero.
///
/// A packed minute is a sequence of statements: digest number, bit set of non-zero columns (both
/// LEB128), then one little-endian `f64` per bit set, from the lowest.
#[derive(Debug, Default)]
pub(crate) struct StatementStore {
    minutes: BTreeMap<i64, Vec<u8>>,
}

impl StatementStore {
    pub(crate) fn put(&mut self, minute_secs: i64, packed: Vec<u8>) {
        self.minutes.insert(minute_secs, packed);
    }

    /// Minutes in the window that were read, each with its statements.
    pub(crate) fn minutes(&self, from_secs: i64, to_secs: i64) -> impl Iterator<Item = (i64, Unpacked<'_>)> {
        self.minutes.range(from_secs..to_secs.max(from_secs)).map(|(at, packed)| (*at, Unpacked(packed)))
    }

    pub(crate) fn expire(&mut self, oldest_secs: i64) {
        self.minutes = self.minutes.split_off(&oldest_secs);
    }
}

/// Packs one minute.
pub(crate) fn pack(statements: &[(u32, Vec<f64>)]) -> Vec<u8> {
    let mut packed = Vec::new();
    for (digest, values) in statements {
        let mask =
            values.iter().enumerate().filter(|(_, value)| **value != 0.0).fold(0u64, |mask, (bit, _)| mask | 1 << bit);
        write_number(&mut packed, u64::from(*digest));
        write_number(&mut packed, mask);
        for value in values.iter().filter(|value| **value != 0.0) {
            packed.extend_from_slice(&value.to_le_bytes());
        }
    }
    packed
}

/// Reads a packed minute.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Unpacked<'a>(pub(crate) &'a [u8]);

/// One statement of a packed minute.
#[derive(Clone, Copy, Debug)]
pub(crate) struct StatementFigures<'a> {
    pub(crate) digest: u32,
    mask: u64,
    values: &'a [u8],
}

impl StatementFigures<'_> {
    /// The value of a column; zero where nothing happened.
    pub(crate) fn column(&self, column: usize) -> f64 {
        let bit = 1u64 << column;
        if self.mask & bit == 0 {
            return 0.0;
        }
        let before = (self.mask & (bit - 1)).count_ones() as usize;
        let bytes = self.values.get(before * 8..before * 8 + 8).and_then(|bytes| bytes.try_into().ok());
        bytes.map_or(0.0, f64::from_le_bytes)
    }
}

impl<'a> Iterator for Unpacked<'a> {
    type Item = StatementFigures<'a>;

    fn next(&mut self) -> Option<Self::Item> {
        let digest = read_number(&mut self.0)?;
        let mask = read_number(&mut self.0)?;
        let length = mask.count_ones() as usize * 8;
        let values = self.0.get(..length)?;
        self.0 = &self.0[length..];
        Some(StatementFigures { digest: u32::try_from(digest).ok()?, mask, values })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packed_minutes_read_back() {
        let packed = pack(&[(7, vec![3.0, 0.0, 1.5]), (300, vec![0.0, 2.0, 0.0])]);
        let read: Vec<(u32, [f64; 3])> =
            Unpacked(&packed).map(|found| (found.digest, std::array::from_fn(|column| found.column(column)))).collect();
        assert_eq!(read, [(7, [3.0, 0.0, 1.5]), (300, [0.0, 2.0, 0.0])]);
        assert_eq!(Unpacked(&packed[..packed.len() - 1]).count(), 1, "a cut tail is dropped");
    }
}
