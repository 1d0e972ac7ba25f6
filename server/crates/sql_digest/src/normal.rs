//! The normal form, written while the text is scanned.
//!
//! Tokens are joined by single spaces (none around `.` and `::`, inside brackets, before commas and
//! between a function and its arguments), literals are `?`, words are folded, and lists are reduced as
//! they close by going back in the buffer. Scanning a normal form writes the same bytes again.

use std::marker::PhantomData;

use crate::bytes::{is_name_byte, keep, load8, lower, name_len};
use crate::dialect::Dialect;
use crate::lists::{AfterCut, Lists};
use crate::normalise::CUT_MARK;
use crate::scan::{Literal, Sink};
use crate::wide::{currency_len, wide_name_end};
use crate::words::flag::{
    ARRAY, CALL, GLUE, KEEP_BOOL, KEEP_NULL, KEYWORD, NAME, OPERAND, ROW, SIGN, SPECIAL, STRING, VALUES, WORD,
};
use crate::words::{COMMON, KEEP_CASE, Table, key_of};

/// Comments remembered for their tags. Frameworks write one, before or after the statement.
const COMMENTS_MAX: usize = 4;

/// Room behind the last byte, so that eight bytes can be stored without a look at the length.
const SLACK: usize = 64;

/// Memory reused from one text to the next.
#[derive(Debug, Default)]
pub(crate) struct Buffer {
    bytes: Vec<u8>,
    lists: Lists,
}

impl Buffer {
    /// The first `len` bytes written.
    #[inline(always)]
    pub(crate) fn bytes(&self, len: usize) -> &[u8] {
        self.bytes.get(..len).unwrap_or(&[])
    }
}

/// Where comments with possible tags stand in a text.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Comments {
    ranges: [(usize, usize); COMMENTS_MAX],
    count: usize,
    /// End of the latest comment.
    last_end: usize,
}

impl Comments {
    pub(crate) fn ranges(&self) -> &[(usize, usize)] {
        &self.ranges[..self.count]
    }
}

/// The sink that writes a normal form.
pub(crate) struct NormalForm<'a, D> {
    text: &'a [u8],
    out: &'a mut [u8],
    pos: usize,
    /// Where the latest word or symbol began to be written, with the space before it.
    token: usize,
    prev: u16,
    sign_pos: usize,
    sign_prev: u16,
    /// Where ROW was written after VALUES.
    row_word: usize,
    lists: &'a mut Lists,
    comments: Comments,
    dialect: PhantomData<D>,
}

impl<'a, D: Dialect> NormalForm<'a, D> {
    #[inline(always)]
    pub(crate) fn new(text: &'a [u8], buffer: &'a mut Buffer) -> Self {
        // Each byte of input writes itself and at most one space.
        let needed = 2 * text.len() + SLACK;
        if buffer.bytes.len() < needed {
            buffer.bytes.resize(needed.max(4096), 0);
        }
        buffer.lists.clear();
        Self {
            text,
            out: &mut buffer.bytes,
            pos: 0,
            token: 0,
            prev: GLUE,
            sign_pos: 0,
            sign_prev: 0,
            row_word: 0,
            lists: &mut buffer.lists,
            comments: Comments::default(),
            dialect: PhantomData,
        }
    }

    pub(crate) fn comments(&self) -> Comments {
        self.comments
    }

    /// The length of the form of a whole text: semicolons at the end are dropped.
    #[inline(always)]
    pub(crate) fn whole(&self) -> usize {
        let mut len = self.pos;
        while len > 0 && self.out[len - 1] == b';' {
            len -= 1;
        }
        len
    }

    /// Whether a bracket is left open.
    #[inline(always)]
    pub(crate) fn is_inside_brackets(&self) -> bool {
        self.lists.depth() > 0
    }

