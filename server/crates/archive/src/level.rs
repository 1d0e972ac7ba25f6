//! The periods kept, and how much time one block of each holds.

use units::{Period, Timestamp};

/// A period kept, and the seconds one block of it spans.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Level {
    /// Seconds a slot.
    pub(crate) period: u32,
    /// Seconds a block: a whole number of slots.
    pub(crate) span: u32,
}

impl Level {
    /// One-second data, as pages ask for it.
    pub(crate) const SECONDS: Self = Self { period: 1, span: 300 };
    /// What is collected.
    pub(crate) const MINUTES: Self = Self { period: 60, span: 3600 };
    /// Metrics that AWS has every five minutes only.
    pub(crate) const FIVE_MINUTES: Self = Self { period: 300, span: 86_400 };
    /// First roll-up.
    pub(crate) const HOURS: Self = Self { period: 3600, span: 86_400 };
    /// Second roll-up; 32 days a block.
    pub(crate) const DAYS: Self = Self { period: 86_400, span: 32 * 86_400 };
    /// All, fine to coarse.
    pub(crate) const ALL: [Self; 5] = [Self::SECONDS, Self::MINUTES, Self::FIVE_MINUTES, Self::HOURS, Self::DAYS];

    /// The level of exactly this period.
    pub(crate) fn of(period: Period) -> Option<Self> {
        Self::ALL.into_iter().find(|level| level.period == period.secs())
    }

    /// Slots a block.
    pub(crate) const fn slots(self) -> usize {
        (self.span / self.period) as usize
    }

    /// Start, in seconds, of the block that holds `secs`.
    pub(crate) fn span_start(self, secs: i64) -> i64 {
        secs.div_euclid(i64::from(self.span)) * i64::from(self.span)
    }

    /// Slot of `secs` in the block starting at `span_start`; `None` outside.
    pub(crate) fn slot(self, span_start: i64, secs: i64) -> Option<usize> {
        let offset = usize::try_from(secs - span_start).ok()?;
        let slot = offset / self.period as usize;
        (slot < self.slots()).then_some(slot)
    }

    /// Start of a slot.
    pub(crate) fn slot_start(self, span_start: i64, slot: usize) -> i64 {
        span_start + i64::try_from(slot).unwrap_or(0) * i64::from(self.period)
    }

    /// The level its sealed blocks are rolled up into.
    pub(crate) fn coarser(self) -> Option<Self> {
        match self {
            Self::MINUTES | Self::FIVE_MINUTES => Some(Self::HOURS),
            Self::HOURS => Some(Self::DAYS),
            _ => None,
        }
    }
}

/// Whole seconds of a point in time.
pub(crate) const fn secs(at: Timestamp) -> i64 {
    at.secs()
}
