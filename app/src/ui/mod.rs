//! Primitives: they know neither the domain nor the router.

mod copy_button;
mod dropdown;
mod icon;
mod status;

pub use copy_button::CopyButton;
pub use dropdown::{Dropdown, MenuItem, close_dropdowns};
pub use icon::{Icon, IconMark};
pub use status::{Status, StatusGlyph};
