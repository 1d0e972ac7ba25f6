//! Observations as AWS measured them: instances, load, counters, statements, alarms.
//!
//! `collect` makes these values, `archive` keeps them, `ranking` reads them. The crate also holds
//! the tier catalogue (`tiers.toml`: which CloudWatch metrics exist, what their absence means) and
//! the [`Wanted`] request, by which a reader asks for what is not archived yet.
//!
//! It must not know how a value was fetched or where it is kept: no AWS client, no disk, no clock.
//! Its one law: what was not measured has no value. A bucket nobody answered is absent, never 0.

mod alarm;
mod batch;
mod event;
mod grouping;
mod health;
mod incident;
mod instance;
mod locks;
mod matrix;
mod plan;
mod prices;
mod series;
mod spend;
mod statement;
mod tiers;
mod topology;
mod wanted;

pub use alarm::{AlarmEvent, AlarmKind, AlarmState, AlarmStatus, Comparison, MetricRef};
pub use batch::{Batch, CounterBatch, LoadBatch, LoadSeries, Point, StatisticBatch};
pub use event::{Marker, MarkerKind};
pub use grouping::Grouping;
pub use health::{Health, Progress, SourceHealth, SourceKind};
pub use incident::{AlarmSeries, Incident, IncidentNote};
pub use instance::{Instance, PiState, Vcpus};
pub use locks::{LockSnapshot, LockedSession, SnapshotFlaw};
pub use matrix::{CounterMatrix, CounterSeries, FleetTotals, KeyedSeries, LoadMatrix, StatementStats};
pub use plan::{Plan, PlanFlaw, PlanNode};
pub use prices::{FARGATE, Price, Prices};
pub use series::{MetricName, StatementStat};
pub use spend::{ApiCalls, api_price_usd};
pub use statement::Statement;
pub use tiers::{Absence, CatalogueError, Place, Signal, Tier, TierMetric, catalogue};
pub use topology::{
    App, AppOrigin, DiscoveryLimit, Edge, Evidence, Figure, FigureKind, LimitKind, TargetEvent, TargetHealth,
    TierResource, Topology,
};
pub use units::{BucketCover, Coverage, GapReason};
pub use wanted::{Refusal, Wanted, WantedFuture, Wants};
