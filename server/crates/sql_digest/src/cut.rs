//! Where the normal form of a cut text ends.
//!
//! Literals of different length move the cut: of two texts of one statement, both cut at 500 bytes, one
//! shows a few tokens more. So the form of a cut text ends earlier than the text, at a token chosen by
//! what literals cannot move: the bytes outside them. Each literal is charged [`LITERAL_CHARGE`]
//! instead of its own length; the form ends where the charged length reaches the length of the text.

use units::Engine;

use crate::bytes::keep;
use crate::dialect::Dialect;
use crate::scan::{End, Literal, Sink, scan};
use crate::tokens::{Kind, Token, tokens_of};
use crate::words::flag::{KEYWORD, OPERAND};
use crate::words::keyword_flags;

/// Bytes a literal is taken to have. Longer ones are rarer; a larger charge ends the form earlier, where
/// more statements are alike. The best of those tried on texts whose whole form is known.
const LITERAL_CHARGE: usize = 32;

/// Bytes an IN list is taken to have: lists grow without bound, so little is kept behind one.
const LIST_CHARGE: usize = 250;

/// Bytes kept free at the end, for a token that the cut may halve.
const MARGIN: usize = 6;

/// What one pass over a text tells about its end.
pub(crate) struct Measured {
    /// Bytes of the text that its form is made of.
    pub(crate) prefix: usize,
    /// How the text ended.
    pub(crate) end: End,
    /// VALUES stands outside all brackets.
    pub(crate) has_rows: bool,
    depth: usize,
    last: Last,
}

/// The last token of a text.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Last {
    /// A literal, a closing bracket or a semicolon.
    MayEnd,
    /// A word or name that begins here.
    Word(usize),
    Other,
}

/// Measures a text that was cut at `limit` bytes.
pub(crate) fn measure<D: Dialect>(text: &[u8], limit: usize) -> Measured {
    let mut sink = Charge {
        fits: 0,
        literal_bytes: 0,
        charged: MARGIN,
        limit,
        literal_end: None,
        list: 0,
        full: false,
        has_rows: false,
        depth: 0,
        last: Last::Other,
    };
    let end = scan::<D, _>(text, &mut sink);
    let prefix = if sink.full { sink.fits } else { text.len() };
    Measured { prefix, end, has_rows: sink.has_rows, depth: sink.depth, last: sink.last }
}

impl Measured {
    /// A quick look before [`looks_whole`]: most cut texts end in half a word or inside brackets.
    pub(crate) fn may_be_whole(&self, text: &str) -> bool {
        let ends_well = match self.last {
            Last::MayEnd => true,
            Last::Word(start) => {
                let word = text.get(start..).unwrap_or_default();
                is_last_word(word) || text.get(..start).is_some_and(|before| before.contains(word))
            }
            Last::Other => false,
        };
        self.end == End::Open && self.depth == 0 && ends_well
    }
}

struct Charge {
    /// End of the latest token that fits.
    fits: usize,
    /// Bytes of literals so far, and of the commas between them.
    literal_bytes: usize,
    charged: usize,
    limit: usize,
    /// End of the latest token if it was a literal, or a comma behind one.
    literal_end: Option<(usize, bool)>,
    /// 1 behind IN, 2 behind its bracket.
    list: u8,
    full: bool,
    has_rows: bool,
    depth: usize,
    last: Last,
}

impl Charge {
    #[inline(always)]
    fn token(&mut self, end: usize) {
        self.last = Last::Other;
        self.literal_end = None;
        self.list = 0;
        self.fit(end);
    }

    #[inline(always)]
    fn fit(&mut self, end: usize) {
        if !self.full {
            if end - self.literal_bytes + self.charged > self.limit {
                self.full = true;
            } else {
                self.fits = end;
            }
        }
    }
}

impl Sink for Charge {
    fn word(&mut self, start: usize, end: usize, first: u64) {
        self.token(end);
        self.list = u8::from(end - start == 2 && first as u16 == u16::from_le_bytes(*b"in"));
        self.has_rows |= self.depth == 0 && end - start == 6 && keep(first, 6) == u64::from_le_bytes(*b"values\0\0");
        self.last = Last::Word(start);
    }

    fn quoted(&mut self, start: usize, end: usize) {
        self.token(end);
        self.last = Last::Word(start);
    }

