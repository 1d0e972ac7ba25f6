//! One target: where it is, how it is, what it is doing.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use serde::Serialize;
use tokio_util::sync::CancellationToken;

use super::health::{HealthCheck, Probe};
use super::{Shared, TargetDescription, connection};

/// How often a leaving target is looked at.
const DRAIN_POLL: Duration = Duration::from_millis(50);

/// State of a target, in the service's words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum TargetState {
    /// Registered, not checked yet.
    Initial,
    /// Gets requests.
    Healthy,
    /// Failed its checks; gets requests only when all targets did.
    Unhealthy,
    /// Leaving: finishes what it has.
    Draining,
    /// Not registered.
    Unused,
}

/// Why a target is in its state; healthy ones have no reason. The service's codes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum TargetReason {
    /// The balancer is checking it for the first time.
    #[serde(rename = "Elb.InitialHealthChecking")]
    InitialHealthChecking,
    /// It answered with another status than wanted.
    #[serde(rename = "Target.ResponseCodeMismatch")]
    ResponseCodeMismatch,
    /// It did not answer in time.
    #[serde(rename = "Target.Timeout")]
    Timeout,
    /// The connection was refused or broke.
    #[serde(rename = "Target.FailedHealthChecks")]
    FailedHealthChecks,
    /// It is leaving.
    #[serde(rename = "Target.DeregistrationInProgress")]
    DeregistrationInProgress,
    /// It is not registered.
    #[serde(rename = "Target.NotRegistered")]
    NotRegistered,
}

impl TargetReason {
    /// The service's code.
    pub fn code(self) -> &'static str {
        match self {
            Self::InitialHealthChecking => "Elb.InitialHealthChecking",
            Self::ResponseCodeMismatch => "Target.ResponseCodeMismatch",
            Self::Timeout => "Target.Timeout",
            Self::FailedHealthChecks => "Target.FailedHealthChecks",
            Self::DeregistrationInProgress => "Target.DeregistrationInProgress",
            Self::NotRegistered => "Target.NotRegistered",
        }
    }
}

/// State, reason and a sentence, as `DescribeTargetHealth` tells them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TargetHealth {
    /// The state.
    pub state: TargetState,
    /// Why; `None` when healthy.
    pub reason: Option<TargetReason>,
    /// A sentence for people; `None` when healthy.
    pub description: Option<String>,
}

impl TargetHealth {
    fn new(state: TargetState, reason: TargetReason, description: impl Into<String>) -> Self {
        Self { state, reason: Some(reason), description: Some(description.into()) }
    }

    fn healthy() -> Self {
        Self { state: TargetState::Healthy, reason: None, description: None }
    }

    fn initial() -> Self {
        let reason = TargetReason::InitialHealthChecking;
        Self::new(TargetState::Initial, reason, "Initial health checks in progress")
    }

    fn draining() -> Self {
        let reason = TargetReason::DeregistrationInProgress;
        Self::new(TargetState::Draining, reason, "Target deregistration is in progress")
    }

    pub(super) fn not_registered() -> Self {
        let reason = TargetReason::NotRegistered;
        Self::new(TargetState::Unused, reason, "Target is not registered to the target group")
    }

    fn unhealthy(probe: &Probe) -> Self {
        let (reason, description) = match probe {
            Probe::Mismatch(status) => {
                (TargetReason::ResponseCodeMismatch, format!("Health checks failed with these codes: [{status}]"))
            }
            Probe::Timeout => (TargetReason::Timeout, "Request timed out".to_owned()),
            Probe::Broken | Probe::Passed => (TargetReason::FailedHealthChecks, "Health checks failed".to_owned()),
        };
        Self::new(TargetState::Unhealthy, reason, description)
    }
}

/// The state machine that health checks drive: pure.
#[derive(Debug, Clone)]
pub(super) struct Health {
    pub(super) now: TargetHealth,
    passed_in_a_row: u32,
    failed_in_a_row: u32,
}

impl Health {
    pub(super) fn new() -> Self {
        Self { now: TargetHealth::initial(), passed_in_a_row: 0, failed_in_a_row: 0 }
    }

    /// A new target needs one success; a failed one as many as the threshold says.
    pub(super) fn observe(&mut self, probe: &Probe, check: &HealthCheck) {
        if *probe == Probe::Passed {
            self.passed_in_a_row += 1;
            self.failed_in_a_row = 0;
        } else {
            self.failed_in_a_row += 1;
            self.passed_in_a_row = 0;
        }
        match self.now.state {
            TargetState::Initial if self.passed_in_a_row >= 1 => self.now = TargetHealth::healthy(),
            TargetState::Unhealthy if self.passed_in_a_row >= check.healthy_threshold => {
                self.now = TargetHealth::healthy();
            }
            TargetState::Initial | TargetState::Healthy | TargetState::Unhealthy
                if self.failed_in_a_row >= check.unhealthy_threshold =>
            {
                self.now = TargetHealth::unhealthy(probe);
            }
            _ => {}
        }
    }
}

