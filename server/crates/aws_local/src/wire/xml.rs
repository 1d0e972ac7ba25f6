//! Answers of Query services.

use super::{AnswerContext, Value, iso8601};
use crate::error::ServiceError;
use quick_xml::escape::escape;
use std::fmt::Write;

pub(super) fn answer(context: &AnswerContext<'_>, value: &Value) -> Vec<u8> {
    let operation = context.operation;
    let mut text = format!("<{operation}Response xmlns=\"{}\">", context.xml_namespace);
    if matches!(value, Value::Map(members) if !members.is_empty()) {
        element(&mut text, &format!("{operation}Result"), value);
    }
    let _infallible = write!(
        text,
        "<ResponseMetadata><RequestId>{}</RequestId></ResponseMetadata></{operation}Response>",
        context.request_id
    );
    text.into_bytes()
}

pub(super) fn error(context: &AnswerContext<'_>, error: &ServiceError) -> Vec<u8> {
    let fault = if error.status >= 500 { "Receiver" } else { "Sender" };
    format!(
        "<ErrorResponse xmlns=\"{}\"><Error><Type>{fault}</Type><Code>{}</Code><Message>{}</Message></Error>\
         <RequestId>{}</RequestId></ErrorResponse>",
        context.xml_namespace,
        escape(error.query_code()),
        escape(legal(&error.message).as_str()),
        context.request_id
    )
    .into_bytes()
}

fn element(text: &mut String, name: &str, value: &Value) {
    let _infallible = write!(text, "<{name}>");
    match value {
        Value::Null => {}
        Value::Bool(value) => text.push_str(if *value { "true" } else { "false" }),
        Value::Int(value) => {
            let _infallible = write!(text, "{value}");
        }
        Value::Double(value) => {
            let _infallible = write!(text, "{value:?}");
        }
        Value::Time(seconds) => text.push_str(&iso8601(*seconds)),
        Value::Text(value) => text.push_str(&escape(legal(value).as_str())),
        Value::List(list) => {
            for item in &list.items {
                element(text, list.member, item);
            }
        }
        // A map with free keys; all other structures have members of the model.
        Value::Map(entries) if name == "ExtendedStatistics" => {
            for (key, value) in entries {
                let entry = Value::map([("key", Value::text(key.as_str())), ("value", value.clone())]);
                element(text, "entry", &entry);
            }
        }
        Value::Map(members) => {
            for (name, value) in members.iter().filter(|(_, value)| *value != Value::Null) {
                element(text, name, value);
            }
        }
    }
    let _infallible = write!(text, "</{name}>");
}

/// XML 1.0 has no way to write most control characters.
fn legal(text: &str) -> String {
    text.chars()
        .map(|letter| if letter < ' ' && !matches!(letter, '\t' | '\n' | '\r') { '\u{fffd}' } else { letter })
        .collect()
}
