//! Names of alarms as AWS writes them.

use std::fmt;
use std::str::FromStr;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::{Deserialize, Serialize};

/// What stays as it is in the name part of a console address.
const CONSOLE_NAME: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// `AlarmArn`: `arn:<partition>:cloudwatch:<region>:<account>:alarm:<name>`. The name is everything
/// after the sixth colon and may hold colons, slashes, spaces and any letter.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct AlarmArn {
    /// `aws`, `aws-cn`, `aws-us-gov` …
    pub partition: String,
    /// `us-east-1`.
    pub region: String,
    /// Twelve digits.
    pub account: String,
    /// `AlarmName`, 1 to 255 characters.
    pub name: String,
}

/// Why a text is no ARN of an alarm.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotAnAlarmArn {
    /// Not of the form `arn:partition:service:region:account:resource`.
    #[error("this is no ARN")]
    NotAnArn,
    /// An ARN of something else.
    #[error("this is the ARN of something in {service}, not of a CloudWatch alarm")]
    OtherResource {
        /// Service part of the ARN.
        service: String,
    },
}

/// Longest `AlarmArn` of the API (1600 characters), in bytes of UTF-8.
const MAX_ARN_BYTES: usize = 6400;

/// `AlarmName` has at most this many characters.
const MAX_NAME_CHARS: usize = 255;

impl FromStr for AlarmArn {
    type Err = NotAnAlarmArn;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text.len() > MAX_ARN_BYTES {
            return Err(NotAnAlarmArn::NotAnArn);
        }
        let mut parts = text.splitn(7, ':');
        let mut next = || parts.next().ok_or(NotAnAlarmArn::NotAnArn);
        let (prefix, partition, service, region, account, kind) =
            (next()?, next()?, next()?, next()?, next()?, next()?);
        let is_partition = partition == "aws" || partition.starts_with("aws-");
        if prefix != "arn" || !is_partition || !plain(partition) {
            return Err(NotAnAlarmArn::NotAnArn);
        }
        if service != "cloudwatch" || kind != "alarm" {
            return Err(NotAnAlarmArn::OtherResource { service: service.chars().take(32).collect() });
        }
        let name = next()?;
        // Twelve digits; messages that were made anonymous have fewer.
        let account_is_number = (1..=12).contains(&account.len()) && account.bytes().all(|byte| byte.is_ascii_digit());
        let name_fits = !name.is_empty() && name.chars().count() <= MAX_NAME_CHARS;
        if !account_is_number || region.is_empty() || !plain(region) || !name_fits {
            return Err(NotAnAlarmArn::NotAnArn);
        }
        Ok(Self { partition: partition.into(), region: region.into(), account: account.into(), name: name.into() })
    }
}

/// Lower-case letters, digits and hyphens: the alphabet of partitions and regions.
fn plain(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
}

impl fmt::Display for AlarmArn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "arn:{}:cloudwatch:{}:{}:alarm:{}", self.partition, self.region, self.account, self.name)
    }
}

impl From<AlarmArn> for String {
    fn from(arn: AlarmArn) -> Self {
        arn.to_string()
    }
}

impl TryFrom<String> for AlarmArn {
    type Error = NotAnAlarmArn;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl AlarmArn {
    /// The alarm of the same account and region with another name.
    #[must_use]
    pub fn sibling(&self, name: &str) -> Self {
        Self { name: name.to_owned(), ..self.clone() }
    }

    /// The alarm's page in the CloudWatch console.
    #[must_use]
    pub fn console_url(&self) -> String {
        console_url(&self.region, &self.name)
    }
}

/// The page of an alarm in the CloudWatch console of a region.
#[must_use]
pub(crate) fn console_url(region: &str, name: &str) -> String {
    let host = if region.starts_with("cn-") {
        "console.amazonaws.cn"
    } else if region.starts_with("us-gov-") {
        "console.amazonaws-us-gov.com"
    } else {
        "console.aws.amazon.com"
    };
    let name = utf8_percent_encode(name, CONSOLE_NAME);
    format!("https://{region}.{host}/cloudwatch/deeplink.js?region={region}#alarmsV2:alarm/{name}")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn names_keep_every_character() {
        for name in ["db-1-DBLoad", "app/web: 5XX > 1 %", "größer als 4", "a:b:c", "주문 데이터베이스"] {
            let text = format!("arn:aws:cloudwatch:eu-central-1:123456789012:alarm:{name}");
            let arn: AlarmArn = text.parse().unwrap();
            assert_eq!(arn.name, name);
            assert_eq!(arn.to_string(), text);
        }
    }

    #[test]
    fn partitions_have_their_consoles() {
        for (partition, region, host) in [
            ("aws", "us-east-1", "us-east-1.console.aws.amazon.com"),
            ("aws-cn", "cn-north-1", "cn-north-1.console.amazonaws.cn"),
            ("aws-us-gov", "us-gov-west-1", "us-gov-west-1.console.amazonaws-us-gov.com"),
        ] {
            let arn: AlarmArn =
                format!("arn:{partition}:cloudwatch:{region}:123456789012:alarm:a/b c").parse().unwrap();
            let expected = format!("https://{host}/cloudwatch/deeplink.js?region={region}#alarmsV2:alarm/a%2Fb%20c");
            assert_eq!(arn.console_url(), expected);
        }
    }

    #[test]
    fn other_texts_are_refused() {
        let other = |text: &str| text.parse::<AlarmArn>().unwrap_err();
        assert_eq!(
            other("arn:aws:rds:us-east-1:123456789012:db:orders-1"),
            NotAnAlarmArn::OtherResource { service: "rds".into() }
        );
        for text in [
            "",
            "arn",
            "arn:aws:cloudwatch:us-east-1:123456789012:alarm",
            "arn:aws:cloudwatch:us-east-1:123456789012:alarm:",
            "arn:aws:cloudwatch:us-east-1::alarm:x",
            "arn:aws:cloudwatch:us-east-1:1234567890123:alarm:x",
            "arn:evil.example:cloudwatch:us-east-1:123456789012:alarm:x",
            "arn:aws:cloudwatch:us-east-1.evil.example/:123456789012:alarm:x",
            "urn:aws:cloudwatch:us-east-1:123456789012:alarm:x",
        ] {
            assert_eq!(other(text), NotAnAlarmArn::NotAnArn, "{text}");
        }
    }
}
