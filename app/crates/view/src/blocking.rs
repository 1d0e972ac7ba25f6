//! Who blocks whom.

use serde::{Deserialize, Serialize};
use units::{Aas, DigestId, Timestamp};

use crate::Source;

/// Blocking at one moment, and what it cost over the window.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct BlockingView {
    /// The moment the trees show.
    pub at: Timestamp,
    /// Trees, the one with most sessions behind its root first.
    pub roots: Vec<BlockingNode>,
    /// Load lost to each root blocker over the window, most first.
    pub blockers: Vec<BlockerRow>,
    /// Sessions that wait for each other in a circle were cut to show a tree.
    pub has_cycle: bool,
    /// Where it comes from.
    pub source: Source,
}

/// One session of a tree.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct BlockingNode {
    /// Process id or thread id.
    pub session: String,
    /// What is known of it.
    pub facts: SessionFacts,
    /// Sessions that wait for it directly.
    pub blocked: Vec<Self>,
    /// Sessions behind it, near and far.
    pub blocked_count: u32,
}

/// What is known of a session in a blocking tree; every field may be missing.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct SessionFacts {
    /// Database user.
    pub user: Option<String>,
    /// Client address.
    pub host: Option<String>,
    /// Application name.
    pub application: Option<String>,
    /// Digest it runs, or ran last when it is idle.
    pub digest: Option<DigestId>,
    /// Normal form, shortened.
    pub statement: Option<String>,
    /// It holds a transaction open and does nothing.
    pub idle_in_transaction: bool,
    /// Wait event; `None` when it waits for nothing.
    pub wait: Option<String>,
    /// What it waits for: `transactionid`, `orders`.
    pub lock_object: Option<String>,
    /// How long it has waited.
    pub waiting_ms: Option<f64>,
}

/// What a blocker cost.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct BlockerRow {
    /// Session, digest or whatever the source names blockers by.
    pub key: String,
    /// What the reader sees.
    pub label: String,
    /// Load that waited for it.
    pub lost: Aas,
}
