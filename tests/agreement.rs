//! DB load and calls as Performance Insights of the local endpoint tells them, against an independent
//! count: once a second by a connection of its own at another moment of the second, and against
//! `pg_stat_statements` read before and after.
//!
//! The load is paused at both ends of the window, so that calls can be compared exactly.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use aws_credential_types::Credentials;
use aws_sdk_pi::types::{DataPoint, DimensionGroup, MetricQuery, ServiceType};
use aws_smithy_types::DateTime;
use local_stack::{Postgres, PostgresConfig};
use tokio::task::JoinHandle;
use tokio_postgres::{Client, NoTls};

use crate::stage::Endpoint;

/// The load begins so long after the window does, and ends so long before: the sampler reads
/// statement statistics at whole minutes, and both sides must read the same.
const PAUSE_SECS: i64 = 6;
/// The independent count looks at this moment of the second; the sampler looks at its beginning.
const PHASE_MS: i64 = 500;
/// The sampler has found its database after this time.
const CONNECTS_WITHIN_MS: i64 = 15_000;
/// Waits below this many sessions on average are too rare to compare.
const RARE_AAS: f64 = 0.5;
/// Largest difference of the total, as a share of it.
const TOTAL_WITHIN: f64 = 0.03;
/// Largest difference of a wait, as a share of it.
const WAIT_WITHIN: f64 = 0.05;
/// Or as standard deviations of the mean of the count.
const DEVIATIONS: f64 = 3.0;

/// Statements of the load, by how `pg_stat_statements` and PI both begin them.
const STATEMENTS: [&str; 3] = ["select pg_sleep(", "select sum(", "update shelf set"];

/// One thing measured twice.
#[derive(Clone, Debug)]
pub struct Pair {
    /// What: a wait event, or the beginning of a statement.
    pub name: String,
    /// As the local endpoint tells it.
    pub told: f64,
    /// As counted beside it.
    pub counted: f64,
    /// Standard deviation of the count's mean.
    pub deviation: f64,
}

impl Pair {
    /// Difference as a share of what was counted.
    pub fn difference(&self) -> f64 {
        (self.told - self.counted).abs() / self.counted.abs().max(f64::MIN_POSITIVE)
    }

    fn is_within(&self, share: f64) -> bool {
        self.difference() <= share || (self.told - self.counted).abs() <= DEVIATIONS * self.deviation
    }
}

/// What came of it.
#[derive(Clone, Debug)]
pub struct Agreement {
    /// Length of the window, in seconds.
    pub window_secs: i64,
    /// Average active sessions.
    pub total: Pair,
    /// The same by wait event, those of at least half a session.
    pub waits: Vec<Pair>,
    /// Calls by statement over the window.
    pub calls: Vec<Pair>,
}

impl Agreement {
    /// What is further apart than allowed, in words; empty when all agree. The total of a short
    /// window, as a wait's, may differ by three standard deviations: with 60 looks at a changing
    /// load two counts a half second apart differ by more than 3 %.
    pub fn complaints(&self) -> Vec<String> {
        let mut found = Vec::new();
        let is_long = self.window_secs >= 600;
        let total = if is_long { self.total.difference() <= TOTAL_WITHIN } else { self.total.is_within(TOTAL_WITHIN) };
        if !total {
            found.push(format!("the total: {:?}", self.total));
        }
        found.extend(self.waits.iter().filter(|wait| !wait.is_within(WAIT_WITHIN)).map(|wait| format!("{wait:?}")));
        if self.waits.len() < 3 {
            found.push(format!("only {} waits of at least {RARE_AAS} AAS", self.waits.len()));
        }
        let calls = self.calls.iter().filter(|call| (call.told - call.counted).abs() > 1e-6 || call.counted < 1.0);
        found.extend(calls.map(|call| format!("calls: {call:?}")));
        found
    }
}

/// Measures over so many whole minutes on a database of its own, of the programs in `bin_dir` or the
/// newest installed.
pub async fn measure(bin_dir: Option<PathBuf>, minutes: i64) -> Agreement {
    let root = tempfile::tempdir().unwrap();
    let config = PostgresConfig { bin_dir, ..PostgresConfig::for_test(root.path()) };
    let postgres = Postgres::start(config).await.unwrap();
    let url = postgres.url("postgres");
    let counter = connect(&url).await;
    counter
        .batch_execute(
            "create extension if not exists pg_stat_statements;
             create table shelf (id int primary key, n int not null);
             insert into shelf select i, 0 from generate_series(1, 1000) i; analyze shelf",
        )
        .await
        .unwrap();
    let endpoint = Endpoint::start(&["--postgres", &format!("agree={url}"), "--vcpus", "2"]);

    // The reading at a whole minute is what the next is subtracted from; the sampler is connected by then.
    let from = ((now_ms() + CONNECTS_WITHIN_MS) / 60_000 + 1) * 60;
    let to = from + minutes * 60;
    sleep_until((from + 2) * 1000).await;
    let before = calls_counted(&counter).await;
    let stop = Arc::new(AtomicBool::new(false));
    let counting = tokio::spawn(count(counter, from, to));
    sleep_until((from + PAUSE_SECS) * 1000).await;
    let workers = start_load(&url, &stop).await;
    sleep_until((to - PAUSE_SECS) * 1000).await;
    stop.store(true, Ordering::Relaxed);
    for worker in workers {
        worker.await.unwrap();
    }
    assert!(now_ms() < (to - 1) * 1000, "the load did not end in time: this machine is too slow for the measurement");
    let (looks, counter) = counting.await.unwrap();
    let after = calls_counted(&counter).await;
    // The endpoint takes a moment to take in the last reading.
    sleep_until((to + 5) * 1000).await;

    // The id follows from the cluster, which the sampler knows since it is connected.
    let id = resource_id(&endpoint.url).await;
    let pi = pi_client(&endpoint.url).await;
    let told = load_told(&pi, &id, from, to).await;
    let told_calls = calls_told(&pi, &id, from, to).await;
    drop(endpoint);
    compare(to - from, &looks, &told, before, after, &told_calls)
}

