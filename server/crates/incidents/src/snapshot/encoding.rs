//! The file of a snapshot, byte by byte.
//!
//! | bytes | what |
//! |---|---|
//! | 0–4 | `LLINC` |
//! | 5 | version: 1 |
//! | 6–7 | `\r\n`, which a transfer as text spoils |
//! | 8–15 | length of the JSON, little-endian |
//! | 16–23 | XXH3-64 of the JSON, little-endian |
//! | 24– | the JSON of [`Snapshot`], compressed with zstd |

use xxhash_rust::xxh3::xxh3_64;

use super::Snapshot;

/// Newest version this release writes and reads.
pub const FORMAT_VERSION: u8 = 1;

const MAGIC: &[u8; 5] = b"LLINC";
const HEAD_BYTES: usize = 24;

/// Largest snapshot, uncompressed. One instance with an hour of seconds has some 5 MB.
const MAX_JSON_BYTES: u64 = 512 * 1024 * 1024;

/// Between speed and size: the default of zstd.
const LEVEL: i32 = 3;

/// Why a file is no snapshot.
#[derive(Debug, thiserror::Error)]
pub enum SnapshotError {
    /// Something else.
    #[error("this is no incident snapshot of Loadlens")]
    NotASnapshot,
    /// Written by a newer release.
    #[error("the snapshot has format {found}; this release reads up to {FORMAT_VERSION}")]
    TooNew {
        /// Version in the file.
        found: u8,
    },
    /// Cut or changed on its way.
    #[error("the snapshot is damaged")]
    Damaged,
    /// It cannot be written.
    #[error("the snapshot cannot be written: {0}")]
    Unwritable(String),
}

impl Snapshot {
    /// The file.
    ///
    /// # Errors
    /// [`SnapshotError::Unwritable`] when it would be too large.
    pub fn to_bytes(&self) -> Result<Vec<u8>, SnapshotError> {
        let unwritable = |error: String| SnapshotError::Unwritable(error);
        let json = serde_json::to_vec(self).map_err(|error| unwritable(error.to_string()))?;
        let length = json.len() as u64;
        if length > MAX_JSON_BYTES {
            return Err(unwritable(format!("{length} bytes are too many")));
        }
        let mut bytes = Vec::from(MAGIC);
        bytes.extend([FORMAT_VERSION, b'\r', b'\n']);
        bytes.extend(length.to_le_bytes());
        bytes.extend(xxh3_64(&json).to_le_bytes());
        let packed = zstd::bulk::compress(&json, LEVEL).map_err(|error| unwritable(error.to_string()))?;
        bytes.extend(packed);
        Ok(bytes)
    }

    /// Reads a file.
    ///
    /// # Errors
    /// [`SnapshotError`], saying what is wrong with it.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, SnapshotError> {
        let (head, packed) = bytes.split_at_checked(HEAD_BYTES).ok_or(SnapshotError::NotASnapshot)?;
        if !head.starts_with(MAGIC) {
            return Err(SnapshotError::NotASnapshot);
        }
        if head[5] > FORMAT_VERSION {
            return Err(SnapshotError::TooNew { found: head[5] });
        }
        if head[5] == 0 || &head[6..8] != b"\r\n" {
            return Err(SnapshotError::Damaged);
        }
        let number = |from: usize| head[from..from + 8].try_into().map(u64::from_le_bytes).unwrap_or_default();
        let (length, checksum) = (number(8), number(16));
        let length = usize::try_from(length).ok().filter(|_| length <= MAX_JSON_BYTES).ok_or(SnapshotError::Damaged)?;
        let json = zstd::bulk::decompress(packed, length).map_err(|_| SnapshotError::Damaged)?;
        if json.len() != length || xxh3_64(&json) != checksum {
            return Err(SnapshotError::Damaged);
        }
        serde_json::from_slice(&json).map_err(|_| SnapshotError::Damaged)
    }
}
