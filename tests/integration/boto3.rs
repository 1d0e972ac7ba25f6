//! The local AWS endpoint through clients nobody here wrote: boto3 and the
//! `aws` command, against the same calls through the Rust SDKs.

use std::io::Write;
use std::process::{Command, Stdio};

use serde_json::{Value, json};
use tests::stage::{Endpoint, SENTINELS, past_hour};
use tests::tools;

use crate::rust_peer::Sdk;

/// All that RDS keeps.
const EVENT_MINUTES: u32 = 14 * 24 * 60;

/// Numbers of two decodings may differ by rounding a time to microseconds, and
/// by nothing else.
const TOLERANCE: f64 = 1e-12;

#[tokio::test(flavor = "multi_thread")]
async fn boto3_and_the_rust_sdk_read_the_same() {
    let endpoint = Endpoint::with_history();
    let sdk = Sdk::new(&endpoint.url).await;
    let instance = Instance::simulated(&sdk).await;
    let plan = good_calls(&sdk, &instance).await;
    let theirs = carry_out_with_boto3(&endpoint, &plan);
    for (step, theirs) in plan.iter().zip(&theirs) {
        let ours = sdk.carry_out(&as_our_own(step)).await;
        assert!(theirs.get("ok").is_some(), "boto3 was refused: {step}\n{theirs}");
        assert_same(step, &ours, theirs);
        let is_empty = tidied(&theirs["ok"]) == json!({});
        let operation = step["operation"].as_str().unwrap();
        let is_silent = operation.starts_with("put_") || SILENT.contains(&operation);
        assert_eq!(is_empty, is_silent, "an empty answer proves nothing: {step}");
    }
}

/// What answers nothing when all is well, besides what puts: writes, and the list of clusters, there
/// being none.
const SILENT: [&str; 5] =
    ["set_alarm_state", "delete_alarms", "describe_db_clusters", "tag_resource", "untag_resource"];

/// The alarm of the peer test.
const ARN: &str = "arn:aws:cloudwatch:us-east-1:000000000000:alarm:load of the peer test";

/// Services with a Rust SDK in `rust_peer`.
const COMPARED: [&str; 4] = ["pi", "cloudwatch", "rds", "sts"];

