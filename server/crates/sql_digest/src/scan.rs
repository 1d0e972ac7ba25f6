//! The scanner: one pass over the bytes, tokens handed to a [`Sink`] as they end.
//!
//! Total and linear: any bytes scan, every byte is looked at a bounded number of times. What opens a
//! literal or a comment and never closes it reaches to the end of the text. Positions are byte offsets;
//! tokens begin and end at ASCII bytes, so they never split a character of valid UTF-8.

use crate::bytes::{blank_len, digit_len, is_name_byte, load8, lower, name_len, plain_len};
use crate::dialect::Dialect;
use crate::hidden::{behind, copy_data_end};
use crate::wide::{currency_len, wide_blank_len, wide_name_end};

/// What sort of literal a token is. All of them print as `?`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Literal {
    /// Decimal, hexadecimal, octal, binary or money number.
    Number,
    /// Quoted text of any sort, including bit and hexadecimal strings.
    Text,
    /// `$1`, `?`, `:name`, `@p1`.
    Marker,
}

/// How a text ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    /// Between or after tokens.
    Open,
    /// Inside a quoted literal.
    InLiteral,
    /// Inside a quoted name.
    InName,
    /// Inside a comment.
    InComment,
}

/// Takes the tokens of one text.
pub(crate) trait Sink {
    /// An unquoted word; `first` are its first eight bytes in lower case with anything behind them.
    fn word(&mut self, start: usize, end: usize, first: u64);
    /// A quoted name with its quotes (and `U&` before them).
    fn quoted(&mut self, start: usize, end: usize);
    /// A literal or marker with its quotes and prefix.
    fn literal(&mut self, kind: Literal, start: usize, end: usize);
    /// An operator or any other symbol that has no method of its own.
    fn symbol(&mut self, start: usize, end: usize);
    /// `.`
    fn dot(&mut self, at: usize);
    /// `,`
    fn comma(&mut self, at: usize);
    /// `::`
    fn cast(&mut self, at: usize);
    /// `;`
    fn semicolon(&mut self, at: usize);
    /// `(` or `[`
    fn open(&mut self, at: usize);
    /// `)` or `]`
    fn close(&mut self, at: usize);
    /// A comment with its delimiters; also the delimiters of an executable comment.
    fn comment(&mut self, start: usize, end: usize);
    /// A quoted name that is not closed before the end of the text.
    fn open_name(&mut self, start: usize);
}

