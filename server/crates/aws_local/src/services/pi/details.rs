//! `GetDimensionKeyDetails`: what is too long for lists: texts of statements, plans, lock snapshots.

use super::lock_snapshot::lock_trees;
use super::{Call, instance};
use crate::error::ServiceError;
use crate::wire::Value;
use crate::world::instance::Instance;

/// A group that has details: its name, its dimension, and how a value is found.
struct Detailed {
    group: &'static str,
    dimension: &'static str,
    find: fn(&Instance, &str) -> Result<String, ServiceError>,
}

const DETAILED: [Detailed; 3] = [
    Detailed { group: "db.sql", dimension: "statement", find: statement },
    Detailed { group: "db.execution_plan", dimension: "raw_plan", find: raw_plan },
    Detailed { group: "db.lock_snapshot", dimension: "lock_trees", find: lock_trees },
];

pub(super) fn get_dimension_key_details(call: &Call<'_>) -> Result<Value, ServiceError> {
    let group = call.input.required_text("Group")?;
    let identifier = call.input.required_text("GroupIdentifier")?;
    let requested = call.input.texts("RequestedDimensions", 1..=10)?;
    let instance = instance(call, "GetDimensionKeyDetails")?;
    let Some(detailed) = DETAILED.iter().find(|detailed| detailed.group == group) else {
        return Err(ServiceError::invalid_argument(format!(
            "The specified group isn't supported. GetDimensionKeyDetails supports only the {} dimension groups.",
            DETAILED.map(|detailed| detailed.group).join(" and ")
        )));
    };
    let full_name = format!("{group}.{}", detailed.dimension);
    // Both the short and the full name of the one dimension are taken.
    for name in requested.unwrap_or_default() {
        if name != detailed.dimension && name != full_name {
            return Err(ServiceError::invalid_argument(format!(
                "The dimension {name} cannot be requested for the group {group}"
            )));
        }
    }
    let detail = Value::map([
        ("Value", Value::text((detailed.find)(&instance, identifier)?)),
        ("Dimension", Value::text(full_name)),
        ("Status", Value::text("AVAILABLE")),
    ]);
    Ok(Value::map([("Dimensions", Value::list([detail]))]))
}

fn statement(instance: &Instance, identifier: &str) -> Result<String, ServiceError> {
    let found = instance.data().dictionary.find_statement(identifier).map(|statement| statement.text.to_string());
    found.ok_or_else(|| unknown_identifier("db.sql", identifier))
}

/// Assumed, since AWS documents names only: that `db.execution_plan.id` is the value of `db.plans.id`, and
/// that a plan is told in PostgreSQL's own form `EXPLAIN (FORMAT JSON)`.
fn raw_plan(instance: &Instance, identifier: &str) -> Result<String, ServiceError> {
    let found = instance.data().plans.text(identifier).map(ToString::to_string);
    found.ok_or_else(|| unknown_identifier("db.execution_plan", identifier))
}

/// Assumed wording.
pub(super) fn unknown_identifier(group: &str, identifier: &str) -> ServiceError {
    ServiceError::invalid_argument(format!("The group identifier {identifier} is not known for the group {group}"))
}
