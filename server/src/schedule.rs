//! When AWS is asked, and for what: the one owner of every call.
//!
//! Each instance has a task that polls it (every minute while somebody looks, every few minutes
//! otherwise, more seldom when it idles) and fills the past in between; other tasks read inventory,
//! CloudWatch and alarms, and keep the archive tidy. Readers ask through [`Wants`]: equal requests
//! share one collection, and have a call budget of their own. A task that panics is started again
//! and takes no other with it.
//!
//! Newest minutes are not final: they are asked for again until they are three minutes old, and a
//! bucket that young without a value stays unanswered. What was answered is known from the archive,
//! so a restart continues where the last run stopped.

mod backfill;
mod budget;
mod demand;
mod health;
mod incidents;
#[cfg(test)]
#[cfg(feature = "local")]
mod live;
mod plan;
mod poll;
mod rounds;
mod supervise;
mod tiers;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use archive::{Archive, Retention};
use collect::{Apps, Collector};
use samples::{ApiCalls, Health, Instance, Refusal, Wanted, Wants};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use units::{ResourceId, Timestamp};

pub use self::health::Fault;

use self::budget::{Budget, Gate};
use self::demand::Flights;
use self::health::Board;
use self::poll::PollState;

/// Reads the present.
pub type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// How often and how much.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScheduleConfig {
    /// Seconds between polls of an instance that nobody looks at. With two calls a poll, 300 s are
    /// 17,520 calls a month.
    pub poll_secs: u32,
    /// Seconds between polls of an instance somebody looks at.
    pub watched_poll_secs: u32,
    /// Seconds between polls of an instance without load.
    pub idle_poll_secs: u32,
    /// Seconds between readings of the inventory.
    pub inventory_secs: u32,
    /// Seconds between discoveries of tiers while nobody looks at an app; else the inventory's.
    pub discovery_secs: u32,
    /// What makes resources one app.
    pub apps: Apps,
    /// Seconds between readings of alarms.
    pub alarm_secs: u32,
    /// Days of the past collected at first sight, as far as the source keeps them.
    pub backfill_days: u32,
    /// Calls a reader's requests may cause at once, and again every minute.
    pub interactive_calls_per_minute: u32,
    /// How long the archive keeps what.
    pub retention: Retention,
}

impl Default for ScheduleConfig {
    fn default() -> Self {
        Self {
            poll_secs: 300,
            watched_poll_secs: 60,
            idle_poll_secs: 600,
            inventory_secs: 120,
            discovery_secs: 900,
            apps: Apps::default(),
            alarm_secs: 60,
            backfill_days: 7,
            interactive_calls_per_minute: 120,
            retention: Retention::default(),
        }
    }
}

/// Starts collection.
#[derive(Debug)]
pub struct Schedule;

impl Schedule {
    /// Starts every task on the current runtime. Nothing is awaited: without a network the handle
    /// works all the same and says what fails.
    #[must_use]
    pub fn start(archive: Archive, collector: Collector, clock: Clock, config: ScheduleConfig) -> ScheduleHandle {
        let budget = Budget::new(config.interactive_calls_per_minute);
        let inner = Arc::new(Inner {
            archive,
            collector,
            clock,
            config,
            instances: RwLock::default(),
            board: Board::default(),
            budget,
            gate: Gate::default(),
            flights: Flights::default(),
            inventory_turn: tokio::sync::Mutex::default(),
            account: tokio::sync::OnceCell::new(),
            alarm_told: tokio::sync::Notify::new(),
            counters_turn: Mutex::default(),
            tiers: tiers::Tiers::default(),
            stop: CancellationToken::new(),
            tasks: TaskTracker::new(),
        });
        rounds::start(&inner);
        ScheduleHandle { inner }
    }
}

/// What runs and what it shares.
struct Inner {
    archive: Archive,
    collector: Collector,
    clock: Clock,
    config: ScheduleConfig,
    instances: RwLock<BTreeMap<ResourceId, Arc<Watched>>>,
    board: Board,
    budget: Budget,
    gate: Gate,
    flights: Flights,
    /// Held while the inventory is read; holds when it was read last.
    inventory_turn: tokio::sync::Mutex<Option<rounds::InventoryRead>>,
    /// Number of the account that is read, once it was asked for.
    account: tokio::sync::OnceCell<String>,
    /// Wakes who looks for alarms that went off.
    alarm_told: tokio::sync::Notify,
    /// When each instance's CloudWatch metrics were read last.
    counters_turn: Mutex<BTreeMap<ResourceId, rounds::CountersTurn>>,
    tiers: tiers::Tiers,
    stop: CancellationToken,
    tasks: TaskTracker,
}

