//! What the incident pages read.

use serde::{Deserialize, Serialize};
use units::{ResourceId, Timestamp, Window};
use view::{CompareView, Panel, Severity, Verdict};

use super::ask::{Ask, What};

/// One incident of the list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct IncidentLine {
    /// Id in addresses.
    pub id: String,
    /// Name of the alarm that went off first.
    pub name: String,
    /// What it is about.
    pub resource: String,
    /// When it began.
    pub at: Timestamp,
    /// Alarms that belong to it.
    pub alarms: u32,
    /// Notes of people.
    pub notes: u32,
    /// When its snapshot was taken; none yet.
    pub taken_at: Option<Timestamp>,
    /// The snapshot holds the whole window.
    pub is_final: bool,
}

/// A line of the timeline, worded.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TimelineRow {
    /// When.
    pub at: Timestamp,
    /// What happened.
    pub text: String,
    /// It moved before everything else.
    pub is_first_mover: bool,
    /// An alarm that went off, or a series over its limit.
    pub is_critical: bool,
}

/// What differs from an earlier window.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Changed {
    /// The hour before; otherwise the same time yesterday.
    pub is_hour_before: bool,
    /// Both sides.
    pub view: Panel<CompareView>,
}

/// A note of a person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NoteLine {
    /// When it was written.
    pub written: Timestamp,
    /// Who wrote it; may be empty.
    pub by: String,
    /// What it says.
    pub text: String,
}

/// The page of an incident.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct IncidentView {
    /// As in the list.
    pub line: IncidentLine,
    /// The frozen window.
    pub window: Window,
    /// The database instance, when it is about one.
    pub instance: Option<ResourceId>,
    /// Key of the app it is about, or whose database it is about.
    pub app: Option<String>,
    /// Its alarms: ARN, name, state now.
    pub alarms: Vec<(String, String, Severity)>,
    /// What happened when.
    pub timeline: Vec<TimelineRow>,
    /// What was found; none for what is neither database nor part of an app.
    pub verdict: Option<Verdict>,
    /// Against the hour before and the same time yesterday.
    pub changed: Vec<Changed>,
    /// Notes.
    pub notes: Vec<NoteLine>,
    /// Ready to paste into a chat.
    pub summary: String,
}

/// Incidents, newest first.
pub const INCIDENTS: Ask<Panel<Vec<IncidentLine>>> = Ask::new(What::Incidents);

/// One incident.
pub const INCIDENT: Ask<IncidentView> = Ask::new(What::Incident);
