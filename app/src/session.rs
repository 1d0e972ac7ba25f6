//! What a page needs to know about its reader and its moment: language, theme, density, zone, the
//! width of the window, and `now`. All of it comes with the response, so that the browser renders
//! what the server rendered.

use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use units::{Timestamp, Zone};
use view::OffsetChange;

/// Language of the sentences.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Locale {
    /// English.
    #[default]
    English,
    /// Korean.
    Korean,
}

impl Locale {
    /// Every language, in the order menus show them.
    pub const ALL: [Self; 2] = [Self::English, Self::Korean];

    /// Language tag of BCP 47.
    #[must_use]
    pub const fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::Korean => "ko",
        }
    }

    /// The language's own name.
    #[must_use]
    pub const fn own_name(self) -> &'static str {
        match self {
            Self::English => "English",
            Self::Korean => "한국어",
        }
    }

    /// The language of a cookie; `None` for a tag we do not speak.
    #[must_use]
    pub fn of_tag(tag: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|locale| locale.tag() == tag)
    }

    /// The first language of an `Accept-Language` header that we speak, in the order of its
    /// weights; English otherwise.
    #[must_use]
    pub fn of_accept_language(header: &str) -> Self {
        let weighted = header.split(',').take(16).filter_map(|part| {
            let (tag, rest) = part.split_once(';').unwrap_or((part, ""));
            let weight = rest.trim().strip_prefix("q=").map_or(Some(1.0), |weight| weight.parse::<f32>().ok())?;
            let primary = tag.trim().split('-').next().unwrap_or_default().to_ascii_lowercase();
            Some((Self::of_tag(&primary)?, weight))
        });
        weighted
            .filter(|(_, weight)| *weight > 0.0)
            .reduce(|best, next| if next.1 > best.1 { next } else { best })
            .map_or(Self::English, |(locale, _)| locale)
    }
}

/// Light, dark, or what the system says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Theme {
    /// As the system is set.
    #[default]
    System,
    /// Light.
    Light,
    /// Dark.
    Dark,
}

impl Theme {
    /// Every theme, in the order menus show them.
    pub const ALL: [Self; 3] = [Self::System, Self::Light, Self::Dark];

    /// Name in the cookie and, except for the system's, in `data-theme`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    /// Reads the cookie.
    #[must_use]
    pub fn of_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|theme| theme.name() == name)
    }
}

/// How much a screen holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Density {
    /// Statements take two lines.
    #[default]
    Comfortable,
    /// Statements take one line.
    Compact,
}

impl Density {
    /// Both densities, in the order menus show them.
    pub const ALL: [Self; 2] = [Self::Comfortable, Self::Compact];

    /// Name in the cookie and in `data-density`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Comfortable => "comfortable",
            Self::Compact => "compact",
        }
    }

    /// Reads the cookie.
    #[must_use]
    pub fn of_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|density| density.name() == name)
    }
}

/// The reader and the moment.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Session {
    /// When the server answered; relative ranges are counted from here.
    pub now: Timestamp,
    /// Language.
    pub locale: Locale,
    /// Theme.
    pub theme: Theme,
    /// Density.
    pub density: Density,
    /// Zone of printed times: of the address, else as the reader chose.
    pub zone: Zone,
    /// Offsets of that zone around `now`; empty means UTC.
    pub offsets: Vec<OffsetChange>,
    /// Zone of the reader's computer, as the browser told; `None` before it did.
    pub local_zone: Option<String>,
    /// Width of the window in CSS pixels, 320 to 3840; decides for how many pixels charts are drawn.
    pub width_px: u16,
    /// Scheme and host the reader calls us by, for commands to copy; empty when it is not known.
    pub origin: String,
    /// Id of the request, for messages and the log.
    pub request_id: String,
}

/// Width to draw for before the browser told its own.
pub const DEFAULT_WIDTH_PX: u16 = 1200;

/// Bounds on the width a cookie may ask for.
const WIDTHS_PX: std::ops::RangeInclusive<u16> = 320..=3840;

