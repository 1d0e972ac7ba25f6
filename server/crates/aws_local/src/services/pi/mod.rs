//! Performance Insights (API of 2018-02-27).
//!
//! Checked like AWS's: model constraints first (`ValidationException`), then meaning
//! (`InvalidArgumentException`). What AWS does not document is marked "assumed" where it is decided.

mod catalogue;
mod describe_keys;
mod details;
mod grouping;
mod lock_snapshot;
mod request;
mod resource_metrics;
mod statistics;
#[cfg(test)]
mod tests;

use super::{Call, Operation, Service};
use crate::error::ServiceError;
use crate::faults::Behaviour;
use crate::input::Style;
use crate::world::instance::{ACCOUNT, Instance};
use std::sync::Arc;

pub(crate) static SERVICE: Service = Service {
    action_prefix: "pi",
    signing_name: "pi",
    target: "PerformanceInsightsv20180227",
    query_version: "",
    xml_namespace: "",
    shape_namespace: "com.amazonaws.pi",
    style: Style::Summary,
    operations: &[
        Operation { name: "DescribeDimensionKeys", handler: describe_keys::describe_dimension_keys },
        Operation { name: "GetDimensionKeyDetails", handler: details::get_dimension_key_details },
        Operation { name: "GetResourceMetadata", handler: catalogue::get_resource_metadata },
        Operation { name: "GetResourceMetrics", handler: resource_metrics::get_resource_metrics },
        Operation { name: "ListAvailableResourceDimensions", handler: catalogue::list_available_resource_dimensions },
        Operation { name: "ListAvailableResourceMetrics", handler: catalogue::list_available_resource_metrics },
    ],
};

/// Longest dimension value in a list of keys, bytes; texts are cut on a character's boundary.
const ELEMENT_BYTES: usize = 500;

/// The instance a request names, if the caller may read it.
fn instance(call: &Call<'_>, operation: &str) -> Result<Arc<Instance>, ServiceError> {
    let Some("RDS" | "DOCDB") = call.input.one_of("ServiceType", &["RDS", "DOCDB"])? else {
        return Err(call.input.broken("ServiceType", "null", "not be null"));
    };
    let identifier = call.input.required_text("Identifier")?;
    let is_well_formed = identifier.len() <= 256
        && !identifier.is_empty()
        && identifier.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    if !is_well_formed {
        return Err(call.input.broken("Identifier", identifier, "satisfy regular expression pattern: ^[a-zA-Z0-9-]+$"));
    }
    let resource = format!("arn:aws:pi:{}:{ACCOUNT}:metrics/rds/{identifier}", call.world.region());
    let Some(instance) = call.world.instance_with_id(identifier) else {
        // Assumed: AWS does not tell a stranger's resource from one that does not exist.
        return Err(ServiceError::not_authorized(format!("The caller is not authorized to read {resource}.")));
    };
    call.meet(instance.behaviour, &format!("pi:{operation}"), &resource)?;
    if instance.behaviour == Behaviour::PiOff && operation != "GetResourceMetadata" {
        // Assumed wording.
        return Err(ServiceError::invalid_argument(format!(
            "Performance Insights is not enabled for the resource {identifier}."
        )));
    }
    Ok(instance)
}
