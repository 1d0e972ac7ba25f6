//! What can be taken from an incident, and what people add to it: the incident file, the snapshot,
//! notes.

use app::error::ViewError;
use app::paths;
use app::ssr::Source;
use axum::Router;
use axum::extract::{Form, Path, State};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use http::header::{CONTENT_DISPOSITION, CONTENT_TYPE, HeaderValue, LOCATION};
use http::request::Parts;
use http::{HeaderMap, StatusCode};
use incidents::snapshot::IncidentNote;
use serde::Deserialize;

use crate::clock;
use crate::web::{AppState, session};

/// Most notes of one incident: people write some, a script that errs does not fill the disk.
const MOST_NOTES: usize = 500;

/// The routes. Notes are a form of ours: the checks on origin before every handler hold for it.
pub(crate) fn router() -> Router<AppState> {
    Router::new()
        .route("/incidents/{id}/incident.html", get(file))
        .route("/incidents/{id}/snapshot.llinc", get(snapshot))
        .route("/incidents/{id}/notes", post(add_note))
}

fn source(state: &AppState, parts: &Parts) -> Source {
    let now = clock::now();
    let source = Source::new(state.reader.clone(), now).reached_at(state.dashboard.base().to_owned());
    source.with_session(session(parts, now, String::new()))
}

async fn file(State(state): State<AppState>, Path(id): Path<String>, parts: Parts) -> Response {
    match source(&state, &parts).incident_file(&id).await {
        Ok(html) => download(html.into_bytes(), "text/html; charset=utf-8", &format!("incident-{id}.html")),
        Err(error) => refused(&error),
    }
}

async fn snapshot(State(state): State<AppState>, Path(id): Path<String>, parts: Parts) -> Response {
    let source = source(&state, &parts);
    let of = id.clone();
    match tokio::task::spawn_blocking(move || source.snapshot_file(&of)).await {
        Ok(Ok(bytes)) => download(bytes, "application/octet-stream", &format!("incident-{id}.llinc")),
        Ok(Err(error)) => refused(&error),
        Err(_) => refused(&ViewError::Transport),
    }
}

fn download(bytes: Vec<u8>, kind: &'static str, name: &str) -> Response {
    let mut headers = HeaderMap::new();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    // Ids are digits, letters and hyphens; anything else was not found.
    if let Ok(value) = HeaderValue::from_str(&format!("attachment; filename=\"{name}\"")) {
        headers.insert(CONTENT_DISPOSITION, value);
    }
    (headers, bytes).into_response()
}

fn refused(error: &ViewError) -> Response {
    let status = match error {
        ViewError::NotFound { .. } => StatusCode::NOT_FOUND,
        ViewError::BadRequest { .. } => StatusCode::BAD_REQUEST,
        ViewError::Unavailable { .. } | ViewError::Transport => StatusCode::SERVICE_UNAVAILABLE,
    };
    line(status, &error.to_string())
}

fn line(status: StatusCode, text: &str) -> Response {
    (status, [(CONTENT_TYPE, "text/plain; charset=utf-8")], format!("{text}\n")).into_response()
}

/// The form of a note.
#[derive(Debug, Deserialize)]
struct NoteForm {
    #[serde(default)]
    by: String,
    text: String,
}

async fn add_note(State(state): State<AppState>, Path(id): Path<String>, Form(form): Form<NoteForm>) -> Response {
    let text = form.text.trim().replace("\r\n", "\n");
    let by: String = form.by.split_whitespace().collect::<Vec<_>>().join(" ");
    if text.is_empty() {
        return line(StatusCode::BAD_REQUEST, "the note is empty; write what you know and send it again");
    }
    if text.chars().count() > IncidentNote::MAX_CHARS || by.chars().count() > IncidentNote::MAX_NAME_CHARS {
        return line(StatusCode::BAD_REQUEST, "a note has at most 4000 characters and a name 64; shorten it");
    }
    let now = clock::now();
    let archive = state.reader.archive().clone();
    let of = id.clone();
    let kept = tokio::task::spawn_blocking(move || -> archive::Result<Option<StatusCode>> {
        let Some(incident) = archive.incident(&of)? else { return Ok(Some(StatusCode::NOT_FOUND)) };
        if archive.notes(&of)?.len() >= MOST_NOTES {
            return Ok(Some(StatusCode::CONFLICT));
        }
        let at = if incident.window.contains(now) { now } else { incident.at };
        archive.put_note(&of, &IncidentNote { at, written: now, by, text })?;
        Ok(None)
    });
    match kept.await {
        Ok(Ok(None)) => {
            let to = HeaderValue::from_str(&paths::incident(&id)).unwrap_or(HeaderValue::from_static(paths::INCIDENTS));
            (StatusCode::SEE_OTHER, [(LOCATION, to)]).into_response()
        }
        Ok(Ok(Some(StatusCode::NOT_FOUND))) => line(StatusCode::NOT_FOUND, "there is no such incident"),
        Ok(Ok(Some(status))) => line(status, "this incident has 500 notes, which is the most"),
        Ok(Err(error)) => {
            tracing::error!(%error, "a note could not be kept");
            line(StatusCode::SERVICE_UNAVAILABLE, "the note could not be kept; try again")
        }
        Err(_) => line(StatusCode::SERVICE_UNAVAILABLE, "the note could not be kept; try again"),
    }
}
