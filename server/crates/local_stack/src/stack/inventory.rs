//! Everything that has a name here, as plain data for whoever answers describe calls.

use std::net::Ipv4Addr;

use serde::Serialize;

use super::Running;
use crate::balancer::{Algorithm, ResourceIds, TargetDescription};
use crate::functions::FunctionDescription;
use crate::scaling::GroupDescription;

/// What is running.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Inventory {
    /// The balancer with its target group and targets.
    pub balancer: BalancerInventory,
    /// The group of instances behind it.
    pub group: GroupDescription,
    /// The function.
    pub function: FunctionDescription,
    /// The address that all its processes share.
    pub function_address: Ipv4Addr,
    /// The API in front of it.
    pub api: ApiInventory,
}

/// A balancer and its target group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct BalancerInventory {
    /// Name of the balancer.
    pub name: String,
    /// Name of the target group.
    pub target_group: String,
    /// Values of the CloudWatch dimensions; ARNs end with them.
    pub ids: ResourceIds,
    /// Base URL for clients.
    pub url: String,
    /// How targets are chosen.
    pub algorithm: Algorithm,
    /// Path of the health check.
    pub health_path: String,
    /// Between two health checks, in seconds.
    pub health_interval_secs: u64,
    /// How long one may take, in seconds.
    pub health_timeout_secs: u64,
    /// Successes that make healthy.
    pub healthy_threshold: u32,
    /// Failures that make unhealthy.
    pub unhealthy_threshold: u32,
    /// Time that leaving targets have, in seconds.
    pub deregistration_delay_secs: u64,
    /// All registered targets.
    pub targets: Vec<TargetDescription>,
}

/// An HTTP API.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ApiInventory {
    /// Its name.
    pub name: String,
    /// Value of the `ApiId` dimension.
    pub id: String,
    /// Base URL for clients.
    pub url: String,
}

impl Running {
    pub(super) fn inventory(&self) -> Inventory {
        Inventory {
            balancer: self.balancer_inventory(),
            group: self.group.describe(),
            function: self.function.describe(),
            function_address: self.function_forwarder.source(),
            api: ApiInventory {
                name: super::APP.to_owned(),
                id: self.gateway.api_id().to_owned(),
                url: self.gateway.url(),
            },
        }
    }

    fn balancer_inventory(&self) -> BalancerInventory {
        let config = self.balancer.config();
        let check = &config.health_check;
        BalancerInventory {
            name: config.name.clone(),
            target_group: config.target_group.clone(),
            ids: self.balancer.ids().clone(),
            url: self.balancer.url(),
            algorithm: config.algorithm,
            health_path: check.path.clone(),
            health_interval_secs: check.interval.as_secs(),
            health_timeout_secs: check.timeout.as_secs(),
            healthy_threshold: check.healthy_threshold,
            unhealthy_threshold: check.unhealthy_threshold,
            deregistration_delay_secs: config.deregistration_delay.as_secs(),
            targets: self.balancer.targets(),
        }
    }
}
