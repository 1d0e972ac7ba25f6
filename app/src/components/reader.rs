//! Tells the server what only the browser knows, for the next response: the width of the window and
//! the zone of the computer. Two cookies with a number and a name in them.

/// Writes the cookies; does nothing on the server.
pub fn tell_the_server() {
    #[cfg(feature = "hydrate")]
    leptos::prelude::Effect::new(|_: Option<()>| {
        use leptos::prelude::{document, window};
        use wasm_bindgen::{JsCast, JsValue};

        // Tests, and whoever else must know, see here that the page is live.
        if let Some(root) = document().document_element() {
            drop(root.set_attribute("data-hydrated", "true"));
        }
        const KEPT: &str = "Path=/; SameSite=Lax; Max-Age=31536000";
        let Ok(document) = document().dyn_into::<web_sys::HtmlDocument>() else { return };
        if let Some(width) = window().inner_width().ok().and_then(|width| width.as_f64()) {
            drop(document.set_cookie(&format!("w={width:.0}; {KEPT}")));
        }
        let zone = js_sys::Intl::DateTimeFormat::default().resolved_options();
        let zone = js_sys::Reflect::get(&zone, &JsValue::from_str("timeZone")).ok().and_then(|zone| zone.as_string());
        if let Some(zone) = zone {
            drop(document.set_cookie(&format!("zone={zone}; {KEPT}")));
        }
    });
}
