//! The search of the app bar: instances, statements and tables by a text. Reads what is archived;
//! nothing is asked for.

use std::collections::BTreeMap;

use samples::{Grouping, Instance};
use units::{Aas, DigestId, Dimension, Period, Timestamp, Window};
use view::{FoundDigest, FoundPlace, FoundTable, FoundView};

use crate::Result;
use crate::facts::facts_of;
use crate::load_view::by_slice;
use crate::matrix::reconciled;
use crate::reader::{Lookup, Reader, is_covered};
use crate::statements::{SqlIndex, shortened};
use crate::top_sql::mean_of;

/// Longest text that is looked for, in bytes.
const MOST_TEXT: usize = 200;
/// Most rows of each sort.
const MOST_FOUND: usize = 25;
/// Most statements looked at: those seen last.
const MOST_STATEMENTS: usize = 500;
/// Where a statement runs is told from this long back.
const BACK_SECS: i64 = 86_400;

/// Everything that matches `text`. Nothing matches an empty one.
///
/// # Errors
/// [`crate::Error`].
pub async fn find(reader: &Reader, text: &str, now: Timestamp) -> Result<FoundView> {
    let text: String = text.trim().chars().take(MOST_TEXT).collect::<String>().to_lowercase();
    if text.is_empty() {
        return Ok(FoundView::default());
    }
    reader.answer(now, move |lookup| found(lookup, &text)).await
}

/// Load of one instance in the last day, under digests and tables.
struct Searched {
    instance: Instance,
    digests: BTreeMap<DigestId, Aas>,
    tables: BTreeMap<String, Aas>,
}

fn found(lookup: &Lookup, text: &str) -> Result<FoundView> {
    let all = lookup.archive.instances()?;
    let matches = |instance: &&Instance| {
        let words = [instance.name.as_str(), instance.id.as_str(), instance.engine.label(), instance.class.as_str()];
        instance.status != "deleted" && words.iter().any(|word| word.to_lowercase().contains(text))
    };
    let instances = all.iter().filter(matches).take(MOST_FOUND).map(facts_of).collect();
    let window = Window::new(lookup.now.plus_secs(-BACK_SECS), lookup.now).aligned(Period::HOUR.secs());
    let mut searched = Vec::new();
    for instance in all {
        searched.extend(read(lookup, instance, window)?);
    }
    Ok(FoundView { instances, digests: digests(lookup, text, &searched)?, tables: tables(text, &searched) })
}

fn read(lookup: &Lookup, instance: Instance, window: Window) -> Result<Option<Searched>> {
    let matrix = lookup.stored(&instance.id, &Grouping::by(Dimension::Sql), window, Period::HOUR)?;
    if !is_covered(&matrix) {
        return Ok(None);
    }
    let matrix = reconciled(matrix);
    let ids: Vec<String> = matrix.series.iter().map(|row| row.key.clone()).collect();
    let statements = lookup.archive.statements(&ids)?;
    let index = SqlIndex::new(ids, statements);
    let mut digests: BTreeMap<DigestId, Aas> = BTreeMap::new();
    for row in &matrix.series {
        let sum = digests.entry(index.digest_of(&row.key)).or_default();
        *sum = *sum + mean_of(&matrix, &row.key);
    }
    let by_table = by_slice(&matrix, Dimension::Table, &index);
    let tables = by_table.series.iter().map(|row| (row.key.clone(), mean_of(&by_table, &row.key))).collect();
    Ok(Some(Searched { instance, digests, tables }))
}

fn digests(lookup: &Lookup, text: &str, searched: &[Searched]) -> Result<Vec<FoundDigest>> {
    let mut texts: BTreeMap<DigestId, String> = BTreeMap::new();
    for statement in lookup.archive.find_statements(text, MOST_STATEMENTS)? {
        texts.entry(statement.digest).or_insert_with(|| shortened(&statement.normal_form));
    }
    let mut found: Vec<FoundDigest> = texts
        .into_iter()
        .map(|(digest, statement)| FoundDigest {
            digest,
            statement,
            places: places(searched, |one| one.digests.get(&digest).copied()),
        })
        .collect();
    found.sort_by(|a, b| load_of(&b.places).total_cmp(&load_of(&a.places)).then_with(|| a.statement.cmp(&b.statement)));
    found.truncate(MOST_FOUND);
    Ok(found)
}

fn tables(text: &str, searched: &[Searched]) -> Vec<FoundTable> {
    let mut names: Vec<&String> = searched.iter().flat_map(|one| one.tables.keys()).collect();
    names.sort_unstable();
    names.dedup();
    let mut found: Vec<FoundTable> = names
        .into_iter()
        .filter(|name| name.to_lowercase().contains(text))
        .map(|name| FoundTable { table: name.clone(), places: places(searched, |one| one.tables.get(name).copied()) })
        .collect();
    found.sort_by(|a, b| load_of(&b.places).total_cmp(&load_of(&a.places)).then_with(|| a.table.cmp(&b.table)));
    found.truncate(MOST_FOUND);
    found
}

fn places(searched: &[Searched], load: impl Fn(&Searched) -> Option<Aas>) -> Vec<FoundPlace> {
    let places = searched.iter().filter_map(|one| {
        let mean = load(one)?;
        Some(FoundPlace { instance: one.instance.id.clone(), name: one.instance.name.clone(), mean })
    });
    let mut places: Vec<FoundPlace> = places.collect();
    places.sort_by(|a, b| b.mean.0.total_cmp(&a.mean.0));
    places
}

fn load_of(places: &[FoundPlace]) -> f64 {
    places.iter().map(|place| place.mean.0).sum()
}
