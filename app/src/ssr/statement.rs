//! The page of a statement in the reader's words.

use units::{Compare, DigestId, Timestamp, Window};
use view::{CallFigure, Panel, PanelTools, Piece, Sheet, SqlPageView, number};

use super::Source;
use super::changes::waterfall;
use super::words::{compare_word, figure};
use crate::error::ViewError;
use crate::messages::{self as m, Say, drill};
use crate::paths::DbPage;
use crate::server_fns::{SqlScreen, SqlStrip, StatementText};

impl Source {
    /// The page of a digest. One that did not run in the window is a true zero; one that nobody ever
    /// saw is not found.
    pub(crate) async fn statement(
        &self,
        page: &DbPage,
        digest: &str,
        now: Timestamp,
    ) -> Result<Panel<SqlScreen>, ViewError> {
        let id = digest_id(digest)?;
        let found =
            ranking::fetch_sql_page(&self.reader, &page.query, id, now).await.map_err(|error| self.mapped(error))?;
        Ok(match found {
            None => return Err(ViewError::NotFound { what: digest.to_owned() }),
            Some(Panel::Empty) => Panel::Empty,
            Some(Panel::Trouble(trouble)) => Panel::Trouble(trouble),
            Some(Panel::Data(view)) => Panel::Data(screen(view, page, self.say())),
        })
    }
}

/// Where the numbers of a table are: forms of the statement's address under `/api/v1`.
pub(super) fn tools(page: &DbPage, id: DigestId, (json, csv): (&str, &str), window: Window) -> PanelTools {
    let form = |form: &str| Some(page.sql_api_href(id, form, window));
    PanelTools { json: form(json), csv: form(csv), calls: Vec::new() }
}

/// Reads the id of a digest.
pub(super) fn digest_id(text: &str) -> Result<DigestId, ViewError> {
    text.parse().map_err(|error: units::DigestIdError| ViewError::BadRequest { reason: error.to_string() })
}

fn screen(view: SqlPageView, page: &DbPage, say: Say) -> SqlScreen {
    let compare = compare_word(&page.query.compare, say);
    let against = say.with(drill::AGAINST, &[("compare", &compare.to_lowercase())]);
    SqlScreen {
        subject: subject(&view),
        waterfall: view.change.as_ref().map(|change| (against, waterfall(change, compare.clone(), say))),
        strips: strips(&view, &page.query.compare, say),
        aligned_meta: say.with(
            m::ALIGNED_META,
            &[("period", &view.load.axis.period.to_string()), ("compare", &compare.to_lowercase())],
        ),
        facts: facts(&view, page, say),
        findings: super::findings::sheets(&view, page, say),
        text: text(&view, page, say),
        verdict: view.verdict,
        load: view.load,
        whole: view.whole,
        source: view.source,
    }
}

/// `update on inventory · /checkout`.
fn subject(view: &SqlPageView) -> String {
    let facts = &view.statement;
    let route = facts.tags.iter().find(|(key, _)| key == "route").map(|(_, value)| value.clone());
    let tables = (!facts.tables.is_empty()).then(|| facts.tables.join(", "));
    [Some(facts.kind.to_uppercase()), tables, route]
        .into_iter()
        .flatten()
        .filter(|part| !part.is_empty())
        .collect::<Vec<_>>()
        .join(" · ")
}

fn text(view: &SqlPageView, page: &DbPage, say: Say) -> StatementText {
    let spans = if page.as_sent { view.sent.clone() } else { view.laid_out.clone() };
    let explain = view.explain.iter().map(|script| (say.text(drill::EXPLAIN_TO_COPY).to_owned(), script.clone()));
    let calls = view.source.calls.iter().map(|call| (say.text(drill::CLI_TO_COPY).to_owned(), call.clone()));
    StatementText {
        badges: view.row.badges.clone(),
        plain: spans.iter().map(|span| span.text.as_str()).collect(),
        spans,
        scripts: explain.chain(calls).collect(),
    }
}

