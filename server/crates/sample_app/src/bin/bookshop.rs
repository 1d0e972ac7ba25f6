//! One instance of the shop.

use std::net::SocketAddr;

use anyhow::Context;
use clap::Parser;
use sample_app::shop::cart::CartStore;
use sample_app::shop::{Shop, router};
use sample_app::{background, database};
use tokio::signal::unix::{SignalKind, signal};

/// One instance of the sample bookshop.
#[derive(Debug, Parser)]
#[command(version)]
struct Options {
    /// Address to listen on.
    #[arg(long, env = "BOOKSHOP_LISTEN", default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
    /// PostgreSQL, as postgres://user:password@host:port/bookshop.
    #[arg(long, env = "DATABASE_URL", hide_env_values = true)]
    database_url: String,
    /// The same for reports; the pages' when absent.
    #[arg(long, env = "REPORT_DATABASE_URL", hide_env_values = true)]
    report_database_url: Option<String>,
    /// Name of this instance, shown to the database.
    #[arg(long, env = "BOOKSHOP_INSTANCE", default_value = "local")]
    instance_name: String,
    /// Offer the switches of the demonstration under /admin.
    #[arg(long, env = "BOOKSHOP_SWITCHES")]
    switches: bool,
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    tracing_subscriber::fmt().with_ansi(false).with_max_level(tracing::Level::INFO).init();
    let options = Options::parse();
    let pool = |url: &str, most| {
        let connect = database::options(url, &options.instance_name).context("the database URL is not usable")?;
        anyhow::Ok(database::pool(connect, most))
    };
    let report_url = options.report_database_url.as_deref().unwrap_or(&options.database_url);
    let shop = Shop::new(
        options.instance_name.clone(),
        pool(&options.database_url, database::PAGE_CONNECTIONS)?,
        pool(report_url, database::REPORT_CONNECTIONS)?,
        CartStore::from_environment().await,
    );
    let listener = tokio::net::TcpListener::bind(options.listen)
        .await
        .with_context(|| format!("cannot listen on {}", options.listen))?;
    let _background = background::start(&shop);
    tracing::info!(address = %listener.local_addr()?, "listening");
    let mut term = signal(SignalKind::terminate())?;
    let stop = async move {
        tokio::select! {
            _ = term.recv() => {}
            _ = tokio::signal::ctrl_c() => {}
        }
    };
    axum::serve(listener, router(shop, options.switches)).with_graceful_shutdown(stop).await?;
    Ok(())
}
