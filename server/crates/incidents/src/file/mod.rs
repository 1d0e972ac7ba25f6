//! The incident file: one HTML page that opens anywhere, offline, and carries the snapshot it was
//! made from.
//!
//! It is put together from what the incident page shows: drawn charts, tables and sentences, which
//! come in worded. No script runs in it and nothing is loaded: its content-security policy says so.

mod chat;
mod html;
mod timeline;

pub use chat::{ChatSummary, chat_summary};
pub use html::{Figure, FileWords, IncidentFile, TableSection, TimelineLine, snapshot_in};
pub use timeline::{EntryKind, Onset, TimelineEntry, TimelineInput, first_mover, onset, timeline};
