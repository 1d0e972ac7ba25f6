//! The handle that everybody holds.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rusqlite::Connection;
use samples::{
    AlarmEvent, AlarmState, ApiCalls, Batch, CounterMatrix, FleetTotals, Grouping, Instance, LoadMatrix, LockSnapshot,
    Marker, MetricName, Plan, Statement, StatementStat, StatementStats, TargetEvent, TargetHealth, Topology,
};
use units::{DigestId, Period, ResourceId, Timestamp, Window};

use crate::error::{Error, Result};
use crate::grid::Axis;
use crate::level::Level;
use crate::lock::DirLock;
use crate::names::{Fresh, Names, Table};
use crate::read::View;
use crate::retention::{self, Retention};
use crate::stream::Stream;
use crate::{facts, lock_snapshots, plans, schema, seal, topology, write};

/// Connections for reading kept open between calls.
const IDLE_READERS: usize = 8;

/// The archive. Clones share one store; calls block on the disk, so asynchronous callers use
/// `spawn_blocking` for long windows.
#[derive(Clone)]
pub struct Archive {
    inner: Arc<Inner>,
}

struct Inner {
    path: PathBuf,
    writer: Mutex<Connection>,
    readers: Mutex<Vec<Connection>>,
    names: Names,
    damaged: AtomicU64,
    _lock: DirLock,
}

/// What a round of sealing did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sealed {
    /// Spans sealed.
    pub spans: usize,
    /// Stored pieces that were damaged and left out.
    pub damaged: u64,
}

/// How the store is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Health {
    /// Bytes of the database file and its log.
    pub size_bytes: u64,
    /// Stored pieces met since the start whose checksum was wrong.
    pub damaged: u64,
}

impl std::fmt::Debug for Archive {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Archive").field("path", &self.inner.path).finish_non_exhaustive()
    }
}

impl Archive {
    /// Opens, or creates, the archive in `dir`.
    ///
    /// # Errors
    /// [`Error::Locked`] when another process holds it, [`Error::TooNew`] when a newer release wrote
    /// it, [`Error::Io`] and [`Error::Database`] when the disk refuses.
    pub fn open(dir: &Path) -> Result<Self> {
        std::fs::create_dir_all(dir).map_err(|source| Error::Io { path: dir.to_owned(), source })?;
        let lock = DirLock::take(dir)?;
        let path = dir.join("archive.sqlite");
        let writer = schema::open_writer(&path)?;
        Ok(Self {
            inner: Arc::new(Inner {
                path,
                writer: Mutex::new(writer),
                readers: Mutex::default(),
                names: Names::default(),
                damaged: AtomicU64::new(0),
                _lock: lock,
            }),
        })
    }

    fn writer(&self) -> MutexGuard<'_, Connection> {
        self.inner.writer.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Runs `work` in one durable transaction.
    pub(crate) fn write<T>(&self, work: impl FnOnce(&Connection, &mut Fresh) -> Result<T>) -> Result<T> {
        let mut writer = self.writer();
        let transaction = writer.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
        let mut fresh = Fresh::new();
        let done = work(&transaction, &mut fresh)?;
        transaction.commit()?;
        self.inner.names.remember(fresh);
        Ok(done)
    }

    /// Runs `work` in one read transaction: tails and blocks are of one moment.
    pub(crate) fn read<T>(&self, work: impl FnOnce(&View<'_>) -> Result<T>) -> Result<T> {
        let idle = self.inner.readers.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let connection = idle.map_or_else(|| schema::open_reader(&self.inner.path), Ok)?;
        let done = {
            let transaction = connection.unchecked_transaction()?;
            work(&View { connection: &transaction, names: &self.inner.names })?
        };
        let mut readers = self.inner.readers.lock().unwrap_or_else(PoisonError::into_inner);
        if readers.len() < IDLE_READERS {
            readers.push(connection);
        }
        Ok(done)
    }

    /// Keeps a batch; it is on the disk when this returns. A bucket answered again is replaced.
    ///
    /// # Errors
    /// [`Error::Invalid`] and [`Error::Period`] for a batch that breaks its own promises (nothing is
    /// kept), [`Error::DiskFull`] and [`Error::Database`] when it could not be kept.
    pub fn append(&self, batch: &Batch) -> Result<()> {
        self.append_all(std::slice::from_ref(batch))
    }

    /// Keeps several batches, all or none, at the cost of one.
    ///
    /// # Errors
    /// As [`Archive::append`].
    pub fn append_all(&self, batches: &[Batch]) -> Result<()> {
        self.write(|connection, fresh| write::append(connection, &self.inner.names, batches, fresh))
    }

    /// Seals the spans that ended a while before `now` and rolls them up. Short transactions;
    /// repeat until it reports no spans.
    ///
    /// # Errors
    /// [`Error::DiskFull`] and [`Error::Database`]; what was sealed before stays sealed.
    pub fn seal(&self, now: Timestamp) -> Result<Sealed> {
        let mut sealed = Sealed::default();
        for level in Level::ALL {
            loop {
                let (spans, damaged) = self.write(|connection, _| {
                    let due = seal::due(connection, level, now.secs())?;
                    let mut damaged = 0;
                    for address in &due {
                        damaged += seal::seal(connection, *address, level)?;
                    }
                    Ok((due.len(), damaged))
                })?;
                sealed.spans += spans;
                sealed.damaged += damaged;
                if spans < seal::SPANS_AT_ONCE {
                    break;
                }
            }
        }
        self.inner.damaged.fetch_add(sealed.damaged, Ordering::Relaxed);
        Ok(sealed)
    }

    /// Drops what is older than `retention`; returns how many pieces went.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub fn expire(&self, now: Timestamp, retention: Retention) -> Result<usize> {
        self.write(|connection, _| retention::expire(connection, now, retention))
    }

