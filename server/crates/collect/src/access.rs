//! Clients: one set a Region and lane, with our own limits on time and retries.

use std::time::Duration;

use aws_config::retry::RetryConfig;
use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, ConfigLoader, Region, SdkConfig};
use aws_sdk_pi::config::retry::{RetryPartition, TokenBucket};
use aws_smithy_http_client::tls::Provider;
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;
use aws_smithy_runtime_api::client::http::SharedHttpConnector;

use crate::discovery::LambdaClient;
use crate::error::CollectError;
use crate::ledger::{Count, Ledger};
use crate::statement::TextReader;
use crate::waits::WaitNames;

/// Where CloudFront and Route 53 publish their metrics and keep their tags.
pub(crate) const GLOBAL_REGION: &str = "us-east-1";
/// Longest time one attempt may take.
const ATTEMPT_TIMEOUT: Duration = Duration::from_secs(10);
/// Longest time a call may take with all its attempts.
const OPERATION_TIMEOUT: Duration = Duration::from_secs(30);
const CONNECT_TIMEOUT: Duration = Duration::from_secs(3);
const ATTEMPTS: u32 = 3;
/// Retry tokens of a lane; the SDK's own default for a bucket.
const RETRY_TOKENS: usize = 500;

/// Which account and Regions to read, beyond what the SDK's default chain says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Access {
    /// Profile of `~/.aws/config`.
    pub profile: Option<String>,
    /// Regions; empty means the default chain's one.
    pub regions: Vec<String>,
}

/// Who asks: retries of one lane never use up those of the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Lane {
    /// The poller and the back-fill.
    Background,
    /// A reader waits for it.
    Interactive,
}

/// Why no client could be made.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AccessError {
    /// An environment variable the SDK would panic on.
    #[error("{name}='{value}' cannot be used; {hint}")]
    BadEnvironment {
        /// Variable.
        name: &'static str,
        /// As set.
        value: String,
        /// What would do.
        hint: &'static str,
    },
    /// No Region anywhere.
    #[error("no AWS Region is set; use --regions, AWS_REGION or a profile with a region")]
    NoRegion,
}

/// Who we are to AWS. // STS `GetCallerIdentity`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// Account number.
    pub account: String,
    /// ARN of the user or role.
    pub arn: String,
}

/// Reads AWS. Cheap to clone; clones share clients and the ledger.
#[derive(Clone, Debug)]
pub struct Collector {
    pub(crate) regions: Vec<RegionClients>,
    /// Where global services publish, when it is not among the Regions read.
    pub(crate) global: Option<RegionClients>,
    pub(crate) texts: TextReader,
    pub(crate) waits: WaitNames,
    ledger: Ledger,
}

/// Clients of one Region.
#[derive(Clone, Debug)]
pub(crate) struct RegionClients {
    pub(crate) region: String,
    pub(crate) rds: aws_sdk_rds::Client,
    pub(crate) sns: aws_sdk_sns::Client,
    sts: aws_sdk_sts::Client,
    pub(crate) elb: aws_sdk_elasticloadbalancingv2::Client,
    pub(crate) autoscaling: aws_sdk_autoscaling::Client,
    pub(crate) lambda: LambdaClient,
    pub(crate) ecs: aws_sdk_ecs::Client,
    pub(crate) tagging: aws_sdk_resourcegroupstagging::Client,
    background: LaneClients,
    interactive: LaneClients,
}

/// Clients whose retries are kept apart by lane.
#[derive(Clone, Debug)]
pub(crate) struct LaneClients {
    pub(crate) pi: aws_sdk_pi::Client,
    pub(crate) cloudwatch: aws_sdk_cloudwatch::Client,
}

