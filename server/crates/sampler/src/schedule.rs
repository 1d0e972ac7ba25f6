//! Which whole second is sampled next, and which ones were missed. Pure.

use std::ops::Range;

/// A sample that starts later than this after its second's boundary is a gap, not a sample:
/// it would describe a moment nearer to the next second.
pub(crate) const LATEST_START_MS: i64 = 500;

/// A wall clock set back further than this starts the schedule anew; smaller steps are waited out.
const LARGEST_WAIT_SECS: i64 = 5;

/// Hands out every second once, in order.
#[derive(Debug, Default)]
pub(crate) struct Schedule {
    last: Option<i64>,
}

/// The next second to sample and those that passed unsampled before it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Due {
    pub(crate) second: i64,
    pub(crate) missed: Range<i64>,
}

impl Schedule {
    /// The first whole second at or after `now_ms` that was not handed out before.
    pub(crate) fn next_due(&mut self, now_ms: i64) -> Due {
        let boundary = now_ms.div_euclid(1_000) + i64::from(now_ms.rem_euclid(1_000) != 0);
        let expected = match self.last {
            Some(last) if last + 1 - boundary <= LARGEST_WAIT_SECS => last + 1,
            _ => boundary,
        };
        let second = expected.max(boundary);
        self.last = Some(second);
        Due { second, missed: expected..second }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_second_is_handed_out_once() {
        let mut schedule = Schedule::default();
        assert_eq!(schedule.next_due(10_000), Due { second: 10, missed: 10..10 });
        assert_eq!(schedule.next_due(10_020), Due { second: 11, missed: 11..11 });
        // The query for second 11 ended early, before 11 had even begun on a coarse clock.
        assert_eq!(schedule.next_due(10_990), Due { second: 12, missed: 12..12 });
    }

    #[test]
    fn a_slow_query_leaves_a_gap_and_no_duplicate() {
        let mut schedule = Schedule::default();
        schedule.next_due(10_000);
        assert_eq!(schedule.next_due(13_400), Due { second: 14, missed: 11..14 });
        assert_eq!(schedule.next_due(14_001), Due { second: 15, missed: 15..15 });
    }

    #[test]
    fn a_clock_set_back_by_an_hour_starts_anew() {
        let mut schedule = Schedule::default();
        schedule.next_due(10_000_000);
        assert_eq!(schedule.next_due(6_400_000), Due { second: 6_400, missed: 6_400..6_400 });
    }
}
