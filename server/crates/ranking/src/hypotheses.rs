//! Index hypotheses: the columns that the load of a window asks for, by table. They come from the
//! texts of statements alone; only a test against the real table can tell whether an index helps.

use std::collections::{BTreeMap, BTreeSet};

use sql_digest::{ColumnUse, PredicateColumn};
use units::{Aas, DigestId, Engine};
use view::{ColumnLoad, IndexHypothesis};

use crate::gather::Gathered;
use crate::statement_text::hypopg_script;
use crate::top_sql::mean_of;

/// Digests whose texts are read, those with the most load.
const MOST_DIGESTS: usize = 60;
/// Columns of one hypothesis: longer keys seldom pay.
const MOST_COLUMNS: usize = 3;
/// Columns listed of one table.
const MOST_ASKED: usize = 8;

/// A digest with the columns it asks for.
struct Asking {
    mean: Aas,
    columns: Vec<PredicateColumn>,
}

/// Hypotheses for the tables of `of`, the columns a statement asks for: one a table, the index that
/// this statement could use, with the load of all digests that could share it.
pub(crate) fn hypotheses(
    gathered: &Gathered,
    of: &[PredicateColumn],
    engine: Engine,
    explain: Option<&str>,
) -> Vec<IndexHypothesis> {
    let tables: BTreeSet<&String> = of.iter().filter_map(|column| column.table.as_ref()).collect();
    if tables.is_empty() {
        return Vec::new();
    }
    let asking = asking(gathered, engine);
    let scripted = |hypothesis: IndexHypothesis| {
        let script = explain.and_then(|explain| hypopg_script(&hypothesis.table, &hypothesis.columns, explain, engine));
        IndexHypothesis { script, ..hypothesis }
    };
    tables.into_iter().filter_map(|table| hypothesis(table, of, &asking)).map(scripted).collect()
}

fn asking(gathered: &Gathered, engine: Engine) -> Vec<Asking> {
    let mut means: BTreeMap<DigestId, (Aas, &str)> = BTreeMap::new();
    for row in &gathered.matrix.series {
        let Some(statement) = gathered.index.get(&row.key) else { continue };
        let (mean, _) = means.entry(statement.digest).or_insert((Aas::ZERO, statement.normal_form.as_str()));
        *mean = *mean + mean_of(&gathered.matrix, &row.key);
    }
    let mut means: Vec<(Aas, &str)> = means.into_values().collect();
    means.sort_by(|a, b| b.0.0.total_cmp(&a.0.0));
    means.truncate(MOST_DIGESTS);
    let read = |text: &str| sql_digest::digest(text.as_bytes(), engine).columns;
    means.into_iter().map(|(mean, text)| Asking { mean, columns: read(text) }).collect()
}

fn hypothesis(table: &str, of: &[PredicateColumn], asking: &[Asking]) -> Option<IndexHypothesis> {
    let on_table = |column: &&PredicateColumn| column.table.as_deref() == Some(table);
    let load_of = |name: &str, is_use: &dyn Fn(ColumnUse) -> bool| {
        let uses = |column: &PredicateColumn| on_table(&column) && column.column == name && is_use(column.column_use);
        asking.iter().filter(|one| one.columns.iter().any(uses)).map(|one| one.mean).sum::<Aas>()
    };
    let is_point = |column_use: ColumnUse| matches!(column_use, ColumnUse::Filter | ColumnUse::Join);
    let mut points: Vec<(&str, Aas)> = Vec::new();
    for column in of.iter().filter(on_table).filter(|column| is_point(column.column_use)) {
        if points.iter().all(|(name, _)| *name != column.column) {
            points.push((&column.column, load_of(&column.column, &is_point)));
        }
    }
    // The column most load asks for first: an index serves whoever asks for its beginning. At equal
    // load what is compared with a value stands before what is joined: it narrows first.
    let is_joined = |name: &str| {
        let is_filter = |column: &PredicateColumn| column.column == name && column.column_use == ColumnUse::Filter;
        !of.iter().filter(on_table).any(is_filter)
    };
    points.sort_by(|a, b| b.1.0.total_cmp(&a.1.0).then_with(|| is_joined(a.0).cmp(&is_joined(b.0))));
    let first = points.first()?.0.to_owned();
    let mut columns: Vec<String> = points.iter().map(|(name, _)| (*name).to_owned()).collect();
    for column in of.iter().filter(on_table).filter(|column| column.column_use == ColumnUse::Order) {
        if !columns.contains(&column.column) {
            columns.push(column.column.clone());
        }
    }
    columns.truncate(MOST_COLUMNS);
    let sharing = asking.iter().filter(|one| {
        one.columns.iter().any(|column| on_table(&column) && column.column == first && is_point(column.column_use))
    });
    Some(IndexHypothesis {
        table: table.to_owned(),
        load: load_of(&first, &is_point),
        digests: u32::try_from(sharing.count()).unwrap_or(u32::MAX),
        columns,
        asked: asked(table, asking),
        script: None,
    })
}

/// Every use of a column of `table`, by the load of the digests behind it.
fn asked(table: &str, asking: &[Asking]) -> Vec<ColumnLoad> {
    let mut loads: BTreeMap<(&str, &str), Aas> = BTreeMap::new();
    for one in asking {
        for column in one.columns.iter().filter(|column| column.table.as_deref() == Some(table)) {
            let load = loads.entry((&column.column, role(column.column_use))).or_default();
            *load = *load + one.mean;
        }
    }
    let mut asked: Vec<ColumnLoad> = loads
        .into_iter()
        .map(|((column, role), load)| ColumnLoad { column: column.to_owned(), role: role.to_owned(), load })
        .collect();
    asked.sort_by(|a, b| b.load.0.total_cmp(&a.load.0).then_with(|| a.column.cmp(&b.column)));
    asked.truncate(MOST_ASKED);
    asked
}

/// What a statement does with a column, in one word.
pub(crate) const fn role(column_use: ColumnUse) -> &'static str {
    match column_use {
        ColumnUse::Filter => "filter",
        ColumnUse::Join => "join",
        ColumnUse::Group => "group",
        ColumnUse::Order => "order",
    }
}
