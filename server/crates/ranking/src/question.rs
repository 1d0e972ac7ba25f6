//! What a page asks, in questions Performance Insights can answer.
//!
//! It filters by equality, on the grouped dimension and on one other. So: filters on what the group
//! itself tells are applied to its rows; includes on one other dimension become filtered questions
//! that are added; excludes become questions that are subtracted (total − included). What takes two
//! other dimensions cannot be answered, and the chip says so.

use std::collections::BTreeSet;

use samples::Grouping;
use units::{Dimension, Filter, FilterOp};
use view::{Blocked, BlockedChip};

use crate::statements::SqlIndex;

/// Questions that ride in one call: more are not asked for one panel.
pub(crate) const MOST_TERMS: usize = 15;

/// Questions, their signs, and the rows of the answers that count.
#[derive(Clone, Debug, PartialEq)]
pub struct Question {
    /// The dimension the answers are grouped by.
    pub group: Dimension,
    /// Questions to add (`1`) and to subtract (`-1`).
    pub terms: Vec<(Grouping, f64)>,
    /// Filters on what the group tells, for the rows of the sum.
    pub local: Vec<Filter>,
    /// Chips that count.
    pub applied: Vec<Filter>,
    /// Chips that do not, and why.
    pub blocked: Vec<BlockedChip>,
}

/// The dimension Performance Insights groups by for a slice. Tags differ from call to call of one
/// digest, so they are told by the statements under it.
pub(crate) const fn group_of(slice: Dimension) -> Dimension {
    match slice {
        Dimension::Table | Dimension::Kind => Dimension::Sql,
        Dimension::Tag => Dimension::Statement,
        other => other,
    }
}

/// Dimensions whose values follow from each other belong together.
const fn family(dimension: Dimension) -> Dimension {
    match dimension {
        Dimension::WaitType => Dimension::Wait,
        other => group_of(other),
    }
}

/// Plans the questions for `slice` under `filters`. Chips are taken in order; one that cannot be
/// combined with those before it is left out and named.
#[must_use]
pub fn plan(slice: Dimension, filters: &[Filter], index: &SqlIndex) -> Question {
    let mut group = group_of(slice);
    let mut applied: Vec<Filter> = Vec::new();
    let mut blocked = Vec::new();
    if group == Dimension::WaitType && filters.iter().any(|filter| filter.dimension == Dimension::Wait) {
        // The events tell their type; the types do not tell their events.
        group = Dimension::Wait;
    }
    for filter in filters {
        let mut tried = applied.clone();
        tried.push(filter.clone());
        match foreign_terms(group, &tried, index) {
            Ok(_) => applied = tried,
            Err(reason) => blocked.push(BlockedChip { filter: filter.clone(), reason }),
        }
    }
    let terms = foreign_terms(group, &applied, index).unwrap_or_default();
    let local = applied.iter().filter(|filter| family(filter.dimension) == family(group)).cloned().collect();
    Question { group, terms, local, applied, blocked }
}

/// The questions for the filters on other dimensions than the group's.
fn foreign_terms(group: Dimension, filters: &[Filter], index: &SqlIndex) -> Result<Vec<(Grouping, f64)>, Blocked> {
    let foreign: Vec<&Filter> = filters.iter().filter(|filter| family(filter.dimension) != family(group)).collect();
    let Some(first) = foreign.first() else {
        return Ok(vec![(Grouping::by(group), 1.0)]);
    };
    let other = family(first.dimension);
    if foreign.iter().any(|filter| family(filter.dimension) != other) {
        return Err(Blocked::OneOther { taken: first.dimension });
    }
    let terms = match other {
        Dimension::Wait => wait_terms(group, &foreign),
        Dimension::Sql | Dimension::Statement => sql_terms(group, other, &foreign, index),
        other => plain_terms(group, other, &foreign),
    };
    if terms.len() > MOST_TERMS {
        return Err(Blocked::TooMany { questions: u32::try_from(terms.len()).unwrap_or(u32::MAX) });
    }
    Ok(terms)
}

/// Values of `dimension` that filters of `op` name.
fn values<'a>(filters: &[&'a Filter], dimension: Dimension, op: FilterOp) -> BTreeSet<&'a str> {
    filters
        .iter()
        .filter(|filter| filter.dimension == dimension && filter.op == op)
        .map(|filter| filter.value.as_str())
        .collect()
}

