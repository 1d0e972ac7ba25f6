//! The head of an alarm page: what went off and when, what must be said, the children.

use leptos::prelude::*;
use view::Severity;

use super::{database_page, own_href};
use crate::components::clock::{ReaderClock, use_reader_clock};
use crate::components::context_bar::ContextBar;
use crate::components::sentence::sentence;
use crate::messages::{self as m, Message, Say, use_say};
use crate::paths;
use crate::server_fns::{AlarmChild, AlarmLanding, AlarmTarget};
use crate::ui::{CopyButton, Icon, IconMark, Status, StatusGlyph};

/// Title, account and Region, the frozen range, and the way to the present.
#[component]
pub(super) fn AlarmBar(landing: StoredValue<AlarmLanding>) -> impl IntoView {
    let (say, clock) = (use_say(), use_reader_clock());
    let subject = view! { <h1 class="context-bar__title">{say.text(m::ALARM)}</h1> };
    let (place, href, window) = landing.with_value(|one| (one.place.clone(), own_href(one), one.window));
    let live = landing.with_value(live_href);
    let range = format!("{} {}", clock.date(window.from), clock.range(window));
    view! {
        <ContextBar subject=subject.into_any() facts=place>
            <div class="time-range">
                <span class="button button--static">
                    <IconMark icon=Icon::Clock />
                    <span class="time-range__value">{range}</span>
                    <span class="time-range__zone">{clock.zone().to_owned()}</span>
                </span>
                <a class="button" href=live>{say.text(m::GO_LIVE)}</a>
                <CopyButton
                    text=Signal::stored(href)
                    label=say.text(m::COPY_LINK)
                    done=say.text(m::COPIED)
                    class="hide-on-phone"
                    icon=Icon::Link
                    key="y"
                />
            </div>
        </ContextBar>
    }
}

/// The page as it is now.
fn live_href(landing: &AlarmLanding) -> String {
    match &landing.target {
        AlarmTarget::Instance { id, .. } => database_page(landing, id.clone()).live().href(),
        AlarmTarget::Cluster { members, .. } if !members.is_empty() => {
            database_page(landing, members[0].0.clone()).live().href()
        }
        _ => paths::FLEET.to_owned(),
    }
}

/// What went off, when, and by which rule.
#[component]
pub(super) fn AlarmHead(landing: StoredValue<AlarmLanding>) -> impl IntoView {
    let (say, clock) = (use_say(), use_reader_clock());
    landing.with_value(|landing| {
        let status = match (landing.is_known, landing.severity) {
            (false, _) => (Status::Unknown, "badge", m::NEVER_TOLD),
            (true, Severity::Critical) => (Status::Critical, "badge badge--critical", m::IN_ALARM_NOW),
            (true, Severity::Good) => (Status::Good, "badge badge--good", m::OK_NOW),
            (true, _) => (Status::Unknown, "badge", m::STATE_UNKNOWN_NOW),
        };
        let since = landing.since.map(|at| say.with(m::SINCE_TIME, &[("time", &clock.seconds(at))]));
        let state = [Some(say.text(status.2).to_owned()), since].into_iter().flatten().collect::<Vec<_>>().join(", ");
        let line = rule_line(landing, &clock, say);
        let description = (!landing.description.is_empty()).then(|| {
            view! { <p class="alarm-head__description"><bdi>{landing.description.clone()}</bdi></p> }
        });
        let reason = (!landing.reason.is_empty()).then(|| {
            view! { <p class="alarm-head__reason muted small">{landing.reason.clone()}</p> }
        });
        let console = landing.console_url.clone().map(|url| {
            view! {
                <a class="button" href=url rel="external noreferrer" target="_blank">{say.text(m::OPEN_CONSOLE)}</a>
            }
        });
        let incident = landing.incident.as_ref().map(|id| {
            view! { <a class="button button--primary" href=paths::incident(id)>{say.text(m::OPEN_INCIDENT)}</a> }
        });
        // The glyph tells of the breach the page is about; the badge of the state now.
        let glyph = if landing.went_off.is_some() { Status::Critical } else { status.0 };
        view! {
            <section class="panel alarm-head" aria-label=say.text(m::ALARM)>
                <StatusGlyph status=glyph class="alarm-head__icon" />
                <h2 class="alarm-head__title"><bdi>{landing.name.clone()}</bdi> <span class=status.1>{state}</span></h2>
                <div class="alarm-head__rule">
                    <p>{line}</p>
                    {description}
                    {reason}
                </div>
                <div class="alarm-head__actions">
                    <a class="button" href=paths::ALARMS>{say.text(m::ALL_ALARMS)}</a>
                    {console}
                    {incident}
                </div>
            </section>
        }
    })
}

