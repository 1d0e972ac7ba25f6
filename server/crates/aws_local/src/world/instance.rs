//! One database instance: who it is, and everything observed of it.

use super::codec;
use super::dictionary::{Column, Combination, Dictionary, object_name};
use super::figures::{CounterStore, Readings, StatementStore, pack};
use super::load::{LoadStore, minute_of};
use super::locks::{self, LockStore, LockedSession};
use super::plans::PlanStore;
use crate::faults::Behaviour;
use crate::store::{Store, Write};
use sampler::{
    ActivitySample, CounterReading, DatabaseDescription, Engine, LockWait, SamplerCost, SessionSample, SessionState,
    StatementInterval, StatementText,
};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, RwLock};

/// The account all resources belong to.
pub(crate) const ACCOUNT: &str = "000000000000";
/// Clients on a local socket have no address.
const LOCAL_SOCKET: &str = "[local]";
/// A client that gave no application name still needs a value that is not blank.
const UNNAMED_APPLICATION: &str = "(unnamed)";
/// A database not sampled for this long is reported as failed, before that as rebooting.
const FAILED_AFTER_SECS: i64 = 300;
/// Why a database is not sampled that was not tried since we started.
pub(crate) const NOT_CONNECTED_YET: &str = "not connected yet";
const REBOOTING_AFTER_SECS: i64 = 15;

/// What distinguishes an instance for good.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Identity {
    pub(crate) name: String,
    /// `db-` and 26 capital letters or digits.
    pub(crate) resource_id: String,
    pub(crate) system_identifier: Option<String>,
    pub(crate) is_simulated: bool,
    pub(crate) created_secs: i64,
}

impl Identity {
    /// The identity follows from the name and the cluster's own identifier, so it outlives our files.
    pub(crate) fn derive(name: &str, system_identifier: Option<&str>, created_secs: i64) -> Self {
        const LETTERS: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
        let hash =
            Sha256::new().chain_update(name).chain_update([0]).chain_update(system_identifier.unwrap_or("")).finalize();
        let letters = hash.iter().take(26).map(|byte| char::from(LETTERS[usize::from(byte % 32)]));
        Self {
            name: name.to_owned(),
            resource_id: format!("db-{}", letters.collect::<String>()),
            system_identifier: system_identifier.map(str::to_owned),
            is_simulated: false,
            created_secs,
        }
    }

    /// The instance's ARN in `region`.
    pub(crate) fn arn(&self, region: &str) -> String {
        format!("arn:aws:rds:{region}:{ACCOUNT}:db:{}", self.name)
    }
}

/// An instance as the services see it.
#[derive(Debug)]
pub(crate) struct Instance {
    pub(crate) identity: Identity,
    pub(crate) behaviour: Behaviour,
    /// Shared with the sentinels that show the same load.
    pub(crate) data: Arc<RwLock<InstanceData>>,
}

impl Instance {
    /// Whether the id will stay: the database was reached, now or before, or cannot be.
    pub(crate) fn is_identified(&self) -> bool {
        if self.identity.is_simulated || self.identity.system_identifier.is_some() {
            return true;
        }
        let data = self.data();
        match &data.description {
            Some(description) => description.system_identifier.is_none(),
            None => data.disconnected.as_deref().is_none_or(|reason| reason != NOT_CONNECTED_YET),
        }
    }
}

/// What was observed.
#[derive(Debug)]
pub(crate) struct InstanceData {
    /// Number in our own files.
    pub(crate) number: u32,
    pub(crate) engine: Engine,
    pub(crate) version: Option<String>,
    pub(crate) host: String,
    pub(crate) port: u16,
    /// As told by the operator; otherwise counted where the database runs on this machine.
    pub(crate) vcpus: Option<u32>,
    /// Days of the past that PI serves.
    pub(crate) retention_days: i64,
    pub(crate) dictionary: Dictionary,
    pub(crate) load: LoadStore,
    pub(crate) locks: LockStore,
    pub(crate) counters: CounterStore,
    pub(crate) statements: StatementStore,
    /// Somebody reads the log in which the server tells its plans.
    pub(crate) offers_plans: bool,
    pub(crate) plans: PlanStore,
    /// Counters that were ever offered, by name.
    pub(crate) offered: BTreeSet<String>,
    pub(crate) description: Option<DatabaseDescription>,
    pub(crate) disconnected: Option<String>,
    pub(crate) cost: Option<SamplerCost>,
    /// Minutes with changes that are not yet on disk.
    pub(super) unsaved: BTreeSet<i64>,
}

