//! Which tiers there are and how they lead to each other: tags, describe calls, and what follows
//! from them. No call is made for a viewer; the schedule decides when.

mod arns;
mod functions;
mod link;
mod read;

use std::collections::{BTreeMap, BTreeSet};

use samples::{DiscoveryLimit, Edge, Evidence, Figure, FigureKind, Instance, LimitKind, Tier, TierResource, Topology};
use units::{ResourceId, Timestamp};

use crate::access::{Collector, GLOBAL_REGION, RegionClients};
use crate::error::CollectError;
use crate::inventory::timestamp;
use read::Found;

pub(crate) use functions::LambdaClient;

/// A new metric is listed within 15 minutes of its first point, so asking sooner tells nothing new.
const LISTED_FOR_SECS: i64 = 900;
/// A resource seen first less than this ago may have metrics that are not listed yet.
const NEW_FOR_SECS: i64 = 3_600;

/// What makes resources one app.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Apps {
    /// Tag whose value names the app of a resource.
    pub tag_key: String,
    /// Apps named in the configuration: name → ARNs; what these lead to belongs to them too.
    pub named: BTreeMap<String, Vec<String>>,
}

impl Default for Apps {
    fn default() -> Self {
        Self { tag_key: "app".to_owned(), named: BTreeMap::new() }
    }
}

impl Collector {
    /// Finds apps and their resources in all Regions. `instances` are the databases of the
    /// inventory, `known` what was found before: metrics are listed anew only after a while. Calls that
    /// are denied or fail become limits of the apps; an error is returned only when nothing at all could
    /// be read.
    ///
    /// # Errors
    /// [`CollectError::Credentials`], [`CollectError::Unreachable`] when no Region answers.
    pub async fn discover_tiers(
        &self,
        apps: &Apps,
        instances: &[Instance],
        known: &Topology,
        now: Timestamp,
    ) -> Result<Topology, CollectError> {
        let mut draft = Draft { now, ..Draft::default() };
        let mut outage = None;
        let mut any_answers = false;
        let places = self.regions.iter().map(|clients| (clients, false));
        for (clients, is_global) in places.chain(self.global.iter().map(|clients| (clients, true))) {
            let found = read::read(clients, &apps.tag_key, is_global, now).await;
            draft.take(clients, &found, instances).await;
            any_answers |= found.outage.is_none();
            outage = outage.or(found.outage);
        }
        // What nobody could be asked about is not gone.
        if let Some(error) = outage.filter(|_| !any_answers) {
            return Err(error);
        }
        for arn in apps.named.values().flatten() {
            draft.add_named(arn, instances);
        }
        let mut topology = link::topology(draft, apps);
        for group in link::target_groups(&topology) {
            match self.fetch_target_health(&group, now).await {
                Ok(targets) => topology.targets.extend(targets),
                Err(error) => link::add_limit(&mut topology, &group, &read::limit(&error, &group)),
            }
        }
        link::follow_targets(&mut topology);
        for resource in &mut topology.resources {
            let before = known.resource(&resource.arn);
            let fresh = before.filter(|old| old.listed_at.is_some_and(|at| now.0 - at.0 < LISTED_FOR_SECS * 1000));
            if let Some(old) = fresh {
                resource.listed.clone_from(&old.listed);
                resource.variants.clone_from(&old.variants);
                resource.listed_at = old.listed_at;
                continue;
            }
            self.list_metrics_of(resource).await;
            resource.listed_at = Some(now);
            // What is not noted is asked for: all rows of a new resource.
            if before.is_none_or(|old| now.0 - old.first_seen.0 < NEW_FOR_SECS * 1000) {
                resource.listed = None;
            }
        }
        topology.seen = Some(now);
        Ok(topology)
    }

    /// Health of a target group's targets now. // `DescribeTargetHealth`
    ///
    /// # Errors
    /// [`CollectError`] of the call.
    pub async fn fetch_target_health(
        &self,
        group: &str,
        now: Timestamp,
    ) -> Result<Vec<samples::TargetHealth>, CollectError> {
        let region = arns::parse(group).map_or("", |arn| arn.region);
        read::target_health(self.clients(region)?, group, now).await
    }

