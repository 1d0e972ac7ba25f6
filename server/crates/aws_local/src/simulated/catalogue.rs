//! The made-up resources and their metrics: one row each.

/// A resource that is found by its tags alone.
#[derive(Debug)]
pub(super) struct Resource {
    pub(super) arn: Arn,
    pub(super) app: &'static str,
    pub(super) name: &'static str,
}

/// How an ARN is put together.
#[derive(Debug)]
pub(super) enum Arn {
    /// Without region, as it stands.
    Global(&'static str),
    /// Service and resource, with region and account.
    Regional(&'static str, &'static str),
    /// Service and resource, with region and no account.
    OfRegion(&'static str, &'static str),
}

/// One metric.
#[derive(Debug)]
pub(super) struct Row {
    pub(super) namespace: &'static str,
    pub(super) name: &'static str,
    pub(super) dimensions: &'static [(&'static str, &'static str)],
    pub(super) unit: &'static str,
    pub(super) shape: Shape,
}

/// What its values are like.
#[derive(Clone, Copy, Debug)]
pub(super) enum Shape {
    /// Things that happen all the time, a value each.
    Events { per_minute: f64, each: f64 },
    /// Things that happen now and then; nothing is recorded otherwise.
    Rare { every_minutes: f64, each: f64 },
    /// A one for each of some, a zero for each other: the average is a rate.
    Flags { per_minute: f64, share: f64 },
    /// Durations: log-normal, `spread` is the standard deviation of their logarithm.
    Latency { per_minute: f64, median: f64, spread: f64 },
    /// A level that follows the day.
    Level(f64),
    /// Always the same.
    Fixed(f64),
    /// Once a day.
    Daily(f64),
}

pub(super) const BALANCER: &str = "app/bookshop-container/4f1c8e9a2b7d6350";
pub(super) const TARGET_GROUP: &str = "targetgroup/bookshop-tasks/9c3e5a1d8b204f67";
/// The group of the cluster's nodes, and its instances.
pub(super) const NODES_GROUP: &str = "bookshop-jobs-nodes";
pub(super) const NODES: &[&str] = &["i-0c4a1f7e2b9d83650", "i-0d5b2a8f3c0e94761", "i-0e6c3b904d1fa5872"];
pub(super) const FUNCTION_NAME: &str = "bookshop-orders";
pub(super) const REST_API_ID: &str = "a1b2c3d4e5";
/// Where the tasks of the service are.
pub(super) const TASK_ADDRESSES: &[&str] = &["10.0.9.11", "10.0.9.12", "10.0.10.11", "10.0.10.12"];

/// Resources without a describe call here.
pub(super) const RESOURCES: &[Resource] = &[
    Resource {
        arn: Arn::Global("arn:aws:route53:::healthcheck/5d8e7f10-3c2b-4a69-8f71-0e6d5c4b3a29"),
        app: "bookshop",
        name: "bookshop front door",
    },
    Resource {
        arn: Arn::Global("arn:aws:cloudfront::000000000000:distribution/E2LOADLENSDEMO"),
        app: "bookshop",
        name: "bookshop static",
    },
    Resource {
        arn: Arn::Global("arn:aws:s3:::bookshop-static-000000000000"),
        app: "bookshop",
        name: "bookshop static",
    },
    Resource {
        arn: Arn::OfRegion("apigateway", "/restapis/a1b2c3d4e5"),
        app: "bookshop-serverless",
        name: "bookshop-rest",
    },
    Resource {
        arn: Arn::Regional("dynamodb", "table/bookshop-orders"),
        app: "bookshop-serverless",
        name: "bookshop-orders",
    },
    Resource {
        arn: Arn::Global("arn:aws:s3:::bookshop-serverless-000000000000"),
        app: "bookshop-serverless",
        name: "bookshop serverless static",
    },
    Resource {
        arn: Arn::Global("arn:aws:cloudfront::000000000000:distribution/E3LOADLENSDEMO"),
        app: "bookshop-serverless",
        name: "bookshop serverless static",
    },
    Resource { arn: Arn::Regional("eks", "cluster/bookshop-jobs"), app: "bookshop-container", name: "bookshop-jobs" },
    Resource { arn: Arn::Regional("ecr", "repository/bookshop"), app: "bookshop-container", name: "bookshop" },
    Resource {
        arn: Arn::Regional("dynamodb", "table/bookshop-carts"),
        app: "bookshop-container",
        name: "bookshop-carts",
    },
    Resource { arn: Arn::Regional("dax", "cache/bookshop-carts"), app: "bookshop-container", name: "bookshop-carts" },
    Resource {
        arn: Arn::Regional("rds", "db-proxy:prx-0a1b2c3d4e5f60718"),
        app: "bookshop-container",
        name: "bookshop-proxy",
    },
];

type Dimensions = &'static [(&'static str, &'static str)];

const HEALTH_CHECK: Dimensions = &[("HealthCheckId", "5d8e7f10-3c2b-4a69-8f71-0e6d5c4b3a29")];
const CDN: Dimensions = &[("DistributionId", "E2LOADLENSDEMO"), ("Region", "Global")];
const CDN_SERVERLESS: Dimensions = &[("DistributionId", "E3LOADLENSDEMO"), ("Region", "Global")];
const BUCKET: Dimensions = &[("BucketName", "bookshop-static-000000000000"), ("FilterId", "EntireBucket")];
const BUCKET_SIZE: Dimensions = &[("BucketName", "bookshop-static-000000000000"), ("StorageType", "StandardStorage")];
const BUCKET_OBJECTS: Dimensions =
    &[("BucketName", "bookshop-static-000000000000"), ("StorageType", "AllStorageTypes")];
const BUCKET_SERVERLESS: Dimensions =
    &[("BucketName", "bookshop-serverless-000000000000"), ("FilterId", "EntireBucket")];
const BUCKET_SIZE_SERVERLESS: Dimensions =
    &[("BucketName", "bookshop-serverless-000000000000"), ("StorageType", "StandardStorage")];
const BUCKET_OBJECTS_SERVERLESS: Dimensions =
    &[("BucketName", "bookshop-serverless-000000000000"), ("StorageType", "AllStorageTypes")];
const ALB: Dimensions = &[("LoadBalancer", BALANCER)];
const TARGETS: Dimensions = &[("LoadBalancer", BALANCER), ("TargetGroup", TARGET_GROUP)];
const REST_API: Dimensions = &[("ApiName", "bookshop-rest")];
const SERVICE: Dimensions = &[("ClusterName", "bookshop"), ("ServiceName", "web")];
const CLUSTER: Dimensions = &[("ClusterName", "bookshop-jobs")];
const NODES_OF_GROUP: Dimensions = &[("AutoScalingGroupName", NODES_GROUP)];
const FUNCTION: Dimensions = &[("FunctionName", FUNCTION_NAME)];
const FUNCTION_INSIGHTS: Dimensions = &[("function_name", FUNCTION_NAME)];
const REPOSITORY: Dimensions = &[("RepositoryName", "bookshop")];
const DAX_CLUSTER: Dimensions = &[("ClusterId", "bookshop-carts")];
const PROXY: Dimensions = &[("ProxyName", "bookshop-proxy")];
const CARTS: Dimensions = &[("TableName", "bookshop-carts")];
const CARTS_GETITEM: Dimensions = &[("Operation", "GetItem"), ("TableName", "bookshop-carts")];
const CARTS_PUTITEM: Dimensions = &[("Operation", "PutItem"), ("TableName", "bookshop-carts")];
const CARTS_QUERY: Dimensions = &[("Operation", "Query"), ("TableName", "bookshop-carts")];
const CARTS_UPDATEITEM: Dimensions = &[("Operation", "UpdateItem"), ("TableName", "bookshop-carts")];
const ORDERS: Dimensions = &[("TableName", "bookshop-orders")];
const ORDERS_GETITEM: Dimensions = &[("Operation", "GetItem"), ("TableName", "bookshop-orders")];
const ORDERS_PUTITEM: Dimensions = &[("Operation", "PutItem"), ("TableName", "bookshop-orders")];
const ORDERS_QUERY: Dimensions = &[("Operation", "Query"), ("TableName", "bookshop-orders")];
const ORDERS_UPDATEITEM: Dimensions = &[("Operation", "UpdateItem"), ("TableName", "bookshop-orders")];
const ORDERS_REPLICA: Dimensions = &[("ReceivingRegion", "eu-west-1"), ("TableName", "bookshop-orders")];
const ORDERS_STREAM: Dimensions =
    &[("Operation", "GetRecords"), ("StreamLabel", "2026-10-01T08:00:00.000"), ("TableName", "bookshop-orders")];

const fn row(
    namespace: &'static str,
    name: &'static str,
    dimensions: Dimensions,
    unit: &'static str,
    shape: Shape,
) -> Row {
    Row { namespace, name, dimensions, unit, shape }
}

/// Every metric.
pub(super) const ROWS: &[Row] = &[
    row("AWS/CloudFront", "Requests", CDN, "None", Shape::Events { per_minute: 900.0, each: 1.0 }),
    row("AWS/CloudFront", "BytesDownloaded", CDN, "None", Shape::Events { per_minute: 900.0, each: 41000.0 }),
    row("AWS/CloudFront", "BytesUploaded", CDN, "None", Shape::Events { per_minute: 900.0, each: 600.0 }),
    row("AWS/CloudFront", "TotalErrorRate", CDN, "Percent", Shape::Level(0.4)),
    row("AWS/CloudFront", "4xxErrorRate", CDN, "Percent", Shape::Level(0.35)),
    row("AWS/CloudFront", "5xxErrorRate", CDN, "Percent", Shape::Level(0.05)),
    row("AWS/CloudFront", "CacheHitRate", CDN, "Percent", Shape::Level(93.0)),
    row("AWS/CloudFront", "OriginLatency", CDN, "None", Shape::Latency { per_minute: 60.0, median: 38.0, spread: 0.5 }),
    row("AWS/CloudFront", "Requests", CDN_SERVERLESS, "None", Shape::Events { per_minute: 220.0, each: 1.0 }),
    row(
        "AWS/CloudFront",
        "BytesDownloaded",
        CDN_SERVERLESS,
        "None",
        Shape::Events { per_minute: 220.0, each: 41000.0 },
    ),
    row("AWS/CloudFront", "4xxErrorRate", CDN_SERVERLESS, "Percent", Shape::Level(0.3)),
    row("AWS/CloudFront", "5xxErrorRate", CDN_SERVERLESS, "Percent", Shape::Level(0.03)),
    row("AWS/Route53", "HealthCheckStatus", HEALTH_CHECK, "None", Shape::Fixed(1.0)),
    row("AWS/Route53", "HealthCheckPercentageHealthy", HEALTH_CHECK, "Percent", Shape::Fixed(100.0)),
    row(
        "AWS/Route53",
        "ConnectionTime",
        HEALTH_CHECK,
        "Milliseconds",
        Shape::Latency { per_minute: 16.0, median: 22.0, spread: 0.4 },
    ),
    row(
        "AWS/Route53",
        "TimeToFirstByte",
        HEALTH_CHECK,
        "Milliseconds",
        Shape::Latency { per_minute: 16.0, median: 48.0, spread: 0.4 },
    ),
    row(
        "AWS/Route53",
        "SSLHandshakeTime",
        HEALTH_CHECK,
        "Milliseconds",
        Shape::Latency { per_minute: 16.0, median: 35.0, spread: 0.4 },
    ),
    row("AWS/S3", "AllRequests", BUCKET, "Count", Shape::Events { per_minute: 64.0, each: 1.0 }),
    row("AWS/S3", "GetRequests", BUCKET, "Count", Shape::Events { per_minute: 62.0, each: 1.0 }),
    row("AWS/S3", "BytesDownloaded", BUCKET, "Bytes", Shape::Events { per_minute: 62.0, each: 41000.0 }),
    row("AWS/S3", "4xxErrors", BUCKET, "Count", Shape::Flags { per_minute: 64.0, share: 0.01 }),
    row("AWS/S3", "5xxErrors", BUCKET, "Count", Shape::Flags { per_minute: 64.0, share: 0.0002 }),
    row(
        "AWS/S3",
        "FirstByteLatency",
        BUCKET,
        "Milliseconds",
        Shape::Latency { per_minute: 62.0, median: 17.0, spread: 0.5 },
    ),
    row(
        "AWS/S3",
        "TotalRequestLatency",
        BUCKET,
        "Milliseconds",
        Shape::Latency { per_minute: 62.0, median: 24.0, spread: 0.5 },
    ),
    row("AWS/S3", "BucketSizeBytes", BUCKET_SIZE, "Bytes", Shape::Daily(18400000.0)),
    row("AWS/S3", "NumberOfObjects", BUCKET_OBJECTS, "Count", Shape::Daily(212.0)),
    row("AWS/S3", "AllRequests", BUCKET_SERVERLESS, "Count", Shape::Events { per_minute: 16.0, each: 1.0 }),
    row("AWS/S3", "GetRequests", BUCKET_SERVERLESS, "Count", Shape::Events { per_minute: 15.5, each: 1.0 }),
    row("AWS/S3", "BytesDownloaded", BUCKET_SERVERLESS, "Bytes", Shape::Events { per_minute: 15.5, each: 41000.0 }),
    row("AWS/S3", "4xxErrors", BUCKET_SERVERLESS, "Count", Shape::Flags { per_minute: 16.0, share: 0.01 }),
    row("AWS/S3", "5xxErrors", BUCKET_SERVERLESS, "Count", Shape::Flags { per_minute: 16.0, share: 0.0002 }),
    row(
        "AWS/S3",
        "FirstByteLatency",
        BUCKET_SERVERLESS,
        "Milliseconds",
        Shape::Latency { per_minute: 15.5, median: 17.0, spread: 0.5 },
    ),
    row(
        "AWS/S3",
        "TotalRequestLatency",
        BUCKET_SERVERLESS,
        "Milliseconds",
        Shape::Latency { per_minute: 15.5, median: 24.0, spread: 0.5 },
    ),
    row("AWS/S3", "BucketSizeBytes", BUCKET_SIZE_SERVERLESS, "Bytes", Shape::Daily(18400000.0)),
    row("AWS/S3", "NumberOfObjects", BUCKET_OBJECTS_SERVERLESS, "Count", Shape::Daily(212.0)),
    row("AWS/ApplicationELB", "RequestCount", ALB, "Count", Shape::Events { per_minute: 1400.0, each: 1.0 }),
    row("AWS/ApplicationELB", "NewConnectionCount", ALB, "Count", Shape::Events { per_minute: 160.0, each: 1.0 }),
    row("AWS/ApplicationELB", "ActiveConnectionCount", ALB, "Count", Shape::Events { per_minute: 6.0, each: 14.0 }),
    row("AWS/ApplicationELB", "ProcessedBytes", ALB, "Bytes", Shape::Events { per_minute: 1400.0, each: 5200.0 }),
    row("AWS/ApplicationELB", "ConsumedLCUs", ALB, "Count", Shape::Level(0.6)),
    row(
        "AWS/ApplicationELB",
        "TargetResponseTime",
        ALB,
        "Seconds",
        Shape::Latency { per_minute: 1400.0, median: 0.021, spread: 0.8 },
    ),
    row(
        "AWS/ApplicationELB",
        "HTTPCode_Target_2XX_Count",
        ALB,
        "Count",
        Shape::Events { per_minute: 1340.0, each: 1.0 },
    ),
    row("AWS/ApplicationELB", "HTTPCode_Target_4XX_Count", ALB, "Count", Shape::Events { per_minute: 40.0, each: 1.0 }),
    row("AWS/ApplicationELB", "HTTPCode_Target_5XX_Count", ALB, "Count", Shape::Rare { every_minutes: 9.0, each: 1.0 }),
    row("AWS/ApplicationELB", "HTTPCode_ELB_5XX_Count", ALB, "Count", Shape::Rare { every_minutes: 55.0, each: 1.0 }),
    row("AWS/ApplicationELB", "RequestCount", TARGETS, "Count", Shape::Events { per_minute: 1400.0, each: 1.0 }),
    row(
        "AWS/ApplicationELB",
        "RequestCountPerTarget",
        TARGETS,
        "Count",
        Shape::Events { per_minute: 350.0, each: 1.0 },
    ),
    row(
        "AWS/ApplicationELB",
        "TargetResponseTime",
        TARGETS,
        "Seconds",
        Shape::Latency { per_minute: 1400.0, median: 0.021, spread: 0.8 },
    ),
    row(
        "AWS/ApplicationELB",
        "HTTPCode_Target_5XX_Count",
        TARGETS,
        "Count",
        Shape::Rare { every_minutes: 9.0, each: 1.0 },
    ),
    row("AWS/ApplicationELB", "HealthyHostCount", TARGETS, "Count", Shape::Fixed(4.0)),
    row("AWS/ApplicationELB", "UnHealthyHostCount", TARGETS, "Count", Shape::Fixed(0.0)),
    row("AWS/ApiGateway", "Count", REST_API, "Count", Shape::Events { per_minute: 180.0, each: 1.0 }),
    row("AWS/ApiGateway", "4XXError", REST_API, "Count", Shape::Flags { per_minute: 180.0, share: 0.02 }),
    row("AWS/ApiGateway", "5XXError", REST_API, "Count", Shape::Flags { per_minute: 180.0, share: 0.002 }),
    row(
        "AWS/ApiGateway",
        "Latency",
        REST_API,
        "Milliseconds",
        Shape::Latency { per_minute: 180.0, median: 46.0, spread: 0.6 },
    ),
    row(
        "AWS/ApiGateway",
        "IntegrationLatency",
        REST_API,
        "Milliseconds",
        Shape::Latency { per_minute: 180.0, median: 39.0, spread: 0.6 },
    ),
    row("AWS/ApiGateway", "CacheHitCount", REST_API, "Count", Shape::Events { per_minute: 70.0, each: 1.0 }),
    row("AWS/ApiGateway", "CacheMissCount", REST_API, "Count", Shape::Events { per_minute: 110.0, each: 1.0 }),
    row("AWS/ECS", "CPUUtilization", SERVICE, "Percent", Shape::Level(46.0)),
    row("AWS/ECS", "MemoryUtilization", SERVICE, "Percent", Shape::Level(58.0)),
    row("ECS/ContainerInsights", "RunningTaskCount", SERVICE, "Count", Shape::Fixed(4.0)),
    row("ECS/ContainerInsights", "DesiredTaskCount", SERVICE, "Count", Shape::Fixed(4.0)),
    row("ECS/ContainerInsights", "PendingTaskCount", SERVICE, "Count", Shape::Fixed(0.0)),
    row("ECS/ContainerInsights", "DeploymentCount", SERVICE, "Count", Shape::Fixed(1.0)),
    row("ECS/ContainerInsights", "CpuUtilized", SERVICE, "None", Shape::Level(940.0)),
    row("ECS/ContainerInsights", "CpuReserved", SERVICE, "None", Shape::Fixed(2048.0)),
    row("ECS/ContainerInsights", "MemoryUtilized", SERVICE, "Megabytes", Shape::Level(2370.0)),
    row("ECS/ContainerInsights", "MemoryReserved", SERVICE, "Megabytes", Shape::Fixed(4096.0)),
    row("ECS/ContainerInsights", "NetworkRxBytes", SERVICE, "Bytes/Second", Shape::Level(180000.0)),
    row("ECS/ContainerInsights", "NetworkTxBytes", SERVICE, "Bytes/Second", Shape::Level(410000.0)),
    row("ContainerInsights", "cluster_node_count", CLUSTER, "Count", Shape::Fixed(3.0)),
    row("ContainerInsights", "cluster_failed_node_count", CLUSTER, "Count", Shape::Fixed(0.0)),
    row("ContainerInsights", "node_cpu_utilization", CLUSTER, "Percent", Shape::Level(31.0)),
    row("ContainerInsights", "node_memory_utilization", CLUSTER, "Percent", Shape::Level(44.0)),
    row("ContainerInsights", "node_filesystem_utilization", CLUSTER, "Percent", Shape::Level(37.0)),
    row("ContainerInsights", "pod_cpu_utilization", CLUSTER, "Percent", Shape::Level(12.0)),
    row("ContainerInsights", "pod_memory_utilization", CLUSTER, "Percent", Shape::Level(19.0)),
    row("ContainerInsights", "pod_cpu_utilization_over_pod_limit", CLUSTER, "Percent", Shape::Level(48.0)),
    row("ContainerInsights", "service_number_of_running_pods", CLUSTER, "Count", Shape::Fixed(9.0)),
    row(
        "ContainerInsights",
        "pod_number_of_container_restarts",
        CLUSTER,
        "Count",
        Shape::Rare { every_minutes: 90.0, each: 1.0 },
    ),
    row("AWS/AutoScaling", "GroupMinSize", NODES_OF_GROUP, "None", Shape::Fixed(2.0)),
    row("AWS/AutoScaling", "GroupMaxSize", NODES_OF_GROUP, "None", Shape::Fixed(6.0)),
    row("AWS/AutoScaling", "GroupDesiredCapacity", NODES_OF_GROUP, "None", Shape::Fixed(3.0)),
    row("AWS/AutoScaling", "GroupInServiceInstances", NODES_OF_GROUP, "None", Shape::Fixed(3.0)),
    row("AWS/AutoScaling", "GroupPendingInstances", NODES_OF_GROUP, "None", Shape::Fixed(0.0)),
    row("AWS/AutoScaling", "GroupTerminatingInstances", NODES_OF_GROUP, "None", Shape::Fixed(0.0)),
    row("AWS/AutoScaling", "GroupTotalInstances", NODES_OF_GROUP, "None", Shape::Fixed(3.0)),
    row("AWS/EC2", "CPUUtilization", NODES_OF_GROUP, "Percent", Shape::Level(33.0)),
    row("AWS/EC2", "StatusCheckFailed", NODES_OF_GROUP, "Count", Shape::Fixed(0.0)),
    row("AWS/EC2", "NetworkOut", NODES_OF_GROUP, "Bytes", Shape::Level(90000000.0)),
    row("AWS/Lambda", "Invocations", FUNCTION, "Count", Shape::Events { per_minute: 180.0, each: 1.0 }),
    row("AWS/Lambda", "Errors", FUNCTION, "Count", Shape::Flags { per_minute: 180.0, share: 0.002 }),
    row("AWS/Lambda", "Throttles", FUNCTION, "Count", Shape::Rare { every_minutes: 120.0, each: 1.0 }),
    row(
        "AWS/Lambda",
        "Duration",
        FUNCTION,
        "Milliseconds",
        Shape::Latency { per_minute: 180.0, median: 34.0, spread: 0.6 },
    ),
    row("AWS/Lambda", "ConcurrentExecutions", FUNCTION, "Count", Shape::Level(4.0)),
    row(
        "LambdaInsights",
        "init_duration",
        FUNCTION_INSIGHTS,
        "Milliseconds",
        Shape::Latency { per_minute: 1.0, median: 310.0, spread: 0.3 },
    ),
    row("LambdaInsights", "memory_utilization", FUNCTION_INSIGHTS, "Percent", Shape::Level(38.0)),
    row("AWS/ECR", "RepositoryPullCount", REPOSITORY, "Count", Shape::Rare { every_minutes: 25.0, each: 1.0 }),
    row("AWS/DynamoDB", "ConsumedReadCapacityUnits", CARTS, "Count", Shape::Events { per_minute: 620.0, each: 0.5 }),
    row("AWS/DynamoDB", "ConsumedWriteCapacityUnits", CARTS, "Count", Shape::Events { per_minute: 240.0, each: 1.0 }),
    row("AWS/DynamoDB", "ProvisionedReadCapacityUnits", CARTS, "Count", Shape::Fixed(40.0)),
    row("AWS/DynamoDB", "ProvisionedWriteCapacityUnits", CARTS, "Count", Shape::Fixed(20.0)),
    row("AWS/DynamoDB", "WriteThrottleEvents", CARTS, "Count", Shape::Rare { every_minutes: 40.0, each: 1.0 }),
    row(
        "AWS/DynamoDB",
        "ConditionalCheckFailedRequests",
        CARTS,
        "Count",
        Shape::Rare { every_minutes: 6.0, each: 1.0 },
    ),
    row(
        "AWS/DynamoDB",
        "SuccessfulRequestLatency",
        CARTS_GETITEM,
        "Milliseconds",
        Shape::Latency { per_minute: 400.0, median: 3.1, spread: 0.45 },
    ),
    row(
        "AWS/DynamoDB",
        "SuccessfulRequestLatency",
        CARTS_PUTITEM,
        "Milliseconds",
        Shape::Latency { per_minute: 160.0, median: 5.4, spread: 0.45 },
    ),
    row(
        "AWS/DynamoDB",
        "SuccessfulRequestLatency",
        CARTS_QUERY,
        "Milliseconds",
        Shape::Latency { per_minute: 120.0, median: 6.2, spread: 0.45 },
    ),
    row(
        "AWS/DynamoDB",
        "SuccessfulRequestLatency",
        CARTS_UPDATEITEM,
        "Milliseconds",
        Shape::Latency { per_minute: 80.0, median: 5.9, spread: 0.45 },
    ),
    row("AWS/DynamoDB", "ThrottledRequests", CARTS_PUTITEM, "Count", Shape::Rare { every_minutes: 40.0, each: 1.0 }),
    row("AWS/DynamoDB", "ConsumedReadCapacityUnits", ORDERS, "Count", Shape::Events { per_minute: 248.0, each: 0.5 }),
    row("AWS/DynamoDB", "ConsumedWriteCapacityUnits", ORDERS, "Count", Shape::Events { per_minute: 96.0, each: 1.0 }),
    row("AWS/DynamoDB", "ProvisionedReadCapacityUnits", ORDERS, "Count", Shape::Fixed(40.0)),
    row("AWS/DynamoDB", "ProvisionedWriteCapacityUnits", ORDERS, "Count", Shape::Fixed(20.0)),
    row("AWS/DynamoDB", "WriteThrottleEvents", ORDERS, "Count", Shape::Rare { every_minutes: 40.0, each: 1.0 }),
    row(
        "AWS/DynamoDB",
        "ConditionalCheckFailedRequests",
        ORDERS,
        "Count",
        Shape::Rare { every_minutes: 6.0, each: 1.0 },
    ),
    row(
        "AWS/DynamoDB",
        "SuccessfulRequestLatency",
        ORDERS_GETITEM,
        "Milliseconds",
        Shape::Latency { per_minute: 160.0, median: 3.1, spread: 0.45 },
    ),
    row(
        "AWS/DynamoDB",
        "SuccessfulRequestLatency",
        ORDERS_PUTITEM,
        "Milliseconds",
        Shape::Latency { per_minute: 64.0, median: 5.4, spread: 0.45 },
    ),
    row(
        "AWS/DynamoDB",
        "SuccessfulRequestLatency",
        ORDERS_QUERY,
        "Milliseconds",
        Shape::Latency { per_minute: 48.0, median: 6.2, spread: 0.45 },
    ),
    row(
        "AWS/DynamoDB",
        "SuccessfulRequestLatency",
        ORDERS_UPDATEITEM,
        "Milliseconds",
        Shape::Latency { per_minute: 32.0, median: 5.9, spread: 0.45 },
    ),
    row("AWS/DynamoDB", "ThrottledRequests", ORDERS_PUTITEM, "Count", Shape::Rare { every_minutes: 40.0, each: 1.0 }),
    row(
        "AWS/DynamoDB",
        "ReplicationLatency",
        ORDERS_REPLICA,
        "Milliseconds",
        Shape::Latency { per_minute: 60.0, median: 820.0, spread: 0.3 },
    ),
    row("AWS/DynamoDB", "ReturnedRecordsCount", ORDERS_STREAM, "Count", Shape::Events { per_minute: 60.0, each: 1.6 }),
    row("AWS/DAX", "TotalRequestCount", DAX_CLUSTER, "Count", Shape::Events { per_minute: 800.0, each: 1.0 }),
    row("AWS/DAX", "ItemCacheHits", DAX_CLUSTER, "Count", Shape::Events { per_minute: 610.0, each: 1.0 }),
    row("AWS/DAX", "ItemCacheMisses", DAX_CLUSTER, "Count", Shape::Events { per_minute: 90.0, each: 1.0 }),
    row("AWS/DAX", "QueryCacheHits", DAX_CLUSTER, "Count", Shape::Events { per_minute: 80.0, each: 1.0 }),
    row("AWS/DAX", "QueryCacheMisses", DAX_CLUSTER, "Count", Shape::Events { per_minute: 20.0, each: 1.0 }),
    row("AWS/DAX", "ErrorRequestCount", DAX_CLUSTER, "Count", Shape::Rare { every_minutes: 30.0, each: 1.0 }),
    row("AWS/DAX", "CPUUtilization", DAX_CLUSTER, "Percent", Shape::Level(17.0)),
    row("AWS/DAX", "CacheMemoryUtilization", DAX_CLUSTER, "Percent", Shape::Level(41.0)),
    row("AWS/DAX", "ClientConnections", DAX_CLUSTER, "Count", Shape::Fixed(24.0)),
    row("AWS/DAX", "EvictedSize", DAX_CLUSTER, "Bytes", Shape::Rare { every_minutes: 20.0, each: 65536.0 }),
    row("AWS/RDS", "QueryRequests", PROXY, "Count", Shape::Events { per_minute: 2400.0, each: 1.0 }),
    row("AWS/RDS", "ClientConnections", PROXY, "Count", Shape::Level(48.0)),
    row("AWS/RDS", "DatabaseConnections", PROXY, "Count", Shape::Level(22.0)),
    row(
        "AWS/RDS",
        "DatabaseConnectionsBorrowLatency",
        PROXY,
        "Microseconds",
        Shape::Latency { per_minute: 400.0, median: 180.0, spread: 0.7 },
    ),
    row(
        "AWS/RDS",
        "QueryResponseLatency",
        PROXY,
        "Microseconds",
        Shape::Latency { per_minute: 2400.0, median: 1900.0, spread: 0.8 },
    ),
    row("AWS/RDS", "ClientConnectionsSetupFailedAuth", PROXY, "Count", Shape::Rare { every_minutes: 180.0, each: 1.0 }),
];
