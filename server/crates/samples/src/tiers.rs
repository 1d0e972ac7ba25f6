//! The tier catalogue: which CloudWatch metrics a tier has and how to read them.
//!
//! `tiers.toml` beside the crate is the one place where a metric of a tier is named. Collectors ask
//! for its rows, pages word them, documentation and the IAM policy are written from it; adding a
//! tier is adding rows.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

use crate::MetricName;

const TEXT: &str = include_str!("../tiers.toml");

/// What a missing data point means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Absence {
    /// Nothing happened: AWS publishes only non-zero values (while the resource is available).
    Zero,
    /// Nobody measured: draw a gap.
    Gap,
}

/// The golden signal a metric serves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Signal {
    /// How much is asked.
    Traffic,
    /// How long it takes.
    Latency,
    /// How much fails.
    Errors,
    /// How full it is.
    Saturation,
}

/// Where a tier stands between the visitor and the data.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Place {
    /// DNS, CDN, static files.
    Edge,
    /// Load balancers and API front doors.
    Balancer,
    /// Instances, containers, functions.
    Compute,
    /// Databases, tables, caches, proxies.
    Data,
}

/// One metric of a tier.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TierMetric {
    /// `MetricName`, verbatim.
    pub name: String,
    /// Statistic to ask for: `Average`, `Sum`, `Maximum`, `Minimum`, `SampleCount`, `p99`.
    pub statistic: String,
    /// What the reader sees.
    pub label: String,
    /// Unit as AWS publishes it: `Percent`, `Bytes`, `Seconds`, `Count`, `Count/Second` …
    pub unit: String,
    /// What a missing point means.
    pub absence: Absence,
    /// Golden signal.
    pub signal: Signal,
    /// The value is a total of its period and is shown divided by the period's seconds.
    #[serde(default)]
    pub per_second: bool,
    /// The one metric of its signal that stands for the tier on the strip.
    #[serde(default)]
    pub headline: bool,
    /// Shortest period, when it is not the tier's: S3 storage is daily.
    pub period_floor_secs: Option<u32>,
    /// Dimensions beside the tier's: `StorageType = "StandardStorage"`. A value of
    /// [`TierMetric::ANY`] stands for every value that exists, one series each.
    #[serde(default, rename = "where")]
    pub extra: BTreeMap<String, String>,
    /// Engines the metric exists on, by our names; empty means all.
    #[serde(default)]
    pub engines: Vec<String>,
}

/// One tier: a namespace with its dimensions and metrics.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tier {
    /// Key: `rds`.
    pub key: String,
    /// Key of the tier whose resources these metrics are about, when this row only adds another
    /// namespace to it: `lambda_insights` is about `lambda`.
    pub of: Option<String>,
    /// What the reader sees.
    pub label: String,
    /// Where it stands.
    pub place: Place,
    /// CloudWatch namespace.
    pub namespace: String,
    /// Dimensions that name the resource, in the order of `TierResource::dimension_values`.
    pub dimensions: Vec<String>,
    /// Dimensions with one value for all: `Region = "Global"`.
    #[serde(default)]
    pub fixed: BTreeMap<String, String>,
    /// Shortest period the metrics are published at.
    pub period_floor_secs: u32,
    /// Seconds after the end of a period until its value can be trusted.
    pub arrival_delay_secs: u32,
    /// Region the metrics are published in, when it is not the resource's.
    pub region: Option<String>,
    /// Resource type of the tagging API (`elasticloadbalancing:loadbalancer/app`); empty where tags
    /// do not find it.
    #[serde(default)]
    pub tagged_as: String,
    /// IAM actions of the describe calls made for it.
    #[serde(default)]
    pub actions: Vec<String>,
    /// Traps for the reader of these metrics, one sentence each; for the documentation.
    #[serde(default)]
    pub notes: Vec<String>,
    /// Page of AWS that names the metrics.
    pub source: String,
    /// Metrics.
    #[serde(rename = "metric", default)]
    pub metrics: Vec<TierMetric>,
}

impl TierMetric {
    /// Value of a dimension in [`TierMetric::extra`] that stands for all; the label has it where
    /// the value belongs.
    pub const ANY: &'static str = "*";

    /// The dimension whose value is open, if one is.
    #[must_use]
    pub fn open_dimension(&self) -> Option<&str> {
        self.extra.iter().find(|(_, value)| *value == Self::ANY).map(|(name, _)| name.as_str())
    }

    /// This row for one value of its open dimension.
    #[must_use]
    pub fn for_value(&self, value: &str) -> Self {
        let mut row = self.clone();
        row.label = row.label.replace(Self::ANY, value);
        row.extra.values_mut().filter(|open| *open == Self::ANY).for_each(|open| value.clone_into(open));
        row
    }

    /// The series' name in the archive. Metrics with dimensions of their own carry them:
    /// `AWS/DynamoDB SuccessfulRequestLatency{Operation=GetItem} Average`.
    #[must_use]
    pub fn series(&self, tier: &Tier) -> MetricName {
        if self.extra.is_empty() {
            return MetricName::cloudwatch(&tier.namespace, &self.name, &self.statistic);
        }
        let pairs: Vec<String> = self.extra.iter().map(|(name, value)| format!("{name}={value}")).collect();
        MetricName::cloudwatch(&tier.namespace, &format!("{}{{{}}}", self.name, pairs.join(",")), &self.statistic)
    }

