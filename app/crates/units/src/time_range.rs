//! The time range of a page, as people write it: `now-1h`, `now/d`, an absolute time.
//!
//! The grammar is Grafana's: `now`, then any number of `-5m`, `+1h`, `/d`; units `s m h d w M y`.
//! A range may mix both ends (`from` absolute, `to` `now`).

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::civil::{CivilDay, DAY_MS, RANGE_MS};
use crate::{Timestamp, Window};

/// One end of a range: fixed, or counted from now.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub enum TimePoint {
    /// A fixed point.
    At(Timestamp),
    /// `now` with steps applied in order.
    Now(Vec<Step>),
}

/// One step away from `now`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Step {
    /// `+3h`, `-15m`.
    Shift(i32, Unit),
    /// `/d`: the start of the unit, in UTC.
    Floor(Unit),
}

/// Units of the grammar; the letter is the text form.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Unit {
    /// `s`
    Second,
    /// `m`
    Minute,
    /// `h`
    Hour,
    /// `d`
    Day,
    /// `w`, weeks begin on Monday
    Week,
    /// `M`
    Month,
    /// `y`
    Year,
}

impl Unit {
    const fn letter(self) -> char {
        match self {
            Self::Second => 's',
            Self::Minute => 'm',
            Self::Hour => 'h',
            Self::Day => 'd',
            Self::Week => 'w',
            Self::Month => 'M',
            Self::Year => 'y',
        }
    }

    const fn from_letter(letter: u8) -> Option<Self> {
        Some(match letter {
            b's' => Self::Second,
            b'm' => Self::Minute,
            b'h' => Self::Hour,
            b'd' => Self::Day,
            b'w' => Self::Week,
            b'M' => Self::Month,
            b'y' => Self::Year,
            _ => return None,
        })
    }

    /// `ms` moved by so many units; a month keeps its day as far as the other month has it.
    fn shift(self, ms: i64, count: i32) -> Option<i64> {
        let count = i64::from(count);
        let length = match self {
            Self::Second => 1000,
            Self::Minute => 60_000,
            Self::Hour => 3_600_000,
            Self::Day => DAY_MS,
            Self::Week => 7 * DAY_MS,
            Self::Month => return by_months(ms, count),
            Self::Year => return by_months(ms, count.checked_mul(12)?),
        };
        ms.checked_add(count.checked_mul(length)?)
    }

    /// The start of the unit that holds `ms`.
    fn floor(self, ms: i64) -> i64 {
        let floor = |length: i64| ms.div_euclid(length) * length;
        let day = ms.div_euclid(DAY_MS);
        let first = |civil: CivilDay| civil.epoch_days() * DAY_MS;
        match self {
            Self::Second => floor(1000),
            Self::Minute => floor(60_000),
            Self::Hour => floor(3_600_000),
            Self::Day => floor(DAY_MS),
            // 1970-01-01 was a Thursday.
            Self::Week => (day - (day + 3).rem_euclid(7)) * DAY_MS,
            Self::Month => first(CivilDay { day: 1, ..CivilDay::of_epoch(day) }),
            Self::Year => first(CivilDay { day: 1, month: 1, ..CivilDay::of_epoch(day) }),
        }
    }
}

fn by_months(ms: i64, months: i64) -> Option<i64> {
    let day = CivilDay::of_epoch(ms.div_euclid(DAY_MS)).plus_months(months);
    day.epoch_days().checked_mul(DAY_MS)?.checked_add(ms.rem_euclid(DAY_MS))
}

/// Why a text is no range or no end of one.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TimeRangeError {
    /// The text is in none of the forms.
    #[error("'{0}' is no time; use now, now-1h, now-1d/d, RFC 3339 or seconds since the epoch")]
    Unreadable(String),
    /// The end is not after the start.
    #[error("the range ends ({to}) at or before its start ({from}); swap the two")]
    Backwards {
        /// Start as resolved.
        from: Timestamp,
        /// End as resolved.
        to: Timestamp,
    },
}

/// At most this many steps: the text comes from a URL.
const MAX_STEPS: usize = 8;

impl TimePoint {
    /// The point meant, given the present. `None` when the steps leave the calendar.
    #[must_use]
    pub fn resolve(&self, now: Timestamp) -> Option<Timestamp> {
        let steps = match self {
            Self::At(at) => return Some(*at),
            Self::Now(steps) => steps,
        };
        let mut ms = Some(now.0).filter(|ms| RANGE_MS.contains(ms))?;
        for step in steps {
            ms = match *step {
                Step::Shift(count, unit) => unit.shift(ms, count)?,
                Step::Floor(unit) => unit.floor(ms),
            };
            if !RANGE_MS.contains(&ms) {
                return None;
            }
        }
        Some(Timestamp(ms))
    }

    /// Whether it moves with the clock.
    #[must_use]
    pub const fn is_relative(&self) -> bool {
        matches!(self, Self::Now(_))
    }
}

impl fmt::Display for TimePoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::At(at) => write!(f, "{at}"),
            Self::Now(steps) => {
                f.write_str("now")?;
                steps.iter().try_for_each(|step| match step {
                    Step::Shift(count, unit) => write!(f, "{count:+}{}", unit.letter()),
                    Step::Floor(unit) => write!(f, "/{}", unit.letter()),
                })
            }
        }
    }
}

