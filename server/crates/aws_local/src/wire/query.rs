//! Query requests: a form whose names spell a path, `Filters.Filter.1.Name=engine`.
//!
//! The path becomes nested maps. A map whose names are all numbers is a list; one that holds nothing
//! but such a list (`member`, `Filter`, `entry`) is that list too. All leaves are text: the readers of
//! [`crate::input`] turn them into what the model says.

use super::{List, Value};

/// A path deeper than this is cut: no AWS shape nests so far.
const DEEPEST: usize = 16;

pub(super) fn decode(body: &[u8]) -> Value {
    let pairs: Vec<(String, String)> = serde_urlencoded::from_bytes(body).unwrap_or_default();
    let mut root = Vec::new();
    for (path, text) in pairs {
        let parts: Vec<&str> = path.split('.').take(DEEPEST).collect();
        insert(&mut root, &parts, text);
    }
    Value::Map(root.into_iter().map(|(name, value)| (name, fold(value))).collect())
}

fn insert(members: &mut Vec<(String, Value)>, path: &[&str], text: String) {
    let [name, rest @ ..] = path else { return };
    let index = match members.iter().position(|(found, _)| found == name) {
        Some(index) => index,
        None => {
            members.push(((*name).to_owned(), Value::Map(Vec::new())));
            members.len() - 1
        }
    };
    let slot = &mut members[index].1;
    if rest.is_empty() {
        *slot = Value::Text(text);
    } else {
        if !matches!(slot, Value::Map(_)) {
            *slot = Value::Map(Vec::new());
        }
        if let Value::Map(inner) = slot {
            insert(inner, rest, text);
        }
    }
}

fn fold(value: Value) -> Value {
    let Value::Map(members) = value else { return value };
    let mut members: Vec<(String, Value)> = members.into_iter().map(|(name, value)| (name, fold(value))).collect();
    if !members.is_empty() && members.iter().all(|(name, _)| name.parse::<u32>().is_ok()) {
        members.sort_by_key(|(name, _)| name.parse::<u32>().unwrap_or(0));
        let items = members.into_iter().map(|(_, value)| value).collect();
        return Value::List(List { member: "member", items });
    }
    match members.as_slice() {
        [(_, Value::List(_))] => members.remove(0).1,
        _ => Value::Map(members),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_in_all_spellings() {
        let value = decode(
            b"Action=X&Filters.Filter.1.Name=engine&Filters.Filter.1.Values.Value.1=postgres\
              &Names.member.2=b&Names.member.1=a&InstanceId.1=i-1",
        );
        let filter = Value::Map(vec![
            ("Name".to_owned(), Value::text("engine")),
            ("Values".to_owned(), Value::list([Value::text("postgres")])),
        ]);
        assert_eq!(value.get("Filters"), Some(&Value::list([filter])));
        assert_eq!(value.get("Names"), Some(&Value::list([Value::text("a"), Value::text("b")])));
        assert_eq!(value.get("InstanceId"), Some(&Value::list([Value::text("i-1")])));
    }
}
