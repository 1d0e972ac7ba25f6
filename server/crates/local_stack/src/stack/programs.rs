//! Starting the programs of the sample app.

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::Path;
use std::time::{Duration, Instant};

use super::{StackConfig, StackError};
use crate::forwarder::Forwarder;
use crate::functions::FunctionConfig;
use crate::guard::{GuardSpec, Guarded};
use crate::http_client::HttpClient;
use crate::postgres::Postgres;
use crate::scaling::{LaunchTemplate, database_url, log_path};
use crate::supervisor::Supervised;

pub(super) const INSTANCE: &str = "bookshop";
pub(super) const FUNCTION: &str = "bookshop-lambda";
const SEEDER: &str = "bookshop-seed";
const TRAFFIC: &str = "bookshop-traffic";
/// They lie beside each other.
const PROGRAMS: [&str; 4] = [INSTANCE, FUNCTION, SEEDER, TRAFFIC];

const READY_PATIENCE: Duration = Duration::from_secs(30);
const SEED_PATIENCE: Duration = Duration::from_secs(300);
const POLL: Duration = Duration::from_millis(50);
/// The first call of the function after this long finds it cold again.
const FUNCTION_IDLE: Duration = Duration::from_secs(45);

pub(super) fn check_programs(folder: &Path) -> Result<(), StackError> {
    let missing = PROGRAMS.iter().map(|name| folder.join(name)).find(|program| !program.is_file());
    missing.map_or(Ok(()), |program| Err(StackError::NoProgram(program)))
}

/// Runs the seeder to its end.
pub(super) async fn seed(config: &StackConfig, postgres: &Postgres) -> Result<(), StackError> {
    let log = log_path(&config.root, SEEDER);
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

pub(super) fn launch_template(config: &StackConfig, postgres: &Postgres) -> LaunchTemplate {
    LaunchTemplate {
        program: config.programs.join(INSTANCE),
        root: config.root.clone(),
        name: INSTANCE.to_owned(),
        database: database_address(postgres),
        password: postgres.password().to_owned(),
    }
}

/// All processes of a function share one address, as they share a network interface in a VPC.
pub(super) fn function_config(config: &StackConfig, postgres: &Postgres, forwarder: &Forwarder) -> FunctionConfig {
    let url = |role| database_url(role, postgres.password(), forwarder);
    FunctionConfig {
        name: FUNCTION.to_owned(),
        program: config.programs.join(FUNCTION),
        args: Vec::new(),
        env: vec![
            ("DATABASE_URL".to_owned(), url("bookshop_app")),
            ("REPORT_DATABASE_URL".to_owned(), url("bookshop_report")),
            ("BOOKSHOP_INSTANCE".to_owned(), "lambda".to_owned()),
            ("BOOKSHOP_SWITCHES".to_owned(), "true".to_owned()),
        ],
        root: config.root.clone(),
        memory_mb: 256,
        timeout: Duration::from_secs(29),
        concurrency: config.function_concurrency,
        idle_after: FUNCTION_IDLE,
    }
}

pub(super) fn database_address(postgres: &Postgres) -> SocketAddr {
    SocketAddr::from((Ipv4Addr::LOCALHOST, postgres.port()))
}

/// Visitors of one front; `number` tells several apart and keeps their seeds different.
#[derive(Debug)]
pub(super) struct Visitors {
    pub(super) process: Supervised,
    pub(super) control: String,
}

impl Visitors {
    pub(super) async fn start(
        config: &StackConfig,
        name: &str,
        number: u32,
        target: &str,
        sessions_per_sec: f64,
        client: &HttpClient,
    ) -> Result<Self, StackError> {
        let control = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?;
        let day_secs = config.day.as_secs().max(1);
        let options = [
            ("--seed", (config.seed + number).to_string()),
            ("--scale", config.scale.name().to_owned()),
            ("--sessions-per-sec", sessions_per_sec.to_string()),
            ("--day-secs", day_secs.to_string()),
            ("--control", control.to_string()),
            ("--target", target.to_owned()),
        ];
        let args = options.into_iter().flat_map(|(option, value)| [option.to_owned(), value]).collect();
        let log = log_path(&config.root, name);
        let spec = GuardSpec { args, ..GuardSpec::new(config.programs.join(TRAFFIC), &log) };
        let process = Supervised::start(name, spec)?;
        let visitors = Self { process, control: format!("http://{control}") };
        visitors.wait(client, &log).await?;
        Ok(visitors)
    }

    async fn wait(&self, client: &HttpClient, log: &Path) -> Result<(), StackError> {
        let url = format!("{}/counts", self.control);
        let deadline = Instant::now() + READY_PATIENCE;
        let mut reason = String::new();
        while Instant::now() < deadline && self.process.status().restarts <= 2 {
            match client.get(&url).await {
                Ok(_) => return Ok(()),
                Err(error) => reason = error.to_string(),
            }
            tokio::time::sleep(POLL).await;
        }
        if self.process.status().restarts > 0 {
            reason = last_line(log);
        }
        Err(StackError::Program { program: self.process.name().to_owned(), reason, log: log.to_owned() })
    }
}

/// Waits until the condition holds; otherwise says what the log says.
pub(super) async fn wait_until(what: &str, log: &Path, is_done: impl Fn() -> bool) -> Result<(), StackError> {
    let deadline = Instant::now() + READY_PATIENCE;
    while !is_done() {
        if Instant::now() > deadline {
            let reason = last_line(log);
            return Err(StackError::Program { program: what.to_owned(), reason, log: log.to_owned() });
        }
        tokio::time::sleep(POLL).await;
    }
    Ok(())
}

fn last_line(log: &Path) -> String {
    let text = std::fs::read_to_string(log).unwrap_or_default();
    text.lines().map(str::trim).rfind(|line| !line.is_empty()).unwrap_or("its log is empty").to_owned()
}
