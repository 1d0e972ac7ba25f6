//! An HTTP API in front of a function, as API Gateway makes one: payload format 2.0, stage
//! `$default`, one route.

use std::collections::BTreeMap;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Instant;

use axum::Router;
use axum::body::Body;
use axum::extract::{ConnectInfo, State};
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::header::{CONTENT_TYPE, COOKIE, SET_COOKIE, USER_AGENT};
use http::request::Parts;
use http::{HeaderMap, HeaderName, HeaderValue, Request, StatusCode};
use hyper::body::Bytes;
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::task::JoinSet;

use super::{Function, InvokeError, Outcome};
use crate::balancer::resource_id;
use crate::measure::{Dimensions, Meter, Metric, dimensions, now_ms};

/// Payload limit of the service: 10 MB.
const MOST_BYTES: usize = 10 << 20;
const STAGE: &str = "$default";

/// How an API is set up.
#[derive(Debug, Clone)]
pub struct GatewayConfig {
    /// Name of the API.
    pub name: String,
    /// Where it listens; port 0 picks a free one.
    pub listen: SocketAddr,
}

impl GatewayConfig {
    /// An API of that name on a free port of 127.0.0.1.
    pub fn new(name: impl Into<String>) -> Self {
        Self { name: name.into(), listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)) }
    }
}

/// A running API; dropping it closes its listener.
#[derive(Debug)]
pub struct Gateway {
    listen: SocketAddr,
    api_id: String,
    _tasks: JoinSet<()>,
}

#[derive(Debug)]
struct Shared {
    api_id: String,
    function: Function,
    meter: Meter,
    /// By API, and by API and stage.
    dims: [Dimensions; 2],
}

impl Gateway {
    /// Starts listening.
    ///
    /// # Errors
    /// When the address cannot be bound.
    pub async fn start(config: GatewayConfig, function: Function, meter: Meter) -> io::Result<Self> {
        let listener = TcpListener::bind(config.listen).await?;
        let listen = listener.local_addr()?;
        // Ids of APIs have ten characters.
        let api_id = resource_id(&config.name)[..10].to_owned();
        let dims = [dimensions([("ApiId", &api_id)]), dimensions([("ApiId", &api_id), ("Stage", STAGE)])];
        let shared = Arc::new(Shared { api_id: api_id.clone(), function, meter, dims });
        let router = Router::new().fallback(handle).with_state(shared);
        let serving = axum::serve(listener, router.into_make_service_with_connect_info::<SocketAddr>());
        let mut tasks = JoinSet::new();
        tasks.spawn(async move {
            if let Err(error) = serving.await {
                tracing::error!(%error, "gateway.ended");
            }
        });
        Ok(Self { listen, api_id, _tasks: tasks })
    }

    /// Base URL for clients.
    pub fn url(&self) -> String {
        format!("http://{}", self.listen)
    }

    /// Value of the `ApiId` dimension.
    pub fn api_id(&self) -> &str {
        &self.api_id
    }
}

async fn handle(
    State(shared): State<Arc<Shared>>,
    ConnectInfo(client): ConnectInfo<SocketAddr>,
    request: Request<Body>,
) -> Response {
    let started = Instant::now();
    let at_ms = now_ms();
    let (head, body) = request.into_parts();
    let Ok(body) = axum::body::to_bytes(body, MOST_BYTES).await else {
        return own(StatusCode::PAYLOAD_TOO_LARGE, "Request Entity Too Large");
    };
    let asked = Instant::now();
    let event = event(&shared.api_id, client, &head, &body, at_ms);
    let outcome = shared.function.invoke(Bytes::from(event.to_string())).await;
    let integration_ms = asked.elapsed().as_secs_f64() * 1_000.0;
    let response = match outcome {
        Ok(Outcome::Response(payload)) => {
            reply(&payload).unwrap_or_else(|| own(StatusCode::INTERNAL_SERVER_ERROR, "Internal Server Error"))
        }
        Ok(Outcome::FunctionError(_)) => own(StatusCode::INTERNAL_SERVER_ERROR, "Internal Server Error"),
        // As clients of HTTP APIs see a throttled function.
        Err(InvokeError::Throttled | InvokeError::NotStarted) => {
            own(StatusCode::SERVICE_UNAVAILABLE, "Service Unavailable")
        }
    };
    shared.measure(at_ms, response.status(), started, integration_ms, body.len());
    response
}

