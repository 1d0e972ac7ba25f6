//! The page of an app: its tiers on one axis, who moved first, what the figures say together.

use serde::{Deserialize, Serialize};
use units::{ResourceId, Timestamp, Window};

use crate::{Axis, CounterStrip, LoadView, Severity, Source, Trouble, Verdict};

/// Every app, for the list of apps and the cards of the fleet page.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct AppsView {
    /// Apps, the unwell first.
    pub apps: Vec<AppCard>,
    /// Trouble with discovery itself.
    pub trouble: Option<Trouble>,
}

/// One app in short.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AppCard {
    /// Name in addresses.
    pub key: String,
    /// What people call it.
    pub name: String,
    /// Requests per second in the window, of its balancers and gateways; `None` when none is known.
    pub requests_per_sec: Option<f64>,
    /// The four places, edge first.
    pub places: Vec<PlaceState>,
    /// Some tiers come from a seeded world.
    pub simulated: bool,
}

/// Where a tier stands between the visitor and the data.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TierPlace {
    /// DNS, CDN, static files.
    Edge,
    /// Load balancers and API front doors.
    Balancer,
    /// Instances, containers, functions.
    Compute,
    /// Databases, tables, caches.
    Data,
}

impl TierPlace {
    /// In the order a request meets them.
    pub const ALL: [Self; 4] = [Self::Edge, Self::Balancer, Self::Compute, Self::Data];
}

/// The worst tier of a place.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PlaceState {
    /// Which place.
    pub place: TierPlace,
    /// How it is; [`TierState::Unused`] where the app has no tier.
    pub state: TierState,
    /// The figure that tells most, printed: `p95 0.32 s`.
    pub note: String,
}

/// How a tier is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TierState {
    /// Nothing out of its limits.
    Healthy,
    /// This figure is worth a look.
    Warning(String),
    /// This figure is over its limit.
    Critical(String),
    /// Nothing was obtained.
    NoData,
    /// The app has no such tier.
    Unused,
}

impl TierState {
    /// One word for tables and JSON: `healthy`, `warning`, `critical`, `no data`, `not used`.
    #[must_use]
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Healthy => "healthy",
            Self::Warning(_) => "warning",
            Self::Critical(_) => "critical",
            Self::NoData => "no data",
            Self::Unused => "not used",
        }
    }

    /// How bad it is.
    #[must_use]
    pub const fn severity(&self) -> Severity {
        match self {
            Self::Healthy => Severity::Good,
            Self::Warning(_) => Severity::Warning,
            Self::Critical(_) => Severity::Critical,
            Self::NoData | Self::Unused => Severity::Unknown,
        }
    }
}

/// One app in one window.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AppView {
    /// Name in addresses.
    pub key: String,
    /// What people call it.
    pub name: String,
    /// What it is made of: (label of the tier, how many).
    pub parts: Vec<(String, u32)>,
    /// Regions, each once; empty for global tiers alone.
    pub regions: Vec<String>,
    /// The axis all strips share.
    pub axis: Axis,
    /// What happened, in a sentence, with its evidence.
    pub verdict: Verdict,
    /// The span the boxes speak of: from the first change to its end, else the window.
    pub subject: Window,
    /// Boxes of the tier strip, by place, then as discovery has them.
    pub tiers: Vec<TierBox>,
    /// Changes of level, the first mover first.
    pub movers: Vec<Mover>,
    /// Alarms and deploys on the axis.
    pub lane: AlarmLane,
    /// Strips: by tier, or by golden signal.
    pub groups: Vec<StripGroup>,
    /// Reading rules, those that hold first.
    pub readings: Vec<Reading>,
    /// What discovery could not see: (key of the sentence, what it is about, IAM action).
    pub limits: Vec<SightLimit>,
    /// What keeps the newest minutes from being read, when the window reaches until now.
    pub behind: Option<Trouble>,
    /// Where it comes from.
    pub source: Source,
}

