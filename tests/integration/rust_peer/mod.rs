//! The same calls as `tests/peers/boto3_peer.py`, through the Rust SDKs: PI and
//! CloudWatch travel as CBOR here and as JSON there, so that equal answers mean
//! that both encodings say the same.

mod cloudwatch;
mod pi;
mod rds;
mod sts;
mod tiers;

use std::fmt::Debug;
use std::time::Duration;

use aws_credential_types::Credentials;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use aws_smithy_types::retry::RetryConfig;
use serde_json::{Value, json};

const PATIENCE: Duration = Duration::from_secs(60);
const LOOK_AGAIN: Duration = Duration::from_millis(100);

/// A client of each service, all coming to one address.
pub(crate) struct Sdk {
    pi: aws_sdk_pi::Client,
    cloudwatch: aws_sdk_cloudwatch::Client,
    rds: aws_sdk_rds::Client,
    sts: aws_sdk_sts::Client,
    elbv2: aws_sdk_elasticloadbalancingv2::Client,
    autoscaling: aws_sdk_autoscaling::Client,
    ecs: aws_sdk_ecs::Client,
    tagging: aws_sdk_resourcegroupstagging::Client,
}

impl Sdk {
    /// Clients for a local endpoint.
    pub(crate) async fn new(endpoint: &str) -> Self {
        let http = aws_smithy_http_client::Builder::new().build_http();
        let config = aws_config::defaults(aws_config::BehaviorVersion::v2026_01_12())
            .http_client(http)
            .region("us-east-1")
            .endpoint_url(endpoint)
            .credentials_provider(Credentials::new("local", "local", None, None, "test"))
            .retry_config(RetryConfig::disabled())
            .load()
            .await;
        Self {
            pi: aws_sdk_pi::Client::new(&config),
            cloudwatch: aws_sdk_cloudwatch::Client::new(&config),
            rds: aws_sdk_rds::Client::new(&config),
            sts: aws_sdk_sts::Client::new(&config),
            elbv2: aws_sdk_elasticloadbalancingv2::Client::new(&config),
            autoscaling: aws_sdk_autoscaling::Client::new(&config),
            ecs: aws_sdk_ecs::Client::new(&config),
            tagging: aws_sdk_resourcegroupstagging::Client::new(&config),
        }
    }

    /// The `DbiResourceId` of an instance, once it is listed: a database is when it was first reached.
    pub(crate) async fn resource_id(&self, name: &str) -> String {
        let step = json!({ "service": "rds", "operation": "describe_db_instances", "params": {} });
        let mut last = Value::Null;
        let listed = async {
            loop {
                last = self.carry_out(&step).await;
                let all = last["ok"]["DBInstances"].as_array();
                let found = all.into_iter().flatten().find(|one| one["DBInstanceIdentifier"] == name);
                if let Some(id) = found.and_then(|found| found["DbiResourceId"].as_str()) {
                    break id.to_owned();
                }
                tokio::time::sleep(LOOK_AGAIN).await;
            }
        };
        let id = tokio::time::timeout(PATIENCE, listed).await;
        id.unwrap_or_else(|_| panic!("{name} is not listed: {last}"))
    }

    /// Carries out one call of a plan; the answer has the plan's form.
    pub(crate) async fn carry_out(&self, step: &Value) -> Value {
        let mut params = step["params"].clone();
        if step["pages"] != json!(true) {
            return outcome(self.call(step, &params).await);
        }
        let mut pages = Vec::new();
        loop {
            let mut page = match self.call(step, &params).await {
                Ok(page) => page,
                Err(error) => return outcome(Err(error)),
            };
            let token = page.as_object_mut().unwrap().remove("NextToken").unwrap_or_default();
            pages.push(page);
            assert!(pages.len() < 200, "the paging does not end: {step}");
            if token.is_null() {
                return json!({ "ok": pages });
            }
            params["NextToken"] = token;
        }
    }

    async fn call(&self, step: &Value, params: &Value) -> Answer {
        let params = Params(params);
        let operation = step["operation"].as_str().unwrap();
        match step["service"].as_str().unwrap() {
            "elbv2" => tiers::elbv2(&self.elbv2, operation, params).await,
            "autoscaling" => tiers::autoscaling(&self.autoscaling, operation, params).await,
            "ecs" => tiers::ecs(&self.ecs, operation, params).await,
            "resourcegroupstaggingapi" => tiers::tagging(&self.tagging, operation, params).await,
            "pi" => pi::call(&self.pi, operation, params).await,
            "cloudwatch" => cloudwatch::call(&self.cloudwatch, operation, params).await,
            "rds" => rds::call(&self.rds, operation, params).await,
            "sts" => sts::call(&self.sts, operation).await,
            other => panic!("no client for {other}"),
        }
    }
}

/// What a call gives: fields as AWS spells them, or `{code, message, status}`.
pub(crate) type Answer = Result<Value, Value>;

fn outcome(answer: Answer) -> Value {
    match answer {
        Ok(fields) => json!({ "ok": fields }),
        Err(error) => json!({ "error": error }),
    }
}

/// An SDK's error as the peer tells it.
pub(crate) fn refusal<E: ProvideErrorMetadata + Debug>(
    error: &aws_smithy_runtime_api::client::result::SdkError<
        E,
        aws_smithy_runtime_api::client::orchestrator::HttpResponse,
    >,
) -> Value {
    let status = error.raw_response().map(|answer| answer.status().as_u16());
    assert!(status.is_some(), "no answer at all: {error:?}");
    json!({ "code": error.code(), "message": error.message().unwrap_or_default(), "status": status })
}

/// Parameters as boto3 takes them.
#[derive(Clone, Copy)]
pub(crate) struct Params<'a>(pub(crate) &'a Value);

impl<'a> Params<'a> {
    pub(crate) fn text(self, name: &str) -> Option<String> {
        self.0[name].as_str().map(str::to_owned)
    }

    pub(crate) fn number(self, name: &str) -> Option<i32> {
        self.0[name].as_i64().map(|number| i32::try_from(number).unwrap())
    }

    pub(crate) fn float(self, name: &str) -> Option<f64> {
        self.0[name].as_f64()
    }

    pub(crate) fn flag(self, name: &str) -> Option<bool> {
        self.0[name].as_bool()
    }

    pub(crate) fn time(self, name: &str) -> Option<aws_smithy_types::DateTime> {
        self.0[name]["epoch"].as_i64().map(aws_smithy_types::DateTime::from_secs)
    }

    pub(crate) fn texts(self, name: &str) -> Option<Vec<String>> {
        let list = self.0[name].as_array()?;
        Some(list.iter().map(|text| text.as_str().unwrap().to_owned()).collect())
    }

    pub(crate) fn list(self, name: &str) -> Option<Vec<Params<'a>>> {
        Some(self.0[name].as_array()?.iter().map(Params).collect())
    }

    pub(crate) fn inner(self, name: &str) -> Option<Params<'a>> {
        self.0.get(name).map(Params)
    }

    pub(crate) fn map(self, name: &str) -> Option<std::collections::HashMap<String, String>> {
        let map = self.0[name].as_object()?;
        Some(map.iter().map(|(key, value)| (key.clone(), value.as_str().unwrap().to_owned())).collect())
    }
}

/// Epoch seconds.
pub(crate) fn seconds(time: &aws_smithy_types::DateTime) -> f64 {
    time.as_secs_f64()
}

/// Epoch seconds of a time that may be missing.
pub(crate) fn seconds_of(time: Option<&aws_smithy_types::DateTime>) -> Option<f64> {
    time.map(seconds)
}
