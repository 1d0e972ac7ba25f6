//! One request: to a target and back, or answered by the balancer itself.

use std::error::Error;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Instant;

use http::header::{CONTENT_LENGTH, CONTENT_TYPE, HeaderName, HeaderValue, SERVER};
use http::uri::{Authority, Scheme};
use http::{HeaderMap, Request, Response, StatusCode, Uri};
use http_body_util::{BodyExt, Full, combinators::BoxBody};
use hyper::body::{Body, Bytes, Frame, Incoming, SizeHint};

use super::Shared;
use super::connection::ConnectError;
use super::metrics::BalancerMetrics;
use super::target::{Outstanding, TargetState};
use crate::measure::now_ms;

/// More addresses than this in `X-Forwarded-For` are refused with 463.
const MOST_FORWARDED: usize = 30;
const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
const FORWARDED_PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");
const FORWARDED_PORT: HeaderName = HeaderName::from_static("x-forwarded-port");
const TRACE_ID: HeaderName = HeaderName::from_static("x-amzn-trace-id");
/// They are about one connection, not about the request.
const HOP_BY_HOP: [&str; 8] = [
    "connection",
    "keep-alive",
    "proxy-authenticate",
    "proxy-authorization",
    "proxy-connection",
    "te",
    "trailer",
    "upgrade",
];

pub(super) type ReplyBody = BoxBody<Bytes, hyper::Error>;

/// Always an answer: what goes wrong is an answer too.
pub(super) async fn handle(shared: Arc<Shared>, client: SocketAddr, request: Request<Incoming>) -> Response<ReplyBody> {
    let metrics = &shared.metrics;
    let gone = ClientGone { metrics: metrics.clone(), is_answered: false };
    if forwarded_count(request.headers()) > MOST_FORWARDED {
        return gone.answer(own(metrics, 463));
    }
    let targets = shared.lock_targets().clone();
    let Some(target) = shared.picker.pick(&targets, shared.config.algorithm) else {
        return gone.answer(own(metrics, 503));
    };
    let sharing = targets.iter().filter(|other| other.state() == TargetState::Healthy).count();
    metrics.request(sharing);
    let outstanding = Outstanding::new(target);
    let port = shared.listen.port();
    let reply = match prepare(request, client, port, outstanding.target().address) {
        Ok(request) => send(&shared, outstanding, request).await,
        Err(_) => own(metrics, 400),
    };
    gone.answer(reply)
}

async fn send(shared: &Shared, outstanding: Outstanding, request: Request<Incoming>) -> Response<ReplyBody> {
    let metrics = &shared.metrics;
    let target = Arc::clone(outstanding.target());
    let started = Instant::now();
    let answer = tokio::time::timeout(shared.config.idle_timeout, target.client.request(request));
    let answered = tokio::select! {
        answered = answer => answered,
        // A target whose time to leave is over is cut off.
        () = target.cut_off.cancelled() => return own(metrics, 502),
    };
    match answered {
        Err(_) => own(metrics, 504),
        Ok(Err(error)) => {
            tracing::debug!(target.id = %target.id, %error, "balancer.target_failed");
            if error.is_connect() {
                metrics.connection_error();
            }
            own(metrics, if is_connect_timeout(&error) { 504 } else { 502 })
        }
        Ok(Ok(response)) => {
            metrics.response(response.status().as_u16(), started.elapsed());
            let (mut head, body) = response.into_parts();
            remove_hop_by_hop(&mut head.headers);
            Response::from_parts(head, Tracked { body, _outstanding: outstanding }.boxed())
        }
    }
}

