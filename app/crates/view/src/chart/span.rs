//! Spans of buckets over a limit.

use std::ops::Range;

/// Dips of this many known buckets do not end a span.
const JOINED_DIP: usize = 1;

/// Runs of buckets whose value is over `limit`, joined over single known buckets that are not. A
/// gap ends a run: nobody knows what happened there.
#[must_use]
pub fn spans_over(values: &[Option<f64>], limit: f64) -> Vec<Range<usize>> {
    let mut spans: Vec<Range<usize>> = Vec::new();
    for (bucket, value) in values.iter().enumerate() {
        if value.is_none_or(|value| value <= limit) {
            continue;
        }
        match spans.last_mut() {
            Some(last) if bucket - last.end <= JOINED_DIP && values[last.end..bucket].iter().all(Option::is_some) => {
                last.end = bucket + 1;
            }
            _ => spans.push(bucket..bucket + 1),
        }
    }
    spans
}

/// The longest of [`spans_over`], the first of equals.
#[must_use]
pub fn longest_span_over(values: &[Option<f64>], limit: f64) -> Option<Range<usize>> {
    spans_over(values, limit).into_iter().rev().max_by_key(ExactSizeIterator::len)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn single_dips_join_and_gaps_do_not() {
        let values = [9.0, 9.0, 1.0, 9.0, 1.0, 1.0, 9.0].map(Some);
        assert_eq!(spans_over(&values, 8.0), [0..4, 6..7]);
        assert_eq!(spans_over(&[Some(9.0), None, Some(9.0)], 8.0), [0..1, 2..3]);
        assert_eq!(longest_span_over(&values, 8.0), Some(0..4));
        assert_eq!(longest_span_over(&values, 10.0), None);
        assert_eq!(spans_over(&[Some(8.0)], 8.0), []);
    }
}
