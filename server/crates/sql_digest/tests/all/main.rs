//! The laws of the crate, on case files, generated statements and any bytes. One binary: it links once.
#![allow(clippy::unwrap_used)]

mod any_bytes;
mod bombs;
mod canary;
mod cases;
#[path = "../../fuzz/check.rs"]
mod check;
mod generate;
mod golden;
mod laws;
mod secrets;
