//! An alarm: `/alarm?arn=&at=` and `/a/{name}`. The window is frozen around the moment; first the
//! alarm's own values, then the page that explains them.

mod head;
mod landing;

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::{use_location, use_params_map};
use units::Zone;

pub(super) use self::head::state_words;
use self::head::{AlarmBar, AlarmHead, Children, Notes};
use self::landing::Explained;
use super::db_load::plot_width;
use super::frame::PageFrame;
use crate::components::app_bar::AppPlace;
use crate::components::clock::use_reader_clock;
use crate::components::metric_chart::MetricFigure;
use crate::components::panel::{StateLinks, panel_body, source_line};
use crate::components::waiting::{nothing, skeleton, waiting};
use crate::error::ViewError;
use crate::messages::{self as m, use_say};
use crate::paths::{self, DbPage};
use crate::server_fns::{self as ask, AlarmLanding, Key};
use crate::session::use_session;

/// The route by ARN.
#[component]
pub fn AlarmRoute() -> impl IntoView {
    let location = use_location();
    let asked = Memo::new(move |before: Option<&Key>| {
        let search = location.search.read();
        alarm_key(paths::parameter(&search, "arn"), &search, before)
    });
    view! { <AlarmPage asked=asked /> }
}

/// The route by name.
#[component]
pub fn NamedAlarmRoute() -> impl IntoView {
    let (params, location) = (use_params_map(), use_location());
    let asked =
        Memo::new(move |before: Option<&Key>| alarm_key(params.read().get("name"), &location.search.read(), before));
    view! { <AlarmPage asked=asked /> }
}

/// What an address names: the alarm, and the moment, 0 for the last time it went off. AWS writes `+0000`,
/// and an address that was not encoded has a space for the `+`. An address that names none is that of
/// the page the reader leaves for: what was asked `before` stays.
fn alarm_key(of: Option<String>, search: &str, before: Option<&Key>) -> Key {
    let Some(of) = of else { return before.cloned().unwrap_or_default() };
    let at_ms = paths::parameter(search, "at").and_then(|at| paths::link_time(&at)).map_or(0, |at| at.0);
    Key { of, at_ms, ..Key::default() }
}

#[component]
fn AlarmPage(asked: Memo<Key>) -> impl IntoView {
    let say = use_say();
    let landing = ask::ALARM.asked(move || asked.get());
    let body = move || async move {
        match landing.await {
            Ok(landing) => found(landing, asked),
            Err(error) => refused(&error),
        }
    };
    view! {
        <Title text=say.text(m::ALARM) />
        <PageFrame place=AppPlace::Alarms>
            {waiting(nothing, body)}
        </PageFrame>
    }
}

fn found(landing: AlarmLanding, asked: Memo<Key>) -> AnyView {
    #[cfg(feature = "ssr")]
    if !landing.is_known
        && landing.target == crate::server_fns::AlarmTarget::Nothing
        && let Some(response) = use_context::<leptos_axum::ResponseOptions>()
    {
        response.set_status(http::StatusCode::NOT_FOUND);
    }
    let title = landing.name.clone();
    let has_children = !landing.children.is_empty();
    let is_known = landing.is_known;
    let landing = StoredValue::new(landing);
    let metric = is_known.then(|| view! { <MetricPanel asked=asked landing=landing /> });
    let children = has_children.then(|| view! { <Children landing=landing /> });
    view! {
        <Title text=title />
        <AlarmBar landing=landing />
        <main class="page" id="content">
            <AlarmHead landing=landing />
            <Notes landing=landing />
            {children}
            {metric}
            <Explained landing=landing />
        </main>
    }
    .into_any()
}

/// The alarm's own values.
#[component]
fn MetricPanel(asked: Memo<Key>, landing: StoredValue<AlarmLanding>) -> impl IntoView {
    let say = use_say();
    let metric = ask::ALARM_METRIC.asked(move || asked.get());
    let width = use_session().with_value(|session| plot_width(session.width_px));
    let body = move || async move {
        let again = landing.with_value(own_href);
        let links = StateLinks { again, sources: paths::SOURCES.to_owned() };
        panel_body(metric.await, m::ALARM_VALUES, m::NO_COUNTERS, &links, |view| {
            let source = source_line(&view.source, &use_reader_clock(), say);
            view! {
                <MetricFigure view=view width=width />
                <div class="panel__foot">
                    <span>{say.text(m::METRIC_NOTE)}</span>
                    <span>{source}</span>
                </div>
            }
            .into_any()
        })
    };
    let rule = landing.with_value(|landing| landing.rule.clone());
    view! {
        <section class="panel" aria-label=say.text(m::ALARM_VALUES)>
            <div class="panel__head">
                <h2 class="panel__title">{say.text(m::ALARM_VALUES)}</h2>
                <span class="panel__meta">{rule}</span>
            </div>
            {waiting(skeleton, body)}
        </section>
    }
}

fn refused(error: &ViewError) -> AnyView {
    let say = use_say();
    #[cfg(feature = "ssr")]
    if let Some(response) = use_context::<leptos_axum::ResponseOptions>() {
        response.set_status(match error {
            ViewError::BadRequest { .. } => http::StatusCode::BAD_REQUEST,
            ViewError::NotFound { .. } => http::StatusCode::NOT_FOUND,
            ViewError::Unavailable { .. } | ViewError::Transport => http::StatusCode::SERVICE_UNAVAILABLE,
        });
    }
    let reason = match error {
        ViewError::BadRequest { reason } => reason.clone(),
        ViewError::NotFound { what } => say.with(m::NOT_FOUND_TITLE, &[("what", what)]),
        ViewError::Unavailable { request_id } => say.with(m::REQUEST, &[("id", request_id)]),
        ViewError::Transport => say.text(m::NO_ANSWER_TITLE).to_owned(),
    };
    view! {
        <main class="page" id="content">
            <section class="panel">
                <div class="state">
                    <h1 class="state__title">{say.text(m::ALARM_MISSING)}</h1>
                    <p class="state__cause">{reason}</p>
                    <p class="state__cause">
                        {crate::components::sentence::sentence(say, m::ALARM_MISSING_HINT, &[])}
                    </p>
                    <div class="state__next">
                        <a class="button" href=paths::ALARMS>{say.text(m::ALL_ALARMS)}</a>
                        <a class="button" href=paths::FLEET>{say.text(m::OPEN_FLEET)}</a>
                    </div>
                </div>
            </section>
        </main>
    }
    .into_any()
}

/// The address of the page that everybody sees alike.
fn own_href(landing: &AlarmLanding) -> String {
    match &landing.arn {
        Some(arn) => paths::alarm(arn, Some(landing.at)),
        None => paths::named_alarm(&landing.name, Some(landing.at)),
    }
}

/// The page of a database over the frozen window.
fn database_page(landing: &AlarmLanding, id: units::ResourceId) -> DbPage {
    let mut page = DbPage::new(id, Zone::Utc).with_window(landing.window.aligned(60));
    page.query.compare = landing.compare.clone();
    page.alarm = Some(landing.arn.clone().unwrap_or_else(|| landing.name.clone()));
    page.alarm_at = Some(landing.at);
    page
}
