//! Faults on demand: by the names of resources, and for everything through `/_fault`.

use serde::{Deserialize, Serialize};

/// How long a `slow-…` resource takes to answer, milliseconds: longer than a patient reader waits.
pub(crate) const SLOW_MS: u64 = 4_000;

/// What `POST /_fault` sets, all off by default. Members left out are switched off.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Faults {
    /// Share of requests that are throttled, 0 to 100.
    pub throttle_percent: u8,
    /// Added to every answer, milliseconds; at most a minute.
    pub latency_ms: u64,
    /// Every caller is told that his credentials have expired.
    pub expired_credentials: bool,
    /// Every caller is told that he is not allowed.
    pub denied: bool,
    /// Share of requests that fail with an internal error, 0 to 100.
    pub error_percent: u8,
    /// Series or keys per page of PI where the request names no `MaxResults`; `None`: all in one.
    pub pi_page_limit: Option<usize>,
}

/// What a resource's name makes it do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Behaviour {
    Ordinary,
    /// Every read is refused.
    Denied,
    /// Every read is throttled.
    Throttled,
    /// Some minutes of every quarter of an hour are missing.
    Gaps,
    /// Every read takes [`SLOW_MS`].
    Slow,
    /// Performance Insights is switched off.
    PiOff,
}

impl Behaviour {
    /// By the beginning of the name.
    pub(crate) fn of_name(name: &str) -> Self {
        match name.split('-').next() {
            Some("denied") => Self::Denied,
            Some("throttled") => Self::Throttled,
            Some("gap") => Self::Gaps,
            Some("slow") => Self::Slow,
            Some("pi") if name.starts_with("pi-off-") => Self::PiOff,
            _ => Self::Ordinary,
        }
    }

    /// Whether this resource hides the minute that begins at `at_secs`.
    pub(crate) fn hides(self, at_secs: i64) -> bool {
        self == Self::Gaps && matches!(at_secs.div_euclid(60).rem_euclid(15), 6..=8)
    }
}
