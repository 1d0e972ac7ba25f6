//! The Gregorian calendar in UTC, as far as addresses and axes need it: days, and RFC 3339. Zones are
//! not known here. The tests hold it against `jiff`, which is too large for the browser.

/// Milliseconds of a day.
pub(crate) const DAY_MS: i64 = 86_400_000;

/// 0000-01-01T00:00:00Z and 9999-12-31T23:59:59.999Z: what four digits of a year can say.
pub(crate) const RANGE_MS: std::ops::RangeInclusive<i64> = -62_167_219_200_000..=253_402_300_799_999;

/// A day of the calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct CivilDay {
    /// Year.
    pub year: i64,
    /// 1 to 12.
    pub month: u32,
    /// 1 to 31.
    pub day: u32,
}

const DAYS_PER_ERA: i64 = 146_097;
/// 0000-03-01 lies so many days before 1970-01-01.
const EPOCH_DAYS: i64 = 719_468;

impl CivilDay {
    /// The day `days` after 1970-01-01. Years are counted from 1 March, so that the leap day is the
    /// last of a year and every era of 400 years has the same length.
    #[must_use]
    pub fn of_epoch(days: i64) -> Self {
        let shifted = days.saturating_add(EPOCH_DAYS);
        let era = shifted.div_euclid(DAYS_PER_ERA);
        let day_of_era = shifted.rem_euclid(DAYS_PER_ERA);
        let leap_days = day_of_era / 1460 - day_of_era / 36_524 + day_of_era / 146_096;
        let year_of_era = (day_of_era - leap_days) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let month_from_march = (5 * day_of_year + 2) / 153;
        let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
        let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
        let year = era * 400 + year_of_era + i64::from(month <= 2);
        Self { year, month: u32::try_from(month).unwrap_or(1), day: u32::try_from(day).unwrap_or(1) }
    }

    /// Days after 1970-01-01.
    pub(crate) fn epoch_days(self) -> i64 {
        let year = if self.month <= 2 { self.year - 1 } else { self.year };
        let era = year.div_euclid(400);
        let year_of_era = year.rem_euclid(400);
        let month_from_march = i64::from((self.month + 9) % 12);
        let day_of_year = (153 * month_from_march + 2) / 5 + i64::from(self.day) - 1;
        let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
        era * DAYS_PER_ERA + day_of_era - EPOCH_DAYS
    }

    /// The day so many months later; the last day of a shorter month for one it has not.
    pub(crate) fn plus_months(self, months: i64) -> Self {
        let all = self.year.saturating_mul(12).saturating_add(i64::from(self.month) - 1).saturating_add(months);
        let (year, month) = (all.div_euclid(12), u32::try_from(all.rem_euclid(12)).unwrap_or(0) + 1);
        Self { year, month, day: self.day.min(days_of_month(year, month)) }
    }
}

fn days_of_month(year: i64, month: u32) -> u32 {
    let is_leap = year.rem_euclid(4) == 0 && (year.rem_euclid(100) != 0 || year.rem_euclid(400) == 0);
    match month {
        2 => 28 + u32::from(is_leap),
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// RFC 3339 of a point: `2026-11-23T14:30:00Z`, with a fraction only when there is one.
pub(crate) fn rfc_3339(ms: i64) -> String {
    let CivilDay { year, month, day } = CivilDay::of_epoch(ms.div_euclid(DAY_MS));
    let of_day = ms.rem_euclid(DAY_MS);
    let (secs, millis) = (of_day / 1000, of_day % 1000);
    let fraction = if millis == 0 { String::new() } else { format!(".{millis:03}").trim_end_matches('0').to_owned() };
    let (hour, minute, second) = (secs / 3600, secs / 60 % 60, secs % 60);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}{fraction}Z")
}

/// Reads a date (`2026-11-23`), a date and a time (`2026-11-23T14:30`, seconds and their fraction
/// where there are some), and the offset behind it (`Z`, `+01:00`, `+0100`); without one it is UTC.
/// Milliseconds since 1970.
pub(crate) fn read_rfc_3339(text: &str) -> Option<i64> {
    let mut rest = Reader(text.as_bytes());
    let year = rest.digits(4)?;
    rest.one_of(b"-")?;
    let month = u32::try_from(rest.digits(2)?).ok()?;
    rest.one_of(b"-")?;
    let day = u32::try_from(rest.digits(2)?).ok()?;
    if !(1..=12).contains(&month) || !(1..=days_of_month(year, month)).contains(&day) {
        return None;
    }
    let midnight = CivilDay { year, month, day }.epoch_days() * DAY_MS;
    if rest.0.is_empty() {
        return Some(midnight);
    }
    rest.one_of(b"Tt ")?;
    let hour = rest.digits(2)?;
    rest.one_of(b":")?;
    let minute = rest.digits(2)?;
    let (second, millis) = if rest.one_of(b":").is_some() { rest.seconds()? } else { (0, 0) };
    // A leap second counts as the one before it, as AWS counts.
    let second = if second == 60 { 59 } else { second };
    if hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    let ms = midnight + (hour * 3600 + minute * 60 + second) * 1000 + millis;
    Some(ms - rest.offset_secs()? * 1000)
}

struct Reader<'a>(&'a [u8]);

