//! Top SQL: digests ranked by the load they cause.

use std::collections::BTreeMap;

use samples::{Instance, KeyedSeries, LoadMatrix, StatementStats};
use units::{Aas, DbLoadQuery, DigestId, Dimension, Period, SortBy, Timestamp, WaitClass};
use view::{Badge, BlockedChip, ChildStatement, LoadPart, Panel, RowKind, SqlRow, TopSqlView};

use crate::Result;
use crate::averages::{p99, weighted_mean};
use crate::calls::Calls;
use crate::facts::{source_of, state_of};
use crate::gather::gather;
use crate::matrix::{beyond_and_unattributed, regrouped};
use crate::page::Page;
use crate::reader::{Lookup, Reader, is_covered};
use crate::split::Split;
use crate::statements::SqlIndex;

/// Most rows of a table.
pub const MOST_ROWS: usize = 200;
/// Most rows of digests that are gone.
const MOST_GONE: usize = 5;
/// A gone digest is worth a row from this part of the load before.
const GONE_PART: f64 = 0.01;
/// A digest regressed when it has this much more load, absolute and relative, and its calls are
/// slower by this factor.
const REGRESSED: (f64, f64, f64) = (0.1, 1.2, 1.5);

/// Top SQL of a page: `limit` digests, then the closing rows.
///
/// # Errors
/// [`crate::Error`]; missing data is a state of the panel.
pub async fn rank_top_sql(
    reader: &Reader,
    query: &DbLoadQuery,
    limit: usize,
    now: Timestamp,
) -> Result<Panel<TopSqlView>> {
    let query = query.clone();
    reader
        .answer(now, move |lookup| {
            let page = Page::of(lookup, &query)?;
            top_panel(lookup, &page, query.sort, limit)
        })
        .await
}

fn top_panel(lookup: &Lookup, page: &Page, sort: SortBy, limit: usize) -> Result<Panel<TopSqlView>> {
    let gathered = gather(lookup, page)?;
    if !is_covered(&gathered.matrix) && lookup.is_settled() && page.axis.period < Period::MINUTE {
        return top_panel(lookup, &page.in_buckets(Period::MINUTE), sort, limit);
    }
    if let Some(state) = state_of(lookup, &page.instance, &gathered.matrix) {
        return Ok(state);
    }
    let mut view = rank(&gathered.input(&page.instance, sort, limit));
    view.source.calls = gathered.calls;
    Ok(Panel::Data(view))
}

/// What a ranking is made of.
pub struct TopInput<'a> {
    /// The instance.
    pub instance: &'a Instance,
    /// Load by PI's id, reconciled.
    pub matrix: &'a LoadMatrix,
    /// The same of each wait type; empty when it cannot be told.
    pub by_type: &'a BTreeMap<String, LoadMatrix>,
    /// Load by PI's id in the compare window, when that is known.
    pub before: Option<&'a LoadMatrix>,
    /// Statement statistics of the window; `None` when filters narrow the load below a digest.
    pub stats: Option<&'a StatementStats>,
    /// The same of the compare window.
    pub stats_before: Option<&'a StatementStats>,
    /// Statements by PI's id.
    pub index: &'a SqlIndex,
    /// Chips that could not be applied.
    pub blocked: &'a [BlockedChip],
    /// Order.
    pub sort: SortBy,
    /// Rows of digests, at most [`MOST_ROWS`].
    pub limit: usize,
}

/// Ranks digests. Rows, remainder and unattributed load sum to the total.
#[must_use]
pub fn rank(input: &TopInput) -> TopSqlView {
    let names = |pi_id: &str| input.index.names(pi_id, Dimension::Sql);
    let digests = regrouped(input.matrix, names);
    let before = input.before.map(|before| regrouped(before, names));
    let weights = &digests.covered_secs;
    let total = Aas(weighted_mean(&digests.total, weights).unwrap_or(0.0));
    let children = children_by_digest(input);
    let split = Split::new(input, weights);
    let mut rows: Vec<SqlRow> = digests
        .series
        .iter()
        .filter_map(|row| digest_row(row, total, &children, &split, before.as_ref(), input))
        .collect();
    sort_rows(&mut rows, input.sort);
    let hidden = rows.split_off(rows.len().min(input.limit.min(MOST_ROWS)));
    let digest_count = u32::try_from(digests.series.len()).unwrap_or(u32::MAX);
    rows.extend(gone_rows(&digests, before.as_ref(), input));
    rows.extend(closing_rows(input.matrix, &hidden, total, &split));
    TopSqlView {
        sort: input.sort,
        rows,
        total,
        total_before: before.and_then(|before| weighted_mean(&before.total, &before.covered_secs)).map(Aas),
        digest_count,
        blocked: input.blocked.to_vec(),
        coverage: input.matrix.cover.clone(),
        source: source_of(input.instance, input.matrix),
    }
}

