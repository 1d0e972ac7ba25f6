//! What every panel of a page has in common: instance, window, buckets, axis, compare window, and
//! the questions behind its filters.

use std::collections::BTreeMap;

use samples::{Grouping, Instance, LoadMatrix};
use units::{Compare, DbLoadQuery, Dimension, Filter, Period, Window};
use view::Axis;

use crate::Result;
use crate::buckets::bucket_for;
use crate::matrix::{combined, only, reconciled, without};
use crate::question::{Question, group_of, plan};
use crate::reader::{Lookup, is_covered};
use crate::statements::SqlIndex;

/// One page, resolved against the clock.
#[derive(Clone, Debug)]
pub(crate) struct Page {
    pub(crate) instance: Instance,
    pub(crate) axis: Axis,
    /// The compare window and how many seconds it lies earlier; whole buckets.
    pub(crate) compare: Option<(Window, i64)>,
    pub(crate) filters: Vec<Filter>,
}

impl Page {
    /// The page of `query`.
    pub(crate) fn of(lookup: &Lookup, query: &DbLoadQuery) -> Result<Self> {
        let window = query.range.resolve(lookup.now)?;
        let instance = lookup.instance(&query.instance)?;
        let axis = axis_of(lookup, query, window, bucket_for(window, query.period));
        let compare = compare_of(&query.compare, axis.window, axis.period);
        let filters = query.filters.iter().map(|filter| current(lookup, filter)).collect::<Result<_>>()?;
        Ok(Self { instance, axis, compare, filters })
    }

    /// The same page in other buckets.
    pub(crate) fn in_buckets(&self, period: Period) -> Self {
        let axis = Axis { window: self.axis.window.aligned(period.secs()), period, ..self.axis.clone() };
        let compare = self.compare.map(|(window, earlier)| (window.aligned(period.secs()), earlier));
        let compare = compare.filter(|(_, earlier)| earlier % i64::from(period.secs()) == 0);
        Self { axis, compare, ..self.clone() }
    }

    /// The question of a slice under the page's filters, and the index it was planned with.
    pub(crate) fn plan(&self, lookup: &Lookup, slice: Dimension) -> Result<(Question, SqlIndex)> {
        let asks = |group: Dimension| {
            group_of(slice) == group || self.filters.iter().any(|filter| group_of(filter.dimension) == group)
        };
        let (by_sql, by_statement) = (asks(Dimension::Sql), asks(Dimension::Statement));
        let index = if slice == Dimension::BlockingSql {
            self.blocker_index(lookup)?
        } else if by_sql || by_statement {
            self.sql_index(lookup, by_statement)?
        } else {
            SqlIndex::default()
        };
        Ok((plan(slice, &self.filters, &index), index))
    }

    /// Statements of blockers in the window, with those filters may name.
    fn blocker_index(&self, lookup: &Lookup) -> Result<SqlIndex> {
        let by_sql = Grouping::by(Dimension::BlockingSql);
        let matrix = lookup.stored(&self.instance.id, &by_sql, self.axis.window, self.axis.period)?;
        let ids: Vec<String> = matrix.series.into_iter().map(|row| row.key).collect();
        let statements = lookup.archive.statements(&ids)?;
        let filters_on = |group| self.filters.iter().any(|filter| group_of(filter.dimension) == group);
        let (by_sql, by_statement) = (filters_on(Dimension::Sql), filters_on(Dimension::Statement));
        let others = if by_sql || by_statement { self.sql_index(lookup, by_statement)? } else { SqlIndex::default() };
        Ok(others.with(statements))
    }

    /// Statements that occur in the window, in the compare window, and those the filters name; with the
    /// statements under the digests where `by_statement`.
    fn sql_index(&self, lookup: &Lookup, by_statement: bool) -> Result<SqlIndex> {
        let (by_sql, by_child) = (Grouping::by(Dimension::Sql), Grouping::by(Dimension::Statement));
        let (id, period) = (&self.instance.id, self.axis.period);
        let mut ids = Vec::new();
        if self.filters.iter().any(|filter| group_of(filter.dimension) == Dimension::Statement) {
            // Which statements carry a tag must be known before their load can be asked for.
            lookup.load(id, &by_child, self.axis.window, period)?;
        }
        let windows = std::iter::once(self.axis.window).chain(self.compare.map(|(window, _)| window));
        for window in windows {
            let mut matrices = vec![lookup.stored(id, &by_sql, window, period)?];
            if by_statement {
                matrices.push(lookup.stored(id, &by_child, window, period)?);
            }
            ids.extend(matrices.into_iter().flat_map(|matrix| matrix.series).map(|row| row.key));
        }
        for filter in self.filters.iter().filter(|filter| filter.dimension == Dimension::Sql) {
            if let Ok(digest) = filter.value.parse() {
                let known = lookup.archive.statements_of(digest)?.into_iter();
                let loads = known.filter(|statement| statement.dimension == Dimension::Sql);
                ids.extend(loads.map(|statement| statement.pi_id));
            }
        }
        ids.sort_unstable();
        ids.dedup();
        let statements = lookup.archive.statements(&ids)?;
        Ok(SqlIndex::new(ids, statements))
    }

