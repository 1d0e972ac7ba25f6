//! Instances, statements and tables by a text: `/find?find=…`.

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_location;

use super::frame::PageFrame;
use crate::components::app_bar::AppPlace;
use crate::components::clock::use_moment;
use crate::components::context_bar::ContextBar;
use crate::components::panel::{StateLinks, panel_body};
use crate::components::sheet::sheets_view;
use crate::components::waiting::{skeleton, waiting};
use crate::messages::{self as m, use_say};
use crate::paths;
use crate::server_fns::{self as ask, Key};

/// The route.
#[component]
pub fn FindRoute() -> impl IntoView {
    let say = use_say();
    let location = use_location();
    let text = Memo::new(move |_| paths::parameter(&location.search.read(), "find").unwrap_or_default());
    let at = use_moment(Memo::new(|_| units::TimeRange::default()));
    let found = ask::FIND.asked(move || Key { of: text.get(), at_ms: at.get().0, ..Key::default() });
    let body = move || async move {
        let links = StateLinks { again: paths::find(&text.get_untracked()), sources: paths::SOURCES.to_owned() };
        panel_body(found.await, m::FIND, m::NOTHING_FOUND, &links, sheets_view)
    };
    let title = move || say.with(m::TITLE_FIND, &[("text", &text.get())]);
    let subject = view! { <h1 class="context-bar__title">{title}</h1> };
    let find = text.get_untracked();
    view! {
        <Title text=title />
        <PageFrame place=AppPlace::Elsewhere find=find>
            <ContextBar subject=subject.into_any() facts=say.text(m::FIND_META) />
            <main class="page" id="content">
                <section class="panel" aria-label=say.text(m::FIND)>
                    {waiting(skeleton, body)}
                </section>
            </main>
        </PageFrame>
    }
}
