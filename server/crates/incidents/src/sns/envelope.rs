//! The envelope of an SNS message: its fields, what is checked before any proof, and what is signed.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use units::Timestamp;

use super::topic::{CertificateUrl, TopicArn};
use super::{MAX_AGE_SECS, MAX_AHEAD_SECS, MAX_BODY_BYTES, Refused};

/// `Type`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MessageType {
    /// Something was published.
    Notification,
    /// Somebody subscribed us; it counts once we confirm.
    SubscriptionConfirmation,
    /// Somebody unsubscribed us.
    UnsubscribeConfirmation,
}

/// The headers of SNS, as far as they were sent.
#[derive(Clone, Copy, Debug, Default)]
pub struct Headers<'a> {
    /// `x-amz-sns-message-type`.
    pub message_type: Option<&'a str>,
    /// `x-amz-sns-message-id`.
    pub message_id: Option<&'a str>,
    /// `x-amz-sns-topic-arn`.
    pub topic_arn: Option<&'a str>,
    /// `x-amz-sns-rawdelivery`.
    pub raw_delivery: Option<&'a str>,
}

/// The fields as they came. A field given twice, or one that is no text, is refused.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Fields {
    r#type: String,
    message_id: String,
    topic_arn: String,
    subject: Option<String>,
    message: String,
    timestamp: String,
    signature_version: String,
    signature: String,
    #[serde(rename = "SigningCertURL")]
    signing_cert_url: String,
    token: Option<String>,
    #[serde(rename = "SubscribeURL")]
    subscribe_url: Option<String>,
}

/// A message whose form is right, of an allowed topic, fresh and not seen before. Nothing is proven.
#[derive(Debug)]
pub struct Envelope {
    pub(super) kind: MessageType,
    pub(super) message_id: String,
    pub(super) topic: TopicArn,
    pub(super) message: String,
    pub(super) token: Option<String>,
    pub(super) sent: Timestamp,
    pub(super) is_sha256: bool,
    pub(super) signature: Vec<u8>,
    pub(super) certificate_url: CertificateUrl,
    pub(super) signed: String,
}

impl Envelope {
    /// Reads a request. `is_seen` tells whether a `MessageId` was accepted before.
    ///
    /// # Errors
    /// [`Refused`], without anything having left this process.
    pub fn read(
        body: &[u8],
        headers: &Headers<'_>,
        topics: &[TopicArn],
        now: Timestamp,
        is_seen: impl Fn(&str) -> bool,
    ) -> Result<Self, Refused> {
        if body.len() > MAX_BODY_BYTES {
            return Err(Refused::TooLarge);
        }
        if headers.raw_delivery.is_some_and(|value| !value.eq_ignore_ascii_case("false")) {
            return Err(Refused::RawDelivery);
        }
        let fields: Fields = serde_json::from_slice(body).map_err(|_| Refused::NotAMessage)?;
        let topic = topics.iter().find(|topic| topic.as_str() == fields.topic_arn).ok_or(Refused::TopicNotAllowed)?;
        let kind = kind_of(&fields)?;
        agree_with_headers(&fields, headers)?;
        if !is_uuid(&fields.message_id) {
            return Err(Refused::BadField("MessageId"));
        }
        let sent = time_of(&fields.timestamp).ok_or(Refused::BadField("Timestamp"))?;
        if sent < now.plus_secs(-MAX_AGE_SECS) {
            return Err(Refused::TooOld);
        }
        if sent > now.plus_secs(MAX_AHEAD_SECS) {
            return Err(Refused::FromTheFuture);
        }
        if is_seen(&fields.message_id) {
            return Err(Refused::Replayed);
        }
        let is_sha256 = match fields.signature_version.as_str() {
            "1" => false,
            "2" => true,
            _ => return Err(Refused::BadField("SignatureVersion")),
        };
        let signature = STANDARD.decode(&fields.signature).map_err(|_| Refused::BadField("Signature"))?;
        if !SIGNATURE_BYTES.contains(&signature.len()) {
            return Err(Refused::BadField("Signature"));
        }
        let certificate_url = topic.certificate_url(&fields.signing_cert_url).ok_or(Refused::BadCertificateUrl)?;
        let signed = string_to_sign(kind, &fields);
        let topic = topic.clone();
        let Fields { message_id, message, token, .. } = fields;
        Ok(Self { kind, message_id, topic, message, token, sent, is_sha256, signature, certificate_url, signed })
    }

