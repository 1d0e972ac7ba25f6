//! What a reader brings to name an alarm: an ARN, a name, or the address of a console page.

use percent_encoding::percent_decode_str;
use serde::{Deserialize, Serialize};

use crate::{AlarmArn, NotAnAlarmArn};

/// An alarm as somebody named it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AlarmRef {
    /// By ARN.
    Arn(AlarmArn),
    /// By name, and what else the text tells.
    Name {
        /// `AlarmName`.
        name: String,
        /// Region, when a console address tells it.
        region: Option<String>,
        /// Account, when a console address tells it.
        account: Option<String>,
    },
    /// The ARN of something that is no alarm.
    OtherArn(String),
    /// Neither.
    Unreadable(String),
}

/// Longest text that is looked at, in bytes: room for the longest ARN, percent-encoded twice.
const MAX_BYTES: usize = 8192;

/// How often a text may have been percent-encoded on its way here.
const MAX_DECODES: usize = 2;

impl AlarmRef {
    /// Reads a text. Accepts an ARN (also percent-encoded once or twice), an alarm's page in the
    /// CloudWatch console, one of our own `/alarm?arn=` addresses, and a bare name.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        let text = text.trim();
        if text.is_empty() || text.len() > MAX_BYTES || text.contains('\0') {
            return Self::Unreadable(text.chars().take(80).collect());
        }
        let mut decoded = text.to_owned();
        for _ in 0..=MAX_DECODES {
            if let Some(found) = Self::read(&decoded) {
                return found;
            }
            let once_more = decode(&decoded);
            if once_more == decoded {
                break;
            }
            decoded = once_more;
        }
        Self::Name { name: text.to_owned(), region: None, account: None }
    }

    fn read(text: &str) -> Option<Self> {
        if text.starts_with("arn:") {
            return Some(match text.parse() {
                Ok(arn) => Self::Arn(arn),
                Err(NotAnAlarmArn::OtherResource { .. }) => Self::OtherArn(text.to_owned()),
                Err(NotAnAlarmArn::NotAnArn) => Self::Unreadable(text.chars().take(80).collect()),
            });
        }
        if text.starts_with("https://") || text.starts_with("http://") {
            return Some(address(text).unwrap_or_else(|| Self::Unreadable(text.chars().take(80).collect())));
        }
        None
    }

    /// The names this may stand for, likeliest first: as written; decoded once more (a link that was
    /// encoded twice); with spaces read as `+` (a link that was not encoded at all).
    #[must_use]
    pub fn spellings(&self) -> Vec<String> {
        let name = match self {
            Self::Arn(arn) => &arn.name,
            Self::Name { name, .. } => name,
            Self::OtherArn(_) | Self::Unreadable(_) => return Vec::new(),
        };
        let mut spellings = vec![name.clone()];
        for other in [decode(name), name.replace(' ', "+")] {
            if !spellings.contains(&other) {
                spellings.push(other);
            }
        }
        spellings
    }

    /// The text to show for it.
    #[must_use]
    pub fn text(&self) -> String {
        match self {
            Self::Arn(arn) => arn.to_string(),
            Self::Name { name: text, .. } | Self::OtherArn(text) | Self::Unreadable(text) => text.clone(),
        }
    }
}

/// Percent-decoded once; the text itself when that gives no UTF-8.
fn decode(text: &str) -> String {
    percent_decode_str(text).decode_utf8().map_or_else(|_| text.to_owned(), std::borrow::Cow::into_owned)
}

/// Reads an address: our own (`arn=` in the query) or one of the console.
fn address(url: &str) -> Option<AlarmRef> {
    let (before, fragment) = url.split_once('#').unwrap_or((url, ""));
    let (place, query) = before.split_once('?').unwrap_or((before, ""));
    if let Some(arn) = parameter(query, '&', "arn")
        && let Ok(arn) = decode(&arn).parse()
    {
        return Some(AlarmRef::Arn(arn));
    }
    let host = place.split_once("//")?.1.split('/').next()?;
    let is_console =
        [".aws.amazon.com", ".amazonaws.cn", ".amazonaws-us-gov.com"].iter().any(|end| host.ends_with(end));
    let name = console_name(fragment).filter(|name| !name.is_empty() && is_console)?;
    let region = parameter(query, '&', "region").or_else(|| {
        let first = host.split('.').find(|label| label.bytes().filter(|byte| *byte == b'-').count() >= 2)?;
        first.ends_with(|last: char| last.is_ascii_digit()).then(|| first.to_owned())
    });
    let account = host.split(['-', '.']).next().filter(|label| label.len() == 12);
    let account = account.filter(|label| label.bytes().all(|byte| byte.is_ascii_digit())).map(str::to_owned);
    Some(AlarmRef::Name { name, region, account })
}

