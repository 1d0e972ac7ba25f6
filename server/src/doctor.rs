//! `loadlens doctor`: tries each AWS call the dashboard makes, by making it.

use std::io::Write;

use anyhow::{Context, Result, bail};
use collect::{Access, Apps, CollectError, Collector, Lane, MetricRow, Question};
use samples::{Grouping, Instance, LimitKind, MetricName, MetricRef, PiState, Topology};
use units::{Dimension, Period, Window};

use crate::cli::ServeArgs;
use crate::clock::now;
use crate::config::Config;
use crate::telemetry;

/// Instances whose Performance Insights is tried; a policy is rarely per instance.
const MAX_INSTANCES_TRIED: usize = 5;
/// Window of the calls that want one.
const WINDOW_SECS: i64 = 600;

/// Prints one line per call, and the policy statement that is missing.
///
/// # Errors
/// When anything is missing, so that scripts notice; the last line says how much.
pub fn run(args: &ServeArgs) -> Result<()> {
    let config = Config::resolve(args)?;
    telemetry::start("error", config.log_format)?;
    tokio::runtime::Runtime::new().context("no runtime")?.block_on(examine(&config))
}

async fn examine(config: &Config) -> Result<()> {
    let access = Access { profile: config.profile.clone(), regions: config.regions.clone() };
    let collector = Collector::connect(&access).await?;
    let mut report = Report::default();
    report.line(true, "Region", &collector.regions().join(", "))?;
    let identity = collector.identify().await;
    report.call("sts:GetCallerIdentity", &identity, |who| who.arn.clone())?;
    if identity.is_err() {
        return report.close();
    }
    let instances = collector.list_instances(now()).await;
    report.call("rds:DescribeDBInstances", &instances, |found| format!("{} instances", found.len()))?;
    let instances = instances.unwrap_or_default();
    let window = Window::new(now().plus_secs(-WINDOW_SECS), now());
    let events = collector.list_events(window, &instances).await;
    report.call("rds:DescribeEvents", &events, |found| format!("{} events in ten minutes", found.len()))?;
    try_cloudwatch(&collector, &instances, window, &mut report).await?;
    try_discovery(&collector, config, &instances, &mut report).await?;
    for instance in instances.iter().take(MAX_INSTANCES_TRIED) {
        try_performance_insights(&collector, instance, window, &mut report).await?;
    }
    report.close()
}

async fn try_cloudwatch(
    collector: &Collector,
    instances: &[Instance],
    window: Window,
    report: &mut Report,
) -> Result<()> {
    let alarms = collector.list_alarms(None, now(), Lane::Interactive).await;
    report.call("cloudwatch:DescribeAlarms", &alarms, |found| format!("{} alarms", found.len()))?;
    let events = collector.list_alarm_events(None, window, Lane::Interactive).await;
    report
        .call("cloudwatch:DescribeAlarmHistory", &events, |found| format!("{} changes in ten minutes", found.len()))?;
    let Some(instance) = instances.first() else { return Ok(()) };
    let metric = MetricRef {
        namespace: "AWS/RDS".to_owned(),
        name: "CPUUtilization".to_owned(),
        dimensions: [("DBInstanceIdentifier".to_owned(), instance.name.clone())].into(),
        statistic: "Average".to_owned(),
        period_secs: 60,
    };
    let series = MetricName::cloudwatch(&metric.namespace, &metric.name, &metric.statistic);
    let row = MetricRow { resource: instance.id.clone(), series, metric };
    let data = collector.fetch_metrics(&instance.region, &[row], window, Lane::Interactive).await;
    report.call("cloudwatch:GetMetricData", &data, |_| instance.name.clone())
}

/// Finds the tiers as the schedule does; what is denied is named.
async fn try_discovery(
    collector: &Collector,
    config: &Config,
    instances: &[Instance],
    report: &mut Report,
) -> Result<()> {
    let apps = Apps { tag_key: config.app_tag.clone(), named: config.apps.clone() };
    let found = match collector.discover_tiers(&apps, instances, &Topology::default(), now()).await {
        Ok(found) => found,
        Err(error) => return report.line(false, "tiers", &error.to_string()),
    };
    report.line(true, "tiers", &format!("{} apps, {} resources", found.apps.len(), found.resources.len()))?;
    for limit in &found.limits {
        match limit.kind {
            LimitKind::Denied => {
                report.missing.push((limit.action.clone(), "*".to_owned()));
                report.line(false, &limit.action, &format!("denied for {}", limit.about))?;
            }
            LimitKind::Failed => report.line(false, &limit.action, &format!("failed for {}", limit.about))?,
            LimitKind::ProxyHidesCallers | LimitKind::SharedInterfaces | LimitKind::UnknownAddresses => {}
        }
    }
    Ok(())
}

async fn try_performance_insights(
    collector: &Collector,
    instance: &Instance,
    window: Window,
    report: &mut Report,
) -> Result<()> {
    match instance.pi {
        PiState::On => {}
        PiState::Off => {
            return report.line(
                false,
                &instance.name,
                "Performance Insights is off; modify the instance to switch it on",
            );
        }
        PiState::Unsupported => {
            return report.line(
                true,
                &instance.name,
                "Performance Insights is not offered for this class; only CloudWatch",
            );
        }
    }
    let offers = collector.discover(instance, Lane::Interactive).await;
    report.call("pi:ListAvailableResource…", &offers, |found| {
        format!("{}: {} groups, {} metrics", instance.name, found.groups.len(), found.metrics.len())
    })?;
    let question = [Question::Load(Grouping::by(Dimension::Wait))];
    let load = collector.ask(instance, &question, window, Period::MINUTE, Lane::Interactive).await;
    report.call("pi:GetResourceMetrics", &load, |_| instance.name.clone())?;
    let texts = collector.may_read_texts(instance, Lane::Interactive).await;
    report.call("pi:GetDimensionKeyDetails", &texts, |()| instance.name.clone())
}

/// What was found, and what is missing in sum.
#[derive(Default)]
struct Report {
    problems: usize,
    missing: Vec<(String, String)>,
}

impl Report {
    fn call<T>(
        &mut self,
        action: &str,
        outcome: &Result<T, CollectError>,
        describe: impl FnOnce(&T) -> String,
    ) -> Result<()> {
        match outcome {
            Ok(found) => self.line(true, action, &describe(found)),
            Err(error) => {
                if let CollectError::AccessDenied { action, resource } = error {
                    self.missing.push((action.clone(), resource.clone()));
                }
                self.line(false, action, &error.to_string())
            }
        }
    }

    fn line(&mut self, fine: bool, what: &str, said: &str) -> Result<()> {
        self.problems += usize::from(!fine);
        let mark = if fine { "ok     " } else { "MISSING" };
        writeln!(std::io::stdout(), "{mark}  {what:<36}  {said}").context("standard output is closed")
    }

    fn close(mut self) -> Result<()> {
        self.missing.sort();
        self.missing.dedup();
        for (action, resource) in &self.missing {
            let statement = serde_json::json!({ "Effect": "Allow", "Action": action, "Resource": resource });
            writeln!(std::io::stdout(), "add to the policy: {statement}").context("standard output is closed")?;
        }
        if self.problems > 0 {
            bail!("{} of the checks failed; see the lines marked MISSING", self.problems);
        }
        Ok(())
    }
}