impl Collector {
    /// Makes clients by the SDK's default chain: credentials, profile, Region, `AWS_ENDPOINT_URL`.
    /// Sends nothing yet.
    ///
    /// # Errors
    /// [`AccessError`] when the environment cannot be used.
    pub async fn connect(access: &Access) -> Result<Self, AccessError> {
        check_environment(|name| std::env::var(name).ok())?;
        let ledger = Ledger::default();
        let mut regions = Vec::new();
        let asked: Vec<Option<String>> = match access.regions.as_slice() {
            [] => vec![None],
            named => named.iter().cloned().map(Some).collect(),
        };
        for region in asked {
            let config = load(access.profile.as_deref(), region).await;
            let region = config.region().map(ToString::to_string).ok_or(AccessError::NoRegion)?;
            regions.push(RegionClients::new(region, &config, &ledger));
        }
        let global = if regions.iter().any(|clients| clients.region == GLOBAL_REGION) {
            None
        } else {
            let config = load(access.profile.as_deref(), Some(GLOBAL_REGION.to_owned())).await;
            Some(RegionClients::new(GLOBAL_REGION.to_owned(), &config, &ledger))
        };
        Ok(Self { regions, global, texts: TextReader::default(), waits: WaitNames::default(), ledger })
    }

    /// The same collector, noting the literals of statements as hashes under `key`.
    #[must_use]
    pub fn with_literal_key(self, key: crate::LiteralKey) -> Self {
        Self { texts: self.texts.with_literal_key(key), ..self }
    }

    /// Makes clients for an endpoint of our own instead of AWS, with keys that only it takes.
    pub async fn connect_to(endpoint_url: &str, region: &str) -> Self {
        let keys = aws_credential_types::Credentials::new("local", "local", None, None, "local endpoint");
        let loader = loader().region(Region::new(region.to_owned())).endpoint_url(endpoint_url);
        let config = loader.credentials_provider(keys).load().await;
        let ledger = Ledger::default();
        let regions = vec![RegionClients::new(region.to_owned(), &config, &ledger)];
        Self { regions, global: None, texts: TextReader::default(), waits: WaitNames::default(), ledger }
    }

    /// The count of calls.
    #[must_use]
    pub const fn ledger(&self) -> &Ledger {
        &self.ledger
    }

    /// Regions that are read, in the order given.
    #[must_use]
    pub fn regions(&self) -> Vec<String> {
        self.regions.iter().map(|clients| clients.region.clone()).collect()
    }

    /// Asks AWS who we are.
    ///
    /// # Errors
    /// [`CollectError`]; `sts:GetCallerIdentity` itself needs no permission.
    pub async fn identify(&self) -> Result<Identity, CollectError> {
        let clients = self.first()?;
        let answer = clients.sts.get_caller_identity().send().await;
        let answer = answer.map_err(|error| CollectError::of("sts:GetCallerIdentity", "*", &error))?;
        Ok(Identity {
            account: answer.account().unwrap_or_default().to_owned(),
            arn: answer.arn().unwrap_or_default().to_owned(),
        })
    }

    fn first(&self) -> Result<&RegionClients, CollectError> {
        self.regions.first().ok_or_else(|| CollectError::Credentials(AccessError::NoRegion.to_string()))
    }

    /// The clients of a Region; the first set for one that is not configured (an endpoint override
    /// answers for any Region).
    pub(crate) fn clients(&self, region: &str) -> Result<&RegionClients, CollectError> {
        match self.regions.iter().chain(&self.global).find(|clients| clients.region == region) {
            Some(clients) => Ok(clients),
            None => self.first(),
        }
    }
}

impl RegionClients {
    fn new(region: String, config: &SdkConfig, ledger: &Ledger) -> Self {
        let count = |service| Count { service, ledger: ledger.clone() };
        let rds = aws_sdk_rds::config::Builder::from(config).interceptor(count("rds")).build();
        let sns = aws_sdk_sns::config::Builder::from(config).interceptor(count("sns")).build();
        let sts = aws_sdk_sts::config::Builder::from(config).interceptor(count("sts")).build();
        let elb = aws_sdk_elasticloadbalancingv2::config::Builder::from(config);
        let elb = elb.interceptor(count("elasticloadbalancing")).build();
        let autoscaling = aws_sdk_autoscaling::config::Builder::from(config).interceptor(count("autoscaling")).build();
        let ecs = aws_sdk_ecs::config::Builder::from(config).interceptor(count("ecs")).build();
        let tagging = aws_sdk_resourcegroupstagging::config::Builder::from(config).interceptor(count("tag")).build();
        Self {
            rds: aws_sdk_rds::Client::from_conf(rds),
            sns: aws_sdk_sns::Client::from_conf(sns),
            sts: aws_sdk_sts::Client::from_conf(sts),
            elb: aws_sdk_elasticloadbalancingv2::Client::from_conf(elb),
            autoscaling: aws_sdk_autoscaling::Client::from_conf(autoscaling),
            lambda: LambdaClient::new(&region, config, ledger),
            ecs: aws_sdk_ecs::Client::from_conf(ecs),
            tagging: aws_sdk_resourcegroupstagging::Client::from_conf(tagging),
            background: LaneClients::new("background", &region, config, ledger),
            interactive: LaneClients::new("interactive", &region, config, ledger),
            region,
        }
    }

