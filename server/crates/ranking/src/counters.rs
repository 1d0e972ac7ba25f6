//! Counter metrics of a page: CloudWatch's of the instance, Performance Insights' of the database.

use samples::{CounterMatrix, CounterSeries, GapReason, Instance, MetricName, Wanted, catalogue};
use units::{DbLoadQuery, Engine, Period, Timestamp};
use view::{CounterStrip, CountersView, Panel, Source, Trouble};

use crate::Result;
use crate::averages::weighted_mean;
use crate::aws_cli::counter_calls;
use crate::facts::trouble_of;
use crate::page::Page;
use crate::reader::{Lookup, Reader};

/// Tier of the catalogue that describes instances.
pub(crate) const TIER: &str = "rds";
/// CloudWatch metric of the load itself, which the chart above shows already.
const LOAD_METRIC: &str = "DBLoad";

/// A metric to show.
#[derive(Clone, Debug, PartialEq)]
pub struct Shown {
    /// Vendor's name with statistic.
    pub metric: MetricName,
    /// What the reader sees.
    pub label: String,
    /// Unit as printed.
    pub unit: String,
    /// Multiplies the vendor's value to have our unit.
    pub scale: f64,
}

/// Counters of Performance Insights worth a strip: (engine, name, label, unit, scale).
/// <https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_PerfInsights_Counters.html>
const DATABASE_COUNTERS: [(Engine, &str, &str, &str, f64); 16] = [
    (Engine::Postgres, "db.Transactions.xact_commit.avg", "Commits", "/s", 1.0),
    (Engine::Postgres, "db.Transactions.xact_rollback.avg", "Rollbacks", "/s", 1.0),
    (Engine::Postgres, "db.SQL.tup_fetched.avg", "Rows fetched", "/s", 1.0),
    (Engine::Postgres, "db.SQL.tup_returned.avg", "Rows read", "/s", 1.0),
    (Engine::Postgres, "db.IO.blks_read.avg", "Blocks read from disk", "/s", 1.0),
    (Engine::Postgres, "db.Temp.temp_bytes.avg", "Temporary files", "B/s", 1.0),
    (Engine::Postgres, "db.WAL.wal_bytes.avg", "Write-ahead log", "B/s", 1.0),
    (Engine::Postgres, "db.Transactions.blocked_transactions.avg", "Blocked transactions", "", 1.0),
    (Engine::Postgres, "db.State.idle_in_transaction_count.avg", "Idle in transaction", "", 1.0),
    (Engine::Postgres, "db.State.idle_in_transaction_max_time.avg", "Longest idle in transaction", "s", 1.0),
    (Engine::Postgres, "db.Concurrency.deadlocks.avg", "Deadlocks", "/min", 1.0),
    (Engine::MySql, "db.SQL.Queries.avg", "Queries", "/s", 1.0),
    (Engine::MySql, "db.SQL.Innodb_rows_read.avg", "Rows read", "/s", 1.0),
    (Engine::MySql, "db.Locks.Innodb_row_lock_waits.avg", "Row lock waits", "/s", 1.0),
    (Engine::MySql, "db.Users.Threads_running.avg", "Threads running", "", 1.0),
    (Engine::MySql, "db.Users.Aborted_connects.avg", "Aborted connects", "/s", 1.0),
];

/// Counters of the operating system, of every engine where Enhanced Monitoring is on: (name, label,
/// unit, scale). Memory is in KiB there.
/// <https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_PerfInsights_Counters.html>
const SYSTEM_COUNTERS: [(&str, &str, &str, f64); 3] = [
    ("os.cpuUtilization.total.avg", "CPU by the system", "%", 1.0),
    ("os.loadAverageMinute.one.avg", "Load average, 1 min", "", 1.0),
    ("os.memory.free.avg", "Free memory by the system", "B", 1024.0),
];

/// The strips of an instance, in reading order.
#[must_use]
pub fn shown_for(engine: Engine) -> Vec<Shown> {
    let tier = catalogue().iter().find(|tier| tier.key == TIER);
    let cloudwatch = tier.into_iter().flat_map(|tier| {
        let concerns = |names: &[String]| names.is_empty() || names.iter().any(|name| name == engine.name());
        tier.metrics.iter().filter(move |metric| metric.name != LOAD_METRIC && concerns(&metric.engines)).map(
            |metric| {
                let (unit, scale) = printed_unit(&metric.unit);
                Shown {
                    metric: MetricName::cloudwatch(&tier.namespace, &metric.name, &metric.statistic),
                    label: metric.label.clone(),
                    unit: unit.to_owned(),
                    scale,
                }
            },
        )
    });
    let like = |known: Engine| known == engine || (known == Engine::MySql && engine == Engine::MariaDb);
    let database = DATABASE_COUNTERS.iter().filter(|counter| like(counter.0)).map(|(_, name, label, unit, scale)| {
        Shown { metric: MetricName::pi(*name), label: (*label).to_owned(), unit: (*unit).to_owned(), scale: *scale }
    });
    let system = SYSTEM_COUNTERS.iter().map(|(name, label, unit, scale)| Shown {
        metric: MetricName::pi(*name),
        label: (*label).to_owned(),
        unit: (*unit).to_owned(),
        scale: *scale,
    });
    cloudwatch.chain(database).chain(system).collect()
}

