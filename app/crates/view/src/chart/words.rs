//! The few words a chart carries. The message table of the app hands them in; the defaults are
//! English.

use std::borrow::Cow;

use crate::MarkerKind;

/// Words on a chart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChartWords {
    /// After the number of vCPUs: `8 vCPU`.
    pub vcpu: Cow<'static, str>,
    /// Between a length of time and a capacity: `14 min over 8 vCPU`.
    pub over: Cow<'static, str>,
    /// Behind a capacity that lies above the scale: `96 vCPU, above this scale`.
    pub above_scale: Cow<'static, str>,
    /// Names the ghost line: `Yesterday`.
    pub ghost: Cow<'static, str>,
    /// Inside a gap that was not collected.
    pub not_collected: Cow<'static, str>,
    /// Inside a gap where the source had nothing.
    pub no_samples: Cow<'static, str>,
    /// Inside of the span before the first measurement; `{time}` stands for when it was.
    pub before_first: Cow<'static, str>,
    /// Names of markers, for people who hear the page: deploy, event, alarm, back to OK.
    pub markers: [Cow<'static, str>; 4],
}

impl Default for ChartWords {
    fn default() -> Self {
        Self {
            vcpu: "vCPU".into(),
            over: "over".into(),
            above_scale: "above this scale".into(),
            ghost: "Compared".into(),
            not_collected: "Not collected".into(),
            no_samples: "No samples".into(),
            before_first: "No data before {time}".into(),
            markers: ["deploy".into(), "event".into(), "alarm".into(), "alarm back to OK".into()],
        }
    }
}

impl ChartWords {
    pub(super) fn marker(&self, kind: MarkerKind) -> &str {
        match kind {
            MarkerKind::Deploy => &self.markers[0],
            MarkerKind::RdsEvent => &self.markers[1],
            MarkerKind::Alarm => &self.markers[2],
            MarkerKind::AlarmOk => &self.markers[3],
        }
    }
}
