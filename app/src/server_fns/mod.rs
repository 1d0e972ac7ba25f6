//! The read endpoints of pages: parse, ask `ranking`, map the error. All of them are GET: none
//! changes anything. Each is a public endpoint: its inputs are bounded and checked here.

mod alarms;
mod apps;
mod blocking;
mod codec;
mod compare;
mod database;
mod fleet;
mod incidents;
mod statement;

pub use alarms::{
    AlarmChild, AlarmHint, AlarmLanding, AlarmLine, AlarmNote, AlarmTarget, AlarmsView, Suggestion, fetch_alarm_lane,
    fetch_alarm_metric, list_alarms, resolve_alarm, suggest_alarms,
};
pub use apps::{fetch_app, fetch_spend, fetch_tier, rank_apps};
pub use blocking::fetch_blocking;
pub use compare::{CompareScreen, fetch_compare, find_anything};
pub use database::{
    Judgement, fetch_counters, fetch_db_load, fetch_instance, fetch_overview, judge_db_load, rank_context, rank_top_sql,
};
pub use fleet::{Frame, fetch_frame, list_sources, rank_fleet};
pub use incidents::{Changed, IncidentLine, IncidentView, NoteLine, TimelineRow, fetch_incident, list_incidents};
pub use statement::{SqlScreen, SqlStrip, StatementText, fetch_statement, fetch_statement_tab};
