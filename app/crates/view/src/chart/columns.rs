//! At most one bucket per pixel column. Where several buckets share a column, the one with the
//! highest total stands for all: a peak never disappears, and the layers of the stack still sum to
//! its total, since they are all of one bucket.

/// Buckets of an axis as columns of a chart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Columns {
    /// Buckets of the axis.
    pub buckets: usize,
    /// Buckets that share a column; 1 when nothing is left out. The page says it when it is more.
    pub per_column: usize,
    /// Width of the drawing in pixels.
    pub width: u32,
}

impl Columns {
    /// Columns for `buckets` on about `width` pixels. With room for every bucket the width becomes
    /// a whole number of pixels per bucket, so that paths are exact.
    #[must_use]
    pub fn new(buckets: usize, width: u32) -> Self {
        let width = width.max(16);
        let pixels = usize::try_from(width).unwrap_or(usize::MAX);
        if buckets == 0 {
            return Self { buckets, per_column: 1, width };
        }
        if buckets > pixels {
            return Self { buckets, per_column: buckets.div_ceil(pixels), width };
        }
        // Rounded to the nearest, at least 1.
        let unit = ((pixels + buckets / 2) / buckets).max(1);
        Self { buckets, per_column: 1, width: u32::try_from(unit * buckets).unwrap_or(width) }
    }

    /// Number of columns.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.buckets.div_ceil(self.per_column)
    }

    /// Whether there is nothing to draw.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.buckets == 0
    }

    /// The buckets of a column.
    #[must_use]
    pub fn buckets_of(&self, column: usize) -> std::ops::Range<usize> {
        let from = (column * self.per_column).min(self.buckets);
        from..(from + self.per_column).min(self.buckets)
    }

    /// For each column the bucket with the highest known value; `None` where none is known.
    #[must_use]
    pub fn peaks(&self, values: &[Option<f64>]) -> Vec<Option<usize>> {
        (0..self.len())
            .map(|column| {
                self.buckets_of(column)
                    .filter_map(|bucket| values.get(bucket).copied().flatten().map(|value| (bucket, value)))
                    .max_by(|a, b| a.1.total_cmp(&b.1).then(b.0.cmp(&a.0)))
                    .map(|(bucket, _)| bucket)
            })
            .collect()
    }

    /// For each column its lowest and highest known bucket in order of time: what a line goes
    /// through.
    #[must_use]
    pub fn extremes(&self, values: &[Option<f64>]) -> Vec<Option<(usize, usize)>> {
        let known = |bucket: usize| values.get(bucket).copied().flatten().map(|value| (bucket, value));
        (0..self.len())
            .map(|column| {
                let low = self.buckets_of(column).filter_map(known).min_by(|a, b| a.1.total_cmp(&b.1))?.0;
                let high = self.buckets_of(column).filter_map(known).max_by(|a, b| a.1.total_cmp(&b.1))?.0;
                Some((low.min(high), low.max(high)))
            })
            .collect()
    }
}

/// Runs of columns that follow each other without a gap.
pub(super) fn runs<T>(columns: &[Option<T>]) -> Vec<std::ops::Range<usize>> {
    let mut runs = Vec::new();
    let mut start = None;
    for (column, known) in columns.iter().map(Option::is_some).chain([false]).enumerate() {
        match (start, known) {
            (None, true) => start = Some(column),
            (Some(from), false) => {
                runs.push(from..column);
                start = None;
            }
            _ => {}
        }
    }
    runs
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_bucket_has_whole_pixels_where_there_is_room() {
        assert_eq!(Columns::new(240, 1200), Columns { buckets: 240, per_column: 1, width: 1200 });
        assert_eq!(Columns::new(180, 1200).width, 1260);
        assert_eq!(Columns::new(1440, 1200), Columns { buckets: 1440, per_column: 2, width: 1200 });
    }

    #[test]
    fn peaks_survive_and_gaps_stay() {
        let columns = Columns { buckets: 5, per_column: 2, width: 16 };
        let values = [Some(1.0), Some(7.0), None, None, Some(2.0)];
        assert_eq!(columns.peaks(&values), [Some(1), None, Some(4)]);
        assert_eq!(columns.extremes(&values), [Some((0, 1)), None, Some((4, 4))]);
        assert_eq!(runs(&columns.peaks(&values)), [0..1, 2..3]);
    }
}
