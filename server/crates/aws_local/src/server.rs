//! Starting and stopping: the file, the samplers, the port, the upkeep.

use crate::history;
use crate::notify::{self, EventDestination, NotLoopback};
use crate::services::{call_cloudwatch, evaluate_alarms};
use crate::simulated;
use crate::store::{self, SavedInstance, StoreError};
use crate::world::World;
use crate::world::instance::{Identity, InstanceData, NOT_CONNECTED_YET};
use sampler::{Clock, Engine, Target};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::{Arc, RwLock};
use tokio::net::TcpListener;
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

/// Observations that may wait between a sampler and the world.
const QUEUE: usize = 1_024;
/// What upkeep does how often, seconds.
const SAVE_SECS: i64 = 5;
const ALARM_SECS: i64 = 10;
const EXPIRE_SECS: i64 = 1_800;
/// Names of the sentinels.
const SENTINELS: &[&str] = &["denied-db", "gap-db", "pi-off-db", "slow-db", "throttled-db"];

/// What the endpoint is to do.
#[derive(Clone, Debug)]
pub struct Config {
    /// Where it listens; port 0 takes a free one.
    pub listen: SocketAddr,
    /// Folder of its SQLite file; made if need be.
    pub data_dir: PathBuf,
    /// AWS Region all resources are in, e.g. `us-east-1`.
    pub region: String,
    /// Databases to sample; each becomes a DB instance of that name.
    pub databases: Vec<Target>,
    /// Logs in which PostgreSQL servers tell their plans (`auto_explain`, JSON), by name of the database.
    pub plan_logs: Vec<(String, PathBuf)>,
    /// vCPUs of databases that do not run on this machine (and instead of what is counted for those
    /// that do).
    pub vcpus: Option<u32>,
    /// Adds the made-up instance `history-SEED` with eight days of past.
    pub history_seed: Option<u64>,
    /// Adds made-up tiers that cannot run on one machine (CDN, containers, tables …), three hours of
    /// past and what goes on.
    pub simulated_tiers_seed: Option<u64>,
    /// Adds instances that show failures: `denied-db`, `gap-db`, `pi-off-db`, `slow-db`, `throttled-db`.
    pub has_sentinels: bool,
    /// What time it is.
    pub clock: Clock,
}

/// Why the endpoint did not start.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The data file cannot be used.
    #[error("data file: {0}")]
    Store(#[from] StoreError),
    /// The address cannot be listened on.
    #[error("cannot listen on {address}: {reason}")]
    Listen {
        /// Which.
        address: SocketAddr,
        /// The system's reason.
        reason: std::io::Error,
    },
    /// A log of plans is of no database here, or of one that is no PostgreSQL.
    #[error("the log of plans belongs to no PostgreSQL called `{0}` here: write NAME=FILE with the name of one")]
    PlanLog(String),
    /// Two databases have the same name.
    #[error("two databases are called `{0}`: give each its own NAME=")]
    DuplicateName(String),
}

/// Starts endpoints.
#[derive(Debug)]
pub struct Server;

/// A running endpoint. Dropping it stops it without waiting; [`Running::shutdown`] waits.
#[derive(Debug)]
pub struct Running {
    /// The address it listens on.
    pub addr: SocketAddr,
    /// What it answers about; record metrics through it.
    pub world: World,
    stop: CancellationToken,
    tasks: JoinSet<()>,
}

