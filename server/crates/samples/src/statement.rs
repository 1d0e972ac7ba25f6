//! One SQL text as Performance Insights knows it, and what we made of it.

use serde::{Deserialize, Serialize};
use units::{DigestId, Dimension, Engine, Timestamp};

/// A row of the rebuildable table from PI's ids to our digests. Load is keyed by PI's ids; a better
/// normaliser or a late full text changes this row and so re-groups history.
///
/// No literal is in it: text leaves `collect` masked.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Statement {
    /// `db.sql_tokenized.id`, or `db.sql.id` when [`Statement::dimension`] says so.
    pub pi_id: String,
    /// `db.sql_tokenized.db_id`: the engine's own id (PostgreSQL: query id as text), when given.
    pub db_id: Option<String>,
    /// [`Dimension::Sql`] for a digest of PI, [`Dimension::Statement`] for one statement under it.
    pub dimension: Dimension,
    /// For a statement: the `db.sql_tokenized.id` it belongs to.
    pub parent: Option<String>,
    /// Engine whose rules the text was read by.
    pub engine: Engine,
    /// Our digest.
    pub digest: DigestId,
    /// Version of the normaliser that made the digest.
    pub digest_version: u8,
    /// Literals `?`, lists collapsed, comments gone.
    pub normal_form: String,
    /// The text with every literal masked, otherwise as it came.
    pub masked: String,
    /// `select`, `update` …
    pub kind: String,
    /// Tables it reads or writes, as written.
    pub tables: Vec<String>,
    /// sqlcommenter tags on the allow-list: (key, value).
    pub tags: Vec<(String, String)>,
    /// The text ended before the statement did (PI cuts at 500 bytes).
    pub truncated: bool,
    /// For a statement: its literals as (slot, first 16 hex digits of a keyed hash), each pair once.
    #[serde(default)]
    pub literals: Vec<(u32, String)>,
    /// Whether a syntax tree was found; without one, kind and tables come from the scanner.
    pub tree: bool,
    /// First bucket it was seen in.
    pub first_seen: Timestamp,
    /// Last bucket it was seen in.
    pub last_seen: Timestamp,
}
