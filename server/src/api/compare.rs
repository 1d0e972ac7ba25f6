//! Two windows side by side, and the search.

use app::paths::{ComparePage, parameter};
use axum::Json;
use axum::extract::{RawQuery, State};
use axum::response::Response;
use http::HeaderMap;
use ranking::CompareQuery;
use serde_json::{Value, json};
use units::ResourceId;
use view::{CompareDigest, CompareSide, CompareView, DataTable, Panel};

use super::answer::{ApiError, csv};
use super::sql::part_value;
use crate::clock;
use crate::web::AppState;

/// What a request compares.
fn asked(state: &AppState, search: &str) -> Result<CompareQuery, ApiError> {
    let page = ComparePage::parse(search);
    if let Some(reason) = page.refused.first() {
        return Err(ApiError::bad_parameter("query", reason.clone()));
    }
    if page.instance.is_empty() {
        return Err(ApiError::bad_parameter("instance", "an instance is needed"));
    }
    let (before, after) = page.windows(clock::now()).map_err(ranking::Error::from)?;
    let id = |name: &str| -> Result<ResourceId, ApiError> { Ok(ranking::find_instance(state.reader.archive(), name)?) };
    let after_id = id(&page.instance)?;
    let before_id = if page.before_instance.is_empty() { after_id.clone() } else { id(&page.before_instance)? };
    Ok(CompareQuery { before: (before_id, before), after: (after_id, after) })
}

async fn read(state: &AppState, search: &str) -> Result<Option<CompareView>, ApiError> {
    let query = asked(state, search)?;
    match ranking::fetch_compare(&state.reader, &query, clock::now()).await? {
        Panel::Data(view) => Ok(Some(view)),
        Panel::Empty => Ok(None),
        Panel::Trouble(trouble) => Err(trouble.into()),
    }
}

pub(super) async fn compare(
    State(state): State<AppState>,
    RawQuery(search): RawQuery,
) -> Result<Json<Value>, ApiError> {
    let view = read(&state, &search.unwrap_or_default()).await?;
    Ok(Json(view.map_or_else(|| json!({ "digests": [], "dimensions": [] }), |view| value(&view))))
}

fn value(view: &CompareView) -> Value {
    let dimensions = view.dimensions.iter().map(
        |dimension| json!({ "dimension": dimension.dimension, "rows": dimension.rows, "rest_aas": dimension.rest }),
    );
    json!({
        "before": side_value(&view.before),
        "after": side_value(&view.after),
        "digests": view.digests.iter().map(digest_value).collect::<Vec<_>>(),
        "digests_rest_aas": view.digests_rest,
        "dimensions": dimensions.collect::<Vec<_>>(),
    })
}

fn side_value(side: &CompareSide) -> Value {
    json!({
        "instance": side.instance.id,
        "name": side.instance.name,
        "from": side.window.from.to_string(),
        "to": side.window.to.to_string(),
        "mean_aas": side.mean,
        "peak_aas": side.peak,
        "coverage": side.coverage.share(),
    })
}

/// One digest on both sides.
pub(super) fn digest_value(digest: &CompareDigest) -> Value {
    json!({
        "digest": digest.digest,
        "statement": digest.statement,
        "kind": digest.kind,
        "before_aas": digest.before,
        "after_aas": digest.after,
        "change_aas": digest.change(),
        "calls_per_sec": { "before": digest.calls.0, "after": digest.calls.1 },
        "ms_per_call": { "before": digest.ms.0, "after": digest.ms.1 },
        "parts": digest.parts.iter().map(part_value).collect::<Vec<_>>(),
    })
}

/// A table of the comparison as CSV.
async fn table_csv(
    state: &AppState,
    (search, headers): (Option<String>, HeaderMap),
    file: &str,
    table: impl FnOnce(CompareView) -> DataTable,
) -> Result<Response, ApiError> {
    let search = search.unwrap_or_default();
    let view = read(state, &search).await?;
    let permalink = crate::web::origin_of(&headers) + &ComparePage::parse(&search).href();
    Ok(csv(&view.map(table).unwrap_or_default(), file, &permalink))
}

pub(super) async fn compare_csv(
    State(state): State<AppState>,
    RawQuery(search): RawQuery,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    table_csv(&state, (search, headers), "compare.csv", |view| view.table()).await
}

pub(super) async fn sides_csv(
    State(state): State<AppState>,
    RawQuery(search): RawQuery,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    table_csv(&state, (search, headers), "compare-sides.csv", |view| view.sides_table()).await
}

pub(super) async fn dimensions_csv(
    State(state): State<AppState>,
    RawQuery(search): RawQuery,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    table_csv(&state, (search, headers), "compare-dimensions.csv", |view| view.dimensions_table()).await
}

pub(super) async fn find(State(state): State<AppState>, RawQuery(search): RawQuery) -> Result<Json<Value>, ApiError> {
    let text = parameter(&search.unwrap_or_default(), "find").unwrap_or_default();
    if text.trim().is_empty() {
        return Err(ApiError::bad_parameter("find", "a text to look for is needed"));
    }
    let found = ranking::find(&state.reader, &text, clock::now()).await?;
    let instances = found.instances.iter().map(|facts| json!({ "id": facts.id, "name": facts.name }));
    Ok(Json(json!({
        "instances": instances.collect::<Vec<_>>(),
        "statements": found.digests,
        "tables": found.tables,
    })))
}
