//! AWS's wire formats: CBOR, JSON 1.0/1.1, REST-JSON and Query/XML, to and from one neutral [`Value`].
//!
//! A service module never knows in which format it was asked. What a format needs beyond plain
//! values is part of the value: a double stays a double, a timestamp a timestamp, and a list names
//! its XML members.

mod cbor;
mod json;
mod query;
mod time;
mod xml;

pub(crate) use json::{read as from_json, write as to_json};
pub(crate) use time::{iso8601, parse_iso8601};

use crate::error::ServiceError;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

/// A document in any format.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Value {
    Null,
    Bool(bool),
    Int(i64),
    Double(f64),
    Text(String),
    /// Seconds since 1970, with fraction.
    Time(f64),
    List(List),
    Map(Vec<(String, Value)>),
}

/// A list, and how Query/XML writes its members.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct List {
    pub(crate) member: &'static str,
    pub(crate) items: Vec<Value>,
}

impl Value {
    /// A list whose XML members are called `member`.
    pub(crate) fn list(items: impl IntoIterator<Item = Value>) -> Self {
        Self::named_list("member", items)
    }

    /// A list whose XML members are called otherwise, e.g. `DBInstance`.
    pub(crate) fn named_list(member: &'static str, items: impl IntoIterator<Item = Value>) -> Self {
        Self::List(List { member, items: items.into_iter().collect() })
    }

    /// A structure; members that are [`Value::Null`] are left out.
    pub(crate) fn map<K: Into<String>>(members: impl IntoIterator<Item = (K, Value)>) -> Self {
        let members = members.into_iter().map(|(name, value)| (name.into(), value));
        Self::Map(members.filter(|(_, value)| *value != Self::Null).collect())
    }

    /// Text.
    pub(crate) fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    /// A member of a structure; `None` if absent or null.
    pub(crate) fn get(&self, name: &str) -> Option<&Value> {
        match self {
            Self::Map(members) => members
                .iter()
                .find(|(found, _)| found == name)
                .map(|(_, value)| value)
                .filter(|value| **value != Self::Null),
            _ => None,
        }
    }
}

impl<T: Into<Value>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<bool> for Value {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}

impl From<i64> for Value {
    fn from(value: i64) -> Self {
        Self::Int(value)
    }
}

impl From<f64> for Value {
    fn from(value: f64) -> Self {
        Self::Double(value)
    }
}

/// The format of one request, and so of its answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Format {
    /// Smithy RPC v2 CBOR.
    Cbor,
    /// AWS JSON; the text is its version, `1.0` or `1.1`.
    Json(&'static str),
    /// Form in, XML out.
    Query,
    /// REST: members in path and query string in, JSON out, the error's name in a header.
    RestJson,
}

/// What an answer needs to know about its operation.
#[derive(Clone, Copy, Debug)]
pub(crate) struct AnswerContext<'a> {
    pub(crate) format: Format,
    pub(crate) operation: &'a str,
    /// XML name space of the service, empty where it has no Query form.
    pub(crate) xml_namespace: &'a str,
    /// Shape name space in CBOR errors, e.g. `com.amazonaws.pi`.
    pub(crate) shape_namespace: &'a str,
    /// The answer to an operation that returns nothing has no result element in XML.
    pub(crate) request_id: &'a str,
    /// The client asked for Query error codes in a header (CloudWatch).
    pub(crate) is_query_mode: bool,
}

/// Reads a request body.
pub(crate) fn decode(format: Format, body: &[u8]) -> Result<Value, ServiceError> {
    match format {
        Format::Cbor => cbor::decode(body),
        Format::Json(_) => json::decode(body),
        Format::Query | Format::RestJson => Ok(query::decode(body)),
    }
}

/// Writes an answer.
pub(crate) fn answer(context: &AnswerContext<'_>, value: &Value) -> Response {
    let body = match context.format {
        Format::Cbor => cbor::encode(value),
        Format::Json(_) | Format::RestJson => json::encode(value),
        Format::Query => xml::answer(context, value),
    };
    respond(context, StatusCode::OK, body, HeaderMap::new())
}

/// Writes an error in the request's format, with AWS's code and message.
pub(crate) fn answer_error(context: &AnswerContext<'_>, error: &ServiceError) -> Response {
    let status = StatusCode::from_u16(error.status).unwrap_or(StatusCode::BAD_REQUEST);
    let mut headers = HeaderMap::new();
    if context.is_query_mode {
        let fault = if error.status >= 500 { "Receiver" } else { "Sender" };
        if let Ok(value) = HeaderValue::from_str(&format!("{};{fault}", error.query_code())) {
            headers.insert("x-amzn-query-error", value);
        }
    }
    if let Some(after_ms) = error.retry_after_ms {
        headers.insert("x-amz-retry-after", HeaderValue::from(after_ms));
    }
    let message = Value::text(error.message.clone());
    let body = match context.format {
        Format::Cbor => {
            let kind = format!("{}#{}", context.shape_namespace, error.code);
            cbor::encode(&Value::map([
                ("__type", Value::text(kind)),
                ("Message", message.clone()),
                ("message", message),
            ]))
        }
        Format::Json(_) => {
            let members = [("__type", Value::text(error.code)), ("Message", message.clone()), ("message", message)];
            json::encode(&Value::map(members))
        }
        Format::RestJson => {
            headers.insert("x-amzn-errortype", HeaderValue::from_static(error.code));
            let fault = if error.status >= 500 { "Service" } else { "User" };
            json::encode(&Value::map([
                ("Type", Value::text(fault)),
                ("Message", message.clone()),
                ("message", message),
            ]))
        }
        Format::Query => xml::error(context, error),
    };
    respond(context, status, body, headers)
}

fn respond(context: &AnswerContext<'_>, status: StatusCode, body: Vec<u8>, mut headers: HeaderMap) -> Response {
    let content_type = match context.format {
        Format::Cbor => "application/cbor",
        Format::RestJson => "application/json",
        Format::Json("1.0") => "application/x-amz-json-1.0",
        Format::Json(_) => "application/x-amz-json-1.1",
        Format::Query => "text/xml",
    };
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
    if context.format == Format::Cbor {
        headers.insert("smithy-protocol", HeaderValue::from_static("rpc-v2-cbor"));
    }
    if let Ok(id) = HeaderValue::from_str(context.request_id) {
        headers.insert("x-amzn-requestid", id);
    }
    (status, headers, body).into_response()
}
