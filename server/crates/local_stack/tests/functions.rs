//! The function runtime with a program that does what its event says: this test binary itself,
//! speaking the Runtime API over plain sockets.
#![allow(clippy::unwrap_used)]

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use hyper::body::Bytes;
use local_stack::functions::{Function, FunctionConfig, Gateway, GatewayConfig, InvokeError, Outcome};
use local_stack::http_client::HttpClient;
use local_stack::measure::{Measurement, Meter};

const PROGRAM: &str = "LOADLENS_TEST_FUNCTION";

/// Does nothing in an ordinary run of the tests.
#[test]
fn function_program() {
    if std::env::var_os(PROGRAM).is_none() {
        return;
    }
    let api = std::env::var("AWS_LAMBDA_RUNTIME_API").unwrap();
    let (host, prefix) = api.strip_prefix("http://").unwrap().split_once('/').unwrap();
    assert_eq!(std::env::var("AWS_LAMBDA_FUNCTION_MEMORY_SIZE").unwrap(), "128");
    loop {
        let (head, event) = call(host, &format!("GET /{prefix}/2018-06-01/runtime/invocation/next"), "");
        let header = |name: &str| {
            let line = head.lines().find_map(|line| line.strip_prefix(name));
            line.unwrap().trim_start_matches(':').trim().to_owned()
        };
        let id = header("lambda-runtime-aws-request-id");
        assert!(header("lambda-runtime-deadline-ms").parse::<i64>().unwrap() > 1_700_000_000_000);
        let path = format!("POST /{prefix}/2018-06-01/runtime/invocation/{id}");
        let value: serde_json::Value = serde_json::from_str(&event).unwrap();
        match value["rawPath"].as_str().or(value["do"].as_str()).unwrap() {
            "/page" | "answer" => {
                let reply = serde_json::json!({
                    "statusCode": 201, "headers": {"x-seen": value["rawQueryString"]}, "body": "made", "cookies": ["a=1"],
                });
                call(host, &format!("{path}/response"), &reply.to_string());
            }
            "/fail" | "fail" => {
                call(host, &format!("{path}/error"), r#"{"errorType":"Broken","errorMessage":"as asked"}"#);
            }
            "exit" => std::process::exit(3),
            _ => loop {
                std::thread::park();
            },
        }
    }
}

fn call(host: &str, request: &str, body: &str) -> (String, String) {
    let mut stream = TcpStream::connect(host).unwrap();
    let length = body.len();
    write!(stream, "{request} HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n{body}")
        .unwrap();
    let mut text = String::new();
    stream.read_to_string(&mut text).unwrap();
    let (head, body) = text.split_once("\r\n\r\n").unwrap();
    (head.to_owned(), body.to_owned())
}

fn config(folder: &tempfile::TempDir) -> FunctionConfig {
    FunctionConfig {
        name: "tested".to_owned(),
        program: std::env::current_exe().unwrap(),
        args: ["--exact", "function_program", "--nocapture"].map(str::to_owned).to_vec(),
        env: vec![(PROGRAM.to_owned(), "1".to_owned())],
        root: folder.path().to_owned(),
        memory_mb: 128,
        timeout: Duration::from_millis(1_500),
        concurrency: 2,
        idle_after: Duration::from_secs(60),
    }
}

fn event(what: &str) -> Bytes {
    Bytes::from(format!(r#"{{"do":"{what}"}}"#))
}

fn sum(measured: &[Measurement], name: &str) -> f64 {
    let series = measured.iter().filter(|m| m.name == name && m.dimensions.len() == 1);
    series.flat_map(|m| &m.values).map(|(value, count)| value * count).sum()
}

#[tokio::test(flavor = "multi_thread")]
async fn invocations_are_run_and_reported() {
    let folder = tempfile::tempdir().unwrap();
    let meter = Meter::default();
    let function = Function::start(config(&folder), meter.clone()).await.unwrap();
    for _ in 0..3 {
        assert!(matches!(function.invoke(event("answer")).await, Ok(Outcome::Response(_))));
    }
    let reports = function.reports();
    assert_eq!(reports.len(), 3);
    assert!(reports[0].init_ms.is_some_and(|init| init > 0.0), "a cold start");
    assert!(reports[1..].iter().all(|report| report.init_ms.is_none()), "and warm ones");
    assert_eq!(function.describe().sandboxes, 1);

    // A failure that the program tells of keeps its process; an exit and a time-out do not.
    assert!(matches!(function.invoke(event("fail")).await, Ok(Outcome::FunctionError(_))));
    assert_eq!(function.describe().sandboxes, 1);
    for (what, kind) in [("exit", "Runtime.ExitError"), ("sleep", "Sandbox.Timedout")] {
        let Ok(Outcome::FunctionError(payload)) = function.invoke(event(what)).await else { panic!("{what}") };
        let payload: serde_json::Value = serde_json::from_slice(&payload).unwrap();
        assert_eq!(payload["errorType"], kind);
        assert_eq!(function.describe().sandboxes, 0);
    }
    let measured = meter.drain();
    assert_eq!((sum(&measured, "Invocations"), sum(&measured, "Errors")), (6.0, 3.0));
    let log = std::fs::read_to_string(folder.path().join("logs/tested.report.log")).unwrap();
    assert_eq!(log.lines().filter(|line| line.starts_with("REPORT RequestId: ")).count(), 6);
    assert_eq!(log.matches("Init Duration: ").count(), 2, "the first, and the one after a lost process");
    function.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn more_at_a_time_than_allowed_is_throttled() {
    let folder = tempfile::tempdir().unwrap();
    let meter = Meter::default();
    let function = Function::start(config(&folder), meter.clone()).await.unwrap();
    let slow: Vec<_> = (0..2)
        .map(|_| {
            let function = function.clone();
            tokio::spawn(async move { function.invoke(event("sleep")).await })
        })
        .collect();
    let deadline = Instant::now() + Duration::from_secs(10);
    while function.describe().busy < 2 {
        assert!(Instant::now() < deadline);
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    assert_eq!(function.invoke(event("answer")).await, Err(InvokeError::Throttled));
    for slow in slow {
        assert!(matches!(slow.await.unwrap(), Ok(Outcome::FunctionError(_))));
    }
    function.set_concurrency(0);
    assert_eq!(function.invoke(event("answer")).await, Err(InvokeError::Throttled));
    let measured = meter.drain();
    assert_eq!((sum(&measured, "Throttles"), sum(&measured, "Invocations")), (2.0, 2.0));
    let most = measured.iter().filter(|m| m.name == "ConcurrentExecutions").flat_map(|m| &m.values);
    assert_eq!(most.map(|(value, _)| *value).fold(0.0, f64::max), 2.0);
    function.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_api_speaks_the_payload_format() {
    let folder = tempfile::tempdir().unwrap();
    let meter = Meter::default();
    let function = Function::start(config(&folder), meter.clone()).await.unwrap();
    let gateway = Gateway::start(GatewayConfig::new("shop"), function.clone(), meter.clone()).await.unwrap();
    let client = HttpClient::default();
    let url = gateway.url();
    assert_eq!(client.get(&format!("{url}/page?q=1")).await.unwrap(), "made");
    let failed = client.get(&format!("{url}/fail")).await.err().unwrap().to_string();
    assert!(failed.contains("500") && failed.contains("Internal Server Error"), "{failed}");
    function.set_concurrency(0);
    let throttled = client.get(&format!("{url}/page")).await.err().unwrap().to_string();
    assert!(throttled.contains("503") && throttled.contains("Service Unavailable"), "{throttled}");
    let measured = meter.drain();
    assert_eq!((sum(&measured, "Count"), sum(&measured, "5xx"), sum(&measured, "4xx")), (3.0, 2.0, 0.0));
    function.shutdown().await;
}