    /// Notes which metrics a resource has; without an answer all of its rows are asked for.
    async fn list_metrics_of(&self, resource: &mut TierResource) {
        let mut listed = BTreeSet::new();
        let mut variants: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for tier in Tier::family(&resource.tier) {
            let Ok(clients) = self.clients(tier.region.as_deref().unwrap_or(&resource.region)) else { return };
            let named = tier.dimensions.iter().cloned().zip(resource.dimension_values.iter().cloned());
            let wanted: BTreeMap<String, String> = named.chain(tier.fixed.clone()).collect();
            let metrics = match read::metrics_of(clients, &tier.namespace, &wanted).await {
                Ok(metrics) => metrics,
                Err(error) => {
                    tracing::debug!(%error, resource = resource.arn, "metrics are not listed");
                    return;
                }
            };
            for (name, dimensions) in metrics {
                for row in tier.metrics.iter().filter(|row| row.name == name) {
                    let has = |(dimension, value): (&String, &String)| {
                        dimensions
                            .get(dimension)
                            .is_some_and(|found| value == samples::TierMetric::ANY || found == value)
                    };
                    let count = wanted.len() + row.extra.len();
                    if dimensions.len() != count || !row.extra.iter().all(has) {
                        continue;
                    }
                    listed.insert(format!("{} {name}", tier.namespace));
                    if let Some(open) = row.open_dimension()
                        && let Some(value) = dimensions.get(open)
                    {
                        variants.entry(format!("{name}/{open}")).or_default().insert(value.clone());
                    }
                }
            }
        }
        resource.listed = Some(listed);
        resource.variants = variants.into_iter().map(|(name, values)| (name, values.into_iter().collect())).collect();
    }
}

/// What was found so far, before it is put together.
#[derive(Debug, Default)]
struct Draft {
    now: Timestamp,
    /// By ARN.
    resources: BTreeMap<String, TierResource>,
    edges: BTreeSet<Edge>,
    addresses: BTreeMap<String, String>,
    /// ARN (or Region) → what could not be seen there.
    limits: Vec<DiscoveryLimit>,
}

impl Draft {
    async fn take(&mut self, clients: &RegionClients, found: &Found, instances: &[Instance]) {
        self.limits.extend(found.limits.iter().cloned());
        self.balancers(found);
        self.scaling_groups(found, clients);
        self.functions(found, clients).await;
        self.services(found, clients).await;
        for (arn, tags) in &found.tagged {
            self.tagged(arn, tags, instances);
        }
    }

    /// A resource by its ARN, made when it is new; `None` when it has no tier or no dimensions.
    fn resource(
        &mut self,
        arn: &str,
        values: Option<Vec<String>>,
        tags: Option<&BTreeMap<String, String>>,
    ) -> Option<&mut TierResource> {
        if !self.resources.contains_key(arn) {
            let parsed = arns::parse(arn)?;
            let tier = arns::tier_of(&parsed)?;
            let name_tag = tags.and_then(|tags| tags.get("Name")).map(String::as_str);
            let values = values.or_else(|| arns::dimension_values(tier, &parsed, name_tag))?;
            let region = if parsed.region.is_empty() { GLOBAL_REGION } else { parsed.region };
            let resource = TierResource {
                id: ResourceId(arn.to_owned()),
                arn: arn.to_owned(),
                tier: tier.key.clone(),
                name: arns::name(tier, &parsed, name_tag),
                account: parsed.account.to_owned(),
                region: region.to_owned(),
                dimension_values: values,
                variants: BTreeMap::new(),
                listed: None,
                listed_at: None,
                tags: BTreeMap::new(),
                state: None,
                figures: Vec::new(),
                facts: Vec::new(),
                simulated: false,
                created: None,
                first_seen: self.now,
                last_seen: self.now,
            };
            self.resources.insert(arn.to_owned(), resource);
        }
        let resource = self.resources.get_mut(arn)?;
        if let Some(tags) = tags {
            resource.tags.extend(tags.clone());
            resource.simulated |= resource.tags.contains_key(Instance::SIMULATED_TAG);
        }
        Some(resource)
    }

    fn tagged(&mut self, arn: &str, tags: &BTreeMap<String, String>, instances: &[Instance]) {
        if self.resource(arn, None, Some(tags)).is_none() {
            return;
        }
        self.database(arn, instances);
    }

    fn add_named(&mut self, arn: &str, instances: &[Instance]) {
        if self.resource(arn, None, None).is_none() {
            let about = arn.to_owned();
            self.limits.push(DiscoveryLimit { kind: LimitKind::Failed, about, action: String::new() });
            return;
        }
        self.database(arn, instances);
    }

