//! From a statement as sent to its tokenised form: literals and parameters become `?`.
//!
//! Only used where the server's own normal form is not to be had, and to write the server's `$1` the
//! way AWS does. Identifiers, case, comments and white space stay as they are.

/// Replaces string, number and parameter tokens by `?`. Any text gives a result; a text cut inside a
/// literal ends in `?`.
pub(crate) fn tokenise(text: &str, double_quotes_are_strings: bool) -> String {
    let bytes = text.as_bytes();
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    while at < bytes.len() {
        let rest = &text[at..];
        let length = match bytes[at] {
            b'\'' => {
                let has_escapes = is_escape_string(&out);
                literal(&mut out, quoted(rest, '\'', has_escapes))
            }
            b'"' if double_quotes_are_strings => literal(&mut out, quoted(rest, '"', true)),
            b'"' => copy(&mut out, rest, quoted(rest, '"', false)),
            b'`' => copy(&mut out, rest, quoted(rest, '`', false)),
            b'-' if rest.starts_with("--") => copy(&mut out, rest, rest.find('\n').unwrap_or(rest.len())),
            b'/' if rest.starts_with("/*") => copy(&mut out, rest, comment(rest)),
            b'$' => match dollar(rest) {
                Some(length) if !follows_word(&out) => literal(&mut out, length),
                _ => copy(&mut out, rest, 1),
            },
            b'0'..=b'9' if !follows_word(&out) => literal(&mut out, number(rest)),
            _ => copy(&mut out, rest, rest.chars().next().map_or(1, char::len_utf8)),
        };
        at += length;
    }
    out
}

fn copy(out: &mut String, rest: &str, length: usize) -> usize {
    out.push_str(&rest[..length]);
    length
}

fn literal(out: &mut String, length: usize) -> usize {
    out.push('?');
    length
}

fn follows_word(out: &str) -> bool {
    out.chars().next_back().is_some_and(|last| last.is_alphanumeric() || last == '_' || last == '$')
}

/// `E'…'` takes backslashes; the prefix letter has been copied already.
fn is_escape_string(out: &str) -> bool {
    let mut letters = out.chars().rev();
    matches!(letters.next(), Some('e' | 'E'))
        && !letters.next().is_some_and(|before| before.is_alphanumeric() || before == '_')
}

/// Length of a quoted token at the start of `rest`; the rest if it is cut.
fn quoted(rest: &str, quote: char, has_escapes: bool) -> usize {
    let mut letters = rest.char_indices().skip(1).peekable();
    while let Some((at, letter)) = letters.next() {
        if has_escapes && letter == '\\' {
            letters.next();
        } else if letter == quote {
            match letters.peek() {
                Some((_, next)) if *next == quote => {
                    letters.next();
                }
                _ => return at + quote.len_utf8(),
            }
        }
    }
    rest.len()
}

/// Length of a comment; comments nest.
fn comment(rest: &str) -> usize {
    let mut depth = 0;
    let mut at = 0;
    while at < rest.len() {
        let tail = &rest[at..];
        if tail.starts_with("/*") {
            depth += 1;
            at += 2;
        } else if tail.starts_with("*/") {
            depth -= 1;
            at += 2;
            if depth == 0 {
                return at;
            }
        } else {
            at += tail.chars().next().map_or(1, char::len_utf8);
        }
    }
    rest.len()
}

/// Length of `$1` or of `$tag$…$tag$`.
fn dollar(rest: &str) -> Option<usize> {
    let digits = rest[1..].bytes().take_while(u8::is_ascii_digit).count();
    if digits > 0 {
        return Some(1 + digits);
    }
    let tag_end = rest[1..].find('$')? + 2;
    let tag = &rest[..tag_end];
    if !tag[1..tag_end - 1].chars().all(|letter| letter.is_alphanumeric() || letter == '_') {
        return None;
    }
    Some(rest[tag_end..].find(tag).map_or(rest.len(), |at| tag_end + at + tag_end))
}

fn number(rest: &str) -> usize {
    let mut last = ' ';
    let is_part = |letter: char| {
        let is_exponent_sign = matches!(letter, '+' | '-') && matches!(last, 'e' | 'E');
        last = letter;
        letter.is_ascii_alphanumeric() || letter == '.' || letter == '_' || is_exponent_sign
    };
    let mut is_part = is_part;
    rest.find(|letter: char| !is_part(letter)).unwrap_or(rest.len())
}

/// Cuts a text to at most `limit` bytes, on a character's boundary.
pub(crate) fn cut(text: &str, limit: usize) -> &str {
    if text.len() <= limit {
        return text;
    }
    let end = (0..=limit).rev().find(|end| text.is_char_boundary(*end)).unwrap_or(0);
    &text[..end]
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn literals_become_question_marks() {
        let check = |text: &str, expected: &str| assert_eq!(tokenise(text, false), expected);
        check(
            "SELECT a1, \"x'1\" FROM t2 WHERE a='it''s' AND b = 1.5e-3",
            "SELECT a1, \"x'1\" FROM t2 WHERE a=? AND b = ?",
        );
        check("SELECT $1, $tag$ lots 'of' $x$ $tag$ -- 5 o'clock\n, 7", "SELECT ?, ? -- 5 o'clock\n, ?");
        check("SELECT E'a\\'b', /* 1 /* 2 */ '3' */ 0x1F", "SELECT E?, /* 1 /* 2 */ '3' */ ?");
        check("SELECT 'cut", "SELECT ?");
        check("SELECT ü1, '\u{fc}'", "SELECT ü1, ?");
        assert_eq!(tokenise("SELECT `a` = \"x\\\"y\"", true), "SELECT `a` = ?");
    }

    #[test]
    fn cutting_keeps_characters_whole() {
        assert_eq!(cut("aü", 2), "a");
        assert_eq!(cut("aü", 3), "aü");
    }

    proptest! {
        #[test]
        fn any_text_is_taken(text in ".{0,80}", end in 0usize..80) {
            let once = tokenise(&text, end % 2 == 0);
            prop_assert_eq!(tokenise(&once, end % 2 == 0), once.clone());
            prop_assert!(cut(&text, end).len() <= end);
        }
    }
}
