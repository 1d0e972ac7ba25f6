//! What the integration and browser tests share: the real program as a
//! process, a browser, a client, the foreign tools.
//!
//! It must not know how anything is computed: it starts things and looks at
//! them from outside, as a reader or a client would. Its one law: nothing it
//! started outlives the test, and what is missing fails loudly with the command
//! that installs it.
#![allow(clippy::unwrap_used)]

pub mod agreement;
pub mod browser;
pub mod flow;
pub mod http;
pub mod program;
pub mod stage;
pub mod tools;