#[tokio::test(flavor = "multi_thread")]
async fn no_operation_of_the_endpoint_is_left_out() {
    let endpoint = Endpoint::with_history();
    let sdk = Sdk::new(&endpoint.url).await;
    let plan = good_calls(&sdk, &Instance::simulated(&sdk).await).await;
    let driven: Vec<String> = plan.iter().map(|step| step["operation"].as_str().unwrap().replace('_', "")).collect();
    let left: Vec<_> = aws_local::operations()
        .filter(|(service, operation)| COMPARED.contains(service) && !driven.contains(&operation.to_lowercase()))
        .collect();
    assert!(left.is_empty(), "add a call to the plan: {left:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_aws_command_reads_the_same_as_boto3() {
    let endpoint = Endpoint::with_history();
    let sdk = Sdk::new(&endpoint.url).await;
    let instance = Instance::simulated(&sdk).await;
    let pairs = command_lines(&instance);
    let plan: Vec<Value> = pairs.iter().flat_map(|(line, call)| [json!({ "aws": line }), call.clone()]).collect();
    let answers = carry_out_with_boto3(&endpoint, &plan);
    for ((line, _), pair) in pairs.iter().zip(answers.chunks(2)) {
        assert!(pair[0].get("ok").is_some(), "aws {line:?}\n{}", pair[0]);
        assert_same(&json!({ "aws": line }), &pair[1], &pair[0]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn bad_requests_get_the_error_of_aws() {
    let endpoint = Endpoint::with_history();
    let sdk = Sdk::new(&endpoint.url).await;
    let instance = Instance::simulated(&sdk).await;
    let cases = bad_calls(&instance);
    let plan: Vec<Value> = cases.iter().map(|(_, step)| step.clone()).collect();
    let theirs = carry_out_with_boto3(&endpoint, &plan);
    let mut wrong = Vec::new();
    for ((expected, step), theirs) in cases.iter().zip(&theirs) {
        let ours = sdk.carry_out(step).await;
        let codes = [&ours, theirs].map(|answer| answer["error"]["code"].as_str().unwrap_or("none").to_owned());
        if codes.iter().any(|code| code != expected) || ours["error"]["message"] != theirs["error"]["message"] {
            wrong.push(format!("wanted {expected}: {step}\n  rust  {ours}\n  boto3 {theirs}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Lambda has no Rust client here: boto3 must read what the endpoint was told.
#[tokio::test(flavor = "multi_thread")]
async fn boto3_reads_functions_over_rest() {
    let endpoint = Endpoint::with_history();
    let call = |operation: &str| json!({ "service": "lambda", "operation": operation, "params": { "FunctionName": "bookshop-orders" } });
    let plan = [
        json!({ "service": "lambda", "operation": "list_functions", "params": { "MaxItems": 10 } }),
        call("get_function_concurrency"),
        call("get_policy"),
        json!({ "service": "lambda", "operation": "get_account_settings", "params": {} }),
        json!({ "service": "lambda", "operation": "get_policy", "params": { "FunctionName": "nobody" } }),
    ];
    let answers = carry_out_with_boto3(&endpoint, &plan);
    let function = &answers[0]["ok"]["Functions"][0];
    assert_eq!(function["FunctionName"], "bookshop-orders", "{answers:?}");
    assert_eq!((&function["MemorySize"], &function["Timeout"]), (&json!(512), &json!(15)));
    assert_eq!(answers[1]["ok"]["ReservedConcurrentExecutions"], 50);
    assert!(answers[2]["ok"]["Policy"].as_str().unwrap().contains(":execute-api:us-east-1:"), "{}", answers[2]);
    assert_eq!(answers[3]["ok"]["AccountLimit"]["UnreservedConcurrentExecutions"], 950);
    assert_eq!(answers[4]["error"]["code"], "ResourceNotFoundException", "{}", answers[4]);
}

/// The same call, but an alarm of our own: putting boto3's again would change it
/// after boto3 has read it.
fn as_our_own(step: &Value) -> Value {
    let mut step = step.clone();
    match step["operation"].as_str().unwrap() {
        "put_metric_alarm" => {
            step["params"]["AlarmName"] = json!("another load of the peer test");
            // Of another metric, or asking for the alarms of a metric would find it.
            step["params"]["MetricName"] = json!("DBLoadCPU");
        }
        "set_alarm_state" => step["params"]["AlarmName"] = json!("another load of the peer test"),
        "delete_alarms" => step["params"]["AlarmNames"][0] = json!("another load of the peer test"),
        "put_composite_alarm" => step["params"]["AlarmName"] = json!("another rule of the peer test"),
        "put_metric_data" => step["params"]["Namespace"] = json!("AnotherPeer"),
        _ => {}
    }
    step
}

/// What the calls are about.
struct Instance {
    name: String,
    resource_id: String,
    arn: String,
    /// A past hour, aligned; nothing is added to it any more.
    start: u64,
    end: u64,
}

impl Instance {
    /// The instance with eight days of simulated past.
    async fn simulated(sdk: &Sdk) -> Self {
        let step = json!({ "service": "rds", "operation": "describe_db_instances", "params": {} });
        let answer = sdk.carry_out(&step).await;
        let instances = answer["ok"]["DBInstances"].as_array().unwrap_or_else(|| panic!("{answer}"));
        let found = instances.iter().find(|instance| {
            let name = instance["DBInstanceIdentifier"].as_str().unwrap();
            !SENTINELS.iter().any(|prefix| name.starts_with(prefix))
        });
        let found = found.unwrap_or_else(|| panic!("no simulated instance: {answer}"));
        let (start, end) = past_hour();
        Self {
            name: found["DBInstanceIdentifier"].as_str().unwrap().to_owned(),
            resource_id: found["DbiResourceId"].as_str().unwrap().to_owned(),
            arn: found["DBInstanceArn"].as_str().unwrap().to_owned(),
            start,
            end,
        }
    }

    /// A PI call about it.
    fn pi(&self, operation: &str, further: Value) -> Value {
        let mut params = json!({ "ServiceType": "RDS", "Identifier": self.resource_id });
        let Value::Object(further) = further else { unreachable!() };
        params.as_object_mut().unwrap().extend(further);
        json!({ "service": "pi", "operation": operation, "params": params })
    }

    /// A PI call about it and its past hour.
    fn pi_hour(&self, operation: &str, further: Value) -> Value {
        let mut step = self.pi(operation, further);
        let params = step["params"].as_object_mut().unwrap();
        params.entry("StartTime").or_insert(json!({ "epoch": self.start }));
        params.entry("EndTime").or_insert(json!({ "epoch": self.end }));
        step
    }

    fn metric(&self, id: &str, name: &str, stat: &str) -> Value {
        let dimension = json!({ "Name": "DBInstanceIdentifier", "Value": self.name });
        let metric = json!({ "Namespace": "AWS/RDS", "MetricName": name, "Dimensions": [dimension] });
        json!({ "Id": id, "MetricStat": { "Metric": metric, "Period": 60, "Stat": stat } })
    }

    fn metric_data(&self, queries: Vec<Value>) -> Value {
        let params = json!({
            "MetricDataQueries": queries,
            "StartTime": { "epoch": self.start },
            "EndTime": { "epoch": self.end },
        });
        json!({ "service": "cloudwatch", "operation": "get_metric_data", "params": params })
    }
}

/// Every operation of the endpoint, in the forms Loadlens and people use.
async fn good_calls(sdk: &Sdk, instance: &Instance) -> Vec<Value> {
    let mut plan = vec![
        json!({ "service": "sts", "operation": "get_caller_identity", "params": {} }),
        json!({ "service": "rds", "operation": "describe_db_instances", "params": {} }),
        json!({ "service": "rds", "operation": "describe_db_instances",
                "params": { "DBInstanceIdentifier": instance.name } }),
        json!({ "service": "rds", "operation": "describe_db_instances",
                "params": { "Filters": [{ "Name": "dbi-resource-id", "Values": [instance.resource_id] }] } }),
        json!({ "service": "rds", "operation": "describe_db_clusters", "params": {} }),
        json!({ "service": "rds", "operation": "describe_events",
                "params": { "SourceType": "db-instance", "Duration": EVENT_MINUTES } }),
        json!({ "service": "rds", "operation": "list_tags_for_resource", "params": { "ResourceName": instance.arn } }),
    ];
    plan.extend(load_calls(instance));
    plan.extend(list_calls(instance));
    plan.extend(cloudwatch_calls(instance));
    plan.extend(custom_metric_calls());
    plan.extend(tier_calls());
    plan.extend(tier_metric_calls(instance));
    plan.push(text_call(sdk, instance).await);
    plan
}

fn load_calls(instance: &Instance) -> Vec<Value> {
    let grouped =
        |group: &str, limit: u32| json!({ "Metric": "db.load.avg", "GroupBy": { "Group": group, "Limit": limit } });
    let filtered = json!({ "Metric": "db.load.avg", "Filter": { "db.wait_event_type.name": "CPU" } });
    let all_groups: Vec<Value> = [
        "db",
        "db.application",
        "db.blocking_object",
        "db.blocking_session",
        "db.blocking_sql",
        "db.host",
        "db.user",
        "db.session_type",
        "db.sql",
        "db.sql_tokenized",
        "db.wait_event",
        "db.wait_event_type",
    ]
    .map(|group| grouped(group, 10))
    .into();
    vec![
        instance.pi_hour("get_resource_metrics", json!({ "PeriodInSeconds": 60,
            "MetricQueries": [{ "Metric": "db.load.avg" }, grouped("db.wait_event", 7), filtered] })),
        instance.pi_hour("get_resource_metrics", json!({ "PeriodInSeconds": 300, "PeriodAlignment": "START_TIME",
            "MetricQueries": [grouped("db.sql_tokenized", 25), { "Metric": "os.cpuUtilization.total.avg" }] })),
        paged(instance.pi_hour("get_resource_metrics", json!({ "PeriodInSeconds": 300, "MaxResults": 5,
            "MetricQueries": all_groups }))),
        instance.pi_hour("get_resource_metrics", json!({ "PeriodInSeconds": 3600,
            "MetricQueries": [{ "Metric": "db.load.max" }, { "Metric": "db.load.min" }, { "Metric": "db.sampledload.avg" }] })),
        instance.pi_hour("get_resource_metrics", json!({ "MetricQueries": [{ "Metric": "db.load.avg" }] })),
        instance.pi_hour("describe_dimension_keys", json!({ "Metric": "db.load.avg", "PeriodInSeconds": 300,
            "GroupBy": { "Group": "db.sql_tokenized", "Limit": 10 },
            "PartitionBy": { "Group": "db.wait_event", "Limit": 5 },
            "AdditionalMetrics": ["db.sql_tokenized.stats.calls_per_sec.avg",
                                  "db.sql_tokenized.stats.avg_latency_per_call.avg"] })),
        paged(instance.pi_hour("describe_dimension_keys", json!({ "Metric": "db.load.avg", "MaxResults": 3,
            "GroupBy": { "Group": "db.user", "Dimensions": ["db.user.name"] } }))),
    ]
}

fn list_calls(instance: &Instance) -> Vec<Value> {
    let kinds = json!({ "MetricTypes": ["os", "db", "db.sql_tokenized.stats"], "MaxResults": 25 });
    vec![
        instance.pi("get_resource_metadata", json!({})),
        paged(instance.pi("list_available_resource_dimensions", json!({ "Metrics": ["db.load"] }))),
        paged(instance.pi("list_available_resource_metrics", kinds)),
    ]
}

fn cloudwatch_calls(instance: &Instance) -> Vec<Value> {
    let alarm = json!({
        "AlarmName": "load of the peer test", "AlarmDescription": "more sessions than vCPUs",
        "Namespace": "AWS/RDS", "MetricName": "DBLoad", "Statistic": "Average", "Period": 60,
        "Dimensions": [{ "Name": "DBInstanceIdentifier", "Value": instance.name }],
        "EvaluationPeriods": 3, "DatapointsToAlarm": 2, "Threshold": 4.5,
        "ComparisonOperator": "GreaterThanThreshold", "TreatMissingData": "notBreaching",
    });
    let queries = vec![
        instance.metric("load", "DBLoad", "Average"),
        instance.metric("cpu", "CPUUtilization", "Average"),
        instance.metric("peak", "CPUUtilization", "Maximum"),
        instance.metric("connections", "DatabaseConnections", "Maximum"),
    ];
    let mut short_lived = alarm.clone();
    short_lived["AlarmName"] = json!("short life");
    let of_metric = json!({ "Namespace": "AWS/RDS", "MetricName": "DBLoad", "Dimensions": alarm["Dimensions"] });
    vec![
        json!({ "service": "cloudwatch", "operation": "put_metric_alarm", "params": short_lived }),
        json!({ "service": "cloudwatch", "operation": "delete_alarms", "params": { "AlarmNames": ["short life"] } }),
        json!({ "service": "cloudwatch", "operation": "put_metric_alarm", "params": alarm }),
        json!({ "service": "cloudwatch", "operation": "set_alarm_state", "params": {
                "AlarmName": "load of the peer test", "StateValue": "ALARM", "StateReason": "the test says so" } }),
        json!({ "service": "cloudwatch", "operation": "describe_alarms",
                "params": { "AlarmNames": ["load of the peer test"] } }),
        json!({ "service": "cloudwatch", "operation": "describe_alarms_for_metric", "params": of_metric }),
        json!({ "service": "cloudwatch", "operation": "tag_resource", "params": {
                "ResourceARN": ARN, "Tags": [{ "Key": "team", "Value": "shop" }, { "Key": "page", "Value": "no" }] } }),
        json!({ "service": "cloudwatch", "operation": "untag_resource",
                "params": { "ResourceARN": ARN, "TagKeys": ["page"] } }),
        json!({ "service": "cloudwatch", "operation": "list_tags_for_resource", "params": { "ResourceARN": ARN } }),
        json!({ "service": "cloudwatch", "operation": "put_log_alarm", "params": {
                "AlarmName": "log of the peer test",
                "ScheduledQueryConfiguration": {
                    "QueryString": "fields @message", "LogGroupIdentifiers": ["/ecs/shop"],
                    "ScheduledQueryRoleARN": "arn:aws:iam::000000000000:role/logs",
                    "AggregationExpression": "count(*)",
                    "ScheduleConfiguration": { "ScheduleExpression": "rate(1 minute)" } },
                "QueryResultsToEvaluate": 3, "QueryResultsToAlarm": 2, "Threshold": 10.0,
                "ComparisonOperator": "GreaterThanThreshold" } }),
        paged(json!({ "service": "cloudwatch", "operation": "list_metrics", "params": { "Namespace": "AWS/RDS" } })),
        instance.metric_data(queries),
    ]
}

/// A metric of one's own, written as one value and as values with counts.
fn custom_metric_calls() -> Vec<Value> {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
    let minute = now / 60 * 60 - 300;
    let dimensions = json!([{ "Name": "Shop", "Value": "peer" }]);
    let values: Vec<f64> = (1..=100).map(f64::from).collect();
    let data = json!([
        { "MetricName": "Orders", "Dimensions": dimensions, "Timestamp": { "epoch": minute }, "Value": 3.5, "Unit": "Count" },
        { "MetricName": "Time", "Dimensions": dimensions, "Timestamp": { "epoch": minute }, "Values": values,
          "Counts": vec![2.0; 100], "Unit": "Milliseconds" },
    ]);
    let window = |further: Value| {
        let mut params = json!({ "Namespace": "Peer", "Dimensions": dimensions, "Period": 60,
            "StartTime": { "epoch": minute }, "EndTime": { "epoch": minute + 120 } });
        params.as_object_mut().unwrap().extend(further.as_object().unwrap().clone());
        json!({ "service": "cloudwatch", "operation": "get_metric_statistics", "params": params })
    };
    vec![
        json!({ "service": "cloudwatch", "operation": "put_metric_data",
                "params": { "Namespace": "Peer", "MetricData": data } }),
        window(json!({ "MetricName": "Orders",
            "Statistics": ["SampleCount", "Average", "Sum", "Minimum", "Maximum"] })),
        window(json!({ "MetricName": "Time", "ExtendedStatistics": ["p50", "p95", "p99"] })),
    ]
}

/// What the tiers are found with.
fn tier_calls() -> Vec<Value> {
    let call = |service: &str, operation: &str, params: Value| json!({ "service": service, "operation": operation, "params": params });
    let group = "arn:aws:elasticloadbalancing:us-east-1:000000000000:targetgroup/bookshop-tasks/9c3e5a1d8b204f67";
    let service = "arn:aws:ecs:us-east-1:000000000000:service/bookshop/web";
    vec![
        call("elbv2", "describe_load_balancers", json!({})),
        call("elbv2", "describe_load_balancers", json!({ "Names": ["bookshop-container"] })),
        call("elbv2", "describe_target_groups", json!({})),
        call("elbv2", "describe_target_health", json!({ "TargetGroupArn": group })),
        call("elbv2", "describe_tags", json!({ "ResourceArns": [group] })),
        call("autoscaling", "describe_auto_scaling_groups", json!({})),
        call("autoscaling", "describe_auto_scaling_instances", json!({})),
        call("ecs", "list_clusters", json!({})),
        call("ecs", "list_services", json!({ "cluster": "bookshop" })),
        call("ecs", "describe_services", json!({ "cluster": "bookshop", "services": [service, "nobody"] })),
        call("ecs", "list_tasks", json!({ "cluster": "bookshop" })),
        call("resourcegroupstaggingapi", "get_resources", json!({ "TagFilters": [{ "Key": "app" }] })),
        call("resourcegroupstaggingapi", "get_resources", json!({ "ResourceTypeFilters": ["dynamodb:table", "s3"] })),
        call("resourcegroupstaggingapi", "get_tag_keys", json!({})),
        call("resourcegroupstaggingapi", "get_tag_values", json!({ "Key": "app" })),
    ]
}

/// Percentiles, math, filling and searching over the metrics of tiers.
fn tier_metric_calls(instance: &Instance) -> Vec<Value> {
    let balancer = json!([{ "Name": "LoadBalancer", "Value": "app/bookshop-container/4f1c8e9a2b7d6350" }]);
    let metric = |id: &str, name: &str, stat: &str| {
        let metric = json!({ "Namespace": "AWS/ApplicationELB", "MetricName": name, "Dimensions": balancer });
        json!({ "Id": id, "MetricStat": { "Metric": metric, "Period": 60, "Stat": stat } })
    };
    let math = |id: &str, expression: &str| json!({ "Id": id, "Expression": expression });
    let search = "SEARCH('{AWS/DynamoDB,Operation,TableName} MetricName=\"SuccessfulRequestLatency\"', 'p99', 60)";
    let queries = vec![
        metric("requests", "RequestCount", "Sum"),
        metric("p50", "TargetResponseTime", "p50"),
        metric("p99", "TargetResponseTime", "p99"),
        metric("errors", "HTTPCode_ELB_5XX_Count", "Sum"),
        math("rate", "100 * FILL(errors, 0) / (requests + FILL(errors, 0))"),
        math("found", search),
        math("slowest", &format!("SLICE(SORT({search}, MAX, DESC, 1), 0)")),
    ];
    let composite = json!({ "AlarmName": "rule of the peer test", "AlarmDescription": "both",
        "AlarmRule": "ALARM(\"load of the peer test\") AND NOT OK(\"load of the peer test\")" });
    vec![
        instance.metric_data(queries),
        paged(json!({ "service": "cloudwatch", "operation": "list_metrics",
            "params": { "Namespace": "AWS/DynamoDB", "Dimensions": [{ "Name": "Operation" }] } })),
        json!({ "service": "cloudwatch", "operation": "put_composite_alarm", "params": composite }),
        json!({ "service": "cloudwatch", "operation": "describe_alarms",
            "params": { "AlarmTypes": ["CompositeAlarm"], "AlarmNames": ["rule of the peer test"] } }),
        json!({ "service": "cloudwatch", "operation": "describe_alarm_history",
            "params": { "AlarmName": "rule of the peer test", "HistoryItemType": "ConfigurationUpdate" } }),
    ]
}

/// The full text of a statement, found through one of the groupings.
async fn text_call(sdk: &Sdk, instance: &Instance) -> Value {
    let keys = instance.pi_hour(
        "describe_dimension_keys",
        json!({
        "Metric": "db.load.avg", "GroupBy": { "Group": "db.sql", "Limit": 1 } }),
    );
    let answer = sdk.carry_out(&keys).await;
    let id = &answer["ok"]["Keys"][0]["Dimensions"]["db.sql.id"];
    assert!(id.is_string(), "no statement in the past hour: {answer}");
    instance.pi(
        "get_dimension_key_details",
        json!({
        "Group": "db.sql", "GroupIdentifier": id, "RequestedDimensions": ["statement"] }),
    )
}

fn paged(mut step: Value) -> Value {
    step["pages"] = json!(true);
    step
}

/// Lines of the `aws` command and the boto3 call each must agree with.
fn command_lines(instance: &Instance) -> Vec<(Vec<String>, Value)> {
    let words = |line: &str| line.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
    let about = format!("--service-type RDS --identifier {}", instance.resource_id);
    let hour = format!("--start-time {} --end-time {}", instance.start, instance.end);
    let group = json!({ "Group": "db.wait_event", "Limit": 7 });
    let queries = json!([{ "Metric": "db.load.avg", "GroupBy": group }]);
    let mut metrics = words(&format!("pi get-resource-metrics {about} {hour} --period-in-seconds 60 --metric-queries"));
    metrics.push(queries.to_string());
    let keys = format!("pi describe-dimension-keys {about} {hour} --metric db.load.avg --group-by Group=db.user");
    let mut data = words(&format!("cloudwatch get-metric-data {hour} --metric-data-queries"));
    let load = vec![instance.metric("load", "DBLoad", "Average")];
    data.push(Value::from(load.clone()).to_string());
    let one = words(&format!("rds describe-db-instances --db-instance-identifier {}", instance.name));
    vec![
        (words("sts get-caller-identity"), json!({ "service": "sts", "operation": "get_caller_identity" })),
        (
            one,
            json!({ "service": "rds", "operation": "describe_db_instances",
                      "params": { "DBInstanceIdentifier": instance.name } }),
        ),
        (metrics, instance.pi_hour("get_resource_metrics", json!({ "PeriodInSeconds": 60, "MetricQueries": queries }))),
        (
            words(&keys),
            instance.pi_hour(
                "describe_dimension_keys",
                json!({
            "Metric": "db.load.avg", "GroupBy": { "Group": "db.user" } }),
            ),
        ),
        (data, instance.metric_data(load)),
    ]
}

/// Requests AWS refuses, with the code its clients report.
fn bad_calls(instance: &Instance) -> Vec<(&'static str, Value)> {
    let load = json!([{ "Metric": "db.load.avg" }]);
    let metrics = |further: Value| {
        let mut params = json!({ "MetricQueries": load });
        let Value::Object(further) = further else { unreachable!() };
        params.as_object_mut().unwrap().extend(further);
        instance.pi_hour("get_resource_metrics", params)
    };
    let query = |query: Value| metrics(json!({ "MetricQueries": [query] }));
    let sixteen: Vec<Value> = (0..16).map(|_| json!({ "Metric": "db.load.avg" })).collect();
    vec![
        ("ValidationException", metrics(json!({ "MetricQueries": sixteen }))),
        ("InvalidArgumentException", query(json!({ "Metric": "db.load" }))),
        ("InvalidArgumentException", query(json!({ "Metric": "db.nonsense.avg" }))),
        ("InvalidArgumentException", query(json!({ "Metric": "db.load.avg", "GroupBy": { "Group": "db.nonsense" } }))),
        ("InvalidArgumentException", metrics(json!({ "PeriodInSeconds": 7 }))),
        (
            "InvalidArgumentException",
            metrics(json!({ "StartTime": { "epoch": instance.end }, "EndTime": { "epoch": instance.start } })),
        ),
        (
            "ValidationError",
            json!({ "service": "cloudwatch", "operation": "describe_alarms", "params": { "StateValue": "INVALID" } }),
        ),
        (
            "LoadBalancerNotFound",
            json!({ "service": "elbv2", "operation": "describe_load_balancers", "params": { "Names": ["nobody"] } }),
        ),
        (
            "ClusterNotFoundException",
            json!({ "service": "ecs", "operation": "list_services", "params": { "cluster": "nobody" } }),
        ),
        (
            "ValidationError",
            json!({ "service": "cloudwatch", "operation": "put_composite_alarm",
                                       "params": { "AlarmName": "x", "AlarmRule": "ALARM(nobody)" } }),
        ),
        (
            "DBInstanceNotFound",
            json!({ "service": "rds", "operation": "describe_db_instances",
                                       "params": { "DBInstanceIdentifier": "nobody" } }),
        ),
    ]
}

/// Lets boto3 and the `aws` command carry out a plan.
fn carry_out_with_boto3(endpoint: &Endpoint, plan: &[Value]) -> Vec<Value> {
    let mut child = Command::new(tools::peer_python())
        .arg(tools::repository().join("tests/peers/boto3_peer.py"))
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap())
        .env("AWS_DEFAULT_REGION", "us-east-1")
        .env("AWS_EC2_METADATA_DISABLED", "true")
        .envs(endpoint.environment())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let plan = serde_json::to_vec(plan).unwrap();
    child.stdin.take().unwrap().write_all(&plan).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

fn assert_same(step: &Value, ours: &Value, theirs: &Value) {
    let (ours, theirs) = (tidied(ours), tidied(theirs));
    if let Some(difference) = first_difference("", &ours, &theirs) {
        panic!("{step}\n{difference}");
    }
}

/// Without what is missing in one decoding and empty in another, without page
/// tokens, which mean nothing to anybody else, and without the state of an
/// alarm, which may change between two calls.
fn tidied(value: &Value) -> Value {
    match value {
        Value::Object(map) => {
            let fleeting = |name: &str| {
                matches!(name, "NextToken" | "Marker" | "PaginationToken")
                    || ["StateValue", "StateReason", "StateUpdated", "StateTransitioned"]
                        .iter()
                        .any(|state| name.starts_with(state))
            };
            let kept = map.iter().filter(|(name, _)| !fleeting(name));
            let kept = kept.map(|(name, inner)| (name.clone(), tidied(inner)));
            kept.filter(|(_, inner)| !is_empty(inner)).collect()
        }
        Value::Array(list) => list.iter().map(tidied).collect(),
        other => other.clone(),
    }
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Array(list) => list.is_empty(),
        Value::Object(map) => map.is_empty(),
        _ => false,
    }
}

/// Where two answers part, in words.
fn first_difference(place: &str, ours: &Value, theirs: &Value) -> Option<String> {
    match (ours, theirs) {
        (Value::Object(a), Value::Object(b)) => {
            let mut names: Vec<&String> = a.keys().chain(b.keys()).collect();
            names.sort();
            names.dedup();
            names.into_iter().find_map(|name| {
                let side = |map: &serde_json::Map<String, Value>| map.get(name).cloned().unwrap_or_default();
                first_difference(&format!("{place}.{name}"), &side(a), &side(b))
            })
        }
        (Value::Array(a), Value::Array(b)) if a.len() == b.len() => {
            a.iter().zip(b).enumerate().find_map(|(index, (a, b))| first_difference(&format!("{place}[{index}]"), a, b))
        }
        (Value::Number(a), Value::Number(b)) => {
            let (a, b) = (a.as_f64()?, b.as_f64()?);
            let differs = (a - b).abs() > TOLERANCE * a.abs().max(b.abs());
            differs.then(|| format!("at {place}: ours {a}, theirs {b}"))
        }
        _ => (ours != theirs).then(|| format!("at {place}: ours {ours}, theirs {theirs}")),
    }
}
