//! `GetDimensionKeyDetails`: the full text of a statement.

use super::request::unknown_group;
use super::{Call, instance};
use crate::error::ServiceError;
use crate::wire::Value;

pub(super) fn get_dimension_key_details(call: &Call<'_>) -> Result<Value, ServiceError> {
    let group = call.input.required_text("Group")?;
    let identifier = call.input.required_text("GroupIdentifier")?;
    let requested = call.input.texts("RequestedDimensions", 1..=10)?;
    let instance = instance(call, "GetDimensionKeyDetails")?;
    if group != "db.sql" {
        return Err(unknown_group(group));
    }
    // Both the short and the full name of the one dimension are taken.
    for name in requested.unwrap_or_default() {
        if !matches!(name, "statement" | "db.sql.statement") {
            return Err(ServiceError::invalid_argument(format!(
                "The dimension {name} cannot be requested for the group db.sql"
            )));
        }
    }
    let data = instance.data();
    let Some(statement) = data.dictionary.find_statement(identifier) else {
        return Err(ServiceError::invalid_argument(format!(
            "The group identifier {identifier} is not known for the group db.sql"
        )));
    };
    let detail = Value::map([
        ("Value", Value::text(&*statement.text)),
        ("Dimension", Value::text("db.sql.statement")),
        ("Status", Value::text("AVAILABLE")),
    ]);
    Ok(Value::map([("Dimensions", Value::list([detail]))]))
}
