//! From resources and edges to apps. Pure.

use std::collections::{BTreeMap, BTreeSet};

use samples::{App, AppOrigin, DiscoveryLimit, Edge, Evidence, LimitKind, Place, TierResource, Topology, catalogue};

use super::{Apps, Draft};

/// Rank of a tier on the page: the order of the catalogue.
fn rank(tier: &str) -> usize {
    catalogue().iter().position(|known| known.key == tier).unwrap_or(usize::MAX)
}

/// Puts apps together and leaves out what belongs to none.
pub(super) fn topology(draft: Draft, apps: &Apps) -> Topology {
    let Draft { resources, edges, addresses, limits, .. } = draft;
    let edges: Vec<Edge> = edges
        .into_iter()
        .filter(|edge| resources.contains_key(&edge.from) && resources.contains_key(&edge.to))
        .collect();
    let mut members: BTreeMap<String, (AppOrigin, BTreeSet<String>)> = BTreeMap::new();
    for resource in resources.values() {
        if let Some(value) = resource.tags.get(&apps.tag_key).filter(|value| !value.is_empty()) {
            let origin = AppOrigin::Tag { key: apps.tag_key.clone(), value: value.clone() };
            let app = members.entry(value.clone()).or_insert_with(|| (origin, BTreeSet::new()));
            app.1.insert(resource.arn.clone());
        }
    }
    for (name, arns) in &apps.named {
        let app = members.entry(name.clone()).or_insert_with(|| (AppOrigin::Named, BTreeSet::new()));
        app.1.extend(arns.iter().filter(|arn| resources.contains_key(*arn)).cloned());
    }
    for (_, arns) in members.values_mut() {
        follow(arns, &edges);
    }
    let taken: BTreeSet<String> = members.values().flat_map(|(_, arns)| arns.iter().cloned()).collect();
    // Without tags there is still what each front door leads to.
    for door in resources.values().filter(|one| one.tier == "alb" && !taken.contains(&one.arn)) {
        let mut arns = BTreeSet::from([door.arn.clone()]);
        follow(&mut arns, &edges);
        if arns.len() > 1 {
            members.entry(door.name.clone()).or_insert((AppOrigin::Followed, arns));
        }
    }
    let mut keys = BTreeSet::new();
    let apps: Vec<App> = members
        .into_iter()
        .map(|(name, (origin, arns))| app(&name, origin, &arns, &resources, &limits, &mut keys))
        .collect();
    let used: BTreeSet<&String> = apps.iter().flat_map(|app| &app.members).collect();
    let mut kept: Vec<TierResource> = resources.values().filter(|one| used.contains(&one.arn)).cloned().collect();
    kept.sort_by(|a, b| (rank(&a.tier), &a.name, &a.arn).cmp(&(rank(&b.tier), &b.name, &b.arn)));
    let mut edges: Vec<Edge> =
        edges.into_iter().filter(|edge| used.contains(&edge.from) && used.contains(&edge.to)).collect();
    edges.extend(possible(&apps, &kept, &edges));
    Topology { apps, resources: kept, edges, targets: Vec::new(), addresses, limits, seen: None }
}

/// Adds everything that the edges lead to.
fn follow(arns: &mut BTreeSet<String>, edges: &[Edge]) {
    loop {
        let further: Vec<String> = edges
            .iter()
            .filter(|edge| arns.contains(&edge.from) && !arns.contains(&edge.to))
            .map(|edge| edge.to.clone())
            .collect();
        if further.is_empty() {
            return;
        }
        arns.extend(further);
    }
}

