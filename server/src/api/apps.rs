//! Apps: their tiers, movers, strips and readings; and what asking AWS costs.

use app::paths::{APPS, AppPage, FleetPage, SOURCES, parameter};
use axum::Json;
use axum::extract::{Path, RawQuery, State};
use axum::response::Response;
use http::HeaderMap;
use serde_json::{Value, json};
use units::{Compare, Zone};
use view::{AppCard, AppView, AppsView, CounterStrip, Mover, Panel, StripGroup, TargetRow, TierBox, TierView};

use super::answer::{ApiError, csv};
use super::load::times;
use crate::clock;
use crate::web::{AppState, origin_of};

async fn all(state: &AppState, search: &str) -> Result<AppsView, ApiError> {
    let range = super::request::query(String::new(), search)?.range;
    let view = ranking::rank_apps(&state.reader, &range, clock::now()).await?;
    match view.trouble {
        Some(trouble) => Err(trouble.into()),
        None => Ok(view),
    }
}

pub(super) async fn apps(State(state): State<AppState>, RawQuery(search): RawQuery) -> Result<Json<Value>, ApiError> {
    let view = all(&state, &search.unwrap_or_default()).await?;
    Ok(Json(json!({ "apps": view.apps.iter().map(card).collect::<Vec<_>>() })))
}

pub(super) async fn apps_csv(
    State(state): State<AppState>,
    RawQuery(search): RawQuery,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let search = search.unwrap_or_default();
    let page = FleetPage { range: super::request::query(String::new(), &search)?.range, ..FleetPage::default() };
    Ok(csv(&all(&state, &search).await?.table(), "apps.csv", &(origin_of(&headers) + &page.href_at(APPS))))
}

fn page(app: String, search: &str) -> Result<AppPage, ApiError> {
    let mut page = AppPage::parse(app, search, &Zone::Utc);
    if let Some(reason) = page.refused.first() {
        return Err(ApiError::bad_parameter("query", reason.clone()));
    }
    if parameter(search, "compare").is_none() {
        page.query.compare = Compare::Off;
    }
    Ok(page)
}

async fn one(state: &AppState, app: String, search: &str) -> Result<AppView, ApiError> {
    let page = page(app, search)?;
    match ranking::fetch_app(&state.reader, &page.query, clock::now()).await? {
        Panel::Data(view) => Ok(view),
        Panel::Trouble(trouble) => Err(trouble.into()),
        Panel::Empty => Err(view::Trouble::Pending { done: None }.into()),
    }
}

pub(super) async fn app(
    State(state): State<AppState>,
    Path(app): Path<String>,
    RawQuery(search): RawQuery,
) -> Result<Json<Value>, ApiError> {
    Ok(Json(app_value(&one(&state, app, &search.unwrap_or_default()).await?)))
}

pub(super) async fn strips_csv(
    State(state): State<AppState>,
    Path(app): Path<String>,
    RawQuery(search): RawQuery,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let view = one(&state, app, &search.unwrap_or_default()).await?;
    let page = AppPage::new(view.key.clone(), Zone::Utc).pinned(view.axis.window);
    let name: String = view.key.chars().filter(|letter| letter.is_ascii_alphanumeric() || *letter == '-').collect();
    Ok(csv(&view.table(), &format!("app-{name}.csv"), &(origin_of(&headers) + &page.href())))
}

pub(super) async fn tier(
    State(state): State<AppState>,
    Path(app): Path<String>,
    RawQuery(search): RawQuery,
) -> Result<Json<Value>, ApiError> {
    let page = page(app, &search.unwrap_or_default())?;
    let Some(tier) = &page.tier else {
        return Err(ApiError::bad_parameter("tier", "say which tier; GET /api/v1/apps/{app} lists their keys"));
    };
    match ranking::fetch_tier(&state.reader, &page.query, tier, clock::now()).await? {
        Panel::Data(view) => Ok(Json(tier_value(&view))),
        Panel::Trouble(trouble) => Err(trouble.into()),
        Panel::Empty => Err(view::Trouble::Pending { done: None }.into()),
    }
}

pub(super) async fn spend(State(state): State<AppState>) -> Result<Json<Value>, ApiError> {
    Ok(Json(json!(ranking::fetch_spend(&state.reader, clock::now()).await?)))
}

