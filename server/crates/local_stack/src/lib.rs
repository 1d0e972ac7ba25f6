//! What runs on this machine beside Loadlens so that there is something real to look at: a private
//! PostgreSQL cluster, the sample web app as several processes with source addresses of their own,
//! and the traffic that loads them.
//!
//! It must not know how a database's load is sampled, stored or shown: it starts things, keeps them
//! running, and tells the local AWS endpoint's world what they are and what was measured there.
//!
//! Its one law: **nothing it started outlives it** — not after an orderly stop, not after a panic,
//! and not after `kill -9` (see [`guard`]).

pub mod balancer;
pub mod forwarder;
pub mod functions;
pub mod guard;
pub mod http_client;
pub mod mariadb;
pub mod measure;
pub mod postgres;
pub mod scaling;
pub mod stack;
pub mod supervisor;
pub mod usage;

pub use mariadb::{MariaDb, MariaDbConfig, MariaDbError};
pub use postgres::{Durability, Postgres, PostgresConfig, PostgresError};
pub use stack::{Incident, Scale, Stack, StackConfig, StackError};
