//! Incidents, newest first: `/incidents`.

use leptos::prelude::*;
use leptos_meta::Title;

use super::frame::PageFrame;
use crate::components::app_bar::AppPlace;
use crate::components::clock::{ReaderClock, use_reader_clock};
use crate::components::context_bar::ContextBar;
use crate::components::panel::{PanelFrame, StateLinks, panel_body};
use crate::components::waiting::{skeleton, waiting};
use crate::messages::{self as m, Say, use_say};
use crate::paths;
use crate::server_fns::{self as ask, IncidentLine, Key};

/// The route.
#[component]
pub fn IncidentsRoute() -> impl IntoView {
    let say = use_say();
    let incidents = ask::INCIDENTS.asked(Key::default);
    let body = move || async move {
        let links = StateLinks { again: paths::INCIDENTS.to_owned(), sources: paths::SOURCES.to_owned() };
        panel_body(incidents.await, m::INCIDENTS, m::NO_INCIDENTS, &links, table)
    };
    let subject = view! { <h1 class="context-bar__title">{say.text(m::INCIDENTS)}</h1> };
    view! {
        <Title text=say.text(m::INCIDENTS) />
        <PageFrame place=AppPlace::Incidents>
            <ContextBar subject=subject.into_any() facts=say.text(m::INCIDENTS_META)>
                <a class="button" href=paths::ALARMS>{say.text(m::ALL_ALARMS)}</a>
            </ContextBar>
            <main class="page" id="content">
                <PanelFrame title=say.text(m::INCIDENTS)>
                    {waiting(skeleton, body)}
                </PanelFrame>
            </main>
        </PageFrame>
    }
}

fn table(lines: Vec<IncidentLine>) -> AnyView {
    let (say, clock) = (use_say(), use_reader_clock());
    let rows = lines.into_iter().map(|line| row(line, &clock, say)).collect_view();
    view! {
        <div class="scroll-x">
            <table class="table">
                <thead class="table__head">
                    <tr>
                        <th scope="col">{say.text(m::BEGAN)}</th>
                        <th scope="col">{say.text(m::INCIDENT)}</th>
                        <th scope="col">{say.text(m::RESOURCE)}</th>
                        <th class="table__number" scope="col">{say.text(m::ALARMS)}</th>
                        <th class="table__number" scope="col">{say.text(m::INCIDENT_NOTES)}</th>
                        <th scope="col">{say.text(m::SNAPSHOT)}</th>
                    </tr>
                </thead>
                <tbody class="table__body" data-rows="">{rows}</tbody>
            </table>
        </div>
        <div class="panel__foot"><span>{say.text(m::INCIDENTS_NOTE)}</span></div>
    }
    .into_any()
}

fn row(line: IncidentLine, clock: &ReaderClock, say: Say) -> impl IntoView + use<> {
    let snapshot = say.text(match (line.taken_at, line.is_final) {
        (None, _) => m::SNAPSHOT_NONE,
        (Some(_), false) => m::SNAPSHOT_FIRST,
        (Some(_), true) => m::SNAPSHOT_WHOLE,
    });
    view! {
        <tr>
            <td>{clock.date(line.at)} " " {clock.seconds(line.at)}</td>
            <td class="table__grow">
                <a href=paths::incident(&line.id) data-open=""><bdi>{line.name}</bdi></a>
            </td>
            <td>{line.resource}</td>
            <td class="table__number">{line.alarms}</td>
            <td class="table__number">{line.notes}</td>
            <td>{snapshot}</td>
        </tr>
    }
}
