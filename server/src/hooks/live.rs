//! The hooks in front of the local endpoint: it asks to be confirmed, signs, and posts events, over
//! real connections.

use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use aws_local::{Clock, Config, Running, Server};
use collect::Collector;
use samples::AlarmStatus;
use serde_json::json;
use tokio::net::TcpListener;
use units::Window;

use super::*;
use crate::clock;

const TOPIC: &str = "ops";
const NAME: &str = "orders/db load, größer";
const KEY: &str = "0123456789abcdef0123456789abcdef";
/// Far beyond what any step takes; a test that waits this long has failed.
const PATIENCE: Duration = Duration::from_secs(60);

async fn endpoint(folder: &std::path::Path) -> Running {
    let config = Config {
        listen: SocketAddr::new(Ipv4Addr::LOCALHOST.into(), 0),
        data_dir: folder.to_owned(),
        region: "us-east-1".to_owned(),
        databases: Vec::new(),
        vcpus: None,
        history_seed: None,
        simulated_tiers_seed: None,
        plan_logs: Vec::new(),
        has_sentinels: false,
        clock: Clock::system(),
    };
    Server::start(config).await.unwrap()
}

async fn next(told: &mut mpsc::Receiver<AlarmMessage>) -> AlarmMessage {
    tokio::time::timeout(PATIENCE, told.recv()).await.unwrap().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_local_endpoint_is_received_as_aws_is() {
    let folder = tempfile::tempdir().unwrap();
    let endpoint = endpoint(&folder.path().join("endpoint")).await;
    let archive = Archive::open(&folder.path().join("archive")).unwrap();
    let root = folder.path().join("root.pem");
    std::fs::write(&root, aws_local::test_authority()).unwrap();
    let settings = HookSettings {
        sns_topics: vec![endpoint.topic_arn(TOPIC)],
        eventbridge_key: Some(KEY.to_owned()),
        sns_test_root: Some(root),
    };
    assert!(settings.check(None).is_err(), "the test authority was believed without a local endpoint");
    let checked = settings.check(Some(endpoint.addr)).unwrap();
    let collector = Collector::connect_to(&endpoint.url(), "us-east-1").await;
    let (sender, mut told) = mpsc::channel(8);
    let config = HooksConfig {
        topics: checked.topics,
        trust: checked.trust,
        fetch_certificate: checked.fetch_certificate,
        confirm_subscription: Arc::new(move |topic, token| {
            let collector = collector.clone();
            Box::pin(async move {
                collector.confirm_subscription(topic.as_str(), &token).await.map_err(|error| error.to_string())
            })
        }),
        event_key: checked.event_key,
        alarms: Some(sender),
        now: clock::now,
    };
    let hooks = Hooks::new(archive.clone(), config).unwrap();
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    let served = tokio::spawn(async move { axum::serve(listener, router(hooks)).await });

    endpoint.subscribe(TOPIC, &format!("{base}/hooks/sns")).unwrap();
    let deadline = tokio::time::Instant::now() + PATIENCE;
    while endpoint.subscribers(TOPIC) == 0 {
        assert!(tokio::time::Instant::now() < deadline, "the subscription was not confirmed");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    endpoint
        .put_metric_alarm(json!({
            "AlarmName": NAME, "Namespace": "AWS/RDS", "MetricName": "DBLoad", "Statistic": "Average", "Period": 60,
            "Dimensions": [{ "Name": "DBInstanceIdentifier", "Value": "orders-1" }],
            "EvaluationPeriods": 3, "DatapointsToAlarm": 2, "Threshold": 4.0, "TreatMissingData": "ignore",
            "ComparisonOperator": "GreaterThanThreshold", "AlarmActions": [endpoint.topic_arn(TOPIC)]
        }))
        .unwrap();
    endpoint.set_alarm_state(NAME, "ALARM", "by hand").unwrap();
    let message = next(&mut told).await;
    assert_eq!((message.alarm.name.as_str(), message.alarm.status), (NAME, AlarmStatus::Alarm));
    let now = clock::now();
    let around = Window::new(now.plus_secs(-600), now.plus_secs(600));
    let events = archive.alarm_events(&message.alarm.arn, around).unwrap();
    assert_eq!(events.len(), 1);
    assert_eq!(events[0].to, AlarmStatus::Alarm);

    // Nobody is told of OK by the topic; EventBridge tells of everything.
    endpoint.send_events(&format!("{base}/hooks/eventbridge"), "x-loadlens-key", KEY).unwrap();
    endpoint.set_alarm_state(NAME, "OK", "by hand").unwrap();
    let message = next(&mut told).await;
    assert_eq!((message.alarm.name.as_str(), message.alarm.status), (NAME, AlarmStatus::Ok));
    let kept = archive.alarms().unwrap();
    assert_eq!(kept[0].threshold, Some(4.0), "what SNS told of the rule is still known");
    assert!(endpoint.send_events("https://dash.example/hooks/eventbridge", "x", KEY).is_err());
    served.abort();
    endpoint.shutdown().await;
}