fn is_connect_timeout(error: &(dyn Error + 'static)) -> bool {
    let mut source = Some(error);
    while let Some(found) = source {
        if matches!(found.downcast_ref(), Some(ConnectError::Timeout)) {
            return true;
        }
        source = found.source();
    }
    false
}

fn prepare(
    request: Request<Incoming>,
    client: SocketAddr,
    port: u16,
    target: SocketAddr,
) -> Result<Request<Incoming>, http::Error> {
    let (mut head, body) = request.into_parts();
    remove_hop_by_hop(&mut head.headers);
    let client_ip = client.ip().to_string();
    let forwarded_for = match head.headers.get(FORWARDED_FOR).and_then(|value| value.to_str().ok()) {
        Some(before) => format!("{before}, {client_ip}"),
        None => client_ip,
    };
    let trace_id = trace_id(head.headers.get(TRACE_ID).and_then(|value| value.to_str().ok()));
    head.headers.insert(FORWARDED_FOR, HeaderValue::try_from(forwarded_for)?);
    head.headers.insert(FORWARDED_PROTO, HeaderValue::from_static("http"));
    head.headers.insert(FORWARDED_PORT, HeaderValue::from(port));
    head.headers.insert(TRACE_ID, HeaderValue::try_from(trace_id)?);
    let mut uri = head.uri.into_parts();
    uri.scheme = Some(Scheme::HTTP);
    uri.authority = Some(Authority::try_from(target.to_string())?);
    uri.path_and_query.get_or_insert(http::uri::PathAndQuery::from_static("/"));
    head.uri = Uri::from_parts(uri)?;
    head.version = http::Version::HTTP_11;
    Ok(Request::from_parts(head, body))
}

/// A request without one starts a trace; one that has a root keeps it and gets our own id before
/// it, as the service does.
fn trace_id(found: Option<&str>) -> String {
    let secs = now_ms() / 1_000;
    let fresh = format!("1-{secs:08x}-{}", random_hex());
    match found {
        Some(before) if before.contains("Root=") => format!("Self={fresh};{before}"),
        _ => format!("Root={fresh}"),
    }
}

/// Twenty-four hexadecimal digits, different for every request: a trace id names, it does not hide.
fn random_hex() -> String {
    use std::hash::{BuildHasher, RandomState};
    let a = RandomState::new().hash_one(now_ms());
    let b = RandomState::new().hash_one(a);
    format!("{a:016x}{:08x}", b >> 32)
}

fn forwarded_count(headers: &HeaderMap) -> usize {
    let values = headers.get_all(FORWARDED_FOR).iter().filter_map(|value| value.to_str().ok());
    values.flat_map(|value| value.split(',')).filter(|address| !address.trim().is_empty()).count()
}

fn remove_hop_by_hop(headers: &mut HeaderMap) {
    for name in HOP_BY_HOP {
        headers.remove(name);
    }
}

/// An answer of the balancer itself.
fn own(metrics: &BalancerMetrics, status: u16) -> Response<ReplyBody> {
    metrics.own_response(status);
    let code = StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_GATEWAY);
    let reason = match status {
        503 => "Service Temporarily Unavailable",
        504 => "Gateway Time-out",
        _ => code.canonical_reason().unwrap_or("Bad Request"),
    };
    let title = format!("{status} {reason}");
    let html = format!("<html><head><title>{title}</title></head><body><h1>{title}</h1></body></html>\n");
    let length = HeaderValue::from(html.len());
    let mut response = Response::new(Full::from(html).map_err(|never| match never {}).boxed());
    *response.status_mut() = code;
    let headers = response.headers_mut();
    headers.insert(SERVER, HeaderValue::from_static("awselb/2.0"));
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/html"));
    headers.insert(CONTENT_LENGTH, length);
    response
}

/// Notices a client that went away before its answer: the service calls that 460.
struct ClientGone {
    metrics: BalancerMetrics,
    is_answered: bool,
}

impl ClientGone {
    fn answer(mut self, reply: Response<ReplyBody>) -> Response<ReplyBody> {
        self.is_answered = true;
        reply
    }
}

impl Drop for ClientGone {
    fn drop(&mut self) {
        if !self.is_answered {
            self.metrics.own_response(460);
        }
    }
}

/// A body on its way; its target is busy until it is through.
struct Tracked {
    body: Incoming,
    _outstanding: Outstanding,
}

impl Body for Tracked {
    type Data = Bytes;
    type Error = hyper::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, hyper::Error>>> {
        Pin::new(&mut self.body).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_trace_keeps_its_root() {
        assert!(trace_id(None).starts_with("Root=1-"));
        let kept = trace_id(Some("Root=1-67891233-abcdef012345678912345678"));
        assert!(kept.starts_with("Self=1-") && kept.ends_with(";Root=1-67891233-abcdef012345678912345678"), "{kept}");
        assert_eq!(trace_id(None).len(), "Root=1-67891233-abcdef012345678912345678".len());
    }

    #[test]
    fn forwarded_addresses_are_counted_over_all_headers() {
        let mut headers = HeaderMap::new();
        headers.append(FORWARDED_FOR, HeaderValue::from_static("1.1.1.1, 2.2.2.2"));
        headers.append(FORWARDED_FOR, HeaderValue::from_static("3.3.3.3"));
        assert_eq!(forwarded_count(&headers), 3);
    }
}