/// The row of one digest, shown or not; of one that is gone too. `None` when it ran in neither
/// window.
#[must_use]
pub(crate) fn row_of_digest(input: &TopInput, digest: DigestId) -> Option<SqlRow> {
    let names = |pi_id: &str| input.index.names(pi_id, Dimension::Sql);
    let digests = regrouped(input.matrix, names);
    let before = input.before.map(|before| regrouped(before, names));
    let total = Aas(weighted_mean(&digests.total, &digests.covered_secs).unwrap_or(0.0));
    let key = digest.to_string();
    if let Some(row) = crate::matrix::row(&digests, &key) {
        let split = Split::new(input, &digests.covered_secs);
        return digest_row(row, total, &children_by_digest(input), &split, before.as_ref(), input);
    }
    let before = before?;
    let mean = mean_of(&before, &key);
    (mean.0 > 0.0).then(|| gone_row(digest, mean, input)).flatten()
}

/// PI's ids of each digest, those with the most load first.
fn children_by_digest<'a>(input: &TopInput<'a>) -> BTreeMap<DigestId, Vec<&'a KeyedSeries>> {
    let mut children: BTreeMap<DigestId, Vec<&KeyedSeries>> = BTreeMap::new();
    for row in &input.matrix.series {
        children.entry(input.index.digest_of(&row.key)).or_default().push(row);
    }
    children
}

fn digest_row(
    row: &KeyedSeries,
    total: Aas,
    children: &BTreeMap<DigestId, Vec<&KeyedSeries>>,
    split: &Split,
    before: Option<&LoadMatrix>,
    input: &TopInput,
) -> Option<SqlRow> {
    let digest: DigestId = row.key.parse().ok()?;
    let weights = &input.matrix.covered_secs;
    let mean = Aas(weighted_mean(&row.values, weights)?);
    let ids: Vec<&str> = children.get(&digest)?.iter().map(|child| child.key.as_str()).collect();
    let first = *ids.first()?;
    let waits = split.of(&ids, mean);
    let calls = Calls::of(input.stats, &ids);
    let calls_before = Calls::of(input.stats_before, &ids);
    let mean_before = before.map(|before| mean_of(before, &row.key));
    let statement = input.index.get(first);
    Some(SqlRow {
        kind: RowKind::Digest(digest),
        statement: input.index.short_text(first),
        mean,
        peak: row.values.iter().flatten().copied().reduce(f64::max).map(Aas),
        p99: p99(&row.values).map(Aas),
        share: mean.share_of(total),
        mean_by_unknown_wait: mean - waits.iter().map(|part| part.aas).sum::<Aas>(),
        waits,
        before: mean_before,
        calls_per_sec: calls.per_sec,
        ms_per_call: calls.ms,
        rows_per_call: calls.rows,
        badges: badges(mean, mean_before, &calls, &calls_before, is_cut(&ids, input.index)),
        tags: statement.map(|statement| tags_of(&statement.tags)).unwrap_or_default(),
        children: children_of(children.get(&digest)?, input),
    })
}

pub(crate) fn mean_of(matrix: &LoadMatrix, key: &str) -> Aas {
    let row = crate::matrix::row(matrix, key);
    Aas(row.and_then(|row| weighted_mean(&row.values, &matrix.covered_secs)).unwrap_or(0.0))
}

fn is_cut(ids: &[&str], index: &SqlIndex) -> bool {
    ids.iter().filter_map(|id| index.get(id)).all(|statement| statement.truncated)
        && ids.iter().any(|id| index.get(id).is_some())
}

/// Tags with the route first.
fn tags_of(tags: &[(String, String)]) -> Vec<(String, String)> {
    let (mut first, rest): (Vec<_>, Vec<_>) = tags.iter().cloned().partition(|(key, _)| key == "route");
    first.extend(rest);
    first
}

pub(crate) fn children_of(children: &[&KeyedSeries], input: &TopInput) -> Vec<ChildStatement> {
    let mean = |row: &KeyedSeries| Aas(weighted_mean(&row.values, &input.matrix.covered_secs).unwrap_or(0.0));
    children
        .iter()
        .map(|row| ChildStatement {
            pi_id: row.key.clone(),
            db_id: input.index.get(&row.key).and_then(|statement| statement.db_id.clone()),
            mean: mean(row),
        })
        .collect()
}

fn badges(mean: Aas, before: Option<Aas>, calls: &Calls, calls_before: &Calls, is_cut: bool) -> Vec<Badge> {
    let (more, factor, slower) = REGRESSED;
    let is_new = before.is_some_and(|before| before.0 <= 0.0) && mean.0 > 0.0;
    let has_more_load = before.is_some_and(|before| mean.0 - before.0 >= more && mean.0 >= before.0 * factor);
    let is_slower = calls.ms.zip(calls_before.ms).is_some_and(|(ms, before)| ms >= before * slower);
    let mut badges = Vec::new();
    if is_new {
        badges.push(Badge::New);
    } else if has_more_load && is_slower {
        badges.push(Badge::Regressed);
    }
    if is_cut {
        badges.push(Badge::Cut);
    }
    badges
}

