//! What stands around the databases: balancers, groups of instances, functions, services, and the
//! tags of everything, as describe calls tell them.
//!
//! Whoever runs such things hands a new [`Estate`] over whenever something changed; the made-up
//! tiers are a second one. Answers are about both.

use std::collections::BTreeMap;

/// Everything describe calls know beside databases.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Estate {
    /// Application Load Balancers.
    pub balancers: Vec<LoadBalancer>,
    /// Target groups.
    pub target_groups: Vec<TargetGroup>,
    /// Auto Scaling groups.
    pub scaling_groups: Vec<ScalingGroup>,
    /// Lambda functions.
    pub functions: Vec<LambdaFunction>,
    /// ECS services.
    pub services: Vec<EcsService>,
    /// ARN → tags, of every tagged resource whether it is described above or not. Tiers without a
    /// describe call here are found by these alone.
    pub tags: BTreeMap<String, Vec<(String, String)>>,
}

/// One balancer.
#[derive(Clone, Debug, PartialEq)]
pub struct LoadBalancer {
    /// Its name.
    pub name: String,
    /// Value of the `LoadBalancer` dimension, `app/name/id`: the ARN ends with it.
    pub dimension: String,
    /// Where clients reach it, `host:port`.
    pub address: String,
    /// When it was made, UTC milliseconds since 1970.
    pub created_ms: i64,
}

/// One target group.
#[derive(Clone, Debug, PartialEq)]
pub struct TargetGroup {
    /// Its name.
    pub name: String,
    /// Value of the `TargetGroup` dimension, `targetgroup/name/id`: the ARN ends with it.
    pub dimension: String,
    /// Dimension of the balancer in front of it.
    pub balancer: String,
    /// `instance`, `ip` or `lambda`.
    pub target_type: String,
    /// Path of the health check.
    pub health_path: String,
    /// Between two checks, in seconds.
    pub health_interval_secs: u64,
    /// How long a check may take, in seconds.
    pub health_timeout_secs: u64,
    /// Successes that make healthy.
    pub healthy_threshold: u32,
    /// Failures that make unhealthy.
    pub unhealthy_threshold: u32,
    /// Registered targets.
    pub targets: Vec<Target>,
}

/// One registered target.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// Instance id, address or function ARN.
    pub id: String,
    /// Its port.
    pub port: u16,
    /// Its zone.
    pub zone: String,
    /// State in ELB's word.
    pub state: String,
    /// Reason code; empty when healthy.
    pub reason: String,
    /// ELB's sentence; empty when healthy.
    pub description: String,
}

/// One Auto Scaling group.
#[derive(Clone, Debug, PartialEq)]
pub struct ScalingGroup {
    /// `AutoScalingGroupName`.
    pub name: String,
    /// Fewest instances.
    pub min: u32,
    /// Most instances.
    pub max: u32,
    /// Wanted instances.
    pub desired: u32,
    /// Dimensions of the target groups it registers instances with.
    pub target_groups: Vec<String>,
    /// Its instances.
    pub instances: Vec<GroupInstance>,
    /// What it did, newest first: (UTC milliseconds, description, cause).
    pub activities: Vec<(i64, String, String)>,
    /// When it was made, UTC milliseconds since 1970.
    pub created_ms: i64,
}

/// An instance of a group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GroupInstance {
    /// `i-…`.
    pub id: String,
    /// `m7g.large`.
    pub instance_type: String,
    /// Its zone.
    pub zone: String,
    /// `Pending`, `InService`, `Terminating`.
    pub lifecycle: String,
    /// Whether the group believes it is well.
    pub is_healthy: bool,
}

/// A Lambda function.
#[derive(Clone, Debug, PartialEq)]
pub struct LambdaFunction {
    /// `FunctionName`.
    pub name: String,
    /// Memory, in megabytes.
    pub memory_mb: u32,
    /// Longest invocation, in seconds.
    pub timeout_secs: u64,
    /// Reserved concurrency; `None` shares the account's.
    pub reserved_concurrency: Option<u32>,
    /// Ids of the HTTP or REST APIs that may invoke it.
    pub invoked_by: Vec<String>,
    /// When it was changed last, UTC milliseconds since 1970.
    pub modified_ms: i64,
}

/// An ECS service.
#[derive(Clone, Debug, PartialEq)]
pub struct EcsService {
    /// Name of its cluster.
    pub cluster: String,
    /// Its name.
    pub name: String,
    /// `FARGATE` or `EC2`.
    pub launch_type: String,
    /// Wanted tasks.
    pub desired: u32,
    /// Addresses of its running tasks.
    pub task_addresses: Vec<String>,
    /// Dimensions of its target groups.
    pub target_groups: Vec<String>,
    /// Family and revision of its task definition: `bookshop:7`.
    pub task_definition: String,
    /// Shares of its capacity providers: (name, base, weight).
    pub capacity: Vec<(String, u32, u32)>,
    /// When it was made, UTC milliseconds since 1970.
    pub created_ms: i64,
}

impl Estate {
    /// ARNs of everything described, instances of groups included.
    #[must_use]
    pub fn arns(&self, region: &str) -> Vec<String> {
        let balancers = self.balancers.iter().map(|balancer| elb_arn(region, &balancer.dimension));
        let target_groups = self.target_groups.iter().map(|group| elb_arn(region, &group.dimension));
        let groups = self.scaling_groups.iter().map(|group| scaling_group_arn(region, &group.name));
        let instances = self.scaling_groups.iter().flat_map(|group| &group.instances);
        let instances = instances.map(|instance| arn("ec2", region, &format!("instance/{}", instance.id)));
        let functions =
            self.functions.iter().map(|function| arn("lambda", region, &format!("function:{}", function.name)));
        let services = self.services.iter();
        let services =
            services.map(|service| arn("ecs", region, &format!("service/{}/{}", service.cluster, service.name)));
        balancers.chain(target_groups).chain(groups).chain(instances).chain(functions).chain(services).collect()
    }

    /// This estate and another.
    pub(crate) fn with(&self, other: &Self) -> Self {
        let mut both = self.clone();
        let Self { balancers, target_groups, scaling_groups, functions, services, tags } = other.clone();
        both.balancers.extend(balancers);
        both.target_groups.extend(target_groups);
        both.scaling_groups.extend(scaling_groups);
        both.functions.extend(functions);
        both.services.extend(services);
        both.tags.extend(tags);
        both
    }
}

/// The ARN of something in this account.
pub(crate) fn arn(service: &str, region: &str, rest: &str) -> String {
    format!("arn:aws:{service}:{region}:{}:{rest}", super::instance::ACCOUNT)
}

/// ARN of a balancer or target group by its dimension.
pub(crate) fn elb_arn(region: &str, dimension: &str) -> String {
    let prefix = if dimension.starts_with("app/") { "loadbalancer/" } else { "" };
    arn("elasticloadbalancing", region, &format!("{prefix}{dimension}"))
}

/// ARN of a group. The middle part is an id of AWS's; here it follows from the name.
pub(crate) fn scaling_group_arn(region: &str, name: &str) -> String {
    let id = uuid::Uuid::from_u128(xxhash_rust::xxh3::xxh3_128(name.as_bytes()));
    arn("autoscaling", region, &format!("autoScalingGroup:{id}:autoScalingGroupName/{name}"))
}
