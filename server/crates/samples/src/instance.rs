//! One database instance, as RDS describes it.

use serde::{Deserialize, Serialize};
use units::{Engine, ResourceId, Timestamp};

/// One database instance. Fields are those of RDS `DescribeDBInstances`
/// (<https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_DBInstance.html>) unless said.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Instance {
    /// `DbiResourceId`: survives a rename; everything is keyed by it.
    pub id: ResourceId,
    /// `DBInstanceIdentifier`: what people call it; may change.
    pub name: String,
    /// `DBInstanceArn`.
    pub arn: String,
    /// Account number, from the ARN; empty when the ARN has none.
    pub account: String,
    /// Region, from the ARN.
    pub region: String,
    /// `Engine`, as far as SQL and Performance Insights differ by it.
    pub engine: Engine,
    /// `EngineVersion` as RDS prints it.
    pub engine_version: String,
    /// `DBInstanceClass`: `db.r7g.2xlarge`.
    pub class: String,
    /// `DBInstanceStatus`: `available`, `stopped`, `modifying` …; `deleted` once RDS stops listing it.
    pub status: String,
    /// `MultiAZ`: a second instance stands by in another zone.
    pub multi_az: bool,
    /// `DBClusterIdentifier`, for Aurora and Multi-AZ clusters.
    pub cluster: Option<String>,
    /// `ReadReplicaSourceDBInstanceIdentifier`, for replicas.
    pub replica_of: Option<String>,
    /// `PerformanceInsightsEnabled`, and whether the class offers it at all.
    pub pi: PiState,
    /// `PerformanceInsightsRetentionPeriod` in days: 7, 31·n or 731; `None` when PI is off.
    pub retention_days: Option<u32>,
    /// Virtual CPUs; RDS has no such field, see [`Vcpus::origin`]. `None` when nobody tells.
    pub vcpus: Option<Vcpus>,
    /// Largest number of connections, when known from the parameter group or the class.
    pub max_connections: Option<u32>,
    /// Carries the tag `loadlens:simulated`: comes from a seeded world, not from a measured one.
    pub simulated: bool,
    /// First time our inventory saw it.
    pub first_seen: Timestamp,
    /// Last time our inventory saw it.
    pub last_seen: Timestamp,
}

impl Instance {
    /// The tag that marks an instance of a seeded world.
    pub const SIMULATED_TAG: &'static str = "loadlens:simulated";

    /// Whether RDS runs it now. Only then is an absent load a true zero.
    #[must_use]
    pub fn is_available(&self) -> bool {
        !matches!(self.status.as_str(), "stopped" | "stopping" | "deleted" | "creating" | "deleting" | "failed")
    }

    /// Whether no session can be active in it now.
    #[must_use]
    pub fn is_down(&self) -> bool {
        !self.is_available() || matches!(self.status.as_str(), "rebooting" | "starting")
    }
}

/// Number of virtual CPUs and who says so.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Vcpus {
    /// Count, above 0; ACUs of a serverless instance may be fractions.
    pub count: f64,
    /// [`Vcpus::MEASURED`], or `instance class` and its name.
    pub origin: String,
}

impl Vcpus {
    /// Origin of a count that the instance itself reported.
    pub const MEASURED: &'static str = "os.general.numVCPUs";
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
