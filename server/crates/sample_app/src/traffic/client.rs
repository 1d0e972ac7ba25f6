//! The visitors' browser.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use axum::body::Bytes;
use axum::http::header::{COOKIE, USER_AGENT};
use axum::http::{Method, Request};
use http_body_util::{BodyExt, Empty};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioTimer};

use super::plan::Page;

/// How long a visitor looks at an empty page before going away.
const PATIENCE: Duration = Duration::from_secs(40);
/// Shorter than the minute after which balancers close an idle connection: no request is sent into
/// one that is just being closed.
const KEEP_ALIVE: Duration = Duration::from_secs(20);
const AGENT: &str = "Mozilla/5.0 (compatible; bookshop-traffic/1)";

/// Why there was no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClientError {
    /// The visitor went away.
    Timeout,
    /// The connection was refused or broke.
    Broken,
}

#[derive(Debug)]
pub(super) struct PageClient {
    inner: Client<HttpConnector, Empty<Bytes>>,
    targets: Vec<String>,
    next: AtomicUsize,
}

impl PageClient {
    pub(super) fn new(targets: Vec<String>) -> Self {
        Self {
            inner: Client::builder(TokioExecutor::new())
                .pool_timer(TokioTimer::new())
                .pool_idle_timeout(KEEP_ALIVE)
                // A repeated request would be counted twice by whoever counts behind us.
                .retry_canceled_requests(false)
                .build_http(),
            targets,
            next: AtomicUsize::new(0),
        }
    }

    /// Status of the complete answer.
    pub(super) async fn fetch(&self, page: &Page, cookies: &str) -> Result<u16, ClientError> {
        let turn = self.next.fetch_add(1, Ordering::Relaxed);
        let target = self.targets.get(turn % self.targets.len().max(1)).ok_or(ClientError::Broken)?;
        let request = Request::builder()
            .method(if page.is_post { Method::POST } else { Method::GET })
            .uri(format!("{target}{}", page.path))
            .header(USER_AGENT, AGENT)
            .header(COOKIE, cookies)
            .body(Empty::new())
            .map_err(|_| ClientError::Broken)?;
        let exchange = async {
            let response = self.inner.request(request).await.map_err(|_| ClientError::Broken)?;
            let status = response.status().as_u16();
            response.into_body().collect().await.map_err(|_| ClientError::Broken)?;
            Ok(status)
        };
        tokio::time::timeout(PATIENCE, exchange).await.unwrap_or(Err(ClientError::Timeout))
    }
}
