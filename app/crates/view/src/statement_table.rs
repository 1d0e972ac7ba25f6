//! The panels of a statement and of blocking as tables, for CSV of what is drawn.

use crate::table::{head, text};
use crate::{
    BlockerRow, BlockingNode, BlockingView, Cell, ChangeCause, ChangeView, DataTable, ElsewhereView, LiteralsView,
    PlansView, SqlPageView, SqlRow,
};

impl ChangeView {
    /// The bars of the waterfall: the load before, each part, the load after.
    #[must_use]
    pub fn table(&self) -> DataTable {
        let end = |name: &str, load: f64| vec![text(name), Cell::Number(load), Cell::Missing, Cell::Missing];
        let parts = self
            .parts
            .iter()
            .map(|part| vec![text(part.cause.word()), Cell::Number(part.delta), part.from.into(), part.to.into()]);
        let rows = std::iter::once(end("before", self.before.0)).chain(parts);
        DataTable {
            head: head(&["part", "AAS", "from", "to"]),
            rows: rows.chain([end("after", self.after.0)]).collect(),
        }
    }
}

impl ChangeCause {
    /// What changed: calls per second, milliseconds per call in waits, load in waits.
    fn word(&self) -> String {
        let waits = |what: &str, classes: &[units::WaitClass]| {
            let names: Vec<&str> = classes.iter().map(|class| class.label()).collect();
            format!("{what} {}", names.join(" + ")).trim_end().to_owned()
        };
        match self {
            Self::New => "new".to_owned(),
            Self::Gone => "gone".to_owned(),
            Self::Calls => "calls /s".to_owned(),
            Self::Latency(classes) => waits("ms /call", classes),
            Self::Waits(classes) => waits("load", classes),
            Self::UnknownWait => "unknown wait".to_owned(),
        }
    }
}

impl SqlPageView {
    /// Habits found in the text: bytes are those of the masked text.
    #[must_use]
    pub fn findings_table(&self) -> DataTable {
        let rows = self.findings.iter().map(|found| {
            let place = self.statement.masked.get(found.start..found.end).unwrap_or_default();
            vec![text(found.rule.clone()), bytes(found.start), bytes(found.end), text(place)]
        });
        DataTable { head: head(&["rule", "from byte", "to byte", "text"]), rows: rows.collect() }
    }

    /// Indexes worth a test.
    #[must_use]
    pub fn hypotheses_table(&self) -> DataTable {
        let rows = self.hypotheses.iter().map(|index| {
            vec![
                text(index.table.clone()),
                text(index.columns.join(", ")),
                Cell::Number(index.load.0),
                Cell::Number(f64::from(index.digests)),
            ]
        });
        DataTable { head: head(&["table", "columns", "AAS", "digests"]), rows: rows.collect() }
    }
}

#[expect(clippy::cast_precision_loss, reason = "a text is far shorter than 2^52 bytes")]
const fn bytes(place: usize) -> Cell {
    Cell::Number(place as f64)
}

impl SqlRow {
    /// PI's ids that merged into the row.
    #[must_use]
    pub fn children_table(&self) -> DataTable {
        let rows = self.children.iter().map(|child| {
            let engine_id = child.db_id.clone().map_or(Cell::Missing, text);
            vec![text(child.pi_id.clone()), engine_id, Cell::Number(child.mean.0)]
        });
        DataTable { head: head(&["PI id", "engine id", "mean AAS"]), rows: rows.collect() }
    }
}

impl LiteralsView {
    /// A row a value of a slot, by its keyed hash.
    #[must_use]
    pub fn table(&self) -> DataTable {
        let rows = self.slots.iter().flat_map(|slot| {
            slot.values.iter().map(|value| {
                vec![
                    Cell::Number(f64::from(slot.slot + 1)),
                    text(slot.place.clone()),
                    text(format!("h:{}", value.hash)),
                    Cell::Number(value.load.0),
                    value.share.into(),
                ]
            })
        });
        DataTable { head: head(&["literal", "place", "value", "mean AAS", "share"]), rows: rows.collect() }
    }
}

