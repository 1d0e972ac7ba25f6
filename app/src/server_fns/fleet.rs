//! What belongs to no single instance: the fleet, the frame of every page, the sources.

use leptos::prelude::*;
use leptos::server_fn::codec::GetUrl;
use serde::{Deserialize, Serialize};
use units::ResourceId;
use view::{FleetView, Panel, SourcesView};

use super::codec::Json;
use crate::error::ViewError;

/// What every page shows around its content.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Frame {
    /// Instances by load, the most loaded first: id and name.
    pub instances: Vec<(ResourceId, String)>,
    /// Alarms in ALARM; `None` when alarms cannot be read.
    pub alarms: Option<u32>,
    /// Calls to AWS since midnight UTC; `None` when nothing is collected.
    pub calls_today: Option<u64>,
    /// Share of the past that is collected, 0 to 1, over all instances, while a back-fill runs.
    pub filling: Option<f64>,
    /// Names of instances whose past is made from a seed.
    pub simulated: Vec<String>,
}

/// The frame of a page.
///
/// # Errors
/// [`ViewError`], see there.
#[server(prefix = "/api/page", endpoint = "frame", input = GetUrl, output = Json)]
pub async fn fetch_frame() -> Result<Frame, ViewError> {
    crate::ssr::Source::of_request()?.frame()
}

/// Instances ranked by load.
///
/// # Errors
/// [`ViewError`], see there.
#[server(prefix = "/api/page", endpoint = "fleet", input = GetUrl, output = Json)]
pub async fn rank_fleet(
    /// Query string of the page.
    search: String,
    /// The moment of the page in milliseconds.
    at_ms: i64,
) -> Result<Panel<FleetView>, ViewError> {
    let source = crate::ssr::Source::of_request()?;
    let now = source.moment(at_ms);
    source.fleet(&crate::paths::FleetPage::parse(&search).range, now).await
}

/// What is collected, up to when, what fails, and what it costs.
///
/// # Errors
/// [`ViewError`], see there.
#[server(prefix = "/api/page", endpoint = "sources", input = GetUrl, output = Json)]
pub async fn list_sources() -> Result<SourcesView, ViewError> {
    crate::ssr::Source::of_request()?.sources().await
}
