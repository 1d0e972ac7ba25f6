//! Sums and differences of load. A matrix that left this module reconciles: in each known bucket
//! every row is known, none is negative, and the rows together are at most the total. What lacks
//! to the total is the remainder.

use std::collections::BTreeMap;

use samples::{BucketCover, Coverage, KeyedSeries, LoadMatrix};

use crate::averages::weighted_mean;

/// Rows Performance Insights names at most in one answer: a bucket with fewer rows has named all
/// it knows, and what then lacks to the total has no value for the dimension.
pub(crate) const TOP_LIMIT: usize = 25;

/// Makes a matrix reconcile. An absent value in a known bucket means the key was not among the top
/// there: 0 under its name, its load in the remainder. Rounding on the way that lets rows exceed
/// the total raises the total.
#[must_use]
pub fn reconciled(mut matrix: LoadMatrix) -> LoadMatrix {
    let buckets = matrix.total.len();
    for bucket in 0..buckets {
        let covered = matrix.covered_secs.get(bucket).copied().unwrap_or(0);
        let known = matrix.total[bucket].filter(|value| value.is_finite() && covered > 0);
        let mut sum = 0.0;
        for row in &mut matrix.series {
            row.values.resize(buckets, None);
            let value = known.map(|_| row.values[bucket].filter(|value| value.is_finite()).unwrap_or(0.0).max(0.0));
            sum += value.unwrap_or(0.0);
            row.values[bucket] = value;
        }
        matrix.total[bucket] = known.map(|total| total.max(sum));
    }
    matrix.covered_secs.resize(buckets, 0);
    matrix.series.retain(|row| row.values.iter().flatten().any(|value| *value > 0.0));
    order_by_mean(&mut matrix);
    matrix
}

/// Rows by falling mean; keys decide between equals, so that the order never flickers.
fn order_by_mean(matrix: &mut LoadMatrix) {
    let weights = std::mem::take(&mut matrix.covered_secs);
    let mean = |row: &KeyedSeries| weighted_mean(&row.values, &weights).unwrap_or(0.0);
    matrix.series.sort_by(|a, b| mean(b).total_cmp(&mean(a)).then_with(|| a.key.cmp(&b.key)));
    matrix.covered_secs = weights;
}

/// A matrix without the buckets that `reference`, on the same axis, does not know: a minute that has
/// come for one question and not for the other yet would make two figures of one page differ.
pub(crate) fn known_by(mut matrix: LoadMatrix, reference: &LoadMatrix) -> LoadMatrix {
    for (bucket, covered) in reference.covered_secs.iter().enumerate().filter(|(_, covered)| **covered == 0) {
        if let Some(secs) = matrix.covered_secs.get_mut(bucket) {
            *secs = *covered;
        }
        if let (Some(cover), Some(known)) = (matrix.cover.buckets.get_mut(bucket), reference.cover.buckets.get(bucket))
        {
            *cover = *known;
        }
    }
    reconciled(matrix)
}

/// The sum of matrices on one axis, each taken with its sign: how exclusions are answered (total −
/// included). A bucket one of them does not know is not known. `None` without a term.
#[must_use]
pub fn combined(terms: Vec<(LoadMatrix, f64)>) -> Option<LoadMatrix> {
    let mut terms = terms.into_iter().map(|(matrix, sign)| (reconciled(matrix), sign));
    let (mut sum, sign) = terms.next()?;
    scale(&mut sum, sign);
    for (term, sign) in terms {
        add(&mut sum, &term, sign);
    }
    Some(reconciled(sum))
}

fn scale(matrix: &mut LoadMatrix, sign: f64) {
    let rows = matrix.series.iter_mut().flat_map(|row| row.values.iter_mut());
    rows.chain(&mut matrix.total).flatten().for_each(|value| *value *= sign);
}

