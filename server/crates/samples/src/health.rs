//! How collection fares: what is collected, up to when, and what fails.

use serde::{Deserialize, Serialize};
use units::{ResourceId, Timestamp};

use crate::Refusal;

/// A sort of source.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SourceKind {
    /// RDS: which instances there are, and their events.
    Inventory,
    /// Performance Insights of one instance.
    PerformanceInsights,
    /// CloudWatch metrics.
    CloudWatch,
    /// Balancers, groups, functions, services, tags: which tiers there are.
    Tiers,
    /// CloudWatch alarms.
    Alarms,
    /// Our own archive.
    Archive,
}

impl SourceKind {
    /// As AWS calls it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Inventory => "RDS inventory",
            Self::PerformanceInsights => "Performance Insights",
            Self::CloudWatch => "CloudWatch metrics",
            Self::Tiers => "Tiers",
            Self::Alarms => "CloudWatch alarms",
            Self::Archive => "Archive",
        }
    }
}

/// One source.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourceHealth {
    /// Sort of source.
    pub kind: SourceKind,
    /// The instance, for sources that belong to one.
    pub instance: Option<ResourceId>,
    /// End of what is collected.
    pub collected_to: Option<Timestamp>,
    /// Last success.
    pub succeeded_at: Option<Timestamp>,
    /// Why the last attempt failed; `None` after a success.
    pub fault: Option<Refusal>,
    /// When it fails or ceased to fail: start of the present state.
    pub since: Timestamp,
    /// Attempts that failed in a row.
    pub failures: u32,
    /// Questions the source refused, in its words; others are answered.
    pub notes: Vec<String>,
}

/// How far the back-fill of an instance is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Progress {
    /// The instance.
    pub instance: ResourceId,
    /// Seconds of the past that were missing at the start.
    pub total_secs: u64,
    /// Seconds of it collected since.
    pub done_secs: u64,
}

impl Progress {
    /// Share done, 0 to 1.
    #[must_use]
    pub fn share(&self) -> f64 {
        if self.total_secs == 0 { 1.0 } else { self.done_secs as f64 / self.total_secs as f64 }
    }
}

/// Everything at one moment.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Health {
    /// Sources, by kind and instance.
    pub sources: Vec<SourceHealth>,
    /// Back-fills, finished ones included.
    pub progress: Vec<Progress>,
    /// Whether inventory and every instance were tried once, whatever came of it.
    pub first_poll_tried: bool,
}

impl Health {
    /// Why a source, or Performance Insights of an instance, fails now.
    #[must_use]
    pub fn fault(&self, kind: SourceKind, instance: Option<&ResourceId>) -> Option<&Refusal> {
        self.source(kind, instance)?.fault.as_ref()
    }

    /// Whether a source of the whole account was ever read.
    #[must_use]
    pub fn has_read(&self, kind: SourceKind) -> bool {
        self.source(kind, None).is_some_and(|source| source.succeeded_at.is_some())
    }

    /// Share of an instance's back-fill that is done; `None` when none was begun or it is complete.
    #[must_use]
    pub fn filling(&self, instance: &ResourceId) -> Option<f64> {
        let progress = self.progress.iter().find(|progress| progress.instance == *instance)?;
        Some(progress.share()).filter(|share| *share < 1.0)
    }

    /// Share of all instances' back-fills that is done; `None` when none is running.
    #[must_use]
    pub fn filling_all(&self) -> Option<f64> {
        let sum = |secs: fn(&Progress) -> u64| self.progress.iter().map(secs).sum::<u64>();
        let (total, done) = (sum(|one| one.total_secs), sum(|one| one.done_secs));
        (done < total).then(|| done as f64 / total as f64)
    }

    /// Whether the first poll is done: the inventory was read, every instance was tried, and where
    /// Performance Insights can be asked at all, it answered for one of them.
    #[must_use]
    pub fn first_poll_done(&self) -> bool {
        self.first_poll_tried && self.first_poll_fault().is_none()
    }

    /// What the first poll still lacks although it was tried, with the cause: the inventory, or every
    /// instance's Performance Insights.
    #[must_use]
    pub fn first_poll_fault(&self) -> Option<(SourceKind, &Refusal)> {
        let never = |source: &&SourceHealth| source.succeeded_at.is_none();
        let inventory = self.source(SourceKind::Inventory, None).filter(never);
        if let Some(fault) = inventory.and_then(|source| source.fault.as_ref()) {
            return Some((SourceKind::Inventory, fault));
        }
        let mut asked = self
            .sources
            .iter()
            .filter(|source| source.kind == SourceKind::PerformanceInsights)
            .filter(|source| !matches!(source.fault, Some(Refusal::NotEnabled(_))))
            .peekable();
        let first = asked.peek().and_then(|source| source.fault.as_ref());
        let fault = first.filter(|_| asked.all(|source| never(&source)))?;
        Some((SourceKind::PerformanceInsights, fault))
    }

    fn source(&self, kind: SourceKind, instance: Option<&ResourceId>) -> Option<&SourceHealth> {
        self.sources.iter().find(|source| source.kind == kind && source.instance.as_ref() == instance)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(kind: SourceKind, instance: Option<&str>, fault: Option<Refusal>) -> SourceHealth {
        SourceHealth {
            kind,
            instance: instance.map(|id| ResourceId(id.to_owned())),
            collected_to: None,
            succeeded_at: fault.is_none().then_some(Timestamp::from_secs(1)),
            fault,
            since: Timestamp::from_secs(1),
            failures: 0,
            notes: Vec::new(),
        }
    }

    fn denied() -> Option<Refusal> {
        Some(Refusal::Denied { action: "pi:GetResourceMetrics".into(), resource: "*".into() })
    }

    fn off() -> Option<Refusal> {
        Some(Refusal::NotEnabled("Performance Insights".into()))
    }

    #[test]
    fn a_first_poll_is_done_when_load_was_read_wherever_it_can_be() {
        let pi = |id, fault| source(SourceKind::PerformanceInsights, Some(id), fault);
        let inventory = |fault| source(SourceKind::Inventory, None, fault);
        for (sources, expected) in [
            (vec![inventory(None)], None),
            (vec![inventory(denied())], Some(SourceKind::Inventory)),
            (vec![inventory(None), pi("a", None), pi("b", denied())], None),
            (vec![inventory(None), pi("a", denied()), pi("b", denied())], Some(SourceKind::PerformanceInsights)),
            (vec![inventory(None), pi("a", off()), pi("b", denied())], Some(SourceKind::PerformanceInsights)),
            (vec![inventory(None), pi("a", off())], None),
        ] {
            let health = Health { sources, progress: Vec::new(), first_poll_tried: true };
            assert_eq!(health.first_poll_fault().map(|(kind, _)| kind), expected, "{health:?}");
            assert_eq!(health.first_poll_done(), expected.is_none());
        }
        assert!(!Health::default().first_poll_done(), "nothing was tried");
    }

    #[test]
    fn a_source_that_worked_once_keeps_the_first_poll_done() {
        let mut inventory = source(SourceKind::Inventory, None, denied());
        inventory.succeeded_at = Some(Timestamp::from_secs(1));
        let health = Health { sources: vec![inventory], progress: Vec::new(), first_poll_tried: true };
        assert!(health.first_poll_done());
    }
}
