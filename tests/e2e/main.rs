//! The pages as a reader sees them, in a real browser.
#![allow(clippy::unwrap_used)]

mod address;
mod budgets;
mod controls;
mod db_load;
mod every_page;
mod harness;
mod page;
mod without_scripts;