/// One instance under collection.
struct Watched {
    facts: RwLock<Instance>,
    /// Held while the instance is polled: a second caller waits and finds the work done.
    turn: tokio::sync::Mutex<PollState>,
    /// Until when somebody looks at it.
    watched_until: Mutex<Timestamp>,
    /// Wakes the polling task early.
    wake: tokio::sync::Notify,
    /// Cancelled when the instance goes away.
    stop: CancellationToken,
}

impl Watched {
    fn facts(&self) -> Instance {
        self.facts.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn is_watched(&self, now: Timestamp) -> bool {
        *self.watched_until.lock().unwrap_or_else(PoisonError::into_inner) > now
    }

    /// Notes that somebody looks; wakes the poller when nobody did before.
    fn look(&self, now: Timestamp) {
        let was_watched = self.is_watched(now);
        *self.watched_until.lock().unwrap_or_else(PoisonError::into_inner) = now.plus_secs(WATCHED_FOR_SECS);
        if !was_watched {
            self.wake.notify_one();
        }
    }
}

/// How long a look lasts: a page that refreshes keeps it up.
const WATCHED_FOR_SECS: i64 = 300;

impl Inner {
    fn now(&self) -> Timestamp {
        (self.clock)()
    }

    fn watched(&self, id: &ResourceId) -> Option<Arc<Watched>> {
        self.instances.read().unwrap_or_else(PoisonError::into_inner).get(id).cloned()
    }

    fn all_watched(&self) -> Vec<Arc<Watched>> {
        self.instances.read().unwrap_or_else(PoisonError::into_inner).values().cloned().collect()
    }

    /// Runs blocking work on the archive away from the asynchronous threads.
    async fn with_archive<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Archive) -> archive::Result<T> + Send + 'static,
    ) -> Result<T, Fault> {
        let archive = self.archive.clone();
        match tokio::task::spawn_blocking(move || work(&archive)).await {
            Ok(done) => done.map_err(|error| Fault::archive(&error)),
            Err(panicked) => Err(Fault::internal(panicked.to_string())),
        }
    }
}

/// The handle that the rest of the program holds. Clones share one schedule.
#[derive(Clone)]
pub struct ScheduleHandle {
    inner: Arc<Inner>,
}

impl std::fmt::Debug for ScheduleHandle {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ScheduleHandle")
    }
}

impl ScheduleHandle {
    /// Collects something for a reader; resolves when the archive has it.
    ///
    /// # Errors
    /// [`Refusal`] with the reason and, where there is one, the way out.
    pub async fn want(&self, wanted: Wanted) -> Result<(), Refusal> {
        demand::serve(&self.inner, wanted).await
    }

    /// The same as a value that can be handed to readers that do not know this crate.
    #[must_use]
    pub fn wants(&self) -> Wants {
        let handle = self.clone();
        Wants::new(move |wanted| {
            let handle = handle.clone();
            Box::pin(async move { handle.want(wanted).await })
        })
    }

    /// Says that the archive was told of an alarm by somebody else than the schedule.
    pub fn alarm_was_told(&self) {
        self.inner.alarm_told.notify_one();
    }

    /// What is collected, up to when, and what fails.
    #[must_use]
    pub fn health(&self) -> Health {
        self.inner.board.read()
    }

    /// Calls and billed units of the present UTC day, by IAM action.
    ///
    /// # Errors
    /// [`Fault`] when the archive cannot be read.
    pub async fn api_spend(&self) -> Result<Vec<ApiCalls>, Fault> {
        rounds::flush_ledger(&self.inner).await?;
        let day = rounds::day_of(self.inner.now());
        self.inner.with_archive(move |archive| archive.api_calls(day, day + 1)).await
    }

    /// Stops every task and waits for them; nothing acknowledged is lost whenever this is called.
    pub async fn shutdown(&self) {
        self.inner.stop.cancel();
        self.inner.tasks.close();
        self.inner.tasks.wait().await;
        if let Err(fault) = rounds::flush_ledger(&self.inner).await {
            tracing::warn!(%fault, "the last calls could not be counted");
        }
    }
}
