//! The fleet: `/`.

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_location;
use units::{DigestId, Refresh, ResourceId, TimeRange, Timestamp, Zone};
use view::{AppsView, FleetRow, FleetView, Panel, PanelTools};

use super::controls::{RangePage, range_control, refresh_choices, refresh_name};
use super::frame::PageFrame;
use crate::components::app_bar::AppPlace;
use crate::components::clock::{use_moment, use_reader_clock};
use crate::components::fleet_table::{FleetLinks, FleetTable};
use crate::components::panel::{PanelFrame, StateLinks, panel_body, source_line};
use crate::components::refresh::refresh_every;
use crate::components::sentence::sentence;
use crate::components::tier_strip::AppCards;
use crate::components::time_range::{ChoiceMenu, TimeRangeControl};
use crate::components::waiting::{nothing, skeleton_panel, waiting};
use crate::error::ViewError;
use crate::messages::{self as m, Message, use_say};
use crate::paths::{self, DbPage, FleetPage};
use crate::server_fns::{self as ask, Key};
use crate::ui::{CopyButton, Icon, Status, StatusGlyph};

/// The route.
#[component]
pub fn FleetRoute() -> impl IntoView {
    let say = use_say();
    let location = use_location();
    let page = Memo::new(move |_| FleetPage::parse(&location.search.read()));
    let range = Memo::new(move |_| page.with(|page| page.range.clone()));
    let at = use_moment(range);
    refresh_every(Signal::derive(move || page.with(|page| page.refresh)));
    let fleet = ask::FLEET.asked(move || fleet_key(range, at));
    let apps = ask::APPS.asked(move || fleet_key(range, at));
    let find = page.with_untracked(|page| page.find.clone());
    let facts = move || async move {
        match fleet.await {
            Ok(Panel::Data(view)) if view.rows.len() == 1 => say.text(m::INSTANCE_ONE).to_owned(),
            Ok(Panel::Data(view)) => say.with(m::INSTANCE_COUNT, &[("count", &view.rows.len().to_string())]),
            _ => String::new(),
        }
    };
    let body = move || {
        let page = page.get();
        async move { fleet_body(fleet.await, apps.await, page) }
    };
    view! {
        <Title text=say.text(m::FLEET) />
        <PageFrame place=AppPlace::Fleet find=find>
            <section class="context-bar" aria-label=say.text(m::CONTEXT_BAR)>
                <div class="context-bar__subject">
                    <h1 class="context-bar__title">{say.text(m::FLEET)}</h1>
                    <span class="context-bar__facts">{waiting(nothing, facts)}</span>
                </div>
                {move || view! { <FleetControls page=page.get() at=at path=paths::FLEET /> }}
            </section>
            <main class="page" id="content">
                {waiting(skeleton_panel, body)}
            </main>
        </PageFrame>
    }
}

/// What a list over many resources depends on.
pub(super) fn fleet_key(range: Memo<TimeRange>, at: Memo<Timestamp>) -> Key {
    let search = FleetPage { range: range.get(), ..FleetPage::default() }.search();
    Key { search, at_ms: at.get().0, ..Key::default() }
}

/// Time range, refresh and link of a page over many resources; `path` is its address.
#[component]
pub(super) fn FleetControls(page: FleetPage, at: Memo<Timestamp>, path: &'static str) -> impl IntoView {
    // A component does not listen to what it reads while it is made; what it gives back does.
    move || fleet_controls(&page, at.get(), path)
}

fn fleet_controls(page: &FleetPage, now: Timestamp, path: &'static str) -> impl IntoView + use<> {
    let (say, clock) = (use_say(), use_reader_clock());
    let control = page.range.resolve(now).ok().map(|window| {
        let href = |range| FleetPage { range, ..page.clone() }.href_at(path);
        let carried = if page.find.is_empty() { Vec::new() } else { vec![("find".to_owned(), page.find.clone())] };
        let range = RangePage {
            range: &page.range,
            window,
            now,
            href: &href,
            form: (path.to_owned(), carried),
            zones: Vec::new(),
        };
        range_control(range, &clock, say)
    });
    let refresh = page.refresh;
    let refreshes =
        refresh_choices(refresh, say, |refresh: Refresh| FleetPage { refresh, ..page.clone() }.href_at(path));
    view! {
        <div class="time-range">
            {control.map(|control| view! { <TimeRangeControl control=control /> })}
            <ChoiceMenu label=say.text(m::REFRESH) value=refresh_name(refresh, say) icon=Icon::Refresh choices=refreshes />
            <CopyButton
                text=Signal::stored(page.href_at(path))
                label=say.text(m::COPY_LINK)
                done=say.text(m::COPIED)
                class="hide-on-phone"
                icon=Icon::Link
                key="y"
            />
        </div>
    }
}