    /// Literals with only commas between them are a list and are charged once.
    fn literal(&mut self, _kind: Literal, start: usize, end: usize) {
        if let Some((before, true)) = self.literal_end {
            self.literal_bytes += end - before;
        } else {
            self.literal_bytes += end - start;
            self.charged += if self.list == 2 { LIST_CHARGE } else { LITERAL_CHARGE };
        }
        self.literal_end = Some((end, false));
        self.last = Last::MayEnd;
        self.fit(end);
    }

    fn symbol(&mut self, _start: usize, end: usize) {
        self.token(end);
    }

    fn dot(&mut self, at: usize) {
        self.token(at + 1);
    }

    fn comma(&mut self, at: usize) {
        match self.literal_end {
            Some((end, false)) => {
                self.literal_end = Some((end, true));
                self.last = Last::Other;
            }
            _ => self.token(at + 1),
        }
    }

    fn cast(&mut self, at: usize) {
        self.token(at + 2);
    }

    fn semicolon(&mut self, at: usize) {
        self.token(at + 1);
        self.last = Last::MayEnd;
    }

    fn open(&mut self, at: usize) {
        let list = self.list;
        self.token(at + 1);
        self.list = 2 * list.min(1);
        self.depth += 1;
    }

    fn close(&mut self, at: usize) {
        self.token(at + 1);
        self.depth = self.depth.saturating_sub(1);
        self.last = Last::MayEnd;
    }

    /// Comments differ from call to call as literals do.
    fn comment(&mut self, start: usize, end: usize) {
        self.literal_bytes += end - start;
        // Inside a list, the way to the next literal is counted as a whole.
        if let Some((behind, _)) = &mut self.literal_end {
            *behind += end - start;
        }
    }

    fn open_name(&mut self, _start: usize) {}
}

/// Whether a text as long as those that were cut is whole after all, as far as its end shows: nothing is
/// open, and its last token may end a statement and is not likely half of another.
pub(crate) fn looks_whole(text: &str, engine: Engine) -> bool {
    let (tokens, end) = tokens_of(text, engine);
    let tokens: Vec<&Token> = tokens.iter().filter(|token| token.kind != Kind::Comment).collect();
    let [rest @ .., before, last] = tokens.as_slice() else { return false };
    if end != End::Open || last.end < text.len() {
        return false;
    }
    let opens = |kind: Kind| tokens.iter().filter(|token| token.kind == kind).count();
    if opens(Kind::Open) != opens(Kind::Close) || !has_main_clause(text, &tokens) {
        return false;
    }
    match last.kind {
        Kind::Semicolon | Kind::Close => true,
        Kind::Literal(_) => behind_operator(text, before),
        Kind::Word | Kind::Name => {
            let word = last.of(text);
            let repeated = rest.iter().any(|token| token.of(text).eq_ignore_ascii_case(word));
            is_last_word(word) || (repeated && keyword_flags(word) & KEYWORD == 0 && behind_operator(text, before))
        }
        _ => false,
    }
}

/// Keywords that end many statements.
fn is_last_word(word: &str) -> bool {
    ["desc", "asc", "null", "only", "end"].iter().any(|known| word.eq_ignore_ascii_case(known))
}

/// Whether a value is due behind this token.
fn behind_operator(text: &str, before: &Token) -> bool {
    match before.kind {
        Kind::Symbol | Kind::Dot | Kind::Cast => true,
        Kind::Word => {
            let word = before.of(text);
            let condition = ["where", "and", "or", "on", "select"].iter().any(|known| word.eq_ignore_ascii_case(known));
            keyword_flags(word) & (KEYWORD | OPERAND) == KEYWORD && !condition
        }
        _ => false,
    }
}

/// Whether a SELECT has come to FROM, an INSERT to its rows, an UPDATE to its condition.
fn has_main_clause(text: &str, tokens: &[&Token]) -> bool {
    let has = |word: &str| tokens.iter().any(|token| token.is_word(text, word));
    match tokens.first() {
        Some(first) if first.is_word(text, "insert") || first.is_word(text, "replace") => has("values") || has("from"),
        Some(first) if first.is_word(text, "update") => has("where"),
        Some(first) if first.is_word(text, "select") => has("from"),
        _ => true,
    }
}
