//! Instances.

use axum::Json;
use axum::extract::{Path, RawQuery, State};
use axum::response::Response;
use http::HeaderMap;
use serde_json::{Value, json};
use units::{TimeRange, Zone};
use view::{FleetRow, FleetView, InstanceFacts, PiState};

use super::answer::{ApiError, csv};
use crate::clock;
use crate::web::AppState;

async fn fleet(state: &AppState, search: &str) -> Result<FleetView, ApiError> {
    // The same words as in the addresses of pages.
    let page = super::request::query(String::new(), search)?;
    let range: TimeRange = page.range;
    Ok(ranking::rank_fleet(&state.reader, &range, &Zone::Utc, clock::now()).await?)
}

pub(super) async fn instances(
    State(state): State<AppState>,
    RawQuery(search): RawQuery,
) -> Result<Json<Value>, ApiError> {
    let view = fleet(&state, &search.unwrap_or_default()).await?;
    let window = view.axis.window;
    let rows: Vec<Value> = view.rows.iter().map(row).collect();
    Ok(Json(json!({
        "from": window.from.to_string(),
        "to": window.to.to_string(),
        "period_secs": view.axis.period.secs(),
        "instances": rows,
        "trouble": view.trouble,
    })))
}

pub(super) async fn instances_csv(
    State(state): State<AppState>,
    RawQuery(search): RawQuery,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let view = fleet(&state, &search.unwrap_or_default()).await?;
    let page = app::paths::FleetPage { range: TimeRange::fixed(view.axis.window), ..Default::default() };
    Ok(csv(&view.table(), "instances.csv", &(crate::web::origin_of(&headers) + &page.href())))
}

pub(super) async fn instance(State(state): State<AppState>, Path(id): Path<String>) -> Result<Json<Value>, ApiError> {
    let facts = ranking::fetch_instance(&state.reader, &id, clock::now()).await?;
    Ok(Json(facts_of(&facts)))
}

fn row(row: &FleetRow) -> Value {
    let mut value = facts_of(&row.facts);
    if let Some(fields) = value.as_object_mut() {
        fields.insert("mean_aas".to_owned(), json!(row.mean));
        fields.insert("now_aas".to_owned(), json!(row.now));
        fields.insert("alarms".to_owned(), json!(row.alarms));
        fields.insert("coverage".to_owned(), json!(row.coverage.share()));
        fields.insert("collected_to".to_owned(), json!(row.coverage.collected_to.map(|at| at.to_string())));
        fields.insert("trouble".to_owned(), json!(row.trouble));
    }
    value
}

fn facts_of(facts: &InstanceFacts) -> Value {
    let performance_insights = match facts.pi {
        PiState::On => "on",
        PiState::Off => "off",
        PiState::Unsupported => "unsupported",
    };
    json!({
        "id": facts.id,
        "name": facts.name,
        "account": facts.account,
        "region": facts.region,
        "engine": facts.engine,
        "engine_version": facts.engine_version,
        "class": facts.class,
        "status": facts.status,
        "vcpus": facts.vcpu.vcpus(),
        "performance_insights": performance_insights,
        "retention_days": facts.retention_days,
        "multi_az": facts.multi_az,
        "simulated": facts.simulated,
    })
}
