//! How a reader asks for what is not archived.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use units::{Period, ResourceId, Timestamp, Window};

use crate::Grouping;

/// Something a page needs and the archive lacks. Equal requests share one collection.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Wanted {
    /// Load by a grouping: one-second data, a filter, or the newest minutes.
    Load {
        /// The instance.
        instance: ResourceId,
        /// The grouping; others of the standard set come along with the newest minutes.
        grouping: Grouping,
        /// The window.
        window: Window,
        /// Bucket width; Performance Insights is asked for [`Period::offered`].
        period: Period,
    },
    /// CloudWatch metrics of an instance: the newest, and those of the window.
    Counters {
        /// The instance.
        instance: ResourceId,
        /// The window.
        window: Window,
    },
    /// The full text of a cut statement.
    StatementText {
        /// The instance it was seen on.
        instance: ResourceId,
        /// `db.sql_tokenized.id`.
        pi_id: String,
    },
    /// Who waited for whom: one second of the window.
    LockSnapshot {
        /// The instance.
        instance: ResourceId,
        /// Where the second lies; at most five minutes.
        window: Window,
        /// The second with most load waiting; otherwise the newest in which somebody waited.
        worst: bool,
    },
    /// What plans are.
    Plans {
        /// The instance they were executed on.
        instance: ResourceId,
        /// `db.plans.id`, sorted.
        ids: Vec<String>,
    },
    /// An alarm and its history around a time.
    Alarm {
        /// ARN, or a name in the regions collected from.
        alarm: String,
        /// The time of interest.
        at: Option<Timestamp>,
    },
    /// Metrics of all tiers of an app, the newest and those of the window, and the health of its targets.
    Tiers {
        /// [`crate::App::key`].
        app: String,
        /// The window.
        window: Window,
    },
    /// The values an alarm decides by.
    AlarmSeries {
        /// ARN.
        alarm: String,
        /// The window.
        window: Window,
    },
    /// The inventory, read again.
    Inventory,
}

/// Why a request was not served, by what the reader can do.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Refusal {
    /// No such instance or alarm in what is collected.
    #[error("{0} is not known")]
    Unknown(String),
    /// The question is one the source cannot answer: a group the engine lacks, two foreign filters,
    /// data older than kept.
    #[error("the source cannot answer this: {0}")]
    Unanswerable(String),
    /// Performance Insights is off for the instance.
    #[error("{0} is not enabled")]
    NotEnabled(String),
    /// AWS asked us to slow down.
    #[error("AWS throttles the calls")]
    Throttled {
        /// When the next attempt makes sense.
        retry_at: Option<Timestamp>,
    },
    /// Our own budget for interactive calls is used up for now.
    #[error("the budget for interactive calls is used up until {until}")]
    Budget {
        /// When calls are possible again.
        until: Timestamp,
    },
    /// An IAM action is missing.
    #[error("{action} is denied on {resource}")]
    Denied {
        /// The IAM action.
        action: String,
        /// ARN pattern.
        resource: String,
    },
    /// Credentials are missing or expired; the text says what to do.
    #[error("credentials: {0}")]
    Credentials(String),
    /// The endpoint cannot be reached or did not answer in time.
    #[error("AWS cannot be reached: {0}")]
    Unreachable(String),
    /// Nothing is collected here: what is shown comes from a file.
    #[error("nothing is collected here")]
    Offline,
    /// Collected, but the archive could not keep it; or we are shutting down.
    #[error("{0}")]
    Failed(String),
}

/// The boxed answer of [`Wants::want`].
pub type WantedFuture = Pin<Box<dyn Future<Output = Result<(), Refusal>> + Send>>;

/// The sending end for [`Wanted`], handed to readers: clone freely.
#[derive(Clone)]
pub struct Wants(Arc<dyn Fn(Wanted) -> WantedFuture + Send + Sync>);

impl Wants {
    /// A sending end that serves requests with `serve`.
    pub fn new(serve: impl Fn(Wanted) -> WantedFuture + Send + Sync + 'static) -> Self {
        Self(Arc::new(serve))
    }

    /// A sending end that refuses everything: for pages of a stored file.
    #[must_use]
    pub fn offline() -> Self {
        Self::new(|_| Box::pin(async { Err(Refusal::Offline) }))
    }

    /// Asks; resolves when the archive holds the answer, or with the reason it will not.
    ///
    /// # Errors
    /// [`Refusal`], see there.
    pub async fn want(&self, wanted: Wanted) -> Result<(), Refusal> {
        (self.0)(wanted).await
    }
}

impl fmt::Debug for Wants {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Wants")
    }
}
