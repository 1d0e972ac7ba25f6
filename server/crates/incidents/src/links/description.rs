//! The link inside an alarm: a Markdown line of `AlarmDescription`, and a tag.

use std::fmt::Write as _;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use units::Timestamp;

use crate::AlarmArn;

/// What stays as it is in a query value of ours.
const VALUE: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~').remove(b':');

/// `AlarmDescription` has at most this many characters.
const MAX_DESCRIPTION_CHARS: usize = 1024;

/// Values of tags have at most this many characters.
const MAX_TAG_CHARS: usize = 256;

/// Key of the tag that carries the link in messages of alarms that propagate their tags.
pub const TAG_KEY: &str = "loadlens-url";

/// What the link is called.
const LABEL: &str = "Open in Loadlens";

/// Where this dashboard is reached from a browser.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dashboard {
    base: String,
}

/// Why a text is no address of a dashboard.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("'{0}' is no address of a dashboard; use https://host or https://host/path, without query")]
pub struct NotADashboard(String);

impl Dashboard {
    /// An address without query and without the `/` at its end.
    ///
    /// # Errors
    /// [`NotADashboard`] for anything that is not `http(s)://host[:port][/path]`.
    pub fn new(base: &str) -> Result<Self, NotADashboard> {
        let error = || NotADashboard(base.chars().take(120).collect());
        let rest = base.strip_prefix("https://").or_else(|| base.strip_prefix("http://")).ok_or_else(error)?;
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~:/[]".contains(&byte);
        let has_host = !rest.starts_with('/') && !rest.is_empty();
        if !has_host || base.len() > 256 || !rest.bytes().all(is_plain) {
            return Err(error());
        }
        Ok(Self { base: base.trim_end_matches('/').to_owned() })
    }

    /// The address, without `/` at its end.
    #[must_use]
    pub fn base(&self) -> &str {
        &self.base
    }

    /// The address that opens an alarm. Without `at` it opens the last time the alarm went off.
    #[must_use]
    pub fn alarm_url(&self, arn: &AlarmArn, at: Option<Timestamp>) -> String {
        let arn = arn.to_string();
        let mut url = format!("{}/alarm?arn={}", self.base, utf8_percent_encode(&arn, VALUE));
        if let Some(at) = at {
            // Writing to a String cannot fail.
            write!(url, "&at={at}").unwrap_or_default();
        }
        url
    }

    /// The short address of an alarm, by name.
    fn short_url(&self, arn: &AlarmArn) -> String {
        format!("{}/a/{}", self.base, utf8_percent_encode(&arn.name, VALUE))
    }

    /// The Markdown line.
    #[must_use]
    pub fn markdown(&self, arn: &AlarmArn) -> String {
        format!("[{LABEL}]({})", self.alarm_url(arn, None))
    }

    /// Value of the tag [`TAG_KEY`]; `None` when the address has characters that tags may not have
    /// (all but letters, digits, spaces and `_.:/=+-@`), as an encoded name does.
    #[must_use]
    pub fn tag_value(&self, arn: &AlarmArn) -> Option<String> {
        let url = self.short_url(arn);
        let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"_.:/=+-@".contains(&byte);
        (url.len() <= MAX_TAG_CHARS && url.bytes().all(is_allowed)).then_some(url)
    }

    /// What would be written into an alarm.
    #[must_use]
    pub fn propose(&self, arn: &AlarmArn, description: &str) -> Proposal {
        let kept: Vec<&str> = description.lines().filter(|line| !self.is_own_line(line)).collect();
        let kept = kept.join("\n");
        let kept = kept.trim_end();
        let with = |line: &str| if kept.is_empty() { line.to_owned() } else { format!("{kept}\n\n{line}") };
        let long = with(&self.markdown(arn));
        let short = with(&format!("[{LABEL}]({})", self.short_url(arn)));
        let fits = |text: &String| text.chars().count() <= MAX_DESCRIPTION_CHARS;
        let Some(after) = [long, short.clone()].into_iter().find(fits) else {
            let over_by = short.chars().count() - MAX_DESCRIPTION_CHARS;
            return Proposal {
                before: description.to_owned(),
                after: description.to_owned(),
                change: Change::DoesNotFit { over_by },
            };
        };
        let had_line = description.lines().any(|line| self.is_own_line(line));
        let change = match (after == description, had_line) {
            (true, _) => Change::None,
            (false, true) => Change::Replaced,
            (false, false) => Change::Added,
        };
        Proposal { before: description.to_owned(), after, change }
    }

    /// A line that is one of our links and nothing else.
    fn is_own_line(&self, line: &str) -> bool {
        let address = line.trim().strip_prefix(&format!("[{LABEL}](")).and_then(|rest| rest.strip_suffix(')'));
        address.is_some_and(|address| address.contains("/alarm?arn=") || address.contains("/a/"))
    }
}

