//! Series of one instance: DB load and counter metrics.

use axum::Json;
use axum::extract::{Path, RawQuery, State};
use axum::response::Response;
use http::HeaderMap;
use serde_json::{Value, json};
use units::{Aas, DbLoadQuery, Period, Timestamp};
use view::{Axis, CountersView, InstanceFacts, Layer, LoadView, Panel};

use super::answer::{ApiError, csv};
use super::request::{permalink, query};
use crate::clock;
use crate::web::AppState;

/// The load a request asks for; `None` when the instance was idle all the time.
pub(super) async fn panel(state: &AppState, query: &DbLoadQuery, now: Timestamp) -> Result<Option<LoadView>, ApiError> {
    match ranking::fetch_db_load(&state.reader, query, now).await? {
        Panel::Data(view) => Ok(Some(view)),
        Panel::Empty => Ok(None),
        Panel::Trouble(trouble) => Err(trouble.into()),
    }
}

pub(super) async fn load(
    State(state): State<AppState>,
    Path(id): Path<String>,
    RawQuery(search): RawQuery,
) -> Result<Json<Value>, ApiError> {
    let (query, now) = (query(id, &search.unwrap_or_default())?, clock::now());
    Ok(Json(match panel(&state, &query, now).await? {
        Some(view) => load_value(&query, &view),
        None => {
            let facts = ranking::fetch_instance(&state.reader, query.instance.as_str(), now).await?;
            idle_value(&query, &facts, now)?
        }
    }))
}

pub(super) async fn load_csv(
    State(state): State<AppState>,
    Path(id): Path<String>,
    RawQuery(search): RawQuery,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let query = query(id, &search.unwrap_or_default())?;
    let view = panel(&state, &query, clock::now()).await?;
    let table = view.map(|view| view.table()).unwrap_or_default();
    Ok(csv(&table, &format!("load-{}.csv", query.instance), &permalink(&headers, &query, None)))
}

/// The verdict and the tiles of a window.
pub(super) async fn judgement(
    State(state): State<AppState>,
    Path(id): Path<String>,
    RawQuery(search): RawQuery,
) -> Result<Json<Value>, ApiError> {
    let query = query(id, &search.unwrap_or_default())?;
    let judged = ranking::judge_db_load(&state.reader, &query, clock::now()).await?;
    Ok(Json(json!({
        "instance": query.instance,
        "severity": judged.verdict.severity,
        "clauses": judged.verdict.clauses,
        "checked": judged.verdict.checked,
        "tiles": judged.tiles,
        "subject": judged.subject.map(|window| json!({ "from": window.from.to_string(), "to": window.to.to_string() })),
    })))
}

pub(super) async fn judgement_csv(
    State(state): State<AppState>,
    Path(id): Path<String>,
    RawQuery(search): RawQuery,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let query = query(id, &search.unwrap_or_default())?;
    let judged = ranking::judge_db_load(&state.reader, &query, clock::now()).await?;
    let table = judged.verdict.table(&judged.tiles);
    Ok(csv(&table, &format!("judgement-{}.csv", query.instance), &permalink(&headers, &query, None)))
}

pub(super) fn times(axis: &Axis) -> Vec<String> {
    (0..axis.len()).map(|bucket| axis.start_of(bucket).to_string()).collect()
}

fn series(layer: &Layer) -> Value {
    json!({
        "key": layer.key,
        "label": layer.label,
        "class": layer.class,
        "mean_aas": layer.mean,
        "values": layer.values,
    })
}

pub(super) fn load_value(query: &DbLoadQuery, view: &LoadView) -> Value {
    let ghost = view
        .ghost
        .as_ref()
        .map(|ghost| json!({ "earlier_secs": ghost.earlier_secs, "mean_aas": ghost.mean, "total": ghost.total }));
    json!({
        "instance": query.instance,
        "from": view.axis.window.from.to_string(),
        "to": view.axis.window.to.to_string(),
        "period_secs": view.axis.period.secs(),
        "slice": view.slice,
        "unit": "AAS",
        "times": times(&view.axis),
        "total": view.total,
        "series": view.layers.iter().map(series).collect::<Vec<_>>(),
        "remainder": view.remainder.as_ref().map(series),
        "mean_aas": view.mean,
        "peak": view.peak.map(|peak| json!({ "at": peak.at.to_string(), "aas": peak.aas })),
        "p99_aas": view.p99,
        "now_aas": view.now,
        "vcpus": view.vcpu.vcpus(),
        "compare": ghost,
        "coverage": {
            "share": view.coverage.share(),
            "buckets": view.coverage.buckets,
            "collected_to": view.coverage.collected_to.map(|at| at.to_string()),
            "reasons": view.coverage.reasons,
        },
        "not_applied": view.blocked,
        "simulated": view.source.simulated,
    })
}

/// An idle instance: a true zero in every bucket, nothing to stack.
fn idle_value(query: &DbLoadQuery, facts: &InstanceFacts, now: Timestamp) -> Result<Value, ApiError> {
    let window = query.range.resolve(now).map_err(ranking::Error::from)?;
    let period: Period = ranking::bucket_for(window, query.period);
    let axis = Axis { window: window.aligned(period.secs()), period, zone: "UTC".to_owned(), offsets: Vec::new() };
    Ok(json!({
        "instance": query.instance,
        "from": axis.window.from.to_string(),
        "to": axis.window.to.to_string(),
        "period_secs": period.secs(),
        "slice": query.slice,
        "unit": "AAS",
        "times": times(&axis),
        "total": vec![Aas::ZERO; axis.len()],
        "series": [],
        "remainder": null,
        "mean_aas": Aas::ZERO,
        "peak": null,
        "p99_aas": Aas::ZERO,
        "now_aas": Aas::ZERO,
        "vcpus": facts.vcpu.vcpus(),
        "compare": null,
        "not_applied": [],
        "simulated": facts.simulated,
    }))
}

async fn strips(state: &AppState, query: &DbLoadQuery) -> Result<Option<CountersView>, ApiError> {
    match ranking::fetch_counters(&state.reader, query, clock::now()).await? {
        Panel::Data(view) => Ok(Some(view)),
        Panel::Empty => Ok(None),
        Panel::Trouble(trouble) => Err(trouble.into()),
    }
}

pub(super) async fn counters(
    State(state): State<AppState>,
    Path(id): Path<String>,
    RawQuery(search): RawQuery,
) -> Result<Json<Value>, ApiError> {
    let query = query(id, &search.unwrap_or_default())?;
    let Some(view) = strips(&state, &query).await? else {
        return Ok(Json(json!({ "instance": query.instance, "counters": [] })));
    };
    let counters = view.strips.iter().map(|strip| {
        json!({ "metric": strip.metric, "label": strip.label, "unit": strip.unit, "mean": strip.mean, "last": strip.last, "limit": strip.limit, "values": strip.values })
    });
    Ok(Json(json!({
        "instance": query.instance,
        "from": view.axis.window.from.to_string(),
        "to": view.axis.window.to.to_string(),
        "period_secs": view.axis.period.secs(),
        "times": times(&view.axis),
        "counters": counters.collect::<Vec<_>>(),
    })))
}

pub(super) async fn counters_csv(
    State(state): State<AppState>,
    Path(id): Path<String>,
    RawQuery(search): RawQuery,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let query = query(id, &search.unwrap_or_default())?;
    let table = strips(&state, &query).await?.map(|view| view.table()).unwrap_or_default();
    Ok(csv(&table, &format!("counters-{}.csv", query.instance), &permalink(&headers, &query, None)))
}
