//! The list of apps: `/apps`.

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_location;
use view::{AppsView, PanelTools};

use super::fleet::{FleetControls, fleet_key};
use super::frame::PageFrame;
use crate::components::app_bar::AppPlace;
use crate::components::clock::use_moment;
use crate::components::context_bar::ContextBar;
use crate::components::panel::{PanelFrame, StateLinks, panel_body, trouble_view};
use crate::components::refresh::refresh_every;
use crate::components::tier_strip::AppCards;
use crate::components::waiting::{skeleton_panel, waiting};
use crate::error::ViewError;
use crate::messages::{self as m, use_say};
use crate::paths::{self, FleetPage};
use crate::server_fns as ask;

/// The route.
#[component]
pub fn AppsRoute() -> impl IntoView {
    let say = use_say();
    let location = use_location();
    let page = Memo::new(move |_| FleetPage::parse(&location.search.read()));
    let range = Memo::new(move |_| page.with(|page| page.range.clone()));
    let at = use_moment(range);
    refresh_every(Signal::derive(move || page.with(|page| page.refresh)));
    let apps = ask::APPS.asked(move || fleet_key(range, at));
    let body = move || {
        let page = page.get();
        async move { apps_panel(apps.await, page) }
    };
    let subject = view! { <h1 class="context-bar__title">{say.text(m::APPS)}</h1> };
    view! {
        <Title text=say.text(m::APPS) />
        <PageFrame place=AppPlace::Apps>
            <ContextBar subject=subject.into_any() facts=say.text(m::APPS_META)>
                {move || view! { <FleetControls page=page.get() at=at path=paths::APPS /> }}
            </ContextBar>
            <main class="page" id="content">
                {waiting(skeleton_panel, body)}
            </main>
        </PageFrame>
    }
}

fn apps_panel(apps: Result<AppsView, ViewError>, page: FleetPage) -> AnyView {
    let say = use_say();
    let links = StateLinks { again: paths::APPS.to_owned(), sources: paths::SOURCES.to_owned() };
    let panel = apps.map(|view| match (view.apps.is_empty(), view.trouble.clone()) {
        (true, Some(trouble)) => view::Panel::Trouble(trouble),
        (true, None) => view::Panel::Empty,
        _ => view::Panel::Data(view),
    });
    let tools = PanelTools {
        json: Some("/api/v1/apps".to_owned()),
        csv: Some("/api/v1/apps.csv".to_owned()),
        calls: Vec::new(),
    };
    let draw_links = links.clone();
    let body = panel_body(panel, m::APPS, m::NO_APPS, &links, |view| {
        let trouble = view.trouble.map(|trouble| trouble_view(trouble, m::APPS, &draw_links));
        let href = Callback::new(move |key: String| page.app_href(&key));
        view! {
            {trouble}
            <AppCards apps=view.apps href=href />
            <div class="panel__foot"><span>{say.text(m::APPS_NOTE)}</span></div>
        }
        .into_any()
    });
    view! { <PanelFrame title=say.text(m::APPS) tools=tools>{body}</PanelFrame> }.into_any()
}
