//! The shop's visitors.

use std::net::SocketAddr;
use std::time::Duration;

use anyhow::Context;
use clap::Parser;
use sample_app::seed::Scale;
use sample_app::traffic::{Catalogue, Traffic, TrafficConfig, control_router};
use tokio::signal::unix::{SignalKind, signal};

/// Sends seeded, human-like visitors to the bookshop and counts what they send and receive.
#[derive(Debug, Parser)]
#[command(version)]
struct Options {
    /// Base URL of the shop; repeat it to send to several in turn.
    #[arg(long = "target", required = true)]
    targets: Vec<String>,
    /// Same seed, same visitors.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Mean number of visitors that arrive per second.
    #[arg(long, default_value_t = 4.4)]
    sessions_per_sec: f64,
    /// Length of a day, compressed.
    #[arg(long, default_value_t = 1_200)]
    day_secs: u64,
    /// How much the shop's database was made with.
    #[arg(long, value_enum, default_value_t = Scale::Full)]
    scale: Scale,
    /// Address for looking at the counts and steering: GET /counts, POST /profile/burst, /pause, /resume.
    #[arg(long)]
    control: Option<SocketAddr>,
    /// Stop after this many seconds.
    #[arg(long)]
    run_secs: Option<u64>,
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    tracing_subscriber::fmt().with_ansi(false).with_max_level(tracing::Level::INFO).with_writer(std::io::stderr).init();
    let options = Options::parse();
    let traffic = Traffic::new(TrafficConfig {
        targets: options.targets.iter().map(|url| url.trim_end_matches('/').to_owned()).collect(),
        seed: options.seed,
        sessions_per_sec: options.sessions_per_sec,
        day: Duration::from_secs(options.day_secs),
        catalogue: Catalogue { books: options.scale.books(), customers: options.scale.customers() },
    });
    if let Some(address) = options.control {
        let listener =
            tokio::net::TcpListener::bind(address).await.with_context(|| format!("cannot listen on {address}"))?;
        let serving = axum::serve(listener, control_router(traffic.clone()));
        tokio::spawn(async move { serving.await });
    }
    let mut term = signal(SignalKind::terminate())?;
    let time_is_up = async {
        match options.run_secs {
            Some(secs) => tokio::time::sleep(Duration::from_secs(secs)).await,
            None => std::future::pending().await,
        }
    };
    tokio::select! {
        () = traffic.clone().run() => {}
        () = time_is_up => {}
        _ = term.recv() => {}
        _ = tokio::signal::ctrl_c() => {}
    }
    print(&serde_json::to_string(&traffic.counts().report())?);
    Ok(())
}

#[expect(clippy::print_stdout, reason = "the counts are what this command is for")]
fn print(report: &str) {
    println!("{report}");
}
