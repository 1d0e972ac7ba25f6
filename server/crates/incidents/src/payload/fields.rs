//! A JSON object whose fields are looked up whatever the case of their first letters: SNS writes
//! `AlarmName`, EventBridge `alarmName`, dimensions come as `name` and `Name`.

use std::collections::BTreeMap;

use serde_json::{Map, Value};
use units::Timestamp;

use crate::aws_time;

/// Bounds what one message may put into an archive.
const MAX_ENTRIES: usize = 200;

#[derive(Clone, Copy)]
pub(super) struct Fields<'a>(&'a Map<String, Value>);

impl<'a> Fields<'a> {
    pub(super) fn of(value: &'a Value) -> Option<Self> {
        value.as_object().map(Self)
    }

    /// The value of a field; `null` counts as absent.
    pub(super) fn get(self, name: &str) -> Option<&'a Value> {
        let exact = self.0.get(name);
        let found =
            exact.or_else(|| self.0.iter().find(|(have, _)| have.eq_ignore_ascii_case(name)).map(|(_, value)| value));
        found.filter(|value| !value.is_null())
    }

    pub(super) fn text(self, name: &str) -> Option<&'a str> {
        self.get(name).and_then(Value::as_str)
    }

    /// A text that may also come as an object, printed.
    pub(super) fn json(self, name: &str) -> Option<String> {
        match self.get(name)? {
            Value::String(text) => Some(text.clone()),
            other => Some(other.to_string()),
        }
    }

    /// A finite number; also one written as text.
    pub(super) fn number(self, name: &str) -> Option<f64> {
        let number = match self.get(name)? {
            Value::String(text) => text.trim().parse().ok(),
            other => other.as_f64(),
        };
        number.filter(|number: &f64| number.is_finite())
    }

    /// A whole number of at least 0.
    pub(super) fn count(self, name: &str) -> Option<u32> {
        let number = self.number(name).filter(|number| (0.0..=f64::from(u32::MAX)).contains(number))?;
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the range is checked above")]
        let count = number as u32;
        Some(count)
    }

    pub(super) fn time(self, name: &str) -> Option<Timestamp> {
        self.text(name).and_then(aws_time).and_then(super::plausible)
    }

    pub(super) fn object(self, name: &str) -> Option<Self> {
        self.get(name).and_then(Self::of)
    }

    pub(super) fn list(self, name: &str) -> &'a [Value] {
        self.get(name).and_then(Value::as_array).map_or(&[], Vec::as_slice)
    }

    pub(super) fn texts(self, name: &str) -> Vec<String> {
        self.list(name).iter().filter_map(Value::as_str).take(MAX_ENTRIES).map(str::to_owned).collect()
    }

    /// Names with values, as an object or as a list of `{name, value}` (dimensions) or
    /// `{Key, Value}` (tags).
    pub(super) fn pairs(self, name: &str) -> BTreeMap<String, String> {
        let own = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        match self.get(name) {
            Some(Value::Object(map)) => {
                let texts = map.iter().filter_map(|(name, value)| Some(own(name, value.as_str()?)));
                texts.take(MAX_ENTRIES).collect()
            }
            Some(Value::Array(list)) => {
                let pair = |entry: &Value| {
                    let entry = Fields::of(entry)?;
                    Some(own(entry.text("name").or_else(|| entry.text("key"))?, entry.text("value")?))
                };
                list.iter().filter_map(pair).take(MAX_ENTRIES).collect()
            }
            _ => BTreeMap::new(),
        }
    }
}
