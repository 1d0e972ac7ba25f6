//! An incident snapshot: everything the pages about one incident read, in one file that outlives
//! AWS's retention and ours.
//!
//! It holds samples, not pages: put into an empty archive ([`Snapshot::restore`]) it is read by the
//! same code as live data and shown by the same pages. Statement texts in it are masked, as in the
//! archive. The layout of the file stands in `encoding`.

mod encoding;
mod take;

pub use encoding::{FORMAT_VERSION, SnapshotError};
pub use take::{TakeRequest, standard_groupings};

use archive::Archive;
use samples::{AlarmEvent, AlarmState, Batch, Instance, Marker, Statement};
use serde::{Deserialize, Serialize};
use units::{Timestamp, Window};

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
}

/// A note of a person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct IncidentNote {
    /// The moment it is about.
    pub at: Timestamp,
    /// When it was written.
    pub written: Timestamp,
    /// Who wrote it; empty when nobody is signed in.
    pub by: String,
    /// What it says; at most [`IncidentNote::MAX_CHARS`].
    pub text: String,
}

impl IncidentNote {
    /// Longest note.
    pub const MAX_CHARS: usize = 4000;
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
        archive.append_all(&self.batches)
    }
}
