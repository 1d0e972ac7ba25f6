//! AWS SDK → samples: inventory, Performance Insights, CloudWatch, alarms; every request counted.
//!
//! It must not know how samples are stored or shown, nor when to ask: the schedule decides that. It
//! does not read the clock; windows come from the caller. Statement text leaves it masked. Its one
//! law: a point AWS did not return is not in a batch, and a window AWS did not answer for is not in
//! [`samples::Batch::answered`].

mod access;
mod alarm_links;
mod alarm_series;
mod alarms;
mod capability;
mod classes;
mod cloudwatch;
mod detail;
mod discovery;
mod error;
mod inventory;
mod ledger;
mod locks;
mod pages;
mod performance_insights;
mod plans;
mod statement;
mod topics;
mod waits;

pub use access::{Access, AccessError, Collector, Identity, Lane};
pub use alarm_links::AlarmLink;
pub use capability::Capabilities;
pub use classes::vcpus_of_class;
pub use cloudwatch::MetricRow;
pub use discovery::Apps;
pub use error::CollectError;
pub use ledger::{Ledger, Tally};
pub use performance_insights::{Answer, Question};
pub use statement::{LiteralKey, RawText, read_again};
