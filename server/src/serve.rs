//! `loadlens serve`: the archive, the schedule that fills it, and the pages that read it.

use std::sync::Arc;

use anyhow::{Context, Result};
use archive::{Archive, Retention};
use collect::{Access, Collector};
use metrics_exporter_prometheus::PrometheusBuilder;
use ranking::Reader;
use tokio::net::TcpListener;

use crate::cli::ServeArgs;
use crate::config::Config;
use crate::schedule::{Schedule, ScheduleConfig};
use crate::{clock, shutdown, telemetry, web};

/// Serves until SIGINT or SIGTERM.
///
/// # Errors
/// One line: a setting, the archive's folder, the address, or the AWS environment cannot be used.
pub fn run(args: &ServeArgs) -> Result<()> {
    let config = Config::resolve(args)?;
    telemetry::start(&config.log, config.log_format)?;
    tokio::runtime::Runtime::new().context("no runtime")?.block_on(serve(&config))
}

async fn serve(config: &Config) -> Result<()> {
    let stop = shutdown::requested();
    let archive = Archive::open(&config.data_dir).context("the archive cannot be opened")?;
    let access = Access { profile: config.profile.clone(), regions: config.regions.clone() };
    let collector = Collector::connect(&access).await?;
    let listener = TcpListener::bind(config.listen)
        .await
        .with_context(|| format!("cannot listen on {}; choose another address with --listen", config.listen))?;
    let retention = Retention { minute_days: config.retention_days, ..Retention::default() };
    let settings = ScheduleConfig { retention, ..ScheduleConfig::default() };
    let schedule = Schedule::start(archive.clone(), collector, Arc::new(clock::now), settings);
    let reader = Reader::new(archive, schedule.wants()).with_zones(web::offset_changes);
    tracing::info!(address = %listener.local_addr()?, "the dashboard is open");
    let polled = schedule.clone();
    let state = web::AppState {
        reader,
        readiness: Arc::new(move || web::Ready { archive_open: true, first_poll_done: polled.first_poll_done() }),
        metrics: PrometheusBuilder::new().install_recorder().ok(),
    };
    let served = web::serve(listener, state, stop).await;
    schedule.shutdown().await;
    served.context("the server ended")
}
