//! What to start.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use crate::postgres::PostgresConfig;

/// Most instances a stack may have.
pub const MOST_INSTANCES: u8 = 8;

/// What to start. Take [`StackConfig::new`] and change what is to differ.
#[derive(Debug, Clone)]
pub struct StackConfig {
    /// Folder for the database and the logs; found again by the next run.
    pub root: PathBuf,
    /// Folder with the programs `bookshop`, `bookshop-seed`, `bookshop-traffic`, `bookshop-lambda`.
    pub programs: PathBuf,
    /// The database server.
    pub postgres: PostgresConfig,
    /// Instances of the shop to begin with, and the fewest, 1 to [`MOST_INSTANCES`].
    pub instances: u8,
    /// Most instances that load may call for.
    pub most_instances: u8,
    /// How long the group takes to notice an instance that ended or is unhealthy.
    pub notice: Duration,
    /// Most invocations of the function at a time.
    pub function_concurrency: u32,
    /// Seed of the shop's rows and of its visitors.
    pub seed: u32,
    /// How much the database holds.
    pub scale: Scale,
    /// Mean visitors that arrive at the balancer per second.
    pub sessions_per_sec: f64,
    /// Mean visitors that arrive at the function's API per second.
    pub function_sessions_per_sec: f64,
    /// Length of a compressed day.
    pub day: Duration,
    /// Where the control page listens; port 0 picks a free one.
    pub control: SocketAddr,
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
            most_instances: 4,
            notice: Duration::from_secs(20),
            function_concurrency: 5,
            seed: 1,
            scale: Scale::Full,
            sessions_per_sec: 4.0,
            function_sessions_per_sec: 0.5,
            day: Duration::from_secs(1_200),
            control: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
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
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Full => "full",
            Self::Small => "small",
        }
    }
}
