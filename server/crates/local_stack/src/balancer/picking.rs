//! Choosing a target.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::target::{Target, TargetState};

/// How a target is chosen, by the service's two names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Algorithm {
    /// One after the other.
    RoundRobin,
    /// The one with the fewest requests under way.
    LeastOutstandingRequests,
}

#[derive(Debug, Default)]
pub(super) struct Picker {
    turn: AtomicUsize,
}

impl Picker {
    /// A healthy target; when there is none, any unhealthy one: the service fails open. `None`
    /// without either.
    pub(super) fn pick(&self, targets: &[Arc<Target>], algorithm: Algorithm) -> Option<Arc<Target>> {
        let in_state =
            |state| -> Vec<&Arc<Target>> { targets.iter().filter(|target| target.state() == state).collect() };
        let mut candidates = in_state(TargetState::Healthy);
        if candidates.is_empty() {
            candidates = in_state(TargetState::Unhealthy);
        }
        if candidates.is_empty() {
            return None;
        }
        let turn = self.turn.fetch_add(1, Ordering::Relaxed) % candidates.len();
        // Whose turn it is comes first, so that equally busy targets still take turns.
        candidates.rotate_left(turn);
        let chosen = match algorithm {
            Algorithm::RoundRobin => candidates.first(),
            Algorithm::LeastOutstandingRequests => candidates.iter().min_by_key(|target| target.outstanding()),
        };
        chosen.map(|target| Arc::clone(target))
    }
}
