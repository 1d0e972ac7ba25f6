//! What the server hands to the app with each request, and the questions pages ask it.

mod alarms;
mod answers;
mod apps;
mod changes;
mod compare;
mod find;
mod findings;
mod incident_file;
mod incident_pages;
mod plans;
mod questions;
mod statement;
mod statement_tabs;
mod words;

use leptos::prelude::*;
use units::Timestamp;

pub use self::questions::Source;
use crate::session::Session;

/// Addresses of the files a page loads, with their hashes.
#[derive(Clone, Debug)]
pub struct Assets {
    /// Style sheet.
    pub style: String,
    /// Icon.
    pub icon: String,
    /// The browser's half of the app; `None` when this server has none, then pages stay as rendered.
    pub module: Option<Module>,
}

/// The browser's half of the app.
#[derive(Clone, Debug)]
pub struct Module {
    /// Address of the script.
    pub script: String,
    /// Address of the wasm file.
    pub wasm: String,
}

/// The session of the request. Outside of a request (when routes are listed) it is the default.
#[must_use]
pub fn session() -> Session {
    use_context::<Session>().unwrap_or_else(|| Session::read("", "", Timestamp::default(), String::new()))
}
