//! Messages accepted lately, so that a replayed one is refused, also after a restart.
//!
//! Kept as one setting of the archive: a JSON object, `MessageId` → when SNS sent it in epoch
//! milliseconds. A message that is older than the age limit is refused for its age and forgotten
//! here, so the set holds two hours at most.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use archive::Archive;
use incidents::sns::{MAX_AGE_SECS, MAX_AHEAD_SECS};
use units::Timestamp;

/// Name of the setting.
const SETTING: &str = "hooks.sns.seen";

/// Most messages remembered. Beyond, the oldest are forgotten; at this rate (three a second for an
/// hour) alarms are not the problem.
const MAX_MESSAGES: usize = 10_000;

#[derive(Debug, Default)]
pub(super) struct SeenMessages(Mutex<BTreeMap<String, Timestamp>>);

impl SeenMessages {
    pub(super) fn load(archive: &Archive) -> archive::Result<Self> {
        let kept = archive.setting(SETTING)?;
        // What cannot be read was not written by us; without it the age limit still holds.
        let messages = kept.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default();
        Ok(Self(Mutex::new(messages)))
    }

    pub(super) fn contains(&self, message_id: &str) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).contains_key(&message_id.to_ascii_lowercase())
    }

    /// Adds a message and writes the set; blocks on the disk.
    pub(super) fn remember(
        &self,
        archive: &Archive,
        message_id: String,
        sent: Timestamp,
        now: Timestamp,
    ) -> archive::Result<()> {
        let mut messages = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        messages.insert(message_id.to_ascii_lowercase(), sent);
        let oldest = now.plus_secs(-(MAX_AGE_SECS + MAX_AHEAD_SECS));
        messages.retain(|_, sent| *sent >= oldest);
        while messages.len() > MAX_MESSAGES {
            let Some(first) = messages.iter().min_by_key(|(_, sent)| **sent).map(|(id, _)| id.clone()) else { break };
            messages.remove(&first);
        }
        // A map of texts and numbers is always JSON.
        let text = serde_json::to_string(&*messages).unwrap_or_default();
        archive.put_setting(SETTING, &text)
    }
}
