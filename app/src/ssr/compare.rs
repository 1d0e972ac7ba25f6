//! Two windows side by side, in the reader's words.

use ranking::CompareQuery;
use units::{Dimension, ResourceId, Timestamp};
use view::{
    ChangeKind, Clause, ColumnKind, CompareDigest, CompareDimension, CompareSide, CompareView, DeployCard, Panel,
    Piece, Severity, Sheet, Tone, Verdict, number,
};

use super::Source;
use super::changes::in_one_line;
use super::statement::{from_to, titled};
use crate::error::ViewError;
use crate::messages::{self as m, Say, drill};
use crate::paths::ComparePage;
use crate::server_fns::CompareScreen;

/// A change of load smaller than this is called none.
const SAME: f64 = 0.02;
/// A change of load smaller than this is not coloured.
const CHANGE_WORTH_A_COLOUR: f64 = 0.1;

impl Source {
    /// What differs between the two windows of an address.
    pub(crate) async fn compare(&self, search: &str, now: Timestamp) -> Result<Panel<CompareScreen>, ViewError> {
        let page = ComparePage::parse(search);
        let query = self.compare_query(&page, now)?;
        let found = ranking::fetch_compare(&self.reader, &query, now).await.map_err(|error| self.mapped(error))?;
        let view = match found {
            Panel::Data(view) => view,
            Panel::Empty => return Ok(Panel::Empty),
            Panel::Trouble(trouble) => return Ok(Panel::Trouble(trouble)),
        };
        let (instance, window) = &query.after;
        let deploys = ranking::judge_deploys(&self.reader, instance, *window, now).await;
        let deploys = deploys.map_err(|error| self.mapped(error))?;
        let say = self.say();
        Ok(Panel::Data(CompareScreen {
            verdict: verdict(&view),
            sides: sides(&view, say),
            digests: digests(&view, say),
            dimensions: view.dimensions.iter().map(|dimension| dimension_sheet(dimension, say)).collect(),
            deploys: deploys.iter().map(|card| deploy_sheet(card, say)).collect(),
            source: view.source,
        }))
    }

    fn compare_query(&self, page: &ComparePage, now: Timestamp) -> Result<CompareQuery, ViewError> {
        let (before, after) = page.windows(now).map_err(|error| self.mapped(error.into()))?;
        let archive = self.reader.archive();
        let id = |name: &str| -> Result<ResourceId, ViewError> {
            ranking::find_instance(archive, name).map_err(|error| self.mapped(error))
        };
        let after_id = if page.instance.is_empty() {
            let frame = self.frame()?;
            let first = frame.instances.into_iter().next();
            first.ok_or_else(|| ViewError::NotFound { what: "instance".to_owned() })?.0
        } else {
            id(&page.instance)?
        };
        let before_id = if page.before_instance.is_empty() { after_id.clone() } else { id(&page.before_instance)? };
        Ok(CompareQuery { before: (before_id, before), after: (after_id, after) })
    }
}

fn verdict(view: &CompareView) -> Verdict {
    let count = |kind: ChangeKind| view.digests.iter().filter(|digest| digest.kind == kind).count().to_string();
    let (before, after) = (view.before.mean.map(|mean| mean.0), view.after.mean.map(|mean| mean.0));
    let change = before.zip(after).map(|(before, after)| after - before);
    let figure = |value: Option<f64>| value.map_or_else(|| "–".to_owned(), number::three_figures);
    let values = [
        ("before", figure(before)),
        ("after", figure(after)),
        ("change", change.map_or_else(|| "–".to_owned(), number::signed)),
        ("regressed", count(ChangeKind::Regressed)),
        ("new", count(ChangeKind::New)),
        ("gone", count(ChangeKind::Gone)),
        ("improved", count(ChangeKind::Improved)),
    ];
    let values = values.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    let evidence = view.digests.iter().take(3);
    let evidence = evidence.map(|digest| format!("{} AAS {}", number::signed(digest.change()), digest.statement));
    let severity = match change {
        Some(change) if change >= 0.5 => Severity::Warning,
        Some(_) => Severity::Good,
        None => Severity::Unknown,
    };
    let rule = if change.is_some() { "compare_summary" } else { "compare_unknown" };
    let clause = Clause { rule: rule.to_owned(), values, evidence: evidence.collect() };
    Verdict { severity, clauses: vec![clause], checked: Vec::new() }
}

