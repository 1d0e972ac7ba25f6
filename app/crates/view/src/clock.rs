//! Times as they are printed, and the ticks of a time axis. Local time comes from the offset
//! changes the view carries; nothing here knows a time zone.

use units::{CivilDay, Timestamp, Window};

use crate::Axis;

/// A day and a time of day in the zone of an axis.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct LocalTime {
    /// Year, 1970 and around.
    pub year: i64,
    /// 1 to 12.
    pub month: u32,
    /// 1 to 31.
    pub day: u32,
    /// Seconds since local midnight, 0 to 86399.
    pub second_of_day: u32,
}

impl LocalTime {
    /// The civil time `offset_secs` away from UTC.
    #[must_use]
    pub fn at(at: Timestamp, offset_secs: i32) -> Self {
        let local = at.secs().saturating_add(i64::from(offset_secs));
        let CivilDay { year, month, day } = CivilDay::of_epoch(local.div_euclid(86_400));
        let second_of_day = u32::try_from(local.rem_euclid(86_400)).unwrap_or(0);
        Self { year, month, day, second_of_day }
    }

    /// `2026-11-23`
    #[must_use]
    pub fn date(self) -> String {
        format!("{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }

    /// `14:30`
    #[must_use]
    pub fn minutes(self) -> String {
        format!("{:02}:{:02}", self.second_of_day / 3600, self.second_of_day / 60 % 60)
    }

    /// `14:30:10`
    #[must_use]
    pub fn seconds(self) -> String {
        format!("{}:{:02}", self.minutes(), self.second_of_day % 60)
    }
}

/// One tick of a time axis.
#[derive(Clone, Debug, PartialEq)]
pub struct TimeTick {
    /// When.
    pub at: Timestamp,
    /// `14:30`, `14:30:10`, or the ISO date at midnight.
    pub label: String,
    /// Part of the axis to the left of it, 0 to 1.
    pub place: f64,
    /// Every second tick is left out where there is little room.
    pub optional: bool,
}

/// Distances of ticks that people count in.
const TICK_STEPS_SECS: [i64; 24] = [
    1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200, 86_400, 172_800, 604_800,
    1_209_600, 2_592_000, 7_776_000, 31_536_000,
];

impl Axis {
    /// The civil time at `at` in the printed zone.
    #[must_use]
    pub fn local(&self, at: Timestamp) -> LocalTime {
        LocalTime::at(at, self.offset_at(at))
    }

    /// The time of `at` as short as this axis allows: with seconds only where buckets are shorter
    /// than a minute, with the date where the window is longer than a day.
    #[must_use]
    pub fn label(&self, at: Timestamp) -> String {
        let local = self.local(at);
        let clock = if self.period.secs() < 60 || at.0 % 60_000 != 0 { local.seconds() } else { local.minutes() };
        if self.window.secs() > 86_400 { format!("{} {clock}", local.date()) } else { clock }
    }

    /// `14:30–15:10`, or with dates when it spans more than one day.
    #[must_use]
    pub fn range_label(&self, window: Window) -> String {
        let (from, to) = (self.local(window.from), self.local(window.to));
        let whole_minutes = window.from.0 % 60_000 == 0 && window.to.0 % 60_000 == 0;
        let clock = |time: LocalTime| if whole_minutes { time.minutes() } else { time.seconds() };
        if from.date() == to.date() {
            format!("{}–{}", clock(from), clock(to))
        } else {
            format!("{} {} – {} {}", from.date(), clock(from), to.date(), clock(to))
        }
    }

    /// Part of the axis to the left of `at`: 0 at its start, 1 at its end; outside beyond these.
    #[must_use]
    pub fn place_of(&self, at: Timestamp) -> f64 {
        let length = self.window.to.0 - self.window.from.0;
        #[expect(clippy::cast_precision_loss, reason = "milliseconds of years are below 2^53")]
        let place = (at.0 - self.window.from.0) as f64 / length as f64;
        if length > 0 { place } else { 0.0 }
    }

    /// Ticks at round local times, at most `most` of them.
    #[must_use]
    pub fn ticks(&self, most: usize) -> Vec<TimeTick> {
        let length = self.window.secs().max(1);
        let room = i64::try_from(most.max(2)).unwrap_or(i64::MAX) - 1;
        let step = TICK_STEPS_SECS.into_iter().find(|step| length / step <= room).unwrap_or(31_536_000);
        let mut ticks: Vec<TimeTick> =
            self.offset_spans().into_iter().flat_map(|(span, offset)| self.ticks_of_span(span, offset, step)).collect();
        ticks.dedup_by_key(|tick| tick.at);
        ticks
    }

    /// The window cut at its offset changes: an hour that comes twice has its ticks twice.
    fn offset_spans(&self) -> Vec<(Window, i32)> {
        let inside = self.offsets.iter().map(|change| change.from).filter(|from| self.window.contains(*from));
        let mut cuts: Vec<Timestamp> = std::iter::once(self.window.from).chain(inside).collect();
        cuts.dedup();
        let ends = cuts.iter().skip(1).copied().chain(std::iter::once(self.window.to));
        cuts.iter().zip(ends).map(|(from, to)| (Window::new(*from, to), self.offset_at(*from))).collect()
    }

    fn ticks_of_span(&self, span: Window, offset: i32, step: i64) -> Vec<TimeTick> {
        let offset = i64::from(offset);
        let first = (span.from.secs() + offset + i64::from(span.from.0 % 1000 != 0) + step - 1).div_euclid(step);
        let is_last = span.to == self.window.to;
        (first..)
            .map(|number| (number, Timestamp::from_secs(number * step - offset)))
            .take_while(|(_, at)| *at < span.to || (is_last && *at == span.to))
            .map(|(number, at)| TimeTick {
                at,
                label: tick_label(LocalTime::at(at, i32::try_from(offset).unwrap_or(0)), step),
                place: self.place_of(at),
                optional: number % 2 != 0,
            })
            .collect()
    }
}

fn tick_label(local: LocalTime, step: i64) -> String {
    if local.second_of_day == 0 && step >= 60 {
        local.date()
    } else if step < 60 {
        local.seconds()
    } else {
        local.minutes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::OffsetChange;
    use units::Period;

    fn axis(from: &str, to: &str, period: Period, offsets: &[(&str, i32)]) -> Axis {
        Axis {
            window: Window::new(from.parse().unwrap(), to.parse().unwrap()),
            period,
            zone: "UTC".to_owned(),
            offsets: offsets
                .iter()
                .map(|(from, offset_secs)| OffsetChange { from: from.parse().unwrap(), offset_secs: *offset_secs })
                .collect(),
        }
    }

    fn labels(axis: &Axis, most: usize) -> Vec<String> {
        axis.ticks(most).into_iter().map(|tick| tick.label).collect()
    }

    #[test]
    fn days_are_gregorian() {
        for text in ["1970-01-01", "2000-02-29", "2026-11-23", "1969-12-31", "2100-03-01", "2024-12-31"] {
            let at: Timestamp = text.parse().unwrap();
            assert_eq!(LocalTime::at(at, 0).date(), text);
        }
    }

    #[test]
    fn forty_minutes_get_ticks_every_five() {
        let axis = axis("2026-11-23T14:30:00Z", "2026-11-23T15:10:00Z", Period::MINUTE, &[]);
        assert_eq!(labels(&axis, 9), ["14:30", "14:35", "14:40", "14:45", "14:50", "14:55", "15:00", "15:05", "15:10"]);
        assert_eq!(axis.range_label(axis.window), "14:30–15:10");
    }

    #[test]
    fn seconds_are_printed_where_they_matter() {
        let axis = axis("2026-11-23T14:30:05Z", "2026-11-23T14:31:05Z", Period::SECOND, &[]);
        assert_eq!(labels(&axis, 8), ["14:30:10", "14:30:20", "14:30:30", "14:30:40", "14:30:50", "14:31:00"]);
        assert_eq!(axis.label(axis.window.from), "14:30:05");
    }

    #[test]
    fn midnight_is_a_date() {
        let axis = axis("2026-11-22T12:00:00Z", "2026-11-24T12:00:00Z", Period::FIVE_MINUTES, &[]);
        assert_eq!(labels(&axis, 5), ["12:00", "2026-11-23", "12:00", "2026-11-24", "12:00"]);
    }

    #[test]
    fn a_long_day_has_its_repeated_hour_twice() {
        // Berlin leaves summer time on 2026-10-25 at 01:00 UTC: 03:00 becomes 02:00.
        let axis = axis(
            "2026-10-24T22:00:00Z",
            "2026-10-25T03:00:00Z",
            Period::MINUTE,
            &[("2026-10-01T00:00:00Z", 7200), ("2026-10-25T01:00:00Z", 3600)],
        );
        assert_eq!(labels(&axis, 9), ["2026-10-25", "01:00", "02:00", "02:00", "03:00", "04:00"]);
        let whole = Window::new("2026-10-24T22:00:00Z".parse().unwrap(), "2026-10-25T23:00:00Z".parse().unwrap());
        assert_eq!(whole.secs(), 25 * 3600);
        assert_eq!(axis.range_label(whole), "2026-10-25 00:00 – 2026-10-26 00:00");
    }

    #[test]
    fn a_short_day_skips_the_missing_hour() {
        let axis = axis(
            "2026-03-29T00:00:00Z",
            "2026-03-29T04:00:00Z",
            Period::MINUTE,
            &[("2026-03-01T00:00:00Z", 3600), ("2026-03-29T01:00:00Z", 7200)],
        );
        assert_eq!(labels(&axis, 9)[..4], ["01:00", "01:30", "03:00", "03:30"]);
    }
}
