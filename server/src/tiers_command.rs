//! `loadlens tiers` and `loadlens policy`: what is read of each tier, and what AWS must allow for it,
//! both written from the tier catalogue.

use std::fmt::Write as _;
use std::io::Write as _;

use anyhow::{Context, Result};
use samples::{Absence, Place, Signal, Tier, TierMetric, catalogue};
use serde::Serialize;

/// Calls that belong to no tier, and what they are allowed on.
const PERFORMANCE_INSIGHTS: [&str; 4] = [
    "pi:GetDimensionKeyDetails",
    "pi:GetResourceMetrics",
    "pi:ListAvailableResourceDimensions",
    "pi:ListAvailableResourceMetrics",
];
const EVERYWHERE: [&str; 8] = [
    "cloudwatch:DescribeAlarmHistory",
    "cloudwatch:DescribeAlarms",
    "cloudwatch:GetMetricData",
    "cloudwatch:ListMetrics",
    "rds:DescribeEvents",
    "sns:ConfirmSubscription",
    "sts:GetCallerIdentity",
    "tag:GetResources",
];

/// A policy as IAM reads it; fields in the order people write them.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Policy {
    version: &'static str,
    statement: Vec<Statement>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Statement {
    sid: &'static str,
    effect: &'static str,
    action: Vec<&'static str>,
    resource: &'static str,
}

/// Prints the catalogue as Markdown.
///
/// # Errors
/// When standard output is closed.
pub fn run_tiers() -> Result<()> {
    std::io::stdout().write_all(markdown().as_bytes()).context("standard output is closed")
}

/// Prints the IAM policy that the dashboard needs.
///
/// # Errors
/// When standard output is closed.
pub fn run_policy() -> Result<()> {
    writeln!(std::io::stdout(), "{}", policy()).context("standard output is closed")
}

/// The IAM policy: calls of every tier, and those that belong to none.
#[must_use]
pub fn policy() -> String {
    let of_tiers = catalogue().iter().flat_map(|tier| tier.actions.iter().map(String::as_str));
    let mut everywhere: Vec<&'static str> = of_tiers.chain(EVERYWHERE).collect();
    everywhere.sort_unstable();
    everywhere.dedup();
    let statement =
        |sid, action: &[&'static str], resource| Statement { sid, effect: "Allow", action: action.to_vec(), resource };
    let policy = Policy {
        version: "2012-10-17",
        statement: vec![
            statement("PerformanceInsights", &PERFORMANCE_INSIGHTS, "arn:aws:pi:*:*:metrics/rds/*"),
            statement("MetricsAndInventory", &everywhere, "*"),
        ],
    };
    serde_json::to_string_pretty(&policy).unwrap_or_default()
}

/// The catalogue as a document.
#[must_use]
pub fn markdown() -> String {
    let mut text = String::from(
        "# Tiers\n\nWritten by `loadlens tiers` from `tiers.toml`; a test holds the two equal.\n\n\
         A missing point means 0 where AWS publishes only what happened, and a gap where nobody measured.\n\
         Delay is how long after the end of a period its value can be trusted. A dimension of `*` stands for\n\
         every value there is, one series each.\n",
    );
    for tier in catalogue() {
        section(&mut text, tier);
    }
    text
}

fn section(text: &mut String, tier: &Tier) {
    let place = match tier.place {
        Place::Edge => "edge",
        Place::Balancer => "balancer",
        Place::Compute => "compute",
        Place::Data => "data",
    };
    let fixed = tier.fixed.iter().map(|(name, value)| format!("{name}={value}"));
    let dimensions = tier.dimensions.iter().cloned().chain(fixed).collect::<Vec<_>>().join(", ");
    let mut line = |line: String| {
        text.push_str(&line);
        text.push('\n');
    };
    line(format!("\n## {}\n", tier.label));
    line(format!(
        "`{}` by {dimensions}; {place}; every {} s, {} s delay{}{}. [AWS]({})\n",
        tier.namespace,
        tier.period_floor_secs,
        tier.arrival_delay_secs,
        tier.region.as_ref().map(|region| format!("; in {region} only")).unwrap_or_default(),
        tier.of.as_ref().map(|of| format!("; adds to `{of}`")).unwrap_or_default(),
        tier.source
    ));
    for note in &tier.notes {
        line(format!("- {note}"));
    }
    if !tier.tagged_as.is_empty() {
        line(format!("- Found by tags as `{}`.", tier.tagged_as));
    }
    if !tier.actions.is_empty() {
        line(format!("- Calls: {}.", tier.actions.join(", ")));
    }
    line("\n| metric | statistic | unit | signal | missing is | shown as |\n|---|---|---|---|---|---|".to_owned());
    for metric in &tier.metrics {
        line(row(tier, metric));
    }
}

fn row(tier: &Tier, metric: &TierMetric) -> String {
    let signal = match metric.signal {
        Signal::Traffic => "traffic",
        Signal::Latency => "latency",
        Signal::Errors => "errors",
        Signal::Saturation => "saturation",
    };
    let missing = match metric.absence {
        Absence::Zero => "0",
        Absence::Gap => "a gap",
    };
    let mut extra = String::new();
    for (name, value) in &metric.extra {
        // Writing into a text cannot fail.
        let _infallible = write!(extra, " {name}={value}");
    }
    if metric.period_secs(tier) != tier.period_floor_secs {
        let _infallible = write!(extra, " every {} s", metric.period_secs(tier));
    }
    let rate = if metric.per_second { ", per second" } else { "" };
    let headline = if metric.headline { "**" } else { "" };
    format!(
        "| `{}`{extra} | {} | {} | {signal} | {missing} | {headline}{}{headline}{rate} |",
        metric.name, metric.statistic, metric.unit, metric.label
    )
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use std::path::Path;

    #[test]
    fn the_document_is_what_the_catalogue_says() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("crates/samples/TIERS.md");
        let written = std::fs::read_to_string(&path).unwrap_or_default();
        assert!(written == markdown(), "run: loadlens tiers > server/crates/samples/TIERS.md");
    }

    #[test]
    fn the_readme_has_the_policy() {
        let readme = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().join("README.md");
        let readme = std::fs::read_to_string(readme).unwrap();
        assert!(readme.contains(&policy()), "the policy in README.md is not what `loadlens policy` prints");
    }

    #[test]
    fn every_tier_of_a_web_app_is_there() {
        let keys: Vec<&str> = catalogue().iter().map(|tier| tier.key.as_str()).collect();
        for key in [
            "route53",
            "cloudfront",
            "s3",
            "alb",
            "target_group",
            "api_rest",
            "api_http",
            "auto_scaling",
            "ec2",
            "ecs",
            "eks",
            "lambda",
            "ecr",
            "rds",
            "rds_proxy",
            "dynamodb",
            "dynamodb_replica",
            "dynamodb_stream",
            "dax",
        ] {
            assert!(keys.contains(&key), "{key}");
        }
        // Each tier with resources of its own has one headline a signal at most, and at least one.
        for tier in catalogue().iter().filter(|tier| tier.of.is_none()) {
            let family: Vec<&Tier> = Tier::family(&tier.key).collect();
            let headlines = family.iter().flat_map(|tier| &tier.metrics).filter(|metric| metric.headline);
            let mut signals: Vec<Signal> = headlines.map(|metric| metric.signal).collect();
            let count = signals.len();
            signals.sort();
            signals.dedup();
            assert!(count > 0 && count == signals.len(), "{}: {count} headlines, {} signals", tier.key, signals.len());
        }
    }
}
