//! The archive as a whole: against a model, through crashes, with damaged bytes, twice opened.
#![allow(clippy::unwrap_used, reason = "tests")]

mod crash;
mod damage;
mod facts;
mod files;
mod fixture;
mod incidents;
mod model;
mod numbers;
mod plans;
mod topology;
