//! A button that opens a panel: `<details>`, so that it works before and without wasm. Only one is
//! open at a time, since all share a name.

use leptos::prelude::*;

/// A button with a panel under it.
#[component]
pub fn Dropdown(
    /// What the button says.
    summary: AnyView,
    /// Classes of the button besides `button`.
    #[prop(optional)]
    class: &'static str,
    /// Classes of the whole.
    #[prop(optional)]
    place: &'static str,
    /// Name of the button for assistive technology, when it has no text of its own.
    #[prop(optional, into)]
    name: Option<String>,
    /// Key that opens it.
    #[prop(optional)]
    key: Option<&'static str>,
    /// The panel.
    children: Children,
) -> impl IntoView {
    view! {
        <details class=format!("dropdown {place}") name="dropdown">
            <summary class=format!("button {class}") aria-label=name data-key=key>
                {summary}
            </summary>
            <div class="dropdown__panel menu">{children()}</div>
        </details>
    }
}

/// A link in a menu.
#[component]
pub fn MenuItem(
    /// Where it leads.
    #[prop(into)]
    href: String,
    /// What it says.
    #[prop(into)]
    label: String,
    /// Whether it is the current choice.
    #[prop(optional)]
    current: bool,
    /// Muted text at the right end.
    #[prop(optional, into)]
    hint: Option<String>,
) -> impl IntoView {
    view! {
        <a class="menu__item" href=href data-noscroll="" aria-current=current.then_some("true")>
            {label}
            {hint.map(|hint| view! { <span class="menu__hint">{hint}</span> })}
        </a>
    }
}

/// Closes open dropdowns when the reader clicks elsewhere, chooses a link in one, or presses Escape.
/// Call it once, in the browser.
#[cfg(feature = "hydrate")]
pub fn close_dropdowns() {
    use leptos::ev;
    use wasm_bindgen::JsCast;

    fn open_ones() -> Vec<web_sys::Element> {
        let found = document().query_selector_all("details.dropdown[open]").ok();
        let count = found.as_ref().map_or(0, web_sys::NodeList::length);
        (0..count).filter_map(|place| found.as_ref()?.item(place)?.dyn_into().ok()).collect()
    }

    let on_click = window_event_listener(ev::click, |event| {
        let target = event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok());
        for dropdown in open_ones() {
            let inside = target.as_ref().is_some_and(|target| dropdown.contains(Some(target)));
            let chose = target.as_ref().is_some_and(|target| target.closest("a").is_ok_and(|link| link.is_some()));
            if !inside || chose {
                drop(dropdown.remove_attribute("open"));
            }
        }
    });
    let on_key = window_event_listener(ev::keydown, |event| {
        if event.key() == "Escape" {
            for dropdown in open_ones() {
                event.stop_immediate_propagation();
                drop(dropdown.remove_attribute("open"));
                if let Ok(Some(summary)) = dropdown.query_selector("summary")
                    && let Ok(summary) = summary.dyn_into::<web_sys::HtmlElement>()
                {
                    drop(summary.focus());
                }
            }
        }
    });
    on_cleanup(move || {
        on_click.remove();
        on_key.remove();
    });
}

/// Nothing to close on the server.
#[cfg(not(feature = "hydrate"))]
pub fn close_dropdowns() {}
