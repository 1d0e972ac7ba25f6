//! Filling the past: what the source still keeps and the archive lacks, newest first.

use collect::Lane;
use samples::Grouping;
use units::{Dimension, Period, Timestamp, Window};

use super::health::Fault;
use super::{Inner, Watched, poll};

/// What tells whether a minute was collected: every poll asks for it and no reader does. The total comes
/// with every reader's filtered question, too.
const MARK: Dimension = Dimension::Wait;
/// The newest part of the past belongs to the poll.
const POLL_OWNS_SECS: i64 = poll::CALL_SPAN_SECS / 2;

/// What is still to be collected of one instance.
#[derive(Debug, Default)]
pub(super) struct Backfill {
    /// Windows of at most one call, newest last (they are taken from the end).
    windows: Vec<Window>,
    total_secs: u64,
    looked: bool,
}

impl Backfill {
    /// Whether the archive has been searched for holes.
    pub(super) const fn has_looked(&self) -> bool {
        self.looked
    }

    /// Searches again at the next step.
    pub(super) const fn look_again(&mut self) {
        self.looked = false;
    }

    /// Whether nothing is left.
    pub(super) const fn is_done(&self) -> bool {
        self.looked && self.windows.is_empty()
    }

    fn left_secs(&self) -> u64 {
        self.windows.iter().map(|window| u64::try_from(window.secs()).unwrap_or(0)).sum()
    }

    /// Searches the archive for minutes never collected.
    pub(super) async fn look(&mut self, inner: &Inner, watched: &Watched) -> Result<(), Fault> {
        let facts = watched.facts();
        let now = inner.now();
        let days = facts.retention_days.unwrap_or(7).min(inner.config.backfill_days);
        // PI refuses a start before its retention; a little inside is on the safe side.
        let oldest = now.plus_secs(-i64::from(days) * 86_400 + 120).ceil_to(60);
        let window = Window::new(oldest, now.plus_secs(-POLL_OWNS_SECS).floor_to(60).max(oldest));
        let id = facts.id.clone();
        let missing = inner
            .with_archive(move |archive| archive.missing(&id, &Grouping::by(MARK), window, Period::MINUTE))
            .await?;
        self.windows = missing.into_iter().flat_map(slices).collect();
        self.total_secs = self.left_secs();
        self.looked = true;
        inner.board.backfill(&facts.id, self.total_secs, 0);
        Ok(())
    }

    /// Collects the newest missing window. `false` when there is none.
    pub(super) async fn step(&mut self, inner: &Inner, watched: &Watched) -> Result<bool, Fault> {
        let Some(window) = self.windows.last().copied() else { return Ok(false) };
        let facts = watched.facts();
        let mut state = watched.turn.lock().await;
        poll::prepare(inner, &facts, &mut state, Lane::Background).await?;
        poll::collect_minutes(inner, &facts, &mut state, window, Lane::Background).await?;
        drop(state);
        self.windows.pop();
        inner.board.backfill(&facts.id, self.total_secs, self.total_secs.saturating_sub(self.left_secs()));
        Ok(true)
    }
}

/// A window cut at multiples of one call's span, oldest first.
fn slices(window: Window) -> Vec<Window> {
    let span = u32::try_from(poll::CALL_SPAN_SECS).unwrap_or(u32::MAX);
    let mut out = Vec::new();
    let mut from = window.from;
    while from < window.to {
        let to: Timestamp = from.plus_secs(1).ceil_to(span).min(window.to);
        out.push(Window::new(from, to));
        from = to;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slices_fall_on_whole_spans_and_cover_all() {
        let window = Window::new(Timestamp::from_secs(10_000), Timestamp::from_secs(50_000));
        let cut = slices(window);
        assert_eq!(cut.first().map(|slice| slice.from), Some(window.from));
        assert_eq!(cut.last().map(|slice| slice.to), Some(window.to));
        assert!(cut.windows(2).all(|pair| pair[0].to == pair[1].from));
        assert!(cut.iter().all(|slice| slice.secs() <= poll::CALL_SPAN_SECS));
        assert_eq!(cut.len(), 5);
    }
}
