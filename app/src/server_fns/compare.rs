//! What the compare page and the search read.

use serde::{Deserialize, Serialize};
use view::{Panel, Sheet, Source, Verdict};

use super::ask::{Ask, What};

/// Two windows side by side, in the reader's words.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CompareScreen {
    /// The change in words.
    pub verdict: Verdict,
    /// The two sides.
    pub sides: Sheet,
    /// Digests by size of their change.
    pub digests: Sheet,
    /// Waits and callers.
    pub dimensions: Vec<Sheet>,
    /// Half an hour before and after each deploy of the later window.
    pub deploys: Vec<Sheet>,
    /// Where the numbers come from.
    pub source: Source,
}

/// What differs between two windows.
pub const COMPARE: Ask<Panel<CompareScreen>> = Ask::new(What::Compare);

/// Instances, statements and tables that match a text.
pub const FIND: Ask<Panel<Vec<Sheet>>> = Ask::new(What::Find);
