//! Messages that are AWS's are accepted, all others refused, and nothing is fetched for those.
#![allow(clippy::unwrap_used)]

use std::cell::RefCell;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use futures::executor::block_on;
use incidents::sns::{Accepted, Content, Headers, Receiver, Refused, TopicArn, Trust};
use ring::rand::SystemRandom;
use ring::signature::{RSA_PKCS1_SHA256, RsaKeyPair};
use serde_json::{Map, Value, json};
use units::Timestamp;

const TOPIC: &str = "arn:aws:sns:us-east-1:111122223333:ops";
const OTHER_ALLOWED: &str = "arn:aws:sns:us-east-1:111122223333:spare";
const IRISH: &str = "arn:aws:sns:eu-west-1:111122223333:ops";
const URL: &str = "https://sns.us-east-1.amazonaws.com/SimpleNotificationService-0123456789abcdef0123456789abcdef.pem";
const SENT: &str = "2027-01-01T12:00:00.000Z";
const ID: &str = "165545c9-2a5c-472c-8df2-7ff2be2b3b1b";

/// Ten seconds after [`SENT`].
fn now() -> Timestamp {
    "2027-01-01T12:00:10Z".parse().unwrap()
}

fn file(name: &str) -> Vec<u8> {
    std::fs::read(format!("{}/tests/certificates/{name}", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

fn sign(key: &str, text: &str) -> String {
    let key = RsaKeyPair::from_pkcs8(&file(key)).unwrap();
    let mut signature = vec![0; key.public().modulus_len()];
    key.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), text.as_bytes(), &mut signature).unwrap();
    STANDARD.encode(signature)
}

/// The string to sign, written down once more and independently: sorted keys of the type.
fn signed_text(message: &Map<String, Value>) -> String {
    let keys: &[&str] = if message["Type"] == "Notification" {
        &["Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type"]
    } else {
        &["Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"]
    };
    keys.iter().filter_map(|key| Some(format!("{key}\n{}\n", message.get(*key)?.as_str()?))).collect()
}

fn signed(mut message: Value, key: &str) -> Value {
    let text = signed_text(message.as_object().unwrap());
    message["Signature"] = sign(key, &text).into();
    message
}

fn notification() -> Value {
    let message = json!({
        "Type": "Notification", "MessageId": ID, "TopicArn": TOPIC, "Subject": "ALARM: \"a\"", "Message": "{\"a\":1}\nline",
        "Timestamp": SENT, "SignatureVersion": "2", "SigningCertURL": URL,
        "UnsubscribeURL": "http://127.0.0.1:1/unsubscribe"
    });
    signed(message, "sns.pk8")
}

fn confirmation() -> Value {
    let message = json!({
        "Type": "SubscriptionConfirmation", "MessageId": ID, "TopicArn": TOPIC, "Message": "You have chosen …",
        "Timestamp": SENT, "SignatureVersion": "2", "SigningCertURL": URL, "Token": "2336412f37fb687f5d51e6e241d",
        "SubscribeURL": "http://127.0.0.1:1/?Action=ConfirmSubscription"
    });
    signed(message, "sns.pk8")
}

fn topics() -> Vec<TopicArn> {
    [TOPIC, OTHER_ALLOWED, IRISH].iter().map(|topic| topic.parse().unwrap()).collect()
}

/// A receiver and the addresses it asked for.
struct Bench {
    receiver: Receiver,
    fetched: RefCell<Vec<String>>,
    served: &'static str,
}

impl Bench {
    fn serving(served: &'static str) -> Self {
        let trust = Trust::only(&file("root.pem")).unwrap();
        Self { receiver: Receiver::new(topics(), trust), fetched: RefCell::default(), served }
    }

    /// With the certificate known from an earlier message, as in ordinary running.
    fn primed() -> Self {
        let bench = Self::serving("sns.pem");
        bench.receive(&notification().to_string().into_bytes(), &Headers::default(), "").unwrap();
        bench.fetched.borrow_mut().clear();
        bench
    }

    fn receive(&self, body: &[u8], headers: &Headers<'_>, seen: &str) -> Result<Accepted, Refused> {
        self.receive_at(body, headers, seen, now())
    }

    fn receive_at(&self, body: &[u8], headers: &Headers<'_>, seen: &str, now: Timestamp) -> Result<Accepted, Refused> {
        let fetch = async |url: incidents::sns::CertificateUrl| {
            self.fetched.borrow_mut().push(url.to_string());
            if self.served.is_empty() { Err("refused") } else { Ok(file(self.served)) }
        };
        block_on(self.receiver.receive(body, headers, now, |id| id == seen, fetch))
    }

    fn accept(&self, message: &Value) -> Result<Accepted, Refused> {
        self.receive(message.to_string().as_bytes(), &Headers::default(), "")
    }
}

fn with(mut message: Value, field: &str, value: Value) -> Value {
    if value.is_null() {
        message.as_object_mut().unwrap().remove(field);
    } else {
        message[field] = value;
    }
    message
}

#[test]
fn real_messages_are_accepted() {
    let bench = Bench::serving("sns.pem");
    let accepted = bench.accept(&notification()).unwrap();
    assert_eq!(accepted.content, Content::Notification("{\"a\":1}\nline".to_owned()));
    assert_eq!((accepted.message_id.as_str(), accepted.topic.as_str()), (ID, TOPIC));
    let accepted = bench.accept(&confirmation()).unwrap();
    assert_eq!(accepted.content, Content::Confirm { token: "2336412f37fb687f5d51e6e241d".to_owned() });
    let ended = signed(with(confirmation(), "Type", "UnsubscribeConfirmation".into()), "sns.pk8");
    assert_eq!(bench.accept(&ended).unwrap().content, Content::Unsubscribed);
    let no_subject = signed(with(notification(), "Subject", Value::Null), "sns.pk8");
    assert!(bench.accept(&no_subject).is_ok());
    let headers = Headers {
        message_type: Some("Notification"),
        message_id: Some(ID),
        topic_arn: Some(TOPIC),
        raw_delivery: None,
    };
    assert!(bench.receive(notification().to_string().as_bytes(), &headers, "").is_ok());
    assert_eq!(*bench.fetched.borrow(), [URL], "one fetch for all");
}

#[test]
fn signature_version_1_is_accepted() {
    let signature = String::from_utf8(file("sha1.signature")).unwrap();
    let message = json!({
        "Type": "Notification", "MessageId": ID, "TopicArn": TOPIC, "Message": "hello", "Timestamp": SENT,
        "SignatureVersion": "1", "Signature": signature, "SigningCertURL": URL
    });
    let bench = Bench::serving("sns.pem");
    assert!(bench.accept(&message).is_ok());
    assert_eq!(bench.accept(&with(message.clone(), "SignatureVersion", "2".into())), Err(Refused::BadSignature));
    assert_eq!(bench.accept(&with(message, "Message", "hullo".into())), Err(Refused::BadSignature));
}

#[test]
fn a_chain_through_an_intermediate_is_followed() {
    let url = "https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-0123456789abcdef.pem";
    let message = with(with(notification(), "TopicArn", IRISH.into()), "SigningCertURL", url.into());
    let bench = Bench::serving("chained.pem");
    assert!(bench.accept(&signed(message, "chained.pk8")).is_ok());
    assert_eq!(*bench.fetched.borrow(), [url]);
}

#[test]
fn forged_certificate_addresses_are_never_opened() {
    let file = "SimpleNotificationService-0123456789abcdef0123456789abcdef.pem";
    let addresses = [
        format!("http://sns.us-east-1.amazonaws.com/{file}"),
        format!("ftp://sns.us-east-1.amazonaws.com/{file}"),
        format!("//sns.us-east-1.amazonaws.com/{file}"),
        format!("HTTPS://sns.us-east-1.amazonaws.com/{file}"),
        format!("https:/sns.us-east-1.amazonaws.com/{file}"),
        format!("https:\\\\sns.us-east-1.amazonaws.com/{file}"),
        format!("https://sns.us-east-1.amazonaws.com@evil.example/{file}"),
        format!("https://user:pass@sns.us-east-1.amazonaws.com/{file}"),
        format!("https://evil.example\\@sns.us-east-1.amazonaws.com/{file}"),
        format!("https://evil.example#@sns.us-east-1.amazonaws.com/{file}"),
        format!("https://evil.example/?sns.us-east-1.amazonaws.com/{file}"),
        format!("https://evil.example/https://sns.us-east-1.amazonaws.com/{file}"),
        format!("https://sns.us-east-1.amazonaws.com:443/{file}"),
        format!("https://sns.us-east-1.amazonaws.com:8443/{file}"),
        format!("https://sns.us-east-1.amazonaws.com./{file}"),
        format!("https://sns.us-east-1.amazonaws.com.evil.example/{file}"),
        format!("https://sns.us-east-1.amazonaws.com.cn/{file}"),
        format!("https://sns.us-west-2.amazonaws.com/{file}"),
        format!("https://sns.amazonaws.com/{file}"),
        format!("https://sns-us-east-1.amazonaws.com/{file}"),
        format!("https://evilsns.us-east-1.amazonaws.com/{file}"),
        format!("https://evil.sns.us-east-1.amazonaws.com/{file}"),
        format!("https://sns.s3.amazonaws.com/{file}"),
        format!("https://sns.s3-us-west-2.amazonaws.com/{file}"),
        format!("https://sns.s3.us-east-1.amazonaws.com/{file}"),
        format!("https://s3.amazonaws.com/sns.us-east-1.amazonaws.com/{file}"),
        format!("https://s3.us-east-1.amazonaws.com/sns/{file}"),
        format!("https://sns.us-east-1.elasticbeanstalk.com/{file}"),
        format!("https://sns.us-east-1.on.aws/{file}"),
        format!("https://sns.us-east-1.amazonaws.com\u{3002}evil.example/{file}"),
        format!("https://sns\u{ff0e}us-east-1\u{ff0e}amazonaws\u{ff0e}com/{file}"),
        format!("https://xn--sns-us-east-1-amazonaws.com/{file}"),
        format!("https://SNS.US-EAST-1.AMAZONAWS.COM/{file}"),
        format!("https://127.0.0.1/{file}"),
        format!("https://169.254.169.254/{file}"),
        format!("https://[::1]/{file}"),
        format!("https://0x7f000001/{file}"),
        format!("https://localhost/{file}"),
        format!("https://sns.us-east-1.amazonaws.com/../{file}"),
        format!("https://sns.us-east-1.amazonaws.com//{file}"),
        format!("https://sns.us-east-1.amazonaws.com/evil/{file}"),
        format!("https://sns.us-east-1.amazonaws.com/%2e%2e/{file}"),
        format!("https://sns.us-east-1.amazonaws.com%2f{file}"),
        format!("https://sns.us-east-1.amazonaws.com/{file}?x=1"),
        format!("https://sns.us-east-1.amazonaws.com/{file}#x"),
        format!("https://sns.us-east-1.amazonaws.com/?Action=Redirect&To=https://evil.example/{file}"),
        format!("https://sns.us-east-1.amazonaws.com/{file}.evil"),
        format!("https://sns.us-east-1.amazonaws.com/x{file}"),
        format!("https://sns.us-east-1.amazonaws.com/{file}/"),
        format!(" https://sns.us-east-1.amazonaws.com/{file}"),
        format!("https://sns.us-east-1.amazonaws.com/{file} "),
        format!("https://sns.us-east-1.amazonaws.com/{file}\n"),
        format!("https://sns.us-east-1.amazonaws.com\t/{file}"),
        format!("https://sns.us-east-1.amazonaws.com\0/{file}"),
        "https://sns.us-east-1.amazonaws.com/SimpleNotificationService-.pem".to_owned(),
        "https://sns.us-east-1.amazonaws.com/SimpleNotificationService-xyzxyzxyz.pem".to_owned(),
        "https://sns.us-east-1.amazonaws.com/SimpleNotificationService-0123456789abcdef".to_owned(),
        format!("https://sns.us-east-1.amazonaws.com/SimpleNotificationService-{}.pem", "a".repeat(65)),
        "file:///etc/passwd".to_owned(),
        "data:application/x-pem-file;base64,AAAA".to_owned(),
        String::new(),
    ];
    let bench = Bench::primed();
    for address in &addresses {
        let message = with(notification(), "SigningCertURL", address.as_str().into());
        assert_eq!(bench.accept(&message), Err(Refused::BadCertificateUrl), "{address}");
    }
    assert!(addresses.len() >= 60);
    assert!(bench.fetched.borrow().is_empty(), "{:?}", bench.fetched.borrow());
}

#[test]
fn tampered_messages_are_refused_without_a_fetch() {
    use Refused::{BadField, BadSignature, NotAMessage, TopicNotAllowed};
    let flipped = || {
        let mut bytes = STANDARD.decode(notification()["Signature"].as_str().unwrap()).unwrap();
        bytes[100] ^= 1;
        STANDARD.encode(bytes)
    };
    let cases: Vec<(Value, Refused)> = vec![
        (with(notification(), "Message", "{\"a\":2}\nline".into()), BadSignature),
        (with(notification(), "Message", "".into()), BadSignature),
        (with(notification(), "MessageId", "265545c9-2a5c-472c-8df2-7ff2be2b3b1b".into()), BadSignature),
        (with(notification(), "Subject", "OK: \"a\"".into()), BadSignature),
        (with(notification(), "Subject", Value::Null), BadSignature),
        (with(notification(), "Timestamp", "2027-01-01T12:00:01.000Z".into()), BadSignature),
        (with(notification(), "TopicArn", OTHER_ALLOWED.into()), BadSignature),
        (with(notification(), "SignatureVersion", "1".into()), BadSignature),
        (with(notification(), "Signature", flipped().into()), BadSignature),
        (with(notification(), "Signature", STANDARD.encode([0; 256]).into()), BadSignature),
        (with(notification(), "Signature", sign("chained.pk8", "x").into()), BadSignature),
        (signed(notification(), "chained.pk8"), BadSignature),
        (with(confirmation(), "Token", "2336412f37fb687f5d51e6e241e".into()), BadSignature),
        (with(confirmation(), "SubscribeURL", "https://evil.example/".into()), BadSignature),
        (with(confirmation(), "Message", "x".into()), BadSignature),
        (with(confirmation(), "Type", "UnsubscribeConfirmation".into()), BadSignature),
        (with(confirmation(), "Type", "Notification".into()), BadSignature),
        (with(notification(), "Type", "SubscriptionConfirmation".into()), BadField("Token")),
        (with(notification(), "Type", "notification".into()), BadField("Type")),
        (with(notification(), "Type", "".into()), BadField("Type")),
        (with(notification(), "Type", Value::Null), NotAMessage),
        (with(confirmation(), "Token", "a b".into()), BadField("Token")),
        (with(confirmation(), "Token", Value::Null), BadField("Token")),
        (with(confirmation(), "Token", "a".repeat(2000).into()), BadField("Token")),
        (with(confirmation(), "SubscribeURL", Value::Null), BadField("SubscribeURL")),
        (with(notification(), "Subject", "a\nTimestamp\nb".into()), BadField("Subject")),
        (with(notification(), "Subject", "a".repeat(101).into()), BadField("Subject")),
        (with(notification(), "MessageId", "1\nSubject\nx".into()), BadField("MessageId")),
        (with(notification(), "MessageId", "".into()), BadField("MessageId")),
        (with(notification(), "SignatureVersion", "3".into()), BadField("SignatureVersion")),
        (with(notification(), "SignatureVersion", "".into()), BadField("SignatureVersion")),
        (with(notification(), "SignatureVersion", 2.into()), NotAMessage),
        (with(notification(), "SignatureVersion", Value::Null), NotAMessage),
        (with(notification(), "Signature", "".into()), BadField("Signature")),
        (with(notification(), "Signature", "not base64!".into()), BadField("Signature")),
        (with(notification(), "Signature", STANDARD.encode([1; 64]).into()), BadField("Signature")),
        (with(notification(), "Signature", STANDARD.encode([1; 2000]).into()), BadField("Signature")),
        (with(notification(), "Signature", Value::Null), NotAMessage),
        (with(notification(), "SigningCertURL", Value::Null), NotAMessage),
        (with(notification(), "TopicArn", "arn:aws:sns:us-east-1:999999999999:ops".into()), TopicNotAllowed),
        (with(notification(), "TopicArn", "arn:aws:sns:us-east-1:111122223333:opss".into()), TopicNotAllowed),
        (with(notification(), "TopicArn", "arn:aws:sns:us-east-1:111122223333:OPS".into()), TopicNotAllowed),
        (with(notification(), "TopicArn", format!("{TOPIC} ").into()), TopicNotAllowed),
        (with(notification(), "TopicArn", "arn:aws:sns:us-west-2:111122223333:ops".into()), TopicNotAllowed),
        (with(notification(), "TopicArn", "".into()), TopicNotAllowed),
        (with(notification(), "TopicArn", json!([TOPIC])), NotAMessage),
        (with(notification(), "Timestamp", "2027-01-01T12:00:00.000+00:00".into()), BadField("Timestamp")),
        (with(notification(), "Timestamp", "1798804800".into()), BadField("Timestamp")),
        (with(notification(), "Timestamp", "2027-13-01T12:00:00.000Z".into()), BadField("Timestamp")),
        (with(notification(), "Timestamp", "".into()), BadField("Timestamp")),
        (with(notification(), "Timestamp", "2027-01-01T11:00:09.000Z".into()), Refused::TooOld),
        (with(notification(), "Timestamp", "2020-01-01T12:00:00.000Z".into()), Refused::TooOld),
        (with(notification(), "Timestamp", "2027-01-01T12:05:11.000Z".into()), Refused::FromTheFuture),
        (json!([notification()]), NotAMessage),
        (json!("Notification"), NotAMessage),
        (json!({}), NotAMessage),
        (json!(null), NotAMessage),
    ];
    let bench = Bench::primed();
    for (message, expected) in &cases {
        assert_eq!(bench.accept(message).as_ref(), Err(expected), "{message}");
    }
    assert!(bench.fetched.borrow().is_empty(), "{:?}", bench.fetched.borrow());
}

#[test]
fn requests_around_a_good_message_are_refused_without_a_fetch() {
    let bench = Bench::serving("sns.pem");
    let good = notification().to_string();
    let none = Headers::default;
    for (headers, expected) in [
        (Headers { raw_delivery: Some("true"), ..none() }, Refused::RawDelivery),
        (
            Headers { message_type: Some("SubscriptionConfirmation"), ..none() },
            Refused::HeaderContradicts("x-amz-sns-message-type"),
        ),
        (Headers { topic_arn: Some(OTHER_ALLOWED), ..none() }, Refused::HeaderContradicts("x-amz-sns-topic-arn")),
        (Headers { message_id: Some("x"), ..none() }, Refused::HeaderContradicts("x-amz-sns-message-id")),
    ] {
        assert_eq!(bench.receive(good.as_bytes(), &headers, ""), Err(expected));
    }
    assert_eq!(bench.receive(good.as_bytes(), &none(), ID), Err(Refused::Replayed));
    let twice = good.replacen('{', &format!("{{\"TopicArn\":\"{TOPIC}\","), 1);
    assert_eq!(bench.receive(twice.as_bytes(), &none(), ""), Err(Refused::NotAMessage));
    assert_eq!(bench.receive(&good.as_bytes()[..good.len() - 1], &none(), ""), Err(Refused::NotAMessage));
    assert_eq!(bench.receive(b"", &none(), ""), Err(Refused::NotAMessage));
    assert_eq!(bench.receive(b"\xff\xfe{}", &none(), ""), Err(Refused::NotAMessage));
    let padded = format!("{good}{}", " ".repeat(256 * 1024));
    assert_eq!(bench.receive(padded.as_bytes(), &none(), ""), Err(Refused::TooLarge));
    assert!(bench.fetched.borrow().is_empty());
}

#[test]
fn certificates_that_prove_nothing_are_refused() {
    for (served, key, expected) in [
        ("stranger_leaf.pem", "sns.pk8", "its chain does not lead to a trusted root"),
        ("stranger.pem", "sns.pk8", "it is not for SNS"),
        ("wrong_name.pem", "sns.pk8", "it is not for SNS"),
        ("expired.pem", "sns.pk8", "it has run out or is not valid yet"),
        ("README.md", "sns.pk8", "it is not PEM"),
        ("sns.pk8", "sns.pk8", "it is not PEM"),
    ] {
        let bench = Bench::serving(served);
        let refused = bench.accept(&signed(notification(), key));
        assert_eq!(refused, Err(Refused::CertificateNotTrusted(expected)), "{served}");
        assert_eq!(*bench.fetched.borrow(), [URL]);
    }
    assert_eq!(Bench::serving("other_key.pem").accept(&notification()), Err(Refused::BadSignature));
    // A key that is too short for its signatures to count.
    let short = Bench::serving("short.pem").accept(&notification());
    assert_eq!(short, Err(Refused::BadSignature));
}

#[test]
fn the_public_roots_accept_a_bare_leaf_and_no_wrong_chain() {
    let receive = |served: &'static str| {
        let receiver = Receiver::new(topics(), Trust::public());
        Bench { receiver, fetched: RefCell::default(), served }.accept(&notification())
    };
    assert!(receive("sns.pem").is_ok());
    assert_eq!(receive("wrong_name.pem"), Err(Refused::CertificateNotTrusted("it is not for SNS")));
    assert!(matches!(receive("chained.pem"), Err(Refused::CertificateNotTrusted(_))));
}

