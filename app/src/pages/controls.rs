//! Typed addresses for the controls that pages share: time range, compare, refresh.

use units::{Compare, Refresh, TimeRange, Timestamp, Window};

use crate::components::clock::ReaderClock;
use crate::components::time_range::{Choice, RangeControl};
use crate::messages::{self as m, Message, Say};
use crate::paths::{DbPage, REFRESH_CHOICES};

/// Relative ranges the picker offers: how they begin and end, and their name.
const RANGES: [(&str, &str, Message); 9] = [
    ("now-15m", "now", m::LAST_15_MIN),
    ("now-1h", "now", m::LAST_HOUR),
    ("now-3h", "now", m::LAST_3_HOURS),
    ("now-12h", "now", m::LAST_12_HOURS),
    ("now-24h", "now", m::LAST_24_HOURS),
    ("now-2d", "now", m::LAST_2_DAYS),
    ("now-7d", "now", m::LAST_7_DAYS),
    ("now/d", "now", m::TODAY_SO_FAR),
    ("now-1d/d", "now/d", m::YESTERDAY),
];

/// What a range control is made for.
pub(super) struct RangePage<'a> {
    /// The range as written.
    pub(super) range: &'a TimeRange,
    /// The window it means.
    pub(super) window: Window,
    /// The moment of the page.
    pub(super) now: Timestamp,
    /// The page over another range.
    pub(super) href: &'a dyn Fn(TimeRange) -> String,
    /// Address of the form, and what it carries along.
    pub(super) form: (String, Vec<(String, String)>),
    /// Zones: name, address, whether it is the current one.
    pub(super) zones: Vec<Choice>,
}

/// The range control of a page.
pub(super) fn range_control(page: RangePage<'_>, clock: &ReaderClock, say: Say) -> RangeControl {
    let RangePage { range, window, now, href, form, zones } = page;
    let length = window.secs();
    let fixed = |window: Window| href(TimeRange::fixed(window));
    let later = window.shifted(length);
    let later = if later.to > now { Window::new(now.plus_secs(-length), now) } else { later };
    let resized = |from: i64, to: i64| Window::new(window.from.plus_secs(from), window.to.plus_secs(to));
    let choices = RANGES.iter().filter_map(|(from, to, label)| {
        let choice = TimeRange { from: from.parse().ok()?, to: to.parse().ok()? };
        Some(Choice { current: choice == *range, href: href(choice), label: say.text(*label).to_owned() })
    });
    RangeControl {
        label: range_label(range, window, now, clock, say),
        zone: clock.zone().to_owned(),
        earlier: fixed(window.shifted(-length)),
        later: (window.to < now).then(|| fixed(later)),
        zoom_in: fixed(resized(length / 4, -length / 4)),
        zoom_out: fixed(resized(-length / 2, length / 2)),
        choices: choices.collect(),
        zones,
        action: form.0,
        carried: form.1,
        from: point_text(&range.from, window.from, clock),
        to: point_text(&range.to, window.to, clock),
    }
}

/// `Last hour` for what menus offer, else dates and times.
fn range_label(range: &TimeRange, window: Window, now: Timestamp, clock: &ReaderClock, say: Say) -> String {
    let named = RANGES.iter().find(|(from, to, _)| range.from.to_string() == *from && range.to.to_string() == *to);
    if let Some((_, _, name)) = named {
        return say.text(*name).to_owned();
    }
    let printed = clock.range(window);
    let (from, to, today) = (clock.date(window.from), clock.date(window.to), clock.date(now));
    match () {
        () if from != to => printed,
        () if from == today => say.with(m::TODAY_RANGE, &[("range", &printed)]),
        () => format!("{from} {printed}"),
    }
}

fn point_text(point: &units::TimePoint, at: Timestamp, clock: &ReaderClock) -> String {
    if point.is_relative() { point.to_string() } else { clock.exact(at) }
}

/// Zones a page offers: UTC, the computer's, and the one it shows.
pub(super) fn zone_choices(local: Option<&str>, current: &str, href: impl Fn(&str) -> String) -> Vec<Choice> {
    let mut names = vec!["UTC"];
    for name in [local, Some(current)].into_iter().flatten() {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names
        .into_iter()
        .map(|name| Choice { href: href(name), label: name.to_owned(), current: name == current })
        .collect()
}

/// The compare menu of a page.
pub(super) fn compare_choices(page: &DbPage, say: Say) -> Vec<Choice> {
    [Compare::Yesterday, Compare::LastWeek, Compare::Previous, Compare::Off]
        .into_iter()
        .map(|compare| Choice {
            current: compare == page.query.compare,
            href: page.with_compare(compare.clone()).href(),
            label: compare_name(&compare, say),
        })
        .collect()
}

/// What the compare window is called.
pub(super) fn compare_name(compare: &Compare, say: Say) -> String {
    match compare {
        Compare::Off => say.text(m::COMPARE_OFF).to_owned(),
        Compare::Previous => say.text(m::COMPARE_PREVIOUS).to_owned(),
        Compare::Yesterday => say.text(m::COMPARE_YESTERDAY).to_owned(),
        Compare::LastWeek => say.text(m::COMPARE_LAST_WEEK).to_owned(),
        Compare::SecondsEarlier(secs) => {
            say.with(m::COMPARE_EARLIER, &[("length", &view::number::duration(i64::from(*secs)))])
        }
    }
}

/// The compare window in one word, for legend and ghost line.
pub(super) fn ghost_name(compare: &Compare, say: Say) -> String {
    match compare {
        Compare::Yesterday => say.text(m::YESTERDAY).to_owned(),
        Compare::LastWeek => say.text(m::LAST_WEEK).to_owned(),
        Compare::Previous => say.text(m::BEFORE).to_owned(),
        other => compare_name(other, say),
    }
}

/// The refresh menu of a page.
pub(super) fn refresh_choices(current: Refresh, say: Say, href: impl Fn(Refresh) -> String) -> Vec<Choice> {
    let every = REFRESH_CHOICES.into_iter().map(Refresh::Every);
    std::iter::once(Refresh::Off)
        .chain(every)
        .map(|refresh| Choice { current: refresh == current, href: href(refresh), label: refresh_name(refresh, say) })
        .collect()
}

/// `Off`, `30 s`.
pub(super) fn refresh_name(refresh: Refresh, say: Say) -> String {
    match refresh {
        Refresh::Off => say.text(m::OFF).to_owned(),
        Refresh::Every(secs) => view::number::duration(i64::from(secs)),
    }
}
