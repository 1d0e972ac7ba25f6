#![allow(clippy::unwrap_used)]

use std::sync::Mutex;

use axum::body::Body;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::Request;
use http_body_util::BodyExt as _;
use incidents::sns::Trust;
use ring::rand::SystemRandom;
use ring::signature::{RSA_PKCS1_SHA256, RsaKeyPair};
use samples::AlarmStatus;
use serde_json::{Value, json};
use tower::ServiceExt as _;
use units::Window;

use super::*;

const TOPIC: &str = "arn:aws:sns:us-east-1:111122223333:ops";
const ALARM: &str = "arn:aws:cloudwatch:us-east-1:111122223333:alarm:orders-1-DBLoad";
const KEY: &str = "0123456789abcdef0123456789abcdef";

fn now() -> Timestamp {
    "2027-01-01T12:00:10Z".parse().unwrap()
}

fn file(name: &str) -> Vec<u8> {
    std::fs::read(format!("{}/crates/incidents/tests/certificates/{name}", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

/// What left the process on behalf of messages.
#[derive(Default)]
struct Outside {
    fetched: Mutex<Vec<String>>,
    confirmed: Mutex<Vec<String>>,
}

fn hooks(archive: &Archive, outside: &Arc<Outside>) -> Arc<Hooks> {
    let (fetches, confirms) = (Arc::clone(outside), Arc::clone(outside));
    let config = HooksConfig {
        topics: vec![TOPIC.parse().unwrap()],
        trust: Trust::only(&file("root.pem")).unwrap(),
        fetch_certificate: Arc::new(move |url| {
            fetches.fetched.lock().unwrap().push(url.to_string());
            Box::pin(async { Ok(file("sns.pem")) })
        }),
        confirm_subscription: Arc::new(move |topic, token| {
            confirms.confirmed.lock().unwrap().push(format!("{topic} {token}"));
            Box::pin(async { Ok(()) })
        }),
        event_key: Some(EventKey::new(KEY).unwrap()),
        alarms: None,
        now,
    };
    Hooks::new(archive.clone(), config).unwrap()
}

fn alarm_message() -> Value {
    json!({
        "AlarmName": "orders-1-DBLoad", "AlarmDescription": null, "AWSAccountId": "111122223333",
        "NewStateValue": "ALARM", "NewStateReason": "Threshold Crossed", "StateChangeTime": "2027-01-01T11:59:59.000+0000",
        "Region": "US East (N. Virginia)", "AlarmArn": ALARM, "OldStateValue": "OK",
        "Trigger": {
            "MetricName": "DBLoad", "Namespace": "AWS/RDS", "Statistic": "AVERAGE", "Period": 60,
            "Dimensions": [{"name": "DBInstanceIdentifier", "value": "orders-1"}],
            "EvaluationPeriods": 5, "ComparisonOperator": "GreaterThanThreshold", "Threshold": 4.0
        }
    })
}

/// A signed envelope: `keys` in the order of the string to sign.
fn signed(kind: &str, message: &str, more: &[(&str, &str)], keys: &[&str]) -> String {
    let mut envelope = json!({
        "Type": kind, "MessageId": "165545c9-2a5c-472c-8df2-7ff2be2b3b1b", "TopicArn": TOPIC, "Message": message,
        "Timestamp": "2027-01-01T12:00:00.000Z", "SignatureVersion": "2",
        "SigningCertURL": "https://sns.us-east-1.amazonaws.com/SimpleNotificationService-0123456789abcdef.pem"
    });
    for (key, value) in more {
        envelope[*key] = (*value).into();
    }
    let text: String = keys.iter().map(|key| format!("{key}\n{}\n", envelope[*key].as_str().unwrap())).collect();
    let key = RsaKeyPair::from_pkcs8(&file("sns.pk8")).unwrap();
    let mut signature = vec![0; key.public().modulus_len()];
    key.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), text.as_bytes(), &mut signature).unwrap();
    envelope["Signature"] = STANDARD.encode(signature).into();
    envelope.to_string()
}

fn notification(message: &str) -> String {
    signed("Notification", message, &[], &["Message", "MessageId", "Timestamp", "TopicArn", "Type"])
}

async fn post(hooks: &Arc<Hooks>, path: &str, headers: &[(&str, &str)], body: impl Into<Body>) -> (u16, String) {
    let mut request = Request::post(path).header("content-type", "text/plain; charset=UTF-8");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let response = router(Arc::clone(hooks)).oneshot(request.body(body.into()).unwrap()).await.unwrap();
    let status = response.status().as_u16();
    let body = response.into_body().collect().await.unwrap().to_bytes();
    (status, String::from_utf8(body.to_vec()).unwrap())
}

fn changes(archive: &Archive) -> Vec<samples::AlarmEvent> {
    archive.alarm_events(ALARM, Window::new(Timestamp(0), now())).unwrap()
}

#[tokio::test]
async fn an_alarm_through_sns_is_kept_once_also_after_a_restart() {
    let dir = tempfile::tempdir().unwrap();
    let outside = Arc::new(Outside::default());
    let body = notification(&alarm_message().to_string());
    {
        let archive = Archive::open(dir.path()).unwrap();
        let hooks = hooks(&archive, &outside);
        let headers = [("x-amz-sns-message-type", "Notification"), ("x-amz-sns-topic-arn", TOPIC)];
        assert_eq!(post(&hooks, "/hooks/sns", &headers, body.clone()).await, (200, "received\n".to_owned()));
        assert_eq!(post(&hooks, "/hooks/sns", &[], body.clone()).await.0, 409);
        assert_eq!(changes(&archive).len(), 1);
        assert_eq!(changes(&archive)[0].to, AlarmStatus::Alarm);
        assert_eq!(archive.alarms().unwrap()[0].threshold, Some(4.0));
    }
    let archive = Archive::open(dir.path()).unwrap();
    assert_eq!(post(&hooks(&archive, &outside), "/hooks/sns", &[], body).await.0, 409);
    assert_eq!(changes(&archive).len(), 1);
    assert_eq!(outside.fetched.lock().unwrap().len(), 1, "the replay is refused before its certificate is asked for");
}

#[tokio::test]
async fn a_subscription_is_confirmed_through_the_sdk_and_never_by_its_url() {
    let dir = tempfile::tempdir().unwrap();
    let archive = Archive::open(dir.path()).unwrap();
    let outside = Arc::new(Outside::default());
    let hooks = hooks(&archive, &outside);
    let more = [("Token", "2336412f37fb687f"), ("SubscribeURL", "http://127.0.0.1:1/subscribe")];
    let keys = ["Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"];
    let body = signed("SubscriptionConfirmation", "confirm", &more, &keys);
    assert_eq!(post(&hooks, "/hooks/sns", &[], body).await, (200, "confirmed\n".to_owned()));
    assert_eq!(*outside.confirmed.lock().unwrap(), [format!("{TOPIC} 2336412f37fb687f")]);
}

#[tokio::test]
async fn forged_messages_change_nothing_and_leave_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let archive = Archive::open(dir.path()).unwrap();
    let outside = Arc::new(Outside::default());
    let hooks = hooks(&archive, &outside);
    let good = notification(&alarm_message().to_string());
    for (body, status) in [
        (good.replace(TOPIC, "arn:aws:sns:us-east-1:999999999999:ops"), 403),
        (good.replace("https://sns.us-east-1", "https://sns.evil"), 403),
        (good.replace("2027-01-01T12:00:00", "2027-01-01T10:00:00"), 403),
        (good.replace("\"2\"", "\"3\""), 400),
        (String::new(), 400),
        (alarm_message().to_string(), 400),
        ("x".repeat(300 * 1024), 413),
    ] {
        assert_eq!(post(&hooks, "/hooks/sns", &[], body.clone()).await.0, status, "{body:.200}");
    }
    assert_eq!(
        post(&hooks, "/hooks/sns", &[("x-amz-sns-rawdelivery", "true")], alarm_message().to_string()).await.0,
        400
    );
    assert!(outside.fetched.lock().unwrap().is_empty());
    let tampered = good.replace("Threshold Crossed", "Threshold crossed");
    assert_eq!(post(&hooks, "/hooks/sns", &[], tampered).await.0, 403);
    assert!(archive.alarms().unwrap().is_empty());
    assert!(outside.confirmed.lock().unwrap().is_empty());
    // The good one was never spoilt by the forgeries.
    assert_eq!(post(&hooks, "/hooks/sns", &[], good).await.0, 200);
}

