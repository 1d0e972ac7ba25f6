//! Values that stand without quotes: passwords of Oracle, settings of PostgreSQL, the data behind COPY,
//! and names that programs make up for a moment: of savepoints, prepared statements and cursors.

use crate::dialect::Dialect;
use crate::scan::{End, Literal, Sink, Step, gap, number, quoted_end, word_end};

/// Reads on behind a word that begins a statement, or begins as IDENTIFIED does.
#[cold]
#[inline(never)]
pub(crate) fn behind<D: Dialect, S: Sink>(text: &[u8], start: usize, end: usize, sink: &mut S) -> Step {
    let is = |word: &[u8]| text[start..end].eq_ignore_ascii_case(word);
    match end - start {
        10 if is(b"identified") => password::<D, S>(text, end, sink),
        3 if D::POSTGRES && is(b"set") => setting::<D, S>(text, end, sink),
        9 if is(b"savepoint") => passing_name::<D, S>(text, end, &[], sink),
        7 if is(b"release") => passing_name::<D, S>(text, end, &[b"savepoint"], sink),
        4 if D::BRACKET && is(b"save") => passing_name::<D, S>(text, end, &[b"tran", b"transaction"], sink),
        8 if is(b"rollback") => rollback::<D, S>(text, end, sink),
        10 if is(b"deallocate") => passing_name::<D, S>(text, end, &[b"prepare"], sink),
        7 if D::POSTGRES && is(b"declare") => cursor::<D, S>(text, end, &[], sink),
        5 if D::POSTGRES && (is(b"fetch") || is(b"close")) => cursor::<D, S>(text, end, &DIRECTIONS, sink),
        4 if D::POSTGRES && is(b"move") => cursor::<D, S>(text, end, &DIRECTIONS, sink),
        _ => Step::To(end),
    }
}

/// Takes nothing: for a look ahead.
struct Nothing;

impl Sink for Nothing {
    fn word(&mut self, _: usize, _: usize, _: u64) {}
    fn quoted(&mut self, _: usize, _: usize) {}
    fn literal(&mut self, _: Literal, _: usize, _: usize) {}
    fn symbol(&mut self, _: usize, _: usize) {}
    fn dot(&mut self, _: usize) {}
    fn comma(&mut self, _: usize) {}
    fn cast(&mut self, _: usize) {}
    fn semicolon(&mut self, _: usize) {}
    fn open(&mut self, _: usize) {}
    fn close(&mut self, _: usize) {}
    fn comment(&mut self, _: usize, _: usize) {}
    fn open_name(&mut self, _: usize) {}
}

/// Where the token at or behind `at` begins.
fn token_at<D: Dialect>(text: &[u8], at: usize) -> usize {
    gap::<D, Nothing>(text, at, &mut Nothing)
}

/// The unquoted word at or behind `at`.
fn word_at<D: Dialect>(text: &[u8], at: usize) -> Option<(usize, usize)> {
    let start = token_at::<D>(text, at);
    let begins = text.get(start).is_some_and(|byte| byte.is_ascii_alphabetic() || *byte == b'_' || *byte >= 0x80);
    begins.then(|| (start, word_end::<D>(text, start).0)).filter(|(start, end)| start < end)
}

fn is_any(word: &[u8], known: &[&[u8]]) -> bool {
    known.iter().any(|known| word.eq_ignore_ascii_case(known))
}

/// Hands over the words of `known` that stand at `at`; the position behind them.
fn known_words<D: Dialect, S: Sink>(text: &[u8], mut at: usize, known: &[&[u8]], sink: &mut S) -> usize {
    while let Some((start, end)) = word_at::<D>(text, at).filter(|&(start, end)| is_any(&text[start..end], known)) {
        gap::<D, S>(text, at, sink);
        sink.word(start, end, word_end::<D>(text, start).1);
        at = end;
    }
    at
}

/// A name, quoted or not, that stands at or behind `at`.
fn name_at<D: Dialect>(text: &[u8], at: usize) -> Option<(usize, usize)> {
    let start = token_at::<D>(text, at);
    let close = match text.get(start)? {
        b'"' if !D::DOUBLE_QUOTED_STRING => b'"',
        b'`' if D::BACKTICK => b'`',
        b'[' if D::BRACKET => b']',
        _ => return word_at::<D>(text, start),
    };
    quoted_end(text, start + 1, close, false).map(|end| (start, end))
}

