//! Files a page loads: the front's own build where there is one, else what is in the sources.
//!
//! In a release build they are inside the program; in a development build they are read from
//! `target/site` at the start. Without a front build there is no module, and pages stay as rendered;
//! the style sheet and the icon are always there.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use app::ssr;
use axum::Router;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use http::StatusCode;
use http::header::{
    ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, ETAG, HeaderMap, HeaderValue, IF_NONE_MATCH, VARY,
};
use rust_embed::RustEmbed;
use serde::Deserialize;

/// What the front build made, when it ran.
#[derive(RustEmbed)]
#[folder = "$CARGO_MANIFEST_DIR/../target/site"]
#[allow_missing = true]
struct Site;

/// The style sheets as written.
#[derive(RustEmbed)]
#[folder = "$CARGO_MANIFEST_DIR/../style"]
struct Style;

/// The icon.
#[derive(RustEmbed)]
#[folder = "$CARGO_MANIFEST_DIR/../public"]
struct Public;

const SCRIPT: &str = "pkg/loadlens.js";
const WASM: &str = "pkg/loadlens_bg.wasm";
const STYLE: &str = "pkg/loadlens.css";
const ICON: &str = "favicon.svg";

/// One file.
struct Asset {
    bytes: Cow<'static, [u8]>,
    /// The same, packed with brotli.
    packed: Option<Cow<'static, [u8]>>,
    /// Hex of a hash over the bytes: part of its address and its `ETag`.
    hash: String,
}

/// All files by path.
#[derive(Clone)]
pub(super) struct Assets(Arc<BTreeMap<String, Asset>>);

impl Assets {
    /// Gathers the files, once at the start.
    pub(super) fn find() -> Self {
        let mut files = BTreeMap::new();
        for name in Public::iter() {
            if let Some(file) = Public::get(&name) {
                files.insert(name.into_owned(), asset(file.data, None));
            }
        }
        files.insert(STYLE.to_owned(), asset(Cow::Owned(style_sheet("main.css", 0).into_bytes()), None));
        for name in Site::iter().filter(|name| !name.ends_with(".br") && !name.starts_with('.')) {
            if let Some(file) = Site::get(&name) {
                let packed = Site::get(&format!("{name}.br")).map(|file| file.data);
                files.insert(name.into_owned(), asset(file.data, packed));
            }
        }
        Self(Arc::new(files))
    }

    /// The addresses pages refer to.
    pub(super) fn addresses(&self) -> ssr::Assets {
        let address = |name: &str| self.0.get(name).map(|asset| format!("/{name}?v={}", asset.hash));
        let module = address(SCRIPT).zip(address(WASM)).map(|(script, wasm)| ssr::Module { script, wasm });
        ssr::Assets { style: address(STYLE).unwrap_or_default(), icon: address(ICON).unwrap_or_default(), module }
    }
}

fn asset(bytes: Cow<'static, [u8]>, packed: Option<Cow<'static, [u8]>>) -> Asset {
    Asset { hash: hash_of(&bytes), bytes, packed }
}

/// 64 bits of FNV-1a: tells versions of a file apart, no more is asked of it.
fn hash_of(bytes: &[u8]) -> String {
    const OFFSET: u64 = 0xcbf2_9ce4_8422_2325;
    const PRIME: u64 = 0x0100_0000_01b3;
    let hash = bytes.iter().fold(OFFSET, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(PRIME));
    format!("{hash:016x}")
}

