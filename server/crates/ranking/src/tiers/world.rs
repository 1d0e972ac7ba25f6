//! An app as the archive knows it: its tiers with their series over one axis.

use samples::{
    App, Edge, Evidence, FigureKind, Grouping, Instance, LoadMatrix, MetricName, Place, Signal, StatementStat,
    TargetHealth, Tier, TierMetric, TierResource, Topology,
};
use units::{Compare, Dimension, Period, TimeRange, Window, Zone};
use view::Axis;

use super::series::{TierSeries, series_of};
use crate::buckets::bucket_for;
use crate::matrix::reconciled;
use crate::reader::{Lookup, is_covered};
use crate::{Error, Result};

/// Buckets read before the window, so that a change right at its start has a level before it.
const LEAD_BUCKETS: i64 = 30;

/// Metrics that stand on the page besides the headlines: (tier, metric, statistic).
const ALSO_SHOWN: [(&str, &str, &str); 12] = [
    ("alb", "HTTPCode_Target_5XX_Count", "Sum"),
    ("auto_scaling", "GroupInServiceInstances", "Minimum"),
    ("auto_scaling", "GroupDesiredCapacity", "Maximum"),
    ("target_group", "HealthyHostCount", "Minimum"),
    ("target_group", "UnHealthyHostCount", "Maximum"),
    ("lambda", "Throttles", "Sum"),
    ("lambda_insights", "init_duration", "SampleCount"),
    ("ecs", "MemoryUtilization", "Average"),
    ("ecs_insights", "RunningTaskCount", "Minimum"),
    ("ecs_insights", "DesiredTaskCount", "Maximum"),
    ("rds", "DatabaseConnections", "Maximum"),
    ("rds", "CPUUtilization", "Average"),
];
/// Of resources that are part of another box only these stand on the page.
const OF_FOLDED: [&str; 2] = ["HealthyHostCount", "UnHealthyHostCount"];

/// One box of the tier strip with what it is made of.
pub(crate) struct TierWorld {
    /// Names it in addresses.
    pub(crate) key: String,
    pub(crate) resource: TierResource,
    pub(crate) tier: &'static Tier,
    /// Resources that belong to it: its target groups, its instances.
    pub(crate) folded: Vec<TierResource>,
    /// Series of the page, over history and window.
    pub(crate) series: Vec<TierSeries>,
    /// The database behind it.
    pub(crate) database: Option<Database>,
}

/// What is known of a database beyond CloudWatch.
pub(crate) struct Database {
    pub(crate) instance: Instance,
    /// Calls per second of the statements Performance Insights reports, a value a bucket.
    pub(crate) calls: Vec<Option<f64>>,
    /// Load by host over the window: who calls.
    pub(crate) hosts: Option<LoadMatrix>,
}

/// An app over an axis.
pub(crate) struct AppWorld {
    pub(crate) app: App,
    pub(crate) axis: Axis,
    /// Buckets of history before the window in every series.
    pub(crate) lead: usize,
    /// How many seconds earlier the compare window lies.
    pub(crate) earlier_secs: Option<i64>,
    pub(crate) tiers: Vec<TierWorld>,
    pub(crate) topology: Topology,
}

impl AppWorld {
    /// Buckets of the window.
    pub(crate) fn window_buckets(&self) -> std::ops::Range<usize> {
        self.lead..self.lead + self.axis.len()
    }

    /// Edges between two resources of the app.
    pub(crate) fn edges(&self) -> impl Iterator<Item = &Edge> {
        let is_member = |arn: &str| self.app.members.iter().any(|member| member == arn);
        self.topology.edges.iter().filter(move |edge| is_member(&edge.from) && is_member(&edge.to))
    }

    /// The box a resource stands in.
    pub(crate) fn tier_of(&self, arn: &str) -> Option<usize> {
        self.tiers
            .iter()
            .position(|tier| tier.resource.arn == arn || tier.folded.iter().any(|folded| folded.arn == arn))
    }
}

impl TierWorld {
    /// Its first series of a signal that stands for it.
    pub(crate) fn headline(&self, signal: Signal) -> Option<&TierSeries> {
        let mut of_signal = self.series.iter().filter(|series| series.signal == signal && series.is_headline);
        of_signal.clone().find(|series| series.is_known()).or_else(|| of_signal.next())
    }

    pub(crate) fn named(&self, name: &str) -> Option<&TierSeries> {
        self.series.iter().find(|series| series.name == name)
    }

