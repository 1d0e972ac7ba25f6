//! The policy the README asks for is what the program uses: no action more, none less.

use std::collections::BTreeSet;

use crate::repository::{files, text};

/// Where calls to AWS are made; each names its IAM action in a text of its own.
const CALLERS: &str = "server/crates/collect/src/";
/// The one command that writes, asked for by name, under a statement of its own in the README.
const WRITER: &str = "server/crates/collect/src/alarm_links.rs";
/// What follows is a file's own tests.
const TESTS_BEGIN: &str = "#[cfg(test)]";
/// What begins the policy: the first JSON of the README.
const FENCE: &str = "```json";

#[test]
fn the_policy_of_the_readme_is_what_is_called() {
    let called = called();
    assert!(called.len() >= 8, "only {called:?} were found below {CALLERS}");
    assert_eq!(asked_for(), called, "left: README.md, right: calls below {CALLERS}");
}

/// Actions of the first policy in the README.
fn asked_for() -> BTreeSet<String> {
    let readme = text("README.md").unwrap();
    let policy = readme.split(FENCE).nth(1).and_then(|rest| rest.split("```").next()).unwrap();
    let policy: serde_json::Value = serde_json::from_str(policy).unwrap();
    let statements = policy["Statement"].as_array().unwrap();
    assert!(statements.iter().all(|statement| statement["Effect"] == "Allow"));
    let actions = statements.iter().flat_map(|statement| statement["Action"].as_array().unwrap());
    actions.map(|action| action.as_str().unwrap().to_owned()).collect()
}

/// Texts of the form `service:Operation` in what calls AWS.
fn called() -> BTreeSet<String> {
    let sources =
        files().into_iter().filter(|file| file.starts_with(CALLERS) && file.ends_with(".rs") && file != WRITER);
    let mut found = BTreeSet::new();
    for file in sources {
        let source = text(&file).unwrap();
        let source = source.split(TESTS_BEGIN).next().unwrap_or_default();
        let texts = source.lines().filter(|line| !line.trim_start().starts_with("//")).flat_map(|line| line.split('"'));
        found.extend(texts.filter(|text| is_action(text)).map(str::to_owned));
    }
    found
}

fn is_action(text: &str) -> bool {
    let Some((service, operation)) = text.split_once(':') else { return false };
    let is_lower = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    !service.is_empty()
        && service.chars().all(is_lower)
        && operation.starts_with(|c: char| c.is_ascii_uppercase())
        && operation.chars().all(|c| c.is_ascii_alphanumeric())
}

#[test]
fn an_action_is_known_by_its_form() {
    for (text, expected) in [
        ("pi:GetResourceMetrics", true),
        ("elasticloadbalancing:DescribeLoadBalancers", true),
        ("arn:aws:pi", false),
        ("Lock:transactionid", false),
        (":alarm:", false),
        ("pi:", false),
    ] {
        assert_eq!(is_action(text), expected, "{text}");
    }
}
