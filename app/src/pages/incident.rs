//! One incident: `/incidents/{id}`. What happened when, what changed, who caused it, what people
//! say; and the files to take along.

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_params_map;
use units::Zone;
use view::{CompareDigest, CompareView, Panel, Severity};

use super::alarm::state_words;
use super::app::AppExplained;
use super::db_load::LoadExplained;
use super::frame::PageFrame;
use super::not_found::ProblemPage;
use crate::components::app_bar::AppPlace;
use crate::components::clock::{ReaderClock, use_reader_clock};
use crate::components::context_bar::ContextBar;
use crate::components::panel::{PanelFrame, StateLinks, trouble_view};
use crate::components::verdict::VerdictLine;
use crate::components::waiting::{nothing, waiting};
use crate::messages::{self as m, Say, use_say};
use crate::paths::{self, DbPage};
use crate::server_fns::{self as ask, Changed, IncidentView, Key, NoteLine, TimelineRow};
use crate::ui::{CopyButton, StatusGlyph};

/// Digests shown of a comparison.
const MOST_CHANGED: usize = 8;

/// The route.
#[component]
pub fn IncidentRoute() -> impl IntoView {
    let params = use_params_map();
    let id = Memo::new(move |_| params.read().get("id").unwrap_or_default());
    let incident = ask::INCIDENT.asked(move || Key { of: id.get(), ..Key::default() });
    let body = move || async move {
        match incident.await {
            Ok(view) => page(view),
            Err(error) => view! { <ProblemPage error=error /> }.into_any(),
        }
    };
    view! {
        <PageFrame place=AppPlace::Incidents>
            {waiting(nothing, body)}
        </PageFrame>
    }
}

fn page(view: IncidentView) -> AnyView {
    let (say, clock) = (use_say(), use_reader_clock());
    let IncidentView { line, window, instance, app, alarms, timeline, verdict, changed, notes, summary } = view;
    let title = format!("{} · {}", line.name, line.resource);
    let subject = view! { <h1 class="context-bar__title"><bdi>{title.clone()}</bdi></h1> };
    let range = format!("{} {} {}", clock.date(window.from), clock.range(window), clock.zone());
    let verdict = verdict.map(|verdict| view! { <VerdictLine verdict=verdict zoom=None /> });
    let has_verdict = verdict.is_some();
    let load = instance.clone().map(|instance| {
        let arn = alarms.first().map(|(arn, ..)| arn.clone());
        let page = Memo::new(move |_| {
            let mut page = DbPage::new(instance.clone(), Zone::Utc).with_window(window.aligned(60));
            page.query.compare = units::Compare::Yesterday;
            page.alarm.clone_from(&arn);
            page.alarm_at = Some(line.at);
            page
        });
        view! { <LoadExplained page=page /> }
    });
    let tiers = app.filter(|_| instance.is_none());
    let tiers = tiers.map(|app| view! { <AppExplained app=app window=window tier=None /> });
    let changed = changed.into_iter().map(|one| changed_panel(one, say)).collect_view();
    let (id, of_tools, in_tools) = (line.id.clone(), line.id.clone(), summary.clone());
    view! {
        <Title text=title />
        <ContextBar subject=subject.into_any() facts=range>
            <div class="time-range"><Tools id=of_tools summary=in_tools /></div>
        </ContextBar>
        <main class="page" id="content">
            {verdict}
            <div class="columns">
                <div class="span-8">
                    <TimelinePanel rows=timeline />
                </div>
                <div class="stack span-4">
                    <AlarmsPanel alarms=alarms at=line.at />
                    <SummaryPanel summary=summary />
                </div>
            </div>
            <div class="columns">{changed}</div>
            <NotesPanel id=id notes=notes />
            {has_verdict.then_some(load)}
            {tiers}
        </main>
    }
    .into_any()
}

/// Files and summary to take along.
#[component]
fn Tools(id: String, summary: String) -> impl IntoView {
    let say = use_say();
    view! {
        <a class="button" href=paths::incident_part(&id, "incident.html") rel="external" download="">
            {say.text(m::INCIDENT_FILE)}
        </a>
        <a class="button" href=paths::incident_part(&id, "snapshot.llinc") rel="external" download="">
            {say.text(m::SNAPSHOT)}
        </a>
        <CopyButton
            text=Signal::stored(summary)
            label=say.text(m::COPY_SUMMARY)
            done=say.text(m::COPIED)
            class="button--primary"
        />
    }
}

/// What happened when; what moved first is marked.
#[component]
fn TimelinePanel(rows: Vec<TimelineRow>) -> impl IntoView {
    let (say, clock) = (use_say(), use_reader_clock());
    let items = rows.into_iter().map(|row| {
        let first = row.is_first_mover.then(|| {
            view! { <span class="badge badge--critical">{say.text(m::FIRST_MOVER)}</span> }
        });
        let class = if row.is_critical { "timeline__item timeline__item--critical" } else { "timeline__item" };
        view! {
            <li class=class>
                <time class="timeline__time">{clock.seconds(row.at)}</time>
                <span class="timeline__text"><bdi>{row.text}</bdi></span>
                {first}
            </li>
        }
    });
    let items = items.collect_view();
    view! {
        <PanelFrame title=say.text(m::TIMELINE) meta=clock.zone().to_owned()>
            <ol class="timeline">{items}</ol>
        </PanelFrame>
    }
}