fn app(
    name: &str,
    origin: AppOrigin,
    arns: &BTreeSet<String>,
    resources: &BTreeMap<String, TierResource>,
    limits: &[DiscoveryLimit],
    keys: &mut BTreeSet<String>,
) -> App {
    let mut members: Vec<&TierResource> = arns.iter().filter_map(|arn| resources.get(arn)).collect();
    members.sort_by(|a, b| (rank(&a.tier), &a.name, &a.arn).cmp(&(rank(&b.tier), &b.name, &b.arn)));
    // A limit about a call concerns every app; one about a resource, the apps that have it.
    let concerns = |limit: &&DiscoveryLimit| !resources.contains_key(&limit.about) || arns.contains(&limit.about);
    let mut limits: Vec<DiscoveryLimit> = limits.iter().filter(concerns).cloned().collect();
    for member in &members {
        let kind = match member.tier.as_str() {
            "rds_proxy" => LimitKind::ProxyHidesCallers,
            "auto_scaling" => LimitKind::UnknownAddresses,
            _ => continue,
        };
        limits.push(DiscoveryLimit { kind, about: member.arn.clone(), action: String::new() });
    }
    limits.sort();
    limits.dedup();
    let key = free_key(name, keys);
    App {
        key,
        name: name.to_owned(),
        origin,
        members: members.into_iter().map(|one| one.arn.clone()).collect(),
        limits,
    }
}

/// A name as it can stand in a URL, and no other app's.
fn free_key(name: &str, keys: &mut BTreeSet<String>) -> String {
    let spelt: String =
        name.to_lowercase().chars().map(|letter| if letter.is_ascii_alphanumeric() { letter } else { '-' }).collect();
    let base = match spelt.trim_matches('-') {
        "" => "app",
        text => text,
    };
    let candidates = std::iter::once(base.to_owned()).chain((2..).map(|number| format!("{base}-{number}")));
    let free = candidates.into_iter().find(|key| !keys.contains(key)).unwrap_or_default();
    keys.insert(free.clone());
    free
}

/// Edges nobody tells: within one app, from the edge to the front doors, and from each tier that
/// computes to each that keeps data.
fn possible(apps: &[App], resources: &[TierResource], described: &[Edge]) -> Vec<Edge> {
    let known: BTreeSet<(&str, &str)> = described.iter().map(|edge| (edge.from.as_str(), edge.to.as_str())).collect();
    let place = |resource: &TierResource| resource.catalogue_tier().map(|tier| tier.place);
    let mut edges = BTreeSet::new();
    for app in apps {
        let of_app: Vec<&TierResource> =
            resources.iter().filter(|resource| app.members.contains(&resource.arn)).collect();
        let has_target = |arn: &str| described.iter().any(|edge| edge.to == arn);
        let computes = |one: &TierResource| matches!(one.tier.as_str(), "auto_scaling" | "ecs" | "eks" | "lambda");
        for from in &of_app {
            for to in &of_app {
                let leads = match (place(from), place(to)) {
                    (Some(Place::Edge), Some(Place::Balancer)) => {
                        from.tier != "s3" && to.tier != "target_group" && !has_target(&to.arn)
                    }
                    (Some(Place::Edge), Some(Place::Edge)) => from.tier == "cloudfront" && to.tier == "s3",
                    (Some(Place::Compute), Some(Place::Data)) => computes(from),
                    (Some(Place::Balancer), Some(Place::Compute)) => {
                        matches!(from.tier.as_str(), "api_rest" | "api_http")
                            && to.tier == "lambda"
                            && !described.iter().any(|edge| edge.from == from.arn)
                    }
                    _ => false,
                };
                if leads && !known.contains(&(from.arn.as_str(), to.arn.as_str())) {
                    edges.insert(Edge { from: from.arn.clone(), to: to.arn.clone(), evidence: Evidence::Possible });
                }
            }
        }
    }
    edges.into_iter().collect()
}

/// Target groups of the topology.
pub(super) fn target_groups(topology: &Topology) -> Vec<String> {
    let groups = topology.resources.iter().filter(|resource| resource.tier == "target_group");
    groups.map(|resource| resource.arn.clone()).collect()
}

