//! Eight bytes at a time: the scanner's arithmetic on words.

const fn splat(byte: u8) -> u64 {
    0x0101_0101_0101_0101 * byte as u64
}

const HIGH: u64 = splat(0x80);
const LOW7: u64 = splat(0x7f);

/// The eight bytes from `at`, zeros past the end.
#[inline(always)]
pub(crate) fn load8(text: &[u8], at: usize) -> u64 {
    match text.get(at..at + 8) {
        Some(bytes) => match bytes.try_into() {
            Ok(array) => u64::from_le_bytes(array),
            Err(_) => 0,
        },
        None => load_tail(text, at),
    }
}

#[cold]
#[inline(never)]
fn load_tail(text: &[u8], at: usize) -> u64 {
    let tail = text.get(at..).unwrap_or(&[]);
    let mut array = [0_u8; 8];
    array[..tail.len().min(8)].copy_from_slice(&tail[..tail.len().min(8)]);
    u64::from_le_bytes(array)
}

/// High bit of each byte that is in `from..=to`, both below 0x80. `low` is the word without high bits.
#[inline(always)]
const fn in_range(low: u64, from: u8, to: u8) -> u64 {
    (low + splat(0x80 - from)) & !(low + splat(0x7f - to))
}

/// High bit of each byte equal to `byte`, below 0x80.
#[inline(always)]
const fn equal(low: u64, byte: u8) -> u64 {
    !((low ^ splat(byte)) + LOW7)
}

/// The bytes in lower case (ASCII only).
#[inline(always)]
pub(crate) const fn lower(word: u64) -> u64 {
    let upper = in_range(word & LOW7, b'A', b'Z') & !word & HIGH;
    word | (upper >> 2)
}

/// How many of the first bytes may continue a name: letters, digits, `_`, `$` and, with `hash`, also
/// `#` and `@`. Characters beyond ASCII end the count: they are looked at one by one.
#[inline(always)]
pub(crate) const fn name_len(word: u64, hash: bool) -> usize {
    let low = word & LOW7;
    let letter = in_range(low | splat(0x20), b'a', b'z');
    let digit = in_range(low, b'0', b'9');
    let mut name = letter | digit | equal(low, b'_') | equal(low, b'$');
    if hash {
        name |= equal(low, b'#') | equal(low, b'@');
    }
    let other = (!name | word) & HIGH;
    (other.trailing_zeros() / 8) as usize
}

/// How many of the first bytes are plain inside a quoted text: neither `quote` nor a backslash.
#[inline(always)]
pub(crate) const fn plain_len(word: u64, quote: u8) -> usize {
    let low = word & LOW7;
    let stop = (equal(low, quote) | equal(low, b'\\')) & !word & HIGH;
    (stop.trailing_zeros() / 8) as usize
}

/// How many of the first bytes are white space or control characters.
#[inline(always)]
pub(crate) const fn blank_len(word: u64) -> usize {
    let solid = ((word & LOW7) + splat(0x80 - 0x21)) | word;
    ((solid & HIGH).trailing_zeros() / 8) as usize
}

/// How many of the first bytes are decimal digits.
#[inline(always)]
pub(crate) const fn digit_len(word: u64) -> usize {
    let digit = in_range(word & LOW7, b'0', b'9') & !word;
    ((!digit & HIGH).trailing_zeros() / 8) as usize
}

/// The first `len` (at most 8) bytes, the rest zero.
#[inline(always)]
pub(crate) const fn keep(word: u64, len: usize) -> u64 {
    if len >= 8 { word } else { word & ((1 << (8 * len)) - 1) }
}

/// Whether a byte may continue a name.
#[inline(always)]
pub(crate) const fn is_name_byte(byte: u8, hash: bool) -> bool {
    matches!(byte, b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'_' | b'$' | 0x80..)
        || (hash && matches!(byte, b'#' | b'@'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_is_classed_as_the_plain_predicate_says() {
        for byte in 0..=255_u8 {
            for position in 0..8 {
                let mut array = [b'a'; 8];
                array[position] = byte;
                let word = u64::from_le_bytes(array);
                for hash in [false, true] {
                    let expected = if is_name_byte(byte, hash) && byte.is_ascii() { 8 } else { position };
                    assert_eq!(name_len(word, hash), expected, "{byte}");
                }
                let mut folded = array;
                folded.make_ascii_lowercase();
                assert_eq!(lower(word), u64::from_le_bytes(folded));
                let stops = byte == b'\'' || byte == b'\\';
                assert_eq!(plain_len(word, b'\''), if stops { position } else { 8 });
                let mut blanks = [b' '; 8];
                blanks[position] = byte;
                let is_blank = byte <= b' ';
                assert_eq!(blank_len(u64::from_le_bytes(blanks)), if is_blank { 8 } else { position });
                let mut digits = [b'7'; 8];
                digits[position] = byte;
                assert_eq!(digit_len(u64::from_le_bytes(digits)), if byte.is_ascii_digit() { 8 } else { position });
            }
        }
    }

    #[test]
    fn loads_stop_at_the_end() {
        assert_eq!(load8(b"abc", 1), u64::from_le_bytes(*b"bc\0\0\0\0\0\0"));
        assert_eq!(load8(b"abc", 9), 0);
    }
}