    /// The form of a text that was cut. With `partial` a word or symbol that touches the cut may be
    /// half of one and goes; with `in_list` the elements of an open list are reduced.
    pub(crate) fn cut(&mut self, partial: bool, in_list: bool) -> AfterCut {
        let ends_in_comment = self.comments.count > 0 && self.comments.last_end == self.text.len();
        let touches = self.text.last().is_some_and(|&byte| {
            byte > b' ' && !matches!(byte, b'"' | b'`' | b']' | b')' | b',' | b';') && !ends_in_comment
        });
        let word_or_symbol = self.prev & WORD != 0 || self.prev & (OPERAND | GLUE) == 0;
        if partial && touches && word_or_symbol {
            self.pos = self.pos.min(self.token);
        }
        if in_list { self.lists.cut(self.out, self.pos) } else { AfterCut::Prefix(self.pos) }
    }

    /// The length of a form that ends at `len` and counts as whole.
    pub(crate) fn whole_of(&mut self, len: usize) -> usize {
        self.pos = len;
        self.whole()
    }

    /// Writes the mark of a cut text behind a form that ends at `len`.
    pub(crate) fn mark_cut(&mut self, len: usize) -> usize {
        let mut end = len;
        end -= usize::from(end > 0 && self.out[end - 1] == b' ');
        if end > 0 {
            self.out[end] = b' ';
            end += 1;
        }
        let mut mark = [0; 4];
        for byte in CUT_MARK.encode_utf8(&mut mark).bytes() {
            self.out[end] = byte;
            end += 1;
        }
        end
    }

