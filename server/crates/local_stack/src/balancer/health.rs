//! Asking targets how they are.

use std::sync::Arc;
use std::time::Duration;

use http::Request;
use http::header::{CONNECTION, HOST, USER_AGENT};
use http_body_util::{BodyExt, Empty};
use hyper::body::Bytes;
use hyper_util::rt::TokioIo;
use tokio::task::JoinSet;

use super::target::{Target, TargetState};
use super::{Shared, connection};

/// How targets are checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HealthCheck {
    /// Path that is asked for.
    pub path: String,
    /// Statuses that mean healthy.
    pub healthy_statuses: std::ops::RangeInclusive<u16>,
    /// Between two checks of a target (30 s; 5 s at least).
    pub interval: Duration,
    /// How long a target may take (5 s).
    pub timeout: Duration,
    /// Successes in a row after which a failed target is healthy again (5).
    pub healthy_threshold: u32,
    /// Failures in a row after which a target is unhealthy (2).
    pub unhealthy_threshold: u32,
}

impl Default for HealthCheck {
    fn default() -> Self {
        Self {
            path: "/health".to_owned(),
            healthy_statuses: 200..=200,
            interval: Duration::from_secs(5),
            // On a machine that is also compiling, a healthy target may need seconds.
            timeout: Duration::from_secs(4),
            healthy_threshold: 2,
            unhealthy_threshold: 3,
        }
    }
}

/// Outcome of one check.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Probe {
    Passed,
    Mismatch(u16),
    Timeout,
    Broken,
}

/// A new target is checked soon after its registration, not an interval later.
const LOOK_FOR_NEW: Duration = Duration::from_millis(100);

pub(super) async fn check_targets(shared: Arc<Shared>) {
    let mut probes = JoinSet::new();
    let mut known: Vec<Arc<Target>> = Vec::new();
    loop {
        while probes.try_join_next().is_some() {}
        let targets = shared.lock_targets().clone();
        for target in &targets {
            if !known.iter().any(|other| Arc::ptr_eq(other, target)) {
                probes.spawn(check_one(Arc::clone(&shared), Arc::clone(target)));
            }
        }
        known = targets;
        tokio::time::sleep(LOOK_FOR_NEW).await;
    }
}

/// Goes on until the target leaves.
async fn check_one(shared: Arc<Shared>, target: Arc<Target>) {
    let check = &shared.config.health_check;
    let mut tick = tokio::time::interval(check.interval);
    while target.state() != TargetState::Draining {
        tick.tick().await;
        let is_registered = shared.lock_targets().iter().any(|other| Arc::ptr_eq(other, &target));
        if !is_registered {
            return;
        }
        let probe = tokio::time::timeout(check.timeout, probe(&shared, &target)).await.unwrap_or(Probe::Timeout);
        target.observe(&probe, check);
    }
}

/// On a connection of its own, as the service does.
async fn probe(shared: &Shared, target: &Target) -> Probe {
    let Ok(stream) = connection::connect_from(shared.config.source, target.address).await else {
        return Probe::Broken;
    };
    let Ok((mut sender, connection)) = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await else {
        return Probe::Broken;
    };
    let driver = tokio::spawn(connection);
    let request = Request::get(&shared.config.health_check.path)
        .header(HOST, target.address.to_string())
        .header(USER_AGENT, "ELB-HealthChecker/2.0")
        .header(CONNECTION, "close")
        .body(Empty::<Bytes>::new());
    let Ok(request) = request else { return Probe::Broken };
    let outcome = match sender.send_request(request).await {
        Ok(response) => {
            let status = response.status().as_u16();
            drop(response.into_body().collect().await);
            if shared.config.health_check.healthy_statuses.contains(&status) {
                Probe::Passed
            } else {
                Probe::Mismatch(status)
            }
        }
        Err(_) => Probe::Broken,
    };
    driver.abort();
    outcome
}
