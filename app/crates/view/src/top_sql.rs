//! The Top SQL table.

use serde::{Deserialize, Serialize};
use units::{Aas, DigestId, SortBy, WaitClass};

use crate::{BlockedChip, Coverage, Source};

/// Top SQL of a window. Rows, remainder and unattributed load sum to the total.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TopSqlView {
    /// Order of the rows.
    pub sort: SortBy,
    /// Ranked rows, then the closing rows (remainder, unattributed); see [`SqlRow::kind`].
    pub rows: Vec<SqlRow>,
    /// Load of the instance in the window, filters applied.
    pub total: Aas,
    /// The same in the compare window; `None` without comparison or without data there.
    pub total_before: Option<Aas>,
    /// Digests known in the window, shown or not.
    pub digest_count: u32,
    /// Chips that could not be applied.
    #[serde(default)]
    pub blocked: Vec<BlockedChip>,
    /// Which buckets are known.
    pub coverage: Coverage,
    /// Where it comes from.
    pub source: Source,
}

/// What a row of the table stands for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RowKind {
    /// One digest.
    Digest(DigestId),
    /// All digests that have no row of their own.
    Remainder {
        /// How many, as far as they are known by name.
        digests: u32,
    },
    /// Load for which no statement was reported.
    Unattributed,
}

/// One row.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SqlRow {
    /// What it stands for.
    pub kind: RowKind,
    /// Normal form of the statement, shortened for the table; empty for closing rows.
    pub statement: String,
    /// Mean AAS in the window.
    pub mean: Aas,
    /// Highest bucket; `None` for closing rows.
    pub peak: Option<Aas>,
    /// 99th percentile over buckets.
    pub p99: Option<Aas>,
    /// Part of the instance's load, 0 to 1.
    pub share: Option<f64>,
    /// The load by wait class, in stack order; sums to [`SqlRow::mean`] with the remainder in
    /// [`SqlRow::mean_by_unknown_wait`].
    pub waits: Vec<LoadPart>,
    /// Load of this row whose wait class was not collected.
    pub mean_by_unknown_wait: Aas,
    /// Mean AAS in the compare window: `Some(0)` when that window is known and the digest is not in
    /// it, `None` when it is not known.
    pub before: Option<Aas>,
    /// Calls per second, from the statement statistics; `None` where the engine has none.
    pub calls_per_sec: Option<f64>,
    /// Mean duration of a call in milliseconds.
    pub ms_per_call: Option<f64>,
    /// Rows returned or changed per call.
    pub rows_per_call: Option<f64>,
    /// `New`, `Cut at 500 B` …
    pub badges: Vec<Badge>,
    /// Tags of sqlcommenter, `route` first: (key, value).
    pub tags: Vec<(String, String)>,
    /// PI's own tokenised ids that merged into this digest.
    pub children: Vec<ChildStatement>,
}

/// Load of one wait class.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct LoadPart {
    /// Class.
    pub class: WaitClass,
    /// Mean AAS.
    pub aas: Aas,
}

/// Badges of a statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Badge {
    /// Not in the compare window.
    New,
    /// More load and slower calls than in the compare window.
    Regressed,
    /// In the compare window, not in this one.
    Gone,
    /// Another execution plan than before.
    PlanChanged,
    /// PI gave only the first 500 bytes of the text.
    Cut,
}

/// A digest as Performance Insights names it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ChildStatement {
    /// `db.sql_tokenized.id`.
    pub pi_id: String,
    /// `db.sql_tokenized.db_id`: the engine's own id (PostgreSQL: query id), when given.
    pub db_id: Option<String>,
    /// Mean AAS in the window.
    pub mean: Aas,
}
