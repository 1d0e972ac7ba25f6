//! A TCP forwarder that reaches its target from a loopback address of its own.
//!
//! The whole of 127.0.0.0/8 is loopback on Linux: an instance that reaches PostgreSQL through a
//! forwarder bound to 127.0.0.11 is seen there as client 127.0.0.11, as an instance on a machine
//! of its own would be.

use std::io;
use std::net::{Ipv4Addr, SocketAddr, SocketAddrV4};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::task::{AbortHandle, JoinSet};

/// Connections at a time; more wait in the listener's backlog.
const MAX_CONNECTIONS: usize = 512;
/// Pause after `accept` failed, most likely for want of file descriptors.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// A running forwarder; dropping it closes its connections.
#[derive(Debug)]
pub struct Forwarder {
    listen: SocketAddrV4,
    source: Ipv4Addr,
    counters: Arc<Counters>,
    task: AbortHandle,
}

#[derive(Debug, Default)]
struct Counters {
    connections: AtomicU64,
    failures: AtomicU64,
}

impl Forwarder {
    /// Listens on a free port of 127.0.0.1 and forwards to `target` from `source`.
    ///
    /// # Errors
    /// When nothing can be bound. A target that does not answer closes the connection it was
    /// wanted for and is counted.
    pub async fn start(target: SocketAddr, source: Ipv4Addr) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let SocketAddr::V4(listen) = listener.local_addr()? else {
            return Err(io::Error::other("bound 127.0.0.1 and got an IPv6 address"));
        };
        // Says so at once where this machine has no such loopback address.
        TcpSocket::new_v4()?.bind(SocketAddr::from((source, 0)))?;
        let counters = Arc::new(Counters::default());
        let task = tokio::spawn(accept(listener, target, source, Arc::clone(&counters))).abort_handle();
        Ok(Self { listen, source, counters, task })
    }

    /// Where to connect.
    pub fn listen(&self) -> SocketAddrV4 {
        self.listen
    }

    /// The address the target sees.
    pub fn source(&self) -> Ipv4Addr {
        self.source
    }

    /// Connections forwarded since the start.
    pub fn connections(&self) -> u64 {
        self.counters.connections.load(Ordering::Relaxed)
    }

    /// Connections that could not reach the target.
    pub fn failures(&self) -> u64 {
        self.counters.failures.load(Ordering::Relaxed)
    }
}

impl Drop for Forwarder {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn accept(listener: TcpListener, target: SocketAddr, source: Ipv4Addr, counters: Arc<Counters>) {
    // Dropped with this task: its connections end with it.
    let mut open = JoinSet::new();
    loop {
        while open.len() >= MAX_CONNECTIONS {
            open.join_next().await;
        }
        while open.try_join_next().is_some() {}
        match listener.accept().await {
            Ok((client, _)) => {
                open.spawn(forward(client, target, source, Arc::clone(&counters)));
            }
            Err(error) => {
                tracing::warn!(%error, "forwarder.accept_failed");
                tokio::time::sleep(ACCEPT_PAUSE).await;
            }
        }
    }
}

async fn forward(mut client: TcpStream, target: SocketAddr, source: Ipv4Addr, counters: Arc<Counters>) {
    match connect_from(source, target).await {
        Ok(mut server) => {
            counters.connections.fetch_add(1, Ordering::Relaxed);
            drop((client.set_nodelay(true), server.set_nodelay(true)));
            // Either side may go away at any time; that is how connections end.
            drop(tokio::io::copy_bidirectional(&mut client, &mut server).await);
        }
        Err(error) => {
            counters.failures.fetch_add(1, Ordering::Relaxed);
            tracing::debug!(%error, %target, "forwarder.unreachable");
        }
    }
}

async fn connect_from(source: Ipv4Addr, target: SocketAddr) -> io::Result<TcpStream> {
    let socket = TcpSocket::new_v4()?;
    socket.bind(SocketAddr::from((source, 0)))?;
    socket.connect(target).await
}