fn facts(view: &SqlPageView, page: &DbPage, say: Say) -> Vec<(String, Vec<Piece>)> {
    let facts = &view.statement;
    let fact = |name: m::Message, value: Vec<Piece>| (say.text(name).to_owned(), value);
    let text_state = match () {
        () if facts.truncated => drill::TEXT_CUT,
        () if facts.tree => drill::TEXT_COMPLETE,
        () => drill::TEXT_UNPARSED,
    };
    let share = view.row.share.map(|share| format!(" ({})", number::percent(share))).unwrap_or_default();
    let load = format!("{}{share}", number::with_unit(view.row.mean.0, "AAS"));
    let seen = |at: Option<Timestamp>| at.map_or_else(|| "–".to_owned(), |at| at.to_string());
    let instance = page.of_instance();
    let tables = facts.tables.iter().flat_map(|table| {
        let filter = units::Filter::is(units::Dimension::Table, table.as_str());
        [
            Piece::CodeLink { text: table.clone(), href: instance.with_filter(filter).href() },
            Piece::Text(" ".to_owned()),
        ]
    });
    let tags = facts.tags.iter().flat_map(|(key, value)| {
        let filter = units::Filter::is(units::Dimension::Tag, format!("{key}={value}"));
        let href = instance.with_filter(filter).href();
        [Piece::CodeLink { text: format!("{key}={value}"), href }, Piece::Text(" ".to_owned())]
    });
    let calls = view.call_count.map_or_else(|| "–".to_owned(), |calls| number::trimmed(calls.round()));
    let mut shown = vec![
        fact(drill::FACT_LOAD, Piece::text(load)),
        fact(drill::FACT_KIND, Piece::text(facts.kind.to_uppercase())),
        fact(drill::FACT_TABLES, tables.collect()),
        fact(drill::FACT_TAGS, tags.collect()),
        fact(drill::FACT_FIRST_SEEN, Piece::text(seen(facts.first_seen))),
        fact(drill::FACT_LAST_SEEN, Piece::text(seen(facts.last_seen))),
        fact(drill::FACT_MERGED, Piece::text(facts.children.len().to_string())),
        fact(drill::FACT_CALLS, Piece::text(calls)),
        fact(drill::FACT_TEXT, Piece::text(say.with(text_state, &[]))),
    ];
    shown.retain(|(_, value)| !value.is_empty());
    shown
}

fn strips(view: &SqlPageView, compare: &Compare, say: Say) -> Vec<SqlStrip> {
    let ghost = compare_word(compare, say).to_lowercase();
    let before = |value: Option<f64>, unit: &str| {
        value.map(|value| {
            let printed = number::scaled(value, unit);
            let printed = format!("{} {}", printed.0, printed.1);
            say.with(drill::STRIP_BEFORE, &[("compare", &ghost), ("value", printed.trim_end())])
        })
    };
    let share = view.row.share.map(|share| say.with(drill::STRIP_SHARE, &[("share", &number::percent(share))]));
    let load = SqlStrip {
        label: say.text(drill::STRIP_LOAD).to_owned(),
        unit: "AAS".to_owned(),
        values: Vec::new(),
        ghost: view.load.ghost.as_ref().map(|ghost| ghost.total.clone()),
        mean: view.load.mean.map(|mean| mean.0),
        note: [share, before(view.load.ghost.as_ref().and_then(|ghost| ghost.mean).map(|mean| mean.0), "AAS")]
            .into_iter()
            .flatten()
            .collect::<Vec<_>>()
            .join(" · "),
    };
    let calls = view.calls.iter().map(|series| SqlStrip {
        label: say
            .text(match series.figure {
                CallFigure::Calls => m::CALLS,
                CallFigure::Latency => m::LATENCY,
                CallFigure::Rows => m::ROWS,
            })
            .to_owned(),
        unit: match series.figure {
            CallFigure::Rows => "/call".to_owned(),
            _ => series.unit.clone(),
        },
        values: series.values.clone(),
        ghost: series.ghost.clone(),
        mean: series.mean,
        note: before(series.mean_before, &series.unit).unwrap_or_default(),
    });
    std::iter::once(load).chain(calls).collect()
}

/// A cell of a sheet with a share of the total.
pub(super) fn share_cell(share: Option<f64>) -> Vec<Piece> {
    Piece::text(share.map_or_else(|| "–".to_owned(), number::percent))
}

/// A sheet with a title only.
pub(super) fn titled(title: impl Into<String>) -> Sheet {
    Sheet { title: title.into(), ..Sheet::default() }
}

/// Figures before and after: `40.9 → 41.8`.
pub(super) fn from_to(from: Option<f64>, to: Option<f64>) -> Vec<Piece> {
    if from.is_none() && to.is_none() {
        return Piece::number(None);
    }
    Piece::text(format!("{} → {}", figure(from), figure(to)))
}
