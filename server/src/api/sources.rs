//! How collection fares.

use axum::Json;
use axum::extract::State;
use serde_json::{Value, json};
use units::Timestamp;
use view::SourceLine;

use super::answer::ApiError;
use crate::clock;
use crate::web::AppState;

pub(super) async fn sources(State(state): State<AppState>) -> Result<Json<Value>, ApiError> {
    let view = ranking::fetch_sources(&state.reader, clock::now()).await?;
    let lines: Vec<Value> = view.lines.iter().map(line_value).collect();
    Ok(Json(json!({
        "sources": lines,
        "archive_bytes": view.archive_bytes,
    })))
}

fn line_value(line: &SourceLine) -> Value {
    let time = |at: Option<Timestamp>| at.map(|at| at.to_string());
    json!({
        "source": line.source,
        "instance": line.instance.as_ref().map(|(id, _)| id),
        "name": line.instance.as_ref().map(|(_, name)| name),
        "collected_to": time(line.collected_to),
        "succeeded_at": time(line.succeeded_at),
        "trouble": line.trouble,
        "said": line.said,
        "since": time(line.since),
        "failures": line.failures,
        "refused": line.notes,
        "backfill_share": line.filling,
        "simulated": line.simulated,
    })
}
