//! CBOR as Smithy RPC v2 uses it: doubles always as floats, timestamps as tag 1, no nulls in lists.

use super::{List, Value};
use crate::error::ServiceError;
use ciborium::Value as Cbor;

/// Tag of an epoch-based date and time (RFC 8949, 3.4.2).
const EPOCH_TIME: u64 = 1;

pub(super) fn decode(body: &[u8]) -> Result<Value, ServiceError> {
    if body.is_empty() {
        return Ok(Value::Map(Vec::new()));
    }
    let document: Cbor = ciborium::from_reader(body)
        .map_err(|error| ServiceError::serialization(format!("the request body is no CBOR: {error}")))?;
    read(document)
}

fn read(document: Cbor) -> Result<Value, ServiceError> {
    Ok(match document {
        Cbor::Null => Value::Null,
        Cbor::Bool(value) => Value::Bool(value),
        Cbor::Integer(value) => i64::try_from(value)
            .map(Value::Int)
            .map_err(|_| ServiceError::serialization("integer out of range".to_owned()))?,
        Cbor::Float(value) => Value::Double(value),
        Cbor::Text(text) => Value::Text(text),
        Cbor::Bytes(bytes) => Value::Text(String::from_utf8_lossy(&bytes).into_owned()),
        Cbor::Tag(EPOCH_TIME, inner) => match *inner {
            Cbor::Float(seconds) => Value::Time(seconds),
            Cbor::Integer(seconds) => Value::Time(i128::from(seconds) as f64),
            _ => return Err(ServiceError::serialization("a timestamp is no number".to_owned())),
        },
        Cbor::Tag(_, inner) => read(*inner)?,
        Cbor::Array(items) => {
            Value::List(List { member: "member", items: items.into_iter().map(read).collect::<Result<_, _>>()? })
        }
        Cbor::Map(members) => {
            let mut read_members = Vec::with_capacity(members.len());
            for (name, value) in members {
                let Cbor::Text(name) = name else {
                    return Err(ServiceError::serialization("a member's name is no text".to_owned()));
                };
                read_members.push((name, read(value)?));
            }
            Value::Map(read_members)
        }
        _ => return Err(ServiceError::serialization("unknown CBOR type".to_owned())),
    })
}

pub(super) fn encode(value: &Value) -> Vec<u8> {
    let mut body = Vec::new();
    if let Err(error) = ciborium::into_writer(&write(value), &mut body) {
        tracing::error!(%error, "an answer could not be written as CBOR");
    }
    body
}

fn write(value: &Value) -> Cbor {
    match value {
        Value::Null => Cbor::Null,
        Value::Bool(value) => Cbor::Bool(*value),
        Value::Int(value) => Cbor::Integer((*value).into()),
        // ciborium shortens to f16 where nothing is lost, but never to an integer.
        Value::Double(value) => Cbor::Float(*value),
        Value::Text(text) => Cbor::Text(text.clone()),
        Value::Time(seconds) => Cbor::Tag(EPOCH_TIME, Box::new(Cbor::Float(*seconds))),
        Value::List(list) => Cbor::Array(list.items.iter().map(write).collect()),
        Value::Map(members) => {
            Cbor::Map(members.iter().map(|(name, value)| (Cbor::Text(name.clone()), write(value))).collect())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_rust_client_sends() {
        // Indefinite map and array, tag 1 with a double.
        let body = [0xbf, 0x61, b'T', 0xc1, 0xfb, 0x41, 0xd2, 0, 0, 0, 0, 0, 0, 0x61, b'L', 0x9f, 1, 0xff, 0xff];
        let value = decode(&body).unwrap();
        assert_eq!(value.get("T"), Some(&Value::Time(1_207_959_552.0)));
        assert_eq!(value.get("L"), Some(&Value::list([Value::Int(1)])));
    }

    #[test]
    fn a_whole_double_is_still_a_float() {
        let body = encode(&Value::Double(3.0));
        assert_eq!(body[0] >> 5, 7, "major type 7, not an integer: {body:x?}");
        assert_eq!(decode(&body).unwrap(), Value::Double(3.0));
    }

    #[test]
    fn garbage_is_an_error() {
        assert!(decode(&[0xff, 0x00]).is_err());
    }
}
