//! Functions as AWS Lambda runs them: a process per concurrent invocation, spoken to through the
//! Lambda Runtime API, with cold starts, time limits, throttles and REPORT lines.
//!
//! Differences from the real one: an idle process is not frozen, memory is measured and not
//! limited, and there are no versions or aliases.

mod gateway;
mod metrics;
mod report;
mod runtime_api;
mod sandbox;

use std::collections::{HashMap, VecDeque};
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use hyper::body::Bytes;
use serde::Serialize;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinSet;

use crate::measure::{Meter, now_ms};
use metrics::FunctionMetrics;
use sandbox::{Invocation, Sandbox};

pub use gateway::{Gateway, GatewayConfig};
pub use report::Report;

/// A process has this long before its first `next`, as in the service.
const INIT_LIMIT: Duration = Duration::from_secs(10);
/// How often processes are looked at: has one ended, was one idle for long.
const WATCH: Duration = Duration::from_millis(50);
/// Reports kept for readers.
const MOST_REPORTS: usize = 2_000;

/// How a function is set up.
#[derive(Debug, Clone)]
pub struct FunctionConfig {
    /// `FunctionName`.
    pub name: String,
    /// The program: a Lambda custom runtime.
    pub program: PathBuf,
    /// Its arguments.
    pub args: Vec<String>,
    /// Environment beside what the runtime needs.
    pub env: Vec<(String, String)>,
    /// Folder below which the logs are.
    pub root: PathBuf,
    /// Memory it is said to have, in megabytes.
    pub memory_mb: u32,
    /// Longest invocation.
    pub timeout: Duration,
    /// Most invocations at a time; further ones are throttled.
    pub concurrency: u32,
    /// A process without work is stopped after this long (minutes in the service).
    pub idle_after: Duration,
}

/// A function right now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FunctionDescription {
    /// `FunctionName`.
    pub name: String,
    /// Its ARN.
    pub arn: String,
    /// Memory, in megabytes.
    pub memory_mb: u32,
    /// Longest invocation, in seconds.
    pub timeout_secs: u64,
    /// Most invocations at a time.
    pub concurrency: u32,
    /// Invocations under way.
    pub busy: usize,
    /// Processes, working or not.
    pub sandboxes: usize,
}

/// How an invocation ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The function answered.
    Response(Bytes),
    /// It failed; the payload says how (`errorType`, `errorMessage`).
    FunctionError(Bytes),
}

/// Why there was no invocation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvokeError {
    /// As many as allowed are under way.
    #[error("Rate Exceeded.")]
    Throttled,
    /// The program cannot be started.
    #[error("the function's program cannot be started")]
    NotStarted,
}

/// A function ready to be invoked; clones share it.
#[derive(Debug, Clone)]
pub struct Function {
    shared: Arc<Shared>,
    // Dropped with the last clone: its tasks and processes end.
    _tasks: Arc<JoinSet<()>>,
}

#[derive(Debug)]
pub(crate) struct Shared {
    config: FunctionConfig,
    arn: String,
    /// Where the Runtime API listens.
    runtime: SocketAddr,
    concurrency: AtomicU32,
    numbers: AtomicU64,
    sandboxes: Mutex<Vec<Arc<Sandbox>>>,
    pending: Mutex<HashMap<String, Pending>>,
    reports: Mutex<VecDeque<Report>>,
    metrics: FunctionMetrics,
}

/// An invocation without an outcome.
#[derive(Debug)]
struct Pending {
    sandbox: u64,
    delivered: Option<oneshot::Sender<Instant>>,
    outcome: oneshot::Sender<Outcome>,
}

