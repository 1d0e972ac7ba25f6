//! What AWS posts to us: alarms through SNS (`POST /hooks/sns`) and `EventBridge`
//! (`POST /hooks/eventbridge`).
//!
//! Whoever calls proves himself: SNS by its signature, `EventBridge` by a key. A message is answered
//! with success only when what it says is durable. No address from a message is ever opened; the
//! one request that leaves for a message is for a certificate, and its address is made from the
//! configured topic. The hooks are no part of the reader's web: merge [`router`] beside its layers,
//! since SNS sends larger bodies than any form, as plain text and without an origin.

mod certificate;
mod eventbridge;
mod keep;
mod seen;
mod settings;
mod sns;

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use archive::Archive;
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use http::StatusCode;
use http::header::CONTENT_TYPE;
use incidents::AlarmMessage;
use incidents::sns::{CertificateUrl, MAX_BODY_BYTES, Receiver, TopicArn, Trust};
use tokio::sync::mpsc;
use units::Timestamp;

pub use certificate::{NotLoopback, over_loopback, over_tls};
pub use eventbridge::{EventKey, WeakKey};
use seen::SeenMessages;
pub use settings::{CheckedSettings, HookSettings, HookSettingsError, endpoint_of_environment};

/// A future that may move between threads.
pub type Boxed<T> = Pin<Box<dyn Future<Output = T> + Send>>;

/// Fetches a signing certificate; see [`over_tls`].
pub type FetchCertificate = Arc<dyn Fn(CertificateUrl) -> Boxed<Result<Vec<u8>, String>> + Send + Sync>;

/// Confirms a subscription through the SDK: `ConfirmSubscription(TopicArn, Token)`.
pub type ConfirmSubscription = Arc<dyn Fn(TopicArn, String) -> Boxed<Result<(), String>> + Send + Sync>;

/// What the hooks are built from.
pub struct HooksConfig {
    /// Topics whose messages are received; none switches `/hooks/sns` off.
    pub topics: Vec<TopicArn>,
    /// Whose signing certificates are believed.
    pub trust: Trust,
    /// How certificates are fetched.
    pub fetch_certificate: FetchCertificate,
    /// How subscriptions are confirmed.
    pub confirm_subscription: ConfirmSubscription,
    /// The key `EventBridge` sends; none switches `/hooks/eventbridge` off.
    pub event_key: Option<EventKey>,
    /// Gets every alarm message once it is durable; a full queue drops it, for the archive has it.
    pub alarms: Option<mpsc::Sender<AlarmMessage>>,
    /// The present.
    pub now: fn() -> Timestamp,
}

/// The state of both hooks.
pub struct Hooks {
    receiver: Receiver,
    seen: SeenMessages,
    archive: Archive,
    config: Parts,
}

/// The rest of [`HooksConfig`] once the receiver is made.
struct Parts {
    fetch_certificate: FetchCertificate,
    confirm_subscription: ConfirmSubscription,
    event_key: Option<EventKey>,
    alarms: Option<mpsc::Sender<AlarmMessage>>,
    now: fn() -> Timestamp,
}

impl Hooks {
    /// The hooks over an archive; messages received before a restart are known again.
    ///
    /// # Errors
    /// When the archive cannot be read.
    pub fn new(archive: Archive, config: HooksConfig) -> archive::Result<Arc<Self>> {
        let HooksConfig { topics, trust, fetch_certificate, confirm_subscription, event_key, alarms, now } = config;
        let seen = SeenMessages::load(&archive)?;
        let config = Parts { fetch_certificate, confirm_subscription, event_key, alarms, now };
        Ok(Arc::new(Self { receiver: Receiver::new(topics, trust), seen, archive, config }))
    }

    /// Whether any hook is on.
    #[must_use]
    pub fn is_on(&self) -> bool {
        self.receiver.has_topics() || self.config.event_key.is_some()
    }
}

/// The routes, with their own limit on bodies.
pub fn router(hooks: Arc<Hooks>) -> Router {
    Router::new()
        .route("/hooks/sns", post(sns::receive))
        .route("/hooks/eventbridge", post(eventbridge::receive))
        .layer(DefaultBodyLimit::max(MAX_BODY_BYTES))
        .with_state(hooks)
}

/// One line of plain text.
fn answer(status: StatusCode, line: impl std::fmt::Display) -> Response {
    (status, [(CONTENT_TYPE, "text/plain; charset=utf-8")], format!("{line}\n")).into_response()
}

#[cfg(test)]
#[cfg(feature = "local")]
mod live;
#[cfg(test)]
mod tests;