impl FromStr for TimePoint {
    type Err = TimeRangeError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let error = || TimeRangeError::Unreadable(text.chars().take(64).collect());
        let Some(mut rest) = text.strip_prefix("now").map(str::as_bytes) else {
            return text.parse().map(Self::At).map_err(|_| error());
        };
        let mut steps = Vec::new();
        while let Some((&sign, tail)) = rest.split_first() {
            let digits = tail.iter().take_while(|byte| byte.is_ascii_digit()).count();
            let unit = tail.get(digits).copied().and_then(Unit::from_letter).ok_or_else(error)?;
            let count = std::str::from_utf8(&tail[..digits]).ok().and_then(|digits| digits.parse::<i32>().ok());
            steps.push(match (sign, count) {
                (b'+', Some(count)) => Step::Shift(count, unit),
                (b'-', Some(count)) => Step::Shift(-count, unit),
                (b'/', None) if digits == 0 => Step::Floor(unit),
                _ => return Err(error()),
            });
            if steps.len() > MAX_STEPS {
                return Err(error());
            }
            rest = &tail[digits + 1..];
        }
        Ok(Self::Now(steps))
    }
}

impl From<TimePoint> for String {
    fn from(point: TimePoint) -> Self {
        point.to_string()
    }
}

impl TryFrom<String> for TimePoint {
    type Error = TimeRangeError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

/// Both ends of the time range of a page.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct TimeRange {
    /// Start, inside.
    pub from: TimePoint,
    /// End, outside.
    pub to: TimePoint,
}

impl TimeRange {
    /// The range `now-<secs>` to `now`.
    #[must_use]
    pub fn last_secs(secs: u32) -> Self {
        let secs = i32::try_from(secs).unwrap_or(i32::MAX);
        let (count, unit) = match secs {
            s if s % 86_400 == 0 => (s / 86_400, Unit::Day),
            s if s % 3600 == 0 => (s / 3600, Unit::Hour),
            s if s % 60 == 0 => (s / 60, Unit::Minute),
            s => (s, Unit::Second),
        };
        Self { from: TimePoint::Now(vec![Step::Shift(-count, unit)]), to: TimePoint::Now(Vec::new()) }
    }

    /// A range of fixed ends.
    #[must_use]
    pub const fn fixed(window: Window) -> Self {
        Self { from: TimePoint::At(window.from), to: TimePoint::At(window.to) }
    }

    /// The window meant at `now`.
    ///
    /// # Errors
    /// [`TimeRangeError`] when an end leaves the calendar or the range runs backwards.
    pub fn resolve(&self, now: Timestamp) -> Result<Window, TimeRangeError> {
        let end = |point: &TimePoint| point.resolve(now).ok_or_else(|| TimeRangeError::Unreadable(point.to_string()));
        let (from, to) = (end(&self.from)?, end(&self.to)?);
        if from < to { Ok(Window { from, to }) } else { Err(TimeRangeError::Backwards { from, to }) }
    }

    /// Whether the end moves with the clock, so that a refresh shows something new.
    #[must_use]
    pub const fn is_live(&self) -> bool {
        self.to.is_relative()
    }
}

impl Default for TimeRange {
    fn default() -> Self {
        Self::last_secs(3600)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const NOW: Timestamp = Timestamp::from_secs(1_795_444_261); // Mon 2026-11-23 14:31:01Z

    #[test]
    fn relative_forms_resolve() {
        for (text, expected) in [
            ("now", "2026-11-23T14:31:01Z"),
            ("now-15m", "2026-11-23T14:16:01Z"),
            ("now/d", "2026-11-23T00:00:00Z"),
            ("now-1M/M", "2026-10-01T00:00:00Z"),
            ("now-2d/w", "2026-11-16T00:00:00Z"),
            ("now/d+8h", "2026-11-23T08:00:00Z"),
            ("now/y", "2026-01-01T00:00:00Z"),
            ("now-9M", "2026-02-23T14:31:01Z"),
            ("now/M-1d+3M", "2027-01-31T00:00:00Z"),
            ("now/M-1d+4M", "2027-02-28T00:00:00Z"),
            ("now/w", "2026-11-23T00:00:00Z"),
            ("now-1d/w", "2026-11-16T00:00:00Z"),
        ] {
            let point: TimePoint = text.parse().unwrap();
            assert_eq!(point.to_string(), text);
            assert_eq!(point.resolve(NOW).unwrap().to_string(), expected, "{text}");
        }
    }

    #[test]
    fn bad_ranges_say_what_is_wrong() {
        assert!("now-".parse::<TimePoint>().is_err());
        assert!("now-5x".parse::<TimePoint>().is_err());
        assert!("yesterday".parse::<TimePoint>().is_err());
        let range = TimeRange { from: "now".parse().unwrap(), to: "now-1h".parse().unwrap() };
        assert!(matches!(range.resolve(NOW), Err(TimeRangeError::Backwards { .. })));
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in ".{0,40}") {
            if let Ok(point) = text.parse::<TimePoint>() {
                prop_assert_eq!(point.to_string().parse::<TimePoint>(), Ok(point.clone()));
                if let Some(at) = point.resolve(NOW) {
                    prop_assert_eq!(at.to_string().parse::<Timestamp>(), Ok(at));
                }
            }
        }

        #[test]
        fn relative_text_round_trips(steps in prop::collection::vec((prop::sample::select(vec!["+", "-"]), 0..4000i32, prop::sample::select(vec!["s", "m", "h", "d", "w", "M", "y"])), 0..5)) {
            let text = steps.iter().fold("now".to_owned(), |text, (sign, count, unit)| format!("{text}{sign}{count}{unit}"));
            let point: TimePoint = text.parse().unwrap();
            prop_assert_eq!(point.to_string().parse::<TimePoint>().unwrap(), point);
        }
    }
}