impl Shared {
    /// Error counts are entered as zero or one with every request: their average is the rate.
    fn measure(&self, at_ms: i64, status: StatusCode, started: Instant, integration_ms: f64, bytes: usize) {
        let one_if = |is: bool| if is { 1.0 } else { 0.0 };
        let values = [
            ("Count", "Count", 1.0),
            ("4xx", "Count", one_if(status.is_client_error())),
            ("5xx", "Count", one_if(status.is_server_error())),
            ("Latency", "Milliseconds", started.elapsed().as_secs_f64() * 1_000.0),
            ("IntegrationLatency", "Milliseconds", integration_ms),
            ("DataProcessed", "Bytes", bytes as f64),
        ];
        for (name, unit, value) in values {
            let metric = Metric { namespace: "AWS/ApiGateway", name, unit };
            self.dims.iter().for_each(|dims| self.meter.add_at(at_ms, metric, dims, value, 1.0));
        }
    }
}

/// The event of payload format 2.0: headers in lower case, several values joined by commas,
/// cookies apart.
fn event(api_id: &str, client: SocketAddr, head: &Parts, body: &Bytes, at_ms: i64) -> Value {
    let header = |name: &HeaderName| head.headers.get(name).and_then(|value| value.to_str().ok());
    let cookies: Vec<&str> = header(&COOKIE).into_iter().flat_map(|value| value.split("; ")).collect();
    let (text, is_base64) = match std::str::from_utf8(body) {
        Ok(text) => (text.to_owned(), false),
        Err(_) => (STANDARD.encode(body), true),
    };
    let path = head.uri.path();
    let mut event = json!({
        "version": "2.0",
        "routeKey": STAGE,
        "rawPath": path,
        "rawQueryString": head.uri.query().unwrap_or_default(),
        "headers": joined(&head.headers),
        "requestContext": {
            "accountId": "000000000000",
            "apiId": api_id,
            "domainName": format!("{api_id}.execute-api.us-east-1.amazonaws.com"),
            "domainPrefix": api_id,
            "http": {
                "method": head.method.as_str(),
                "path": path,
                "protocol": "HTTP/1.1",
                "sourceIp": client.ip().to_string(),
                "userAgent": header(&USER_AGENT).unwrap_or_default(),
            },
            "requestId": format!("{at_ms:x}"),
            "routeKey": STAGE,
            "stage": STAGE,
            "timeEpoch": at_ms,
        },
        "isBase64Encoded": is_base64,
    });
    if !cookies.is_empty() {
        event["cookies"] = json!(cookies);
    }
    if !text.is_empty() {
        event["body"] = json!(text);
    }
    event
}

fn joined(headers: &HeaderMap) -> BTreeMap<&str, String> {
    let mut joined: BTreeMap<&str, String> = BTreeMap::new();
    for (name, value) in headers.iter().filter(|(name, _)| **name != COOKIE) {
        let value = String::from_utf8_lossy(value.as_bytes());
        joined
            .entry(name.as_str())
            .and_modify(|before| {
                before.push(',');
                before.push_str(&value);
            })
            .or_insert_with(|| value.into_owned());
    }
    joined
}

/// What a function answers.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct FunctionReply {
    status_code: u16,
    #[serde(default)]
    headers: BTreeMap<String, String>,
    #[serde(default)]
    multi_value_headers: BTreeMap<String, Vec<String>>,
    #[serde(default)]
    cookies: Vec<String>,
    #[serde(default)]
    body: Option<String>,
    #[serde(default)]
    is_base64_encoded: bool,
}

/// `None` when the answer cannot be understood: the client then gets a 500.
fn reply(payload: &Bytes) -> Option<Response> {
    let reply: FunctionReply = serde_json::from_slice(payload).ok()?;
    let text = reply.body.unwrap_or_default();
    let body = if reply.is_base64_encoded { STANDARD.decode(text).ok()? } else { text.into_bytes() };
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = StatusCode::from_u16(reply.status_code).ok()?;
    let many = reply
        .multi_value_headers
        .into_iter()
        .flat_map(|(name, values)| values.into_iter().map(move |value| (name.clone(), value)));
    for (name, value) in reply.headers.into_iter().chain(many) {
        let name = HeaderName::try_from(name).ok()?;
        response.headers_mut().insert(name, HeaderValue::try_from(value).ok()?);
    }
    for cookie in reply.cookies {
        response.headers_mut().append(SET_COOKIE, HeaderValue::try_from(cookie).ok()?);
    }
    Some(response)
}

/// An answer of the API itself.
fn own(status: StatusCode, message: &str) -> Response {
    let body = json!({ "message": message }).to_string();
    (status, [(CONTENT_TYPE, "application/json")], body).into_response()
}
