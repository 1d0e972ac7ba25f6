//! The tokens of a text as a list, for everything that is done once per new digest.

use units::Engine;

use crate::dialect::{Dialect, WithDialect, with_dialect};
use crate::scan::{End, Literal, Sink, scan};

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Word,
    /// A quoted name.
    Name,
    Literal(Literal),
    Symbol,
    Dot,
    Comma,
    Cast,
    Semicolon,
    Open,
    Close,
    Comment,
}

/// A token and its bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Token {
    pub(crate) kind: Kind,
    pub(crate) start: usize,
    pub(crate) end: usize,
}

impl Token {
    /// The token's own text.
    pub(crate) fn of<'a>(&self, text: &'a str) -> &'a str {
        text.get(self.start..self.end).unwrap_or_default()
    }

    /// Whether the token is this keyword, given in lower case.
    pub(crate) fn is_word(&self, text: &str, word: &str) -> bool {
        self.kind == Kind::Word && self.of(text).eq_ignore_ascii_case(word)
    }

    pub(crate) fn is_literal(&self) -> bool {
        matches!(self.kind, Kind::Literal(_))
    }
}

/// All tokens of `text`, and how it ended.
pub(crate) fn tokens_of(text: &str, engine: Engine) -> (Vec<Token>, End) {
    with_dialect(engine, Collect { text })
}

struct Collect<'a> {
    text: &'a str,
}

impl WithDialect for Collect<'_> {
    type Output = (Vec<Token>, End);

    fn run<D: Dialect>(self) -> Self::Output {
        // Measured on logs: about six bytes a token.
        let mut list = List { tokens: Vec::with_capacity(self.text.len() / 5 + 4), len: self.text.len() };
        let end = scan::<D, _>(self.text.as_bytes(), &mut list);
        (list.tokens, end)
    }
}

struct List {
    tokens: Vec<Token>,
    len: usize,
}

impl List {
    fn push(&mut self, kind: Kind, start: usize, end: usize) {
        self.tokens.push(Token { kind, start, end });
    }
}

impl Sink for List {
    fn word(&mut self, start: usize, end: usize, _first: u64) {
        self.push(Kind::Word, start, end);
    }

    fn quoted(&mut self, start: usize, end: usize) {
        self.push(Kind::Name, start, end);
    }

    fn literal(&mut self, kind: Literal, start: usize, end: usize) {
        self.push(Kind::Literal(kind), start, end);
    }

    fn symbol(&mut self, start: usize, end: usize) {
        self.push(Kind::Symbol, start, end);
    }

    fn dot(&mut self, at: usize) {
        self.push(Kind::Dot, at, at + 1);
    }

    fn comma(&mut self, at: usize) {
        self.push(Kind::Comma, at, at + 1);
    }

    fn cast(&mut self, at: usize) {
        self.push(Kind::Cast, at, at + 2);
    }

    fn semicolon(&mut self, at: usize) {
        self.push(Kind::Semicolon, at, at + 1);
    }

    fn open(&mut self, at: usize) {
        self.push(Kind::Open, at, at + 1);
    }

    fn close(&mut self, at: usize) {
        self.push(Kind::Close, at, at + 1);
    }

    fn comment(&mut self, start: usize, end: usize) {
        self.push(Kind::Comment, start, end);
    }

    /// What an open quote hides may be anything, so it is shown as a literal.
    fn open_name(&mut self, start: usize) {
        self.push(Kind::Literal(Literal::Text), start, self.len);
    }
}
