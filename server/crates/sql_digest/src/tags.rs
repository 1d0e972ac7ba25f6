//! Tags that frameworks write into comments: sqlcommenter's `key='value'` and marginalia's `key:value`.

use std::fmt;

use serde::ser::{Serialize, SerializeMap, Serializer};

/// Longest value kept, in bytes. A longer one is dropped, not cut: a cut route names another route.
pub const TAG_VALUE_MAX: usize = 64;

/// The tags that are kept. Others may carry anything, so they are dropped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TagKey {
    /// `route`
    Route,
    /// `controller`
    Controller,
    /// `action`
    Action,
    /// `framework`
    Framework,
    /// `application`
    Application,
    /// `db_driver`
    DbDriver,
}

impl TagKey {
    /// Every key, in the order of their names on a page.
    pub const ALL: [Self; 6] =
        [Self::Application, Self::Framework, Self::Controller, Self::Action, Self::Route, Self::DbDriver];

    /// The key as comments spell it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Route => "route",
            Self::Controller => "controller",
            Self::Action => "action",
            Self::Framework => "framework",
            Self::Application => "application",
            Self::DbDriver => "db_driver",
        }
    }

    fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|key| key.name() == name)
    }
}

impl fmt::Display for TagKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The tags of one statement, sorted by key, one value each (the first met).
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Tags(Vec<(TagKey, String)>);

impl Tags {
    /// The value of a tag.
    #[must_use]
    pub fn get(&self, key: TagKey) -> Option<&str> {
        self.iter().find(|(found, _)| *found == key).map(|(_, value)| value)
    }

    /// Key and value pairs, sorted by key.
    pub fn iter(&self) -> impl Iterator<Item = (TagKey, &str)> {
        self.0.iter().map(|(key, value)| (*key, value.as_str()))
    }

    /// Whether the statement carried no tag.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Adds the tags of one comment, given without its delimiters.
    pub(crate) fn read_comment(&mut self, inside: &str) {
        let mut rest = inside.trim();
        while !rest.is_empty() {
            let Some(sign) = rest.find(['=', ':']) else { return };
            let key = rest[..sign].trim();
            let (value, after) = read_value(&rest[sign + 1..]);
            if let (Some(key), Some(value)) = (TagKey::from_name(key), value)
                && self.get(key).is_none()
            {
                self.0.push((key, value));
                self.0.sort_by_key(|(key, _)| *key);
            }
            rest = after;
        }
    }
}

impl Serialize for Tags {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (key, value) in self.iter() {
            map.serialize_entry(key.name(), value)?;
        }
        map.end()
    }
}

/// A quoted or bare value, decoded if it may be kept, and what stands behind its comma.
fn read_value(text: &str) -> (Option<String>, &str) {
    let text = text.trim_start();
    let (raw, after) = match text.strip_prefix('\'') {
        Some(inside) => match closing_quote(inside) {
            Some(end) => (&inside[..end], &inside[end + 1..]),
            None => return (None, ""),
        },
        None => text.split_at(text.find(',').unwrap_or(text.len())),
    };
    let rest = after.find(',').map_or("", |comma| after[comma + 1..].trim_start());
    (decode(raw.trim()), rest)
}

/// A quote that no backslash stands before.
fn closing_quote(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    (0..bytes.len()).find(|&at| bytes[at] == b'\'' && (at == 0 || bytes[at - 1] != b'\\'))
}

/// Percent-decodes a value; `None` when it is empty, too long, not UTF-8 or holds control characters.
fn decode(raw: &str) -> Option<String> {
    // Three bytes of input make at least one of output.
    if raw.len() > 3 * TAG_VALUE_MAX {
        return None;
    }
    let mut bytes = Vec::with_capacity(raw.len());
    let mut rest = raw.as_bytes();
    while let [byte, tail @ ..] = rest {
        let hex = |at: usize| tail.get(at).and_then(|digit| char::from(*digit).to_digit(16));
        match (byte, hex(0), hex(1)) {
            (b'%', Some(high), Some(low)) => {
                bytes.push((high * 16 + low) as u8);
                rest = &tail[2..];
            }
            (b'\\', _, _) if tail.first() == Some(&b'\'') => rest = tail,
            _ => {
                bytes.push(*byte);
                rest = tail;
            }
        }
    }
    let value = String::from_utf8(bytes).ok()?;
    let fits = !value.is_empty() && value.len() <= TAG_VALUE_MAX && !value.chars().any(char::is_control);
    fits.then_some(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(comment: &str, expected: &[(TagKey, &str)]) {
        let mut tags = Tags::default();
        tags.read_comment(comment);
        assert_eq!(tags.iter().collect::<Vec<_>>(), expected, "{comment}");
    }

    #[test]
    fn both_spellings_are_read_and_only_listed_keys_kept() {
        check(
            "action='%2Fparam*d',controller='index',framework='spring',traceparent='00-5bd6',tracestate='a%3D1'",
            &[(TagKey::Controller, "index"), (TagKey::Action, "/param*d"), (TagKey::Framework, "spring")],
        );
        check(
            "application:Shop,controller:orders,action:index,line:/app/x.rb:12",
            &[(TagKey::Controller, "orders"), (TagKey::Action, "index"), (TagKey::Application, "Shop")],
        );
        check("route='it\\'s'", &[(TagKey::Route, "it's")]);
    }

    #[test]
    fn what_is_no_tag_is_dropped() {
        check("just a remark", &[]);
        check("see: http://example.com", &[]);
        check("route='unclosed", &[]);
        check("route=''", &[]);
        check("route='a%0Ab'", &[]);
        check("route='%ff'", &[]);
        check(&format!("route='{}'", "x".repeat(65)), &[]);
        check(&format!("route='{}',action='a'", "x".repeat(650)), &[(TagKey::Action, "a")]);
    }
}
