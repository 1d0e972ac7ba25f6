//! Addresses that lead to an instance without its id: by a unique name, in pages and in the API, so
//! that links survive a rename; and to the busiest one.

use app::paths;
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};
use http::StatusCode;
use http::header::{HeaderValue, LOCATION};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

use units::{TimeRange, Zone};

use super::AppState;
use crate::clock;

/// Where the instance stands in the path of a page and of the API.
const BEFORE_INSTANCE: [&str; 2] = ["/db/", "/api/v1/instances/"];

/// Redirects an address with a name to the one with the id. An unknown or ambiguous name goes on:
/// the page says what is wrong.
pub(crate) async fn lead_to_id(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let target = target_of(&state, &request);
    match target {
        Some(target) => (StatusCode::TEMPORARY_REDIRECT, [(LOCATION, target)]).into_response(),
        None => next.run(request).await,
    }
}

/// Letters, digits, hyphens and underscores stand in an address as they are.
const UNESCAPED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_');

fn target_of(state: &AppState, request: &Request) -> Option<HeaderValue> {
    let path = request.uri().path();
    let before = BEFORE_INSTANCE.into_iter().find(|before| path.starts_with(before))?;
    let rest = &path[before.len()..];
    let (segment, after) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    let named = percent_decode_str(segment).decode_utf8().ok()?;
    let id = ranking::find_instance(state.reader.archive(), &named).ok()?;
    if id.as_str() == named {
        return None;
    }
    let id = utf8_percent_encode(id.as_str(), UNESCAPED).to_string();
    let query = request.uri().query().map(|query| format!("?{query}")).unwrap_or_default();
    HeaderValue::from_str(&format!("{before}{id}{after}{query}")).ok()
}

/// Redirects to the instance with most load in the usual time range; to the fleet, which says why, when
/// none is known.
pub(super) async fn lead_to_busiest(State(state): State<AppState>) -> Redirect {
    let fleet = ranking::rank_fleet(&state.reader, &TimeRange::default(), &Zone::Utc, clock::now()).await;
    let busiest = fleet.ok().and_then(|fleet| fleet.rows.into_iter().next());
    Redirect::temporary(&busiest.map_or_else(|| paths::FLEET.to_owned(), |row| paths::db(&row.facts.id)))
}
