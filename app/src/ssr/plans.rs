//! The plans of a statement in the reader's words.

use units::Timestamp;
use view::chart::layer_pattern;
use view::{ColumnKind, NoPlan, Panel, Piece, PlanFlaw, PlanRow, PlansView, Sheet, SheetRow, Trouble, number};

use super::Source;
use super::statement::{digest_id, share_cell, titled};
use crate::error::ViewError;
use crate::messages::{Say, drill};
use crate::paths::DbPage;
use crate::server_fns::PlansScreen;

/// A load smaller than this is nothing that rounding would not make.
const WORTH_A_ROW: f64 = 0.005;

impl Source {
    /// How a digest was executed.
    pub(crate) async fn plans(
        &self,
        page: &DbPage,
        digest: &str,
        now: Timestamp,
    ) -> Result<Panel<PlansScreen>, ViewError> {
        let found = ranking::fetch_plans(&self.reader, &page.query, digest_id(digest)?, now).await;
        Ok(match found.map_err(|error| self.mapped(error))? {
            Panel::Data(view) => Panel::Data(screen(view, self.say())),
            Panel::Empty => Panel::Empty,
            Panel::Trouble(trouble) => Panel::Trouble(trouble),
        })
    }
}

fn screen(view: PlansView, say: Say) -> PlansScreen {
    let absence = view.none.map(|none| absence(none, say));
    let axis = &view.load.axis;
    let mut changes: Vec<String> = view
        .flips
        .iter()
        .map(|flip| {
            let values = [("time", axis.label(flip.at)), ("from", flip.from.clone()), ("to", flip.to.clone())];
            say.with(drill::PLAN_FLIP, &values.each_ref().map(|(name, value)| (*name, value.as_str())))
        })
        .collect();
    let mut sheets = Vec::new();
    if view.none.is_none() {
        if changes.is_empty() {
            changes.push(say.text(drill::PLAN_NO_FLIP).to_owned());
        }
        sheets.push(list(&view, say));
        sheets.extend(view.plans.iter().map(|plan| tree(plan, say)));
    } else if let Some(script) = view.explain {
        let mut sheet = Sheet::default().column("", "", ColumnKind::Wide);
        sheet.push(vec![vec![Piece::Script { name: say.text(drill::EXPLAIN_TO_COPY).to_owned(), text: script }]]);
        sheet.notes.push(say.text(drill::EXPLAIN_NOTE).to_owned());
        sheets.push(sheet);
    }
    PlansScreen {
        is_changed: !view.flips.is_empty(),
        load: absence.is_none().then_some(view.load),
        absence,
        changes,
        sheets,
        source: view.source,
    }
}

fn absence(none: NoPlan, say: Say) -> (String, String) {
    let (title, cause) = match none {
        NoPlan::NotOffered => (drill::NO_PLANS_OFFERED, drill::NO_PLANS_OFFERED_CAUSE),
        NoPlan::CaptureOff => (drill::NO_PLANS_CAPTURED, drill::NO_PLANS_CAPTURED_CAUSE),
        NoPlan::NotCaptured => (drill::NO_PLAN_OF_THIS, drill::NO_PLAN_OF_THIS_CAUSE),
    };
    (say.text(title).to_owned(), say.text(cause).to_owned())
}

/// The plans by load, and what has none, so that rows sum to the statement's load.
fn list(view: &PlansView, say: Say) -> Sheet {
    let mut sheet = Sheet::default()
        .column(say.text(drill::COLUMN_PLAN), "", ColumnKind::Wide)
        .column(say.text(drill::COLUMN_MEAN), "AAS", ColumnKind::Number)
        .column(say.text(drill::COLUMN_LOAD), "%", ColumnKind::Number)
        .column(say.text(drill::COLUMN_FIRST), "", ColumnKind::Words)
        .column(say.text(drill::COLUMN_LAST), "", ColumnKind::Words)
        .column(say.text(drill::COLUMN_COST), "", ColumnKind::Number);
    let layers = &view.load.layers;
    for plan in &view.plans {
        let layer = layers.iter().position(|layer| layer.key == plan.id);
        let swatch = layer.map(|place| Piece::Swatch(layer_pattern(&layers[place], place).to_owned()));
        let time = |at: Option<Timestamp>| Piece::text(at.map(|at| view.load.axis.label(at)).unwrap_or_default());
        sheet.push(vec![
            swatch.into_iter().chain([Piece::Code(plan.label.clone())]).collect(),
            Piece::number(Some(plan.mean.0)),
            share_cell(plan.share),
            time(plan.first),
            time(plan.last),
            Piece::number(plan.steps.first().and_then(|root| root.cost)),
        ]);
    }
    if view.unknown.0 >= WORTH_A_ROW {
        let total = view.load.mean.unwrap_or_default();
        let mut cells = vec![
            vec![Piece::Muted(say.text(drill::PLAN_UNKNOWN).to_owned())],
            Piece::number(Some(view.unknown.0)),
            share_cell(view.unknown.share_of(total)),
        ];
        cells.resize(sheet.columns.len(), Vec::new());
        sheet.rows.push(SheetRow { cells, depth: 0, is_quiet: true });
        sheet.notes.push(say.text(drill::PLAN_UNKNOWN_NOTE).to_owned());
    }
    sheet
}

fn tree(plan: &PlanRow, say: Say) -> Sheet {
    let mut sheet = titled(say.with(drill::PLAN_TITLE, &[("id", &plan.label)]))
        .column(say.text(drill::COLUMN_OPERATION), "", ColumnKind::Wide)
        .column(say.text(drill::COLUMN_ROWS), "", ColumnKind::Number)
        .column(say.text(drill::COLUMN_COST), "", ColumnKind::Number);
    for step in &plan.steps {
        let mut words = vec![Piece::Text(step.operation.clone())];
        for (name, condition) in &step.conditions {
            words.extend([Piece::Break, Piece::Muted(format!("{name}: ")), Piece::Code(condition.clone())]);
        }
        let figure =
            |value: Option<f64>| value.map_or_else(|| Piece::number(None), |value| Piece::text(number::trimmed(value)));
        let cells = vec![words, figure(step.rows), figure(step.cost)];
        sheet.rows.push(SheetRow { cells, depth: step.depth, is_quiet: false });
    }
    match &plan.flaw {
        None => sheet.notes.push(say.text(drill::PLAN_ESTIMATES).to_owned()),
        Some(flaw) => sheet.empty = flaw_words(flaw, say),
    }
    sheet
}

fn flaw_words(flaw: &PlanFlaw, say: Say) -> String {
    match flaw {
        PlanFlaw::UnknownShape => say.text(drill::PLAN_UNKNOWN_SHAPE).to_owned(),
        PlanFlaw::Unavailable { reason } => say.with(drill::PLAN_UNAVAILABLE, &[("reason", reason)]),
        PlanFlaw::NotFetched(Some(Trouble::Denied { action, .. })) => {
            say.with(drill::PLAN_DENIED, &[("action", action)])
        }
        PlanFlaw::NotFetched(_) => say.text(drill::PLAN_NOT_FETCHED).to_owned(),
    }
}
