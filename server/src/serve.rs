//! `loadlens serve`: the archive, the schedule that fills it, and the pages that read it.

use std::sync::Arc;

use anyhow::{Context, Result};
use archive::{Archive, Retention};
use collect::{Access, Apps, Collector, LiteralKey};
use metrics_exporter_prometheus::PrometheusBuilder;
use ranking::Reader;
use tokio::net::TcpListener;
use tokio::sync::mpsc;

use crate::cli::ServeArgs;
use crate::config::Config;
use crate::hooks::{Hooks, HooksConfig, endpoint_of_environment};
use crate::schedule::{Schedule, ScheduleConfig};
use crate::{clock, shutdown, telemetry, web};

/// Alarm messages that may wait to be looked at; all of them are in the archive.
const MESSAGES: usize = 64;

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
    let relinked = archive.relink(sql_digest::VERSION, collect::read_again).context("the archive cannot be read")?;
    if relinked > 0 {
        tracing::info!(statements = relinked, "statements were read again by the newer normaliser");
    }
    let access = Access { profile: config.profile.clone(), regions: config.regions.clone() };
    let checked = config.hooks.check(endpoint_of_environment(|name| std::env::var(name).ok()))?;
    let collector = Collector::connect(&access).await?.with_literal_key(literal_key(&archive)?);
    let confirms = collector.clone();
    let listener = TcpListener::bind(config.listen)
        .await
        .with_context(|| format!("cannot listen on {}; choose another address with --listen", config.listen))?;
    let retention = Retention { minute_days: config.retention_days, ..Retention::default() };
    let apps = Apps { tag_key: config.app_tag.clone(), named: config.apps.clone() };
    let settings = ScheduleConfig { retention, apps, ..ScheduleConfig::default() };
    let schedule = Schedule::start(archive.clone(), collector, Arc::new(clock::now), settings);
    let (told, mut alarms) = mpsc::channel(MESSAGES);
    let hooks = HooksConfig {
        topics: checked.topics,
        trust: checked.trust,
        fetch_certificate: checked.fetch_certificate,
        confirm_subscription: Arc::new(move |topic, token| {
            let collector = confirms.clone();
            Box::pin(async move {
                let confirmed = collector.confirm_subscription(topic.as_str(), &token).await;
                confirmed.map_err(|error| error.to_string())
            })
        }),
        event_key: checked.event_key,
        alarms: Some(told),
        now: clock::now,
    };
    let hooks = Hooks::new(archive.clone(), hooks).context("the archive cannot be read")?;
    let wakes = schedule.clone();
    tokio::spawn(async move {
        while alarms.recv().await.is_some() {
            wakes.alarm_was_told();
        }
    });
    let collected = schedule.clone();
    let reader = Reader::new(archive, schedule.wants())
        .with_zones(web::offset_changes)
        .with_prices(config.prices.clone())
        .with_health(move || collected.health());
    eprintln!("loadlens: the dashboard is open at http://{}/", listener.local_addr()?);
    let polled = schedule.clone();
    let state = web::AppState {
        reader,
        dashboard: config.public_url.clone(),
        readiness: Arc::new(move || web::Ready::of(&polled.health())),
        metrics: PrometheusBuilder::new().install_recorder().ok(),
    };
    let served = web::serve(listener, state, Some(hooks), stop).await;
    schedule.shutdown().await;
    served.context("the server ended")
}

/// Setting of the archive that keeps the key, as 64 hex digits.
const LITERAL_KEY: &str = "literal_key";

/// The key literals are hashed with: made at the first start, then kept, so that equal values have
/// equal hashes for as long as the archive lives.
fn literal_key(archive: &Archive) -> Result<LiteralKey> {
    let kept = archive.setting(LITERAL_KEY).context("the archive cannot be read")?;
    let bits = if let Some(bits) = kept.as_deref().and_then(read_key) {
        bits
    } else {
        let bits = fresh_key();
        let hex: String = bits.iter().map(|byte| format!("{byte:02x}")).collect();
        archive.put_setting(LITERAL_KEY, &hex).context("the archive cannot be written")?;
        bits
    };
    Ok(LiteralKey::new(bits))
}

/// 244 random bits: two random UUIDs.
fn fresh_key() -> [u8; 32] {
    let mut bits = [0; 32];
    bits[..16].copy_from_slice(uuid::Uuid::new_v4().as_bytes());
    bits[16..].copy_from_slice(uuid::Uuid::new_v4().as_bytes());
    bits
}

fn read_key(hex: &str) -> Option<[u8; 32]> {
    let digits = (hex.len() == 64 && hex.is_ascii()).then_some(hex)?;
    let mut bits = [0; 32];
    for (place, byte) in bits.iter_mut().enumerate() {
        *byte = u8::from_str_radix(digits.get(place * 2..place * 2 + 2)?, 16).ok()?;
    }
    Some(bits)
}
