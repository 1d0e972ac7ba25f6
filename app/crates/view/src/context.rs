//! The context tabs beside Top SQL: load by one dimension, ranked.

use serde::{Deserialize, Serialize};
use units::{Aas, Dimension, WaitClass};

use crate::{BlockedChip, Source};

/// Load ranked by one dimension. Rows and the remainder sum to the total.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ContextView {
    /// The dimension of the tab.
    pub dimension: Dimension,
    /// Rows, largest first.
    pub rows: Vec<ContextRow>,
    /// Load in no row: beyond the listed, or without a value for this dimension.
    pub remainder: Aas,
    /// Total in the window, filters applied.
    pub total: Aas,
    /// Chips that could not be applied.
    #[serde(default)]
    pub blocked: Vec<BlockedChip>,
    /// Where it comes from.
    pub source: Source,
}

/// One value of a dimension.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ContextRow {
    /// Value for a filter.
    pub key: String,
    /// What the reader sees.
    pub label: String,
    /// Wait class for the colour of the bar, on wait tabs.
    pub class: Option<WaitClass>,
    /// Mean AAS.
    pub mean: Aas,
    /// Part of the total, 0 to 1.
    pub share: Option<f64>,
    /// Mean in the compare window, as for SQL rows.
    pub before: Option<Aas>,
}
