//! A panic in one request must not stop the others.

use axum::extract::Request;
use axum::middleware::Next;
use axum::response::Response;
use futures::FutureExt;
use http::StatusCode;

/// Turns a panic into an answer with status 500; the panic itself is in the log.
pub(super) async fn catch(request: Request, next: Next) -> Response {
    let path = request.uri().path().to_owned();
    let running = std::panic::AssertUnwindSafe(next.run(request)).catch_unwind();
    match running.await {
        Ok(response) => response,
        Err(panic) => {
            let words =
                panic.downcast_ref::<&str>().copied().or_else(|| panic.downcast_ref::<String>().map(String::as_str));
            tracing::error!(http.path = %path, panic = words.unwrap_or("unknown"), "a request panicked");
            super::checks::plain(
                StatusCode::INTERNAL_SERVER_ERROR,
                "something broke on our side; the log has the cause under the x-request-id of this answer",
            )
        }
    }
}
