//! What a page shows, as plain data: ranked rows, series, coverage, formatted numbers, drawn charts.
//!
//! `ranking` fills these types, server functions send them, pages lay them out. Nothing here
//! computes a rank, knows a route, or reads a clock. Charts are drawn here with plotters, by the
//! same code on the server and in the browser. Its one law: what is missing stays missing
//! (`None`), it never becomes 0.

mod app_page;
mod axis;
mod blocking;
pub mod chart;
mod chips;
mod clock;
mod compare;
mod context;
mod counters;
mod find;
mod fleet;
mod legend;
mod load;
mod metric;
pub mod number;
mod panel;
mod plans;
mod readout;
mod scale;
mod sheet;
mod sources;
mod sql_page;
mod statement_table;
mod table;
mod top_sql;
mod verdict;

pub use app_page::{
    AlarmLane, AlarmSpan, AppCard, AppView, AppsView, Caller, Condition, EdgeEvidence, Mover, PlaceState,
    PurchaseOption, PurchaseStep, PurchaseView, Reading, SightLimit, SpendLine, SpendView, StripGroup, TargetRow,
    TierBox, TierPlace, TierState, TierView,
};
pub use axis::{Axis, OffsetChange};
pub use blocking::{BlockerRow, BlockingFlaw, BlockingMoment, BlockingNode, BlockingView, SessionFacts};
pub use chips::{Blocked, BlockedChip};
pub use clock::{LocalTime, TimeTick};
pub use compare::{ChangeKind, CompareDigest, CompareDimension, CompareRow, CompareSide, CompareView, DeployCard};
pub use context::{ContextRow, ContextView};
pub use counters::{CounterStrip, CountersView};
pub use find::{FoundDigest, FoundPlace, FoundTable, FoundView};
pub use fleet::{FleetRow, FleetView, InstanceFacts, PiState};
pub use legend::{Legend, LegendEntry, LegendRest};
pub use load::{Ghost, Layer, LoadView, Marker, MarkerKind, Peak, VcpuLine};
pub use metric::{LaneSpan, MetricBand, MetricView, StateLane, StateLaneRow};
pub use panel::{Panel, PanelTools, Source, Trouble};
pub use plans::{NoPlan, PlanFlaw, PlanFlip, PlanRow, PlanStep, PlansView};
pub use readout::{Readout, ReadoutRest, ReadoutRow};
pub use scale::Scale;
pub use sheet::{ColumnKind, Piece, Sheet, SheetColumn, SheetRow, Tone};
pub use sources::{SourceLine, SourcesView};
pub use sql_page::{
    CallFigure, CallSeries, ChangeCause, ChangePart, ChangeView, ColumnLoad, ColumnRole, ElsewhereRow, ElsewhereView,
    IndexHypothesis, LiteralSlot, LiteralValue, LiteralsView, SqlPageView, SqlSpan, SqlSpanKind, StatementFacts,
    StatementFinding,
};
pub use table::{Cell, DataTable, guarded};
pub use top_sql::{Badge, ChildStatement, LoadPart, RowKind, SqlRow, TopSqlView};
pub use units::{BucketCover, Coverage, GapReason};
pub use verdict::{Clause, Severity, Tile, Verdict};
