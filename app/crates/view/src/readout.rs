//! What the crosshair reads: the bucket under it, its layers by size, the line below them.

use units::{Aas, Timestamp, Window};

use crate::chart::{OTHER_PATTERN, layer_pattern};
use crate::{Axis, BucketCover, LoadView};

/// Layers named in a tooltip; the rest share one row.
const NAMED_ROWS: usize = 6;

/// The numbers of one bucket.
#[derive(Clone, Debug, PartialEq)]
pub struct Readout {
    /// The bucket.
    pub bucket: usize,
    /// Its span.
    pub window: Window,
    /// Where the crosshair stands: the middle of the bucket, a part of the width.
    pub place: f64,
    /// Start of the bucket in the printed zone, for the flag.
    pub label: String,
    /// Total; `None` in a gap.
    pub total: Option<Aas>,
    /// Largest layers first, at most six.
    pub rows: Vec<ReadoutRow>,
    /// All other load of the bucket: how many layers, and their sum with the remainder.
    pub rest: Option<ReadoutRest>,
    /// Load against capacity, 1 when equal.
    pub vcpu_ratio: Option<f64>,
    /// The compare window at the same place.
    pub before: Option<Aas>,
    /// How much of the bucket is known.
    pub cover: BucketCover,
}

/// One layer in a tooltip.
#[derive(Clone, Debug, PartialEq)]
pub struct ReadoutRow {
    /// What the reader sees.
    pub label: String,
    /// Id of the pattern for the swatch.
    pub pattern: String,
    /// Its load.
    pub aas: Aas,
    /// Part of the bucket's load, 0 to 1.
    pub share: Option<f64>,
}

/// What is not named in a tooltip.
#[derive(Clone, Debug, PartialEq)]
pub struct ReadoutRest {
    /// Layers in it that are not 0, the remainder not counted.
    pub layers: usize,
    /// Id of the pattern for the swatch.
    pub pattern: String,
    /// Their load together.
    pub aas: Aas,
    /// Part of the bucket's load, 0 to 1.
    pub share: Option<f64>,
}

impl Axis {
    /// The bucket at `part` of the width, 0 to 1; clamped to the axis. `None` when it has none.
    #[must_use]
    pub fn bucket_at(&self, part: f64) -> Option<usize> {
        let last = self.len().checked_sub(1)?;
        #[expect(
            clippy::cast_precision_loss,
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "clamped to the axis"
        )]
        let bucket = (part.clamp(0.0, 1.0) * self.len() as f64) as usize;
        Some(bucket.min(last))
    }

    /// The span of a bucket.
    #[must_use]
    pub fn window_of(&self, bucket: usize) -> Window {
        Window::new(self.start_of(bucket), self.start_of(bucket + 1))
    }

    /// The window between two parts of the width, in whole buckets, at least one: what a brush
    /// selects.
    #[must_use]
    pub fn brushed(&self, from: f64, to: f64) -> Option<Window> {
        let (first, last) = (self.bucket_at(from.min(to))?, self.bucket_at(from.max(to))?);
        Some(Window::new(self.start_of(first), self.start_of(last + 1)))
    }

    fn middle_of(&self, bucket: usize) -> f64 {
        let window = self.window_of(bucket);
        self.place_of(Timestamp(i64::midpoint(window.from.0, window.to.0)))
    }
}

impl LoadView {
    /// The numbers of `bucket`; `None` outside of the axis.
    #[must_use]
    pub fn readout(&self, bucket: usize) -> Option<Readout> {
        (bucket < self.axis.len()).then_some(())?;
        let total = self.total.get(bucket).copied().flatten().map(Aas);
        let share = |aas: Aas| total.and_then(|total| aas.share_of(total));
        let mut rows: Vec<ReadoutRow> = self
            .layers
            .iter()
            .enumerate()
            .filter_map(|(index, layer)| {
                let aas = Aas(layer.values.get(bucket).copied().flatten().filter(|aas| *aas > 0.0)?);
                let (label, pattern) = (layer.label.clone(), layer_pattern(layer, index).to_owned());
                Some(ReadoutRow { label, pattern, aas, share: share(aas) })
            })
            .collect();
        rows.sort_by(|a, b| b.aas.0.total_cmp(&a.aas.0));
        let rest_rows = rows.split_off(rows.len().min(NAMED_ROWS));
        let remainder = self.remainder.as_ref().and_then(|layer| layer.values.get(bucket).copied().flatten());
        let rest: Aas = rest_rows.iter().map(|row| row.aas).chain(remainder.map(Aas)).sum();
        Some(Readout {
            bucket,
            window: self.axis.window_of(bucket),
            place: self.axis.middle_of(bucket),
            label: self.axis.label(self.axis.start_of(bucket)),
            total,
            rest: (rest.0 > 0.0).then(|| ReadoutRest {
                layers: rest_rows.len(),
                pattern: OTHER_PATTERN.to_owned(),
                aas: rest,
                share: share(rest),
            }),
            rows,
            vcpu_ratio: total.zip(self.vcpu.vcpus()).map(|(total, vcpus)| total.0 / vcpus),
            before: self.ghost.as_ref().and_then(|ghost| ghost.total.get(bucket).copied().flatten()).map(Aas),
            cover: self.coverage.buckets.get(bucket).copied().unwrap_or(BucketCover::Missing),
        })
    }
}
