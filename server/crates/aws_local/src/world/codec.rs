//! Small numbers in few bytes (LEB128), for the blobs on disk.
//!
//! A blob of sessions is a sequence of pairs: number of the combination, count.

use super::figures::Readings;

/// Appends `number`, seven bits a byte, lowest first.
pub(crate) fn write_number(out: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        out.push((number & 0x7f) as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

/// Reads a number from the front; `None` at the end or if it is cut.
pub(crate) fn read_number(bytes: &mut &[u8]) -> Option<u64> {
    let mut number = 0;
    for (index, byte) in bytes.iter().enumerate().take(10) {
        number |= u64::from(byte & 0x7f) << (7 * index);
        if byte & 0x80 == 0 {
            *bytes = &bytes[index + 1..];
            return Some(number);
        }
    }
    None
}

/// Sessions per combination as a blob.
pub(crate) fn write_sessions(sessions: &[(u32, u32)]) -> Vec<u8> {
    let mut blob = Vec::with_capacity(sessions.len() * 4);
    for (combination, count) in sessions {
        write_number(&mut blob, u64::from(*combination));
        write_number(&mut blob, u64::from(*count));
    }
    blob
}

/// Reads what [`write_sessions`] wrote.
pub(crate) fn read_sessions(mut blob: &[u8]) -> Vec<(u32, u32)> {
    let mut sessions = Vec::new();
    while let (Some(combination), Some(count)) = (read_number(&mut blob), read_number(&mut blob)) {
        sessions.push((combination as u32, count as u32));
    }
    sessions
}

/// Counter readings as a blob: number of the name, then count, sum, min, max as little-endian `f64`.
pub(crate) fn write_readings(readings: &[(u32, Readings)]) -> Vec<u8> {
    let mut blob = Vec::with_capacity(readings.len() * 34);
    for (counter, readings) in readings {
        write_number(&mut blob, u64::from(*counter));
        for value in [readings.count, readings.sum, readings.min, readings.max] {
            blob.extend_from_slice(&value.to_le_bytes());
        }
    }
    blob
}

/// Reads what [`write_readings`] wrote.
pub(crate) fn read_readings(mut blob: &[u8]) -> Vec<(u32, Readings)> {
    let mut readings = Vec::new();
    while let Some(counter) = read_number(&mut blob) {
        let Some([count, sum, min, max]) = read_doubles(&mut blob) else { break };
        readings.push((counter as u32, Readings { count, sum, min, max }));
    }
    readings
}

/// Reads `N` little-endian doubles from the front.
pub(crate) fn read_doubles<const N: usize>(bytes: &mut &[u8]) -> Option<[f64; N]> {
    let taken = bytes.get(..N * 8)?;
    *bytes = &bytes[N * 8..];
    let mut values = [0.0; N];
    for (value, chunk) in values.iter_mut().zip(taken.chunks_exact(8)) {
        *value = f64::from_le_bytes(chunk.try_into().ok()?);
    }
    Some(values)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn there_and_back(sessions in prop::collection::vec((any::<u32>(), any::<u32>()), 0..20)) {
            prop_assert_eq!(read_sessions(&write_sessions(&sessions)), sessions);
        }

        #[test]
        fn any_bytes_are_read_without_panic(bytes in prop::collection::vec(any::<u8>(), 0..60)) {
            read_sessions(&bytes);
            read_readings(&bytes);
        }
    }
}
