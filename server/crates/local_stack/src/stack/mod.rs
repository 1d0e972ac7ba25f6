//! The whole local stack behind one handle: PostgreSQL, instances of the shop behind a balancer in
//! a group that scales, the shop once more as a function behind an API, and the visitors of both.

mod config;
mod control;
mod incident;
mod inventory;
mod programs;
mod publish;

use std::net::Ipv4Addr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use crate::balancer::{Balancer, BalancerConfig};
use crate::forwarder::Forwarder;
use crate::functions::{Function, Gateway, GatewayConfig};
use crate::http_client::{CallError, HttpClient};
use crate::measure::{Measurement, Meter};
use crate::postgres::{Postgres, PostgresError, keep_log_short};
use crate::scaling::{Group, GroupConfig, GroupDescription, Lifecycle, Tracking, log_path, own_address};
use crate::supervisor::ProcessStatus;
use crate::usage::Usage;
use programs::Visitors;
use tokio::task::JoinSet;

pub use config::{MOST_INSTANCES, Scale, StackConfig};
pub use incident::Incident;
pub use inventory::{ApiInventory, BalancerInventory, Inventory};
pub use publish::{Publisher, record};

/// Name of the balancer, of the API and in other names.
const APP: &str = "bookshop";
/// The balancer's address as its targets see it.
const BALANCER_HOST: u32 = 10;
/// The function's address as the database sees it.
const FUNCTION_HOST: u32 = 9;
/// Requests per minute that one instance should have. An ordinary evening has 1,100 for two.
const REQUESTS_PER_INSTANCE: f64 = 1_200.0;