#[tokio::test]
async fn other_notifications_of_the_topic_are_ignored() {
    let dir = tempfile::tempdir().unwrap();
    let archive = Archive::open(dir.path()).unwrap();
    let hooks = hooks(&archive, &Arc::default());
    assert_eq!(post(&hooks, "/hooks/sns", &[], notification("lunch is ready")).await.0, 200);
    assert!(archive.alarms().unwrap().is_empty());
}

fn event() -> Value {
    json!({
        "version": "0", "id": "x", "detail-type": "CloudWatch Alarm State Change", "source": "aws.cloudwatch",
        "account": "111122223333", "time": "2027-01-01T11:59:59Z", "region": "us-east-1", "resources": [ALARM],
        "detail": {
            "alarmName": "orders-1-DBLoad",
            "state": {"value": "ALARM", "reason": "x", "timestamp": "2027-01-01T11:59:59.000+0000"},
            "previousState": {"value": "OK"},
            "configuration": {"metrics": []}
        }
    })
}

#[tokio::test]
async fn events_need_the_key() {
    let dir = tempfile::tempdir().unwrap();
    let archive = Archive::open(dir.path()).unwrap();
    let hooks = hooks(&archive, &Arc::default());
    let event = event().to_string();
    let bearer = format!("Bearer {KEY}");
    for (headers, status) in [
        (vec![], 401),
        (vec![("x-loadlens-key", "")], 401),
        (vec![("x-loadlens-key", &KEY[1..])], 401),
        (vec![("x-loadlens-key", "1123456789abcdef0123456789abcdef")], 401),
        (vec![("authorization", KEY)], 401),
        (vec![("x-loadlens-key", KEY)], 200),
        (vec![("authorization", bearer.as_str())], 200),
    ] {
        assert_eq!(post(&hooks, "/hooks/eventbridge", &headers, event.clone()).await.0, status, "{headers:?}");
    }
    assert_eq!(changes(&archive).len(), 1, "the same change twice is one");
    let refused = post(&hooks, "/hooks/eventbridge", &[("x-loadlens-key", KEY)], "{}").await;
    assert_eq!(refused.0, 400);
}

