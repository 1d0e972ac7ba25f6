//! How a statement was executed.

use serde::{Deserialize, Serialize};
use units::Timestamp;

/// A plan. // `db.execution_plan`, `raw_plan`
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Plan {
    /// `db.plans.id`.
    pub id: String,
    /// When it was asked for.
    pub asked: Timestamp,
    /// Its tree; `None` with a flaw.
    pub root: Option<PlanNode>,
    /// Why there is no tree.
    pub flaw: Option<PlanFlaw>,
}

/// What is wrong with a plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PlanFlaw {
    /// It came in a shape this release does not know. Nothing of it is told: it may hold literals.
    UnknownShape,
    /// The source does not have it (any more), in its own words.
    Unavailable {
        /// The words.
        reason: String,
    },
}

/// A node of a plan, in PostgreSQL's words. What is not known of it is missing.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct PlanNode {
    /// `Index Scan`, `Hash Join`.
    pub operation: String,
    /// `Inner`, `Left`; of joins.
    pub join: Option<String>,
    /// Table, with its schema where that is told.
    pub relation: Option<String>,
    /// Name of the table in the statement, where it is another.
    pub alias: Option<String>,
    /// Index.
    pub index: Option<String>,
    /// `InitPlan 1`, `CTE recent`: a part of its own.
    pub part: Option<String>,
    /// Conditions and keys with their names (`Index Cond`, `Sort Key`), literals masked.
    pub conditions: Vec<(String, String)>,
    /// Estimated cost of it and all below, in the planner's units.
    pub cost: Option<f64>,
    /// Estimated rows it gives.
    pub rows: Option<f64>,
    /// Nodes it reads from.
    pub below: Vec<PlanNode>,
}
