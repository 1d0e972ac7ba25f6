//! AWS JSON 1.0 and 1.1: timestamps are numbers of seconds.

use super::{List, Value};
use crate::error::ServiceError;
use serde_json::{Map, Number, Value as Json};

pub(super) fn decode(body: &[u8]) -> Result<Value, ServiceError> {
    if body.is_empty() {
        return Ok(Value::Map(Vec::new()));
    }
    serde_json::from_slice(body)
        .map(read)
        .map_err(|error| ServiceError::serialization(format!("the request body is no JSON: {error}")))
}

/// Reads a JSON document.
pub(crate) fn read(document: Json) -> Value {
    match document {
        Json::Null => Value::Null,
        Json::Bool(value) => Value::Bool(value),
        Json::Number(number) => {
            number.as_i64().map_or_else(|| Value::Double(number.as_f64().unwrap_or(f64::NAN)), Value::Int)
        }
        Json::String(text) => Value::Text(text),
        Json::Array(items) => Value::List(List { member: "member", items: items.into_iter().map(read).collect() }),
        Json::Object(members) => Value::Map(members.into_iter().map(|(name, value)| (name, read(value))).collect()),
    }
}

pub(super) fn encode(value: &Value) -> Vec<u8> {
    write(value).to_string().into_bytes()
}

/// Writes a JSON document.
pub(crate) fn write(value: &Value) -> Json {
    match value {
        Value::Null => Json::Null,
        Value::Bool(value) => Json::Bool(*value),
        Value::Int(value) => Json::from(*value),
        Value::Double(value) | Value::Time(value) => Number::from_f64(*value).map_or(Json::Null, Json::Number),
        Value::Text(text) => Json::from(text.as_str()),
        Value::List(list) => Json::Array(list.items.iter().map(write).collect()),
        Value::Map(members) => {
            Json::Object(members.iter().map(|(name, value)| (name.clone(), write(value))).collect::<Map<_, _>>())
        }
    }
}
