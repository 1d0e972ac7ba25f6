//! Security headers, on every response.

use axum::extract::Request;
use axum::middleware::Next;
use axum::response::Response;
use http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderName, HeaderValue, REFERRER_POLICY,
    X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};

use super::request::RequestMark;

/// Headers that never change.
const FIXED: [(HeaderName, &str); 6] = [
    (X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (X_FRAME_OPTIONS, "DENY"),
    (REFERRER_POLICY, "same-origin"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    (HeaderName::from_static("permissions-policy"), "camera=(), microphone=(), geolocation=(), clipboard-write=(self)"),
];

/// Sets them, with a content-security policy that knows the nonce of this response.
pub(super) async fn secure(request: Request, next: Next) -> Response {
    let nonce = request.extensions().get::<RequestMark>().map(|mark| mark.nonce.clone());
    let mut response = next.run(request).await;
    let is_html = response
        .headers()
        .get(CONTENT_TYPE)
        .and_then(|kind| kind.to_str().ok())
        .is_some_and(|kind| kind.starts_with("text/html"));
    let policy = policy(nonce.as_deref().filter(|_| is_html));
    let headers = response.headers_mut();
    for (name, value) in FIXED {
        headers.insert(name, HeaderValue::from_static(value));
    }
    if let Ok(policy) = HeaderValue::from_str(&policy) {
        headers.insert(CONTENT_SECURITY_POLICY, policy);
    }
    headers.entry(CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    response
}

/// Nothing but our own files; scripts only with the nonce of this response.
fn policy(nonce: Option<&str>) -> String {
    let scripts = nonce.map_or_else(
        || "script-src 'none'; style-src 'self' 'unsafe-inline'".to_owned(),
        |nonce| {
            format!("script-src 'nonce-{nonce}' 'strict-dynamic' 'wasm-unsafe-eval'; style-src 'self' 'nonce-{nonce}'")
        },
    );
    format!(
        "default-src 'none'; {scripts}; connect-src 'self'; img-src 'self' data:; base-uri 'none'; \
         object-src 'none'; frame-ancestors 'none'; form-action 'self'"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_run_only_their_own_scripts() {
        let page = policy(Some("abc"));
        assert!(page.contains("script-src 'nonce-abc' 'strict-dynamic' 'wasm-unsafe-eval'"));
        assert!(page.contains("style-src 'self' 'nonce-abc'"));
        for part in [
            "default-src 'none'",
            "base-uri 'none'",
            "object-src 'none'",
            "frame-ancestors 'none'",
            "form-action 'self'",
        ] {
            assert!(page.contains(part), "{part}");
        }
        assert!(policy(None).contains("script-src 'none'"));
    }
}
