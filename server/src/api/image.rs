//! Charts as images: for chats, tickets and pages elsewhere.

use axum::extract::{Path, RawQuery, State};
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use http::header::CONTENT_TYPE;
use units::{DbLoadQuery, Dimension, Filter};
use view::chart::{Caption, LoadChartOptions, draw_load, load_image};

use super::answer::ApiError;
use super::load::panel;
use super::request::{digest, query};
use crate::clock;
use crate::web::AppState;

/// Width of an image in pixels.
const IMAGE_WIDTH: u32 = 1200;

/// The image of a query, as SVG.
async fn image(state: &AppState, query: &DbLoadQuery) -> Result<String, ApiError> {
    let now = clock::now();
    let Some(view) = panel(state, query, now).await? else {
        let (status, mend) = (StatusCode::NOT_FOUND, "ask for another window");
        return Err(ApiError::new(status, "no session was active in this window", "from, to", mend));
    };
    let facts = ranking::fetch_instance(&state.reader, query.instance.as_str(), now).await?;
    let range = view.axis.range_label(view.axis.window);
    let chips: Vec<String> = query.filters.iter().map(ToString::to_string).collect();
    let chips = if chips.is_empty() { String::new() } else { format!(", {}", chips.join(", ")) };
    let caption = Caption {
        title: format!("DB load of {} by {}{chips}, {range} {}", facts.name, query.slice, view.axis.zone),
        note: format!(
            "{}, {} buckets{}",
            view.source.name,
            view.axis.period,
            if view.source.simulated { ", simulated" } else { "" }
        ),
    };
    let chart = draw_load(&view, &LoadChartOptions { width: IMAGE_WIDTH, ..LoadChartOptions::default() });
    Ok(load_image(&chart, &caption, IMAGE_WIDTH))
}

fn svg(image: String) -> Response {
    ([(CONTENT_TYPE, "image/svg+xml; charset=utf-8")], image).into_response()
}

pub(super) async fn load_svg(
    State(state): State<AppState>,
    Path(id): Path<String>,
    RawQuery(search): RawQuery,
) -> Result<Response, ApiError> {
    let query = query(id, &search.unwrap_or_default())?;
    Ok(svg(image(&state, &query).await?))
}

pub(super) async fn sql_svg(
    State(state): State<AppState>,
    Path((id, text)): Path<(String, String)>,
    RawQuery(search): RawQuery,
) -> Result<Response, ApiError> {
    let query = of_digest(id, &text, &search.unwrap_or_default())?;
    Ok(svg(image(&state, &query).await?))
}

/// The load of one digest by wait type.
fn of_digest(id: String, text: &str, search: &str) -> Result<DbLoadQuery, ApiError> {
    let mut query = query(id, search)?;
    let digest = digest(text)?;
    query.slice = Dimension::WaitType;
    query.filters.retain(|filter| filter.dimension != Dimension::Sql);
    query.filters.insert(0, Filter::is(Dimension::Sql, digest.to_string()));
    Ok(query)
}
