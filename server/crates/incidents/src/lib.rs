//! From a CloudWatch alarm to the page that explains it.
//!
//! [`resolve()`] turns what a reader brings (an alarm's ARN, its name, a console address) and what is
//! known (alarms as polled or received, changes of state, the inventory) into a [`Landing`]: the
//! resource, the frozen window, the limit to draw and the states to show.
//!
//! Beside it stand what alarms send ([`read_message`], [`sns`]), what leads back from them ([`links`])
//! and what is kept of an incident ([`snapshot`], [`file`]).
//!
//! It must not know HTTP, routes, AWS clients or a clock: everything is passed in. Its one law: every
//! alarm lands somewhere. What cannot be resolved says why and what to do.

mod arn;
mod composite;
mod expression;
pub mod file;
mod landing;
mod lane;
pub mod links;
mod lookup;
mod metric;
mod notation;
mod payload;
mod promql;
mod resolve;
mod rule;
pub mod snapshot;
pub mod sns;
mod target;
mod tier;
mod timeline;
mod watched;

pub use arn::{AlarmArn, NotAnAlarmArn};
pub use expression::{
    Band, MetricsInsightsQuery, PiCounters, anomaly_band, metrics_insights, pi_counters, search_metrics,
};
pub use landing::{
    Breach, Child, Evaluation, Hint, Landing, Limit, Note, Presence, Side, StateSpan, TimeOrigin, Watched,
};
pub use lane::{LaneSubject, alarm_lane};
pub use lookup::{app_of, apps_of, compared, is_own_change, note_listing, resolve_in};
pub use metric::{chart_window, metric_view, unit_of};
pub use notation::AlarmRef;
pub use payload::{AlarmMessage, Cause, PayloadError, read_event, read_message, read_notification};
pub use promql::{Selector, selectors};
pub use resolve::{AFTER_SECS, BEFORE_SECS, Known, Question, resolve};
pub use rule::{Amount, Rule, RuleChild, RuleError};
pub use target::{InstanceTarget, Target, WhyUnknown, target_of_metric};
pub use tier::TierKind;
pub use timeline::aws_time;
