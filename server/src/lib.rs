//! The `loadlens` program: commands, configuration, the web server and the collection schedule.
//!
//! Everything below it is a crate of its own; this one puts them together and owns the process:
//! arguments, signals, log, exit codes. It computes nothing a page shows. Its one law: bad input
//! ends in one line that says what, where and how to mend it.

pub mod alarms_command;
pub mod api;
pub mod cli;
pub mod clock;
pub mod config;
#[cfg(feature = "local")]
pub mod demo;
#[cfg(feature = "local")]
mod demo_alarms;
pub mod digest_command;
pub mod doctor;
pub mod hooks;
mod incident_files;
#[cfg(feature = "local")]
pub mod local;
pub mod open_command;
pub mod schedule;
pub mod serve;
pub mod shutdown;
pub mod telemetry;
pub mod tiers_command;
pub mod web;
