//! What `AWS/ApplicationELB` publishes about one balancer and one target group.
//!
//! Counts of events are entered as ones, so that their sum is the count and their average is 1, as
//! the service's are. What did not happen is not entered: the service publishes nothing either.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use super::{ResourceIds, Shared};
use crate::measure::{Dimensions, Meter, Metric, dimensions};

/// The zone of the one node.
const ZONE: &str = "us-east-1a";
/// How often states are entered; the service does so for every health check.
const GAUGE_INTERVAL: Duration = Duration::from_secs(5);

const fn count(name: &'static str) -> Metric {
    Metric { namespace: "AWS/ApplicationELB", name, unit: "Count" }
}

const REQUESTS: Metric = count("RequestCount");
const REQUESTS_PER_TARGET: Metric = count("RequestCountPerTarget");
const RESPONSE_TIME: Metric = Metric { namespace: "AWS/ApplicationELB", name: "TargetResponseTime", unit: "Seconds" };
const PROCESSED: Metric = Metric { namespace: "AWS/ApplicationELB", name: "ProcessedBytes", unit: "Bytes" };
const NEW_CONNECTIONS: Metric = count("NewConnectionCount");
const ACTIVE_CONNECTIONS: Metric = count("ActiveConnectionCount");
const REJECTED_CONNECTIONS: Metric = count("RejectedConnectionCount");
const CONNECTION_ERRORS: Metric = count("TargetConnectionErrorCount");
const HEALTHY_HOSTS: Metric = count("HealthyHostCount");
const UNHEALTHY_HOSTS: Metric = count("UnHealthyHostCount");
const CAPACITY_UNITS: Metric = count("ConsumedLCUs");

/// States of the targets at one moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Gauges {
    pub(super) is_any_registered: bool,
    pub(super) healthy: usize,
    pub(super) unhealthy: usize,
}

/// Enters measurements; clones share them.
#[derive(Debug, Clone)]
pub(super) struct BalancerMetrics {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    meter: Meter,
    /// By balancer, alone and by zone.
    of_balancer: [Dimensions; 2],
    /// By target group, alone and by zone.
    of_group: [Dimensions; 2],
    requests: AtomicU64,
    new_connections: AtomicU64,
    open_connections: AtomicU64,
    bytes: AtomicU64,
}

impl BalancerMetrics {
    pub(super) fn new(meter: Meter, ids: &ResourceIds) -> Self {
        let balancer = ("LoadBalancer", ids.load_balancer.as_str());
        let group = ("TargetGroup", ids.target_group.as_str());
        let zone = ("AvailabilityZone", ZONE);
        Self {
            inner: Arc::new(Inner {
                meter,
                of_balancer: [dimensions([balancer]), dimensions([balancer, zone])],
                of_group: [dimensions([balancer, group]), dimensions([balancer, group, zone])],
                requests: AtomicU64::new(0),
                new_connections: AtomicU64::new(0),
                open_connections: AtomicU64::new(0),
                bytes: AtomicU64::new(0),
            }),
        }
    }

    pub(super) fn requests(&self) -> u64 {
        self.inner.requests.load(Ordering::Relaxed)
    }

    /// A target was chosen for a request; `targets` share the load.
    pub(super) fn request(&self, targets: usize) {
        self.inner.requests.fetch_add(1, Ordering::Relaxed);
        self.everywhere(REQUESTS, 1.0);
        // The service's value is an average already: its sum over a minute is requests per target.
        let share = 1.0 / targets.max(1) as f64;
        self.inner.meter.add(REQUESTS_PER_TARGET, &self.inner.of_group[0], share, 1.0);
    }

    /// A target answered.
    pub(super) fn response(&self, status: u16, after: Duration) {
        self.everywhere(RESPONSE_TIME, after.as_secs_f64());
        let name = match status / 100 {
            2 => "HTTPCode_Target_2XX_Count",
            3 => "HTTPCode_Target_3XX_Count",
            4 => "HTTPCode_Target_4XX_Count",
            _ => "HTTPCode_Target_5XX_Count",
        };
        self.everywhere(count(name), 1.0);
    }

    /// The balancer itself answered with this status.
    pub(super) fn own_response(&self, status: u16) {
        let class = if status >= 500 { "HTTPCode_ELB_5XX_Count" } else { "HTTPCode_ELB_4XX_Count" };
        self.on_balancer(count(class), 1.0);
        let name = match status {
            500 => "HTTPCode_ELB_500_Count",
            502 => "HTTPCode_ELB_502_Count",
            503 => "HTTPCode_ELB_503_Count",
            504 => "HTTPCode_ELB_504_Count",
            _ => return,
        };
        self.on_balancer(count(name), 1.0);
    }

