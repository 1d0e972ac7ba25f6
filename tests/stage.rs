//! The local AWS endpoint and the dashboard in front of it, each on a free
//! port with a folder of its own.

use std::sync::{Arc, Weak};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use hyper::StatusCode;
use serde_json::Value;
use tempfile::TempDir;

use crate::http::{get, get_json};
use crate::program::Program;

/// Decides the simulated past; any number would do.
pub const SEED: &str = "7";

/// Long enough for a back-fill of a week on a busy machine.
const READY_PATIENCE: Duration = Duration::from_secs(180);

/// Between two looks at something that only changes by itself.
const LOOK_AGAIN: Duration = Duration::from_millis(100);

/// Instances of the local endpoint that show a failure each.
pub const SENTINELS: [&str; 4] = ["denied-", "throttled-", "gap-", "slow-"];

const HOUR_SECS: u64 = 3600;

/// Begin and end of the last whole hour but one, in epoch seconds: nothing is
/// added to it any more.
pub fn past_hour() -> (u64, u64) {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
    let end = now / HOUR_SECS * HOUR_SECS - HOUR_SECS;
    (end - HOUR_SECS, end)
}

/// Credentials the local endpoint accepts: any.
const CREDENTIALS: [(&str, &str); 5] = [
    ("AWS_ACCESS_KEY_ID", "local"),
    ("AWS_SECRET_ACCESS_KEY", "local"),
    ("AWS_REGION", "us-east-1"),
    ("AWS_CONFIG_FILE", "/dev/null"),
    ("AWS_SHARED_CREDENTIALS_FILE", "/dev/null"),
];

/// A running local endpoint.
#[derive(Debug)]
pub struct Endpoint {
    /// `http://127.0.0.1:PORT`.
    pub url: String,
    /// The process.
    pub program: Program,
    _folder: TempDir,
}

impl Endpoint {
    /// One simulated instance with eight days of past.
    pub fn with_history() -> Self {
        Self::start(&["--history", SEED])
    }

    /// With arguments of `loadlens local` of one's own.
    pub fn start(arguments: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().to_str().unwrap().to_owned();
        let mut all = vec!["local", "--listen", "127.0.0.1:0", "--data-dir", &data];
        all.extend(arguments);
        let mut program = Program::start(&all, &[]);
        let url = program.url("AWS_ENDPOINT_URL=");
        Self { url, program, _folder: folder }
    }

    /// What a client of AWS needs in its environment to come here.
    pub fn environment(&self) -> Vec<(&str, &str)> {
        let mut environment = CREDENTIALS.to_vec();
        environment.push(("AWS_ENDPOINT_URL", &self.url));
        environment
    }
}

/// A running dashboard.
#[derive(Debug)]
pub struct Dashboard {
    /// `http://127.0.0.1:PORT`.
    pub url: String,
    /// The process.
    pub program: Program,
}

impl Dashboard {
    /// Starts in front of an endpoint, with this archive folder.
    pub fn start(endpoint: &Endpoint, archive: &TempDir) -> Self {
        Self::start_with(&endpoint.environment(), archive, &[])
    }

    /// With an environment and further arguments of one's own.
    pub fn start_with(environment: &[(&str, &str)], archive: &TempDir, further: &[&str]) -> Self {
        let folder = archive.path().to_str().unwrap();
        let mut arguments = vec!["serve", "--listen", "127.0.0.1:0", "--data-dir", folder];
        arguments.extend(further);
        let mut program = Program::start(&arguments, environment);
        let url = program.url("the dashboard is open");
        Self { url, program }
    }

    /// Waits until the first poll is done.
    pub async fn ready(&self) {
        let url = format!("{}/readyz", self.url);
        let waiting = async {
            while get(&url).await.status != StatusCode::OK {
                tokio::time::sleep(LOOK_AGAIN).await;
            }
        };
        let done = tokio::time::timeout(READY_PATIENCE, waiting).await;
        assert!(done.is_ok(), "not ready within {READY_PATIENCE:?}\n{}", self.program.stderr());
    }

    /// JSON of the API.
    pub async fn api(&self, path: &str) -> Value {
        get_json(&format!("{}/api/v1/{path}", self.url)).await
    }

    /// Id and name of the instance with the simulated past.
    pub async fn simulated(&self) -> (String, String) {
        let all = self.api("instances").await;
        let text = |instance: &Value, name: &str| instance[name].as_str().unwrap().to_owned();
        let mut instances = all["instances"].as_array().unwrap_or_else(|| panic!("{all}")).iter();
        let found = instances.find(|one| !SENTINELS.iter().any(|prefix| text(one, "name").starts_with(prefix)));
        let found = found.unwrap_or_else(|| panic!("no simulated instance: {all}"));
        (text(found, "id"), text(found, "name"))
    }

    /// Asks the API until the answer is as wanted.
    pub async fn api_until(&self, path: &str, what: &str, wanted: impl Fn(&Value) -> bool) -> Value {
        let mut last = Value::Null;
        let waiting = async {
            loop {
                last = self.api(path).await;
                if wanted(&last) {
                    break;
                }
                tokio::time::sleep(LOOK_AGAIN).await;
            }
        };
        let done = tokio::time::timeout(READY_PATIENCE, waiting).await;
        assert!(done.is_ok(), "{path}: no {what} within {READY_PATIENCE:?}; last answer: {last}");
        last
    }
}

/// Endpoint and dashboard, collected and ready.
#[derive(Debug)]
pub struct Stage {
    /// The dashboard; dropped before what it talks to.
    pub dashboard: Dashboard,
    /// What it reads.
    pub endpoint: Endpoint,
    _archive: TempDir,
}

/// The stage that tests of this process share while one of them still holds it.
static SHARED: tokio::sync::Mutex<Weak<Stage>> = tokio::sync::Mutex::const_new(Weak::new());

impl Stage {
    /// The simulated past, for tests that only look. The last one to let go ends it.
    pub async fn shared() -> Arc<Self> {
        let mut shared = SHARED.lock().await;
        if let Some(stage) = shared.upgrade() {
            return stage;
        }
        let stage = Arc::new(Self::with_history().await);
        *shared = Arc::downgrade(&stage);
        stage
    }

    /// The simulated past, collected.
    pub async fn with_history() -> Self {
        let endpoint = Endpoint::with_history();
        let archive = tempfile::tempdir().unwrap();
        let dashboard = Dashboard::start(&endpoint, &archive);
        dashboard.ready().await;
        let (id, _) = dashboard.simulated().await;
        let (from, to) = past_hour();
        let path = format!("instances/{id}/load?from={from}&to={to}&slice=wait");
        dashboard.api_until(&path, "load in the past hour", has_load_at_both_ends).await;
        Self { dashboard, endpoint, _archive: archive }
    }
}

/// Whether a window has been collected from its first to its last part. There
/// may be a gap in between: the simulated past has some.
fn has_load_at_both_ends(load: &Value) -> bool {
    let Some(total) = load["total"].as_array() else { return false };
    let part = total.len().div_ceil(6);
    let has = |some: &[Value]| some.iter().any(Value::is_number);
    !total.is_empty() && has(&total[..part]) && has(&total[total.len() - part..])
}
