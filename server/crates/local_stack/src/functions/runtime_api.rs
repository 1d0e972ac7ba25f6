//! The Lambda Runtime API, version 2018-06-01, one path prefix per process.

use std::sync::Arc;

use axum::Router;
use axum::extract::{DefaultBodyLimit, Path, State};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use http::{HeaderName, HeaderValue, StatusCode, header};
use hyper::body::Bytes;

use super::{Outcome, Shared};
use crate::measure::now_ms;

/// Payload limit of synchronous invocations: 6 MB and some room for JSON.
const MOST_BYTES: usize = 7 << 20;

pub(super) fn router(shared: Arc<Shared>) -> Router {
    Router::new()
        .route("/{sandbox}/2018-06-01/runtime/invocation/next", get(next))
        .route("/{sandbox}/2018-06-01/runtime/invocation/{id}/response", post(respond))
        .route("/{sandbox}/2018-06-01/runtime/invocation/{id}/error", post(fail))
        .route("/{sandbox}/2018-06-01/runtime/init/error", post(fail_init))
        .layer(DefaultBodyLimit::max(MOST_BYTES))
        .with_state(shared)
}

/// Waits for an event as long as it takes.
async fn next(State(shared): State<Arc<Shared>>, Path(sandbox): Path<u64>) -> Response {
    let Some(sandbox) = shared.sandbox(sandbox) else { return StatusCode::GONE.into_response() };
    sandbox.note_next();
    let Some(invocation) = sandbox.events.lock().await.recv().await else {
        return StatusCode::GONE.into_response();
    };
    shared.mark_delivered(&invocation.request_id);
    let deadline_ms = now_ms() + i64::try_from(shared.config.timeout.as_millis()).unwrap_or(i64::MAX);
    let mut response = invocation.payload.into_response();
    let trace_id = format!("Root=1-{:08x}-{:024x};Sampled=0", now_ms() / 1_000, sandbox.number);
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(HeaderName::from_static("lambda-runtime-deadline-ms"), HeaderValue::from(deadline_ms));
    for (name, value) in [
        ("lambda-runtime-aws-request-id", invocation.request_id.as_str()),
        ("lambda-runtime-invoked-function-arn", &shared.arn),
        ("lambda-runtime-trace-id", &trace_id),
    ] {
        if let Ok(value) = HeaderValue::from_str(value) {
            headers.insert(HeaderName::from_static(name), value);
        }
    }
    response
}

async fn respond(
    State(shared): State<Arc<Shared>>,
    Path((_sandbox, id)): Path<(u64, String)>,
    body: Bytes,
) -> StatusCode {
    accepted(shared.answer(&id, Outcome::Response(body)))
}

async fn fail(State(shared): State<Arc<Shared>>, Path((_sandbox, id)): Path<(u64, String)>, body: Bytes) -> StatusCode {
    accepted(shared.answer(&id, Outcome::FunctionError(body)))
}

/// The process could not get ready; what waits for it fails.
async fn fail_init(State(shared): State<Arc<Shared>>, Path(sandbox): Path<u64>, body: Bytes) -> StatusCode {
    tracing::warn!(function = %shared.config.name, error = %String::from_utf8_lossy(&body), "functions.init_error");
    shared.fail_all_of(sandbox);
    StatusCode::ACCEPTED
}

/// The service refuses an answer to an invocation that it does not know any more.
fn accepted(is_known: bool) -> StatusCode {
    if is_known { StatusCode::ACCEPTED } else { StatusCode::BAD_REQUEST }
}
