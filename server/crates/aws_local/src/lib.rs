//! A local endpoint that answers AWS's monitoring APIs from what it measures itself.
//!
//! One port takes what real clients send: Smithy RPC v2 CBOR, AWS JSON 1.0/1.1 and Query/XML.
//! Databases are sampled by `sampler`; other local machinery records metrics through [`World`]. One
//! module per service turns the world into AWS's answers, limits and errors included.
//!
//! It must not know: the dashboard, its archive, how a client collects. It shares only AWS's published
//! shapes with them, so that a mistake made in both would not make tests agree with a lie.
//!
//! Its one law: **what was not measured is not in any answer**. A period without samples has no point,
//! and groups sum to their total.

mod auth;
mod error;
mod faults;
mod gateway;
mod history;
mod input;
mod notify;
mod server;
mod services;
mod simulated;
mod store;
mod tokenise;
mod wire;
mod world;

pub use faults::Faults;
pub use notify::{NotLoopback, test_authority};
pub use sampler::{Clock, Target, TargetError};
pub use server::{Config, Error, Running, Server};
pub use services::operations;
pub use store::StoreError;
pub use world::estate;
pub use world::{InstanceStatus, World};
