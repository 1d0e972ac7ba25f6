//! Opening a connection, with TLS as the URL's `sslmode` asks.
//!
//! `disable` never encrypts; `allow` and `prefer` encrypt if the server can; `require` insists but,
//! as in libpq, does not check who the server is; `verify-ca` and `verify-full` check certificate
//! and host name (`verify-ca` is as strict as `verify-full` here) against `sslrootcert`, or else the
//! system's and Mozilla's authorities.

use super::{MARK, QUERY_TIMEOUT, said};
use crate::SamplerError;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, ring, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme};
use std::sync::Arc;
use std::time::Duration;
use tokio::task::JoinHandle;
use tokio_postgres::config::SslMode;
use tokio_postgres::{Client, Config, NoTls};
use tokio_postgres_rustls::MakeRustlsConnect;

const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
const APPLICATION_NAME: &str = "loadlens sampler";

/// The task that moves bytes; stopping it closes the connection.
pub(super) struct Driver(JoinHandle<()>);

impl Drop for Driver {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// Connects and makes the session harmless: read-only, short timeouts, no parallel plans.
pub(super) async fn connect(url: &str) -> Result<(Client, Driver), SamplerError> {
    let (url, tls) = split_tls(url);
    let mut config: Config = url.parse().map_err(|error| connect_error(&error))?;
    config.connect_timeout(CONNECT_TIMEOUT);
    config.application_name(APPLICATION_NAME);
    config.ssl_mode(tls.mode);
    let (client, driver) = if tls.mode == SslMode::Disable {
        let (client, connection) = config.connect(NoTls).await.map_err(|error| connect_error(&error))?;
        (client, tokio::spawn(drive(connection)))
    } else {
        let connector = MakeRustlsConnect::new(tls.client_config()?);
        let (client, connection) = config.connect(connector).await.map_err(|error| connect_error(&error))?;
        (client, tokio::spawn(drive(connection)))
    };
    let driver = Driver(driver);
    let calm = format!(
        "SELECT {MARK} set_config('statement_timeout', '{}', false), \
         set_config('lock_timeout', '1000', false), \
         set_config('default_transaction_read_only', 'on', false), \
         set_config('max_parallel_workers_per_gather', '0', false), \
         set_config('jit', 'off', false), \
         set_config('plan_cache_mode', 'force_generic_plan', false)",
        QUERY_TIMEOUT.as_millis()
    );
    client.simple_query(&calm).await.map_err(|error| connect_error(&error))?;
    Ok((client, driver))
}

async fn drive(connection: impl Future<Output = Result<(), tokio_postgres::Error>>) {
    if let Err(error) = connection.await {
        tracing::debug!(error = %said(&error), "sampler connection ended");
    }
}

fn connect_error(error: &tokio_postgres::Error) -> SamplerError {
    // SQLSTATE class 28: invalid authorization; 3D: no such database.
    match error.code() {
        Some(code) if code.code().starts_with("28") || code.code().starts_with("3D") => {
            SamplerError::Login(said(error))
        }
        _ => SamplerError::Connect(said(error)),
    }
}

/// What the URL says about TLS.
#[derive(Debug, PartialEq, Eq)]
struct Tls {
    mode: SslMode,
    is_verified: bool,
    root_file: Option<String>,
}

/// Takes `sslmode` and `sslrootcert` out of the URL: the driver knows only some of their values.
fn split_tls(url: &str) -> (String, Tls) {
    let mut tls = Tls { mode: SslMode::Prefer, is_verified: false, root_file: None };
    let Some((base, query)) = url.split_once('?') else { return (url.to_owned(), tls) };
    let mut kept = Vec::new();
    for pair in query.split('&') {
        match pair.split_once('=') {
            Some(("sslmode", mode)) => {
                tls.is_verified = mode.starts_with("verify");
                tls.mode = match mode {
                    "disable" => SslMode::Disable,
                    "allow" | "prefer" => SslMode::Prefer,
                    _ => SslMode::Require,
                };
            }
            Some(("sslrootcert", file)) => tls.root_file = Some(file.replace("%2F", "/")),
            _ => kept.push(pair),
        }
    }
    let url = if kept.is_empty() { base.to_owned() } else { format!("{base}?{}", kept.join("&")) };
    (url, tls)
}

impl Tls {
    fn client_config(&self) -> Result<ClientConfig, SamplerError> {
        let provider = Arc::new(ring::default_provider());
        let builder = ClientConfig::builder_with_provider(provider.clone())
            .with_safe_default_protocol_versions()
            .map_err(|error| SamplerError::Tls(error.to_string()))?;
        if self.is_verified {
            return Ok(builder.with_root_certificates(self.roots()?).with_no_client_auth());
        }
        let verifier = Arc::new(AnyServer(provider));
        Ok(builder.dangerous().with_custom_certificate_verifier(verifier).with_no_client_auth())
    }

    fn roots(&self) -> Result<RootCertStore, SamplerError> {
        let mut roots = RootCertStore::empty();
        match &self.root_file {
            Some(file) => {
                let unreadable = |error| SamplerError::Tls(format!("sslrootcert {file}: {error}"));
                for certificate in CertificateDer::pem_file_iter(file).map_err(unreadable)? {
                    let certificate = certificate.map_err(unreadable)?;
                    roots.add(certificate).map_err(|error| SamplerError::Tls(error.to_string()))?;
                }
            }
            None => {
                let _ignored = roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
                roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
            }
        }
        Ok(roots)
    }
}

/// Encrypts without asking who answers, as `sslmode=prefer` and `require` do everywhere.
#[derive(Debug)]
struct AnyServer(Arc<CryptoProvider>);

impl ServerCertVerifier for AnyServer {
    fn verify_server_cert(
        &self,
        _end_entity: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls12_signature(message, cert, dss, &self.0.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls13_signature(message, cert, dss, &self.0.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tls_words_leave_the_url() {
        let (url, tls) = split_tls("postgres://u@h/d?sslmode=verify-full&connect_timeout=3&sslrootcert=%2Fca.pem");
        assert_eq!(url, "postgres://u@h/d?connect_timeout=3");
        assert_eq!(tls, Tls { mode: SslMode::Require, is_verified: true, root_file: Some("/ca.pem".into()) });
        assert_eq!(split_tls("postgres://h/d").1.mode, SslMode::Prefer);
        assert_eq!(split_tls("postgres://h/d?sslmode=disable").1.mode, SslMode::Disable);
    }
}
