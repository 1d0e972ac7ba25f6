//! Samples at rest: an embedded store of blocks in one SQLite file.
//!
//! A batch becomes a *tail*: a small blob per instance, part and span, on the disk before
//! [`Archive::append`] returns. Later the tails of a span are sealed into a *block*, which is rolled
//! up into hours, and those into days ([`Archive::seal`]). Reading lays tails over blocks and
//! combines slots into the buckets asked for. What each byte means is written in `block` and
//! `value`; tables are in `schema`.
//!
//! It must not know AWS, pages or the clock: the caller says what time it is. Its one law: what was
//! acknowledged survives a crash, is counted once, and what was never measured stays absent.

mod archive;
mod block;
mod combine;
mod error;
mod facts;
mod grid;
mod incidents;
mod level;
mod lock;
mod lock_snapshots;
mod names;
mod plans;
mod read;
mod retention;
mod schema;
mod seal;
mod stream;
mod topology;
mod value;
mod varint;
mod write;

pub use archive::{Archive, Health, Sealed};
pub use error::{Error, Result};
pub use retention::Retention;
