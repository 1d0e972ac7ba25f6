//! Seconds between two points.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Seconds between two points of a series, and the width of the bucket a point stands for.
///
/// Performance Insights answers 1, 60, 300, 3600 and 86400 seconds only; charts may use whole
/// multiples that we aggregate ourselves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Period(u32);

impl Period {
    /// One second: the sampling rate of Performance Insights.
    pub const SECOND: Self = Self(1);
    /// One minute: what the archive keeps.
    pub const MINUTE: Self = Self(60);
    /// Five minutes.
    pub const FIVE_MINUTES: Self = Self(300);
    /// One hour.
    pub const HOUR: Self = Self(3600);
    /// One day.
    pub const DAY: Self = Self(86_400);
    /// The periods Performance Insights offers, ascending.
    pub const OFFERED_BY_PI: [Self; 5] = [Self::SECOND, Self::MINUTE, Self::FIVE_MINUTES, Self::HOUR, Self::DAY];

    /// A period of `secs` seconds; `None` for 0 and for more than a day.
    #[must_use]
    pub const fn from_secs(secs: u32) -> Option<Self> {
        if secs == 0 || secs > Self::DAY.0 { None } else { Some(Self(secs)) }
    }

    /// Length in seconds, 1 to 86400.
    #[must_use]
    pub const fn secs(self) -> u32 {
        self.0
    }

    /// The longest period of PI that divides this one: what must be asked for to draw it.
    #[must_use]
    pub fn offered(self) -> Self {
        Self::OFFERED_BY_PI.into_iter().rev().find(|offered| self.0.is_multiple_of(offered.0)).unwrap_or(Self::SECOND)
    }
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            secs if secs.is_multiple_of(86_400) => write!(f, "{} d", secs / 86_400),
            secs if secs.is_multiple_of(3600) => write!(f, "{} h", secs / 3600),
            secs if secs.is_multiple_of(60) => write!(f, "{} min", secs / 60),
            secs => write!(f, "{secs} s"),
        }
    }
}