    /// A copy of the whole archive as one file, taken while others write.
    ///
    /// # Errors
    /// [`Error::Database`], also when `target` exists.
    pub fn backup(&self, target: &Path) -> Result<()> {
        self.read(|view| {
            let mut copy = Connection::open(target)?;
            rusqlite::backup::Backup::new(view.connection, &mut copy)?.run_to_completion(
                BACKUP_PAGES,
                std::time::Duration::ZERO,
                None,
            )?;
            Ok(())
        })
    }

    /// Size and damage.
    #[must_use]
    pub fn health(&self) -> Health {
        let size = |path: &Path| std::fs::metadata(path).map_or(0, |data| data.len());
        let log = self.inner.path.with_extension("sqlite-wal");
        let size_bytes = size(&self.inner.path) + size(&log);
        Health { size_bytes, damaged: self.inner.damaged.load(Ordering::Relaxed) }
    }

    fn count_damage(&self, reasons: &[samples::GapReason]) {
        if reasons.contains(&samples::GapReason::Damaged) {
            self.inner.damaged.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// DB load by one grouping. The window is widened to whole buckets; each bucket is the mean over
    /// its covered seconds, from the level that covers it best.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub fn load(&self, id: &ResourceId, grouping: &Grouping, window: Window, period: Period) -> Result<LoadMatrix> {
        let matrix = self.read(|view| view.load(id, grouping, Axis::new(window, period)))?;
        self.count_damage(&matrix.cover.reasons);
        Ok(matrix)
    }

    /// Counter metrics, one row each in the order asked for. Averages combine as means, `Maximum`,
    /// `Minimum` and `Sum` metrics by their own rule.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub fn counters(
        &self,
        id: &ResourceId,
        metrics: &[MetricName],
        window: Window,
        period: Period,
    ) -> Result<CounterMatrix> {
        self.read(|view| view.counters(id, metrics, Axis::new(window, period)))
    }

