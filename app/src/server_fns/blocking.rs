//! Who blocks whom.

use leptos::prelude::*;
use leptos::server_fn::codec::GetUrl;
use view::{BlockingView, Panel};

use super::codec::Json;
use crate::error::ViewError;

/// Blockers of the window, and the trees of one moment.
///
/// # Errors
/// [`ViewError`], see there.
#[server(prefix = "/api/page", endpoint = "blocking", input = GetUrl, output = Json)]
pub async fn fetch_blocking(
    /// `DbiResourceId`.
    instance: String,
    /// Only what this digest lost; empty for all.
    digest: String,
    /// Query string of the page.
    search: String,
    /// The moment of the page in milliseconds.
    at_ms: i64,
) -> Result<Panel<BlockingView>, ViewError> {
    let source = crate::ssr::Source::of_request()?;
    let (page, now) = source.question(instance, &search, at_ms)?;
    source.blocking(&page, &digest, now).await
}
