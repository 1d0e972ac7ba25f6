//! The whole flow in one process, on a clock that is moved by hand: local endpoint, schedule, archive,
//! and the questions of pages. For counting and for simulation, where a process of its own would be in
//! the way.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use archive::Archive;
use aws_local::{Clock, Config, Faults, Running, Server, World};
use collect::Collector;
use loadlens::schedule::{Schedule, ScheduleConfig, ScheduleHandle};
use ranking::Reader;
use samples::{Grouping, Instance, PiState, Refusal, Wanted};
use tempfile::TempDir;
use units::{Dimension, Period, Timestamp, Window};

/// Monday 2026-11-23 14:31:02 UTC: a whole minute and the two seconds after which the simulated
/// instance has lived through it.
pub const START: Timestamp = Timestamp::from_secs(1_795_444_262);

const REGION: &str = "us-east-1";
/// Far beyond what any step takes.
const PATIENCE: Duration = Duration::from_secs(120);
/// Between two looks at something that only changes by itself.
const LOOK_AGAIN: Duration = Duration::from_millis(20);

/// A running flow.
pub struct Flow {
    endpoint: Running,
    clock: Clock,
    /// How far the dashboard's clock is ahead of the endpoint's, in seconds.
    skew_secs: Arc<AtomicI64>,
    config: ScheduleConfig,
    archive: Archive,
    schedule: ScheduleHandle,
    _dir: TempDir,
}

impl Flow {
    /// With the simulated instance of a seed; `fills` collects the past, else only what is asked for.
    pub async fn start(seed: u64, fills: bool) -> Self {
        Self::begin(Some(seed), if fills { 7 } else { 0 }, |_| {}).await
    }

    /// With databases that `add` puts into the world and somebody else samples, a day of past.
    pub async fn with_databases(add: impl FnOnce(&World)) -> Self {
        Self::begin(None, 1, add).await
    }

