//! Plans of a real PostgreSQL, read in its log: a statement whose index goes away is shown with both
//! plans and the moment of the change, from the endpoint to the page; no literal gets that far.

use std::path::Path;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use local_stack::{Postgres, PostgresConfig};
use serde_json::{Value, json};
use tests::http::get;
use tests::stage::{Dashboard, Endpoint};
use tokio_postgres::{Client, NoTls};

use crate::rust_peer::Sdk;

/// Takes most of a second, so that every second is sampled; its plan depends on an index.
const STATEMENT: &str = "select count(*) from books b, pg_sleep(0.8) where b.id = 4711 and b.title <> 'nightingale'";
/// Executions under each plan.
const EXECUTIONS: usize = 8;
const PATIENCE: Duration = Duration::from_secs(90);
const LOOK_AGAIN: Duration = Duration::from_millis(500);

#[tokio::test(flavor = "multi_thread")]
async fn a_changed_plan_is_read_back_to_the_page() {
    let root = tempfile::tempdir().unwrap();
    let postgres = Postgres::start(PostgresConfig::for_test(root.path())).await.unwrap();
    let url = postgres.url("postgres");
    let client = connect(&url).await;
    client
        .batch_execute(
            "create table books (id int, title text); create index books_by_id on books (id); \
             insert into books select n, 'title ' || n from generate_series(1, 20000) n; analyze books",
        )
        .await
        .unwrap();
    let log = format!("known={}", postgres.log().display());
    let (known, other) = (format!("known={url}"), format!("other={url}"));
    let endpoint = Endpoint::start(&["--postgres", &known, "--postgres", &other, "--plan-log", &log, "--vcpus", "2"]);
    let sdk = Sdk::new(&endpoint.url).await;
    let (known, other) = (sdk.resource_id("known").await, sdk.resource_id("other").await);
    let archive = tempfile::tempdir().unwrap();
    let dashboard = Dashboard::start(&endpoint, &archive);
    dashboard.ready().await;

    let from = now_secs();
    execute(&client).await;
    client.batch_execute("drop index books_by_id").await.unwrap();
    execute(&client).await;
    let window = Window { from, to: now_secs() };

    the_endpoint_tells_both_plans(&sdk, &known, window).await;
    let dimensions = offered(&sdk, &other).await;
    assert!(!dimensions.contains("db.plans"), "nobody reads the log for the other: {dimensions}");

    let digest = digest(&dashboard, &known, window).await;
    let of_window = format!("from={}&to={}", window.from, window.to);
    let shows_change = |html: &str| {
        ["Index Scan using books_by_id on books b", "Seq Scan on books b", "gave way to", "Plan changed"]
            .iter()
            .all(|words| html.contains(words))
    };
    let html =
        page_until(&format!("{}/db/{known}/sql/{digest}?show=plans&{of_window}", dashboard.url), shows_change).await;
    assert!(html.contains("(id = ?)") || html.contains("(b.id = ?)"), "the condition is told: {html}");
    let found = dashboard.api(&format!("instances/{known}/sql/{digest}/plans?{of_window}")).await;
    assert_eq!(found["plans"].as_array().unwrap().len(), 2, "{found}");
    assert_eq!(found["flips"].as_array().unwrap().len(), 1, "{found}");
    assert_eq!(
        found["flips"][0]["to"],
        found["plans"].as_array().unwrap().iter().map(short_id).find(|id| found["flips"][0]["from"] != *id).unwrap()
    );

    let offers_none = |html: &str| html.contains("This instance does not offer plans");
    page_until(&format!("{}/db/{other}/sql/{digest}?show=plans&{of_window}", dashboard.url), offers_none).await;
    for literal in ["nightingale", "= 4711"] {
        assert!(!html.contains(literal) && !found.to_string().contains(literal), "{literal} reaches the reader");
        assert!(!is_in_a_file(archive.path(), literal), "{literal} reaches the archive");
    }
}

