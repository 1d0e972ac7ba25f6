//! Names of topics, and where certificates of their region are.

use std::fmt;
use std::str::FromStr;

/// `TopicArn`: `arn:<partition>:sns:<region>:<account>:<name>`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct TopicArn {
    text: String,
    host: String,
}

/// Why a text is no ARN of a topic.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("'{0}' is no topic; use arn:aws:sns:<region>:<account>:<name>")]
pub struct NotATopicArn(String);

impl FromStr for TopicArn {
    type Err = NotATopicArn;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let error = || NotATopicArn(text.chars().take(120).collect());
        let parts: Vec<_> = text.split(':').collect();
        let ["arn", partition, "sns", region, account, name] = parts.as_slice() else { return Err(error()) };
        let ending = match *partition {
            "aws" | "aws-us-gov" => "amazonaws.com",
            "aws-cn" => "amazonaws.com.cn",
            _ => return Err(error()),
        };
        let is_account = account.len() == 12 && account.bytes().all(|byte| byte.is_ascii_digit());
        let is_name_byte = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
        let is_name = (1..=256).contains(&name.len()) && name.bytes().all(is_name_byte);
        if !is_account || !is_name || !is_region(region) {
            return Err(error());
        }
        Ok(Self { text: text.to_owned(), host: format!("sns.{region}.{ending}") })
    }
}

/// `us-east-1`, `us-gov-west-1`: words of letters, a number at the end. `s3` or `s3-us-west-2` is none.
fn is_region(text: &str) -> bool {
    let words: Vec<_> = text.split('-').collect();
    let is_word = |word: &&str| !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_lowercase());
    let Some((number, words)) = words.split_last() else { return false };
    let is_number = (1..=2).contains(&number.len()) && number.bytes().all(|byte| byte.is_ascii_digit());
    is_number && (2..=4).contains(&words.len()) && words.iter().all(is_word)
}

impl fmt::Display for TopicArn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl TopicArn {
    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The certificate a message of this topic names, if the address is exactly
    /// `https://sns.<region of the topic>.amazonaws.com[.cn]/SimpleNotificationService-<hex>.pem`.
    #[must_use]
    pub fn certificate_url(&self, text: &str) -> Option<CertificateUrl> {
        let file = text.strip_prefix("https://")?.strip_prefix(self.host.as_str())?.strip_prefix('/')?;
        let hex = file.strip_prefix("SimpleNotificationService-")?.strip_suffix(".pem")?;
        let is_hex = (8..=64).contains(&hex.len()) && hex.bytes().all(|byte| byte.is_ascii_hexdigit());
        is_hex.then(|| CertificateUrl { host: self.host.clone(), path: format!("/{file}") })
    }
}

/// The address of a signing certificate. Made only from an allow-listed topic, so that whoever
/// fetches it cannot be sent elsewhere. Redirects must not be followed.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct CertificateUrl {
    host: String,
    path: String,
}

impl CertificateUrl {
    /// `sns.<region>.amazonaws.com[.cn]`; the port is 443 and the scheme `https`.
    #[must_use]
    pub fn host(&self) -> &str {
        &self.host
    }

    /// `/SimpleNotificationService-<hex>.pem`.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }
}

impl fmt::Display for CertificateUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "https://{}{}", self.host, self.path)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn only_topics_of_aws_have_hosts() {
        for (text, host) in [
            ("arn:aws:sns:us-east-1:111122223333:ops", Some("sns.us-east-1.amazonaws.com")),
            ("arn:aws:sns:ap-southeast-1:111122223333:ops.fifo", Some("sns.ap-southeast-1.amazonaws.com")),
            ("arn:aws-cn:sns:cn-north-1:111122223333:ops", Some("sns.cn-north-1.amazonaws.com.cn")),
            ("arn:aws-us-gov:sns:us-gov-west-1:111122223333:ops", Some("sns.us-gov-west-1.amazonaws.com")),
            ("arn:aws:sns:s3:111122223333:ops", None),
            ("arn:aws:sns:s3-us-west-2:111122223333:ops", None),
            ("arn:aws:sns:us-east-1.evil.example/:111122223333:ops", None),
            ("arn:aws:sns::111122223333:ops", None),
            ("arn:aws:sns:us-east-1:111122223333:ops:subscription", None),
            ("arn:aws:sqs:us-east-1:111122223333:ops", None),
            ("arn:evil:sns:us-east-1:111122223333:ops", None),
        ] {
            assert_eq!(text.parse::<TopicArn>().ok().map(|topic| topic.host), host.map(str::to_owned), "{text}");
        }
    }
}
