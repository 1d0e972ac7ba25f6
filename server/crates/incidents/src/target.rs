//! The resource a metric belongs to.

use std::collections::BTreeMap;

use samples::{Instance, MetricRef};
use serde::{Deserialize, Serialize};
use units::ResourceId;

use crate::expression::is_resource_id;
use crate::tier::{TierKind, dimension, tier_of};

/// Where an alarm leads.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Target {
    /// A database instance of the inventory: its DB load page.
    Instance(InstanceTarget),
    /// An Aurora or Multi-AZ cluster.
    Cluster {
        /// `DBClusterIdentifier`.
        name: String,
        /// `WRITER` or `READER`, when the metric is of one role.
        role: Option<String>,
        /// Members of the inventory, by name; empty when none is known.
        members: Vec<InstanceTarget>,
    },
    /// A database that the inventory does not list.
    UnlistedDatabase {
        /// `DBInstanceIdentifier`, when told.
        name: Option<String>,
        /// `DbiResourceId`, when told.
        id: Option<ResourceId>,
    },
    /// Anything else of AWS: the App page with that tier open.
    Tier {
        /// Sort of tier.
        kind: TierKind,
        /// CloudWatch namespace.
        namespace: String,
        /// Value that names the resource: `app/web/50dc…`, a function, a table. Empty: whole account.
        resource: String,
        /// All dimensions.
        dimensions: BTreeMap<String, String>,
    },
    /// Nothing to lead to.
    Unknown(WhyUnknown),
}

/// A database instance, as far as a link needs it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InstanceTarget {
    /// `DbiResourceId`.
    pub id: ResourceId,
    /// `DBInstanceIdentifier`.
    pub name: String,
    /// Account number.
    pub account: String,
    /// Region.
    pub region: String,
}

impl From<&Instance> for InstanceTarget {
    fn from(instance: &Instance) -> Self {
        Self {
            id: instance.id.clone(),
            name: instance.name.clone(),
            account: instance.account.clone(),
            region: instance.region.clone(),
        }
    }
}

/// Why an alarm leads to no resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WhyUnknown {
    /// Nobody ever told us about this alarm.
    NeverSeen,
    /// The text that was given names no alarm.
    Unreadable,
    /// The alarm is known; its query or expression names no resource.
    NamesNone,
    /// A composite alarm none of whose children is known.
    ChildrenUnknown,
}

impl Target {
    /// What the reader calls it; `None` when it leads to no resource.
    #[must_use]
    pub fn name(&self) -> Option<String> {
        match self {
            Self::Instance(instance) => Some(instance.name.clone()),
            Self::Cluster { name, .. } => Some(name.clone()),
            Self::UnlistedDatabase { name, id } => name.clone().or_else(|| id.as_ref().map(ToString::to_string)),
            Self::Tier { resource, namespace, .. } if resource.is_empty() => Some(namespace.clone()),
            Self::Tier { resource, .. } => Some(resource.clone()),
            Self::Unknown(_) => None,
        }
    }

    /// The database instance whose page explains it: itself, or the first of a cluster.
    #[must_use]
    pub fn instance(&self) -> Option<&ResourceId> {
        match self {
            Self::Instance(instance) => Some(&instance.id),
            Self::Cluster { members, .. } => members.first().map(|member| &member.id),
            _ => None,
        }
    }

    /// How telling it is; the smallest is what an alarm over several resources opens.
    pub(crate) const fn rank(&self) -> u8 {
        match self {
            Self::Instance(_) => 0,
            Self::Cluster { .. } => 1,
            Self::Tier { kind: TierKind::Other | TierKind::Rds, .. } => 4,
            Self::Tier { .. } => 2,
            Self::UnlistedDatabase { .. } => 3,
            Self::Unknown(_) => 5,
        }
    }
}

/// Where an alarm lives; names of instances are unique only there.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Place<'a> {
    /// Region of the alarm.
    pub(crate) region: Option<&'a str>,
    /// Account of the alarm.
    pub(crate) account: Option<&'a str>,
}

