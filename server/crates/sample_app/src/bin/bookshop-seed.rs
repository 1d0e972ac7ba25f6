//! Makes the shop's database.

use clap::Parser;
use sample_app::seed::{Scale, prepare};

/// Makes the bookshop's roles, database, schema and rows, unless they are there already.
#[derive(Debug, Parser)]
#[command(version)]
struct Options {
    /// A user that may create roles and databases, as postgres://user:password@host:port/postgres.
    #[arg(long, env = "ADMIN_DATABASE_URL", hide_env_values = true)]
    admin_url: String,
    /// Password that the shop's roles get.
    #[arg(long, env = "BOOKSHOP_PASSWORD", hide_env_values = true)]
    role_password: String,
    /// Same seed, same rows.
    #[arg(long, default_value_t = 1)]
    seed: u32,
    /// How much to make.
    #[arg(long, value_enum, default_value_t = Scale::Full)]
    scale: Scale,
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    tracing_subscriber::fmt().with_ansi(false).with_max_level(tracing::Level::INFO).init();
    let options = Options::parse();
    let made = prepare(&options.admin_url, &options.role_password, options.seed, options.scale).await?;
    tracing::info!(made, seed = options.seed, "the bookshop's database is ready");
    Ok(())
}
