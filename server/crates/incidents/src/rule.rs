//! The rule of a composite alarm: a boolean expression over the states of other alarms.
//!
//! <https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutCompositeAlarm.html>:
//! `ALARM(x)`, `OK(x)`, `INSUFFICIENT_DATA(x)`, `TRUE`, `FALSE`, `AND`, `OR`, `NOT`, parentheses and
//! `AT_LEAST(2 | 50%, [NOT] STATE, (x, y, z))`. An alarm is named by name or ARN, in double quotes
//! or without.

use samples::AlarmStatus;

/// A parsed rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Rule {
    /// `TRUE` or `FALSE`.
    Always(bool),
    /// One alarm is in a state.
    Is(AlarmStatus, String),
    /// `NOT`.
    Not(Box<Self>),
    /// `AND`, two terms or more.
    All(Vec<Self>),
    /// `OR`, two terms or more.
    Any(Vec<Self>),
    /// `AT_LEAST`: as many (or as large a part) of the terms hold.
    AtLeast(Amount, Vec<Self>),
}

/// The first argument of `AT_LEAST`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Amount {
    /// So many.
    Count(u32),
    /// So many of a hundred.
    Percent(u32),
}

/// One alarm a rule refers to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleChild {
    /// Name or ARN as written.
    pub reference: String,
    /// State the rule asks for.
    pub status: AlarmStatus,
    /// Under an odd number of `NOT`: the rule holds while the alarm is in another state.
    pub is_negated: bool,
}

/// Why a rule cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RuleError {
    /// Something else was expected here.
    #[error("the alarm rule cannot be read from byte {at} on")]
    Unexpected {
        /// Byte of the rule.
        at: usize,
    },
    /// Longer than the 10,240 characters AWS allows, or nested too deeply.
    #[error("the alarm rule is too large")]
    TooLarge,
}

/// `AlarmRule` has at most this many characters; in bytes of UTF-8 four times that.
const MAX_BYTES: usize = 4 * 10_240;

/// Deepest nesting that is followed; a rule names at most 100 alarms.
const MAX_DEPTH: u32 = 128;

impl Rule {
    /// Reads `AlarmRule`.
    ///
    /// # Errors
    /// [`RuleError`] when the text is no rule.
    pub fn parse(text: &str) -> Result<Self, RuleError> {
        if text.len() > MAX_BYTES {
            return Err(RuleError::TooLarge);
        }
        let mut reader = Reader { text, at: 0 };
        let rule = reader.any(0)?;
        reader.skip_space();
        if reader.at == text.len() { Ok(rule) } else { Err(RuleError::Unexpected { at: reader.at }) }
    }

    /// The alarms it refers to, in reading order, each reference and polarity once.
    #[must_use]
    pub fn children(&self) -> Vec<RuleChild> {
        let mut children = Vec::new();
        self.collect_children(false, &mut children);
        children
    }

    fn collect_children(&self, is_negated: bool, into: &mut Vec<RuleChild>) {
        match self {
            Self::Always(_) => {}
            Self::Is(status, reference) => {
                let child = RuleChild { reference: reference.clone(), status: *status, is_negated };
                if !into.contains(&child) {
                    into.push(child);
                }
            }
            Self::Not(term) => term.collect_children(!is_negated, into),
            Self::All(terms) | Self::Any(terms) | Self::AtLeast(_, terms) => {
                terms.iter().for_each(|term| term.collect_children(is_negated, into));
            }
        }
    }

    /// Whether the rule holds; `status_of` gives the state of an alarm by name or ARN. `None` when
    /// the states that are known do not decide it.
    #[must_use]
    pub fn holds(&self, status_of: &impl Fn(&str) -> Option<AlarmStatus>) -> Option<bool> {
        match self {
            Self::Always(value) => Some(*value),
            Self::Is(status, reference) => status_of(reference).map(|have| have == *status),
            Self::Not(term) => term.holds(status_of).map(|value| !value),
            Self::All(terms) => decide(terms.len(), terms, status_of),
            Self::Any(terms) => decide(1, terms, status_of),
            Self::AtLeast(Amount::Count(count), terms) => decide(*count as usize, terms, status_of),
            Self::AtLeast(Amount::Percent(percent), terms) => {
                decide((terms.len() * *percent as usize).div_ceil(100), terms, status_of)
            }
        }
    }
}