    /// The certificate that is said to have signed it.
    #[must_use]
    pub const fn certificate_url(&self) -> &CertificateUrl {
        &self.certificate_url
    }

    /// The string that is signed; see the [module](super).
    #[must_use]
    pub fn string_to_sign(&self) -> &str {
        &self.signed
    }
}

/// RSA signatures of keys of 2,048 to 8,192 bits.
const SIGNATURE_BYTES: std::ops::RangeInclusive<usize> = 256..=1024;

/// Tokens are hexadecimal texts of some 256 characters; twice and more of that is none.
const MAX_TOKEN_BYTES: usize = 1024;

/// `Subject` has less than 100 characters and no line breaks.
const MAX_SUBJECT_CHARS: usize = 100;

fn kind_of(fields: &Fields) -> Result<MessageType, Refused> {
    let is_line = |text: &String| !text.chars().any(char::is_control);
    if fields.subject.as_ref().is_some_and(|text| !is_line(text) || text.chars().count() > MAX_SUBJECT_CHARS) {
        return Err(Refused::BadField("Subject"));
    }
    let kind = match fields.r#type.as_str() {
        "Notification" => return Ok(MessageType::Notification),
        "SubscriptionConfirmation" => MessageType::SubscriptionConfirmation,
        "UnsubscribeConfirmation" => MessageType::UnsubscribeConfirmation,
        _ => return Err(Refused::BadField("Type")),
    };
    let is_token = |token: &String| {
        (1..=MAX_TOKEN_BYTES).contains(&token.len()) && token.bytes().all(|byte| byte.is_ascii_alphanumeric())
    };
    if !fields.token.as_ref().is_some_and(is_token) {
        return Err(Refused::BadField("Token"));
    }
    // Part of what is signed; never opened.
    if fields.subscribe_url.as_ref().is_some_and(is_line) { Ok(kind) } else { Err(Refused::BadField("SubscribeURL")) }
}

fn agree_with_headers(fields: &Fields, headers: &Headers<'_>) -> Result<(), Refused> {
    for (header, told, value) in [
        ("x-amz-sns-message-type", headers.message_type, &fields.r#type),
        ("x-amz-sns-message-id", headers.message_id, &fields.message_id),
        ("x-amz-sns-topic-arn", headers.topic_arn, &fields.topic_arn),
    ] {
        if told.is_some_and(|told| told != value) {
            return Err(Refused::HeaderContradicts(header));
        }
    }
    Ok(())
}

/// `165545c9-2a5c-472c-8df2-7ff2be2b3b1b`.
fn is_uuid(text: &str) -> bool {
    let groups: Vec<_> = text.split('-').map(str::len).collect();
    groups == [8, 4, 4, 4, 12] && text.bytes().all(|byte| byte == b'-' || byte.is_ascii_hexdigit())
}

/// `2012-05-02T00:54:06.655Z`, and nothing else that is a time.
fn time_of(text: &str) -> Option<Timestamp> {
    let shape: String = text.chars().map(|letter| if letter.is_ascii_digit() { '0' } else { letter }).collect();
    let is_right = matches!(shape.as_str(), "0000-00-00T00:00:00.000Z" | "0000-00-00T00:00:00Z");
    is_right.then(|| text.parse().ok()).flatten()
}

fn string_to_sign(kind: MessageType, fields: &Fields) -> String {
    let mut pairs = vec![("Message", fields.message.as_str()), ("MessageId", &fields.message_id)];
    if kind == MessageType::Notification {
        pairs.extend(fields.subject.as_deref().map(|subject| ("Subject", subject)));
    } else {
        pairs.push(("SubscribeURL", fields.subscribe_url.as_deref().unwrap_or_default()));
    }
    pairs.push(("Timestamp", &fields.timestamp));
    if kind != MessageType::Notification {
        pairs.push(("Token", fields.token.as_deref().unwrap_or_default()));
    }
    pairs.extend([("TopicArn", fields.topic_arn.as_str()), ("Type", &fields.r#type)]);
    pairs.iter().flat_map(|(key, value)| [*key, "\n", *value, "\n"]).collect()
}
