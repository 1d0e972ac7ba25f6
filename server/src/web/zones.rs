//! The time-zone database: from a zone and a window to the offset changes in it.

use jiff::tz::TimeZone;
use units::{Timestamp, Window};
use view::OffsetChange;

/// Most changes of offset a window is told: two a year for a century and more.
const MOST_CHANGES: usize = 256;

/// Whether a name is `UTC` or in the database.
pub(super) fn is_known(zone: &str) -> bool {
    zone == "UTC" || zone_of(zone).is_some()
}

fn zone_of(name: &str) -> Option<TimeZone> {
    // Names only: "local" and POSIX strings would be read too.
    let plain = name.contains('/') || name.bytes().all(|byte| byte.is_ascii_alphabetic());
    (plain && name.len() <= 64 && !name.eq_ignore_ascii_case("local")).then(|| TimeZone::get(name).ok()).flatten()
}

/// Offsets that hold in `window`, ascending, the first from before its start; empty for UTC and for
/// zones nobody knows.
#[must_use]
pub fn offset_changes(zone: &str, window: Window) -> Vec<OffsetChange> {
    let Some(zone) = (zone != "UTC").then(|| zone_of(zone)).flatten() else { return Vec::new() };
    let Ok(start) = jiff::Timestamp::from_millisecond(window.from.0) else { return Vec::new() };
    let first = OffsetChange { from: window.from, offset_secs: zone.to_offset(start).seconds() };
    let later = zone
        .following(start)
        .map(|change| OffsetChange {
            from: Timestamp(change.timestamp().as_millisecond()),
            offset_secs: change.offset().seconds(),
        })
        .take_while(|change| change.from < window.to)
        .take(MOST_CHANGES);
    std::iter::once(first).chain(later).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn berlin_leaves_summer_time_in_october() {
        let window = Window::new("2026-10-24T22:00:00Z".parse().unwrap(), "2026-10-25T23:00:00Z".parse().unwrap());
        let changes = offset_changes("Europe/Berlin", window);
        let expected = [(window.from, 7200), ("2026-10-25T01:00:00Z".parse().unwrap(), 3600)];
        assert_eq!(changes.iter().map(|change| (change.from, change.offset_secs)).collect::<Vec<_>>(), expected);
    }

    #[test]
    fn unknown_zones_are_utc() {
        let window = Window::new(Timestamp(0), Timestamp(1));
        for zone in ["UTC", "Mars/Olympus", "", "local", "../etc/passwd", "EST5EDT,M3"] {
            assert_eq!(offset_changes(zone, window), Vec::new(), "{zone}");
        }
    }
}
