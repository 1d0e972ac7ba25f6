//! The load of a row by wait class, from the answers by digest of each wait type.

use std::collections::BTreeMap;

use samples::LoadMatrix;
use units::{Aas, WaitClass};
use view::LoadPart;

use crate::averages::weighted_mean;
use crate::top_sql::TopInput;

/// The load of each wait type, for splitting rows.
pub(crate) struct Split<'a> {
    types: Vec<(WaitClass, &'a LoadMatrix)>,
    weights: &'a [u32],
}

impl<'a> Split<'a> {
    pub(crate) fn new(input: &TopInput<'a>, weights: &'a [u32]) -> Self {
        let class = |kind: &str| WaitClass::of_event(kind, input.instance.engine);
        Self { types: input.by_type.iter().map(|(kind, matrix)| (class(kind), matrix)).collect(), weights }
    }

    /// The load of ids by class, in stack order; never more than `mean` together.
    pub(crate) fn of(&self, ids: &[&str], mean: Aas) -> Vec<LoadPart> {
        let of_type = |matrix: &LoadMatrix| {
            let rows = ids.iter().filter_map(|id| crate::matrix::row(matrix, id));
            rows.filter_map(|row| weighted_mean(&row.values, self.weights)).sum::<f64>()
        };
        self.parts(of_type, mean)
    }

    /// A part of each type's load that has no row: `which` picks it.
    pub(crate) fn rest(&self, which: impl Fn(&LoadMatrix) -> Vec<Option<f64>>, mean: Aas) -> Vec<LoadPart> {
        self.parts(|matrix| weighted_mean(&which(matrix), self.weights).unwrap_or(0.0), mean)
    }

    fn parts(&self, of_type: impl Fn(&LoadMatrix) -> f64, mean: Aas) -> Vec<LoadPart> {
        let mut sums: BTreeMap<usize, f64> = BTreeMap::new();
        for (class, matrix) in &self.types {
            let place = WaitClass::ALL.iter().position(|known| known == class).unwrap_or(0);
            *sums.entry(place).or_default() += of_type(matrix);
        }
        let sum: f64 = sums.values().sum();
        // The answers by type are of other polls; what they say too much is taken back evenly.
        let scale = if sum > mean.0 && sum > 0.0 { mean.0 / sum } else { 1.0 };
        sums.into_iter()
            .filter(|(_, aas)| *aas > 0.0)
            .map(|(place, aas)| LoadPart { class: WaitClass::ALL[place], aas: Aas(aas * scale) })
            .collect()
    }
}
