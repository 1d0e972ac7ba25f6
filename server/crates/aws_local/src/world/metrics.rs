//! CloudWatch metrics as recorded: per minute a histogram of values, so that percentiles are real.

use super::codec::{read_doubles, read_number, write_number};
use std::collections::{BTreeMap, HashMap};

/// Minutes are kept this long, as CloudWatch keeps 60-second points.
pub(crate) const METRICS_KEPT_SECS: i64 = 15 * 86_400;
/// Points finer than a minute are kept this long, as CloudWatch keeps them.
pub(crate) const FINE_KEPT_SECS: i64 = 3 * 3_600;
/// Distinct values kept per point; beyond it only sum, count, minimum and maximum grow.
const MOST_VALUES: usize = 2_000;

/// A metric's identity. Dimensions are sorted by name.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct MetricKey {
    pub(crate) namespace: String,
    pub(crate) name: String,
    pub(crate) dimensions: Vec<(String, String)>,
}

impl MetricKey {
    pub(crate) fn new(namespace: &str, name: &str, dimensions: &[(&str, &str)]) -> Self {
        let mut dimensions: Vec<_> =
            dimensions.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        dimensions.sort();
        Self { namespace: namespace.to_owned(), name: name.to_owned(), dimensions }
    }
}

/// What was recorded within one point.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Datum {
    pub(crate) count: f64,
    pub(crate) sum: f64,
    pub(crate) min: f64,
    pub(crate) max: f64,
    /// Values and how often each was seen, sorted; empty if only totals were recorded.
    values: Vec<(f64, f64)>,
}

impl Datum {
    /// `value` seen `count` times.
    pub(crate) fn of(value: f64, count: f64) -> Self {
        Self { count, sum: value * count, min: value, max: value, values: vec![(value, count)] }
    }

    /// Totals without the values behind them.
    pub(crate) fn totals(count: f64, sum: f64, min: f64, max: f64) -> Self {
        Self { count, sum, min, max, values: Vec::new() }
    }

    pub(crate) fn merge(&mut self, other: &Self) {
        let knows_values = !self.values.is_empty() && !other.values.is_empty();
        self.count += other.count;
        self.sum += other.sum;
        self.min = self.min.min(other.min);
        self.max = self.max.max(other.max);
        if !knows_values {
            self.values.clear();
            return;
        }
        for (value, count) in &other.values {
            match self.values.binary_search_by(|(found, _)| found.total_cmp(value)) {
                Ok(index) => self.values[index].1 += count,
                Err(index) if self.values.len() < MOST_VALUES => self.values.insert(index, (*value, *count)),
                // The histogram is full: the nearest value takes the count, at an error below its spacing.
                Err(index) => self.values[index.min(MOST_VALUES - 1)].1 += count,
            }
        }
    }

    /// The value below which `percent` of the recorded values lie; `None` if values are not known.
    pub(crate) fn percentile(&self, percent: f64) -> Option<f64> {
        if self.values.is_empty() {
            // CloudWatch computes percentiles of a statistic set only where it stands for one value.
            return (self.count == 1.0 || self.min == self.max).then_some(self.max);
        }
        let wanted = percent / 100.0 * self.count;
        let mut seen = 0.0;
        for (value, count) in &self.values {
            seen += count;
            if seen >= wanted {
                return Some(*value);
            }
        }
        Some(self.max)
    }

    /// Layout: count, sum, min, max as little-endian `f64`; number of values (LEB128); then value and
    /// count of each as `f64`.
    pub(crate) fn to_blob(&self) -> Vec<u8> {
        let mut blob = Vec::with_capacity(40 + 16 * self.values.len());
        for value in [self.count, self.sum, self.min, self.max] {
            blob.extend_from_slice(&value.to_le_bytes());
        }
        write_number(&mut blob, self.values.len() as u64);
        for (value, count) in &self.values {
            blob.extend_from_slice(&value.to_le_bytes());
            blob.extend_from_slice(&count.to_le_bytes());
        }
        blob
    }

    /// Reads what [`Datum::to_blob`] wrote.
    pub(crate) fn from_blob(mut blob: &[u8]) -> Option<Self> {
        let [count, sum, min, max] = read_doubles(&mut blob)?;
        let length = read_number(&mut blob)?;
        let values =
            (0..length).map(|_| read_doubles(&mut blob).map(|[value, count]| (value, count))).collect::<Option<_>>()?;
        Some(Self { count, sum, min, max, values })
    }
}

/// One metric's points by time.
#[derive(Debug, Default)]
pub(crate) struct Series {
    pub(crate) number: u32,
    pub(crate) unit: String,
    pub(crate) points: BTreeMap<i64, Datum>,
}

/// All recorded metrics.
#[derive(Debug, Default)]
pub(crate) struct MetricStore {
    series: BTreeMap<MetricKey, Series>,
    by_number: HashMap<u32, MetricKey>,
}

impl MetricStore {
    /// Adds to the point at `at_secs`; returns the series' number, and whether it is new.
    pub(crate) fn record(&mut self, key: &MetricKey, unit: &str, at_secs: i64, datum: &Datum) -> (u32, bool) {
        let is_new = !self.series.contains_key(key);
        if is_new {
            let number = self.by_number.keys().max().map_or(1, |last| last + 1);
            self.restore(number, key.clone(), unit.to_owned());
        }
        let Some(series) = self.series.get_mut(key) else { return (0, false) };
        if unit != "None" || series.unit.is_empty() {
            unit.clone_into(&mut series.unit);
        }
        match series.points.get_mut(&at_secs) {
            Some(found) => found.merge(datum),
            None => {
                series.points.insert(at_secs, datum.clone());
            }
        }
        (series.number, is_new)
    }

    /// Enters a series read back from disk.
    pub(crate) fn restore(&mut self, number: u32, key: MetricKey, unit: String) {
        self.by_number.insert(number, key.clone());
        self.series.insert(key, Series { number, unit, points: BTreeMap::new() });
    }

    /// Enters a point read back from disk.
    pub(crate) fn restore_point(&mut self, number: u32, at_secs: i64, datum: Datum) {
        if let Some(series) = self.by_number.get(&number).and_then(|key| self.series.get_mut(key)) {
            series.points.insert(at_secs, datum);
        }
    }

    pub(crate) fn get(&self, key: &MetricKey) -> Option<&Series> {
        self.series.get(key)
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (&MetricKey, &Series)> {
        self.series.iter()
    }

    /// Drops old points; points finer than a minute become minutes when they get old.
    pub(crate) fn expire(&mut self, now_secs: i64) {
        for series in self.series.values_mut() {
            series.points = series.points.split_off(&(now_secs - METRICS_KEPT_SECS));
            let coarse = super::load::minute_of(now_secs - FINE_KEPT_SECS);
            let fine: Vec<i64> = series.points.range(..coarse).map(|(at, _)| *at).filter(|at| at % 60 != 0).collect();
            for at in fine {
                if let Some(datum) = series.points.remove(&at) {
                    series
                        .points
                        .entry(super::load::minute_of(at))
                        .and_modify(|minute| minute.merge(&datum))
                        .or_insert(datum);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_come_from_real_values() {
        let mut datum = Datum::of(1.0, 1.0);
        for value in 2..=100 {
            datum.merge(&Datum::of(f64::from(value), 1.0));
        }
        assert_eq!((datum.percentile(50.0), datum.percentile(99.0)), (Some(50.0), Some(99.0)));
        assert_eq!(Datum::from_blob(&datum.to_blob()), Some(datum));
        assert_eq!(Datum::totals(10.0, 55.0, 1.0, 10.0).percentile(50.0), None);
    }
}
