//! Composite alarms: a rule over the states of other alarms.
//! <https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutCompositeAlarm.html>

use super::super::Call;
use super::alarm_rules::State;
use super::alarms::{self, Change, Kind};
use crate::error::ServiceError;
use crate::wire::Value;
use crate::world::World;
use crate::world::alarms::{Alarm, AlarmBook};
use serde_json::json;

/// Longest rule, and deepest nesting of it.
const LONGEST_RULE: usize = 10_240;
const DEEPEST: usize = 40;
/// Composite alarms may watch composite alarms; a chain longer than this settles in later rounds.
const MOST_ROUNDS: usize = 5;

/// A rule, read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Rule {
    /// `ALARM("name")`, `OK(arn)`, `INSUFFICIENT_DATA(name)`.
    Is(State, String),
    Constant(bool),
    Not(Box<Rule>),
    And(Box<Rule>, Box<Rule>),
    Or(Box<Rule>, Box<Rule>),
}

impl Rule {
    /// Reads `ALARM("a") AND NOT (OK(b) OR TRUE)`.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let mut reader = Reader { rest: text, depth: 0 };
        let rule = reader.either()?;
        match reader.rest.trim_start() {
            "" => Ok(rule),
            rest => Err(format!("unexpected `{}`", rest.chars().take(20).collect::<String>())),
        }
    }

    /// Names or ARNs of the alarms it is about, in the order of the text.
    pub(super) fn children(&self) -> Vec<&str> {
        match self {
            Self::Is(_, alarm) => vec![alarm],
            Self::Constant(_) => Vec::new(),
            Self::Not(inner) => inner.children(),
            Self::And(left, right) | Self::Or(left, right) => {
                left.children().into_iter().chain(right.children()).collect()
            }
        }
    }

    /// Whether it holds, by the state of each alarm; an alarm that does not exist has none.
    fn holds(&self, state_of: &dyn Fn(&str) -> Option<State>) -> bool {
        match self {
            Self::Is(state, alarm) => state_of(alarm) == Some(*state),
            Self::Constant(value) => *value,
            Self::Not(inner) => !inner.holds(state_of),
            Self::And(left, right) => left.holds(state_of) && right.holds(state_of),
            Self::Or(left, right) => left.holds(state_of) || right.holds(state_of),
        }
    }
}

struct Reader<'a> {
    rest: &'a str,
    depth: usize,
}

impl Reader<'_> {
    fn word(&mut self, word: &str) -> bool {
        let text = self.rest.trim_start();
        let is_it = text.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word))
            && !text[word.len()..].starts_with(|next: char| next.is_alphanumeric() || next == '_');
        if is_it {
            self.rest = &text[word.len()..];
        }
        is_it
    }

    fn mark(&mut self, mark: char) -> bool {
        let text = self.rest.trim_start();
        match text.strip_prefix(mark) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    fn either(&mut self) -> Result<Rule, String> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err("the rule is nested too deeply".to_owned());
        }
        let mut left = self.both()?;
        while self.word("OR") {
            left = Rule::Or(Box::new(left), Box::new(self.both()?));
        }
        self.depth -= 1;
        Ok(left)
    }

    fn both(&mut self) -> Result<Rule, String> {
        let mut left = self.one()?;
        while self.word("AND") {
            left = Rule::And(Box::new(left), Box::new(self.one()?));
        }
        Ok(left)
    }

    fn one(&mut self) -> Result<Rule, String> {
        if self.word("NOT") {
            self.depth += 1;
            if self.depth > DEEPEST {
                return Err("the rule is nested too deeply".to_owned());
            }
            let inner = self.one()?;
            self.depth -= 1;
            return Ok(Rule::Not(Box::new(inner)));
        }
        if self.mark('(') {
            let inner = self.either()?;
            return if self.mark(')') { Ok(inner) } else { Err("`)` is missing".to_owned()) };
        }
        for (word, value) in [("TRUE", true), ("FALSE", false)] {
            if self.word(word) {
                return Ok(Rule::Constant(value));
            }
        }
        for state in [State::Alarm, State::Ok, State::InsufficientData] {
            if self.word(state.name()) {
                return Ok(Rule::Is(state, self.name()?));
            }
        }
        Err(format!("unexpected `{}`", self.rest.trim_start().chars().take(20).collect::<String>()))
    }

    fn name(&mut self) -> Result<String, String> {
        if !self.mark('(') {
            return Err("`(` is missing".to_owned());
        }
        let text = self.rest.trim_start();
        let (name, rest) = match text.chars().next() {
            Some(quote @ ('"' | '\'')) => text[1..].split_once(quote).ok_or("a name is not closed")?,
            _ => {
                let end = text.find(')').ok_or("`)` is missing")?;
                (text[..end].trim_end(), &text[end..])
            }
        };
        if name.is_empty() {
            return Err("an alarm is not named".to_owned());
        }
        let name = name.to_owned();
        self.rest = rest;
        if self.mark(')') { Ok(name) } else { Err("`)` is missing".to_owned()) }
    }
}

/// The name in an ARN, or the name itself.
fn name_of(alarm: &str) -> &str {
    alarm.split_once(":alarm:").map_or(alarm, |(_, name)| name)
}

fn rule_of(alarm: &Alarm) -> Option<Rule> {
    Rule::parse(alarm.configuration["AlarmRule"].as_str()?).ok()
}

/// Names of the alarms a composite alarm watches.
pub(super) fn children_of(alarm: &Alarm) -> Vec<String> {
    let rule = rule_of(alarm);
    rule.iter().flat_map(Rule::children).map(|child| name_of(child).to_owned()).collect()
}

