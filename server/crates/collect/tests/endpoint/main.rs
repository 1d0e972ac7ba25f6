//! The collectors against the local endpoint, which shares no code with them but AWS's wire shapes.
#![allow(clippy::unwrap_used, reason = "tests")]

mod cloudwatch;
mod failures;
mod load;
mod tiers;
mod world;
