//! A normal form on several lines, as typed spans for highlighting.

use serde::Serialize;
use units::Engine;

use crate::normalise::CUT_MARK;
use crate::tokens::{Kind, Token, tokens_of};
use crate::words::flag::{KEYWORD, OPERAND};
use crate::words::keyword_flags;

/// Longest text that is laid out; a longer one comes back on one line.
pub const FORMAT_BYTES_MAX: usize = 64 << 10;

/// Deepest nesting of brackets that is laid out.
pub const FORMAT_DEPTH_MAX: usize = 64;

/// Bytes of a select list or a bracket up to which it stays on one line.
const LINE: usize = 80;

/// Spaces of one step to the right.
const STEP: usize = 2;

/// What a span is, for highlighting.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum SpanKind {
    /// A keyword.
    Keyword,
    /// The name of a table behind FROM, JOIN, INTO or UPDATE.
    Table,
    /// A literal or bind marker.
    Param,
    /// The mark of a cut text.
    Comment,
    /// Names, operators, brackets and white space.
    Plain,
}

/// A piece of a formatted text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Span {
    /// What it is.
    pub kind: SpanKind,
    /// Its text, line breaks and indentation included. All pieces together are the formatted text.
    pub text: String,
}

/// Lays out a text without literals: a normal form, or what [`masked`](crate::masked) gives. Text that
/// still holds literals shows them as `?`.
#[must_use]
pub fn format(text: &str, engine: Engine) -> Vec<Span> {
    let (tokens, _) = tokens_of(text, engine);
    let laid_out = text.len() <= FORMAT_BYTES_MAX && deepest(&tokens) <= FORMAT_DEPTH_MAX;
    let mut layout = Layout { text, spans: Vec::new(), stack: Vec::new(), laid_out, after_table_word: false };
    for at in 0..tokens.len() {
        layout.token(&tokens, at);
    }
    layout.spans
}

fn deepest(tokens: &[Token]) -> usize {
    let mut open = 0_usize;
    tokens.iter().fold(0, |deepest, token| {
        match token.kind {
            Kind::Open => open += 1,
            Kind::Close => open = open.saturating_sub(1),
            _ => {}
        }
        deepest.max(open)
    })
}

/// What stands inside an open bracket.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Inside {
    /// A subquery, or the statement itself: clauses begin lines.
    Query,
    /// Arguments, lists, expressions: one line.
    Expression,
}

struct Layout<'a> {
    text: &'a str,
    spans: Vec<Span>,
    stack: Vec<Inside>,
    laid_out: bool,
    after_table_word: bool,
}

