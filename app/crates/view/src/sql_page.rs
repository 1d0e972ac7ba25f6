//! The page of one digest.

use serde::{Deserialize, Serialize};
use units::{Aas, DigestId, Engine, ResourceId, Timestamp, WaitClass, Window};

use crate::{ChildStatement, LoadView, Source, SqlRow, Verdict};

/// One digest on one instance in one window.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SqlPageView {
    /// What the statement is.
    pub statement: StatementFacts,
    /// Its row of the Top SQL table.
    pub row: SqlRow,
    /// Its load by wait class, compared.
    pub load: LoadView,
    /// Load of the whole instance, a bucket each: the grey ground.
    pub whole: Vec<Option<f64>>,
    /// Calls in the part of the window that is known.
    pub call_count: Option<f64>,
    /// Calls, latency and rows on the same axis.
    pub calls: Vec<CallSeries>,
    /// What changed against the compare window; `None` when that is not known.
    pub change: Option<ChangeView>,
    /// The change in words.
    pub verdict: Verdict,
    /// Habits in the statement that often cost.
    pub findings: Vec<StatementFinding>,
    /// Columns it filters, joins, groups and orders by: what an index could serve.
    pub columns: Vec<ColumnRole>,
    /// Columns of its tables by the load that asks for them, one table each: what to test an index on.
    pub hypotheses: Vec<IndexHypothesis>,
    /// The statement laid out.
    pub laid_out: Vec<SqlSpan>,
    /// The statement as it was sent, literals masked.
    pub sent: Vec<SqlSpan>,
    /// A script that shows its plan without executing it; `None` when the text is cut.
    pub explain: Option<String>,
    /// Where the numbers come from.
    pub source: Source,
}

/// A stretch of a statement.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SqlSpan {
    /// How it is set.
    pub kind: SqlSpanKind,
    /// Its text.
    pub text: String,
    /// The finding it belongs to: its number in [`SqlPageView::findings`], from 1.
    pub mark: Option<u8>,
}

/// How a stretch of a statement is set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SqlSpanKind {
    /// As it is.
    Plain,
    /// A keyword.
    Keyword,
    /// A table.
    Table,
    /// A literal or parameter.
    Param,
    /// A comment, or where the text was cut.
    Comment,
}

/// What is known of a statement, whenever it ran.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StatementFacts {
    /// Its digest.
    pub digest: DigestId,
    /// Engine whose rules it was read by.
    pub engine: Engine,
    /// Literals `?`, lists collapsed.
    pub normal_form: String,
    /// The text with every literal masked, otherwise as sent; the longest known.
    pub masked: String,
    /// `select`, `update` …
    pub kind: String,
    /// Tables it reads or writes.
    pub tables: Vec<String>,
    /// Tags, `route` first: (key, value).
    pub tags: Vec<(String, String)>,
    /// Only the first 500 bytes are known.
    pub truncated: bool,
    /// A parser read all of it.
    pub tree: bool,
    /// First bucket it was seen in.
    pub first_seen: Option<Timestamp>,
    /// Last bucket it was seen in.
    pub last_seen: Option<Timestamp>,
    /// PI's ids that merged into it, as they load the instance in the window.
    pub children: Vec<ChildStatement>,
}

/// Which figure of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CallFigure {
    /// Calls per second.
    Calls,
    /// Milliseconds per call.
    Latency,
    /// Rows per call.
    Rows,
}

/// One figure of calls over time.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CallSeries {
    /// Which figure.
    pub figure: CallFigure,
    /// Unit as printed: `/s`, `ms`, empty.
    pub unit: String,
    /// A value a bucket; `None` where nothing is known or, per call, nothing was called.
    pub values: Vec<Option<f64>>,
    /// The same in the compare window, on this axis.
    pub ghost: Option<Vec<Option<f64>>>,
    /// Over the window: sums divided, not quotients averaged.
    pub mean: Option<f64>,
    /// The same of the compare window.
    pub mean_before: Option<f64>,
}

