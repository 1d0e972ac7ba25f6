//! The panel of plans: a statement's load by plan, when plans changed, what they are.

use leptos::prelude::*;
use units::{Dimension, Filter};
use view::{Badge, LoadView, Panel, PanelTools};

use super::db_load::{DbContext, chart_words, state_links, summary};
use crate::components::clock::use_reader_clock;
use crate::components::legend::LegendView;
use crate::components::load_chart::{LoadChartSetup, LoadFigure};
use crate::components::panel::{ToolLinks, panel_body, source_line};
use crate::components::sheet::sheets_view;
use crate::components::top_sql::badge_view;
use crate::components::waiting::{nothing, skeleton, waiting, waiting_stale};
use crate::messages::{self as m, use_say};
use crate::paths::DbPage;
use crate::server_fns::{self as ask, Key, PlansScreen};

/// The plans of one statement.
#[component]
pub(super) fn PlansPanel(context: DbContext, digest: String) -> impl IntoView {
    let say = use_say();
    let key = move || Key { digest: digest.clone(), ..context.key(DbPage::plans_search) };
    let plans = ask::PLANS.asked(key);
    let (is_stale, set_stale) = signal(false);
    let body = move || {
        let width = context.width.get();
        async move {
            let links = state_links(context.page);
            panel_body(plans.await, m::PLANS, m::PLANS_NOT_RUN, &links, |screen| plans_body(screen, context, width))
        }
    };
    let badge = move || async move {
        let is_changed = matches!(plans.await, Ok(Panel::Data(screen)) if screen.is_changed);
        is_changed.then(|| badge_view(Badge::PlanChanged))
    };
    let tools = move || async move {
        let calls = match plans.await {
            Ok(Panel::Data(screen)) => screen.source.calls,
            _ => Vec::new(),
        };
        let page = context.page.get_untracked();
        let form = |form: &str| Some(page.sql_api_href(page.digest?, form, context.window()?));
        let tools = PanelTools { json: form("/plans"), csv: form("/plans.csv"), calls };
        view! { <div class="panel__tools"><ToolLinks tools=tools /></div> }
    };
    view! {
        <section class="panel" id="plans" aria-label=say.text(m::PLANS) class:panel--stale=is_stale>
            <div class="panel__head">
                <h2 class="panel__title">{say.text(m::PLANS)}</h2>
                {waiting(nothing, badge)}
                {waiting(nothing, tools)}
            </div>
            {waiting_stale(skeleton, set_stale, body)}
        </section>
    }
}

fn plans_body(screen: PlansScreen, context: DbContext, width: u32) -> AnyView {
    let (say, clock) = (use_say(), use_reader_clock());
    let source = source_line(&screen.source, &clock, say);
    let absence = screen.absence.map(|(title, cause)| {
        view! {
            <div class="state state--off" role="status">
                <p class="state__title">{title}</p>
                <p class="state__cause">{cause}</p>
            </div>
        }
    });
    let timeline = screen.load.map(|load| timeline(load, context, width));
    let lines = screen.changes.iter().map(|line| view! { <li>{line.clone()}</li> }).collect_view();
    let changes = (!screen.changes.is_empty()).then(|| view! { <ul class="notice notice--inside">{lines}</ul> });
    view! {
        {absence}
        {timeline}
        {changes}
        {sheets_view(screen.sheets)}
        <div class="panel__foot">
            <span></span>
            <span>{source}</span>
        </div>
    }
    .into_any()
}

/// The statement's load by plan; a legend entry leads to the load of everything under that plan.
fn timeline(load: LoadView, context: DbContext, width: u32) -> AnyView {
    let say = use_say();
    let page = context.page.get_untracked().of_instance();
    let href = |key: &str| page.with_filter(Filter::is(Dimension::Plan, key)).href();
    let hrefs = load.layers.iter().map(|layer| Some(href(&layer.key))).collect();
    let setup = LoadChartSetup { words: chart_words("", say), width, threshold: None, summary: summary(&load, say) };
    let load = StoredValue::new(load);
    view! {
        <LegendView view=load hrefs=hrefs focus=context.focus ghost_label=String::new() />
        <LoadFigure view=load setup=setup focus=context.focus on_window=context.on_window />
    }
    .into_any()
}
