//! The whole endpoint, over its port, on a real PostgreSQL.
#![allow(clippy::unwrap_used, reason = "tests")]

mod support;

use aws_local::{Clock, Config, Running, Server, Target};
use serde_json::{Value, json};
use std::path::Path;
use std::process::{Command, Stdio};
use support::Postgres;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio_postgres::{Client, NoTls};

const NOON: i64 = 1_800_000_000 / 3_600 * 3_600;
const SETTINGS: &str = "shared_preload_libraries = 'pg_stat_statements'\n";
const CHILD_URL: &str = "AWS_LOCAL_TEST_CHILD_URL";
const CHILD_DIR: &str = "AWS_LOCAL_TEST_CHILD_DIR";

async fn client(url: &str) -> Client {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await.unwrap();
    tokio::spawn(connection);
    client
}

async fn start(folder: &Path, url: &str, clock: Clock) -> Running {
    let config = Config {
        listen: "127.0.0.1:0".parse().unwrap(),
        data_dir: folder.to_owned(),
        region: "eu-west-1".to_owned(),
        databases: vec![Target::parse(&format!("shop={url}")).unwrap()],
        vcpus: None,
        history_seed: None,
        simulated_tiers_seed: None,
        plan_logs: Vec::new(),
        has_sentinels: false,
        clock,
    };
    Server::start(config).await.unwrap()
}

