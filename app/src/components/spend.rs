//! What asking AWS costs, an API a row.

use leptos::prelude::*;
use view::SpendView;
use view::number::{count, three_figures, trimmed};

use crate::messages::{self as m, use_say};

/// The table.
#[must_use]
pub fn spend_table(view: SpendView) -> AnyView {
    let say = use_say();
    let dollars = |usd: Option<f64>| usd.map_or_else(|| say.text(m::FREE).to_owned(), printed);
    let month = |calls: Option<f64>| calls.map_or_else(|| "–".to_owned(), three_figures);
    let rows = view.lines.iter().map(|line| {
        let usd_month =
            if line.usd.is_some() && line.usd_month.is_none() { "–".to_owned() } else { dollars(line.usd_month) };
        view! {
            <tr>
                <td class="table__grow"><code>{line.api.clone()}</code></td>
                <td class="table__number">{count(line.calls)}</td>
                <td class="table__number">{count(line.units)}</td>
                <td class="table__number">{dollars(line.usd)}</td>
                <td class="table__number">{month(line.calls_month)}</td>
                <td class="table__number">{usd_month}</td>
            </tr>
        }
    });
    let rows = rows.collect_view();
    let total_month = view.usd_month.map_or_else(|| "–".to_owned(), printed);
    let basis = say.with(m::SPEND_NOTE, &[("hours", &trimmed(view.basis_hours))]);
    view! {
        <div class="scroll-x">
            <table class="table">
                <thead class="table__head">
                    <tr>
                        <th scope="col">{say.text(m::API)}</th>
                        <th class="table__number" scope="col">{say.text(m::CALLS_OF_TODAY)}</th>
                        <th class="table__number" scope="col">{say.text(m::BILLED_UNITS)}</th>
                        <th class="table__number" scope="col">{say.text(m::COST_TODAY)}</th>
                        <th class="table__number" scope="col">{say.text(m::CALLS_MONTH)}</th>
                        <th class="table__number" scope="col">{say.text(m::COST_MONTH)}</th>
                    </tr>
                </thead>
                <tbody class="table__body">
                    {rows}
                    <tr>
                        <td class="table__grow"><b>{say.text(m::TOTAL)}</b></td>
                        <td></td>
                        <td></td>
                        <td class="table__number"><b>{printed(view.usd_today)}</b></td>
                        <td></td>
                        <td class="table__number"><b>{total_month}</b></td>
                    </tr>
                </tbody>
            </table>
        </div>
        <div class="panel__foot"><span>{basis}</span></div>
    }
    .into_any()
}

/// Dollars; less than a cent keeps its figures.
fn printed(usd: f64) -> String {
    if usd >= 0.995 { format!("${usd:.2}") } else { format!("${}", three_figures(usd)) }
}
