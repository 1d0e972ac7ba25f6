//! What the pages of apps read, and what reading costs.

use leptos::prelude::*;
use leptos::server_fn::codec::GetUrl;
use view::{AppView, AppsView, Panel, SpendView, TierView};

use super::codec::Json;
use crate::error::ViewError;

/// Every app in short.
///
/// # Errors
/// [`ViewError`], see there.
#[server(prefix = "/api/page", endpoint = "apps", input = GetUrl, output = Json)]
pub async fn rank_apps(
    /// Query string of the page.
    search: String,
    /// The moment of the page in milliseconds.
    at_ms: i64,
) -> Result<AppsView, ViewError> {
    let source = crate::ssr::Source::of_request()?;
    let now = source.moment(at_ms);
    source.apps(&crate::paths::FleetPage::parse(&search).range, now).await
}

/// One app: tiers, movers, strips, readings.
///
/// # Errors
/// [`ViewError::NotFound`] for an app nobody knows, and others.
#[server(prefix = "/api/page", endpoint = "app", input = GetUrl, output = Json)]
pub async fn fetch_app(
    /// Name of the app in addresses.
    app: String,
    /// Query string of the page.
    search: String,
    /// The moment of the page in milliseconds.
    at_ms: i64,
) -> Result<Panel<AppView>, ViewError> {
    let source = crate::ssr::Source::of_request()?;
    let (page, now) = source.app_question(app, &search, at_ms)?;
    source.app(&page.query, now).await
}

/// The open drawer of an app; empty when the address names no tier.
///
/// # Errors
/// [`ViewError::NotFound`] for a tier the app does not have, and others.
#[server(prefix = "/api/page", endpoint = "tier", input = GetUrl, output = Json)]
pub async fn fetch_tier(
    /// Name of the app in addresses.
    app: String,
    /// Query string of the page.
    search: String,
    /// The moment of the page in milliseconds.
    at_ms: i64,
) -> Result<Panel<TierView>, ViewError> {
    let source = crate::ssr::Source::of_request()?;
    let (page, now) = source.app_question(app, &search, at_ms)?;
    match &page.tier {
        Some(tier) => source.tier(&page.query, tier, now).await,
        None => Ok(Panel::Empty),
    }
}

/// Calls and dollars of today, and the forecast, by API.
///
/// # Errors
/// [`ViewError`], see there.
#[server(prefix = "/api/page", endpoint = "spend", input = GetUrl, output = Json)]
pub async fn fetch_spend() -> Result<SpendView, ViewError> {
    crate::ssr::Source::of_request()?.spend().await
}
