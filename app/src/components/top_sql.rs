//! The Top SQL table: rows that repeat the wait colours, closing rows that make the sum whole.

use leptos::prelude::*;
use units::{Aas, DigestId, SortBy};
use view::chart::{draw_wait_bar, wait_bar_name};
use view::number::{percent, signed, three_figures};
use view::{Badge, RowKind, SqlRow, TopSqlView};

use super::drawing::drawing_view;
use crate::messages::{self as m, Message, use_say};
use crate::ui::{Icon, IconMark};

/// Addresses the rows of a table lead to.
#[derive(Clone, Copy)]
pub struct RowLinks {
    /// The page of a digest.
    pub open: Callback<DigestId, String>,
    /// This page with only that digest.
    pub only: Callback<DigestId, String>,
    /// This page without that digest.
    pub without: Callback<DigestId, String>,
    /// This page in another order.
    pub sort: Callback<SortBy, String>,
}

/// The table.
#[component]
pub fn TopSqlTable(
    /// Data.
    view: TopSqlView,
    /// Where rows and heads lead.
    links: RowLinks,
    /// Range of the total row: `14:30–15:10`.
    range: String,
) -> impl IntoView {
    let widest = view.rows.iter().map(|row| row.mean).fold(Aas::ZERO, |a, b| if b > a { b } else { a });
    let total_change = view.total_before.map(|before| signed(view.total.0 - before.0));
    let say = use_say();
    let rows = view.rows.into_iter().map(|row| sql_row(row, widest, links)).collect_view();
    view! {
        <div class="scroll-x">
            <table class="table top-sql__table">
                <TableHead sort=view.sort links=links />
                <tbody class="table__body" data-rows="">{rows}</tbody>
                <tfoot class="table__foot">
                    <tr class="top-sql__row">
                        <td class="top-sql__row-cell top-sql__row-cell--phone top-sql__load"></td>
                        <td class="top-sql__row-cell top-sql__row-cell--phone table__number">{three_figures(view.total.0)}</td>
                        <td class="top-sql__row-cell table__number top-sql__optional top-sql__wide-only"></td>
                        <td class="top-sql__row-cell table__number top-sql__optional top-sql__wide-only"></td>
                        <td class="top-sql__row-cell top-sql__row-cell--phone table__number">{percent(1.0)}</td>
                        <td class="top-sql__row-cell table__number">{total_change}</td>
                        <th class="table__grow" scope="row">{say.with(m::TOTAL_FOR, &[("range", &range)])}</th>
                        <td class="top-sql__row-cell"></td>
                        <td class="top-sql__row-cell"></td>
                        <td class="top-sql__row-cell top-sql__optional"></td>
                    </tr>
                </tfoot>
            </table>
        </div>
    }
}

#[component]
fn TableHead(sort: SortBy, links: RowLinks) -> impl IntoView {
    let say = use_say();
    let head = move |by: SortBy, label: Message, unit: &'static str, class: &'static str| {
        let current = by == sort;
        let arrow = current.then(|| view! { <IconMark icon=Icon::Down small=true /> });
        view! {
            <th class=format!("table__number {class}") scope="col" aria-sort=current.then_some("descending")>
                <a class="table__sort" aria-current=current.then_some("true") href=links.sort.run(by) data-noscroll="">
                    {say.text(label)}
                    {arrow}
                </a>
                " "
                <span class="table__unit">{unit}</span>
            </th>
        }
    };
    view! {
        <thead class="table__head">
            <tr>
                <th scope="col">{say.text(m::LOAD_BY_WAIT)}</th>
                {head(SortBy::Mean, m::MEAN, "AAS", "")}
                {head(SortBy::Peak, m::PEAK, "AAS", "top-sql__optional top-sql__wide-only")}
                {head(SortBy::P99, m::TILE_P99, "AAS", "top-sql__optional top-sql__wide-only")}
                <th class="table__number" scope="col">
                    {say.text(m::LOAD)}
                    " "
                    <span class="table__unit">"%"</span>
                </th>
                {head(SortBy::Change, m::CHANGE, "AAS", "")}
                <th scope="col">{say.text(m::STATEMENT)}</th>
                {head(SortBy::Calls, m::CALLS, "/s", "")}
                {head(SortBy::Latency, m::LATENCY, "ms", "")}
                {head(SortBy::Rows, m::ROWS, "/call", "top-sql__optional")}
            </tr>
        </thead>
    }
}