impl Server {
    /// Opens the file, starts sampling and listening.
    ///
    /// A database that cannot be reached is no error: it is tried again and again.
    ///
    /// # Errors
    /// The file or the address cannot be used, or two databases share a name.
    pub async fn start(config: Config) -> Result<Running, Error> {
        for (index, target) in config.databases.iter().enumerate() {
            if config.databases[..index].iter().any(|earlier| earlier.name == target.name) {
                return Err(Error::DuplicateName(target.name.clone()));
            }
        }
        let is_postgres =
            |name: &str| config.databases.iter().any(|target| target.name == name && target.engine == Engine::Postgres);
        if let Some((name, _)) = config.plan_logs.iter().find(|(name, _)| !is_postgres(name)) {
            return Err(Error::PlanLog(name.clone()));
        }
        let listener = TcpListener::bind(config.listen)
            .await
            .map_err(|reason| Error::Listen { address: config.listen, reason })?;
        let addr = listener.local_addr().map_err(|reason| Error::Listen { address: config.listen, reason })?;
        let world = open_world(&config)?;
        let stop = CancellationToken::new();
        let mut tasks = JoinSet::new();
        for target in config.databases {
            let (sender, observations) = mpsc::channel(QUEUE);
            let name = target.name.clone();
            for (_, path) in config.plan_logs.iter().filter(|(of, _)| *of == name) {
                let reading = sampler::read_plan_log(path.clone(), config.clock.clone(), sender.clone());
                tasks.spawn(until(stop.clone(), reading));
            }
            tasks.spawn(until(stop.clone(), sampler::run(target, config.clock.clone(), sender)));
            tasks.spawn(until(stop.clone(), take_in(world.clone(), name, observations)));
        }
        tasks.spawn(until(stop.clone(), keep_up(world.clone(), config.history_seed, config.simulated_tiers_seed)));
        tasks.spawn(until(stop.clone(), notify::run(world.clone())));
        let app = crate::gateway::router(world.clone());
        let stopping = stop.clone();
        tasks.spawn(async move {
            let serving = axum::serve(listener, app).with_graceful_shutdown(stopping.cancelled_owned());
            if let Err(error) = serving.await {
                tracing::error!(%error, "the local endpoint stopped listening");
            }
        });
        Ok(Running { addr, world, stop, tasks })
    }
}

