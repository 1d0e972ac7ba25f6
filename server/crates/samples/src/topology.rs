//! The tiers of the apps: resources, how they lead to each other, and the health of targets.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use units::{ResourceId, Timestamp};

use crate::{Absence, MetricRef, Tier, TierMetric, catalogue};

/// One resource of a tier: a balancer, a function, a table.
///
/// Its metrics are counters of the archive: `archive.counters(&resource.id, &names, …)` where the
/// names are `metric.series(tier)` of [`TierResource::rows`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TierResource {
    /// What its metrics are kept under: the ARN; for a database instance its `DbiResourceId`, so
    /// that they are the same ones as on its own page.
    pub id: ResourceId,
    /// ARN; for a resource that was only seen in a metric's dimensions, one put together from them.
    pub arn: String,
    /// Key of its tier in the catalogue.
    pub tier: String,
    /// What people call it.
    pub name: String,
    /// Account number; empty when the ARN has none.
    pub account: String,
    /// Region it is in; empty for a global one.
    pub region: String,
    /// Values of [`Tier::dimensions`], in their order.
    pub dimension_values: Vec<String>,
    /// `metric/dimension` → values that `ListMetrics` tells, for rows with an open dimension
    /// ([`Tier::rows_of`]): `SuccessfulRequestLatency/Operation` → `GetItem`, `PutItem`.
    pub variants: BTreeMap<String, Vec<String>>,
    /// Metrics that `ListMetrics` knows of it, as `namespace metric`; `None` when it was not asked.
    pub listed: Option<BTreeSet<String>>,
    /// When `ListMetrics` was asked last.
    pub listed_at: Option<Timestamp>,
    /// Its tags; empty where no call tells them.
    pub tags: BTreeMap<String, String>,
    /// State in AWS's word (`active`, `InService`, `available`), where a describe call tells it.
    pub state: Option<String>,
    /// What bounds it and how it is set up, as figures a page can hold a metric against.
    pub figures: Vec<Figure>,
    /// Words about it: (what, value), for the drawer: `Runtime` `provided.al2023`.
    pub facts: Vec<(String, String)>,
    /// Comes from a seeded world (tag `loadlens:simulated`), not from anything that runs.
    pub simulated: bool,
    /// When it was made, where a describe call tells it: no answer about the time before says anything.
    pub created: Option<Timestamp>,
    /// First time discovery saw it.
    pub first_seen: Timestamp,
    /// Last time discovery saw it.
    pub last_seen: Timestamp,
}

/// A number from a describe call.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Figure {
    /// What it says.
    pub kind: FigureKind,
    /// The number, in the unit of the kind.
    pub value: f64,
}

/// What a [`Figure`] says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FigureKind {
    /// Invocations that may run at a time: reserved concurrency, else the account's limit.
    ConcurrencyLimit,
    /// Memory in megabytes.
    MemoryMb,
    /// Longest invocation or request in seconds.
    TimeoutSecs,
    /// Fewest instances or tasks.
    MinCapacity,
    /// Most instances or tasks.
    MaxCapacity,
    /// Wanted instances or tasks.
    DesiredCapacity,
    /// Running instances or tasks.
    RunningCapacity,
    /// Tasks being started.
    PendingCapacity,
    /// Instances bought as Spot now.
    SpotInstances,
    /// Virtual CPUs.
    Vcpus,
    /// Provisioned read capacity units a second.
    ReadCapacity,
    /// Provisioned write capacity units a second.
    WriteCapacity,
}

impl TierResource {
    /// A figure of the resource.
    #[must_use]
    pub fn figure(&self, kind: FigureKind) -> Option<f64> {
        self.figures.iter().find(|figure| figure.kind == kind).map(|figure| figure.value)
    }

    /// Every metric it has: the tier (or the row that adds a namespace) and the metric.
    #[must_use]
    pub fn rows(&self) -> Vec<(&'static Tier, TierMetric)> {
        let engine = self.facts.iter().find(|(what, _)| what == Self::ENGINE).map(|(_, value)| value.as_str());
        let of = |tier: &'static Tier| tier.rows_of(&self.variants, engine).into_iter().map(move |row| (tier, row));
        Tier::family(&self.tier).flat_map(of).collect()
    }