    /// A database instance is kept under its `DbiResourceId`, like on its own page.
    fn database(&mut self, arn: &str, instances: &[Instance]) {
        let Some(resource) = self.resources.get_mut(arn).filter(|resource| resource.tier == "rds") else { return };
        let Some(instance) = instances.iter().find(|instance| instance.arn == arn) else { return };
        resource.id = instance.id.clone();
        resource.name.clone_from(&instance.name);
        resource.state = Some(instance.status.clone());
        resource.simulated |= instance.simulated;
        resource.figures =
            instance.vcpus.iter().map(|vcpus| Figure { kind: FigureKind::Vcpus, value: vcpus.count }).collect();
        resource.facts = vec![
            (TierResource::ENGINE.to_owned(), instance.engine.name().to_owned()),
            ("Version".to_owned(), instance.engine_version.clone()),
            ("Class".to_owned(), instance.class.clone()),
            ("Multi-AZ".to_owned(), if instance.multi_az { "yes" } else { "no" }.to_owned()),
        ];
    }

    fn edge(&mut self, from: &str, to: &str) {
        self.edges.insert(Edge { from: from.to_owned(), to: to.to_owned(), evidence: Evidence::Described });
    }

    fn balancers(&mut self, found: &Found) {
        for balancer in &found.balancers {
            let Some(arn) = balancer.load_balancer_arn() else { continue };
            let Some(resource) = self.resource(arn, None, None) else { continue };
            resource.state = balancer.state().and_then(|state| state.code()).map(|code| code.as_str().to_owned());
            resource.created = balancer.created_time().and_then(timestamp);
            resource.facts = facts([
                ("DNS name", balancer.dns_name().map(str::to_owned)),
                ("Scheme", balancer.scheme().map(|scheme| scheme.as_str().to_owned())),
            ]);
        }
        for group in &found.target_groups {
            let Some(arn) = group.target_group_arn() else { continue };
            // A group without balancer has no metrics.
            let Some(balancer) = group.load_balancer_arns().first() else { continue };
            let (Some(own), Some(front)) = (arns::parse(arn), arns::parse(balancer)) else { continue };
            let Some(front) = front.resource.strip_prefix("loadbalancer/") else { continue };
            let values = vec![front.to_owned(), own.resource.to_owned()];
            // Its metrics are those of its balancer.
            let created = self.resources.get(balancer).and_then(|balancer| balancer.created);
            let Some(resource) = self.resource(arn, Some(values), None) else { continue };
            resource.created = created;
            let seconds = |secs: Option<i32>| secs.map(|secs| format!("{secs} s"));
            let count = |count: Option<i32>| count.map(|count| count.to_string());
            resource.facts = facts([
                ("Target type", group.target_type().map(|kind| kind.as_str().to_owned())),
                ("Health check", group.health_check_path().map(str::to_owned)),
                ("Checked every", seconds(group.health_check_interval_seconds())),
                ("Check times out after", seconds(group.health_check_timeout_seconds())),
                ("Healthy after", count(group.healthy_threshold_count())),
                ("Unhealthy after", count(group.unhealthy_threshold_count())),
            ]);
            group.load_balancer_arns().iter().for_each(|balancer| self.edge(balancer, arn));
        }
    }

    fn scaling_groups(&mut self, found: &Found, clients: &RegionClients) {
        for group in &found.groups {
            let Some(arn) = group.auto_scaling_group_arn() else { continue };
            let instances = group.instances();
            let in_service =
                instances.iter().filter(|one| one.lifecycle_state().is_some_and(|state| state.as_str() == "InService"));
            let in_service = i32::try_from(in_service.count()).ok();
            let account = arns::parse(arn).map_or(String::new(), |arn| arn.account.to_owned());
            let Some(resource) = self.resource(arn, None, None) else { continue };
            resource.created = group.created_time().and_then(timestamp);
            resource.figures = figures([
                (FigureKind::MinCapacity, group.min_size()),
                (FigureKind::MaxCapacity, group.max_size()),
                (FigureKind::DesiredCapacity, group.desired_capacity()),
                (FigureKind::RunningCapacity, in_service),
            ]);
            let mut types: Vec<&str> = instances.iter().filter_map(|one| one.instance_type()).collect();
            types.sort_unstable();
            types.dedup();
            let distribution = group.mixed_instances_policy().and_then(|policy| policy.instances_distribution());
            resource.facts = facts([
                ("Instance type", (!types.is_empty()).then(|| types.join(", "))),
                ("Health check", group.health_check_type().map(str::to_owned)),
                (
                    "On-Demand base",
                    distribution.and_then(|split| split.on_demand_base_capacity()).map(|base| base.to_string()),
                ),
                (
                    "On-Demand above base",
                    distribution
                        .and_then(|split| split.on_demand_percentage_above_base_capacity())
                        .map(|share| format!("{share} %")),
                ),
                // Without it the group publishes no instance counts.
                ("Group metrics", Some(if group.enabled_metrics().is_empty() { "off" } else { "on" }.to_owned())),
            ]);
            group.target_group_arns().iter().for_each(|target_group| self.edge(target_group, arn));
            for instance in instances {
                let Some(id) = instance.instance_id() else { continue };
                let instance_arn = format!("arn:aws:ec2:{}:{account}:instance/{id}", clients.region);
                let Some(resource) = self.resource(&instance_arn, None, None) else { continue };
                resource.state = instance.lifecycle_state().map(|state| state.as_str().to_owned());
                resource.facts = facts([
                    ("Instance type", instance.instance_type().map(str::to_owned)),
                    ("Zone", instance.availability_zone().map(str::to_owned)),
                    ("Health", instance.health_status().map(str::to_owned)),
                ]);
                self.edge(arn, &instance_arn);
            }
        }
    }

