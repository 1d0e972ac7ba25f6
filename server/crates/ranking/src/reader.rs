//! How ranking gets at load: reads the archive, notes what it lacks, asks for that once, reads
//! again.

use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::sync::Arc;

use archive::Archive;
use samples::{BucketCover, Grouping, Health, Instance, LoadMatrix, Prices, Refusal, SourceKind, Wanted, Wants};
use tokio::task::JoinSet;
use units::{Dimension, Period, ResourceId, Timestamp, Window, Zone};
use view::{Axis, OffsetChange, Trouble};

use crate::facts::trouble_of;
use crate::{Error, Result};

/// Where ranking reads, and how it asks for what is not there. Clone freely.
#[derive(Clone)]
pub struct Reader {
    archive: Archive,
    wants: Wants,
    zones: Zones,
    prices: Arc<Prices>,
    healths: Healths,
}

/// How collection fares now; nothing fails and nothing is known where nobody collects.
type Healths = Arc<dyn Fn() -> Health + Send + Sync>;

/// Offset changes of a zone in a window; empty for UTC and for zones nobody knows.
type Zones = Arc<dyn Fn(&str, Window) -> Vec<OffsetChange> + Send + Sync>;

impl fmt::Debug for Reader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Reader")
    }
}

impl Reader {
    /// A reader of `archive` that asks through `wants`. Times are printed in UTC until
    /// [`Reader::with_zones`].
    #[must_use]
    pub fn new(archive: Archive, wants: Wants) -> Self {
        Self {
            archive,
            wants,
            zones: Arc::new(|_, _| Vec::new()),
            prices: Arc::new(Prices::shipped()),
            healths: Arc::new(Health::default),
        }
    }

    /// The same reader with a time-zone database: from an IANA name and a window to the offset
    /// changes in it.
    #[must_use]
    pub fn with_zones(mut self, zones: impl Fn(&str, Window) -> Vec<OffsetChange> + Send + Sync + 'static) -> Self {
        self.zones = Arc::new(zones);
        self
    }

    /// The same reader with a price table of the user's in place of the shipped one.
    #[must_use]
    pub fn with_prices(mut self, prices: Prices) -> Self {
        self.prices = Arc::new(prices);
        self
    }

    /// The same reader with somebody who tells how collection fares.
    #[must_use]
    pub fn with_health(mut self, health: impl Fn() -> Health + Send + Sync + 'static) -> Self {
        self.healths = Arc::new(health);
        self
    }

    /// How collection fares now.
    #[must_use]
    pub fn health(&self) -> Health {
        (self.healths)()
    }

    /// The archive underneath.
    #[must_use]
    pub const fn archive(&self) -> &Archive {
        &self.archive
    }

    /// Asks for an alarm and its history around a time; resolves when the archive has it, or with why
    /// not.
    pub async fn want_alarm(&self, alarm: String, at: Option<Timestamp>) -> Option<Trouble> {
        let refused = self.wants.want(Wanted::Alarm { alarm, at }).await.err();
        refused.as_ref().map(trouble_of)
    }

    /// Asks for the values an alarm decides by; resolves when the archive has them, or with why not.
    pub async fn want_alarm_series(&self, arn: String, window: Window) -> Option<Trouble> {
        let refused = self.wants.want(Wanted::AlarmSeries { alarm: arn, window }).await.err();
        refused.as_ref().map(trouble_of)
    }

    /// The axis of a window of whole buckets, printed in a zone.
    #[must_use]
    pub fn axis(&self, window: Window, period: Period, zone: &Zone) -> Axis {
        let offsets = match zone {
            Zone::Utc => Vec::new(),
            Zone::Named(name) => (self.zones)(name, window),
        };
        let is_known = matches!(zone, Zone::Utc) || !offsets.is_empty();
        let zone = if is_known { zone.name() } else { Zone::Utc.name() }.to_owned();
        Axis { window, period, zone, offsets }
    }