#[test]
fn certificates_that_cannot_be_had_are_not_asked_for_again_and_again() {
    let bench = Bench::serving("");
    let good = notification().to_string();
    for _ in 0..20 {
        let refused = bench.accept(&notification()).unwrap_err();
        assert!(refused.should_retry(), "{refused}");
    }
    assert_eq!(bench.fetched.borrow().len(), 1);
    let later = now().plus_secs(16);
    assert!(bench.receive_at(good.as_bytes(), &Headers::default(), "", later).is_err());
    assert_eq!(bench.fetched.borrow().len(), 2);
    // Each forged message may name another file of the right host.
    for number in 0..100 {
        let url = format!("https://sns.us-east-1.amazonaws.com/SimpleNotificationService-{number:032x}.pem");
        assert!(bench.accept(&with(notification(), "SigningCertURL", url.into())).is_err());
    }
    assert_eq!(bench.fetched.borrow().len(), 12);
}

#[test]
fn no_topic_means_no_message() {
    let receiver = Receiver::new(Vec::new(), Trust::public());
    assert!(!receiver.has_topics());
    let bench = Bench { receiver, fetched: RefCell::default(), served: "sns.pem" };
    assert_eq!(bench.accept(&notification()), Err(Refused::TopicNotAllowed));
    assert!(bench.fetched.borrow().is_empty());
}
