//! How many calls may be made: readers have a bucket, the background has a gate.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::time::Instant;

/// A bucket of calls that fills up again over a minute.
pub(super) struct Budget {
    per_minute: f64,
    state: Mutex<(f64, Instant)>,
}

impl Budget {
    pub(super) fn new(per_minute: u32) -> Self {
        let per_minute = f64::from(per_minute.max(1));
        Self { per_minute, state: Mutex::new((per_minute, Instant::now())) }
    }

    /// Takes `calls`, or tells how long to wait for them.
    pub(super) fn take(&self, calls: u32) -> Result<(), Duration> {
        self.take_at(calls, Instant::now())
    }

    fn take_at(&self, calls: u32, now: Instant) -> Result<(), Duration> {
        let calls = f64::from(calls).min(self.per_minute);
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let (left, then) = *state;
        let filled =
            (left + now.saturating_duration_since(then).as_secs_f64() / 60.0 * self.per_minute).min(self.per_minute);
        if filled < calls {
            *state = (filled, now);
            return Err(Duration::from_secs_f64((calls - filled) / self.per_minute * 60.0));
        }
        *state = (filled - calls, now);
        Ok(())
    }
}

/// Polls of the background at once.
const AT_ONCE: usize = 4;
/// Shortest time between two of them: at most ten a second, a fraction of what AWS allows.
const APART: Duration = Duration::from_millis(100);

/// Lets the background through, a few at a time and not in bursts.
pub(super) struct Gate {
    seats: Semaphore,
    next: tokio::sync::Mutex<Option<Instant>>,
}

impl Default for Gate {
    fn default() -> Self {
        Self { seats: Semaphore::new(AT_ONCE), next: tokio::sync::Mutex::default() }
    }
}

impl Gate {
    /// Waits for a seat and for one's time. `None` once the gate is closed, which never happens.
    pub(super) async fn enter(&self) -> Option<SemaphorePermit<'_>> {
        let seat = self.seats.acquire().await.ok();
        let mut next = self.next.lock().await;
        if let Some(at) = *next {
            tokio::time::sleep_until(at).await;
        }
        *next = Some(Instant::now() + APART);
        seat
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_budget_fills_up_again() {
        let budget = Budget::new(60);
        let start = Instant::now();
        assert!(budget.take_at(60, start).is_ok());
        let wait = budget.take_at(3, start).unwrap_err();
        assert!((wait.as_secs_f64() - 3.0).abs() < 0.1, "{wait:?}");
        assert!(budget.take_at(3, start + Duration::from_secs(4)).is_ok());
        let wait = budget.take_at(500, start + Duration::from_secs(4)).unwrap_err();
        assert!(wait <= Duration::from_secs(60), "a request beyond the bucket waits for a full one, not for ever");
    }
}
