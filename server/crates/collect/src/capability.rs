//! What Performance Insights offers for one instance, and to us.

use std::collections::BTreeSet;

use samples::{Instance, StatementStat};
use units::Dimension;

use crate::access::{Collector, Lane};
use crate::error::CollectError;
use crate::pages::read_pages;
use crate::performance_insights::pi_resource;

/// Metric types of `ListAvailableResourceMetrics` that we ask about.
const METRIC_TYPES: [&str; 3] = ["os", "db", "db.sql_tokenized.stats"];

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
        let dimensions = pi
            .list_available_resource_dimensions()
            .service_type("RDS".into())
            .identifier(instance.id.as_str())
            .metrics("db.load")
            .into_paginator()
            .send();
        let metrics = pi
            .list_available_resource_metrics()
            .service_type("RDS".into())
            .identifier(instance.id.as_str())
            .set_metric_types(Some(METRIC_TYPES.map(str::to_owned).to_vec()))
            .into_paginator()
            .send();
        // At once: whoever opens a page for the first time waits for both.
        let (dimensions, metrics) = tokio::try_join!(
            read_pages(dimensions, "pi:ListAvailableResourceDimensions", &resource),
            read_pages(metrics, "pi:ListAvailableResourceMetrics", &resource)
        )?;
        let mut found = Capabilities::default();
        for page in dimensions {
            let groups = page.metric_dimensions().iter().flat_map(|metric| metric.groups());
            found.groups.extend(groups.filter_map(|group| group.group().map(str::to_owned)));
        }
        for page in metrics {
            found.metrics.extend(page.metrics().iter().filter_map(|metric| metric.metric().map(str::to_owned)));
        }
        Ok(found)
    }
}
