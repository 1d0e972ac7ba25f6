//! What the compare page and the search read.

use leptos::prelude::*;
use leptos::server_fn::codec::GetUrl;
use serde::{Deserialize, Serialize};
use view::{Panel, Sheet, Source, Verdict};

use super::codec::Json;
use crate::error::ViewError;

/// Two windows side by side, in the reader's words.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CompareScreen {
    /// The change in words.
    pub verdict: Verdict,
    /// The two sides.
    pub sides: Sheet,
    /// Digests by size of their change.
    pub digests: Sheet,
    /// Waits and callers.
    pub dimensions: Vec<Sheet>,
    /// Half an hour before and after each deploy of the later window.
    pub deploys: Vec<Sheet>,
    /// Where the numbers come from.
    pub source: Source,
}

/// What differs between two windows.
///
/// # Errors
/// [`ViewError`], see there.
#[server(prefix = "/api/page", endpoint = "compare", input = GetUrl, output = Json)]
pub async fn fetch_compare(
    /// Query string of the page.
    search: String,
    /// The moment of the page in milliseconds.
    at_ms: i64,
) -> Result<Panel<CompareScreen>, ViewError> {
    let source = crate::ssr::Source::of_request()?;
    let now = source.moment(at_ms);
    source.compare(&search, now).await
}

/// Instances, statements and tables that match a text.
///
/// # Errors
/// [`ViewError`], see there.
#[server(prefix = "/api/page", endpoint = "find", input = GetUrl, output = Json)]
pub async fn find_anything(
    /// What is looked for.
    text: String,
    /// The moment of the page in milliseconds.
    at_ms: i64,
) -> Result<Panel<Vec<Sheet>>, ViewError> {
    let source = crate::ssr::Source::of_request()?;
    let now = source.moment(at_ms);
    source.find(&text, now).await
}