/// Whether at least `wanted` of the terms hold.
fn decide(wanted: usize, terms: &[Rule], status_of: &impl Fn(&str) -> Option<AlarmStatus>) -> Option<bool> {
    let known: Vec<_> = terms.iter().map(|term| term.holds(status_of)).collect();
    let sure = known.iter().filter(|value| **value == Some(true)).count();
    let possible = known.iter().filter(|value| **value != Some(false)).count();
    if sure >= wanted {
        Some(true)
    } else if possible < wanted {
        Some(false)
    } else {
        None
    }
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Reader<'a> {
    const fn unexpected<T>(&self) -> Result<T, RuleError> {
        Err(RuleError::Unexpected { at: self.at })
    }

    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    fn skip_space(&mut self) {
        self.at = self.text.len() - self.rest().trim_start().len();
    }

    fn take(&mut self, byte: u8) -> bool {
        self.skip_space();
        let found = self.rest().as_bytes().first() == Some(&byte);
        self.at += usize::from(found);
        found
    }

    fn expect(&mut self, byte: u8) -> Result<(), RuleError> {
        if self.take(byte) { Ok(()) } else { self.unexpected() }
    }

    /// The next word, without consuming it.
    fn peek_word(&mut self) -> &'a str {
        self.skip_space();
        let rest = self.rest();
        let end = rest.find(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_').unwrap_or(rest.len());
        &rest[..end]
    }

    fn take_word(&mut self, word: &str) -> bool {
        let found = self.peek_word().eq_ignore_ascii_case(word);
        self.at += if found { word.len() } else { 0 };
        found
    }

    /// `OR` binds weakest.
    fn any(&mut self, depth: u32) -> Result<Rule, RuleError> {
        let mut terms = vec![self.all(depth)?];
        while self.take_word("OR") {
            terms.push(self.all(depth)?);
        }
        Ok(single_or(terms, Rule::Any))
    }

    fn all(&mut self, depth: u32) -> Result<Rule, RuleError> {
        let mut terms = vec![self.term(depth)?];
        while self.take_word("AND") {
            terms.push(self.term(depth)?);
        }
        Ok(single_or(terms, Rule::All))
    }

    fn term(&mut self, depth: u32) -> Result<Rule, RuleError> {
        if depth > MAX_DEPTH {
            return Err(RuleError::TooLarge);
        }
        if self.take_word("NOT") {
            return Ok(Rule::Not(Box::new(self.term(depth + 1)?)));
        }
        if self.take(b'(') {
            let inside = self.any(depth + 1)?;
            self.expect(b')')?;
            return Ok(inside);
        }
        if self.take_word("TRUE") {
            return Ok(Rule::Always(true));
        }
        if self.take_word("FALSE") {
            return Ok(Rule::Always(false));
        }
        if self.take_word("AT_LEAST") {
            return self.at_least();
        }
        let status = self.status()?;
        self.expect(b'(')?;
        let alarm = self.alarm()?;
        self.expect(b')')?;
        Ok(Rule::Is(status, alarm))
    }

    fn status(&mut self) -> Result<AlarmStatus, RuleError> {
        let word = self.peek_word();
        let Some(status) = AlarmStatus::from_name(&word.to_ascii_uppercase()) else { return self.unexpected() };
        self.at += word.len();
        Ok(status)
    }

    /// After `AT_LEAST`: `(2, ALARM, (x, y))`, `("50%", NOT OK, (x, y))`.
    fn at_least(&mut self) -> Result<Rule, RuleError> {
        self.expect(b'(')?;
        let is_quoted = self.take(b'"');
        let digits = self.peek_word();
        let Ok(number) = digits.parse::<u32>() else { return self.unexpected() };
        self.at += digits.len();
        let amount = if self.take(b'%') { Amount::Percent(number) } else { Amount::Count(number) };
        if is_quoted {
            self.expect(b'"')?;
        }
        self.expect(b',')?;
        let is_negated = self.take_word("NOT");
        let status = self.status()?;
        self.expect(b',')?;
        self.expect(b'(')?;
        let mut terms = Vec::new();
        loop {
            let term = Rule::Is(status, self.alarm()?);
            terms.push(if is_negated { Rule::Not(Box::new(term)) } else { term });
            if !self.take(b',') {
                break;
            }
        }
        self.expect(b')')?;
        self.expect(b')')?;
        Ok(Rule::AtLeast(amount, terms))
    }

    /// A name or ARN: in double quotes with `\"` and `\\` inside, or up to the next `)` or `,`.
    fn alarm(&mut self) -> Result<String, RuleError> {
        if !self.take(b'"') {
            let rest = self.rest();
            let name = rest.find([')', ',']).map_or("", |end| &rest[..end]);
            if name.trim().is_empty() {
                return self.unexpected();
            }
            self.at += name.len();
            return Ok(name.trim().to_owned());
        }
        let mut name = String::new();
        let mut letters = self.rest().char_indices();
        while let Some((offset, letter)) = letters.next() {
            match letter {
                '"' if !name.is_empty() => {
                    self.at += offset + 1;
                    return Ok(name);
                }
                '"' => return self.unexpected(),
                '\\' => match letters.next() {
                    Some((_, escaped @ ('"' | '\\'))) => name.push(escaped),
                    Some((_, other)) => name.extend(['\\', other]),
                    None => return self.unexpected(),
                },
                other => name.push(other),
            }
        }
        self.unexpected()
    }
}

