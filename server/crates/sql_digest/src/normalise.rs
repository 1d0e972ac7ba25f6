//! Layer 1: text in, normal form and id out, for every text.

use std::borrow::Cow;

use units::{DigestId, Engine};
use xxhash_rust::xxh3::xxh3_128;

use crate::cut::{Measured, looks_whole, measure};
use crate::dialect::{Dialect, WithDialect, with_dialect};
use crate::lists::AfterCut;
use crate::normal::{Buffer, Comments, NormalForm};
use crate::scan::{End, scan};
use crate::tags::Tags;

/// Version of the normal form. It is part of every id: a change of any rule that moves a golden id is
/// a new version.
pub const VERSION: u8 = 2;

/// Bytes at which Performance Insights cuts a statement.
pub const PI_TEXT_MAX: usize = 500;

/// What ends the normal form of a text that was cut, behind a space.
pub const CUT_MARK: char = '…';

/// What the caller knows about the end of a text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Completeness {
    /// Nothing: a text with something left open is taken as cut, and so is one of [`PI_TEXT_MAX`] bytes
    /// unless its end shows otherwise.
    #[default]
    Unknown,
    /// The text is whole unless a literal, a name or a comment is left open.
    Whole,
    /// The text was cut.
    Cut,
}

/// Normalises texts one after the other in memory of its own.
#[derive(Debug, Default)]
pub struct Normaliser {
    buffer: Buffer,
}

/// The normal form of one text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Normalised<'a> {
    /// Names the normal form.
    pub id: DigestId,
    /// Literals are `?`, lists reduced, comments gone, names folded; ends in [`CUT_MARK`] when the rest
    /// of the statement is unknown.
    pub normal_form: &'a str,
    /// Tags from comments.
    pub tags: Tags,
    /// The text was cut, or looks cut.
    pub truncated: bool,
}

impl Normaliser {
    /// The normal form of `text`. Any text has one.
    #[inline]
    pub fn normalise(&mut self, text: &str, engine: Engine, completeness: Completeness) -> Normalised<'_> {
        let outcome = with_dialect(engine, Pass { text, engine, completeness, buffer: &mut self.buffer });
        let bytes = self.buffer.bytes(outcome.len);
        let tags = if outcome.comments.ranges().is_empty() { Tags::default() } else { read_tags(text, &outcome) };
        Normalised {
            id: DigestId::new(VERSION, xxh3_128(bytes)),
            // The scanner splits only at ASCII bytes, so this never falls back.
            normal_form: std::str::from_utf8(bytes).unwrap_or_default(),
            tags,
            truncated: outcome.truncated,
        }
    }

    /// The same for bytes that may not be UTF-8.
    pub fn normalise_bytes(&mut self, text: &[u8], engine: Engine, completeness: Completeness) -> Normalised<'_> {
        self.normalise(&readable(text), engine, completeness)
    }
}

/// The text as UTF-8. Bytes that are none are read as Latin-1, so that different names stay different;
/// a character that the end of the text cuts in half is dropped.
#[must_use]
pub fn readable(text: &[u8]) -> Cow<'_, str> {
    match std::str::from_utf8(text) {
        Ok(valid) => Cow::Borrowed(valid),
        Err(_) => Cow::Owned(repair(text)),
    }
}

#[cold]
fn repair(text: &[u8]) -> String {
    let mut repaired = String::with_capacity(text.len() + text.len() / 2);
    let mut chunks = text.utf8_chunks().peekable();
    while let Some(chunk) = chunks.next() {
        repaired.push_str(chunk.valid());
        let invalid = chunk.invalid();
        // An incomplete character at the very end, rather than a byte that begins none.
        let half = chunks.peek().is_none() && matches!(invalid, [0xc2..=0xf4, ..]) && text.len() >= 4;
        if !half {
            repaired.extend(invalid.iter().map(|&byte| char::from(byte)));
        }
    }
    repaired
}

struct Outcome {
    len: usize,
    truncated: bool,
    comments: Comments,
}

struct Pass<'a> {
    text: &'a str,
    engine: Engine,
    completeness: Completeness,
    buffer: &'a mut Buffer,
}