impl Layout<'_> {
    fn token(&mut self, tokens: &[Token], at: usize) {
        let token = &tokens[at];
        let text = token.of(self.text);
        let before = at.checked_sub(1).map(|at| &tokens[at]);
        match token.kind {
            Kind::Comment => return,
            Kind::Close => self.close(),
            _ if self.begins_line(tokens, at) => self.line_break(0),
            _ if self.continues_condition(token) => self.line_break(STEP),
            _ => self.gap(before, token),
        }
        let is_table = self.after_table_word && matches!(token.kind, Kind::Word | Kind::Name | Kind::Dot);
        let kind = match token.kind {
            Kind::Literal(_) => SpanKind::Param,
            Kind::Word if text.starts_with(CUT_MARK) => SpanKind::Comment,
            Kind::Word if is_keyword(text) => SpanKind::Keyword,
            _ if is_table => SpanKind::Table,
            _ => SpanKind::Plain,
        };
        self.follow_table(tokens, at, kind);
        self.push(kind, if kind == SpanKind::Param { "?" } else { text });
        if token.kind == Kind::Open {
            self.open(tokens, at);
        } else if token.kind == Kind::Comma && self.breaks_list(tokens, at) {
            self.line_break(STEP);
        }
    }

    /// Notes whether the next name is a table's.
    fn follow_table(&mut self, tokens: &[Token], at: usize, kind: SpanKind) {
        let introduces =
            ["from", "join", "into", "update", "table"].iter().any(|word| tokens[at].is_word(self.text, word));
        let dotted = |at: usize| tokens.get(at).is_some_and(|token| token.kind == Kind::Dot);
        self.after_table_word = introduces || (kind == SpanKind::Table && (dotted(at) || dotted(at + 1)));
    }

    fn push(&mut self, kind: SpanKind, text: &str) {
        match self.spans.last_mut() {
            Some(last) if last.kind == kind && kind == SpanKind::Plain => last.text.push_str(text),
            _ => self.spans.push(Span { kind, text: text.to_owned() }),
        }
    }

    fn indent(&self) -> usize {
        self.stack.iter().filter(|inside| **inside == Inside::Query).count() * STEP
    }

    fn line_break(&mut self, extra: usize) {
        if self.spans.is_empty() || !self.laid_out {
            if !self.spans.is_empty() {
                self.push(SpanKind::Plain, " ");
            }
            return;
        }
        let line = format!("\n{}", " ".repeat(self.indent() + extra));
        self.push(SpanKind::Plain, &line);
    }

    fn in_query(&self) -> bool {
        self.stack.last().is_none_or(|inside| *inside == Inside::Query)
    }

    fn open(&mut self, tokens: &[Token], at: usize) {
        let query =
            tokens.get(at + 1).is_some_and(|next| ["select", "with"].iter().any(|word| next.is_word(self.text, word)));
        self.stack.push(if query { Inside::Query } else { Inside::Expression });
        if query {
            self.line_break(0);
        }
    }

    fn close(&mut self) {
        if self.stack.pop() == Some(Inside::Query) {
            self.line_break(0);
        }
    }

    /// Whether a clause begins with this token.
    fn begins_line(&self, tokens: &[Token], at: usize) -> bool {
        const CLAUSES: [&str; 22] = [
            "select",
            "from",
            "where",
            "group",
            "having",
            "order",
            "limit",
            "offset",
            "fetch",
            "union",
            "intersect",
            "except",
            "join",
            "inner",
            "left",
            "right",
            "full",
            "cross",
            "natural",
            "set",
            "values",
            "returning",
        ];
        let token = &tokens[at];
        let is = |at: Option<usize>, words: &[&str]| {
            at.and_then(|at| tokens.get(at))
                .is_some_and(|token| words.iter().any(|word| token.is_word(self.text, word)))
        };
        if !self.in_query() || token.kind != Kind::Word || is_opened(tokens, at) {
            return false;
        }
        let before = at.checked_sub(1);
        if is(before, &["inner", "left", "right", "full", "cross", "natural", "outer"])
            || is(before, &["delete", "distinct"])
        {
            return is(before, &["union"]);
        }
        // `LEFT(x, 1)` is a function, `ON DELETE SET` and `FOR UPDATE` are no clauses.
        let call = tokens.get(at + 1).is_some_and(|next| next.kind == Kind::Open) && is(Some(at), &["left", "right"]);
        let clause = CLAUSES.iter().any(|word| token.is_word(self.text, word));
        let upsert = token.is_word(self.text, "on") && is(Some(at + 1), &["conflict", "duplicate"]);
        (clause || upsert) && !call
    }

    /// AND and OR of a condition begin a line of their own, except between BETWEEN's bounds.
    fn continues_condition(&self, token: &Token) -> bool {
        let joins = token.is_word(self.text, "and") || token.is_word(self.text, "or");
        joins && self.in_query() && !self.is_between()
    }

    /// Whether the latest keyword before this AND is BETWEEN.
    fn is_between(&self) -> bool {
        let keyword = self.spans.iter().rev().take(8).find(|span| span.kind == SpanKind::Keyword);
        keyword.is_some_and(|span| span.text.eq_ignore_ascii_case("between"))
    }

    /// Whether a list of a query is long enough to put each element on its own line.
    fn breaks_list(&self, tokens: &[Token], at: usize) -> bool {
        if !self.laid_out || !self.in_query() {
            return false;
        }
        // The line so far, from its break.
        let mut line = 0;
        for span in self.spans.iter().rev() {
            match span.text.rfind('\n') {
                Some(found) => {
                    line += span.text.len() - found;
                    break;
                }
                None => line += span.text.len(),
            }
            if line > LINE {
                break;
            }
        }
        let next = tokens.get(at + 1).map_or(0, |next| next.end - next.start);
        line + next > LINE
    }

    /// The space between two tokens, as in the normal form.
    fn gap(&mut self, before: Option<&Token>, token: &Token) {
        let Some(before) = before else { return };
        // White space already written.
        if self.spans.last().is_some_and(|last| last.text.ends_with([' ', '\n'])) {
            return;
        }
        let written = before.end < token.start;
        if written && !matches!(token.kind, Kind::Comma | Kind::Semicolon) {
            self.push(SpanKind::Plain, " ");
        }
    }
}

fn is_opened(tokens: &[Token], at: usize) -> bool {
    at.checked_sub(1).is_some_and(|at| tokens[at].kind == Kind::Open)
}

/// Keywords as far as they structure a statement; words that stand for values are plain.
fn is_keyword(word: &str) -> bool {
    keyword_flags(word) & (KEYWORD | OPERAND) == KEYWORD
        || ["null", "true", "false", "end", "row"].iter().any(|known| known.eq_ignore_ascii_case(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text_of(spans: &[Span]) -> String {
        spans.iter().map(|span| span.text.as_str()).collect()
    }

    #[test]
    fn clauses_begin_lines_and_subqueries_are_indented() {
        let spans = format(
            "select a, count(*) from t left join u on t.id = u.id where a between ? and ? and b in (select c from v) \
             order by a limit ?",
            Engine::Postgres,
        );
        let expected = "select a, count(*)\nfrom t\nleft join u on t.id = u.id\nwhere a between ? and ?\n  \
                        and b in (\n  select c\n  from v\n)\norder by a\nlimit ?";
        assert_eq!(text_of(&spans), expected);
        let tables: Vec<&str> =
            spans.iter().filter(|span| span.kind == SpanKind::Table).map(|span| span.text.as_str()).collect();
        assert_eq!(tables, ["t", "u", "v"]);
    }

    #[test]
    fn deep_or_long_text_stays_on_one_line_and_small() {
        let deep = "(".repeat(5_000);
        assert!(text_of(&format(&deep, Engine::Postgres)).len() < 20_000);
        let long = format!("select {}", "a, ".repeat(40_000));
        assert!(!text_of(&format(&long, Engine::Postgres)).contains('\n'));
    }

    #[test]
    fn a_literal_that_came_along_is_not_shown() {
        assert_eq!(text_of(&format("select 'secret' from t", Engine::Postgres)), "select ?\nfrom t");
    }
}
