//! `POST /hooks/eventbridge`: an API destination with a key, or a Lambda function that forwards.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::State;
use axum::response::Response;
use http::header::AUTHORIZATION;
use http::{HeaderMap, StatusCode};
use incidents::read_message;

use super::{Hooks, answer, keep};

/// The header an API destination's connection is to send the key in. `Authorization: Bearer <key>`
/// does as well.
const KEY_HEADER: &str = "x-loadlens-key";

/// Shortest key, in characters: below it guessing pays.
const MIN_KEY_CHARS: usize = 24;

/// The key that callers of `/hooks/eventbridge` must send.
#[derive(Clone)]
pub struct EventKey(String);

/// A key that is too short.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the key has less than {MIN_KEY_CHARS} characters; make one with: openssl rand -hex 32")]
pub struct WeakKey;

impl EventKey {
    /// A key of at least 24 characters.
    ///
    /// # Errors
    /// [`WeakKey`] when it is shorter.
    pub fn new(key: impl Into<String>) -> Result<Self, WeakKey> {
        let key = key.into();
        if key.chars().count() < MIN_KEY_CHARS { Err(WeakKey) } else { Ok(Self(key)) }
    }

    /// Whether `other` is the key; takes the same time wherever they differ.
    fn is(&self, other: &str) -> bool {
        let (own, other) = (self.0.as_bytes(), other.as_bytes());
        let differences = own.iter().zip(other).fold(0, |sum, (a, b)| sum | (a ^ b));
        own.len() == other.len() && differences == 0
    }
}

impl std::fmt::Debug for EventKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("EventKey(…)")
    }
}

/// Receives an event about an alarm, or the payload of a Lambda alarm action.
pub(super) async fn receive(State(hooks): State<Arc<Hooks>>, headers: HeaderMap, body: Bytes) -> Response {
    let Some(key) = &hooks.config.event_key else {
        return answer(StatusCode::NOT_FOUND, "no key for EventBridge is configured; set eventbridge-key");
    };
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let bearer = text(AUTHORIZATION.as_str()).and_then(|value| value.strip_prefix("Bearer "));
    if !text(KEY_HEADER).or(bearer).is_some_and(|sent| key.is(sent)) {
        return answer(StatusCode::UNAUTHORIZED, "the key is missing or wrong");
    }
    let message = std::str::from_utf8(&body).map_err(|_| incidents::PayloadError::NotJson).and_then(read_message);
    let message = match message {
        Ok(message) => message,
        Err(reason) => {
            tracing::warn!(%reason, "an event was refused");
            return answer(StatusCode::BAD_REQUEST, reason);
        }
    };
    match keep::keep(&hooks, message).await {
        Ok(()) => answer(StatusCode::OK, "received"),
        Err(reason) => {
            tracing::error!(%reason, "an event could not be kept");
            answer(StatusCode::SERVICE_UNAVAILABLE, "try again later")
        }
    }
}