fn sides(view: &CompareView, say: Say) -> Sheet {
    let mut sheet = Sheet::default()
        .column("", "", ColumnKind::Words)
        .column(say.text(drill::COLUMN_INSTANCE), "", ColumnKind::Words)
        .column(say.text(m::TIME_RANGE), "UTC", ColumnKind::Wide)
        .column(say.text(drill::COLUMN_MEAN), "AAS", ColumnKind::Number)
        .column(say.text(m::PEAK), "AAS", ColumnKind::Number)
        .column(say.text(m::TILE_COVERAGE), "%", ColumnKind::Number);
    for (name, side) in [(drill::COLUMN_BEFORE, &view.before), (drill::COLUMN_AFTER, &view.after)] {
        sheet.push(side_cells(say.text(name), side));
    }
    sheet
}

fn side_cells(name: &str, side: &CompareSide) -> Vec<Vec<Piece>> {
    let href = ComparePage::db_page(&side.instance.id, side.window, 0).href();
    vec![
        vec![Piece::Strong(name.to_owned())],
        vec![Piece::Link { text: side.instance.name.clone(), href }],
        Piece::text(format!("{} – {}", side.window.from, side.window.to)),
        Piece::number(side.mean.map(|mean| mean.0)),
        Piece::number(side.peak.map(|peak| peak.0)),
        Piece::text(side.coverage.share().map_or_else(|| "–".to_owned(), number::percent_figures)),
    ]
}

fn change_columns(sheet: Sheet, say: Say) -> Sheet {
    sheet
        .column(say.text(drill::COLUMN_BEFORE), "AAS", ColumnKind::Number)
        .column(say.text(drill::COLUMN_AFTER), "AAS", ColumnKind::Number)
        .column(say.text(drill::COLUMN_CHANGE), "AAS", ColumnKind::Number)
}

fn digest_columns(sheet: Sheet, say: Say) -> Sheet {
    let sheet = sheet.column(say.text(drill::COLUMN_KIND), "", ColumnKind::Words).column(
        say.text(drill::COLUMN_STATEMENT),
        "",
        ColumnKind::Wide,
    );
    change_columns(sheet, say)
        .column(say.text(drill::COLUMN_CALLS), "/s", ColumnKind::Number)
        .column(say.text(drill::COLUMN_LATENCY), "ms", ColumnKind::Number)
        .column(say.text(drill::COLUMN_SPLIT), "AAS", ColumnKind::Words)
}

fn digests(view: &CompareView, say: Say) -> Sheet {
    let mut sheet = digest_columns(Sheet::default(), say);
    let is_known = view.before.mean.is_some() && view.after.mean.is_some();
    say.text(if is_known { drill::NO_CHANGES } else { drill::NO_SIDE }).clone_into(&mut sheet.empty);
    let earlier = if view.before.instance.id == view.after.instance.id {
        (view.after.window.from.0 - view.before.window.from.0) / 1000
    } else {
        0
    };
    for digest in &view.digests {
        // A digest that is gone has its page where it still ran.
        let (side, earlier) =
            if digest.kind == ChangeKind::Gone && earlier == 0 { (&view.before, 0) } else { (&view.after, earlier) };
        let href = ComparePage::db_page(&side.instance.id, side.window, earlier).sql_href(digest.digest);
        sheet.push(digest_cells(digest, href, say));
    }
    if view.digests_rest.abs() >= 0.005 {
        let mut cells = vec![Vec::new(), vec![Piece::Muted(say.text(drill::OTHER_VALUES).to_owned())]];
        cells.resize(4, Vec::new());
        cells.push(Piece::change(view.digests_rest, CHANGE_WORTH_A_COLOUR));
        cells.resize(sheet.columns.len(), Vec::new());
        sheet.rows.push(view::SheetRow { cells, depth: 0, is_quiet: true });
    }
    sheet
}

