//! Filter chips.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::Dimension;

/// Whether a filter keeps or drops what it names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FilterOp {
    /// Keep only this value.
    Is,
    /// Keep everything else (total − included).
    IsNot,
}

/// One filter chip: `user is web`, `user is not rdsadmin`.
///
/// Text form in URLs: `user:web`, `-user:rdsadmin`. The value is the dimension's key: a wait event
/// name, our digest id for [`Dimension::Sql`], a user name and so on.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Filter {
    /// What is filtered by.
    pub dimension: Dimension,
    /// Keep or drop.
    pub op: FilterOp,
    /// The value, at most [`Filter::MAX_VALUE_BYTES`].
    pub value: String,
}

impl Filter {
    /// Longest value Performance Insights takes in a filter.
    pub const MAX_VALUE_BYTES: usize = 256;

    /// `dimension is value`.
    #[must_use]
    pub fn is(dimension: Dimension, value: impl Into<String>) -> Self {
        Self { dimension, op: FilterOp::Is, value: value.into() }
    }

    /// `dimension is not value`.
    #[must_use]
    pub fn is_not(dimension: Dimension, value: impl Into<String>) -> Self {
        Self { dimension, op: FilterOp::IsNot, value: value.into() }
    }
}

impl fmt::Display for Filter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.op == FilterOp::IsNot { "-" } else { "" };
        write!(f, "{sign}{}:{}", self.dimension, self.value)
    }
}

/// Why a text is no filter.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("'{0}' is no filter; write dimension:value, or -dimension:value to exclude")]
pub struct FilterError(pub String);

impl FromStr for Filter {
    type Err = FilterError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (op, rest) = text.strip_prefix('-').map_or((FilterOp::Is, text), |rest| (FilterOp::IsNot, rest));
        let parsed = rest.split_once(':').and_then(|(name, value)| Some((name.parse().ok()?, value)));
        match parsed {
            Some((dimension, value)) if !value.is_empty() && value.len() <= Self::MAX_VALUE_BYTES => {
                Ok(Self { dimension, op, value: value.to_owned() })
            }
            _ => Err(FilterError(text.chars().take(64).collect())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chips_round_trip() {
        for filter in [Filter::is(Dimension::Wait, "Lock:transactionid"), Filter::is_not(Dimension::User, "rdsadmin")] {
            assert_eq!(filter.to_string().parse(), Ok(filter));
        }
        assert!("user".parse::<Filter>().is_err());
        assert!("colour:red".parse::<Filter>().is_err());
        assert!("user:".parse::<Filter>().is_err());
    }
}