    async fn functions(&mut self, found: &Found, clients: &RegionClients) {
        if found.functions.is_empty() {
            return;
        }
        let mut limits = Vec::new();
        let account = read::account_concurrency(clients, self.now, &mut limits).await;
        for function in &found.functions {
            let (arn, name) = (function.function_arn.as_str(), function.function_name.as_str());
            let (reserved, apis) = read::function_limits(clients, name, self.now, &mut limits).await;
            let Some(resource) = self.resource(arn, None, None) else { continue };
            resource.state.clone_from(&function.state);
            resource.figures = figures([
                (FigureKind::MemoryMb, function.memory_size),
                (FigureKind::TimeoutSecs, function.timeout),
                (FigureKind::ConcurrencyLimit, reserved.or(account)),
            ]);
            resource.facts = facts([
                ("Runtime", function.runtime.clone()),
                ("Architecture", function.architectures.first().cloned()),
                (
                    "Concurrency",
                    reserved.map(|_| "reserved".to_owned()).or(account.map(|_| "of the account".to_owned())),
                ),
            ]);
            if function.vpc_config.as_ref().is_some_and(|vpc| !vpc.subnet_ids.is_empty()) {
                let about = arn.to_owned();
                self.limits.push(DiscoveryLimit { kind: LimitKind::SharedInterfaces, about, action: String::new() });
            }
            for api in apis {
                // Of which sort the API is, its tags say; an edge to one that is not there is dropped.
                for path in ["apis", "restapis"] {
                    self.edge(&format!("arn:aws:apigateway:{}::/{path}/{api}", clients.region), arn);
                }
            }
        }
        self.limits.extend(limits);
    }

    async fn services(&mut self, found: &Found, clients: &RegionClients) {
        for service in &found.services {
            let (Some(arn), Some(cluster), Some(name)) =
                (service.service_arn(), service.cluster_arn(), service.service_name())
            else {
                continue;
            };
            let Some(resource) = self.resource(arn, None, None) else { continue };
            resource.state = service.status().map(str::to_owned);
            resource.created = service.created_at().and_then(timestamp);
            resource.figures = figures([
                (FigureKind::DesiredCapacity, Some(service.desired_count())),
                (FigureKind::RunningCapacity, Some(service.running_count())),
                (FigureKind::PendingCapacity, Some(service.pending_count())),
            ]);
            let strategy: Vec<String> = service
                .capacity_provider_strategy()
                .iter()
                .map(|one| format!("{} base {} weight {}", one.capacity_provider(), one.base(), one.weight()))
                .collect();
            let definition = service.task_definition().and_then(|arn| arn.rsplit('/').next());
            resource.facts = facts([
                ("Launch type", service.launch_type().map(|kind| kind.as_str().to_owned())),
                ("Capacity", (!strategy.is_empty()).then(|| strategy.join(", "))),
                ("Task definition", definition.map(str::to_owned)),
            ]);
            for group in service.load_balancers().iter().filter_map(|balancer| balancer.target_group_arn()) {
                self.edge(group, arn);
            }
            let mut limits = Vec::new();
            for address in read::task_addresses(clients, cluster, name, &mut limits).await {
                self.addresses.insert(address, arn.to_owned());
            }
            self.limits.extend(limits);
        }
    }
}

/// Facts that are known.
fn facts<const N: usize>(pairs: [(&str, Option<String>); N]) -> Vec<(String, String)> {
    pairs.into_iter().filter_map(|(what, value)| Some((what.to_owned(), value?))).collect()
}

/// Figures that are known.
fn figures<const N: usize>(pairs: [(FigureKind, Option<i32>); N]) -> Vec<Figure> {
    let known = pairs.into_iter().filter_map(|(kind, value)| Some((kind, value?)));
    known.map(|(kind, value)| Figure { kind, value: f64::from(value) }).collect()
}
