//! A chart as a table of its numbers.

use leptos::prelude::*;
use view::{Cell, DataTable};

use crate::messages::{self as m, use_say};

/// The table. What is not known is a dash, never a nought.
#[component]
pub fn DataTableView(
    /// Data.
    table: DataTable,
) -> impl IntoView {
    let say = use_say();
    let heads = table.head.into_iter().enumerate().map(|(column, name)| {
        view! { <th class=(column > 0).then_some("table__number") scope="col">{name}</th> }
    });
    let rows = table.rows.into_iter().map(|row| {
        let cells = row.into_iter().map(|cell| {
            let class = (!matches!(cell, Cell::Text(_))).then_some("table__number");
            view! { <td class=class>{cell.printed()}</td> }
        });
        view! { <tr>{cells.collect_view()}</tr> }
    });
    view! {
        <div class="scroll-x load-table" tabindex="0" role="region" aria-label=say.text(m::LOAD_TABLE)>
            <table class="table">
                <thead class="table__head">
                    <tr>{heads.collect_view()}</tr>
                </thead>
                <tbody class="table__body">{rows.collect_view()}</tbody>
            </table>
        </div>
    }
}
