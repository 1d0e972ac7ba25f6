//! `loadlens demo`: a bookshop under traffic on a real database, the local AWS endpoint that
//! samples it, and the dashboard that reads the endpoint as it reads AWS.

mod mariadb;

use std::io::Write;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use local_stack::guard::{GuardSpec, Guarded};
use local_stack::http_client::HttpClient;
use local_stack::{Incident, PostgresConfig, Stack, StackConfig};
use tokio::task::JoinHandle;

use crate::cli::DemoArgs;
use crate::config::{self, LogFormat};
use crate::{demo_alarms, local, shutdown, telemetry};

/// What the database instance is called.
const INSTANCE_NAME: &str = "bookshop-orders-1";
/// The shop's database.
const DATABASE: &str = "bookshop";
/// Region the local endpoint says it is.
const REGION: &str = "us-east-1";
/// Longest wait for the dashboard's first answer.
const READY_PATIENCE: Duration = Duration::from_secs(60);
const POLL: Duration = Duration::from_millis(100);

/// Runs the demo until it is stopped or `--for` is over.
///
/// # Errors
/// One line that says which part did not start, and why.
pub fn run(args: &DemoArgs) -> Result<()> {
    telemetry::start(&args.log, LogFormat::Text)?;
    let incident = args.incident.as_deref().map(str::parse::<Incident>).transpose().map_err(anyhow::Error::msg)?;
    tokio::runtime::Runtime::new().context("no runtime")?.block_on(async {
        match args.engine.as_str() {
            "postgres" => demo(args, incident).await,
            "mariadb" => mariadb::demo(args, incident).await,
            other => bail!("--engine {other}: use postgres or mariadb"),
        }
    })
}

async fn demo(args: &DemoArgs, incident: Option<Incident>) -> Result<()> {
    let stop = shutdown::requested();
    let root = data_dir(args)?;
    std::fs::create_dir_all(&root).with_context(|| format!("cannot make {}", root.display()))?;
    let port = dashboard_port(args.port)?;
    tokio::select! {
        started = Demo::start(args, &root, port) => {
            let demo = started?;
            if let Some(incident) = incident {
                demo.stack.set_incident(incident, true).await?;
                say(&format!("incident on: {}", incident.name()));
            }
            say(&format!("the shop is at {}", demo.stack.balancer_url()));
            say(&format!("what can be broken in it is at {}", demo.stack.control_url()));
            announce(&format!("http://127.0.0.1:{port}/"))?;
            wait(args.for_secs, stop).await;
            say("stopping");
            demo.shutdown().await;
            Ok(())
        }
        () = stop.clone().cancelled_owned() => Ok(()),
    }
}

/// The parts, in the order they stop.
struct Demo {
    dashboard: Guarded,
    publishing: JoinHandle<()>,
    endpoint: aws_local::Running,
    stack: Stack,
}

impl Demo {
    async fn start(args: &DemoArgs, root: &Path, port: u16) -> Result<Self> {
        let stack = Stack::start(stack_config(args, root)?, Arc::new(say)).await?;
        say("starting the local AWS endpoint");
        let target = format!("{INSTANCE_NAME}={}", stack.postgres_url(DATABASE));
        let endpoint = aws_local::Server::start(local::config(local::Endpoint {
            listen: SocketAddr::new(Ipv4Addr::LOCALHOST.into(), 0),
            data_dir: root.join("endpoint"),
            region: REGION.to_owned(),
            targets: vec![target],
            plan_logs: vec![format!("{INSTANCE_NAME}={}", stack.postgres().log().display())],
            vcpus: None,
            history: args.history,
            tiers: Some(u64::from(args.seed)),
            sentinels: false,
        })?)
        .await?;
        wait_for_sample(&endpoint.world).await?;
        let publisher = stack.publisher(&[INSTANCE_NAME]);
        publisher.publish(&endpoint.world);
        let publishing = tokio::spawn(publisher.run(endpoint.world.clone()));
        say("starting the dashboard");
        let log = root.join("logs/dashboard.log");
        let hooks = demo_alarms::Receiving::prepare(root, &endpoint)?;
        let dashboard = start_dashboard(root, port, endpoint.addr, &args.log, &log, &hooks)?;
        let mut demo = Self { dashboard, publishing, endpoint, stack };
        wait_for_dashboard(&mut demo.dashboard, port, &log).await?;
        hooks.connect(&demo.endpoint, port)?;
        demo_alarms::put(&demo.endpoint, &demo.stack.inventory(), INSTANCE_NAME)?;
        Ok(demo)
    }

    async fn shutdown(self) {
        drop(self.dashboard);
        self.publishing.abort();
        self.endpoint.shutdown().await;
        self.stack.shutdown().await;
    }
}

/// The dashboard is to find a database that is known already.
async fn wait_for_sample(world: &aws_local::World) -> Result<()> {
    let deadline = tokio::time::Instant::now() + READY_PATIENCE;
    loop {
        let statuses = world.statuses();
        let found = statuses.iter().find(|status| status.name == INSTANCE_NAME);
        match found {
            Some(status) if status.last_sample_secs.is_some() => return Ok(()),
            _ if tokio::time::Instant::now() < deadline => tokio::time::sleep(POLL).await,
            status => {
                let why = status.and_then(|status| status.disconnected.clone());
                bail!(
                    "the bookshop's database is not sampled: {}",
                    why.unwrap_or_else(|| "it says nothing".to_owned())
                );
            }
        }
    }
}