    /// Runs `work` off the async threads. What it lacked is asked for, all at once, then it runs a
    /// second time with what came; it must be cheap to run twice.
    pub(crate) async fn answer<T: Send + 'static>(
        &self,
        now: Timestamp,
        work: impl Fn(&Lookup) -> Result<T> + Clone + Send + 'static,
    ) -> Result<T> {
        let (first, lacks) = self.run(Lookup::new(self, now, None), work.clone()).await?;
        if lacks.is_empty() {
            return first;
        }
        let refusal = self.want_all(lacks).await;
        let second = Lookup { asks_what_follows: refusal.is_none(), ..Lookup::new(self, now, Some(refusal)) };
        let (outcome, lacks) = self.run(second, work.clone()).await?;
        if lacks.is_empty() {
            return outcome;
        }
        let refusal = self.want_all(lacks).await;
        self.run(Lookup::new(self, now, Some(refusal)), work).await?.0
    }

    async fn run<T: Send + 'static>(
        &self,
        lookup: Lookup,
        work: impl Fn(&Lookup) -> Result<T> + Send + 'static,
    ) -> Result<(Result<T>, Vec<Wanted>)> {
        let task = tokio::task::spawn_blocking(move || {
            let outcome = work(&lookup);
            (outcome, lookup.lacks.into_inner())
        });
        task.await.map_err(|_| Error::CutOff)
    }

    /// Asks for everything at once; the first refusal, if any.
    async fn want_all(&self, lacks: Vec<Wanted>) -> Option<Refusal> {
        let mut asking = JoinSet::new();
        for wanted in lacks {
            let wants = self.wants.clone();
            asking.spawn(async move { wants.want(wanted).await });
        }
        let mut refusal = None;
        while let Some(outcome) = asking.join_next().await {
            if let Ok(Err(why)) = outcome {
                refusal.get_or_insert(why);
            }
        }
        refusal
    }
}

/// Most requests one panel sends for what is lacking.
const MOST_WANTED: usize = crate::question::MOST_TERMS;
/// Performance Insights has finished a bucket this many seconds after its end: minutes, seconds.
const FINISHED_AFTER_SECS: (i64, i64) = (90, 15);

/// One look into the archive on behalf of one panel.
pub(crate) struct Lookup {
    pub(crate) archive: Archive,
    /// When the page was asked for; the only clock there is.
    pub(crate) now: Timestamp,
    /// Set on the second run: nothing more is asked for, and the inner value is why something was
    /// refused.
    settled: Option<Option<Refusal>>,
    /// On the second run: which statements carry a tag, and which plans ran, is known only now, so load of
    /// such statements and such plans are still asked for.
    asks_what_follows: bool,
    lacks: RefCell<Vec<Wanted>>,
    /// What was read already: the parts of a panel ask for the same things.
    read: RefCell<HashMap<Asked, LoadMatrix>>,
    zones: Zones,
    /// What compute costs.
    pub(crate) prices: Arc<Prices>,
    healths: Healths,
}

/// Names one reading of load.
type Asked = (ResourceId, Grouping, Window, Period);

impl Lookup {
    fn new(reader: &Reader, now: Timestamp, settled: Option<Option<Refusal>>) -> Self {
        Self {
            archive: reader.archive.clone(),
            now,
            settled,
            asks_what_follows: false,
            lacks: RefCell::new(Vec::new()),
            read: RefCell::new(HashMap::new()),
            zones: Arc::clone(&reader.zones),
            prices: Arc::clone(&reader.prices),
            healths: Arc::clone(&reader.healths),
        }
    }

    /// Why something asked for did not come.
    pub(crate) fn refusal(&self) -> Option<&Refusal> {
        self.settled.as_ref()?.as_ref()
    }

    /// How collection fares now.
    pub(crate) fn health(&self) -> Health {
        (self.healths)()
    }