    /// The rows worth asking for: those listed, and those whose absence means zero, since their first
    /// point may come at any time.
    #[must_use]
    pub fn asked_rows(&self) -> Vec<(&'static Tier, TierMetric)> {
        let mut rows = self.rows();
        if let Some(listed) = &self.listed {
            rows.retain(|(tier, row)| {
                row.absence == Absence::Zero || listed.contains(&format!("{} {}", tier.namespace, row.name))
            });
        }
        rows
    }

    /// Name of the fact that holds a database's engine, as `units::Engine` prints it.
    pub const ENGINE: &'static str = "Engine";

    /// Its row of the catalogue; `None` when a newer release named the tier.
    #[must_use]
    pub fn catalogue_tier(&self) -> Option<&'static Tier> {
        catalogue().iter().find(|tier| tier.key == self.tier)
    }
}

/// A web app: resources that serve one purpose.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct App {
    /// Name in URLs: lower case, `[a-z0-9-]`.
    pub key: String,
    /// What people call it.
    pub name: String,
    /// Why these resources belong together.
    pub origin: AppOrigin,
    /// ARNs of its resources, edge first, data last.
    pub members: Vec<String>,
    /// What could not be found out and why, for the page.
    pub limits: Vec<DiscoveryLimit>,
}

/// Where an app comes from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AppOrigin {
    /// Resources that share a tag.
    Tag {
        /// `app`.
        key: String,
        /// `bookshop`.
        value: String,
    },
    /// ARNs named in the configuration, and what they lead to.
    Named,
    /// A balancer or API that carries no app tag, and what it leads to.
    Followed,
}

/// Something discovery cannot see.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct DiscoveryLimit {
    /// What sort.
    pub kind: LimitKind,
    /// The resource it is about (ARN), or what was denied.
    pub about: String,
    /// IAM action that would show more; empty when none would.
    pub action: String,
}

/// Sorts of [`DiscoveryLimit`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LimitKind {
    /// A call was denied: the action is named.
    Denied,
    /// A call failed otherwise; tried again at the next round.
    Failed,
    /// The database sees the addresses of a proxy, not of its callers.
    ProxyHidesCallers,
    /// Functions in a VPC share network interfaces: an address does not name one function.
    SharedInterfaces,
    /// Addresses of EC2 instances are not told by any call that is made.
    UnknownAddresses,
}

/// How one resource leads to another. Never traced: each edge is told by a call or measured.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Edge {
    /// ARN of the caller's side.
    pub from: String,
    /// ARN of the called side.
    pub to: String,
    /// Who says so.
    pub evidence: Evidence,
}

/// What an edge rests on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Evidence {
    /// A describe call names the other end: balancer → target group, group → targets' owner.
    Described,
    /// Sessions in the database come from addresses of this resource ([`Topology::addresses`]);
    /// the weight is their share of the load, read from the archive.
    Measured,
    /// The two carry the same app tag and their tiers usually follow each other: drawn dotted.
    Possible,
}

/// Health of one target of a target group now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TargetHealth {
    /// ARN of the target group.
    pub group: String,
    /// Id it was registered under: an instance id, an IP address, a function's ARN.
    pub target: String,
    /// Port; `None` for functions.
    pub port: Option<u16>,
    /// Zone, when told.
    pub zone: Option<String>,
    /// AWS's word: `initial`, `healthy`, `unhealthy`, `unhealthy.draining`, `unused`, `draining`,
    /// `unavailable`.
    pub state: String,
    /// Reason code, `Target.ResponseCodeMismatch`; empty when healthy.
    pub reason: String,
    /// The balancer's own sentence; empty when healthy.
    pub description: String,
    /// Since when it has been so, as far as we looked.
    pub since: Timestamp,
    /// Last time it was read.
    pub seen: Timestamp,
}

