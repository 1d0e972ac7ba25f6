//! What the page of a statement reads. The server chooses the words and addresses: the page lays
//! them out.

use serde::{Deserialize, Serialize};
use view::chart::WaterfallRow;
use view::{Badge, LoadView, Panel, Piece, Sheet, Source, SqlSpan, Verdict};

use super::ask::{Ask, What};

/// The page of one digest.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SqlScreen {
    /// Muted line beside the title: kind, table, route.
    pub subject: String,
    /// What changed, in words.
    pub verdict: Verdict,
    /// The text.
    pub text: StatementText,
    /// Facts below the text: term and value.
    pub facts: Vec<(String, Vec<Piece>)>,
    /// What the change is held against, and its parts; `None` when there is nothing to compare.
    pub waterfall: Option<(String, Vec<WaterfallRow>)>,
    /// Load by wait class.
    pub load: LoadView,
    /// Load of the whole instance, a bucket each.
    pub whole: Vec<Option<f64>>,
    /// Lines below it: load first (without values of its own), then calls, latency, rows.
    pub strips: Vec<SqlStrip>,
    /// Words beside the title of the charts.
    pub aligned_meta: String,
    /// What stands out in the text, and what to try.
    pub findings: Vec<Sheet>,
    /// Where the numbers come from.
    pub source: Source,
}

/// A statement as it is shown.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StatementText {
    /// Badges.
    pub badges: Vec<Badge>,
    /// Stretches which together are the text.
    pub spans: Vec<SqlSpan>,
    /// The same as one text.
    pub plain: String,
    /// Scripts to copy: name and text.
    pub scripts: Vec<(String, String)>,
}

/// One line of the aligned charts.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SqlStrip {
    /// Name.
    pub label: String,
    /// Unit of the value.
    pub unit: String,
    /// A value a bucket; empty for the load, which has a stack.
    pub values: Vec<Option<f64>>,
    /// The same in the compare window.
    pub ghost: Option<Vec<Option<f64>>>,
    /// Over the window.
    pub mean: Option<f64>,
    /// Line below the name.
    pub note: String,
}

/// The page of one digest: [`Panel::Empty`] when it ran in neither window.
pub const STATEMENT: Ask<Panel<SqlScreen>> = Ask::new(What::Statement);

/// The open tab of a digest, as tables one below the other.
pub const STATEMENT_TAB: Ask<Panel<Vec<Sheet>>> = Ask::new(What::StatementTab);

/// How a statement was executed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PlansScreen {
    /// One plan gave way to another in the window.
    pub is_changed: bool,
    /// Why there are no plans: what is so, and what it means.
    pub absence: Option<(String, String)>,
    /// Load by plan; `None` without plans.
    pub load: Option<LoadView>,
    /// When plans changed, a line each.
    pub changes: Vec<String>,
    /// The plans, then the tree of each.
    pub sheets: Vec<Sheet>,
    /// Where it comes from.
    pub source: Source,
}

/// The plans of a digest: [`Panel::Empty`] when it did not run.
pub const PLANS: Ask<Panel<PlansScreen>> = Ask::new(What::Plans);
