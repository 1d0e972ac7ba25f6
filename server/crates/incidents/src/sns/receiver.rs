//! Receiving: everything together, with a memory of certificates.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use units::Timestamp;

use super::Refused;
use super::certificate::{SigningCertificate, Trust};
use super::envelope::{Envelope, Headers, MessageType};
use super::topic::{CertificateUrl, TopicArn};

/// Certificates kept; SNS has one a region and renews it yearly.
const MAX_CACHED: usize = 64;

/// Fetches of unknown certificates within [`FETCH_WINDOW_SECS`], so that forged messages, which may
/// name any certificate of the right host, cannot make us call AWS without end.
const MAX_FETCHES: usize = 12;

/// See [`MAX_FETCHES`].
const FETCH_WINDOW_SECS: i64 = 3600;

/// A certificate that was not to be trusted is not asked for again so soon.
const DISTRUST_KEPT_SECS: i64 = 600;

/// Nor is one that could not be had; SNS tries a message again after 20 seconds, three times.
const FAILURE_KEPT_SECS: i64 = 15;

/// Receives messages of some topics.
pub struct Receiver {
    topics: Vec<TopicArn>,
    trust: Trust,
    memory: Mutex<Memory>,
}

#[derive(Default)]
struct Memory {
    certificates: HashMap<CertificateUrl, SigningCertificate>,
    fetched: Vec<Timestamp>,
    /// Not asked for again until then, for this reason.
    failed: HashMap<CertificateUrl, (Timestamp, Refused)>,
}

/// A message that is proven to come from an allowed topic.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Accepted {
    /// `MessageId`: to be remembered for [`super::MAX_AGE_SECS`] at least.
    pub message_id: String,
    /// Topic.
    pub topic: TopicArn,
    /// When SNS sent it.
    pub sent: Timestamp,
    /// What it is.
    pub content: Content,
}

/// What an accepted message is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Content {
    /// A published message; read it with [`crate::read_notification`].
    Notification(String),
    /// A subscription to confirm through the SDK (`ConfirmSubscription`), with this token.
    Confirm {
        /// `Token`.
        token: String,
    },
    /// The subscription ended.
    Unsubscribed,
}

impl Receiver {
    /// Receives messages of these topics only.
    #[must_use]
    pub fn new(topics: Vec<TopicArn>, trust: Trust) -> Self {
        Self { topics, trust, memory: Mutex::new(Memory::default()) }
    }

    /// Whether messages of any topic are received.
    #[must_use]
    pub const fn has_topics(&self) -> bool {
        !self.topics.is_empty()
    }

    /// Examines a request. `is_seen` tells whether a `MessageId` was accepted before; `fetch` gets
    /// the PEM at an address, without following redirects.
    ///
    /// # Errors
    /// [`Refused`]. `fetch` was called only if everything but the signature was right and the
    /// certificate was not known.
    pub async fn receive<F, E>(
        &self,
        body: &[u8],
        headers: &Headers<'_>,
        now: Timestamp,
        is_seen: impl Fn(&str) -> bool,
        fetch: impl FnOnce(CertificateUrl) -> F,
    ) -> Result<Accepted, Refused>
    where
        F: Future<Output = Result<Vec<u8>, E>>,
        E: ToString,
    {
        let envelope = Envelope::read(body, headers, &self.topics, now, is_seen)?;
        let certificate = match self.known(&envelope.certificate_url, now)? {
            Some(certificate) => certificate,
            None => self.fetched(&envelope.certificate_url, now, fetch).await?,
        };
        certificate.verify(&envelope)?;
        let Envelope { kind, message_id, topic, message, token, sent, .. } = envelope;
        let content = match kind {
            MessageType::Notification => Content::Notification(message),
            MessageType::SubscriptionConfirmation => Content::Confirm { token: token.unwrap_or_default() },
            MessageType::UnsubscribeConfirmation => Content::Unsubscribed,
        };
        Ok(Accepted { message_id, topic, sent, content })
    }

    /// A certificate that is known and still valid; `None` when one may be fetched.
    fn known(&self, url: &CertificateUrl, now: Timestamp) -> Result<Option<SigningCertificate>, Refused> {
        let mut memory = self.memory.lock().unwrap_or_else(PoisonError::into_inner);
        memory.failed.retain(|_, (until, _)| *until > now);
        memory.fetched.retain(|at| at.plus_secs(FETCH_WINDOW_SECS) > now);
        if let Some(certificate) = memory.certificates.get(url).filter(|certificate| certificate.is_valid_at(now)) {
            return Ok(Some(certificate.clone()));
        }
        if let Some((_, refused)) = memory.failed.get(url) {
            return Err(refused.clone());
        }
        if memory.fetched.len() >= MAX_FETCHES {
            return Err(Refused::TooManyCertificates);
        }
        memory.fetched.push(now);
        Ok(None)
    }

    async fn fetched<F, E>(
        &self,
        url: &CertificateUrl,
        now: Timestamp,
        fetch: impl FnOnce(CertificateUrl) -> F,
    ) -> Result<SigningCertificate, Refused>
    where
        F: Future<Output = Result<Vec<u8>, E>>,
        E: ToString,
    {
        let pem = fetch(url.clone()).await.map_err(|error| Refused::CertificateUnavailable(error.to_string()));
        let certificate = pem.and_then(|pem| SigningCertificate::read(&pem, url, &self.trust, now));
        let mut memory = self.memory.lock().unwrap_or_else(PoisonError::into_inner);
        match &certificate {
            Ok(certificate) if memory.certificates.len() < MAX_CACHED => {
                memory.certificates.insert(url.clone(), certificate.clone());
            }
            Ok(_) => {}
            Err(refused) => {
                let kept_secs = if refused.should_retry() { FAILURE_KEPT_SECS } else { DISTRUST_KEPT_SECS };
                memory.failed.insert(url.clone(), (now.plus_secs(kept_secs), refused.clone()));
            }
        }
        certificate
    }
}
