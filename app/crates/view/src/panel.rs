//! A panel: data, or the designed state that stands in its place.

use serde::{Deserialize, Serialize};
use units::Timestamp;

/// What a panel has to show. Loading and stale are states of the page, not of the data.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Panel<T> {
    /// Data, perhaps with gaps (its own [`crate::Coverage`] tells).
    Data(T),
    /// A true zero: the source answered and nothing happened.
    Empty,
    /// No data, with the reason.
    Trouble(Trouble),
}

/// Why a panel has no data, by what the reader can do about it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Trouble {
    /// The source is not switched on for this resource: Performance Insights off, a group that the
    /// engine does not offer.
    NotCollected {
        /// Name of what is off, e.g. `Performance Insights`.
        what: String,
    },
    /// RDS does not run the instance now.
    NotRunning {
        /// Its status in RDS' word: `rebooting`, `stopped`.
        status: String,
    },
    /// An IAM action is missing.
    Denied {
        /// The action, e.g. `pi:GetResourceMetrics`.
        action: String,
        /// ARN pattern the action is needed on.
        resource: String,
    },
    /// AWS asked us to slow down.
    Throttled {
        /// When we try again.
        retry_at: Option<Timestamp>,
    },
    /// Credentials are missing or expired.
    Credentials,
    /// The endpoint cannot be reached, or did not answer in time.
    Unreachable,
    /// What is shown comes from a file, and this is not in it.
    NotInFile,
    /// Not collected yet: back-fill is on its way.
    Pending {
        /// Share of the back-fill done, 0 to 1.
        done: Option<f64>,
    },
    /// Something broke on our side; the log has the cause under this id.
    Failed {
        /// Request id.
        request_id: String,
    },
}

/// Where a panel's numbers come from, for its foot.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Source {
    /// `Performance Insights`, `CloudWatch`.
    pub name: String,
    /// Collected up to.
    pub collected_to: Option<Timestamp>,
    /// Whether the numbers are of a seeded world instead of a measured one.
    pub simulated: bool,
    /// The calls of the AWS CLI that answer with these numbers, one a line.
    #[serde(default)]
    pub calls: Vec<String>,
}

/// Addresses of the tools of a panel or a table.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PanelTools {
    /// JSON of what is shown, under `/api/v1`.
    pub json: Option<String>,
    /// CSV of what is shown.
    pub csv: Option<String>,
    /// Commands of the AWS CLI that answer with the same numbers.
    pub calls: Vec<String>,
}
