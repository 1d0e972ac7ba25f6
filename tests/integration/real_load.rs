//! A real PostgreSQL under a load that is known to the session: what clients
//! of Performance Insights read must be exactly that.

use std::path::PathBuf;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use local_stack::{Postgres, PostgresConfig};
use serde_json::{Value, json};
use tests::stage::Endpoint;
use tests::tools;
use tokio_postgres::{Client, NoTls};

use crate::rust_peer::Sdk;

/// Sessions that sleep: a wait of their own.
const SLEEPERS: usize = 3;
/// Sessions that wait for the lock of one other, which is idle in its
/// transaction and so no load itself.
const WAITERS: usize = 2;
/// So many seconds in a row must tell the same.
const SECONDS: usize = 5;

const PATIENCE: Duration = Duration::from_secs(60);
const LOOK_AGAIN: Duration = Duration::from_millis(250);

#[tokio::test(flavor = "multi_thread")]
async fn known_sessions_are_read_back_from_the_newest_installed_version() {
    known_sessions_are_read_back(None).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn known_sessions_are_read_back_from_version_18() {
    known_sessions_are_read_back(Some(tools::postgres_18())).await;
}

async fn known_sessions_are_read_back(bin_dir: Option<PathBuf>) {
    let root = tempfile::tempdir().unwrap();
    let config = PostgresConfig { bin_dir, ..PostgresConfig::for_test(root.path()) };
    let postgres = Postgres::start(config).await.unwrap();
    let url = postgres.url("postgres");
    let endpoint = Endpoint::start(&["--postgres", &format!("known={url}"), "--vcpus", "2"]);
    let sessions = Sessions::start(&url).await;
    let sdk = Sdk::new(&endpoint.url).await;
    let id = sdk.resource_id("known").await;

    let expected = (Some(SLEEPERS as f64), Some(WAITERS as f64));
    let mut seen = Vec::new();
    let looking = async {
        loop {
            seen = seconds_of_load(&sdk, &id).await;
            let steady = seen.iter().rev().take_while(|second| **second == expected).count();
            if steady >= SECONDS {
                break;
            }
            tokio::time::sleep(LOOK_AGAIN).await;
        }
    };
    let done = tokio::time::timeout(PATIENCE, looking).await;
    assert!(done.is_ok(), "wanted {expected:?} for {SECONDS} s, saw {seen:?}\n{}", endpoint.program.stderr());
    drop(sessions);
}

/// AAS asleep and AAS waiting for a lock, by second.
async fn seconds_of_load(sdk: &Sdk, id: &str) -> Vec<(Option<f64>, Option<f64>)> {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
    let group = json!({ "Group": "db.wait_event", "Limit": 25 });
    let params = json!({
        "ServiceType": "RDS", "Identifier": id, "PeriodInSeconds": 1, "PeriodAlignment": "START_TIME",
        "StartTime": { "epoch": now - 30 }, "EndTime": { "epoch": now },
        "MetricQueries": [{ "Metric": "db.load.avg", "GroupBy": group }],
    });
    let step = json!({ "service": "pi", "operation": "get_resource_metrics", "params": params });
    let answer = sdk.carry_out(&step).await;
    let series = answer["ok"]["MetricList"].as_array().unwrap_or_else(|| panic!("{answer}")).clone();
    let of = |name: &str| {
        let found = series.iter().find(|one| {
            one["Key"]["Dimensions"]["db.wait_event.name"].as_str().is_some_and(|text| text.ends_with(name))
        });
        found.map(|one| one["DataPoints"].clone()).unwrap_or_default()
    };
    let (asleep, locked) = (of("PgSleep"), of("relation"));
    let total = series.iter().find(|one| one["Key"]["Dimensions"].is_null()).unwrap();
    let at = |points: &Value, time: &Value| {
        points.as_array()?.iter().find(|point| point["Timestamp"] == *time)?["Value"].as_f64()
    };
    let times = total["DataPoints"].as_array().unwrap().iter().map(|point| &point["Timestamp"]);
    times.map(|time| (at(&asleep, time), at(&locked, time))).collect()
}

/// The load; it ends when this is dropped.
struct Sessions {
    _holder: Client,
    busy: Vec<tokio::task::JoinHandle<()>>,
}

impl Sessions {
    async fn start(url: &str) -> Self {
        let holder = connect(url).await;
        // Apart, or the table would belong to the transaction that stays open.
        holder.batch_execute("create table shelf (n int)").await.unwrap();
        holder.batch_execute("begin; lock table shelf").await.unwrap();
        let mut busy = Vec::new();
        for statement in std::iter::repeat_n("select pg_sleep(600)", SLEEPERS)
            .chain(std::iter::repeat_n("select count(*) from shelf", WAITERS))
        {
            let client = connect(url).await;
            busy.push(tokio::spawn(async move {
                // It is cut off in the middle when the database stops.
                drop(client.batch_execute(statement).await);
            }));
        }
        Self { _holder: holder, busy }
    }
}

impl Drop for Sessions {
    fn drop(&mut self) {
        for task in &self.busy {
            task.abort();
        }
    }
}

async fn connect(url: &str) -> Client {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await.unwrap();
    tokio::spawn(async move {
        // Ends with an error when the database stops first.
        drop(connection.await);
    });
    client
}
