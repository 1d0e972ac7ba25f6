//! What stands out in the text of a statement, and indexes worth a test.

use view::{ColumnKind, IndexHypothesis, Piece, Sheet, SqlPageView, StatementFinding, number};

use super::statement::{titled, tools};
use crate::messages::{Say, drill, findings::finding};
use crate::paths::DbPage;

/// Two tables: habits in the text, index hypotheses.
pub(super) fn sheets(view: &SqlPageView, page: &DbPage, say: Say) -> Vec<Sheet> {
    let tools = |csv: &str| tools(page, view.statement.digest, ("", csv), view.load.axis.window);
    let mut text = titled(say.text(drill::FINDINGS_IN_TEXT)).column("", "", ColumnKind::Number).column(
        say.text(drill::COLUMN_FINDING),
        "",
        ColumnKind::Wide,
    );
    say.text(drill::NO_FINDINGS).clone_into(&mut text.empty);
    for (number, found) in view.findings.iter().enumerate() {
        text.push(vec![Piece::text((number + 1).to_string()), found_cell(found, &view.statement.masked, say)]);
    }
    if view.statement.truncated {
        text.notes.push(say.text(drill::FINDINGS_CUT).to_owned());
    }
    text.tools = tools("/findings.csv");
    let mut sheets = vec![text];
    if !view.hypotheses.is_empty() {
        sheets.push(Sheet { tools: tools("/indexes.csv"), ..hypotheses(view, say) });
    }
    sheets
}

/// What it is, where, why it may cost, how to verify it.
fn found_cell(found: &StatementFinding, masked: &str, say: Say) -> Vec<Piece> {
    let place = masked.get(found.start..found.end).unwrap_or_default();
    let Some(words) = finding(&found.rule) else { return vec![Piece::Strong(found.rule.clone())] };
    vec![
        Piece::Strong(say.text(words.what).to_owned()),
        Piece::Break,
        Piece::Code(shortened(place)),
        Piece::Break,
        Piece::Text(say.text(words.why).to_owned()),
        Piece::Break,
        Piece::Muted(say.text(words.verify).to_owned()),
    ]
}

fn shortened(place: &str) -> String {
    /// The whole place is marked in the text above.
    const MOST_CHARS: usize = 80;
    let line = place.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.chars().count() <= MOST_CHARS {
        return line;
    }
    line.chars().take(MOST_CHARS - 1).chain(['…']).collect()
}

fn hypotheses(view: &SqlPageView, say: Say) -> Sheet {
    let mut sheet = titled(say.text(drill::INDEX_HYPOTHESES)).column("", "", ColumnKind::Wide);
    for hypothesis in &view.hypotheses {
        sheet.push(vec![hypothesis_cell(hypothesis, say)]);
    }
    sheet.notes.push(say.text(drill::INDEX_CAVEAT).to_owned());
    if view.statement.engine != units::Engine::Postgres {
        sheet.notes.push(say.text(drill::INDEX_MYSQL).to_owned());
    }
    sheet
}

fn hypothesis_cell(hypothesis: &IndexHypothesis, say: Say) -> Vec<Piece> {
    let columns = hypothesis.columns.join(", ");
    let load = number::three_figures(hypothesis.load.0);
    let digests = hypothesis.digests.to_string();
    let first = hypothesis.columns.first().cloned().unwrap_or_default();
    let asked: Vec<String> = hypothesis
        .asked
        .iter()
        .map(|asked| {
            let role = drill::column_role(&asked.role).map_or(asked.role.as_str(), |role| say.text(role));
            format!("{} {role} {}", asked.column, number::three_figures(asked.load.0))
        })
        .collect();
    let mut cell = vec![
        Piece::Strong(say.with(drill::INDEX_HYPOTHESIS, &[("table", &hypothesis.table), ("columns", &columns)])),
        Piece::Break,
        Piece::Text(say.with(drill::INDEX_LOAD, &[("digests", &digests), ("load", &load), ("column", &first)])),
        Piece::Break,
        Piece::Muted(say.with(drill::INDEX_ASKED, &[("columns", &asked.join(", "))])),
    ];
    let name = say.text(drill::INDEX_SCRIPT);
    cell.extend(hypothesis.script.iter().map(|text| Piece::Script { name: name.to_owned(), text: text.clone() }));
    cell
}
