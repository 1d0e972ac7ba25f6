//! What belongs to no single instance: the fleet, the frame of every page, the sources.

use serde::{Deserialize, Serialize};
use units::ResourceId;
use view::{FleetView, Panel, SourcesView};

use super::ask::{Ask, What};

/// What every page shows around its content.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Frame {
    /// Instances by name: id and name.
    pub instances: Vec<(ResourceId, String)>,
    /// Alarms in ALARM; `None` when alarms cannot be read.
    pub alarms: Option<u32>,
    /// Calls to AWS since midnight UTC; `None` when nothing is collected.
    pub calls_today: Option<u64>,
    /// Share of the past that is collected, 0 to 1, over all instances, while a back-fill runs.
    pub filling: Option<f64>,
    /// Names of instances whose past is made from a seed.
    pub simulated: Vec<String>,
}

/// The frame of a page.
pub const FRAME: Ask<Frame> = Ask::new(What::Frame);

/// Instances ranked by load.
pub const FLEET: Ask<Panel<FleetView>> = Ask::new(What::Fleet);

/// What is collected, up to when, what fails, and what it costs.
pub const SOURCES: Ask<SourcesView> = Ask::new(What::Sources);
