//! The legend of a load chart: what each fill stands for, with its mean.

use serde::{Deserialize, Serialize};
use units::Aas;

use crate::LoadView;
use crate::chart::{OTHER_PATTERN, layer_pattern};

/// Layers under this part of the load share one entry.
const SMALLEST_ENTRY: f64 = 0.01;
/// At most this many entries of their own.
const MOST_ENTRIES: usize = 12;

/// Entries of a legend.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Legend {
    /// Layers in stack order.
    pub entries: Vec<LegendEntry>,
    /// All smaller layers and the remainder together; `None` when nothing is left.
    pub rest: Option<LegendRest>,
}

/// One entry.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LegendEntry {
    /// Index of the layer in [`LoadView::layers`].
    pub index: usize,
    /// Value for a filter.
    pub key: String,
    /// What the reader sees.
    pub label: String,
    /// Id of its pattern.
    pub pattern: String,
    /// Mean in the window.
    pub mean: Aas,
}

/// What shares one grey entry.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LegendRest {
    /// Labels of the layers in it; the remainder has none.
    pub labels: Vec<String>,
    /// Id of its pattern.
    pub pattern: String,
    /// Their mean together.
    pub mean: Aas,
}

impl LoadView {
    /// The legend: entries sum to the mean of the window with the rest.
    #[must_use]
    pub fn legend(&self) -> Legend {
        let all: Aas = self.layers.iter().chain(&self.remainder).map(|layer| layer.mean).sum();
        let mut sizes: Vec<f64> = self.layers.iter().map(|layer| layer.mean.0).collect();
        sizes.sort_by(|a, b| b.total_cmp(a));
        let bar = sizes.get(MOST_ENTRIES - 1).copied().unwrap_or(0.0).max(all.0 * SMALLEST_ENTRY);
        let mut legend = Legend::default();
        let mut rest = LegendRest { labels: Vec::new(), pattern: OTHER_PATTERN.to_owned(), mean: Aas::ZERO };
        for (index, layer) in self.layers.iter().enumerate() {
            if layer.mean.0 >= bar && layer.mean.0 > 0.0 {
                let pattern = layer_pattern(layer, index).to_owned();
                let (key, label) = (layer.key.clone(), layer.label.clone());
                legend.entries.push(LegendEntry { index, key, label, pattern, mean: layer.mean });
            } else if layer.mean.0 > 0.0 {
                rest.labels.push(layer.label.clone());
                rest.mean = rest.mean + layer.mean;
            }
        }
        rest.mean = rest.mean + self.remainder.as_ref().map_or(Aas::ZERO, |layer| layer.mean);
        legend.rest = (rest.mean.0 > 0.0).then_some(rest);
        legend
    }
}
