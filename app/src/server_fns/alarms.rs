//! What the alarm pages read.

use leptos::prelude::*;
use leptos::server_fn::codec::GetUrl;
use serde::{Deserialize, Serialize};
use units::Timestamp;
use view::{Panel, Severity, Source};

use super::codec::Json;
use crate::error::ViewError;

/// One alarm.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AlarmLine {
    /// `AlarmArn`.
    pub arn: String,
    /// `AlarmName`.
    pub name: String,
    /// State now: critical in ALARM, good when OK, unknown without enough data.
    pub severity: Severity,
    /// When it took on that state.
    pub since: Option<Timestamp>,
    /// What it watches, as one line.
    pub rule: String,
    /// Name of the instance it is about, when it is about one.
    pub instance: Option<String>,
}

/// All alarms, those in ALARM first.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct AlarmsView {
    /// Alarms.
    pub alarms: Vec<AlarmLine>,
    /// Where they come from.
    pub source: Source,
}

/// Where a link to an alarm leads.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AlarmLanding {
    /// `AlarmName`.
    pub name: String,
    /// State now.
    pub severity: Severity,
    /// The change of state the window is frozen around.
    pub at: Option<Timestamp>,
    /// What it watches, as one line.
    pub rule: String,
    /// Threshold in AAS and its sign (`>`), when the alarm is on DB load.
    pub threshold: Option<(f64, String)>,
    /// The frozen page.
    pub href: String,
}

/// All alarms by state.
///
/// # Errors
/// [`ViewError`], see there.
#[server(prefix = "/api/page", endpoint = "alarms", input = GetUrl, output = Json)]
pub async fn list_alarms() -> Result<Panel<AlarmsView>, ViewError> {
    crate::ssr::Source::of_request()?.alarms()
}

/// Where an alarm leads.
///
/// # Errors
/// [`ViewError::NotFound`] for an alarm nobody knows, [`ViewError::BadRequest`] for one that is not
/// about an instance or for a text that is no ARN.
#[server(prefix = "/api/page", endpoint = "alarm", input = GetUrl, output = Json)]
pub async fn resolve_alarm(
    /// ARN of the alarm.
    arn: String,
    /// The time the link names, in milliseconds; 0 for the last change of state.
    at_ms: i64,
) -> Result<AlarmLanding, ViewError> {
    crate::ssr::Source::of_request()?.alarm(&arn, at_ms)
}
