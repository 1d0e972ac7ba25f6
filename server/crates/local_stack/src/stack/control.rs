//! The demonstration's control page: what runs, and buttons that break it.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, Request, State};
use axum::middleware::{self, Next};
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use http::header::{CONTENT_SECURITY_POLICY, HOST, ORIGIN};
use http::{HeaderMap, HeaderValue, Method, StatusCode};
use tokio::net::TcpListener;
use tokio::sync::Mutex;
use tokio::task::JoinSet;

use super::{Incident, Inventory, Running, StackError};
use crate::balancer::{TargetDescription, TargetState};
use crate::scaling::InstanceDescription;

const STYLE: &str = include_str!("control.css");
/// How much a slowed instance waits before each page.
const SLOW_MS: u32 = 1_500;
/// Activities shown.
const SHOWN_ACTIVITIES: usize = 12;

#[derive(Debug)]
pub(super) struct Control {
    listen: SocketAddr,
    tasks: Mutex<JoinSet<()>>,
}

impl Control {
    pub(super) async fn start(listen: SocketAddr, running: Arc<Running>) -> std::io::Result<Self> {
        let listener = TcpListener::bind(listen).await?;
        let listen = listener.local_addr()?;
        let mut tasks = JoinSet::new();
        let serving = axum::serve(listener, router(running));
        tasks.spawn(async move {
            if let Err(error) = serving.await {
                tracing::error!(%error, "control.ended");
            }
        });
        Ok(Self { listen, tasks: Mutex::new(tasks) })
    }

    pub(super) fn url(&self) -> String {
        format!("http://{}/", self.listen)
    }

    pub(super) async fn stop(&self) {
        self.tasks.lock().await.shutdown().await;
    }
}

fn router(running: Arc<Running>) -> Router {
    Router::new()
        .route("/", get(show))
        .route("/style.css", get(style))
        .route("/inventory", get(inventory))
        .route("/counts", get(counts))
        .route("/visitors/{verb}", post(act_on_visitors))
        .route("/instance/{id}/{action}", post(act_on_instance))
        .route("/incident/{name}/{state}", post(set_incident))
        .route("/group/desired/{size}", post(set_desired))
        .route("/function/concurrency/{most}", post(set_concurrency))
        .layer(middleware::from_fn(protect))
        .with_state(running)
}

/// Another page in the same browser must not press these buttons.
async fn protect(request: Request, next: Next) -> Response {
    if request.method() == Method::POST && !is_own_origin(request.headers()) {
        return (StatusCode::FORBIDDEN, "this request came from another page\n").into_response();
    }
    let mut response = next.run(request).await;
    let policy = HeaderValue::from_static("default-src 'none'; style-src 'self'; form-action 'self'");
    response.headers_mut().insert(CONTENT_SECURITY_POLICY, policy);
    response
}

fn is_own_origin(headers: &HeaderMap) -> bool {
    let text = |name| headers.get(name).and_then(|value: &HeaderValue| value.to_str().ok());
    let is_same_site =
        matches!(text(http::HeaderName::from_static("sec-fetch-site")), None | Some("same-origin" | "none"));
    let is_same_origin = match (text(ORIGIN), text(HOST)) {
        (Some(origin), Some(host)) => origin == format!("http://{host}"),
        // Programs send none.
        (None, _) => true,
        (Some(_), None) => false,
    };
    is_same_site && is_same_origin
}

async fn style() -> impl IntoResponse {
    ([(http::header::CONTENT_TYPE, "text/css")], STYLE)
}

async fn inventory(State(running): State<Arc<Running>>) -> axum::Json<Inventory> {
    axum::Json(running.inventory())
}

/// What the visitors say they sent, minute by minute, to be held against the dashboard.
async fn counts(State(running): State<Arc<Running>>) -> Result<axum::Json<serde_json::Value>, ControlError> {
    let (balancer, api) = (running.counts(&running.visitors), running.counts(&running.function_visitors));
    Ok(axum::Json(serde_json::json!({ "balancer": balancer.await?, "api": api.await? })))
}

