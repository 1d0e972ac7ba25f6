//! An incident snapshot: everything the pages about one incident read, in one file that outlives
//! AWS's retention and ours.
//!
//! It holds samples, not pages: put into an empty archive ([`Snapshot::restore`]) it is read by the
//! same code as live data and shown by the same pages. Statement texts in it are masked, as in the
//! archive. The layout of the file stands in `encoding`.

mod back;
mod encoding;
mod take;

pub use back::bring_back;
pub use encoding::{FORMAT_VERSION, SnapshotError};
pub(crate) use take::children_of;
pub use take::{TakeRequest, standard_groupings};

pub use samples::IncidentNote;

use std::collections::{BTreeMap, BTreeSet};

use archive::Archive;
use samples::{
    AlarmEvent, AlarmSeries, AlarmState, Batch, Instance, LockSnapshot, Marker, Plan, Statement, TargetEvent, Topology,
};
use serde::{Deserialize, Serialize};
use units::{ResourceId, Timestamp, Window};

/// What is kept of an incident.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Snapshot {
    /// When it was taken.
    pub taken_at: Timestamp,
    /// Release that took it.
    pub release: String,
    /// The moment it is about.
    pub at: Timestamp,
    /// The frozen window of its page.
    pub window: Window,
    /// The alarm that caused it; `None` when a reader took it.
    pub alarm_arn: Option<String>,
    /// The alarm, its children, and others of the same instances.
    pub alarms: Vec<AlarmState>,
    /// Changes of their state.
    pub events: Vec<AlarmEvent>,
    /// The instances.
    pub instances: Vec<Instance>,
    /// Deploys and RDS events.
    pub markers: Vec<Marker>,
    /// Statements that the load names.
    pub statements: Vec<Statement>,
    /// Load, counters and statement statistics, of the window and of the windows to compare with.
    pub batches: Vec<Batch>,
    /// What people added.
    pub notes: Vec<IncidentNote>,
    /// The values the alarms decided by.
    #[serde(default)]
    pub series: Vec<AlarmSeries>,
    /// What each instance offers and who waited for whom on it.
    #[serde(default)]
    pub databases: BTreeMap<ResourceId, DatabaseFacts>,
    /// The apps the incident is about: resources, edges, health of targets. Values of their metrics are
    /// among the batches.
    #[serde(default)]
    pub topology: Topology,
    /// How the health of their targets changed.
    #[serde(default)]
    pub target_events: Vec<TargetEvent>,
}

/// What a snapshot holds of an instance beside series.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct DatabaseFacts {
    /// Dimension groups Performance Insights offered; `None` when it was not asked.
    pub offers: Option<BTreeSet<String>>,
    /// Who waited for whom, newest first.
    pub locks: Vec<LockSnapshot>,
    /// Plans that the load names.
    pub plans: Vec<Plan>,
}

impl Snapshot {
    /// Puts everything into an archive, which should be empty: what is there and answered again is
    /// replaced.
    ///
    /// # Errors
    /// [`archive::Error`] when it cannot be kept.
    pub fn restore(&self, archive: &Archive) -> archive::Result<()> {
        archive.put_instances(&self.instances)?;
        archive.put_statements(&self.statements)?;
        archive.put_markers(&self.markers)?;
        archive.put_alarms(&self.alarms)?;
        archive.put_alarm_events(&self.events)?;
        archive.put_alarm_series(&self.series)?;
        for (id, facts) in &self.databases {
            if let Some(offers) = &facts.offers {
                archive.put_offers(id, offers)?;
            }
            facts.locks.iter().try_for_each(|snapshot| archive.put_lock_snapshot(id, snapshot))?;
            facts.plans.iter().try_for_each(|plan| archive.put_plan(id, plan))?;
        }
        archive.restore_topology(&self.topology, &self.target_events)?;
        archive.append_all(&self.batches)
    }

    /// Puts back what an archive has dropped since: load, metrics, statements, changes of state. Alarms,
    /// instances and apps stay as they are now.
    ///
    /// # Errors
    /// [`archive::Error`] when it cannot be kept.
    pub fn put_back(&self, archive: &Archive) -> archive::Result<()> {
        let (alarms, instances) = (archive.alarms()?, archive.instances()?);
        let new_alarms = self.alarms.iter().filter(|one| !alarms.iter().any(|known| known.arn == one.arn));
        let new_instances = self.instances.iter().filter(|one| !instances.iter().any(|known| known.id == one.id));
        let mut kept =
            Self { alarms: new_alarms.cloned().collect(), instances: new_instances.cloned().collect(), ..self.clone() };
        kept.topology = Topology::default();
        kept.databases.values_mut().for_each(|facts| facts.offers = None);
        kept.restore(archive)
    }
}
