//! Connections from clients and to targets, counted.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use http::Uri;
use hyper::body::Incoming;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::{Connected, Connection};
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::task::JoinSet;

use super::metrics::{BalancerMetrics, OpenConnection};
use super::{BalancerConfig, Shared, forward};

/// Pause after `accept` failed, most likely for want of file descriptors.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// A pool of connections to one target.
pub(super) type TargetClient = Client<Connector, Incoming>;

pub(super) fn target_client(config: &BalancerConfig, metrics: &BalancerMetrics) -> TargetClient {
    let connector = Connector { source: config.source, timeout: config.connect_timeout, metrics: metrics.clone() };
    Client::builder(TokioExecutor::new())
        .pool_timer(TokioTimer::new())
        .pool_idle_timeout(config.idle_timeout)
        .set_host(false)
        .build(connector)
}

pub(super) async fn connect_from(source: Ipv4Addr, target: SocketAddr) -> io::Result<TcpStream> {
    let socket = TcpSocket::new_v4()?;
    socket.bind(SocketAddr::from((source, 0)))?;
    let stream = socket.connect(target).await?;
    stream.set_nodelay(true)?;
    Ok(stream)
}

/// Accepts clients until it is dropped, and their connections with it.
pub(super) async fn accept(listener: TcpListener, shared: Arc<Shared>) {
    let mut open = JoinSet::new();
    loop {
        while open.try_join_next().is_some() {}
        match listener.accept().await {
            Ok((stream, client)) if open.len() < shared.config.most_connections => {
                open.spawn(serve(stream, client, Arc::clone(&shared)));
            }
            Ok(_) => shared.metrics.rejected_connection(),
            Err(error) => {
                tracing::warn!(%error, "balancer.accept_failed");
                tokio::time::sleep(ACCEPT_PAUSE).await;
            }
        }
    }
}

async fn serve(stream: TcpStream, client: SocketAddr, shared: Arc<Shared>) {
    drop(stream.set_nodelay(true));
    let counted = Counted { inner: stream, connection: shared.metrics.open_client_connection() };
    let idle_timeout = shared.config.idle_timeout;
    let service = hyper::service::service_fn(move |request| {
        let shared = Arc::clone(&shared);
        async move { Ok::<_, std::convert::Infallible>(forward::handle(shared, client, request).await) }
    });
    let served = hyper::server::conn::http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(idle_timeout)
        .serve_connection(TokioIo::new(counted), service)
        .await;
    if let Err(error) = served {
        tracing::debug!(%error, "balancer.client_connection_ended");
    }
}

/// A connection that is counted while it is open; of clients also the bytes.
#[derive(Debug)]
pub(super) struct Counted {
    inner: TcpStream,
    connection: OpenConnection,
}

impl AsyncRead for Counted {
    fn poll_read(mut self: Pin<&mut Self>, context: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let before = buf.filled().len();
        let outcome = Pin::new(&mut self.inner).poll_read(context, buf);
        self.connection.processed(buf.filled().len() - before);
        outcome
    }
}

impl AsyncWrite for Counted {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        let outcome = Pin::new(&mut self.inner).poll_write(context, buf);
        if let Poll::Ready(Ok(written)) = &outcome {
            self.connection.processed(*written);
        }
        outcome
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_shutdown(context)
    }
}

impl Connection for Counted {
    fn connected(&self) -> Connected {
        Connected::new()
    }
}

/// Connects to the target that the URI names, from the balancer's own address.
#[derive(Debug, Clone)]
pub(super) struct Connector {
    source: Ipv4Addr,
    timeout: Duration,
    metrics: BalancerMetrics,
}

/// Why a target could not be connected to.
#[derive(Debug, thiserror::Error)]
pub(super) enum ConnectError {
    #[error("the target did not accept within the connection timeout")]
    Timeout,
    #[error("the target cannot be connected to: {0}")]
    Refused(#[from] io::Error),
    #[error("the target has no address")]
    NoAddress,
}

impl tower::Service<Uri> for Connector {
    type Response = TokioIo<Counted>;
    type Error = ConnectError;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, ConnectError>> + Send>>;

    fn poll_ready(&mut self, _context: &mut Context<'_>) -> Poll<Result<(), ConnectError>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, uri: Uri) -> Self::Future {
        let connector = self.clone();
        Box::pin(async move {
            let authority = uri.authority().ok_or(ConnectError::NoAddress)?.as_str();
            let target = authority.parse().map_err(|_| ConnectError::NoAddress)?;
            let connecting = connect_from(connector.source, target);
            let inner =
                tokio::time::timeout(connector.timeout, connecting).await.map_err(|_| ConnectError::Timeout)??;
            Ok(TokioIo::new(Counted { inner, connection: connector.metrics.open_target_connection() }))
        })
    }
}