/// Scans `text` from `start`.
#[inline(always)]
pub(crate) fn scan<D: Dialect, S: Sink>(text: &[u8], sink: &mut S) -> End {
    let mut at = if text.starts_with(b"\xef\xbb\xbf") { 3 } else { 0 };
    // Some statements hold values that look like names; their first word tells.
    let mut begins = true;
    while let Some(&byte) = text.get(at) {
        if byte <= b' ' {
            at += 1;
            // One space between tokens is the usual case; more are skipped eight at a time.
            if text.get(at).is_some_and(|&next| next <= b' ') {
                at = skip_blanks(text, at);
            }
            continue;
        }
        let next = text.get(at + 1).copied().unwrap_or(0);
        match byte {
            0x80.. if wide_blank_len(text, at) > 0 => at += wide_blank_len(text, at),
            0x80.. if D::CURRENCY && currency_len(text, at) > 0 => {
                let end = number_tail::<D>(text, at, skip_digits(text, at + currency_len(text, at)));
                sink.literal(Literal::Number, at, end);
                at = end;
            }
            b'a'..=b'z' | b'A'..=b'Z' | b'_' | 0x80.. => {
                let (end, first) = word_end::<D>(text, at);
                if end - at <= 2 && has_prefixed_quote::<D>(text, end) {
                    match prefixed::<D, S>(text, at, end, sink) {
                        Step::To(to) => at = to,
                        Step::End(end) => return end,
                    }
                    if at > end {
                        continue;
                    }
                }
                sink.word(at, end, first);
                if begins || first == IDENTIFI {
                    begins = false;
                    match behind::<D, S>(text, at, end, sink) {
                        Step::To(to) => at = to,
                        Step::End(end) => return end,
                    }
                } else {
                    at = end;
                }
            }
            b',' => {
                sink.comma(at);
                at += 1;
            }
            b';' => {
                begins = true;
                match semicolon::<D, S>(text, at, sink) {
                    Step::To(to) => at = to,
                    Step::End(end) => return end,
                }
            }
            b'(' => {
                sink.open(at);
                at += 1;
            }
            b')' => {
                sink.close(at);
                at += 1;
            }
            b'.' if !next.is_ascii_digit() || follows_name::<D>(text, at) => {
                sink.dot(at);
                at += 1;
            }
            b'0'..=b'9' | b'.' => at = number::<D, S>(text, at, sink),
            b'\'' => match quoted_end(text, at + 1, b'\'', D::BACKSLASH) {
                Some(end) => {
                    sink.literal(Literal::Text, at, end);
                    at = end;
                }
                None => {
                    sink.literal(Literal::Text, at, text.len());
                    return End::InLiteral;
                }
            },
            b'"' if D::DOUBLE_QUOTED_STRING => match quoted_end(text, at + 1, b'"', D::BACKSLASH) {
                Some(end) => {
                    sink.literal(Literal::Text, at, end);
                    at = end;
                }
                None => {
                    sink.literal(Literal::Text, at, text.len());
                    return End::InLiteral;
                }
            },
            b'"' => match quoted_name(text, at, at + 1, b'"', sink) {
                Step::To(to) => at = to,
                Step::End(end) => return end,
            },
            _ => match rare::<D, S>(text, at, byte, next, sink) {
                Step::To(to) => at = to,
                Step::End(end) => return end,
            },
        }
    }
    End::Open
}

/// The first eight bytes of IDENTIFIED, behind which a password may stand without quotes.
const IDENTIFI: u64 = u64::from_le_bytes(*b"identifi");

/// Where the scan goes on, or how it ended.
pub(crate) enum Step {
    To(usize),
    End(End),
}

/// End of the word at `at`, and its first eight bytes in lower case.
#[inline(always)]
pub(crate) fn word_end<D: Dialect>(text: &[u8], at: usize) -> (usize, u64) {
    let first = load8(text, at);
    let mut len = name_len(first, D::HASH_IN_NAME);
    if len == 8 {
        loop {
            let more = name_len(load8(text, at + len), D::HASH_IN_NAME);
            len += more;
            if more < 8 {
                break;
            }
        }
    }
    let mut end = at + len;
    if text.get(end).is_some_and(|&byte| byte >= 0x80) {
        end = wide_name_end(text, end, D::HASH_IN_NAME);
    }
    (end, lower(first))
}

#[inline(always)]
fn skip_blanks(text: &[u8], mut at: usize) -> usize {
    loop {
        let len = blank_len(load8(text, at));
        at += len;
        if len < 8 || at >= text.len() {
            return at.min(text.len());
        }
    }
}

/// Whether a quote follows a word of one or two bytes, so that it may be the prefix of a literal.
#[inline(always)]
fn has_prefixed_quote<D: Dialect>(text: &[u8], end: usize) -> bool {
    match text.get(end) {
        Some(b'\'') => true,
        Some(b'&') => D::POSTGRES && matches!(text.get(end + 1), Some(b'\'' | b'"')),
        _ => false,
    }
}

