//! All alarms by state, and alarms worth having: `/alarms`.

use leptos::prelude::*;
use leptos_meta::Title;

use super::alarm::state_words;
use super::frame::PageFrame;
use crate::components::app_bar::AppPlace;
use crate::components::clock::{ReaderClock, use_reader_clock};
use crate::components::context_bar::ContextBar;
use crate::components::panel::{PanelFrame, StateLinks, panel_body, source_line};
use crate::components::waiting::{nothing, skeleton, waiting};
use crate::messages::{self as m, Say, use_say};
use crate::paths;
use crate::server_fns::{self as ask, AlarmLine, AlarmsView, Key, Suggestion};
use crate::ui::{CopyButton, StatusGlyph};

/// The route.
#[component]
pub fn AlarmsRoute() -> impl IntoView {
    let say = use_say();
    let alarms = ask::ALARMS.asked(Key::default);
    let suggested = ask::SUGGESTED_ALARMS.asked(Key::default);
    let body = move || async move {
        let links = StateLinks { again: paths::ALARMS.to_owned(), sources: paths::SOURCES.to_owned() };
        let panel = alarms.await;
        panel_body(panel, m::ALARMS, m::NO_ALARMS, &links, table)
    };
    let suggestions = move || async move { suggested.await.ok().map(suggestions) };
    let subject = view! { <h1 class="context-bar__title">{say.text(m::ALARMS)}</h1> };
    view! {
        <Title text=say.text(m::ALARMS) />
        <PageFrame place=AppPlace::Alarms>
            <ContextBar subject=subject.into_any() facts=say.text(m::ALARMS_META)>
                <a class="button" href=paths::INCIDENTS>{say.text(m::INCIDENTS)}</a>
            </ContextBar>
            <main class="page" id="content">
                <PanelFrame title=say.text(m::ALARMS)>
                    {waiting(skeleton, body)}
                </PanelFrame>
                {waiting(nothing, suggestions)}
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
            <table class="table table--stack">
                <thead class="table__head">
                    <tr>
                        <th scope="col">{say.text(m::ALARM)}</th>
                        <th scope="col">{say.text(m::STATE)}</th>
                        <th scope="col">{say.text(m::SINCE)}</th>
                        <th scope="col">{say.text(m::RULE)}</th>
                        <th scope="col">{say.text(m::RESOURCE)}</th>
                        <th scope="col">{say.text(m::ACCOUNT_AND_REGION)}</th>
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
    let (status, class, word) = state_words(Some(alarm.severity));
    let since = alarm.since.map(|at| format!("{} {}", clock.date(at), clock.seconds(at)));
    let gone = alarm.is_gone.then(|| view! { <span class="badge badge--dashed">{say.text(m::DELETED)}</span> });
    view! {
        <tr>
            <td>
                <a href=paths::alarm(&alarm.arn, alarm.since) rel="external" data-open=""><bdi>{alarm.name}</bdi></a>
                " "
                {gone}
            </td>
            <td>
                <span class=class><StatusGlyph status=status />{say.text(word)}</span>
            </td>
            <td>{since}</td>
            <td class="table__grow">{alarm.rule}</td>
            <td>{alarm.resource}</td>
            <td>{alarm.place}</td>
        </tr>
    }
}

/// Alarms worth having, each with its templates behind it.
fn suggestions(suggestions: Vec<Suggestion>) -> AnyView {
    let say = use_say();
    if suggestions.is_empty() {
        return ().into_any();
    }
    let items = suggestions.into_iter().map(|suggestion| suggestion_view(suggestion, say)).collect_view();
    view! {
        <PanelFrame title=say.text(m::SUGGESTED_ALARMS) meta=say.text(m::SUGGESTED_META)>
            <ul class="suggestions">{items}</ul>
        </PanelFrame>
    }
    .into_any()
}

fn suggestion_view(suggestion: Suggestion, say: Say) -> impl IntoView + use<> {
    let why = m::suggestion(&suggestion.reason).map(|reason| say.text(reason)).unwrap_or_default();
    let templates =
        [("CloudFormation", suggestion.cloudformation), ("Terraform", suggestion.terraform), ("CDK", suggestion.cdk)];
    let templates = templates.map(|(tool, text)| {
        view! {
            <div class="suggestions__template">
                <div class="suggestions__tool">
                    <h3>{tool}</h3>
                    <CopyButton
                        text=Signal::stored(text.clone())
                        label=say.text(m::COPY)
                        done=say.text(m::COPIED)
                        class="button--small"
                    />
                </div>
                <pre class="sql-block"><code>{text}</code></pre>
            </div>
        }
    });
    view! {
        <li class="suggestions__item">
            <details>
                <summary class="suggestions__summary">
                    <strong>{suggestion.resource}</strong>
                    " "
                    <span>{why}</span>
                    " "
                    <span class="muted">{suggestion.rule}</span>
                </summary>
                {templates.collect_view()}
            </details>
        </li>
    }
}
