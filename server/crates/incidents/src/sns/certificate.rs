//! Signing certificates: whom to trust, and what a certificate can prove.

use std::time::Duration;

use rustls_pki_types::pem::PemObject as _;
use rustls_pki_types::{
    AlgorithmIdentifier, CertificateDer, InvalidSignature, ServerName, SignatureVerificationAlgorithm, TrustAnchor,
    UnixTime, alg_id,
};
use units::Timestamp;
use webpki::{EndEntityCert, KeyUsage};
use x509_cert::der::Decode as _;

use super::envelope::Envelope;
use super::topic::CertificateUrl;
use super::{CertificateUrl as Url, Refused};

/// Most certificates of one file.
const MAX_CERTIFICATES: usize = 8;

/// Largest file of certificates.
const MAX_PEM_BYTES: usize = 64 * 1024;

/// Whose certificates are believed.
#[derive(Clone, Debug)]
pub struct Trust {
    roots: Vec<TrustAnchor<'static>>,
    /// Whether a certificate may come without the chain to its root.
    is_chain_required: bool,
}

/// Why a root of one's own is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadTrust {
    /// No certificate in it.
    #[error("the file holds no certificate that could be a root")]
    NoRoot,
}

impl Trust {
    /// The public roots. SNS serves its certificate without the chain, over a connection that the
    /// public roots have proven and from a host that only AWS has: then that connection is the
    /// proof, besides the certificate's names and dates. A chain that is served must be right.
    #[must_use]
    pub fn public() -> Self {
        Self { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec(), is_chain_required: false }
    }

    /// One root of one's own and nothing else, for an SNS that is not AWS's. Certificates must
    /// come with their chain.
    ///
    /// # Errors
    /// [`BadTrust`] when the PEM holds no certificate.
    pub fn only(root_pem: &[u8]) -> Result<Self, BadTrust> {
        let certificate = certificates(root_pem).into_iter().next().ok_or(BadTrust::NoRoot)?;
        let anchor = webpki::anchor_from_trusted_cert(&certificate).map_err(|_| BadTrust::NoRoot)?;
        Ok(Self { roots: vec![anchor.to_owned()], is_chain_required: true })
    }
}

/// A certificate that is trusted to sign messages of a region.
#[derive(Clone, Debug)]
pub struct SigningCertificate {
    leaf: CertificateDer<'static>,
    not_before_secs: i64,
    not_after_secs: i64,
}

impl SigningCertificate {
    /// Reads and examines what was fetched from `url`: names, dates, chain.
    ///
    /// # Errors
    /// [`Refused::CertificateNotTrusted`], saying why.
    pub fn read(pem: &[u8], url: &CertificateUrl, trust: &Trust, now: Timestamp) -> Result<Self, Refused> {
        let refuse = |why| Refused::CertificateNotTrusted(why);
        let mut chain = certificates(pem).into_iter();
        let leaf = chain.next().ok_or_else(|| refuse("it is not PEM"))?;
        let intermediates: Vec<_> = chain.collect();
        let (not_before_secs, not_after_secs) = validity(&leaf).ok_or_else(|| refuse("it is not X.509"))?;
        let certificate = Self { leaf, not_before_secs, not_after_secs };
        if !certificate.is_valid_at(now) {
            return Err(refuse("it has run out or is not valid yet"));
        }
        let entity = EndEntityCert::try_from(&certificate.leaf).map_err(|_| refuse("it is not X.509"))?;
        if !names_of(url).iter().any(|name| is_for(&entity, name)) {
            return Err(refuse("it is not for SNS"));
        }
        let is_leaf_enough = !trust.is_chain_required && intermediates.is_empty();
        let path = entity.verify_for_usage(
            webpki::ALL_VERIFICATION_ALGS,
            &trust.roots,
            &intermediates,
            UnixTime::since_unix_epoch(Duration::from_secs(u64::try_from(now.secs()).unwrap_or(0))),
            KeyUsage::server_auth(),
            None,
            None,
        );
        match path.map(|_| ()) {
            Ok(()) => {}
            Err(webpki::Error::UnknownIssuer) if is_leaf_enough => {}
            Err(_) => return Err(refuse("its chain does not lead to a trusted root")),
        }
        Ok(certificate)
    }

    /// Whether its dates include a moment.
    #[must_use]
    pub const fn is_valid_at(&self, at: Timestamp) -> bool {
        self.not_before_secs <= at.secs() && at.secs() <= self.not_after_secs
    }

    /// Whether it signed a message.
    ///
    /// # Errors
    /// [`Refused::BadSignature`].
    pub fn verify(&self, envelope: &Envelope) -> Result<(), Refused> {
        let entity = EndEntityCert::try_from(&self.leaf).map_err(|_| Refused::BadSignature)?;
        let algorithm: &dyn SignatureVerificationAlgorithm =
            if envelope.is_sha256 { webpki::ring::RSA_PKCS1_2048_8192_SHA256 } else { &Sha1WithRsa };
        entity
            .verify_signature(algorithm, envelope.signed.as_bytes(), &envelope.signature)
            .map_err(|_| Refused::BadSignature)
    }
}

/// Names under which SNS signs: of all regions, or of the one.
fn names_of(url: &Url) -> Vec<String> {
    let regional = url.host();
    let ending = if regional.ends_with(".cn") { "amazonaws.com.cn" } else { "amazonaws.com" };
    let signing = regional.replacen("sns.", "sns-signing.", 1);
    vec![format!("sns.{ending}"), format!("sns-signing.{ending}"), regional.to_owned(), signing]
}

fn is_for(entity: &EndEntityCert<'_>, name: &str) -> bool {
    ServerName::try_from(name).is_ok_and(|name| entity.verify_is_valid_for_subject_name(&name).is_ok())
}

fn certificates(pem: &[u8]) -> Vec<CertificateDer<'static>> {
    if pem.len() > MAX_PEM_BYTES {
        return Vec::new();
    }
    let found: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem).take(MAX_CERTIFICATES).collect();
    found.unwrap_or_default()
}

/// First and last second a certificate is valid.
fn validity(certificate: &CertificateDer<'_>) -> Option<(i64, i64)> {
    let parsed = x509_cert::Certificate::from_der(certificate).ok()?;
    let validity = parsed.tbs_certificate.validity;
    let secs = |time: x509_cert::time::Time| i64::try_from(time.to_unix_duration().as_secs()).ok();
    Some((secs(validity.not_before)?, secs(validity.not_after)?))
}

/// SHA-1 with RSA, which TLS gave up and signature version 1 still is.
#[derive(Debug)]
struct Sha1WithRsa;

impl SignatureVerificationAlgorithm for Sha1WithRsa {
    fn verify_signature(&self, public_key: &[u8], message: &[u8], signature: &[u8]) -> Result<(), InvalidSignature> {
        let algorithm = &ring::signature::RSA_PKCS1_2048_8192_SHA1_FOR_LEGACY_USE_ONLY;
        let key = ring::signature::UnparsedPublicKey::new(algorithm, public_key);
        key.verify(message, signature).map_err(|_| InvalidSignature)
    }

    fn public_key_alg_id(&self) -> AlgorithmIdentifier {
        alg_id::RSA_ENCRYPTION
    }

    /// Asked only about signatures inside certificates, where this algorithm is never offered.
    fn signature_alg_id(&self) -> AlgorithmIdentifier {
        alg_id::RSA_ENCRYPTION
    }
}
