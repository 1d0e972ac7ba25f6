//! From totals that only grow, until somebody resets them, to rates that are never negative. Pure.

use crate::counters::{CounterGroup, Rate};
use crate::observation::StatementDelta;
use std::collections::HashMap;
use std::sync::Arc;

/// A statement interval longer than this is not told: nobody could say when in it the calls were.
const LONGEST_STATEMENT_INTERVAL_SECS: i64 = 300;
/// The same for counters.
const LONGEST_COUNTER_INTERVAL_SECS: i64 = 60;

/// Totals of all statements at one moment.
#[derive(Clone, Debug, Default)]
pub(crate) struct StatementTotals {
    pub(crate) at_secs: i64,
    /// Changes when all statistics were reset at once.
    pub(crate) reset_mark: Option<f64>,
    pub(crate) rows: HashMap<Arc<str>, Vec<f64>>,
}

/// The statements' growth from `before` to `after`; `None` if the interval is too long to tell.
///
/// A statement that shrank was reset or evicted in between: what it shows now happened since.
pub(crate) fn statement_deltas(before: &StatementTotals, after: &StatementTotals) -> Option<Vec<StatementDelta>> {
    let interval = after.at_secs - before.at_secs;
    if interval <= 0 || interval > LONGEST_STATEMENT_INTERVAL_SECS {
        return None;
    }
    let all_reset = before.reset_mark != after.reset_mark;
    let mut deltas: Vec<_> = after
        .rows
        .iter()
        .filter_map(|(id, now)| {
            let then = if all_reset { None } else { before.rows.get(id) };
            let values = growth(then.map(Vec::as_slice), now);
            values.iter().any(|value| *value > 0.0).then(|| StatementDelta { statement_id: id.clone(), values })
        })
        .collect();
    deltas.sort_by(|left, right| left.statement_id.cmp(&right.statement_id));
    Some(deltas)
}

fn growth(then: Option<&[f64]>, now: &[f64]) -> Vec<f64> {
    match then {
        Some(then) if then.len() == now.len() && now.iter().zip(then).all(|(now, then)| now >= then) => {
            now.iter().zip(then).map(|(now, then)| now - then).collect()
        }
        _ => now.iter().map(|value| value.max(0.0)).collect(),
    }
}

/// Totals of all counter groups at one moment.
#[derive(Clone, Debug, Default)]
pub(crate) struct CounterTotals {
    pub(crate) at_secs: i64,
    pub(crate) groups: Vec<CounterGroup>,
}

/// Rates between two readings; levels come from `after` alone. Whatever was reset is absent once.
pub(crate) fn counter_rates(before: Option<&CounterTotals>, after: &CounterTotals) -> Vec<(&'static str, f64)> {
    let before = before.filter(|before| {
        let interval = after.at_secs - before.at_secs;
        interval > 0 && interval <= LONGEST_COUNTER_INTERVAL_SECS
    });
    let mut values = Vec::new();
    for (index, group) in after.groups.iter().enumerate() {
        let earlier = before
            .and_then(|before| Some((before.groups.get(index)?, after.at_secs - before.at_secs)))
            .filter(|(earlier, _)| earlier.reset_mark == group.reset_mark);
        values.extend(group_rates(earlier, group));
    }
    values.retain(|(_, value)| value.is_finite());
    values
}

fn group_rates(earlier: Option<(&CounterGroup, i64)>, group: &CounterGroup) -> Vec<(&'static str, f64)> {
    let difference = |name: &str| -> Option<f64> {
        let now = total_of(group, name)?;
        let then = total_of(earlier?.0, name)?;
        (now >= then).then_some(now - then)
    };
    let seconds = earlier.map_or(0.0, |(_, seconds)| seconds as f64);
    let per = |difference: f64, divisor: f64| (divisor > 0.0).then(|| difference / divisor);
    group
        .totals
        .iter()
        .filter_map(|(spec, total)| {
            let value = match spec.rate {
                Rate::Level => Some(*total),
                Rate::PerSecond => per(difference(spec.name)?, seconds),
                Rate::PerMinute => per(difference(spec.name)? * 60.0, seconds),
                Rate::PerCheckpoint => {
                    let checkpoints =
                        difference("db.Checkpoint.checkpoints_timed")? + difference("db.Checkpoint.checkpoints_req")?;
                    per(difference(spec.name)?, checkpoints)
                }
                Rate::PerBlockRead => per(difference(spec.name)?, difference("db.IO.blks_read")?),
            };
            Some((spec.name, value?))
        })
        .collect()
}

fn total_of(group: &CounterGroup, name: &str) -> Option<f64> {
    group.totals.iter().find(|(spec, _)| spec.name == name).map(|(_, total)| *total)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::counters::CounterSpec;

    const COMMITS: CounterSpec = CounterSpec {
        name: "db.Transactions.xact_commit",
        unit: "Commits per second",
        description: "",
        expression: "",
        rate: Rate::PerSecond,
    };

    fn statements(at_secs: i64, mark: f64, rows: &[(&str, f64)]) -> StatementTotals {
        let rows = rows.iter().map(|(id, calls)| (Arc::from(*id), vec![*calls])).collect();
        StatementTotals { at_secs, reset_mark: Some(mark), rows }
    }

    fn counters(at_secs: i64, mark: f64, total: f64) -> CounterTotals {
        let group = CounterGroup { reset_mark: Some(mark), totals: vec![(&COMMITS, total)] };
        CounterTotals { at_secs, groups: vec![group] }
    }

    #[test]
    fn growth_new_statement_and_eviction() {
        let before = statements(0, 1.0, &[("a", 10.0), ("b", 50.0)]);
        let after = statements(60, 1.0, &[("a", 17.0), ("b", 4.0), ("c", 3.0)]);
        let deltas = statement_deltas(&before, &after).unwrap();
        let told: Vec<_> = deltas.iter().map(|delta| (&*delta.statement_id, delta.values[0])).collect();
        assert_eq!(told, [("a", 7.0), ("b", 4.0), ("c", 3.0)]);
    }

    #[test]
    fn a_reset_hidden_by_fast_growth_is_seen_by_its_mark() {
        let before = statements(0, 1.0, &[("a", 10.0)]);
        let after = statements(60, 2.0, &[("a", 12.0)]);
        assert_eq!(statement_deltas(&before, &after).unwrap()[0].values, [12.0]);
    }

    #[test]
    fn long_absence_is_not_told() {
        let before = statements(0, 1.0, &[("a", 10.0)]);
        assert!(statement_deltas(&before, &statements(3_600, 1.0, &[("a", 12.0)])).is_none());
    }

    #[test]
    fn counters_are_never_negative() {
        let first = counters(0, 1.0, 100.0);
        assert_eq!(counter_rates(Some(&first), &counters(10, 1.0, 150.0)), [(COMMITS.name, 5.0)]);
        assert!(counter_rates(Some(&first), &counters(10, 1.0, 90.0)).is_empty());
        assert!(counter_rates(Some(&first), &counters(10, 2.0, 150.0)).is_empty());
        assert!(counter_rates(None, &first).is_empty());
    }
}
