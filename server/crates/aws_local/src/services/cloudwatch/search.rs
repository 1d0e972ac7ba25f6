//! The query of `SEARCH`: which metrics it means.
//! <https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/search-expression-syntax.html>
//!
//! `{Namespace,Dim1,Dim2} MetricName="X" Dim1=part OR word`: the schema in braces wants exactly those
//! dimensions; `name="value"` wants the whole value, `name=part` and bare words want the part's tokens
//! among the value's. Tokens are words of letters or digits, split where the case rises.

use crate::world::metrics::MetricKey;

/// Longest query, in characters.
const LONGEST: usize = 1_024;
const DEEPEST: usize = 20;

/// A query, read.
#[derive(Debug)]
pub(super) struct Search {
    schema: Option<(String, Vec<String>)>,
    term: Option<Term>,
}

#[derive(Debug)]
enum Term {
    /// Property (empty: any), wanted text, whether it is quoted.
    Has(String, String, bool),
    Not(Box<Term>),
    And(Box<Term>, Box<Term>),
    Or(Box<Term>, Box<Term>),
}

impl Search {
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        if text.chars().count() > LONGEST {
            return Err(format!("a SEARCH query may have {LONGEST} characters"));
        }
        let mut rest = text.trim();
        let schema = match rest.strip_prefix('{') {
            None => None,
            Some(inner) => {
                let (names, after) = inner.split_once('}').ok_or("the schema of SEARCH is not closed")?;
                rest = after.trim();
                let mut names = names.split(',').map(|name| name.trim().trim_matches('"').to_owned());
                let namespace = names.next().filter(|name| !name.is_empty()).ok_or("SEARCH names no namespace")?;
                let mut dimensions: Vec<String> = names.filter(|name| !name.is_empty()).collect();
                dimensions.sort();
                Some((namespace, dimensions))
            }
        };
        let mut reader = Reader { rest, depth: 0 };
        let term = if rest.is_empty() { None } else { Some(reader.either()?) };
        if !reader.rest.trim().is_empty() {
            return Err(format!("unexpected `{}` in SEARCH", reader.rest.trim()));
        }
        if schema.is_none() && term.is_none() {
            return Err("SEARCH looks for nothing".to_owned());
        }
        Ok(Self { schema, term })
    }

    pub(super) fn finds(&self, key: &MetricKey) -> bool {
        let is_of_schema = self.schema.as_ref().is_none_or(|(namespace, dimensions)| {
            key.namespace == *namespace
                && key.dimensions.len() == dimensions.len()
                && key.dimensions.iter().zip(dimensions).all(|((found, _), wanted)| found == wanted)
        });
        is_of_schema && self.term.as_ref().is_none_or(|term| term.holds(key))
    }
}

impl Term {
    fn holds(&self, key: &MetricKey) -> bool {
        match self {
            Self::Not(inner) => !inner.holds(key),
            Self::And(left, right) => left.holds(key) && right.holds(key),
            Self::Or(left, right) => left.holds(key) || right.holds(key),
            Self::Has(property, wanted, is_quoted) => {
                let is_it = |value: &str| if *is_quoted { value == wanted } else { has_tokens(value, wanted) };
                match property.as_str() {
                    // One account only.
                    ":aws.AccountId" => true,
                    "MetricName" => is_it(&key.name),
                    "Namespace" => is_it(&key.namespace),
                    "" => {
                        let of_dimensions = key.dimensions.iter().any(|(name, value)| is_it(name) || is_it(value));
                        is_it(&key.name) || is_it(&key.namespace) || of_dimensions
                    }
                    name => key.dimensions.iter().any(|(found, value)| found == name && is_it(value)),
                }
            }
        }
    }
}

/// Words of letters or digits, in lower case; `CPUUtilization` is `cpu` and `utilization`.
fn tokens(text: &str) -> Vec<String> {
    let letters: Vec<char> = text.chars().collect();
    let mut tokens = vec![String::new()];
    for (place, letter) in letters.iter().enumerate() {
        if !letter.is_alphanumeric() {
            tokens.push(String::new());
            continue;
        }
        let before = place.checked_sub(1).and_then(|place| letters.get(place));
        let after = letters.get(place + 1);
        let rises = letter.is_uppercase()
            && before.is_some_and(|before| {
                before.is_lowercase() || (before.is_uppercase() && after.is_some_and(|after| after.is_lowercase()))
            });
        let turns = before.is_some_and(|before| before.is_ascii_digit() != letter.is_ascii_digit());
        if rises || turns {
            tokens.push(String::new());
        }
        if let Some(last) = tokens.last_mut() {
            last.extend(letter.to_lowercase());
        }
    }
    tokens.retain(|token| !token.is_empty());
    tokens
}

fn has_tokens(value: &str, wanted: &str) -> bool {
    let found = tokens(value);
    let wanted = tokens(wanted);
    !wanted.is_empty() && wanted.iter().all(|token| found.contains(token))
}

struct Reader<'a> {
    rest: &'a str,
    depth: usize,
}

