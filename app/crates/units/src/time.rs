//! Points and spans of time. Everything is UTC milliseconds; a zone is applied only when printing.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::civil;

/// A point in time: milliseconds since 1970-01-01T00:00:00Z, leap seconds ignored (as AWS does).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Timestamp(pub i64);

impl Timestamp {
    /// The point `secs` seconds after the epoch.
    #[must_use]
    pub const fn from_secs(secs: i64) -> Self {
        Self(secs.saturating_mul(1000))
    }

    /// Whole seconds since the epoch, rounded down.
    #[must_use]
    pub const fn secs(self) -> i64 {
        self.0.div_euclid(1000)
    }

    /// This point moved by `ms` milliseconds; saturates.
    #[must_use]
    pub const fn plus_ms(self, ms: i64) -> Self {
        Self(self.0.saturating_add(ms))
    }

    /// This point moved by `secs` seconds; saturates.
    #[must_use]
    pub const fn plus_secs(self, secs: i64) -> Self {
        self.plus_ms(secs.saturating_mul(1000))
    }

    /// The last multiple of `step_secs` at or before this point. A step of 0 counts as 1.
    #[must_use]
    pub fn floor_to(self, step_secs: u32) -> Self {
        let step = i64::from(step_secs.max(1)) * 1000;
        Self(self.0.div_euclid(step) * step)
    }

    /// The first multiple of `step_secs` at or after this point. A step of 0 counts as 1.
    #[must_use]
    pub fn ceil_to(self, step_secs: u32) -> Self {
        let floor = self.floor_to(step_secs);
        if floor == self { floor } else { floor.plus_secs(i64::from(step_secs.max(1))) }
    }
}

/// RFC 3339 in UTC: `2026-11-23T14:30:00Z`, with milliseconds only when there are some.
impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if civil::RANGE_MS.contains(&self.0) {
            f.write_str(&civil::rfc_3339(self.0))
        } else {
            write!(f, "{}", self.secs())
        }
    }
}

/// Why a text is no point in time.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("'{0}' is no time; use RFC 3339 (2026-11-23T14:30:00Z) or seconds since the epoch")]
pub struct TimestampError(pub String);

/// Numbers below this are seconds, from it on milliseconds (as seconds it would be the year 5138).
const MILLISECONDS_FROM: u64 = 100_000_000_000;

/// Accepts RFC 3339 with any offset, a bare UTC date-time (`2026-11-23T14:30`), a date, epoch
/// seconds (fractions allowed) and epoch milliseconds.
impl FromStr for Timestamp {
    type Err = TimestampError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let error = || TimestampError(text.chars().take(64).collect());
        let ms = match text.parse::<i64>() {
            Ok(number) if number.unsigned_abs() < MILLISECONDS_FROM => Some(number * 1000),
            Ok(number) => Some(number),
            Err(_) => decimal_secs(text).or_else(|| civil::read_rfc_3339(text)),
        };
        ms.filter(|ms| civil::RANGE_MS.contains(ms)).map(Self).ok_or_else(error)
    }
}

/// `1795444200.25`: seconds with a fraction, of which milliseconds count, in milliseconds.
fn decimal_secs(text: &str) -> Option<i64> {
    let (whole, fraction) = text.split_once('.')?;
    if !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let secs = whole.parse::<u64>().ok().filter(|secs| *secs < MILLISECONDS_FROM)?;
    let millis = fraction.bytes().chain(*b"000").take(3).fold(0, |millis, digit| millis * 10 + i64::from(digit - b'0'));
    Some(i64::try_from(secs).ok()? * 1000 + millis)
}

/// A half-open span of time, `from` included and `to` not. `from <= to` always holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Window {
    /// First point inside.
    pub from: Timestamp,
    /// First point after.
    pub to: Timestamp,
}

impl Window {
    /// The window between two points, in whichever order they come.
    #[must_use]
    pub fn new(a: Timestamp, b: Timestamp) -> Self {
        Self { from: a.min(b), to: a.max(b) }
    }

    /// Length in whole seconds, rounded up.
    #[must_use]
    pub const fn secs(self) -> i64 {
        (self.to.0 - self.from.0 + 999).div_euclid(1000)
    }

    /// Whether nothing lies inside.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.from.0 >= self.to.0
    }

    /// Whether `at` lies inside.
    #[must_use]
    pub fn contains(self, at: Timestamp) -> bool {
        self.from <= at && at < self.to
    }

    /// The part that both windows share; `None` when they do not touch.
    #[must_use]
    pub fn intersect(self, other: Self) -> Option<Self> {
        let from = self.from.max(other.from);
        let to = self.to.min(other.to);
        (from < to).then_some(Self { from, to })
    }

    /// This window moved by `secs` seconds.
    #[must_use]
    pub const fn shifted(self, secs: i64) -> Self {
        Self { from: self.from.plus_secs(secs), to: self.to.plus_secs(secs) }
    }

    /// The smallest window of whole `step_secs` buckets that holds this one.
    #[must_use]
    pub fn aligned(self, step_secs: u32) -> Self {
        Self { from: self.from.floor_to(step_secs), to: self.to.ceil_to(step_secs) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_accepted_form_is_the_same_point() {
        for text in [
            "2026-11-23T14:30:00Z",
            "2026-11-23T15:30:00+01:00",
            "2026-11-23T14:30",
            "1795444200",
            "1795444200000",
            "1795444200.0",
        ] {
            assert_eq!(text.parse(), Ok(Timestamp::from_secs(1_795_444_200)), "{text}");
        }
    }

    #[test]
    fn what_is_no_time_says_so() {
        for text in ["", "soon", "2026-13-01", "99999999999999999", "1e400"] {
            assert!(text.parse::<Timestamp>().is_err(), "{text}");
        }
    }

    #[test]
    fn alignment_covers_the_window() {
        let window = Window::new(Timestamp(61_000), Timestamp(119_001));
        assert_eq!(window.aligned(60), Window::new(Timestamp(60_000), Timestamp(120_000)));
        assert_eq!(window.secs(), 59);
    }
}