fn digest_cells(digest: &CompareDigest, href: String, say: Say) -> Vec<Vec<Piece>> {
    let is_same = matches!(digest.kind, ChangeKind::More | ChangeKind::Less) && digest.change().abs() < SAME;
    let kind = if is_same {
        Piece::Muted(say.text(drill::CHANGE_SAME).to_owned())
    } else {
        Piece::Change { class: tone(digest.kind), text: say.text(drill::change_kind(digest.kind)).to_owned() }
    };
    vec![
        vec![kind],
        vec![Piece::CodeLink { text: digest.statement.clone(), href }],
        Piece::number(Some(digest.before.0)),
        Piece::number(Some(digest.after.0)),
        Piece::change(digest.change(), CHANGE_WORTH_A_COLOUR),
        from_to(digest.calls.0, digest.calls.1),
        from_to(digest.ms.0, digest.ms.1),
        Piece::text(in_one_line(&digest.parts, say)),
    ]
}

const fn tone(kind: ChangeKind) -> Tone {
    match kind {
        ChangeKind::New => Tone::New,
        ChangeKind::Regressed => Tone::Worse,
        ChangeKind::Gone | ChangeKind::Improved => Tone::Better,
        ChangeKind::More | ChangeKind::Less => Tone::Plain,
    }
}

fn dimension_sheet(dimension: &CompareDimension, say: Say) -> Sheet {
    let title = say.text(m::dimension(dimension.dimension));
    let sheet = titled(title).column("", "", ColumnKind::Wide);
    let mut sheet = change_columns(sheet, say);
    say.text(drill::NO_CALLERS).clone_into(&mut sheet.empty);
    for row in &dimension.rows {
        let swatch = row.class.map(|class| Piece::Swatch(view::chart::wait_pattern(class).to_owned()));
        let name = if dimension.dimension == Dimension::Wait {
            Piece::Code(row.key.clone())
        } else {
            Piece::Text(row.key.clone())
        };
        sheet.push(vec![
            swatch.into_iter().chain([name]).collect(),
            Piece::number(Some(row.before.0)),
            Piece::number(Some(row.after.0)),
            Piece::change(row.after.0 - row.before.0, CHANGE_WORTH_A_COLOUR),
        ]);
    }
    if dimension.rest.abs() >= 0.005 {
        let rest = vec![Piece::Muted(say.text(drill::OTHER_VALUES).to_owned())];
        let cells = vec![rest, Vec::new(), Vec::new(), Piece::change(dimension.rest, CHANGE_WORTH_A_COLOUR)];
        sheet.rows.push(view::SheetRow { cells, depth: 0, is_quiet: true });
    }
    sheet
}

/// Half an hour before a deploy against half an hour after it.
fn deploy_sheet(card: &DeployCard, say: Say) -> Sheet {
    let (before, after) = card.windows;
    let at = after.from.to_string();
    let mut sheet =
        digest_columns(titled(say.with(drill::DEPLOY_TITLE, &[("label", &card.label), ("time", &at)])), say);
    let is_known = card.mean.0.is_some() && card.mean.1.is_some();
    say.text(if is_known { drill::NO_CHANGES } else { drill::NO_SIDE }).clone_into(&mut sheet.empty);
    let earlier = (after.from.0 - before.from.0) / 1000;
    for digest in &card.digests {
        let href = ComparePage::db_page(&card.instance, after, earlier).sql_href(digest.digest);
        sheet.push(digest_cells(digest, href, say));
    }
    let figure = |aas: Option<units::Aas>| aas.map_or_else(|| "–".to_owned(), |aas| number::three_figures(aas.0));
    let values = [("before", figure(card.mean.0)), ("after", figure(card.mean.1))];
    let values: Vec<(&str, &str)> = values.iter().map(|(name, value)| (*name, value.as_str())).collect();
    sheet.notes.push(say.with(drill::DEPLOY_MEANS, &values));
    sheet
}