/// Performance Insights' own answers: load by plan sums up, and the texts are there.
async fn the_endpoint_tells_both_plans(sdk: &Sdk, id: &str, window: Window) {
    assert!(offered(sdk, id).await.contains("\"db.plans.id\""));
    let keys = json!({
        "ServiceType": "RDS", "Identifier": id, "Metric": "db.load.avg", "PeriodInSeconds": 1,
        "StartTime": { "epoch": window.from }, "EndTime": { "epoch": window.to },
        "GroupBy": { "Group": "db.plans" }, "PartitionBy": { "Group": "db.wait_event_type" } });
    let two_plans = async {
        loop {
            let answer = call(sdk, "describe_dimension_keys", keys.clone()).await;
            if answer["Keys"].as_array().unwrap().len() == 2 {
                break answer;
            }
            tokio::time::sleep(LOOK_AGAIN).await;
        }
    };
    let answer = tokio::time::timeout(PATIENCE, two_plans).await.expect("two plans");
    let mut texts = String::new();
    for key in answer["Keys"].as_array().unwrap() {
        let (total, parts) = (key["Total"].as_f64().unwrap(), key["Partitions"].as_array().unwrap());
        let sum: f64 = parts.iter().filter_map(Value::as_f64).sum();
        assert!(total > 0.1 && (total - sum).abs() < 1e-9, "{answer}");
        let plan = key["Dimensions"]["db.plans.id"].as_str().unwrap();
        let detail = json!({ "ServiceType": "RDS", "Identifier": id, "Group": "db.execution_plan",
            "GroupIdentifier": plan, "RequestedDimensions": ["raw_plan"] });
        texts += call(sdk, "get_dimension_key_details", detail).await["Dimensions"][0]["Value"].as_str().unwrap();
    }
    assert!(texts.contains("books_by_id") && texts.contains("Seq Scan"), "{texts}");
    let nobody = json!({ "service": "pi", "operation": "get_dimension_key_details", "params": {
        "ServiceType": "RDS", "Identifier": id, "Group": "db.execution_plan", "GroupIdentifier": "0" } });
    assert_eq!(sdk.carry_out(&nobody).await["error"]["code"], "InvalidArgumentException");
}

#[derive(Clone, Copy)]
struct Window {
    from: u64,
    to: u64,
}

fn now_secs() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs()
}

fn short_id(plan: &Value) -> Value {
    json!(plan["id"].as_str().unwrap()[..8])
}

async fn execute(client: &Client) {
    for _ in 0..EXECUTIONS {
        client.batch_execute(STATEMENT).await.unwrap();
    }
}

async fn offered(sdk: &Sdk, id: &str) -> String {
    let asked = json!({ "ServiceType": "RDS", "Identifier": id, "Metrics": ["db.load"] });
    call(sdk, "list_available_resource_dimensions", asked).await.to_string()
}

/// The statement's digest, once the newest seconds are collected: before, the API answers 503.
async fn digest(dashboard: &Dashboard, id: &str, window: Window) -> String {
    let top = format!("{}/api/v1/instances/{id}/top?by=sql&from={}&to={}", dashboard.url, window.from, window.to);
    let found = page_until(&top, |answer| answer.contains("pg_sleep")).await;
    let answer: Value = serde_json::from_str(&found).unwrap();
    let row = answer["rows"].as_array().unwrap().iter().find(|row| row.to_string().contains("pg_sleep")).unwrap();
    row["key"].as_str().unwrap_or_else(|| panic!("{row}")).to_owned()
}

async fn page_until(page: &str, is_as_wanted: impl Fn(&str) -> bool) -> String {
    let mut html = String::new();
    let looking = async {
        loop {
            html = get(page).await.text();
            if is_as_wanted(&html) {
                break;
            }
            tokio::time::sleep(LOOK_AGAIN).await;
        }
    };
    let shown = tokio::time::timeout(PATIENCE, looking).await;
    assert!(shown.is_ok(), "{page} is not as wanted: {html}");
    html
}

fn is_in_a_file(folder: &Path, text: &str) -> bool {
    let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    files.into_iter().any(|path| {
        if path.is_dir() {
            return is_in_a_file(&path, text);
        }
        std::fs::read(path).unwrap().windows(text.len()).any(|bytes| bytes == text.as_bytes())
    })
}

async fn call(sdk: &Sdk, operation: &str, params: Value) -> Value {
    let answer = sdk.carry_out(&json!({ "service": "pi", "operation": operation, "params": params })).await;
    assert!(answer["ok"].is_object(), "{answer}");
    answer["ok"].clone()
}

async fn connect(url: &str) -> Client {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await.unwrap();
    tokio::spawn(async move {
        // Ends with an error when the database stops first.
        drop(connection.await);
    });
    client
}
