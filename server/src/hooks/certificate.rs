//! Fetching signing certificates: over TLS from AWS, or from a local endpoint on this machine.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use http::header::{HOST, USER_AGENT};
use http::{Request, StatusCode};
use http_body_util::{BodyExt as _, Empty, Limited};
use hyper::body::Bytes;
use hyper_util::rt::TokioIo;
use incidents::sns::CertificateUrl;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::pki_types::ServerName;
use tokio_rustls::rustls::{ClientConfig, RootCertStore, crypto};

use super::FetchCertificate;

/// Longest time a fetch may take; SNS waits 15 seconds for us.
const TIMEOUT: Duration = Duration::from_secs(8);

/// A certificate with its chain has some 8 KiB.
const MAX_BYTES: usize = 64 * 1024;

/// A local endpoint that is not on this machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("test certificates are fetched only from an endpoint on this machine, and {0} is none")]
pub struct NotLoopback(SocketAddr);

/// Fetches from the host of the address, on port 443, with the public roots. Redirects are answers
/// like any other that is not 200: refused.
#[must_use]
pub fn over_tls() -> FetchCertificate {
    let connector = connector();
    Arc::new(move |url| {
        let connector = connector.clone();
        Box::pin(in_time(async move {
            let connector = connector.map_err(|error| error.to_string())?;
            let name = ServerName::try_from(url.host().to_owned()).map_err(|error| error.to_string())?;
            let stream = TcpStream::connect((url.host(), 443)).await.map_err(|error| error.to_string())?;
            let stream = connector.connect(name, stream).await.map_err(|error| error.to_string())?;
            get(stream, &url).await
        }))
    })
}

/// Fetches the path of the address from an endpoint on this machine, in plain: for the local
/// endpoint, which signs with a certificate authority of its own.
///
/// # Errors
/// [`NotLoopback`] when the endpoint is elsewhere.
pub fn over_loopback(endpoint: SocketAddr) -> Result<FetchCertificate, NotLoopback> {
    if !endpoint.ip().is_loopback() {
        return Err(NotLoopback(endpoint));
    }
    Ok(Arc::new(move |url| {
        Box::pin(in_time(async move {
            let stream = TcpStream::connect(endpoint).await.map_err(|error| error.to_string())?;
            get(stream, &url).await
        }))
    }))
}

async fn in_time(work: impl Future<Output = Result<Vec<u8>, String>>) -> Result<Vec<u8>, String> {
    tokio::time::timeout(TIMEOUT, work).await.unwrap_or_else(|_| Err("no answer in time".to_owned()))
}

fn connector() -> Result<TlsConnector, tokio_rustls::rustls::Error> {
    let roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
    let provider = Arc::new(crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(TlsConnector::from(Arc::new(config)))
}

/// One GET over a fresh connection.
async fn get(
    stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
    url: &CertificateUrl,
) -> Result<Vec<u8>, String> {
    let failed = |error: hyper::Error| error.to_string();
    let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await.map_err(failed)?;
    let driver = tokio::spawn(connection);
    let request = Request::get(url.path())
        .header(HOST, url.host())
        .header(USER_AGENT, concat!("loadlens/", env!("CARGO_PKG_VERSION")))
        .body(Empty::<Bytes>::new())
        .map_err(|error| error.to_string())?;
    let response = sender.send_request(request).await.map_err(failed)?;
    if response.status() != StatusCode::OK {
        return Err(format!("answered {}", response.status()));
    }
    let body = Limited::new(response.into_body(), MAX_BYTES).collect().await.map_err(|error| error.to_string())?;
    driver.abort();
    Ok(body.to_bytes().to_vec())
}
