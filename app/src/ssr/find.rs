//! What a search finds, in the reader's words.

use units::{Dimension, Filter, TimeRange, Timestamp, Zone};
use view::{ColumnKind, FoundPlace, FoundView, Panel, Piece, Sheet};

use super::Source;
use super::statement::titled;
use crate::error::ViewError;
use crate::messages::{self as m, Say, drill};
use crate::paths::{self, DbPage};

/// Where a statement or table leads is the day it was found in.
const BACK_SECS: u32 = 86_400;
/// Instances named in a row.
const MOST_PLACES: usize = 5;

impl Source {
    /// Instances, statements and tables that match a text.
    pub(crate) async fn find(&self, text: &str, now: Timestamp) -> Result<Panel<Vec<Sheet>>, ViewError> {
        let found = ranking::find(&self.reader, text, now).await.map_err(|error| self.mapped(error))?;
        let say = self.say();
        let sheets: Vec<Sheet> = [instances(&found, say), digests(&found, say), tables(&found, say)]
            .into_iter()
            .filter(|sheet| !sheet.rows.is_empty())
            .collect();
        Ok(if sheets.is_empty() { Panel::Empty } else { Panel::Data(sheets) })
    }
}

fn instances(found: &FoundView, say: Say) -> Sheet {
    let mut sheet = titled(say.text(m::INSTANCES))
        .column(say.text(m::INSTANCE), "", ColumnKind::Wide)
        .column(say.text(drill::COLUMN_ENGINE), "", ColumnKind::Words)
        .column(say.text(drill::COLUMN_CLASS), "", ColumnKind::Words);
    for facts in &found.instances {
        sheet.push(vec![
            vec![Piece::Link { text: facts.name.clone(), href: paths::db(&facts.id) }],
            Piece::text(format!("{} {}", facts.engine.label(), facts.engine_version)),
            Piece::text(facts.class.clone()),
        ]);
    }
    sheet
}

fn digests(found: &FoundView, say: Say) -> Sheet {
    let mut sheet = titled(say.text(drill::STATEMENTS))
        .column(say.text(drill::COLUMN_STATEMENT), "", ColumnKind::Wide)
        .column(say.text(drill::COLUMN_RUNS_ON), "AAS", ColumnKind::Words);
    for digest in &found.digests {
        let page = digest.places.first().map(|place| day_of(place).sql_href(digest.digest));
        let text = digest.statement.clone();
        let name = page.map_or_else(|| Piece::Code(text.clone()), |href| Piece::CodeLink { text: text.clone(), href });
        let places = places(&digest.places, |place| day_of(place).sql_href(digest.digest), say);
        sheet.push(vec![vec![name], places]);
    }
    sheet.notes.push(say.text(drill::FIND_NOTE).to_owned());
    sheet
}

fn tables(found: &FoundView, say: Say) -> Sheet {
    let mut sheet = titled(say.text(drill::FACT_TABLES))
        .column(say.text(m::DIMENSION_TABLE), "", ColumnKind::Wide)
        .column(say.text(drill::COLUMN_RUNS_ON), "AAS", ColumnKind::Words);
    for table in &found.tables {
        let filter = Filter::is(Dimension::Table, table.table.as_str());
        let href = |place: &FoundPlace| day_of(place).with_slice(Dimension::Sql).with_filter(filter.clone()).href();
        let name = table.places.first().map_or_else(
            || Piece::Code(table.table.clone()),
            |place| Piece::CodeLink { text: table.table.clone(), href: href(place) },
        );
        sheet.push(vec![vec![name], places(&table.places, href, say)]);
    }
    sheet
}

fn day_of(place: &FoundPlace) -> DbPage {
    DbPage::new(place.instance.clone(), Zone::default()).with_range(TimeRange::last_secs(BACK_SECS))
}

fn places(places: &[FoundPlace], href: impl Fn(&FoundPlace) -> String, say: Say) -> Vec<Piece> {
    if places.is_empty() {
        return vec![Piece::Muted(say.text(drill::NOT_IN_A_DAY).to_owned())];
    }
    let links = places.iter().take(MOST_PLACES).flat_map(|place| {
        let load = view::number::three_figures(place.mean.0);
        [Piece::Link { text: place.name.clone(), href: href(place) }, Piece::Muted(format!(" {load} "))]
    });
    links.collect()
}
