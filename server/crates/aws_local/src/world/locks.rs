//! Who waited for whom, second by second: only seconds in which somebody waited for a lock.
//!
//! Every such second is kept for some hours, after that those on a quarter of a minute, which is how
//! often Database Insights takes its lock snapshots.
//!
//! A packed snapshot is a sequence of sessions, each of LEB128 numbers: id, state, user, application,
//! host, wait event (names), lock object (a name of `kind`, mode and object), waiting time plus one,
//! age of the transaction plus one (0: unknown; milliseconds), digest, count of blockers, blockers.

use super::codec::{read_number, write_number};
use super::load::{MINUTES_KEPT_SECS, SECONDS_KEPT_SECS};
use sampler::{ActivitySample, SessionSample, SessionState};
use std::collections::{BTreeMap, BTreeSet};

/// Seconds between the snapshots that are kept longest.
pub(crate) const KEPT_EVERY_SECS: i64 = 15;
/// Deepest chain that is followed to its root.
const DEEPEST: usize = 256;

/// One session of a snapshot; numbers are those of the dictionary, 0 for none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct LockedSession {
    pub(crate) id: i64,
    pub(crate) state: u32,
    pub(crate) user: u32,
    pub(crate) application: u32,
    pub(crate) host: u32,
    pub(crate) wait_event: u32,
    pub(crate) lock: u32,
    pub(crate) waiting_ms: Option<u64>,
    pub(crate) transaction_ms: Option<u64>,
    pub(crate) digest: u32,
    pub(crate) blocked_by: Vec<i64>,
}

/// States as numbers, in the words of `pg_stat_activity`.
pub(crate) const STATES: [&str; 4] = ["active", "idle in transaction", "idle in transaction (aborted)", "idle"];

/// Place of a state in [`STATES`].
pub(crate) fn state_number(state: SessionState) -> u32 {
    match state {
        SessionState::Active => 0,
        SessionState::IdleInTransaction => 1,
        SessionState::IdleInTransactionAborted => 2,
        SessionState::Idle => 3,
    }
}

/// Packs one second.
pub(crate) fn pack(sessions: &[LockedSession]) -> Vec<u8> {
    let mut out = Vec::with_capacity(sessions.len() * 24);
    let age = |age: Option<u64>| age.map_or(0, |age| age.saturating_add(1));
    for session in sessions {
        let names = [session.state, session.user, session.application, session.host, session.wait_event, session.lock];
        write_number(&mut out, session.id.cast_unsigned());
        names.into_iter().for_each(|number| write_number(&mut out, u64::from(number)));
        write_number(&mut out, age(session.waiting_ms));
        write_number(&mut out, age(session.transaction_ms));
        write_number(&mut out, u64::from(session.digest));
        write_number(&mut out, session.blocked_by.len() as u64);
        session.blocked_by.iter().for_each(|id| write_number(&mut out, id.cast_unsigned()));
    }
    out
}

/// Reads what [`pack`] wrote; a cut tail is dropped.
pub(crate) fn unpack(mut bytes: &[u8]) -> Vec<LockedSession> {
    std::iter::from_fn(|| read_session(&mut bytes)).collect()
}

fn read_session(bytes: &mut &[u8]) -> Option<LockedSession> {
    let id = read_number(bytes)?.cast_signed();
    let mut name = || read_number(bytes).and_then(|number| u32::try_from(number).ok());
    let (state, user, application, host) = (name()?, name()?, name()?, name()?);
    let (wait_event, lock) = (name()?, name()?);
    let (waiting_ms, transaction_ms) = (read_number(bytes)?.checked_sub(1), read_number(bytes)?.checked_sub(1));
    let digest = u32::try_from(read_number(bytes)?).ok()?;
    let count = read_number(bytes)?;
    // Each id takes a byte at least: a count beyond that is damage.
    let count = usize::try_from(count).ok().filter(|count| *count <= bytes.len())?;
    let blocked_by = (0..count).map(|_| Some(read_number(bytes)?.cast_signed())).collect::<Option<Vec<i64>>>()?;
    Some(LockedSession {
        id,
        state,
        user,
        application,
        host,
        wait_event,
        lock,
        waiting_ms,
        transaction_ms,
        digest,
        blocked_by,
    })
}

/// All snapshots of one instance.
#[derive(Debug, Default)]
pub(crate) struct LockStore {
    seconds: BTreeMap<i64, Vec<u8>>,
}

impl LockStore {
    pub(crate) fn put(&mut self, at_secs: i64, packed: Vec<u8>) {
        self.seconds.insert(at_secs, packed);
    }

    /// The sessions of that second; `None` if nobody waited, or it was not sampled.
    pub(crate) fn at(&self, at_secs: i64) -> Option<Vec<LockedSession>> {
        self.seconds.get(&at_secs).map(|packed| unpack(packed))
    }

    /// Drops what is too old: the SQL in the store says the same.
    pub(crate) fn expire(&mut self, now_secs: i64) {
        self.seconds.retain(|at, _| {
            let age = now_secs - at;
            age <= SECONDS_KEPT_SECS || (at % KEPT_EVERY_SECS == 0 && age <= MINUTES_KEPT_SECS)
        });
    }
}

