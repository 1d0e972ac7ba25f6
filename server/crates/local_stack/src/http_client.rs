//! Small HTTP calls to the programs we started ourselves, all on loopback.

use std::time::Duration;

use http::{Method, Request, StatusCode};
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::Bytes;
use hyper_util::client::legacy::{Client, connect::HttpConnector};
use hyper_util::rt::TokioExecutor;

/// Answers of our own programs are small; more than this is a mistake.
const MAX_BODY_BYTES: usize = 8 << 20;
const PATIENCE: Duration = Duration::from_secs(10);

/// Why a call failed, in one line.
#[derive(Debug, thiserror::Error)]
pub enum CallError {
    /// Nobody listens, or the connection broke.
    #[error("{url}: {reason}")]
    Transport {
        /// What was called.
        url: String,
        /// What the transport said.
        reason: String,
    },
    /// An answer other than 2xx.
    #[error("{url} answered {status}: {body}")]
    Status {
        /// What was called.
        url: String,
        /// Its status.
        status: StatusCode,
        /// Its body, shortened.
        body: String,
    },
}

/// A client with its connection pool.
#[derive(Debug, Clone)]
pub struct HttpClient {
    inner: Client<HttpConnector, Full<Bytes>>,
}

impl Default for HttpClient {
    fn default() -> Self {
        Self { inner: Client::builder(TokioExecutor::new()).build_http() }
    }
}

impl HttpClient {
    /// GETs a URL.
    ///
    /// # Errors
    /// When it cannot be reached within ten seconds or does not answer 2xx.
    pub async fn get(&self, url: &str) -> Result<Bytes, CallError> {
        self.call(Method::GET, url).await
    }

    /// POSTs to a URL, without a body.
    ///
    /// # Errors
    /// As [`Self::get`].
    pub async fn post(&self, url: &str) -> Result<Bytes, CallError> {
        self.call(Method::POST, url).await
    }

    async fn call(&self, method: Method, url: &str) -> Result<Bytes, CallError> {
        let transport = |reason: String| CallError::Transport { url: url.to_owned(), reason };
        let request = Request::builder()
            .method(method)
            .uri(url)
            .body(Full::default())
            .map_err(|error| transport(error.to_string()))?;
        let exchange = async {
            let response = self.inner.request(request).await.map_err(|e| transport(e.to_string()))?;
            let (head, body) = response.into_parts();
            let body = Limited::new(body, MAX_BODY_BYTES).collect().await;
            Ok((head.status, body.map_err(|e| transport(e.to_string()))?.to_bytes()))
        };
        let (status, body) = tokio::time::timeout(PATIENCE, exchange)
            .await
            .map_err(|_| transport(format!("no answer within {} s", PATIENCE.as_secs())))??;
        if status.is_success() {
            return Ok(body);
        }
        let body = String::from_utf8_lossy(&body).chars().take(200).collect();
        Err(CallError::Status { url: url.to_owned(), status, body })
    }
}
