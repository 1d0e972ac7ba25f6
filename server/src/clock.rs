//! The one module of the dashboard that reads the clock.

use std::time::{SystemTime, UNIX_EPOCH};

use units::Timestamp;

/// The present, UTC.
#[must_use]
pub fn now() -> Timestamp {
    let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Timestamp(i64::try_from(since_epoch.as_millis()).unwrap_or(i64::MAX))
}
