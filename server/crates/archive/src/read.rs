//! Answering: load, counters, statistics and what is missing.

use rusqlite::{Connection, OptionalExtension, params};
use samples::{
    BucketCover, CounterMatrix, CounterSeries, Coverage, GapReason, Grouping, KeyedSeries, LoadMatrix, MetricName,
    StatementStat, StatementStats,
};
use units::{Period, ResourceId, Timestamp, Window};

use crate::combine::Combine;
use crate::error::Result;
use crate::grid::{Axis, Grid, Source};
use crate::level::{Level, secs};
use crate::names::{Names, Table};
use crate::stream::Stream;
use crate::write::TOTAL_KEY;

/// A connection inside one read transaction, and the names to read by.
pub(crate) struct View<'a> {
    pub(crate) connection: &'a Connection,
    pub(crate) names: &'a Names,
}

/// Above this a question about statistics is answered in hours.
const MINUTES_UP_TO_SECS: i64 = 2 * 86_400;

impl View<'_> {
    fn source(&self, id: &ResourceId, stream: &Stream) -> Result<Option<Source>> {
        let Some(instance) = self.names.number(self.connection, Table::Instance, id.as_str())? else {
            return Ok(None);
        };
        let name = serde_json::to_string(stream).unwrap_or_default();
        let stream_number = self.names.number(self.connection, Table::Stream, &name)?;
        let numbered = stream_number.and_then(|number| u32::try_from(number).ok());
        Ok(numbered.map(|number| Source { instance, part: stream.part().number(), stream: number }))
    }

    fn grid(&self, id: &ResourceId, stream: &Stream, axis: Axis) -> Result<(Grid, Coverage)> {
        let combine = Combine::of(stream);
        let Some(source) = self.source(id, stream)? else {
            let cover = Coverage {
                buckets: vec![BucketCover::Pending; axis.len()],
                collected_to: None,
                reasons: vec![GapReason::NotCollected],
            };
            return Ok((Grid::empty(axis, combine), cover));
        };
        let grid = Grid::read(self.connection, source, axis, combine)?;
        let collected_to = self.collected_to(source, axis.period)?;
        let failures = self.failures(source.instance, axis.window)?;
        let cover = cover(&grid, collected_to, failures);
        Ok((grid, cover))
    }

    /// End of the newest answered bucket of a stream, at the level that periods like this come from.
    fn collected_to(&self, source: Source, period: Period) -> Result<Option<Timestamp>> {
        let (least, most) = if period < Period::MINUTE { (1, 1) } else { (60, period.secs().max(300)) };
        let mut select = self.connection.prepare_cached(
            "SELECT max(answered_to) FROM progress WHERE instance = ?1 AND stream = ?2 AND period BETWEEN ?3 AND ?4",
        )?;
        let found: Option<i64> =
            select.query_row(params![source.instance, source.stream, least, most], |row| row.get(0))?;
        Ok(found.map(Timestamp::from_secs))
    }

    fn failures(&self, instance: i64, window: Window) -> Result<Vec<String>> {
        let mut select = self.connection.prepare_cached(
            "SELECT DISTINCT reason FROM failure WHERE instance = ?1 AND starts < ?3 AND ends > ?2 LIMIT 4",
        )?;
        let range = params![instance, secs(window.from), secs(window.to)];
        Ok(select.query_map(range, |row| row.get(0))?.collect::<rusqlite::Result<_>>()?)
    }

    pub(crate) fn load(&self, id: &ResourceId, grouping: &Grouping, axis: Axis) -> Result<LoadMatrix> {
        let (grid, cover) = self.grid(id, &Stream::Load(grouping.clone()), axis)?;
        let mut ranked: Vec<(u32, f64)> = grid
            .sums
            .iter()
            .filter(|(key, _)| **key != TOTAL_KEY)
            .map(|(key, sums)| (*key, sums.iter().sum()))
            .filter(|(_, sum)| *sum > 0.0)
            .collect();
        ranked.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        let mut series = Vec::with_capacity(ranked.len());
        for (key, _) in ranked {
            if let Some(text) = self.names.key(self.connection, key)? {
                series.push(KeyedSeries { key: text, values: grid.values(key) });
            }
        }
        Ok(LoadMatrix {
            window: axis.window,
            period: axis.period,
            cover,
            series,
            total: grid.values(TOTAL_KEY),
            covered_secs: grid.covered,
        })
    }

    pub(crate) fn counters(&self, id: &ResourceId, metrics: &[MetricName], axis: Axis) -> Result<CounterMatrix> {
        let one = |metric: &MetricName| -> Result<CounterSeries> {
            let (grid, cover) = self.grid(id, &Stream::Counter(metric.clone()), axis)?;
            let known = grid.sums.contains_key(&TOTAL_KEY);
            let values = if known { grid.values(TOTAL_KEY) } else { vec![None; axis.len()] };
            Ok(CounterSeries { metric: metric.clone(), values, cover })
        };
        let series = metrics.iter().map(one).collect::<Result<_>>()?;
        Ok(CounterMatrix { window: axis.window, period: axis.period, series })
    }

    pub(crate) fn statistics(
        &self,
        id: &ResourceId,
        stats: &[StatementStat],
        window: Window,
    ) -> Result<StatementStats> {
        let mut answer = StatementStats::default();
        let period = if window.secs() > MINUTES_UP_TO_SECS { Period::HOUR } else { Period::MINUTE };
        for stat in stats {
            let (mut grid, _) = self.grid(id, &Stream::Statistic(*stat), Axis::new(window, period))?;
            if period == Period::MINUTE && grid.covered.iter().all(|secs| *secs == 0) {
                (grid, _) = self.grid(id, &Stream::Statistic(*stat), Axis::new(window, Period::FIVE_MINUTES))?;
            }
            answer.covered_secs.insert(*stat, grid.covered.iter().sum());
            for (key, sums) in &grid.sums {
                if let Some(text) = self.names.key(self.connection, *key)? {
                    answer.sums.entry(text).or_default().insert(*stat, sums.iter().sum());
                }
            }
        }
        Ok(answer)
    }

    /// One statistic of each digest in equal buckets; rates per second.
    pub(crate) fn statistic_series(&self, id: &ResourceId, stat: StatementStat, axis: Axis) -> Result<LoadMatrix> {
        let (grid, cover) = self.grid(id, &Stream::Statistic(stat), axis)?;
        let mut series = Vec::new();
        for key in grid.sums.keys() {
            if let Some(text) = self.names.key(self.connection, *key)? {
                series.push(KeyedSeries { key: text, values: grid.values(*key) });
            }
        }
        let total = vec![None; axis.len()];
        Ok(LoadMatrix { window: axis.window, period: axis.period, cover, covered_secs: grid.covered, series, total })
    }

    /// Runs of the window that were never answered for a grouping at exactly this period.
    pub(crate) fn missing(&self, id: &ResourceId, stream: &Stream, axis: Axis) -> Result<Vec<Window>> {
        let Some(source) = self.source(id, stream)? else { return Ok(vec![axis.window]) };
        let grid = Grid::read_level(self.connection, source, axis)?;
        Ok(grid.incomplete_runs().into_iter().map(|run| grid.axis.window_of(&run)).collect())
    }

    /// Instances with anything stored.
    pub(crate) fn stored_instances(&self) -> Result<Vec<ResourceId>> {
        let mut select = self.connection.prepare_cached("SELECT id FROM instance ORDER BY num")?;
        Ok(select.query_map([], |row| row.get(0).map(ResourceId))?.collect::<rusqlite::Result<_>>()?)
    }

    /// The oldest second a stream of this level is stored for.
    pub(crate) fn oldest(&self, id: &ResourceId, level: Level) -> Result<Option<Timestamp>> {
        let Some(instance) = self.names.number(self.connection, Table::Instance, id.as_str())? else {
            return Ok(None);
        };
        let select = "SELECT min(start) FROM (
            SELECT min(start) AS start FROM block WHERE instance = ?1 AND part = 0 AND period = ?2
            UNION ALL SELECT min(start) FROM tail WHERE instance = ?1 AND part = 0 AND period = ?2)";
        let mut select = self.connection.prepare_cached(select)?;
        let found: Option<Option<i64>> =
            select.query_row(params![instance, level.period], |row| row.get(0)).optional()?;
        Ok(found.flatten().map(Timestamp::from_secs))
    }
}

