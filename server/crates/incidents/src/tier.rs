//! Which tier of an app a CloudWatch metric belongs to.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// Sorts of AWS resources that have a row on the App page, and the rest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TierKind {
    /// Route 53 health check.
    Route53,
    /// `CloudFront` distribution.
    CloudFront,
    /// S3 bucket.
    S3,
    /// Application Load Balancer or one of its target groups.
    Alb,
    /// Network, Gateway or Classic Load Balancer.
    OtherBalancer,
    /// API Gateway API.
    ApiGateway,
    /// Auto Scaling group.
    AutoScaling,
    /// EC2 instance.
    Ec2,
    /// EBS volume.
    Ebs,
    /// ECS service or cluster.
    Ecs,
    /// EKS cluster.
    Eks,
    /// Lambda function.
    Lambda,
    /// RDS Proxy.
    RdsProxy,
    /// RDS or Aurora, beyond one instance or cluster: all of an engine, class or account.
    Rds,
    /// `DynamoDB` table.
    DynamoDb,
    /// DAX cluster.
    Dax,
    /// A namespace without a row.
    Other,
}

/// How a namespace names its resource: the tier, then the dimensions that may name the resource,
/// most telling first.
const NAMESPACES: &[(&str, TierKind, &[&str])] = &[
    ("AWS/Route53", TierKind::Route53, &["HealthCheckId", "HostedZoneId"]),
    ("AWS/CloudFront", TierKind::CloudFront, &["DistributionId", "FunctionName"]),
    ("AWS/S3", TierKind::S3, &["BucketName"]),
    ("AWS/ApplicationELB", TierKind::Alb, &["LoadBalancer", "TargetGroup"]),
    ("AWS/NetworkELB", TierKind::OtherBalancer, &["LoadBalancer", "TargetGroup"]),
    ("AWS/GatewayELB", TierKind::OtherBalancer, &["LoadBalancer", "TargetGroup"]),
    ("AWS/ELB", TierKind::OtherBalancer, &["LoadBalancerName"]),
    ("AWS/ApiGateway", TierKind::ApiGateway, &["ApiName", "ApiId"]),
    ("AWS/AutoScaling", TierKind::AutoScaling, &["AutoScalingGroupName"]),
    ("AWS/EC2", TierKind::Ec2, &["InstanceId", "AutoScalingGroupName", "ImageId", "InstanceType"]),
    ("AWS/EC2Spot", TierKind::Ec2, &["FleetRequestId"]),
    ("CWAgent", TierKind::Ec2, &["InstanceId", "AutoScalingGroupName", "host"]),
    ("AWS/EBS", TierKind::Ebs, &["VolumeId"]),
    ("AWS/ECS", TierKind::Ecs, &["ServiceName", "ClusterName"]),
    ("AWS/ECS/ManagedScaling", TierKind::Ecs, &["ClusterName", "CapacityProviderName"]),
    ("ECS/ContainerInsights", TierKind::Ecs, &["ServiceName", "TaskDefinitionFamily", "ClusterName"]),
    ("ContainerInsights", TierKind::Eks, &["ClusterName"]),
    ("AWS/EKS", TierKind::Eks, &["ClusterName"]),
    ("AWS/Lambda", TierKind::Lambda, &["FunctionName", "Resource", "EventSourceMappingUUID"]),
    ("LambdaInsights", TierKind::Lambda, &["function_name"]),
    ("AWS/RDS", TierKind::Rds, &["DatabaseClass", "EngineName"]),
    ("AWS/DocDB", TierKind::Other, &["DBInstanceIdentifier", "DBClusterIdentifier"]),
    ("AWS/Neptune", TierKind::Other, &["DBInstanceIdentifier", "DBClusterIdentifier"]),
    ("AWS/DynamoDB", TierKind::DynamoDb, &["TableName", "GlobalTableName"]),
    ("AWS/DAX", TierKind::Dax, &["ClusterId", "NodeId"]),
];

impl TierKind {
    /// Stable name, as in the tier catalogue.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Route53 => "route53",
            Self::CloudFront => "cloudfront",
            Self::S3 => "s3",
            Self::Alb => "alb",
            Self::OtherBalancer => "other_balancer",
            Self::ApiGateway => "api_gateway",
            Self::AutoScaling => "auto_scaling",
            Self::Ec2 => "ec2",
            Self::Ebs => "ebs",
            Self::Ecs => "ecs",
            Self::Eks => "eks",
            Self::Lambda => "lambda",
            Self::RdsProxy => "rds_proxy",
            Self::Rds => "rds",
            Self::DynamoDb => "dynamodb",
            Self::Dax => "dax",
            Self::Other => "other",
        }
    }

    /// The region a tier's metrics are published in when it is not the alarm's own.
    #[must_use]
    pub const fn metrics_region(self) -> Option<&'static str> {
        match self {
            Self::CloudFront | Self::Route53 => Some("us-east-1"),
            _ => None,
        }
    }
}

/// The tier of a namespace and the value that names the resource; the value is empty for a metric of
/// the whole account.
pub(crate) fn tier_of(namespace: &str, dimensions: &BTreeMap<String, String>) -> (TierKind, String) {
    let known = NAMESPACES.iter().find(|(name, ..)| *name == namespace);
    let (kind, naming) = known.map_or((TierKind::Other, &[][..]), |(_, kind, naming)| (*kind, *naming));
    if namespace == "AWS/RDS"
        && let Some(proxy) = dimension(dimensions, "ProxyName")
    {
        return (TierKind::RdsProxy, proxy.to_owned());
    }
    if kind == TierKind::Ec2
        && dimension(dimensions, "InstanceId").is_none()
        && let Some(group) = dimension(dimensions, "AutoScalingGroupName")
    {
        return (TierKind::AutoScaling, group.to_owned());
    }
    let named = naming.iter().find_map(|name| dimension(dimensions, name));
    let resource = named.or_else(|| dimensions.values().next().map(String::as_str)).unwrap_or_default();
    (kind, resource.to_owned())
}

/// A dimension by name, whatever its case.
pub(crate) fn dimension<'a>(dimensions: &'a BTreeMap<String, String>, name: &str) -> Option<&'a str> {
    let mut found = dimensions.iter().filter(|(have, value)| have.eq_ignore_ascii_case(name) && !value.is_empty());
    found.next().map(|(_, value)| value.as_str())
}
