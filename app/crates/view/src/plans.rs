//! How a statement was executed.

use serde::{Deserialize, Serialize};
use units::{Aas, Timestamp};

use crate::{LoadView, Source, Trouble};

/// The plans of one statement over a window.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PlansView {
    /// Its load by plan: the timeline. What has no plan is its remainder.
    pub load: LoadView,
    /// The plans, most load first.
    pub plans: Vec<PlanRow>,
    /// Load of the statement whose plan is not known.
    pub unknown: Aas,
    /// When one plan gave way to another, in order.
    pub flips: Vec<PlanFlip>,
    /// Why there are none.
    pub none: Option<NoPlan>,
    /// A script that shows a plan without executing the statement.
    pub explain: Option<String>,
    /// Where it comes from.
    pub source: Source,
}

/// Why a statement that ran has no plan. That it did not run, that a call was denied and that nothing
/// is collected yet are states of the panel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NoPlan {
    /// The instance does not offer plans.
    NotOffered,
    /// It offers them, and told none of any statement in the window.
    CaptureOff,
    /// Others have plans, this statement has none: it is too fast to be told.
    NotCaptured,
}

/// One plan.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PlanRow {
    /// `db.plans.id`.
    pub id: String,
    /// The id as it is shown.
    pub label: String,
    /// Load under this plan over the window.
    pub mean: Aas,
    /// Part of the statement's load.
    pub share: Option<f64>,
    /// Begin of the first bucket it ran in.
    pub first: Option<Timestamp>,
    /// Begin of the last one.
    pub last: Option<Timestamp>,
    /// Its tree from the root, each node before those below it; empty with a flaw.
    pub steps: Vec<PlanStep>,
    /// Why there is no tree.
    pub flaw: Option<PlanFlaw>,
}

/// Why a plan is known by its id only.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PlanFlaw {
    /// It has a shape this release does not know.
    UnknownShape,
    /// The source does not have it (any more), in its own words.
    Unavailable {
        /// The words.
        reason: String,
    },
    /// It could not be asked for.
    NotFetched(Option<Trouble>),
}

/// A node of a plan.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PlanStep {
    /// Level, 0 at the root.
    pub depth: u8,
    /// `Index Scan using orders_pkey on shop.orders o`, in PostgreSQL's words.
    pub operation: String,
    /// Conditions and keys with their names, literals masked.
    pub conditions: Vec<(String, String)>,
    /// Estimated cost of it and all below, in the planner's units.
    pub cost: Option<f64>,
    /// Estimated rows.
    pub rows: Option<f64>,
}

/// One plan gave way to another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanFlip {
    /// Begin of the first bucket under the new one.
    pub at: Timestamp,
    /// Label of the old one.
    pub from: String,
    /// Label of the new one.
    pub to: String,
}
