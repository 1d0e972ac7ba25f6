//! One stream read into equal buckets, from whichever levels know it best.

use std::collections::BTreeMap;
use std::ops::Range;

use rusqlite::{Connection, params};
use units::{Period, Timestamp, Window};

use crate::block::{self, Address, Section};
use crate::combine::Combine;
use crate::error::Result;
use crate::level::{Level, secs};

/// The buckets asked for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Axis {
    pub(crate) window: Window,
    pub(crate) period: Period,
}

/// Most buckets of one question; longer windows are cut at their old end.
pub(crate) const MAX_BUCKETS: usize = 50_000;

impl Axis {
    /// `window` widened to whole buckets.
    pub(crate) fn new(window: Window, period: Period) -> Self {
        let mut window = window.aligned(period.secs());
        let longest = i64::from(period.secs()) * i64::try_from(MAX_BUCKETS).unwrap_or(i64::MAX);
        if window.secs() > longest {
            window.from = window.to.plus_secs(-longest);
        }
        Self { window, period }
    }

    pub(crate) fn len(self) -> usize {
        usize::try_from(self.window.secs() / i64::from(self.period.secs())).unwrap_or(0)
    }

    pub(crate) fn start(self, bucket: usize) -> i64 {
        secs(self.window.from) + i64::try_from(bucket).unwrap_or(0) * i64::from(self.period.secs())
    }

    /// The window of a run of buckets.
    pub(crate) fn window_of(self, run: &Range<usize>) -> Window {
        Window::new(Timestamp::from_secs(self.start(run.start)), Timestamp::from_secs(self.start(run.end)))
    }

    fn bucket(self, at: i64) -> Option<usize> {
        let offset = usize::try_from(at - secs(self.window.from)).ok()?;
        let bucket = offset / self.period.secs() as usize;
        (bucket < self.len()).then_some(bucket)
    }
}

/// Accumulated buckets of one stream.
#[derive(Clone, Debug)]
pub(crate) struct Grid {
    pub(crate) axis: Axis,
    pub(crate) combine: Combine,
    /// Seconds of each bucket the source answered for.
    pub(crate) answered: Vec<u32>,
    /// Seconds of each bucket with samples.
    pub(crate) covered: Vec<u32>,
    /// Key id → accumulator a bucket ([`Combine`]).
    pub(crate) sums: BTreeMap<u32, Vec<f64>>,
    /// Pieces left out because their checksum was wrong.
    pub(crate) damaged: u64,
}

/// What identifies the stored stream.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Source {
    pub(crate) instance: i64,
    pub(crate) part: u8,
    pub(crate) stream: u32,
}

/// Levels that can fill buckets of `period`, best first: the coarsest that divides it, since it is
/// the cheapest to read, then finer ones for what that has not got.
fn levels_for(period: Period) -> Vec<Level> {
    let fits = |level: &Level| period.secs().is_multiple_of(level.period);
    let order = [Level::DAYS, Level::HOURS, Level::MINUTES, Level::FIVE_MINUTES, Level::SECONDS];
    order.into_iter().filter(fits).collect()
}

impl Grid {
    /// A grid nothing is known of.
    pub(crate) fn empty(axis: Axis, combine: Combine) -> Self {
        let count = axis.len();
        Self { axis, combine, answered: vec![0; count], covered: vec![0; count], sums: BTreeMap::new(), damaged: 0 }
    }

    /// Reads `source`. Each bucket comes from one level: the one that covers most of it.
    pub(crate) fn read(connection: &Connection, source: Source, axis: Axis, combine: Combine) -> Result<Self> {
        let mut grid = Self::empty(axis, combine);
        for level in levels_for(axis.period) {
            for run in grid.incomplete_runs() {
                let mut finer = Self::empty(axis, combine);
                finer.fill(connection, source, level, &run)?;
                grid.damaged += finer.damaged;
                grid.take_better(finer, run);
            }
        }
        Ok(grid)
    }

    /// Reads what was answered at exactly the period of the axis; values are left out.
    pub(crate) fn read_level(connection: &Connection, source: Source, axis: Axis) -> Result<Self> {
        let mut grid = Self::empty(axis, Combine::Mean);
        if let Some(level) = Level::of(axis.period) {
            let all = 0..axis.len();
            grid.fill(connection, source, level, &all)?;
        }
        Ok(grid)
    }

