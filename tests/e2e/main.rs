//! The pages as a reader sees them, in a real browser.
#![allow(clippy::unwrap_used)]

mod budgets;
mod harness;
