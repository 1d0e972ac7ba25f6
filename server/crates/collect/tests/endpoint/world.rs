//! A running endpoint with a seeded past and the sentinels.

use std::net::{Ipv4Addr, SocketAddr};

use aws_local::{Clock, Config, Faults, Running, Server};
use collect::Collector;
use samples::Instance;
use units::{Timestamp, Window};

/// Monday 2026-11-23 14:31:00 UTC.
pub(crate) const NOW: Timestamp = Timestamp::from_secs(1_795_444_260);
pub(crate) const REGION: &str = "us-east-1";

pub(crate) struct Endpoint {
    pub(crate) running: Running,
    pub(crate) collector: Collector,
    _dir: tempfile::TempDir,
}

impl Endpoint {
    /// One instance with eight days of past.
    pub(crate) async fn start() -> Self {
        Self::with(Some(7), None).await
    }

    /// Made-up tiers, and no instance.
    pub(crate) async fn with_tiers() -> Self {
        Self::with(None, Some(7)).await
    }

    async fn with(history_seed: Option<u64>, simulated_tiers_seed: Option<u64>) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let config = Config {
            listen: SocketAddr::new(Ipv4Addr::LOCALHOST.into(), 0),
            data_dir: dir.path().to_owned(),
            region: REGION.to_owned(),
            databases: Vec::new(),
            vcpus: None,
            history_seed,
            simulated_tiers_seed,
            plan_logs: Vec::new(),
            has_sentinels: true,
            clock: Clock::manual(NOW.0),
        };
        let running = Server::start(config).await.unwrap();
        let collector = Collector::connect_to(&running.url(), REGION).await;
        Self { running, collector, _dir: dir }
    }

    pub(crate) async fn instance(&self, name: &str) -> Instance {
        let all = self.collector.list_instances(NOW).await.unwrap();
        all.into_iter().find(|instance| instance.name == name).unwrap_or_else(|| panic!("no {name}"))
    }

    pub(crate) fn set_faults(&self, faults: Faults) {
        self.running.world.set_faults(faults);
    }
}

/// The hours before [`NOW`].
pub(crate) fn last_hours(hours: i64) -> Window {
    Window::new(NOW.plus_secs(-hours * 3600).floor_to(60), NOW.floor_to(60))
}
