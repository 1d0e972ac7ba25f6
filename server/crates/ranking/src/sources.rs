//! The page of sources: how collection fares.

use samples::{Health, Instance, PiState, SourceHealth, SourceKind};
use units::Timestamp;
use view::{SourceLine, SourcesView, Trouble};

use crate::Result;
use crate::facts::{PERFORMANCE_INSIGHTS, trouble_of};
use crate::reader::Reader;

/// What is collected, up to when, and what fails.
///
/// # Errors
/// [`crate::Error::Archive`].
pub async fn fetch_sources(reader: &Reader, now: Timestamp) -> Result<SourcesView> {
    reader
        .answer(now, |lookup| {
            let instances = lookup.archive.instances()?;
            Ok(SourcesView {
                lines: source_lines(&lookup.health(), &instances),
                archive_bytes: lookup.archive.health().size_bytes,
            })
        })
        .await
}

/// A line for each source that was tried, and for each living instance.
#[must_use]
pub fn source_lines(health: &Health, instances: &[Instance]) -> Vec<SourceLine> {
    let shared = health.sources.iter().filter(|source| source.kind != SourceKind::PerformanceInsights);
    let mut lines: Vec<SourceLine> = shared
        .map(|source| {
            let of = source.instance.as_ref().and_then(|id| instances.iter().find(|one| one.id == *id));
            line(source.kind.name(), of, Some(source), health)
        })
        .collect();
    let mut living: Vec<&Instance> = instances.iter().filter(|one| one.status != "deleted").collect();
    living.sort_by(|a, b| a.name.cmp(&b.name));
    lines.extend(living.into_iter().map(|instance| {
        let source = health.sources.iter().find(|source| {
            source.kind == SourceKind::PerformanceInsights && source.instance.as_ref() == Some(&instance.id)
        });
        line(PERFORMANCE_INSIGHTS, Some(instance), source, health)
    }));
    lines
}

fn line(name: &str, instance: Option<&Instance>, source: Option<&SourceHealth>, health: &Health) -> SourceLine {
    let fault = source.and_then(|source| source.fault.as_ref());
    let is_off = instance.is_some_and(|instance| instance.pi != PiState::On) && name == PERFORMANCE_INSIGHTS;
    let trouble = match (fault, source) {
        _ if is_off => Some(Trouble::NotCollected { what: PERFORMANCE_INSIGHTS.to_owned() }),
        (Some(fault), _) => Some(trouble_of(fault)),
        (None, None) => Some(Trouble::Pending { done: None }),
        (None, Some(_)) => None,
    };
    SourceLine {
        source: name.to_owned(),
        instance: instance.map(|instance| (instance.id.clone(), instance.name.clone())),
        collected_to: source.and_then(|source| source.collected_to),
        succeeded_at: source.and_then(|source| source.succeeded_at),
        trouble,
        said: fault.map(ToString::to_string).unwrap_or_default(),
        since: source.map(|source| source.since),
        failures: source.map_or(0, |source| source.failures),
        notes: source.map(|source| source.notes.clone()).unwrap_or_default(),
        filling: instance.and_then(|instance| health.filling(&instance.id)),
        simulated: instance.is_some_and(|instance| instance.simulated),
    }
}
