//! The world the endpoint answers about: instances, metrics, alarms, events.
//!
//! Observers write into it ([`World::record_metric`], the samplers); services read it. It knows no
//! wire format.

pub(crate) mod alarms;
pub(crate) mod codec;
pub(crate) mod dictionary;
pub mod estate;
pub(crate) mod figures;
pub(crate) mod instance;
pub(crate) mod load;
pub(crate) mod locks;
pub(crate) mod metrics;
pub(crate) mod plans;
mod rds_metrics;

pub(crate) use rds_metrics::RDS_METRICS;

use crate::faults::{Behaviour, Faults};
use crate::notify::{EventDestination, Topics};
use crate::store::{Store, Write};
use alarms::AlarmBook;
use estate::Estate;
use instance::{ACCOUNT, Identity, Instance, InstanceData};
use metrics::{Datum, MetricKey, MetricStore};
use sampler::{Clock, Observation};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeSet, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

/// Events are kept this long, as RDS keeps them.
const EVENTS_KEPT_SECS: i64 = 14 * 86_400;
const MOST_EVENTS: usize = 5_000;

/// A handle on the world; clones share it.
#[derive(Clone, Debug)]
pub struct World(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    clock: Clock,
    region: String,
    store: Store,
    instances: RwLock<Vec<Arc<Instance>>>,
    metrics: RwLock<MetricStore>,
    unsaved_points: Mutex<BTreeSet<(u32, i64, MetricKey)>>,
    alarms: Mutex<AlarmBook>,
    events: RwLock<VecDeque<Event>>,
    estate: RwLock<Estate>,
    simulated_estate: RwLock<Estate>,
    faults: Mutex<Faults>,
    faults_counter: Mutex<u64>,
    topics: Mutex<Topics>,
    event_destinations: Mutex<Vec<EventDestination>>,
}

/// Something that happened to an instance, as `DescribeEvents` tells it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Event {
    pub(crate) at_ms: i64,
    pub(crate) instance: String,
    pub(crate) category: String,
    pub(crate) message: String,
}

/// How sampling one database goes; for people and for `/_status`.
#[derive(Clone, Debug, Serialize)]
pub struct InstanceStatus {
    /// `DBInstanceIdentifier`.
    pub name: String,
    /// `DbiResourceId`.
    pub resource_id: String,
    /// RDS's status word.
    pub status: &'static str,
    /// Why there is no connection, if there is none.
    pub disconnected: Option<String>,
    /// The newest sampled second, UTC since 1970.
    pub last_sample_secs: Option<i64>,
    /// What cannot be seen: key, reason, remedy.
    pub limitations: Vec<(String, String, String)>,
    /// Round trips of the last whole minute, milliseconds.
    pub cost_round_trip_ms: Option<f64>,
    /// CPU time our session took of the database in the last whole minute, milliseconds.
    pub cost_backend_cpu_ms: Option<f64>,
    /// The instance is made up, not measured.
    pub is_simulated: bool,
}

/// A lock whose holder panicked is used on: each write leaves whole values.
fn read<T>(lock: &RwLock<T>) -> RwLockReadGuard<'_, T> {
    lock.read().unwrap_or_else(PoisonError::into_inner)
}

fn write<T>(lock: &RwLock<T>) -> RwLockWriteGuard<'_, T> {
    lock.write().unwrap_or_else(PoisonError::into_inner)
}

fn lock<T>(lock: &Mutex<T>) -> MutexGuard<'_, T> {
    lock.lock().unwrap_or_else(PoisonError::into_inner)
}

impl World {
    pub(crate) fn new(clock: Clock, region: String, store: Store) -> Self {
        Self(Arc::new(Inner {
            clock,
            region,
            store,
            instances: RwLock::default(),
            metrics: RwLock::default(),
            unsaved_points: Mutex::default(),
            alarms: Mutex::default(),
            events: RwLock::default(),
            estate: RwLock::default(),
            simulated_estate: RwLock::default(),
            faults: Mutex::default(),
            faults_counter: Mutex::default(),
            topics: Mutex::default(),
            event_destinations: Mutex::default(),
        }))
    }

