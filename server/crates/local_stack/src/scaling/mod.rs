//! A group of instances that keeps its size: it launches what is missing, replaces what is
//! unwell, and follows the load, as an EC2 Auto Scaling group behind a load balancer does.

mod instance;
mod metrics;
mod policy;

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use serde::Serialize;
use tokio::task::JoinSet;

use crate::balancer::{Balancer, TargetState};
use crate::measure::{Meter, now_ms};
use crate::supervisor::ProcessStatus;
use instance::Instance;

pub use instance::LaunchTemplate;
pub(crate) use instance::{database_url, own_address};
pub use policy::{Decision, Tracking};

/// How often the group looks after its instances.
const TICK: Duration = Duration::from_millis(250);
/// Activities kept.
const MOST_ACTIVITIES: usize = 200;
/// After a launch that failed the next is tried this much later.
const LAUNCH_PAUSE: Duration = Duration::from_secs(5);

/// How a group is set up.
#[derive(Debug, Clone)]
pub struct GroupConfig {
    /// `AutoScalingGroupName`.
    pub name: String,
    /// Fewest instances.
    pub min: u32,
    /// Most instances.
    pub max: u32,
    /// How long a new instance may be unhealthy (300 s in the service).
    pub grace: Duration,
    /// How long an instance has ended or been unhealthy before the group acts (a minute or so in the
    /// service).
    pub notice: Duration,
    /// The load it follows; `None` keeps the size.
    pub tracking: Option<Tracking>,
}

/// Where an instance is in its life, in the service's words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum Lifecycle {
    /// Starting: not healthy yet.
    Pending,
    /// Working.
    InService,
    /// Leaving.
    Terminating,
}

/// One instance as `DescribeAutoScalingGroups` tells it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct InstanceDescription {
    /// `i-` and 17 hexadecimal digits.
    pub id: String,
    /// Name that the database knows it by.
    pub name: String,
    /// Where it listens; the database sees the same address.
    pub address: SocketAddr,
    /// Where it is in its life.
    pub lifecycle: Lifecycle,
    /// Whether the group believes it is well.
    pub is_healthy: bool,
    /// When it was launched, UTC milliseconds since 1970.
    pub launched_at_ms: i64,
}

/// What the group did, as `DescribeScalingActivities` tells it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Activity {
    /// When, UTC milliseconds since 1970.
    pub at_ms: i64,
    /// What.
    pub description: String,
    /// Why.
    pub cause: String,
}

/// The group right now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct GroupDescription {
    /// `AutoScalingGroupName`.
    pub name: String,
    /// Fewest instances.
    pub min: u32,
    /// Most instances.
    pub max: u32,
    /// Wanted instances.
    pub desired: u32,
    /// Its instances, oldest first.
    pub instances: Vec<InstanceDescription>,
    /// Newest first.
    pub activities: Vec<Activity>,
}

/// A running group. Dropping it stops its instances.
#[derive(Debug)]
pub struct Group {
    shared: Arc<Shared>,
    tasks: tokio::sync::Mutex<JoinSet<()>>,
}

#[derive(Debug)]
struct Shared {
    config: GroupConfig,
    template: LaunchTemplate,
    balancer: Arc<Balancer>,
    meter: Meter,
    desired: AtomicU32,
    instances: Mutex<Vec<Arc<Instance>>>,
    activities: Mutex<VecDeque<Activity>>,
}

impl Group {
    /// Starts a group behind a balancer; its first instances are launched at once.
    pub fn start(
        config: GroupConfig,
        desired: u32,
        template: LaunchTemplate,
        balancer: Arc<Balancer>,
        meter: Meter,
    ) -> Self {
        let desired = AtomicU32::new(desired.clamp(config.min, config.max));
        let shared = Arc::new(Shared {
            config,
            template,
            balancer,
            meter,
            desired,
            instances: Mutex::default(),
            activities: Mutex::default(),
        });
        let mut tasks = JoinSet::new();
        tasks.spawn(look_after(Arc::clone(&shared)));
        tasks.spawn(policy::follow(Arc::clone(&shared)));
        tasks.spawn(metrics::publish(Arc::clone(&shared)));
        Self { shared, tasks: tokio::sync::Mutex::new(tasks) }
    }

    /// The group right now.
    pub fn describe(&self) -> GroupDescription {
        let config = &self.shared.config;
        GroupDescription {
            name: config.name.clone(),
            min: config.min,
            max: config.max,
            desired: self.shared.desired(),
            instances: self.shared.instances().iter().map(|instance| instance.describe()).collect(),
            activities: lock(&self.shared.activities).iter().rev().cloned().collect(),
        }
    }

    /// Sets the wanted size, within the limits; returns what it became.
    pub fn set_desired(&self, desired: u32) -> u32 {
        self.shared.set_desired(desired, "a user request explicitly set group desired capacity")
    }

    /// Kills an instance without warning. `false`: there is no such one.
    pub fn kill(&self, id: &str) -> bool {
        let found = self.shared.instances().into_iter().find(|instance| instance.id == id);
        found.map(|instance| instance.kill()).is_some()
    }

    /// What the instances use right now.
    pub fn processes(&self) -> Vec<ProcessStatus> {
        self.shared.instances().iter().map(|instance| instance.process_status()).collect()
    }