/// A literal or name behind a prefix: `E'…'`, `N'…'`, `X'…'`, `B'…'`, `U&'…'`, `U&"…"`, `q'[…]'`.
/// `Step::To(at)` when the word is no prefix.
#[cold]
#[inline(never)]
fn prefixed<D: Dialect, S: Sink>(text: &[u8], at: usize, end: usize, sink: &mut S) -> Step {
    let mut word = [0_u8; 2];
    let len = (end - at).min(2);
    word[..len].copy_from_slice(&text[at..at + len]);
    word.make_ascii_lowercase();
    let word = &word[..len];
    let literal_end = match word {
        b"u" if D::POSTGRES && text.get(end) == Some(&b'&') => {
            if text.get(end + 1) == Some(&b'"') {
                return quoted_name(text, at, end + 2, b'"', sink);
            }
            quoted_end(text, end + 2, b'\'', false)
        }
        _ if text.get(end) != Some(&b'\'') => return Step::To(at),
        b"e" if D::POSTGRES => escaped_end(text, end + 1),
        b"q" | b"nq" if D::ORACLE => oracle_quote_end(text, end + 1),
        b"n" | b"x" | b"b" => quoted_end(text, end + 1, b'\'', D::BACKSLASH),
        _ => return Step::To(at),
    };
    sink.literal(Literal::Text, at, literal_end.unwrap_or(text.len()));
    literal_end.map_or(Step::End(End::InLiteral), Step::To)
}

/// End of PostgreSQL's `E'…'`. A string on a later line continues it, escapes included.
fn escaped_end(text: &[u8], mut at: usize) -> Option<usize> {
    loop {
        let end = quoted_end(text, at, b'\'', true)?;
        let next = skip_blanks(text, end);
        let new_line = text[end..next].iter().any(|byte| matches!(byte, b'\n' | b'\r'));
        if !new_line || text.get(next) != Some(&b'\'') {
            return Some(end);
        }
        at = next + 1;
    }
}

/// End of a quoted text whose inside begins at `at`: past the closing quote; doubled quotes stay inside.
#[inline(always)]
pub(crate) fn quoted_end(text: &[u8], mut at: usize, quote: u8, backslash: bool) -> Option<usize> {
    loop {
        let len = plain_len(load8(text, at), quote);
        at += len;
        if len == 8 {
            if at >= text.len() {
                return None;
            }
            continue;
        }
        match text.get(at) {
            None => return None,
            Some(&byte) if byte == quote => {
                if text.get(at + 1) == Some(&quote) {
                    at += 2;
                } else {
                    return Some(at + 1);
                }
            }
            Some(_) => at += 1 + usize::from(backslash),
        }
    }
}

/// A quoted name that starts at `start`, its inside at `inside`.
#[inline(always)]
fn quoted_name<S: Sink>(text: &[u8], start: usize, inside: usize, quote: u8, sink: &mut S) -> Step {
    match quoted_end(text, inside, quote, false) {
        Some(end) => {
            sink.quoted(start, end);
            Step::To(end)
        }
        None => {
            sink.open_name(start);
            Step::End(End::InName)
        }
    }
}

/// End of Oracle's `q'[…]'`; `at` is the opening delimiter.
fn oracle_quote_end(text: &[u8], at: usize) -> Option<usize> {
    let first = *text.get(at)?;
    let close: &[u8] = match first {
        b'[' => b"]",
        b'{' => b"}",
        b'<' => b">",
        b'(' => b")",
        // Any character, of one byte or more.
        _ => text.get(at..at + char_len(first))?,
    };
    let mut from = at + char_len(first);
    loop {
        let found = from + text.get(from..)?.iter().position(|&byte| byte == b'\'')?;
        if text.get(at + char_len(first)..found).is_some_and(|inside| inside.ends_with(close)) {
            return Some(found + 1);
        }
        from = found + 1;
    }
}

/// Bytes of the UTF-8 character that begins with `first`.
const fn char_len(first: u8) -> usize {
    match first {
        0xf0.. => 4,
        0xe0.. => 3,
        0xc0.. => 2,
        _ => 1,
    }
}

/// Whether a dot divides names even though a digit follows, as in ``db.2024_orders``.
#[inline(always)]
fn follows_name<D: Dialect>(text: &[u8], at: usize) -> bool {
    D::DIGIT_NAME && at > 0 && (is_name_byte(text[at - 1], false) || matches!(text[at - 1], b'`' | b')' | b']' | b'?'))
}

#[inline(always)]
fn skip_digits(text: &[u8], mut at: usize) -> usize {
    loop {
        let len = digit_len(load8(text, at));
        at += len;
        if len < 8 {
            return at;
        }
    }
}

