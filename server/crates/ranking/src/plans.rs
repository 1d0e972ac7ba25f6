//! How a statement was executed: its load by plan, what the plans are, when they changed.
//!
//! Load by plan is no standing question: the page asks for it, and it is kept.

use std::collections::BTreeMap;

use samples::{Grouping, KeyedSeries, LoadMatrix, Plan, PlanNode, Refusal, Wanted};
use units::{Aas, Compare, DbLoadQuery, DigestId, Dimension, Filter, Period, Timestamp};
use view::{NoPlan, Panel, PlanFlaw, PlanFlip, PlanRow, PlanStep, PlansView, Source};

use crate::Result;
use crate::averages::weighted_mean;
use crate::aws_cli::load_calls;
use crate::facts::{source_of, state_of, trouble_of};
use crate::load_view::{LoadInput, stack_load};
use crate::matrix::reconciled;
use crate::page::Page;
use crate::plan_flips::plan_flips;
use crate::reader::{Lookup, Reader, is_covered};
use crate::statement_text::explain_script;

/// The group without which there are no plans.
const GROUP: &str = "db.plans";
/// Most plans that are told in full.
const MOST_PLANS: usize = 8;
/// Most nodes shown of one plan.
const MOST_STEPS: usize = 200;
/// Characters of an id that are shown: enough to tell a statement's plans apart.
const LABEL_CHARS: usize = 8;
/// A plan that the source did not have is asked for again after this long: it may have been prepared.
const ASK_AGAIN_SECS: i64 = 600;

/// The plans of a statement. Asks for its load by plan, then for plans it does not know.
///
/// # Errors
/// [`crate::Error`]; missing data is a state of the panel or of the view.
pub async fn fetch_plans(
    reader: &Reader,
    query: &DbLoadQuery,
    digest: DigestId,
    now: Timestamp,
) -> Result<Panel<PlansView>> {
    // Performance Insights takes one filter on another dimension: the statement is that.
    let filters = vec![Filter::is(Dimension::Sql, digest.to_string())];
    let query = DbLoadQuery { filters, compare: Compare::Off, ..query.clone() };
    reader.answer(now, move |lookup| panel(lookup, &Page::of(lookup, &query)?, digest)).await
}

/// The id of a plan as it is shown.
pub(crate) fn short_plan(id: &str) -> String {
    id.chars().take(LABEL_CHARS).collect()
}

/// Whether the plan of a statement changed in the window, as far as its load by plan is kept.
pub(crate) fn plan_changed(lookup: &Lookup, page: &Page, digest: DigestId) -> Result<bool> {
    let filters = vec![Filter::is(Dimension::Sql, digest.to_string())];
    let page = Page { filters, ..page.clone() };
    let (question, index) = page.plan(lookup, Dimension::Plan)?;
    Ok(!plan_flips(&page.kept(lookup, &question, &index)?.series).is_empty())
}

