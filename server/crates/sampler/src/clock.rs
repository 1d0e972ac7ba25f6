//! The one place that reads the clock, for this crate and for the endpoint built on it.
//!
//! Wall-clock time is what samples are stamped with; a [`Stopwatch`] measures durations and does
//! not jump when the wall clock is set.

use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};
use tokio::sync::watch;

/// Longest single sleep: the wall clock is read again at least this often, so that a clock that is
/// set forward is noticed within a second.
const LONGEST_NAP: Duration = Duration::from_millis(1_000);

/// The system's clock, or one that tests move by hand. Cheap to clone; clones share the time.
#[derive(Clone, Debug)]
pub struct Clock(Source);

#[derive(Clone, Debug)]
enum Source {
    System,
    Manual(Arc<watch::Sender<i64>>),
}

impl Clock {
    /// The machine's own wall clock.
    #[must_use]
    pub fn system() -> Self {
        Self(Source::System)
    }

    /// A clock that stands still at `now_ms` (UTC milliseconds since 1970) until it is moved.
    #[must_use]
    pub fn manual(now_ms: i64) -> Self {
        Self(Source::Manual(Arc::new(watch::Sender::new(now_ms))))
    }

    /// Moves a manual clock to `now_ms`; sleepers whose time has come wake. A system clock ignores it.
    pub fn set_ms(&self, now_ms: i64) {
        if let Source::Manual(now) = &self.0 {
            now.send_replace(now_ms);
        }
    }

    /// UTC milliseconds since 1970.
    #[must_use]
    pub fn now_ms(&self) -> i64 {
        match &self.0 {
            Source::System => SystemTime::now()
                .duration_since(UNIX_EPOCH)
                .map_or(0, |since| i64::try_from(since.as_millis()).unwrap_or(i64::MAX)),
            Source::Manual(now) => *now.borrow(),
        }
    }

    /// UTC whole seconds since 1970, rounded down.
    #[must_use]
    pub fn now_secs(&self) -> i64 {
        self.now_ms().div_euclid(1_000)
    }

    /// Returns once the clock shows at least `at_ms`.
    pub async fn sleep_until_ms(&self, at_ms: i64) {
        match &self.0 {
            Source::System => loop {
                let remaining = at_ms - self.now_ms();
                if remaining <= 0 {
                    return;
                }
                let nap = Duration::from_millis(remaining.unsigned_abs()).min(LONGEST_NAP);
                tokio::time::sleep(nap).await;
            },
            Source::Manual(now) => {
                let mut moved = now.subscribe();
                // The sender lives in `self`, so waiting ends only by the time being reached.
                if moved.wait_for(|now| *now >= at_ms).await.is_err() {
                    tracing::debug!("manual clock dropped while slept on");
                }
            }
        }
    }
}

/// Measures how long something took, independent of the wall clock.
#[derive(Clone, Copy, Debug)]
pub struct Stopwatch(Instant);

impl Stopwatch {
    /// Starts now.
    #[must_use]
    pub fn start() -> Self {
        Self(Instant::now())
    }

    /// Milliseconds since the start.
    #[must_use]
    pub fn elapsed_ms(&self) -> f64 {
        self.0.elapsed().as_secs_f64() * 1_000.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn manual_clock_wakes_sleepers_when_moved() {
        let clock = Clock::manual(5_000);
        let sleeper = tokio::spawn({
            let clock = clock.clone();
            async move {
                clock.sleep_until_ms(7_500).await;
                clock.now_secs()
            }
        });
        tokio::task::yield_now().await;
        assert!(!sleeper.is_finished());
        clock.set_ms(8_000);
        assert_eq!(sleeper.await.expect("sleeper ends"), 8);
    }
}
