//! When to stop: Ctrl-C or SIGTERM.

use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;

/// A token that is cancelled by the first SIGINT or SIGTERM. Must be called inside a runtime.
#[must_use]
pub fn requested() -> CancellationToken {
    let token = CancellationToken::new();
    for kind in [SignalKind::interrupt(), SignalKind::terminate()] {
        match signal(kind) {
            Ok(mut signals) => {
                let token = token.clone();
                tokio::spawn(async move {
                    if signals.recv().await.is_some() {
                        token.cancel();
                    }
                });
            }
            Err(error) => tracing::warn!(%error, "a signal cannot be listened to"),
        }
    }
    token
}