/// A registered target.
#[derive(Debug)]
pub(crate) struct Target {
    pub(super) id: String,
    pub(super) address: SocketAddr,
    pub(super) client: connection::TargetClient,
    health: Mutex<Health>,
    outstanding: AtomicUsize,
    /// Cancelled when a leaving target's time is over.
    pub(super) cut_off: CancellationToken,
}

impl Target {
    pub(super) fn new(id: String, address: SocketAddr, shared: &Shared) -> Self {
        Self {
            id,
            address,
            client: connection::target_client(&shared.config, &shared.metrics),
            health: Mutex::new(Health::new()),
            outstanding: AtomicUsize::new(0),
            cut_off: CancellationToken::new(),
        }
    }

    pub(super) fn state(&self) -> TargetState {
        self.lock().now.state
    }

    pub(super) fn outstanding(&self) -> usize {
        self.outstanding.load(Ordering::Relaxed)
    }

    pub(super) fn observe(&self, probe: &Probe, check: &HealthCheck) {
        let mut health = self.lock();
        let before = health.now.state;
        health.observe(probe, check);
        if health.now.state != before {
            tracing::info!(target.id = %self.id, from = ?before, to = ?health.now.state, "target.state");
        }
    }

    /// `false`: it is leaving already.
    pub(super) fn begin_draining(&self) -> bool {
        let mut health = self.lock();
        let is_new = health.now.state != TargetState::Draining;
        health.now = TargetHealth::draining();
        is_new
    }

    /// Returns when nothing is outstanding, or cuts off what is left.
    pub(super) async fn drain(&self, delay: Duration) {
        let deadline = Instant::now() + delay;
        while self.outstanding() > 0 && Instant::now() < deadline {
            tokio::time::sleep(DRAIN_POLL).await;
        }
        self.cut_off.cancel();
    }

    pub(super) fn describe(&self) -> TargetDescription {
        TargetDescription {
            id: self.id.clone(),
            address: self.address,
            health: self.lock().now.clone(),
            outstanding: self.outstanding(),
        }
    }

    fn lock(&self) -> MutexGuard<'_, Health> {
        self.health.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One request a target is working on, until it is dropped.
#[derive(Debug)]
pub(super) struct Outstanding(Arc<Target>);

impl Outstanding {
    pub(super) fn new(target: Arc<Target>) -> Self {
        target.outstanding.fetch_add(1, Ordering::Relaxed);
        Self(target)
    }

    pub(super) fn target(&self) -> &Arc<Target> {
        &self.0
    }
}

impl Drop for Outstanding {
    fn drop(&mut self) {
        self.0.outstanding.fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(probes: &[Probe]) -> TargetHealth {
        let check = HealthCheck { healthy_threshold: 3, unhealthy_threshold: 2, ..HealthCheck::default() };
        let mut health = Health::new();
        probes.iter().for_each(|probe| health.observe(probe, &check));
        health.now
    }

    #[test]
    fn a_new_target_needs_one_success() {
        assert_eq!(run(&[]).state, TargetState::Initial);
        assert_eq!(run(&[Probe::Passed]), TargetHealth::healthy());
        assert_eq!(run(&[Probe::Broken]).state, TargetState::Initial);
    }

    #[test]
    fn thresholds_count_in_a_row() {
        use Probe::{Broken, Mismatch, Passed, Timeout};
        assert_eq!(run(&[Passed, Broken, Passed, Broken]).state, TargetState::Healthy);
        let failed = run(&[Passed, Broken, Mismatch(503)]);
        assert_eq!(failed.reason, Some(TargetReason::ResponseCodeMismatch));
        assert_eq!(failed.description.as_deref(), Some("Health checks failed with these codes: [503]"));
        assert_eq!(run(&[Broken, Timeout]).reason, Some(TargetReason::Timeout));
        assert_eq!(run(&[Broken, Broken, Passed, Passed]).state, TargetState::Unhealthy);
        assert_eq!(run(&[Broken, Broken, Passed, Passed, Passed]).state, TargetState::Healthy);
    }

    #[test]
    fn reasons_are_spelt_as_the_service_spells_them() {
        let text = serde_json::to_string(&TargetHealth::not_registered()).unwrap_or_default();
        assert!(text.contains(TargetReason::NotRegistered.code()), "{text}");
        assert!(text.contains("\"unused\"") && text.contains("\"Target.NotRegistered\""), "{text}");
    }
}
