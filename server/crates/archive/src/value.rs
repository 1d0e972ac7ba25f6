//! One column of numbers, as small as it can be without changing them.
//!
//! Bound: what comes out differs from what went in by at most 10⁻¹² of its size. Values that are a
//! whole number of session-seconds over the covered seconds (what Performance Insights returns) and
//! decimals of up to six places come out as the nearest double to that fraction; all others as they
//! were.
//!
//! ```text
//! scheme  1 byte   1: varint session-seconds n, value = n / covered seconds of the slot
//!                  2 + k, k = 0..=6: zigzag varint difference of n to the value before,
//!                         value = n / 10^k
//!                  9: IEEE 754 double, big endian, per value
//!                  0: its five high bytes; still read, no longer written
//! values  …
//! ```

use crate::varint::{self, Reader};

/// Relative error up to which a fraction counts as the value.
const TOLERANCE: f64 = 1e-13;
/// Integers a double holds exactly.
const MAX_EXACT: f64 = 9_007_199_254_740_992.0;
const TEN_POW: [f64; 7] = [1.0, 10.0, 100.0, 1e3, 1e4, 1e5, 1e6];
const SCHEME_SHORT_DOUBLE: u8 = 0;
const SCHEME_SESSION_SECONDS: u8 = 1;
const SCHEME_DECIMAL: u8 = 2;
const SCHEME_DOUBLE: u8 = 9;

fn whole(value: f64, scale: f64) -> Option<i64> {
    let scaled = value * scale;
    let rounded = scaled.round();
    let close = (scaled - rounded).abs() <= TOLERANCE * rounded.abs();
    #[expect(clippy::cast_possible_truncation, reason = "below 2^53")]
    (close && rounded.abs() < MAX_EXACT).then_some(rounded as i64)
}

/// Appends `values` with the covered seconds of each one's slot.
pub(crate) fn put_column(out: &mut Vec<u8>, values: &[f64], covered: &[u32]) {
    let seconds: Option<Vec<u64>> = values
        .iter()
        .zip(covered)
        .map(|(value, secs)| whole(*value, f64::from(*secs)).and_then(|n| u64::try_from(n).ok()))
        .collect();
    if let Some(seconds) = seconds {
        out.push(SCHEME_SESSION_SECONDS);
        seconds.into_iter().for_each(|n| varint::put(out, n));
        return;
    }
    for (places, scale) in (0_u8..).zip(TEN_POW) {
        let whole: Option<Vec<i64>> = values.iter().map(|value| whole(*value, scale)).collect();
        if let Some(numbers) = whole {
            out.push(SCHEME_DECIMAL + places);
            let mut before = 0_i64;
            for number in numbers {
                varint::put_signed(out, number.wrapping_sub(before));
                before = number;
            }
            return;
        }
    }
    out.push(SCHEME_DOUBLE);
    for value in values {
        out.extend_from_slice(&value.to_be_bytes());
    }
}

/// Reads `covered.len()` values; `None` when the bytes are no such column.
pub(crate) fn column(reader: &mut Reader<'_>, covered: &[u32]) -> Option<Vec<f64>> {
    let scheme = reader.byte()?;
    let mut before = 0_i64;
    #[expect(clippy::cast_precision_loss, reason = "written below 2^53")]
    let mut next = |secs: u32| -> Option<f64> {
        Some(match scheme {
            SCHEME_DOUBLE => f64::from_be_bytes(reader.bytes(8)?.try_into().ok()?),
            SCHEME_SHORT_DOUBLE => {
                let mut bytes = [0_u8; 8];
                bytes[..5].copy_from_slice(reader.bytes(5)?);
                f64::from_be_bytes(bytes)
            }
            SCHEME_SESSION_SECONDS => reader.varint()? as f64 / f64::from(secs),
            _ => {
                let scale = TEN_POW.get(usize::from(scheme - SCHEME_DECIMAL))?;
                before = before.wrapping_add(reader.signed()?);
                before as f64 / scale
            }
        })
    };
    covered.iter().map(|secs| next(*secs).filter(|value| value.is_finite())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn round_trip(values: &[f64], covered: &[u32]) -> (Vec<f64>, usize) {
        let mut bytes = Vec::new();
        put_column(&mut bytes, values, covered);
        let mut reader = Reader::new(&bytes);
        let read = column(&mut reader, covered).unwrap();
        assert!(reader.is_empty());
        (read, bytes.len())
    }

    #[test]
    fn sixtieths_are_exact_and_small() {
        let values: Vec<f64> = (0..60).map(|n| f64::from(n * 7) / 60.0).collect();
        let (read, size) = round_trip(&values, &[60; 60]);
        assert_eq!(read, values);
        assert!(size <= 1 + 2 * 60, "{size}");
    }

    #[test]
    fn decimals_and_bytes_are_exact() {
        for values in [vec![12.34, 99.99, 0.01], vec![8_589_934_592.0, 8_589_930_496.0], vec![-1.0, 0.0]] {
            assert_eq!(round_trip(&values, &vec![60; values.len()]).0, values);
        }
    }

    #[test]
    fn odd_fractions_are_exact_and_old_columns_are_read() {
        let values = [2.0 / 18.0, 1.0 / 7.0, 12.345_678_912_345];
        assert_eq!(round_trip(&values, &[60; 3]).0, values);
        let mut old = vec![SCHEME_SHORT_DOUBLE];
        old.extend_from_slice(&1.5_f64.to_be_bytes()[..5]);
        assert_eq!(column(&mut Reader::new(&old), &[60]), Some(vec![1.5]));
    }

    proptest! {
        #[test]
        fn any_finite_number_stays_within_the_bound(values in prop::collection::vec(any::<f64>().prop_filter("finite", |v| v.is_finite()), 1..20), secs in 1_u32..86_400) {
            let covered = vec![secs; values.len()];
            for (given, read) in values.iter().zip(round_trip(&values, &covered).0) {
                prop_assert!((given - read).abs() <= given.abs() * 1e-12, "{} {}", given, read);
            }
        }

        #[test]
        fn any_bytes_are_refused_or_read(bytes in prop::collection::vec(any::<u8>(), 0..40), count in 0_usize..9) {
            if let Some(values) = column(&mut Reader::new(&bytes), &vec![60; count]) {
                prop_assert!(values.iter().all(|value| value.is_finite()));
            }
        }
    }
}
