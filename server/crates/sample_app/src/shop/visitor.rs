//! Who is looking: a session, and the customer if one is signed in. Both come as plain cookies;
//! this is a sample, nobody's account is behind them.

use std::convert::Infallible;

use axum::extract::FromRequestParts;
use axum::http::header::{COOKIE, USER_AGENT};
use axum::http::request::Parts;

/// Longest session id that is kept; what is longer is cut.
const SESSION_CHARS: usize = 64;
/// Longest browser name that is kept.
const AGENT_CHARS: usize = 160;

/// The visitor of one request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Visitor {
    /// Id of the session; `guest` without a cookie.
    pub(crate) session: String,
    /// Signed-in customer.
    pub(crate) customer: Option<i32>,
    /// The browser's name for itself.
    pub(crate) agent: String,
}

impl<S: Sync> FromRequestParts<S> for Visitor {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Infallible> {
        let header = |name| parts.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let cookies = header(COOKIE);
        Ok(Self {
            session: cookie(cookies, "session").map_or_else(|| "guest".to_owned(), |text| cut(text, SESSION_CHARS)),
            customer: cookie(cookies, "customer").and_then(|text| text.parse().ok()),
            agent: cut(header(USER_AGENT), AGENT_CHARS),
        })
    }
}

fn cut(text: &str, chars: usize) -> String {
    text.chars().take(chars).collect()
}

fn cookie<'a>(cookies: &'a str, name: &str) -> Option<&'a str> {
    cookies.split(';').find_map(|pair| {
        let (key, value) = pair.trim().split_once('=')?;
        (key == name && !value.is_empty()).then_some(value)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cookies_are_found_by_name() {
        assert_eq!(cookie("session=a1; customer=7", "customer"), Some("7"));
        assert_eq!(cookie("mysession=a1", "session"), None);
        assert_eq!(cookie("session=", "session"), None);
    }
}
