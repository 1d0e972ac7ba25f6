//! What is collected, up to when, and what fails: `/sources`.

use leptos::prelude::*;
use leptos_meta::Title;
use view::Panel;

use super::frame::PageFrame;
use crate::components::app_bar::AppPlace;
use crate::components::clock::{ReaderClock, use_reader_clock};
use crate::components::context_bar::ContextBar;
use crate::components::panel::{PanelFrame, PanelTools, Skeleton, StateLinks, panel_body, trouble_view};
use crate::components::spend::spend_table;
use crate::messages::{self as m, Say, use_say};
use crate::paths;
use crate::server_fns::{SourceLine, SourcesView, fetch_spend, list_sources};
use crate::ui::{Status, StatusGlyph};

/// The route.
#[component]
pub fn SourcesRoute() -> impl IntoView {
    let say = use_say();
    let sources = Resource::new(|| (), |()| list_sources());
    let body = move || {
        Suspend::new(async move {
            let links = StateLinks { again: paths::SOURCES.to_owned(), sources: paths::SOURCES.to_owned() };
            panel_body(sources.await, m::SOURCES, m::NO_INSTANCES, &links, table)
        })
    };
    let subject = view! { <h1 class="context-bar__title">{say.text(m::SOURCES)}</h1> };
    view! {
        <Title text=say.text(m::SOURCES) />
        <PageFrame place=AppPlace::Sources>
            <ContextBar subject=subject.into_any() facts=say.text(m::SOURCES_META) />
            <main class="page" id="content">
                <PanelFrame title=say.text(m::INSTANCES)>
                    <Transition fallback=|| view! { <Skeleton /> }>{body}</Transition>
                </PanelFrame>
                <SpendPanel />
            </main>
        </PageFrame>
    }
}

/// What asking AWS costs, today and over a month.
#[component]
fn SpendPanel() -> impl IntoView {
    let say = use_say();
    let spend = Resource::new(|| (), |()| fetch_spend());
    let body = move || {
        Suspend::new(async move {
            let links = StateLinks { again: paths::SOURCES.to_owned(), sources: paths::SOURCES.to_owned() };
            let panel = spend.await.map(|view| if view.lines.is_empty() { Panel::Empty } else { Panel::Data(view) });
            panel_body(panel, m::SPEND, m::NO_CALLS, &links, spend_table)
        })
    };
    let tools = PanelTools {
        json: Some("/api/v1/spend".to_owned()),
        csv: Some("/api/v1/spend.csv".to_owned()),
        calls: Vec::new(),
    };
    view! {
        <PanelFrame title=say.text(m::SPEND) meta=say.text(m::SPEND_META) tools=tools>
            <Transition fallback=|| view! { <Skeleton /> }>{body}</Transition>
        </PanelFrame>
    }
}

fn table(view: SourcesView) -> AnyView {
    let (say, clock) = (use_say(), use_reader_clock());
    let links = StateLinks { again: paths::SOURCES.to_owned(), sources: paths::SOURCES.to_owned() };
    let trouble = view.trouble.map(|trouble| trouble_view(trouble, m::INSTANCES, &links));
    let rows = view.lines.into_iter().map(|line| row(line, &clock, say)).collect_view();
    view! {
        {trouble}
        <div class="scroll-x">
            <table class="table">
                <thead class="table__head">
                    <tr>
                        <th scope="col">{say.text(m::INSTANCE)}</th>
                        <th scope="col">{say.text(m::STATE)}</th>
                        <th scope="col">{say.text(m::COLLECTED_TO)}</th>
                        <th scope="col">{say.text(m::WHAT_FAILS)}</th>
                    </tr>
                </thead>
                <tbody class="table__body" data-rows="">{rows}</tbody>
            </table>
        </div>
        <div class="panel__foot"><span>{say.text(m::SOURCES_NOTE)}</span></div>
    }
    .into_any()
}

fn row(line: SourceLine, clock: &ReaderClock, say: Say) -> AnyView {
    let links = StateLinks { again: paths::SOURCES.to_owned(), sources: paths::SOURCES.to_owned() };
    let (status, class, word) = match line.trouble {
        None => (Status::Good, "status status--good", m::COLLECTING),
        Some(_) => (Status::Warning, "status status--warning", m::NOT_COLLECTING),
    };
    let collected = line.collected_to.map(|at| format!("{} {}", clock.date(at), clock.seconds(at)));
    let trouble = line.trouble.map(|trouble| trouble_view(trouble, m::DB_LOAD, &links));
    view! {
        <tr class="source-row">
            <td><a href=paths::db(&line.id) data-open=""><b>{line.name}</b></a></td>
            <td><span class=class><StatusGlyph status=status />{say.text(word)}</span></td>
            <td>{collected.unwrap_or_else(|| "–".to_owned())}</td>
            <td class="source-row__trouble">{trouble}</td>
        </tr>
    }
    .into_any()
}
