//! Tasks that come back after a panic.

use std::sync::Arc;
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use super::Inner;

/// Pause before a task that panicked starts again.
const AFTER_PANIC: Duration = Duration::from_secs(5);

/// Runs `work` until `stop`; when it panics, says so and starts it again.
pub(super) fn spawn<F>(
    inner: &Arc<Inner>,
    name: &'static str,
    stop: CancellationToken,
    work: impl Fn() -> F + Send + 'static,
) where
    F: Future<Output = ()> + Send + 'static,
{
    inner.tasks.spawn(async move {
        loop {
            // A task of its own, so that its panic ends there.
            let mut task = tokio::spawn(work());
            tokio::select! {
                ended = &mut task => match ended {
                    Ok(()) => return,
                    Err(error) => tracing::error!(task = name, %error, "a task of the schedule failed; it starts again"),
                },
                () = stop.cancelled() => {
                    task.abort();
                    // The write a task is in the middle of ends by itself, durable or not at all.
                    let _ended = task.await;
                    return;
                }
            }
            if !pause(&stop, AFTER_PANIC).await {
                return;
            }
        }
    });
}

/// Sleeps; `false` when stopped meanwhile.
pub(super) async fn pause(stop: &CancellationToken, time: Duration) -> bool {
    tokio::select! {
        () = tokio::time::sleep(time) => true,
        () = stop.cancelled() => false,
    }
}
