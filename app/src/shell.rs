//! The document around the app, on the server only.

use leptos::nonce::use_nonce;
use leptos::prelude::*;
use leptos_meta::MetaTags;

use crate::App;
use crate::components::sprite::Sprite;
use crate::session::Theme;
use crate::ssr::{Assets, session};

/// The HTML document: language, theme and density of the reader, the style sheet, the module when
/// there is one, and the sprite after the app (it never changes, so it is not hydrated).
#[must_use]
pub fn shell() -> impl IntoView {
    let session = session();
    let assets = expect_context::<Assets>();
    let theme = (session.theme != Theme::System).then(|| session.theme.name());
    view! {
        <!DOCTYPE html>
        <html lang=session.locale.tag() data-theme=theme data-density=session.density.name()>
            <head>
                <meta charset="utf-8" />
                <meta name="viewport" content="width=device-width, initial-scale=1" />
                <meta name="color-scheme" content="light dark" />
                <link rel="icon" href=assets.icon.clone() type="image/svg+xml" />
                <link rel="stylesheet" href=assets.style.clone() />
                {assets.module.map(|module| view! { <Module script=module.script wasm=module.wasm /> })}
                <MetaTags />
            </head>
            <body>
                <App />
                <Sprite />
            </body>
        </html>
    }
}

/// Loads the module and makes the page live. The two addresses are ours, so that nothing foreign
/// gets into the script.
#[component]
fn Module(script: String, wasm: String) -> impl IntoView {
    let nonce = use_nonce();
    let start = format!("import('{script}').then(m=>m.default({{module_or_path:'{wasm}'}}).then(()=>m.hydrate()))");
    view! {
        <link rel="modulepreload" href=script nonce=nonce.clone() />
        <link rel="preload" href=wasm r#as="fetch" r#type="application/wasm" crossorigin="anonymous" />
        <script type="module" nonce=nonce>
            {start}
        </script>
    }
}