/// Members of `PutCompositeAlarm` alone.
const MEMBERS: &[(&str, Kind)] = &[
    ("AlarmRule", Kind::Text),
    ("ActionsSuppressor", Kind::Text),
    ("ActionsSuppressorWaitPeriod", Kind::Count),
    ("ActionsSuppressorExtensionPeriod", Kind::Count),
];

pub(super) fn put_composite_alarm(call: &Call<'_>) -> Result<Value, ServiceError> {
    let input = &call.input;
    let name = input.required_text("AlarmName")?;
    let text = input.required_text("AlarmRule")?;
    if text.len() > LONGEST_RULE {
        return Err(input.broken("AlarmRule", "…", &format!("have length less than or equal to {LONGEST_RULE}")));
    }
    let unusable = |reason: String| ServiceError::validation(format!("AlarmRule is not valid: {reason}"));
    let rule = Rule::parse(text).map_err(unusable)?;
    {
        let book = call.world.alarms();
        if let Some(missing) = rule.children().into_iter().find(|child| !book.alarms.contains_key(name_of(child))) {
            return Err(ServiceError::validation(format!(
                "AlarmRule refers to the alarm {missing}, which does not exist"
            )));
        }
        if rule.children().into_iter().any(|child| name_of(child) == name) {
            return Err(ServiceError::validation("AlarmRule refers to the alarm itself"));
        }
    }
    alarms::put(call, MEMBERS)
}

/// Evaluates every composite alarm by the states of its children.
pub(super) fn evaluate(world: &World) {
    for _ in 0..MOST_ROUNDS {
        let mut book = world.alarms();
        let changes: Vec<(String, Change)> = book
            .alarms
            .values()
            .filter_map(|alarm| Some((alarm.name.clone(), verdict(world, &book, alarm)?)))
            .collect();
        if changes.is_empty() {
            return;
        }
        for (name, change) in changes {
            alarms::apply(world, &mut book, &name, change);
        }
    }
}

/// The new state of a composite alarm; `None` when it stays, or is none.
fn verdict(world: &World, book: &AlarmBook, alarm: &Alarm) -> Option<Change> {
    let rule = rule_of(alarm)?;
    let found = |child: &str| book.alarms.get(name_of(child));
    let state_of = |child: &str| found(child).map(|alarm| State::parse(&alarm.state));
    let state = if rule.holds(&state_of) { State::Alarm } else { State::Ok };
    if alarm.state == state.name() {
        return None;
    }
    // The newest change among the children is what triggered this one.
    let trigger = rule.children().into_iter().filter_map(found).max_by_key(|child| child.transitioned_ms);
    let arn = |child: &Alarm| alarms::alarm_arn(world.region(), &child.name);
    let reason = trigger.map_or_else(
        || format!("{} was created and its alarm rule evaluates to {}", alarm.name, state.name()),
        |child| format!("{} transitioned to {} at {}", arn(child), child.state, long_time(child.transitioned_ms)),
    );
    let data = json!({
        "triggeringAlarms": trigger.iter().map(|child| json!({
            "arn": arn(child),
            "state": { "value": child.state, "timestamp": alarms::reason_time(child.transitioned_ms.div_euclid(1_000)) },
        })).collect::<Vec<_>>(),
    });
    Some(Change { state: state.name(), reason, data: Some(data.to_string()) })
}

/// `Wednesday 10 November, 2021 02:45:55 UTC`.
fn long_time(at_ms: i64) -> String {
    jiff::Timestamp::from_millisecond(at_ms)
        .map(|at| at.to_zoned(jiff::tz::TimeZone::UTC).strftime("%A %d %B, %Y %H:%M:%S UTC").to_string())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_are_read_and_hold() {
        let state_of = |name: &str| match name {
            "high load" | "arn:aws:cloudwatch:us-east-1:1:alarm:errors" => Some(State::Alarm),
            "disk" => Some(State::Ok),
            "new" => Some(State::InsufficientData),
            _ => None,
        };
        for (text, expected) in [
            ("ALARM(\"high load\")", true),
            ("ALARM(disk)", false),
            ("NOT ALARM(disk)", true),
            ("ALARM(arn:aws:cloudwatch:us-east-1:1:alarm:errors) AND OK(disk)", true),
            ("ALARM(disk) OR (INSUFFICIENT_DATA('new') AND NOT FALSE)", true),
            ("ALARM(disk) OR ALARM(gone) AND TRUE", false),
            ("ALARM(\"high load\") AND NOT (OK(disk) OR OK(new))", false),
        ] {
            assert_eq!(Rule::parse(text).unwrap().holds(&state_of), expected, "{text}");
        }
        assert_eq!(Rule::parse("ALARM(a) OR NOT OK(\"b c\")").unwrap().children(), ["a", "b c"]);
    }

    #[test]
    fn what_is_no_rule_is_refused() {
        for text in ["", "ALARM()", "ALARM(a", "ALARM(a) ALARM(b)", "MAYBE(a)", "ALARM(\"a)"] {
            assert!(Rule::parse(text).is_err(), "{text}");
        }
        assert!(Rule::parse(&"(".repeat(1_000)).is_err());
        assert!(Rule::parse(&"NOT ".repeat(1_000)).is_err());
    }

    #[test]
    fn times_are_written_as_in_real_messages() {
        assert_eq!(long_time(1_636_512_355_000), "Wednesday 10 November, 2021 02:45:55 UTC");
    }
}
