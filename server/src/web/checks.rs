//! What is refused before it reaches a handler: foreign hosts (DNS rebinding), addresses that are
//! too long, and requests another site makes a browser send.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::header::{CONTENT_TYPE, HOST, ORIGIN};
use http::{HeaderMap, Method, StatusCode};

/// Longest path and query.
const MAX_ADDRESS_BYTES: usize = 8 * 1024;

/// Paths whose callers are machines elsewhere that prove themselves by signature or key.
const MACHINES: &str = "/hooks/";

/// The path scripts send to: JSON, which no form of another site can send without asking first.
const SCRIPTS: &str = "/api/v1/deploys";

/// Paths only our own pages read.
const PANELS: &str = "/api/page/";

/// The hosts a browser may call us by.
#[derive(Clone, Debug)]
pub(super) struct Hosts {
    /// On a loopback address only its own names are ours; elsewhere a proxy names the host.
    names: Option<Arc<[String]>>,
}

impl Hosts {
    pub(super) fn of(address: SocketAddr) -> Self {
        let port = address.port();
        let ip = address.ip().to_string();
        let ip = if address.is_ipv6() { format!("[{ip}]") } else { ip };
        let names = [ip, "localhost".to_owned(), "127.0.0.1".to_owned(), "[::1]".to_owned()];
        let names = names.iter().flat_map(|name| [format!("{name}:{port}"), name.clone()]);
        Self { names: address.ip().is_loopback().then(|| names.collect()) }
    }

    fn know(&self, headers: &HeaderMap) -> bool {
        let Some(names) = &self.names else { return true };
        let host = headers.get(HOST).and_then(|host| host.to_str().ok());
        host.is_some_and(|host| names.iter().any(|name| name.eq_ignore_ascii_case(host)))
    }
}

/// Refuses with one line that says why.
pub(super) async fn refuse_foreign(State(hosts): State<Hosts>, request: Request, next: Next) -> Response {
    let address = request.uri().path_and_query().map_or(0, |address| address.as_str().len());
    if address > MAX_ADDRESS_BYTES {
        return plain(StatusCode::URI_TOO_LONG, "the address is longer than 8 KiB");
    }
    if !hosts.know(request.headers()) {
        return plain(
            StatusCode::MISDIRECTED_REQUEST,
            "this host name is not ours; open the address that was printed at the start",
        );
    }
    if request.uri().path().starts_with(PANELS) && is_asked_by_another_site(request.headers()) {
        return plain(StatusCode::FORBIDDEN, "panels are read by our own pages only; scripts use /api/v1");
    }
    let is_reading = matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    let is_machine = request.uri().path().starts_with(MACHINES);
    let is_script = request.uri().path() == SCRIPTS && is_sent_by_script(request.headers());
    if !is_reading && !is_machine && !is_script && !is_from_here(request.headers()) {
        return plain(StatusCode::FORBIDDEN, "this request comes from another site and is refused");
    }
    next.run(request).await
}

/// Whether a browser says that another site made it ask.
fn is_asked_by_another_site(headers: &HeaderMap) -> bool {
    let site = headers.get("sec-fetch-site").and_then(|site| site.to_str().ok());
    site.is_some_and(|site| !matches!(site, "same-origin" | "none"))
}

/// Whether a script sent this: JSON, and no browser says that another site made it.
fn is_sent_by_script(headers: &HeaderMap) -> bool {
    let kind = headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let is_json = kind.split(';').next().is_some_and(|kind| kind.trim().eq_ignore_ascii_case("application/json"));
    is_json && headers.get(ORIGIN).is_none() && !is_asked_by_another_site(headers)
}

/// Whether a changing request was sent by one of our pages. Browsers say so in `Sec-Fetch-Site`, or
/// at least in `Origin`; a request with neither, or with a content type that no form of ours sends,
/// is refused.
fn is_from_here(headers: &HeaderMap) -> bool {
    let text = |name: &http::HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    let site = headers.get("sec-fetch-site").and_then(|site| site.to_str().ok());
    let is_form = text(&CONTENT_TYPE).is_some_and(|kind| kind.starts_with("application/x-www-form-urlencoded"));
    let same_origin = match (text(&ORIGIN), text(&HOST)) {
        (Some(origin), Some(host)) => {
            origin.strip_prefix("http://").or_else(|| origin.strip_prefix("https://")) == Some(host)
        }
        (None, _) => false,
        (Some(_), None) => false,
    };
    let is_ours = match site {
        Some("same-origin") => text(&ORIGIN).is_none() || same_origin,
        Some(_) => false,
        None => same_origin,
    };
    is_ours && is_form
}

/// One line of plain text.
pub(super) fn plain(status: StatusCode, line: &'static str) -> Response {
    (status, [(CONTENT_TYPE, "text/plain; charset=utf-8")], format!("{line}\n")).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        pairs
            .iter()
            .map(|(name, value)| (http::HeaderName::from_static(name), http::HeaderValue::from_static(value)))
            .collect()
    }

    #[test]
    fn only_our_own_forms_change_anything() {
        const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");
        const HOST: (&str, &str) = ("host", "127.0.0.1:3000");
        for (pairs, expected) in [
            (vec![FORM, HOST, ("sec-fetch-site", "same-origin"), ("origin", "http://127.0.0.1:3000")], true),
            (vec![FORM, HOST, ("origin", "http://127.0.0.1:3000")], true),
            (vec![FORM, HOST, ("sec-fetch-site", "cross-site"), ("origin", "http://127.0.0.1:3000")], false),
            (vec![FORM, HOST, ("sec-fetch-site", "same-site")], false),
            (vec![FORM, HOST, ("sec-fetch-site", "none")], false),
            (vec![FORM, HOST, ("origin", "http://evil.example")], false),
            (vec![FORM, HOST, ("origin", "null")], false),
            (vec![FORM, HOST], false),
            (vec![("content-type", "text/plain"), HOST, ("sec-fetch-site", "same-origin")], false),
        ] {
            assert_eq!(is_from_here(&headers(&pairs)), expected, "{pairs:?}");
        }
    }

    #[test]
    fn scripts_send_json_and_browsers_of_other_sites_nothing() {
        const JSON: (&str, &str) = ("content-type", "application/json; charset=utf-8");
        for (pairs, expected) in [
            (vec![JSON], true),
            (vec![JSON, ("sec-fetch-site", "none")], true),
            (vec![JSON, ("origin", "http://evil.example")], false),
            (vec![JSON, ("sec-fetch-site", "cross-site")], false),
            (vec![("content-type", "text/plain")], false),
            (vec![], false),
        ] {
            assert_eq!(is_sent_by_script(&headers(&pairs)), expected, "{pairs:?}");
        }
    }

    #[test]
    fn a_rebound_name_is_not_ours() {
        let hosts = Hosts::of("127.0.0.1:3000".parse().unwrap());
        for (host, expected) in [
            ("127.0.0.1:3000", true),
            ("localhost:3000", true),
            ("LOCALHOST", true),
            ("evil.example:3000", false),
            ("localhost:3001", false),
        ] {
            assert_eq!(hosts.know(&headers(&[("host", host)])), expected, "{host}");
        }
        assert!(!hosts.know(&HeaderMap::new()));
    }
}
