//! Messages that Amazon SNS posts to us, believed only when they are proven to be AWS's.
//!
//! A message is looked at in an order in which nothing costs before it is earned: size, JSON, type,
//! topic (allow-list), agreement with the headers, age, replay, form of signature and certificate
//! address; only then a certificate is fetched, from the host of the *allow-listed* topic's region
//! and never from an address of the message; then its chain, names and dates, then the signature.
//! `SubscribeURL` and `UnsubscribeURL` are never looked at.
//!
//! <https://docs.aws.amazon.com/sns/latest/dg/sns-verify-signature-of-message.html>
//!
//! The string that is signed is, for each key in this order, `key\nvalue\n`:
//!
//! | type | keys |
//! |---|---|
//! | `Notification` | `Message`, `MessageId`, `Subject` (if present), `Timestamp`, `TopicArn`, `Type` |
//! | `SubscriptionConfirmation`, `UnsubscribeConfirmation` | `Message`, `MessageId`, `SubscribeURL`, `Timestamp`, `Token`, `TopicArn`, `Type` |
//!
//! Only `Message` may hold line breaks, so no two messages have the same string.

mod certificate;
mod envelope;
mod receiver;
mod topic;

pub use certificate::{BadTrust, SigningCertificate, Trust};
pub use envelope::{Envelope, Headers, MessageType};
pub use receiver::{Accepted, Content, Receiver};
pub use topic::{CertificateUrl, NotATopicArn, TopicArn};

/// Largest body that is looked at: SNS messages have at most 256 KiB.
pub const MAX_BODY_BYTES: usize = 256 * 1024;

/// Oldest message that is accepted, in seconds. SNS retries for at most an hour by default.
pub const MAX_AGE_SECS: i64 = 3600;

/// How far the clock of SNS may be ahead of ours, in seconds.
pub const MAX_AHEAD_SECS: i64 = 300;

/// Why a message is refused. [`Refused::should_retry`] tells the only one worth a retry.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// More than [`MAX_BODY_BYTES`].
    #[error("the body is larger than {MAX_BODY_BYTES} bytes")]
    TooLarge,
    /// Raw delivery has no signature: switch it off for this subscription.
    #[error("raw message delivery carries no signature; switch it off for this subscription")]
    RawDelivery,
    /// Not the JSON of an SNS message.
    #[error("the body is not an SNS message")]
    NotAMessage,
    /// A field is missing or not of its form.
    #[error("the field '{0}' is missing or not as SNS writes it")]
    BadField(&'static str),
    /// Body and header name different things.
    #[error("the header '{0}' contradicts the body")]
    HeaderContradicts(&'static str),
    /// The topic is not on the allow-list.
    #[error("the topic is not on the allow-list")]
    TopicNotAllowed,
    /// Older than [`MAX_AGE_SECS`].
    #[error("the message is older than {MAX_AGE_SECS} seconds")]
    TooOld,
    /// From further ahead than [`MAX_AHEAD_SECS`].
    #[error("the message is from the future")]
    FromTheFuture,
    /// Received before.
    #[error("the message was received before")]
    Replayed,
    /// The address of the certificate is not that of the topic's region.
    #[error("the certificate's address is not one of SNS in the topic's region")]
    BadCertificateUrl,
    /// Too many unknown certificates were asked for lately.
    #[error("too many unknown signing certificates were asked for lately")]
    TooManyCertificates,
    /// The certificate could not be fetched.
    #[error("the signing certificate cannot be had: {0}")]
    CertificateUnavailable(String),
    /// The certificate is not one to trust.
    #[error("the signing certificate is not trusted: {0}")]
    CertificateNotTrusted(&'static str),
    /// The signature does not fit.
    #[error("the signature does not fit the message")]
    BadSignature,
}

impl Refused {
    /// Whether the same message may be accepted later.
    #[must_use]
    pub const fn should_retry(&self) -> bool {
        matches!(self, Self::CertificateUnavailable(_) | Self::TooManyCertificates)
    }
}
