//! The context tabs beside Top SQL: load by one dimension, ranked. A click filters, Alt-click
//! excludes.

use leptos::prelude::*;
use units::Aas;
use view::chart::wait_pattern;
use view::number::{percent, three_figures};
use view::{ContextRow, ContextView};

use super::swatch::Swatch;
use super::time_range::Choice;
use crate::messages::{self as m, use_say};
use crate::ui::{Dropdown, Icon, IconMark, MenuItem};

/// The tabs: the first ones in a row, the others behind *More*.
#[component]
pub fn ContextTabs(
    /// Tabs in order.
    tabs: Vec<Choice>,
    /// How many stand in the row.
    in_row: usize,
) -> impl IntoView {
    let say = use_say();
    let mut row = tabs;
    let more = row.split_off(in_row.min(row.len()));
    let current_more = more.iter().find(|tab| tab.current).map(|tab| tab.label.clone());
    let is_more = current_more.is_some();
    let row = row.into_iter().map(|tab| {
        view! {
            <a class="tabs__tab" role="tab" aria-selected=if tab.current { "true" } else { "false" } href=tab.href data-noscroll="">
                {tab.label}
            </a>
        }
    });
    let summary = view! {
        {current_more.unwrap_or_else(|| say.text(m::MORE).to_owned())}
        <IconMark icon=Icon::Caret small=true />
    };
    let items = more.into_iter().map(|tab| view! { <MenuItem href=tab.href label=tab.label current=tab.current /> });
    view! {
        <div class="tabs-row">
            <div class="tabs" role="tablist">{row.collect_view()}</div>
            <Dropdown
                place="dropdown--end tabs__more"
                class=if is_more { "tabs__tab tabs__tab--current" } else { "tabs__tab" }
                summary=summary.into_any()
            >
                {items.collect_view()}
            </Dropdown>
        </div>
    }
}

/// Addresses of a row: with only its value, and without it. `None` where PI cannot answer that.
#[derive(Clone, Debug)]
pub struct ContextLinks {
    /// This page with only that value.
    pub only: Option<String>,
    /// This page without that value.
    pub without: Option<String>,
}

/// The ranked list of a tab.
#[component]
pub fn RankList(
    /// Data.
    view: ContextView,
    /// Where each row leads.
    links: Callback<String, ContextLinks>,
) -> impl IntoView {
    let say = use_say();
    let largest = view.rows.first().map_or(Aas::ZERO, |row| row.mean);
    let rows = view.rows.into_iter().map(|row| {
        let links = links.run(row.key.clone());
        rank_row(row, largest, links)
    });
    let rows = rows.collect_view();
    // Load in no row of a list of blockers waited for nobody.
    let rest_name = if view.dimension.is_blocking() { m::WAITED_FOR_NOBODY } else { m::REMAINDER };
    let has_rest = view.remainder.0 >= 0.005;
    let rest = has_rest.then(|| {
        view! {
            <div class="rank-list__row rank-list__row--rest">
                <span class="rank-list__name muted">{say.text(rest_name)}</span>
                <span class="rank-list__value">{three_figures(view.remainder.0)}</span>
                <span class="rank-list__share">{view.remainder.share_of(view.total).map(percent)}</span>
            </div>
        }
    });
    view! {
        <div class="rank-list">
            <div class="rank-list__head">
                <span>{say.text(m::dimension(view.dimension))}</span>
                <span>"AAS"</span>
                <span>{say.text(m::LOAD)} " %"</span>
            </div>
            {rows}
            {rest}
        </div>
    }
}

fn rank_row(row: ContextRow, largest: Aas, links: ContextLinks) -> impl IntoView {
    /// Width of the bar's drawing.
    const BAR: f64 = 400.0;
    let width = row.mean.share_of(largest).unwrap_or(0.0) * BAR;
    let fill = row.class.map_or_else(|| "meter__fill".to_owned(), |class| format!("hatch__ground--{class}"));
    let swatch = row.class.map(|class| view! { <Swatch pattern=wait_pattern(class) /> });
    let label = if row.label.is_empty() { row.key } else { row.label };
    view! {
        <a class="rank-list__row" href=links.only data-exclude=links.without data-noscroll="" title=label.clone()>
            <span class="rank-list__name">
                {swatch} <bdi class="rank-list__label">{label.clone()}</bdi>
            </span>
            <span class="rank-list__value">{three_figures(row.mean.0)}</span>
            <span class="rank-list__share">{row.share.map(percent)}</span>
            <svg class="rank-list__bar wait-bar" viewBox="0 0 400 4" preserveAspectRatio="none" aria-hidden="true">
                <rect class="meter__track" width="400" height="4" />
                <rect class=fill width=format!("{width:.0}") height="4" />
            </svg>
        </a>
    }
}
