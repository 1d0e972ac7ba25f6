//! What was sent and what came back, so that others' counts can be compared with it.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde::Serialize;

use super::client::ClientError;

/// Minutes kept: one day.
const MOST_MINUTES: usize = 1_440;
/// Each latency bucket ends 10 % above the one before.
const BUCKET_RATIO: f64 = 1.1;
/// The last bucket ends at 1.1^160 ms, about 70 minutes.
const BUCKETS: usize = 161;

/// Counters of a run.
#[derive(Debug)]
pub struct Counts {
    inner: Mutex<Inner>,
}

#[derive(Debug)]
struct Inner {
    started_at: u64,
    total: Tally,
    sessions_turned_away: u64,
    routes: BTreeMap<&'static str, Tally>,
    minutes: BTreeMap<u64, Tally>,
    latencies: Vec<u64>,
}

/// One set of counters. `sent` = `received` + `timeouts` + `failures` + what is still under way.
#[derive(Debug, Default, Clone, PartialEq, Eq, Serialize)]
pub struct Tally {
    /// Requests sent.
    pub sent: u64,
    /// Responses received completely, whatever their status.
    pub received: u64,
    /// Responses by class.
    pub status_2xx: u64,
    /// Redirects; they are not followed.
    pub status_3xx: u64,
    /// Refused by the shop.
    pub status_4xx: u64,
    /// Failed in the shop or before it.
    pub status_5xx: u64,
    /// Given up by the visitor.
    pub timeouts: u64,
    /// Connection refused or broken.
    pub failures: u64,
}

/// What [`Counts::report`] tells.
#[derive(Debug, Clone, Serialize)]
pub struct Report {
    /// Start of the run, seconds since 1970.
    pub started_at: u64,
    /// Now, seconds since 1970.
    pub now: u64,
    /// Requests without an answer yet.
    pub in_flight: u64,
    /// Sessions that were not begun because too many were under way.
    pub sessions_turned_away: u64,
    /// All requests.
    pub total: Tally,
    /// Latency of all answers in milliseconds, at most 10 % too high; `None` without any.
    pub latency_ms: BTreeMap<&'static str, Option<f64>>,
    /// By kind of page.
    pub routes: BTreeMap<&'static str, Tally>,
    /// By minute: requests in the minute they were sent, answers in the minute they came.
    /// The key is the minute's start, seconds since 1970.
    pub minutes: BTreeMap<u64, Tally>,
}

impl Default for Counts {
    fn default() -> Self {
        Self {
            inner: Mutex::new(Inner {
                started_at: now_secs(),
                total: Tally::default(),
                sessions_turned_away: 0,
                routes: BTreeMap::new(),
                minutes: BTreeMap::new(),
                latencies: vec![0; BUCKETS],
            }),
        }
    }
}

impl Counts {
    pub(super) fn sent(&self, route: &'static str) {
        self.lock().add(route, |tally| tally.sent += 1);
    }

    pub(super) fn turned_away(&self) {
        self.lock().sessions_turned_away += 1;
    }

    pub(super) fn received(&self, route: &'static str, outcome: Result<u16, ClientError>, latency: Duration) {
        let mut inner = self.lock();
        inner.add(route, |tally| tally.note(&outcome));
        if outcome.is_ok() {
            inner.latencies[bucket(latency)] += 1;
        }
    }

    /// Everything so far.
    pub fn report(&self) -> Report {
        let inner = self.lock();
        let total = inner.total.clone();
        let quantile = |name, q| (name, quantile(&inner.latencies, q));
        Report {
            started_at: inner.started_at,
            now: now_secs(),
            in_flight: total.sent - total.received - total.timeouts - total.failures,
            sessions_turned_away: inner.sessions_turned_away,
            total,
            latency_ms: [quantile("p50", 0.5), quantile("p95", 0.95), quantile("p99", 0.99)].into(),
            routes: inner.routes.clone(),
            minutes: inner.minutes.clone(),
        }
    }

    /// A panic while the lock was held leaves counters that are at most one short.
    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inner {
    fn add(&mut self, route: &'static str, change: impl Fn(&mut Tally)) {
        let minute = now_secs() / 60 * 60;
        change(&mut self.total);
        change(self.routes.entry(route).or_default());
        change(self.minutes.entry(minute).or_default());
        while self.minutes.len() > MOST_MINUTES {
            self.minutes.pop_first();
        }
    }
}

impl Tally {
    fn note(&mut self, outcome: &Result<u16, ClientError>) {
        match outcome {
            Ok(status) => {
                self.received += 1;
                match status / 100 {
                    2 => self.status_2xx += 1,
                    3 => self.status_3xx += 1,
                    4 => self.status_4xx += 1,
                    _ => self.status_5xx += 1,
                }
            }
            Err(ClientError::Timeout) => self.timeouts += 1,
            Err(ClientError::Broken) => self.failures += 1,
        }
    }
}

fn bucket(latency: Duration) -> usize {
    let ms = (latency.as_secs_f64() * 1_000.0).max(1.0);
    (ms.ln() / BUCKET_RATIO.ln()).ceil().min((BUCKETS - 1) as f64) as usize
}

fn quantile(latencies: &[u64], share: f64) -> Option<f64> {
    let total: u64 = latencies.iter().sum();
    let wanted = (share * total as f64).ceil().max(1.0) as u64;
    let mut seen = 0;
    let index = latencies.iter().position(|count| {
        seen += count;
        seen >= wanted
    })?;
    Some(BUCKET_RATIO.powi(i32::try_from(index).ok()?))
}

fn now_secs() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn everything_sent_is_accounted_for() {
        let counts = Counts::default();
        for status in [200, 303, 404, 503] {
            counts.sent("home");
            counts.received("home", Ok(status), Duration::from_millis(100));
        }
        counts.sent("home");
        counts.received("home", Err(ClientError::Timeout), Duration::from_secs(40));
        counts.sent("book");
        let report = counts.report();
        assert_eq!((report.total.sent, report.total.received, report.in_flight), (6, 4, 1));
        assert_eq!(report.routes["home"].status_5xx, 1);
        let p50 = report.latency_ms["p50"].unwrap();
        assert!((100.0..=110.0).contains(&p50), "{p50}");
    }

    #[test]
    fn no_answers_have_no_latency() {
        assert_eq!(Counts::default().report().latency_ms["p99"], None);
    }
}