/// A number at `at`, or a name that begins with a digit where the dialect has those.
#[inline(always)]
pub(crate) fn number<D: Dialect, S: Sink>(text: &[u8], start: usize, sink: &mut S) -> usize {
    let mut at = skip_digits(text, start);
    // What follows a plain integer is nearly always white space or punctuation.
    if let Some(b'.' | b'_' | b'a'..=b'z' | b'A'..=b'Z' | b'$' | 0x80..) = text.get(at) {
        at = number_tail::<D>(text, start, at);
    }
    if at == start {
        // A name, which the tail found.
        let (end, first) = word_end::<D>(text, start);
        sink.word(start, end, first);
        return end;
    }
    sink.literal(Literal::Number, start, at);
    at
}

/// The end of a number past its first digits; `start` when it is a name.
#[inline(never)]
fn number_tail<D: Dialect>(text: &[u8], start: usize, digits_end: usize) -> usize {
    let mut at = digits_end;
    if text[start] == b'0' && at == start + 1 {
        let radix_digits: fn(&u8) -> bool = match text.get(at).map(u8::to_ascii_lowercase) {
            Some(b'x') => u8::is_ascii_hexdigit,
            Some(b'o') => |byte| matches!(byte, b'0'..=b'7'),
            Some(b'b') => |byte| matches!(byte, b'0' | b'1'),
            _ => |_| false,
        };
        if text.get(at + 1).is_some_and(|byte| radix_digits(byte) || *byte == b'_') {
            at += 1;
            while text.get(at).is_some_and(|byte| radix_digits(byte) || *byte == b'_') {
                at += 1;
            }
            return name_or::<D>(text, start, at);
        }
    }
    at = skip_grouped(text, at);
    if text.get(at) == Some(&b'.') && text.get(at + 1) != Some(&b'.') {
        at = skip_grouped(text, at + 1);
    }
    if matches!(text.get(at), Some(b'e' | b'E')) {
        let sign = usize::from(matches!(text.get(at + 1), Some(b'+' | b'-')));
        if text.get(at + 1 + sign).is_some_and(u8::is_ascii_digit) {
            // In no engine a name goes on behind an exponent.
            return skip_grouped(text, at + 1 + sign);
        }
        if !name_goes_on::<D>(text, at + 1) && (D::CURRENCY || D::DIGIT_NAME) {
            // `1e` is 1.0 to SQL Server. To MySQL it is a name, unless a cut took the rest of a number.
            return at + 1;
        }
    }
    if D::ORACLE && matches!(text.get(at), Some(b'f' | b'F' | b'd' | b'D')) && !name_goes_on::<D>(text, at + 1) {
        at += 1;
    }
    name_or::<D>(text, start, at)
}

/// `start` when letters follow the number and make it a name, else `at`.
fn name_or<D: Dialect>(text: &[u8], start: usize, at: usize) -> usize {
    let whole = text[start..at].iter().all(|byte| is_name_byte(*byte, false));
    if D::DIGIT_NAME && name_goes_on::<D>(text, at) && whole { start } else { at }
}

/// Whether a byte of a name stands at `at`.
fn name_goes_on<D: Dialect>(text: &[u8], at: usize) -> bool {
    text.get(at).is_some_and(|&byte| is_name_byte(byte, D::HASH_IN_NAME)) && wide_blank_len(text, at) == 0
}

/// Digits with `_` between them.
fn skip_grouped(text: &[u8], mut at: usize) -> usize {
    loop {
        at = skip_digits(text, at);
        if text.get(at) == Some(&b'_') && text.get(at + 1).is_some_and(u8::is_ascii_digit) {
            at += 1;
        } else {
            return at;
        }
    }
}

/// A semicolon, and the data behind it where it ends a COPY.
#[inline(never)]
fn semicolon<D: Dialect, S: Sink>(text: &[u8], at: usize, sink: &mut S) -> Step {
    sink.semicolon(at);
    match if D::POSTGRES { copy_data_end(text, at) } else { None } {
        None => Step::To(at + 1),
        Some(Some(end)) => {
            sink.comment(at + 1, end);
            Step::To(end)
        }
        Some(None) => Step::End(End::InComment),
    }
}