fn rule_line(landing: &AlarmLanding, clock: &ReaderClock, say: Say) -> AnyView {
    let resource = name_of(&landing.target).unwrap_or_else(|| "–".to_owned());
    let at = landing.went_off.unwrap_or(landing.at);
    let time = format!("{} {}", clock.date(at), clock.seconds(at));
    let values = [("time", time.as_str()), ("resource", resource.as_str()), ("rule", landing.rule.as_str())];
    let words = match (landing.is_known, landing.went_off) {
        (false, _) => m::ALARM_NOT_TOLD,
        (true, Some(_)) => m::ALARM_FIRED,
        (true, None) => m::ALARM_WATCHES,
    };
    sentence(say, words, &values)
}

/// What an alarm leads to, as the reader calls it.
pub(super) fn name_of(target: &AlarmTarget) -> Option<String> {
    match target {
        AlarmTarget::Instance { name, .. }
        | AlarmTarget::Cluster { name, .. }
        | AlarmTarget::UnlistedDatabase { name } => Some(name.clone()),
        AlarmTarget::Tier { resource, namespace, .. } if resource.is_empty() => Some(namespace.clone()),
        AlarmTarget::Tier { resource, .. } => Some(resource.clone()),
        AlarmTarget::Nothing => None,
    }
}

/// What the reader must know before the numbers.
#[component]
pub(super) fn Notes(landing: StoredValue<AlarmLanding>) -> impl IntoView {
    let say = use_say();
    let lines = landing.with_value(|landing| {
        let line = |note: &crate::server_fns::AlarmNote| {
            let values: Vec<(&str, &str)> =
                note.values.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
            m::alarm_note(&note.key).map(|message| view! { <li>{sentence(say, message, &values)}</li> })
        };
        landing.notes.iter().filter_map(line).collect_view()
    });
    (!lines.is_empty()).then(|| view! { <ul class="notice alarm-notes">{lines}</ul> })
}

/// The children of a composite alarm, the cause first.
#[component]
pub(super) fn Children(landing: StoredValue<AlarmLanding>) -> impl IntoView {
    let (say, clock) = (use_say(), use_reader_clock());
    let rows = landing.with_value(|landing| {
        let mut children = landing.children.clone();
        children.sort_by_key(|child| !child.is_cause);
        children.into_iter().map(|child| child_row(child, landing, &clock, say)).collect_view()
    });
    view! {
        <section class="panel" aria-label=say.text(m::CHILDREN_OF_ALARM)>
            <div class="panel__head">
                <h2 class="panel__title">{say.text(m::CHILDREN_OF_ALARM)}</h2>
                <span class="panel__meta">{say.text(m::ALARM_CHILDREN_META)}</span>
            </div>
            <div class="scroll-x">
                <table class="table">
                    <thead class="table__head">
                        <tr>
                            <th scope="col">{say.text(m::ALARM)}</th>
                            <th scope="col">{say.text(m::STATE)}</th>
                            <th scope="col">{say.text(m::SINCE)}</th>
                            <th scope="col">{say.text(m::RESOURCE)}</th>
                        </tr>
                    </thead>
                    <tbody class="table__body">{rows}</tbody>
                </table>
            </div>
        </section>
    }
}

fn child_row(child: AlarmChild, landing: &AlarmLanding, clock: &ReaderClock, say: Say) -> impl IntoView + use<> {
    let (status, class, word) = state_words(child.severity);
    let since = child.since.map(|at| format!("{} {}", clock.date(at), clock.seconds(at)));
    let name = match child.arn {
        Some(arn) => view! { <a href=paths::alarm(&arn, Some(landing.at)) rel="external">{child.name}</a> }.into_any(),
        None => child.name.into_any(),
    };
    let cause = child.is_cause.then(|| view! { <span class="badge badge--critical">{say.text(m::CAUSE)}</span> });
    let negated = child.is_negated.then(|| view! { <span class="badge badge--dashed">"NOT"</span> });
    view! {
        <tr>
            <td>{name} " " {cause} {negated}</td>
            <td>
                <span class=class><StatusGlyph status=status />{say.text(word)}</span>
            </td>
            <td>{since}</td>
            <td class="table__grow">{child.resource}</td>
        </tr>
    }
}

/// Glyph, class and word of a state.
pub(in crate::pages) const fn state_words(severity: Option<Severity>) -> (Status, &'static str, Message) {
    match severity {
        Some(Severity::Critical | Severity::Warning) => (Status::Critical, "status status--alarm", m::IN_ALARM),
        Some(Severity::Good) => (Status::Good, "status status--good", m::STATE_OK),
        Some(Severity::Unknown) => (Status::Unknown, "status status--unknown", m::STATE_NO_DATA),
        None => (Status::Unknown, "status status--unknown", m::NEVER_TOLD),
    }
}
