//! What the reader sees. One crate, compiled twice: into the server (`ssr`), where it renders pages,
//! and to wasm (`hydrate`), where it makes them live.
//!
//! It must not know where numbers come from: it asks `ranking` through server functions and lays out
//! `view` types. Its one law: every state is an address ([`paths`]), and what the server rendered is
//! what the browser renders from the same data.

#![recursion_limit = "512"]
#![allow(unreachable_pub, reason = "the component macro writes public structs for private components")]

#[cfg(all(feature = "ssr", feature = "hydrate"))]
compile_error!("the features ssr and hydrate exclude each other: build the server and the browser's half apart");

pub mod components;
pub mod error;
pub mod messages;
pub mod pages;
pub mod paths;
pub mod server_fns;
pub mod session;
#[cfg(feature = "ssr")]
pub mod shell;
#[cfg(feature = "ssr")]
pub mod ssr;
pub mod ui;

use leptos::prelude::*;
use leptos_meta::{Title, provide_meta_context};
use leptos_router::components::{Route, Router, Routes};
use leptos_router::{SsrMode, path};

use crate::components::clock::provide_page_clock;
use crate::pages::{
    AlarmRoute, AlarmsRoute, AppRoute, AppsRoute, CompareRoute, DbLoadRoute, FindRoute, FleetRoute, IncidentRoute,
    IncidentsRoute, NamedAlarmRoute, NotFoundRoute, SettingsRoute, SourcesRoute, SqlRoute,
};
use crate::session::Session;

/// The routes. All are rendered whole before they are sent: they promise to be readable without
/// JavaScript, and the archive is local, so that no panel waits for AWS.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    let session = SharedValue::new(read_session).into_inner();
    provide_page_clock(session.now);
    provide_context(StoredValue::new(session));
    ui::close_dropdowns();
    components::reader::tell_the_server();
    view! {
        <Title formatter=page_title />
        <Router>
            <Routes fallback=|| view! { <NotFoundRoute /> }>
                <Route path=path!("/") view=FleetRoute ssr=SsrMode::Async />
                <Route path=path!("/db/:instance") view=DbLoadRoute ssr=SsrMode::Async />
                <Route path=path!("/db/:instance/sql/:digest") view=SqlRoute ssr=SsrMode::Async />
                <Route path=path!("/compare") view=CompareRoute ssr=SsrMode::Async />
                <Route path=path!("/find") view=FindRoute ssr=SsrMode::Async />
                <Route path=path!("/apps") view=AppsRoute ssr=SsrMode::Async />
                <Route path=path!("/app/:app") view=AppRoute ssr=SsrMode::Async />
                <Route path=path!("/alarm") view=AlarmRoute ssr=SsrMode::Async />
                <Route path=path!("/a/*name") view=NamedAlarmRoute ssr=SsrMode::Async />
                <Route path=path!("/alarms") view=AlarmsRoute ssr=SsrMode::Async />
                <Route path=path!("/incidents") view=IncidentsRoute ssr=SsrMode::Async />
                <Route path=path!("/incidents/:id") view=IncidentRoute ssr=SsrMode::Async />
                <Route path=path!("/sources") view=SourcesRoute ssr=SsrMode::Async />
                <Route path=path!("/settings") view=SettingsRoute ssr=SsrMode::Async />
            </Routes>
        </Router>
    }
}

/// The title as the browser shows it. The server writes it into the document as it is: names of alarms and
/// searched texts are escaped here.
fn page_title(title: String) -> String {
    let title = if title.is_empty() { "Loadlens".to_owned() } else { format!("{title} · Loadlens") };
    #[cfg(feature = "ssr")]
    let title = html_escape::encode_text(&title).into_owned();
    title
}

#[cfg(feature = "ssr")]
fn read_session() -> Session {
    ssr::session()
}

/// In the browser the session comes with the page; this one stands in only if the page lost it.
#[cfg(not(feature = "ssr"))]
fn read_session() -> Session {
    Session::unread()
}

/// Makes the page of the server live.
#[cfg(feature = "hydrate")]
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn hydrate() {
    console_error_panic_hook::set_once();
    leptos::mount::hydrate_body(App);
}
