//! One statement on an instance.

use axum::Json;
use axum::extract::{Path, RawQuery, State};
use axum::response::Response;
use http::{HeaderMap, StatusCode};
use serde_json::{Value, json};
use units::{DbLoadQuery, DigestId};
use view::{ChangePart, ChangeView, Panel, SqlPageView};

use super::answer::{ApiError, csv};
use super::load::{load_value, times};
use super::request::{digest, permalink, query};
use super::top::sql_row;
use crate::clock;
use crate::web::AppState;

/// The page of a digest; `None` when it ran in neither window.
async fn read(state: &AppState, query: &DbLoadQuery, digest: DigestId) -> Result<Option<SqlPageView>, ApiError> {
    match ranking::fetch_sql_page(&state.reader, query, digest, clock::now()).await? {
        None => {
            let mend = "GET /api/v1/instances/{id}/top lists the statements of a window";
            Err(ApiError::new(StatusCode::NOT_FOUND, format!("nobody saw {digest}"), "digest", mend))
        }
        Some(Panel::Data(view)) => Ok(Some(view)),
        Some(Panel::Empty) => Ok(None),
        Some(Panel::Trouble(trouble)) => Err(trouble.into()),
    }
}

pub(super) async fn page(
    State(state): State<AppState>,
    Path((id, text)): Path<(String, String)>,
    RawQuery(search): RawQuery,
) -> Result<Json<Value>, ApiError> {
    let (query, digest) = (query(id, &search.unwrap_or_default())?, digest(&text)?);
    Ok(Json(match read(&state, &query, digest).await? {
        Some(view) => value(&query, &view),
        None => json!({ "instance": query.instance, "digest": digest, "row": null }),
    }))
}

fn value(query: &DbLoadQuery, view: &SqlPageView) -> Value {
    let calls = view.calls.iter().map(|series| {
        json!({
            "figure": series.figure,
            "unit": series.unit,
            "mean": series.mean,
            "before": series.mean_before,
            "values": series.values,
            "compare": series.ghost,
        })
    });
    let facts = &view.statement;
    json!({
        "instance": query.instance,
        "digest": facts.digest,
        "statement": {
            "normal_form": facts.normal_form,
            "masked": facts.masked,
            "engine": facts.engine,
            "kind": facts.kind,
            "tables": facts.tables,
            "tags": facts.tags,
            "truncated": facts.truncated,
            "parsed": facts.tree,
            "first_seen": facts.first_seen.map(|at| at.to_string()),
            "last_seen": facts.last_seen.map(|at| at.to_string()),
        },
        "row": sql_row(&view.row),
        "load": load_value(query, &view.load),
        "instance_load": view.whole,
        "times": times(&view.load.axis),
        "calls": calls.collect::<Vec<_>>(),
        "change": view.change.as_ref().map(change_value),
        "verdict": view.verdict,
        "findings": view.findings,
        "columns": view.columns,
        "index_hypotheses": view.hypotheses,
        "explain": view.explain,
        "aws_cli": view.source.calls,
    })
}

fn change_value(change: &ChangeView) -> Value {
    let window = |window: units::Window| json!({ "from": window.from.to_string(), "to": window.to.to_string() });
    json!({
        "before_aas": change.before,
        "after_aas": change.after,
        "before": window(change.before_window),
        "after": window(change.window),
        "parts": change.parts.iter().map(part_value).collect::<Vec<_>>(),
    })
}

/// One part of a change.
pub(super) fn part_value(part: &ChangePart) -> Value {
    json!({ "cause": part.cause, "delta_aas": part.delta, "from": part.from, "to": part.to })
}

pub(super) async fn series_csv(
    State(state): State<AppState>,
    Path((id, text)): Path<(String, String)>,
    RawQuery(search): RawQuery,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let (query, digest) = (query(id, &search.unwrap_or_default())?, digest(&text)?);
    let table = read(&state, &query, digest).await?.map(|view| view.table()).unwrap_or_default();
    Ok(csv(&table, &format!("sql-{digest}-{}.csv", query.instance), &permalink(&headers, &query, Some(digest))))
}

pub(super) async fn literals(
    State(state): State<AppState>,
    Path((id, text)): Path<(String, String)>,
    RawQuery(search): RawQuery,
) -> Result<Json<Value>, ApiError> {
    let (query, digest) = (query(id, &search.unwrap_or_default())?, digest(&text)?);
    let found = ranking::fetch_literals(&state.reader, &query, digest, clock::now()).await?;
    Ok(Json(match found {
        Panel::Data(view) => json!({
            "instance": query.instance,
            "digest": digest,
            "total_aas": view.total,
            "known_aas": view.known,
            "statements": view.statements,
            "slots": view.slots,
        }),
        Panel::Empty => json!({ "instance": query.instance, "digest": digest, "total_aas": 0.0, "slots": [] }),
        Panel::Trouble(trouble) => return Err(trouble.into()),
    }))
}

pub(super) async fn plans(
    State(state): State<AppState>,
    Path((id, text)): Path<(String, String)>,
    RawQuery(search): RawQuery,
) -> Result<Json<Value>, ApiError> {
    let (query, digest) = (query(id, &search.unwrap_or_default())?, digest(&text)?);
    Ok(Json(match ranking::fetch_plans(&state.reader, &query, digest, clock::now()).await? {
        Panel::Data(view) => {
            let flips = view.flips.iter();
            json!({
                "instance": query.instance,
                "digest": digest,
                "load": load_value(&query, &view.load),
                "plans": view.plans.iter().map(plan_value).collect::<Vec<_>>(),
                "unknown_aas": view.unknown,
                "none": view.none,
                "flips": flips
                    .map(|flip| json!({ "at": flip.at.to_string(), "from": flip.from, "to": flip.to }))
                    .collect::<Vec<_>>(),
                "aws_cli": view.source.calls,
            })
        }
        Panel::Empty => json!({ "instance": query.instance, "digest": digest, "load": null, "plans": [] }),
        Panel::Trouble(trouble) => return Err(trouble.into()),
    }))
}

fn plan_value(plan: &view::PlanRow) -> Value {
    json!({
        "id": plan.id,
        "mean_aas": plan.mean,
        "share": plan.share,
        "first": plan.first.map(|at| at.to_string()),
        "last": plan.last.map(|at| at.to_string()),
        "steps": plan.steps,
        "flaw": plan.flaw,
    })
}

pub(super) async fn elsewhere(
    State(state): State<AppState>,
    Path((id, text)): Path<(String, String)>,
    RawQuery(search): RawQuery,
) -> Result<Json<Value>, ApiError> {
    let (query, digest) = (query(id, &search.unwrap_or_default())?, digest(&text)?);
    let view = ranking::find_elsewhere(&state.reader, digest, &query.range, clock::now()).await?;
    Ok(Json(json!({ "digest": digest, "instances": view.rows })))
}