fn fleet_body(
    fleet: Result<Panel<FleetView>, ViewError>,
    apps: Result<AppsView, ViewError>,
    page: FleetPage,
) -> AnyView {
    let say = use_say();
    let links = StateLinks { again: page.href(), sources: paths::SOURCES.to_owned() };
    let tools = PanelTools {
        json: Some("/api/v1/instances".to_owned()),
        csv: Some("/api/v1/instances.csv".to_owned()),
        calls: Vec::new(),
    };
    let verdict = match &fleet {
        Ok(Panel::Data(view)) => Some(fleet_verdict(view)),
        _ => None,
    };
    // What fails with apps is told on their own page.
    let apps = apps.ok().filter(|view| !view.apps.is_empty()).map(|view| {
        let page = page.clone();
        view! { <AppCards apps=view.apps href=Callback::new(move |key: String| page.app_href(&key)) /> }
    });
    let table = panel_body(fleet, m::INSTANCES, m::NO_INSTANCES, &links, |view| fleet_table(view, page));
    view! {
        {verdict}
        {apps}
        <PanelFrame title=say.text(m::INSTANCES) meta=say.text(m::INSTANCES_META) tools=tools>
            {table}
        </PanelFrame>
    }
    .into_any()
}

/// How many instances went over their vCPU line, and how many say nothing.
fn fleet_verdict(view: &FleetView) -> AnyView {
    let say = use_say();
    let over: Vec<&str> = view.rows.iter().filter(|row| is_over(row)).map(|row| row.facts.name.as_str()).collect();
    let silent = view.rows.iter().filter(|row| row.mean.is_none()).count().to_string();
    let count = over.len().to_string();
    let all = view.rows.len().to_string();
    let names = over.join(", ");
    let values = [("count", count.as_str()), ("all", &all), ("names", &names), ("silent", &silent)];
    let (status, class, message): (Status, &str, Message) = match (over.len(), silent.as_str()) {
        (0, "0") => (Status::Good, "verdict verdict--good", m::FLEET_ALL_WITHIN),
        (0, _) => (Status::Unknown, "verdict", m::FLEET_WITHIN_SOME_SILENT),
        (_, "0") => (Status::Warning, "verdict verdict--warning", m::FLEET_OVER),
        _ => (Status::Warning, "verdict verdict--warning", m::FLEET_OVER_SOME_SILENT),
    };
    view! {
        <section class=class aria-label=say.text(m::VERDICT)>
            <StatusGlyph status=status class="verdict__icon" />
            <p class="verdict__text">{sentence(say, message, &values)}</p>
        </section>
    }
    .into_any()
}

/// Whether a known bucket of the window lies over the vCPU line.
fn is_over(row: &FleetRow) -> bool {
    row.facts.vcpu.vcpus().is_some_and(|vcpus| row.spark.iter().flatten().any(|load| *load > vcpus))
}

fn fleet_table(view: FleetView, page: FleetPage) -> AnyView {
    let (say, clock) = (use_say(), use_reader_clock());
    let source = source_line(&view.source, &clock, say);
    let find = page.find.clone();
    let page = StoredValue::new(page);
    let fleet_links = FleetLinks {
        db: Callback::new(move |id: ResourceId| page.with_value(|page| page.db_href(&id))),
        sql: Callback::new(move |(id, digest): (ResourceId, DigestId)| {
            let mut db = DbPage::new(id, Zone::default());
            db.query.range = page.with_value(|page| page.range.clone());
            db.sql_href(digest)
        }),
        sources: paths::SOURCES,
        alarms: paths::ALARMS,
    };
    view! {
        <FleetTable view=view links=fleet_links find=find />
        <div class="panel__foot">
            <span>{say.text(m::FLEET_NOTE)}</span>
            <span>{source}</span>
        </div>
    }
    .into_any()
}
