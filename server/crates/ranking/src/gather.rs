//! Reads everything a ranking of digests needs.

use std::collections::BTreeMap;

use samples::{Instance, LoadMatrix, StatementStat, StatementStats};
use units::{Dimension, FilterOp, SortBy};
use view::BlockedChip;

use crate::Result;
use crate::aws_cli::{load_calls, statistics_of};
use crate::page::Page;
use crate::question::{Question, type_of_event};
use crate::reader::Lookup;
use crate::statements::SqlIndex;
use crate::top_sql::TopInput;

/// Everything a ranking of digests reads.
pub(crate) struct Gathered {
    pub(crate) matrix: LoadMatrix,
    pub(crate) by_type: BTreeMap<String, LoadMatrix>,
    pub(crate) before: Option<LoadMatrix>,
    pub(crate) stats: Option<StatementStats>,
    pub(crate) stats_before: Option<StatementStats>,
    pub(crate) index: SqlIndex,
    pub(crate) blocked: Vec<BlockedChip>,
    /// The calls of the AWS CLI that answer the same.
    pub(crate) calls: Vec<String>,
}

pub(crate) fn gather(lookup: &Lookup, page: &Page) -> Result<Gathered> {
    let (question, index) = page.plan(lookup, Dimension::Sql)?;
    let matrix = page.answer(lookup, &question, &index)?;
    let before = page.answer_before(lookup, &question, &index)?;
    let id = &page.instance.id;
    let stats = |window| lookup.archive.statement_stats(id, &StatementStat::ALL, window);
    let has_stats = !question.narrows_sql();
    let statistics = if has_stats { statistics_of(page.instance.engine) } else { Vec::new() };
    Ok(Gathered {
        calls: load_calls(&page.instance, &page.axis, &question, &statistics),
        by_type: waits_of(lookup, page, &question, &matrix)?,
        stats: has_stats.then(|| stats(page.axis.window)).transpose()?,
        stats_before: page.compare.filter(|_| has_stats).map(|(window, _)| stats(window)).transpose()?,
        blocked: question.blocked,
        matrix,
        before,
        index,
    })
}

/// The load by digest of each wait type, as far as it can be told under the filters.
fn waits_of(
    lookup: &Lookup,
    page: &Page,
    question: &Question,
    matrix: &LoadMatrix,
) -> Result<BTreeMap<String, LoadMatrix>> {
    let foreign: Vec<_> = question.applied.iter().filter(|filter| !question.local.contains(filter)).collect();
    if foreign.is_empty() {
        return page.by_wait_type(lookup);
    }
    let is_wait = |dimension| matches!(dimension, Dimension::Wait | Dimension::WaitType);
    let mut kinds: Vec<&str> = foreign
        .iter()
        .filter(|filter| is_wait(filter.dimension) && filter.op == FilterOp::Is)
        .map(|filter| type_of_event(&filter.value))
        .collect();
    kinds.dedup();
    let are_waits = foreign.iter().all(|filter| is_wait(filter.dimension));
    Ok(match (are_waits, kinds.as_slice()) {
        // All of the load is of this type.
        (true, [kind]) => BTreeMap::from([((*kind).to_owned(), matrix.clone())]),
        _ => BTreeMap::new(),
    })
}

impl Gathered {
    pub(crate) fn input<'a>(&'a self, instance: &'a Instance, sort: SortBy, limit: usize) -> TopInput<'a> {
        TopInput {
            instance,
            matrix: &self.matrix,
            by_type: &self.by_type,
            before: self.before.as_ref(),
            stats: self.stats.as_ref(),
            stats_before: self.stats_before.as_ref(),
            index: &self.index,
            blocked: &self.blocked,
            sort,
            limit,
        }
    }
}