pub(super) async fn spend_csv(State(state): State<AppState>, headers: HeaderMap) -> Result<Response, ApiError> {
    let view = ranking::fetch_spend(&state.reader, clock::now()).await?;
    Ok(csv(&view.table(), "spend.csv", &(origin_of(&headers) + SOURCES)))
}

fn card(card: &AppCard) -> Value {
    let places = card
        .places
        .iter()
        .map(|place| json!({ "place": place.place, "state": place.state.word(), "note": place.note }));
    json!({
        "app": card.key,
        "name": card.name,
        "requests_per_sec": card.requests_per_sec,
        "places": places.collect::<Vec<_>>(),
        "simulated": card.simulated,
    })
}

fn app_value(view: &AppView) -> Value {
    json!({
        "app": view.key,
        "name": view.name,
        "from": view.axis.window.from.to_string(),
        "to": view.axis.window.to.to_string(),
        "period_secs": view.axis.period.secs(),
        "times": times(&view.axis),
        "verdict": view.verdict,
        "subject": { "from": view.subject.from.to_string(), "to": view.subject.to.to_string() },
        "tiers": view.tiers.iter().map(tier_box).collect::<Vec<_>>(),
        "first_mover": view.movers.iter().map(mover).collect::<Vec<_>>(),
        "readings": view.readings,
        "groups": view.groups.iter().map(group).collect::<Vec<_>>(),
        "not_seen": view.limits,
        "collected_to": view.source.collected_to.map(|at| at.to_string()),
        "simulated": view.source.simulated,
    })
}

fn tier_box(tier: &TierBox) -> Value {
    let what = match &tier.state {
        view::TierState::Warning(what) | view::TierState::Critical(what) => Some(what),
        _ => None,
    };
    json!({
        "key": tier.key,
        "name": tier.name,
        "kind": tier.kind,
        "place": tier.place,
        "state": tier.state.word(),
        "what": what,
        "figures": tier.figures.iter().map(|(label, value)| json!({ "label": label, "value": value })).collect::<Vec<_>>(),
        "callers": tier.callers,
        "trouble": tier.trouble,
        "instance": tier.instance,
        "simulated": tier.simulated,
    })
}

fn mover(mover: &Mover) -> Value {
    let what = mover.what.iter().map(|(what, before, after)| json!({ "what": what, "before": before, "after": after }));
    json!({
        "at": mover.at.to_string(),
        "lag_secs": mover.lag_secs,
        "tolerance_secs": mover.tolerance_secs,
        "tier": mover.tier.0,
        "name": mover.tier.1,
        "alarm": mover.is_alarm,
        "changes": what.collect::<Vec<_>>(),
    })
}

fn strip(strip: &CounterStrip) -> Value {
    json!({
        "metric": strip.metric,
        "label": strip.label,
        "unit": strip.unit,
        "mean": strip.mean,
        "last": strip.last,
        "count": strip.count,
        "limit": strip.limit,
        "values": strip.values,
    })
}

fn group(group: &StripGroup) -> Value {
    json!({
        "title": group.title,
        "kind": group.kind,
        "simulated": group.simulated,
        "load_aas": group.load.as_ref().map(|load| &load.total),
        "strips": group.strips.iter().map(strip).collect::<Vec<_>>(),
        "trouble": group.trouble,
    })
}

fn target(row: &TargetRow) -> Value {
    json!({
        "group": row.group,
        "target": row.target,
        "state": row.state,
        "reason": row.reason,
        "description": row.description,
        "at": row.at.to_string(),
    })
}

fn tier_value(view: &TierView) -> Value {
    json!({
        "tier": tier_box(&view.tier),
        "facts": view.facts.iter().map(|(what, value)| json!({ "what": what, "value": value })).collect::<Vec<_>>(),
        "times": times(&view.axis),
        "strips": view.strips.iter().map(strip).collect::<Vec<_>>(),
        "silent": view.silent,
        "targets": view.targets.iter().map(target).collect::<Vec<_>>(),
        "target_events": view.target_events.iter().map(target).collect::<Vec<_>>(),
        "purchase": view.purchase,
    })
}