/// An `AlarmDescription` before and after.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proposal {
    /// As it is.
    pub before: String,
    /// As it would be; never loses a word of what people wrote.
    pub after: String,
    /// What differs.
    pub change: Change,
}

/// What a proposal changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// The link is there already.
    None,
    /// A line is added.
    Added,
    /// An older link is replaced.
    Replaced,
    /// The description has no room left.
    DoesNotFit {
        /// Characters too many.
        over_by: usize,
    },
}

impl Proposal {
    /// The difference, a line each: ` ` kept, `-` removed, `+` added. Empty when nothing changes.
    #[must_use]
    pub fn diff(&self) -> String {
        if self.before == self.after {
            return String::new();
        }
        let (before, after): (Vec<_>, Vec<_>) = (self.before.lines().collect(), self.after.lines().collect());
        let same = before.iter().zip(&after).take_while(|(a, b)| a == b).count();
        let kept = before[..same].iter().map(|line| format!("  {line}\n"));
        let removed = before[same..].iter().map(|line| format!("- {line}\n"));
        let added = after[same..].iter().map(|line| format!("+ {line}\n"));
        kept.chain(removed).chain(added).collect()
    }
}

/// The IAM statement that lets the link be written, for whoever wants that: everything else needs
/// only to read.
#[must_use]
pub fn apply_statement() -> &'static str {
    r#"{
  "Sid": "LoadlensAlarmLinks",
  "Effect": "Allow",
  "Action": [
    "cloudwatch:PutMetricAlarm",
    "cloudwatch:PutCompositeAlarm",
    "cloudwatch:PutLogAlarm",
    "cloudwatch:TagResource",
    "cloudwatch:ListTagsForResource"
  ],
  "Resource": "arn:aws:cloudwatch:*:*:alarm:*"
}"#
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::AlarmRef;

    fn dashboard() -> Dashboard {
        Dashboard::new("https://dash.example/").unwrap()
    }

    fn arn(name: &str) -> AlarmArn {
        format!("arn:aws:cloudwatch:us-east-1:111122223333:alarm:{name}").parse().unwrap()
    }

    #[test]
    fn every_link_leads_back_to_its_alarm() {
        for name in ["db-1", "prod/db: load > 4 %", "größer (als) [4]", "a&b=c#d+e f"] {
            let markdown = dashboard().markdown(&arn(name));
            let url = markdown.strip_prefix("[Open in Loadlens](").unwrap().strip_suffix(')').unwrap();
            assert!(!url.contains(['(', ')', ' ', '[']), "{url}");
            assert_eq!(AlarmRef::parse(url), AlarmRef::Arn(arn(name)), "{name}");
        }
    }

    #[test]
    fn what_people_wrote_stays() {
        let first = dashboard().propose(&arn("a"), "Call the DBA.\nRunbook: [x](https://wiki)");
        assert_eq!(first.change, Change::Added);
        assert!(first.after.starts_with("Call the DBA.\nRunbook: [x](https://wiki)\n\n[Open in Loadlens]("));
        assert_eq!(first.diff().lines().filter(|line| line.starts_with('-')).count(), 0);
        let again = dashboard().propose(&arn("a"), &first.after);
        assert_eq!((again.change, again.diff()), (Change::None, String::new()));
        let moved = Dashboard::new("https://new.example/loadlens").unwrap().propose(&arn("a"), &first.after);
        assert_eq!(moved.change, Change::Replaced);
        assert!(!moved.after.contains("dash.example") && moved.after.contains("https://new.example/loadlens/alarm"));
        assert_eq!(dashboard().propose(&arn("a"), "").after, dashboard().markdown(&arn("a")));
    }

    #[test]
    fn a_full_description_is_left_alone() {
        let near = "x".repeat(1024 - 60);
        let proposal = dashboard().propose(&arn("a"), &near);
        assert!(proposal.after.ends_with("[Open in Loadlens](https://dash.example/a/a)"));
        assert!(proposal.after.chars().count() <= 1024);
        let full = "ü".repeat(1024);
        let proposal = dashboard().propose(&arn("a"), &full);
        assert!(matches!(proposal.change, Change::DoesNotFit { .. }));
        assert_eq!(proposal.after, full);
    }

    #[test]
    fn tags_hold_only_what_tags_may() {
        assert_eq!(dashboard().tag_value(&arn("db-1")).as_deref(), Some("https://dash.example/a/db-1"));
        assert_eq!(dashboard().tag_value(&arn("a b")), None);
    }

    #[test]
    fn addresses_are_plain() {
        for text in [
            "",
            "dash.example",
            "ftp://x",
            "https://",
            "https:///x",
            "https://a?b",
            "https://a b",
            "https://a)b",
            "https://u@h",
        ] {
            assert!(Dashboard::new(text).is_err(), "{text}");
        }
    }
}
