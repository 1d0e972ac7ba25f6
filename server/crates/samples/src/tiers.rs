//! The tier catalogue: which CloudWatch metrics a tier has and how to read them.
//!
//! `tiers.toml` beside the crate is the one place where a metric of a tier is named. Collectors ask
//! for its rows, pages word them, and adding a tier is adding rows.

use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

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
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
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

/// One metric of a tier.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TierMetric {
    /// `MetricName`, verbatim.
    pub name: String,
    /// Statistic to ask for: `Average`, `Sum`, `Maximum`, `Minimum`, `p99`.
    pub statistic: String,
    /// What the reader sees.
    pub label: String,
    /// Unit as AWS publishes it: `Percent`, `Bytes`, `Seconds`, `Count`, `Count/Second` …
    pub unit: String,
    /// What a missing point means.
    pub absence: Absence,
    /// Golden signal.
    pub signal: Signal,
    /// Engines the metric exists on, by our names; empty means all.
    #[serde(default)]
    pub engines: Vec<String>,
}

/// One tier: a namespace with its dimension and metrics.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tier {
    /// Key: `rds`.
    pub key: String,
    /// What the reader sees.
    pub label: String,
    /// CloudWatch namespace.
    pub namespace: String,
    /// Dimension that names the resource.
    pub dimension: String,
    /// Shortest period the metrics are published at.
    pub period_floor_secs: u32,
    /// Seconds after the end of a period until its value can be trusted.
    pub arrival_delay_secs: u32,
    /// Region the metrics are published in, when it is not the resource's.
    pub region: Option<String>,
    /// Metrics.
    #[serde(rename = "metric", default)]
    pub metrics: Vec<TierMetric>,
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
        if wrong_period || tier.metrics.is_empty() {
            return Err(CatalogueError::Wrong(tier.key.clone()));
        }
        for (row, metric) in tier.metrics.iter().enumerate() {
            let twin = |other: &TierMetric| other.name == metric.name && other.statistic == metric.statistic;
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
        let tier = "[[tier]]\nkey='a'\nlabel='A'\nnamespace='N'\ndimension='D'\nperiod_floor_secs=60\narrival_delay_secs=120\n";
        let metric =
            "[[tier.metric]]\nname='M'\nstatistic='Sum'\nlabel='m'\nunit='Count'\nabsence='gap'\nsignal='traffic'\n";
        assert!(parse(&format!("{tier}{metric}")).is_ok());
        assert!(matches!(parse(&format!("{tier}{metric}{metric}")), Err(CatalogueError::Wrong(_))));
        assert!(matches!(parse(&format!("{tier}{metric}colour='red'\n")), Err(CatalogueError::Unreadable(_))));
    }
}
