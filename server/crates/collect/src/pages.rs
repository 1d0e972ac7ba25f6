//! Listings that come a page at a time.

use std::error::Error;

use aws_smithy_async::future::pagination_stream::PaginationStream;
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;

use crate::error::CollectError;

/// Pages of a listing that are read at most: 10,000 things of a hundred a page.
const MOST_PAGES: usize = 100;

/// All pages of a listing. A listing of more than [`MOST_PAGES`] is cut there, and the log says so.
///
/// # Errors
/// [`CollectError`] of the page that fails; `action` is the IAM action of the call, `resource` the ARN
/// pattern a policy would have to allow it on.
pub(crate) async fn read_pages<P, E>(
    mut pages: PaginationStream<Result<P, SdkError<E, HttpResponse>>>,
    action: &str,
    resource: &str,
) -> Result<Vec<P>, CollectError>
where
    E: ProvideErrorMetadata + Error + 'static,
{
    let mut read = Vec::new();
    while let Some(page) = pages.next().await {
        read.push(page.map_err(|error| CollectError::of(action, resource, &error))?);
        if read.len() == MOST_PAGES {
            tracing::warn!(aws.operation = action, pages = MOST_PAGES, "a listing is longer than is read");
            break;
        }
    }
    Ok(read)
}
