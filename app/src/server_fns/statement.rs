//! What the page of a statement reads.

use leptos::prelude::*;
use leptos::server_fn::codec::GetUrl;
use serde::{Deserialize, Serialize};
use view::{Panel, Source, SqlRow};

use super::codec::Json;
use crate::error::ViewError;

/// One statement with its figures.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StatementView {
    /// Normal form, whole as far as it is known.
    pub text: String,
    /// Its row of the Top SQL table.
    pub row: SqlRow,
    /// Where the numbers come from.
    pub source: Source,
}

/// One statement: [`Panel::Empty`] when it did not run in the window.
///
/// # Errors
/// [`ViewError::NotFound`] for a digest nobody saw on the instance.
#[server(prefix = "/api/page", endpoint = "statement", input = GetUrl, output = Json)]
pub async fn fetch_statement(
    /// `DbiResourceId`.
    instance: String,
    /// Id of the digest.
    digest: String,
    /// Query string of the page.
    search: String,
    /// The moment of the page in milliseconds.
    at_ms: i64,
) -> Result<Panel<StatementView>, ViewError> {
    let source = crate::ssr::Source::of_request()?;
    let (page, now) = source.question(instance, &search, at_ms)?;
    source.statement(&page.query, &digest, now).await
}
