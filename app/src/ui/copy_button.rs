//! A button that copies a text. Without wasm the text itself is on the page or in the address bar.

use leptos::ev;
use leptos::prelude::*;

use super::{Icon, IconMark};

/// Copies `text` and says so for two seconds.
#[component]
pub fn CopyButton(
    /// What is copied, as it is at the click. An address of ours gets the origin put in front.
    #[prop(into)]
    text: Signal<String>,
    /// What the button says.
    label: &'static str,
    /// What it says after the click.
    done: &'static str,
    /// Classes besides `button`.
    #[prop(default = "")]
    class: &'static str,
    /// Icon.
    #[prop(default = Icon::Copy)]
    icon: Icon,
    /// Key that presses it.
    #[prop(optional)]
    key: Option<&'static str>,
) -> impl IntoView {
    let (copied, set_copied) = signal(false);
    let on_click = move |_: ev::MouseEvent| {
        copy(&text.get_untracked());
        set_copied.set(true);
        set_timeout(
            move || {
                set_copied.try_set(false);
            },
            std::time::Duration::from_secs(2),
        );
    };
    view! {
        <button class=format!("button {class}") type="button" on:click=on_click data-key=key>
            <IconMark icon=icon small=class.contains("small") />
            <span aria-live="polite">{move || if copied.get() { done } else { label }}</span>
        </button>
    }
}

#[cfg(feature = "hydrate")]
fn copy(text: &str) {
    let text = if text.starts_with('/') {
        format!("{}{text}", window().location().origin().unwrap_or_default())
    } else {
        text.to_owned()
    };
    // The promise is refused only where the browser forbids it; the address bar remains.
    drop(window().navigator().clipboard().write_text(&text));
}

#[cfg(not(feature = "hydrate"))]
fn copy(_: &str) {}