/// Something discovery cannot see.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SightLimit {
    /// Key of its sentence: `denied`, `proxy_hides_callers` …
    pub kind: String,
    /// The resource or call.
    pub about: String,
    /// IAM action that would show more; empty when none would.
    pub action: String,
}

/// One box of the tier strip.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TierBox {
    /// Names the tier in addresses: its name, made unique within the app.
    pub key: String,
    /// What people call it.
    pub name: String,
    /// Label of its kind: `Application Load Balancer`.
    pub kind: String,
    /// Where it stands.
    pub place: TierPlace,
    /// How it is.
    pub state: TierState,
    /// Up to three figures, the saturation last: (label, printed value).
    pub figures: Vec<(String, String)>,
    /// What leads here, measured or told by a call.
    pub callers: Vec<Caller>,
    /// Why there are no figures.
    pub trouble: Option<Trouble>,
    /// The page of the database, when it is one.
    pub instance: Option<ResourceId>,
    /// Comes from a seeded world.
    pub simulated: bool,
}

/// One edge into a tier.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Caller {
    /// Name of the tier it comes from.
    pub from: String,
    /// What it rests on.
    pub evidence: EdgeEvidence,
    /// Its weight as printed: `8.20 AAS (62 %)`, `384 /s`; empty when nothing measures it.
    pub weight: String,
}

/// What an edge rests on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EdgeEvidence {
    /// A describe call names the other end.
    Described,
    /// Sessions come from an address of the caller.
    Measured,
    /// Nothing but a common tag: possible.
    Possible,
}

/// One change of level.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Mover {
    /// Start of the first bucket of the new level.
    pub at: Timestamp,
    /// Seconds after the first mover.
    pub lag_secs: i64,
    /// The time is known to so many seconds: the period, more across a gap.
    pub tolerance_secs: i64,
    /// Tier that moved: key and name; an alarm has no key.
    pub tier: (String, String),
    /// What moved: (label, level before, level after), printed; an alarm is named by its first.
    pub what: Vec<(String, String, String)>,
    /// It is an alarm going off.
    pub is_alarm: bool,
}

/// Alarms and deploys on the axis of the strips.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct AlarmLane {
    /// Spans in ALARM, one lane each.
    pub alarms: Vec<AlarmSpan>,
    /// Deploys and events.
    pub markers: Vec<crate::Marker>,
}

/// Time an alarm spent in ALARM.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AlarmSpan {
    /// Name.
    pub name: String,
    /// ARN, for its page.
    pub arn: String,
    /// Spans within the window.
    pub spans: Vec<Window>,
}

/// Strips under one heading.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StripGroup {
    /// Name of a tier, or of a golden signal (`traffic`, `latency`, `errors`, `saturation`).
    pub title: String,
    /// Kind of the tier; empty for a signal.
    pub kind: String,
    /// How the tier is; `None` for a signal.
    pub state: Option<TierState>,
    /// Comes from a seeded world.
    pub simulated: bool,
    /// Load by wait, on top, for a database.
    pub load: Option<LoadView>,
    /// Strips.
    pub strips: Vec<CounterStrip>,
    /// Why there is none.
    pub trouble: Option<Trouble>,
}

/// One reading rule against the figures.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reading {
    /// Key of its sentences: `database`, `load`, `balancer` …
    pub rule: String,
    /// All its conditions hold.
    pub holds: bool,
    /// Its conditions, each with the figures it was judged by.
    pub conditions: Vec<Condition>,
}

/// One condition of a rule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Condition {
    /// Key of the figure: `traffic`, `latency`, `aas` …
    pub figure: String,
    /// Key of what is asked of it: `up`, `flat`, `low`, `some`, `none`.
    pub trend: String,
    /// Figures before and after, printed; empty when the figure is not known.
    pub values: Option<(String, String)>,
    /// Whether it holds; not when the figure is not known.
    pub holds: bool,
}