/// Functions and addresses that are targets are what a target group leads to. An address that nothing
/// else is known of belongs to its target group.
pub(super) fn follow_targets(topology: &mut Topology) {
    for target in topology.targets.iter().filter(|target| target.target.parse::<std::net::IpAddr>().is_ok()) {
        topology.addresses.entry(target.target.clone()).or_insert_with(|| target.group.clone());
    }
    let mut edges: BTreeSet<Edge> = BTreeSet::new();
    for target in &topology.targets {
        let owner = topology.addresses.get(&target.target).unwrap_or(&target.target);
        let is_known =
            topology.resources.iter().any(|one| one.arn == *owner && one.tier != "ec2" && one.arn != target.group);
        if is_known {
            edges.insert(Edge { from: target.group.clone(), to: owner.clone(), evidence: Evidence::Described });
        }
    }
    edges.retain(|edge| !topology.edges.contains(edge));
    topology.edges.extend(edges);
}

/// Adds a limit to every app that has the resource.
pub(super) fn add_limit(topology: &mut Topology, arn: &str, limit: &DiscoveryLimit) {
    topology.limits.push(limit.clone());
    for app in topology.apps.iter_mut().filter(|app| app.members.iter().any(|member| member == arn)) {
        app.limits.push(limit.clone());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use units::{ResourceId, Timestamp};

    fn resource(arn: &str, tier: &str, app: Option<&str>) -> TierResource {
        TierResource {
            id: ResourceId(arn.to_owned()),
            arn: arn.to_owned(),
            tier: tier.to_owned(),
            name: arn.to_owned(),
            account: String::new(),
            region: String::new(),
            dimension_values: Vec::new(),
            variants: BTreeMap::new(),
            listed: None,
            listed_at: None,
            tags: app.iter().map(|app| ("app".to_owned(), (*app).to_owned())).collect(),
            state: None,
            figures: Vec::new(),
            facts: Vec::new(),
            simulated: false,
            created: None,
            first_seen: Timestamp(0),
            last_seen: Timestamp(0),
        }
    }

    fn draft(resources: &[TierResource], edges: &[(&str, &str)]) -> Draft {
        Draft {
            resources: resources.iter().map(|one| (one.arn.clone(), one.clone())).collect(),
            edges: edges
                .iter()
                .map(|(from, to)| Edge {
                    from: (*from).to_owned(),
                    to: (*to).to_owned(),
                    evidence: Evidence::Described,
                })
                .collect(),
            ..Draft::default()
        }
    }

    #[test]
    fn a_tag_and_what_it_leads_to_is_an_app() {
        let resources = [
            resource("lb", "alb", Some("Shop & Co")),
            resource("tg", "target_group", None),
            resource("asg", "auto_scaling", None),
            resource("db", "rds", Some("Shop & Co")),
            resource("other", "lambda", None),
        ];
        let found = topology(draft(&resources, &[("lb", "tg"), ("tg", "asg"), ("asg", "nobody")]), &Apps::default());
        assert_eq!(found.apps.len(), 1);
        assert_eq!((found.apps[0].key.as_str(), found.apps[0].name.as_str()), ("shop---co", "Shop & Co"));
        assert_eq!(found.apps[0].members, ["lb", "tg", "asg", "db"]);
        let possible: Vec<_> = found.edges.iter().filter(|edge| edge.evidence == Evidence::Possible).collect();
        assert_eq!(possible.len(), 1, "{possible:?}");
        assert_eq!((possible[0].from.as_str(), possible[0].to.as_str()), ("asg", "db"));
        assert!(found.apps[0].limits.iter().any(|limit| limit.kind == LimitKind::UnknownAddresses));
    }

    #[test]
    fn a_balancer_without_tags_is_an_app_of_its_own() {
        let resources = [resource("lb", "alb", None), resource("tg", "target_group", None), resource("x", "alb", None)];
        let found = topology(draft(&resources, &[("lb", "tg")]), &Apps::default());
        assert_eq!(found.apps.len(), 1, "a balancer that leads nowhere is none");
        assert_eq!(found.apps[0].origin, AppOrigin::Followed);
        let named = Apps { named: BTreeMap::from([("lb".to_owned(), vec!["x".to_owned()])]), ..Apps::default() };
        let found = topology(draft(&resources, &[("lb", "tg")]), &named);
        assert_eq!(found.apps.iter().map(|app| app.key.as_str()).collect::<Vec<_>>(), ["lb"]);
    }
}