    /// The answer to a question in this page's window; what is missing of it is asked for.
    pub(crate) fn answer(&self, lookup: &Lookup, question: &Question, index: &SqlIndex) -> Result<LoadMatrix> {
        self.sum(question, index, |grouping| {
            lookup.load(&self.instance.id, grouping, self.axis.window, self.axis.period)
        })
    }

    /// The answer to a question in this page's window, as far as it is there.
    pub(crate) fn kept(&self, lookup: &Lookup, question: &Question, index: &SqlIndex) -> Result<LoadMatrix> {
        self.sum(question, index, |grouping| {
            lookup.peek(&self.instance.id, grouping, self.axis.window, self.axis.period)
        })
    }

    /// The answer to a question in the compare window, as far as it is there. Under filters nothing is
    /// there by itself: it is asked for.
    pub(crate) fn answer_before(
        &self,
        lookup: &Lookup,
        question: &Question,
        index: &SqlIndex,
    ) -> Result<Option<LoadMatrix>> {
        let Some((window, _)) = self.compare else { return Ok(None) };
        let (id, period) = (&self.instance.id, self.axis.period);
        let matrix = self.sum(question, index, |grouping| {
            if grouping.filter.is_empty() {
                lookup.peek(id, grouping, window, period)
            } else {
                lookup.load(id, grouping, window, period)
            }
        })?;
        Ok(is_covered(&matrix).then_some(matrix))
    }

    fn sum(
        &self,
        question: &Question,
        index: &SqlIndex,
        load: impl Fn(&Grouping) -> Result<LoadMatrix>,
    ) -> Result<LoadMatrix> {
        let mut terms = Vec::with_capacity(question.terms.len());
        for (grouping, sign) in &question.terms {
            terms.push((load(grouping)?, *sign));
        }
        // Filters that exclude each other leave nothing, which is known: 0 wherever load is known.
        let matrix = match combined(terms) {
            Some(matrix) => matrix,
            None => only(reconciled(load(&Grouping::by(question.group))?), |_| false),
        };
        if question.local.is_empty() {
            return Ok(matrix);
        }
        let keeps = |key: &str| question.keeps(key, index);
        Ok(if question.has_local_include() { only(matrix, keeps) } else { without(matrix, |key| !keeps(key)) })
    }

    /// Load by digest of each wait type, in this page's window and the compare window. Under the
    /// microscope what is missing is asked for, for the types that matter.
    pub(crate) fn by_wait_type(&self, lookup: &Lookup) -> Result<BTreeMap<String, LoadMatrix>> {
        let (id, window, period) = (&self.instance.id, self.axis.window, self.axis.period);
        if period < Period::MINUTE && !lookup.is_settled() {
            let types = reconciled(lookup.load(id, &Grouping::by(Dimension::WaitType), window, period)?);
            let total: f64 = types.total.iter().flatten().sum();
            for row in &types.series {
                /// Smaller parts stay without a split by digest.
                const PART_THAT_MATTERS: f64 = 0.05;
                if row.values.iter().flatten().sum::<f64>() >= total * PART_THAT_MATTERS {
                    let grouping = Grouping::by(Dimension::Sql).filtered(Dimension::WaitType, row.key.clone());
                    lookup.load(id, &grouping, window, period)?;
                }
            }
        }
        lookup.by_wait_type(id, window, period)
    }
}

/// The filter on what a digest has become, if it is on a digest.
fn current(lookup: &Lookup, filter: &Filter) -> Result<Filter> {
    let digest = (filter.dimension == Dimension::Sql).then(|| filter.value.parse().ok()).flatten();
    let Some(digest) = digest else { return Ok(filter.clone()) };
    Ok(Filter { value: lookup.archive.current_digest(digest)?.to_string(), ..filter.clone() })
}

fn axis_of(lookup: &Lookup, query: &DbLoadQuery, window: Window, period: Period) -> Axis {
    let window = window.aligned(period.secs());
    let (zone, offsets) = lookup.zone(&query.zone, window);
    Axis { window, period, zone, offsets }
}

/// The compare window in whole buckets, so that both lie on one axis.
fn compare_of(compare: &Compare, window: Window, period: Period) -> Option<(Window, i64)> {
    let before = compare.window(window)?;
    let step = i64::from(period.secs());
    let earlier = ((window.from.0 - before.from.0) / 1000 / step).max(1) * step;
    Some((window.shifted(-earlier), earlier))
}