/// Active sessions by wait at one look.
type Look = BTreeMap<String, u32>;

fn compare(
    window_secs: i64,
    looks: &[Look],
    told: &BTreeMap<String, f64>,
    before: BTreeMap<String, f64>,
    after: BTreeMap<String, f64>,
    told_calls: &BTreeMap<String, f64>,
) -> Agreement {
    assert_eq!(i64::try_from(looks.len()).unwrap(), window_secs, "the independent count has missed a second");
    let pair = |name: &str, told: f64, counts: Vec<f64>| {
        let size = counts.len() as f64;
        let mean = counts.iter().sum::<f64>() / size;
        let variance = counts.iter().map(|count| (count - mean).powi(2)).sum::<f64>() / (size - 1.0);
        Pair { name: name.to_owned(), told, counted: mean, deviation: (variance / size).sqrt() }
    };
    let of = |look: &Look, name: &str| f64::from(look.get(name).copied().unwrap_or(0));
    let total = pair("total", told[TOTAL], looks.iter().map(|look| f64::from(look.values().sum::<u32>())).collect());
    let mut names: Vec<&String> = looks.iter().flat_map(|look| look.keys()).chain(told.keys()).collect();
    names.sort();
    names.dedup();
    let waits = names.into_iter().filter(|name| *name != TOTAL).map(|name| {
        let told = told.get(name).copied().unwrap_or(0.0);
        pair(name, told, looks.iter().map(|look| of(look, name)).collect())
    });
    let calls = STATEMENTS.map(|statement| Pair {
        name: statement.to_owned(),
        told: told_calls.get(statement).copied().unwrap_or(0.0),
        counted: after[statement] - before.get(statement).copied().unwrap_or(0.0),
        deviation: 0.0,
    });
    Agreement {
        window_secs,
        total,
        waits: waits.filter(|wait| wait.counted >= RARE_AAS || wait.told >= RARE_AAS).collect(),
        calls: calls.into(),
    }
}

/// Looks once a second, at the middle of it.
async fn count(client: Client, from: i64, to: i64) -> (Vec<Look>, Client) {
    let query = client
        .prepare(
            "select coalesce(wait_event, 'CPU'), count(*)::int4 from pg_stat_activity
             where state in ('active', 'fastpath function call') and pid <> pg_backend_pid()
             and backend_type in ('client backend', 'parallel worker') and application_name <> 'loadlens sampler'
             group by 1",
        )
        .await
        .unwrap();
    let mut looks = Vec::new();
    for second in from..to {
        sleep_until(second * 1000 + PHASE_MS).await;
        let rows = client.query(&query, &[]).await.unwrap();
        looks.push(rows.iter().map(|row| (row.get(0), u32::try_from(row.get::<_, i32>(1)).unwrap())).collect());
    }
    (looks, client)
}

async fn calls_counted(client: &Client) -> BTreeMap<String, f64> {
    let rows = client.query("select query, calls::float8 from pg_stat_statements", &[]).await.unwrap();
    sums(rows.iter().map(|row| (row.get::<_, String>(0), row.get::<_, f64>(1))))
}

/// Values by the statement their text begins with.
fn sums(values: impl Iterator<Item = (String, f64)>) -> BTreeMap<String, f64> {
    let mut sums = BTreeMap::new();
    for (text, value) in values {
        let text = text.to_lowercase();
        if let Some(statement) = STATEMENTS.iter().find(|statement| text.starts_with(**statement)) {
            *sums.entry((*statement).to_owned()).or_insert(0.0) += value;
        }
    }
    sums
}

/// The key of the total among the waits.
const TOTAL: &str = "";

async fn load_told(pi: &aws_sdk_pi::Client, id: &str, from: i64, to: i64) -> BTreeMap<String, f64> {
    let series = ask(pi, id, "db.load.avg", "db.wait_event", from, to).await;
    let mean = |points: &[DataPoint]| {
        let seconds = (to - from) as f64;
        points.iter().filter(|point| is_within(point, from, to)).map(|point| point.value() * 60.0).sum::<f64>()
            / seconds
    };
    let name = |dimensions: &std::collections::HashMap<String, String>| {
        let name = &dimensions["db.wait_event.name"];
        name.rsplit_once(':').map_or(name.as_str(), |(_, event)| event).to_owned()
    };
    let values = series.iter().map(|(dimensions, points)| match dimensions {
        Some(dimensions) => (name(dimensions), mean(points)),
        None => (TOTAL.to_owned(), mean(points)),
    });
    values.collect()
}

