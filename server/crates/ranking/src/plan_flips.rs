//! When a statement's plan changed: one plan led, then another did, and stayed.

use samples::KeyedSeries;

/// A plan leads a bucket with at least this part of the load whose plan is known. Where no plan leads,
/// plans are mixed (they depend on the parameters), and nothing is concluded.
const LEADING_SHARE: f64 = 0.6;
/// A new plan must lead this many buckets in a row, gaps aside: one odd execution is no flip.
const HOLD_BUCKETS: usize = 2;

/// The flips among rows of load by plan: first bucket of the new plan, key of the old and of the new.
#[must_use]
pub fn plan_flips(series: &[KeyedSeries]) -> Vec<(usize, String, String)> {
    let buckets = series.iter().map(|row| row.values.len()).max().unwrap_or(0);
    let mut flips = Vec::new();
    let mut current: Option<&str> = None;
    let mut candidate: Option<(&str, usize, usize)> = None;
    for bucket in 0..buckets {
        let Some(leader) = leader_of(series, bucket) else { continue };
        let Some(before) = current else {
            current = Some(leader);
            continue;
        };
        candidate = match candidate {
            _ if leader == before => None,
            Some((key, first, count)) if key == leader => Some((key, first, count + 1)),
            _ => Some((leader, bucket, 1)),
        };
        if let Some((key, first, _)) = candidate.filter(|(.., count)| *count >= HOLD_BUCKETS) {
            flips.push((first, before.to_owned(), key.to_owned()));
            current = Some(key);
            candidate = None;
        }
    }
    flips
}

fn leader_of(series: &[KeyedSeries], bucket: usize) -> Option<&str> {
    let load = |row: &KeyedSeries| row.values.get(bucket).copied().flatten().unwrap_or(0.0);
    let known: f64 = series.iter().map(load).sum();
    let first = series.iter().max_by(|a, b| load(a).total_cmp(&load(b)))?;
    (known > 0.0 && load(first) >= known * LEADING_SHARE).then_some(first.key.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn flips(rows: &[(&str, &[f64])]) -> Vec<(usize, String, String)> {
        let series: Vec<KeyedSeries> = rows
            .iter()
            .map(|(key, values)| KeyedSeries {
                key: (*key).to_owned(),
                values: values.iter().map(|value| (*value >= 0.0).then_some(*value)).collect(),
            })
            .collect();
        plan_flips(&series)
    }

    fn flip(at: usize, from: &str, to: &str) -> (usize, String, String) {
        (at, from.to_owned(), to.to_owned())
    }

    #[test]
    fn a_plan_that_stays_is_a_flip() {
        assert_eq!(flips(&[("a", &[1.0, 1.0, 0.0, 0.0]), ("b", &[0.0, 0.0, 3.0, 3.0])]), [flip(2, "a", "b")]);
        let back = flips(&[("a", &[1.0, 0.0, 0.0, 1.0, 1.0]), ("b", &[0.0, 1.0, 1.0, 0.0, 0.0])]);
        assert_eq!(back, [flip(1, "a", "b"), flip(3, "b", "a")]);
    }

    #[test]
    fn gaps_and_quiet_buckets_do_not_count() {
        let with_gap = flips(&[("a", &[1.0, -1.0, 0.0, 0.0, 0.0]), ("b", &[0.0, -1.0, 1.0, 0.0, 1.0])]);
        assert_eq!(with_gap, [flip(2, "a", "b")]);
    }

    #[test]
    fn an_odd_one_and_a_mix_are_none() {
        assert_eq!(flips(&[("a", &[1.0, 0.0, 1.0]), ("b", &[0.0, 1.0, 0.0])]), []);
        assert_eq!(flips(&[("a", &[1.0, 1.0, 1.0]), ("b", &[1.0, 1.0, 1.0])]), []);
        assert_eq!(flips(&[("a", &[0.0, 1.0])]), []);
        assert_eq!(flips(&[]), []);
    }
}