#[tokio::test]
async fn hooks_that_are_off_say_so() {
    let dir = tempfile::tempdir().unwrap();
    let archive = Archive::open(dir.path()).unwrap();
    let config = HooksConfig {
        topics: Vec::new(),
        trust: Trust::public(),
        fetch_certificate: over_tls(),
        confirm_subscription: Arc::new(|_, _| Box::pin(async { Err("no".to_owned()) })),
        event_key: None,
        alarms: None,
        now,
    };
    let hooks = Hooks::new(archive, config).unwrap();
    assert!(!hooks.is_on());
    assert_eq!(post(&hooks, "/hooks/sns", &[], notification("x")).await.0, 404);
    assert_eq!(post(&hooks, "/hooks/eventbridge", &[("x-loadlens-key", KEY)], event().to_string()).await.0, 404);
}

#[tokio::test]
async fn certificates_of_a_local_endpoint_come_from_this_machine_only() {
    assert!(over_loopback("10.0.0.1:80".parse().unwrap()).is_err());
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let fetch = over_loopback(listener.local_addr().unwrap()).unwrap();
    let file = "/SimpleNotificationService-0123456789abcdef.pem";
    let routes = Router::new().route(file, axum::routing::get(|| async { "PEM" })).route(
        "/SimpleNotificationService-00000000.pem",
        axum::routing::get(|| async { axum::response::Redirect::to("/x") }),
    );
    let server = tokio::spawn(axum::serve(listener, routes).into_future());
    let topic: TopicArn = TOPIC.parse().unwrap();
    let url = |file: &str| topic.certificate_url(&format!("https://sns.us-east-1.amazonaws.com{file}")).unwrap();
    assert_eq!(fetch(url(file)).await, Ok(b"PEM".to_vec()));
    assert!(fetch(url("/SimpleNotificationService-00000000.pem")).await.is_err(), "redirects are not followed");
    server.abort();
}