    /// Whether anything at all is known.
    pub(crate) fn is_known(&self, buckets: std::ops::Range<usize>) -> bool {
        self.series.iter().any(|series| series.values[buckets.clone()].iter().any(Option::is_some))
    }

    /// A balancer or gateway: what visitors ask counts here.
    pub(crate) fn is_entry(&self) -> bool {
        self.tier.place == Place::Balancer && self.tier.key != "target_group"
    }

    /// Instances or tasks wanted, by the newest series or the describe call.
    pub(crate) fn figure(&self, kind: FigureKind) -> Option<f64> {
        self.resource.figure(kind)
    }
}

/// The app of a key.
pub(crate) fn app_of(topology: &Topology, key: &str) -> Result<App> {
    topology.app(key).cloned().ok_or_else(|| Error::UnknownApp(key.chars().take(64).collect()))
}

/// What a page of an app asks for.
pub(crate) struct Asked<'a> {
    pub(crate) range: &'a TimeRange,
    pub(crate) zone: &'a Zone,
    pub(crate) compare: &'a Compare,
}

/// Reads an app over a range.
pub(crate) fn read(lookup: &Lookup, topology: Topology, app: App, asked: &Asked<'_>) -> Result<AppWorld> {
    let window = asked.range.resolve(lookup.now)?;
    // CloudWatch has no point shorter than a minute.
    let period = bucket_for(window, None).max(Period::MINUTE);
    let window = window.aligned(period.secs());
    let step = i64::from(period.secs());
    let (zone, offsets) = lookup.zone(asked.zone, window);
    let with_lead = Window::new(window.from.plus_secs(-LEAD_BUCKETS * step), window.to);
    let (boxes, folds) = boxes(&topology, &app);
    let mut tiers = Vec::with_capacity(boxes.len());
    for resource in boxes {
        let folded: Vec<TierResource> =
            folds.iter().filter(|(_, into)| *into == resource.arn).map(|(resource, _)| resource.clone()).collect();
        tiers.extend(read_tier(lookup, resource, folded, with_lead, period)?);
    }
    tiers.sort_by_key(|tier| tier.tier.place);
    name_apart(&mut tiers);
    let earlier_secs = asked.compare.window(window).map(|before| {
        let earlier = (window.from.0 - before.from.0) / 1000;
        (earlier / step).max(1) * step
    });
    Ok(AppWorld {
        app,
        axis: Axis { window, period, zone, offsets },
        lead: usize::try_from(LEAD_BUCKETS).unwrap_or(0),
        earlier_secs,
        tiers,
        topology,
    })
}

fn read_tier(
    lookup: &Lookup,
    resource: TierResource,
    folded: Vec<TierResource>,
    window: Window,
    period: Period,
) -> Result<Option<TierWorld>> {
    let Some(tier) = resource.catalogue_tier() else { return Ok(None) };
    let database = read_database(lookup, &resource, window, period)?;
    let mut series = Vec::new();
    if let Some((load, _)) = &database {
        series.push(load.clone());
    }
    let has_load = !series.is_empty();
    series.extend(series_of(lookup, &resource, window, period, |tier, metric| {
        is_shown(tier, metric) && !(has_load && metric.name == "DBLoad")
    })?);
    for part in &folded {
        series.extend(series_of(lookup, part, window, period, |tier, metric| {
            is_shown(tier, metric) && OF_FOLDED.contains(&metric.name.as_str())
        })?);
    }
    let key = format!("{}/{}", resource.tier, resource.name);
    Ok(Some(TierWorld { key, resource, tier, folded, series, database: database.map(|(_, database)| database) }))
}

fn is_shown(tier: &Tier, metric: &TierMetric) -> bool {
    metric.headline || ALSO_SHOWN.contains(&(tier.key.as_str(), metric.name.as_str(), metric.statistic.as_str()))
}

/// Load, calls and callers of a database; `None` for other tiers and while nothing is known.
fn read_database(
    lookup: &Lookup,
    resource: &TierResource,
    window: Window,
    period: Period,
) -> Result<Option<(TierSeries, Database)>> {
    let Ok(instance) = lookup.instance(&resource.id) else { return Ok(None) };
    let matrix = reconciled(lookup.stored(&instance.id, &Grouping::by(Dimension::WaitType), window, period)?);
    if !is_covered(&matrix) {
        return Ok(None);
    }
    let calls = lookup.archive.statement_series(&instance.id, StatementStat::Calls, window, period)?;
    let hosts = lookup.stored(&instance.id, &Grouping::by(Dimension::Host), window, period)?;
    let load = TierSeries::load(&matrix, MetricName::pi("db.load.avg"));
    let database = Database { calls: summed(&calls), hosts: is_covered(&hosts).then(|| reconciled(hosts)), instance };
    Ok(Some((load, database)))
}

