//! Alarms and their history, as documents; what they mean is in the CloudWatch service.

use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, VecDeque};

/// History items kept at most, all alarms together.
const MOST_HISTORY: usize = 20_000;

/// An alarm.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Alarm {
    pub(crate) name: String,
    #[serde(default)]
    pub(crate) tags: BTreeMap<String, String>,
    /// Members of `PutMetricAlarm`, typed as in its model.
    pub(crate) configuration: serde_json::Value,
    pub(crate) configured_ms: i64,
    /// `OK`, `ALARM` or `INSUFFICIENT_DATA`.
    pub(crate) state: String,
    pub(crate) reason: String,
    pub(crate) reason_data: Option<String>,
    pub(crate) state_updated_ms: i64,
    pub(crate) transitioned_ms: i64,
}

/// Something that happened to an alarm.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct HistoryItem {
    pub(crate) alarm: String,
    /// `MetricAlarm`, `CompositeAlarm` or `LogAlarm`.
    pub(crate) sort: String,
    pub(crate) at_ms: i64,
    /// `ConfigurationUpdate` or `StateUpdate`.
    pub(crate) kind: String,
    pub(crate) summary: String,
    pub(crate) data: String,
}

/// All alarms.
#[derive(Debug, Default)]
pub(crate) struct AlarmBook {
    pub(crate) alarms: BTreeMap<String, Alarm>,
    pub(crate) history: VecDeque<HistoryItem>,
}

impl Alarm {
    /// Tags that go along with its messages, as its `AlarmTagsPropagation` says; `None` when it sends none.
    pub(crate) fn sent_tags(&self) -> Option<BTreeMap<&str, &str>> {
        let propagation = &self.configuration["ActionConfiguration"]["AlarmTagsPropagation"];
        propagation["Enabled"].as_bool().filter(|is_on| *is_on)?;
        let lists = |list: &str, key: &str| {
            propagation[list].as_array().map(|keys| keys.iter().any(|listed| listed.as_str() == Some(key)))
        };
        let is_sent = |key: &str| {
            lists("IncludedTagKeys", key).unwrap_or(true) && !lists("ExcludedTagKeys", key).unwrap_or(false)
        };
        let sent = self.tags.iter().filter(|(key, _)| is_sent(key));
        Some(sent.map(|(key, value)| (key.as_str(), value.as_str())).collect())
    }
}

impl AlarmBook {
    /// Enters what was read back from disk; documents that cannot be read are left out.
    pub(crate) fn restore(&mut self, alarms: &[String], history: &[String]) {
        let alarms = alarms.iter().filter_map(|document| serde_json::from_str::<Alarm>(document).ok());
        self.alarms.extend(alarms.map(|alarm| (alarm.name.clone(), alarm)));
        self.history.extend(history.iter().filter_map(|document| serde_json::from_str(document).ok()));
    }

    /// Adds to the history, dropping the oldest beyond the bound.
    pub(crate) fn note(&mut self, item: HistoryItem) {
        self.history.push_back(item);
        while self.history.len() > MOST_HISTORY {
            self.history.pop_front();
        }
    }
}
