//! `POST /hooks/sns`.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::State;
use axum::response::Response;
use http::{HeaderMap, StatusCode};
use incidents::read_notification;
use incidents::sns::{Accepted, Content, Headers, Refused};

use super::{Hooks, answer, keep};

/// Receives whatever SNS posts: notifications, and the confirmations around a subscription.
pub(super) async fn receive(State(hooks): State<Arc<Hooks>>, headers: HeaderMap, body: Bytes) -> Response {
    if !hooks.receiver.has_topics() {
        return answer(StatusCode::NOT_FOUND, "no SNS topic is configured; name one in sns-topics");
    }
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let told = Headers {
        message_type: text("x-amz-sns-message-type"),
        message_id: text("x-amz-sns-message-id"),
        topic_arn: text("x-amz-sns-topic-arn"),
        raw_delivery: text("x-amz-sns-rawdelivery"),
    };
    let now = (hooks.config.now)();
    let is_seen = |id: &str| hooks.seen.contains(id);
    let fetch = |url| (hooks.config.fetch_certificate)(url);
    match hooks.receiver.receive(&body, &told, now, is_seen, fetch).await {
        Ok(accepted) => accept(hooks, accepted).await,
        Err(refused) => {
            tracing::warn!(reason = %refused, "an SNS message was refused");
            answer(status_of(&refused), refused)
        }
    }
}

/// SNS tries again after 5xx, not after 4xx.
const fn status_of(refused: &Refused) -> StatusCode {
    match refused {
        Refused::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
        Refused::NotAMessage | Refused::BadField(_) | Refused::HeaderContradicts(_) | Refused::RawDelivery => {
            StatusCode::BAD_REQUEST
        }
        Refused::Replayed => StatusCode::CONFLICT,
        Refused::CertificateUnavailable(_) | Refused::TooManyCertificates => StatusCode::SERVICE_UNAVAILABLE,
        Refused::TopicNotAllowed
        | Refused::TooOld
        | Refused::FromTheFuture
        | Refused::BadCertificateUrl
        | Refused::CertificateNotTrusted(_)
        | Refused::BadSignature => StatusCode::FORBIDDEN,
    }
}

async fn accept(hooks: Arc<Hooks>, accepted: Accepted) -> Response {
    let done = match accepted.content {
        Content::Notification(message) => match read_notification(&message, accepted.topic.as_str()) {
            Ok(message) => keep::keep(&hooks, message).await.map(|()| "received"),
            Err(reason) => {
                tracing::info!(sns.topic = %accepted.topic, %reason, "a notification is not about an alarm");
                Ok("not about an alarm; ignored")
            }
        },
        Content::Confirm { token } => {
            let confirmed = (hooks.config.confirm_subscription)(accepted.topic.clone(), token).await;
            tracing::info!(sns.topic = %accepted.topic, is_confirmed = confirmed.is_ok(), "a topic asks to be confirmed");
            confirmed.map(|()| "confirmed")
        }
        Content::Unsubscribed => {
            tracing::warn!(sns.topic = %accepted.topic, "the subscription ended; alarms of this topic are polled only");
            Ok("noted")
        }
    };
    // Remembered last: a message whose effect failed must be accepted when SNS tries again.
    let remembered = match done {
        Ok(line) => keep::remember(&hooks, accepted.message_id, accepted.sent).await.map(|()| line),
        Err(reason) => Err(reason),
    };
    match remembered {
        Ok(line) => answer(StatusCode::OK, line),
        Err(reason) => {
            tracing::error!(%reason, "an SNS message could not be acted on");
            answer(StatusCode::SERVICE_UNAVAILABLE, "try again later")
        }
    }
}
