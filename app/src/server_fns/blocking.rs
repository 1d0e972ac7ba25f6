//! Who blocks whom.

use view::{BlockingView, Panel};

use super::ask::{Ask, What};

/// Blockers of the window, and the trees of one moment.
pub const BLOCKING: Ask<Panel<BlockingView>> = Ask::new(What::Blocking);
