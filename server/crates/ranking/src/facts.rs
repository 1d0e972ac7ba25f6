//! Facts of an instance, and the panel states that follow from them.

use samples::{BucketCover, GapReason, Instance, LoadMatrix, PiState, Refusal, SourceKind};
use units::ResourceId;
use view::{InstanceFacts, Panel, Source, Trouble, VcpuLine};

use crate::reader::{Lookup, is_covered};
use crate::{Error, Result};

/// Name of the source of load in foots and messages.
pub(crate) const PERFORMANCE_INSIGHTS: &str = "Performance Insights";

/// The instance of an id, or of a name that only one has.
///
/// # Errors
/// [`Error::UnknownInstance`], [`Error::AmbiguousName`], [`Error::Archive`].
pub fn find_instance(archive: &archive::Archive, name_or_id: &str) -> Result<ResourceId> {
    let instances = archive.instances()?;
    if let Some(instance) = instances.iter().find(|instance| instance.id.as_str() == name_or_id) {
        return Ok(instance.id.clone());
    }
    let mut named: Vec<&Instance> = instances.iter().filter(|instance| instance.name == name_or_id).collect();
    if named.len() > 1 {
        // A name may be used again after a deletion: the living one is meant.
        named.retain(|instance| instance.status != "deleted");
    }
    match named.as_slice() {
        [] => Err(Error::UnknownInstance(name_or_id.chars().take(64).collect())),
        [one] => Ok(one.id.clone()),
        several => Err(Error::AmbiguousName {
            name: name_or_id.to_owned(),
            ids: several.iter().map(|instance| instance.id.to_string()).collect(),
        }),
    }
}

/// What a page says of an instance.
#[must_use]
pub fn facts_of(instance: &Instance) -> InstanceFacts {
    InstanceFacts {
        id: instance.id.clone(),
        name: instance.name.clone(),
        account: instance.account.clone(),
        region: instance.region.clone(),
        engine: instance.engine,
        engine_version: instance.engine_version.clone(),
        class: instance.class.clone(),
        status: instance.status.clone(),
        vcpu: vcpu_line(instance),
        pi: match instance.pi {
            PiState::On => view::PiState::On,
            PiState::Off => view::PiState::Off,
            PiState::Unsupported => view::PiState::Unsupported,
        },
        retention_days: instance.retention_days,
        multi_az: instance.multi_az,
        simulated: instance.simulated,
        first_seen: Some(instance.first_seen),
    }
}

pub(crate) fn vcpu_line(instance: &Instance) -> VcpuLine {
    match &instance.vcpus {
        Some(vcpus) => VcpuLine::Known { vcpus: vcpus.count, origin: vcpus.origin.clone() },
        None => VcpuLine::Unknown { reason: format!("nobody tells the vCPUs of {}", instance.class) },
    }
}

/// Foot of a panel of load.
pub(crate) fn source_of(instance: &Instance, matrix: &LoadMatrix) -> Source {
    Source {
        name: PERFORMANCE_INSIGHTS.to_owned(),
        collected_to: matrix.cover.collected_to,
        simulated: instance.simulated,
        calls: Vec::new(),
    }
}

/// The state that stands in place of load, when there is none to show: trouble, or a true zero.
/// `None` means data, perhaps with gaps.
pub(crate) fn state_of<T>(lookup: &Lookup, instance: &Instance, matrix: &LoadMatrix) -> Option<Panel<T>> {
    if is_covered(matrix) {
        let is_idle = matrix.total.iter().flatten().all(|total| *total <= 0.0);
        let is_whole = matrix.cover.buckets.iter().all(|cover| *cover != BucketCover::Missing);
        return (is_idle && is_whole).then_some(Panel::Empty);
    }
    if instance.pi != PiState::On {
        return Some(Panel::Trouble(Trouble::NotCollected { what: PERFORMANCE_INSIGHTS.to_owned() }));
    }
    if let Some(refusal) = lookup.refusal_of(&instance.id) {
        return Some(Panel::Trouble(trouble_of(&refusal)));
    }
    let is_coming = matrix.cover.collected_to.is_none() || matrix.cover.reasons.contains(&GapReason::NotCollected);
    is_coming.then(|| Panel::Trouble(Trouble::Pending { done: lookup.health().filling(&instance.id) }))
}

/// What keeps the newest buckets of a load from being read, when its window reaches until now.
pub(crate) fn behind(lookup: &Lookup, instance: &Instance, matrix: &LoadMatrix) -> Option<Trouble> {
    let reaches_now = matrix.window.to.plus_secs(i64::from(matrix.period.secs()).max(60)) >= lookup.now;
    if !reaches_now || matrix.cover.buckets.last() == Some(&BucketCover::Full) {
        return None;
    }
    if instance.is_down() {
        return Some(Trouble::NotRunning { status: instance.status.clone() });
    }
    let health = lookup.health();
    health.fault(SourceKind::PerformanceInsights, Some(&instance.id)).map(trouble_of)
}

/// A refusal in terms of what the reader can do.
#[must_use]
pub fn trouble_of(refusal: &Refusal) -> Trouble {
    match refusal {
        Refusal::Unknown(what) | Refusal::Unanswerable(what) | Refusal::NotEnabled(what) => {
            Trouble::NotCollected { what: what.clone() }
        }
        Refusal::Throttled { retry_at } => Trouble::Throttled { retry_at: *retry_at },
        Refusal::Budget { until } => Trouble::Throttled { retry_at: Some(*until) },
        Refusal::Denied { action, resource } => Trouble::Denied { action: action.clone(), resource: resource.clone() },
        Refusal::Credentials(_) => Trouble::Credentials,
        Refusal::Unreachable(_) => Trouble::Unreachable,
        Refusal::Offline => Trouble::NotInFile,
        Refusal::Failed(_) => Trouble::Failed { request_id: String::new() },
    }
}