/// The drawer of one tier.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TierView {
    /// Its box.
    pub tier: TierBox,
    /// Words about it: (what, value).
    pub facts: Vec<(String, String)>,
    /// Every metric of the catalogue that has a value in the window.
    pub strips: Vec<CounterStrip>,
    /// Labels of metrics without any value in the window.
    pub silent: Vec<String>,
    /// Axis of the strips.
    pub axis: Axis,
    /// Health of each target behind it.
    pub targets: Vec<TargetRow>,
    /// Changes of that health in the window, newest first.
    pub target_events: Vec<TargetRow>,
    /// What its instance count suggests to buy.
    pub purchase: Option<PurchaseView>,
    /// Where it comes from.
    pub source: Source,
}

/// Health of a target, now or at a change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TargetRow {
    /// Name of the target group.
    pub group: String,
    /// Instance id, address or function, with its port.
    pub target: String,
    /// AWS's word: `healthy`, `unhealthy`, `draining` …
    pub state: String,
    /// AWS's code: `Target.ResponseCodeMismatch`; may be empty.
    pub reason: String,
    /// AWS's sentence; may be empty.
    pub description: String,
    /// Since when, or when it changed.
    pub at: Timestamp,
}

/// What the history of an instance count suggests to buy, with the arithmetic.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PurchaseView {
    /// The history it rests on.
    pub window: Window,
    /// Hours of it that are known.
    pub known_hours: f64,
    /// Instances worth a commitment: those that ran for more than [`PurchaseView::break_even`].
    pub base: u32,
    /// Part of the time an instance must run for the commitment to be cheaper than On-Demand: its
    /// price over that of On-Demand, 0 to 1.
    pub break_even: f64,
    /// How long the first, second … instance ran.
    pub steps: Vec<PurchaseStep>,
    /// Instance-hours of the base.
    pub base_hours: f64,
    /// Instance-hours above it.
    pub spike_hours: f64,
    /// Instance type the prices are for; `None` when it is not known, then there are no costs.
    pub instance_type: Option<String>,
    /// Ways to buy, as they are computed: the first is all On-Demand.
    pub options: Vec<PurchaseOption>,
    /// Prices as of this date, from this place.
    pub prices_as_of: String,
    /// Region of the prices.
    pub region: String,
    /// Bought as Spot now, when told.
    pub spot_now: Option<f64>,
}

/// How long the n-th instance of a group ran.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PurchaseStep {
    /// n, from 1.
    pub nth: u32,
    /// Hours with at least n instances.
    pub hours: f64,
    /// Part of the known hours, 0 to 1.
    pub share: f64,
}

/// One way to buy.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PurchaseOption {
    /// Key of its sentence: `on_demand`, `savings_plan`, `reserved`, `spot_spikes`.
    pub key: String,
    /// The parts: (key of how it is bought, instance-hours a month, US dollars an hour).
    pub parts: Vec<(String, f64, f64)>,
    /// Sum over the parts, US dollars a month of 730 hours.
    pub usd_per_month: f64,
    /// A price in it is an assumed part of the On-Demand price, not a quoted one.
    pub is_assumed: bool,
}

/// What asking AWS costs.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct SpendView {
    /// A line an API, the dearest first.
    pub lines: Vec<SpendLine>,
    /// Dollars today.
    pub usd_today: f64,
    /// Dollars of 30 days at the rate of yesterday and today; `None` while collection is too young.
    pub usd_month: Option<f64>,
    /// Hours the forecast is made from.
    pub basis_hours: f64,
}

/// Calls of one API.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SpendLine {
    /// IAM action: `cloudwatch:GetMetricData`.
    pub api: String,
    /// Requests today.
    pub calls: u64,
    /// Units AWS bills today: metrics for `GetMetricData`, else requests.
    pub units: u64,
    /// Dollars today; `None` for calls that cost nothing.
    pub usd: Option<f64>,
    /// Requests of 30 days at the present rate; `None` while collection is too young.
    pub calls_month: Option<f64>,
    /// Dollars of 30 days at the present rate.
    pub usd_month: Option<f64>,
}