async fn act_on_visitors(
    State(running): State<Arc<Running>>,
    Path(verb): Path<String>,
) -> Result<Redirect, ControlError> {
    let is_paused = match verb.as_str() {
        "pause" => true,
        "resume" => false,
        _ => return Err(ControlError::Unknown),
    };
    running.pause_traffic(is_paused).await?;
    Ok(Redirect::to("/"))
}

async fn act_on_instance(
    State(running): State<Arc<Running>>,
    Path((id, action)): Path<(String, String)>,
) -> Result<Redirect, ControlError> {
    let group = running.group.describe();
    let instance = group.instances.iter().find(|instance| instance.id == id).ok_or(ControlError::Unknown)?;
    let fault = match action.as_str() {
        "kill" => {
            running.group.kill(&id);
            return Ok(Redirect::to("/"));
        }
        "slow" => format!("delay/{SLOW_MS}"),
        "fast" => "delay/0".to_owned(),
        "sicken" => "unhealthy/1".to_owned(),
        "heal" => "unhealthy/0".to_owned(),
        _ => return Err(ControlError::Unknown),
    };
    let url = format!("http://{}/admin/faults/{fault}", instance.address);
    running.client.post(&url).await.map_err(StackError::from)?;
    Ok(Redirect::to("/"))
}

async fn set_incident(
    State(running): State<Arc<Running>>,
    Path((name, state)): Path<(String, String)>,
) -> Result<Redirect, ControlError> {
    let incident: Incident = name.parse().map_err(|_| ControlError::Unknown)?;
    let is_on = match state.as_str() {
        "on" => true,
        "off" => false,
        _ => return Err(ControlError::Unknown),
    };
    running.set_incident(incident, is_on).await?;
    Ok(Redirect::to("/"))
}

async fn set_desired(State(running): State<Arc<Running>>, Path(size): Path<u32>) -> Redirect {
    running.group.set_desired(size);
    Redirect::to("/")
}

async fn set_concurrency(State(running): State<Arc<Running>>, Path(most): Path<u32>) -> Redirect {
    running.function.set_concurrency(most);
    Redirect::to("/")
}

/// Why a button did nothing.
enum ControlError {
    Unknown,
    Failed(StackError),
}

impl From<StackError> for ControlError {
    fn from(error: StackError) -> Self {
        Self::Failed(error)
    }
}

impl IntoResponse for ControlError {
    fn into_response(self) -> Response {
        match self {
            Self::Unknown => (StatusCode::NOT_FOUND, "there is no such thing here\n").into_response(),
            Self::Failed(error) => (StatusCode::BAD_GATEWAY, format!("{error}\n")).into_response(),
        }
    }
}

/// Everything shown is our own data; only descriptions are sentences, and none holds markup.
async fn show(State(running): State<Arc<Running>>) -> Html<String> {
    let inventory = running.inventory();
    let group = &inventory.group;
    let instances: String =
        group.instances.iter().map(|instance| instance_row(instance, &inventory.balancer.targets)).collect();
    let incidents: String = Incident::ALL.into_iter().map(incident_row).collect();
    let activities: String = group
        .activities
        .iter()
        .take(SHOWN_ACTIVITIES)
        .map(|activity| format!("<li>{}: {}</li>", activity.description, activity.cause))
        .collect();
    let function = &inventory.function;
    let visitors = [("the balancer", &running.visitors), ("the function's API", &running.function_visitors)];
    let mut sent = String::new();
    for (name, visitors) in visitors {
        sent.push_str(&visitors_row(name, running.counts(visitors).await.as_ref()));
    }
    Html(format!(
        "<!doctype html><html lang=en><head><meta charset=utf-8><meta name=viewport content=\"width=device-width\">\
<title>Demo control</title><link rel=stylesheet href=\"/style.css\"></head><body><main><h1>Demo control</h1>\
<p><a href=\"{balancer}\">The shop behind its balancer</a> · <a href=\"{api}\">the shop as a function</a></p>\
<h2>Instances ({desired} wanted, {min} to {max})</h2><table><thead><tr><th>Instance</th><th>Life</th><th>Target</th>\
<th>Why</th><th>Requests</th><th></th></tr></thead><tbody>{instances}</tbody></table>\
<p>{fewer} {more}</p><h2>Visitors</h2><table><thead><tr><th>To</th><th>Sent</th><th>Answered</th><th>5xx</th>\
<th>Timed out</th><th>No connection</th></tr></thead><tbody>{sent}</tbody></table>\
<p><a href=\"/counts\">Their own counts, minute by minute</a></p><p>{pause} {resume}</p><h2>Incidents</h2><table><tbody>{incidents}</tbody></table>\
<h2>Function</h2><p>{busy} invocations under way, {sandboxes} processes, {concurrency} allowed at a time</p>\
<p>{throttle} {allow}</p><h2>What the group did</h2><ol>{activities}</ol></main></body></html>",
        balancer = inventory.balancer.url,
        api = inventory.api.url,
        desired = group.desired,
        min = group.min,
        max = group.max,
        fewer = button(&format!("/group/desired/{}", group.desired.saturating_sub(1)), "One fewer"),
        more = button(&format!("/group/desired/{}", group.desired + 1), "One more"),
        pause = button("/visitors/pause", "Pause"),
        resume = button("/visitors/resume", "Resume"),
        busy = function.busy,
        sandboxes = function.sandboxes,
        concurrency = function.concurrency,
        throttle = button("/function/concurrency/0", "Throttle everything"),
        allow = button("/function/concurrency/5", "Allow five"),
    ))
}