impl Running {
    /// The URL for `AWS_ENDPOINT_URL`.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.addr)
    }

    /// Makes or changes an alarm: `input` has the members of `PutMetricAlarm`.
    ///
    /// # Errors
    /// The endpoint's words for what is wrong with it.
    pub fn put_metric_alarm(&self, input: serde_json::Value) -> Result<(), String> {
        call_cloudwatch(&self.world, "PutMetricAlarm", input)
    }

    /// Makes or changes a composite alarm: `input` has the members of `PutCompositeAlarm`.
    ///
    /// # Errors
    /// The endpoint's words for what is wrong with it.
    pub fn put_composite_alarm(&self, input: serde_json::Value) -> Result<(), String> {
        call_cloudwatch(&self.world, "PutCompositeAlarm", input)
    }

    /// Sets the state of an alarm by hand, as `SetAlarmState` does; the next evaluation may change it.
    ///
    /// # Errors
    /// The endpoint's words: no such alarm or state.
    pub fn set_alarm_state(&self, name: &str, state: &str, reason: &str) -> Result<(), String> {
        let input = serde_json::json!({ "AlarmName": name, "StateValue": state, "StateReason": reason });
        call_cloudwatch(&self.world, "SetAlarmState", input)
    }

    /// Subscribers of a topic that have confirmed.
    #[must_use]
    pub fn subscribers(&self, topic: &str) -> usize {
        let arn = self.topic_arn(topic);
        self.world.topics().confirmed(&arn).len()
    }

    /// ARN of a topic of this endpoint.
    #[must_use]
    pub fn topic_arn(&self, name: &str) -> String {
        format!("arn:aws:sns:{}:{}:{name}", self.world.region(), self.world.account())
    }

    /// Subscribes an address on this machine to a topic, which is made if need be. The subscriber is
    /// asked to confirm; nothing is sent before it has.
    ///
    /// # Errors
    /// [`NotLoopback`] for an address elsewhere.
    pub fn subscribe(&self, topic: &str, url: &str) -> Result<(), NotLoopback> {
        let arn = self.topic_arn(topic);
        let subscription = self.world.topics().subscribe(&arn, url)?;
        if !subscription.is_confirmed {
            notify::ask_to_confirm(self.world.clone(), arn, subscription);
        }
        Ok(())
    }

    /// Sends events about alarms to an address on this machine, with a key in a header: an API
    /// destination of EventBridge.
    ///
    /// # Errors
    /// [`NotLoopback`] for an address elsewhere.
    pub fn send_events(&self, url: &str, header: &str, key: &str) -> Result<(), NotLoopback> {
        if !notify::is_loopback(url) {
            return Err(NotLoopback(url.chars().take(120).collect()));
        }
        let (url, header, key) = (url.to_owned(), header.to_owned(), key.to_owned());
        self.world.add_event_destination(EventDestination { url, header, key });
        Ok(())
    }

    /// Stops sampling and listening, and writes everything down.
    pub async fn shutdown(mut self) {
        self.stop.cancel();
        while self.tasks.join_next().await.is_some() {}
        let world = self.world.clone();
        let flushed = tokio::task::spawn_blocking(move || {
            world.save();
            world.store().flush();
        });
        if let Err(error) = flushed.await {
            tracing::error!(%error, "the last observations could not be written down");
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

async fn until(stop: CancellationToken, work: impl Future<Output = ()>) {
    tokio::select! {
        () = stop.cancelled() => {}
        () = work => {}
    }
}

async fn take_in(world: World, name: String, mut observations: mpsc::Receiver<sampler::Observation>) {
    while let Some(observation) = observations.recv().await {
        world.observe(&name, &observation);
    }
}

/// Saves, evaluates alarms, expires, and lets what is made up live on.
async fn keep_up(world: World, history_seed: Option<u64>, tiers_seed: Option<u64>) {
    let mut at = world.clock().now_secs();
    loop {
        at = (at + 1).max(world.clock().now_secs());
        world.clock().sleep_until_ms(at * 1_000).await;
        let world = world.clone();
        let round = tokio::task::spawn_blocking(move || {
            if at % 60 == 2
                && let Some(seed) = history_seed
            {
                history::advance(&world, seed);
            }
            if at % 60 == 3
                && let Some(seed) = tiers_seed
            {
                simulated::advance(&world, seed);
            }
            if at % SAVE_SECS == 0 {
                world.save();
            }
            if at % ALARM_SECS == 7 {
                evaluate_alarms(&world);
            }
            if at % EXPIRE_SECS == 33 {
                world.expire();
            }
        });
        if let Err(error) = round.await {
            tracing::error!(%error, "a round of upkeep failed");
        }
    }
}

fn open_world(config: &Config) -> Result<World, Error> {
    let opened = store::open(&config.data_dir)?;
    let saved = opened.instances()?;
    let mut last_number = saved.iter().map(|instance| instance.number).max().unwrap_or(0);
    let now_secs = config.clock.now_secs();
    let mut instances = Vec::new();
    let mut add = |name: &str, engine, host: String, port, vcpus| -> Result<(), Error> {
        let known = saved.iter().find(|instance| instance.identity.name == name);
        let (number, identity, version) = match known {
            Some(SavedInstance { number, identity, version }) => (*number, identity.clone(), version.clone()),
            None => {
                last_number += 1;
                (last_number, Identity::derive(name, None, now_secs), None)
            }
        };
        let mut data = InstanceData::new(number, engine, host, port, vcpus);
        data.version = version;
        data.disconnected = Some(NOT_CONNECTED_YET.to_owned());
        data.offers_plans = config.plan_logs.iter().any(|(of, _)| of == name);
        opened.load_instance(&mut data)?;
        instances.push((identity, data));
        Ok(())
    };
    for target in &config.databases {
        let (host, port) = target.host_and_port();
        add(&target.name, target.engine, host, port, config.vcpus)?;
    }
    if let Some(seed) = config.history_seed {
        add(&history::name(seed), Engine::Postgres, "localhost".to_owned(), 5432, None)?;
    }
    let world = opened.start(|store| World::new(config.clock.clone(), config.region.clone(), store))?;
    for (identity, data) in instances {
        world.put_instance(identity, Arc::new(RwLock::new(data)));
    }
    if let Some(seed) = config.history_seed {
        history::advance(&world, seed);
    }
    if let Some(seed) = config.simulated_tiers_seed {
        simulated::begin(&world, seed);
    }
    if config.has_sentinels {
        add_sentinels(&world);
    }
    world.expire();
    Ok(world)
}

/// Each sentinel shows the first instance's load, in its own way; it is as real as that one.
fn add_sentinels(world: &World) {
    let now_secs = world.clock().now_secs();
    let first = world.instances().into_iter().next();
    for name in SENTINELS {
        let data = first.as_ref().map_or_else(
            || Arc::new(RwLock::new(InstanceData::new(0, Engine::Postgres, "localhost".to_owned(), 5432, None))),
            |instance| instance.data.clone(),
        );
        let is_simulated = first.as_ref().is_some_and(|instance| instance.identity.is_simulated);
        world.put_instance(Identity { is_simulated, ..Identity::derive(name, Some("sentinel"), now_secs) }, data);
    }
}
