//! Namespace AWS/RDS, computed from the same measurements as PI's answers.

use super::dictionary::Column;
use super::figures::Readings;
use super::instance::Instance;
use super::metrics::Datum;
use sampler::Engine;

/// A metric RDS publishes, and where it comes from here.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RdsMetric {
    pub(crate) name: &'static str,
    pub(crate) unit: &'static str,
    source: Source,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Source {
    /// Load, all of it.
    Load,
    /// Load of sessions on CPU.
    LoadOnCpu,
    /// Load of waiting sessions.
    LoadWaiting,
    /// Load over vCPUs.
    LoadPerVcpu,
    /// A counter as it is.
    Counter(&'static str),
    /// Connections, counted under another name by each engine.
    Connections,
    /// Kilobytes that could be had: free, cached and buffers.
    AvailableMemory,
    /// Kilobytes of swap in use.
    SwapUsed,
}

const fn metric(name: &'static str, unit: &'static str, source: Source) -> RdsMetric {
    RdsMetric { name, unit, source }
}

/// What can be measured from outside the database's machine, or on it where it is this one.
pub(crate) const RDS_METRICS: &[RdsMetric] = &[
    metric("DBLoad", "None", Source::Load),
    metric("DBLoadCPU", "None", Source::LoadOnCpu),
    metric("DBLoadNonCPU", "None", Source::LoadWaiting),
    metric("DBLoadRelativeToNumVCPUs", "None", Source::LoadPerVcpu),
    metric("CPUUtilization", "Percent", Source::Counter("os.cpuUtilization.total")),
    metric("DatabaseConnections", "Count", Source::Connections),
    metric("MaximumUsedTransactionIDs", "Count", Source::Counter("db.Transactions.max_used_xact_ids")),
    metric("FreeableMemory", "Bytes", Source::AvailableMemory),
    metric("SwapUsage", "Bytes", Source::SwapUsed),
];

impl RdsMetric {
    /// Whether the instance has it at all.
    pub(crate) fn is_offered(&self, instance: &Instance) -> bool {
        let data = instance.data();
        match self.source {
            Source::Load | Source::LoadOnCpu | Source::LoadWaiting => true,
            Source::LoadPerVcpu => data.vcpu_count().is_some(),
            Source::Counter(name) => data.offered.contains(name),
            Source::Connections => data.offered.contains(connections_of(data.engine)),
            Source::AvailableMemory => data.offered.contains("os.memory.free"),
            Source::SwapUsed => data.offered.contains("os.swap.total"),
        }
    }

    /// Points of the minutes that begin in the window and are over.
    pub(crate) fn points(&self, instance: &Instance, from_secs: i64, to_secs: i64, now_secs: i64) -> Vec<(i64, Datum)> {
        let to_secs = to_secs.min(super::load::minute_of(now_secs));
        let mut points = match self.source {
            Source::Load | Source::LoadOnCpu | Source::LoadWaiting | Source::LoadPerVcpu => {
                self.load_points(instance, from_secs, to_secs)
            }
            Source::Counter(name) => readings(instance, &[(name, 1.0)], from_secs, to_secs, 1.0),
            Source::Connections => {
                let name = connections_of(instance.data().engine);
                readings(instance, &[(name, 1.0)], from_secs, to_secs, 1.0)
            }
            Source::AvailableMemory => {
                let parts = [("os.memory.free", 1.0), ("os.memory.cached", 1.0), ("os.memory.buffers", 1.0)];
                readings(instance, &parts, from_secs, to_secs, 1_024.0)
            }
            Source::SwapUsed => {
                let parts = [("os.swap.total", 1.0), ("os.swap.free", -1.0)];
                readings(instance, &parts, from_secs, to_secs, 1_024.0)
            }
        };
        points.retain(|(at, _)| !instance.behaviour.hides(*at));
        points
    }

    /// Published only while there is load, as AWS does: an idle minute has no point.
    fn load_points(&self, instance: &Instance, from_secs: i64, to_secs: i64) -> Vec<(i64, Datum)> {
        let data = instance.data();
        let is_on_cpu = |combination: u32| {
            let wait = data.dictionary.combination_of(combination).map_or(0, |found| found.get(Column::WaitType));
            data.dictionary.name_of(wait).is_some_and(|name| &**name == "CPU")
        };
        let vcpus = data.vcpu_count();
        let points =
            data.load.minutes(from_secs, to_secs).filter(|cell| cell.at_secs >= from_secs).filter_map(|cell| {
                let sum = |wanted: &dyn Fn(u32) -> bool| {
                    let counted = cell.sessions.iter().filter(|(combination, _)| wanted(*combination));
                    counted.map(|(_, count)| f64::from(*count)).sum::<f64>() / f64::from(cell.sampled_secs.max(1))
                };
                let total = sum(&|_| true);
                let value = match self.source {
                    Source::LoadOnCpu => sum(&is_on_cpu),
                    Source::LoadWaiting => sum(&|combination| !is_on_cpu(combination)),
                    Source::LoadPerVcpu => total / vcpus?,
                    _ => total,
                };
                (total > 0.0).then(|| (cell.at_secs, Datum::of(value, 1.0)))
            });
        points.collect()
    }
}

fn connections_of(engine: Engine) -> &'static str {
    match engine {
        Engine::Postgres => "db.User.numbackends",
        _ => "db.Users.Threads_connected",
    }
}

/// The weighted sum of some counters, times `scale`; a minute that lacks one of them has no point.
fn readings(instance: &Instance, parts: &[(&str, f64)], from_secs: i64, to_secs: i64, scale: f64) -> Vec<(i64, Datum)> {
    let data = instance.data();
    let number_of = |(name, weight): &(&str, f64)| Some((data.dictionary.find_name(name)?, *weight));
    let Some(numbers) = parts.iter().map(number_of).collect::<Option<Vec<_>>>() else { return Vec::new() };
    let Some((first, _)) = numbers.first() else { return Vec::new() };
    let minutes: Vec<i64> = data.counters.readings(*first, from_secs, to_secs).map(|(at, _)| at).collect();
    let sum_at = |at: i64| {
        let mut sum: Option<Readings> = None;
        for (number, weight) in &numbers {
            let (_, part) = data.counters.readings(*number, at, at + 1).next()?;
            let (low, high) = if *weight < 0.0 { (part.max, part.min) } else { (part.min, part.max) };
            let part = Readings { count: part.count, sum: part.sum * weight, min: low * weight, max: high * weight };
            sum = Some(match sum {
                None => part,
                Some(sum) => Readings {
                    count: sum.count,
                    sum: sum.sum + part.sum,
                    min: sum.min + part.min,
                    max: sum.max + part.max,
                },
            });
        }
        sum
    };
    let points = minutes.into_iter().filter_map(|at| {
        let sum = sum_at(at)?;
        Some((at, Datum::totals(sum.count, sum.sum * scale, sum.min * scale, sum.max * scale)))
    });
    points.collect()
}