/// Calls of all statements a bucket; not known where no statement is.
fn summed(matrix: &LoadMatrix) -> Vec<Option<f64>> {
    let buckets = matrix.total.len();
    (0..buckets)
        .map(|bucket| {
            let known: Vec<f64> =
                matrix.series.iter().filter_map(|row| row.values.get(bucket).copied().flatten()).collect();
            (!known.is_empty()).then(|| known.iter().sum())
        })
        .collect()
}

/// Resources with a box of their own, and those that belong to one: (resource, ARN of its box). A
/// target group belongs to what its targets run on, else to its balancer; an instance to its group.
fn boxes(topology: &Topology, app: &App) -> (Vec<TierResource>, Vec<(TierResource, String)>) {
    let members = topology.members(app);
    let joined = |arn: &str| -> Vec<&TierResource> {
        let described = topology.edges.iter().filter(|edge| edge.evidence == Evidence::Described);
        let ends = described.filter_map(|edge| match arn {
            _ if edge.from == arn => Some(edge.to.as_str()),
            _ if edge.to == arn => Some(edge.from.as_str()),
            _ => None,
        });
        ends.filter_map(|end| members.iter().copied().find(|member| member.arn == end)).collect()
    };
    let owner = |resource: &TierResource| -> Option<String> {
        let joined = joined(&resource.arn);
        let of = |keys: &[&str]| joined.iter().find(|other| keys.contains(&other.tier.as_str()));
        let found = match resource.tier.as_str() {
            "target_group" => of(&["auto_scaling", "ecs", "eks", "lambda", "ec2"]).or_else(|| of(&["alb"])),
            "ec2" => of(&["auto_scaling"]),
            _ => None,
        };
        found.map(|other| other.arn.clone())
    };
    let mut own = Vec::new();
    let mut folds: Vec<(TierResource, String)> = Vec::new();
    for member in &members {
        match owner(member) {
            Some(into) => folds.push(((*member).clone(), into)),
            None => own.push((*member).clone()),
        }
    }
    // What belongs to something that belongs elsewhere goes along: group → instance → its group.
    let into_of: Vec<(String, String)> =
        folds.iter().map(|(resource, into)| (resource.arn.clone(), into.clone())).collect();
    for (_, into) in &mut folds {
        if let Some((_, further)) = into_of.iter().find(|(arn, _)| arn == into) {
            further.clone_into(into);
        }
    }
    (own, folds)
}

/// Two tiers of one kind and name (in two regions) are told apart by number.
fn name_apart(tiers: &mut [TierWorld]) {
    for place in 1..tiers.len() {
        let (earlier, later) = tiers.split_at_mut(place);
        let twins = earlier.iter().filter(|tier| tier.key == later[0].key).count();
        if twins > 0 {
            later[0].key = format!("{}~{}", later[0].key, twins + 1);
        }
    }
}

/// Targets of the groups that belong to a box.
pub(crate) fn targets_of<'a>(world: &'a AppWorld, tier: &'a TierWorld) -> impl Iterator<Item = &'a TargetHealth> {
    let groups: Vec<&str> = std::iter::once(&tier.resource)
        .chain(&tier.folded)
        .filter(|resource| resource.tier == "target_group")
        .map(|resource| resource.arn.as_str())
        .collect();
    let groups = if tier.tier.key == "alb" { all_groups(world, &tier.resource.arn) } else { groups };
    world.topology.targets.iter().filter(move |target| groups.contains(&target.group.as_str()))
}

/// Target groups a balancer leads to.
fn all_groups<'a>(world: &'a AppWorld, balancer: &str) -> Vec<&'a str> {
    let leads = world.topology.edges.iter().filter(|edge| edge.from == balancer);
    let is_group = |arn: &&str| world.topology.resource(arn).is_some_and(|resource| resource.tier == "target_group");
    leads.map(|edge| edge.to.as_str()).filter(is_group).collect()
}
