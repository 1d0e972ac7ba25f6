//! Theme, density, language and zone: a form of ours sets cookies and leads back.

use app::paths::{SETTINGS, is_local};
use app::session::{Density, Locale, Theme};
use axum::Form;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use http::header::{HeaderMap, HeaderValue, LOCATION, SET_COOKIE};
use serde::Deserialize;

/// Fields of the form; each is optional.
#[derive(Debug, Deserialize)]
pub(super) struct Choices {
    theme: Option<String>,
    density: Option<String>,
    lang: Option<String>,
    tz: Option<String>,
    next: Option<String>,
}

/// A year.
const KEPT_SECS: u32 = 365 * 86_400;

/// Sets a cookie for each field that names something we know, then leads back to where the reader
/// was: only to an address of ours.
pub(super) async fn save(Form(choices): Form<Choices>) -> Response {
    let Choices { theme, density, lang, tz, next } = choices;
    let known = [
        ("theme", theme.as_deref().and_then(Theme::of_name).map(|theme| theme.name().to_owned())),
        ("density", density.as_deref().and_then(Density::of_name).map(|density| density.name().to_owned())),
        ("lang", lang.as_deref().and_then(Locale::of_tag).map(|locale| locale.tag().to_owned())),
        ("tz", tz.filter(|zone| super::zones::is_known(zone))),
    ];
    let mut headers = HeaderMap::new();
    for (name, value) in known.into_iter().filter_map(|(name, value)| Some((name, value?))) {
        let cookie = format!("{name}={value}; Path=/; SameSite=Lax; Max-Age={KEPT_SECS}");
        if let Ok(cookie) = HeaderValue::from_str(&cookie) {
            headers.append(SET_COOKIE, cookie);
        }
    }
    let next = next.filter(|next| is_local(next)).unwrap_or_else(|| SETTINGS.to_owned());
    headers.insert(LOCATION, HeaderValue::from_str(&next).unwrap_or(HeaderValue::from_static(SETTINGS)));
    (StatusCode::SEE_OTHER, headers).into_response()
}