impl Session {
    /// The session of a reader of whom nothing is known.
    #[must_use]
    pub const fn unread() -> Self {
        Self {
            now: Timestamp(0),
            locale: Locale::English,
            theme: Theme::System,
            density: Density::Comfortable,
            zone: Zone::Utc,
            offsets: Vec::new(),
            local_zone: None,
            width_px: DEFAULT_WIDTH_PX,
            origin: String::new(),
            request_id: String::new(),
        }
    }

    /// The session that a set of cookies and headers describes. Anything unreadable is the default.
    #[must_use]
    pub fn read(cookies: &str, accept_language: &str, now: Timestamp, request_id: String) -> Self {
        let zone_of = |name: &str| cookie(cookies, name).filter(|zone| is_zone_name(zone)).map(ToOwned::to_owned);
        Self {
            now,
            locale: cookie(cookies, "lang")
                .and_then(Locale::of_tag)
                .unwrap_or_else(|| Locale::of_accept_language(accept_language)),
            theme: cookie(cookies, "theme").and_then(Theme::of_name).unwrap_or_default(),
            density: cookie(cookies, "density").and_then(Density::of_name).unwrap_or_default(),
            zone: zone_of("tz").filter(|zone| zone != "UTC").map_or(Zone::Utc, Zone::Named),
            offsets: Vec::new(),
            local_zone: zone_of("zone").filter(|zone| zone != "UTC"),
            width_px: cookie(cookies, "w")
                .and_then(|width| width.parse().ok())
                .filter(|width| WIDTHS_PX.contains(width))
                .unwrap_or(DEFAULT_WIDTH_PX),
            origin: String::new(),
            request_id,
        }
    }
}

/// The value of a cookie in a `Cookie` header. Our cookies hold plain names and numbers; a `/` in a
/// zone is written as it is.
#[must_use]
pub fn cookie<'a>(header: &'a str, name: &str) -> Option<&'a str> {
    header
        .split(';')
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(have, _)| *have == name)
        .map(|(_, value)| value)
}

fn is_zone_name(text: &str) -> bool {
    !text.is_empty()
        && text.len() <= 64
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'/' | b'_' | b'+' | b'-'))
}

/// The session of this page. Language, theme and density change only with a new response.
///
/// # Panics
/// Outside of [`crate::App`], which provides it.
#[must_use]
pub fn use_session() -> StoredValue<Session> {
    expect_context::<StoredValue<Session>>()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cookies_make_a_session() {
        let session = Session::read(
            "theme=dark; density=compact; lang=ko; tz=Europe/Berlin; zone=Asia/Seoul; w=390",
            "en",
            Timestamp::default(),
            String::new(),
        );
        assert_eq!((session.theme, session.density, session.locale), (Theme::Dark, Density::Compact, Locale::Korean));
        assert_eq!(session.zone, Zone::Named("Europe/Berlin".to_owned()));
        assert_eq!((session.local_zone.as_deref(), session.width_px), (Some("Asia/Seoul"), 390));
    }

    #[test]
    fn hostile_cookies_are_the_default() {
        let session =
            Session::read("theme=<script>; tz=../../etc; w=99999; lang=xx", "", Timestamp::default(), String::new());
        assert_eq!((session.theme, session.locale), (Theme::System, Locale::English));
        assert_eq!((session.zone, session.width_px), (Zone::Utc, DEFAULT_WIDTH_PX));
    }

    #[test]
    fn the_reader_s_first_language_wins() {
        for (header, expected) in [
            ("ko-KR,ko;q=0.9,en;q=0.8", Locale::Korean),
            ("en-US,en;q=0.9,ko;q=0.8", Locale::English),
            ("de,ko;q=0.5", Locale::Korean),
            ("", Locale::English),
            ("ko;q=0,en;q=0.1", Locale::English),
        ] {
            assert_eq!(Locale::of_accept_language(header), expected, "{header}");
        }
    }
}
