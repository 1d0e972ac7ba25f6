//! Filter chips that cannot be applied, and why.

use serde::{Deserialize, Serialize};
use units::{Dimension, Filter};

/// A chip that the numbers beside it do not follow: it is shown disabled, with the reason.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BlockedChip {
    /// The chip.
    pub filter: Filter,
    /// Why.
    pub reason: Blocked,
}

/// Why a chip cannot be applied.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Blocked {
    /// Performance Insights filters by one other dimension than the grouped one at a time, and this
    /// one is taken.
    OneOther {
        /// Dimension that is filtered already.
        taken: Dimension,
    },
    /// The value stands for more questions than one call holds.
    TooMany {
        /// How many.
        questions: u32,
    },
}