fn panel(lookup: &Lookup, page: &Page, digest: DigestId) -> Result<Panel<PlansView>> {
    let id = &page.instance.id;
    let offered = lookup.archive.offers(id)?.is_none_or(|groups| groups.contains(GROUP));
    // Where there are no plans, the statement's load alone says whether it ran.
    let slice = if offered { Dimension::Plan } else { Dimension::WaitType };
    let (question, index) = page.plan(lookup, slice)?;
    let matrix = reconciled(page.answer(lookup, &question, &index)?);
    let by_plan = Grouping::by(Dimension::Plan);
    let anybody = offered.then(|| lookup.load(id, &by_plan, page.axis.window, page.axis.period)).transpose()?;
    if !is_covered(&matrix) && lookup.is_settled() && page.axis.period < Period::MINUTE {
        return panel(lookup, &page.in_buckets(Period::MINUTE), digest);
    }
    if let Some(state) = state_of(lookup, &page.instance, &matrix) {
        return Ok(state);
    }
    let load = stack_load(&LoadInput {
        instance: &page.instance,
        axis: &page.axis,
        slice,
        matrix: &matrix,
        before: None,
        earlier_secs: 0,
        markers: crate::load_view::markers(lookup, page)?,
        blocked: question.blocked.clone(),
        index: &index,
    });
    let plans = if offered { rows(lookup, page, &matrix)? } else { Vec::new() };
    let total = weighted_mean(&matrix.total, &matrix.covered_secs).unwrap_or(0.0);
    let has_any = anybody.is_some_and(|load| load.series.iter().any(ran));
    let none = match () {
        () if !offered => Some(NoPlan::NotOffered),
        () if !plans.is_empty() => None,
        () if has_any => Some(NoPlan::NotCaptured),
        () => Some(NoPlan::CaptureOff),
    };
    let flips = if offered { flips(page, &matrix) } else { Vec::new() };
    let known: f64 = matrix.series.iter().filter(|_| offered).map(|row| mean_of(row, &matrix)).sum();
    Ok(Panel::Data(PlansView {
        unknown: Aas((total - known).max(0.0)),
        flips,
        none,
        explain: explain(lookup, digest)?,
        source: Source {
            calls: load_calls(&page.instance, &page.axis, &question, &[]),
            ..source_of(&page.instance, &matrix)
        },
        load,
        plans,
    }))
}

fn ran(row: &KeyedSeries) -> bool {
    row.values.iter().flatten().any(|load| *load > 0.0)
}

fn mean_of(row: &KeyedSeries, matrix: &LoadMatrix) -> f64 {
    weighted_mean(&row.values, &matrix.covered_secs).unwrap_or(0.0)
}

fn start_of(page: &Page, bucket: usize) -> Timestamp {
    let bucket = i64::try_from(bucket).unwrap_or(0);
    page.axis.window.from.plus_secs(bucket * i64::from(page.axis.period.secs()))
}

fn rows(lookup: &Lookup, page: &Page, matrix: &LoadMatrix) -> Result<Vec<PlanRow>> {
    let total = Aas(weighted_mean(&matrix.total, &matrix.covered_secs).unwrap_or(0.0));
    let mut shown: Vec<&KeyedSeries> = matrix.series.iter().filter(|row| ran(row)).collect();
    shown.truncate(MOST_PLANS);
    let known = known_plans(lookup, page, &shown)?;
    let row = |row: &&KeyedSeries| {
        let mean = Aas(mean_of(row, matrix));
        let ran_in = |bucket: &usize| row.values[*bucket].is_some_and(|load| load > 0.0);
        let plan = known.get(&row.key);
        PlanRow {
            id: row.key.clone(),
            label: short_plan(&row.key),
            mean,
            share: mean.share_of(total),
            first: (0..row.values.len()).find(ran_in).map(|bucket| start_of(page, bucket)),
            last: (0..row.values.len()).rfind(ran_in).map(|bucket| start_of(page, bucket)),
            steps: plan.and_then(|plan| plan.root.as_ref()).map(steps).unwrap_or_default(),
            flaw: flaw_of(plan, lookup.refusal()),
        }
    };
    Ok(shown.iter().map(row).collect())
}

/// What is known of plans; what is not is asked for.
fn known_plans(lookup: &Lookup, page: &Page, shown: &[&KeyedSeries]) -> Result<BTreeMap<String, Plan>> {
    let id = &page.instance.id;
    let mut ids: Vec<String> = shown.iter().map(|row| row.key.clone()).collect();
    let known = lookup.archive.plans(id, &ids)?;
    let is_final = |plan: &Plan| match &plan.flaw {
        Some(samples::PlanFlaw::Unavailable { .. }) => lookup.now < plan.asked.plus_secs(ASK_AGAIN_SECS),
        _ => true,
    };
    ids.retain(|id| !known.get(id).is_some_and(is_final));
    ids.sort_unstable();
    if !ids.is_empty() {
        lookup.lack(Wanted::Plans { instance: id.clone(), ids });
    }
    Ok(known)
}

