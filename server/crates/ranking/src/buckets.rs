//! Which buckets a window is shown in.

use units::{Period, Window};

/// Windows up to this long are shown second by second.
pub const MICROSCOPE_SECS: i64 = 600;
/// Most buckets of a chart.
pub const MOST_BUCKETS: i64 = 1500;

/// Buckets to choose from, each a period of Performance Insights or a whole multiple of one.
const STEPS_SECS: [u32; 12] = [60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200, 86_400];

/// The bucket for a window: 1 s under the microscope, else the shortest from a minute on that
/// leaves at most [`MOST_BUCKETS`]. A bucket asked for is taken when it leaves that few and at
/// least one.
#[must_use]
pub fn bucket_for(window: Window, asked: Option<Period>) -> Period {
    let secs = window.secs().max(1);
    let fits = |period: Period| secs.div_euclid(i64::from(period.secs())) <= MOST_BUCKETS;
    if let Some(period) = asked
        && fits(period)
        && i64::from(period.secs()) <= secs
    {
        return period;
    }
    if secs <= MICROSCOPE_SECS {
        return Period::SECOND;
    }
    STEPS_SECS.into_iter().filter_map(Period::from_secs).find(|period| fits(*period)).unwrap_or(Period::DAY)
}

#[cfg(test)]
mod tests {
    use super::*;
    use units::Timestamp;

    #[test]
    fn buckets_grow_with_the_window() {
        let bucket = |secs: i64| bucket_for(Window::new(Timestamp(0), Timestamp::from_secs(secs)), None).secs();
        assert_eq!(
            [600, 601, 10_800, 86_400, 172_800, 604_800, 2_592_000, 31_536_000, 315_360_000].map(bucket),
            [1, 60, 60, 60, 120, 600, 1800, 21_600, 86_400]
        );
        let hour = Window::new(Timestamp(0), Timestamp::from_secs(3600));
        assert_eq!(bucket_for(hour, Some(Period::SECOND)), Period::MINUTE, "3600 seconds are too many buckets");
        assert_eq!(bucket_for(hour, Some(Period::FIVE_MINUTES)), Period::FIVE_MINUTES);
    }
}
