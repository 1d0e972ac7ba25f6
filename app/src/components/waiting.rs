//! What stands on a page while its answer is on the way. One view for every answer there is: the module
//! carries the machinery of waiting once.

use std::future::Future;
use std::pin::Pin;

use leptos::prelude::*;

use super::panel::Skeleton;

type Drawn = Pin<Box<dyn Future<Output = AnyView> + Send>>;

/// Shows `meanwhile` until the first drawing is there; later ones replace it when they are ready.
pub fn waiting<F, V>(meanwhile: fn() -> AnyView, draw: impl Fn() -> F + Send + Sync + 'static) -> AnyView
where
    F: Future<Output = V> + Send + 'static,
    V: IntoAny + 'static,
{
    waiting_stale(meanwhile, signal(false).1, draw)
}

/// As [`waiting`], and tells when what is shown is out of date.
pub fn waiting_stale<F, V>(
    meanwhile: fn() -> AnyView,
    stale: WriteSignal<bool>,
    draw: impl Fn() -> F + Send + Sync + 'static,
) -> AnyView
where
    F: Future<Output = V> + Send + 'static,
    V: IntoAny + 'static,
{
    erased(
        meanwhile,
        stale,
        Box::new(move || {
            let drawn = draw();
            Box::pin(async move { drawn.await.into_any() })
        }),
    )
}

fn erased(meanwhile: fn() -> AnyView, stale: WriteSignal<bool>, draw: Box<dyn Fn() -> Drawn + Send + Sync>) -> AnyView {
    // The server asks a closure for its view several times, and would read and draw all within anew each time,
    // under ids the browser does not expect. Nothing changes there: it is given the one drawing there is.
    #[cfg(feature = "ssr")]
    let drawn = Suspend::new(untrack(draw));
    #[cfg(not(feature = "ssr"))]
    let drawn = move || Suspend::new(draw());
    view! { <Transition fallback=meanwhile set_pending=stale>{drawn}</Transition> }.into_any()
}

/// Nothing.
#[must_use]
pub fn nothing() -> AnyView {
    ().into_any()
}

/// The shape of a panel's data.
#[must_use]
pub fn skeleton() -> AnyView {
    view! { <Skeleton /> }.into_any()
}

/// The shape of a panel.
#[must_use]
pub fn skeleton_panel() -> AnyView {
    view! { <section class="panel"><Skeleton /></section> }.into_any()
}
