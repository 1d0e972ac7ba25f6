//! Lists whose length is no part of a digest: IN lists, array constructors, rows of VALUES.
//!
//! The normal form is written as the text is read; when an element, a row or a list ends and says
//! nothing new, the position goes back and the next token overwrites it. Each element is compared with
//! at most [`DISTINCT_MAX`] earlier ones, so the work stays linear.

use crate::words::flag::{ARRAY, LIST, OPERAND, ROW, VALUES};

/// Nested lists that are reduced; deeper ones are written as they are.
const FRAMES_MAX: usize = 24;

/// Different elements of one list that later ones are compared with.
const DISTINCT_MAX: usize = 6;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
enum Kind {
    /// `IN (…)`.
    #[default]
    List,
    /// `ARRAY[…]` and the brackets inside it.
    Array,
    /// `VALUES (…), (…)`; open at the depth of the word VALUES.
    Values,
    /// One row of VALUES.
    Row,
}

#[derive(Clone, Copy, Debug, Default)]
struct Frame {
    kind: Kind,
    /// Brackets open inside the list; for `Values` around it.
    depth: usize,
    /// Behind the opening bracket.
    start: usize,
    /// Where the current element or row begins.
    element: usize,
    /// The latest comma, and for `Values` the end of the latest row.
    comma: Option<usize>,
    row_end: usize,
    /// An element that is just `?` was met; for `Row`: nothing else was met.
    literal: bool,
    distinct: usize,
    ends: [(usize, usize); DISTINCT_MAX],
}

/// The lists open at a position of a text. Kept between texts for its memory.
#[derive(Debug, Default)]
pub(crate) struct Lists {
    depth: usize,
    count: usize,
    frames: [Frame; FRAMES_MAX],
}

/// What becomes of a normal form whose text was cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum AfterCut {
    /// The rest could only be more rows: the form up to here is whole.
    Whole(usize),
    /// What follows is unknown.
    Prefix(usize),
}

impl Lists {
    #[inline(always)]
    pub(crate) fn clear(&mut self) {
        self.depth = 0;
        self.count = 0;
    }

    /// Brackets open.
    #[inline(always)]
    pub(crate) fn depth(&self) -> usize {
        self.depth
    }

    #[inline(always)]
    fn top(&mut self) -> Option<&mut Frame> {
        self.frames[..self.count].last_mut()
    }

    /// A bracket written at `at`; `prev` says what stood before it, `row_word` where ROW stood.
    #[inline(always)]
    pub(crate) fn open(&mut self, prev: u16, at: usize, bracket: bool, row_word: usize) {
        self.depth += 1;
        if self.count != 0 || prev & (LIST | VALUES | ARRAY) != 0 {
            self.open_list(prev, at, bracket, row_word);
        }
    }

    #[inline(never)]
    fn open_list(&mut self, prev: u16, at: usize, bracket: bool, row_word: usize) {
        let depth = self.depth;
        let start = at + 1;
        let row_start = if prev & ROW != 0 { row_word } else { at };
        let inside = Frame { depth, start, element: start, ..Frame::default() };
        if bracket {
            let nested = self.top().is_some_and(|top| top.kind == Kind::Array && top.depth + 1 == depth);
            if prev & ARRAY != 0 || (nested && prev & OPERAND == 0) {
                self.push(Frame { kind: Kind::Array, ..inside });
            }
        } else if prev & VALUES != 0 {
            while self.top().is_some_and(|top| top.kind == Kind::Values && top.depth + 1 == depth) {
                self.count -= 1;
            }
            if self.count + 2 <= FRAMES_MAX {
                self.push(Frame { kind: Kind::Values, depth: depth - 1, element: row_start, ..inside });
                self.push(Frame { kind: Kind::Row, literal: true, ..inside });
            }
        } else if prev & LIST != 0 {
            self.push(Frame { kind: Kind::List, ..inside });
        } else if let Some(top) = self.top()
            && top.kind == Kind::Values
            && top.depth + 1 == depth
            && top.comma.is_some_and(|comma| comma + 2 == row_start)
        {
            top.element = row_start;
            self.push(Frame { kind: Kind::Row, literal: true, ..inside });
        }
    }

    fn push(&mut self, frame: Frame) {
        if self.count < FRAMES_MAX {
            self.frames[self.count] = frame;
            self.count += 1;
        }
    }

    /// Whether a row of VALUES may begin behind `pos`, where a comma has just been written.
    pub(crate) fn expects_row(&mut self, pos: usize) -> bool {
        let depth = self.depth;
        self.top().is_some_and(|top| top.kind == Kind::Values && top.depth == depth && top.comma == Some(pos - 1))
    }

    /// A subquery begins at `pos`: if that is the start of a list, it is none.
    #[inline(always)]
    pub(crate) fn subquery(&mut self, pos: usize) {
        if self.count != 0 && self.top().is_some_and(|top| top.kind != Kind::Values && top.start == pos) {
            self.count -= 1;
        }
    }

    /// Writes a comma at `pos`, or at an earlier place when the element before it says nothing new.
    #[inline(always)]
    pub(crate) fn comma(&mut self, out: &mut [u8], pos: usize) -> usize {
        let pos = if self.count == 0 { pos } else { self.comma_in_list(out, pos) };
        out[pos] = b',';
        pos + 1
    }

