//! What was measured here, by CloudWatch's names, waiting to be fetched.
//!
//! Everything is added up within its minute. Whoever wants it drains it every few seconds and
//! enters it wherever metrics are kept; a drained part of a minute adds to the parts before it.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

/// Minutes kept for a reader who is late; older ones are dropped.
const MOST_MINUTES: usize = 30;

/// Names and values that tell apart series of one metric, in CloudWatch's spelling.
pub type Dimensions = Arc<[(&'static str, String)]>;

/// Part of one minute of one series.
#[derive(Debug, Clone, PartialEq)]
pub struct Measurement {
    /// For example `AWS/ApplicationELB`.
    pub namespace: &'static str,
    /// For example `RequestCount`.
    pub name: &'static str,
    /// Sorted by name.
    pub dimensions: Dimensions,
    /// CloudWatch's word, for example `Count`.
    pub unit: &'static str,
    /// Start of the minute, UTC milliseconds since 1970.
    pub minute_ms: i64,
    /// Values and how often each was seen. Durations are kept to three digits.
    pub values: Vec<(f64, f64)>,
}

/// One metric: where it belongs, what it is called, in what it is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Metric {
    /// For example `AWS/ApplicationELB`.
    pub namespace: &'static str,
    /// For example `RequestCount`.
    pub name: &'static str,
    /// For example `Count`.
    pub unit: &'static str,
}

/// Collects measurements; clones share them.
#[derive(Debug, Clone, Default)]
pub struct Meter {
    minutes: Arc<Mutex<BTreeMap<i64, Minute>>>,
}

type Minute = BTreeMap<(Metric, Dimensions), BTreeMap<u64, f64>>;

impl Meter {
    /// Adds `count` observations of `value` now.
    pub fn add(&self, metric: Metric, dimensions: &Dimensions, value: f64, count: f64) {
        self.add_at(now_ms(), metric, dimensions, value, count);
    }

    /// Adds observations made at `at_ms`, UTC milliseconds since 1970. What is not a finite number
    /// is not a measurement and is left out.
    pub fn add_at(&self, at_ms: i64, metric: Metric, dimensions: &Dimensions, value: f64, count: f64) {
        if !value.is_finite() {
            return;
        }
        let minute_ms = at_ms - at_ms.rem_euclid(60_000);
        let mut minutes = self.lock();
        let series = minutes.entry(minute_ms).or_default().entry((metric, Arc::clone(dimensions))).or_default();
        *series.entry(three_digits(value).to_bits()).or_default() += count;
        while minutes.len() > MOST_MINUTES {
            minutes.pop_first();
        }
    }

    /// Takes everything collected since the last call, oldest first.
    pub fn drain(&self) -> Vec<Measurement> {
        let minutes = std::mem::take(&mut *self.lock());
        let of_minute = |(minute_ms, minute): (i64, Minute)| {
            minute.into_iter().map(move |((metric, dimensions), values)| Measurement {
                namespace: metric.namespace,
                name: metric.name,
                unit: metric.unit,
                dimensions,
                minute_ms,
                values: values.into_iter().map(|(bits, count)| (f64::from_bits(bits), count)).collect(),
            })
        };
        minutes.into_iter().flat_map(of_minute).collect()
    }

    /// Counters are whole after every statement: a panic elsewhere does not spoil them.
    fn lock(&self) -> MutexGuard<'_, BTreeMap<i64, Minute>> {
        self.minutes.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Dimensions in the order CloudWatch compares them.
pub fn dimensions<const N: usize>(pairs: [(&'static str, &str); N]) -> Dimensions {
    let mut pairs = pairs.map(|(name, value)| (name, value.to_owned()));
    pairs.sort();
    Arc::from(pairs)
}

/// UTC milliseconds since 1970.
pub(crate) fn now_ms() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}

/// Whole numbers stay as they are; anything finer keeps three significant digits, so that a minute
/// of durations has some hundreds of different values at most.
fn three_digits(value: f64) -> f64 {
    if value.fract() == 0.0 {
        return value;
    }
    let scale = 10_f64.powf(2.0 - value.abs().log10().floor());
    (value * scale).round() / scale
}

#[cfg(test)]
mod tests {
    use super::*;

    const COUNT: Metric = Metric { namespace: "N", name: "C", unit: "Count" };

    #[test]
    fn a_minute_is_added_up_and_drained_once() {
        let meter = Meter::default();
        let dims = dimensions([("B", "2"), ("A", "1")]);
        meter.add_at(61_000, COUNT, &dims, 1.0, 2.0);
        meter.add_at(119_999, COUNT, &dims, 1.0, 1.0);
        meter.add_at(120_000, COUNT, &dims, 1.0, 1.0);
        meter.add_at(120_000, COUNT, &dims, f64::NAN, 1.0);
        let drained = meter.drain();
        assert_eq!(drained.len(), 2);
        assert_eq!((drained[0].minute_ms, drained[0].values.as_slice()), (60_000, [(1.0, 3.0)].as_slice()));
        assert_eq!(drained[0].dimensions[0].0, "A");
        assert!(meter.drain().is_empty());
    }

    #[test]
    fn durations_keep_three_digits() {
        assert_eq!(three_digits(0.012_345), 0.0123);
        assert_eq!(three_digits(1_234.0), 1_234.0);
        assert_eq!(three_digits(12.345), 12.3);
    }
}
