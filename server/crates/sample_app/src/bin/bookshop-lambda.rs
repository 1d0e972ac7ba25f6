//! The shop as an AWS Lambda function: the same router, behind an HTTP API.

use anyhow::Context;
use sample_app::shop::cart::CartStore;
use sample_app::shop::{Shop, router};
use sample_app::{background, database};

/// A process of a function works on one request at a time.
const CONNECTIONS: u32 = 2;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    tracing_subscriber::fmt().with_ansi(false).with_max_level(tracing::Level::INFO).init();
    let variable = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    let instance = variable("BOOKSHOP_INSTANCE").unwrap_or_else(|| "lambda".to_owned());
    let pool = |url: &str| {
        let connect = database::options(url, &instance).context("the database URL is not usable")?;
        anyhow::Ok(database::pool(connect, CONNECTIONS))
    };
    let url = variable("DATABASE_URL").context("DATABASE_URL is not set")?;
    let report_url = variable("REPORT_DATABASE_URL").unwrap_or_else(|| url.clone());
    let shop = Shop::new(instance.clone(), pool(&url)?, pool(&report_url)?, CartStore::from_environment().await);
    let _background = background::start_in_function(&shop);
    let with_switches = variable("BOOKSHOP_SWITCHES").is_some();
    let run = lambda_http::run(router(shop, with_switches));
    run.await.map_err(|error| anyhow::anyhow!("the Lambda runtime ended: {error}"))
}
