//! The bar below the app bar: what the reader looks at, and when.

use leptos::prelude::*;

use crate::messages::{self as m, use_say};

/// Subject and facts at the left, controls at the right.
#[component]
pub fn ContextBar(
    /// Title of the page: an instance, a digest, a place.
    subject: AnyView,
    /// Muted facts beside it.
    #[prop(into)]
    facts: String,
    /// Time range, compare, refresh, copy link, where a page has them.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    view! {
        <section class="context-bar" aria-label=use_say().text(m::CONTEXT_BAR)>
            <div class="context-bar__subject">
                {subject}
                <span class="context-bar__facts">{facts}</span>
            </div>
            {children.map(|children| children())}
        </section>
    }
}
