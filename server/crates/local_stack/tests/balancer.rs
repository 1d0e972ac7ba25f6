//! The balancer against targets that behave and misbehave.
#![allow(clippy::unwrap_used)]

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU16, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use http::{Request, Response, StatusCode};
use http_body_util::{BodyExt, Empty, Full};
use hyper::body::{Bytes, Incoming};
use hyper_util::client::legacy::Client;
use hyper_util::rt::{TokioExecutor, TokioIo};
use local_stack::balancer::{Algorithm, Balancer, BalancerConfig, HealthCheck, TargetReason, TargetState};
use local_stack::measure::{Measurement, Meter};
use tokio::net::TcpListener;
use tokio::sync::Notify;
use tokio::task::AbortHandle;

/// A target whose health can be changed and whose `/wait` answers when told.
struct TestTarget {
    address: SocketAddr,
    health: Arc<AtomicU16>,
    served: Arc<AtomicU64>,
    release: Arc<Notify>,
    task: AbortHandle,
}

impl Drop for TestTarget {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn target(name: &'static str) -> TestTarget {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let health = Arc::new(AtomicU16::new(200));
    let served = Arc::new(AtomicU64::new(0));
    let release = Arc::new(Notify::new());
    let (health_now, count, released) = (Arc::clone(&health), Arc::clone(&served), Arc::clone(&release));
    let answer = move |request: Request<Incoming>| {
        let (health, count, release) = (Arc::clone(&health_now), Arc::clone(&count), Arc::clone(&released));
        async move {
            let path = request.uri().path().to_owned();
            if path == "/health" {
                let status = StatusCode::from_u16(health.load(Ordering::Relaxed)).unwrap();
                return Ok::<_, Infallible>(reply(status, String::new()));
            }
            count.fetch_add(1, Ordering::Relaxed);
            if path == "/wait" {
                release.notified().await;
            }
            let header = |name: &str| {
                let value = request.headers().get(name).and_then(|value| value.to_str().ok());
                value.unwrap_or("-").to_owned()
            };
            let text = ["x-forwarded-for", "x-forwarded-proto", "x-amzn-trace-id", "host"].map(header).join("|");
            let status = if path == "/teapot" { StatusCode::IM_A_TEAPOT } else { StatusCode::OK };
            Ok(reply(status, format!("{name}|{text}")))
        }
    };
    let task = tokio::spawn(async move {
        let mut open = tokio::task::JoinSet::new();
        while let Ok((stream, _)) = listener.accept().await {
            let service = hyper::service::service_fn(answer.clone());
            open.spawn(hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), service));
        }
    });
    TestTarget { address, health, served, release, task: task.abort_handle() }
}

fn reply(status: StatusCode, text: String) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::from(text));
    *response.status_mut() = status;
    response
}

fn config() -> BalancerConfig {
    BalancerConfig {
        health_check: HealthCheck {
            interval: Duration::from_millis(30),
            timeout: Duration::from_millis(500),
            ..HealthCheck::default()
        },
        idle_timeout: Duration::from_millis(700),
        deregistration_delay: Duration::from_millis(400),
        ..BalancerConfig::new("shop", "web")
    }
}

async fn get(url: &str) -> (u16, String) {
    let client: Client<_, Empty<Bytes>> = Client::builder(TokioExecutor::new()).build_http();
    let request = Request::get(url).header("x-forwarded-for", "9.9.9.9").body(Empty::new()).unwrap();
    let response = client.request(request).await.unwrap();
    let status = response.status().as_u16();
    let body = response.into_body().collect().await.unwrap().to_bytes();
    (status, String::from_utf8_lossy(&body).into_owned())
}

