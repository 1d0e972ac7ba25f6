//! One file per route. A page reads its typed query, makes its resources and lays out components;
//! it has no arithmetic.

mod alarm;
mod alarms;
mod app;
mod apps;
mod blocking;
mod compare;
mod controls;
mod db_load;
mod find;
mod fleet;
mod frame;
mod incident;
mod incidents;
mod not_found;
mod plans;
mod settings;
mod sources;
mod sql;

pub use alarm::{AlarmRoute, NamedAlarmRoute};
pub use alarms::AlarmsRoute;
pub use app::AppRoute;
pub use apps::AppsRoute;
pub use compare::CompareRoute;
pub use db_load::DbLoadRoute;
pub use find::FindRoute;
pub use fleet::FleetRoute;
pub use incident::IncidentRoute;
pub use incidents::IncidentsRoute;
pub use not_found::NotFoundRoute;
pub use settings::SettingsRoute;
pub use sources::SourcesRoute;
pub use sql::SqlRoute;
