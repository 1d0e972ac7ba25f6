//! The real program against the real local endpoint and real databases.
#![allow(clippy::unwrap_used)]

mod agreement;
mod alarms;
mod api;
mod apps;
mod bad_input;
mod blocking;
mod boto3;
mod demo;
mod digest_agreement;
mod drill_down;
mod killed;
mod measured;
mod moto;
mod plans;
mod real_load;
mod rust_peer;
mod sampler;
mod simulation;
mod sources;
