//! Averages over buckets. The one place where values of buckets are averaged: always weighted by
//! the seconds that were covered, and a bucket without cover weighs nothing.

use units::{Aas, Timestamp};
use view::{Axis, Peak};

/// Mean over the covered time. `weights` are covered seconds a bucket; a bucket that is not known
/// or has no covered second does not count. `None` when nothing is covered.
#[must_use]
pub fn weighted_mean(values: &[Option<f64>], weights: &[u32]) -> Option<f64> {
    let (mut sum, mut secs) = (0.0, 0.0);
    for (value, weight) in values.iter().zip(weights) {
        if let Some(value) = value {
            sum += value * f64::from(*weight);
            secs += f64::from(*weight);
        }
    }
    (secs > 0.0).then(|| sum / secs)
}

/// The highest known bucket; the first of equals.
#[must_use]
pub(crate) fn peak(axis: &Axis, values: &[Option<f64>]) -> Option<Peak> {
    let mut best: Option<(usize, f64)> = None;
    for (bucket, value) in values.iter().enumerate() {
        if let Some(value) = value
            && best.is_none_or(|(_, most)| *value > most)
        {
            best = Some((bucket, *value));
        }
    }
    best.map(|(bucket, value)| Peak { at: axis.start_of(bucket), aas: Aas(value) })
}

/// The value that 99 % of known buckets do not exceed (nearest rank).
#[must_use]
pub fn p99(values: &[Option<f64>]) -> Option<f64> {
    let mut known: Vec<f64> = values.iter().flatten().copied().collect();
    known.sort_by(f64::total_cmp);
    let rank = (known.len() * 99).div_ceil(100);
    known.get(rank.checked_sub(1)?).copied()
}

/// Start and value of the newest bucket `is_complete` accepts.
pub(crate) fn newest(
    axis: &Axis,
    values: &[Option<f64>],
    is_complete: impl Fn(usize) -> bool,
) -> Option<(Timestamp, f64)> {
    let bucket = (0..values.len()).rev().find(|bucket| values[*bucket].is_some() && is_complete(*bucket))?;
    Some((axis.start_of(bucket), values[bucket]?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mean_counts_covered_time_only() {
        assert_eq!(weighted_mean(&[Some(1.0), None, Some(4.0)], &[60, 0, 20]), Some(1.75));
        assert_eq!(weighted_mean(&[Some(0.0), Some(2.0)], &[60, 60]), Some(1.0));
        assert_eq!(weighted_mean(&[None, None], &[60, 60]), None);
        assert_eq!(weighted_mean(&[Some(3.0)], &[0]), None);
    }

    #[test]
    fn p99_is_a_value_that_occurred() {
        let values: Vec<Option<f64>> = (1..=200).map(|value| Some(f64::from(value))).collect();
        assert_eq!(p99(&values), Some(198.0));
        assert_eq!(p99(&[Some(2.0), None, Some(5.0)]), Some(5.0));
        assert_eq!(p99(&[None]), None);
    }
}
