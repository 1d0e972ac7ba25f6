//! The name of an instance.

use std::fmt;

use serde::{Deserialize, Serialize};

/// `DbiResourceId` of RDS (`db-` and 26 letters or digits): stays when an instance is renamed, and
/// is what the Performance Insights API and our archive are keyed by.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ResourceId(pub String);

impl ResourceId {
    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ResourceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
