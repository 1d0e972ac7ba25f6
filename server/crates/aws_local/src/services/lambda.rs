//! AWS Lambda: functions, their limits, who may invoke them. REST: the path says what is meant.

use super::{Call, Operation, Service};
use crate::error::ServiceError;
use crate::input::Style;
use crate::wire::{Value, iso8601};
use crate::world::estate::{LambdaFunction, arn};
use serde_json::json;

pub(crate) static SERVICE: Service = Service {
    action_prefix: "lambda",
    signing_name: "lambda",
    target: "",
    query_version: "",
    xml_namespace: "",
    shape_namespace: "com.amazonaws.lambda",
    style: Style::Detailed,
    operations: &[
        Operation { name: "GetAccountSettings", handler: get_account_settings },
        Operation { name: "GetFunctionConcurrency", handler: get_function_concurrency },
        Operation { name: "GetFunctionConfiguration", handler: get_function_configuration },
        Operation { name: "GetPolicy", handler: get_policy },
        Operation { name: "ListEventSourceMappings", handler: list_event_source_mappings },
        Operation { name: "ListFunctions", handler: list_functions },
    ],
};

/// Functions of a page unless asked for fewer; more are never given.
const PAGE: i64 = 50;
/// Concurrent executions of an account unless raised.
const ACCOUNT_CONCURRENCY: i64 = 1_000;

/// The operation of a path, and the function it names. Dates are those of AWS's model.
pub(crate) fn operation(path: &str) -> Option<(&'static str, Option<&str>)> {
    let segments: Vec<&str> = path.trim_matches('/').split('/').collect();
    Some(match segments.as_slice() {
        ["2015-03-31", "functions"] => ("ListFunctions", None),
        ["2015-03-31", "functions", name, "configuration"] => ("GetFunctionConfiguration", Some(*name)),
        ["2015-03-31", "functions", name, "policy"] => ("GetPolicy", Some(*name)),
        ["2019-09-30", "functions", name, "concurrency"] => ("GetFunctionConcurrency", Some(*name)),
        ["2016-08-19", "account-settings"] => ("GetAccountSettings", None),
        ["2015-03-31", "event-source-mappings"] => ("ListEventSourceMappings", None),
        _ => return None,
    })
}

fn function_arn(region: &str, name: &str) -> String {
    arn("lambda", region, &format!("function:{name}"))
}

/// The function that the path names: by name, ARN, or with a qualifier.
fn named(call: &Call<'_>) -> Result<LambdaFunction, ServiceError> {
    let asked = call.input.required_text("FunctionName")?;
    let name = asked.split_once(":function:").map_or(asked, |(_, name)| name);
    let name = name.split(':').next().unwrap_or(name);
    let functions = call.world.estate().functions;
    let not_found = || ServiceError::function_not_found(&function_arn(call.world.region(), name));
    functions.into_iter().find(|function| function.name == name).ok_or_else(not_found)
}

fn list_functions(call: &Call<'_>) -> Result<Value, ServiceError> {
    let limit = call.input.int("MaxItems", 1..=10_000)?.unwrap_or(PAGE).min(PAGE) as usize;
    let offset: usize = match call.input.text("Marker")?.filter(|marker| !marker.is_empty()) {
        None => 0,
        Some(marker) => marker.parse().map_err(|_| ServiceError::invalid_lambda_parameter("Invalid marker"))?,
    };
    let functions = call.world.estate().functions;
    let end = (offset + limit).min(functions.len());
    let next = if end < functions.len() { Value::text(end.to_string()) } else { Value::Null };
    let page = functions.get(offset..end).unwrap_or_default();
    let page = page.iter().map(|function| configuration(call.world.region(), function));
    Ok(Value::map([("Functions", Value::list(page)), ("NextMarker", next)]))
}

fn get_function_configuration(call: &Call<'_>) -> Result<Value, ServiceError> {
    Ok(configuration(call.world.region(), &named(call)?))
}

fn configuration(region: &str, function: &LambdaFunction) -> Value {
    let modified = iso8601(function.modified_ms as f64 / 1_000.0).replace('Z', ".000+0000");
    Value::map([
        ("FunctionName", Value::text(function.name.as_str())),
        ("FunctionArn", Value::text(function_arn(region, &function.name))),
        ("Runtime", Value::text("provided.al2023")),
        ("Role", Value::text("arn:aws:iam::000000000000:role/local")),
        ("Handler", Value::text("bootstrap")),
        ("CodeSize", Value::Int(0)),
        ("Description", Value::text("")),
        ("Timeout", Value::Int(i64::try_from(function.timeout_secs).unwrap_or(900))),
        ("MemorySize", Value::Int(i64::from(function.memory_mb))),
        ("LastModified", Value::text(modified)),
        ("Version", Value::text("$LATEST")),
        ("PackageType", Value::text("Zip")),
        ("Architectures", Value::list([Value::text("x86_64")])),
        ("State", Value::text("Active")),
        ("LastUpdateStatus", Value::text("Successful")),
    ])
}

fn get_function_concurrency(call: &Call<'_>) -> Result<Value, ServiceError> {
    let reserved = named(call)?.reserved_concurrency.map(|most| Value::Int(i64::from(most)));
    Ok(Value::map([("ReservedConcurrentExecutions", reserved.unwrap_or(Value::Null))]))
}

fn get_account_settings(call: &Call<'_>) -> Result<Value, ServiceError> {
    let functions = call.world.estate().functions;
    let reserved: i64 = functions.iter().filter_map(|function| function.reserved_concurrency).map(i64::from).sum();
    let limit = Value::map([
        ("ConcurrentExecutions", Value::Int(ACCOUNT_CONCURRENCY)),
        ("UnreservedConcurrentExecutions", Value::Int(ACCOUNT_CONCURRENCY - reserved)),
        ("TotalCodeSize", Value::Int(80_530_636_800)),
        ("CodeSizeUnzipped", Value::Int(262_144_000)),
        ("CodeSizeZipped", Value::Int(52_428_800)),
    ]);
    let count = i64::try_from(functions.len()).unwrap_or(0);
    let usage = Value::map([("FunctionCount", Value::Int(count)), ("TotalCodeSize", Value::Int(0))]);
    Ok(Value::map([("AccountLimit", limit), ("AccountUsage", usage)]))
}

fn get_policy(call: &Call<'_>) -> Result<Value, ServiceError> {
    let function = named(call)?;
    let region = call.world.region();
    if function.invoked_by.is_empty() {
        return Err(ServiceError::policy_not_found());
    }
    let statements = function.invoked_by.iter().map(|api| {
        json!({
            "Sid": format!("api-{api}"),
            "Effect": "Allow",
            "Principal": { "Service": "apigateway.amazonaws.com" },
            "Action": "lambda:InvokeFunction",
            "Resource": function_arn(region, &function.name),
            "Condition": { "ArnLike": { "AWS:SourceArn": arn("execute-api", region, &format!("{api}/*")) } },
        })
    });
    let policy = json!({ "Version": "2012-10-17", "Id": "default", "Statement": statements.collect::<Vec<_>>() });
    let revision = uuid::Uuid::from_u128(xxhash_rust::xxh3::xxh3_128(policy.to_string().as_bytes()));
    Ok(Value::map([("Policy", Value::text(policy.to_string())), ("RevisionId", Value::text(revision.to_string()))]))
}

/// Nothing here reads from a stream or queue.
fn list_event_source_mappings(call: &Call<'_>) -> Result<Value, ServiceError> {
    call.input.text("FunctionName")?;
    Ok(Value::map([("EventSourceMappings", Value::list([]))]))
}
