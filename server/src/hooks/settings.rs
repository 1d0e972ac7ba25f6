//! The settings of the hooks, as people write them, and what may not be combined.

use std::net::SocketAddr;
use std::path::PathBuf;

use incidents::sns::{BadTrust, NotATopicArn, TopicArn, Trust};

use super::certificate::{NotLoopback, over_loopback, over_tls};
use super::{EventKey, FetchCertificate, WeakKey};

/// What a configuration says about the hooks.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HookSettings {
    /// `sns-topics`: ARNs of the topics that are received.
    pub sns_topics: Vec<String>,
    /// `eventbridge-key`: the key callers must send.
    pub eventbridge_key: Option<String>,
    /// `sns-test-root`: PEM of the authority of a local endpoint. Only with such an endpoint.
    pub sns_test_root: Option<PathBuf>,
}

/// A setting that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum HookSettingsError {
    /// Not the ARN of a topic.
    #[error("sns-topics: {0}")]
    Topic(#[from] NotATopicArn),
    /// The key is too short.
    #[error("eventbridge-key: {0}")]
    Key(#[from] WeakKey),
    /// The test authority is named, and AWS is what is talked to.
    #[error("sns-test-root is for a local endpoint: without an endpoint on this machine it is refused")]
    TestRootAgainstAws,
    /// The endpoint is not on this machine.
    #[error("sns-test-root: {0}")]
    Endpoint(#[from] NotLoopback),
    /// The file cannot be read.
    #[error("sns-test-root: cannot read {path}: {source}")]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Cause.
        source: std::io::Error,
    },
    /// The file holds no certificate.
    #[error("sns-test-root: {0}")]
    Trust(#[from] BadTrust),
}

/// Settings that hold together.
pub struct CheckedSettings {
    /// Topics.
    pub topics: Vec<TopicArn>,
    /// Key.
    pub event_key: Option<EventKey>,
    /// Whose certificates are believed.
    pub trust: Trust,
    /// How they are fetched.
    pub fetch_certificate: FetchCertificate,
}

impl HookSettings {
    /// Checks the settings. `endpoint` is the address of the AWS endpoint when it is overridden by one
    /// given as an address; the test authority needs one on this machine, and whoever trusts it
    /// trusts no other: against AWS it can neither be forgotten nor added.
    ///
    /// # Errors
    /// [`HookSettingsError`] naming the setting.
    pub fn check(&self, endpoint: Option<SocketAddr>) -> Result<CheckedSettings, HookSettingsError> {
        let topics = self.sns_topics.iter().map(|topic| topic.parse::<TopicArn>()).collect::<Result<Vec<_>, _>>()?;
        let event_key = self.eventbridge_key.as_deref().map(EventKey::new).transpose()?;
        let (trust, fetch_certificate) = match (&self.sns_test_root, endpoint) {
            (None, _) => (Trust::public(), over_tls()),
            (Some(_), None) => return Err(HookSettingsError::TestRootAgainstAws),
            (Some(path), Some(endpoint)) => {
                let fetch = over_loopback(endpoint)?;
                let unreadable = |source| HookSettingsError::Unreadable { path: path.clone(), source };
                (Trust::only(&std::fs::read(path).map_err(unreadable)?)?, fetch)
            }
        };
        Ok(CheckedSettings { topics, event_key, trust, fetch_certificate })
    }
}

/// The endpoint that the SDK is told to use for SNS instead of AWS, when it is given as an address on
/// the network: `http://127.0.0.1:4566`.
#[must_use]
pub fn endpoint_of_environment(read: impl Fn(&str) -> Option<String>) -> Option<SocketAddr> {
    let is_ignored = read("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS").is_some_and(|text| text.eq_ignore_ascii_case("true"));
    let url = ["AWS_ENDPOINT_URL_SNS", "AWS_ENDPOINT_URL"].into_iter().find_map(read).filter(|_| !is_ignored)?;
    let host = url.trim().strip_prefix("http://")?.split('/').next()?.to_owned();
    host.replace("localhost", "127.0.0.1").parse().ok()
}
