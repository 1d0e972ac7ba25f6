//! The real program against the real local endpoint and real databases.
#![allow(clippy::unwrap_used)]

mod boto3;
mod killed;
mod real_load;
mod rust_peer;
