//! Visitors of the shop: seeded, human-like, and counted.
//!
//! Sessions arrive whether or not the shop keeps up (an open loop, by a compressed daily rhythm);
//! within a session a visitor waits for a page, reads it, and goes on. What arrives in the n-th
//! session depends on the seed and n alone.

mod client;
mod control;
mod counts;
mod plan;
mod rhythm;

use std::sync::Arc;
use std::time::Duration;

use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::Instant;

pub use client::ClientError;
pub use control::control_router;
pub use counts::{Counts, Report};
pub use plan::{Catalogue, Kind, Page, Step, plan_session};
pub use rhythm::Rhythm;

/// Sessions at a time; what arrives beyond them is turned away and counted.
const MOST_SESSIONS: usize = 1_500;
/// Further behind than this (a stopped machine), arrivals start anew instead of catching up.
const MOST_LAG: Duration = Duration::from_secs(5);

/// What to send, and where.
#[derive(Debug, Clone)]
pub struct TrafficConfig {
    /// Base URLs, without a trailing slash; requests go to them in turn.
    pub targets: Vec<String>,
    /// Same seed, same visitors.
    pub seed: u64,
    /// Mean arrivals per second over a day.
    pub sessions_per_sec: f64,
    /// Length of a compressed day.
    pub day: Duration,
    /// What the visitors can ask for.
    pub catalogue: Catalogue,
}

/// How many come, and what for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Profile {
    /// An ordinary day.
    Normal,
    /// Five times as many.
    Burst,
    /// A flash sale: half as many again, and most of them buy.
    Sale,
}

impl Profile {
    fn factor(self) -> f64 {
        match self {
            Self::Normal => 1.0,
            Self::Burst => 5.0,
            Self::Sale => 1.5,
        }
    }
}

/// The running traffic, shared between its sender and its control endpoint.
#[derive(Debug)]
pub struct Traffic {
    config: TrafficConfig,
    client: client::PageClient,
    counts: Counts,
    is_paused: watch::Sender<bool>,
    profile: watch::Sender<Profile>,
}

impl Traffic {
    /// Traffic that has not started yet.
    pub fn new(config: TrafficConfig) -> Arc<Self> {
        Arc::new(Self {
            client: client::PageClient::new(config.targets.clone()),
            config,
            counts: Counts::default(),
            is_paused: watch::Sender::new(false),
            profile: watch::Sender::new(Profile::Normal),
        })
    }

    /// What was sent and received so far.
    pub fn counts(&self) -> &Counts {
        &self.counts
    }

    /// Sends until the task is dropped.
    pub async fn run(self: Arc<Self>) {
        let rhythm = Rhythm::new(self.config.day);
        let mut arrivals = StdRng::seed_from_u64(self.config.seed);
        let mut sessions = JoinSet::new();
        let started = Instant::now();
        let mut next = started;
        for number in 0_u64.. {
            self.wait_while_paused().await;
            let rate = self.config.sessions_per_sec * rhythm.factor(started.elapsed()) * self.profile.borrow().factor();
            next += Duration::from_secs_f64(exponential(&mut arrivals, rate));
            if next.elapsed() > MOST_LAG {
                next = Instant::now();
            }
            tokio::time::sleep_until(next).await;
            while sessions.try_join_next().is_some() {}
            if sessions.len() >= MOST_SESSIONS {
                self.counts.turned_away();
                continue;
            }
            sessions.spawn(Arc::clone(&self).walk(number));
        }
    }

    async fn walk(self: Arc<Self>, number: u64) {
        let profile = *self.profile.borrow();
        let session = plan_session(self.config.seed, number, profile, self.config.catalogue);
        for step in &session.steps {
            self.wait_while_paused().await;
            let requests = step.pages.iter().map(|page| self.ask(page, &session.cookies));
            // More than one only where two clerks act at once.
            futures::future::join_all(requests).await;
            tokio::time::sleep(step.think).await;
        }
    }

    async fn ask(&self, page: &Page, cookies: &str) {
        self.counts.sent(page.route);
        let started = Instant::now();
        let outcome = self.client.fetch(page, cookies).await;
        self.counts.received(page.route, outcome, started.elapsed());
    }

    async fn wait_while_paused(&self) {
        // The sender lives in `self`: it cannot be gone.
        drop(self.is_paused.subscribe().wait_for(|is_paused| !is_paused).await);
    }
}

/// Seconds between two arrivals of a Poisson process.
fn exponential(random: &mut StdRng, rate_per_sec: f64) -> f64 {
    -(1.0 - random.random::<f64>()).ln() / rate_per_sec.max(0.001)
}
