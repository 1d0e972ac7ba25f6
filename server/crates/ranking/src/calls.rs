//! Figures per call of a digest, from the statement statistics.

use samples::{StatementStat, StatementStats};

/// Figures per call of a digest.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Calls {
    /// How many, in the part of the window that was answered.
    pub(crate) count: Option<f64>,
    pub(crate) per_sec: Option<f64>,
    pub(crate) ms: Option<f64>,
    pub(crate) rows: Option<f64>,
}

impl Calls {
    /// Sums over PI's ids; quotients of sums, never means of quotients.
    pub(crate) fn of(stats: Option<&StatementStats>, ids: &[&str]) -> Self {
        let Some(stats) = stats else { return Self::default() };
        let sum = |stat: StatementStat| {
            let known: Vec<f64> = ids.iter().filter_map(|id| stats.sum(id, stat)).collect();
            (!known.is_empty()).then(|| known.iter().sum::<f64>())
        };
        let calls = sum(StatementStat::Calls);
        let secs = stats.covered_secs.get(&StatementStat::Calls).copied().filter(|secs| *secs > 0);
        let per_call = |stat: StatementStat| Some(sum(stat)? / calls.filter(|calls| *calls > 0.0)?);
        Self {
            count: calls,
            per_sec: calls.zip(secs).map(|(calls, secs)| calls / f64::from(secs)),
            ms: per_call(StatementStat::TimeMs),
            rows: per_call(StatementStat::Rows),
        }
    }
}