impl Function {
    /// Starts the Runtime API; the first process is started by the first invocation.
    ///
    /// # Errors
    /// When nothing can be bound.
    pub async fn start(config: FunctionConfig, meter: Meter) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let shared = Arc::new(Shared {
            arn: format!("arn:aws:lambda:us-east-1:000000000000:function:{}", config.name),
            runtime: listener.local_addr()?,
            concurrency: AtomicU32::new(config.concurrency),
            numbers: AtomicU64::new(1),
            sandboxes: Mutex::default(),
            pending: Mutex::default(),
            reports: Mutex::default(),
            metrics: FunctionMetrics::new(meter, &config.name),
            config,
        });
        let mut tasks = JoinSet::new();
        let serving = axum::serve(listener, runtime_api::router(Arc::clone(&shared)));
        tasks.spawn(async move {
            if let Err(error) = serving.await {
                tracing::error!(%error, "functions.runtime_api_ended");
            }
        });
        tasks.spawn(watch(Arc::clone(&shared)));
        Ok(Self { shared, _tasks: Arc::new(tasks) })
    }

    /// Runs the function once and waits for its outcome.
    ///
    /// # Errors
    /// When it is throttled or cannot be started. A function that fails is an outcome.
    pub async fn invoke(&self, payload: Bytes) -> Result<Outcome, InvokeError> {
        let shared = &self.shared;
        let started_ms = now_ms();
        let request_id = request_id(shared.numbers.fetch_add(1, Ordering::Relaxed));
        let (sandbox, delivered, outcome) = match shared.assign(&request_id, payload) {
            Ok(assigned) => assigned,
            Err(error) => {
                if error == InvokeError::Throttled {
                    shared.metrics.throttle(started_ms);
                }
                return Err(error);
            }
        };
        shared.metrics.concurrency(started_ms, shared.busy());
        let deadline = if sandbox.is_cold() { INIT_LIMIT } else { shared.config.timeout };
        let begun = tokio::time::timeout(deadline, delivered).await.ok().and_then(Result::ok);
        let outcome = match begun {
            Some(_) => shared.wait(&request_id, outcome).await,
            // Never fetched: the process ended or its init takes too long.
            None => shared.give_up(&request_id, "Runtime.ExitError", "Runtime exited before it took the event"),
        };
        shared.finish(&sandbox, &request_id, started_ms, begun, &outcome);
        Ok(outcome)
    }

    /// The function right now.
    pub fn describe(&self) -> FunctionDescription {
        let config = &self.shared.config;
        FunctionDescription {
            name: config.name.clone(),
            arn: self.shared.arn.clone(),
            memory_mb: config.memory_mb,
            timeout_secs: config.timeout.as_secs(),
            concurrency: self.shared.concurrency.load(Ordering::Relaxed),
            busy: self.shared.busy(),
            sandboxes: lock(&self.shared.sandboxes).len(),
        }
    }

    /// Changes how many invocations may be under way; 0 throttles everything.
    pub fn set_concurrency(&self, most: u32) {
        self.shared.concurrency.store(most, Ordering::Relaxed);
    }

    /// The newest reports, oldest first: what the REPORT lines of its log group say.
    pub fn reports(&self) -> Vec<Report> {
        lock(&self.shared.reports).iter().cloned().collect()
    }

    /// Stops its processes.
    pub async fn shutdown(&self) {
        let sandboxes = std::mem::take(&mut *lock(&self.shared.sandboxes));
        let stopping = sandboxes.into_iter().map(|sandbox| tokio::task::spawn_blocking(move || sandbox.stop()));
        for stopped in stopping.collect::<Vec<_>>() {
            drop(stopped.await);
        }
    }
}

type Assigned = (Arc<Sandbox>, oneshot::Receiver<Instant>, oneshot::Receiver<Outcome>);

impl Shared {
    fn busy(&self) -> usize {
        lock(&self.pending).len()
    }

    /// Gives the event to an idle process, the one used last first, or to a new one.
    fn assign(&self, request_id: &str, payload: Bytes) -> Result<Assigned, InvokeError> {
        let mut sandboxes = lock(&self.sandboxes);
        let limit = self.concurrency.load(Ordering::Relaxed) as usize;
        if self.busy() >= limit {
            return Err(InvokeError::Throttled);
        }
        let idle = sandboxes.iter().filter(|sandbox| sandbox.is_idle()).max_by_key(|sandbox| sandbox.idle_since());
        let sandbox = match idle {
            Some(sandbox) => Arc::clone(sandbox),
            None => {
                let sandbox = Arc::new(self.new_sandbox()?);
                sandboxes.push(Arc::clone(&sandbox));
                sandbox
            }
        };
        let (delivered_in, delivered) = oneshot::channel();
        let (outcome_in, outcome) = oneshot::channel();
        let pending = Pending { sandbox: sandbox.number, delivered: Some(delivered_in), outcome: outcome_in };
        lock(&self.pending).insert(request_id.to_owned(), pending);
        sandbox.take_event(Invocation { request_id: request_id.to_owned(), payload });
        Ok((sandbox, delivered, outcome))
    }

    fn new_sandbox(&self) -> Result<Sandbox, InvokeError> {
        let number = self.numbers.fetch_add(1, Ordering::Relaxed);
        Sandbox::start(number, &self.config, self.runtime).map_err(|error| {
            tracing::error!(%error, function = %self.config.name, "functions.not_started");
            InvokeError::NotStarted
        })
    }

