//! How a piece of load was asked for.

use std::fmt;

use serde::{Deserialize, Serialize};
use units::Dimension;

/// Load as Performance Insights returned it: grouped by one dimension, perhaps filtered by equality.
///
/// Every answer carries, besides the series of the group, the total of everything that passes the
/// filter. A key is the value of [`units::PiDimension::key`]: a wait event name, a
/// `db.sql_tokenized.id`, a user name.
///
/// Performance Insights takes any number of filters on the grouped dimension and one on another.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Grouping {
    /// Dimension the load is grouped by; one that Performance Insights knows ([`Dimension::pi`]).
    pub group: Dimension,
    /// Equality filters, sorted and each dimension once: (dimension, key).
    pub filter: Vec<(Dimension, String)>,
}

impl Grouping {
    /// Everything, grouped by `group`.
    #[must_use]
    pub const fn by(group: Dimension) -> Self {
        Self { group, filter: Vec::new() }
    }

    /// The smallest grouping, when only the total is of interest: by wait event type.
    #[must_use]
    pub const fn total() -> Self {
        Self::by(Dimension::WaitType)
    }

    /// This grouping, of the load where `dimension` is `key`.
    #[must_use]
    pub fn filtered(mut self, dimension: Dimension, key: impl Into<String>) -> Self {
        self.filter.push((dimension, key.into()));
        self.filter.sort();
        self
    }

    /// Whether Performance Insights can answer it: every dimension is one of its own, and at most
    /// one filter is on another dimension than the grouped one.
    #[must_use]
    pub fn is_answerable(&self) -> bool {
        let known = self.group.pi().is_some() && self.filter.iter().all(|(dimension, _)| dimension.pi().is_some());
        known && self.filter.iter().filter(|(dimension, _)| *dimension != self.group).count() <= 1
    }
}

/// `sql where wait_type = Lock`, for logs and messages.
impl fmt::Display for Grouping {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.group)?;
        for (place, (dimension, key)) in self.filter.iter().enumerate() {
            let joint = if place == 0 { "where" } else { "and" };
            write!(f, " {joint} {dimension} = {key}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_foreign_filter_is_answerable() {
        let by_sql = Grouping::by(Dimension::Sql).filtered(Dimension::WaitType, "Lock");
        assert!(by_sql.is_answerable());
        assert!(!by_sql.clone().filtered(Dimension::User, "web").is_answerable());
        assert!(by_sql.filtered(Dimension::Sql, "A1").is_answerable());
        assert!(!Grouping::by(Dimension::Table).is_answerable());
    }
}