    /// Why Performance Insights of an instance gives nothing now: the answer to what was asked for
    /// just now, or else what its collector met last.
    pub(crate) fn refusal_of(&self, id: &ResourceId) -> Option<Refusal> {
        let standing = || self.health().fault(SourceKind::PerformanceInsights, Some(id)).cloned();
        self.refusal().cloned().or_else(standing)
    }

    /// Whether asking is over.
    pub(crate) const fn is_settled(&self) -> bool {
        self.settled.is_some()
    }

    fn may_ask(&self, grouping: &Grouping) -> bool {
        let is_of_statement = grouping.filter.iter().any(|(dimension, _)| *dimension == Dimension::Statement);
        self.settled.is_none() || (self.asks_what_follows && is_of_statement)
    }

    /// Notes something that is lacking.
    pub(crate) fn lack(&self, wanted: Wanted) {
        let mut lacks = self.lacks.borrow_mut();
        let may_ask = match &wanted {
            Wanted::Load { grouping, .. } => self.may_ask(grouping),
            Wanted::Plans { .. } => self.settled.is_none() || self.asks_what_follows,
            _ => self.settled.is_none(),
        };
        if may_ask && lacks.len() < MOST_WANTED && !lacks.contains(&wanted) {
            lacks.push(wanted);
        }
    }

    /// The instance of a resource id.
    pub(crate) fn instance(&self, id: &ResourceId) -> Result<Instance> {
        let found = self.archive.instances()?.into_iter().find(|instance| instance.id == *id);
        found.ok_or_else(|| Error::UnknownInstance(id.to_string()))
    }

    /// Zone as printed and its offset changes.
    pub(crate) fn zone(&self, zone: &Zone, window: Window) -> (String, Vec<OffsetChange>) {
        let offsets = match zone {
            Zone::Utc => Vec::new(),
            Zone::Named(name) => (self.zones)(name, window),
        };
        let known = matches!(zone, Zone::Utc) || !offsets.is_empty();
        (if known { zone.name().to_owned() } else { Zone::Utc.name().to_owned() }, offsets)
    }

    /// Load by a grouping as the archive has it.
    pub(crate) fn stored(
        &self,
        id: &ResourceId,
        grouping: &Grouping,
        window: Window,
        period: Period,
    ) -> Result<LoadMatrix> {
        let asked = (id.clone(), grouping.clone(), window, period);
        if let Some(matrix) = self.read.borrow().get(&asked) {
            return Ok(matrix.clone());
        }
        let matrix = self.archive.load(id, grouping, window, period)?;
        self.read.borrow_mut().insert(asked, matrix.clone());
        Ok(matrix)
    }

    /// Load by a grouping; what is missing of it is asked for.
    pub(crate) fn load(
        &self,
        id: &ResourceId,
        grouping: &Grouping,
        window: Window,
        period: Period,
    ) -> Result<LoadMatrix> {
        let matrix = self.peek(id, grouping, window, period)?;
        if self.may_ask(grouping) && self.is_lacking(id, grouping, &matrix)? {
            let offered = period.offered();
            let window = window.aligned(offered.secs());
            self.lack(Wanted::Load { instance: id.clone(), grouping: grouping.clone(), window, period: offered });
        }
        Ok(matrix)
    }

    /// Load by a grouping as far as it is there.
    pub(crate) fn peek(
        &self,
        id: &ResourceId,
        grouping: &Grouping,
        window: Window,
        period: Period,
    ) -> Result<LoadMatrix> {
        let matrix = self.stored(id, grouping, window, period)?;
        if is_covered(&matrix) {
            return Ok(matrix);
        }
        Ok(self.transposed(id, grouping, window, period)?.unwrap_or(matrix))
    }

