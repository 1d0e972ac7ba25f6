//! Pages and their panels: leptos' routes, with what each request hands to the app.

use std::sync::Arc;

use app::session::Session;
use app::ssr::{self, Source};
use axum::Router;
use axum::extract::Request;
use axum::middleware::from_fn_with_state;
use axum::routing::get;
use http::header::{ACCEPT_LANGUAGE, COOKIE, HeaderName};
use http::request::Parts;
use leptos::config::LeptosOptions;
use leptos::nonce::Nonce;
use leptos::prelude::{provide_context, use_context};
use leptos_axum::{LeptosRoutes, generate_route_list};
use units::{Timestamp, Window, Zone};

use super::assets::Assets;
use super::request::RequestMark;
use super::{AppState, names, zones};
use crate::clock;

/// Offsets of the reader's zone are told for so many days before and after now.
const OFFSET_DAYS: (i64, i64) = (4 * 366, 366);

/// Pages, panels and the page for addresses that lead nowhere.
pub(super) fn router(state: &AppState, assets: &Assets) -> Router<AppState> {
    let context = {
        let (state, addresses) = (state.clone(), Arc::new(assets.addresses()));
        move || hand_over(&state, &addresses)
    };
    let nowhere = leptos_axum::render_app_async_with_context(context.clone(), ssr_shell);
    let options = LeptosOptions::builder().output_name("loadlens").build();
    Router::new()
        .leptos_routes_with_context(&options, generate_route_list(app::App), context, ssr_shell)
        .fallback(get(move |request: Request| nowhere(request)))
        .with_state(options)
        .layer(from_fn_with_state(state.clone(), names::lead_to_id))
}

fn ssr_shell() -> impl leptos::IntoView {
    app::shell::shell()
}

/// Everything the app asks its context for. Outside of a request (when routes are listed) nothing.
fn hand_over(state: &AppState, addresses: &Arc<ssr::Assets>) {
    let Some(parts) = use_context::<Parts>() else { return };
    let now = clock::now();
    let mark = parts.extensions.get::<RequestMark>().cloned();
    if let Some(mark) = &mark {
        provide_context(Nonce::from_value(mark.nonce.clone()));
    }
    provide_context(ssr::Assets::clone(addresses));
    provide_context(session(&parts, now, mark.map(|mark| mark.id).unwrap_or_default()));
    provide_context(Source::new(state.reader.clone(), now).reached_at(state.dashboard.base().to_owned()));
}

/// The session of a request.
pub(crate) fn session(parts: &Parts, now: Timestamp, request_id: String) -> Session {
    let header = |name: HeaderName| parts.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let mut session = Session::read(header(COOKIE), header(ACCEPT_LANGUAGE), now, request_id);
    session.origin = super::origin_of(&parts.headers);
    if let Some(zone) = app::paths::zone_of(parts.uri.query().unwrap_or_default()) {
        session.zone = zone;
    }
    if let Zone::Named(name) = &session.zone {
        let (before, after) = OFFSET_DAYS;
        let window = Window::new(now.plus_secs(-before * 86_400), now.plus_secs(after * 86_400));
        session.offsets = zones::offset_changes(name, window);
        if session.offsets.is_empty() {
            session.zone = Zone::Utc;
        }
    }
    session
}