fn sql_row(row: SqlRow, widest: Aas, links: RowLinks) -> impl IntoView {
    let digest = match row.kind {
        RowKind::Digest(id) => Some(id),
        RowKind::Remainder { .. } | RowKind::Unattributed => None,
    };
    let bar = drawing_view(draw_wait_bar(&row.waits, row.mean_by_unknown_wait, widest, row.before));
    let name = wait_bar_name(&row.waits, row.mean);
    let bar = match digest {
        Some(id) => {
            let say = use_say();
            view! {
                <a class="top-sql__only" href=links.only.run(id) data-noscroll="" title=say.text(m::ONLY_THIS) aria-label=format!("{}: {name}", say.text(m::ONLY_THIS))>
                    {bar}
                </a>
            }
            .into_any()
        }
        None => view! { <span role="img" aria-label=name>{bar}</span> }.into_any(),
    };
    let number = |value: Option<f64>| value.map(three_figures);
    let mean = three_figures(row.mean.0);
    let mean = if digest.is_some() { view! { <b>{mean}</b> }.into_any() } else { mean.into_any() };
    let class = if digest.is_some() { "top-sql__row" } else { "top-sql__row table__row--quiet" };
    view! {
        <tr class=class data-exclude=digest.map(|id| links.without.run(id))>
            <td class="top-sql__row-cell top-sql__row-cell--phone top-sql__load">{bar}</td>
            <td class="top-sql__row-cell top-sql__row-cell--phone table__number">{mean}</td>
            <td class="top-sql__row-cell table__number top-sql__optional top-sql__wide-only">{number(row.peak.map(|aas| aas.0))}</td>
            <td class="top-sql__row-cell table__number top-sql__optional top-sql__wide-only">{number(row.p99.map(|aas| aas.0))}</td>
            <td class="top-sql__row-cell top-sql__row-cell--phone table__number">{row.share.map(percent)}</td>
            <td class="top-sql__row-cell table__number">{change(&row)}</td>
            <td class="table__grow">{statement(&row, digest, links)}</td>
            <td class="top-sql__row-cell table__number">{number(row.calls_per_sec)}</td>
            <td class="top-sql__row-cell table__number">{number(row.ms_per_call)}</td>
            <td class="top-sql__row-cell table__number top-sql__optional">{number(row.rows_per_call)}</td>
        </tr>
    }
}

fn change(row: &SqlRow) -> Option<AnyView> {
    let say = use_say();
    if row.badges.contains(&Badge::New) {
        return Some(say.text(m::NEW_LOWER).into_any());
    }
    let change = row.mean.0 - row.before?.0;
    let class = match () {
        () if row.badges.contains(&Badge::Regressed) => "more",
        () if row.badges.contains(&Badge::Gone) => "less",
        () => "muted",
    };
    Some(view! { <span class=class>{signed(change)}</span> }.into_any())
}

fn statement(row: &SqlRow, digest: Option<DigestId>, links: RowLinks) -> AnyView {
    let say = use_say();
    let Some(id) = digest else {
        return match row.kind {
            RowKind::Remainder { digests } => {
                say.with(m::OTHER_DIGESTS, &[("count", &view::number::count(digests.into()))]).into_any()
            }
            _ => say.text(m::UNATTRIBUTED).into_any(),
        };
    };
    let text = if row.statement.is_empty() { id.to_string() } else { row.statement.clone() };
    let badges = row.badges.iter().map(|badge| badge_view(*badge));
    let tag = row.tags.first().map(|(name, value)| {
        view! { <span class="badge badge--tag" title=format!("{name}={value}")>{value.clone()}</span> }
    });
    view! {
        <span class="top-sql__statement">
            <a class="top-sql__text" href=links.open.run(id) title=row.statement.clone() data-open="">{text}</a>
            <span class="top-sql__badges">{badges.collect_view()} {tag}</span>
        </span>
    }
    .into_any()
}

/// A badge of a statement.
#[must_use]
pub fn badge_view(badge: Badge) -> AnyView {
    let (class, label) = match badge {
        Badge::New => ("badge badge--new", m::BADGE_NEW),
        Badge::Regressed => ("badge badge--critical", m::BADGE_REGRESSED),
        Badge::Gone => ("badge badge--good", m::BADGE_GONE),
        Badge::PlanChanged => ("badge badge--warning", m::BADGE_PLAN_CHANGED),
        Badge::Cut => ("badge badge--dashed", m::BADGE_CUT),
    };
    view! { <span class=class>{use_say().text(label)}</span> }.into_any()
}
