//! The words of the field as types: time, period, load, engine, dimension, wait, digest, query.
//!
//! Everything that crosses a crate is spelt here once. It knows no I/O, no clock, no AWS client and
//! no page, and it compiles to wasm. Its one law: what is parsed from its own text form is equal to
//! what was printed.
//!
//! | word | meaning |
//! |---|---|
//! | DB load | sessions active in the database, as sampled once a second |
//! | AAS | average active sessions: DB load averaged over a window ([`Aas`]) |
//! | max vCPU | number of virtual CPUs of the instance; load above it waits for CPU at best |
//! | wait event | what an active session waits for, e.g. `Lock:transactionid`; `CPU` when for nothing |
//! | wait event type | the group of a wait event, e.g. `Lock` ([`WaitClass`] is our colour for it) |
//! | digest | a statement with its literals removed; equal statements share one ([`DigestId`]) |
//! | statement | one SQL text as a client sent it |
//! | dimension | what load can be grouped or filtered by ([`Dimension`]) |
//! | slice by | the dimension a chart is stacked by |
//! | DB resource id | `db-…`, the name of an instance that survives a rename ([`ResourceId`]) |
//! | instance | one database server of RDS or Aurora |
//! | cluster | instances of Aurora, or a Multi-AZ cluster, that share storage |
//! | app | resources that serve one purpose, in tiers from edge to data ([`AppQuery`]) |
//! | tier | one resource of an app with a row on its page: a balancer, a function, a database |
//! | first mover | the tier whose figures left their level first |
//! | period | seconds between two points of a series ([`Period`]) |
//! | window | a half-open span of time ([`Window`]) |
//! | compare window | the window another one is held against ([`Compare`]) |
//! | counter metric | a number the database or the host counts, e.g. `db.Transactions.xact_commit` |
//! | coverage | which buckets of a series are known, and why others are not ([`Coverage`]) |
//! | retention | how long a source keeps its data |

mod aas;
mod civil;
mod coverage;
mod digest;
mod dimension;
mod engine;
mod filter;
mod instance;
mod period;
mod query;
mod time;
mod time_range;
mod wait;

pub use aas::Aas;
pub use civil::CivilDay;
pub use coverage::{BucketCover, Coverage, GapReason};
pub use digest::{DigestId, DigestIdError};
pub use dimension::{Dimension, PiDimension, UnknownDimension};
pub use engine::{Engine, UnknownEngine};
pub use filter::{Filter, FilterError, FilterOp};
pub use instance::ResourceId;
pub use period::Period;
pub use query::{AppQuery, Compare, DbLoadQuery, Refresh, SortBy, StripOrder, Zone};
pub use time::{Timestamp, TimestampError, Window};
pub use time_range::{TimePoint, TimeRange, TimeRangeError};
pub use wait::WaitClass;
