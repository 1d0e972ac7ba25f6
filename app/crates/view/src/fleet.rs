//! The fleet page, and the facts of one instance.

use serde::{Deserialize, Serialize};
use units::{Aas, DigestId, Engine, ResourceId, Timestamp, WaitClass};

use crate::{Axis, Coverage, Peak, Source, Trouble, VcpuLine};

/// Instances ranked by load against their vCPUs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FleetView {
    /// Axis of the sparklines.
    pub axis: Axis,
    /// Rows, most loaded first.
    pub rows: Vec<FleetRow>,
    /// Trouble with the inventory itself, e.g. `rds:DescribeDBInstances` denied.
    pub trouble: Option<Trouble>,
    /// Where it comes from.
    pub source: Source,
}

/// One instance.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FleetRow {
    /// Facts.
    pub facts: InstanceFacts,
    /// Mean load in the window; `None` when not known.
    pub mean: Option<Aas>,
    /// Highest bucket in the window.
    #[serde(default)]
    pub peak: Option<Peak>,
    /// Newest complete bucket.
    pub now: Option<Aas>,
    /// Total AAS a bucket.
    pub spark: Vec<Option<f64>>,
    /// The class with the most load and its share, 0 to 1.
    pub dominant: Option<(WaitClass, f64)>,
    /// The digest with the most load: id, normal form shortened, share.
    pub top_digest: Option<(DigestId, String, f64)>,
    /// Alarms in ALARM on this instance; `None` when alarms cannot be read.
    pub alarms: Option<u32>,
    /// Which buckets are known.
    pub coverage: Coverage,
    /// Why there is no load to show.
    pub trouble: Option<Trouble>,
}

/// What RDS says about an instance.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct InstanceFacts {
    /// `DbiResourceId`.
    pub id: ResourceId,
    /// `DBInstanceIdentifier`.
    pub name: String,
    /// Account number.
    pub account: String,
    /// Region.
    pub region: String,
    /// Engine.
    pub engine: Engine,
    /// Version as RDS prints it.
    pub engine_version: String,
    /// `db.r7g.2xlarge`.
    pub class: String,
    /// `available`, `stopped` …
    pub status: String,
    /// Capacity.
    pub vcpu: VcpuLine,
    /// Whether Performance Insights is on.
    pub pi: PiState,
    /// Days PI keeps data; `None` when off.
    pub retention_days: Option<u32>,
    /// A second instance stands by in another zone.
    pub multi_az: bool,
    /// Comes from a seeded world instead of a measured one.
    pub simulated: bool,
    /// First seen by us.
    pub first_seen: Option<Timestamp>,
}

/// Whether Performance Insights can be asked about an instance.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PiState {
    /// On.
    On,
    /// Off: the instance can be modified to switch it on.
    Off,
    /// Not offered for this class or engine.
    Unsupported,
}
