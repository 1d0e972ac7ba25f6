//! The HTTP face: one router for pages, their panels, the API, assets and the state of the process.
//!
//! Every response passes the same layers, outermost first: request id and nonce, a catcher for
//! panics, the checks on host, length and origin, the security headers, compression, a time limit.

mod accept;
mod assets;
mod checks;
mod headers;
mod names;
mod pages;
mod panics;
mod request;
mod settings;
mod status;
mod zones;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::{get, post};
use incidents::links::Dashboard;
use metrics_exporter_prometheus::PrometheusHandle;
use ranking::Reader;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{DefaultPredicate, NotForContentType, Predicate};

pub(crate) use self::names::lead_to_id;
pub(crate) use self::pages::session;
pub use self::zones::offset_changes;
use crate::hooks::{self, Hooks};
use crate::{api, incident_files};

/// Largest body a request may have.
const MAX_BODY_BYTES: usize = 64 * 1024;

/// Longest time a request may take; interactive reads wait for AWS at most this long.
const MAX_REQUEST: Duration = Duration::from_secs(30);

/// How ready the process is: `/readyz` asks it at each request.
pub type Readiness = Arc<dyn Fn() -> Ready + Send + Sync>;

/// Which parts are ready to serve. Pages are served from the start; a reader finds load on them
/// once all parts are ready.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Ready {
    /// The archive is open.
    pub archive_open: bool,
    /// The first poll is done: the inventory was read, every instance tried, and load was read
    /// wherever it can be. A later failure does not undo it.
    pub first_poll_done: bool,
    /// The part that keeps the first poll from being done although it was tried.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failing: Option<String>,
    /// Why, and what to do, in one line.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
}

impl Ready {
    /// How a process with an open archive is, as its schedule tells.
    #[must_use]
    pub fn of(health: &samples::Health) -> Self {
        let fault = health.first_poll_fault();
        Self {
            archive_open: true,
            first_poll_done: health.first_poll_done(),
            failing: fault.map(|(part, _)| part.name().to_owned()),
            why: fault.map(|(_, refusal)| refusal.to_string()),
        }
    }

    /// Whether all parts are.
    #[must_use]
    pub const fn all(&self) -> bool {
        self.archive_open && self.first_poll_done
    }
}

/// What the web server needs.
#[derive(Clone)]
pub struct AppState {
    /// Reads the archive; give it a zone database with [`offset_changes`].
    pub reader: Reader,
    /// Where browsers reach us: what links in summaries and templates begin with.
    pub dashboard: Dashboard,
    /// Tells `/readyz`.
    pub readiness: Readiness,
    /// Renders `/metrics`; none when no recorder is installed.
    pub metrics: Option<PrometheusHandle>,
}

/// Serves `listener` until `shutdown` is cancelled, then lets open requests end.
///
/// # Errors
/// When the listener has no local address.
pub async fn serve(
    listener: TcpListener,
    state: AppState,
    hooks: Option<Arc<Hooks>>,
    shutdown: CancellationToken,
) -> std::io::Result<()> {
    let address = listener.local_addr()?;
    let router = router(state, address);
    let router = match hooks {
        Some(hooks) => router.merge(machines(hooks)),
        None => router,
    };
    accept::run(listener, router, shutdown).await;
    Ok(())
}

/// The router with all its layers. `address` is where it listens: it decides which hosts are ours.
pub fn router(state: AppState, address: SocketAddr) -> Router {
    let assets = assets::Assets::find();
    let pages = pages::router(&state, &assets);
    let hosts = checks::Hosts::of(address);
    Router::new()
        .merge(pages)
        .merge(api::router(state.clone()))
        .merge(incident_files::router())
        .route(app::paths::BUSIEST, get(names::lead_to_busiest))
        .route("/settings", post(settings::save))
        .route("/healthz", get(status::healthz))
        .route("/readyz", get(status::readyz))
        .route("/metrics", get(status::metrics))
        .with_state(state)
        .merge(assets::router(assets))
        .layer(DefaultBodyLimit::max(MAX_BODY_BYTES))
        .layer(tower_http::limit::RequestBodyLimitLayer::new(MAX_BODY_BYTES))
        .layer(from_fn(limit_time))
        .layer(CompressionLayer::new().compress_when(compressible()))
        .layer(from_fn(headers::secure))
        .layer(from_fn_with_state(hosts, checks::refuse_foreign))
        .layer(from_fn(panics::catch))
        .layer(from_fn(request::identify))
}

/// Scheme and host a request came by, as a proxy in front tells them; empty without a host.
pub(crate) fn origin_of(headers: &http::HeaderMap) -> String {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let is_plain = |host: &&str| host.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-:[]".contains(&byte));
    let Some(host) = text("host").filter(is_plain) else { return String::new() };
    let scheme = if text("x-forwarded-proto") == Some("https") { "https" } else { "http" };
    format!("{scheme}://{host}")
}

/// What machines post to: no pages, so none of their layers but those that bound time and keep a
/// panic to its request. They prove themselves by signature or key.
fn machines(hooks: Arc<Hooks>) -> Router {
    hooks::router(hooks).layer(from_fn(limit_time)).layer(from_fn(panics::catch)).layer(from_fn(request::identify))
}

/// Small answers, pictures and what is packed already stay as they are.
fn compressible() -> impl Predicate {
    DefaultPredicate::new().and(NotForContentType::new("application/wasm"))
}

/// Answers 504 when a request takes too long; what it asked AWS for goes on and is archived.
async fn limit_time(request: axum::extract::Request, next: axum::middleware::Next) -> axum::response::Response {
    match tokio::time::timeout(MAX_REQUEST, next.run(request)).await {
        Ok(response) => response,
        Err(_) => checks::plain(http::StatusCode::GATEWAY_TIMEOUT, "the answer took too long; try again"),
    }
}
