//! What the pages of an instance read.

use leptos::prelude::*;
use leptos::server_fn::codec::GetUrl;
use serde::{Deserialize, Serialize};
use view::{ContextView, CountersView, InstanceFacts, LoadView, Panel, Tile, TopSqlView, Verdict};

use super::codec::Json;
use crate::error::ViewError;

/// The verdict and the figures under it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Judgement {
    /// The line.
    pub verdict: Verdict,
    /// The band.
    pub tiles: Vec<Tile>,
    /// What the verdict speaks of, to zoom to; `None` when that is the whole window.
    pub subject: Option<units::Window>,
}

/// Facts of an instance.
///
/// # Errors
/// [`ViewError::NotFound`] for an id nobody collects.
#[server(prefix = "/api/page", endpoint = "instance", input = GetUrl, output = Json)]
pub async fn fetch_instance(
    /// `DbiResourceId`.
    instance: String,
) -> Result<InstanceFacts, ViewError> {
    crate::ssr::Source::of_request()?.instance(&instance).await
}

/// DB load, stacked by the slice of the address.
///
/// # Errors
/// [`ViewError`], see there.
#[server(prefix = "/api/page", endpoint = "load", input = GetUrl, output = Json)]
pub async fn fetch_db_load(
    /// `DbiResourceId`.
    instance: String,
    /// Query string of the page.
    search: String,
    /// The moment of the page in milliseconds.
    at_ms: i64,
) -> Result<Panel<LoadView>, ViewError> {
    let source = crate::ssr::Source::of_request()?;
    let (page, now) = source.question(instance, &search, at_ms)?;
    source.load(&page.query, now).await
}

/// The wider range for the mini-map, by wait type.
///
/// # Errors
/// [`ViewError`], see there.
#[server(prefix = "/api/page", endpoint = "overview", input = GetUrl, output = Json)]
pub async fn fetch_overview(
    /// `DbiResourceId`.
    instance: String,
    /// Query string of the page.
    search: String,
    /// The moment of the page in milliseconds.
    at_ms: i64,
) -> Result<Panel<LoadView>, ViewError> {
    let source = crate::ssr::Source::of_request()?;
    let (page, now) = source.question(instance, &search, at_ms)?;
    source.overview(&page.query, now).await
}

/// Verdict and tiles.
///
/// # Errors
/// [`ViewError`], see there.
#[server(prefix = "/api/page", endpoint = "judge", input = GetUrl, output = Json)]
pub async fn judge_db_load(
    /// `DbiResourceId`.
    instance: String,
    /// Query string of the page.
    search: String,
    /// The moment of the page in milliseconds.
    at_ms: i64,
) -> Result<Judgement, ViewError> {
    let source = crate::ssr::Source::of_request()?;
    let (page, now) = source.question(instance, &search, at_ms)?;
    source.judge(&page.query, now).await
}

/// Top SQL.
///
/// # Errors
/// [`ViewError`], see there.
#[server(prefix = "/api/page", endpoint = "top", input = GetUrl, output = Json)]
pub async fn rank_top_sql(
    /// `DbiResourceId`.
    instance: String,
    /// Query string of the page.
    search: String,
    /// The moment of the page in milliseconds.
    at_ms: i64,
) -> Result<Panel<TopSqlView>, ViewError> {
    let source = crate::ssr::Source::of_request()?;
    let (page, now) = source.question(instance, &search, at_ms)?;
    source.top(&page.query, now).await
}

/// Load by the dimension of the open tab.
///
/// # Errors
/// [`ViewError`], see there.
#[server(prefix = "/api/page", endpoint = "context", input = GetUrl, output = Json)]
pub async fn rank_context(
    /// `DbiResourceId`.
    instance: String,
    /// Query string of the page.
    search: String,
    /// The moment of the page in milliseconds.
    at_ms: i64,
) -> Result<Panel<ContextView>, ViewError> {
    let source = crate::ssr::Source::of_request()?;
    let (page, now) = source.question(instance, &search, at_ms)?;
    source.context(&page.query, page.tab, now).await
}

/// Counter metrics.
///
/// # Errors
/// [`ViewError`], see there.
#[server(prefix = "/api/page", endpoint = "counters", input = GetUrl, output = Json)]
pub async fn fetch_counters(
    /// `DbiResourceId`.
    instance: String,
    /// Query string of the page.
    search: String,
    /// The moment of the page in milliseconds.
    at_ms: i64,
) -> Result<Panel<CountersView>, ViewError> {
    let source = crate::ssr::Source::of_request()?;
    let (page, now) = source.question(instance, &search, at_ms)?;
    source.counters(&page.query, now).await
}
