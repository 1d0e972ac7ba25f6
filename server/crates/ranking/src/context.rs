//! Load by one dimension, ranked: the tabs beside Top SQL.

use samples::{Instance, LoadMatrix};
use units::{Aas, DbLoadQuery, Dimension, Period, Timestamp};
use view::{BlockedChip, ContextRow, ContextView, Panel};

use crate::Result;
use crate::averages::weighted_mean;
use crate::aws_cli::load_calls;
use crate::facts::{source_of, state_of};
use crate::hosts::name_hosts;
use crate::load_view::{by_slice, wait_class};
use crate::page::Page;
use crate::reader::{Lookup, Reader, is_covered};
use crate::statements::SqlIndex;
use crate::top_sql::mean_of;

/// Most rows of a tab.
const MOST_ROWS: usize = 25;

/// Load of a page by `dimension`.
///
/// # Errors
/// [`crate::Error`]; missing data is a state of the panel.
pub async fn rank_context(
    reader: &Reader,
    query: &DbLoadQuery,
    dimension: Dimension,
    now: Timestamp,
) -> Result<Panel<ContextView>> {
    let query = query.clone();
    reader.answer(now, move |lookup| context_panel(lookup, &Page::of(lookup, &query)?, dimension)).await
}

fn context_panel(lookup: &Lookup, page: &Page, dimension: Dimension) -> Result<Panel<ContextView>> {
    let (question, index) = page.plan(lookup, dimension)?;
    let matrix = page.answer(lookup, &question, &index)?;
    if !is_covered(&matrix) && lookup.is_settled() && page.axis.period < Period::MINUTE {
        return context_panel(lookup, &page.in_buckets(Period::MINUTE), dimension);
    }
    if let Some(state) = state_of(lookup, &page.instance, &matrix) {
        return Ok(state);
    }
    let before = page.answer_before(lookup, &question, &index)?;
    let mut view = rank_dimension(&ContextInput {
        instance: &page.instance,
        dimension,
        matrix: &matrix,
        before: before.as_ref(),
        index: &index,
        blocked: &question.blocked,
    });
    name_hosts(lookup, dimension, view.rows.iter_mut().map(|row| &mut row.label))?;
    view.source.calls = load_calls(&page.instance, &page.axis, &question, &[]);
    Ok(Panel::Data(view))
}

/// What a context view is made of.
pub struct ContextInput<'a> {
    /// The instance.
    pub instance: &'a Instance,
    /// The dimension of the tab.
    pub dimension: Dimension,
    /// The load, reconciled, keyed by PI's keys.
    pub matrix: &'a LoadMatrix,
    /// The load of the compare window, when it is known.
    pub before: Option<&'a LoadMatrix>,
    /// Statements by PI's id.
    pub index: &'a SqlIndex,
    /// Chips that could not be applied.
    pub blocked: &'a [BlockedChip],
}

/// Ranks the values of a dimension. Rows and remainder sum to the total.
#[must_use]
pub fn rank_dimension(input: &ContextInput) -> ContextView {
    let sliced = by_slice(input.matrix, input.dimension, input.index);
    let before = input.before.map(|before| by_slice(before, input.dimension, input.index));
    let total = Aas(weighted_mean(&sliced.total, &sliced.covered_secs).unwrap_or(0.0));
    let rows: Vec<ContextRow> = sliced
        .series
        .iter()
        .take(MOST_ROWS)
        .map(|row| {
            let mean = Aas(weighted_mean(&row.values, &sliced.covered_secs).unwrap_or(0.0));
            ContextRow {
                key: row.key.clone(),
                label: label_of(&row.key, input),
                class: wait_class(&row.key, input.dimension, input.instance),
                mean,
                share: mean.share_of(total),
                before: before.as_ref().map(|before| mean_of(before, &row.key)),
            }
        })
        .collect();
    let named: Aas = rows.iter().map(|row| row.mean).sum();
    ContextView {
        dimension: input.dimension,
        remainder: Aas((total.0 - named.0).max(0.0)),
        rows,
        total,
        blocked: input.blocked.to_vec(),
        source: source_of(input.instance, input.matrix),
    }
}

fn label_of(key: &str, input: &ContextInput) -> String {
    if input.dimension == Dimension::BlockingSql {
        return input.index.short_text(key);
    }
    if input.dimension != Dimension::Sql {
        return key.to_owned();
    }
    let ids = input.matrix.series.iter().map(|row| row.key.as_str());
    let pi_id = ids.into_iter().find(|pi_id| input.index.digest_of(pi_id).to_string() == key);
    pi_id.map_or_else(|| key.to_owned(), |pi_id| input.index.short_text(pi_id))
}