/// Everything that does not begin most tokens.
#[inline(never)]
fn rare<D: Dialect, S: Sink>(text: &[u8], at: usize, byte: u8, next: u8, sink: &mut S) -> Step {
    if let Some(step) = comment::<D, S>(text, at, byte, next, sink) {
        return step;
    }
    match byte {
        b'[' if D::BRACKET => quoted_name(text, at, at + 1, b']', sink),
        b'[' => {
            sink.open(at);
            Step::To(at + 1)
        }
        b']' => {
            sink.close(at);
            Step::To(at + 1)
        }
        b'`' if D::BACKTICK => quoted_name(text, at, at + 1, b'`', sink),
        b'$' => dollar::<D, S>(text, at, sink),
        b':' => Step::To(colon::<D, S>(text, at, next, sink)),
        b'@' if !D::POSTGRES => Step::To(at_sign::<D, S>(text, at, next, sink)),
        b'#' if D::HASH_IN_NAME => {
            let (end, first) = word_end::<D>(text, at);
            sink.word(at, end, first);
            Step::To(end)
        }
        b'?' => Step::To(question::<D, S>(text, at, next, sink)),
        b'\\' if D::BACKSLASH && next == b'N' => {
            sink.literal(Literal::Text, at, at + 2);
            Step::To(at + 2)
        }
        _ => {
            if D::POSTGRES
                && let Some(end) = postgres_at_marker(text, at)
            {
                sink.literal(Literal::Marker, at, end);
                return Step::To(end);
            }
            let end = if D::POSTGRES { postgres_operator_end(text, at) } else { operator_end(text, at) };
            sink.symbol(at, end);
            Step::To(end)
        }
    }
}

/// A comment, or an end of an executable one, that begins at `at`; `None` where none does.
#[inline(always)]
fn comment<D: Dialect, S: Sink>(text: &[u8], at: usize, byte: u8, next: u8, sink: &mut S) -> Option<Step> {
    match byte {
        b'-' if next == b'-' && is_dash_comment::<D>(text, at) => Some(Step::To(line_comment(text, at, sink))),
        b'#' if D::HASH_COMMENT => Some(Step::To(line_comment(text, at, sink))),
        b'/' if next == b'*' => Some(block_comment::<D, S>(text, at, sink)),
        b'*' if D::EXECUTABLE_COMMENT && next == b'/' => {
            sink.comment(at, at + 2);
            Some(Step::To(at + 2))
        }
        _ => None,
    }
}

/// Hands over the comments between two tokens; the place of the second. A comment without end is left
/// to the scan.
pub(crate) fn gap<D: Dialect, S: Sink>(text: &[u8], mut at: usize, sink: &mut S) -> usize {
    loop {
        at = skip_blanks(text, at);
        let Some(&byte) = text.get(at) else { return at };
        if byte >= 0x80 && wide_blank_len(text, at) > 0 {
            at += wide_blank_len(text, at);
            continue;
        }
        let next = text.get(at + 1).copied().unwrap_or(0);
        match comment::<D, S>(text, at, byte, next, sink) {
            Some(Step::To(end)) => at = end,
            Some(Step::End(_)) | None => return at,
        }
    }
}

fn is_dash_comment<D: Dialect>(text: &[u8], at: usize) -> bool {
    !D::DASH_NEEDS_SPACE || text.get(at + 2).is_none_or(|&byte| byte <= b' ')
}

/// A comment to the end of the line. One that ends the text is complete: nothing tells otherwise.
fn line_comment<S: Sink>(text: &[u8], at: usize, sink: &mut S) -> usize {
    let rest = text.get(at..).unwrap_or(&[]);
    let end = rest.iter().position(|&byte| byte == b'\n' || byte == b'\r').map_or(text.len(), |len| at + len);
    sink.comment(at, end);
    end
}

