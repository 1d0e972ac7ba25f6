//! One process of a function: runs one invocation at a time.

use std::io;
use std::net::SocketAddr;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use hyper::body::Bytes;
use tokio::sync::mpsc;

use super::{FunctionConfig, lock};
use crate::guard::{GuardSpec, Guarded};
use crate::usage::peak_bytes;

/// Time for a process to end after it was told to.
const STOP_PATIENCE: Duration = Duration::from_secs(2);

/// An event on its way to a process.
#[derive(Debug)]
pub(super) struct Invocation {
    pub(super) request_id: String,
    pub(super) payload: Bytes,
}

#[derive(Debug)]
pub(super) struct Sandbox {
    pub(super) number: u64,
    events_in: mpsc::UnboundedSender<Invocation>,
    /// Held by the `next` request that waits for an event.
    pub(super) events: tokio::sync::Mutex<mpsc::UnboundedReceiver<Invocation>>,
    state: Mutex<State>,
    process: Mutex<Option<Guarded>>,
}

#[derive(Debug)]
struct State {
    started: Instant,
    /// Milliseconds from its start to its first `next`; taken by the first report.
    init_ms: Option<f64>,
    is_initialised: bool,
    is_busy: bool,
    idle_since: Instant,
}

impl Sandbox {
    pub(super) fn start(number: u64, config: &FunctionConfig, runtime: SocketAddr) -> io::Result<Self> {
        let own = |name: &str, value: String| (name.to_owned(), value);
        let mut env = config.env.clone();
        env.extend([
            // The path tells processes apart. With a path the Rust runtime insists on a scheme.
            own("AWS_LAMBDA_RUNTIME_API", format!("http://{runtime}/{number}")),
            own("AWS_LAMBDA_FUNCTION_NAME", config.name.clone()),
            own("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", config.memory_mb.to_string()),
            own("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST".to_owned()),
            own("AWS_LAMBDA_LOG_GROUP_NAME", format!("/aws/lambda/{}", config.name)),
            own("AWS_LAMBDA_LOG_STREAM_NAME", format!("local/[$LATEST]{number:032x}")),
            own("AWS_LAMBDA_INITIALIZATION_TYPE", "on-demand".to_owned()),
        ]);
        let log = config.root.join("logs").join(format!("{}.function.log", config.name));
        let process =
            Guarded::spawn(&GuardSpec { env, args: config.args.clone(), ..GuardSpec::new(&config.program, log) })?;
        let (events_in, events) = mpsc::unbounded_channel();
        let now = Instant::now();
        Ok(Self {
            number,
            events_in,
            events: tokio::sync::Mutex::new(events),
            state: Mutex::new(State {
                started: now,
                init_ms: None,
                is_initialised: false,
                is_busy: true,
                idle_since: now,
            }),
            process: Mutex::new(Some(process)),
        })
    }

    /// It runs one at a time, so at most one event waits here.
    pub(super) fn take_event(&self, invocation: Invocation) {
        lock(&self.state).is_busy = true;
        // The receiver lives in `self`.
        drop(self.events_in.send(invocation));
    }

    /// The first `next` ends the init phase.
    pub(super) fn note_next(&self) {
        let mut state = lock(&self.state);
        if !state.is_initialised {
            state.is_initialised = true;
            state.init_ms = Some(state.started.elapsed().as_secs_f64() * 1_000.0);
        }
    }

    pub(super) fn take_init_ms(&self) -> Option<f64> {
        lock(&self.state).init_ms.take()
    }

    pub(super) fn is_cold(&self) -> bool {
        !lock(&self.state).is_initialised
    }

    pub(super) fn is_idle(&self) -> bool {
        !lock(&self.state).is_busy
    }

    pub(super) fn idle_since(&self) -> Instant {
        lock(&self.state).idle_since
    }

    pub(super) fn become_idle(&self) {
        let mut state = lock(&self.state);
        state.is_busy = false;
        state.idle_since = Instant::now();
    }

    /// `true`: it was idle for that long, and gets no more events.
    pub(super) fn retire_if_idle(&self, after: Duration) -> bool {
        let mut state = lock(&self.state);
        let is_due = !state.is_busy && state.idle_since.elapsed() >= after;
        state.is_busy |= is_due;
        is_due
    }

    pub(super) fn has_ended(&self) -> bool {
        lock(&self.process).as_mut().is_none_or(|process| !matches!(process.try_wait(), Ok(None)))
    }

    pub(super) fn peak_bytes(&self) -> Option<u64> {
        lock(&self.process).as_ref().and_then(|process| peak_bytes(process.pid()))
    }

    pub(super) fn stop(&self) {
        let process = lock(&self.process).take();
        if let Some(mut process) = process {
            process.stop(STOP_PATIENCE);
        }
    }
}
