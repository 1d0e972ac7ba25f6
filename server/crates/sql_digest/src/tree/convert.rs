//! Our tokens as `sqlparser` tokens, without values and without what it cannot read.
//!
//! The tree serves for kinds, tables and columns, so operators that PostgreSQL users may define become
//! a plus, and a literal becomes `1` or `'x'`: no value reaches the tree.

use sqlparser::tokenizer::Token as Sql;
use units::Engine;

use crate::scan::Literal;
use crate::tokens::{Kind, Token};
use crate::words::flag::{KEYWORD, OPERAND};
use crate::words::keyword_flags;

/// Literals of one list kept for the tree. The parser looks at each; more say nothing more.
const LIST_KEPT: usize = 4;

/// How bind markers are shown to the parser. Some places take only one of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Markers {
    Placeholder,
    Number,
    Text,
}

/// Converts `tokens` of `text`.
pub(crate) fn convert(text: &str, engine: Engine, tokens: &[Token], markers: Markers) -> Vec<Sql> {
    let mut converter = Converter { text, engine, markers, out: Vec::with_capacity(tokens.len()), run: 0 };
    for (at, token) in tokens.iter().enumerate() {
        converter.token(token, tokens.get(at + 1));
    }
    converter.out
}

struct Converter<'a> {
    text: &'a str,
    engine: Engine,
    markers: Markers,
    out: Vec<Sql>,
    /// Literals in a row with only commas between them.
    run: usize,
}

impl Converter<'_> {
    fn token(&mut self, token: &Token, next: Option<&Token>) {
        let text = token.of(self.text);
        match token.kind {
            Kind::Literal(kind) => {
                self.run += 1;
                let more = next.is_some_and(|next| next.kind == Kind::Comma || next.kind == Kind::Close);
                if self.run > LIST_KEPT && more && self.out.last() == Some(&Sql::Comma) {
                    self.out.pop();
                    return;
                }
                let sql = self.literal(kind, next);
                self.out.push(sql);
                return;
            }
            Kind::Comma => {
                self.out.push(Sql::Comma);
                return;
            }
            Kind::Comment => return,
            _ => self.run = 0,
        }
        match token.kind {
            Kind::Word => self.out.push(Sql::make_word(text, None)),
            Kind::Name => self.out.push(self.name(text)),
            Kind::Dot => self.out.push(Sql::Period),
            Kind::Cast => self.out.push(Sql::DoubleColon),
            Kind::Semicolon => self.out.push(Sql::SemiColon),
            Kind::Open => self.out.push(if text == "[" { Sql::LBracket } else { Sql::LParen }),
            Kind::Close => self.out.push(if text == "]" { Sql::RBracket } else { Sql::RParen }),
            Kind::Symbol => {
                let binary = self.after_operand() && next.is_some();
                let sql = self.symbol(text, binary);
                self.out.extend(sql);
            }
            Kind::Literal(_) | Kind::Comma | Kind::Comment => {}
        }
    }

    fn literal(&mut self, kind: Literal, next: Option<&Token>) -> Sql {
        let postgres_marker = kind == Literal::Marker && self.engine == Engine::Postgres;
        match (kind, self.markers) {
            // PostgreSQL's `?` between two operands is an operator; behind a type it is a literal.
            _ if postgres_marker && self.after_operand() => {
                let operand_follows = match next.map(|next| next.kind) {
                    Some(Kind::Literal(_) | Kind::Name | Kind::Open) => true,
                    Some(Kind::Word) => next.is_some_and(|next| !is_keyword(next.of(self.text))),
                    _ => false,
                };
                if operand_follows { Sql::Plus } else { Sql::SingleQuotedString("x".to_owned()) }
            }
            (Literal::Marker, Markers::Placeholder) => Sql::Placeholder("?".to_owned()),
            (Literal::Number, _) | (Literal::Marker, Markers::Number) => Sql::Number("1".to_owned(), false),
            (Literal::Text, _) | (Literal::Marker, Markers::Text) => Sql::SingleQuotedString("x".to_owned()),
        }
    }

    fn name(&self, text: &str) -> Sql {
        let inside = text.trim_start_matches(['u', 'U', '&']);
        let quote = inside.chars().next().unwrap_or('"');
        let close = if quote == '[' { ']' } else { quote };
        let name = inside.get(1..inside.len().saturating_sub(1)).unwrap_or_default();
        let doubled: String = [close, close].iter().collect();
        Sql::make_word(&name.replace(&doubled, close.encode_utf8(&mut [0; 4])), Some(quote))
    }

    /// Whether a value ends here, so that an operator that follows joins two.
    fn after_operand(&self) -> bool {
        match self.out.last() {
            Some(Sql::Word(word)) => word.quote_style.is_some() || !is_before_operand(&word.value),
            // The bracket of `OPERATOR(schema.+)`.
            Some(Sql::RParen) => {
                let inside = self.out.len().checked_sub(2).and_then(|at| self.out.get(at));
                !matches!(inside, Some(Sql::Plus | Sql::Minus | Sql::Eq | Sql::Neq | Sql::Lt | Sql::Gt | Sql::Tilde))
            }
            Some(last) => {
                matches!(last, Sql::Number(..) | Sql::SingleQuotedString(_) | Sql::Placeholder(_) | Sql::RBracket)
            }
            None => false,
        }
    }

    fn symbol(&self, text: &str, binary: bool) -> Option<Sql> {
        Some(match text {
            "*" => Sql::Mul,
            "=" => Sql::Eq,
            "<>" | "!=" | "^=" | "~=" => Sql::Neq,
            "<" => Sql::Lt,
            ">" => Sql::Gt,
            "<=" | "!>" => Sql::LtEq,
            ">=" | "!<" => Sql::GtEq,
            "<=>" => Sql::Spaceship,
            "+" => Sql::Plus,
            "-" => Sql::Minus,
            "/" => Sql::Div,
            "%" if binary => Sql::Mod,
            "||" if binary => Sql::StringConcat,
            ":=" => Sql::Assignment,
            "=>" => Sql::RArrow,
            ":" => Sql::Colon,
            "{" => Sql::LBrace,
            "}" => Sql::RBrace,
            "@" if self.engine != Engine::Postgres => Sql::AtSign,
            "&&" if matches!(self.engine, Engine::MySql | Engine::MariaDb) => Sql::Overlap,
            "+=" | "-=" | "*=" | "/=" | "%=" | "&=" | "|=" if self.engine == Engine::SqlServer => Sql::Eq,
            "!" if !binary => Sql::ExclamationMark,
            "~" if !binary => Sql::Tilde,
            "->" if binary => Sql::Arrow,
            "->>" if binary => Sql::LongArrow,
            "\\" | "#" | "$" if !binary => return None,
            _ if binary => Sql::Plus,
            _ => Sql::Minus,
        })
    }
}

/// Whether an operator behind this word is a prefix.
fn is_before_operand(word: &str) -> bool {
    keyword_flags(word) & (KEYWORD | OPERAND) == KEYWORD
}

fn is_keyword(word: &str) -> bool {
    keyword_flags(word) & KEYWORD != 0
}
