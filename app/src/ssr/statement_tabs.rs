//! The tabs of a statement's page, as tables.

use units::{DbLoadQuery, DigestId, Dimension, Filter, Timestamp};
use view::chart::wait_pattern;
use view::{ColumnKind, ContextView, ElsewhereView, LiteralsView, Panel, PanelTools, Piece, Sheet, number};

use super::Source;
use super::statement::{digest_id, share_cell, titled, tools};
use crate::error::ViewError;
use crate::messages::{self as m, Message, Say, drill, wait_causes::wait_cause};
use crate::paths::{DbPage, SqlTab};

/// A change of load smaller than this is not coloured.
const CHANGE_WORTH_A_COLOUR: f64 = 0.1;

/// Who may call: dimension and title.
const CALLERS: [(Dimension, Message); 4] = [
    (Dimension::Host, drill::HOSTS),
    (Dimension::Application, drill::APPLICATIONS),
    (Dimension::User, drill::USERS),
    (Dimension::Database, drill::DATABASES),
];

impl Source {
    /// The open tab of a digest.
    pub(crate) async fn statement_tab(
        &self,
        page: &DbPage,
        digest: &str,
        now: Timestamp,
    ) -> Result<Panel<Vec<Sheet>>, ViewError> {
        let id = digest_id(digest)?;
        match page.sql_tab {
            SqlTab::Waits => self.waits(page, id, now).await,
            SqlTab::Callers => self.callers(page, id, now).await,
            // Panels of their own, with questions of their own.
            SqlTab::Blocking | SqlTab::Plans => Ok(Panel::Data(Vec::new())),
            SqlTab::Literals => self.literals(page, id, now).await,
            SqlTab::Children => self.children(page, id, now).await,
            SqlTab::Elsewhere => self.elsewhere(page, id, now).await,
        }
    }

    async fn ranked(
        &self,
        query: &DbLoadQuery,
        id: DigestId,
        dimension: Dimension,
        now: Timestamp,
    ) -> Result<Panel<ContextView>, ViewError> {
        self.context(&of_statement(query, id), dimension, now).await
    }

    async fn waits(&self, page: &DbPage, id: DigestId, now: Timestamp) -> Result<Panel<Vec<Sheet>>, ViewError> {
        let facts = self.instance(page.query.instance.as_str()).await?;
        let view = match self.ranked(&page.query, id, Dimension::Wait, now).await? {
            Panel::Data(view) => view,
            Panel::Empty => return Ok(Panel::Empty),
            Panel::Trouble(trouble) => return Ok(Panel::Trouble(trouble)),
        };
        let say = self.say();
        let mut sheet =
            load_columns(say, drill::COLUMN_WAIT).column(say.text(drill::COLUMN_CAUSE), "", ColumnKind::Wide);
        say.text(drill::NO_WAITS).clone_into(&mut sheet.empty);
        for row in &view.rows {
            let (cause, address) = wait_cause(&row.key, facts.engine);
            let mut words = vec![Piece::Text(say.text(cause.words).to_owned())];
            if let Some(href) = address {
                words.push(Piece::Text(" ".to_owned()));
                words.push(Piece::Link { text: say.text(drill::AWS_PAGE).to_owned(), href });
            }
            let swatch = row.class.map(|class| Piece::Swatch(wait_pattern(class).to_owned()));
            let name = swatch.into_iter().chain([Piece::Code(row.label.clone())]).collect();
            let change = row.before.map(|before| row.mean.0 - before.0);
            sheet.push(vec![name, Piece::number(Some(row.mean.0)), share_cell(row.share), change_cell(change), words]);
        }
        push_rest(&mut sheet, &view, say);
        sheet.tools = ranked_tools(page, id, &view, now);
        Ok(Panel::Data(vec![sheet]))
    }

    async fn callers(&self, page: &DbPage, id: DigestId, now: Timestamp) -> Result<Panel<Vec<Sheet>>, ViewError> {
        let say = self.say();
        let [hosts, applications, users, databases] =
            CALLERS.map(|(dimension, _)| self.ranked(&page.query, id, dimension, now));
        let (hosts, applications, users, databases) = futures::join!(hosts, applications, users, databases);
        let mut sheets = Vec::new();
        let mut trouble = None;
        for (answer, (dimension, title)) in [hosts, applications, users, databases].into_iter().zip(CALLERS) {
            match answer? {
                Panel::Data(view) => {
                    let tools = ranked_tools(page, id, &view, now);
                    sheets.push(Sheet { tools, ..callers_sheet(&view, page, (dimension, title), say) });
                }
                Panel::Empty => {}
                Panel::Trouble(why) => trouble = Some(why),
            }
        }
        if let (true, Some(trouble)) = (sheets.is_empty(), trouble) {
            return Ok(Panel::Trouble(trouble));
        }
        if let Some(last) = sheets.last_mut() {
            last.notes.push(say.text(drill::CALLERS_NOTE).to_owned());
            if page.query.filters.iter().any(|filter| filter.dimension != Dimension::Sql) {
                last.notes.push(say.text(drill::CALLERS_ONE_OTHER).to_owned());
            }
        }
        Ok(if sheets.is_empty() { Panel::Empty } else { Panel::Data(sheets) })
    }

