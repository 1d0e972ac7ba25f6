//! Habits in a statement that often cost: what to look at, never a judgement.
//!
//! They are read from the tokens of the raw text, because some hang on a literal (`LIKE '%x'`); the
//! value is looked at and not kept. So they are found in cut and unparsed texts too.

use serde::Serialize;

use crate::masked::mask;
use crate::tokens::{Kind, Token};
use crate::words::flag::KEYWORD;
use crate::words::keyword_flags;

/// Literals of a list from which it is called huge.
const HUGE_LIST: usize = 100;

/// Findings kept of one statement.
const FINDINGS_MAX: usize = 32;

/// What was found. Why it matters and how to verify it is said by the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Rule {
    /// A pattern that begins with a wildcard: no ordinary index helps.
    LeadingWildcard,
    /// A function or cast around a column that is compared: an index on the column does not help.
    FunctionOnColumn,
    /// UPDATE or DELETE of every row.
    MissingWhere,
    /// NOT IN with a subquery: one NULL empties the result, and plans are poor.
    NotInSubquery,
    /// OFFSET: the rows before it are read and thrown away.
    OffsetPaging,
    /// `SELECT *` over a join.
    SelectStarOnJoin,
    /// Tables side by side without any condition.
    CrossJoin,
    /// A list of literals longer than a hundred.
    HugeInList,
    /// Sorting by a random number.
    OrderByRandom,
}

/// One finding, and where it stands in the masked text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// What was found.
    pub rule: Rule,
    /// First byte in the text of [`masked`](crate::masked).
    pub start: usize,
    /// Byte behind the last.
    pub end: usize,
}

/// The findings of a text, given by its tokens, in the order of their places.
pub(crate) fn findings_of(text: &str, tokens: &[Token]) -> Vec<Finding> {
    let (_, places) = mask(text, tokens);
    let solid: Vec<usize> = (0..tokens.len()).filter(|&at| tokens[at].kind != Kind::Comment).collect();
    let statement = Statement { text, tokens, solid: &solid, closing: closing_brackets(tokens, &solid) };
    let mut found: Vec<(Rule, usize, usize)> = Vec::new();
    for at in 0..solid.len() {
        found.extend(statement.at(at));
        if found.len() >= FINDINGS_MAX {
            break;
        }
    }
    found.extend(statement.missing_where());
    // Of a text that is cut within a finding, the last token is its end.
    let place = |at: usize| solid.get(at).or(solid.last()).map_or((0, 0), |&token| places[token]);
    let mut findings: Vec<Finding> = found
        .into_iter()
        .map(|(rule, first, last)| Finding { rule, start: place(first).0, end: place(last).1 })
        .collect();
    findings.sort_by_key(|finding| (finding.start, finding.rule));
    findings
}

/// For each opening bracket the place of the one that closes it.
fn closing_brackets(tokens: &[Token], solid: &[usize]) -> Vec<usize> {
    let mut closing = vec![solid.len(); solid.len()];
    let mut open = Vec::new();
    for (at, &token) in solid.iter().enumerate() {
        match tokens[token].kind {
            Kind::Open => open.push(at),
            Kind::Close => {
                if let Some(start) = open.pop() {
                    closing[start] = at;
                }
            }
            _ => {}
        }
    }
    closing
}

/// The tokens without comments, by place.
struct Statement<'a> {
    text: &'a str,
    tokens: &'a [Token],
    solid: &'a [usize],
    closing: Vec<usize>,
}

type Found = Option<(Rule, usize, usize)>;

