//! Two windows side by side: `/compare`.

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_location;
use view::PanelTools;

use super::controls::compare_name;
use super::frame::{PageFrame, use_frame};
use crate::components::app_bar::AppPlace;
use crate::components::clock::{use_moment, use_reader_clock};
use crate::components::context_bar::ContextBar;
use crate::components::panel::{PanelFrame, StateLinks, panel_body, source_line};
use crate::components::sheet::sheets_view;
use crate::components::verdict::VerdictLine;
use crate::components::waiting::{nothing, skeleton_panel, waiting};
use crate::messages::{self as m, Message, use_say};
use crate::paths::{self, ComparePage};
use crate::server_fns::{self as ask, CompareScreen, Key};
use crate::ui::{CopyButton, Icon};
use units::Compare;

/// The route.
#[component]
pub fn CompareRoute() -> impl IntoView {
    let say = use_say();
    let location = use_location();
    let page = Memo::new(move |_| ComparePage::parse(&location.search.read()));
    let at = use_moment(Memo::new(move |_| page.with(|page| page.range.clone())));
    let key = move || Key { search: page.with(ComparePage::search), at_ms: at.get().0, ..Key::default() };
    let compared = ask::COMPARE.asked(key);
    let body = move || {
        let page = page.get();
        async move {
            let links = StateLinks { again: page.href(), sources: paths::SOURCES.to_owned() };
            panel_body(compared.await, m::TITLE_COMPARE, m::NO_LOAD_EITHER, &links, |screen| screen_view(screen, &page))
        }
    };
    let subject = view! { <h1 class="context-bar__title">{say.text(m::TITLE_COMPARE)}</h1> };
    view! {
        <Title text=say.text(m::TITLE_COMPARE) />
        <PageFrame place=AppPlace::Compare>
            <ContextBar subject=subject.into_any() facts=say.text(m::COMPARE_META)>
                <div class="time-range">
                    <CopyButton
                        text=Signal::derive(move || page.with(ComparePage::href))
                        label=say.text(m::COPY_LINK)
                        done=say.text(m::COPIED)
                        icon=Icon::Link
                        key="y"
                    />
                </div>
            </ContextBar>
            <main class="page" id="content">
                {move || view! { <CompareForm page=page.get() /> }}
                {waiting(skeleton_panel, body)}
            </main>
        </PageFrame>
    }
}

/// What is compared, as a form that works without script.
#[component]
fn CompareForm(page: ComparePage) -> impl IntoView {
    let say = use_say();
    let frame = use_frame();
    let page = StoredValue::new(page);
    let options = move |chosen: String, has_none: bool| async move {
        let frame = frame.await.unwrap_or_default();
        let none = has_none.then(|| view! { <option value="">{say.text(m::COMPARE_SAME_INSTANCE)}</option> });
        let options = frame.instances.into_iter().map(|(id, name)| {
            let is_chosen = chosen == name || chosen == id.as_str();
            view! { <option value=id.to_string() selected=is_chosen>{name}</option> }
        });
        view! {
            {none}
            {options.collect_view()}
        }
    };
    let field = |name: &'static str, label: Message, value: String| {
        view! {
            <label class="compare-form__field">
                {say.text(label)}
                <span class="field"><input class="field__input" name=name value=value maxlength="64" autocomplete="off" spellcheck="false" /></span>
            </label>
        }
    };
    let now = page.get_value();
    let before = now.before_range.clone();
    let point = |point: Option<units::TimePoint>| point.map(|point| point.to_string()).unwrap_or_default();
    let choices = [Compare::Yesterday, Compare::LastWeek, Compare::Previous].map(|compare| {
        let current = compare == now.compare;
        view! { <option value=compare.to_string() selected=current>{compare_name(&compare, say)}</option> }
    });
    let (after_name, before_name) = (now.instance.clone(), now.before_instance.clone());
    let refused = now.refused.iter().map(|line| view! { <li>{line.clone()}</li> }).collect_view();
    let has_refused = !now.refused.is_empty();
    view! {
        {has_refused.then(|| view! { <ul class="notice notice--warning" role="alert">{refused}</ul> })}
        <form class="panel compare-form" method="get" action=paths::COMPARE aria-label=say.text(m::COMPARE_WINDOWS)>
            <fieldset class="compare-form__side">
                <legend>{say.text(m::COMPARE_RIGHT)}</legend>
                <label class="compare-form__field">
                    {say.text(m::INSTANCE)}
                    <span class="field"><select class="field__input" name="instance">{waiting(nothing, move || options(after_name.clone(), false))}</select></span>
                </label>
                {field("from", m::FROM, now.range.from.to_string())}
                {field("to", m::TO, now.range.to.to_string())}
            </fieldset>
            <fieldset class="compare-form__side">
                <legend>{say.text(m::COMPARE_LEFT)}</legend>
                <label class="compare-form__field">
                    {say.text(m::INSTANCE)}
                    <span class="field"><select class="field__input" name="before">{waiting(nothing, move || options(before_name.clone(), true))}</select></span>
                </label>
                <label class="compare-form__field">
                    {say.text(m::COMPARE)}
                    <span class="field"><select class="field__input" name="compare">{choices.into_iter().collect_view()}</select></span>
                </label>
                {field("before-from", m::FROM, point(before.clone().map(|range| range.from)))}
                {field("before-to", m::TO, point(before.map(|range| range.to)))}
                <p class="range-picker__hint">{say.text(m::COMPARE_LEFT_HINT)}</p>
            </fieldset>
            <button class="button button--primary" type="submit">{say.text(m::COMPARE)}</button>
        </form>
    }
}

fn screen_view(screen: CompareScreen, page: &ComparePage) -> AnyView {
    let (say, clock) = (use_say(), use_reader_clock());
    let source = source_line(&screen.source, &clock, say);
    let search = page.search();
    let with_search = |path: &str| if search.is_empty() { path.to_owned() } else { format!("{path}?{search}") };
    let calls = screen.source.calls.clone();
    let tools = |csv: &str| PanelTools {
        json: Some(with_search("/api/v1/compare")),
        csv: Some(with_search(csv)),
        calls: calls.clone(),
    };
    let deploys = (!screen.deploys.is_empty()).then(|| {
        let tools = PanelTools { json: Some("/api/v1/deploys/cards".to_owned()), ..PanelTools::default() };
        view! { <PanelFrame title=say.text(m::COMPARE_DEPLOYS) tools=tools>{sheets_view(screen.deploys)}</PanelFrame> }
    });
    let dimensions = (!screen.dimensions.is_empty()).then(|| {
        view! {
            <PanelFrame title=say.text(m::COMPARE_DIMENSIONS) tools=tools("/api/v1/compare/dimensions.csv")>
                <div class="sheet-columns">{sheets_view(screen.dimensions)}</div>
            </PanelFrame>
        }
    });
    view! {
        <VerdictLine verdict=screen.verdict zoom=None tools=tools("/api/v1/compare/sides.csv") />
        <PanelFrame title=say.text(m::COMPARE_SIDES) tools=tools("/api/v1/compare/sides.csv")>
            {sheets_view(vec![screen.sides])}
        </PanelFrame>
        {deploys}
        <PanelFrame title=say.text(m::COMPARE_DIGESTS) tools=tools("/api/v1/compare.csv")>
            {sheets_view(vec![screen.digests])}
            <div class="panel__foot panel__foot--end">
                <span></span>
                <span>{source}</span>
            </div>
        </PanelFrame>
        {dimensions}
    }
    .into_any()
}
