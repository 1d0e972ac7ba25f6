//! Load of one instance: every sampled second for some hours, every minute for eight days.
//!
//! A minute is the exact sum of its sampled seconds, so an average over minutes equals the average
//! over seconds. A second or minute that was not sampled is not there; it is never zero.

use std::collections::{BTreeMap, HashMap, HashSet};

/// Seconds are kept this long.
pub(crate) const SECONDS_KEPT_SECS: i64 = 6 * 3_600;
/// Minutes are kept this long: PI's seven days and a day, so that a week can be compared.
pub(crate) const MINUTES_KEPT_SECS: i64 = 8 * 86_400 + 3_600;
/// Statements as sent that a closed minute keeps apart, by load; the others keep their digest only.
const STATEMENTS_PER_MINUTE: usize = 50;

/// Sessions per combination in one second.
pub(crate) type Sessions = Vec<(u32, u32)>;

/// A minute: how many of its seconds were sampled, and session-seconds per combination.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Minute {
    pub(crate) sampled_secs: u32,
    pub(crate) sessions: Sessions,
}

/// All load of one instance.
#[derive(Debug, Default)]
pub(crate) struct LoadStore {
    seconds: BTreeMap<i64, Sessions>,
    minutes: BTreeMap<i64, Minute>,
}

/// One stretch of time with uniform data, as the aggregation sees it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cell<'a> {
    pub(crate) at_secs: i64,
    pub(crate) sampled_secs: u32,
    pub(crate) sessions: &'a [(u32, u32)],
}

impl LoadStore {
    /// Enters a sampled second; a second already there is kept as it was.
    pub(crate) fn add_second(&mut self, at_secs: i64, sessions: Sessions) -> bool {
        if self.seconds.contains_key(&at_secs) {
            return false;
        }
        let minute = self.minutes.entry(minute_of(at_secs)).or_default();
        minute.sampled_secs += 1;
        for (combination, count) in &sessions {
            match minute.sessions.iter_mut().find(|(found, _)| found == combination) {
                Some((_, sum)) => *sum += count,
                None => minute.sessions.push((*combination, *count)),
            }
        }
        self.seconds.insert(at_secs, sessions);
        true
    }

    /// Enters a second read back from disk, without touching its minute.
    pub(crate) fn restore_second(&mut self, at_secs: i64, sessions: Sessions) {
        self.seconds.insert(at_secs, sessions);
    }

    /// Moves one session of a second to another combination; the second as it is now, if it was there.
    pub(crate) fn move_in_second(&mut self, at_secs: i64, from: u32, to: u32) -> Option<&Sessions> {
        let sessions = self.seconds.get_mut(&at_secs)?;
        move_one(sessions, from, to).then_some(sessions)
    }

    /// Moves one session-second of a minute to another combination; whether it was there.
    pub(crate) fn move_in_minute(&mut self, at_secs: i64, from: u32, to: u32) -> bool {
        self.minutes.get_mut(&at_secs).is_some_and(|minute| move_one(&mut minute.sessions, from, to))
    }

    /// Enters a whole minute.
    pub(crate) fn put_minute(&mut self, at_secs: i64, minute: Minute) {
        self.minutes.insert(at_secs, minute);
    }

    /// After a restart: minutes that were still open when we ended are summed from their seconds.
    pub(crate) fn rebuild_open_minutes(&mut self) {
        let open: HashSet<i64> =
            self.seconds.keys().map(|at| minute_of(*at)).filter(|minute| !self.minutes.contains_key(minute)).collect();
        for (at, sessions) in self.seconds.iter().filter(|(at, _)| open.contains(&minute_of(**at))) {
            let minute = self.minutes.entry(minute_of(*at)).or_default();
            minute.sampled_secs += 1;
            for (combination, count) in sessions {
                match minute.sessions.iter_mut().find(|(found, _)| found == combination) {
                    Some((_, sum)) => *sum += count,
                    None => minute.sessions.push((*combination, *count)),
                }
            }
        }
    }

    /// Reduces a minute that is over to a bounded number of combinations: `without_statement` maps a
    /// combination to the one with the same digest but no statement of its own.
    pub(crate) fn close_minute(
        &mut self,
        at_secs: i64,
        mut statement_of: impl FnMut(u32) -> u32,
        mut without_statement: impl FnMut(u32) -> u32,
    ) -> Option<&Minute> {
        let minute = self.minutes.get_mut(&at_secs)?;
        let mut load: HashMap<u32, u32> = HashMap::new();
        for (combination, count) in &minute.sessions {
            *load.entry(statement_of(*combination)).or_default() += count;
        }
        if load.len() > STATEMENTS_PER_MINUTE {
            let mut ranked: Vec<(u32, u32)> = load.into_iter().collect();
            ranked.sort_by_key(|(statement, load)| (std::cmp::Reverse(*load), *statement));
            let kept: HashSet<u32> =
                ranked.iter().take(STATEMENTS_PER_MINUTE).map(|(statement, _)| *statement).collect();
            let mut reduced: BTreeMap<u32, u32> = BTreeMap::new();
            for (combination, count) in &minute.sessions {
                let is_kept = kept.contains(&statement_of(*combination));
                *reduced.entry(if is_kept { *combination } else { without_statement(*combination) }).or_default() +=
                    count;
            }
            minute.sessions = reduced.into_iter().collect();
        }
        Some(minute)
    }