    /// Shortest period it is published at.
    #[must_use]
    pub fn period_secs(&self, tier: &Tier) -> u32 {
        self.period_floor_secs.unwrap_or(tier.period_floor_secs)
    }
}

impl Tier {
    /// The tier of that key and the rows that add namespaces to it.
    pub fn family(key: &str) -> impl Iterator<Item = &'static Self> {
        catalogue().iter().filter(move |tier| tier.key == key || tier.of.as_deref() == Some(key))
    }

    /// The rows that one resource has: engines that do not concern it are left out, rows with an open
    /// dimension stand once for each value in `variants` (dimension → values).
    #[must_use]
    pub fn rows_of(&self, variants: &BTreeMap<String, Vec<String>>, engine: Option<&str>) -> Vec<TierMetric> {
        let concerns = |row: &&TierMetric| {
            row.engines.is_empty() || engine.is_some_and(|engine| row.engines.iter().any(|name| name == engine))
        };
        let expand = |row: &TierMetric| match row.open_dimension() {
            None => vec![row.clone()],
            Some(open) => {
                let values = variants.get(&format!("{}/{open}", row.name)).into_iter().flatten();
                values.map(|value| row.for_value(value)).collect()
            }
        };
        self.metrics.iter().filter(concerns).flat_map(expand).collect()
    }

    /// All dimensions of a metric of one resource: name → value.
    #[must_use]
    pub fn dimensions_of(&self, values: &[String], metric: &TierMetric) -> BTreeMap<String, String> {
        let named = self.dimensions.iter().cloned().zip(values.iter().cloned());
        named.chain(self.fixed.clone()).chain(metric.extra.clone()).collect()
    }
}

/// Why a catalogue is refused.
#[derive(Debug, thiserror::Error)]
pub enum CatalogueError {
    /// Not the TOML that is expected.
    #[error("the tier catalogue cannot be read: {0}")]
    Unreadable(#[from] toml::de::Error),
    /// A key or metric appears twice, or a period is not one CloudWatch has.
    #[error("the tier catalogue is wrong at {0}")]
    Wrong(String),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Catalogue {
    #[serde(default)]
    tier: Vec<Tier>,
}

/// The tiers of the catalogue that ships with the program. Empty only if the shipped file were
/// broken, which a test excludes.
#[must_use]
pub fn catalogue() -> &'static [Tier] {
    static TIERS: LazyLock<Vec<Tier>> = LazyLock::new(|| parse(TEXT).unwrap_or_default());
    &TIERS
}

fn parse(text: &str) -> Result<Vec<Tier>, CatalogueError> {
    let tiers = toml::from_str::<Catalogue>(text)?.tier;
    for (place, tier) in tiers.iter().enumerate() {
        if tiers[..place].iter().any(|earlier| earlier.key == tier.key) {
            return Err(CatalogueError::Wrong(tier.key.clone()));
        }
        let wrong_period = tier.period_floor_secs == 0 || !tier.period_floor_secs.is_multiple_of(60);
        let is_orphan = tier.of.as_ref().is_some_and(|of| !tiers[..place].iter().any(|earlier| earlier.key == *of));
        if wrong_period || is_orphan || tier.metrics.is_empty() {
            return Err(CatalogueError::Wrong(tier.key.clone()));
        }
        for (row, metric) in tier.metrics.iter().enumerate() {
            let twin = |other: &TierMetric| other.series(tier) == metric.series(tier);
            if tier.metrics[..row].iter().any(twin) {
                return Err(CatalogueError::Wrong(format!("{} {}", tier.key, metric.name)));
            }
        }
    }
    Ok(tiers)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shipped_catalogue_reads() {
        let tiers = parse(TEXT).unwrap();
        let rds = tiers.iter().find(|tier| tier.key == "rds").unwrap();
        assert_eq!(rds.namespace, "AWS/RDS");
        let load = rds.metrics.iter().find(|metric| metric.name == "DBLoad").unwrap();
        assert_eq!(load.absence, Absence::Zero);
        assert!(
            rds.metrics.iter().flat_map(|metric| &metric.engines).all(|name| name.parse::<units::Engine>().is_ok())
        );
    }

    #[test]
    fn twins_and_unknown_keys_are_refused() {
        let tier = "[[tier]]\nkey='a'\nlabel='A'\nplace='data'\nnamespace='N'\ndimensions=['D']\nperiod_floor_secs=60\narrival_delay_secs=120\nsource='-'\n";
        let metric =
            "[[tier.metric]]\nname='M'\nstatistic='Sum'\nlabel='m'\nunit='Count'\nabsence='gap'\nsignal='traffic'\n";
        assert!(parse(&format!("{tier}{metric}")).is_ok());
        assert!(matches!(parse(&format!("{tier}{metric}{metric}")), Err(CatalogueError::Wrong(_))));
        assert!(matches!(parse(&format!("{tier}{metric}colour='red'\n")), Err(CatalogueError::Unreadable(_))));
    }
}