#[test]
fn short_keys_are_refused() {
    assert!(EventKey::new("short").is_err());
    assert_eq!(format!("{:?}", EventKey::new(KEY).unwrap()), "EventKey(…)");
}

#[test]
fn the_test_authority_cannot_be_used_against_aws() {
    let root = format!("{}/crates/incidents/tests/certificates/root.pem", env!("CARGO_MANIFEST_DIR"));
    let settings = HookSettings {
        sns_topics: vec![TOPIC.to_owned()],
        eventbridge_key: Some(KEY.to_owned()),
        sns_test_root: Some(root.into()),
    };
    assert!(settings.check(Some("127.0.0.1:4566".parse().unwrap())).is_ok());
    let error = |endpoint: Option<&str>| {
        settings.check(endpoint.map(|text| text.parse().unwrap())).map(|checked| checked.topics).unwrap_err()
    };
    assert!(matches!(error(None), HookSettingsError::TestRootAgainstAws));
    assert!(matches!(error(Some("52.94.1.1:443")), HookSettingsError::Endpoint(_)));
    assert!(HookSettings::default().check(None).is_ok());
    for bad in [
        HookSettings { sns_topics: vec!["ops".to_owned()], ..settings.clone() },
        HookSettings { eventbridge_key: Some("short".to_owned()), ..settings.clone() },
        HookSettings { sns_test_root: Some("/nowhere".into()), ..settings.clone() },
        HookSettings { sns_test_root: Some("/dev/null".into()), ..settings.clone() },
    ] {
        assert!(bad.check(Some("127.0.0.1:4566".parse().unwrap())).is_err(), "{bad:?}");
    }
}

#[test]
fn the_endpoint_of_the_environment_decides_whether_test_certificates_are_believed() {
    let with = |pairs: &'static [(&'static str, &'static str)]| {
        endpoint_of_environment(move |name| {
            pairs.iter().find(|(have, _)| *have == name).map(|(_, value)| (*value).to_owned())
        })
    };
    let local = "127.0.0.1:4566".parse().ok();
    assert_eq!(with(&[("AWS_ENDPOINT_URL", "http://127.0.0.1:4566")]), local);
    assert_eq!(with(&[("AWS_ENDPOINT_URL", "http://localhost:4566/")]), local);
    assert_eq!(with(&[]), None);
    assert_eq!(with(&[("AWS_ENDPOINT_URL", "https://sns.us-east-1.amazonaws.com")]), None);
    // What is asked for SNS decides.
    let aws = [
        ("AWS_ENDPOINT_URL", "http://127.0.0.1:4566"),
        ("AWS_ENDPOINT_URL_SNS", "https://sns.eu-west-1.amazonaws.com"),
    ];
    assert_eq!(
        endpoint_of_environment(|name| aws
            .iter()
            .find(|(have, _)| *have == name)
            .map(|(_, value)| (*value).to_owned())),
        None
    );
    let ignored = [("AWS_ENDPOINT_URL", "http://127.0.0.1:4566"), ("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "true")];
    assert_eq!(
        endpoint_of_environment(|name| ignored
            .iter()
            .find(|(have, _)| *have == name)
            .map(|(_, value)| (*value).to_owned())),
        None
    );
}
