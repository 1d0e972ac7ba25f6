//! Alarm messages become alarms and changes of state in the archive.

use std::sync::Arc;

use incidents::AlarmMessage;
use units::Timestamp;

use super::Hooks;

/// Keeps what a message says. Returns once it is durable; the same message twice is kept once.
pub(super) async fn keep(hooks: &Arc<Hooks>, message: AlarmMessage) -> Result<(), String> {
    let archive = hooks.archive.clone();
    let told = message.clone();
    let kept = tokio::task::spawn_blocking(move || {
        let alarms = archive.alarms()?;
        let known = alarms.iter().find(|alarm| alarm.arn == told.alarm.arn);
        archive.put_alarms(&[told.merged_into(known)])?;
        archive.put_alarm_events(told.change.as_slice())
    });
    kept.await.map_err(|error| error.to_string())?.map_err(|error| error.to_string())?;
    tracing::info!(alarm.arn = %message.alarm.arn, alarm.status = message.alarm.status.name(), "an alarm was told");
    if let Some(alarms) = &hooks.config.alarms
        && alarms.try_send(message).is_err()
    {
        tracing::warn!("nobody takes up alarm messages; they are in the archive");
    }
    Ok(())
}

/// Remembers an accepted `MessageId`, durably.
pub(super) async fn remember(hooks: &Arc<Hooks>, message_id: String, sent: Timestamp) -> Result<(), String> {
    let (hooks, now) = (Arc::clone(hooks), (hooks.config.now)());
    let written = tokio::task::spawn_blocking(move || hooks.seen.remember(&hooks.archive, message_id, sent, now));
    written.await.map_err(|error| error.to_string())?.map_err(|error| error.to_string())
}
