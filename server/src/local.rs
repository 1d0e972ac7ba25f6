//! `loadlens local`: the local AWS endpoint on its own, in front of anybody's database.

use std::net::SocketAddr;
use std::path::PathBuf;

use anyhow::{Context, Result, bail};
use sampler::{Clock, Target};

use crate::cli::LocalArgs;
use crate::config::{LogFormat, default_data_dir};
use crate::{shutdown, telemetry};

/// What `local` and `demo` decide about the endpoint.
pub(crate) struct Endpoint {
    pub(crate) listen: SocketAddr,
    pub(crate) data_dir: PathBuf,
    pub(crate) region: String,
    /// `[NAME=]URL`, as written.
    pub(crate) targets: Vec<String>,
    /// `NAME=FILE`, as written.
    pub(crate) plan_logs: Vec<String>,
    pub(crate) vcpus: Option<u32>,
    pub(crate) history: Option<u64>,
    /// Seed of the tiers that cannot run on one machine; `None` leaves them out.
    pub(crate) tiers: Option<u64>,
    pub(crate) sentinels: bool,
}

/// Runs the endpoint until SIGINT or SIGTERM.
///
/// # Errors
/// One line: a database URL, the address or the data folder cannot be used.
pub fn run(args: &LocalArgs) -> Result<()> {
    telemetry::start(&args.log, LogFormat::Text)?;
    let targets: Vec<String> = args.postgres.iter().chain(&args.mysql).cloned().collect();
    if targets.is_empty() && args.history.is_none() && !args.sentinels {
        bail!("nothing to answer about; name a database with --postgres [NAME=]URL, or try --history 1");
    }
    if !args.listen.ip().is_loopback() {
        bail!(
            "--listen {}: requests are not checked against secrets, so only 127.0.0.1 or [::1] is served",
            args.listen
        );
    }
    let data_dir = match &args.data_dir {
        Some(dir) => dir.clone(),
        None => default_data_dir()?.join("local"),
    };
    let endpoint = Endpoint {
        listen: args.listen,
        data_dir,
        region: args.region.clone(),
        targets,
        plan_logs: args.plan_log.clone(),
        vcpus: args.vcpus,
        history: args.history,
        tiers: args.history,
        sentinels: args.sentinels,
    };
    let config = config(endpoint)?;
    tokio::runtime::Runtime::new().context("no runtime")?.block_on(async {
        let stop = shutdown::requested();
        let running = aws_local::Server::start(config).await?;
        eprintln!("loadlens: the local AWS endpoint answers; use AWS_ENDPOINT_URL={}", running.url());
        stop.cancelled().await;
        running.shutdown().await;
        Ok(())
    })
}

/// The endpoint's configuration.
///
/// # Errors
/// One line that names the database URL or the log of plans that cannot be read.
pub(crate) fn config(endpoint: Endpoint) -> Result<aws_local::Config> {
    let parse = |text: &String| Target::parse(text).map_err(anyhow::Error::from);
    let plan_log = |text: &String| {
        let parts = text.split_once('=').map(|(name, file)| (name.to_ascii_lowercase(), PathBuf::from(file)));
        parts.with_context(|| format!("--plan-log {text}: write NAME=FILE"))
    };
    Ok(aws_local::Config {
        listen: endpoint.listen,
        data_dir: endpoint.data_dir,
        region: endpoint.region,
        databases: endpoint.targets.iter().map(parse).collect::<Result<_>>()?,
        plan_logs: endpoint.plan_logs.iter().map(plan_log).collect::<Result<_>>()?,
        vcpus: endpoint.vcpus,
        history_seed: endpoint.history,
        simulated_tiers_seed: endpoint.tiers,
        has_sentinels: endpoint.sentinels,
        clock: Clock::system(),
    })
}
