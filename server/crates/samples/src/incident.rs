//! Incidents: what is kept of an alarm that went off.

use serde::{Deserialize, Serialize};
use units::{ResourceId, Timestamp, Window};

use crate::Point;

/// An alarm, or several of one resource, that went off.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Incident {
    /// Names it in addresses: epoch seconds, a hyphen, eight hexadecimal digits of the resource.
    pub id: String,
    /// ARNs of its alarms; the one that went off first stands first.
    pub alarms: Vec<String>,
    /// `AlarmName` of the first.
    pub name: String,
    /// What the first alarm is about, as the reader calls it: an instance, a balancer, a function.
    pub resource: String,
    /// The database instance, when it is about one.
    pub instance: Option<ResourceId>,
    /// When the first alarm went off.
    pub at: Timestamp,
    /// The frozen window around it.
    pub window: Window,
    /// When its snapshot was taken last; `None` before the first.
    pub taken_at: Option<Timestamp>,
    /// Whether the snapshot holds the whole window.
    pub is_final: bool,
}

/// A note of a person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct IncidentNote {
    /// The moment it is about.
    pub at: Timestamp,
    /// When it was written.
    pub written: Timestamp,
    /// Who wrote it; empty when nobody is signed in.
    pub by: String,
    /// What it says; at most [`IncidentNote::MAX_CHARS`].
    pub text: String,
}

impl IncidentNote {
    /// Longest note.
    pub const MAX_CHARS: usize = 4000;
    /// Longest name of a writer.
    pub const MAX_NAME_CHARS: usize = 64;
}

/// The values an alarm decides by, in its own period: of its metric or of its expression.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AlarmSeries {
    /// ARN of the alarm.
    pub arn: String,
    /// Seconds of a point.
    pub period_secs: u32,
    /// The window that was asked for. A period inside without a point had no value.
    pub window: Window,
    /// Values, ascending.
    pub values: Vec<Point>,
    /// Lower edge of the band of an anomaly alarm; empty for any other.
    #[serde(default)]
    pub lower: Vec<Point>,
    /// Upper edge of the band.
    #[serde(default)]
    pub upper: Vec<Point>,
}