impl ElsewhereView {
    /// A row an instance.
    #[must_use]
    pub fn table(&self) -> DataTable {
        let rows = self.rows.iter().map(|row| {
            vec![
                text(row.name.clone()),
                text(row.instance.to_string()),
                Cell::Number(row.mean.0),
                row.share.into(),
                row.calls_per_sec.into(),
                row.ms_per_call.into(),
                row.rows_per_call.into(),
            ]
        });
        let names = ["instance", "id", "mean AAS", "share", "calls /s", "ms /call", "rows /call"];
        DataTable { head: head(&names), rows: rows.collect() }
    }
}

impl PlansView {
    /// A row a plan, then the load whose plan is not known.
    #[must_use]
    pub fn table(&self) -> DataTable {
        let time = |at: Option<units::Timestamp>| at.map_or(Cell::Missing, |at| text(at.to_string()));
        let plans = self.plans.iter().map(|plan| {
            vec![
                text(plan.id.clone()),
                Cell::Number(plan.mean.0),
                plan.share.into(),
                time(plan.first),
                time(plan.last),
                plan.steps.first().and_then(|root| root.cost).into(),
            ]
        });
        let unknown = self.unknown.share_of(self.load.mean.unwrap_or_default());
        let mut rest = vec![text("not known"), Cell::Number(self.unknown.0), unknown.into()];
        rest.resize(6, Cell::Missing);
        DataTable {
            head: head(&["plan", "mean AAS", "share", "first UTC", "last UTC", "cost"]),
            rows: plans.chain([rest]).collect(),
        }
    }
}

impl BlockingView {
    /// Load lost to sessions, statements and objects over the window, then the trees of the moment, each
    /// session with its level.
    #[must_use]
    pub fn table(&self) -> DataTable {
        let lists = [("session", &self.sessions), ("statement", &self.statements), ("object", &self.objects)];
        let mut rows: Vec<Vec<Cell>> =
            lists.iter().flat_map(|(what, list)| list.iter().map(|row| lost_row(what, row))).collect();
        let mut open: Vec<(&BlockingNode, f64)> = self.roots.iter().rev().map(|root| (root, 0.0)).collect();
        while let Some((node, level)) = open.pop() {
            rows.push(node_row(node, level));
            open.extend(node.blocked.iter().rev().map(|below| (below, level + 1.0)));
        }
        let names = [
            "what",
            "name",
            "lost AAS",
            "share",
            "level",
            "user",
            "state",
            "wait",
            "object",
            "waiting ms",
            "statement",
        ];
        DataTable { head: head(&names), rows }
    }
}

/// Columns of [`BlockingView::table`].
const BLOCKING_COLUMNS: usize = 11;

fn lost_row(what: &str, row: &BlockerRow) -> Vec<Cell> {
    let mut cells = vec![text(what), text(row.label.clone()), Cell::Number(row.lost.0), row.share.into()];
    cells.resize(BLOCKING_COLUMNS, Cell::Missing);
    cells
}

fn node_row(node: &BlockingNode, level: f64) -> Vec<Cell> {
    let word = |word: &Option<String>| word.clone().map_or(Cell::Missing, text);
    #[expect(clippy::cast_precision_loss, reason = "a wait is far shorter than 2^52 ms")]
    let waiting = node.facts.waiting_ms.map(|ms| ms as f64);
    vec![
        text("tree"),
        text(node.session.clone()),
        Cell::Missing,
        Cell::Missing,
        Cell::Number(level),
        word(&node.facts.user),
        word(&node.facts.state),
        word(&node.facts.wait),
        word(&node.facts.lock_object),
        waiting.into(),
        word(&node.facts.statement),
    ]
}

#[cfg(test)]
mod tests {
    use units::{Aas, Timestamp, WaitClass, Window};

    use super::*;
    use crate::ChangePart;

    #[test]
    fn the_bars_of_a_change_sum_to_it() {
        let part = |cause, delta| ChangePart { cause, delta, from: None, to: None };
        let window = Window::new(Timestamp(0), Timestamp(60_000));
        let change = ChangeView {
            before: Aas(1.0),
            after: Aas(4.0),
            before_window: window,
            window,
            parts: vec![
                part(ChangeCause::Calls, 0.5),
                part(ChangeCause::Latency(vec![WaitClass::Lock, WaitClass::Cpu]), 2.5),
            ],
        };
        let table = change.table();
        let printed: Vec<String> = table.csv_records().map(|record| record.join("|")).collect();
        assert_eq!(
            printed,
            ["part|AAS|from|to", "before|1||", "calls /s|0.5||", "ms /call Lock + CPU|2.5||", "after|4||"]
        );
    }
}