async fn wait_for_dashboard(dashboard: &mut Guarded, port: u16, log: &Path) -> Result<()> {
    let client = HttpClient::default();
    let url = format!("http://127.0.0.1:{port}/readyz");
    let deadline = tokio::time::Instant::now() + READY_PATIENCE;
    loop {
        let Err(error) = client.get(&url).await else { return Ok(()) };
        if let Some(status) = dashboard.try_wait()? {
            bail!("the dashboard ended ({status}): {}", last_line(log));
        }
        if tokio::time::Instant::now() > deadline {
            bail!("the dashboard is not ready: {error} (log: {})", log.display());
        }
        tokio::time::sleep(POLL).await;
    }
}

fn stack_config(args: &DemoArgs, root: &Path) -> Result<StackConfig> {
    let programs = own_path()?.parent().map(Path::to_owned).context("this program lies in no folder")?;
    let postgres = PostgresConfig { bin_dir: args.postgres_bin.clone(), ..PostgresConfig::new(root.join("postgres")) };
    let defaults = StackConfig::new(root, programs);
    Ok(StackConfig { postgres, instances: args.instances, seed: args.seed, ..defaults })
}

/// The dashboard is a process of its own with the environment a user would give it, so that it
/// reads the endpoint through the same SDK chain as AWS.
fn start_dashboard(
    root: &Path,
    port: u16,
    endpoint: SocketAddr,
    filter: &str,
    log: &Path,
    hooks: &demo_alarms::Receiving,
) -> Result<Guarded> {
    let mut spec = GuardSpec::new(own_path()?, log);
    spec.args = ["serve", "--listen", &format!("127.0.0.1:{port}"), "--data-dir"].map(str::to_owned).to_vec();
    spec.args.push(root.join("archive").display().to_string());
    spec.args.extend(["--log".to_owned(), filter.to_owned()]);
    spec.args.extend(hooks.arguments());
    let url = format!("http://{endpoint}");
    spec.env = [
        ("AWS_ENDPOINT_URL", url.as_str()),
        ("AWS_ENDPOINT_URL_PI", &url),
        ("AWS_ENDPOINT_URL_CLOUDWATCH", &url),
        ("AWS_ENDPOINT_URL_RDS", &url),
        ("AWS_ENDPOINT_URL_STS", &url),
        ("AWS_ENDPOINT_URL_ELASTIC_LOAD_BALANCING_V2", &url),
        ("AWS_ENDPOINT_URL_AUTO_SCALING", &url),
        ("AWS_ENDPOINT_URL_LAMBDA", &url),
        ("AWS_ENDPOINT_URL_ECS", &url),
        ("AWS_ENDPOINT_URL_RESOURCE_GROUPS_TAGGING_API", &url),
        ("AWS_ENDPOINT_URL_SNS", &url),
        ("LOADLENS_EVENTBRIDGE_KEY", hooks.key()),
        ("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "false"),
        ("AWS_ACCESS_KEY_ID", "local"),
        ("AWS_SECRET_ACCESS_KEY", "local"),
        ("AWS_REGION", REGION),
        ("AWS_PROFILE", "default"),
        ("AWS_CONFIG_FILE", "/dev/null"),
        ("AWS_SHARED_CREDENTIALS_FILE", "/dev/null"),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .to_vec();
    Guarded::spawn(&spec).context("the dashboard cannot be started")
}

/// This program's own file.
fn own_path() -> Result<PathBuf> {
    std::env::current_exe().context("cannot find this program's own file")
}

/// Root's home is closed to the account PostgreSQL runs as, so root gets a folder outside of it.
fn data_dir(args: &DemoArgs) -> Result<PathBuf> {
    if let Some(dir) = &args.data_dir {
        return std::path::absolute(dir).with_context(|| format!("--data-dir {}", dir.display()));
    }
    let home = config::default_data_dir()?;
    if home.starts_with("/root") {
        return Ok("/var/lib/loadlens-demo".into());
    }
    Ok(home.with_file_name("loadlens-demo"))
}

fn dashboard_port(asked: Option<u16>) -> Result<u16> {
    let wanted = SocketAddr::new(Ipv4Addr::LOCALHOST.into(), asked.unwrap_or(0));
    let listener = TcpListener::bind(wanted)
        .with_context(|| format!("port {} is taken; choose another with --port, or leave it out", wanted.port()))?;
    Ok(listener.local_addr()?.port())
}

async fn wait(for_secs: Option<u64>, stop: tokio_util::sync::CancellationToken) {
    match for_secs {
        Some(secs) => {
            // Either way it is time to stop.
            let _ended = tokio::time::timeout(Duration::from_secs(secs), stop.cancelled()).await;
        }
        None => stop.cancelled().await,
    }
}

/// Progress, for the person who waits.
fn say(what: &str) {
    eprintln!("demo: {what}");
}

/// The one line on standard output.
fn announce(url: &str) -> Result<()> {
    let mut out = std::io::stdout();
    writeln!(out, "{url}").and_then(|()| out.flush()).context("standard output is closed")
}

fn last_line(log: &Path) -> String {
    let text = std::fs::read_to_string(log).unwrap_or_default();
    text.lines().rfind(|line| !line.trim().is_empty()).unwrap_or("no log").to_owned()
}
