//! The front door: which service and operation a request means, in which format; who asks; faults.

use crate::auth::{self, Caller};
use crate::error::ServiceError;
use crate::faults::Faults;
use crate::input::Input;
use crate::notify::{certificate_path, signer_pem};
use crate::services::{Call, SERVICES, Service, lambda};
use crate::wire::{self, AnswerContext, Format, Value};
use crate::world::World;
use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::{HeaderMap, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Json, Response};
use axum::routing::get;
use std::cell::Cell;
use std::io::Read;

/// Largest request body, packed and unpacked. AWS takes 1 MB.
const LARGEST_BODY: usize = 2 << 20;
const LARGEST_UNPACKED: u64 = 16 << 20;
/// A fault's latency is at most this, milliseconds.
const LONGEST_LATENCY_MS: u64 = 60_000;

/// All routes: the two control pages, and everything else as AWS.
pub(crate) fn router(world: World) -> Router {
    Router::new()
        .route("/_fault", get(show_faults).post(set_faults))
        .route("/_status", get(show_status))
        .route(certificate_path(), get(signer_pem_route))
        .fallback(answer)
        .layer(DefaultBodyLimit::max(LARGEST_BODY))
        .with_state(world)
}

/// The certificate SNS signs with.
async fn signer_pem_route() -> &'static str {
    signer_pem()
}

async fn show_faults(State(world): State<World>) -> Json<Faults> {
    Json(world.faults())
}

async fn set_faults(State(world): State<World>, body: Bytes) -> Response {
    match serde_json::from_slice::<Faults>(&body) {
        Ok(faults) => {
            world.set_faults(faults);
            Json(world.faults()).into_response()
        }
        Err(error) => (StatusCode::BAD_REQUEST, format!("{error}\n")).into_response(),
    }
}

async fn show_status(State(world): State<World>) -> Response {
    Json(world.statuses()).into_response()
}

/// What a request names, as far as it could be found out.
struct Target {
    service: Option<&'static Service>,
    operation: String,
    format: Format,
}

async fn answer(State(world): State<World>, method: Method, uri: Uri, headers: HeaderMap, body: Bytes) -> Response {
    let body = if method == Method::GET { Bytes::from(query_and_path(&uri)) } else { body };
    let unpacked = unpack(&headers, body);
    let caller = auth::caller(&headers);
    let target = target(&uri, &headers, unpacked.as_ref().map_or(&[], |body| body), caller.as_ref().ok());
    let request_id = uuid::Uuid::new_v4().to_string();
    let is_query_mode = headers.get("x-amzn-query-mode").is_some_and(|value| value == "true");
    let context = AnswerContext {
        format: target.format,
        operation: &target.operation,
        xml_namespace: target.service.map_or("", |service| service.xml_namespace),
        shape_namespace: target.service.map_or("com.amazonaws", |service| service.shape_namespace),
        request_id: &request_id,
        // Only services that once spoke Query and now speak JSON or CBOR know this mode.
        is_query_mode: is_query_mode
            && target.format != Format::Query
            && target.service.is_some_and(|service| !service.query_version.is_empty()),
    };
    let faults = world.faults();
    let outcome = match (unpacked, caller) {
        (_, Err(error)) | (Err(error), _) => Err(error),
        (Ok(body), Ok(caller)) => run(&world, &target, &faults, caller, &body).await,
    };
    let (delay_ms, outcome) = match outcome {
        Ok((delay_ms, value)) => (delay_ms, Ok(value)),
        Err(error) => (0, Err(error)),
    };
    let delay_ms = delay_ms + faults.latency_ms.min(LONGEST_LATENCY_MS);
    if delay_ms > 0 {
        world.clock().sleep_until_ms(world.clock().now_ms() + delay_ms as i64).await;
    }
    match outcome {
        Ok(value) => wire::answer(&context, &value),
        Err(error) => {
            tracing::debug!(aws.operation = target.operation, code = error.code, message = error.message, "refused");
            wire::answer_error(&context, &error)
        }
    }
}

/// The members of a GET request: the query string, and what a REST path names.
fn query_and_path(uri: &Uri) -> String {
    let query = uri.query().unwrap_or_default();
    match lambda::operation(uri.path()) {
        Some((_, Some(function))) => format!("{query}&FunctionName={function}"),
        _ => query.to_owned(),
    }
}

/// Undoes `content-encoding: gzip`.
fn unpack(headers: &HeaderMap, body: Bytes) -> Result<Bytes, ServiceError> {
    match headers.get(header::CONTENT_ENCODING) {
        Some(encoding) if encoding == "gzip" => {
            let mut unpacked = Vec::new();
            flate2::read::GzDecoder::new(&*body)
                .take(LARGEST_UNPACKED)
                .read_to_end(&mut unpacked)
                .map_err(|error| ServiceError::serialization(format!("the body is no gzip: {error}")))?;
            Ok(unpacked.into())
        }
        _ => Ok(body),
    }
}