/// Includes of one dimension are alternatives, so they add up; without one, excludes are
/// subtracted from everything.
fn plain_terms(group: Dimension, other: Dimension, filters: &[&Filter]) -> Vec<(Grouping, f64)> {
    let kept = values(filters, other, FilterOp::Is);
    let dropped = values(filters, other, FilterOp::IsNot);
    terms_of(group, other, kept, dropped)
}

fn terms_of<T: AsRef<str> + Ord>(
    group: Dimension,
    other: Dimension,
    kept: BTreeSet<T>,
    dropped: BTreeSet<T>,
) -> Vec<(Grouping, f64)> {
    let by = |value: &T| Grouping::by(group).filtered(other, value.as_ref());
    if kept.is_empty() {
        let all = std::iter::once((Grouping::by(group), 1.0));
        all.chain(dropped.iter().map(|value| (by(value), -1.0))).collect()
    } else {
        kept.iter().filter(|value| !dropped.contains(value)).map(|value| (by(value), 1.0)).collect()
    }
}

fn wait_terms(group: Dimension, filters: &[&Filter]) -> Vec<(Grouping, f64)> {
    let events = values(filters, Dimension::Wait, FilterOp::Is);
    let types = values(filters, Dimension::WaitType, FilterOp::Is);
    let no_events = values(filters, Dimension::Wait, FilterOp::IsNot);
    let no_types = values(filters, Dimension::WaitType, FilterOp::IsNot);
    let by = |dimension: Dimension, value: &str, sign: f64| (Grouping::by(group).filtered(dimension, value), sign);
    if !events.is_empty() {
        let is_kept = |event: &&str| {
            let kind = type_of_event(event);
            (types.is_empty() || types.contains(kind)) && !no_types.contains(kind) && !no_events.contains(event)
        };
        return events.iter().filter(|event| is_kept(event)).map(|event| by(Dimension::Wait, event, 1.0)).collect();
    }
    let is_counted = |event: &str| {
        let kind = type_of_event(event);
        !no_types.contains(kind) && (types.is_empty() || types.contains(kind))
    };
    let mut terms = terms_of(group, Dimension::WaitType, types.clone(), no_types.clone());
    terms.extend(no_events.iter().filter(|event| is_counted(event)).map(|event| by(Dimension::Wait, event, -1.0)));
    terms
}

/// Filters on digest, table and kind name ids of digests of Performance Insights through their texts,
/// filters on tags those of statements.
fn sql_terms(group: Dimension, other: Dimension, filters: &[&Filter], index: &SqlIndex) -> Vec<(Grouping, f64)> {
    let includes: Vec<&Filter> = filters.iter().copied().filter(|filter| filter.op == FilterOp::Is).collect();
    let excludes: Vec<&Filter> = filters.iter().copied().filter(|filter| filter.op == FilterOp::IsNot).collect();
    let dropped: BTreeSet<String> = excludes.iter().flat_map(|filter| index.ids_matching(filter)).collect();
    if includes.is_empty() {
        return terms_of(group, other, BTreeSet::new(), dropped);
    }
    let candidates: BTreeSet<String> = includes.iter().flat_map(|filter| index.ids_matching(filter)).collect();
    let kept = candidates.into_iter().filter(|id| passes(&includes, |filter| index.matches(id, filter)));
    let kept: BTreeSet<String> = kept.filter(|id| !dropped.contains(id)).collect();
    kept.iter().map(|id| (Grouping::by(group).filtered(other, id), 1.0)).collect()
}

/// Whether a value passes includes: of each dimension one must match.
fn passes(includes: &[&Filter], matches: impl Fn(&Filter) -> bool) -> bool {
    let dimensions: BTreeSet<Dimension> = includes.iter().map(|filter| filter.dimension).collect();
    dimensions
        .into_iter()
        .all(|dimension| includes.iter().filter(|filter| filter.dimension == dimension).any(|filter| matches(filter)))
}

impl Question {
    /// Whether rows are dropped by includes on what the group tells.
    #[must_use]
    pub(crate) fn has_local_include(&self) -> bool {
        self.local.iter().any(|filter| filter.op == FilterOp::Is)
    }

