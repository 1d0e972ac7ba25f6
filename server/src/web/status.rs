//! The state of the process: alive, ready, measured.

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use http::header::CONTENT_TYPE;

use super::AppState;

/// Alive: the process answers.
pub(super) async fn healthz() -> &'static str {
    "ok\n"
}

/// Ready: 200 when all parts are, else 503; the body says which.
pub(super) async fn readyz(State(state): State<AppState>) -> Response {
    let ready = (state.readiness)();
    let status = if ready.all() { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (status, Json(ready)).into_response()
}

/// Metrics in Prometheus' text format.
pub(super) async fn metrics(State(state): State<AppState>) -> Response {
    match state.metrics {
        Some(handle) => ([(CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], handle.render()).into_response(),
        None => super::checks::plain(StatusCode::NOT_FOUND, "metrics are not recorded by this command"),
    }
}