fn instance_row(instance: &InstanceDescription, targets: &[TargetDescription]) -> String {
    let target = targets.iter().find(|target| target.id == instance.id);
    let state = target.map_or(TargetState::Unused, |target| target.health.state);
    let why = target.and_then(|target| target.health.description.as_deref()).unwrap_or_default();
    let buttons: String =
        [("kill", "Kill"), ("slow", "Slow"), ("fast", "Fast"), ("sicken", "Make unhealthy"), ("heal", "Heal")]
            .map(|(action, label)| button(&format!("/instance/{}/{action}", instance.id), label))
            .join(" ");
    format!(
        "<tr><td>{}<br><small>{} · {}</small></td><td>{:?}</td><td>{state:?}</td><td>{why}</td><td>{}</td><td>{buttons}</td></tr>",
        instance.name,
        instance.id,
        instance.address,
        instance.lifecycle,
        target.map_or(0, |target| target.outstanding),
    )
}

fn visitors_row(name: &str, counts: Result<&serde_json::Value, &StackError>) -> String {
    let cells: String = match counts {
        Ok(counts) => ["sent", "received", "status_5xx", "timeouts", "failures"]
            .map(|figure| format!("<td>{}</td>", counts["total"][figure]))
            .concat(),
        Err(_) => "<td colspan=5>do not answer</td>".to_owned(),
    };
    format!("<tr><th>{name}</th>{cells}</tr>")
}

fn incident_row(incident: Incident) -> String {
    let name = incident.name();
    format!(
        "<tr><th>{name}</th><td>{}</td><td>{} {}</td></tr>",
        incident.description(),
        button(&format!("/incident/{name}/on"), "Begin"),
        button(&format!("/incident/{name}/off"), "End")
    )
}

fn button(action: &str, label: &str) -> String {
    format!("<form method=post action=\"{action}\"><button>{label}</button></form>")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_pages_may_not_press_buttons() {
        let headers = |pairs: &[(&'static str, &'static str)]| {
            let pairs = pairs
                .iter()
                .map(|(name, value)| (http::HeaderName::from_static(name), HeaderValue::from_static(value)));
            pairs.collect::<HeaderMap>()
        };
        assert!(is_own_origin(&headers(&[("host", "127.0.0.1:1")])));
        assert!(is_own_origin(&headers(&[("host", "127.0.0.1:1"), ("origin", "http://127.0.0.1:1")])));
        assert!(!is_own_origin(&headers(&[("host", "127.0.0.1:1"), ("origin", "http://evil.example")])));
        assert!(!is_own_origin(&headers(&[("host", "127.0.0.1:1"), ("sec-fetch-site", "cross-site")])));
    }
}
