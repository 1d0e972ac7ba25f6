//! What a `PromQL` query tells about the resources it watches: its selectors.
//!
//! CloudWatch puts the metric's name either before the braces or, quoted, inside them, and prefixes
//! labels by their scope (`@resource.service.name`, `@datapoint.InstanceId`); datapoint attributes
//! may also stand bare.
//! <https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch-PromQL-Querying.html>

use std::collections::BTreeMap;

/// One selector: a metric name and the labels fixed by equality.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Selector {
    /// Metric name; empty when the query names none.
    pub metric: String,
    /// Label (without `@datapoint.`) → value, for `=` only.
    pub labels: BTreeMap<String, String>,
}

/// Longest query that is looked at, in bytes; AWS allows 10,000 characters.
const MAX_BYTES: usize = 40_000;

/// Every `name{…}` of a query, in reading order.
#[must_use]
pub fn selectors(query: &str) -> Vec<Selector> {
    let mut found = Vec::new();
    let mut rest = if query.len() > MAX_BYTES { "" } else { query };
    while let Some(open) = rest.find('{') {
        let before = &rest[..open];
        let name_from = before
            .rfind(|letter: char| !is_name(letter))
            .map_or(0, |at| at + before[at..].chars().next().map_or(1, char::len_utf8));
        let mut selector = Selector { metric: before[name_from..].to_owned(), labels: BTreeMap::new() };
        rest = matchers(&rest[open + 1..], &mut selector);
        found.push(selector);
    }
    found
}

fn is_name(letter: char) -> bool {
    letter.is_ascii_alphanumeric() || letter == '_' || letter == ':'
}

/// Reads matchers up to the closing brace; gives what follows it.
fn matchers<'a>(text: &'a str, selector: &mut Selector) -> &'a str {
    let mut rest = text;
    loop {
        rest = rest.trim_start_matches(|letter: char| letter.is_whitespace() || letter == ',');
        if rest.is_empty() || rest.starts_with('}') {
            return rest.strip_prefix('}').unwrap_or_default();
        }
        let (label, is_quoted, after) = token(rest);
        let after = after.trim_start();
        let operator = ["=~", "!~", "!=", "="].into_iter().find(|operator| after.starts_with(operator));
        let Some(operator) = operator else {
            if is_quoted && selector.metric.is_empty() {
                selector.metric = label;
            }
            rest = if after.len() < rest.len() { after } else { skip_one(rest) };
            continue;
        };
        let (value, _, after) = token(after[operator.len()..].trim_start());
        rest = after;
        if operator == "=" {
            keep(selector, &label, value);
        }
    }
}

fn keep(selector: &mut Selector, label: &str, value: String) {
    let label = label.strip_prefix("@datapoint.").unwrap_or(label);
    if matches!(label, "__name__" | "@name") {
        selector.metric = value;
    } else {
        selector.labels.insert(label.to_owned(), value);
    }
}

/// A quoted text (with `\` escapes) or a bare name, and what follows.
fn token(text: &str) -> (String, bool, &str) {
    let Some(sign) = text.chars().next().filter(|first| matches!(first, '"' | '\'' | '`')) else {
        let end = text.find(|letter: char| !(is_name(letter) || letter == '.' || letter == '@')).unwrap_or(text.len());
        return (text[..end].to_owned(), false, &text[end..]);
    };
    let mut value = String::new();
    let mut letters = text[1..].char_indices();
    while let Some((at, letter)) = letters.next() {
        match letter {
            '\\' if sign != '`' => value.extend(letters.next().map(|(_, escaped)| escaped)),
            _ if letter == sign => return (value, true, &text[at + 2..]),
            _ => value.push(letter),
        }
    }
    (value, true, "")
}

fn skip_one(text: &str) -> &str {
    &text[text.chars().next().map_or(0, char::len_utf8)..]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn selectors_tell_metric_and_labels() {
        let query = "avg by (DBInstanceIdentifier) ({\"CPUUtilization\", \"@instrumentation.@name\"=\"cloudwatch.aws/rds\", \
                     DBInstanceIdentifier=\"orders-1\", \"@resource.region\"=~\"us-.*\"}) > 80 and rate(http_requests_total{job='api'}[5m])";
        let found = selectors(query);
        assert_eq!(found.len(), 2);
        assert_eq!(found[0].metric, "CPUUtilization");
        assert_eq!(found[0].labels["DBInstanceIdentifier"], "orders-1");
        assert_eq!(found[0].labels["@instrumentation.@name"], "cloudwatch.aws/rds");
        assert_eq!(found[0].labels.len(), 2);
        assert_eq!(found[1].metric, "http_requests_total");
        assert_eq!(found[1].labels["job"], "api");
        assert_eq!(selectors("{\"@datapoint.@name\"=\"x\"}")[0].metric, "x");
        assert!(selectors("1 > 2").is_empty());
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_read_without_panic(text in "[{}\"'`=!~,@.a-c\\\\é ]{0,60}") {
            let _found = selectors(&text);
        }
    }
}