/// A name that means nothing beyond its session is a literal: PostgreSQL's own query ids leave it out.
fn passing_name<D: Dialect, S: Sink>(text: &[u8], at: usize, before: &[&[u8]], sink: &mut S) -> Step {
    let at = known_words::<D, S>(text, at, before, sink);
    match name_at::<D>(text, at) {
        Some((start, end)) if !text[start..end].eq_ignore_ascii_case(b"all") => {
            gap::<D, S>(text, at, sink);
            sink.literal(Literal::Text, start, end);
            Step::To(end)
        }
        _ => Step::To(at),
    }
}

/// `ROLLBACK TO [SAVEPOINT] name`, of SQL Server `ROLLBACK TRAN name`.
fn rollback<D: Dialect, S: Sink>(text: &[u8], end: usize, sink: &mut S) -> Step {
    let at = known_words::<D, S>(text, end, &[b"work", b"tran", b"transaction"], sink);
    let to = known_words::<D, S>(text, at, &[b"to"], sink);
    if to > at || (D::BRACKET && at > end) {
        return passing_name::<D, S>(text, to, &[b"savepoint"], sink);
    }
    Step::To(at)
}

/// What may stand between FETCH or MOVE and the name of the cursor, numbers aside.
const DIRECTIONS: [&[u8]; 11] =
    [b"next", b"prior", b"first", b"last", b"absolute", b"relative", b"all", b"forward", b"backward", b"from", b"in"];

/// Parts of a direction: `FORWARD 100 FROM`.
const DIRECTION_PARTS: usize = 4;

/// The name of a cursor is a literal where a program has numbered it.
fn cursor<D: Dialect, S: Sink>(text: &[u8], mut at: usize, before: &[&[u8]], sink: &mut S) -> Step {
    for _ in 0..DIRECTION_PARTS {
        at = known_words::<D, S>(text, at, before, sink);
        match text.get(token_at::<D>(text, at)) {
            Some(b'0'..=b'9') if !before.is_empty() => at = number::<D, S>(text, gap::<D, S>(text, at, sink), sink),
            _ => break,
        }
    }
    match name_at::<D>(text, at) {
        Some((start, end)) if text[start..end].iter().any(u8::is_ascii_digit) => {
            gap::<D, S>(text, at, sink);
            sink.literal(Literal::Text, start, end);
            Step::To(end)
        }
        _ => Step::To(at),
    }
}

/// Words between IDENTIFIED BY and the password.
const BEFORE_PASSWORD: [&[u8]; 3] = [b"values", b"password", b"random"];

/// Reads on behind IDENTIFIED: `IDENTIFIED BY tiger REPLACE lion`, where
/// Oracle takes passwords as names, quoted or not. What follows BY is a literal.
fn password<D: Dialect, S: Sink>(text: &[u8], end: usize, sink: &mut S) -> Step {
    let mut at = end;
    let mut expected: &[&[u8]] = &[b"by"];
    loop {
        at = gap::<D, S>(text, at, sink);
        if text.get(at..at + 2) == Some(b"/*") {
            return Step::To(at);
        }
        let (word, first) = word_end::<D>(text, at);
        let begins_name = text.get(at).is_some_and(|byte| byte.is_ascii_alphabetic());
        if begins_name && expected.iter().any(|known| text[at..word].eq_ignore_ascii_case(known)) {
            sink.word(at, word, first);
            at = word;
            expected = &BEFORE_PASSWORD;
            continue;
        }
        // Only behind BY, or the REPLACE of an old password.
        if expected.len() == 1 {
            return Step::To(at);
        }
        match password_end::<D>(text, at) {
            Some(value) if value > at => {
                sink.literal(Literal::Text, at, value);
                at = value;
                expected = &[b"replace"];
            }
            Some(_) => return Step::To(at),
            None => {
                sink.literal(Literal::Text, at, text.len());
                return Step::End(End::InLiteral);
            }
        }
    }
}

/// End of the password at `at`, quoted or not; `at` itself where none stands; `None` when a quote is left
/// open.
fn password_end<D: Dialect>(text: &[u8], at: usize) -> Option<usize> {
    match text.get(at) {
        Some(b'\'') => return quoted_end(text, at + 1, b'\'', D::BACKSLASH),
        Some(b'"') => return quoted_end(text, at + 1, b'"', D::DOUBLE_QUOTED_STRING && D::BACKSLASH),
        // A parameter, or what a normal form has instead: what follows may stand close to it.
        Some(b'?') => return Some(word_end::<D>(text, at + 1).0),
        _ => {}
    }
    let ends = |byte: &u8| *byte <= b' ' || matches!(byte, b'\'' | b'"' | b';' | b',' | b'(' | b')');
    Some(text[at..].iter().position(ends).map_or(text.len(), |len| at + len))
}

