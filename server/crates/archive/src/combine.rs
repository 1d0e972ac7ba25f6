//! How values of one series become a value of a longer bucket.

use crate::block::Section;
use crate::stream::Stream;

/// The rule by which a stream's values combine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Combine {
    /// Averages and rates: mean weighted by covered seconds; a series that is absent from a covered
    /// slot counts as 0 there.
    Mean,
    /// Counts per bucket.
    Sum,
    /// Highest values.
    Max,
    /// Lowest values.
    Min,
}

impl Combine {
    /// The rule of a stream, by the statistic in its name.
    pub(crate) fn of(stream: &Stream) -> Self {
        let Stream::Counter(metric) = stream else { return Self::Mean };
        let name = metric.as_str();
        let ends = |endings: [&str; 2]| endings.into_iter().any(|ending| name.ends_with(ending));
        if ends([" Sum", ".sum"]) || name.ends_with(" SampleCount") {
            Self::Sum
        } else if ends([" Maximum", ".max"]) {
            Self::Max
        } else if ends([" Minimum", ".min"]) {
            Self::Min
        } else {
            Self::Mean
        }
    }

    /// What an accumulator starts from.
    pub(crate) const fn start(self) -> f64 {
        match self {
            Self::Mean | Self::Sum => 0.0,
            Self::Max => f64::NEG_INFINITY,
            Self::Min => f64::INFINITY,
        }
    }

    /// Takes one more value in, which stands for `covered` seconds.
    pub(crate) fn add(self, into: &mut f64, value: f64, covered: u32) {
        match self {
            Self::Mean => *into += value * f64::from(covered),
            Self::Sum => *into += value,
            Self::Max => *into = into.max(value),
            Self::Min => *into = into.min(value),
        }
    }

    /// The combined value over `covered` seconds, above 0; `None` when no value was taken in.
    pub(crate) fn finish(self, accumulated: f64, covered: u32) -> Option<f64> {
        let value = if self == Self::Mean { accumulated / f64::from(covered) } else { accumulated };
        (covered > 0 && value.is_finite()).then_some(value)
    }

    /// Slots `from..to` of a section as one slot: covered seconds (`None` when none of them was
    /// answered) and the value of each key.
    pub(crate) fn roll(self, section: &Section, from: usize, to: usize) -> (Option<u32>, Vec<(u32, f64)>) {
        let answered = section.covered[from..to].iter().flatten();
        let covered = answered.clone().next().is_some().then(|| answered.sum::<u32>());
        let Some(secs) = covered.filter(|secs| *secs > 0) else { return (covered, Vec::new()) };
        let roll_series = |points: &[(u16, f64)]| {
            let inside = points.iter().filter(|(slot, _)| (from..to).contains(&usize::from(*slot)));
            let mut sum = self.start();
            inside.clone().for_each(|(slot, value)| {
                self.add(&mut sum, *value, section.covered[usize::from(*slot)].unwrap_or(0));
            });
            inside.clone().next().is_some().then(|| self.finish(sum, secs)).flatten()
        };
        let values = section.series.iter().filter_map(|(key, points)| Some((*key, roll_series(points)?)));
        (covered, values.collect())
    }
}