#[component]
fn AlarmsPanel(alarms: Vec<(String, String, Severity)>, at: units::Timestamp) -> impl IntoView {
    let say = use_say();
    let items = alarms.into_iter().map(|(arn, name, severity)| {
        let (status, class, word) = state_words(Some(severity));
        view! {
            <li class="incident__alarm">
                <span class=class><StatusGlyph status=status />{say.text(word)}</span>
                <a href=paths::alarm(&arn, Some(at)) rel="external"><bdi>{name}</bdi></a>
            </li>
        }
    });
    let items = items.collect_view();
    view! {
        <PanelFrame title=say.text(m::ALARMS)>
            <ul class="incident__alarms">{items}</ul>
        </PanelFrame>
    }
}

/// The summary as it is copied: without scripts it can be marked and copied by hand.
#[component]
fn SummaryPanel(summary: String) -> impl IntoView {
    let say = use_say();
    view! {
        <PanelFrame title=say.text(m::SUMMARY) meta=say.text(m::SUMMARY_META)>
            <pre class="sql-block incident__summary"><code>{summary}</code></pre>
        </PanelFrame>
    }
}

/// One comparison: what changed most.
fn changed_panel(changed: Changed, say: Say) -> AnyView {
    let title = say.text(if changed.is_hour_before { m::AGAINST_HOUR } else { m::AGAINST_YESTERDAY });
    let links = StateLinks { again: paths::INCIDENTS.to_owned(), sources: paths::SOURCES.to_owned() };
    let (meta, body) = match changed.view {
        Panel::Data(view) => (changed_meta(&view, say), changed_table(view, say)),
        Panel::Empty => (String::new(), say.text(m::NO_SESSIONS).into_any()),
        Panel::Trouble(trouble) => (String::new(), trouble_view(trouble, m::DB_LOAD, &links)),
    };
    view! {
        <div class="span-6">
            <PanelFrame title=title meta=meta>{body}</PanelFrame>
        </div>
    }
    .into_any()
}

fn changed_meta(view: &CompareView, say: Say) -> String {
    let mean =
        |side: &view::CompareSide| side.mean.map_or_else(|| "–".to_owned(), |mean| view::number::three_figures(mean.0));
    say.with(m::FROM_TO_AAS, &[("before", &mean(&view.before)), ("after", &mean(&view.after))])
}

fn changed_table(view: CompareView, say: Say) -> AnyView {
    let has_before = view.before.mean.is_some();
    let rows = view.digests.into_iter().take(MOST_CHANGED).map(|row| changed_row(&row, say)).collect_view();
    let missing = (!has_before).then(|| view! { <p class="notice notice--inside">{say.text(m::NOTHING_BEFORE)}</p> });
    view! {
        {missing}
        <div class="scroll-x">
            <table class="table">
                <thead class="table__head">
                    <tr>
                        <th class="table__number" scope="col">{say.text(m::CHANGE)} " AAS"</th>
                        <th class="table__number" scope="col">{say.text(m::BEFORE)}</th>
                        <th class="table__number" scope="col">{say.text(m::THEN)}</th>
                        <th scope="col">{say.text(m::STATEMENT)}</th>
                    </tr>
                </thead>
                <tbody class="table__body">{rows}</tbody>
            </table>
        </div>
    }
    .into_any()
}

fn changed_row(row: &CompareDigest, say: Say) -> impl IntoView + use<> {
    let class = if row.change() >= 0.0 { "table__number more" } else { "table__number less" };
    view! {
        <tr>
            <td class=class>{view::number::signed(row.change())}</td>
            <td class="table__number">{view::number::three_figures(row.before.0)}</td>
            <td class="table__number">{view::number::three_figures(row.after.0)}</td>
            <td class="table__grow">
                <code>{row.statement.clone()}</code>
                " "
                <span class="badge">{say.text(m::change_kind(row.kind))}</span>
            </td>
        </tr>
    }
}

/// Notes, and the form that adds one: a form of ours, so that it works without scripts.
#[component]
fn NotesPanel(id: String, notes: Vec<NoteLine>) -> impl IntoView {
    let (say, clock) = (use_say(), use_reader_clock());
    let items = notes.into_iter().map(|note| note_view(note, &clock)).collect_view();
    view! {
        <PanelFrame title=say.text(m::INCIDENT_NOTES) meta=say.text(m::NOTES_META)>
            <ol class="incident__notes">{items}</ol>
            <form class="incident__form" method="post" action=paths::incident_part(&id, "notes")>
                <label class="field">
                    <span>{say.text(m::NOTE_BY)}</span>
                    <input class="field__input" name="by" maxlength="64" autocomplete="name" />
                </label>
                <label class="incident__note-label">
                    <span>{say.text(m::NOTE_TEXT)}</span>
                    <textarea class="incident__note-text" name="text" rows="3" maxlength="4000" required="required"></textarea>
                </label>
                <button class="button" type="submit">{say.text(m::ADD_NOTE)}</button>
            </form>
        </PanelFrame>
    }
}

fn note_view(note: NoteLine, clock: &ReaderClock) -> impl IntoView + use<> {
    view! {
        <li class="incident__note">
            <p class="muted small">
                {clock.date(note.written)} " " {clock.seconds(note.written)} " " <bdi>{note.by}</bdi>
            </p>
            <p class="incident__note-body">{note.text}</p>
        </li>
    }
}