/// Reads on behind SET: in `SET search_path TO a, b`
/// the values are strings whose quotes may be left out, so all of them are one literal.
fn setting<D: Dialect, S: Sink>(text: &[u8], end: usize, sink: &mut S) -> Step {
    let word = |at: usize| word_at::<D>(text, at);
    let is = |(start, end): (usize, usize), known: &[u8]| text[start..end].eq_ignore_ascii_case(known);
    let Some(mut name) = word(end) else { return Step::To(end) };
    if is(name, b"local") || is(name, b"session") {
        match word(name.1) {
            Some(next) => name = next,
            None => return Step::To(end),
        }
    }
    let sign = loop {
        let sign = token_at::<D>(text, name.1);
        if text.get(sign) != Some(&b'.') {
            break sign;
        }
        match word(sign + 1) {
            Some(next) => name = next,
            None => return Step::To(end),
        }
    };
    let sign_end = match (text.get(sign), word(sign)) {
        (Some(b'='), _) => sign + 1,
        (_, Some(to)) if is(to, b"to") => to.1,
        _ => return Step::To(end),
    };
    let value = token_at::<D>(text, sign_end);
    if word(value).is_some_and(|word| is(word, b"default")) || value >= text.len() {
        return Step::To(end);
    }
    emit_words::<D, S>(text, end, value, sink);
    match setting_end::<D>(text, value) {
        Some(value_end) => {
            if value_end > value {
                sink.literal(Literal::Text, value, value_end);
            }
            Step::To(value_end)
        }
        None => {
            sink.literal(Literal::Text, value, text.len());
            Step::End(End::InLiteral)
        }
    }
}

/// Hands over words, dots, an equals sign and comments that are known to stand between `at` and `end`.
fn emit_words<D: Dialect, S: Sink>(text: &[u8], mut at: usize, end: usize, sink: &mut S) {
    loop {
        at = gap::<D, S>(text, at, sink);
        if at >= end {
            return;
        }
        match text[at] {
            b'.' => sink.dot(at),
            b'=' => sink.symbol(at, at + 1),
            _ => {
                let (word, first) = word_end::<D>(text, at);
                sink.word(at, word, first);
                at = word.max(at + 1);
                continue;
            }
        }
        at += 1;
    }
}

/// End of the values of a setting: the semicolon, a comment behind them or the end of the text; `None`
/// when a quote is left open.
fn setting_end<D: Dialect>(text: &[u8], from: usize) -> Option<usize> {
    let mut at = from;
    loop {
        match text.get(at..) {
            None | Some([] | [b';', ..]) => break,
            Some([b'-', b'-', ..] | [b'/', b'*', ..]) => {
                let behind = token_at::<D>(text, at);
                if behind == at || matches!(text.get(behind), None | Some(b';')) {
                    break;
                }
                at = behind;
            }
            Some([quote @ (b'\'' | b'"'), ..]) => {
                let escapes = at > from && matches!(text[at - 1], b'e' | b'E');
                at = quoted_end(text, at + 1, *quote, escapes)?;
            }
            Some(_) => at += 1,
        }
    }
    Some(from + text[from..at.min(text.len())].trim_ascii_end().len())
}

/// Bytes before a semicolon in which STDIN is looked for: the options of COPY are short.
const COPY_OPTIONS_MAX: usize = 200;

/// End of the rows behind the semicolon at `at`, if they are the data of `COPY … FROM STDIN`, as in
/// dumps: up to the line `\.`. `Some(None)` when they reach to the end of the text.
#[cold]
#[inline(never)]
pub(crate) fn copy_data_end(text: &[u8], at: usize) -> Option<Option<usize>> {
    let line = text.get(at + 1..)?;
    let blank = line.iter().position(|byte| !matches!(byte, b' ' | b'\t' | b'\r')).unwrap_or(line.len());
    if line.get(blank) != Some(&b'\n') {
        return None;
    }
    let before = &text[at.saturating_sub(COPY_OPTIONS_MAX)..at];
    let before = before.rsplit(|&byte| byte == b';').next()?;
    let stdin = before.windows(5).rposition(|word| word.eq_ignore_ascii_case(b"stdin"))?;
    let from = before[..stdin].trim_ascii_end();
    if !from.len().checked_sub(4).is_some_and(|at| from[at..].eq_ignore_ascii_case(b"from")) {
        return None;
    }
    let data = at + 1 + blank;
    let rest = &text[data..];
    let end = rest.windows(3).position(|bytes| bytes == b"\n\\.");
    Some(end.map(|end| data + end + 3))
}