    pub(crate) fn minute(&self, at_secs: i64) -> Option<&Minute> {
        self.minutes.get(&at_secs)
    }

    /// Minutes that begin in the window.
    pub(crate) fn minutes(&self, from_secs: i64, to_secs: i64) -> impl Iterator<Item = Cell<'_>> {
        let range = minute_of(from_secs)..to_secs.max(minute_of(from_secs));
        self.minutes.range(range).map(|(at, minute)| Cell {
            at_secs: *at,
            sampled_secs: minute.sampled_secs,
            sessions: &minute.sessions,
        })
    }

    /// Seconds in the window.
    pub(crate) fn seconds(&self, from_secs: i64, to_secs: i64) -> impl Iterator<Item = Cell<'_>> {
        let range = from_secs..to_secs.max(from_secs);
        self.seconds.range(range).map(|(at, sessions)| Cell { at_secs: *at, sampled_secs: 1, sessions })
    }

    /// The finest cells of the window: minutes as long as seconds are gone, seconds after.
    pub(crate) fn finest(&self, from_secs: i64, to_secs: i64) -> impl Iterator<Item = Cell<'_>> {
        let oldest = self.seconds.keys().next().copied().unwrap_or(i64::MAX);
        // The oldest second's minute may have lost some of its seconds.
        let turn = oldest.checked_add(59).map_or(i64::MAX, minute_of).clamp(from_secs, to_secs.max(from_secs));
        self.minutes(from_secs, turn).chain(self.seconds(turn, to_secs))
    }

    /// The newest sampled second.
    pub(crate) fn last_second(&self) -> Option<i64> {
        self.seconds.keys().next_back().copied()
    }

    /// Drops what is older than the limits allow.
    pub(crate) fn expire(&mut self, now_secs: i64) {
        self.seconds = self.seconds.split_off(&(now_secs - SECONDS_KEPT_SECS));
        self.minutes = self.minutes.split_off(&minute_of(now_secs - MINUTES_KEPT_SECS));
    }

    /// All combinations still referred to.
    pub(crate) fn used(&self) -> HashSet<u32> {
        let seconds = self.seconds.values().flatten();
        seconds
            .chain(self.minutes.values().flat_map(|minute| &minute.sessions))
            .map(|(combination, _)| *combination)
            .collect()
    }
}

fn move_one(sessions: &mut Sessions, from: u32, to: u32) -> bool {
    let Some(place) = sessions.iter().position(|(combination, count)| *combination == from && *count > 0) else {
        return false;
    };
    sessions[place].1 -= 1;
    if sessions[place].1 == 0 {
        sessions.swap_remove(place);
    }
    match sessions.iter_mut().find(|(combination, _)| *combination == to) {
        Some((_, count)) => *count += 1,
        None => sessions.push((to, 1)),
    }
    true
}

/// Begin of the minute that holds `at_secs`.
pub(crate) fn minute_of(at_secs: i64) -> i64 {
    at_secs.div_euclid(60) * 60
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn minutes_are_sums_of_their_seconds() {
        let mut store = LoadStore::default();
        assert!(store.add_second(120, vec![(1, 2)]));
        assert!(store.add_second(121, vec![(1, 1), (2, 1)]));
        assert!(!store.add_second(121, vec![(1, 9)]), "a second counts once");
        assert_eq!(store.minute(120), Some(&Minute { sampled_secs: 2, sessions: vec![(1, 3), (2, 1)] }));
        assert_eq!(store.minute(60), None);
    }

    #[test]
    fn a_session_that_moves_stays_one_session() {
        let mut store = LoadStore::default();
        store.add_second(120, vec![(1, 2)]);
        assert_eq!(store.move_in_second(120, 1, 5), Some(&vec![(1, 1), (5, 1)]));
        assert!(store.move_in_minute(120, 1, 5));
        assert_eq!(store.minute(120), Some(&Minute { sampled_secs: 1, sessions: vec![(1, 1), (5, 1)] }));
        assert_eq!(store.move_in_second(120, 9, 5), None);
        assert!(!store.move_in_minute(180, 1, 5));
    }

    #[test]
    fn finest_changes_from_minutes_to_seconds() {
        let mut store = LoadStore::default();
        store.put_minute(0, Minute { sampled_secs: 60, sessions: vec![(1, 60)] });
        for second in 90..130 {
            store.add_second(second, vec![]);
        }
        let cells: Vec<(i64, u32)> = store.finest(0, 125).map(|cell| (cell.at_secs, cell.sampled_secs)).collect();
        assert_eq!(cells[..3], [(0, 60), (60, 30), (120, 1)]);
        assert_eq!(cells.len(), 7);
    }
}
