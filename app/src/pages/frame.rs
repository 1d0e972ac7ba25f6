//! What every page has around its content: the app bar above, the list of keys beside.

use leptos::prelude::*;

use crate::components::app_bar::{AppBar, AppBarFacts, AppPlace, PlaceLink};
use crate::components::keys::{KeyHelp, listen_to_keys};
use crate::components::waiting::waiting;
use crate::messages::{self as m, use_say};
use crate::paths;
use crate::server_fns::{self as ask, Asked, Frame, Key};

/// The frame of a page.
#[component]
pub fn PageFrame(
    /// Where the reader is.
    place: AppPlace,
    /// Text in the search field.
    #[prop(optional, into)]
    find: String,
    /// Context bar and content.
    children: Children,
) -> impl IntoView {
    listen_to_keys();
    let frame = ask::FRAME.asked(Key::default);
    provide_context(frame);
    let find = StoredValue::new(find);
    let bar = move || async move {
        let frame = frame.await.unwrap_or_default();
        bar(place, &frame, find.get_value())
    };
    view! {
        {waiting(empty_bar, bar)}
        {children()}
        <KeyHelp />
    }
}

/// The frame of this page, for those who need the list of instances.
#[must_use]
pub fn use_frame() -> Asked<Frame> {
    expect_context()
}

fn empty_bar() -> AnyView {
    view! { <header class="app-bar"></header> }.into_any()
}

fn bar(place: AppPlace, frame: &Frame, find: String) -> impl IntoView + use<> {
    let say = use_say();
    let link = |href: &str, place, label| PlaceLink { href: href.to_owned(), place, label, count: None };
    let alarms = PlaceLink { count: frame.alarms, ..link(paths::ALARMS, AppPlace::Alarms, m::ALARMS) };
    let links = vec![
        link(paths::FLEET, AppPlace::Fleet, m::FLEET),
        link(paths::BUSIEST, AppPlace::DbLoad, m::DB_LOAD),
        link(paths::APPS, AppPlace::Apps, m::APPS),
        alarms,
        link(paths::INCIDENTS, AppPlace::Incidents, m::INCIDENTS),
        link(paths::COMPARE, AppPlace::Compare, m::COMPARE),
        link(paths::SOURCES, AppPlace::Sources, m::SOURCES),
    ];
    let spend = frame.calls_today.map(|calls| say.with(m::CALLS_TODAY, &[("count", &view::number::count(calls))]));
    let filling = frame.filling.map(|share| say.with(m::FILLING, &[("share", &view::number::percent(share))]));
    let simulated =
        (!frame.simulated.is_empty()).then(|| say.with(m::SIMULATED_NAMES, &[("names", &frame.simulated.join(", "))]));
    let facts = AppBarFacts { spend, filling, simulated, find };
    view! {
        <AppBar place=place links=links facts=facts find_action=paths::SEARCH settings_action=paths::SETTINGS />
    }
}
