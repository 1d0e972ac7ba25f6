//! Reading a request's members with the types and bounds of AWS's model, in any format.
//!
//! JSON and CBOR carry types; Query carries text only. A reader takes what the model says in all of
//! them and answers with AWS's validation error otherwise.

use crate::error::ServiceError;
use crate::wire::{Value, parse_iso8601};

/// A structure of a request.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Input<'a> {
    value: &'a Value,
    style: Style,
}

/// How a service words a broken constraint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Style {
    /// Performance Insights.
    Summary,
    /// CloudWatch and most others.
    Detailed,
}

impl<'a> Input<'a> {
    pub(crate) fn new(value: &'a Value, style: Style) -> Self {
        Self { value, style }
    }

    /// The member as sent.
    pub(crate) fn raw(&self, name: &str) -> Option<&'a Value> {
        self.value.get(name)
    }

    /// The whole structure as sent.
    pub(crate) fn value(&self) -> &'a Value {
        self.value
    }

    /// A broken constraint on `name`.
    pub(crate) fn broken(&self, name: &str, value: &str, constraint: &str) -> ServiceError {
        let member = lower_first(name);
        ServiceError::validation(match self.style {
            Style::Summary => {
                format!("Validation error(s) detected: Value at '{member}' failed to satisfy constraints.")
            }
            Style::Detailed => format!(
                "1 validation error detected: Value '{value}' at '{member}' failed to satisfy constraint: Member must {constraint}"
            ),
        })
    }

    fn missing(&self, name: &str) -> ServiceError {
        match self.style {
            Style::Summary => self.broken(name, "null", "not be null"),
            Style::Detailed => ServiceError::missing_parameter(name),
        }
    }

    /// A text.
    pub(crate) fn text(&self, name: &str) -> Result<Option<&'a str>, ServiceError> {
        match self.raw(name) {
            None => Ok(None),
            Some(Value::Text(text)) => Ok(Some(text)),
            Some(_) => Err(wrong_type(name, "a string")),
        }
    }

    /// A text that must be there.
    pub(crate) fn required_text(&self, name: &str) -> Result<&'a str, ServiceError> {
        self.text(name)?.ok_or_else(|| self.missing(name))
    }

    /// A text that must be one of `allowed`.
    pub(crate) fn one_of(&self, name: &str, allowed: &[&'static str]) -> Result<Option<&'static str>, ServiceError> {
        let Some(text) = self.text(name)? else { return Ok(None) };
        allowed
            .iter()
            .find(|candidate| **candidate == text)
            .copied()
            .map(Some)
            .ok_or_else(|| self.broken(name, text, &format!("satisfy enum value set: [{}]", allowed.join(", "))))
    }

    /// A whole number within `bounds`.
    pub(crate) fn int(&self, name: &str, bounds: std::ops::RangeInclusive<i64>) -> Result<Option<i64>, ServiceError> {
        let number = match self.raw(name) {
            None => return Ok(None),
            Some(Value::Int(number)) => *number,
            Some(Value::Double(number)) if number.fract() == 0.0 => *number as i64,
            Some(Value::Text(text)) => text.parse().map_err(|_| wrong_type(name, "an integer"))?,
            Some(_) => return Err(wrong_type(name, "an integer")),
        };
        if bounds.contains(&number) {
            return Ok(Some(number));
        }
        let constraint = if number < *bounds.start() {
            format!("have value greater than or equal to {}", bounds.start())
        } else {
            format!("have value less than or equal to {}", bounds.end())
        };
        Err(self.broken(name, &number.to_string(), &constraint))
    }

    /// A number.
    pub(crate) fn double(&self, name: &str) -> Result<Option<f64>, ServiceError> {
        self.raw(name).map(|value| number_of(value).ok_or_else(|| wrong_type(name, "a number"))).transpose()
    }

    /// A truth value.
    pub(crate) fn boolean(&self, name: &str) -> Result<Option<bool>, ServiceError> {
        match self.raw(name) {
            None => Ok(None),
            Some(Value::Bool(value)) => Ok(Some(*value)),
            Some(Value::Text(text)) if text.eq_ignore_ascii_case("true") => Ok(Some(true)),
            Some(Value::Text(text)) if text.eq_ignore_ascii_case("false") => Ok(Some(false)),
            Some(_) => Err(wrong_type(name, "a boolean")),
        }
    }

    /// A point in time, seconds since 1970.
    pub(crate) fn time(&self, name: &str) -> Result<Option<f64>, ServiceError> {
        let seconds = match self.raw(name) {
            None => return Ok(None),
            Some(Value::Time(seconds) | Value::Double(seconds)) => Some(*seconds),
            Some(Value::Int(seconds)) => Some(*seconds as f64),
            Some(Value::Text(text)) => parse_iso8601(text),
            Some(_) => None,
        };
        seconds.filter(|seconds| seconds.is_finite()).map(Some).ok_or_else(|| wrong_type(name, "a timestamp"))
    }

    /// A point in time that must be there.
    pub(crate) fn required_time(&self, name: &str) -> Result<f64, ServiceError> {
        self.time(name)?.ok_or_else(|| self.missing(name))
    }

    /// A structure.
    pub(crate) fn structure(&self, name: &str) -> Result<Option<Input<'a>>, ServiceError> {
        match self.raw(name) {
            None => Ok(None),
            Some(value @ Value::Map(_)) => Ok(Some(Input { value, style: self.style })),
            Some(_) => Err(wrong_type(name, "a structure")),
        }
    }

    /// A structure that must be there.
    pub(crate) fn required_structure(&self, name: &str) -> Result<Input<'a>, ServiceError> {
        self.structure(name)?.ok_or_else(|| self.missing(name))
    }

    fn items(&self, name: &str, bounds: std::ops::RangeInclusive<usize>) -> Result<Option<&'a [Value]>, ServiceError> {
        let items = match self.raw(name) {
            None => return Ok(None),
            Some(Value::List(list)) => list.items.as_slice(),
            // An empty list in a Query request is `Name=`.
            Some(Value::Text(text)) if text.is_empty() => &[],
            Some(_) => return Err(wrong_type(name, "a list")),
        };
        if bounds.contains(&items.len()) {
            return Ok(Some(items));
        }
        let constraint = if items.len() < *bounds.start() {
            format!("have length greater than or equal to {}", bounds.start())
        } else {
            format!("have length less than or equal to {}", bounds.end())
        };
        Err(self.broken(name, "[…]", &constraint))
    }

    /// A list of structures; `None` if absent.
    pub(crate) fn structures(
        &self,
        name: &str,
        bounds: std::ops::RangeInclusive<usize>,
    ) -> Result<Option<Vec<Input<'a>>>, ServiceError> {
        let Some(items) = self.items(name, bounds)? else { return Ok(None) };
        let structures = items.iter().map(|value| match value {
            Value::Map(_) => Ok(Input { value, style: self.style }),
            _ => Err(wrong_type(name, "a list of structures")),
        });
        structures.collect::<Result<_, _>>().map(Some)
    }

    /// A list of structures that must be there.
    pub(crate) fn required_structures(
        &self,
        name: &str,
        bounds: std::ops::RangeInclusive<usize>,
    ) -> Result<Vec<Input<'a>>, ServiceError> {
        self.structures(name, bounds)?.ok_or_else(|| self.missing(name))
    }

    /// A list of texts; `None` if absent.
    pub(crate) fn texts(
        &self,
        name: &str,
        bounds: std::ops::RangeInclusive<usize>,
    ) -> Result<Option<Vec<&'a str>>, ServiceError> {
        let Some(items) = self.items(name, bounds)? else { return Ok(None) };
        let texts = items.iter().map(|value| match value {
            Value::Text(text) => Ok(text.as_str()),
            _ => Err(wrong_type(name, "a list of strings")),
        });
        texts.collect::<Result<_, _>>().map(Some)
    }

    /// A list of texts that must be there.
    pub(crate) fn required_texts(
        &self,
        name: &str,
        bounds: std::ops::RangeInclusive<usize>,
    ) -> Result<Vec<&'a str>, ServiceError> {
        self.texts(name, bounds)?.ok_or_else(|| self.missing(name))
    }

    /// A list of numbers; `None` if absent.
    pub(crate) fn doubles(
        &self,
        name: &str,
        bounds: std::ops::RangeInclusive<usize>,
    ) -> Result<Option<Vec<f64>>, ServiceError> {
        let Some(items) = self.items(name, bounds)? else { return Ok(None) };
        let numbers = items.iter().map(|value| number_of(value).ok_or_else(|| wrong_type(name, "a list of numbers")));
        numbers.collect::<Result<_, _>>().map(Some)
    }

    /// A map from text to text; empty if absent.
    pub(crate) fn text_map(&self, name: &str) -> Result<Vec<(&'a str, &'a str)>, ServiceError> {
        match self.raw(name) {
            None => Ok(Vec::new()),
            Some(Value::Map(members)) => members
                .iter()
                .map(|(key, value)| match value {
                    Value::Text(text) => Ok((key.as_str(), text.as_str())),
                    _ => Err(wrong_type(name, "a map of strings")),
                })
                .collect(),
            Some(_) => Err(wrong_type(name, "a map")),
        }
    }
}

fn number_of(value: &Value) -> Option<f64> {
    match value {
        Value::Int(number) => Some(*number as f64),
        Value::Double(number) => Some(*number),
        Value::Text(text) => text.parse().ok(),
        _ => None,
    }
}

fn wrong_type(name: &str, wanted: &str) -> ServiceError {
    ServiceError::serialization(format!("{name} must be {wanted}"))
}

fn lower_first(name: &str) -> String {
    let mut letters = name.chars();
    letters.next().map_or_else(String::new, |first| first.to_ascii_lowercase().to_string() + letters.as_str())
}
