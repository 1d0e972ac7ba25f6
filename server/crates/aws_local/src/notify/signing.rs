//! Envelopes of SNS, signed as version 2: SHA-256 with RSA over keys and values in the order of the
//! documentation. <https://docs.aws.amazon.com/sns/latest/dg/sns-verify-signature-of-message.html>

use super::topics::Subscription;
use crate::wire::iso8601;
use crate::world::World;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::rand::SystemRandom;
use ring::signature::{RSA_PKCS1_SHA256, RsaKeyPair};
use serde_json::{Map, Value};

/// Where the certificate is served; AWS has sixteen bytes in hex there.
const CERTIFICATE: &str = "/SimpleNotificationService-6c6f61646c656e736c6f63616c303031.pem";

/// Path of the signer's certificate.
pub(crate) fn certificate_path() -> &'static str {
    CERTIFICATE
}

/// The signer's certificate.
pub(crate) fn signer_pem() -> &'static str {
    include_str!("authority/signer.pem")
}

/// Fields of a notification in the order of the string to sign.
const NOTIFICATION: [&str; 6] = ["Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type"];
/// Fields of a confirmation in that order.
const CONFIRMATION: [&str; 7] = ["Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"];

pub(super) fn notification(
    world: &World,
    topic: &str,
    subscription: &Subscription,
    subject: &str,
    message: &str,
) -> String {
    let host = format!("https://sns.{}.amazonaws.com", world.region());
    let leave = format!("{host}/?Action=Unsubscribe&SubscriptionArn={}", subscription.arn);
    let mut envelope = begun(world, "Notification", topic, message);
    envelope.insert("Subject".to_owned(), subject.into());
    envelope.insert("UnsubscribeURL".to_owned(), leave.into());
    signed(world, envelope, &NOTIFICATION)
}

pub(super) fn confirmation(world: &World, topic: &str, subscription: &Subscription) -> String {
    let host = format!("https://sns.{}.amazonaws.com", world.region());
    let message = format!(
        "You have chosen to subscribe to the topic {topic}.\nTo confirm the subscription, visit the SubscribeURL included in this message."
    );
    let mut envelope = begun(world, "SubscriptionConfirmation", topic, &message);
    let token = &subscription.token;
    let url = format!("{host}/?Action=ConfirmSubscription&TopicArn={topic}&Token={token}");
    envelope.insert("Token".to_owned(), token.as_str().into());
    envelope.insert("SubscribeURL".to_owned(), url.into());
    signed(world, envelope, &CONFIRMATION)
}

fn begun(world: &World, kind: &str, topic: &str, message: &str) -> Map<String, Value> {
    let now_ms = world.clock().now_ms();
    let second = iso8601((now_ms / 1_000) as f64);
    let timestamp = format!("{}.{:03}Z", second.trim_end_matches('Z'), now_ms.rem_euclid(1_000));
    let fields = [
        ("Type", kind.to_owned()),
        ("MessageId", uuid::Uuid::new_v4().to_string()),
        ("TopicArn", topic.to_owned()),
        ("Message", message.to_owned()),
        ("Timestamp", timestamp),
        ("SignatureVersion", "2".to_owned()),
    ];
    fields.into_iter().map(|(name, value)| (name.to_owned(), Value::from(value))).collect()
}

fn signed(world: &World, mut envelope: Map<String, Value>, keys: &[&str]) -> String {
    let line = |key: &&str| envelope.get(*key).and_then(Value::as_str).map(|value| format!("{key}\n{value}\n"));
    let text: String = keys.iter().filter_map(line).collect();
    let signature = sign(text.as_bytes()).unwrap_or_default();
    envelope.insert("Signature".to_owned(), STANDARD.encode(signature).into());
    let url = format!("https://sns.{}.amazonaws.com{CERTIFICATE}", world.region());
    envelope.insert("SigningCertURL".to_owned(), url.into());
    Value::Object(envelope).to_string()
}

fn sign(text: &[u8]) -> Option<Vec<u8>> {
    let key = RsaKeyPair::from_pkcs8(include_bytes!("authority/signer.pk8")).ok()?;
    let mut signature = vec![0; key.public().modulus_len()];
    key.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), text, &mut signature).ok()?;
    Some(signature)
}