    async fn literals(&self, page: &DbPage, id: DigestId, now: Timestamp) -> Result<Panel<Vec<Sheet>>, ViewError> {
        let found = ranking::fetch_literals(&self.reader, &page.query, id, now).await;
        Ok(match found.map_err(|error| self.mapped(error))? {
            Panel::Data(view) => {
                let mut sheets = literal_sheets(&view, self.say());
                if let Some(first) = sheets.first_mut() {
                    first.tools = tools_in(page, id, ("/literals", "/literals.csv"), now);
                }
                Panel::Data(sheets)
            }
            Panel::Empty => Panel::Empty,
            Panel::Trouble(trouble) => Panel::Trouble(trouble),
        })
    }

    async fn children(&self, page: &DbPage, id: DigestId, now: Timestamp) -> Result<Panel<Vec<Sheet>>, ViewError> {
        let say = self.say();
        let found = ranking::fetch_sql_page(&self.reader, &page.query, id, now).await;
        let row = match found.map_err(|error| self.mapped(error))? {
            Some(Panel::Data(view)) => view.row,
            Some(Panel::Trouble(trouble)) => return Ok(Panel::Trouble(trouble)),
            Some(Panel::Empty) | None => return Ok(Panel::Empty),
        };
        let mut digests = titled(say.text(drill::CHILDREN_TITLE))
            .column(say.text(drill::COLUMN_PI_ID), "", ColumnKind::Wide)
            .column(say.text(drill::COLUMN_ENGINE_ID), "", ColumnKind::Words)
            .column(say.text(drill::COLUMN_MEAN), "AAS", ColumnKind::Number);
        for child in row.children {
            let engine_id = child.db_id.map_or_else(|| Piece::number(None), |id| vec![Piece::Code(id)]);
            digests.push(vec![vec![Piece::Code(child.pi_id)], engine_id, Piece::number(Some(child.mean.0))]);
        }
        digests.tools = tools_in(page, id, ("", "/children.csv"), now);
        let mut statements = titled(say.text(drill::STATEMENTS_TITLE))
            .column(say.text(drill::COLUMN_PI_ID), "", ColumnKind::Wide)
            .column(say.text(drill::COLUMN_MEAN), "AAS", ColumnKind::Number)
            .column(say.text(drill::COLUMN_LOAD), "%", ColumnKind::Number);
        say.text(drill::NO_CHILDREN).clone_into(&mut statements.empty);
        if let Panel::Data(view) = self.ranked(&page.query, id, Dimension::Statement, now).await? {
            statements.tools = ranked_tools(page, id, &view, now);
            for row in &view.rows {
                statements.push(vec![
                    vec![Piece::Code(row.key.clone())],
                    Piece::number(Some(row.mean.0)),
                    share_cell(row.share),
                ]);
            }
        }
        Ok(Panel::Data(vec![digests, statements]))
    }

    async fn elsewhere(&self, page: &DbPage, id: DigestId, now: Timestamp) -> Result<Panel<Vec<Sheet>>, ViewError> {
        let found = ranking::find_elsewhere(&self.reader, id, &page.query.range, now).await;
        let view = found.map_err(|error| self.mapped(error))?;
        let tools = tools_in(page, id, ("/elsewhere", "/elsewhere.csv"), now);
        Ok(Panel::Data(vec![Sheet { tools, ..elsewhere_sheet(&view, page, id, self.say()) }]))
    }
}

/// Where the load of a statement ranked by a dimension is.
fn ranked_tools(page: &DbPage, id: DigestId, view: &ContextView, now: Timestamp) -> PanelTools {
    let Ok(window) = page.query.range.resolve(now) else { return PanelTools::default() };
    let mut page = page.of_instance().with_tab(view.dimension);
    page.query = of_statement(&page.query, id);
    let form = |what: &str| Some(page.ranked_href(what, window));
    PanelTools { json: form("top"), csv: form("top.csv"), calls: view.source.calls.clone() }
}

/// Where a form of the statement over the window of its page is.
fn tools_in(page: &DbPage, id: DigestId, forms: (&str, &str), now: Timestamp) -> PanelTools {
    page.query.range.resolve(now).map_or_else(|_| PanelTools::default(), |window| tools(page, id, forms, window))
}

/// The statement comes first: other chips give way to it.
fn of_statement(query: &DbLoadQuery, id: DigestId) -> DbLoadQuery {
    let mut query = query.clone();
    query.filters.retain(|filter| filter.dimension != Dimension::Sql);
    query.filters.insert(0, Filter::is(Dimension::Sql, id.to_string()));
    query
}

fn load_columns(say: Say, name: Message) -> Sheet {
    Sheet::default()
        .column(say.text(name), "", ColumnKind::Words)
        .column(say.text(drill::COLUMN_MEAN), "AAS", ColumnKind::Number)
        .column(say.text(drill::COLUMN_LOAD), "%", ColumnKind::Number)
        .column(say.text(drill::COLUMN_CHANGE), "AAS", ColumnKind::Number)
}

