//! Timestamps as text: ISO 8601 in UTC, as Query/XML writes and reads them.

use jiff::Timestamp;

/// `2026-11-23T17:04:40Z`, with milliseconds where there are any.
pub(crate) fn iso8601(seconds: f64) -> String {
    let Ok(time) = Timestamp::from_millisecond((seconds * 1_000.0).round() as i64) else {
        return String::new();
    };
    if time.subsec_millisecond() == 0 { format!("{time:.0}") } else { format!("{time:.3}") }
}

/// Seconds since 1970 of an ISO 8601 text; a text without zone is UTC, a bare number is seconds.
pub(crate) fn parse_iso8601(text: &str) -> Option<f64> {
    if let Ok(seconds) = text.parse::<f64>() {
        return seconds.is_finite().then_some(seconds);
    }
    let with_zone = |text: &str| text.parse::<Timestamp>().ok();
    let time = with_zone(text).or_else(|| with_zone(&format!("{text}Z")))?;
    Some(time.as_millisecond() as f64 / 1_000.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_and_back() {
        assert_eq!(iso8601(1_795_000_000.0), "2026-11-18T11:06:40Z");
        assert_eq!(iso8601(1_795_000_000.25), "2026-11-18T11:06:40.250Z");
        for text in ["2026-11-18T11:06:40Z", "2026-11-18T11:06:40", "2026-11-18T12:06:40+01:00", "1795000000"] {
            assert_eq!(parse_iso8601(text), Some(1_795_000_000.0), "{text}");
        }
        assert_eq!(parse_iso8601("yesterday"), None);
    }
}