    #[inline(never)]
    fn comma_in_list(&mut self, out: &[u8], mut pos: usize) -> usize {
        let depth = self.depth;
        while let Some(top) = self.top() {
            if top.depth != depth {
                break;
            }
            match top.kind {
                Kind::Values if top.row_end == pos => {
                    top.comma = Some(pos);
                    break;
                }
                Kind::Values => {
                    self.count -= 1;
                    continue;
                }
                Kind::Row => top.literal &= is_marker(out, top.element, pos),
                Kind::List | Kind::Array => pos = top.end_element(out, pos),
            }
            top.comma = Some(pos);
            top.element = pos + 2;
            break;
        }
        pos
    }

    /// Writes the closing `bracket` at `pos` or earlier, and drops a row that was there before.
    #[inline(always)]
    pub(crate) fn close(&mut self, out: &mut [u8], pos: usize, bracket: u8) -> usize {
        let pos = if self.count == 0 {
            out[pos] = bracket;
            pos + 1
        } else {
            self.close_list(out, pos, bracket)
        };
        self.depth = self.depth.saturating_sub(1);
        pos
    }

    #[inline(never)]
    fn close_list(&mut self, out: &mut [u8], mut pos: usize, bracket: u8) -> usize {
        let depth = self.depth;
        while self.top().is_some_and(|top| top.depth > depth || (top.depth == depth && top.kind == Kind::Values)) {
            self.count -= 1;
        }
        let mut was_row = false;
        if let Some(top) = self.top().filter(|top| top.depth == depth) {
            match top.kind {
                Kind::List | Kind::Array => pos = top.end_element(out, pos),
                Kind::Row | Kind::Values => {
                    was_row = true;
                }
            }
            self.count -= 1;
        }
        out[pos] = bracket;
        pos += 1;
        if was_row && let Some(values) = self.top().filter(|top| top.kind == Kind::Values) {
            pos = values.end_element(out, pos);
            values.row_end = pos;
        }
        pos
    }

    /// Where the normal form of a text that was cut at `pos` ends.
    pub(crate) fn cut(&mut self, out: &mut [u8], pos: usize) -> AfterCut {
        let depth = self.depth;
        let frames = &mut self.frames[..self.count];
        if let Some(at) = frames.iter().position(|frame| frame.kind == Kind::Values && frame.depth == 0) {
            let values = frames[at];
            let open_row = frames.get(at + 1).copied();
            match (open_row, values.comma) {
                (Some(_), Some(comma)) => return AfterCut::Whole(comma),
                (Some(row), None) => {
                    let rest_is_literal = row.element >= pos || is_marker(out, row.element, pos);
                    if row.literal && rest_is_literal && frames.len() == at + 2 && depth == 1 {
                        return complete_row(out, values.element);
                    }
                    return AfterCut::Prefix(row.start - 1);
                }
                (None, _) if values.row_end == pos => return AfterCut::Whole(pos),
                (None, Some(comma)) if comma + 1 >= pos => return AfterCut::Whole(comma),
                (None, _) => {}
            }
        }
        // How much of a list a text shows hangs on the length of its elements.
        match frames.iter().find(|frame| matches!(frame.kind, Kind::List | Kind::Array) && frame.depth <= depth) {
            Some(list) => AfterCut::Prefix(list.start - 1),
            None => AfterCut::Prefix(pos),
        }
    }
}

impl Frame {
    /// Ends the element or row before `pos`; returns the end of what stays.
    #[inline]
    fn end_element(&mut self, out: &[u8], pos: usize) -> usize {
        if is_marker(out, self.element, pos) {
            let seen = std::mem::replace(&mut self.literal, true);
            return if seen { self.comma.unwrap_or(pos) } else { pos };
        }
        let element = out.get(self.element..pos).unwrap_or(&[]);
        let seen = self.ends[..self.distinct].iter().any(|&(start, end)| out[start..end] == *element);
        if seen {
            return self.comma.unwrap_or(pos);
        }
        if self.distinct < DISTINCT_MAX {
            self.ends[self.distinct] = (self.element, pos.max(self.element));
            self.distinct += 1;
        }
        pos
    }
}

/// Writes a row of markers at `start`, as wide as the list of columns before VALUES.
fn complete_row(out: &mut [u8], start: usize) -> AfterCut {
    let Some(width) = column_count(&out[..start]) else {
        return AfterCut::Prefix(start);
    };
    let mut pos = start;
    if pos + 3 * width + 8 > out.len() {
        return AfterCut::Prefix(start);
    }
    for column in 0..width {
        let lead: &[u8] = if column == 0 { b"(?" } else { b", ?" };
        out[pos..pos + lead.len()].copy_from_slice(lead);
        pos += lead.len();
    }
    out[pos] = b')';
    AfterCut::Whole(pos + 1)
}

/// Columns in `…(a, b, c) values`, if the form ends so and holds no quoted name there.
fn column_count(form: &[u8]) -> Option<usize> {
    let before = form.trim_ascii_end().strip_suffix(b"values")?.trim_ascii_end().strip_suffix(b")")?;
    let open = before.iter().rposition(|byte| matches!(byte, b'(' | b')' | b'"' | b'`'))?;
    (before[open] == b'(').then(|| 1 + before[open..].iter().filter(|&&byte| byte == b',').count())
}

/// Whether `out[start..end]` is a single `?`.
#[inline(always)]
fn is_marker(out: &[u8], start: usize, end: usize) -> bool {
    start + 1 == end && out[start] == b'?'
}
