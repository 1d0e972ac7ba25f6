//! Which instances there are. // RDS `DescribeDBInstances`, `DescribeEvents`

use aws_sdk_rds::types::{DbInstance, SourceType};
use samples::{Instance, Marker, MarkerKind, PiState, Vcpus};
use units::{ResourceId, Timestamp, Window};

use crate::access::{Collector, RegionClients};
use crate::classes::vcpus_of_class;
use crate::error::CollectError;
use crate::pages::read_pages;

impl Collector {
    /// Every instance of every Region, in the order RDS lists them. Instances of engines we have no
    /// words for (Db2, Neptune, `DocumentDB`) are left out.
    ///
    /// # Errors
    /// [`CollectError`] of the first Region that fails.
    pub async fn list_instances(&self, now: Timestamp) -> Result<Vec<Instance>, CollectError> {
        let mut instances = Vec::new();
        for clients in &self.regions {
            let pages = clients.rds.describe_db_instances().into_paginator().send();
            for page in read_pages(pages, "rds:DescribeDBInstances", "*").await? {
                instances.extend(page.db_instances().iter().filter_map(|found| instance(found, clients, now)));
            }
        }
        Ok(instances)
    }

    /// Events of instances in a window (RDS keeps 14 days): failover, restart, parameter change.
    ///
    /// # Errors
    /// [`CollectError`] of the first Region that fails.
    pub async fn list_events(&self, window: Window, instances: &[Instance]) -> Result<Vec<Marker>, CollectError> {
        let mut markers = Vec::new();
        for clients in &self.regions {
            let pages = clients
                .rds
                .describe_events()
                .source_type(SourceType::DbInstance)
                .start_time(date_time(window.from))
                .end_time(date_time(window.to))
                .into_paginator()
                .send();
            for page in read_pages(pages, "rds:DescribeEvents", "*").await? {
                markers.extend(page.events().iter().filter_map(|event| {
                    let name = event.source_identifier()?;
                    let instance =
                        instances.iter().find(|instance| instance.name == name && instance.region == clients.region)?;
                    Some(Marker {
                        at: timestamp(event.date()?)?,
                        kind: MarkerKind::RdsEvent,
                        instance: Some(instance.id.clone()),
                        label: event.message()?.to_owned(),
                    })
                }));
            }
        }
        Ok(markers)
    }
}

/// `None` for an instance without a resource id (still being created) or of a foreign engine.
fn instance(found: &DbInstance, clients: &RegionClients, now: Timestamp) -> Option<Instance> {
    let class = found.db_instance_class().unwrap_or_default().to_owned();
    let arn = found.db_instance_arn().unwrap_or_default().to_owned();
    let mut fields = arn.split(':').skip(3);
    let region = fields.next().filter(|region| !region.is_empty()).unwrap_or(&clients.region).to_owned();
    let account = fields.next().unwrap_or_default().to_owned();
    let pi_on = found.performance_insights_enabled().unwrap_or(false);
    let tags = found.tag_list();
    Some(Instance {
        id: ResourceId(found.dbi_resource_id()?.to_owned()),
        name: found.db_instance_identifier()?.to_owned(),
        account,
        region,
        engine: found.engine()?.parse().ok()?,
        engine_version: found.engine_version().unwrap_or_default().to_owned(),
        status: found.db_instance_status().unwrap_or("unknown").to_owned(),
        multi_az: found.multi_az().unwrap_or(false),
        cluster: found.db_cluster_identifier().map(str::to_owned),
        replica_of: found.read_replica_source_db_instance_identifier().map(str::to_owned),
        pi: if pi_on { PiState::On } else { PiState::Off },
        retention_days: found
            .performance_insights_retention_period()
            .filter(|_| pi_on)
            .and_then(|days| u32::try_from(days).ok())
            .filter(|days| *days > 0),
        vcpus: vcpus_of_class(&class)
            .map(|count| Vcpus { count: f64::from(count), origin: format!("instance class {class}") }),
        max_connections: None,
        simulated: tags.iter().any(|tag| tag.key() == Some(Instance::SIMULATED_TAG)),
        first_seen: now,
        last_seen: now,
        class,
        arn,
    })
}

/// A time of ours as the SDK takes it.
pub(crate) fn date_time(at: Timestamp) -> aws_smithy_types::DateTime {
    aws_smithy_types::DateTime::from_millis(at.0)
}

/// A time of the SDK as ours; `None` outside of 64-bit milliseconds.
pub(crate) fn timestamp(at: &aws_smithy_types::DateTime) -> Option<Timestamp> {
    at.to_millis().ok().map(Timestamp)
}
