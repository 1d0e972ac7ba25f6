//! The four reads of AWS Lambda that discovery needs, signed and sent with the SDK's own parts.
//!
//! The generated client of Lambda brings event streams along, and with them a second build of
//! every other client; four GET requests with JSON answers do without.
//! <https://docs.aws.amazon.com/lambda/latest/api/API_ListFunctions.html>

use std::time::{Duration, SystemTime};

use aws_config::SdkConfig;
use aws_credential_types::provider::ProvideCredentials;
use aws_sigv4::http_request::{SignableBody, SignableRequest, SigningSettings, sign};
use aws_sigv4::sign::v4::SigningParams;
use aws_smithy_runtime_api::client::http::{HttpConnector, SharedHttpConnector};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::byte_stream::ByteStream;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use units::Timestamp;

use crate::access::connector;
use crate::error::CollectError;
use crate::ledger::Ledger;

/// Overrides the address of this service alone, as in the SDKs.
const ENDPOINT: &str = "AWS_ENDPOINT_URL_LAMBDA";
/// Pages of the listing: 50 functions each.
const MAX_PAGES: usize = 100;
/// Longest time one request may take.
const TIMEOUT: Duration = Duration::from_secs(10);

/// Reads Lambda in one Region.
#[derive(Clone, Debug)]
pub(crate) struct LambdaClient {
    region: String,
    endpoint: String,
    config: SdkConfig,
    connector: SharedHttpConnector,
    ledger: Ledger,
}

/// One function, as `ListFunctions` tells it.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct Function {
    pub(super) function_name: String,
    pub(super) function_arn: String,
    pub(super) runtime: Option<String>,
    pub(super) memory_size: Option<i32>,
    pub(super) timeout: Option<i32>,
    pub(super) architectures: Vec<String>,
    pub(super) state: Option<String>,
    pub(super) vpc_config: Option<VpcConfig>,
}

