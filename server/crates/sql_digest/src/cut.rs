//! Where the normal form of a cut text ends.
//!
//! Literals of different length move the cut: of two texts of one statement, both cut at 500 bytes, one
//! shows a few tokens more. So the form of a cut text ends earlier than the text, at a token chosen by
//! what literals cannot move: the bytes outside them. Each literal is charged [`LITERAL_CHARGE`]
//! instead of its own length; the form ends where the charged length reaches the length of the text.

use crate::dialect::Dialect;
use crate::scan::{Literal, Sink, scan};

/// Bytes a literal is taken to have. Longer ones are rarer; a larger charge ends the form earlier, where
/// more statements are alike. The best of those tried on texts whose whole form is known.
const LITERAL_CHARGE: usize = 32;

/// Bytes an IN list is taken to have: lists grow without bound, so little is kept behind one.
const LIST_CHARGE: usize = 250;

/// Bytes kept free at the end, for a token that the cut may halve.
const MARGIN: usize = 6;

/// The offset in `text` behind which the form of a text cut at `limit` bytes ends.
pub(crate) fn prefix_end<D: Dialect>(text: &[u8], limit: usize) -> usize {
    let mut sink = Charge { end: 0, literal_bytes: 0, charged: MARGIN, limit, literal_end: None, list: 0, full: false };
    scan::<D, _>(text, &mut sink);
    if sink.full { sink.end } else { text.len() }
}

struct Charge {
    /// End of the latest token that fits.
    end: usize,
    /// Bytes of literals so far, and of the commas between them.
    literal_bytes: usize,
    charged: usize,
    limit: usize,
    /// End of the latest token if it was a literal, or a comma behind one.
    literal_end: Option<(usize, bool)>,
    /// 1 behind IN, 2 behind its bracket.
    list: u8,
    full: bool,
}

impl Charge {
    #[inline(always)]
    fn token(&mut self, end: usize) {
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
                self.end = end;
            }
        }
    }
}

impl Sink for Charge {
    fn word(&mut self, start: usize, end: usize, first: u64) {
        self.token(end);
        self.list = u8::from(end - start == 2 && first as u16 == u16::from_le_bytes(*b"in"));
    }

    fn quoted(&mut self, _start: usize, end: usize) {
        self.token(end);
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
            Some((end, false)) => self.literal_end = Some((end, true)),
            _ => self.token(at + 1),
        }
    }

    fn cast(&mut self, at: usize) {
        self.token(at + 2);
    }

    fn semicolon(&mut self, at: usize) {
        self.token(at + 1);
    }

    fn open(&mut self, at: usize) {
        let list = self.list;
        self.token(at + 1);
        self.list = 2 * list.min(1);
    }

    fn close(&mut self, at: usize) {
        self.token(at + 1);
    }

    /// Comments differ from call to call as literals do.
    fn comment(&mut self, start: usize, end: usize) {
        self.literal_bytes += end - start;
    }

    fn open_name(&mut self, _start: usize) {}
}
