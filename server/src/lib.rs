//! The `loadlens` program: commands, configuration, the web server and the collection schedule.
//!
//! Everything below it is a crate of its own; this one puts them together and owns the process:
//! arguments, signals, log, exit codes. It computes nothing a page shows. Its one law: bad input
//! ends in one line that says what, where and how to mend it.

pub mod cli;
pub mod config;
pub mod digest_command;
pub mod serve;
#[cfg(feature = "local")]
pub mod local;
#[cfg(feature = "local")]
pub mod demo;
pub mod clock;
pub mod doctor;
pub mod shutdown;
pub mod schedule;
pub mod api;
pub mod hooks;
pub mod web;
pub mod telemetry;
