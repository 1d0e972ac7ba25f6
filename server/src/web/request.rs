//! The identity of a request: an id for the log and a nonce for its scripts.

use std::time::Instant;

use axum::extract::Request;
use axum::middleware::Next;
use axum::response::Response;
use http::HeaderValue;
use tracing::Instrument;

/// Id and nonce, as an extension of the request.
#[derive(Clone, Debug)]
pub(super) struct RequestMark {
    /// 16 hex digits; in the log, in `x-request-id`, and in messages to the reader.
    pub(super) id: String,
    /// 128 random bits in hex, for the scripts of this response only.
    pub(super) nonce: String,
}

/// Gives the request its mark, runs it in a span, counts and logs it.
pub(super) async fn identify(mut request: Request, next: Next) -> Response {
    let mark = RequestMark { id: random_hex().split_off(16), nonce: random_hex() };
    request.extensions_mut().insert(mark.clone());
    let method = request.method().clone();
    let path = request.uri().path().to_owned();
    let span = tracing::info_span!("request", request.id = %mark.id, http.method = %method, http.path = %path);
    let started = Instant::now();
    let mut response = next.run(request).instrument(span.clone()).await;
    if let Ok(id) = HeaderValue::from_str(&mark.id) {
        response.headers_mut().insert("x-request-id", id);
    }
    let status = response.status();
    let duration = started.elapsed();
    let labels = [("status", status.as_u16().to_string()), ("kind", kind_of(&path).to_owned())];
    metrics::counter!("loadlens_http_requests_total", &labels).increment(1);
    metrics::histogram!("loadlens_http_request_seconds", "kind" => kind_of(&path)).record(duration.as_secs_f64());
    span.in_scope(|| {
        let duration_ms = duration.as_secs_f64() * 1000.0;
        // That the process is not ready yet is an answer, asked for every second by those who wait.
        if status.is_server_error() && kind_of(&path) != "status" {
            tracing::warn!(http.status = status.as_u16(), duration_ms, "answered");
        } else {
            tracing::debug!(http.status = status.as_u16(), duration_ms, "answered");
        }
    });
    response
}

/// The sort of a path, so that metrics have a bounded number of labels.
fn kind_of(path: &str) -> &'static str {
    match path.split('/').nth(1).unwrap_or_default() {
        "" => "fleet",
        "db" => "db",
        "pkg" => "asset",
        "api" if path.starts_with("/api/page") => "panel",
        "api" => "api",
        "hooks" => "hook",
        "healthz" | "readyz" | "metrics" => "status",
        _ => "page",
    }
}

/// 128 random bits as 32 hex digits: a fresh UUID carries 122 and two of them are mixed.
fn random_hex() -> String {
    let (a, b) = (uuid::Uuid::new_v4().as_u128(), uuid::Uuid::new_v4().as_u128());
    format!("{:032x}", a ^ b.rotate_left(64))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nonces_do_not_repeat() {
        let nonces: std::collections::BTreeSet<String> = (0..10_000).map(|_| random_hex()).collect();
        assert_eq!(nonces.len(), 10_000);
        assert!(nonces.iter().all(|nonce| nonce.len() == 32));
    }
}
