//! One instance: a process, its address, its way to the database.

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::PathBuf;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use rustix::process::Signal;

use super::{InstanceDescription, Lifecycle, lock, log_path};
use crate::balancer::resource_id;
use crate::forwarder::Forwarder;
use crate::guard::{GuardSpec, Guarded};
use crate::measure::now_ms;
use crate::supervisor::ProcessStatus;
use crate::usage::{Usage, process_usage};

/// The first instance is 127.0.0.11, the next 127.0.0.12, and so on.
const FIRST_HOST: u32 = 11;
/// Then it begins again: the hosts before are gone by then.
const HOSTS: u32 = 180;
/// Time for an instance to finish what it does.
const STOP_PATIENCE: Duration = Duration::from_secs(5);

/// What every instance of a group is made from.
#[derive(Debug, Clone)]
pub struct LaunchTemplate {
    /// The program.
    pub program: PathBuf,
    /// Folder below which the logs are.
    pub root: PathBuf,
    /// Instances are called by this name and a number.
    pub name: String,
    /// The database server.
    pub database: SocketAddr,
    /// Password of the shop's database roles.
    pub password: String,
}

impl LaunchTemplate {
    pub(super) async fn launch(&self, number: u32) -> std::io::Result<Instance> {
        let name = format!("{}-{number}", self.name);
        let host = own_address(FIRST_HOST + (number - 1) % HOSTS);
        let forwarder = Forwarder::start(self.database, host).await?;
        let address = SocketAddr::from((host, TcpListener::bind((host, 0))?.local_addr()?.port()));
        let url = |role| database_url(role, &self.password, &forwarder);
        let spec = GuardSpec {
            args: ["--listen", &address.to_string(), "--instance-name", &name, "--switches"]
                .map(str::to_owned)
                .to_vec(),
            // In the environment, not on the command line, where everybody could read it.
            env: vec![
                ("DATABASE_URL".to_owned(), url("bookshop_app")),
                ("REPORT_DATABASE_URL".to_owned(), url("bookshop_report")),
            ],
            ..GuardSpec::new(&self.program, log_path(&self.root, &name))
        };
        let process = Guarded::spawn(&spec)?;
        // Two launches of one name differ, as instance ids do.
        let id = format!("i-0{}", resource_id(&format!("{name}@{}", now_ms())));
        Ok(Instance {
            id,
            name,
            address,
            launched: Instant::now(),
            launched_at_ms: now_ms(),
            life: Mutex::new(Life { lifecycle: Lifecycle::Pending, process: Some(process), unwell_since: None }),
            _forwarder: forwarder,
        })
    }
}

/// URL of the shop's database through a forwarder.
pub(crate) fn database_url(role: &str, password: &str, forwarder: &Forwarder) -> String {
    format!("postgres://{role}:{password}@{}/bookshop?sslmode=disable", forwarder.listen())
}

/// 127.0.0.N where the machine has it, else 127.0.0.1: callers then look alike.
pub(crate) fn own_address(last: u32) -> Ipv4Addr {
    let address = Ipv4Addr::new(127, 0, 0, u8::try_from(last).unwrap_or(1));
    if TcpListener::bind((address, 0)).is_ok() {
        return address;
    }
    tracing::warn!(%address, "this machine has one loopback address only; instances share it");
    Ipv4Addr::LOCALHOST
}

#[derive(Debug)]
pub(super) struct Instance {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) address: SocketAddr,
    launched: Instant,
    launched_at_ms: i64,
    life: Mutex<Life>,
    /// Lives as long as its instance.
    _forwarder: Forwarder,
}

#[derive(Debug)]
struct Life {
    lifecycle: Lifecycle,
    process: Option<Guarded>,
    unwell_since: Option<Instant>,
}

impl Instance {
    pub(super) fn lifecycle(&self) -> Lifecycle {
        lock(&self.life).lifecycle
    }

    pub(super) fn age(&self) -> Duration {
        self.launched.elapsed()
    }

    /// Notes whether it is unwell now; for how long it has been.
    pub(super) fn unwell_for(&self, is_unwell: bool) -> Option<Duration> {
        let mut life = lock(&self.life);
        life.unwell_since = is_unwell.then(|| life.unwell_since.unwrap_or_else(Instant::now));
        life.unwell_since.map(|since| since.elapsed())
    }

    pub(super) fn enter_service(&self) {
        lock(&self.life).lifecycle = Lifecycle::InService;
    }

    /// `false`: it is leaving already.
    pub(super) fn begin_terminating(&self) -> bool {
        let mut life = lock(&self.life);
        let is_new = life.lifecycle != Lifecycle::Terminating;
        life.lifecycle = Lifecycle::Terminating;
        is_new
    }

    pub(super) fn has_ended(&self) -> bool {
        let mut life = lock(&self.life);
        life.process.as_mut().is_none_or(|process| !matches!(process.try_wait(), Ok(None)))
    }

    pub(super) fn kill(&self) {
        if let Some(process) = &lock(&self.life).process {
            process.signal(Signal::KILL);
        }
    }

    pub(super) fn stop(&self) {
        let process = lock(&self.life).process.take();
        if let Some(mut process) = process {
            process.stop(STOP_PATIENCE);
        }
    }

    pub(super) fn usage(&self) -> Option<Usage> {
        process_usage(self.pid()?)
    }

    fn pid(&self) -> Option<u32> {
        let mut life = lock(&self.life);
        let process = life.process.as_mut()?;
        matches!(process.try_wait(), Ok(None)).then(|| process.pid())
    }

    pub(super) fn process_status(&self) -> ProcessStatus {
        let pid = self.pid();
        let usage = pid.and_then(process_usage);
        ProcessStatus {
            name: self.name.clone(),
            pid,
            restarts: 0,
            cpu_secs: usage.map(|usage| usage.cpu_secs),
            resident_bytes: usage.map(|usage| usage.resident_bytes),
        }
    }

    pub(super) fn describe(&self) -> InstanceDescription {
        InstanceDescription {
            id: self.id.clone(),
            name: self.name.clone(),
            address: self.address,
            lifecycle: self.lifecycle(),
            is_healthy: !self.has_ended() && self.lifecycle() != Lifecycle::Terminating,
            launched_at_ms: self.launched_at_ms,
        }
    }
}
