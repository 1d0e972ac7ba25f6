//! The verdict line and the tiles.

use serde::{Deserialize, Serialize};

use crate::table::{Cell, DataTable, head, text};

/// How bad it is; never a score.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Within its limits.
    Good,
    /// No data to judge by.
    Unknown,
    /// Worth a look.
    Warning,
    /// Over a limit.
    Critical,
}

/// One or two sentences made by rules, each clause with its numbers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Verdict {
    /// Worst clause.
    pub severity: Severity,
    /// Clauses in reading order. Empty: nothing to say; then [`Verdict::checked`] tells what was looked at.
    pub clauses: Vec<Clause>,
    /// What was checked, for a page without findings and for *How we know*.
    pub checked: Vec<String>,
}

/// One clause of a verdict: a message key with its values, so that the message table words it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Clause {
    /// Key of the rule, e.g. `load_above_vcpu`, `wait_dominates`, `latency_up_calls_flat`.
    pub rule: String,
    /// Values to set into the sentence, formatted: (name, text).
    pub values: Vec<(String, String)>,
    /// The numbers behind it, a line each.
    pub evidence: Vec<String>,
}

/// One tile of the band under the verdict.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Tile {
    /// Key of its label in the message table: `now`, `peak`, `p99`, `mean`, `cpu`, `connections`, `alarms`, `coverage`.
    pub key: String,
    /// Formatted value; `None` when not obtained.
    pub value: Option<String>,
    /// Unit beside the value.
    pub unit: String,
    /// Note under it.
    pub note: String,
    /// Red only when over a limit.
    pub severity: Severity,
}

impl Verdict {
    /// The clauses with their evidence, then the figures of the band.
    #[must_use]
    pub fn table(&self, tiles: &[Tile]) -> DataTable {
        let known = |value: &Option<String>| value.clone().map_or(Cell::Missing, text);
        let clauses = self.clauses.iter().map(|clause| {
            vec![text("clause"), text(clause.rule.clone()), Cell::Missing, text(""), text(clause.evidence.join("; "))]
        });
        let tiles = tiles.iter().map(|tile| {
            vec![
                text("figure"),
                text(tile.key.clone()),
                known(&tile.value),
                text(tile.unit.clone()),
                text(tile.note.clone()),
            ]
        });
        DataTable { head: head(&["what", "name", "value", "unit", "evidence"]), rows: clauses.chain(tiles).collect() }
    }
}
