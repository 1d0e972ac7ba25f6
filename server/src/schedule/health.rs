//! Where tasks note what is collected, up to when, and what fails.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Mutex, PoisonError};

use collect::CollectError;
use samples::{Health, Progress, Refusal, SourceHealth, SourceKind};
use units::{ResourceId, Timestamp};

/// Why something could not be collected or kept, for people and for what to do next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// AWS, in the words of `collect`.
    Aws(Refusal),
    /// Our archive: the disk is full, a file is damaged.
    Archive(String),
    /// A bug of ours; the log has more.
    Internal(String),
}

impl Fault {
    /// What `collect` says.
    pub(super) fn aws(error: &CollectError, now: Timestamp) -> Self {
        Self::Aws(match error.clone() {
            CollectError::AccessDenied { action, resource } => Refusal::Denied { action, resource },
            CollectError::Throttled { retry_after, .. } => Refusal::Throttled {
                retry_at: retry_after.map(|after| now.plus_ms(i64::try_from(after.as_millis()).unwrap_or(i64::MAX))),
            },
            CollectError::Credentials(text) => Refusal::Credentials(text),
            CollectError::NotEnabled(what) => Refusal::NotEnabled(what),
            CollectError::Invalid { message, .. } => Refusal::Unanswerable(message),
            CollectError::Unreachable { message, .. } => Refusal::Unreachable(message),
        })
    }

    pub(super) fn archive(error: &archive::Error) -> Self {
        Self::Archive(error.to_string())
    }

    pub(super) const fn internal(text: String) -> Self {
        Self::Internal(text)
    }

    /// The same as an answer to a reader.
    pub(super) fn refusal(&self) -> Refusal {
        match self {
            Self::Aws(refusal) => refusal.clone(),
            Self::Archive(text) | Self::Internal(text) => Refusal::Failed(text.clone()),
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Aws(refusal) => write!(f, "{refusal}"),
            Self::Archive(text) | Self::Internal(text) => f.write_str(text),
        }
    }
}

impl std::error::Error for Fault {}

type Key = (SourceKind, Option<ResourceId>);

#[derive(Default)]
struct State {
    sources: BTreeMap<Key, SourceHealth>,
    progress: BTreeMap<ResourceId, Progress>,
    first_poll_tried: bool,
}

/// Where tasks note how they fare.
#[derive(Default)]
pub(super) struct Board(Mutex<State>);

impl Board {
    fn with<T>(&self, work: impl FnOnce(&mut State) -> T) -> T {
        work(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    pub(super) fn read(&self) -> Health {
        self.with(|state| Health {
            sources: state.sources.values().cloned().collect(),
            progress: state.progress.values().cloned().collect(),
            first_poll_tried: state.first_poll_tried,
        })
    }

    fn source<'a>(
        state: &'a mut State,
        kind: SourceKind,
        instance: Option<&ResourceId>,
        now: Timestamp,
    ) -> &'a mut SourceHealth {
        state.sources.entry((kind, instance.cloned())).or_insert_with(|| SourceHealth {
            kind,
            instance: instance.cloned(),
            collected_to: None,
            succeeded_at: None,
            fault: None,
            since: now,
            failures: 0,
            notes: Vec::new(),
        })
    }

    pub(super) fn succeeded(
        &self,
        kind: SourceKind,
        instance: Option<&ResourceId>,
        now: Timestamp,
        to: Option<Timestamp>,
    ) {
        self.with(|state| {
            let source = Self::source(state, kind, instance, now);
            if source.fault.take().is_some() {
                source.since = now;
            }
            source.failures = 0;
            source.succeeded_at = Some(now);
            source.collected_to = source.collected_to.max(to);
        });
    }

    pub(super) fn failed(&self, kind: SourceKind, instance: Option<&ResourceId>, now: Timestamp, fault: &Fault) {
        self.with(|state| {
            let source = Self::source(state, kind, instance, now);
            let refusal = fault.refusal();
            if source.fault.as_ref() != Some(&refusal) {
                source.since = now;
                tracing::warn!(source = ?kind, instance = instance.map(ResourceId::as_str), %fault, "cannot collect");
            }
            source.fault = Some(refusal);
            source.failures += 1;
        });
    }

    pub(super) fn note(&self, kind: SourceKind, instance: &ResourceId, now: Timestamp, notes: Vec<String>) {
        self.with(|state| Self::source(state, kind, Some(instance), now).notes = notes);
    }

    pub(super) fn forget(&self, instance: &ResourceId) {
        self.with(|state| {
            state.sources.retain(|(_, of), _| of.as_ref() != Some(instance));
            state.progress.remove(instance);
        });
    }

    pub(super) fn was_tried(&self, kind: SourceKind, instance: &ResourceId) -> bool {
        self.with(|state| {
            let source = state.sources.get(&(kind, Some(instance.clone())));
            source.is_some_and(|source| source.succeeded_at.is_some() || source.fault.is_some())
        })
    }

    /// Every instance was tried once, or there is none.
    pub(super) fn first_poll_tried(&self) {
        self.with(|state| state.first_poll_tried = true);
    }

    /// The inventory was read; at the first time it decides which instances are still to be tried,
    /// whatever was said before anything was known of them.
    pub(super) fn inventory_read(&self, all_tried: bool) {
        self.with(|state| {
            let inventory = state.sources.get(&(SourceKind::Inventory, None));
            if inventory.is_none_or(|source| source.succeeded_at.is_none()) {
                state.first_poll_tried = all_tried;
            }
        });
    }

    pub(super) fn backfill(&self, instance: &ResourceId, total_secs: u64, done_secs: u64) {
        self.with(|state| {
            let progress = Progress { instance: instance.clone(), total_secs, done_secs };
            state.progress.insert(instance.clone(), progress);
        });
    }
}
