//! Who waited for whom at one moment.

use serde::{Deserialize, Serialize};
use units::{DigestId, Timestamp};

/// A lock snapshot. // `db.lock_snapshot`, `lock_trees`
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LockSnapshot {
    /// The second it is of.
    pub at: Timestamp,
    /// Sessions that waited for a lock and those in their way; empty when nobody waited.
    pub sessions: Vec<LockedSession>,
    /// Why sessions are lacking although somebody waited.
    pub flaw: Option<SnapshotFlaw>,
}

/// What is wrong with a snapshot.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SnapshotFlaw {
    /// It came in a shape this release does not know. Nothing of it is told: it may hold literals.
    UnknownShape {
        /// How many columns its first line seems to have.
        columns: usize,
    },
    /// The source has no snapshot of that second, in its own words.
    Unavailable {
        /// The words.
        reason: String,
    },
}

/// One session of a snapshot. Every field but the first two may be missing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LockedSession {
    /// Process or thread id.
    pub session: String,
    /// Sessions that hold what it waits for, or stand before it in the queue.
    pub blocked_by: Vec<String>,
    /// State in the words of `pg_stat_activity`: `active`, `idle in transaction`.
    pub state: Option<String>,
    /// Database user.
    pub user: Option<String>,
    /// Application name.
    pub application: Option<String>,
    /// Client address.
    pub host: Option<String>,
    /// Wait event.
    pub wait: Option<String>,
    /// Kind of lock: `transactionid`, `relation`.
    pub lock_type: Option<String>,
    /// Mode asked for: `ShareLock`.
    pub lock_mode: Option<String>,
    /// What is locked: `orders (12,4)`.
    pub lock_object: Option<String>,
    /// Milliseconds it has waited.
    pub waiting_ms: Option<u64>,
    /// Milliseconds its transaction has been open.
    pub transaction_ms: Option<u64>,
    /// Digest of what it runs, or ran last.
    pub digest: Option<DigestId>,
    /// Normal form of that.
    pub statement: Option<String>,
}

impl LockSnapshot {
    /// Sessions that wait.
    #[must_use]
    pub fn waiting(&self) -> usize {
        self.sessions.iter().filter(|session| !session.blocked_by.is_empty()).count()
    }
}