fn add(sum: &mut LoadMatrix, term: &LoadMatrix, sign: f64) {
    let buckets = sum.total.len();
    let places: BTreeMap<String, usize> =
        sum.series.iter().enumerate().map(|(place, row)| (row.key.clone(), place)).collect();
    for row in &term.series {
        let place = places.get(&row.key).copied().unwrap_or_else(|| {
            sum.series.push(KeyedSeries { key: row.key.clone(), values: vec![Some(0.0); buckets] });
            sum.series.len() - 1
        });
        add_values(&mut sum.series[place].values, &row.values, sign);
    }
    add_values(&mut sum.total, &term.total, sign);
    for (bucket, secs) in sum.covered_secs.iter_mut().enumerate() {
        *secs = (*secs).min(term.covered_secs.get(bucket).copied().unwrap_or(0));
    }
    sum.cover = worse(&sum.cover, &term.cover);
}

fn add_values(sum: &mut [Option<f64>], values: &[Option<f64>], sign: f64) {
    for (bucket, sum) in sum.iter_mut().enumerate() {
        *sum = sum.zip(values.get(bucket).copied().flatten()).map(|(sum, value)| sum + sign * value);
    }
}

fn worse(a: &Coverage, b: &Coverage) -> Coverage {
    const fn rank(cover: BucketCover) -> u8 {
        match cover {
            BucketCover::Full => 0,
            BucketCover::Partial => 1,
            BucketCover::Pending => 2,
            BucketCover::Missing => 3,
        }
    }
    let pairs = a.buckets.iter().zip(&b.buckets);
    let mut reasons = a.reasons.clone();
    reasons.extend(b.reasons.iter().filter(|reason| !a.reasons.contains(reason)).cloned());
    Coverage {
        buckets: pairs.map(|(a, b)| if rank(*a) >= rank(*b) { *a } else { *b }).collect(),
        collected_to: a.collected_to.min(b.collected_to),
        reasons,
    }
}

/// Only the rows `is_kept` names; they are the new total.
#[must_use]
pub fn only(mut matrix: LoadMatrix, is_kept: impl Fn(&str) -> bool) -> LoadMatrix {
    matrix.series.retain(|row| is_kept(&row.key));
    for (bucket, total) in matrix.total.iter_mut().enumerate() {
        let sum = matrix.series.iter().filter_map(|row| row.values[bucket]).sum();
        *total = total.map(|_| sum);
    }
    matrix
}

/// Everything but the rows `is_dropped` names; the remainder stays.
#[must_use]
pub fn without(mut matrix: LoadMatrix, is_dropped: impl Fn(&str) -> bool) -> LoadMatrix {
    let (dropped, kept): (Vec<_>, Vec<_>) =
        std::mem::take(&mut matrix.series).into_iter().partition(|row| is_dropped(&row.key));
    matrix.series = kept;
    for row in &dropped {
        add_values(&mut matrix.total, &row.values, -1.0);
    }
    reconciled(matrix)
}

/// The same load under other names: each row goes to the keys `names` gives it, in equal parts, so
/// that sums stay. A row without a name goes to the remainder.
#[must_use]
pub fn regrouped(matrix: &LoadMatrix, names: impl Fn(&str) -> Vec<String>) -> LoadMatrix {
    let mut rows: BTreeMap<String, Vec<Option<f64>>> = BTreeMap::new();
    let blank: Vec<Option<f64>> = matrix.total.iter().map(|total| total.map(|_| 0.0)).collect();
    for row in &matrix.series {
        let keys = names(&row.key);
        #[expect(clippy::cast_precision_loss, reason = "a statement has few names")]
        let part = 1.0 / keys.len().max(1) as f64;
        for key in keys {
            add_values(rows.entry(key).or_insert_with(|| blank.clone()), &row.values, part);
        }
    }
    let series = rows.into_iter().map(|(key, values)| KeyedSeries { key, values }).collect();
    let mut out = LoadMatrix { series, ..matrix_frame(matrix) };
    order_by_mean(&mut out);
    out
}

fn matrix_frame(matrix: &LoadMatrix) -> LoadMatrix {
    LoadMatrix {
        window: matrix.window,
        period: matrix.period,
        cover: matrix.cover.clone(),
        covered_secs: matrix.covered_secs.clone(),
        series: Vec::new(),
        total: matrix.total.clone(),
    }
}

