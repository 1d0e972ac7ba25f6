//! Who blocks whom.

use serde::{Deserialize, Serialize};
use units::{Aas, DigestId, Timestamp};

use crate::Source;

/// Blocking at one moment, and what it cost over the window.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct BlockingView {
    /// The moment the trees show; `None` when no snapshot is known.
    pub at: Option<Timestamp>,
    /// Trees, the one with most sessions behind its root first.
    pub roots: Vec<BlockingNode>,
    /// Sessions that wait at that moment.
    pub waiting: u32,
    /// Sessions that wait for each other in a circle were cut to show a tree.
    pub has_cycle: bool,
    /// Why there are no trees although somebody waited.
    pub flaw: Option<BlockingFlaw>,
    /// Moments whose trees are kept, newest first.
    pub moments: Vec<BlockingMoment>,
    /// Load that waited for a lock over the window, whoever held it.
    pub lost: Aas,
    /// Load of the window, to hold it against.
    pub total: Aas,
    /// Load lost to each root blocker over the window, most first.
    pub sessions: Vec<BlockerRow>,
    /// The same by what the blockers ran.
    pub statements: Vec<BlockerRow>,
    /// The same by what was waited for.
    pub objects: Vec<BlockerRow>,
    /// On a statement's page: load of others that waited for sessions running this statement.
    pub caused: Option<Aas>,
    /// Where it comes from.
    pub source: Source,
}

/// Why a moment has no trees.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BlockingFlaw {
    /// The snapshot has a shape this release does not know, with so many columns.
    UnknownShape {
        /// Columns of its first line.
        columns: u32,
    },
    /// The source has none, in its own words.
    Unavailable {
        /// The words.
        reason: String,
    },
}

/// A moment whose trees are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BlockingMoment {
    /// When.
    pub at: Timestamp,
    /// Sessions that waited.
    pub waiting: u32,
}

/// One session of a tree.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct BlockingNode {
    /// Process id or thread id; `0` stands for a prepared transaction.
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
    /// Its state in the engine's words.
    pub state: Option<String>,
    /// It holds a transaction open and does nothing.
    pub idle_in_transaction: bool,
    /// Wait event; `None` when it waits for nothing.
    pub wait: Option<String>,
    /// What it waits for: `transactionid`, `orders (12,4)`.
    pub lock_object: Option<String>,
    /// How it wants that: `ShareLock`.
    pub lock_mode: Option<String>,
    /// How long it has waited.
    pub waiting_ms: Option<u64>,
    /// How long its transaction has been open.
    pub transaction_ms: Option<u64>,
}

/// What a blocker cost.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct BlockerRow {
    /// Session, statement id or object: the value of a filter.
    pub key: String,
    /// What the reader sees.
    pub label: String,
    /// Digest, when blockers are named by their statement.
    pub digest: Option<DigestId>,
    /// Load that waited for it.
    pub lost: Aas,
    /// Part of all load that waited.
    pub share: Option<f64>,
}