/// Why the stack did not start, in one line.
#[derive(Debug, thiserror::Error)]
pub enum StackError {
    /// The database server did not start.
    #[error(transparent)]
    Postgres(#[from] PostgresError),
    /// A program is missing.
    #[error("{0} is missing; build it with `cargo build -p sample_app`")]
    NoProgram(PathBuf),
    /// A program ended or did not answer.
    #[error("{program} did not start: {reason} (log: {log})")]
    Program {
        /// Which one.
        program: String,
        /// What is known.
        reason: String,
        /// Its log.
        log: PathBuf,
    },
    /// No address or port could be had.
    #[error("no local address: {0}")]
    Network(#[from] std::io::Error),
    /// A running program did not take an order.
    #[error(transparent)]
    Call(#[from] CallError),
}

/// Where the start is, for people who wait: called with one short sentence at a time.
pub type Progress = Arc<dyn Fn(&str) + Send + Sync>;

/// The running stack. [`Self::shutdown`] stops everything in order; dropping it stops everything
/// too, but blocks for it.
#[derive(Debug)]
pub struct Stack {
    control: control::Control,
    running: Arc<Running>,
    postgres: Postgres,
    /// Ends with the stack.
    _log_keeper: JoinSet<()>,
}

/// What the control page reaches as well.
#[derive(Debug)]
pub(crate) struct Running {
    // In the order in which they have to stop.
    visitors: Visitors,
    function_visitors: Visitors,
    gateway: Gateway,
    function: Function,
    group: Group,
    balancer: Arc<Balancer>,
    function_forwarder: Forwarder,
    meter: Meter,
    client: HttpClient,
}

impl Stack {
    /// Starts everything and waits until it works. The first start fills the database, which takes
    /// some seconds.
    ///
    /// # Errors
    /// One line; what was started is stopped again.
    pub async fn start(config: StackConfig, progress: Progress) -> Result<Self, StackError> {
        programs::check_programs(&config.programs)?;
        progress("starting PostgreSQL");
        let postgres = Postgres::start(config.postgres.clone()).await?;
        progress("preparing the bookshop's database");
        programs::seed(&config, &postgres).await?;
        progress("starting the bookshop behind its balancer");
        let meter = Meter::default();
        let (balancer, group) = start_group(&config, &postgres, &meter).await?;
        progress("starting the bookshop's function behind its API");
        let database = programs::database_address(&postgres);
        let function_forwarder = Forwarder::start(database, own_address(FUNCTION_HOST)).await?;
        let function_config = programs::function_config(&config, &postgres, &function_forwarder);
        let function = Function::start(function_config, meter.clone()).await?;
        let gateway = Gateway::start(GatewayConfig::new(APP), function.clone(), meter.clone()).await?;
        progress("letting the visitors in");
        let client = HttpClient::default();
        let rate = config.sessions_per_sec;
        let visitors = Visitors::start(&config, "bookshop-traffic", 0, &balancer.url(), rate, &client).await?;
        let rate = config.function_sessions_per_sec;
        let function_visitors =
            Visitors::start(&config, "bookshop-traffic-api", 1, &gateway.url(), rate, &client).await?;
        let running = Arc::new(Running {
            visitors,
            function_visitors,
            gateway,
            function,
            group,
            balancer,
            function_forwarder,
            meter,
            client,
        });
        let control = control::Control::start(config.control, Arc::clone(&running)).await?;
        let mut log_keeper = JoinSet::new();
        log_keeper.spawn(keep_log_short(postgres.log()));
        Ok(Self { control, running, postgres, _log_keeper: log_keeper })
    }

    /// URL of a database as the superuser: `bookshop` is the shop's, `postgres` always exists.
    pub fn postgres_url(&self, database: &str) -> String {
        self.postgres.url(database)
    }

    /// The database server.
    pub fn postgres(&self) -> &Postgres {
        &self.postgres
    }

    /// CPU and memory of the database server with all its sessions.
    pub fn postgres_usage(&self) -> Option<Usage> {
        self.postgres.usage()
    }

    /// Base URL of the balancer: the shop as its visitors see it.
    pub fn balancer_url(&self) -> String {
        self.running.balancer.url()
    }

    /// Base URL of the function's API: the same shop, without servers.
    pub fn api_url(&self) -> String {
        self.running.gateway.url()
    }

    /// The page on which instances are killed, slowed and made unhealthy, and incidents switched.
    pub fn control_url(&self) -> String {
        self.control.url()
    }

    /// Base URLs of the instances in service.
    pub fn app_urls(&self) -> Vec<String> {
        self.running.instance_urls()
    }

    /// Addresses of the instances in service as the database sees them, in the same order.
    pub fn app_addresses(&self) -> Vec<Ipv4Addr> {
        let group = self.running.group.describe();
        let in_service = group.instances.iter().filter(|i| i.lifecycle == Lifecycle::InService);
        let ipv4 = in_service.filter_map(|instance| match instance.address.ip() {
            std::net::IpAddr::V4(ip) => Some(ip),
            std::net::IpAddr::V6(_) => None,
        });
        ipv4.collect()
    }

    /// Everything that has a name: what describe calls answer about.
    pub fn inventory(&self) -> Inventory {
        self.running.inventory()
    }

    /// What was measured since the last call, by CloudWatch's names. Call it every few seconds;
    /// what nobody fetched for half an hour is dropped.
    pub fn drain_measurements(&self) -> Vec<Measurement> {
        self.running.meter.drain()
    }

    /// The collector behind [`Self::drain_measurements`], for a task that drains it by itself.
    pub fn meter(&self) -> Meter {
        self.running.meter.clone()
    }

    /// What the programs use: the instances, then the visitors.
    pub fn processes(&self) -> Vec<ProcessStatus> {
        let visitors = [&self.running.visitors, &self.running.function_visitors];
        let visitors = visitors.map(|visitors| visitors.process.status());
        self.running.group.processes().into_iter().chain(visitors).collect()
    }

    /// Kills one instance without warning; the group replaces it. `false`: there is no such one.
    pub fn kill_instance(&self, id: &str) -> bool {
        self.running.group.kill(id)
    }

    /// Sets the wanted number of instances, within the limits; returns what it became.
    pub fn set_desired(&self, desired: u32) -> u32 {
        self.running.group.set_desired(desired)
    }

    /// Changes how many invocations of the function may be under way; 0 throttles all.
    pub fn set_function_concurrency(&self, most: u32) {
        self.running.function.set_concurrency(most);
    }

    /// Begins or ends an incident.
    ///
    /// # Errors
    /// When the shop or the visitors do not answer.
    pub async fn set_incident(&self, incident: Incident, is_on: bool) -> Result<(), StackError> {
        self.running.set_incident(incident, is_on).await
    }

    /// Switches one of the shop's sins by name, for all instances.
    ///
    /// # Errors
    /// When no instance answers or there is no such sin.
    pub async fn set_sin(&self, name: &str, is_on: bool) -> Result<(), StackError> {
        self.running.set_sin(name, is_on).await
    }

    /// Stops or continues sending, to the balancer and to the API; what is under way is finished.
    ///
    /// # Errors
    /// When the visitors' programs do not answer.
    pub async fn pause_traffic(&self, is_paused: bool) -> Result<(), StackError> {
        self.running.pause_traffic(is_paused).await
    }

    /// The visitors' own counts of what they sent to the balancer (`started_at`, `in_flight`,
    /// `total`, `routes`, `minutes`, `latency_ms`).
    ///
    /// # Errors
    /// When the visitors' program does not answer.
    pub async fn traffic_counts(&self) -> Result<serde_json::Value, StackError> {
        self.running.counts(&self.running.visitors).await
    }

    /// The same for what was sent to the function's API.
    ///
    /// # Errors
    /// When the visitors' program does not answer.
    pub async fn function_traffic_counts(&self) -> Result<serde_json::Value, StackError> {
        self.running.counts(&self.running.function_visitors).await
    }

    /// Stops everything in order, without blocking the runtime.
    pub async fn shutdown(self) {
        self.control.stop().await;
        self.running.visitors.process.stop().await;
        self.running.function_visitors.process.stop().await;
        self.running.function.shutdown().await;
        self.running.group.shutdown().await;
        let postgres = self.postgres;
        drop(tokio::task::spawn_blocking(move || drop(postgres)).await);
    }
}

impl Running {
    fn instance_urls(&self) -> Vec<String> {
        let group = self.group.describe();
        let in_service = group.instances.iter().filter(|instance| instance.lifecycle == Lifecycle::InService);
        in_service.map(|instance| format!("http://{}", instance.address)).collect()
    }

    async fn set_incident(&self, incident: Incident, is_on: bool) -> Result<(), StackError> {
        if let Some(sin) = incident.sin() {
            self.set_sin(sin, is_on).await?;
        }
        if let Some(profile) = incident.profile() {
            let profile = if is_on { profile } else { "normal" };
            self.client.post(&format!("{}/profile/{profile}", self.visitors.control)).await?;
        }
        Ok(())
    }

    /// The first instance that answers does it for all: the switches are in the database.
    async fn set_sin(&self, name: &str, is_on: bool) -> Result<(), StackError> {
        let state = if is_on { "on" } else { "off" };
        let nobody = "no instance of the shop is in service".to_owned();
        let mut outcome = Err(CallError::Transport { url: format!("/admin/sins/{name}/{state}"), reason: nobody });
        for url in self.instance_urls() {
            outcome = self.client.post(&format!("{url}/admin/sins/{name}/{state}")).await.map(drop);
            if outcome.is_ok() {
                break;
            }
        }
        Ok(outcome?)
    }

    async fn pause_traffic(&self, is_paused: bool) -> Result<(), StackError> {
        let verb = if is_paused { "pause" } else { "resume" };
        for visitors in [&self.visitors, &self.function_visitors] {
            self.client.post(&format!("{}/{verb}", visitors.control)).await?;
        }
        Ok(())
    }

    async fn counts(&self, visitors: &Visitors) -> Result<serde_json::Value, StackError> {
        let url = format!("{}/counts", visitors.control);
        let body = self.client.get(&url).await?;
        let unreadable = |error: serde_json::Error| CallError::Transport { url, reason: error.to_string() };
        Ok(serde_json::from_slice(&body).map_err(unreadable)?)
    }
}

async fn start_group(
    config: &StackConfig,
    postgres: &Postgres,
    meter: &Meter,
) -> Result<(Arc<Balancer>, Group), StackError> {
    let balancer_config =
        BalancerConfig { source: own_address(BALANCER_HOST), ..BalancerConfig::new(APP, format!("{APP}-web")) };
    let balancer = Arc::new(Balancer::start(balancer_config, meter.clone()).await?);
    let fewest = u32::from(config.instances.clamp(1, MOST_INSTANCES));
    let group_config = GroupConfig {
        name: format!("{APP}-web"),
        min: fewest,
        max: u32::from(config.most_instances.min(MOST_INSTANCES)).max(fewest),
        grace: Duration::from_secs(15),
        notice: config.notice,
        tracking: Some(Tracking {
            requests_per_target: REQUESTS_PER_INSTANCE,
            out_after: Duration::from_secs(30),
            in_after: Duration::from_secs(90),
        }),
    };
    let template = programs::launch_template(config, postgres);
    let group = Group::start(group_config, fewest, template, Arc::clone(&balancer), meter.clone());
    let log = log_path(&config.root, "bookshop-1");
    let is_ready = || in_service(&group.describe()) >= fewest as usize;
    programs::wait_until(programs::INSTANCE, &log, is_ready).await?;
    Ok((balancer, group))
}

fn in_service(group: &GroupDescription) -> usize {
    group.instances.iter().filter(|instance| instance.lifecycle == Lifecycle::InService).count()
}
