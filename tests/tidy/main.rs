//! The rules of the house, held by tests instead of by memory. Reads the
//! repository only: it links neither the server nor the pages.
#![allow(clippy::unwrap_used)]

mod edges;
mod names;
mod policy;
mod repository;
mod sources;
