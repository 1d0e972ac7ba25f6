//! Average active sessions.

use std::iter::Sum;
use std::ops::{Add, Sub};

use serde::{Deserialize, Serialize};

/// Average active sessions: sessions working or waiting inside the database, averaged over a
/// window. 0 and up; finite. A window nobody sampled has no AAS at all (`Option<Aas>`), not 0.
#[derive(Clone, Copy, Debug, Default, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Aas(pub f64);

impl Aas {
    /// No session was active.
    pub const ZERO: Self = Self(0.0);

    /// This load as a part of `total`, 0 to 1; `None` when the total is 0.
    #[must_use]
    pub fn share_of(self, total: Self) -> Option<f64> {
        (total.0 > 0.0).then(|| self.0 / total.0)
    }
}

impl Add for Aas {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0 + other.0)
    }
}

impl Sub for Aas {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self(self.0 - other.0)
    }
}

impl Sum for Aas {
    fn sum<I: Iterator<Item = Self>>(loads: I) -> Self {
        loads.fold(Self::ZERO, Add::add)
    }
}