/// What lacks to the total, a bucket each; never below 0.
#[must_use]
pub fn remainder(matrix: &LoadMatrix) -> Vec<Option<f64>> {
    (0..matrix.total.len())
        .map(|bucket| {
            let named: f64 = matrix.series.iter().filter_map(|row| row.values[bucket]).sum();
            matrix.total[bucket].map(|total| (total - named).max(0.0))
        })
        .collect()
}

/// The remainder in two: load beyond the top of the dimension, and load without a value for it.
/// Where a bucket names fewer rows than an answer holds, nothing lies beyond the top.
#[must_use]
pub(crate) fn beyond_and_unattributed(matrix: &LoadMatrix) -> (Vec<Option<f64>>, Vec<Option<f64>>) {
    let rest = remainder(matrix);
    let is_full = |bucket: usize| {
        matrix.series.iter().filter(|row| row.values[bucket].is_some_and(|value| value > 0.0)).count() >= TOP_LIMIT
    };
    let split = |bucket: usize, full: bool| rest[bucket].map(|value| if is_full(bucket) == full { value } else { 0.0 });
    let buckets = 0..rest.len();
    (buckets.clone().map(|bucket| split(bucket, true)).collect(), buckets.map(|bucket| split(bucket, false)).collect())
}

/// A row's values by key.
pub(crate) fn row<'a>(matrix: &'a LoadMatrix, key: &str) -> Option<&'a KeyedSeries> {
    matrix.series.iter().find(|row| row.key == key)
}

/// The part of a matrix in `buckets`.
pub(crate) fn part(matrix: &LoadMatrix, buckets: std::ops::Range<usize>) -> LoadMatrix {
    let cut = |values: &[Option<f64>]| values.get(buckets.clone()).unwrap_or_default().to_vec();
    let secs = i64::from(matrix.period.secs());
    let at = |bucket: usize| matrix.window.from.plus_secs(i64::try_from(bucket).unwrap_or(0) * secs);
    let mut out = LoadMatrix {
        window: units::Window::new(at(buckets.start), at(buckets.end)),
        period: matrix.period,
        cover: Coverage {
            buckets: matrix.cover.buckets.get(buckets.clone()).unwrap_or_default().to_vec(),
            ..matrix.cover.clone()
        },
        covered_secs: matrix.covered_secs.get(buckets.clone()).unwrap_or_default().to_vec(),
        series: matrix
            .series
            .iter()
            .map(|row| KeyedSeries { key: row.key.clone(), values: cut(&row.values) })
            .collect(),
        total: cut(&matrix.total),
    };
    order_by_mean(&mut out);
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use units::{Period, Timestamp, Window};

    fn matrix(total: &[f64], covered_secs: &[u32]) -> LoadMatrix {
        let secs = i64::try_from(total.len()).unwrap_or(0) * 60;
        let cover = |secs: &u32| if *secs == 0 { BucketCover::Pending } else { BucketCover::Full };
        let values: Vec<Option<f64>> = total.iter().copied().map(Some).collect();
        LoadMatrix {
            window: Window::new(Timestamp(0), Timestamp::from_secs(secs)),
            period: Period::MINUTE,
            cover: Coverage {
                buckets: covered_secs.iter().map(cover).collect(),
                collected_to: None,
                reasons: Vec::new(),
            },
            covered_secs: covered_secs.to_vec(),
            series: vec![KeyedSeries { key: "Lock".to_owned(), values: values.clone() }],
            total: values,
        }
    }

    #[test]
    fn a_minute_that_came_for_one_question_alone_is_not_told() {
        let by_wait = known_by(matrix(&[1.0, 2.0, 30.0], &[60; 3]), &matrix(&[1.0, 2.0, 0.0], &[60, 60, 0]));
        assert_eq!(by_wait.total, [Some(1.0), Some(2.0), None]);
        assert_eq!(by_wait.cover.buckets[2], BucketCover::Pending);
        assert_eq!(weighted_mean(&by_wait.series[0].values, &by_wait.covered_secs), Some(1.5));
    }
}
