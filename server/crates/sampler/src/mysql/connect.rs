//! Opening a connection. `sslmode` in the URL reads as in PostgreSQL's: `disable`, `prefer`, `require`,
//! `verify-ca`, `verify-full`, with `sslrootcert`; without it TLS is tried except on this machine.

use crate::{SamplerError, Target};
use mysql_async::{Conn, Opts, OptsBuilder, SslOpts};
use std::path::PathBuf;
use std::time::Duration;

const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// Connects; the session is read-only.
pub(super) async fn connect(target: &Target) -> Result<Conn, SamplerError> {
    let (base, query) = target.url.split_once('?').unwrap_or((&target.url, ""));
    let url = base.replacen("mariadb://", "mysql://", 1);
    let option = |name: &str| {
        query
            .split('&')
            .filter_map(|pair| pair.split_once('='))
            .find(|(found, _)| *found == name)
            .map(|(_, value)| value)
    };
    let opts = Opts::from_url(&url).map_err(|error| SamplerError::Connect(error.to_string()))?;
    let host = target.host_and_port().0;
    let is_here = host == "localhost" || host.starts_with("127.") || host == "::1";
    let mode = option("sslmode").unwrap_or(if is_here { "disable" } else { "prefer" });
    let plain =
        || OptsBuilder::from_opts(opts.clone()).prefer_socket(false).setup(vec!["SET SESSION TRANSACTION READ ONLY"]);
    let tls = || {
        let mut ssl = SslOpts::default();
        if !mode.starts_with("verify") {
            ssl = ssl.with_danger_accept_invalid_certs(true).with_danger_skip_domain_validation(true);
        }
        if let Some(file) = option("sslrootcert") {
            ssl = ssl.with_root_certs(vec![PathBuf::from(file.replace("%2F", "/")).into()]);
        }
        plain().ssl_opts(ssl)
    };
    match mode {
        "disable" => open(plain()).await,
        "allow" | "prefer" => match open(tls()).await {
            Err(SamplerError::Connect(_)) => open(plain()).await,
            other => other,
        },
        _ => open(tls()).await,
    }
}

async fn open(opts: OptsBuilder) -> Result<Conn, SamplerError> {
    match tokio::time::timeout(CONNECT_TIMEOUT, Conn::new(opts)).await {
        Ok(Ok(connection)) => Ok(connection),
        // 1044, 1045: access denied; 1049: unknown database.
        Ok(Err(mysql_async::Error::Server(error))) if matches!(error.code, 1044 | 1045 | 1049) => {
            Err(SamplerError::Login(error.to_string()))
        }
        Ok(Err(error)) => Err(SamplerError::Connect(error.to_string())),
        Err(_) => Err(SamplerError::Connect("no answer within five seconds".to_owned())),
    }
}