/// Type and value of what a lock is on. Who waits for a transaction to let go of a row waits for the
/// row, as those behind him do.
fn waited_for(lock: &LockWait) -> Option<String> {
    let object = lock.object.as_deref()?;
    let is_row = lock.kind == "transactionid" && object.parse::<u64>().is_err();
    Some(object_name(if is_row { "tuple" } else { &lock.kind }, object))
}

impl InstanceData {
    pub(crate) fn new(number: u32, engine: Engine, host: String, port: u16, vcpus: Option<u32>) -> Self {
        Self {
            number,
            engine,
            version: None,
            host,
            port,
            vcpus,
            retention_days: 7,
            dictionary: Dictionary::default(),
            load: LoadStore::default(),
            locks: LockStore::default(),
            counters: CounterStore::default(),
            statements: StatementStore::default(),
            offers_plans: false,
            plans: PlanStore::default(),
            offered: BTreeSet::new(),
            description: None,
            disconnected: None,
            cost: None,
            unsaved: BTreeSet::new(),
        }
    }

    /// RDS's word for how it is.
    pub(crate) fn status(&self, now_secs: i64) -> &'static str {
        let silent_secs = self.load.last_second().map(|last| now_secs - last);
        match (&self.disconnected, silent_secs) {
            (None, _) => "available",
            (Some(_), None) => "creating",
            (Some(_), Some(silent)) if silent < REBOOTING_AFTER_SECS => "available",
            (Some(_), Some(silent)) if silent < FAILED_AFTER_SECS => "rebooting",
            (Some(_), Some(_)) => "failed",
        }
    }

    /// Whether statements carry ids, so that load can be grouped by them.
    pub(crate) fn has_statement_statistics(&self) -> bool {
        self.description.as_ref().is_none_or(|description| description.has_statement_statistics)
    }

    fn quotes_strings_twice(&self) -> bool {
        self.engine != Engine::Postgres
    }

    /// Enters the sessions of a second.
    pub(crate) fn add_activity(&mut self, sample: &ActivitySample, store: &Store) {
        let mut sessions: BTreeMap<u32, u32> = BTreeMap::new();
        let blocked = self.add_locks(sample, store);
        let mut numbers = Vec::new();
        for session in sample.sessions.iter().filter(|session| session.state == SessionState::Active) {
            let mut combination = self.combination(session);
            for (column, number) in blocked.get(&session.id).into_iter().flatten() {
                combination.set(*column, *number);
            }
            let number = self.dictionary.combination(combination);
            *sessions.entry(number).or_default() += 1;
            numbers.push((session.id, number));
        }
        let sessions: Vec<(u32, u32)> = sessions.into_iter().collect();
        let blob = codec::write_sessions(&sessions);
        let minute = minute_of(sample.at_secs);
        for (name, value) in &sample.levels {
            self.add_reading(minute, name, *value);
        }
        self.save_learned(store);
        if self.load.add_second(sample.at_secs, sessions) {
            store.write(Write::Second { instance: self.number, at_secs: sample.at_secs, blob });
            self.unsaved.insert(minute);
            if self.offers_plans {
                self.plans.remember(sample.at_secs, numbers);
            }
        }
        self.save_minutes_before(minute, store);
    }

    /// Enters who waited for whom, if anybody did; returns what each wait is attributed to.
    fn add_locks(&mut self, sample: &ActivitySample, store: &Store) -> BTreeMap<i64, [(Column, u32); 3]> {
        let roots = locks::roots(sample);
        if roots.is_empty() {
            return BTreeMap::new();
        }
        let sessions: Vec<LockedSession> =
            locks::involved(sample).into_iter().map(|session| self.locked_session(session)).collect();
        let digest_of = |id: i64| sessions.iter().find(|session| session.id == id).map_or(0, |session| session.digest);
        let mut attributed = BTreeMap::new();
        for session in sample.sessions.iter().filter(|session| session.state == SessionState::Active) {
            let Some(root) = roots.get(&session.id) else { continue };
            let object = session.lock.as_ref().and_then(waited_for);
            let parts = [
                (Column::BlockingSession, self.dictionary.name(Some(&root.to_string()))),
                (Column::BlockingDigest, digest_of(*root)),
                (Column::BlockingObject, self.dictionary.name(object.as_deref())),
            ];
            attributed.insert(session.id, parts);
        }
        let blob = locks::pack(&sessions);
        self.locks.put(sample.at_secs, blob.clone());
        self.save_learned(store);
        store.write(Write::Locks { instance: self.number, at_secs: sample.at_secs, blob });
        attributed
    }

    fn locked_session(&mut self, session: &SessionSample) -> LockedSession {
        let quotes = self.quotes_strings_twice();
        let dictionary = &mut self.dictionary;
        let lock = session.lock.as_ref().map(|lock| {
            let object = object_name(&lock.mode, lock.object.as_deref().unwrap_or_default());
            object_name(&lock.kind, &object)
        });
        let age = |age: Option<i64>| age.map(|age| u64::try_from(age).unwrap_or(0));
        let host = session.client_address.as_deref().unwrap_or(LOCAL_SOCKET);
        // Only a client has an address; a background process has none to show.
        let is_client = session.session_type == "client backend";
        let event = if session.state == SessionState::Active { Some(session.wait.event.as_str()) } else { None };
        LockedSession {
            id: session.id,
            state: locks::state_number(session.state),
            user: dictionary.name(session.user.as_deref()),
            application: dictionary.name(session.application.as_deref()),
            host: dictionary.name(is_client.then_some(host)),
            wait_event: dictionary.name(event),
            lock: dictionary.name(lock.as_deref()),
            waiting_ms: session.lock.as_ref().and_then(|lock| age(lock.waiting_ms)),
            transaction_ms: age(session.transaction_age_ms),
            digest: session
                .statement_id
                .as_deref()
                .map_or(0, |id| dictionary.digest(id, session.statement.as_deref(), quotes)),
            blocked_by: session.blocked_by.clone(),
        }
    }

    fn combination(&mut self, session: &SessionSample) -> Combination {
        let quotes = self.quotes_strings_twice();
        let dictionary = &mut self.dictionary;
        let host = session.client_address.as_deref().unwrap_or(LOCAL_SOCKET);
        let mut combination = Combination::default();
        combination.set(Column::Database, dictionary.name(session.database.as_deref()));
        let application = session.application.as_deref().filter(|name| !name.trim().is_empty());
        combination.set(Column::Application, dictionary.name(Some(application.unwrap_or(UNNAMED_APPLICATION))));
        combination.set(Column::Host, dictionary.name(Some(host)));
        combination.set(Column::HostName, dictionary.name(Some(session.client_hostname.as_deref().unwrap_or(host))));
        combination.set(Column::User, dictionary.name(session.user.as_deref()));
        combination.set(Column::SessionType, dictionary.name(Some(&session.session_type)));
        combination.set(Column::WaitType, dictionary.name(Some(&session.wait.kind)));
        combination.set(Column::WaitEvent, dictionary.name(Some(&session.wait.event)));
        if let Some(id) = &session.statement_id {
            let digest = dictionary.digest(id, session.statement.as_deref(), quotes);
            combination.set(Column::Digest, digest);
            if let Some(text) = &session.statement {
                combination.set(Column::Statement, dictionary.statement(text, digest));
            }
        }
        combination
    }

    /// Enters counters.
    pub(crate) fn add_counters(&mut self, reading: &CounterReading, store: &Store) {
        // A reading describes the ten seconds before it: the one on the full minute ends the old one.
        let minute = minute_of(reading.at_secs - 1);
        for (name, value) in &reading.values {
            self.add_reading(minute, name, *value);
        }
        self.save_learned(store);
    }

    fn add_reading(&mut self, minute: i64, name: &str, value: f64) {
        let counter = self.dictionary.name(Some(name));
        self.counters.add(minute, counter, &Readings::one(value));
        if !self.offered.contains(name) {
            self.offered.insert(name.to_owned());
        }
        self.unsaved.insert(minute);
    }

    /// Enters what statements did in an interval; an interval of several minutes is spread evenly.
    pub(crate) fn add_statements(&mut self, interval: &StatementInterval, store: &Store) {
        let minutes: Vec<i64> = (minute_of(interval.from_secs)..interval.to_secs).step_by(60).collect();
        let share = 1.0 / minutes.len().max(1) as f64;
        let quotes = self.quotes_strings_twice();
        let statements: Vec<(u32, Vec<f64>)> = interval
            .deltas
            .iter()
            .map(|delta| {
                let digest = self.dictionary.digest(&delta.statement_id, None, quotes);
                (digest, delta.values.iter().map(|value| value * share).collect())
            })
            .collect();
        self.save_learned(store);
        let packed = pack(&statements);
        for minute in minutes {
            self.statements.put(minute, packed.clone());
            store.write(Write::Statements { instance: self.number, at_secs: minute, blob: packed.clone() });
        }
    }

    /// Enters texts of statements.
    pub(crate) fn add_texts(&mut self, texts: &[StatementText], store: &Store) {
        let quotes = self.quotes_strings_twice();
        for text in texts {
            self.dictionary.digest_text(&text.statement_id, &text.text, quotes);
        }
        self.save_learned(store);
    }

    /// Writes down what the dictionary learned.
    pub(crate) fn save_learned(&mut self, store: &Store) {
        for learned in self.dictionary.take_learned() {
            store.write(Write::Learned { instance: self.number, learned });
        }
    }

    /// Closes and writes down the minutes before `limit_secs` that changed.
    pub(crate) fn save_minutes_before(&mut self, limit_secs: i64, store: &Store) {
        let later = self.unsaved.split_off(&limit_secs);
        for minute in std::mem::replace(&mut self.unsaved, later) {
            self.close_minute(minute);
            self.save_learned(store);
            if let Some(load) = self.load.minute(minute) {
                store.write(Write::Minute {
                    instance: self.number,
                    at_secs: minute,
                    sampled_secs: load.sampled_secs,
                    blob: codec::write_sessions(&load.sessions),
                });
            }
            if let Some(readings) = self.counters.minute(minute) {
                let blob = codec::write_readings(readings);
                store.write(Write::Counters { instance: self.number, at_secs: minute, blob });
            }
        }
    }

    fn close_minute(&mut self, minute: i64) {
        let dictionary = std::cell::RefCell::new(&mut self.dictionary);
        self.load.close_minute(
            minute,
            |number| dictionary.borrow().combination_of(number).map_or(0, |found| found.get(Column::Statement)),
            |number| {
                let Some(mut combination) = dictionary.borrow().combination_of(number).copied() else { return number };
                combination.set(Column::Statement, 0);
                dictionary.borrow_mut().combination(combination)
            },
        );
    }

    /// Drops what is too old, in memory and on disk.
    pub(crate) fn expire(&mut self, now_secs: i64, store: &Store) {
        let kept_secs = super::load::MINUTES_KEPT_SECS;
        self.load.expire(now_secs);
        self.locks.expire(now_secs);
        self.plans.expire(now_secs);
        self.counters.expire(now_secs - kept_secs);
        self.statements.expire(now_secs - kept_secs);
        let forgotten = self.dictionary.forget_unused(&self.load.used());
        store.write(Write::Forget { instance: self.number, numbers: forgotten });
    }

    /// vCPUs: told by the operator, else counted on this machine, else unknown.
    pub(crate) fn vcpu_count(&self) -> Option<f64> {
        if let Some(told) = self.vcpus {
            return Some(f64::from(told));
        }
        let is_local = self.description.as_ref()?.is_on_this_machine;
        is_local.then(|| std::thread::available_parallelism().map_or(1.0, |count| count.get() as f64))
    }
}