fn change_cell(change: Option<f64>) -> Vec<Piece> {
    change.map_or_else(|| Piece::number(None), |change| Piece::change(change, CHANGE_WORTH_A_COLOUR))
}

/// Load in no row, so that rows sum to the total.
fn push_rest(sheet: &mut Sheet, view: &ContextView, say: Say) {
    if view.remainder.0 < 0.005 {
        return;
    }
    let mut cells = vec![
        vec![Piece::Muted(say.text(drill::OTHER_VALUES).to_owned())],
        Piece::number(Some(view.remainder.0)),
        share_cell(view.remainder.share_of(view.total)),
    ];
    cells.resize(sheet.columns.len(), Vec::new());
    sheet.rows.push(view::SheetRow { cells, depth: 0, is_quiet: true });
}

fn callers_sheet(view: &ContextView, page: &DbPage, (dimension, title): (Dimension, Message), say: Say) -> Sheet {
    let mut sheet = load_columns(say, m::dimension(dimension));
    say.text(title).clone_into(&mut sheet.title);
    say.text(drill::NO_CALLERS).clone_into(&mut sheet.empty);
    sheet.columns[0].kind = ColumnKind::Wide;
    let mut instance = page.of_instance();
    instance.query.filters.clear();
    for row in &view.rows {
        let is_usable = !row.key.is_empty() && row.key.len() <= Filter::MAX_VALUE_BYTES;
        let name = if is_usable {
            let href = instance.with_filter(Filter::is(dimension, row.key.as_str())).href();
            Piece::Link { text: row.label.clone(), href }
        } else {
            Piece::Text(row.label.clone())
        };
        let change = row.before.map(|before| row.mean.0 - before.0);
        sheet.push(vec![vec![name], Piece::number(Some(row.mean.0)), share_cell(row.share), change_cell(change)]);
    }
    push_rest(&mut sheet, view, say);
    sheet
}

fn literal_sheets(view: &LiteralsView, say: Say) -> Vec<Sheet> {
    let mut sheets: Vec<Sheet> = view
        .slots
        .iter()
        .map(|slot| {
            let number = (slot.slot + 1).to_string();
            let mut sheet = titled(say.with(drill::LITERAL_SLOT, &[("slot", &number), ("place", &slot.place)]))
                .column(say.text(drill::COLUMN_HASH), "", ColumnKind::Wide)
                .column(say.text(drill::COLUMN_MEAN), "AAS", ColumnKind::Number)
                .column(say.text(drill::COLUMN_LOAD), "%", ColumnKind::Number);
            for value in &slot.values {
                sheet.push(vec![
                    vec![Piece::Code(format!("h:{}", value.hash))],
                    Piece::number(Some(value.load.0)),
                    share_cell(value.share),
                ]);
            }
            sheet.notes.push(say.with(drill::LITERAL_DISTINCT, &[("count", &slot.distinct.to_string())]));
            sheet
        })
        .collect();
    if sheets.is_empty() {
        let mut sheet = Sheet::default().column(say.text(drill::COLUMN_HASH), "", ColumnKind::Wide);
        say.text(drill::NO_LITERALS).clone_into(&mut sheet.empty);
        sheets.push(sheet);
    }
    if let Some(last) = sheets.last_mut() {
        let known = number::three_figures(view.known.0);
        let total = number::three_figures(view.total.0);
        let count = view.statements.to_string();
        last.notes
            .push(say.with(drill::LITERALS_KNOWN, &[("statements", &count), ("known", &known), ("total", &total)]));
        last.notes.push(say.text(drill::LITERALS_NOTE).to_owned());
    }
    sheets
}

fn elsewhere_sheet(view: &ElsewhereView, page: &DbPage, id: DigestId, say: Say) -> Sheet {
    let mut sheet = Sheet::default()
        .column(say.text(drill::COLUMN_INSTANCE), "", ColumnKind::Wide)
        .column(say.text(drill::COLUMN_MEAN), "AAS", ColumnKind::Number)
        .column(say.text(drill::COLUMN_LOAD), "%", ColumnKind::Number)
        .column(say.text(drill::COLUMN_CALLS), "/s", ColumnKind::Number)
        .column(say.text(drill::COLUMN_LATENCY), "ms", ColumnKind::Number)
        .column(say.text(drill::COLUMN_ROWS), "/call", ColumnKind::Number);
    say.text(drill::NO_ELSEWHERE).clone_into(&mut sheet.empty);
    for row in &view.rows {
        let mut other = page.clone();
        other.query.instance = row.instance.clone();
        let href = other.sql_href(id);
        sheet.push(vec![
            vec![Piece::Link { text: row.name.clone(), href }],
            Piece::number(Some(row.mean.0)),
            share_cell(row.share),
            Piece::number(row.calls_per_sec),
            Piece::number(row.ms_per_call),
            Piece::number(row.rows_per_call),
        ]);
    }
    sheet.notes.push(say.text(drill::ELSEWHERE_NOTE).to_owned());
    sheet
}