/// A style sheet with its imports put in place. They stand on lines of their own, as
/// `@import "file.css";` or `@import "file.css" layer(name);`.
fn style_sheet(name: &str, depth: u8) -> String {
    /// Deeper imports are a circle.
    const DEEPEST: u8 = 8;
    let Some(file) = (depth < DEEPEST).then(|| Style::get(name)).flatten() else { return String::new() };
    let mut sheet = String::new();
    for line in String::from_utf8_lossy(&file.data).lines() {
        let import = line.trim().strip_prefix("@import \"").and_then(|rest| rest.strip_suffix(';')?.split_once('"'));
        let Some((imported, layer)) = import else {
            sheet.push_str(line);
            sheet.push('\n');
            continue;
        };
        let text = style_sheet(imported, depth + 1);
        match layer.trim().strip_prefix("layer(").and_then(|layer| layer.strip_suffix(')')) {
            Some(layer) => sheet.push_str(&format!("@layer {layer} {{\n{text}}}\n")),
            None => sheet.push_str(&text),
        }
    }
    sheet
}

/// Routes of the files.
pub(super) fn router(assets: Assets) -> Router {
    let icon = get(|State(assets): State<Assets>, headers: HeaderMap, query: Query<Version>| async move {
        answer(&assets, ICON, &query, &headers)
    });
    Router::new()
        .route("/pkg/{*file}", get(package))
        .route("/favicon.svg", icon.clone())
        .route("/favicon.ico", icon)
        .with_state(assets)
}

/// The hash an address carries.
#[derive(Debug, Deserialize)]
struct Version {
    v: Option<String>,
}

async fn package(
    State(assets): State<Assets>,
    Path(file): Path<String>,
    query: Query<Version>,
    headers: HeaderMap,
) -> Response {
    answer(&assets, &format!("pkg/{file}"), &query, &headers)
}

fn answer(assets: &Assets, name: &str, query: &Version, request: &HeaderMap) -> Response {
    let Some(asset) = assets.0.get(name) else {
        return super::checks::plain(StatusCode::NOT_FOUND, "there is no such file");
    };
    let mut headers = HeaderMap::new();
    let etag = format!("\"{}\"", asset.hash);
    // An address with the hash in it never changes its content.
    let kept = if query.v.as_ref() == Some(&asset.hash) { "public, max-age=31536000, immutable" } else { "no-cache" };
    headers.insert(CACHE_CONTROL, HeaderValue::from_static(kept));
    headers.insert(VARY, HeaderValue::from_static("accept-encoding"));
    if let Ok(etag) = HeaderValue::from_str(&etag) {
        headers.insert(ETAG, etag);
    }
    let text_of = |name| request.get(name).and_then(|value: &HeaderValue| value.to_str().ok());
    if text_of(IF_NONE_MATCH).is_some_and(|known| known.split(',').any(|one| one.trim() == etag)) {
        return (StatusCode::NOT_MODIFIED, headers).into_response();
    }
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(kind_of(name)));
    let takes_brotli = text_of(ACCEPT_ENCODING).is_some_and(|taken| taken.split(',').any(|one| one.trim() == "br"));
    let body = match &asset.packed {
        Some(packed) if takes_brotli => {
            headers.insert(CONTENT_ENCODING, HeaderValue::from_static("br"));
            packed
        }
        _ => &asset.bytes,
    };
    (headers, body.to_vec()).into_response()
}

fn kind_of(name: &str) -> &'static str {
    match name.rsplit('.').next().unwrap_or_default() {
        "js" => "text/javascript; charset=utf-8",
        "wasm" => "application/wasm",
        "css" => "text/css; charset=utf-8",
        "svg" => "image/svg+xml",
        "json" => "application/json",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_style_sheet_needs_no_front_build() {
        let sheet = style_sheet("main.css", 0);
        assert!(!sheet.contains("@import"), "an import is left");
        for part in ["@layer reset, tokens, base, layout, components, charts;", ".top-sql__table", ".load-chart"] {
            assert!(sheet.contains(part), "{part}");
        }
    }

    #[test]
    fn paths_out_of_the_folder_are_no_files() {
        let assets = Assets::find();
        for name in ["pkg/../Cargo.toml", "pkg/..%2fCargo.toml", "pkg/", "pkg//etc/passwd"] {
            let answer = answer(&assets, name, &Version { v: None }, &HeaderMap::new());
            assert_eq!(answer.status(), StatusCode::NOT_FOUND, "{name}");
        }
    }
}