    /// Integrals of statement statistics over a window, per `db.sql_tokenized.id`. Ends that cut a
    /// minute are widened to it; windows over two days to whole hours.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub fn statement_stats(&self, id: &ResourceId, stats: &[StatementStat], window: Window) -> Result<StatementStats> {
        self.read(|view| view.statistics(id, stats, window))
    }

    /// One statement statistic of each digest in equal buckets, as rates per second.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub fn statement_series(
        &self,
        id: &ResourceId,
        stat: StatementStat,
        window: Window,
        period: Period,
    ) -> Result<LoadMatrix> {
        self.read(|view| view.statistic_series(id, stat, Axis::new(window, period)))
    }

    /// Load by wait event type of every instance, for the fleet page; reads only what that needs.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub fn totals(&self, window: Window, period: Period) -> Result<FleetTotals> {
        let axis = Axis::new(window, period);
        self.read(|view| {
            let mut instances = BTreeMap::new();
            for id in view.stored_instances()? {
                let matrix = view.load(&id, &Grouping::total(), axis)?;
                if matrix.covered_secs.iter().any(|secs| *secs > 0) {
                    instances.insert(id, matrix);
                }
            }
            Ok(FleetTotals { instances })
        })
    }

    /// The parts of a window that were never answered for a grouping at exactly this period.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub fn missing(&self, id: &ResourceId, grouping: &Grouping, window: Window, period: Period) -> Result<Vec<Window>> {
        self.read(|view| view.missing(id, &Stream::Load(grouping.clone()), Axis::new(window, period)))
    }

    /// As [`Archive::missing`], of a counter metric.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub fn missing_counter(
        &self,
        id: &ResourceId,
        metric: &MetricName,
        window: Window,
        period: Period,
    ) -> Result<Vec<Window>> {
        self.read(|view| view.missing(id, &Stream::Counter(metric.clone()), Axis::new(window, period)))
    }

    /// Start of the oldest stored block of minutes (or of `period`) of an instance's load.
    ///
    /// # Errors
    /// [`Error::Database`], [`Error::Period`].
    pub fn oldest(&self, id: &ResourceId, period: Period) -> Result<Option<Timestamp>> {
        let level = Level::of(period).ok_or(Error::Period(period.secs()))?;
        self.read(|view| view.oldest(id, level))
    }

    /// Notes why a window could not be collected, for the coverage of its gaps.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub fn put_failure(&self, id: &ResourceId, window: Window, reason: &str) -> Result<()> {
        self.write(|connection, fresh| {
            let instance = self.inner.names.give(connection, Table::Instance, id.as_str(), fresh)?;
            facts::put_failure(connection, instance, window, reason)
        })
    }

    /// Every instance ever seen, by id.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub fn instances(&self) -> Result<Vec<Instance>> {
        self.read(|view| facts::instances(view.connection))
    }

    /// Keeps what the inventory found. First sight stays, and so do vCPUs once known.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub fn put_instances(&self, instances: &[Instance]) -> Result<()> {
        self.write(|connection, _| instances.iter().try_for_each(|one| facts::put_instance(connection, one)))
    }

    /// Keeps who waited for whom in a second; a second asked for again is replaced.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub fn put_lock_snapshot(&self, id: &ResourceId, snapshot: &LockSnapshot) -> Result<()> {
        self.write(|connection, _| lock_snapshots::put(connection, id, snapshot))
    }

    /// Lock snapshots of a window, newest first; of more than `limit` those with most sessions waiting.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub fn lock_snapshots(&self, id: &ResourceId, window: Window, limit: usize) -> Result<Vec<LockSnapshot>> {
        self.read(|view| lock_snapshots::list(view.connection, id, window, limit))
    }

    /// Keeps a plan; a flaw does not replace a tree.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub fn put_plan(&self, id: &ResourceId, plan: &Plan) -> Result<()> {
        self.write(|connection, _| plans::put(connection, id, plan))
    }

    /// Plans of an instance by id; unknown ids are left out.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub fn plans<S: AsRef<str>>(&self, id: &ResourceId, plan_ids: &[S]) -> Result<BTreeMap<String, Plan>> {
        self.read(|view| plans::list(view.connection, id, plan_ids))
    }

    /// Keeps which dimension groups of Performance Insights an instance offers.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub fn put_offers(&self, id: &ResourceId, groups: &BTreeSet<String>) -> Result<()> {
        self.write(|connection, _| lock_snapshots::put_offers(connection, id, groups))
    }

    /// Dimension groups an instance offers; `None` when nobody could ask yet.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub fn offers(&self, id: &ResourceId) -> Result<Option<BTreeSet<String>>> {
        self.read(|view| lock_snapshots::offers(view.connection, id))
    }

    /// What is known of statements, by PI's id; unknown ids are left out.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub fn statements<S: AsRef<str>>(&self, pi_ids: &[S]) -> Result<BTreeMap<String, Statement>> {
        let wanted = pi_ids.iter().map(AsRef::as_ref).collect();
        self.read(|view| facts::statements(view.connection, &wanted))
    }

    /// All of PI's ids that have one of our digests, on any instance.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub fn statements_of(&self, digest: DigestId) -> Result<Vec<Statement>> {
        self.read(|view| facts::statements_of_digest(view.connection, &digest.to_string()))
    }

    /// Statements whose text without literals or tags hold `text` (lower case), or that it names by
    /// digest, the first digits of one, or an id; at most `limit`, those seen last first.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub fn find_statements(&self, text: &str, limit: usize) -> Result<Vec<Statement>> {
        self.read(|view| facts::find_statements(view.connection, text, limit))
    }

    /// What became of a digest: ids in addresses people have sent each other outlive the text that was
    /// cut and the normaliser that read it. A digest that statements have, or that nobody knows, is
    /// itself; of one whose statements parted, the latest to leave decides.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub fn current_digest(&self, digest: DigestId) -> Result<DigestId> {
        let current = self.read(|view| facts::current_digest(view.connection, &digest.to_string()))?;
        Ok(current.parse().unwrap_or(digest))
    }

    /// Statements whose text was cut, most recently seen first.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub fn truncated_statements(&self, limit: usize) -> Result<Vec<Statement>> {
        self.read(|view| facts::truncated_statements(view.connection, limit))
    }

    /// Keeps statements. A whole text replaces a cut one, a newer normaliser's reading an older
    /// one's, never the other way; so history follows a late full text.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub fn put_statements(&self, statements: &[Statement]) -> Result<()> {
        if statements.is_empty() {
            return Ok(());
        }
        self.write(|connection, _| statements.iter().try_for_each(|one| facts::put_statement(connection, one)))
    }

    /// Reads again, with `read_again`, every statement a normaliser older than `version` has read;
    /// returns how many.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub fn relink(&self, version: u8, read_again: impl Fn(&Statement) -> Statement) -> Result<usize> {
        let old = self.read(|view| facts::statements_before_version(view.connection, version))?;
        self.write(|connection, _| {
            old.iter().try_for_each(|one| facts::write_statement(connection, &read_again(one)))?;
            Ok(old.len())
        })
    }

    /// Keeps markers; one that is there already stays as it is.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub fn put_markers(&self, markers: &[Marker]) -> Result<()> {
        self.write(|connection, _| markers.iter().try_for_each(|one| facts::put_marker(connection, one)))
    }

    /// Markers of an instance and those that concern all, oldest first.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub fn markers(&self, instance: &ResourceId, window: Window) -> Result<Vec<Marker>> {
        self.read(|view| facts::markers(view.connection, instance, window))
    }

    /// Keeps alarms as they stand now.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub fn put_alarms(&self, alarms: &[AlarmState]) -> Result<()> {
        self.write(|connection, _| alarms.iter().try_for_each(|one| facts::put_alarm(connection, one)))
    }

    /// All alarms as last seen.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub fn alarms(&self) -> Result<Vec<AlarmState>> {
        self.read(|view| facts::alarms(view.connection))
    }

    /// Keeps changes of alarm state; the same change is kept once.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub fn put_alarm_events(&self, events: &[AlarmEvent]) -> Result<()> {
        self.write(|connection, _| events.iter().try_for_each(|one| facts::put_alarm_event(connection, one)))
    }

    /// Changes of state of one alarm, oldest first.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub fn alarm_events(&self, arn: &str, window: Window) -> Result<Vec<AlarmEvent>> {
        self.read(|view| facts::alarm_events(view.connection, arn, window))
    }

    /// Apps, tier resources, edges and target health as discovery last found them; an empty topology
    /// when it never ran.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub fn topology(&self) -> Result<Topology> {
        self.read(|view| topology::topology(view.connection))
    }

    /// Keeps what discovery found. First sights stay; each change of a target's health becomes an
    /// event.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub fn put_topology(&self, found: &Topology) -> Result<()> {
        self.write(|connection, _| topology::put_topology(connection, found))
    }

    /// Keeps the health of the targets of `groups` (ARNs) as it is at `now`; other groups stay as
    /// they are.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub fn put_target_health(&self, groups: &[String], targets: Vec<TargetHealth>, now: Timestamp) -> Result<()> {
        self.write(|connection, _| topology::put_target_health(connection, groups, targets, now))
    }

    /// Puts back a topology as it was kept once, and changes of target health; an empty topology leaves
    /// the one that is kept.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub fn restore_topology(&self, topology: &Topology, events: &[TargetEvent]) -> Result<()> {
        self.write(|connection, _| topology::restore(connection, topology, events))
    }

    /// Changes of target health of one target group (ARN), oldest first.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub fn target_events(&self, group: &str, window: Window) -> Result<Vec<TargetEvent>> {
        self.read(|view| topology::target_events(view.connection, group, window))
    }

    /// A setting, if it was ever set.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub fn setting(&self, name: &str) -> Result<Option<String>> {
        self.read(|view| facts::setting(view.connection, name))
    }

    /// Sets a setting.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub fn put_setting(&self, name: &str, value: &str) -> Result<()> {
        self.write(|connection, _| facts::put_setting(connection, name, value))
    }

    /// Adds calls to the count of their day.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub fn add_api_calls(&self, calls: &[ApiCalls]) -> Result<()> {
        self.write(|connection, _| calls.iter().try_for_each(|one| facts::add_calls(connection, one)))
    }

    /// Calls per day and API, days `from_day..to_day` (since 1970-01-01 UTC).
    ///
    /// # Errors
    /// [`Error::Database`].
    pub fn api_calls(&self, from_day: i64, to_day: i64) -> Result<Vec<ApiCalls>> {
        self.read(|view| facts::calls(view.connection, from_day, to_day))
    }
}

/// Pages copied between two looks at the lock: a few milliseconds.
const BACKUP_PAGES: std::ffi::c_int = 256;