    /// The clock everything here is stamped with.
    #[must_use]
    pub fn clock(&self) -> &Clock {
        &self.0.clock
    }

    /// The region all resources are in.
    #[must_use]
    pub fn region(&self) -> &str {
        &self.0.region
    }

    /// The account all resources belong to.
    #[must_use]
    pub fn account(&self) -> &'static str {
        ACCOUNT
    }

    /// Topics and their subscribers.
    pub(crate) fn topics(&self) -> MutexGuard<'_, Topics> {
        lock(&self.0.topics)
    }

    /// Where events about alarms go.
    pub(crate) fn event_destinations(&self) -> Vec<EventDestination> {
        lock(&self.0.event_destinations).clone()
    }

    pub(crate) fn add_event_destination(&self, destination: EventDestination) {
        lock(&self.0.event_destinations).push(destination);
    }

    pub(crate) fn store(&self) -> &Store {
        &self.0.store
    }

    /// Adds to a CloudWatch metric: `values` are pairs of a value and how often it was seen, within the
    /// minute of `at_ms` (UTC milliseconds). Percentiles are computed from these values. `unit` is
    /// CloudWatch's word (`Count`, `Seconds`, `Milliseconds`, `None` …). Values that are no finite
    /// number are dropped.
    pub fn record_metric(
        &self,
        namespace: &str,
        name: &str,
        dimensions: &[(&str, &str)],
        at_ms: i64,
        values: &[(f64, f64)],
        unit: &str,
    ) {
        let key = MetricKey::new(namespace, name, dimensions);
        let minute = load::minute_of(at_ms.div_euclid(1_000));
        for (value, count) in values.iter().filter(|(value, count)| value.is_finite() && *count > 0.0) {
            self.record_datum(&key, unit, minute, &Datum::of(*value, *count));
        }
    }

    pub(crate) fn record_datum(&self, key: &MetricKey, unit: &str, at_secs: i64, datum: &Datum) {
        let (number, is_new) = write(&self.0.metrics).record(key, unit, at_secs, datum);
        if is_new {
            self.0.store.write(Write::Series { number, key: key.clone(), unit: unit.to_owned() });
        }
        lock(&self.0.unsaved_points).insert((number, at_secs, key.clone()));
    }

    pub(crate) fn metrics(&self) -> RwLockReadGuard<'_, MetricStore> {
        read(&self.0.metrics)
    }

    pub(crate) fn metrics_mut(&self) -> RwLockWriteGuard<'_, MetricStore> {
        write(&self.0.metrics)
    }

    pub(crate) fn alarms(&self) -> MutexGuard<'_, AlarmBook> {
        lock(&self.0.alarms)
    }

    /// The faults in force.
    #[must_use]
    pub fn faults(&self) -> Faults {
        lock(&self.0.faults).clone()
    }

    /// Puts faults in force for every request from now on.
    pub fn set_faults(&self, faults: Faults) {
        *lock(&self.0.faults) = faults;
    }

    /// True for `percent` of its calls, evenly spread.
    pub(crate) fn is_unlucky(&self, percent: u8) -> bool {
        let mut counter = lock(&self.0.faults_counter);
        let before = *counter * u64::from(percent) / 100;
        *counter += 1;
        *counter * u64::from(percent) / 100 > before
    }

    /// Says what stands around the databases from now on.
    pub fn set_estate(&self, estate: Estate) {
        *write(&self.0.estate) = estate;
    }

    pub(crate) fn set_simulated_estate(&self, estate: Estate) {
        *write(&self.0.simulated_estate) = estate;
    }

    /// What stands around the databases, running or made up.
    pub(crate) fn estate(&self) -> Estate {
        read(&self.0.estate).with(&read(&self.0.simulated_estate))
    }

    /// Tags of a resource.
    pub(crate) fn tags_of(&self, arn: &str) -> Vec<(String, String)> {
        let of = |estate: &RwLock<Estate>| read(estate).tags.get(arn).cloned();
        of(&self.0.estate).or_else(|| of(&self.0.simulated_estate)).unwrap_or_default()
    }

    // Instances.

    pub(crate) fn instances(&self) -> Vec<Arc<Instance>> {
        read(&self.0.instances).clone()
    }

    /// Those whose id is for good: it follows from what the database says of itself when it is first
    /// reached, and nobody is to see another before that.
    pub(crate) fn listed_instances(&self) -> Vec<Arc<Instance>> {
        let mut instances = self.instances();
        instances.retain(|instance| instance.is_identified());
        instances
    }

    pub(crate) fn instance_named(&self, name: &str) -> Option<Arc<Instance>> {
        read(&self.0.instances).iter().find(|instance| instance.identity.name.eq_ignore_ascii_case(name)).cloned()
    }

    pub(crate) fn instance_with_id(&self, resource_id: &str) -> Option<Arc<Instance>> {
        read(&self.0.instances).iter().find(|instance| instance.identity.resource_id == resource_id).cloned()
    }

    /// Adds an instance, or replaces the one of that name.
    pub(crate) fn put_instance(&self, identity: Identity, data: Arc<RwLock<InstanceData>>) {
        let behaviour = Behaviour::of_name(&identity.name);
        let instance = Arc::new(Instance { identity, behaviour, data });
        let mut instances = write(&self.0.instances);
        match instances.iter_mut().find(|found| found.identity.name == instance.identity.name) {
            Some(found) => *found = instance,
            None => instances.push(instance),
        }
    }

    /// Adds a database that somebody else samples and tells of through [`World::observe`]; `vcpus` as
    /// its operator says. One of that name is replaced.
    pub fn add_database(&self, name: &str, engine: sampler::Engine, vcpus: Option<u32>) {
        let number = self.instances().iter().map(|instance| instance.data().number).max().unwrap_or(0) + 1;
        let data = InstanceData::new(number, engine, "localhost".to_owned(), engine.default_port(), vcpus);
        let identity = Identity::derive(name, None, self.0.clock.now_secs());
        self.0.store.write(Write::Instance { number, identity: identity.clone(), version: None });
        self.put_instance(identity, Arc::new(RwLock::new(data)));
    }

    /// How sampling goes, one per instance.
    #[must_use]
    pub fn statuses(&self) -> Vec<InstanceStatus> {
        let now_secs = self.0.clock.now_secs();
        let status = |instance: &Arc<Instance>| {
            let data = instance.data();
            let limitations = data.description.iter().flat_map(|description| &description.limitations);
            InstanceStatus {
                name: instance.identity.name.clone(),
                resource_id: instance.identity.resource_id.clone(),
                status: data.status(now_secs),
                disconnected: data.disconnected.clone(),
                last_sample_secs: data.load.last_second(),
                limitations: limitations
                    .map(|found| (found.key.to_owned(), found.what.clone(), found.remedy.clone()))
                    .collect(),
                cost_round_trip_ms: data.cost.map(|cost| cost.round_trip_ms),
                cost_backend_cpu_ms: data.cost.and_then(|cost| cost.backend_cpu_ms),
                is_simulated: instance.identity.is_simulated,
            }
        };
        self.instances().iter().map(status).collect()
    }

    /// Enters what a sampler said about the instance called `name`.
    pub fn observe(&self, name: &str, observation: &Observation) {
        let Some(instance) = self.instance_named(name) else { return };
        let store = &self.0.store;
        let mut data = instance.data_mut();
        match observation {
            Observation::Activity(sample) => data.add_activity(sample, store),
            Observation::Counters(reading) => data.add_counters(reading, store),
            Observation::Statements(interval) => data.add_statements(interval, store),
            Observation::Texts(texts) => data.add_texts(texts, store),
            Observation::Plans(plans) => data.add_plans(plans, store),
            Observation::Cost(cost) => data.cost = Some(*cost),
            Observation::Gap { from_secs, to_secs, reason } => {
                tracing::debug!(db.name = name, from_secs, to_secs, ?reason, "seconds not sampled");
            }
            Observation::Disconnected { reason } => {
                if data.disconnected.as_ref() != Some(reason) {
                    tracing::warn!(db.name = name, reason, "database cannot be sampled");
                }
                if data.disconnected.is_none() && data.description.is_some() {
                    self.add_event(name, "availability", "DB instance stopped answering");
                }
                data.disconnected = Some(reason.clone());
            }
            Observation::Connected(description) => {
                self.note_connection(&instance.identity, &mut data, description);
                drop(data);
                self.identify(&instance, description.system_identifier.as_deref());
            }
        }
    }

    fn note_connection(&self, identity: &Identity, data: &mut InstanceData, now: &sampler::DatabaseDescription) {
        for limitation in &now.limitations {
            tracing::info!(db.name = identity.name, key = limitation.key, "{} {}", limitation.what, limitation.remedy);
        }
        let started = |description: &sampler::DatabaseDescription| description.started_at_ms;
        if data.description.as_ref().is_some_and(|before| started(before) != started(now)) {
            self.add_event(&identity.name, "availability", "DB instance restarted");
        } else if data.disconnected.is_some() && data.description.is_some() {
            self.add_event(&identity.name, "availability", "DB instance answers again");
        }
        data.version = Some(now.version.clone());
        data.engine = now.engine;
        data.offered.extend(now.counters.iter().map(|name| (*name).to_owned()));
        data.disconnected = None;
        data.description = Some(now.clone());
    }

    /// The cluster's own identifier is known now: the identity follows from it.
    fn identify(&self, instance: &Arc<Instance>, system_identifier: Option<&str>) {
        let known = &instance.identity;
        let is_same = known.system_identifier.as_deref() == system_identifier;
        let identity = if is_same {
            known.clone()
        } else {
            Identity::derive(&known.name, system_identifier, self.0.clock.now_secs())
        };
        let number = instance.data().number;
        let version = instance.data().version.clone();
        self.0.store.write(Write::Instance { number, identity: identity.clone(), version });
        if !is_same {
            self.put_instance(identity, instance.data.clone());
        }
    }

    // Events.

    pub(crate) fn add_event(&self, instance: &str, category: &str, message: &str) {
        let event = Event {
            at_ms: self.0.clock.now_ms(),
            instance: instance.to_owned(),
            category: category.to_owned(),
            message: message.to_owned(),
        };
        self.0.store.write(Write::Event(event.clone()));
        self.restore_event(event);
    }

    pub(crate) fn restore_event(&self, event: Event) {
        let mut events = write(&self.0.events);
        events.push_back(event);
        while events.len() > MOST_EVENTS {
            events.pop_front();
        }
    }

    pub(crate) fn events(&self) -> Vec<Event> {
        let oldest_ms = self.0.clock.now_ms() - EVENTS_KEPT_SECS * 1_000;
        read(&self.0.events).iter().filter(|event| event.at_ms >= oldest_ms).cloned().collect()
    }

    // Upkeep.

    /// Writes down what changed: minutes that are over, and metric points.
    pub(crate) fn save(&self) {
        let open_minute = load::minute_of(self.0.clock.now_secs());
        for instance in self.own_instances() {
            instance.data_mut().save_minutes_before(open_minute, &self.0.store);
        }
        let unsaved = std::mem::take(&mut *lock(&self.0.unsaved_points));
        let metrics = read(&self.0.metrics);
        for (number, at_secs, key) in unsaved {
            if let Some(datum) = metrics.get(&key).and_then(|series| series.points.get(&at_secs)) {
                self.0.store.write(Write::Point { number, at_secs, blob: datum.to_blob() });
            }
        }
    }

    /// Drops what is too old.
    pub(crate) fn expire(&self) {
        let now_secs = self.0.clock.now_secs();
        for instance in self.own_instances() {
            instance.data_mut().expire(now_secs, &self.0.store);
        }
        write(&self.0.metrics).expire(now_secs);
        self.0.store.write(Write::Expire { now_secs });
    }

    /// Instances with data of their own; sentinels share another's.
    fn own_instances(&self) -> Vec<Arc<Instance>> {
        let mut seen = BTreeSet::new();
        let mut own = self.instances();
        own.retain(|instance| seen.insert(instance.data().number));
        own
    }
}

impl Instance {
    pub(crate) fn data(&self) -> RwLockReadGuard<'_, InstanceData> {
        read(&self.data)
    }

    pub(crate) fn data_mut(&self) -> RwLockWriteGuard<'_, InstanceData> {
        write(&self.data)
    }
}
