//! The id of a digest.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Names a digest: 128 bits over the normal form of a statement, and the version of the normal form
/// they were taken over. Text form: `d`, version, `-`, 32 lower-case hex digits (`d1-09ab…`).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct DigestId {
    version: u8,
    hash: u128,
}

impl DigestId {
    /// The id of a normal form hashed to `hash` under rules of `version`.
    #[must_use]
    pub const fn new(version: u8, hash: u128) -> Self {
        Self { version, hash }
    }

    /// Version of the normal form.
    #[must_use]
    pub const fn version(self) -> u8 {
        self.version
    }

    /// The 128 bits.
    #[must_use]
    pub const fn hash(self) -> u128 {
        self.hash
    }
}

impl fmt::Display for DigestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "d{}-{:032x}", self.version, self.hash)
    }
}

impl fmt::Debug for DigestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Why a text is no digest id.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("'{0}' is no digest id; it looks like d1- and 32 hex digits")]
pub struct DigestIdError(pub String);

impl FromStr for DigestId {
    type Err = DigestIdError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let parse = || {
            let (version, hex) = text.strip_prefix('d')?.split_once('-')?;
            let canonical = hex.len() == 32 && hex.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
            let version_text = version;
            let version: u8 = version.parse().ok()?;
            (canonical && version.to_string() == version_text).then_some(())?;
            Some(Self { version, hash: u128::from_str_radix(hex, 16).ok()? })
        };
        parse().ok_or_else(|| DigestIdError(text.chars().take(64).collect()))
    }
}

impl From<DigestId> for String {
    fn from(id: DigestId) -> Self {
        id.to_string()
    }
}

impl TryFrom<String> for DigestId {
    type Error = DigestIdError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_round_trips_and_junk_is_refused() {
        let id = DigestId::new(1, 0x09ab);
        assert_eq!(id.to_string(), "d1-000000000000000000000000000009ab");
        assert_eq!(id.to_string().parse(), Ok(id));
        for text in [
            "",
            "d1-",
            "d1-9ab",
            "d01-000000000000000000000000000009ab",
            "d1-000000000000000000000000000009AB",
            "d300-000000000000000000000000000009ab",
        ] {
            assert!(text.parse::<DigestId>().is_err(), "{text}");
        }
    }
}