impl Statement<'_> {
    fn token(&self, at: usize) -> Option<&Token> {
        self.solid.get(at).map(|&token| &self.tokens[token])
    }

    fn kind(&self, at: usize) -> Option<Kind> {
        self.token(at).map(|token| token.kind)
    }

    fn is(&self, at: usize, word: &str) -> bool {
        self.token(at).is_some_and(|token| token.is_word(self.text, word))
    }

    fn is_any(&self, at: usize, words: &[&str]) -> bool {
        words.iter().any(|word| self.is(at, word))
    }

    fn of(&self, at: usize) -> &str {
        self.token(at).map_or("", |token| token.of(self.text))
    }

    fn is_name(&self, at: usize) -> bool {
        match self.kind(at) {
            Some(Kind::Name) => true,
            Some(Kind::Word) => keyword_flags(self.of(at)) & KEYWORD == 0,
            _ => false,
        }
    }

    fn at(&self, at: usize) -> impl Iterator<Item = (Rule, usize, usize)> {
        let word = match self.kind(at) {
            Some(Kind::Word) => self.of(at).to_ascii_lowercase(),
            _ => String::new(),
        };
        let found: [Found; 2] = match word.as_str() {
            "like" | "ilike" => [self.leading_wildcard(at), None],
            "where" | "and" | "or" | "on" => [self.function_on_column(at + 1), None],
            "not" if self.is(at + 1, "in") && self.is(at + 3, "select") => {
                [Some((Rule::NotInSubquery, at, at + 3)), None]
            }
            "in" => [self.huge_list(at), None],
            "offset" if self.skips_rows(at + 1) => [Some((Rule::OffsetPaging, at, at + 1)), None],
            "limit" if self.kind(at + 2) == Some(Kind::Comma) && self.skips_rows(at + 1) => {
                [Some((Rule::OffsetPaging, at, at + 3)), None]
            }
            "order" if self.is(at + 1, "by") && self.is_any(at + 2, &["random", "rand", "newid", "dbms_random"]) => {
                [Some((Rule::OrderByRandom, at, at + 2)), None]
            }
            "select" => self.select(at),
            _ => [None, None],
        };
        found.into_iter().flatten()
    }

    /// `LIKE '%…'`, `LIKE '_…'`, `LIKE CONCAT('%', …`.
    fn leading_wildcard(&self, at: usize) -> Found {
        let mut literal = at + 1;
        while self.is(literal, "concat") || self.kind(literal) == Some(Kind::Open) {
            literal += 1;
        }
        let is_text = matches!(self.kind(literal), Some(Kind::Literal(crate::scan::Literal::Text)));
        let value = self.of(literal).trim_start_matches(|char: char| char.is_ascii_alphabetic() || char == '&');
        let pattern = value.trim_start_matches(['\'', '"']);
        (is_text && pattern.starts_with(['%', '_'])).then_some((Rule::LeadingWildcard, at, literal))
    }

    /// `f(column) = …` or `column::type = …` where a condition begins.
    fn function_on_column(&self, mut at: usize) -> Found {
        while self.kind(at) == Some(Kind::Open) || self.is(at, "not") {
            at += 1;
        }
        let start = at;
        if !self.is_name(at) {
            return None;
        }
        while self.kind(at + 1) == Some(Kind::Dot) && self.token(at + 2).is_some() {
            at += 2;
        }
        let end = match self.kind(at + 1) {
            Some(Kind::Open) => {
                let close = *self.closing.get(at + 1)?;
                let mut arguments = at + 2..close;
                let column = arguments.any(|inside| self.is_name(inside) && self.kind(inside + 1) != Some(Kind::Open));
                if !column {
                    return None;
                }
                close
            }
            Some(Kind::Cast) => at + 2,
            _ => return None,
        };
        let compared = self.kind(end + 1) == Some(Kind::Symbol)
            && self.of(end + 1).starts_with(['=', '<', '>', '!', '~'])
            || self.is_any(end + 1, &["in", "like", "ilike", "between", "not"]);
        compared.then_some((Rule::FunctionOnColumn, start, end))
    }

    fn huge_list(&self, at: usize) -> Found {
        if self.kind(at + 1) != Some(Kind::Open) {
            return None;
        }
        let close = *self.closing.get(at + 1)?;
        let close = close.min(self.solid.len());
        // A list is looked at once: nested lists begin behind it.
        let literals = (at + 2..close).filter(|&inside| self.token(inside).is_some_and(Token::is_literal)).count();
        let only_list = (at + 2..(at + 2 + 2 * HUGE_LIST).min(close))
            .all(|inside| self.kind(inside) == Some(Kind::Comma) || self.token(inside).is_some_and(Token::is_literal));
        let last = if close < self.solid.len() { close } else { self.solid.len() - 1 };
        (literals > HUGE_LIST && only_list).then_some((Rule::HugeInList, at, last))
    }

    /// Whether the number of rows to skip is unknown or not zero.
    fn skips_rows(&self, at: usize) -> bool {
        self.token(at).is_some() && self.of(at) != "0"
    }

    /// `SELECT *` over several tables, and several tables without a condition.
    fn select(&self, at: usize) -> [Found; 2] {
        let star = self.of(at + 1) == "*" && (self.is(at + 2, "from") || self.kind(at + 2) == Some(Kind::Comma));
        let mut depth = 0_usize;
        let mut from = None;
        let mut commas = 0_usize;
        let mut joins = 0_usize;
        let mut last = at;
        let mut condition = false;
        // One level of one query, so that nested ones are looked at a bounded number of times.
        for inside in (at + 1..self.solid.len()).take(LOOK_AHEAD) {
            match self.kind(inside) {
                Some(Kind::Open) => depth += 1,
                Some(Kind::Close) if depth == 0 => break,
                Some(Kind::Close) => depth -= 1,
                Some(Kind::Semicolon) => break,
                _ if depth > 0 => {}
                Some(Kind::Word) if self.is(inside, "from") => from = Some(inside),
                Some(Kind::Word)
                    if self.is_any(inside, &["where", "union", "except", "intersect", "group", "order", "limit"]) =>
                {
                    condition = self.is(inside, "where");
                    break;
                }
                Some(Kind::Word) if from.is_some() && self.is(inside, "join") => joins += 1,
                Some(Kind::Comma) if from.is_some() => commas += 1,
                _ => {}
            }
            last = inside;
        }
        let Some(from) = from else { return [None, None] };
        let star = (star && commas + joins > 0).then_some((Rule::SelectStarOnJoin, at, at + 1));
        let follows_function = (from..=last).any(|inside| {
            self.is_any(inside, &["lateral", "unnest", "on", "using", "natural"]) || self.is_call(inside)
        });
        let cross = commas > 0 && !condition && !follows_function;
        [star, cross.then_some((Rule::CrossJoin, from, last))]
    }

    fn is_call(&self, at: usize) -> bool {
        self.is_name(at) && self.kind(at + 1) == Some(Kind::Open)
    }

    /// UPDATE or DELETE at the start without a condition.
    fn missing_where(&self) -> Found {
        let delete = self.is(0, "delete");
        if !delete && !self.is(0, "update") {
            return None;
        }
        let bounded =
            (0..self.solid.len()).any(|at| self.is_any(at, &["where", "limit", "join", "using", "returning"]));
        let complete = self.solid.len() > 2 && (delete || (0..self.solid.len()).any(|at| self.is(at, "set")));
        (!bounded && complete).then_some((Rule::MissingWhere, 0, 0))
    }
}

/// Tokens looked at behind one SELECT.
const LOOK_AHEAD: usize = 4_000;
