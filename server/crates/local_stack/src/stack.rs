//! The whole local stack behind one handle: PostgreSQL, instances of the shop, their visitors.

use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::forwarder::Forwarder;
use crate::guard::{GuardSpec, Guarded};
use crate::http_client::{CallError, HttpClient};
use crate::postgres::{Postgres, PostgresConfig, PostgresError};
use crate::supervisor::{ProcessStatus, Supervised};
use crate::usage::Usage;

/// The first instance is 127.0.0.11, the next 127.0.0.12, and so on.
const FIRST_HOST: u8 = 11;
/// Most instances a stack starts with.
pub const MOST_INSTANCES: u8 = 8;
const READY_PATIENCE: Duration = Duration::from_secs(30);
const SEED_PATIENCE: Duration = Duration::from_secs(300);
const POLL: Duration = Duration::from_millis(50);
/// Names of the programs; they lie beside each other.
const PROGRAMS: [&str; 3] = [INSTANCE, SEEDER, TRAFFIC];
const INSTANCE: &str = "bookshop";
const SEEDER: &str = "bookshop-seed";
const TRAFFIC: &str = "bookshop-traffic";

/// What to start.
#[derive(Debug, Clone)]
pub struct StackConfig {
    /// Folder for the database and the logs; found again by the next run.
    pub root: PathBuf,
    /// Folder with the programs `bookshop`, `bookshop-seed` and `bookshop-traffic`.
    pub programs: PathBuf,
    /// The database server.
    pub postgres: PostgresConfig,
    /// Instances of the shop, 1 to [`MOST_INSTANCES`].
    pub instances: u8,
    /// Seed of the shop's rows and of its visitors.
    pub seed: u32,
    /// How much the database holds.
    pub scale: Scale,
    /// Mean visitors that arrive per second.
    pub sessions_per_sec: f64,
    /// Length of a compressed day.
    pub day: Duration,
}

impl StackConfig {
    /// The stack of a demonstration below `root`, with programs from `programs`.
    pub fn new(root: impl Into<PathBuf>, programs: impl Into<PathBuf>) -> Self {
        let root = root.into();
        Self {
            postgres: PostgresConfig::new(root.join("postgres")),
            root,
            programs: programs.into(),
            instances: 2,
            seed: 1,
            scale: Scale::Full,
            sessions_per_sec: 4.4,
            day: Duration::from_secs(1_200),
        }
    }
}

/// How much the shop's database holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scale {
    /// 300,000 orders, about 250 MB: for a demonstration.
    Full,
    /// A fiftieth: for tests.
    Small,
}

impl Scale {
    fn name(self) -> &'static str {
        match self {
            Self::Full => "full",
            Self::Small => "small",
        }
    }
}

/// Something that goes wrong on request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Incident {
    /// A flash sale: all checkouts fight over one row.
    Lock,
    /// A report over everything, endlessly, by each instance.
    Report,
    /// A growing table loses an index that most pages need.
    Index,
    /// Five times the visitors.
    Burst,
}

impl Incident {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Lock, Self::Report, Self::Index, Self::Burst];

    /// Name on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Lock => "lock",
            Self::Report => "report",
            Self::Index => "index",
            Self::Burst => "burst",
        }
    }

    /// The switch of the shop behind it.
    fn sin(self) -> Option<&'static str> {
        match self {
            Self::Lock => Some("hot_row"),
            Self::Report => Some("long_report"),
            Self::Index => Some("missing_index"),
            Self::Burst => None,
        }
    }

    /// What the visitors do meanwhile.
    fn profile(self) -> Option<&'static str> {
        match self {
            Self::Lock => Some("sale"),
            Self::Burst => Some("burst"),
            Self::Report | Self::Index => None,
        }
    }
}

impl std::str::FromStr for Incident {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let names = Self::ALL.map(Self::name).join(", ");
        let found = Self::ALL.into_iter().find(|incident| incident.name() == text);
        found.ok_or_else(|| format!("unknown incident `{text}`; there are {names}"))
    }
}

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

/// The running stack. Dropping it stops everything; [`Self::shutdown`] does so without blocking
/// the runtime.
#[derive(Debug)]
pub struct Stack {
    // In the order in which they have to stop.
    traffic: Supervised,
    instances: Vec<Instance>,
    postgres: Postgres,
    traffic_url: String,
    client: HttpClient,
}

#[derive(Debug)]
struct Instance {
    process: Supervised,
    /// Lives as long as its instance.
    forwarder: Forwarder,
    url: String,
}