/// The resource a metric belongs to. `region` and `account` are the alarm's; an instance of the same
/// name elsewhere is taken only when there is just one.
#[must_use]
pub fn target_of_metric(
    metric: &MetricRef,
    region: Option<&str>,
    account: Option<&str>,
    instances: &[Instance],
) -> Target {
    target_of_dimensions(&metric.namespace, &metric.dimensions, Place { region, account }, instances)
}

pub(crate) fn target_of_dimensions(
    namespace: &str,
    dimensions: &BTreeMap<String, String>,
    place: Place<'_>,
    instances: &[Instance],
) -> Target {
    for key in ["DbiResourceId", "DbResourceId", "ResourceId"] {
        if let Some(id) = dimension(dimensions, key).filter(|id| is_resource_id(id)) {
            return target_of_id(&ResourceId(id.to_owned()), instances);
        }
    }
    if let Some(name) = dimension(dimensions, "DBInstanceIdentifier") {
        let found = instance_named(name, place, instances);
        return found.map_or_else(
            || Target::UnlistedDatabase { name: Some(name.to_owned()), id: None },
            |instance| Target::Instance(instance.into()),
        );
    }
    if let Some(name) = dimension(dimensions, "DBClusterIdentifier") {
        return target_of_cluster(name, dimension(dimensions, "Role"), place, instances);
    }
    if dimensions.is_empty() && !namespace.starts_with("AWS/") {
        return Target::Unknown(WhyUnknown::NamesNone);
    }
    let (kind, resource) = tier_of(namespace, dimensions);
    Target::Tier { kind, namespace: namespace.to_owned(), resource, dimensions: dimensions.clone() }
}

/// The instance of a resource id, listed or not.
pub(crate) fn target_of_id(id: &ResourceId, instances: &[Instance]) -> Target {
    let found = instances.iter().find(|instance| instance.id == *id);
    found.map_or_else(
        || Target::UnlistedDatabase { name: None, id: Some(id.clone()) },
        |instance| Target::Instance(instance.into()),
    )
}

fn target_of_cluster(name: &str, role: Option<&str>, place: Place<'_>, instances: &[Instance]) -> Target {
    let is_member =
        |instance: &&Instance| instance.cluster.as_deref().is_some_and(|cluster| cluster.eq_ignore_ascii_case(name));
    let mut members: Vec<&Instance> = nearest(instances.iter().filter(is_member).collect(), place);
    members.sort_by(|a, b| a.name.cmp(&b.name));
    let members = members.into_iter().map(InstanceTarget::from).collect();
    Target::Cluster { name: name.to_owned(), role: role.map(str::to_owned), members }
}

/// The instance of a name: in the alarm's account and region, else in its region, else anywhere; a
/// name that several share there is nobody's. One that RDS still lists goes before a deleted one.
pub(crate) fn instance_named<'a>(name: &str, place: Place<'_>, instances: &'a [Instance]) -> Option<&'a Instance> {
    let named: Vec<_> = instances.iter().filter(|instance| instance.name.eq_ignore_ascii_case(name)).collect();
    let mut near = nearest(named, place);
    if near.len() > 1 && near.iter().any(|instance| instance.status != "deleted") {
        near.retain(|instance| instance.status != "deleted");
    }
    let newest = near.iter().copied().max_by_key(|instance| instance.last_seen);
    let all_deleted = near.iter().all(|instance| instance.status == "deleted");
    if near.len() == 1 || all_deleted { newest } else { None }
}

/// Those of the same account and region; if none, those of the same region; if none, all.
fn nearest<'a>(candidates: Vec<&'a Instance>, place: Place<'_>) -> Vec<&'a Instance> {
    let in_region = |instance: &&Instance| place.region.is_none_or(|region| region == instance.region);
    let in_account = |instance: &&Instance| {
        place.account.is_none_or(|account| account == instance.account || instance.account.is_empty())
    };
    let region: Vec<_> = candidates.iter().copied().filter(in_region).collect();
    let account: Vec<_> = region.iter().copied().filter(in_account).collect();
    [account, region].into_iter().find(|found| !found.is_empty()).unwrap_or(candidates)
}