    #[inline(always)]
    fn table() -> &'static Table {
        if D::KEEP_CASE { &KEEP_CASE } else { &COMMON }
    }

    /// Begins a token that stands apart from the one before.
    #[inline(always)]
    fn space(&mut self) {
        self.token = self.pos;
        self.out[self.pos] = b' ';
        self.pos += usize::from(self.prev & GLUE == 0);
    }

    #[inline(always)]
    fn push(&mut self, byte: u8) {
        self.out[self.pos] = byte;
        self.pos += 1;
    }

    #[inline(always)]
    fn store8(&mut self, word: u64, at: usize) {
        self.out[at..at + 8].copy_from_slice(&word.to_le_bytes());
    }

    /// Writes `text[start..end]`, whose first bytes in lower case are `first`; folded unless `keep_case`.
    #[inline(always)]
    fn copy(&mut self, start: usize, end: usize, first: u64, keep_case: bool) {
        let len = end - start;
        let word = if keep_case { load8(self.text, start) } else { first };
        self.store8(word, self.pos);
        let mut done = 8;
        while done < len {
            let word = load8(self.text, start + done);
            self.store8(if keep_case { word } else { lower(word) }, self.pos + done);
            done += 8;
        }
        self.pos += len;
    }

    #[inline(always)]
    fn plain_word(&mut self, start: usize, end: usize, first: u64, flags: u16) {
        self.space();
        self.copy(start, end, first, D::KEEP_CASE && flags == 0);
        self.prev = WORD | if flags == 0 { OPERAND | CALL } else { flags & !(SPECIAL | KEYWORD) };
    }

    /// Words whose meaning hangs on what stands before or after.
    #[inline(never)]
    fn special(&mut self, start: usize, end: usize, first: u64, flags: u16) {
        match keep(first, end - start).to_le_bytes() {
            [b'n', b'u', ..] if self.prev & (OPERAND | KEEP_NULL) == 0 => self.literal(Literal::Number, start, end),
            [b't' | b'f', ..] if self.prev & (OPERAND | KEEP_BOOL) == 0 => self.literal(Literal::Number, start, end),
            // IS NOT keeps what IS keeps.
            [b'n', b'o', ..] => {
                let keep_bool = self.prev & KEEP_BOOL;
                self.plain_word(start, end, first, flags);
                self.prev |= keep_bool;
            }
            [b's' | b'w', ..] => {
                self.lists.subquery(self.pos);
                self.plain_word(start, end, first, flags);
            }
            [b'r', ..] => self.row(start, end, first, flags),
            _ => self.plain_word(start, end, first, flags),
        }
    }

    /// ROW, which in MySQL may stand before each row of VALUES.
    fn row(&mut self, start: usize, end: usize, first: u64, flags: u16) {
        let first_row = self.prev & VALUES;
        let is_row = first_row != 0 || self.lists.expects_row(self.pos);
        self.plain_word(start, end, first, flags);
        if is_row {
            self.row_word = self.pos - (end - start);
            self.prev = WORD | CALL | ROW | first_row;
        }
    }

    /// Whether the inside of a quoted name means the same without its quotes.
    #[inline(always)]
    fn is_simple(&self, start: usize, end: usize, first: u64, folded: u64) -> bool {
        let len = end - start;
        if !matches!(self.text[start], b'a'..=b'z' | b'A'..=b'Z' | b'_') || name_len(first, false) < len.min(8) {
            return self.is_simple_wide(start, end);
        }
        let head = keep(first, len);
        let same_case = if D::KEEP_CASE || D::QUOTED_IGNORES_CASE {
            true
        } else if D::UPPER {
            self.text[start..end].iter().all(|byte| !byte.is_ascii_lowercase() && byte.is_ascii())
        } else {
            head == keep(folded, len)
        };
        same_case && (len <= 8 || self.is_simple_tail(start, end))
    }

    /// The same for a name with characters beyond ASCII. What folds to upper case keeps its quotes: how
    /// it folds those hangs on the server's language.
    #[cold]
    #[inline(never)]
    fn is_simple_wide(&self, start: usize, end: usize) -> bool {
        let inside = &self.text[start..end];
        let is_number = D::CURRENCY && currency_len(self.text, start) > 0;
        if D::UPPER || is_number || inside.is_ascii() || matches!(inside[0], b'0'..=b'9' | b'$') {
            return false;
        }
        let folds = !D::KEEP_CASE && !D::QUOTED_IGNORES_CASE;
        inside.iter().all(|&byte| is_name_byte(byte, false) && !(folds && byte.is_ascii_uppercase()))
            && wide_name_end(self.text, start, false) >= end
    }

    #[inline(never)]
    fn is_simple_tail(&self, start: usize, end: usize) -> bool {
        let mut at = start + 8;
        while at < end {
            let word = load8(self.text, at);
            let wanted = (end - at).min(8);
            if name_len(word, false) < wanted {
                return self.is_simple_wide(start, end);
            }
            let folds = !D::KEEP_CASE && !D::QUOTED_IGNORES_CASE && !D::UPPER;
            if folds && keep(lower(word), wanted) != keep(word, wanted) {
                return false;
            }
            at += 8;
        }
        true
    }

    /// Writes a quoted name that needs its quotes.
    #[inline(never)]
    fn quoted_as_is(&mut self, start: usize, end: usize) {
        self.space();
        let mut inside = start + 1;
        if matches!(self.text[start], b'u' | b'U') {
            self.push(b'u');
            self.push(b'&');
            inside = start + 3;
        }
        let quote = if D::BACKTICK { b'`' } else { b'"' };
        let bracket = self.text[inside - 1] == b'[';
        self.push(quote);
        let mut skip = false;
        for at in inside..end - 1 {
            let byte = self.text[at];
            if std::mem::take(&mut skip) {
                continue;
            }
            // `]]` inside brackets is one bracket; a double quote is doubled in our own quotes.
            skip = bracket && byte == b']';
            if bracket && byte == quote {
                self.push(byte);
            }
            self.push(if D::QUOTED_IGNORES_CASE { byte.to_ascii_lowercase() } else { byte });
        }
        self.push(quote);
        self.prev = WORD | OPERAND | CALL;
    }
}

