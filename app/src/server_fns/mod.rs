//! What pages ask for: the questions, and what each is answered with. Reading changes nothing, so the one
//! endpoint behind them is a GET; it is public, and its inputs are bounded and checked where they are
//! answered.

mod alarms;
mod apps;
mod ask;
mod blocking;
mod codec;
mod compare;
mod database;
mod fleet;
mod incidents;
mod statement;

pub use alarms::{
    ALARM, ALARM_LANE, ALARM_METRIC, ALARMS, AlarmChild, AlarmHint, AlarmLanding, AlarmLine, AlarmNote, AlarmTarget,
    AlarmsView, SUGGESTED_ALARMS, Suggestion,
};
pub use apps::{APP, APPS, SPEND, TIER};
pub use ask::{Answer, Ask, Asked, Key, What};
pub use blocking::BLOCKING;
pub use compare::{COMPARE, CompareScreen, FIND};
pub use database::{CONTEXT, COUNTERS, DB_LOAD, INSTANCE, JUDGEMENT, Judgement, OVERVIEW, TOP_SQL};
pub use fleet::{FLEET, FRAME, Frame, SOURCES};
pub use incidents::{Changed, INCIDENT, INCIDENTS, IncidentLine, IncidentView, NoteLine, TimelineRow};
pub use statement::{PLANS, PlansScreen, STATEMENT, STATEMENT_TAB, SqlScreen, SqlStrip, StatementText};