async fn calls_told(pi: &aws_sdk_pi::Client, id: &str, from: i64, to: i64) -> BTreeMap<String, f64> {
    let metric = "db.sql_tokenized.stats.calls_per_sec.avg";
    let series = ask(pi, id, metric, "db.sql_tokenized", from, to).await;
    sums(series.iter().filter_map(|(dimensions, points)| {
        let text = dimensions.as_ref()?.get("db.sql_tokenized.statement")?.clone();
        Some((text, points.iter().filter(|p| is_within(p, from, to)).map(|point| point.value() * 60.0).sum()))
    }))
}

/// Points are stamped with the begin of their minute.
fn is_within(point: &DataPoint, from: i64, to: i64) -> bool {
    (from..to).contains(&point.timestamp().secs())
}

type Series = (Option<std::collections::HashMap<String, String>>, Vec<DataPoint>);

async fn ask(pi: &aws_sdk_pi::Client, id: &str, metric: &str, group: &str, from: i64, to: i64) -> Vec<Series> {
    let group = DimensionGroup::builder().group(group).limit(25).build().unwrap();
    let query = MetricQuery::builder().metric(metric).group_by(group).build().unwrap();
    let answer = pi
        .get_resource_metrics()
        .service_type(ServiceType::Rds)
        .identifier(id)
        .metric_queries(query)
        .start_time(DateTime::from_secs(from))
        .end_time(DateTime::from_secs(to))
        .period_in_seconds(60)
        .period_alignment("START_TIME".into())
        .send()
        .await
        .unwrap();
    let series = answer.metric_list().iter();
    series.map(|one| (one.key().and_then(|key| key.dimensions().cloned()), one.data_points().to_vec())).collect()
}

async fn pi_client(endpoint: &str) -> aws_sdk_pi::Client {
    aws_sdk_pi::Client::new(&config(endpoint).await)
}

async fn config(endpoint: &str) -> aws_config::SdkConfig {
    aws_config::defaults(aws_config::BehaviorVersion::v2026_01_12())
        .http_client(aws_smithy_http_client::Builder::new().build_http())
        .region("us-east-1")
        .endpoint_url(endpoint)
        .credentials_provider(Credentials::new("local", "local", None, None, "test"))
        .load()
        .await
}

async fn resource_id(endpoint: &str) -> String {
    let rds = aws_sdk_rds::Client::new(&config(endpoint).await);
    let answer = rds.describe_db_instances().send().await.unwrap();
    answer.db_instances()[0].dbi_resource_id().unwrap().to_owned()
}

/// Sessions that sleep, compute, and fight over one row, for random times decided by number.
async fn start_load(url: &str, stop: &Arc<AtomicBool>) -> Vec<JoinHandle<()>> {
    let mut workers = Vec::new();
    for number in 0..10_u64 {
        let (client, stop) = (connect(url).await, Arc::clone(stop));
        let mut chance = Chance(number.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1);
        workers.push(tokio::spawn(async move {
            while !stop.load(Ordering::Relaxed) {
                match number {
                    0..=3 => sleep_a_while(&client, &mut chance).await,
                    4..=5 => compute(&client, &mut chance).await,
                    _ => fight(&client, &mut chance).await,
                }
                tokio::time::sleep(Duration::from_millis(chance.below(120))).await;
            }
        }));
    }
    workers
}

async fn sleep_a_while(client: &Client, chance: &mut Chance) {
    let secs = 0.05 + chance.below(900) as f64 / 1000.0;
    client.query("select pg_sleep($1)", &[&secs]).await.unwrap();
}

async fn compute(client: &Client, chance: &mut Chance) {
    let most = i32::try_from(200 + chance.below(800)).unwrap();
    client.query("select sum(a.id * b.id) from shelf a, shelf b where b.id < $1", &[&most]).await.unwrap();
}

async fn fight(client: &Client, chance: &mut Chance) {
    client.batch_execute("begin").await.unwrap();
    client.execute("update shelf set n = n + 1 where id = 1", &[]).await.unwrap();
    tokio::time::sleep(Duration::from_millis(10 + chance.below(90))).await;
    client.batch_execute("commit").await.unwrap();
}

/// Numbers that look random and are the same each time.
struct Chance(u64);

impl Chance {
    fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % end
    }
}

async fn connect(url: &str) -> Client {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await.unwrap();
    tokio::spawn(async move {
        // Ends with an error when the database stops first.
        drop(connection.await);
    });
    client
}

fn now_ms() -> i64 {
    i64::try_from(SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis()).unwrap()
}

async fn sleep_until(at_ms: i64) {
    let left = u64::try_from(at_ms - now_ms()).unwrap_or(0);
    tokio::time::sleep(Duration::from_millis(left)).await;
}