async fn until(what: &str, condition: impl Fn() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(10);
    while !condition() {
        assert!(Instant::now() < deadline, "never: {what}");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

fn sum(measured: &[Measurement], name: &str, dimensions: usize) -> f64 {
    let series = measured.iter().filter(|m| m.name == name && m.dimensions.len() == dimensions);
    series.flat_map(|m| &m.values).map(|(value, count)| value * count).sum()
}

#[tokio::test(flavor = "multi_thread")]
async fn requests_are_spread_and_counted_as_the_service_counts_them() {
    let meter = Meter::default();
    let balancer = Balancer::start(config(), meter.clone()).await.unwrap();
    let (a, b) = (target("a").await, target("b").await);
    assert_eq!(get(&balancer.url()).await.0, 503, "no targets yet");
    balancer.register("i-a", a.address);
    balancer.register("i-b", b.address);
    until("both healthy", || balancer.targets().iter().all(|t| t.health.state == TargetState::Healthy)).await;

    for _ in 0..10 {
        assert_eq!(get(&format!("{}/page?x=1", balancer.url())).await.0, 200);
    }
    assert_eq!((a.served.load(Ordering::Relaxed), b.served.load(Ordering::Relaxed)), (5, 5));
    let (status, text) = get(&format!("{}/teapot", balancer.url())).await;
    assert_eq!(status, 418);
    let parts: Vec<&str> = text.split('|').collect();
    assert_eq!((parts[1], parts[2]), ("9.9.9.9, 127.0.0.1", "http"));
    assert!(parts[3].starts_with("Root=1-"), "{text}");
    assert_eq!(format!("http://{}", parts[4]), balancer.url(), "the client's Host is kept");

    let measured = meter.drain();
    assert_eq!(sum(&measured, "RequestCount", 1), 11.0, "503 without a target is not in it");
    assert_eq!(sum(&measured, "RequestCount", 2), 22.0, "by group, and by zone");
    assert_eq!(sum(&measured, "RequestCountPerTarget", 2), 5.5);
    assert_eq!(sum(&measured, "HTTPCode_Target_2XX_Count", 1), 10.0);
    assert_eq!(sum(&measured, "HTTPCode_Target_4XX_Count", 1), 1.0);
    assert_eq!(sum(&measured, "HTTPCode_ELB_5XX_Count", 1), 1.0);
    assert_eq!(sum(&measured, "HTTPCode_ELB_503_Count", 1), 1.0);
    let times = measured.iter().find(|m| m.name == "TargetResponseTime" && m.dimensions.len() == 1).unwrap();
    assert_eq!(times.values.iter().map(|(_, count)| count).sum::<f64>(), 11.0);
    assert_eq!(times.unit, "Seconds");
    assert!(sum(&measured, "NewConnectionCount", 1) >= 12.0, "clients' and targets'");
}

#[tokio::test(flavor = "multi_thread")]
async fn health_decides_who_is_asked_and_all_unhealthy_means_everybody() {
    let balancer = Balancer::start(config(), Meter::default()).await.unwrap();
    let (a, b) = (target("a").await, target("b").await);
    balancer.register("i-a", a.address);
    balancer.register("i-b", b.address);
    until("both healthy", || balancer.targets().iter().all(|t| t.health.state == TargetState::Healthy)).await;

    a.health.store(503, Ordering::Relaxed);
    until("a unhealthy", || balancer.target_health("i-a").state == TargetState::Unhealthy).await;
    let health = balancer.target_health("i-a");
    assert_eq!(health.reason, Some(TargetReason::ResponseCodeMismatch));
    for _ in 0..6 {
        assert!(get(&balancer.url()).await.1.starts_with("b|"));
    }
    b.health.store(500, Ordering::Relaxed);
    until("b unhealthy", || balancer.target_health("i-b").state == TargetState::Unhealthy).await;
    let served = a.served.load(Ordering::Relaxed);
    for _ in 0..4 {
        assert_eq!(get(&balancer.url()).await.0, 200, "fails open");
    }
    assert_eq!(a.served.load(Ordering::Relaxed), served + 2);
    a.health.store(200, Ordering::Relaxed);
    until("a healthy again", || balancer.target_health("i-a").state == TargetState::Healthy).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dead_target_is_502_and_a_slow_one_504() {
    let meter = Meter::default();
    let mut config = config();
    // Slow checks, so that the balancer does not know yet.
    config.health_check.interval = Duration::from_secs(60);
    let balancer = Balancer::start(config, meter.clone()).await.unwrap();
    let a = target("a").await;
    balancer.register("i-a", a.address);
    until("healthy", || balancer.target_health("i-a").state == TargetState::Healthy).await;
    assert_eq!(get(&format!("{}/wait", balancer.url())).await.0, 504);
    assert_eq!(get(&balancer.url()).await.0, 200);
    let address = a.address;
    drop(a);
    until("closed", || std::net::TcpStream::connect(address).is_err()).await;
    let (status, body) = get(&balancer.url()).await;
    assert_eq!(status, 502);
    assert!(body.contains("502 Bad Gateway"), "{body}");
    let measured = meter.drain();
    assert_eq!(sum(&measured, "HTTPCode_ELB_504_Count", 1), 1.0);
    assert_eq!(sum(&measured, "HTTPCode_ELB_502_Count", 1), 1.0);
    assert_eq!(sum(&measured, "TargetConnectionErrorCount", 1), 1.0);
    assert_eq!(sum(&measured, "RequestCount", 1), 3.0, "a target was chosen for each");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_leaving_target_finishes_what_it_has() {
    let mut config = config();
    config.idle_timeout = Duration::from_secs(20);
    config.deregistration_delay = Duration::from_secs(20);
    config.algorithm = Algorithm::LeastOutstandingRequests;
    let balancer = Balancer::start(config, Meter::default()).await.unwrap();
    let (a, b) = (target("a").await, target("b").await);
    balancer.register("i-a", a.address);
    until("healthy", || balancer.target_health("i-a").state == TargetState::Healthy).await;
    let url = format!("{}/wait", balancer.url());
    let waiting = tokio::spawn(async move { get(&url).await });
    until("under way", || balancer.targets()[0].outstanding == 1).await;
    balancer.register("i-b", b.address);
    until("b healthy", || balancer.target_health("i-b").state == TargetState::Healthy).await;
    for _ in 0..4 {
        assert!(get(&balancer.url()).await.1.starts_with("b|"), "the busy one is spared");
    }
    assert!(balancer.deregister("i-a"));
    assert_eq!(balancer.target_health("i-a").state, TargetState::Draining);
    assert_eq!(balancer.target_health("i-a").reason, Some(TargetReason::DeregistrationInProgress));
    a.release.notify_one();
    assert!(waiting.await.unwrap().1.starts_with("a|"));
    until("gone", || balancer.target_health("i-a").state == TargetState::Unused).await;
    assert_eq!(balancer.target_health("i-a").reason, Some(TargetReason::NotRegistered));
    assert!(!balancer.deregister("i-a"));
}
