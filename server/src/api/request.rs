//! What a request of the API asks for: read by the parser of page addresses, so that both take the
//! same words. What a page would show as a notice is an error here.

use app::paths::{DbPage, parameter};
use http::HeaderMap;
use units::{Compare, DbLoadQuery, DigestId, Dimension, ResourceId, Zone};

use super::answer::ApiError;
use super::openapi::{DIMENSIONS, MOST_ROWS};

/// Rows of `/top` when no limit is given.
const DEFAULT_ROWS: usize = 25;

/// The query of a request on one instance.
pub(super) fn query(id: String, search: &str) -> Result<DbLoadQuery, ApiError> {
    let page = DbPage::parse(ResourceId(id), search, &Zone::Utc);
    if let Some(reason) = page.refused.into_iter().next() {
        return Err(ApiError::bad_parameter("query", reason));
    }
    let mut query = page.query;
    offered("slice", query.slice)?;
    if parameter(search, "compare").is_none() {
        query.compare = Compare::Off;
    }
    Ok(query)
}

/// The address of the page that shows a query's numbers, fixed to its window, in UTC.
pub(super) fn permalink(headers: &HeaderMap, query: &DbLoadQuery, digest: Option<DigestId>) -> String {
    let page = DbPage::new(query.instance.clone(), Zone::Utc);
    let page = DbPage { query: query.clone(), digest, ..page };
    let page = match query.range.resolve(crate::clock::now()) {
        Ok(window) => page.pinned(window),
        Err(_) => page,
    };
    crate::web::origin_of(headers) + &page.href()
}

/// The digest of a path.
pub(super) fn digest(text: &str) -> Result<DigestId, ApiError> {
    text.parse().map_err(|error: units::DigestIdError| ApiError::bad_parameter("digest", error.to_string()))
}

/// The dimension `/top` ranks by.
pub(super) fn by(search: &str) -> Result<Dimension, ApiError> {
    let Some(text) = parameter(search, "by") else { return Ok(Dimension::Sql) };
    let by = text.parse().map_err(|error: units::UnknownDimension| ApiError::bad_parameter("by", error.to_string()))?;
    offered("by", by)
}

/// Rows asked for.
pub(super) fn limit(search: &str) -> Result<usize, ApiError> {
    let Some(text) = parameter(search, "limit") else { return Ok(DEFAULT_ROWS) };
    let limit: u32 = text.parse().ok().filter(|limit| (1..=MOST_ROWS).contains(limit)).ok_or_else(|| {
        let text: String = text.chars().take(32).collect();
        ApiError::bad_parameter("limit", format!("'{text}' is no limit; use 1 to {MOST_ROWS}"))
    })?;
    Ok(usize::try_from(limit).unwrap_or(DEFAULT_ROWS))
}

fn offered(name: &str, dimension: Dimension) -> Result<Dimension, ApiError> {
    if DIMENSIONS.contains(&dimension) {
        Ok(dimension)
    } else {
        let names = DIMENSIONS.map(Dimension::name).join(", ");
        Err(ApiError::bad_parameter(name, format!("'{dimension}' cannot be used here; use one of {names}")))
    }
}
