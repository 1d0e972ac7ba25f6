//! Posting, with a few attempts: subscribers of SNS get three at once before its longer waits begin.

use super::EventDestination;
use super::topics::Subscription;
use http::{HeaderName, HeaderValue, Request};
use http_body_util::Full;
use hyper::body::Bytes;
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;
use std::time::Duration;

const ATTEMPTS: u32 = 3;
const BETWEEN: Duration = Duration::from_secs(1);
/// SNS waits this long for an answer.
const PATIENCE: Duration = Duration::from_secs(15);

/// Sends an envelope of SNS, as plain text.
pub(super) async fn envelope(subscription: &Subscription, topic: &str, kind: &str, body: &str) {
    let id = serde_json::from_str::<serde_json::Value>(body).ok();
    let id = id.as_ref().and_then(|body| body["MessageId"].as_str()).unwrap_or_default().to_owned();
    let mut headers = vec![
        ("content-type", "text/plain; charset=UTF-8".to_owned()),
        ("user-agent", "Amazon Simple Notification Service Agent".to_owned()),
        ("x-amz-sns-message-type", kind.to_owned()),
        ("x-amz-sns-message-id", id),
        ("x-amz-sns-topic-arn", topic.to_owned()),
    ];
    if kind == "Notification" {
        headers.push(("x-amz-sns-subscription-arn", subscription.arn.clone()));
    }
    send(&subscription.endpoint, &headers, body).await;
}

/// Sends an event to an API destination.
pub(super) async fn event(destination: &EventDestination, body: &str) {
    let headers = [
        ("content-type", "application/json; charset=utf-8".to_owned()),
        ("user-agent", "Amazon/EventBridge/ApiDestinations".to_owned()),
        (destination.header.as_str(), destination.key.clone()),
    ];
    send(&destination.url, &headers, body).await;
}

async fn send(url: &str, headers: &[(&str, String)], body: &str) {
    let client: Client<_, Full<Bytes>> = Client::builder(TokioExecutor::new()).build_http();
    for attempt in 1..=ATTEMPTS {
        let mut request = Request::post(url);
        for (name, value) in headers {
            if let (Ok(name), Ok(value)) = (HeaderName::try_from(*name), HeaderValue::try_from(value)) {
                request = request.header(name, value);
            }
        }
        let Ok(request) = request.body(Full::new(Bytes::from(body.to_owned()))) else { return };
        let outcome = match tokio::time::timeout(PATIENCE, client.request(request)).await {
            Ok(Ok(answer)) if answer.status().is_success() => return,
            Ok(Ok(answer)) => answer.status().to_string(),
            Ok(Err(error)) => error.to_string(),
            Err(_) => "no answer in time".to_owned(),
        };
        tracing::debug!(%url, attempt, %outcome, "a message was not taken");
        if attempt < ATTEMPTS {
            tokio::time::sleep(BETWEEN).await;
        } else {
            tracing::warn!(%url, %outcome, "a message was not taken and is given up");
        }
    }
}
