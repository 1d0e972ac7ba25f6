//! What Performance Insights offers for one instance, and to us.

use std::collections::BTreeSet;

use samples::{Instance, StatementStat, Vcpus};
use units::{Dimension, Period, Timestamp, Window};

use crate::access::{Collector, Lane};
use crate::error::CollectError;
use crate::performance_insights::{Question, pi_resource};

/// Metric types of `ListAvailableResourceMetrics` that we ask about.
const METRIC_TYPES: [&str; 3] = ["os", "db", "db.sql_tokenized.stats"];
const MAX_PAGES: usize = 40;
/// Counter that tells the number of vCPUs.
const VCPU_METRIC: &str = "os.general.numVCPUs.max";

/// Groups and metrics an instance offers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Capabilities {
    /// Dimension groups, verbatim: `db.wait_event` …
    pub groups: BTreeSet<String>,
    /// Metrics without statistic, verbatim: `db.Transactions.xact_commit`, `os.cpuUtilization.total`,
    /// `db.sql_tokenized.stats.calls_per_sec`.
    pub metrics: BTreeSet<String>,
}

impl Capabilities {
    /// Whether load can be grouped by `dimension`.
    #[must_use]
    pub fn offers(&self, dimension: Dimension) -> bool {
        dimension.pi().is_some_and(|names| self.groups.contains(names.group))
    }

    /// Whether a metric, given with its statistic, is offered.
    #[must_use]
    pub fn offers_metric(&self, metric: &str) -> bool {
        metric.rsplit_once('.').is_some_and(|(name, _)| self.metrics.contains(name))
    }

    /// The statement statistics on offer.
    #[must_use]
    pub fn statistics(&self, instance: &Instance) -> Vec<StatementStat> {
        let offered = |stat: &StatementStat| stat.metric(instance.engine).is_some_and(|name| self.offers_metric(name));
        StatementStat::ALL.into_iter().filter(offered).collect()
    }
}

impl Collector {
    /// Asks what an instance offers: two listings, a few pages.
    ///
    /// # Errors
    /// [`CollectError`] of the listing that fails.
    pub async fn discover(&self, instance: &Instance, lane: Lane) -> Result<Capabilities, CollectError> {
        let pi = &self.clients(&instance.region)?.lane(lane).pi;
        let resource = pi_resource(instance);
        let mut found = Capabilities::default();
        let mut pages = pi
            .list_available_resource_dimensions()
            .service_type("RDS".into())
            .identifier(instance.id.as_str())
            .metrics("db.load")
            .into_paginator()
            .send();
        for _ in 0..MAX_PAGES {
            let Some(page) = pages.next().await else { break };
            let action = "pi:ListAvailableResourceDimensions";
            let page = page.map_err(|error| CollectError::of(action, &resource, &error))?;
            let groups = page.metric_dimensions().iter().flat_map(|metric| metric.groups());
            found.groups.extend(groups.filter_map(|group| group.group().map(str::to_owned)));
        }
        let mut pages = pi
            .list_available_resource_metrics()
            .service_type("RDS".into())
            .identifier(instance.id.as_str())
            .set_metric_types(Some(METRIC_TYPES.map(str::to_owned).to_vec()))
            .into_paginator()
            .send();
        for _ in 0..MAX_PAGES {
            let Some(page) = pages.next().await else { break };
            let action = "pi:ListAvailableResourceMetrics";
            let page = page.map_err(|error| CollectError::of(action, &resource, &error))?;
            found.metrics.extend(page.metrics().iter().filter_map(|metric| metric.metric().map(str::to_owned)));
        }
        Ok(found)
    }

    /// The number of vCPUs as the instance itself reports it in the minutes before `now`; `None`
    /// when it does not (Enhanced Monitoring is off).
    ///
    /// # Errors
    /// [`CollectError`] of `pi:GetResourceMetrics`.
    pub async fn measure_vcpus(
        &self,
        instance: &Instance,
        capabilities: &Capabilities,
        now: Timestamp,
    ) -> Result<Option<Vcpus>, CollectError> {
        if !capabilities.offers_metric(VCPU_METRIC) {
            return Ok(None);
        }
        let window = Window::new(now.plus_secs(-900).floor_to(60), now.floor_to(60));
        let question = [Question::Counter(samples::MetricName::pi(VCPU_METRIC))];
        let answer = self.ask(instance, &question, window, Period::MINUTE, Lane::Background).await?;
        let newest = answer.batches.iter().find_map(|batch| match batch {
            samples::Batch::Counter(counter) => counter.points.last(),
            _ => None,
        });
        Ok(newest
            .filter(|point| point.value > 0.0)
            .map(|point| Vcpus { count: point.value, origin: Vcpus::MEASURED.to_owned() }))
    }
}
