//! A load balancer that behaves as an Application Load Balancer does, for one listener and one
//! target group, and measures what `AWS/ApplicationELB` publishes.
//!
//! Differences from the real one: HTTP/1.1 only, one zone, no rules, no stickiness, no slow start.

mod connection;
mod forward;
mod health;
mod metrics;
mod picking;
mod target;

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::task::JoinSet;

use crate::measure::Meter;
use metrics::Gauges;
use target::Target;

pub use health::HealthCheck;
pub use picking::Algorithm;
pub use target::{TargetHealth, TargetReason, TargetState};

/// How one balancer is set up. Defaults are those of a demonstration, where a minute is long; the
/// service's own are in the comments.
#[derive(Debug, Clone)]
pub struct BalancerConfig {
    /// Name of the load balancer.
    pub name: String,
    /// Name of its target group.
    pub target_group: String,
    /// Where it listens; port 0 picks a free one.
    pub listen: SocketAddr,
    /// The address targets see it come from.
    pub source: Ipv4Addr,
    /// How a target is chosen.
    pub algorithm: Algorithm,
    /// How targets are checked.
    pub health_check: HealthCheck,
    /// How long a target that leaves may finish what it has (300 s).
    pub deregistration_delay: Duration,
    /// How long a target may take to answer, and a client to send the next request (60 s).
    pub idle_timeout: Duration,
    /// How long connecting to a target may take (10 s, not adjustable).
    pub connect_timeout: Duration,
    /// Connections from clients at a time; more are closed at once and counted.
    pub most_connections: usize,
}

impl BalancerConfig {
    /// A balancer of that name on a free port of 127.0.0.1.
    pub fn new(name: impl Into<String>, target_group: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            target_group: target_group.into(),
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            source: Ipv4Addr::LOCALHOST,
            algorithm: Algorithm::RoundRobin,
            health_check: HealthCheck::default(),
            deregistration_delay: Duration::from_secs(10),
            idle_timeout: Duration::from_secs(60),
            connect_timeout: Duration::from_secs(10),
            most_connections: 4_096,
        }
    }
}

/// A running balancer. Dropping it closes its listener and its connections.
#[derive(Debug)]
pub struct Balancer {
    shared: Arc<Shared>,
    // Dropped with the balancer: its tasks end.
    _tasks: JoinSet<()>,
}

/// What the balancer's tasks share.
#[derive(Debug)]
pub(crate) struct Shared {
    config: BalancerConfig,
    /// Where it really listens.
    listen: SocketAddr,
    ids: ResourceIds,
    targets: Mutex<Vec<Arc<Target>>>,
    picker: picking::Picker,
    metrics: metrics::BalancerMetrics,
}

/// What AWS calls the two resources.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct ResourceIds {
    /// Value of the `LoadBalancer` dimension: `app/<name>/<id>`.
    pub load_balancer: String,
    /// Value of the `TargetGroup` dimension: `targetgroup/<name>/<id>`.
    pub target_group: String,
}

/// One registered target as `DescribeTargetHealth` tells it.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct TargetDescription {
    /// Id under which it was registered, for example an instance id.
    pub id: String,
    /// Where it listens.
    pub address: SocketAddr,
    /// State, reason and description.
    pub health: TargetHealth,
    /// Requests it is working on.
    pub outstanding: usize,
}

impl Balancer {
    /// Starts listening; there are no targets yet.
    ///
    /// # Errors
    /// When the address cannot be bound.
    pub async fn start(config: BalancerConfig, meter: Meter) -> io::Result<Self> {
        let listener = TcpListener::bind(config.listen).await?;
        let listen = listener.local_addr()?;
        let ids = ResourceIds {
            load_balancer: format!("app/{}/{}", config.name, resource_id(&config.name)),
            target_group: format!("targetgroup/{}/{}", config.target_group, resource_id(&config.target_group)),
        };
        let shared = Arc::new(Shared {
            metrics: metrics::BalancerMetrics::new(meter, &ids),
            picker: picking::Picker::default(),
            targets: Mutex::default(),
            ids,
            listen,
            config,
        });
        let mut tasks = JoinSet::new();
        tasks.spawn(connection::accept(listener, Arc::clone(&shared)));
        tasks.spawn(health::check_targets(Arc::clone(&shared)));
        tasks.spawn(metrics::publish_gauges(Arc::clone(&shared)));
        Ok(Self { shared, _tasks: tasks })
    }

    /// Base URL for clients.
    pub fn url(&self) -> String {
        format!("http://{}", self.shared.listen)
    }

    /// What AWS would call it.
    pub fn ids(&self) -> &ResourceIds {
        &self.shared.ids
    }

    /// How it is set up.
    pub fn config(&self) -> &BalancerConfig {
        &self.shared.config
    }

    /// Registers a target; it gets requests once a health check succeeds. Registering a target
    /// that is leaving keeps it.
    pub fn register(&self, id: impl Into<String>, address: SocketAddr) {
        let id = id.into();
        let mut targets = self.shared.lock_targets();
        targets.retain(|target| target.id != id);
        targets.push(Arc::new(Target::new(id, address, &self.shared)));
    }

    /// Lets a target finish what it has and go. `false`: it is not registered.
    pub fn deregister(&self, id: &str) -> bool {
        let found = self.shared.lock_targets().iter().find(|target| target.id == id).cloned();
        let Some(target) = found else { return false };
        if target.begin_draining() {
            let shared = Arc::clone(&self.shared);
            tokio::spawn(async move {
                target.drain(shared.config.deregistration_delay).await;
                shared.lock_targets().retain(|other| !Arc::ptr_eq(other, &target));
            });
        }
        true
    }

    /// All registered targets, in the order of their registration.
    pub fn targets(&self) -> Vec<TargetDescription> {
        self.shared.lock_targets().iter().map(|target| target.describe()).collect()
    }

    /// State of one target: `Unused` with `Target.NotRegistered` when it is unknown.
    pub fn target_health(&self, id: &str) -> TargetHealth {
        let targets = self.shared.lock_targets();
        let found = targets.iter().find(|target| target.id == id);
        found.map_or_else(TargetHealth::not_registered, |target| target.describe().health)
    }

    /// Requests forwarded since the start.
    pub fn requests(&self) -> u64 {
        self.shared.metrics.requests()
    }
}

impl Shared {
    fn lock_targets(&self) -> MutexGuard<'_, Vec<Arc<Target>>> {
        self.targets.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn gauges(&self) -> Gauges {
        let targets = self.lock_targets();
        let count = |state| targets.iter().filter(|target| target.state() == state).count();
        Gauges {
            is_any_registered: !targets.is_empty(),
            healthy: count(TargetState::Healthy),
            unhealthy: count(TargetState::Unhealthy),
        }
    }
}

/// Sixteen hexadecimal digits that depend on the name only (FNV-1a), so that links and alarms
/// still mean the same after a restart.
pub(crate) fn resource_id(name: &str) -> String {
    let hash = name
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
    format!("{hash:016x}")
}