fn flaw_of(plan: Option<&Plan>, refusal: Option<&Refusal>) -> Option<PlanFlaw> {
    match plan {
        None => Some(PlanFlaw::NotFetched(refusal.map(trouble_of))),
        Some(plan) => plan.flaw.as_ref().map(|flaw| match flaw {
            samples::PlanFlaw::UnknownShape => PlanFlaw::UnknownShape,
            samples::PlanFlaw::Unavailable { reason } => PlanFlaw::Unavailable { reason: reason.clone() },
        }),
    }
}

fn flips(page: &Page, matrix: &LoadMatrix) -> Vec<PlanFlip> {
    let flips = plan_flips(&matrix.series).into_iter();
    flips
        .map(|(bucket, from, to)| PlanFlip { at: start_of(page, bucket), from: short_plan(&from), to: short_plan(&to) })
        .collect()
}

/// The script of the longest whole text known of a digest.
fn explain(lookup: &Lookup, digest: DigestId) -> Result<Option<String>> {
    let known = lookup.archive.statements_of(digest)?;
    let longest = known.iter().filter(|statement| !statement.truncated).max_by_key(|one| one.masked.len());
    Ok(longest.and_then(|statement| explain_script(&statement.masked, statement.engine)))
}

fn steps(root: &PlanNode) -> Vec<PlanStep> {
    let mut steps = Vec::new();
    let mut next = vec![(root, 0_u8)];
    while let Some((node, depth)) = next.pop() {
        if steps.len() == MOST_STEPS {
            break;
        }
        steps.push(PlanStep {
            depth,
            operation: operation(node),
            conditions: node.conditions.clone(),
            cost: node.cost,
            rows: node.rows,
        });
        next.extend(node.below.iter().rev().map(|below| (below, depth.saturating_add(1))));
    }
    steps
}

/// The line of a node as `EXPLAIN` writes it.
fn operation(node: &PlanNode) -> String {
    let joined = match node.join.as_deref() {
        None | Some("Inner") => node.operation.clone(),
        Some(join) => match node.operation.as_str() {
            "Nested Loop" => format!("Nested Loop {join} Join"),
            other => other.replace(" Join", &format!(" {join} Join")),
        },
    };
    let part = node.part.iter().map(|part| format!("{part}: "));
    let index = node.index.iter().map(|index| format!(" using {index}"));
    let relation = node.relation.iter().map(|relation| format!(" on {relation}"));
    let alias = node.alias.iter().map(|alias| format!(" {alias}"));
    part.chain([joined]).chain(index).chain(relation).chain(alias).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn node(operation: &str, below: Vec<PlanNode>) -> PlanNode {
        PlanNode { operation: operation.to_owned(), below, ..PlanNode::default() }
    }

    #[test]
    fn a_tree_is_told_as_explain_tells_it() {
        let scan = PlanNode {
            index: Some("orders_pkey".to_owned()),
            relation: Some("shop.orders".to_owned()),
            alias: Some("o".to_owned()),
            ..node("Index Scan", Vec::new())
        };
        let join = PlanNode {
            join: Some("Left".to_owned()),
            ..node("Hash Join", vec![scan, node("Hash", vec![node("Seq Scan", Vec::new())])])
        };
        let limit = PlanNode { part: Some("InitPlan 1".to_owned()), ..node("Limit", vec![join]) };
        let told: Vec<(u8, String)> = steps(&limit).into_iter().map(|step| (step.depth, step.operation)).collect();
        let expected = [
            (0, "InitPlan 1: Limit"),
            (1, "Hash Left Join"),
            (2, "Index Scan using orders_pkey on shop.orders o"),
            (2, "Hash"),
            (3, "Seq Scan"),
        ];
        assert_eq!(told, expected.map(|(depth, words)| (depth, words.to_owned())));
        let loop_join = PlanNode { join: Some("Anti".to_owned()), ..node("Nested Loop", Vec::new()) };
        assert_eq!(operation(&loop_join), "Nested Loop Anti Join");
    }
}
