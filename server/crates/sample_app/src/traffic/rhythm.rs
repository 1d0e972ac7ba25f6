//! How busy an hour of the day is.

use std::time::Duration;

/// Visitors in each hour of a shop's day, relative to each other: quiet at four in the morning,
/// a plateau at noon, the evening the busiest.
const HOURS: [f64; 24] = [
    0.45, 0.35, 0.30, 0.30, 0.30, 0.35, 0.50, 0.70, 0.90, 1.05, 1.15, 1.20, 1.25, 1.20, 1.15, 1.10, 1.10, 1.20, 1.35,
    1.55, 1.65, 1.50, 1.10, 0.70,
];
/// A run begins at ten in the morning.
const FIRST_HOUR: f64 = 10.0;

/// A day of any length.
#[derive(Debug, Clone, Copy)]
pub struct Rhythm {
    day: Duration,
}

impl Rhythm {
    /// A rhythm whose day takes this long.
    pub fn new(day: Duration) -> Self {
        Self { day }
    }

    /// How busy it is that long after the start; 1 is the mean of a day.
    pub fn factor(self, elapsed: Duration) -> f64 {
        let mean = HOURS.iter().sum::<f64>() / 24.0;
        let hours = elapsed.as_secs_f64() / self.day.as_secs_f64().max(1.0) * 24.0 + FIRST_HOUR;
        let hour = hours.rem_euclid(24.0);
        let (from, to) = (hour.floor() as usize % 24, (hour.floor() as usize + 1) % 24);
        let part = hour.fract();
        (HOURS[from] * (1.0 - part) + HOURS[to] * part) / mean
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mean_of_a_day_is_one_and_it_repeats() {
        let rhythm = Rhythm::new(Duration::from_secs(1_440));
        let mean = (0..1_440).map(|s| rhythm.factor(Duration::from_secs(s))).sum::<f64>() / 1_440.0;
        assert!((mean - 1.0).abs() < 0.001, "{mean}");
        let first = rhythm.factor(Duration::from_secs(100));
        let next_day = rhythm.factor(Duration::from_secs(1_540));
        assert!((first - next_day).abs() < 1e-9);
    }
}