fn cover(grid: &Grid, collected_to: Option<Timestamp>, failures: Vec<String>) -> Coverage {
    let period = grid.axis.period.secs();
    let mut cover = Coverage { buckets: Vec::with_capacity(grid.covered.len()), collected_to, reasons: Vec::new() };
    let mut note = |reason: GapReason| {
        if !cover.reasons.contains(&reason) {
            cover.reasons.push(reason);
        }
    };
    let mut unanswered = false;
    for (bucket, (covered, answered)) in grid.covered.iter().zip(&grid.answered).enumerate() {
        let start = Timestamp::from_secs(grid.axis.start(bucket));
        cover.buckets.push(match (*covered, *answered) {
            (covered, _) if covered >= period => BucketCover::Full,
            (1.., _) => BucketCover::Partial,
            (0, 0) if collected_to.is_none_or(|end| start >= end) => BucketCover::Pending,
            (0, 0) => {
                unanswered = true;
                BucketCover::Missing
            }
            _ => {
                note(GapReason::NoSamples);
                BucketCover::Missing
            }
        });
    }
    if grid.damaged > 0 {
        note(GapReason::Damaged);
    }
    if unanswered {
        note(GapReason::NotCollected);
        failures.into_iter().for_each(|reason| note(GapReason::Failed(reason)));
    }
    cover
}
