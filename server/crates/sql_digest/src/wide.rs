//! Characters beyond ASCII that are more than parts of names. All of it is off the usual path.

/// Bytes of the white space at `at` that is not ASCII, 0 if there is none. Servers differ on which of
/// them they take; nobody names a column with one, and a number behind one must not pass for a name.
#[cold]
#[inline(never)]
pub(crate) fn wide_blank_len(text: &[u8], at: usize) -> usize {
    match text.get(at..).unwrap_or(&[]) {
        // U+0085, U+00A0.
        [0xc2, 0x85 | 0xa0, ..] => 2,
        // U+1680, U+2000 to U+200B, U+2028, U+2029, U+202F, U+205F, U+2060, U+3000, U+FEFF.
        [0xe1, 0x9a, 0x80, ..]
        | [0xe2, 0x80, 0x80..=0x8b | 0xa8 | 0xa9 | 0xaf, ..]
        | [0xe2, 0x81, 0x9f | 0xa0, ..]
        | [0xe3, 0x80, 0x80, ..]
        | [0xef, 0xbb, 0xbf, ..] => 3,
        _ => 0,
    }
}

/// Bytes of the currency sign at `at` if a number follows it, else 0.
/// Source: <https://learn.microsoft.com/sql/t-sql/data-types/money-and-smallmoney-transact-sql>.
#[cold]
#[inline(never)]
pub(crate) fn currency_len(text: &[u8], at: usize) -> usize {
    let len = match text.get(at..).unwrap_or(&[]) {
        // ¢ £ ¤ ¥
        [0xc2, 0xa2..=0xa5, ..] => 2,
        // ৲ ৳, ฿, ៛, U+20A0 to U+20BF, ﷼, ﹩, ＄, ￠ ￡ ￥ ￦
        [0xe0, 0xa7, 0xb2 | 0xb3, ..]
        | [0xe0, 0xb8, 0xbf, ..]
        | [0xe1, 0x9f, 0x9b, ..]
        | [0xe2, 0x82, 0xa0..=0xbf, ..]
        | [0xef, 0xb7, 0xbc, ..]
        | [0xef, 0xb9, 0xa9, ..]
        | [0xef, 0xbc, 0x84, ..]
        | [0xef, 0xbf, 0xa0 | 0xa1 | 0xa5 | 0xa6, ..] => 3,
        _ => return 0,
    };
    match text.get(at + len..).unwrap_or(&[]) {
        [b'0'..=b'9', ..] | [b'.', b'0'..=b'9', ..] => len,
        _ => 0,
    }
}

/// End of a name that goes on at `at` with a character beyond ASCII.
#[cold]
#[inline(never)]
pub(crate) fn wide_name_end(text: &[u8], mut at: usize, hash: bool) -> usize {
    while let Some(&byte) = text.get(at) {
        let goes_on = if byte < 0x80 { crate::bytes::is_name_byte(byte, hash) } else { wide_blank_len(text, at) == 0 };
        if !goes_on {
            break;
        }
        at += 1;
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blanks_end_names_and_other_characters_do_not() {
        for blank in ['\u{85}', '\u{a0}', '\u{2003}', '\u{200b}', '\u{3000}', '\u{feff}'] {
            let text = format!("é{blank}5");
            assert_eq!(wide_name_end(text.as_bytes(), 0, false), 2, "{blank:?}");
            assert_eq!(wide_blank_len(text.as_bytes(), 2), blank.len_utf8(), "{blank:?}");
        }
        assert_eq!(wide_name_end("éàÿ文 x".as_bytes(), 0, false), 9);
        // The last byte of à is that of a blank.
        assert_eq!(wide_blank_len("à".as_bytes(), 1), 0);
    }

    #[test]
    fn a_currency_sign_needs_a_number() {
        assert_eq!(currency_len("£5".as_bytes(), 0), 2);
        assert_eq!(currency_len("€.5".as_bytes(), 0), 3);
        assert_eq!(currency_len("€a".as_bytes(), 0), 0);
    }
}