fn block_comment<D: Dialect, S: Sink>(text: &[u8], start: usize, sink: &mut S) -> Step {
    if D::EXECUTABLE_COMMENT
        && !text[start + 2..].starts_with(b"!99999")
        && !text[start + 2..].starts_with(b"M!999999")
        && let Some(end) = executable_comment_head(text, start + 2)
    {
        sink.comment(start, end);
        return Step::To(end);
    }
    let mut depth = 1_usize;
    let mut at = start + 2;
    while let Some(&byte) = text.get(at) {
        match (byte, text.get(at + 1)) {
            (b'*', Some(b'/')) => {
                at += 2;
                depth -= 1;
                if depth == 0 {
                    sink.comment(start, at);
                    return Step::To(at);
                }
            }
            (b'/', Some(b'*')) if D::NESTED_COMMENT => {
                at += 2;
                depth += 1;
            }
            _ => at += 1,
        }
    }
    Step::End(End::InComment)
}

/// End of `!` or `M!` and a version number after `/*`.
fn executable_comment_head(text: &[u8], at: usize) -> Option<usize> {
    let bang = match text.get(at)? {
        b'!' => at + 1,
        b'M' if text.get(at + 1) == Some(&b'!') => at + 2,
        _ => return None,
    };
    let digits = text[bang..].iter().take(6).take_while(|byte| byte.is_ascii_digit()).count();
    Some(bang + if digits >= 5 { digits } else { 0 })
}

/// `$1`, `$12.50`, `$tag$…$tag$`, or a lone dollar sign.
fn dollar<D: Dialect, S: Sink>(text: &[u8], at: usize, sink: &mut S) -> Step {
    if text.get(at + 1).is_some_and(u8::is_ascii_digit) {
        let mut end = skip_digits(text, at + 1);
        if !D::POSTGRES {
            end = number_tail::<D>(text, at + 1, end).max(end);
        }
        sink.literal(Literal::Marker, at, end);
        return Step::To(end);
    }
    if D::DOLLAR_QUOTE {
        let mut tag_end = at + 1;
        while text.get(tag_end).is_some_and(|&byte| byte != b'$' && is_name_byte(byte, false)) {
            tag_end += 1;
        }
        match text.get(tag_end) {
            Some(b'$') => {
                let tag = &text[at..=tag_end];
                let end = find(text, tag_end + 1, tag).map(|found| found + tag.len());
                sink.literal(Literal::Text, at, end.unwrap_or(text.len()));
                return end.map_or(Step::End(End::InLiteral), Step::To);
            }
            None if tag_end > at + 1 => {
                // Cut inside the tag.
                sink.literal(Literal::Text, at, text.len());
                return Step::End(End::InLiteral);
            }
            _ => {}
        }
    }
    sink.symbol(at, at + 1);
    Step::To(at + 1)
}

/// First place of `$tag$` from `from`, in linear time: a candidate begins only at a dollar sign, and
/// tags hold none inside, so no byte is compared twice.
fn find(text: &[u8], mut from: usize, tag: &[u8]) -> Option<usize> {
    loop {
        let at = from + text.get(from..)?.iter().position(|&byte| byte == b'$')?;
        if text[at..].starts_with(tag) {
            return Some(at);
        }
        from = at + 1;
    }
}

/// `::`, `:=`, `:name`, or a lone colon.
fn colon<D: Dialect, S: Sink>(text: &[u8], at: usize, next: u8, sink: &mut S) -> usize {
    if next == b':' {
        sink.cast(at);
        return at + 2;
    }
    if next == b'=' {
        sink.symbol(at, at + 2);
        return at + 2;
    }
    // PostgreSQL has slices: `a[lo:hi]`. A marker there has no value, `[` or `:` before it.
    let before = if at == 0 { b' ' } else { text[at - 1] };
    let slice = D::POSTGRES && (is_name_byte(before, false) || matches!(before, b'[' | b']' | b')' | b'"' | b'?'));
    if !slice && is_name_byte(next, false) {
        let (end, _) = word_end::<D>(text, at + 1);
        sink.literal(Literal::Marker, at, end);
        return end;
    }
    sink.symbol(at, at + 1);
    at + 1
}