/// One request: (status, headers, body).
async fn send(address: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> (u16, String, Vec<u8>) {
    let mut stream = tokio::net::TcpStream::connect(address).await.unwrap();
    let method = if body.is_empty() { "GET" } else { "POST" };
    let mut head = format!(
        "{method} {path} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\ncontent-length: {}\r\n",
        body.len()
    );
    for (name, value) in headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    head.push_str("\r\n");
    stream.write_all(head.as_bytes()).await.unwrap();
    stream.write_all(body).await.unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.unwrap();
    let split = answer.windows(4).position(|window| window == b"\r\n\r\n").unwrap();
    let head = String::from_utf8(answer[..split].to_vec()).unwrap();
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    (status, head, answer[split + 4..].to_vec())
}

fn authorization(service: &str) -> String {
    format!(
        "AWS4-HMAC-SHA256 Credential=AK/20261123/eu-west-1/{service}/aws4_request, SignedHeaders=host, Signature=00"
    )
}

/// A PI operation in JSON 1.1, as boto3 asks.
async fn pi(address: &str, operation: &str, request: &Value) -> (u16, Value) {
    let headers = [
        ("content-type", "application/x-amz-json-1.1"),
        ("x-amz-target", &*format!("PerformanceInsightsv20180227.{operation}")),
        ("authorization", &*authorization("pi")),
    ];
    let (status, _, body) = send(address, "/", &headers, request.to_string().as_bytes()).await;
    (status, serde_json::from_slice(&body).unwrap())
}

async fn sampled(running: &Running, second: i64) {
    while running.world.statuses()[0].last_sample_secs < Some(second) {
        tokio::task::yield_now().await;
    }
}

fn load_of(answer: &Value, series: usize) -> Vec<(i64, f64)> {
    let points = answer["MetricList"][series]["DataPoints"].as_array().unwrap();
    points.iter().map(|point| (point["Timestamp"].as_f64().unwrap() as i64, point["Value"].as_f64().unwrap())).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn load_is_measured_and_outlives_a_restart() {
    let postgres = Postgres::start(SETTINGS);
    let url = postgres.url("postgres", "postgres");
    let admin = client(&url).await;
    admin.batch_execute("CREATE EXTENSION pg_stat_statements").await.unwrap();
    for _ in 0..2 {
        let sleeper = client(&url).await;
        tokio::spawn(async move { sleeper.batch_execute("SELECT pg_sleep(1000)").await });
    }
    let asleep = "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep'";
    while admin.query_one(asleep, &[]).await.unwrap().get::<_, i64>(0) < 2 {
        tokio::task::yield_now().await;
    }
    let folder = tempfile::tempdir().unwrap();
    let clock = Clock::manual(NOON * 1_000);
    let running = start(folder.path(), &url, clock.clone()).await;
    // Second 30 is skipped: nobody sampled it.
    for second in (0..60).filter(|second| *second != 30) {
        clock.set_ms((NOON + second) * 1_000);
        sampled(&running, NOON + second).await;
    }
    let address = running.addr.to_string();
    let (status, head, body) = send(
        &address,
        "/?Action=DescribeDBInstances&Version=2014-10-31",
        &[("authorization", &authorization("rds"))],
        b"",
    )
    .await;
    let xml = String::from_utf8(body).unwrap();
    assert_eq!(status, 200);
    assert!(head.to_lowercase().contains("x-amzn-requestid: "));
    let id = xml.split_once("<DbiResourceId>").unwrap().1.split('<').next().unwrap().to_owned();
    assert!(id.starts_with("db-") && id.len() == 29, "{id}");
    assert!(xml.contains("<DBInstanceArn>arn:aws:rds:eu-west-1:000000000000:db:shop</DBInstanceArn>"));

    let request = |period: i64| {
        json!({"ServiceType": "RDS", "Identifier": id, "StartTime": NOON, "EndTime": NOON + 60, "PeriodInSeconds": period,
               "MetricQueries": [{"Metric": "db.load.avg", "GroupBy": {"Group": "db.wait_event"}},
                                 {"Metric": "db.load.avg", "GroupBy": {"Group": "db.sql_tokenized"}}]})
    };
    let (status, seconds) = pi(&address, "GetResourceMetrics", &request(1)).await;
    assert_eq!(status, 200, "{seconds}");
    let expected: Vec<(i64, f64)> =
        (0..60).filter(|second| *second != 30).map(|second| (NOON + second + 1, 2.0)).collect();
    assert_eq!(load_of(&seconds, 0), expected);
    assert_eq!(seconds["MetricList"][1]["Key"]["Dimensions"]["db.wait_event.name"], "PgSleep");
    assert_eq!(seconds["MetricList"][3]["Key"]["Dimensions"]["db.sql_tokenized.statement"], "SELECT pg_sleep(?)");

    // The same minute after a restart, and the same identity.
    running.shutdown().await;
    let running = start(folder.path(), &url, clock.clone()).await;
    let address = running.addr.to_string();
    let (_, minutes) = pi(&address, "GetResourceMetrics", &request(60)).await;
    assert_eq!(load_of(&minutes, 0), [(NOON + 60, 2.0)]);
    let (_, again) = pi(&address, "GetResourceMetrics", &request(1)).await;
    assert_eq!(load_of(&again, 0), expected);
    running.shutdown().await;
}

#[tokio::test]
async fn requests_without_signature_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    // Nothing listens there: the endpoint runs all the same.
    let running = start(folder.path(), "postgres://nobody@127.0.0.1:1/none", Clock::system()).await;
    let address = running.addr.to_string();
    let (status, _, body) =
        send(&address, "/", &[("x-amz-target", "PerformanceInsightsv20180227.GetResourceMetadata")], b"{}").await;
    let error: Value = serde_json::from_slice(&body).unwrap();
    assert_eq!((status, error["__type"].as_str().unwrap()), (403, "MissingAuthenticationTokenException"));
    let (status, _, body) = send(&address, "/", &[], b"Action=DescribeDBInstances&Version=2014-10-31").await;
    assert_eq!(status, 403);
    assert!(String::from_utf8(body).unwrap().contains("<Code>MissingAuthenticationToken</Code>"));
    let (status, head, body) = send(
        &address,
        "/service/GraniteServiceVersion20100801/operation/NoSuch",
        &[("authorization", &authorization("monitoring")), ("x-amzn-query-mode", "true")],
        &[0xa0],
    )
    .await;
    assert_eq!(status, 400);
    assert!(head.contains("x-amzn-query-error: InvalidAction;Sender"), "{head}");
    assert!(ciborium::from_reader::<ciborium::Value, _>(&*body).is_ok());

    let (status, _, _) = send(&address, "/_fault", &[], br#"{"throttle_percent": 100}"#).await;
    assert_eq!(status, 200);
    let (_, error) = pi(&address, "GetResourceMetadata", &json!({})).await;
    assert_eq!(error["__type"], "ThrottlingException");
    let (status, _, _) = send(&address, "/_fault", &[], br#"{"trottle": 1}"#).await;
    assert_eq!(status, 400, "an unknown fault is named, not ignored");
    running.shutdown().await;
}

/// Not a test by itself: the process that the next one kills.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn child_process() {
    let (Ok(url), Ok(folder)) = (std::env::var(CHILD_URL), std::env::var(CHILD_DIR)) else { return };
    let running = start(Path::new(&folder), &url, Clock::system()).await;
    std::fs::write(Path::new(&folder).join("address"), running.addr.to_string()).unwrap();
    std::future::pending::<()>().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_killed_endpoint_loses_nothing_that_is_a_second_old() {
    let postgres = Postgres::start(SETTINGS);
    let url = postgres.url("postgres", "postgres");
    let folder = tempfile::tempdir().unwrap();
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "child_process", "--nocapture"])
        .env(CHILD_URL, &url)
        .env(CHILD_DIR, folder.path())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let address_file = folder.path().join("address");
    let address = loop {
        match std::fs::read_to_string(&address_file) {
            Ok(address) if !address.is_empty() => break address,
            _ => tokio::task::yield_now().await,
        }
    };
    let mut first = None;
    let last = loop {
        let (_, _, body) = send(&address, "/_status", &[], b"").await;
        let status: Value = serde_json::from_slice(&body).unwrap();
        if let Some(second) = status[0]["last_sample_secs"].as_i64()
            && second >= *first.get_or_insert(second) + 3
        {
            break second;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    };
    child.kill().unwrap();
    child.wait().unwrap();
    let running = start(folder.path(), &url, Clock::manual((last + 1) * 1_000)).await;
    let id = running.world.statuses()[0].resource_id.clone();
    let from = first.unwrap();
    let request = json!({"ServiceType": "RDS", "Identifier": id, "StartTime": from, "EndTime": last, "PeriodInSeconds": 1,
                         "MetricQueries": [{"Metric": "db.load.avg"}]});
    let (_, answer) = pi(&running.addr.to_string(), "GetResourceMetrics", &request).await;
    assert_eq!(load_of(&answer, 0).len() as i64, last - from, "{answer}");
    running.shutdown().await;
}
