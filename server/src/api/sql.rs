//! One statement on an instance.

use axum::Json;
use axum::extract::{FromRequestParts, Path, State};
use axum::response::Response;
use http::request::Parts;
use http::{HeaderMap, StatusCode};
use serde_json::{Value, json};
use units::{DbLoadQuery, DigestId};
use view::{ChangePart, ChangeView, DataTable, LiteralsView, Panel, PlansView, SqlPageView};

use super::answer::{ApiError, csv};
use super::load::{load_value, times};
use super::request::{digest, permalink, query};
use super::top::sql_row;
use crate::clock;
use crate::web::AppState;

/// What is asked of a statement: the same words as in the address of its page.
pub(super) struct Asked {
    query: DbLoadQuery,
    digest: DigestId,
    headers: HeaderMap,
}

impl FromRequestParts<AppState> for Asked {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, ApiError> {
        let path = Path::<(String, String)>::from_request_parts(parts, state).await;
        let Path((id, text)) = path.map_err(|error| ApiError::bad_parameter("path", error.body_text()))?;
        let query = query(id, parts.uri.query().unwrap_or_default())?;
        Ok(Self { query, digest: digest(&text)?, headers: parts.headers.clone() })
    }
}

impl Asked {
    /// The page of the digest; `None` when it ran in neither window.
    async fn page(&self, state: &AppState) -> Result<Option<SqlPageView>, ApiError> {
        match ranking::fetch_sql_page(&state.reader, &self.query, self.digest, clock::now()).await? {
            None => {
                let mend = "GET /api/v1/instances/{id}/top lists the statements of a window";
                Err(ApiError::new(StatusCode::NOT_FOUND, format!("nobody saw {}", self.digest), "digest", mend))
            }
            Some(panel) => data(panel),
        }
    }

    /// A table of the page as CSV.
    fn csv(&self, table: &DataTable, what: &str) -> Response {
        let file = format!("sql-{}-{what}{}.csv", self.digest, self.query.instance);
        csv(table, &file, &permalink(&self.headers, &self.query, Some(self.digest)))
    }

    /// A table of the page, empty when the statement ran in neither window.
    async fn page_csv(
        &self,
        state: &AppState,
        what: &str,
        table: impl FnOnce(SqlPageView) -> DataTable,
    ) -> Result<Response, ApiError> {
        Ok(self.csv(&self.page(state).await?.map(table).unwrap_or_default(), what))
    }
}

fn data<T>(panel: Panel<T>) -> Result<Option<T>, ApiError> {
    match panel {
        Panel::Data(view) => Ok(Some(view)),
        Panel::Empty => Ok(None),
        Panel::Trouble(trouble) => Err(trouble.into()),
    }
}

pub(super) async fn page(State(state): State<AppState>, asked: Asked) -> Result<Json<Value>, ApiError> {
    Ok(Json(match asked.page(&state).await? {
        Some(view) => value(&asked.query, &view),
        None => json!({ "instance": asked.query.instance, "digest": asked.digest, "row": null }),
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

pub(super) async fn series_csv(State(state): State<AppState>, asked: Asked) -> Result<Response, ApiError> {
    asked.page_csv(&state, "", |view| view.table()).await
}

pub(super) async fn change_csv(State(state): State<AppState>, asked: Asked) -> Result<Response, ApiError> {
    asked.page_csv(&state, "change-", |view| view.change.map(|change| change.table()).unwrap_or_default()).await
}

pub(super) async fn findings_csv(State(state): State<AppState>, asked: Asked) -> Result<Response, ApiError> {
    asked.page_csv(&state, "findings-", |view| view.findings_table()).await
}

pub(super) async fn hypotheses_csv(State(state): State<AppState>, asked: Asked) -> Result<Response, ApiError> {
    asked.page_csv(&state, "indexes-", |view| view.hypotheses_table()).await
}

pub(super) async fn children_csv(State(state): State<AppState>, asked: Asked) -> Result<Response, ApiError> {
    asked.page_csv(&state, "children-", |view| view.row.children_table()).await
}

async fn read_literals(state: &AppState, asked: &Asked) -> Result<Option<LiteralsView>, ApiError> {
    data(ranking::fetch_literals(&state.reader, &asked.query, asked.digest, clock::now()).await?)
}

pub(super) async fn literals(State(state): State<AppState>, asked: Asked) -> Result<Json<Value>, ApiError> {
    let Asked { query, digest, .. } = &asked;
    Ok(Json(match read_literals(&state, &asked).await? {
        Some(view) => json!({
            "instance": query.instance,
            "digest": digest,
            "total_aas": view.total,
            "known_aas": view.known,
            "statements": view.statements,
            "slots": view.slots,
        }),
        None => json!({ "instance": query.instance, "digest": digest, "total_aas": 0.0, "slots": [] }),
    }))
}

pub(super) async fn literals_csv(State(state): State<AppState>, asked: Asked) -> Result<Response, ApiError> {
    let table = read_literals(&state, &asked).await?.map(|view| view.table());
    Ok(asked.csv(&table.unwrap_or_default(), "literals-"))
}

async fn read_plans(state: &AppState, asked: &Asked) -> Result<Option<PlansView>, ApiError> {
    data(ranking::fetch_plans(&state.reader, &asked.query, asked.digest, clock::now()).await?)
}

pub(super) async fn plans(State(state): State<AppState>, asked: Asked) -> Result<Json<Value>, ApiError> {
    let Asked { query, digest, .. } = &asked;
    Ok(Json(match read_plans(&state, &asked).await? {
        Some(view) => {
            let flips = view.flips.iter();
            json!({
                "instance": query.instance,
                "digest": digest,
                "load": load_value(query, &view.load),
                "plans": view.plans.iter().map(plan_value).collect::<Vec<_>>(),
                "unknown_aas": view.unknown,
                "none": view.none,
                "flips": flips
                    .map(|flip| json!({ "at": flip.at.to_string(), "from": flip.from, "to": flip.to }))
                    .collect::<Vec<_>>(),
                "aws_cli": view.source.calls,
            })
        }
        None => json!({ "instance": query.instance, "digest": digest, "load": null, "plans": [] }),
    }))
}

pub(super) async fn plans_csv(State(state): State<AppState>, asked: Asked) -> Result<Response, ApiError> {
    let table = read_plans(&state, &asked).await?.map(|view| view.table());
    Ok(asked.csv(&table.unwrap_or_default(), "plans-"))
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

pub(super) async fn elsewhere(State(state): State<AppState>, asked: Asked) -> Result<Json<Value>, ApiError> {
    let view = ranking::find_elsewhere(&state.reader, asked.digest, &asked.query.range, clock::now()).await?;
    Ok(Json(json!({ "digest": asked.digest, "instances": view.rows })))
}

pub(super) async fn elsewhere_csv(State(state): State<AppState>, asked: Asked) -> Result<Response, ApiError> {
    let view = ranking::find_elsewhere(&state.reader, asked.digest, &asked.query.range, clock::now()).await?;
    Ok(asked.csv(&view.table(), "elsewhere-"))
}