/// CloudWatch's unit as we print it, and the factor to it.
/// <https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_MetricDatum.html>
pub(crate) fn printed_unit(unit: &str) -> (&str, f64) {
    match unit {
        "Percent" => ("%", 1.0),
        "Bytes" => ("B", 1.0),
        "Bytes/Second" => ("B/s", 1.0),
        "Seconds" => ("ms", 1000.0),
        "Milliseconds" => ("ms", 1.0),
        "Microseconds" => ("ms", 0.001),
        "Count/Second" => ("/s", 1.0),
        "Count" | "None" => ("", 1.0),
        other => (other, 1.0),
    }
}

/// Counter metrics of a page.
///
/// # Errors
/// [`crate::Error`]; missing data is a state of the panel.
pub async fn fetch_counters(reader: &Reader, query: &DbLoadQuery, now: Timestamp) -> Result<Panel<CountersView>> {
    let query = query.clone();
    reader.answer(now, move |lookup| counters_panel(lookup, &Page::of(lookup, &query)?)).await
}

fn counters_panel(lookup: &Lookup, page: &Page) -> Result<Panel<CountersView>> {
    // CloudWatch has no point shorter than a minute; the axis stays that of the page.
    let page = page.in_buckets(page.axis.period.max(Period::MINUTE));
    let shown = shown_for(page.instance.engine);
    let matrix = read(lookup, &page, &shown)?;
    let names: Vec<MetricName> = shown.iter().map(|shown| shown.metric.clone()).collect();
    let is_empty = matrix.series.iter().all(|series| series.values.iter().all(Option::is_none));
    if is_empty || has_holes(&matrix) {
        lookup.lack(Wanted::Counters { instance: page.instance.id.clone(), window: page.axis.window });
    }
    if is_empty {
        return Ok(Panel::Trouble(lookup.refusal().map_or(Trouble::Pending { done: None }, trouble_of)));
    }
    let before = page.compare.map(|(window, _)| counter_matrix(lookup, &page, &shown, window)).transpose()?;
    if let (Some((window, _)), Some(true)) = (page.compare, before.as_ref().map(has_holes)) {
        lookup.lack(Wanted::Counters { instance: page.instance.id.clone(), window });
    }
    Ok(Panel::Data(CountersView {
        axis: page.axis.clone(),
        strips: strips(&shown, &matrix, before.as_ref(), &page.instance),
        source: Source {
            name: "CloudWatch, Performance Insights".to_owned(),
            collected_to: matrix.series.iter().filter_map(|series| series.cover.collected_to).max(),
            simulated: page.instance.simulated,
            calls: counter_calls(&page.instance, &page.axis, &names),
        },
    }))
}

fn read(lookup: &Lookup, page: &Page, shown: &[Shown]) -> Result<CounterMatrix> {
    counter_matrix(lookup, page, shown, page.axis.window)
}

fn counter_matrix(lookup: &Lookup, page: &Page, shown: &[Shown], window: units::Window) -> Result<CounterMatrix> {
    let metrics: Vec<MetricName> = shown.iter().map(|shown| shown.metric.clone()).collect();
    Ok(lookup.archive.counters(&page.instance.id, &metrics, window, page.axis.period)?)
}

/// Whether CloudWatch was never asked for some of it. What Performance Insights counts comes with the load.
fn has_holes(matrix: &CounterMatrix) -> bool {
    let mut series = matrix.series.iter().filter(|series| series.metric.as_cloudwatch().is_some());
    series.any(|series| series.cover.reasons.contains(&GapReason::NotCollected))
}

/// One strip for each metric that has any value in the window.
#[must_use]
pub fn strips(
    shown: &[Shown],
    matrix: &CounterMatrix,
    before: Option<&CounterMatrix>,
    instance: &Instance,
) -> Vec<CounterStrip> {
    let of = |matrix: &CounterMatrix, shown: &Shown| -> Option<Vec<Option<f64>>> {
        let series: &CounterSeries = matrix.series.iter().find(|series| series.metric == shown.metric)?;
        Some(series.values.iter().map(|value| value.map(|value| value * shown.scale)).collect())
    };
    let mean = |values: &[Option<f64>]| weighted_mean(values, &vec![1; values.len()]);
    shown
        .iter()
        .filter_map(|shown| {
            let values = of(matrix, shown).filter(|values| values.iter().any(Option::is_some))?;
            Some(CounterStrip {
                metric: shown.metric.to_string(),
                label: shown.label.clone(),
                unit: shown.unit.clone(),
                mean: mean(&values),
                last: values.iter().rev().flatten().next().copied(),
                mean_before: before.and_then(|before| mean(&of(before, shown)?)),
                limit: limit_of(shown, instance),
                count: None,
                values,
            })
        })
        .collect()
}

/// A limit worth drawing beside a counter.
fn limit_of(shown: &Shown, instance: &Instance) -> Option<f64> {
    match shown.metric.as_cloudwatch() {
        Some((_, "DatabaseConnections", _)) => instance.max_connections.map(f64::from),
        Some((_, "CPUUtilization", _)) => Some(100.0),
        _ => None,
    }
}