    pub(super) fn connection_error(&self) {
        self.everywhere(CONNECTION_ERRORS, 1.0);
    }

    pub(super) fn rejected_connection(&self) {
        self.on_balancer(REJECTED_CONNECTIONS, 1.0);
    }

    pub(super) fn open_client_connection(&self) -> OpenConnection {
        self.open_connection(true)
    }

    pub(super) fn open_target_connection(&self) -> OpenConnection {
        self.open_connection(false)
    }

    fn open_connection(&self, is_client: bool) -> OpenConnection {
        self.inner.new_connections.fetch_add(1, Ordering::Relaxed);
        self.inner.open_connections.fetch_add(1, Ordering::Relaxed);
        self.on_balancer(NEW_CONNECTIONS, 1.0);
        OpenConnection { metrics: self.clone(), is_client }
    }

    fn on_balancer(&self, metric: Metric, value: f64) {
        self.inner.of_balancer.iter().for_each(|dims| self.inner.meter.add(metric, dims, value, 1.0));
    }

    fn on_group(&self, metric: Metric, value: f64) {
        self.inner.of_group.iter().for_each(|dims| self.inner.meter.add(metric, dims, value, 1.0));
    }

    fn everywhere(&self, metric: Metric, value: f64) {
        self.on_balancer(metric, value);
        self.on_group(metric, value);
    }

    fn publish(&self, gauges: Gauges, previous: &mut Totals) {
        if gauges.is_any_registered {
            self.on_group(HEALTHY_HOSTS, gauges.healthy as f64);
            self.on_group(UNHEALTHY_HOSTS, gauges.unhealthy as f64);
        }
        let now = self.totals();
        let active = self.inner.open_connections.load(Ordering::Relaxed) + now.requests - previous.requests;
        if active > 0 {
            self.on_balancer(ACTIVE_CONNECTIONS, self.inner.open_connections.load(Ordering::Relaxed) as f64);
            let bytes = (now.bytes - previous.bytes) as f64;
            self.on_balancer(PROCESSED, bytes);
            self.on_balancer(CAPACITY_UNITS, capacity_units(previous, &now, &self.inner));
        }
        *previous = now;
    }

    fn totals(&self) -> Totals {
        let load = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        Totals {
            requests: load(&self.inner.requests),
            new_connections: load(&self.inner.new_connections),
            bytes: load(&self.inner.bytes),
        }
    }
}

#[derive(Debug, Default, Clone, Copy)]
struct Totals {
    requests: u64,
    new_connections: u64,
    bytes: u64,
}

/// The dearest of three measures: 25 new connections a second, 3,000 open ones, 1 GB an hour
/// (elastic load balancing pricing; there are no rules here).
fn capacity_units(before: &Totals, now: &Totals, inner: &Inner) -> f64 {
    let secs = GAUGE_INTERVAL.as_secs_f64();
    let new_connections = (now.new_connections - before.new_connections) as f64 / secs / 25.0;
    let open = inner.open_connections.load(Ordering::Relaxed) as f64 / 3_000.0;
    let bytes = (now.bytes - before.bytes) as f64 / secs * 3_600.0 / 1e9;
    new_connections.max(open).max(bytes)
}

/// Enters the states every few seconds, until it is dropped.
pub(super) async fn publish_gauges(shared: Arc<Shared>) {
    let mut tick = tokio::time::interval(GAUGE_INTERVAL);
    let mut previous = Totals::default();
    loop {
        tick.tick().await;
        shared.metrics.publish(shared.gauges(), &mut previous);
    }
}

/// A connection that counts as open until it is dropped.
#[derive(Debug)]
pub(super) struct OpenConnection {
    metrics: BalancerMetrics,
    is_client: bool,
}

impl OpenConnection {
    /// Bytes to or from a client; those to and from targets are the same ones again.
    pub(super) fn processed(&self, bytes: usize) {
        if self.is_client {
            self.metrics.inner.bytes.fetch_add(bytes as u64, Ordering::Relaxed);
        }
    }
}

impl Drop for OpenConnection {
    fn drop(&mut self) {
        self.metrics.inner.open_connections.fetch_sub(1, Ordering::Relaxed);
    }
}