/// Rows in the order asked for, largest first; what is not known comes last.
fn sort_rows(rows: &mut [SqlRow], sort: SortBy) {
    let value = |row: &SqlRow| match sort {
        SortBy::Mean => Some(row.mean.0),
        SortBy::Peak => row.peak.map(|aas| aas.0),
        SortBy::P99 => row.p99.map(|aas| aas.0),
        SortBy::Change => row.before.map(|before| row.mean.0 - before.0),
        SortBy::Calls => row.calls_per_sec,
        SortBy::Latency => row.ms_per_call,
        SortBy::Rows => row.rows_per_call,
    };
    rows.sort_by(|a, b| {
        let key = |row: &SqlRow| value(row).unwrap_or(f64::NEG_INFINITY);
        key(b).total_cmp(&key(a)).then(b.mean.0.total_cmp(&a.mean.0))
    });
}

/// Digests of the compare window that are not in this one. They have no load, so sums stay.
fn gone_rows(digests: &LoadMatrix, before: Option<&LoadMatrix>, input: &TopInput) -> Vec<SqlRow> {
    let Some(before) = before else { return Vec::new() };
    let total = weighted_mean(&before.total, &before.covered_secs).unwrap_or(0.0);
    let is_gone = |row: &&KeyedSeries| crate::matrix::row(digests, &row.key).is_none();
    let rows = before.series.iter().filter(is_gone).map(|row| (row, mean_of(before, &row.key)));
    rows.filter(|(_, mean)| mean.0 >= (total * GONE_PART).max(0.01))
        .take(MOST_GONE)
        .filter_map(|(row, mean)| gone_row(row.key.parse().ok()?, mean, input))
        .collect()
}

fn gone_row(digest: DigestId, mean: Aas, input: &TopInput) -> Option<SqlRow> {
    let mut ids = input.before?.series.iter().map(|row| row.key.as_str());
    let first = ids.find(|id| input.index.digest_of(id) == digest)?;
    Some(SqlRow {
        statement: input.index.short_text(first),
        before: Some(mean),
        badges: vec![Badge::Gone],
        share: Some(0.0),
        ..blank_row(RowKind::Digest(digest))
    })
}

fn blank_row(kind: RowKind) -> SqlRow {
    SqlRow {
        kind,
        statement: String::new(),
        mean: Aas::ZERO,
        peak: None,
        p99: None,
        share: None,
        waits: Vec::new(),
        mean_by_unknown_wait: Aas::ZERO,
        before: None,
        calls_per_sec: None,
        ms_per_call: None,
        rows_per_call: None,
        badges: Vec::new(),
        tags: Vec::new(),
        children: Vec::new(),
    }
}

/// What no row above holds: digests without a row of their own, and load without a statement.
fn closing_rows(matrix: &LoadMatrix, hidden: &[SqlRow], total: Aas, split: &Split) -> Vec<SqlRow> {
    let weights = &matrix.covered_secs;
    let mean = |values: &[Option<f64>]| Aas(weighted_mean(values, weights).unwrap_or(0.0));
    let (beyond, unattributed) = beyond_and_unattributed(matrix);
    let hidden_mean: Aas = hidden.iter().map(|row| row.mean).sum();
    let remainder = mean(&beyond) + hidden_mean;
    let mut rows = Vec::new();
    let close = |kind: RowKind, mean: Aas, waits: Vec<LoadPart>| SqlRow {
        mean,
        share: mean.share_of(total),
        mean_by_unknown_wait: mean - waits.iter().map(|part| part.aas).sum::<Aas>(),
        waits,
        ..blank_row(kind)
    };
    if remainder.0 > 0.0 {
        let kind = RowKind::Remainder { digests: u32::try_from(hidden.len()).unwrap_or(u32::MAX) };
        let mut waits = split.rest(|matrix| beyond_and_unattributed(matrix).0, mean(&beyond));
        for part in hidden.iter().flat_map(|row| &row.waits) {
            match waits.iter_mut().find(|known| known.class == part.class) {
                Some(known) => known.aas = known.aas + part.aas,
                None => waits.push(*part),
            }
        }
        waits.sort_by_key(|part| WaitClass::ALL.iter().position(|class| *class == part.class));
        rows.push(close(kind, remainder, waits));
    }
    let unattributed = mean(&unattributed);
    if unattributed.0 > 0.0 {
        let waits = split.rest(|matrix| beyond_and_unattributed(matrix).1, unattributed);
        rows.push(close(RowKind::Unattributed, unattributed, waits));
    }
    rows
}