    /// Stops all instances.
    pub async fn shutdown(&self) {
        self.tasks.lock().await.shutdown().await;
        let instances = std::mem::take(&mut *lock(&self.shared.instances));
        let stopping = instances.into_iter().map(|instance| tokio::task::spawn_blocking(move || instance.stop()));
        for stopped in stopping.collect::<Vec<_>>() {
            drop(stopped.await);
        }
    }
}

impl Shared {
    fn desired(&self) -> u32 {
        self.desired.load(Ordering::Relaxed)
    }

    fn instances(&self) -> Vec<Arc<Instance>> {
        lock(&self.instances).clone()
    }

    fn set_desired(&self, wanted: u32, why: &str) -> u32 {
        let wanted = wanted.clamp(self.config.min, self.config.max);
        let before = self.desired.swap(wanted, Ordering::Relaxed);
        if before != wanted {
            let cause = format!("{why}, changing the desired capacity from {before} to {wanted}.");
            self.note("Changing the desired capacity", &cause);
        }
        wanted
    }

    fn note(&self, description: &str, cause: &str) {
        tracing::info!(group = %self.config.name, description, cause, "scaling.activity");
        let mut activities = lock(&self.activities);
        activities.push_back(Activity {
            at_ms: now_ms(),
            description: description.to_owned(),
            cause: cause.to_owned(),
        });
        while activities.len() > MOST_ACTIVITIES {
            activities.pop_front();
        }
    }

    /// Takes an instance out of service; it is stopped once the balancer let it go.
    fn terminate(self: &Arc<Self>, instance: &Arc<Instance>, cause: &str) {
        if !instance.begin_terminating() {
            return;
        }
        self.note(&format!("Terminating EC2 instance: {}", instance.id), cause);
        self.balancer.deregister(&instance.id);
        let (shared, instance) = (Arc::clone(self), Arc::clone(instance));
        tokio::spawn(async move {
            while shared.balancer.target_health(&instance.id).state != TargetState::Unused {
                tokio::time::sleep(TICK).await;
            }
            let stopped = Arc::clone(&instance);
            drop(tokio::task::spawn_blocking(move || stopped.stop()).await);
            lock(&shared.instances).retain(|other| !Arc::ptr_eq(other, &instance));
        });
    }
}

async fn look_after(shared: Arc<Shared>) {
    let mut number = 0;
    let mut next_launch = Instant::now();
    loop {
        if check_instances(&shared) {
            next_launch = Instant::now() + LAUNCH_PAUSE;
        }
        let staying: Vec<_> =
            shared.instances().into_iter().filter(|i| i.lifecycle() != Lifecycle::Terminating).collect();
        let wanted = shared.desired() as usize;
        if staying.len() > wanted {
            // The oldest goes first, as in the service's default termination policy.
            let cause = "an instance was taken out of service in response to a difference between desired and \
                         actual capacity, shrinking the capacity.";
            staying.iter().take(staying.len() - wanted).for_each(|instance| shared.terminate(instance, cause));
        } else if staying.len() < wanted && Instant::now() >= next_launch {
            number += 1;
            if !launch(&shared, number).await {
                next_launch = Instant::now() + LAUNCH_PAUSE;
            }
        }
        tokio::time::sleep(TICK).await;
    }
}

async fn launch(shared: &Arc<Shared>, number: u32) -> bool {
    match shared.template.launch(number).await {
        Ok(instance) => {
            let cause = "an instance was started in response to a difference between desired and actual capacity.";
            shared.note(&format!("Launching a new EC2 instance: {}", instance.id), cause);
            shared.balancer.register(instance.id.clone(), instance.address);
            lock(&shared.instances).push(Arc::new(instance));
            true
        }
        Err(error) => {
            shared.note("Launching a new EC2 instance failed", &error.to_string());
            false
        }
    }
}

/// `true` when an instance ended before it ever worked: the next one would fare no better at once.
fn check_instances(shared: &Arc<Shared>) -> bool {
    let mut is_hopeless = false;
    for instance in shared.instances() {
        let target = shared.balancer.target_health(&instance.id).state;
        match instance.lifecycle() {
            Lifecycle::Terminating => continue,
            Lifecycle::Pending if target == TargetState::Healthy => instance.enter_service(),
            Lifecycle::Pending | Lifecycle::InService => {}
        }
        let has_ended = instance.has_ended();
        let is_unhealthy = target == TargetState::Unhealthy && instance.age() > shared.config.grace;
        let is_stillborn = has_ended && instance.lifecycle() == Lifecycle::Pending;
        is_hopeless |= is_stillborn;
        if instance.unwell_for(has_ended || is_unhealthy) >= Some(shared.config.notice) || is_stillborn {
            let check = if has_ended {
                "an EC2 health check indicating it has been terminated or stopped"
            } else {
                "an ELB system health check failure"
            };
            shared.terminate(&instance, &format!("an instance was taken out of service in response to {check}."));
        }
    }
    is_hopeless
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Folder of a program's log.
pub(crate) fn log_path(root: &std::path::Path, name: &str) -> PathBuf {
    root.join("logs").join(format!("{name}.log"))
}