impl<'a> Reader<'a> {
    fn either(&mut self) -> Result<Term, String> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err("SEARCH is nested too deeply".to_owned());
        }
        let mut left = self.both()?;
        while self.word("OR") {
            left = Term::Or(Box::new(left), Box::new(self.both()?));
        }
        self.depth -= 1;
        Ok(left)
    }

    fn both(&mut self) -> Result<Term, String> {
        let mut left = self.one()?;
        loop {
            let text = self.rest.trim_start();
            if text.is_empty() || text.starts_with(')') || is_word(text, "OR") {
                return Ok(left);
            }
            // AND may be left out.
            self.word("AND");
            left = Term::And(Box::new(left), Box::new(self.one()?));
        }
    }

    fn word(&mut self, word: &str) -> bool {
        let text = self.rest.trim_start();
        if is_word(text, word) {
            self.rest = &text[word.len()..];
            return true;
        }
        false
    }

    fn one(&mut self) -> Result<Term, String> {
        if self.word("NOT") {
            return Ok(Term::Not(Box::new(self.one()?)));
        }
        self.rest = self.rest.trim_start();
        if let Some(rest) = self.rest.strip_prefix('(') {
            self.rest = rest;
            let inner = self.either()?;
            self.rest = self.rest.trim_start().strip_prefix(')').ok_or("`)` is missing in SEARCH")?;
            return Ok(inner);
        }
        let (first, was_quoted) = self.piece()?;
        match self.rest.trim_start().strip_prefix('=') {
            None => Ok(Term::Has(String::new(), first.to_owned(), was_quoted)),
            Some(rest) => {
                self.rest = rest.trim_start();
                let (value, is_quoted) = self.piece()?;
                Ok(Term::Has(first.to_owned(), value.to_owned(), is_quoted))
            }
        }
    }

    fn piece(&mut self) -> Result<(&'a str, bool), String> {
        if let Some(inner) = self.rest.strip_prefix('"') {
            let (text, rest) = inner.split_once('"').ok_or("a text in SEARCH is not closed")?;
            self.rest = rest;
            return Ok((text, true));
        }
        let end = self.rest.find(|letter: char| letter.is_whitespace() || "=()\"".contains(letter));
        let (text, rest) = self.rest.split_at(end.unwrap_or(self.rest.len()));
        if text.is_empty() {
            return Err(format!("unexpected `{}` in SEARCH", rest.chars().take(12).collect::<String>()));
        }
        self.rest = rest;
        Ok((text, false))
    }
}

fn is_word(text: &str, word: &str) -> bool {
    text.strip_prefix(word)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with(|next: char| !next.is_alphanumeric()))
}

/// Labels of what was found: what tells the metrics apart.
pub(super) fn labels(keys: &[MetricKey]) -> Vec<String> {
    let names_differ = keys.windows(2).any(|pair| pair[0].name != pair[1].name);
    let value = |key: &MetricKey, name: &str| {
        key.dimensions.iter().find(|(found, _)| found == name).map(|(_, value)| value.clone())
    };
    let differs = |name: &str| keys.windows(2).any(|pair| value(&pair[0], name) != value(&pair[1], name));
    let label = |key: &MetricKey| {
        let mut parts: Vec<String> =
            key.dimensions.iter().filter(|(name, _)| differs(name)).map(|(_, value)| value.clone()).collect();
        if names_differ || parts.is_empty() {
            parts.push(key.name.clone());
        }
        parts.join(" ")
    };
    keys.iter().map(label).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_split_as_documented() {
        assert_eq!(tokens("CPUUtilization"), ["cpu", "utilization"]);
        assert_eq!(tokens("app/shop/50dc6c"), ["app", "shop", "50", "dc", "6", "c"]);
        assert_eq!(tokens("HTTPCode_Target_5XX_Count"), ["http", "code", "target", "5", "xx", "count"]);
    }

    #[test]
    fn queries_find_what_they_mean() {
        let cpu = MetricKey::new("AWS/EC2", "CPUUtilization", &[("InstanceId", "i-0abc")]);
        let group = MetricKey::new("AWS/EC2", "CPUUtilization", &[("AutoScalingGroupName", "shop-web")]);
        for (query, finds_cpu, finds_group) in [
            ("{AWS/EC2,InstanceId} MetricName=\"CPUUtilization\"", true, false),
            ("{AWS/EC2,AutoScalingGroupName} cpu", false, true),
            ("{AWS/EC2,InstanceId} MetricName=\"CPU\"", false, false),
            ("MetricName=cpu", true, true),
            ("Namespace=\"AWS/EC2\" NOT AutoScalingGroupName=shop", true, false),
            ("utilization (InstanceId=\"i-0abc\" OR InstanceId=\"i-1\")", true, false),
            ("AutoScalingGroupName=web AND shop", false, true),
            ("{AWS/EC2}", false, false),
            (":aws.AccountId=\"1\" MetricName=\"CPUUtilization\"", true, true),
        ] {
            let search = Search::parse(query).unwrap();
            assert_eq!((search.finds(&cpu), search.finds(&group)), (finds_cpu, finds_group), "{query}");
        }
        assert_eq!(labels(&[cpu, group]), ["i-0abc", "shop-web"]);
    }

    #[test]
    fn what_cannot_be_read_is_said() {
        for query in ["", "{AWS/EC2", "MetricName=", "(a", "\"a", &"a".repeat(1_025), &"(".repeat(100)] {
            assert!(Search::parse(query).is_err(), "{query}");
        }
    }
}
