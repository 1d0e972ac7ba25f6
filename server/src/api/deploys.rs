//! Deploys: announced by a pipeline, shown as marks, judged half an hour before and after.

use app::paths::{DbPage, parameter};
use axum::Json;
use axum::body::Bytes;
use axum::extract::{RawQuery, State};
use http::StatusCode;
use samples::{Marker, MarkerKind};
use serde::Deserialize;
use serde_json::{Value, json};
use units::{ResourceId, Timestamp, Window, Zone};

use super::answer::ApiError;
use super::compare::digest_value;
use crate::clock;
use crate::web::AppState;

/// Longest label.
pub(super) const MAX_LABEL_CHARS: usize = 120;
/// A deploy may be announced this long before it happens: clocks differ.
const MOST_AHEAD_SECS: i64 = 600;
/// And this long after, for a pipeline that was late: what the archive keeps minutes of.
const MOST_BEHIND_SECS: i64 = 400 * 86_400;

/// A deploy as it is announced.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Announced {
    label: String,
    at: Option<String>,
    instance: Option<String>,
}

/// Keeps a deploy. The same announcement again changes nothing.
pub(super) async fn announce(
    State(state): State<AppState>,
    body: Bytes,
) -> Result<(StatusCode, Json<Value>), ApiError> {
    let announced: Announced = serde_json::from_slice(&body)
        .map_err(|error| ApiError::bad_parameter("body", format!("the body is no deploy: {error}")))?;
    let marker = read(&state, announced)?;
    let kept = marker.clone();
    let archive = state.reader.archive().clone();
    let written = tokio::task::spawn_blocking(move || archive.put_markers(&[kept])).await;
    written.map_err(|_| ranking::Error::CutOff)?.map_err(ranking::Error::from)?;
    Ok((StatusCode::CREATED, Json(marker_value(&marker))))
}

fn read(state: &AppState, announced: Announced) -> Result<Marker, ApiError> {
    let now = clock::now();
    let label = announced.label.trim().to_owned();
    let is_plain =
        !label.is_empty() && label.chars().count() <= MAX_LABEL_CHARS && !label.chars().any(char::is_control);
    if !is_plain {
        let words = format!("a label has 1 to {MAX_LABEL_CHARS} characters on one line");
        return Err(ApiError::bad_parameter("label", words));
    }
    let at = match announced.at {
        None => now,
        Some(text) => text.parse::<Timestamp>().map_err(|error| ApiError::bad_parameter("at", error.to_string()))?,
    };
    if at > now.plus_secs(MOST_AHEAD_SECS) || at < now.plus_secs(-MOST_BEHIND_SECS) {
        return Err(ApiError::bad_parameter("at", format!("{at} is in the future, or too long ago to be kept")));
    }
    let instance = announced.instance.map(|name| ranking::find_instance(state.reader.archive(), &name)).transpose()?;
    Ok(Marker { at, kind: MarkerKind::Deploy, instance, label })
}

/// Window and instance of a request; every instance when none is named.
fn asked(state: &AppState, search: &str) -> Result<(Window, Option<ResourceId>), ApiError> {
    let page = DbPage::parse(ResourceId(String::new()), search, &Zone::Utc);
    if let Some(reason) = page.refused.into_iter().next() {
        return Err(ApiError::bad_parameter("query", reason));
    }
    let window = page.query.range.resolve(clock::now()).map_err(ranking::Error::from)?;
    let name = parameter(search, "instance").filter(|name| !name.is_empty());
    let id = name.map(|name| ranking::find_instance(state.reader.archive(), &name)).transpose()?;
    Ok((window, id))
}

/// Deploys of a window: of one instance and those that concern all, or every one there is.
pub(super) async fn list(State(state): State<AppState>, RawQuery(search): RawQuery) -> Result<Json<Value>, ApiError> {
    let (window, id) = asked(&state, &search.unwrap_or_default())?;
    let archive = state.reader.archive();
    let ids = match id {
        Some(id) => vec![id],
        None => archive.instances().map_err(ranking::Error::from)?.into_iter().map(|instance| instance.id).collect(),
    };
    let mut deploys = Vec::new();
    // Those without an instance are told even when nothing is watched yet.
    for id in ids.into_iter().chain([ResourceId(String::new())]) {
        for marker in archive.markers(&id, window).map_err(ranking::Error::from)? {
            if marker.kind == MarkerKind::Deploy && !deploys.contains(&marker) {
                deploys.push(marker);
            }
        }
    }
    deploys.sort_by_key(|marker| marker.at);
    let deploys: Vec<Value> = deploys.iter().map(marker_value).collect();
    Ok(Json(json!({ "from": window.from.to_string(), "to": window.to.to_string(), "deploys": deploys })))
}

fn marker_value(marker: &Marker) -> Value {
    json!({ "at": marker.at.to_string(), "label": marker.label, "instance": marker.instance })
}

/// The newest deploys of an instance, judged.
pub(super) async fn cards(State(state): State<AppState>, RawQuery(search): RawQuery) -> Result<Json<Value>, ApiError> {
    let (window, id) = asked(&state, &search.unwrap_or_default())?;
    let id = id.ok_or_else(|| ApiError::bad_parameter("instance", "an instance is needed"))?;
    let cards = ranking::judge_deploys(&state.reader, &id, window, clock::now()).await?;
    let cards = cards.iter().map(|card| {
        json!({
            "label": card.label,
            "at": card.windows.1.from.to_string(),
            "before_aas": card.mean.0,
            "after_aas": card.mean.1,
            "digests": card.digests.iter().map(digest_value).collect::<Vec<_>>(),
        })
    });
    Ok(Json(json!({ "instance": id, "deploys": cards.collect::<Vec<_>>() })))
}