/// Where in a VPC a function runs.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct VpcConfig {
    pub(super) subnet_ids: Vec<String>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Page {
    functions: Vec<Function>,
    next_marker: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Concurrency {
    reserved_concurrent_executions: Option<i32>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Policy {
    policy: String,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Account {
    account_limit: AccountLimit,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct AccountLimit {
    concurrent_executions: Option<i32>,
    unreserved_concurrent_executions: Option<i32>,
}

/// An error's body.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Refused {
    #[serde(alias = "Message")]
    message: String,
    #[serde(rename = "__type")]
    kind: String,
}

impl LambdaClient {
    pub(crate) fn new(region: &str, config: &SdkConfig, ledger: &Ledger) -> Self {
        let suffix = if region.starts_with("cn-") { "amazonaws.com.cn" } else { "amazonaws.com" };
        let own = std::env::var(ENDPOINT).ok().filter(|url| !url.is_empty());
        let endpoint = own.or_else(|| config.endpoint_url().map(str::to_owned));
        let endpoint = endpoint.unwrap_or_else(|| format!("https://lambda.{region}.{suffix}"));
        Self {
            region: region.to_owned(),
            endpoint: endpoint.trim_end_matches('/').to_owned(),
            config: config.clone(),
            connector: connector(),
            ledger: ledger.clone(),
        }
    }

    /// Every function of the Region.
    pub(super) async fn list_functions(&self, now: Timestamp) -> Result<Vec<Function>, CollectError> {
        let mut functions = Vec::new();
        let mut path = "/2015-03-31/functions?MaxItems=50".to_owned();
        for _ in 0..MAX_PAGES {
            let page: Page = self.get("lambda:ListFunctions", &path, now).await?;
            functions.extend(page.functions);
            match page.next_marker.filter(|marker| !marker.is_empty()) {
                Some(marker) => path = format!("/2015-03-31/functions?Marker={}&MaxItems=50", encoded(&marker)),
                None => break,
            }
        }
        Ok(functions)
    }

    /// Reserved concurrency of a function, if any is.
    pub(super) async fn concurrency(&self, function: &str, now: Timestamp) -> Result<Option<i32>, CollectError> {
        let path = format!("/2019-09-30/functions/{}/concurrency", encoded(function));
        let answer: Concurrency = self.get("lambda:GetFunctionConcurrency", &path, now).await?;
        Ok(answer.reserved_concurrent_executions)
    }

    /// The resource policy of a function; empty when it has none.
    pub(super) async fn policy(&self, function: &str, now: Timestamp) -> Result<String, CollectError> {
        let path = format!("/2015-03-31/functions/{}/policy", encoded(function));
        match self.get::<Policy>("lambda:GetPolicy", &path, now).await {
            Ok(answer) => Ok(answer.policy),
            Err(CollectError::Invalid { message, .. }) if message.starts_with("ResourceNotFound") => Ok(String::new()),
            Err(error) => Err(error),
        }
    }

    /// Executions at a time that functions without a reservation share.
    pub(super) async fn account_concurrency(&self, now: Timestamp) -> Result<Option<i32>, CollectError> {
        let answer: Account = self.get("lambda:GetAccountSettings", "/2016-08-19/account-settings", now).await?;
        let limit = answer.account_limit;
        Ok(limit.unreserved_concurrent_executions.or(limit.concurrent_executions))
    }

    async fn get<T: DeserializeOwned>(&self, action: &str, path: &str, now: Timestamp) -> Result<T, CollectError> {
        let unreachable = |message: String| CollectError::Unreachable { action: action.to_owned(), message };
        let request = self.signed(path, now).await?;
        self.ledger.add(action, 1, 1);
        let sent = tokio::time::timeout(TIMEOUT, async {
            let response = self.connector.call(request).await.map_err(|error| unreachable(error.to_string()))?;
            let status = response.status().as_u16();
            let kind = response.headers().get("x-amzn-errortype").map(str::to_owned);
            let body = ByteStream::new(response.into_body()).collect().await;
            let body = body.map_err(|error| unreachable(error.to_string()))?.into_bytes();
            Ok::<_, CollectError>((status, kind, body))
        });
        let (status, kind, body) = sent.await.map_err(|_| unreachable(format!("no answer in {TIMEOUT:?}")))??;
        if (200..300).contains(&status) {
            return serde_json::from_slice(&body).map_err(|error| unreachable(error.to_string()));
        }
        let refused: Refused = serde_json::from_slice(&body).unwrap_or_default();
        let code = kind.unwrap_or(refused.kind);
        // Older services put a namespace before the name or a link behind it.
        let code = code.split(':').next().unwrap_or_default();
        let code = code.rsplit('#').next().unwrap_or_default();
        Err(CollectError::of_code(action.to_owned(), "*", code, refused.message, None))
    }

    async fn signed(&self, path: &str, now: Timestamp) -> Result<HttpRequest, CollectError> {
        let credentials = |message: String| CollectError::Credentials(message);
        let provider = self.config.credentials_provider().ok_or_else(|| credentials("no provider".to_owned()))?;
        let keys = provider.provide_credentials().await.map_err(|error| credentials(error.to_string()))?;
        let identity = keys.into();
        let time = SystemTime::UNIX_EPOCH + Duration::from_millis(u64::try_from(now.0).unwrap_or(0));
        let params = SigningParams::builder()
            .identity(&identity)
            .region(&self.region)
            .name("lambda")
            .time(time)
            .settings(SigningSettings::default())
            .build()
            .map_err(|error| credentials(error.to_string()))?
            .into();
        let uri = format!("{}{path}", self.endpoint);
        let host = uri.split_once("://").map_or(uri.as_str(), |(_, rest)| rest);
        let host = host.split('/').next().unwrap_or(host).to_owned();
        let headers = [("host", host.as_str())];
        let signable = SignableRequest::new("GET", uri.as_str(), headers.into_iter(), SignableBody::Bytes(&[]));
        let signable = signable.map_err(|error| credentials(error.to_string()))?;
        let signed = sign(signable, &params).map_err(|error| credentials(error.to_string()))?;
        let (instructions, _signature) = signed.into_parts();
        let mut request = HttpRequest::new(SdkBody::empty());
        request.set_uri(uri).map_err(|error| credentials(error.to_string()))?;
        request.headers_mut().insert("host", host);
        for (name, value) in instructions.headers() {
            request.headers_mut().insert(name.to_owned(), value.to_owned());
        }
        Ok(request)
    }
}

/// What AWS leaves as it is; signatures are of exactly this form.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// A path segment or query value as URLs carry it.
fn encoded(text: &str) -> String {
    utf8_percent_encode(text, RESERVED).to_string()
}
