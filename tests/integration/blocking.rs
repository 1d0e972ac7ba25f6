//! Real sessions that block each other on a real PostgreSQL: what PI's groups say, what the lock
//! snapshot says and what the page shows must be exactly them.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use local_stack::{Postgres, PostgresConfig};
use serde_json::{Value, json};
use tests::http::get;
use tests::stage::{Dashboard, Endpoint};
use tokio_postgres::{Client, NoTls};

use crate::rust_peer::Sdk;

const WAITERS: usize = 3;
const PATIENCE: Duration = Duration::from_secs(90);
const LOOK_AGAIN: Duration = Duration::from_millis(250);

#[tokio::test(flavor = "multi_thread")]
async fn who_blocks_whom_is_read_back_to_the_page() {
    let root = tempfile::tempdir().unwrap();
    let postgres = Postgres::start(PostgresConfig::for_test(root.path())).await.unwrap();
    let url = postgres.url("postgres");
    let endpoint = Endpoint::start(&["--postgres", &format!("known={url}"), "--vcpus", "2"]);
    let load = Blocked::start(&url).await;
    let sdk = Sdk::new(&endpoint.url).await;
    let id = sdk.resource_id("known").await;

    let dimensions = call(
        &sdk,
        "list_available_resource_dimensions",
        json!({
        "ServiceType": "RDS", "Identifier": id, "Metrics": ["db.load"] }),
    )
    .await;
    for group in ["db.blocking_object", "db.blocking_session", "db.blocking_sql"] {
        assert!(dimensions.to_string().contains(&format!("\"{group}\"")), "{group} is not offered: {dimensions}");
    }

    let second = tokio::time::timeout(PATIENCE, load.a_second(&sdk, &id)).await;
    let second = second.unwrap_or_else(|_| panic!("no second of it\n{}", endpoint.program.stderr()));
    let answer = call(
        &sdk,
        "get_dimension_key_details",
        json!({
        "ServiceType": "RDS", "Identifier": id, "Group": "db.lock_snapshot", "GroupIdentifier": second.to_string(),
        "RequestedDimensions": ["lock_trees"] }),
    )
    .await;
    let csv = answer["Dimensions"][0]["Value"].as_str().unwrap().to_owned();
    let holder = csv.lines().find(|line| line.starts_with(&format!("{},", load.holder_pid)));
    assert!(holder.unwrap().contains("idle in transaction"), "{csv}");
    let waiting = csv.lines().filter(|line| line.contains("transactionid") || line.contains("tuple")).count();
    assert_eq!(waiting, WAITERS, "{csv}");
    assert!(csv.contains("shelf (0,1)"), "the row that is waited for: {csv}");
    assert!(!csv.contains("4711"), "no literal leaves the endpoint: {csv}");
    let nobody = json!({ "service": "pi", "operation": "get_dimension_key_details", "params": {
        "ServiceType": "RDS", "Identifier": id, "Group": "db.lock_snapshot", "GroupIdentifier": "1" } });
    assert_eq!(sdk.carry_out(&nobody).await["error"]["code"], "InvalidArgumentException");

    let archive = tempfile::tempdir().unwrap();
    let dashboard = Dashboard::start(&endpoint, &archive);
    dashboard.ready().await;
    let page = format!("{}/db/{id}?tab=blocking_session&lock={second}", dashboard.url);
    let expected = format!("Session {}", load.holder_pid);
    let mut html = String::new();
    let looking = async {
        loop {
            html = get(&page).await.text();
            if html.contains(&expected) && html.contains("idle in transaction") {
                break;
            }
            tokio::time::sleep(LOOK_AGAIN).await;
        }
    };
    let shown = tokio::time::timeout(PATIENCE, looking).await;
    assert!(shown.is_ok(), "{expected} is not on the page: {html}");
    let root_at = html.find("block-tree__node").unwrap();
    assert!(
        html[root_at..].find(&expected).unwrap() < html[root_at..].find("shelf (0,1)").unwrap(),
        "the root is first"
    );
    assert!(!html.contains("4711"), "no literal reaches the browser");
}

async fn call(sdk: &Sdk, operation: &str, params: Value) -> Value {
    let answer = sdk.carry_out(&json!({ "service": "pi", "operation": operation, "params": params })).await;
    assert!(answer["ok"].is_object(), "{answer}");
    answer["ok"].clone()
}

/// One session that has changed a row and sits idle in its transaction; others that want the row.
struct Blocked {
    holder_pid: i32,
    _holder: Client,
    busy: Vec<tokio::task::JoinHandle<()>>,
}

impl Blocked {
    async fn start(url: &str) -> Self {
        let holder = connect(url).await;
        holder
            .batch_execute("create table shelf (n int primary key, book text); insert into shelf values (1, '')")
            .await
            .unwrap();
        holder.batch_execute("begin; update shelf set book = '4711' where n = 1").await.unwrap();
        let holder_pid = holder.query_one("select pg_backend_pid()", &[]).await.unwrap().get(0);
        // The last statement of an idle session is what it is shown with.
        holder.batch_execute("update shelf set book = '4711' where n = 1").await.unwrap();
        let mut busy = Vec::new();
        for _ in 0..WAITERS {
            let client = connect(url).await;
            busy.push(tokio::spawn(async move {
                // It is cut off in the middle when the database stops.
                drop(client.batch_execute("update shelf set book = '4711' where n = 1").await);
            }));
        }
        Self { holder_pid, _holder: holder, busy }
    }

    /// A second in which all waiters were seen waiting for the holder, by session, SQL and object.
    async fn a_second(&self, sdk: &Sdk, id: &str) -> i64 {
        let wanted = [
            ("db.blocking_session", "db.blocking_session.id", self.holder_pid.to_string()),
            ("db.blocking_sql", "db.blocking_sql.sql", "update shelf set book = ? where n = ?".to_owned()),
            ("db.blocking_object", "db.blocking_object.value", "shelf (0,1)".to_owned()),
        ];
        loop {
            let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
            let queries: Vec<Value> = wanted
                .iter()
                .map(|(group, ..)| json!({ "Metric": "db.load.avg", "GroupBy": { "Group": group } }))
                .collect();
            let answer = call(
                sdk,
                "get_resource_metrics",
                json!({
                "ServiceType": "RDS", "Identifier": id, "PeriodInSeconds": 1, "PeriodAlignment": "START_TIME",
                "StartTime": { "epoch": now - 20 }, "EndTime": { "epoch": now }, "MetricQueries": queries }),
            )
            .await;
            let series = answer["MetricList"].as_array().unwrap();
            let full_at = |(_, key, value): &(&str, &str, String)| -> Vec<i64> {
                let found = series.iter().find(|one| one["Key"]["Dimensions"][*key] == value.as_str());
                let points = found.and_then(|one| one["DataPoints"].as_array()).into_iter().flatten();
                let full = points.filter(|point| point["Value"].as_f64() == Some(WAITERS as f64));
                full.map(|point| point["Timestamp"].as_f64().unwrap() as i64).collect()
            };
            let [session, sql, object] = wanted.each_ref().map(full_at);
            if let Some(second) = session.iter().rev().find(|at| sql.contains(at) && object.contains(at)) {
                return *second;
            }
            tokio::time::sleep(LOOK_AGAIN).await;
        }
    }
}

impl Drop for Blocked {
    fn drop(&mut self) {
        self.busy.iter().for_each(tokio::task::JoinHandle::abort);
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