    /// Whether the row of `key` passes the filters on what the group tells.
    #[must_use]
    pub fn keeps(&self, key: &str, index: &SqlIndex) -> bool {
        let matches = |filter: &Filter| match (self.group, filter.dimension) {
            (Dimension::Wait, Dimension::WaitType) => type_of_event(key) == filter.value,
            (Dimension::Sql | Dimension::Statement, _) => index.matches(key, filter),
            _ => key == filter.value,
        };
        let includes: Vec<&Filter> = self.local.iter().filter(|filter| filter.op == FilterOp::Is).collect();
        let is_excluded = self.local.iter().any(|filter| filter.op == FilterOp::IsNot && matches(filter));
        passes(&includes, matches) && !is_excluded
    }

    /// Whether filters on other dimensions than the SQL's narrow the load, so that statistics of
    /// whole digests do not describe it.
    #[must_use]
    pub(crate) fn narrows_sql(&self) -> bool {
        self.applied.iter().any(|filter| family(filter.dimension) != Dimension::Sql)
    }
}

/// The type of a wait event: `Lock` of `Lock:transactionid`, `io` of `wait/io/table/sql/handler`,
/// `CPU` of itself.
#[must_use]
pub fn type_of_event(event: &str) -> &str {
    if let Some(path) = event.strip_prefix("wait/") {
        return path.split('/').next().unwrap_or(path);
    }
    event.split(':').next().unwrap_or(event)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn show(question: &Question) -> Vec<String> {
        question
            .terms
            .iter()
            .map(|(grouping, sign)| format!("{}{grouping}", if *sign < 0.0 { "-" } else { "+" }))
            .collect()
    }

    fn filters(texts: &[&str]) -> Vec<Filter> {
        texts.iter().map(|text| text.parse().unwrap()).collect()
    }

    fn terms(slice: Dimension, texts: &[&str]) -> Vec<String> {
        show(&plan(slice, &filters(texts), &SqlIndex::default()))
    }

    #[test]
    fn includes_add_and_excludes_subtract() {
        assert_eq!(terms(Dimension::Wait, &[]), ["+wait"]);
        assert_eq!(terms(Dimension::Wait, &["user:web"]), ["+wait where user = web"]);
        assert_eq!(
            terms(Dimension::Wait, &["user:web", "user:batch"]),
            ["+wait where user = batch", "+wait where user = web"]
        );
        assert_eq!(terms(Dimension::Wait, &["-user:web"]), ["+wait", "-wait where user = web"]);
        assert_eq!(terms(Dimension::Sql, &["wait_type:Lock"]), ["+sql where wait_type = Lock"]);
        assert_eq!(
            terms(Dimension::Sql, &["wait_type:Lock", "-wait:Lock:tuple", "-wait:IO:Read"]),
            ["+sql where wait_type = Lock", "-sql where wait = Lock:tuple"]
        );
        assert_eq!(terms(Dimension::Sql, &["wait:Lock:tuple", "wait_type:IO"]), Vec::<String>::new());
    }

    #[test]
    fn filters_on_the_group_touch_rows_only() {
        let question =
            plan(Dimension::WaitType, &filters(&["wait_type:Lock", "-wait:Lock:tuple"]), &SqlIndex::default());
        assert_eq!((question.group, show(&question)), (Dimension::Wait, vec!["+wait".to_owned()]));
        let keeps = |key: &str| question.keeps(key, &SqlIndex::default());
        assert_eq!([keeps("Lock:transactionid"), keeps("Lock:tuple"), keeps("CPU")], [true, false, false]);
    }

    #[test]
    fn a_second_other_dimension_is_blocked_and_says_what_is_taken() {
        let question = plan(Dimension::Wait, &filters(&["user:web", "host:10.0.0.1", "-user:x"]), &SqlIndex::default());
        let filter = Filter::is(Dimension::Host, "10.0.0.1");
        assert_eq!(question.blocked, [BlockedChip { filter, reason: Blocked::OneOther { taken: Dimension::User } }]);
        assert_eq!(question.applied.len(), 2);
        assert!(question.terms.iter().all(|(grouping, _)| grouping.is_answerable()));
    }
}
