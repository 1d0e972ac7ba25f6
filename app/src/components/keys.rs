//! Keys of the keyboard: each presses the control that carries it in `data-key`, so that a page
//! offers exactly the keys it has controls for. `j` and `k` walk the rows of the first table of
//! rows, Enter opens one. None fires while the reader types.

use leptos::prelude::*;

use crate::messages::{self as m, Message, use_say};

/// Keys and what they do, as the help lists them.
const HELP: [(&str, Message); 13] = [
    ("j k", m::KEY_ROWS),
    ("Enter", m::KEY_OPEN),
    ("/", m::KEY_FIND),
    ("s", m::KEY_SLICE),
    ("f", m::KEY_FILTER),
    ("c", m::KEY_COMPARE),
    ("t", m::KEY_RANGE),
    ("[ ]", m::KEY_STEP),
    ("+ −", m::KEY_ZOOM),
    ("w", m::KEY_WHOLE),
    ("Esc", m::KEY_UNDO),
    ("y", m::KEY_LINK),
    ("?", m::KEY_HELP),
];

/// The list of keys, opened by `?`.
#[component]
pub fn KeyHelp() -> impl IntoView {
    let say = use_say();
    let rows = HELP.map(|(key, what)| {
        view! {
            <dt class="key-help__key"><kbd class="kbd">{key}</kbd></dt>
            <dd class="key-help__what">{say.text(what)}</dd>
        }
    });
    view! {
        <div class="key-help" id="keys" popover="auto" role="dialog" aria-label=say.text(m::KEYS)>
            <h2 class="panel__title">{say.text(m::KEYS)}</h2>
            <dl class="key-help__list">{rows.into_iter().collect_view()}</dl>
            <p class="muted small">{say.text(m::KEYS_CHART)}</p>
        </div>
    }
}

/// Listens to keys and to Alt-clicks on rows. Call it once, inside the router.
#[cfg(feature = "hydrate")]
pub fn listen_to_keys() {
    use leptos::ev;
    use leptos_router::NavigateOptions;
    use leptos_router::hooks::use_navigate;

    let navigate = use_navigate();
    let on_key = window_event_listener(ev::keydown, |event| {
        let with_others = event.ctrl_key() || event.meta_key() || event.alt_key();
        if !with_others && !browser::is_typing(&event) && browser::press(&event.key()) {
            event.prevent_default();
        }
    });
    let on_click = window_event_listener(ev::click, move |event| {
        if let Some(href) = browser::excluded_by(&event) {
            event.prevent_default();
            navigate(&href, NavigateOptions { scroll: false, ..NavigateOptions::default() });
        }
    });
    on_cleanup(move || {
        on_key.remove();
        on_click.remove();
    });
}

/// The server has no keys.
#[cfg(not(feature = "hydrate"))]
pub fn listen_to_keys() {}

#[cfg(feature = "hydrate")]
mod browser {
    use leptos::ev;
    use leptos::prelude::document;
    use wasm_bindgen::JsCast;
    use web_sys::{Element, HtmlElement};

    const SELECTED: &str = "table__row--selected";

    pub(super) fn is_typing(event: &ev::KeyboardEvent) -> bool {
        let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
        target.is_some_and(|target| matches!(target.tag_name().as_str(), "INPUT" | "SELECT" | "TEXTAREA"))
    }

    /// Presses the control of a key; false when the page has none.
    pub(super) fn press(key: &str) -> bool {
        match key {
            "j" => select_row(1),
            "k" => select_row(-1),
            "Enter" => open_row(),
            "Escape" => undo(),
            "_" => press_control("-"),
            "=" => press_control("+"),
            key if key.chars().count() == 1 && key != "\"" && key != "\\" => press_control(key),
            _ => false,
        }
    }

    fn find(selector: &str) -> Option<HtmlElement> {
        document().query_selector(selector).ok().flatten().and_then(|found| found.dyn_into().ok())
    }

    fn press_control(key: &str) -> bool {
        let Some(control) = find(&format!("[data-key=\"{key}\"]")) else { return false };
        match control.tag_name().as_str() {
            "INPUT" => drop(control.focus()),
            "DIV" => {
                let current = control.query_selector("[aria-current], a").ok().flatten();
                if let Some(current) = current.and_then(|current| current.dyn_into::<HtmlElement>().ok()) {
                    drop(current.focus());
                }
            }
            "SUMMARY" => {
                control.click();
                drop(control.focus());
            }
            _ => control.click(),
        }
        true
    }

    fn rows() -> Vec<HtmlElement> {
        let rows = document().query_selector_all("[data-rows] > tr").ok();
        let count = rows.as_ref().map_or(0, web_sys::NodeList::length);
        (0..count).filter_map(|place| rows.as_ref()?.item(place)?.dyn_into().ok()).collect()
    }

    fn select_row(step: isize) -> bool {
        let rows = rows();
        let selected = rows.iter().position(|row| row.class_list().contains(SELECTED));
        let next = match selected {
            Some(row) => row.saturating_add_signed(step).min(rows.len().saturating_sub(1)),
            None => 0,
        };
        for (place, row) in rows.iter().enumerate() {
            drop(row.class_list().toggle_with_force(SELECTED, place == next));
            if place == next {
                row.scroll_into_view_with_bool(false);
            }
        }
        !rows.is_empty()
    }

    fn open_row() -> bool {
        let focused = document().active_element();
        if focused.is_some_and(|focused| !matches!(focused.tag_name().as_str(), "BODY")) {
            return false;
        }
        let link = find(&format!("[data-rows] > tr.{SELECTED} [data-open]"));
        if let Some(link) = &link {
            link.click();
        }
        link.is_some()
    }

    /// Goes back when the last step was a zoom of this page.
    fn undo() -> bool {
        find("[data-undo]").is_some_and(|undo| {
            undo.click();
            true
        })
    }

    /// The address an Alt-click leads to.
    pub(super) fn excluded_by(event: &ev::MouseEvent) -> Option<String> {
        let target = event.target()?.dyn_into::<Element>().ok()?;
        if !event.alt_key() || event.button() != 0 {
            return None;
        }
        target.closest("[data-exclude]").ok()??.get_attribute("data-exclude")
    }
}