/// For each session that waits for a lock, the session at the root of what it waits for.
///
/// A session may wait for several; the root that has been in its transaction longest counts, so that
/// each wait is attributed once (assumed: AWS does not say how). Of sessions that wait for each other
/// in a circle, the smallest id counts as root.
pub(crate) fn roots(sample: &ActivitySample) -> BTreeMap<i64, i64> {
    let all: BTreeMap<i64, &SessionSample> =
        sample.sessions.iter().chain(&sample.blockers).map(|session| (session.id, session)).collect();
    let waiting = sample.sessions.iter().filter(|session| !session.blocked_by.is_empty());
    waiting.filter_map(|session| Some((session.id, root_of(session.id, &all)?))).collect()
}

fn root_of(id: i64, all: &BTreeMap<i64, &SessionSample>) -> Option<i64> {
    let mut reached = BTreeSet::from([id]);
    let mut next = vec![id];
    let mut found: BTreeSet<i64> = BTreeSet::new();
    while let Some(session) = next.pop() {
        let blockers = all.get(&session).map_or(&[] as &[i64], |session| &session.blocked_by);
        if blockers.is_empty() && session != id {
            found.insert(session);
        }
        for blocker in blockers {
            if reached.len() < DEEPEST && reached.insert(*blocker) {
                next.push(*blocker);
            }
        }
    }
    if found.is_empty() {
        // A circle: no session of it waits for nobody.
        return reached.into_iter().min();
    }
    let age = |id: &i64| all.get(id).and_then(|session| session.transaction_age_ms).unwrap_or(0);
    found.into_iter().max_by_key(|id| (age(id), std::cmp::Reverse(*id)))
}

/// The sessions a snapshot shows: those that wait and all that stand in their way.
pub(crate) fn involved(sample: &ActivitySample) -> Vec<&SessionSample> {
    let blocking: BTreeSet<i64> = sample.sessions.iter().flat_map(|session| &session.blocked_by).copied().collect();
    let is_involved = |session: &&SessionSample| !session.blocked_by.is_empty() || blocking.contains(&session.id);
    sample.sessions.iter().chain(&sample.blockers).filter(is_involved).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn session(id: i64, blocked_by: &[i64], transaction_age_ms: i64) -> SessionSample {
        SessionSample {
            id,
            state: SessionState::Active,
            database: None,
            user: None,
            application: None,
            client_address: None,
            client_hostname: None,
            session_type: "client backend".to_owned(),
            wait: sampler::Wait::cpu(),
            statement_id: None,
            statement: None,
            blocked_by: blocked_by.to_vec(),
            lock: None,
            transaction_age_ms: Some(transaction_age_ms),
            statement_age_ms: None,
        }
    }

    fn sample(sessions: Vec<SessionSample>, blockers: Vec<SessionSample>) -> ActivitySample {
        ActivitySample { at_secs: 0, sessions, blockers, levels: Vec::new() }
    }

    #[test]
    fn chains_lead_to_their_root() {
        let chain = sample(
            vec![session(3, &[2], 10), session(2, &[1], 20), session(9, &[], 0), session(4, &[3, 7], 5)],
            vec![session(1, &[], 50), session(7, &[], 40)],
        );
        assert_eq!(roots(&chain), BTreeMap::from([(2, 1), (3, 1), (4, 1)]), "the older of two roots counts");
        let shown: Vec<i64> = involved(&chain).iter().map(|session| session.id).collect();
        assert_eq!(shown, [3, 2, 4, 1, 7], "who neither waits nor blocks is left out");
    }

    #[test]
    fn circles_have_a_root_too() {
        let circle = sample(vec![session(5, &[6], 1), session(6, &[5], 1)], Vec::new());
        assert_eq!(roots(&circle), BTreeMap::from([(5, 5), (6, 5)]));
        let prepared = sample(vec![session(5, &[0], 1)], Vec::new());
        assert_eq!(roots(&prepared), BTreeMap::from([(5, 0)]), "a prepared transaction has no session");
    }

    #[test]
    fn old_seconds_thin_out() {
        let mut store = LockStore::default();
        [0, 1, 15, 40_000].into_iter().for_each(|at| store.put(at, pack(&[LockedSession::default()])));
        store.expire(40_000);
        assert_eq!(store.seconds.keys().copied().collect::<Vec<_>>(), [0, 15, 40_000]);
    }

    proptest! {
        #[test]
        fn there_and_back(ids in prop::collection::vec((any::<i64>(), 0u32..4, prop::option::of(0u64..1 << 40),
                          prop::collection::vec(any::<i64>(), 0..4)), 0..6)) {
            let sessions: Vec<LockedSession> = ids
                .into_iter()
                .map(|(id, state, waiting_ms, blocked_by)| LockedSession { id, state, waiting_ms, blocked_by, ..LockedSession::default() })
                .collect();
            prop_assert_eq!(unpack(&pack(&sessions)), sessions);
        }

        #[test]
        fn any_bytes_are_read_without_panic(bytes in prop::collection::vec(any::<u8>(), 0..80)) {
            unpack(&bytes);
        }
    }
}