    async fn wait(&self, request_id: &str, outcome: oneshot::Receiver<Outcome>) -> Outcome {
        match tokio::time::timeout(self.config.timeout, outcome).await {
            Ok(Ok(outcome)) => outcome,
            Ok(Err(_)) => self.give_up(request_id, "Runtime.ExitError", "Runtime exited without an answer"),
            Err(_) => {
                let text = format!("Task timed out after {:.2} seconds", self.config.timeout.as_secs_f64());
                self.give_up(request_id, "Sandbox.Timedout", &text)
            }
        }
    }

    fn give_up(&self, request_id: &str, kind: &str, text: &str) -> Outcome {
        lock(&self.pending).remove(request_id);
        let message = format!("RequestId: {request_id} Error: {text}");
        let payload = serde_json::json!({ "errorType": kind, "errorMessage": message });
        Outcome::FunctionError(Bytes::from(payload.to_string()))
    }

    /// Books what happened and lets the process wait for more, unless it failed in a way that
    /// leaves it in an unknown state.
    fn finish(
        &self,
        sandbox: &Arc<Sandbox>,
        request_id: &str,
        started_ms: i64,
        begun: Option<Instant>,
        outcome: &Outcome,
    ) {
        let duration = begun.map_or(Duration::ZERO, |begun| begun.elapsed());
        let report = Report {
            request_id: request_id.to_owned(),
            started_ms,
            duration_ms: duration.as_secs_f64() * 1_000.0,
            memory_mb: self.config.memory_mb,
            max_memory_bytes: sandbox.peak_bytes(),
            init_ms: sandbox.take_init_ms(),
            is_error: matches!(outcome, Outcome::FunctionError(_)),
        };
        self.metrics.invocation(&report);
        report.write(&self.config.root, &self.config.name);
        let mut reports = lock(&self.reports);
        reports.push_back(report);
        while reports.len() > MOST_REPORTS {
            reports.pop_front();
        }
        drop(reports);
        let is_lost = begun.is_none() || is_sandbox_lost(outcome);
        if is_lost {
            self.discard(sandbox);
        } else {
            sandbox.become_idle();
        }
    }

    fn discard(&self, sandbox: &Arc<Sandbox>) {
        lock(&self.sandboxes).retain(|other| !Arc::ptr_eq(other, sandbox));
        let sandbox = Arc::clone(sandbox);
        tokio::task::spawn_blocking(move || sandbox.stop());
    }

    /// `true` once per invocation.
    fn answer(&self, request_id: &str, outcome: Outcome) -> bool {
        let pending = lock(&self.pending).remove(request_id);
        pending.is_some_and(|pending| pending.outcome.send(outcome).is_ok())
    }

    fn sandbox(&self, number: u64) -> Option<Arc<Sandbox>> {
        lock(&self.sandboxes).iter().find(|sandbox| sandbox.number == number).cloned()
    }

    fn mark_delivered(&self, request_id: &str) {
        let sender = lock(&self.pending).get_mut(request_id).and_then(|pending| pending.delivered.take());
        if sender.is_some_and(|sender| sender.send(Instant::now()).is_err()) {
            tracing::debug!(request_id, "functions.given_up_meanwhile");
        }
    }

    /// The invocations of a process that ended will not be answered.
    fn fail_all_of(&self, sandbox: u64) {
        lock(&self.pending).retain(|_, pending| pending.sandbox != sandbox);
    }
}

/// After a time-out or an exit the process is replaced; after an error it told of, it is kept.
fn is_sandbox_lost(outcome: &Outcome) -> bool {
    let Outcome::FunctionError(payload) = outcome else { return false };
    let kind = serde_json::from_slice::<serde_json::Value>(payload).ok();
    let kind = kind.as_ref().and_then(|value| value.get("errorType")?.as_str());
    matches!(kind, Some("Sandbox.Timedout" | "Runtime.ExitError"))
}

async fn watch(shared: Arc<Shared>) {
    loop {
        tokio::time::sleep(WATCH).await;
        let sandboxes = lock(&shared.sandboxes).clone();
        for sandbox in sandboxes {
            if sandbox.has_ended() {
                shared.fail_all_of(sandbox.number);
                lock(&shared.sandboxes).retain(|other| !Arc::ptr_eq(other, &sandbox));
            } else if sandbox.retire_if_idle(shared.config.idle_after) {
                shared.discard(&sandbox);
            }
        }
    }
}

/// A request id in the shape of a UUID: time, then a number that no other invocation here has.
fn request_id(number: u64) -> String {
    let ms = now_ms();
    format!("{:08x}-{:04x}-4000-8000-{:012x}", (ms >> 16) & 0xffff_ffff, ms & 0xffff, number)
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
