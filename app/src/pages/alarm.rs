//! An alarm that could not be resolved: `/alarm?arn=&at=`. One that can be is redirected to the
//! frozen page of its instance before this page is made.

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_location;

use super::frame::PageFrame;
use crate::components::app_bar::AppPlace;
use crate::components::sentence::sentence;
use crate::error::ViewError;
use crate::messages::{self as m, use_say};
use crate::paths;
use crate::server_fns::{AlarmLanding, resolve_alarm};

/// The route.
#[component]
pub fn AlarmRoute() -> impl IntoView {
    let say = use_say();
    let location = use_location();
    let asked = Memo::new(move |_| {
        let search = location.search.read();
        // AWS writes `+0000`, and an address that was not encoded has a space for the `+`.
        let at = paths::parameter(&search, "at").map(|at| if at.contains('T') { at.replace(' ', "+") } else { at });
        let at = at.and_then(|at| at.parse::<units::Timestamp>().ok());
        (paths::parameter(&search, "arn").unwrap_or_default(), at.map_or(0, |at| at.0))
    });
    let landing = Resource::new(move || asked.get(), |(arn, at)| resolve_alarm(arn, at));
    let body = move || {
        Suspend::new(async move {
            match landing.await {
                Ok(landing) => found(landing),
                Err(error) => missing(&error, &asked.get_untracked().0),
            }
        })
    };
    view! {
        <Title text=say.text(m::ALARM) />
        <PageFrame place=AppPlace::Alarms>
            <main class="page" id="content">
                <Transition fallback=|| ()>{body}</Transition>
            </main>
        </PageFrame>
    }
}

/// Where the alarm leads, for readers whose browser did not follow the redirect.
fn found(landing: AlarmLanding) -> AnyView {
    let say = use_say();
    #[cfg(feature = "ssr")]
    leptos_axum::redirect(&landing.href);
    view! {
        <section class="panel">
            <div class="state">
                <h1 class="state__title">{landing.name}</h1>
                <p class="state__cause">{landing.rule}</p>
                <div class="state__next">
                    <a class="button button--primary" href=landing.href>{say.text(m::OPEN_FROZEN)}</a>
                </div>
            </div>
        </section>
    }
    .into_any()
}

fn missing(error: &ViewError, arn: &str) -> AnyView {
    let say = use_say();
    #[cfg(feature = "ssr")]
    if let Some(response) = use_context::<leptos_axum::ResponseOptions>() {
        response.set_status(http::StatusCode::NOT_FOUND);
    }
    let reason = match error {
        ViewError::BadRequest { reason } => reason.clone(),
        ViewError::NotFound { .. } => say.text(m::ALARM_UNKNOWN).to_owned(),
        ViewError::Unavailable { request_id } => say.with(m::REQUEST, &[("id", request_id)]),
        ViewError::Transport => say.text(m::NO_ANSWER_TITLE).to_owned(),
    };
    let shown: String = arn.chars().take(256).collect();
    view! {
        <section class="panel">
            <div class="state">
                <h1 class="state__title">{say.text(m::ALARM_MISSING)}</h1>
                <p class="state__cause"><bdi><code>{shown}</code></bdi></p>
                <p class="state__cause">{reason}</p>
                <p class="state__cause">{sentence(say, m::ALARM_MISSING_HINT, &[])}</p>
                <div class="state__next">
                    <a class="button" href=paths::ALARMS>{say.text(m::ALL_ALARMS)}</a>
                    <a class="button" href=paths::FLEET>{say.text(m::OPEN_FLEET)}</a>
                </div>
            </div>
        </section>
    }
    .into_any()
}
