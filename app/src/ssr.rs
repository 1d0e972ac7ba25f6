//! What the server hands to the app with each request.

use leptos::prelude::*;
use ranking::Reader;
use units::Timestamp;

use crate::session::Session;

/// Addresses of the files a page loads, with their hashes.
#[derive(Clone, Debug)]
pub struct Assets {
    /// Style sheet.
    pub style: String,
    /// Icon.
    pub icon: String,
    /// Script and wasm; `None` when this server has none, then pages stay as rendered.
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

/// Where pages get their data.
#[derive(Clone)]
pub struct Source {
    /// Reads the archive.
    pub reader: Reader,
    /// When this request came; the only clock pages know.
    pub now: Timestamp,
}

/// The session of the request. Outside of a request (when routes are listed) it is the default.
#[must_use]
pub fn session() -> Session {
    use_context::<Session>().unwrap_or_else(|| Session::read("", "", Timestamp::default(), String::new()))
}
