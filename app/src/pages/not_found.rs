//! Pages for addresses that lead nowhere.

use leptos::prelude::*;
use leptos_meta::Title;

use super::frame::PageFrame;
use crate::components::app_bar::AppPlace;
use crate::components::panel::{StateLinks, error_view};
use crate::error::ViewError;
use crate::messages::{self as m, use_say};
use crate::paths;

/// No route has this address.
#[component]
pub fn NotFoundRoute() -> impl IntoView {
    set_status(404);
    let say = use_say();
    view! {
        <Title text=say.text(m::TITLE_NOT_FOUND) />
        <PageFrame place=AppPlace::Elsewhere>
            <main class="page" id="content">
                <section class="panel">
                    <div class="state">
                        <h1 class="state__title">{say.text(m::NO_SUCH_PAGE)}</h1>
                        <p class="state__cause">{say.text(m::NO_SUCH_PAGE_CAUSE)}</p>
                        <div class="state__next">
                            <a class="button" href=paths::FLEET>{say.text(m::OPEN_FLEET)}</a>
                        </div>
                    </div>
                </section>
            </main>
        </PageFrame>
    }
}

/// A route whose subject could not be had.
#[component]
pub fn ProblemPage(
    /// Why.
    error: ViewError,
) -> impl IntoView {
    let say = use_say();
    set_status(match &error {
        ViewError::NotFound { .. } => 404,
        ViewError::BadRequest { .. } => 400,
        ViewError::Unavailable { .. } | ViewError::Transport => 503,
    });
    let links = StateLinks { again: paths::FLEET.to_owned(), sources: paths::SOURCES.to_owned() };
    view! {
        <Title text=say.text(m::TITLE_NOT_FOUND) />
        <main class="page" id="content">
            <section class="panel">
                {error_view(&error, &links)} <div class="state__next state__next--page">
                    <a class="button" href=paths::FLEET>{say.text(m::OPEN_FLEET)}</a>
                </div>
            </section>
        </main>
    }
}

/// Sets the status of the response this page is rendered into.
fn set_status(code: u16) {
    #[cfg(feature = "ssr")]
    if let (Some(response), Ok(status)) =
        (use_context::<leptos_axum::ResponseOptions>(), http::StatusCode::from_u16(code))
    {
        response.set_status(status);
    }
    #[cfg(not(feature = "ssr"))]
    let _: u16 = code;
}