/// `@name`, `@@name`, or a lone `@`.
fn at_sign<D: Dialect, S: Sink>(text: &[u8], at: usize, next: u8, sink: &mut S) -> usize {
    if D::AT_MARKER && next == b'@' {
        let (end, _) = word_end::<D>(text, at + 2);
        if end > at + 2 {
            sink.word(at, end, lower(load8(text, at)));
            return end;
        }
    }
    if D::AT_MARKER && is_name_byte(next, false) {
        let (end, _) = word_end::<D>(text, at + 1);
        sink.literal(Literal::Marker, at, end);
        return end;
    }
    sink.symbol(at, at + 1);
    at + 1
}

/// `@p1` in a PostgreSQL text: a marker of a client library, where `@` could also be an operator.
fn postgres_at_marker(text: &[u8], at: usize) -> Option<usize> {
    let rest = text.get(at..)?;
    if !rest.starts_with(b"@p") && !rest.starts_with(b"@P") {
        return None;
    }
    let end = skip_digits(text, at + 2);
    let closed = text.get(end).is_none_or(|&byte| !is_name_byte(byte, false) && byte != b'.');
    (end > at + 2 && closed).then_some(end)
}

/// A marker, or one of PostgreSQL's operators `?|` and `?&`.
fn question<D: Dialect, S: Sink>(text: &[u8], at: usize, next: u8, sink: &mut S) -> usize {
    if D::POSTGRES && matches!(next, b'|' | b'&') && text.get(at + 2) != Some(&next) {
        sink.symbol(at, at + 2);
        return at + 2;
    }
    let end = skip_digits(text, at + 1);
    sink.literal(Literal::Marker, at, end);
    end
}

const fn is_postgres_operator(byte: u8) -> bool {
    matches!(
        byte,
        b'+' | b'-' | b'*' | b'/' | b'<' | b'>' | b'=' | b'~' | b'!' | b'@' | b'#' | b'%' | b'^' | b'&' | b'|' | b'`'
    )
}

/// Longest operator name of PostgreSQL (`NAMEDATALEN - 1`). It also bounds the look-ahead.
const POSTGRES_OPERATOR_MAX: usize = 63;

/// PostgreSQL's rule: the longest run of operator bytes before a comment, without trailing signs unless
/// the run holds a byte that no standard operator has.
fn postgres_operator_end(text: &[u8], at: usize) -> usize {
    let mut end = at;
    let mut user_defined = false;
    while let Some(&byte) = text.get(end).filter(|_| end - at < POSTGRES_OPERATOR_MAX) {
        let next = text.get(end + 1);
        let comment = (byte == b'-' && next == Some(&b'-')) || (byte == b'/' && next == Some(&b'*'));
        if !is_postgres_operator(byte) || (comment && end > at) {
            break;
        }
        user_defined |= matches!(byte, b'~' | b'!' | b'@' | b'#' | b'%' | b'^' | b'&' | b'|' | b'`');
        end += 1;
    }
    if !user_defined {
        while end > at + 1 && matches!(text[end - 1], b'+' | b'-') {
            end -= 1;
        }
    }
    if end == at + 1 && text[at] == b'@' && text.get(end) == Some(&b'?') {
        end += 1;
    }
    end.max(at + 1)
}

/// The longest known operator.
fn operator_end(text: &[u8], at: usize) -> usize {
    let rest = &text[at..];
    const THREE: [&[u8]; 2] = [b"<=>", b"->>"];
    const TWO: [&[u8]; 22] = [
        b"<=", b">=", b"<>", b"!=", b"||", b"&&", b"<<", b">>", b"->", b"=>", b"**", b"^=", b"~=", b"+=", b"-=", b"*=",
        b"/=", b"%=", b"&=", b"|=", b"!<", b"!>",
    ];
    if THREE.iter().any(|op| rest.starts_with(op)) {
        at + 3
    } else if TWO.iter().any(|op| rest.starts_with(op)) {
        at + 2
    } else {
        at + 1
    }
}