    /// Load of one digest by wait type, from the answers by digest of each wait type: those are
    /// collected anyway, so no question is needed.
    fn transposed(
        &self,
        id: &ResourceId,
        grouping: &Grouping,
        window: Window,
        period: Period,
    ) -> Result<Option<LoadMatrix>> {
        let [(Dimension::Sql, pi_id)] = grouping.filter.as_slice() else { return Ok(None) };
        if grouping.group != Dimension::WaitType {
            return Ok(None);
        }
        let all = self.stored(id, &Grouping::by(Dimension::Sql), window, period)?;
        if !is_covered(&all) {
            return Ok(None);
        }
        let all = crate::matrix::reconciled(all);
        let blank: Vec<Option<f64>> = all.total.iter().map(|total| total.map(|_| 0.0)).collect();
        let total = crate::matrix::row(&all, pi_id).map_or(blank, |row| row.values.clone());
        let mut series = Vec::new();
        for (wait_type, matrix) in self.by_wait_type(id, window, period)? {
            if let Some(row) = crate::matrix::row(&matrix, pi_id) {
                series.push(samples::KeyedSeries { key: wait_type, values: row.values.clone() });
            }
        }
        Ok(Some(crate::matrix::reconciled(LoadMatrix { series, total, ..all })))
    }

    /// Load by digest for each wait type that occurs, as far as it is there.
    pub(crate) fn by_wait_type(
        &self,
        id: &ResourceId,
        window: Window,
        period: Period,
    ) -> Result<BTreeMap<String, LoadMatrix>> {
        let types = crate::matrix::reconciled(self.stored(id, &Grouping::by(Dimension::WaitType), window, period)?);
        let mut out = BTreeMap::new();
        for row in types.series {
            let grouping = Grouping::by(Dimension::Sql).filtered(Dimension::WaitType, row.key.clone());
            let matrix = self.stored(id, &grouping, window, period)?;
            if is_covered(&matrix) {
                out.insert(row.key, crate::matrix::reconciled(matrix));
            }
        }
        Ok(out)
    }

    /// Whether a matrix lacks buckets that should be there by now and that nobody was asked for.
    fn is_lacking(&self, id: &ResourceId, grouping: &Grouping, matrix: &LoadMatrix) -> Result<bool> {
        let (minutes, seconds) = FINISHED_AFTER_SECS;
        let delay = if matrix.period.secs() < 60 { seconds } else { minutes };
        let due = self.now.plus_secs(-delay);
        let end_of = |bucket: usize| {
            let count = i64::try_from(bucket).unwrap_or(0) + 1;
            matrix.window.from.plus_secs(count * i64::from(matrix.period.secs()))
        };
        let is_hole = |(bucket, cover): (usize, &BucketCover)| {
            matches!(cover, BucketCover::Missing | BucketCover::Pending) && end_of(bucket) <= due
        };
        let mut holes = matrix.cover.buckets.iter().enumerate().filter(|hole| is_hole(*hole)).peekable();
        if holes.peek().is_none() {
            return Ok(false);
        }
        let is_collected_anyway = is_standard(grouping) && matrix.period.secs() >= 60;
        if is_collected_anyway && is_covered(matrix) {
            // The collector fills holes by itself, and a window that ends in what it was not yet asked for
            // tells it that somebody looks. A collector in trouble tries again when it is time.
            let ends_early = holes.any(|(_, cover)| *cover == BucketCover::Pending);
            return Ok(ends_early && self.refusal_of(id).is_none());
        }
        // What was answered once, with samples or without, is not asked for again.
        let missing = self.archive.missing(id, grouping, matrix.window, matrix.period.offered())?;
        Ok(missing.iter().any(|window| window.from < due))
    }
}

/// Whether any bucket is known.
pub(crate) fn is_covered(matrix: &LoadMatrix) -> bool {
    matrix.covered_secs.iter().any(|secs| *secs > 0)
}

/// Groupings that are collected every minute for every instance.
fn is_standard(grouping: &Grouping) -> bool {
    match grouping.filter.as_slice() {
        [] => !matches!(grouping.group, Dimension::Statement | Dimension::Plan),
        [(Dimension::WaitType, _)] => grouping.group == Dimension::Sql,
        _ => false,
    }
}
