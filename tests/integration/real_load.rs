//! A real PostgreSQL under a load that is known to the session: what clients
//! of Performance Insights read must be exactly that.

use std::path::PathBuf;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use local_stack::{Postgres, PostgresConfig};
use serde_json::{Value, json};
use tests::stage::{Dashboard, Endpoint};
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

/// Two statements whose first 500 bytes, all that Performance Insights tells with the load, are the same:
/// they are one digest until their whole texts are known, then two with all of their past.
#[tokio::test(flavor = "multi_thread")]
async fn cut_statements_are_known_by_their_whole_texts() {
    let root = tempfile::tempdir().unwrap();
    let postgres = Postgres::start(PostgresConfig::for_test(root.path())).await.unwrap();
    let url = postgres.url("postgres");
    let client = connect(&url).await;
    client.batch_execute("create table shelf (n int); insert into shelf values (1)").await.unwrap();
    let same = format!("select pg_sleep(600), n{} from shelf", " + n".repeat(150));
    let endings = ["where n = 1", "where n < 5"];
    let busy = Busy::start(&url, endings.map(|ending| format!("{same} {ending}"))).await;
    let endpoint = Endpoint::start(&["--postgres", &format!("known={url}"), "--vcpus", "2"]);
    let archive = tempfile::tempdir().unwrap();
    let dashboard = Dashboard::start(&endpoint, &archive);
    dashboard.ready().await;
    let id = dashboard.simulated().await.0;

    let mut seen = Vec::new();
    let looking = async {
        loop {
            seen = sleeping_statements(&dashboard, &id).await;
            let is_known =
                |ending: &&str| seen.iter().any(|(form, _)| form.ends_with(&ending.replace(['1', '5'], "?")));
            if endings.iter().all(is_known) {
                break;
            }
            tokio::time::sleep(LOOK_AGAIN).await;
        }
    };
    let done = tokio::time::timeout(3 * PATIENCE, looking).await;
    assert!(done.is_ok(), "no whole texts, but {seen:?}\n{}", dashboard.program.stderr());
    assert_eq!(seen.len(), endings.len(), "nothing is left under the cut text: {seen:?}");
    assert!(seen.iter().all(|(_, load)| *load > 0.9 && *load <= 1.0), "{seen:?}");
    drop(busy);
}

/// Whole normal form, or what is known of it, and load of each digest that sleeps.
async fn sleeping_statements(dashboard: &Dashboard, id: &str) -> Vec<(String, f64)> {
    let top = dashboard.api(&format!("instances/{id}/top?by=sql&from=now-10m")).await;
    let mut statements = Vec::new();
    for row in top["rows"].as_array().into_iter().flatten() {
        let Some(digest) = row["key"].as_str().filter(|_| row["label"].to_string().contains("pg_sleep")) else {
            continue;
        };
        let page = dashboard.api(&format!("instances/{id}/sql/{digest}?from=now-10m")).await;
        let form = page["statement"]["normal_form"].as_str().unwrap_or_default().to_owned();
        statements.push((form, row["mean_aas"].as_f64().unwrap()));
    }
    statements
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

/// Sessions that run a statement each; they end when this is dropped.
struct Busy(Vec<tokio::task::JoinHandle<()>>);

impl Busy {
    async fn start(url: &str, statements: impl IntoIterator<Item = String>) -> Self {
        let mut busy = Self(Vec::new());
        for statement in statements {
            let client = connect(url).await;
            busy.0.push(tokio::spawn(async move {
                // It is cut off in the middle when the database stops.
                drop(client.batch_execute(&statement).await);
            }));
        }
        busy
    }
}

impl Drop for Busy {
    fn drop(&mut self) {
        for task in &self.0 {
            task.abort();
        }
    }
}

/// The load; it ends when this is dropped.
struct Sessions {
    _holder: Client,
    _busy: Busy,
}

impl Sessions {
    async fn start(url: &str) -> Self {
        let holder = connect(url).await;
        // Apart, or the table would belong to the transaction that stays open.
        holder.batch_execute("create table shelf (n int)").await.unwrap();
        holder.batch_execute("begin; lock table shelf").await.unwrap();
        let asleep = std::iter::repeat_n("select pg_sleep(600)", SLEEPERS);
        let statements = asleep.chain(std::iter::repeat_n("select count(*) from shelf", WAITERS));
        Self { _holder: holder, _busy: Busy::start(url, statements.map(str::to_owned)).await }
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