impl Stack {
    /// Starts everything and waits until it works. The first start fills the database, which takes
    /// some seconds.
    ///
    /// # Errors
    /// One line; what was started is stopped again.
    pub async fn start(config: StackConfig, progress: Progress) -> Result<Self, StackError> {
        for name in PROGRAMS {
            let program = config.programs.join(name);
            if !program.is_file() {
                return Err(StackError::NoProgram(program));
            }
        }
        progress("starting PostgreSQL");
        let postgres = Postgres::start(config.postgres.clone()).await?;
        progress("preparing the bookshop's database");
        seed(&config, &postgres).await?;
        progress("starting the bookshop");
        let client = HttpClient::default();
        let mut instances = Vec::new();
        for number in 1..=config.instances.clamp(1, MOST_INSTANCES) {
            instances.push(start_instance(&config, &postgres, &client, number).await?);
        }
        progress("letting the visitors in");
        let targets: Vec<&str> = instances.iter().map(|instance| instance.url.as_str()).collect();
        let (traffic, traffic_url) = start_traffic(&config, &targets)?;
        let stack = Self { traffic, instances, postgres, traffic_url, client };
        stack.wait_for_traffic(&config).await?;
        Ok(stack)
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

    /// Base URLs of the shop's instances.
    pub fn app_urls(&self) -> Vec<String> {
        self.instances.iter().map(|instance| instance.url.clone()).collect()
    }

    /// Source addresses of the instances as the database sees them, in the same order.
    pub fn app_addresses(&self) -> Vec<Ipv4Addr> {
        self.instances.iter().map(|instance| instance.forwarder.source()).collect()
    }

    /// What the programs use: the instances, then the visitors.
    pub fn processes(&self) -> Vec<ProcessStatus> {
        let instances = self.instances.iter().map(|instance| instance.process.status());
        instances.chain([self.traffic.status()]).collect()
    }

    /// Kills one instance without warning; it is started again. `false`: there is no such one.
    pub fn kill_instance(&self, index: usize) -> bool {
        self.instances.get(index).map(|instance| instance.process.kill()).is_some()
    }

    /// Begins or ends an incident.
    ///
    /// # Errors
    /// When the shop or the visitors do not answer.
    pub async fn set_incident(&self, incident: Incident, is_on: bool) -> Result<(), StackError> {
        if let Some(sin) = incident.sin() {
            self.set_sin(sin, is_on).await?;
        }
        if let Some(profile) = incident.profile() {
            let profile = if is_on { profile } else { "normal" };
            self.client.post(&format!("{}/profile/{profile}", self.traffic_url)).await?;
        }
        Ok(())
    }

    /// Switches one of the shop's sins by name, for all instances.
    ///
    /// # Errors
    /// When no instance answers or there is no such sin.
    pub async fn set_sin(&self, name: &str, is_on: bool) -> Result<(), StackError> {
        let state = if is_on { "on" } else { "off" };
        let mut outcome = Ok(());
        for instance in &self.instances {
            let url = format!("{}/admin/sins/{name}/{state}", instance.url);
            outcome = self.client.post(&url).await.map(drop);
            if outcome.is_ok() {
                break;
            }
        }
        Ok(outcome?)
    }

    /// Stops or continues sending; what is under way is finished.
    ///
    /// # Errors
    /// When the visitors' program does not answer.
    pub async fn pause_traffic(&self, is_paused: bool) -> Result<(), StackError> {
        let verb = if is_paused { "pause" } else { "resume" };
        self.client.post(&format!("{}/{verb}", self.traffic_url)).await?;
        Ok(())
    }

    /// The visitors' own counts (`started_at`, `in_flight`, `total`, `routes`, `minutes`,
    /// `latency_ms`).
    ///
    /// # Errors
    /// When the visitors' program does not answer.
    pub async fn traffic_counts(&self) -> Result<serde_json::Value, StackError> {
        let url = format!("{}/counts", self.traffic_url);
        let body = self.client.get(&url).await?;
        let unreadable = |error: serde_json::Error| CallError::Transport { url, reason: error.to_string() };
        Ok(serde_json::from_slice(&body).map_err(unreadable)?)
    }

    /// Stops everything in order, without blocking the runtime.
    pub async fn shutdown(self) {
        self.traffic.stop().await;
        for instance in self.instances {
            instance.process.stop().await;
        }
        let postgres = self.postgres;
        drop(tokio::task::spawn_blocking(move || drop(postgres)).await);
    }

    async fn wait_for_traffic(&self, config: &StackConfig) -> Result<(), StackError> {
        let url = format!("{}/counts", self.traffic_url);
        wait_for_answer(&self.client, &url, &self.traffic, log_path(config, TRAFFIC)).await
    }
}

fn log_path(config: &StackConfig, name: &str) -> PathBuf {
    config.root.join("logs").join(format!("{name}.log"))
}

async fn seed(config: &StackConfig, postgres: &Postgres) -> Result<(), StackError> {
    let log = log_path(config, SEEDER);
    let args = ["--seed", &config.seed.to_string(), "--scale", config.scale.name()].map(str::to_owned);
    let spec = GuardSpec {
        args: args.to_vec(),
        // In the environment, not on the command line, where everybody could read it.
        env: vec![
            ("ADMIN_DATABASE_URL".to_owned(), postgres.url("postgres")),
            ("BOOKSHOP_PASSWORD".to_owned(), postgres.password().to_owned()),
        ],
        ..GuardSpec::new(config.programs.join(SEEDER), &log)
    };
    let mut seeder = Guarded::spawn(&spec)?;
    let deadline = Instant::now() + SEED_PATIENCE;
    let failed = |reason: String| StackError::Program { program: SEEDER.to_owned(), reason, log: log.clone() };
    while Instant::now() < deadline {
        match seeder.try_wait()? {
            Some(status) if status.success() => return Ok(()),
            Some(status) => return Err(failed(format!("{status}: {}", last_line(&log)))),
            None => tokio::time::sleep(POLL).await,
        }
    }
    Err(failed(format!("not done after {} s", SEED_PATIENCE.as_secs())))
}

async fn start_instance(
    config: &StackConfig,
    postgres: &Postgres,
    client: &HttpClient,
    number: u8,
) -> Result<Instance, StackError> {
    let name = format!("{INSTANCE}-{number}");
    let address = own_address(number);
    let database = SocketAddr::from((Ipv4Addr::LOCALHOST, postgres.port()));
    let forwarder = Forwarder::start(database, address).await?;
    let listen = SocketAddr::from((address, free_port(address.into())?));
    let database_url = |role: &str| {
        let password = postgres.password();
        format!("postgres://{role}:{password}@{}/bookshop?sslmode=disable", forwarder.listen())
    };
    let log = log_path(config, &name);
    let spec = GuardSpec {
        args: ["--listen", &listen.to_string(), "--instance-name", &name, "--switches"].map(str::to_owned).to_vec(),
        env: vec![
            ("DATABASE_URL".to_owned(), database_url("bookshop_app")),
            ("REPORT_DATABASE_URL".to_owned(), database_url("bookshop_report")),
        ],
        ..GuardSpec::new(config.programs.join(INSTANCE), &log)
    };
    let process = Supervised::start(name, spec)?;
    let url = format!("http://{listen}");
    wait_for_answer(client, &format!("{url}/health"), &process, log).await?;
    Ok(Instance { process, forwarder, url })
}

fn start_traffic(config: &StackConfig, targets: &[&str]) -> Result<(Supervised, String), StackError> {
    let control = SocketAddr::from((Ipv4Addr::LOCALHOST, free_port(Ipv4Addr::LOCALHOST.into())?));
    let mut args = vec![
        "--seed".to_owned(),
        config.seed.to_string(),
        "--scale".to_owned(),
        config.scale.name().to_owned(),
        "--sessions-per-sec".to_owned(),
        config.sessions_per_sec.to_string(),
        "--day-secs".to_owned(),
        config.day.as_secs().max(1).to_string(),
        "--control".to_owned(),
        control.to_string(),
    ];
    for target in targets {
        args.extend(["--target".to_owned(), (*target).to_owned()]);
    }
    let spec = GuardSpec { args, ..GuardSpec::new(config.programs.join(TRAFFIC), log_path(config, TRAFFIC)) };
    Ok((Supervised::start(TRAFFIC, spec)?, format!("http://{control}")))
}

/// 127.0.0.(10 + number) where the machine has it, else 127.0.0.1: callers then look alike.
fn own_address(number: u8) -> Ipv4Addr {
    let address = Ipv4Addr::new(127, 0, 0, FIRST_HOST + number - 1);
    if TcpListener::bind((address, 0)).is_ok() {
        return address;
    }
    tracing::warn!(%address, "this machine has one loopback address only; instances share it");
    Ipv4Addr::LOCALHOST
}

fn free_port(address: IpAddr) -> std::io::Result<u16> {
    Ok(TcpListener::bind((address, 0))?.local_addr()?.port())
}

async fn wait_for_answer(client: &HttpClient, url: &str, process: &Supervised, log: PathBuf) -> Result<(), StackError> {
    let deadline = Instant::now() + READY_PATIENCE;
    let mut reason = String::new();
    while Instant::now() < deadline {
        match client.get(url).await {
            Ok(_) => return Ok(()),
            Err(error) => reason = error.to_string(),
        }
        if process.status().restarts > 2 {
            reason = last_line(&log);
            break;
        }
        tokio::time::sleep(POLL).await;
    }
    Err(StackError::Program { program: process.name().to_owned(), reason, log })
}

fn last_line(log: &Path) -> String {
    let text = std::fs::read_to_string(log).unwrap_or_default();
    text.lines().map(str::trim).rfind(|line| !line.is_empty()).unwrap_or("its log is empty").to_owned()
}

#[cfg(test)]
mod tests {
    use super::Incident;

    #[test]
    fn incidents_are_read_by_name_and_a_wrong_name_lists_them() {
        for incident in Incident::ALL {
            assert_eq!(incident.name().parse(), Ok(incident));
        }
        let error = "lokc".parse::<Incident>();
        assert_eq!(error, Err("unknown incident `lokc`; there are lock, report, index, burst".to_owned()));
    }
}
