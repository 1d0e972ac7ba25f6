//! How long each level is kept.

use rusqlite::{Connection, params};
use units::Timestamp;

use crate::error::Result;
use crate::level::Level;
use crate::{lock_snapshots, plans};

/// Days each level is kept. The defaults come from sizes measured with 120 load rows a minute and
/// instance: minutes of 400 days are about 200 MB, roll-ups of ten years about a tenth of that.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retention {
    /// One-second data, as pages asked for it.
    pub second_days: u32,
    /// Minutes and five-minute metrics.
    pub minute_days: u32,
    /// Hours.
    pub hour_days: u32,
    /// Days.
    pub day_days: u32,
}

impl Default for Retention {
    fn default() -> Self {
        Self { second_days: 35, minute_days: 400, hour_days: 3650, day_days: 7300 }
    }
}

impl Retention {
    const fn days(self, level: Level) -> u32 {
        match level {
            Level::SECONDS => self.second_days,
            Level::HOURS => self.hour_days,
            Level::DAYS => self.day_days,
            _ => self.minute_days,
        }
    }
}

/// Drops what is wholly older than its retention; returns blocks and tails dropped.
pub(crate) fn expire(connection: &Connection, now: Timestamp, retention: Retention) -> Result<usize> {
    let mut dropped = 0;
    for level in Level::ALL {
        let oldest = now.secs() - i64::from(retention.days(level)) * 86_400 - i64::from(level.span);
        for delete in [
            "DELETE FROM block WHERE period = ?1 AND start <= ?2",
            "DELETE FROM tail WHERE period = ?1 AND start <= ?2",
        ] {
            dropped += connection.prepare_cached(delete)?.execute(params![level.period, oldest])?;
        }
    }
    let oldest = now.secs() - i64::from(retention.minute_days) * 86_400;
    dropped += connection.prepare_cached("DELETE FROM failure WHERE ends <= ?1")?.execute([oldest])?;
    dropped += connection.prepare_cached("DELETE FROM target_event WHERE at <= ?1")?.execute([oldest * 1000])?;
    dropped += lock_snapshots::expire(connection, Timestamp::from_secs(oldest))?;
    // Snapshots outlive the minutes they were made of: as long as hours. So do plans, which are read once.
    let oldest = now.secs() - i64::from(retention.hour_days) * 86_400;
    dropped += plans::expire(connection, Timestamp::from_secs(oldest))?;
    let oldest_ms = oldest * 1000;
    Ok(dropped + crate::incidents::expire(connection, oldest_ms)?)
}