/// The alarm named by the fragment of a console address, in any of the forms the console has used:
/// `alarmsV2:alarm/<name>`, `alarm:alarmFilter=ANY;name=<name>`, `s=Alarms&alarm=<name>`.
fn console_name(fragment: &str) -> Option<String> {
    if let Some(rest) = fragment.strip_prefix("alarmsV2:alarm/") {
        return rest.split('?').next().map(decode);
    }
    if let Some(rest) = fragment.strip_prefix("alarm:") {
        return parameter(rest, ';', "name").map(|name| decode(&name));
    }
    parameter(fragment, '&', "alarm").map(|name| decode(&name))
}

fn parameter(query: &str, separator: char, name: &str) -> Option<String> {
    let mut pairs = query.split(separator).filter_map(|pair| pair.split_once('='));
    pairs.find(|(have, _)| *have == name).map(|(_, value)| value.to_owned())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn name(name: &str, region: Option<&str>, account: Option<&str>) -> AlarmRef {
        AlarmRef::Name { name: name.into(), region: region.map(Into::into), account: account.map(Into::into) }
    }

    #[test]
    fn what_people_paste_is_understood() {
        let arn = AlarmRef::Arn("arn:aws:cloudwatch:us-east-1:123456789012:alarm:a/b c".parse().unwrap());
        let console = "https://us-east-1.console.aws.amazon.com/cloudwatch";
        for (text, expected) in [
            ("arn:aws:cloudwatch:us-east-1:123456789012:alarm:a/b c", arn.clone()),
            ("arn%3Aaws%3Acloudwatch%3Aus-east-1%3A123456789012%3Aalarm%3Aa%2Fb%20c", arn.clone()),
            ("arn%253Aaws%253Acloudwatch%253Aus-east-1%253A123456789012%253Aalarm%253Aa%252Fb%2520c", arn.clone()),
            (
                "https://dash.example/alarm?arn=arn%3Aaws%3Acloudwatch%3Aus-east-1%3A123456789012%3Aalarm%3Aa/b%20c&at=1",
                arn,
            ),
            ("db-1-DBLoad", name("db-1-DBLoad", None, None)),
            ("100% busy", name("100% busy", None, None)),
            (
                &format!("{console}/deeplink.js?region=us-east-1#alarmsV2:alarm/a%2Fb%20c"),
                name("a/b c", Some("us-east-1"), None),
            ),
            (
                "https://123456789012-ab1cd2ef.eu-west-1.console.aws.amazon.com/cloudwatch/home#alarmsV2:alarm/x?~(page~1)",
                name("x", Some("eu-west-1"), Some("123456789012")),
            ),
            (
                &format!("{console}/home?region=us-east-1#alarm:alarmFilter=ANY;name=gr%C3%B6%C3%9Fer"),
                name("größer", Some("us-east-1"), None),
            ),
            (
                "https://console.aws.amazon.com/cloudwatch/home?region=us-east-1#s=Alarms&alarm=x",
                name("x", Some("us-east-1"), None),
            ),
            (
                "https://cn-north-1.console.amazonaws.cn/cloudwatch/home?region=cn-north-1#alarmsV2:alarm/x",
                name("x", Some("cn-north-1"), None),
            ),
        ] {
            assert_eq!(AlarmRef::parse(text), expected, "{text}");
        }
    }

    #[test]
    fn what_names_no_alarm_is_kept_for_the_page_that_helps() {
        for text in ["", "  ", "https://evil.example/#alarmsV2:alarm/x", "https://console.aws.amazon.com/", "arn:x"] {
            assert!(matches!(AlarmRef::parse(text), AlarmRef::Unreadable(_)), "{text}");
        }
        let rds = "arn:aws:rds:us-east-1:123456789012:db:orders-1";
        assert_eq!(AlarmRef::parse(rds), AlarmRef::OtherArn(rds.into()));
    }

    #[test]
    fn badly_encoded_names_have_spellings() {
        assert_eq!(AlarmRef::parse("a%2Fb").spellings(), ["a%2Fb", "a/b"]);
        assert_eq!(AlarmRef::parse("a b").spellings(), ["a b", "a+b"]);
        assert_eq!(AlarmRef::parse("a").spellings(), ["a"]);
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_read_without_panic(text in "\\PC{0,200}") {
            let read = AlarmRef::parse(&text);
            let _spellings = read.spellings();
        }
    }
}
