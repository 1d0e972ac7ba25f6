//! Who blocks whom.

use app::paths::parameter;
use axum::Json;
use axum::extract::{Path, RawQuery, State};
use ranking::BlockingQuery;
use serde_json::{Value, json};
use units::Timestamp;
use view::{BlockingView, Panel};

use super::answer::ApiError;
use super::request::query;
use crate::clock;
use crate::web::AppState;

/// The moment whose trees are asked for; the one with most sessions waiting when left out.
fn moment(search: &str) -> Result<Option<Timestamp>, ApiError> {
    let text = parameter(search, "at").filter(|text| !text.is_empty());
    let read =
        |text: String| text.parse::<Timestamp>().map_err(|error| ApiError::bad_parameter("at", error.to_string()));
    text.map(read).transpose()
}

pub(super) async fn blocking(
    State(state): State<AppState>,
    Path(id): Path<String>,
    RawQuery(search): RawQuery,
) -> Result<Json<Value>, ApiError> {
    let search = search.unwrap_or_default();
    let load = query(id, &search)?;
    let instance = load.instance.clone();
    let asked = BlockingQuery { load, at: moment(&search)?, digest: None };
    Ok(Json(match ranking::fetch_blocking(&state.reader, &asked, clock::now()).await? {
        Panel::Data(view) => json!({ "instance": instance, "blocking": value(&view) }),
        Panel::Empty => json!({ "instance": instance, "blocking": null }),
        Panel::Trouble(trouble) => return Err(trouble.into()),
    }))
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