    /// Runs of buckets that are not answered to their end.
    pub(crate) fn incomplete_runs(&self) -> Vec<Range<usize>> {
        let mut runs: Vec<Range<usize>> = Vec::new();
        for (bucket, answered) in self.answered.iter().enumerate() {
            if *answered >= self.axis.period.secs() {
                continue;
            }
            match runs.last_mut() {
                Some(run) if run.end == bucket => run.end += 1,
                _ => runs.push(bucket..bucket + 1),
            }
        }
        runs
    }

    fn take_better(&mut self, finer: Self, run: Range<usize>) {
        let better: Vec<usize> =
            run.filter(|b| (finer.covered[*b], finer.answered[*b]) > (self.covered[*b], self.answered[*b])).collect();
        for bucket in &better {
            self.answered[*bucket] = finer.answered[*bucket];
            self.covered[*bucket] = finer.covered[*bucket];
            let start = self.combine.start();
            self.sums.values_mut().for_each(|sums| sums[*bucket] = start);
        }
        if better.is_empty() {
            return;
        }
        for (key, sums) in finer.sums {
            let mine = self.sums.entry(key).or_insert_with(|| vec![self.combine.start(); self.answered.len()]);
            better.iter().for_each(|bucket| mine[*bucket] = sums[*bucket]);
        }
    }

    fn fill(&mut self, connection: &Connection, source: Source, level: Level, run: &Range<usize>) -> Result<()> {
        let (from, to) = (self.axis.start(run.start), self.axis.start(run.end));
        let range = params![source.instance, source.part, level.period, level.span_start(from), to];
        let mut sections: BTreeMap<i64, Section> = BTreeMap::new();
        for select in [
            "SELECT start, bytes FROM block WHERE instance = ?1 AND part = ?2 AND period = ?3 AND start >= ?4 AND start < ?5",
            "SELECT start, bytes FROM tail WHERE instance = ?1 AND part = ?2 AND period = ?3 AND start >= ?4 AND start < ?5 ORDER BY seq",
        ] {
            let mut select = connection.prepare_cached(select)?;
            let mut rows = select.query(range)?;
            while let Some(row) = rows.next()? {
                let start: i64 = row.get(0)?;
                let address = Address { instance: source.instance, part: source.part, period: level.period, start };
                let bytes = row.get_ref(1)?.as_blob().unwrap_or_default();
                match block::decode(bytes, address, level.slots(), Some(&[source.stream])) {
                    Some(mut piece) => {
                        if let Some(section) = piece.remove(&source.stream) {
                            sections.entry(start).or_insert_with(|| Section::empty(level.slots())).overlay(&section);
                        }
                    }
                    None => self.damaged += 1,
                }
            }
        }
        for (start, section) in &sections {
            self.accumulate(level, *start, section);
        }
        Ok(())
    }

    fn accumulate(&mut self, level: Level, span_start: i64, section: &Section) {
        let bucket_of: Vec<Option<usize>> =
            (0..section.covered.len()).map(|slot| self.axis.bucket(level.slot_start(span_start, slot))).collect();
        for (slot, covered) in section.covered.iter().enumerate() {
            if let (Some(secs), Some(bucket)) = (*covered, bucket_of[slot]) {
                // A roll-up cannot tell minutes without samples from minutes not collected yet: only
                // a whole one counts as answered, so that minutes are looked at otherwise.
                let is_roll_up = level.period >= Level::HOURS.period;
                self.answered[bucket] += if is_roll_up { secs.max(1) } else { level.period };
                self.covered[bucket] += secs;
            }
        }
        let count = self.answered.len();
        for (key, points) in &section.series {
            let sums = self.sums.entry(*key).or_insert_with(|| vec![self.combine.start(); count]);
            for (slot, value) in points {
                let slot = usize::from(*slot);
                if let Some(bucket) = bucket_of[slot] {
                    self.combine.add(&mut sums[bucket], *value, section.covered[slot].unwrap_or(0));
                }
            }
        }
    }

    /// The values of one key: `None` in buckets without samples, 0 where the others had some.
    pub(crate) fn values(&self, key: u32) -> Vec<Option<f64>> {
        let Some(sums) = self.sums.get(&key) else {
            let absent = |covered: &u32| (self.combine == Combine::Mean && *covered > 0).then_some(0.0);
            return self.covered.iter().map(absent).collect();
        };
        sums.iter().zip(&self.covered).map(|(sum, covered)| self.combine.finish(*sum, *covered)).collect()
    }
}
