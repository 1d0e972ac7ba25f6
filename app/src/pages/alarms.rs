//! All alarms by state: `/alarms`.

use leptos::prelude::*;
use leptos_meta::Title;
use view::Severity;

use super::frame::PageFrame;
use crate::components::app_bar::AppPlace;
use crate::components::clock::{ReaderClock, use_reader_clock};
use crate::components::context_bar::ContextBar;
use crate::components::panel::{PanelFrame, Skeleton, StateLinks, panel_body, source_line};
use crate::messages::{self as m, Say, use_say};
use crate::paths;
use crate::server_fns::{AlarmLine, AlarmsView, list_alarms};
use crate::ui::{Status, StatusGlyph};

/// The route.
#[component]
pub fn AlarmsRoute() -> impl IntoView {
    let say = use_say();
    let alarms = Resource::new(|| (), |()| list_alarms());
    let body = move || {
        Suspend::new(async move {
            let links = StateLinks { again: paths::ALARMS.to_owned(), sources: paths::SOURCES.to_owned() };
            let panel = alarms.await;
            panel_body(panel, m::ALARMS, m::NO_ALARMS, &links, table)
        })
    };
    let subject = view! { <h1 class="context-bar__title">{say.text(m::ALARMS)}</h1> };
    view! {
        <Title text=say.text(m::ALARMS) />
        <PageFrame place=AppPlace::Alarms>
            <ContextBar subject=subject.into_any() facts=say.text(m::ALARMS_META) />
            <main class="page" id="content">
                <PanelFrame title=say.text(m::ALARMS)>
                    <Transition fallback=|| view! { <Skeleton /> }>{body}</Transition>
                </PanelFrame>
            </main>
        </PageFrame>
    }
}

fn table(view: AlarmsView) -> AnyView {
    let (say, clock) = (use_say(), use_reader_clock());
    let source = source_line(&view.source, &clock, say);
    let rows = view.alarms.into_iter().map(|alarm| row(alarm, &clock, say)).collect_view();
    view! {
        <div class="scroll-x">
            <table class="table">
                <thead class="table__head">
                    <tr>
                        <th scope="col">{say.text(m::ALARM)}</th>
                        <th scope="col">{say.text(m::STATE)}</th>
                        <th scope="col">{say.text(m::SINCE)}</th>
                        <th scope="col">{say.text(m::RULE)}</th>
                        <th scope="col">{say.text(m::INSTANCE)}</th>
                    </tr>
                </thead>
                <tbody class="table__body" data-rows="">{rows}</tbody>
            </table>
        </div>
        <div class="panel__foot"><span>{say.text(m::ALARMS_NOTE)}</span><span>{source}</span></div>
    }
    .into_any()
}

fn row(alarm: AlarmLine, clock: &ReaderClock, say: Say) -> impl IntoView + use<> {
    let (status, class, word) = match alarm.severity {
        Severity::Critical => (Status::Critical, "status status--alarm", m::IN_ALARM),
        Severity::Good => (Status::Good, "status status--good", m::STATE_OK),
        _ => (Status::Unknown, "status status--unknown", m::STATE_NO_DATA),
    };
    let since = alarm.since.map(|at| format!("{} {}", clock.date(at), clock.seconds(at)));
    // The landing redirects, so that the browser must follow the link itself.
    view! {
        <tr>
            <td><a href=paths::alarm(&alarm.arn, alarm.since) rel="external" data-open="">{alarm.name}</a></td>
            <td>
                <span class=class><StatusGlyph status=status />{say.text(word)}</span>
            </td>
            <td>{since}</td>
            <td class="table__grow">{alarm.rule}</td>
            <td>{alarm.instance}</td>
        </tr>
    }
}