    pub(crate) const fn lane(&self, lane: Lane) -> &LaneClients {
        match lane {
            Lane::Background => &self.background,
            Lane::Interactive => &self.interactive,
        }
    }
}

impl LaneClients {
    fn new(lane: &str, region: &str, config: &SdkConfig, ledger: &Ledger) -> Self {
        let partition = |service: &str| {
            RetryPartition::custom(format!("{lane}-{service}-{region}"))
                .token_bucket(TokenBucket::new(RETRY_TOKENS))
                .build()
        };
        let pi = aws_sdk_pi::config::Builder::from(config)
            .retry_partition(partition("pi"))
            .interceptor(Count { service: "pi", ledger: ledger.clone() })
            .build();
        let cloudwatch = aws_sdk_cloudwatch::config::Builder::from(config)
            .retry_partition(partition("cloudwatch"))
            .interceptor(Count { service: "cloudwatch", ledger: ledger.clone() })
            .build();
        Self { pi: aws_sdk_pi::Client::from_conf(pi), cloudwatch: aws_sdk_cloudwatch::Client::from_conf(cloudwatch) }
    }
}

/// The SDK's default chain with our limits.
fn loader() -> ConfigLoader {
    let timeouts = TimeoutConfig::builder()
        .connect_timeout(CONNECT_TIMEOUT)
        .operation_attempt_timeout(ATTEMPT_TIMEOUT)
        .operation_timeout(OPERATION_TIMEOUT)
        .build();
    let http = aws_smithy_http_client::Builder::new().tls_provider(Provider::Rustls(CryptoMode::Ring)).build_https();
    aws_config::defaults(BehaviorVersion::v2026_01_12())
        .http_client(http)
        .timeout_config(timeouts)
        .retry_config(RetryConfig::standard().with_max_attempts(ATTEMPTS))
}

/// What requests of our own are sent with: the same as the clients'.
pub(crate) fn connector() -> SharedHttpConnector {
    let builder = aws_smithy_http_client::Connector::builder().tls_provider(Provider::Rustls(CryptoMode::Ring));
    SharedHttpConnector::new(builder.build())
}

async fn load(profile: Option<&str>, region: Option<String>) -> SdkConfig {
    let mut loader = loader();
    if let Some(profile) = profile {
        loader = loader.profile_name(profile);
    }
    if let Some(region) = region {
        loader = loader.region(Region::new(region));
    }
    loader.load().await
}

/// The SDK panics on these when they are malformed, so they are looked at first.
fn check_environment(read: impl Fn(&str) -> Option<String>) -> Result<(), AccessError> {
    let bad = |name, value, hint| Err(AccessError::BadEnvironment { name, value, hint });
    if let Some(mode) = read("AWS_RETRY_MODE")
        && !matches!(mode.to_ascii_lowercase().as_str(), "standard" | "adaptive")
    {
        return bad("AWS_RETRY_MODE", mode, "use standard or adaptive");
    }
    if let Some(attempts) = read("AWS_MAX_ATTEMPTS")
        && attempts.parse::<u32>().ok().is_none_or(|attempts| attempts == 0)
    {
        return bad("AWS_MAX_ATTEMPTS", attempts, "use a whole number from 1");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_sdk_panics_on_is_refused_first() {
        let with = |name: &'static str, value: &'static str| {
            check_environment(move |asked| (asked == name).then(|| value.to_owned()))
        };
        assert!(with("AWS_RETRY_MODE", "quick").is_err());
        assert!(with("AWS_MAX_ATTEMPTS", "many").is_err());
        assert!(with("AWS_MAX_ATTEMPTS", "0").is_err());
        assert_eq!(with("AWS_RETRY_MODE", "Standard"), Ok(()));
        assert_eq!(with("AWS_MAX_ATTEMPTS", "5"), Ok(()));
    }
}
