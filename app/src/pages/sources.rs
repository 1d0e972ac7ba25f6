//! What is collected, up to when, what fails, and what asking costs: `/sources`.

use leptos::prelude::*;
use leptos_meta::Title;
use view::{Panel, PanelTools, SourceLine, SourcesView, Trouble, number};

use super::frame::PageFrame;
use crate::components::app_bar::AppPlace;
use crate::components::clock::{ReaderClock, use_reader_clock};
use crate::components::context_bar::ContextBar;
use crate::components::panel::{PanelFrame, StateLinks, error_view, panel_body, trouble_view};
use crate::components::spend::spend_table;
use crate::components::waiting::{skeleton, waiting};
use crate::messages::{self as m, Say, use_say};
use crate::paths;
use crate::server_fns::{self as ask, Key};
use crate::ui::{Status, StatusGlyph};

/// The route.
#[component]
pub fn SourcesRoute() -> impl IntoView {
    let say = use_say();
    let sources = ask::SOURCES.asked(Key::default);
    let lines = move || async move { sources.await.map_or_else(|error| failed(&error), lines_view) };
    let subject = view! { <h1 class="context-bar__title">{say.text(m::SOURCES)}</h1> };
    let tools = PanelTools { json: Some(paths::API_SOURCES.to_owned()), ..PanelTools::default() };
    view! {
        <Title text=say.text(m::SOURCES) />
        <PageFrame place=AppPlace::Sources>
            <ContextBar subject=subject.into_any() facts=say.text(m::SOURCES_META) />
            <main class="page" id="content">
                <PanelFrame title=say.text(m::COLLECTION) tools=tools>
                    {waiting(skeleton, lines)}
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
    let spend = ask::SPEND.asked(Key::default);
    let body = move || async move {
        let panel = spend.await.map(|view| if view.lines.is_empty() { Panel::Empty } else { Panel::Data(view) });
        panel_body(panel, m::SPEND, m::NO_CALLS, &links(), spend_table)
    };
    let tools = PanelTools {
        json: Some("/api/v1/spend".to_owned()),
        csv: Some("/api/v1/spend.csv".to_owned()),
        calls: Vec::new(),
    };
    view! {
        <PanelFrame title=say.text(m::SPEND) meta=say.text(m::SPEND_META) tools=tools>
            {waiting(skeleton, body)}
        </PanelFrame>
    }
}

fn links() -> StateLinks {
    StateLinks { again: paths::SOURCES.to_owned(), sources: paths::SOURCES.to_owned() }
}

fn failed(error: &crate::error::ViewError) -> AnyView {
    error_view(error, &links())
}

fn lines_view(view: SourcesView) -> AnyView {
    let (say, clock) = (use_say(), use_reader_clock());
    let rows = view.lines.into_iter().map(|line| row(line, &clock, say)).collect_view();
    let size = say.with(m::ARCHIVE_SIZE, &[("size", &number::bytes(view.archive_bytes as f64))]);
    view! {
        <div class="scroll-x">
            <table class="table table--stack">
                <thead class="table__head">
                    <tr>
                        <th scope="col">{say.text(m::SOURCE)}</th>
                        <th scope="col">{say.text(m::INSTANCE)}</th>
                        <th scope="col">{say.text(m::STATE)}</th>
                        <th scope="col">{say.text(m::COLLECTED_TO)}</th>
                        <th scope="col">{say.text(m::WHAT_FAILS)}</th>
                    </tr>
                </thead>
                <tbody class="table__body" data-rows="">{rows}</tbody>
            </table>
        </div>
        <div class="panel__foot">
            <span>{say.text(m::SOURCES_NOTE)}</span>
            <span>{size}</span>
        </div>
    }
    .into_any()
}

fn row(line: SourceLine, clock: &ReaderClock, say: Say) -> AnyView {
    let (status, class, word) = match &line.trouble {
        None => (Status::Good, "status status--good", m::COLLECTING),
        Some(Trouble::Pending { .. }) => (Status::Unknown, "status status--unknown", m::NOT_TRIED_YET),
        Some(_) => (Status::Warning, "status status--warning", m::NOT_COLLECTING),
    };
    let collected = line.collected_to.map(|at| format!("{} {}", clock.date(at), clock.seconds(at)));
    let instance = line.instance.map(|(id, name)| {
        let simulated =
            line.simulated.then(|| view! { " " <span class="badge badge--dashed">{say.text(m::SIMULATED)}</span> });
        view! {
            <a href=paths::db(&id) data-open=""><b>{name}</b></a>
            {simulated}
        }
    });
    let trouble = line
        .trouble
        .filter(|trouble| !matches!(trouble, Trouble::Pending { .. }))
        .map(|trouble| trouble_view(trouble, m::DB_LOAD, &links()));
    let said = (!line.said.is_empty()).then(|| {
        let since = line.since.map(|at| format!("{} {}", clock.date(at), clock.seconds(at))).unwrap_or_default();
        let failures = line.failures.to_string();
        view! {
            <p class="source-row__said">
                <code>{line.said}</code>
                " "
                {say.with(m::FAILS_SINCE, &[("time", &since), ("count", &failures)])}
            </p>
        }
    });
    let filling = line.filling.map(|share| {
        let words = say.with(m::BACKFILL_DONE, &[("share", &number::percent(share))]);
        view! {
            <p class="source-row__filling">
                <progress max="1" value=format!("{share:.4}") aria-label=words.clone()></progress>
                " "
                {words}
            </p>
        }
    });
    let notes = line.notes.into_iter().map(|note| view! { <p class="source-row__said"><code>{note}</code></p> });
    view! {
        <tr class="source-row">
            <td>{line.source}</td>
            <td>{instance}</td>
            <td><span class=class><StatusGlyph status=status />{say.text(word)}</span></td>
            <td>{collected.unwrap_or_else(|| "–".to_owned())}{filling}</td>
            <td class="source-row__trouble">{trouble}{said}{notes.collect_view()}</td>
        </tr>
    }
    .into_any()
}
