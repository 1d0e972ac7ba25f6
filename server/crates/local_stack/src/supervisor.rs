//! Keeps programs running: starts them, starts them again when they end, tells what they use.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::task::AbortHandle;

use crate::guard::{GuardSpec, Guarded};
use crate::usage::process_usage;

/// How often an ended program is noticed.
const WATCH_INTERVAL: Duration = Duration::from_millis(200);
/// Pause before the first restart; doubled at each further one.
const FIRST_PAUSE: Duration = Duration::from_millis(500);
const LONGEST_PAUSE: Duration = Duration::from_secs(10);
/// Running this long means the last start went well.
const SETTLED_AFTER: Duration = Duration::from_secs(30);
/// Time for a program to finish what it does.
const STOP_PATIENCE: Duration = Duration::from_secs(5);

/// One program under supervision; dropping it stops the program.
#[derive(Debug)]
pub struct Supervised {
    name: String,
    shared: Arc<Mutex<State>>,
    watcher: AbortHandle,
}

#[derive(Debug)]
struct State {
    spec: GuardSpec,
    running: Option<Guarded>,
    started: Instant,
    pause: Duration,
    restart_at: Option<Instant>,
    restarts: u32,
}

/// What a program uses right now.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct ProcessStatus {
    /// Name given at the start.
    pub name: String,
    /// Process id; `None` while it is down.
    pub pid: Option<u32>,
    /// How often it had to be started again.
    pub restarts: u32,
    /// CPU seconds used since it started, user and system; `None` while it is down.
    pub cpu_secs: Option<f64>,
    /// Resident memory in bytes; `None` while it is down.
    pub resident_bytes: Option<u64>,
}

impl Supervised {
    /// Starts a program and watches it. Must be called inside a tokio runtime.
    ///
    /// # Errors
    /// When it cannot be started at all.
    pub fn start(name: impl Into<String>, spec: GuardSpec) -> std::io::Result<Self> {
        let running = Some(Guarded::spawn(&spec)?);
        let name = name.into();
        let shared = Arc::new(Mutex::new(State {
            spec,
            running,
            started: Instant::now(),
            pause: FIRST_PAUSE,
            restart_at: None,
            restarts: 0,
        }));
        let watcher = tokio::spawn(watch(name.clone(), Arc::clone(&shared))).abort_handle();
        Ok(Self { name, shared, watcher })
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What it uses right now, from `/proc`.
    pub fn status(&self) -> ProcessStatus {
        let state = lock(&self.shared);
        let pid = state.running.as_ref().map(Guarded::pid);
        let usage = pid.and_then(process_usage);
        ProcessStatus {
            name: self.name.clone(),
            pid,
            restarts: state.restarts,
            cpu_secs: usage.map(|usage| usage.cpu_secs),
            resident_bytes: usage.map(|usage| usage.resident_bytes),
        }
    }

    /// Kills it without warning; the supervisor starts it again.
    pub fn kill(&self) {
        if let Some(running) = &lock(&self.shared).running {
            running.signal(rustix::process::Signal::KILL);
        }
    }

    /// Stops it for good.
    pub async fn stop(&self) {
        self.watcher.abort();
        let running = lock(&self.shared).running.take();
        let stopping = tokio::task::spawn_blocking(move || {
            if let Some(mut running) = running {
                running.stop(STOP_PATIENCE);
            }
        });
        drop(stopping.await);
    }
}

impl Drop for Supervised {
    fn drop(&mut self) {
        self.watcher.abort();
        if let Some(mut running) = lock(&self.shared).running.take() {
            running.stop(STOP_PATIENCE);
        }
    }
}

async fn watch(name: String, shared: Arc<Mutex<State>>) {
    let mut tick = tokio::time::interval(WATCH_INTERVAL);
    loop {
        tick.tick().await;
        lock(&shared).check(&name, Instant::now());
    }
}

impl State {
    fn check(&mut self, name: &str, now: Instant) {
        if let Some(running) = &mut self.running
            && let Ok(Some(status)) = running.try_wait()
        {
            tracing::warn!(process.name = name, %status, "process.ended");
            self.running = None;
            if now.duration_since(self.started) > SETTLED_AFTER {
                self.pause = FIRST_PAUSE;
            }
            self.restart_at = Some(now + self.pause);
            self.pause = (self.pause * 2).min(LONGEST_PAUSE);
        }
        if self.restart_at.is_some_and(|at| now >= at) {
            self.start_again(name, now);
        }
    }

    fn start_again(&mut self, name: &str, now: Instant) {
        match Guarded::spawn(&self.spec) {
            Ok(running) => {
                self.running = Some(running);
                self.restart_at = None;
                self.started = now;
                self.restarts += 1;
            }
            Err(error) => {
                tracing::warn!(process.name = name, %error, "process.restart_failed");
                self.restart_at = Some(now + LONGEST_PAUSE);
            }
        }
    }
}

/// A poisoned lock means a panic while a line was being logged; the state is still whole.
fn lock(shared: &Mutex<State>) -> MutexGuard<'_, State> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}