fn single_or(mut terms: Vec<Rule>, join: impl FnOnce(Vec<Rule>) -> Rule) -> Rule {
    match terms.pop() {
        Some(only) if terms.is_empty() => only,
        Some(last) => {
            terms.push(last);
            join(terms)
        }
        None => Rule::Always(false),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn children(text: &str) -> Vec<(String, &'static str, bool)> {
        let rule = Rule::parse(text).unwrap();
        rule.children().into_iter().map(|child| (child.reference, child.status.name(), child.is_negated)).collect()
    }

    #[test]
    fn children_come_in_reading_order_with_their_sign() {
        for (text, expected) in [
            ("ALARM(a)", vec![("a", "ALARM", false)]),
            ("ALARM(\"a b\") AND NOT ALARM(deploy)", vec![("a b", "ALARM", false), ("deploy", "ALARM", true)]),
            (
                "(ALARM(x/y) OR OK(z)) AND (NOT (INSUFFICIENT_DATA(\"q(1)\") OR NOT ALARM(r)))",
                vec![
                    ("x/y", "ALARM", false),
                    ("z", "OK", false),
                    ("q(1)", "INSUFFICIENT_DATA", true),
                    ("r", "ALARM", false),
                ],
            ),
            (
                "ALARM(\"arn:aws:cloudwatch:us-east-1:123456789012:alarm:a:b\")",
                vec![("arn:aws:cloudwatch:us-east-1:123456789012:alarm:a:b", "ALARM", false)],
            ),
            ("AT_LEAST(2, ALARM, (a, \"b, c\"))", vec![("a", "ALARM", false), ("b, c", "ALARM", false)]),
            ("AT_LEAST(\"50%\", NOT OK, (a,b))", vec![("a", "OK", true), ("b", "OK", true)]),
            ("ALARM(\"say \\\"hi\\\"\")", vec![("say \"hi\"", "ALARM", false)]),
            ("FALSE", vec![]),
            ("  TRUE or alarm( a )  ", vec![("a", "ALARM", false)]),
        ] {
            let expected: Vec<_> =
                expected.into_iter().map(|(name, state, sign)| (name.to_owned(), state, sign)).collect();
            assert_eq!(children(text), expected, "{text}");
        }
    }

    #[test]
    fn what_is_no_rule_is_refused() {
        for text in [
            "",
            "ALARM()",
            "ALARM(\"\")",
            "ALARM(a",
            "ALARM(a) AND",
            "FOO(a)",
            "ALARM(a) ALARM(b)",
            "(ALARM(a)",
            "\"a\"",
        ] {
            assert!(Rule::parse(text).is_err(), "{text}");
        }
        assert_eq!(Rule::parse(&"(".repeat(5000)), Err(RuleError::TooLarge));
        assert_eq!(Rule::parse(&"NOT ".repeat(5000)), Err(RuleError::TooLarge));
    }

    #[test]
    fn rules_decide_as_far_as_states_are_known() {
        let states = |name: &str| match name {
            "a" => Some(AlarmStatus::Alarm),
            "o" => Some(AlarmStatus::Ok),
            _ => None,
        };
        for (text, expected) in [
            ("ALARM(a) AND NOT ALARM(o)", Some(true)),
            ("ALARM(a) AND ALARM(x)", None),
            ("ALARM(o) AND ALARM(x)", Some(false)),
            ("ALARM(a) OR ALARM(x)", Some(true)),
            ("AT_LEAST(2, ALARM, (a, o, x))", None),
            ("AT_LEAST(34%, ALARM, (a, o, o))", Some(false)),
            ("AT_LEAST(33%, ALARM, (a, o, o))", Some(true)),
            ("FALSE", Some(false)),
        ] {
            assert_eq!(Rule::parse(text).unwrap().holds(&states), expected, "{text}");
        }
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_a_rule_or_not(text in "[A-Z_(),\" %a-c0-9\\\\é]{0,80}") {
            if let Ok(rule) = Rule::parse(&text) {
                let _children = rule.children();
            }
        }
    }
}