/// A change of load taken apart. The parts sum to the change.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ChangeView {
    /// Mean AAS in the compare window.
    pub before: Aas,
    /// Mean AAS in the window.
    pub after: Aas,
    /// The compare window.
    pub before_window: Window,
    /// The window.
    pub window: Window,
    /// Parts: calls first, then latency by size.
    pub parts: Vec<ChangePart>,
}

/// One part of a change.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ChangePart {
    /// What it comes from.
    pub cause: ChangeCause,
    /// AAS more (or less).
    pub delta: f64,
    /// Figure before: calls per second, or milliseconds per call in these waits.
    pub from: Option<f64>,
    /// Figure after.
    pub to: Option<f64>,
}

/// What a part of a change comes from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChangeCause {
    /// The statement was not there before.
    New,
    /// The statement is not there any more.
    Gone,
    /// More or fewer calls, at the latency of before.
    Calls,
    /// Slower or faster calls, in these waits; several are merged when each is small.
    Latency(Vec<WaitClass>),
    /// More or less load in these waits, when calls are not known.
    Waits(Vec<WaitClass>),
    /// Load whose wait was not collected.
    UnknownWait,
}

/// A habit found in a statement.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatementFinding {
    /// Key of the rule in the message table: `leading_wildcard`, `missing_where` …
    pub rule: String,
    /// First byte of the place in [`StatementFacts::masked`].
    pub start: usize,
    /// Byte behind the last.
    pub end: usize,
}

/// What a statement does with a column.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct ColumnRole {
    /// Table, when the statement tells.
    pub table: Option<String>,
    /// Column.
    pub column: String,
    /// `filter`, `join`, `group`, `order`.
    pub role: String,
}

/// An index that statements of the window could use, if the planner agrees: a hypothesis from their
/// texts. Nothing is known of the table, its size or the indexes it has.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct IndexHypothesis {
    /// The table.
    pub table: String,
    /// Columns in the order of the index: equality and join first, then order.
    pub columns: Vec<String>,
    /// Load of the digests that would use its first column.
    pub load: Aas,
    /// How many digests that are.
    pub digests: u32,
    /// Every column of the table that digests of the window ask for, most load first.
    pub asked: Vec<ColumnLoad>,
    /// How to test it; `None` when the engine has no way or the text is cut.
    pub script: Option<String>,
}

/// A column and the load of the digests that use it so.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ColumnLoad {
    /// Column.
    pub column: String,
    /// `filter`, `join`, `group`, `order`.
    pub role: String,
    /// Their load.
    pub load: Aas,
}

/// How the literals of a digest's statements are spread: keyed hashes, never values.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LiteralsView {
    /// Places of literals in the statement, the most skewed first.
    pub slots: Vec<LiteralSlot>,
    /// Statements whose load is known.
    pub statements: u32,
    /// Load of those statements.
    pub known: Aas,
    /// Load of the digest.
    pub total: Aas,
    /// Where the numbers come from.
    pub source: Source,
}

/// One place of a literal.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LiteralSlot {
    /// Its number in the order of the text, from 0.
    pub slot: u32,
    /// The words around it in the masked text, when they can be told.
    pub place: String,
    /// Values by load.
    pub values: Vec<LiteralValue>,
    /// Different values seen.
    pub distinct: u32,
}

/// One value of a slot.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LiteralValue {
    /// The first hex digits of its keyed hash.
    pub hash: String,
    /// Load of the statements that hold it.
    pub load: Aas,
    /// Part of the load of the statements that are known, 0 to 1.
    pub share: Option<f64>,
}

/// The same digest on other instances.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ElsewhereView {
    /// Instances, most load first; the one asked about included.
    pub rows: Vec<ElsewhereRow>,
}

/// One instance that runs a digest.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ElsewhereRow {
    /// The instance.
    pub instance: ResourceId,
    /// Its name.
    pub name: String,
    /// Load of the digest there.
    pub mean: Aas,
    /// Part of that instance's load.
    pub share: Option<f64>,
    /// Calls per second.
    pub calls_per_sec: Option<f64>,
    /// Milliseconds per call.
    pub ms_per_call: Option<f64>,
    /// Rows per call.
    pub rows_per_call: Option<f64>,
}