impl<D: Dialect> Sink for NormalForm<'_, D> {
    #[inline(always)]
    fn word(&mut self, start: usize, end: usize, first: u64) {
        let flags =
            if self.prev & NAME != 0 { 0 } else { Self::table().flags(key_of(self.text, end, end - start, first)) };
        if flags & SPECIAL != 0 {
            self.special(start, end, first, flags);
        } else {
            self.plain_word(start, end, first, flags);
        }
    }

    #[inline(always)]
    fn quoted(&mut self, start: usize, end: usize) {
        let (inside, inside_end) = (start + 1, end - 1);
        if inside < inside_end {
            let first = load8(self.text, inside);
            let folded = lower(first);
            if self.is_simple(inside, inside_end, first, folded) && !matches!(self.text[start], b'u' | b'U') {
                let keyword = self.prev & NAME == 0
                    && Self::table().flags(key_of(self.text, inside_end, inside_end - inside, folded)) != 0;
                if !keyword {
                    return self.plain_word(inside, inside_end, folded, 0);
                }
            }
        }
        self.quoted_as_is(start, end);
    }

    #[inline(always)]
    fn literal(&mut self, kind: Literal, _start: usize, _end: usize) {
        if self.prev & SIGN != 0 {
            self.pos = self.sign_pos;
            self.prev = self.sign_prev;
        }
        // Strings side by side are one string.
        let text = kind == Literal::Text;
        if text && self.prev & STRING != 0 {
            return;
        }
        self.space();
        self.push(b'?');
        self.prev = if text { OPERAND | STRING } else { OPERAND };
    }

    #[inline(always)]
    fn symbol(&mut self, start: usize, end: usize) {
        let byte = self.text[start];
        let sign = end - start == 1 && matches!(byte, b'+' | b'-') && self.prev & OPERAND == 0;
        if sign && self.prev & SIGN == 0 {
            self.sign_pos = self.pos;
            self.sign_prev = self.prev;
        }
        self.space();
        // `!=` is another spelling of `<>` in every engine.
        if end - start == 2 && byte == b'!' && self.text[start + 1] == b'=' {
            self.push(b'<');
            self.push(b'>');
        } else {
            self.push(byte);
            for at in start + 1..end {
                self.push(self.text[at]);
            }
        }
        self.prev = if sign { SIGN } else { 0 };
    }

    #[inline(always)]
    fn dot(&mut self, _at: usize) {
        if self.prev & (OPERAND | WORD) != 0 {
            self.push(b'.');
            self.prev = GLUE | NAME;
        } else {
            self.space();
            self.push(b'.');
            self.prev = NAME;
        }
    }

    #[inline(always)]
    fn comma(&mut self, _at: usize) {
        self.pos = self.lists.comma(self.out, self.pos);
        self.prev = 0;
    }

    #[inline(always)]
    fn cast(&mut self, _at: usize) {
        if self.prev & (OPERAND | WORD) == 0 {
            self.space();
        }
        self.push(b':');
        self.push(b':');
        self.prev = GLUE | NAME;
    }

    fn semicolon(&mut self, _at: usize) {
        if self.pos > 0 && self.out[self.pos - 1] != b';' {
            self.push(b';');
        }
        self.lists.clear();
        self.prev = if self.pos == 0 { GLUE } else { 0 };
    }

    #[inline(always)]
    fn open(&mut self, at: usize) {
        let byte = self.text[at];
        let bracket = byte == b'[';
        let joined = if bracket { OPERAND | ARRAY } else { CALL };
        if self.prev & joined == 0 {
            self.space();
        }
        self.lists.open(self.prev, self.pos, bracket, self.row_word);
        self.push(byte);
        self.prev = GLUE;
    }

    #[inline(always)]
    fn close(&mut self, at: usize) {
        self.pos = self.lists.close(self.out, self.pos, self.text[at]);
        self.prev = OPERAND;
    }

    fn comment(&mut self, start: usize, end: usize) {
        self.comments.last_end = end;
        // The last comment is always kept: frameworks write behind everything else.
        self.comments.count = (self.comments.count + 1).min(COMMENTS_MAX);
        self.comments.ranges[self.comments.count - 1] = (start, end);
    }

    fn open_name(&mut self, _start: usize) {
        self.token = self.pos;
        self.prev = OPERAND;
    }
}