    async fn begin(history_seed: Option<u64>, backfill_days: u32, add: impl FnOnce(&World)) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let clock = Clock::manual(START.0);
        let endpoint = Server::start(Config {
            listen: SocketAddr::new(Ipv4Addr::LOCALHOST.into(), 0),
            data_dir: dir.path().join("endpoint"),
            region: REGION.to_owned(),
            databases: Vec::new(),
            vcpus: None,
            history_seed,
            simulated_tiers_seed: None,
            plan_logs: Vec::new(),
            has_sentinels: false,
            clock: clock.clone(),
        })
        .await
        .unwrap();
        add(&endpoint.world);
        let archive = Archive::open(&dir.path().join("archive")).unwrap();
        // Nothing happens by itself, so that calls can be counted.
        let never = 86_400;
        let config = ScheduleConfig {
            poll_secs: never,
            watched_poll_secs: never,
            idle_poll_secs: never,
            inventory_secs: never,
            alarm_secs: never,
            backfill_days,
            interactive_calls_per_minute: 100_000,
            ..ScheduleConfig::default()
        };
        let skew_secs = Arc::new(AtomicI64::new(0));
        let schedule = schedule(&endpoint, &clock, &skew_secs, &archive, config.clone()).await;
        let flow = Self { endpoint, clock, skew_secs, config, archive, schedule, _dir: dir };
        flow.until("the first poll", |flow| flow.schedule.health().first_poll_done()).await;
        flow
    }

    /// What the endpoint answers about.
    pub fn world(&self) -> &World {
        &self.endpoint.world
    }

    /// Where it is kept.
    pub fn archive(&self) -> &Archive {
        &self.archive
    }

    /// As pages read it.
    pub fn reader(&self) -> Reader {
        let schedule = self.schedule.clone();
        Reader::new(self.archive.clone(), self.schedule.wants()).with_health(move || schedule.health())
    }

    /// The endpoint's present.
    pub fn now(&self) -> Timestamp {
        Timestamp(self.clock.now_ms())
    }

    /// Instances whose Performance Insights is on.
    pub fn instances(&self) -> Vec<Instance> {
        let mut instances = self.archive.instances().unwrap();
        instances.retain(|instance| instance.pi == PiState::On);
        instances
    }

    /// Lets the endpoint answer with at most so many series a page.
    pub fn set_page_limit(&self, limit: Option<usize>) {
        self.endpoint.world.set_faults(Faults { pi_page_limit: limit, ..Faults::default() });
    }

    /// Puts the dashboard's clock so many seconds ahead of, or behind, the endpoint's.
    pub fn set_skew(&self, secs: i64) {
        self.skew_secs.store(secs, Ordering::Relaxed);
    }

    /// Moves the clock, and waits until the simulated instance, if there is one, has lived up to it.
    pub async fn advance(&self, secs: i64) {
        self.clock.set_ms(self.now().plus_secs(secs).0);
        let newest = self.now().floor_to(60).secs() - 1;
        self.until("the simulated instance", |flow| {
            let mut simulated = flow.world().statuses().into_iter().filter(|status| status.is_simulated);
            simulated.all(|status| status.last_sample_secs.is_some_and(|last| last >= newest))
        })
        .await;
    }

    /// Brings every instance up to date, as a reader of its newest minutes does.
    ///
    /// # Errors
    /// The first instance's refusal, if one was refused.
    pub async fn try_poll(&self) -> Result<(), Refusal> {
        let newest = self.now().floor_to(60);
        let mut outcome = Ok(());
        for instance in self.instances() {
            let wanted = Wanted::Load {
                instance: instance.id,
                grouping: Grouping::by(Dimension::Wait),
                window: Window::new(newest.plus_secs(-60), newest),
                period: Period::MINUTE,
            };
            outcome = outcome.and(self.schedule.want(wanted).await);
        }
        outcome
    }

    /// The same where nothing may go wrong.
    pub async fn poll(&self) {
        self.try_poll().await.unwrap();
    }

    /// Waits until the past is filled.
    pub async fn fill(&self) {
        self.until("the back-fill", |flow| {
            let progress = flow.schedule.health().progress;
            flow.instances()
                .iter()
                .all(|instance| progress.iter().any(|one| one.instance == instance.id && one.share() >= 1.0))
        })
        .await;
    }

    /// Ends the dashboard's half and starts it again over the same archive.
    pub async fn restart(&mut self) {
        self.schedule.shutdown().await;
        self.schedule =
            schedule(&self.endpoint, &self.clock, &self.skew_secs, &self.archive, self.config.clone()).await;
    }

    /// Calls since the start of the day whose IAM action begins so.
    pub async fn calls(&self, beginning: &str) -> u64 {
        let spend = self.schedule.api_spend().await.unwrap();
        spend.iter().filter(|calls| calls.api.starts_with(beginning)).map(|calls| calls.calls).sum()
    }

    /// Load values the archive holds for the last week: those of keys and those of totals.
    pub fn load_rows(&self) -> usize {
        let week = Window::new(self.now().plus_secs(-7 * 86_400), self.now());
        let types = ["CPU", "IO", "Client", "LWLock", "IPC", "Lock", "Activity", "Timeout", "BufferPin", "Extension"];
        let by_type = types.map(|name| Grouping::by(Dimension::Sql).filtered(Dimension::WaitType, name));
        let plain = [
            Dimension::WaitType,
            Dimension::Wait,
            Dimension::Sql,
            Dimension::User,
            Dimension::Host,
            Dimension::Application,
            Dimension::Database,
            Dimension::SessionType,
        ];
        let groupings: Vec<Grouping> = plain.map(Grouping::by).into_iter().chain(by_type).collect();
        let mut rows = 0;
        for instance in self.instances() {
            for grouping in &groupings {
                let matrix = self.archive.load(&instance.id, grouping, week, Period::MINUTE).unwrap();
                let of_keys = matrix.series.iter().flat_map(|series| &series.values);
                rows += of_keys.flatten().filter(|value| **value > 0.0).count();
                rows += matrix.total.iter().flatten().count();
            }
        }
        rows
    }

    /// Bytes of the archive's file once everything that can be is sealed.
    pub fn sealed_bytes(&self) -> u64 {
        self.archive.seal(self.now()).unwrap();
        let copy = tempfile::tempdir().unwrap();
        let file = copy.path().join("copy.sqlite");
        self.archive.backup(&file).unwrap();
        std::fs::metadata(file).unwrap().len()
    }

    /// Waits for something that happens by itself.
    pub async fn until(&self, what: &str, is_so: impl Fn(&Self) -> bool) {
        let deadline = tokio::time::Instant::now() + PATIENCE;
        while !is_so(self) {
            assert!(tokio::time::Instant::now() < deadline, "{what}: {:#?}", self.schedule.health());
            tokio::time::sleep(LOOK_AGAIN).await;
        }
    }

    /// Ends all of it in order.
    pub async fn stop(self) {
        self.schedule.shutdown().await;
        self.endpoint.shutdown().await;
    }
}

async fn schedule(
    endpoint: &Running,
    clock: &Clock,
    skew_secs: &Arc<AtomicI64>,
    archive: &Archive,
    config: ScheduleConfig,
) -> ScheduleHandle {
    let collector = Collector::connect_to(&endpoint.url(), REGION).await;
    let (clock, skew_secs) = (clock.clone(), Arc::clone(skew_secs));
    let read = move || Timestamp(clock.now_ms()).plus_secs(skew_secs.load(Ordering::Relaxed));
    Schedule::start(archive.clone(), collector, Arc::new(read), config)
}