/// Path, then target header, then form and credential scope say what is meant.
fn target(uri: &Uri, headers: &HeaderMap, body: &[u8], caller: Option<&Caller>) -> Target {
    let by_target = |name: &str| SERVICES.iter().copied().find(|service| !name.is_empty() && service.target == name);
    let segments: Vec<&str> = uri.path().trim_matches('/').split('/').collect();
    if let ["service", service, "operation", operation] = segments.as_slice() {
        return Target { service: by_target(service), operation: (*operation).to_owned(), format: Format::Cbor };
    }
    let text_of = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if let Some((service, operation)) = text_of("x-amz-target").rsplit_once('.') {
        let version = if text_of("content-type").contains("json-1.0") { "1.0" } else { "1.1" };
        return Target { service: by_target(service), operation: operation.to_owned(), format: Format::Json(version) };
    }
    if let Some((operation, _)) = lambda::operation(uri.path()) {
        let service = SERVICES.iter().copied().find(|service| service.action_prefix == "lambda");
        return Target { service, operation: operation.to_owned(), format: Format::RestJson };
    }
    let form: Vec<(String, String)> = serde_urlencoded::from_bytes(body).unwrap_or_default();
    let field = |name: &str| form.iter().find(|(found, _)| found == name).map_or("", |(_, value)| value.as_str());
    let version = field("Version");
    let is_meant = |service: &&&Service| {
        !service.query_version.is_empty()
            && (version.is_empty() || version == service.query_version)
            && caller.is_none_or(|caller| caller.service == service.signing_name)
    };
    Target {
        service: SERVICES.iter().find(is_meant).copied(),
        operation: field("Action").to_owned(),
        format: Format::Query,
    }
}

async fn run(
    world: &World,
    target: &Target,
    faults: &Faults,
    caller: Caller,
    body: &Bytes,
) -> Result<(u64, Value), ServiceError> {
    let service = target.service.ok_or_else(|| ServiceError::unknown_operation(&target.operation))?;
    let action = format!("{}:{}", service.action_prefix, target.operation);
    auth::admit(&caller, &action)?;
    if faults.expired_credentials {
        return Err(ServiceError::expired_token());
    }
    if faults.denied {
        return Err(ServiceError::access_denied(&action, "*"));
    }
    if world.is_unlucky(faults.throttle_percent) {
        return Err(ServiceError::throttled());
    }
    if world.is_unlucky(faults.error_percent) {
        return Err(ServiceError::internal("We encountered an internal error. Please try again."));
    }
    let operation = service.operation(&target.operation)?;
    let input = wire::decode(target.format, body)?;
    let world = world.clone();
    // Answers are computed, some for tens of milliseconds: not on the threads that serve connections.
    let answered = tokio::task::spawn_blocking(move || {
        let delay_ms = Cell::new(0);
        let call = Call { world: &world, caller: &caller, input: Input::new(&input, service.style), delay_ms };
        let value = (operation.handler)(&call)?;
        Ok((call.delay_ms.get(), value))
    });
    answered.await.unwrap_or_else(|error| {
        tracing::error!(%error, "an operation panicked");
        Err(ServiceError::internal("We encountered an internal error. Please try again."))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(
        uri: &str,
        headers: &[(&'static str, &str)],
        body: &str,
        signed_for: &str,
    ) -> (Option<&'static str>, String) {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.insert(*name, value.parse().unwrap());
        }
        let caller = Caller { access_key: "AK".into(), region: "us-east-1".into(), service: signed_for.into() };
        let target = target(&uri.parse().unwrap(), &map, body.as_bytes(), Some(&caller));
        (target.service.map(|service| service.action_prefix), target.operation)
    }

    #[test]
    fn requests_find_their_service() {
        let check = |found: (Option<&str>, String), service: Option<&str>, operation: &str| {
            assert_eq!((found.0, found.1.as_str()), (service, operation));
        };
        check(
            found("/service/PerformanceInsightsv20180227/operation/GetResourceMetrics", &[], "", "pi"),
            Some("pi"),
            "GetResourceMetrics",
        );
        let json = [
            ("x-amz-target", "GraniteServiceVersion20100801.GetMetricData"),
            ("content-type", "application/x-amz-json-1.0"),
        ];
        check(found("/", &json, "{}", "monitoring"), Some("cloudwatch"), "GetMetricData");
        check(
            found("/", &[], "Action=DescribeDBInstances&Version=2014-10-31", "rds"),
            Some("rds"),
            "DescribeDBInstances",
        );
        check(
            found("/", &[], "Action=GetMetricData&Version=2010-08-01", "monitoring"),
            Some("cloudwatch"),
            "GetMetricData",
        );
        check(found("/2015-03-31/functions?MaxItems=50", &[], "", "lambda"), Some("lambda"), "ListFunctions");
        check(
            found("/", &[], "Action=DescribeLoadBalancers&Version=2015-12-01", "elasticloadbalancing"),
            Some("elasticloadbalancing"),
            "DescribeLoadBalancers",
        );
        check(found("/", &[], "Action=Publish&Version=2010-03-31", "sns"), Some("sns"), "Publish");
        check(found("/", &[], "Action=SendMessage&Version=2012-11-05", "sqs"), None, "SendMessage");
    }
}
