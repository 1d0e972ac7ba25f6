//! An online bookshop: the web app that ships with Loadlens as something to observe.
//!
//! Pages and a small JSON API over PostgreSQL, with the sins a database administrator meets, each
//! of which can be switched on and off while it runs ([`sins`]); and the visitors that load it
//! ([`traffic`]). It must not know Loadlens: it is an ordinary app, and nothing in it reports
//! anything to anybody.
//!
//! Its one law: **the same seed makes the same shop and the same visitors.**

#[macro_use]
mod tagged;

pub mod background;
pub mod database;
pub mod seed;
pub mod shop;
pub mod sins;
pub mod traffic;