impl WithDialect for Pass<'_> {
    type Output = Outcome;

    #[inline(never)]
    fn run<D: Dialect>(self) -> Outcome {
        let (text, mark) = strip_mark(self.text);
        let mut looks_cut = self.completeness == Completeness::Cut;
        if self.completeness == Completeness::Unknown && mark == Mark::None && is_cut_length(text) {
            let measured = measure::<D>(text.as_bytes(), PI_TEXT_MAX);
            looks_cut = !(measured.may_be_whole(text) && looks_whole(text, self.engine));
            // Rows behind VALUES may make the form whole, which takes all of the text to see.
            if looks_cut && !measured.has_rows {
                return cut_form::<D>(text, &measured, self.buffer);
            }
        }
        let mut form = NormalForm::<D>::new(text.as_bytes(), self.buffer);
        let end = scan::<D, _>(text.as_bytes(), &mut form);
        let comments = form.comments();
        looks_cut |= self.completeness == Completeness::Unknown && form.is_inside_brackets();
        if end == End::Open && mark == Mark::None && !looks_cut {
            return Outcome { len: form.whole(), truncated: false, comments };
        }
        let complete = mark == Mark::Ours;
        let len = match form.cut(end == End::Open && !complete, !complete) {
            AfterCut::Whole(len) => form.whole_of(len),
            AfterCut::Prefix(len) if complete => form.mark_cut(len),
            AfterCut::Prefix(_) => {
                let limit = if is_cut_length(text) { PI_TEXT_MAX } else { text.len() };
                return cut_form::<D>(text, &measure::<D>(text.as_bytes(), limit), self.buffer);
            }
        };
        Outcome { len, truncated: true, comments }
    }
}

/// The form of as much of a cut text as literals cannot move.
fn cut_form<D: Dialect>(text: &str, measured: &Measured, buffer: &mut Buffer) -> Outcome {
    let kept = &text.as_bytes()[..measured.prefix];
    let mut form = NormalForm::<D>::new(kept, buffer);
    scan::<D, _>(kept, &mut form);
    let comments = form.comments();
    let partial = measured.end == End::Open && measured.prefix == text.len();
    let len = match form.cut(partial, true) {
        AfterCut::Whole(len) => form.whole_of(len),
        AfterCut::Prefix(len) => form.mark_cut(len),
    };
    Outcome { len, truncated: true, comments }
}

/// What a text itself says about having been cut.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Mark {
    None,
    /// Three dots, as servers write them.
    Dots,
    /// Our own mark: what stands before it is complete.
    Ours,
}

#[inline(always)]
fn strip_mark(text: &str) -> (&str, Mark) {
    match text.as_bytes() {
        [.., b'.', b'.', b'.'] => (&text[..text.len() - 3], Mark::Dots),
        [.., 0x80..=0xff] => strip_own_mark(text).map_or((text, Mark::None), |text| (text, Mark::Ours)),
        _ => (text, Mark::None),
    }
}

/// Our own mark stands alone, behind a space.
fn strip_own_mark(text: &str) -> Option<&str> {
    let before = text.strip_suffix(CUT_MARK)?;
    (before.is_empty() || before.ends_with(' ')).then_some(before)
}

/// Whether a text is as long as those that Performance Insights cut: 500 bytes, or up to three fewer
/// when a longer character did not fit.
#[inline(always)]
fn is_cut_length(text: &str) -> bool {
    text.len() == PI_TEXT_MAX || (text.len() < PI_TEXT_MAX && text.len() + 3 >= PI_TEXT_MAX && !text.is_ascii())
}

#[cold]
#[inline(never)]
fn read_tags(text: &str, outcome: &Outcome) -> Tags {
    let mut tags = Tags::default();
    for &(start, end) in outcome.comments.ranges() {
        let comment = text.get(start..end).unwrap_or_default();
        let inside = comment.strip_prefix("/*").and_then(|comment| comment.strip_suffix("*/"));
        if let Some(inside) = inside.or_else(|| comment.strip_prefix("--")).or_else(|| comment.strip_prefix('#')) {
            tags.read_comment(inside);
        }
    }
    tags
}
