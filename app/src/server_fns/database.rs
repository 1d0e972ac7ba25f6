//! What the pages of an instance read.

use serde::{Deserialize, Serialize};
use view::{ContextView, CountersView, InstanceFacts, LoadView, Panel, Tile, TopSqlView, Verdict};

use super::ask::{Ask, What};

/// The verdict and the figures under it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Judgement {
    /// The line.
    pub verdict: Verdict,
    /// The band.
    pub tiles: Vec<Tile>,
    /// What the verdict speaks of, to zoom to; `None` when that is the whole window.
    pub subject: Option<units::Window>,
}

/// Facts of an instance.
pub const INSTANCE: Ask<InstanceFacts> = Ask::new(What::Instance);

/// DB load, stacked by the slice of the address.
pub const DB_LOAD: Ask<Panel<LoadView>> = Ask::new(What::DbLoad);

/// The wider range for the mini-map, by wait type.
pub const OVERVIEW: Ask<Panel<LoadView>> = Ask::new(What::Overview);

/// Verdict and tiles.
pub const JUDGEMENT: Ask<Judgement> = Ask::new(What::Judgement);

/// Top SQL.
pub const TOP_SQL: Ask<Panel<TopSqlView>> = Ask::new(What::TopSql);

/// Load by the dimension of the open tab.
pub const CONTEXT: Ask<Panel<ContextView>> = Ask::new(What::Context);

/// Counter metrics.
pub const COUNTERS: Ask<Panel<CountersView>> = Ask::new(What::Counters);
