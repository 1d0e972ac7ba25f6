//! A small square in the fill of a layer.

use leptos::prelude::*;
use view::chart::reference;

/// The square of a pattern of the sprite.
#[component]
pub fn Swatch(
    /// Id of the pattern: `wait-lock`.
    #[prop(into)]
    pattern: String,
) -> impl IntoView {
    view! {
        <svg class="swatch" viewBox="0 0 12 12" aria-hidden="true">
            <rect width="12" height="12" fill=reference(&pattern) />
        </svg>
    }
}
