//! SQL text in, digest and understanding out: normal form, id, kind, tables, tags, findings.
//!
//! Two layers. A byte scanner of our own gives every text, whole or cut, valid or not, its normal form
//! in one pass; `sqlparser` then gives the syntax tree once per new digest. The crate is pure: it reads
//! no clock, no disk and no network, and knows nothing of AWS, of instances or of pages.
//!
//! Its one law: normalising twice changes nothing; texts equal up to literals, case, space, comments and
//! list lengths have equal digests, others different ones; and no literal is in anything it returns.

mod bytes;
mod cache;
mod columns;
mod cut;
mod dialect;
#[cfg(test)]
mod differential;
mod digest;
mod findings;
mod format;
mod hidden;
mod kind;
mod lists;
mod masked;
mod normal;
mod normalise;
mod scan;
mod slots;
mod tables;
mod tags;
mod tokens;
mod tree;
mod wide;
mod words;

pub use cache::DigestCache;
pub use columns::{COLUMNS_MAX, ColumnUse, PredicateColumn};
pub use digest::{Digest, Digester, digest};
pub use findings::{Finding, Rule};
pub use format::{FORMAT_BYTES_MAX, FORMAT_DEPTH_MAX, Span, SpanKind, format};
pub use kind::{StatementKind, UnknownStatementKind};
pub use masked::masked;
pub use normalise::{CUT_MARK, Completeness, Normalised, Normaliser, PI_TEXT_MAX, VERSION, readable};
pub use slots::{SLOT_HASHES_MAX, SlotHash, literal_slots};
pub use tables::{TABLES_MAX, TableRef};
pub use tags::{TAG_VALUE_MAX, TagKey, Tags};
