//! Who blocks whom.

use app::paths::parameter;
use axum::Json;
use axum::extract::{Path, RawQuery, State};
use axum::response::Response;
use http::HeaderMap;
use ranking::BlockingQuery;
use serde_json::{Value, json};
use units::{DbLoadQuery, Timestamp};
use view::{BlockingView, Panel};

use super::answer::{ApiError, csv};
use super::request::{permalink, query};
use crate::clock;
use crate::web::AppState;

/// The moment whose trees are asked for; the one with most sessions waiting when left out.
fn moment(search: &str) -> Result<Option<Timestamp>, ApiError> {
    let text = parameter(search, "at").filter(|text| !text.is_empty());
    let read =
        |text: String| text.parse::<Timestamp>().map_err(|error| ApiError::bad_parameter("at", error.to_string()));
    text.map(read).transpose()
}

async fn read(state: &AppState, query: &DbLoadQuery, search: &str) -> Result<Option<BlockingView>, ApiError> {
    let asked = BlockingQuery { load: query.clone(), at: moment(search)?, digest: None };
    match ranking::fetch_blocking(&state.reader, &asked, clock::now()).await? {
        Panel::Data(view) => Ok(Some(view)),
        Panel::Empty => Ok(None),
        Panel::Trouble(trouble) => Err(trouble.into()),
    }
}

pub(super) async fn blocking(
    State(state): State<AppState>,
    Path(id): Path<String>,
    RawQuery(search): RawQuery,
) -> Result<Json<Value>, ApiError> {
    let search = search.unwrap_or_default();
    let query = query(id, &search)?;
    let view = read(&state, &query, &search).await?;
    Ok(Json(json!({ "instance": query.instance, "blocking": view.as_ref().map(value) })))
}

pub(super) async fn blocking_csv(
    State(state): State<AppState>,
    Path(id): Path<String>,
    RawQuery(search): RawQuery,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let search = search.unwrap_or_default();
    let query = query(id, &search)?;
    let table = read(&state, &query, &search).await?.map(|view| view.table()).unwrap_or_default();
    Ok(csv(&table, &format!("blocking-{}.csv", query.instance), &permalink(&headers, &query, None)))
}

fn value(view: &BlockingView) -> Value {
    let moments = view.moments.iter().map(|one| json!({ "at": one.at.to_string(), "waiting": one.waiting }));
    json!({
        "at": view.at.map(|at| at.to_string()),
        "waiting": view.waiting,
        "trees": view.roots,
        "has_cycle": view.has_cycle,
        "flaw": view.flaw,
        "moments": moments.collect::<Vec<_>>(),
        "lost_aas": view.lost,
        "total_aas": view.total,
        "sessions": view.sessions,
        "statements": view.statements,
        "objects": view.objects,
    })
}