impl TargetHealth {
    /// Whether requests go there.
    #[must_use]
    pub fn is_healthy(&self) -> bool {
        self.state == "healthy"
    }
}

/// One change of a target's health; the first sighting and the disappearance (`state` is `gone`)
/// count as changes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TargetEvent {
    /// ARN of the target group.
    pub group: String,
    /// Id of the target.
    pub target: String,
    /// When it was first read so; it happened since the look before.
    pub at: Timestamp,
    /// State after; [`TargetEvent::GONE`] when it is no longer registered.
    pub state: String,
    /// Reason code; may be empty.
    pub reason: String,
    /// The balancer's sentence; may be empty.
    pub description: String,
}

impl TargetEvent {
    /// State of a target that is no longer registered.
    pub const GONE: &'static str = "gone";
}

/// All apps and resources as discovery last found them.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Topology {
    /// Apps, by key.
    pub apps: Vec<App>,
    /// Resources, by tier order of the catalogue, then name.
    pub resources: Vec<TierResource>,
    /// Edges between resources.
    pub edges: Vec<Edge>,
    /// Health of every target now.
    pub targets: Vec<TargetHealth>,
    /// IP address as a database sees it → ARN of the resource that has it.
    pub addresses: BTreeMap<String, String>,
    /// Everything that could not be found out, of all apps.
    pub limits: Vec<DiscoveryLimit>,
    /// When discovery last ran to its end; `None`: never.
    pub seen: Option<Timestamp>,
}

impl Topology {
    /// An app by its key.
    #[must_use]
    pub fn app(&self, key: &str) -> Option<&App> {
        self.apps.iter().find(|app| app.key == key)
    }

    /// A resource by its ARN.
    #[must_use]
    pub fn resource(&self, arn: &str) -> Option<&TierResource> {
        self.resources.iter().find(|resource| resource.arn == arn)
    }

    /// The resources of an app, in its order.
    #[must_use]
    pub fn members(&self, app: &App) -> Vec<&TierResource> {
        app.members.iter().filter_map(|arn| self.resource(arn)).collect()
    }

    /// The apps a resource belongs to.
    pub fn apps_of<'a>(&'a self, arn: &'a str) -> impl Iterator<Item = &'a App> {
        self.apps.iter().filter(move |app| app.members.iter().any(|member| member == arn))
    }

    /// The part that is about some apps, by their keys.
    #[must_use]
    pub fn of_apps(&self, keys: &[String]) -> Self {
        let apps: Vec<App> = self.apps.iter().filter(|app| keys.contains(&app.key)).cloned().collect();
        let members: BTreeSet<String> = apps.iter().flat_map(|app| app.members.iter().cloned()).collect();
        let is_member = |arn: &str| members.contains(arn);
        Self {
            resources: self.resources.iter().filter(|resource| is_member(&resource.arn)).cloned().collect(),
            edges: self.edges.iter().filter(|edge| is_member(&edge.from) && is_member(&edge.to)).cloned().collect(),
            targets: self.targets.iter().filter(|target| is_member(&target.group)).cloned().collect(),
            addresses: self.addresses.clone().into_iter().filter(|(_, arn)| is_member(arn)).collect(),
            limits: self.limits.iter().filter(|limit| is_member(&limit.about)).cloned().collect(),
            seen: self.seen,
            apps,
        }
    }

    /// The resource a metric is about: the one whose dimensions are all in the metric's, the most
    /// telling first (target group before balancer).
    #[must_use]
    pub fn resource_of(&self, metric: &MetricRef) -> Option<&TierResource> {
        let matching = |resource: &&TierResource| {
            let tiers = Tier::family(&resource.tier).filter(|tier| tier.namespace == metric.namespace);
            tiers.into_iter().any(|tier| {
                let mut pairs = tier.dimensions.iter().zip(&resource.dimension_values);
                pairs.all(|(name, value)| metric.dimensions.get(name) == Some(value))
            })
        };
        self.resources.iter().filter(matching).max_by_key(|resource| resource.dimension_values.len())
    }
}