impl Reader<'_> {
    fn one_of(&mut self, bytes: &[u8]) -> Option<u8> {
        let (first, rest) = self.0.split_first().filter(|(first, _)| bytes.contains(first))?;
        self.0 = rest;
        Some(*first)
    }

    fn digits(&mut self, count: usize) -> Option<i64> {
        let (digits, rest) = self.0.split_at_checked(count)?;
        let number = digits
            .iter()
            .try_fold(0, |number, byte| byte.is_ascii_digit().then(|| number * 10 + i64::from(byte - b'0')))?;
        self.0 = rest;
        Some(number)
    }

    fn seconds(&mut self) -> Option<(i64, i64)> {
        let second = self.digits(2)?;
        if self.one_of(b".,").is_none() {
            return Some((second, 0));
        }
        let length = self.0.iter().take_while(|byte| byte.is_ascii_digit()).count();
        let known = length.min(3);
        if length == 0 || length > 9 {
            return None;
        }
        let millis = (known..3).fold(self.digits(known)?, |millis, _| millis * 10);
        self.digits(length - known)?;
        Some((second, millis))
    }

    /// What stands behind the time; nothing may follow it.
    fn offset_secs(&mut self) -> Option<i64> {
        let sign = match self.one_of(b"Zz+-") {
            None | Some(b'Z' | b'z') => return self.0.is_empty().then_some(0),
            Some(b'-') => -1,
            Some(_) => 1,
        };
        let hours = self.digits(2)?;
        self.one_of(b":");
        let minutes = if self.0.is_empty() { 0 } else { self.digits(2)? };
        let fits = self.0.is_empty() && hours <= 25 && minutes <= 59;
        fits.then_some(sign * (hours * 3600 + minutes * 60))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn forms_people_write_are_read() {
        let expected = Some(1_795_444_200_000);
        for text in [
            "2026-11-23T14:30:00Z",
            "2026-11-23 14:30:00z",
            "2026-11-23T14:30",
            "2026-11-23T14:30Z",
            "2026-11-23T15:30:00+01:00",
            "2026-11-23T15:30:00.000+0100",
            "2026-11-23T09:30-05",
        ] {
            assert_eq!(read_rfc_3339(text), expected, "{text}");
        }
        assert_eq!(read_rfc_3339("2026-11-23"), Some(1_795_392_000_000));
        assert_eq!(read_rfc_3339("2026-11-23T14:30:00.25Z"), Some(1_795_444_200_250));
    }

    #[test]
    fn what_is_no_time_is_refused() {
        for text in [
            "",
            "2026",
            "2026-02-29",
            "2026-13-01",
            "2026-00-01",
            "2026-11-00",
            "2026-11-23T",
            "2026-11-23T14",
            "2026-11-23T24:00",
            "2026-11-23T14:60",
            "2026-11-23T14:30:00Zx",
            "2026-11-23T14:30:00+1",
            "2026-11-23T14:30:00.",
            "2026-11-23T14:30:00+01:00:00",
            "26-11-23",
            "２０２６-11-23",
        ] {
            assert_eq!(read_rfc_3339(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn jiff_prints_and_reads_the_same(ms in RANGE_MS) {
            let theirs = jiff::Timestamp::from_millisecond(ms.clamp(-62_167_219_200_000, 253_402_207_200_999)).unwrap();
            let ms = theirs.as_millisecond();
            prop_assert_eq!(rfc_3339(ms), theirs.to_string());
            prop_assert_eq!(read_rfc_3339(&theirs.to_string()), Some(ms));
        }

        #[test]
        fn jiff_adds_months_the_same(days in -700_000..2_900_000_i64, months in -5000..5000_i64) {
            let day = CivilDay::of_epoch(days);
            prop_assert_eq!(day.epoch_days(), days);
            let theirs = jiff::civil::date(
                i16::try_from(day.year).unwrap(), i8::try_from(day.month).unwrap(), i8::try_from(day.day).unwrap());
            if let Ok(theirs) = theirs.checked_add(jiff::Span::new().months(months)) {
                let ours = day.plus_months(months);
                prop_assert_eq!((ours.year, ours.month, ours.day),
                    (i64::from(theirs.year()), u32::try_from(theirs.month()).unwrap(), u32::try_from(theirs.day()).unwrap()));
            }
        }
    }
}
