//! The schedule against the local endpoint: polls, back-fill, readers, failures.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use archive::Archive;
use aws_local::{Config, Faults, Running, Server};
use collect::Collector;
use samples::{BucketCover, GapReason, Grouping, Instance, MetricName, Refusal, SourceKind, StatementStat, Wanted};
use units::{Dimension, Period, Timestamp, Window};

use super::{Clock, Schedule, ScheduleConfig, ScheduleHandle, plan};

/// Monday 2026-11-23 14:31:00 UTC.
const NOW: Timestamp = Timestamp::from_secs(1_795_444_260);
/// Far beyond what any step takes; a test that waits this long has failed.
const PATIENCE: Duration = Duration::from_secs(60);

struct World {
    endpoint: Running,
    clock: aws_local::Clock,
    archive: Archive,
    schedule: ScheduleHandle,
    dir: tempfile::TempDir,
}

impl World {
    async fn start(config: ScheduleConfig, faults: Faults) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let clock = aws_local::Clock::manual(NOW.0);
        let endpoint = Server::start(Config {
            listen: SocketAddr::new(Ipv4Addr::LOCALHOST.into(), 0),
            data_dir: dir.path().join("endpoint"),
            region: "us-east-1".to_owned(),
            databases: Vec::new(),
            vcpus: None,
            history_seed: Some(7),
            simulated_tiers_seed: None,
            plan_logs: Vec::new(),
            has_sentinels: true,
            clock: clock.clone(),
        })
        .await
        .unwrap();
        endpoint.world.set_faults(faults);
        let archive = Archive::open(&dir.path().join("archive")).unwrap();
        let schedule = start(&endpoint, &clock, archive.clone(), config).await;
        Self { endpoint, clock, archive, schedule, dir }
    }

    async fn until(&self, what: &str, is_so: impl Fn(&Self) -> bool) {
        let deadline = tokio::time::Instant::now() + PATIENCE;
        while !is_so(self) {
            assert!(tokio::time::Instant::now() < deadline, "{what}: {:#?}", self.schedule.health());
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    fn instance(&self, name: &str) -> Instance {
        self.archive.instances().unwrap().into_iter().find(|one| one.name == name).unwrap()
    }

    fn fault(&self, name: &str) -> Option<Refusal> {
        let id = self.instance(name).id;
        self.schedule.health().fault(SourceKind::PerformanceInsights, Some(&id)).cloned()
    }

    fn load(&self, name: &str, grouping: &Grouping, window: Window, period: Period) -> samples::LoadMatrix {
        self.archive.load(&self.instance(name).id, grouping, window, period).unwrap()
    }

    async fn calls(&self, api: &str) -> u64 {
        let spend = self.schedule.api_spend().await.unwrap();
        spend.into_iter().find(|calls| calls.api == api).map_or(0, |calls| calls.calls)
    }

    async fn stop(self) -> tempfile::TempDir {
        self.schedule.shutdown().await;
        self.endpoint.shutdown().await;
        self.dir
    }
}

async fn start(
    endpoint: &Running,
    clock: &aws_local::Clock,
    archive: Archive,
    config: ScheduleConfig,
) -> ScheduleHandle {
    let collector = Collector::connect_to(&endpoint.url(), "us-east-1").await;
    let clock = clock.clone();
    let read: Clock = Arc::new(move || Timestamp(clock.now_ms()));
    Schedule::start(archive, collector, read, config)
}

fn hours(from: i64, to: i64) -> Window {
    Window::new(NOW.plus_secs(from * 3600).floor_to(60), NOW.plus_secs(to * 3600).floor_to(60))
}

/// One poll and no back-fill, so that calls can be counted.
fn polls_only() -> ScheduleConfig {
    let never = 3600;
    let seldom = ScheduleConfig { poll_secs: never, watched_poll_secs: never, ..ScheduleConfig::default() };
    ScheduleConfig { backfill_days: 0, idle_poll_secs: never, ..seldom }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_past_is_filled_and_adds_up() {
    let world = World::start(ScheduleConfig::default(), Faults::default()).await;
    world.until("the first poll", |world| world.schedule.health().first_poll_done()).await;
    let id = world.instance("history-7").id;
    world
        .until("the back-fill", |world| {
            world
                .schedule
                .health()
                .progress
                .iter()
                .any(|one| one.instance == id && one.done_secs > 0 && one.share() >= 1.0)
        })
        .await;
    let week = Window::new(NOW.plus_secs(-7 * 86_400 + 3600).floor_to(3600), NOW.plus_secs(-7200).floor_to(3600));
    let total = world.load("history-7", &Grouping::total(), week, Period::HOUR);
    let known = total.cover.buckets.iter().filter(|cover| matches!(cover, BucketCover::Full | BucketCover::Partial));
    assert!(known.count() >= total.total.len() - 6, "{:?}", total.cover);
    let minutes = world.load("history-7", &Grouping::total(), hours(-26, -2), Period::MINUTE);
    assert!(!minutes.cover.reasons.contains(&GapReason::NotCollected), "{:?}", minutes.cover.reasons);

    // SQL by each wait type adds up to the type, and the types to the total.
    let by_type: Vec<_> = plan::usual_wait_types(units::Engine::Postgres)
        .iter()
        .map(|name| world.load("history-7", &plan::sql_where(name), hours(-26, -2), Period::MINUTE))
        .collect();
    for (bucket, total) in minutes.total.iter().enumerate() {
        let sum: f64 = by_type.iter().filter_map(|matrix| matrix.total[bucket]).sum();
        assert!((sum - total.unwrap_or(0.0)).abs() < 1e-6, "bucket {bucket}: {sum} is not {total:?}");
        assert!(by_type.iter().all(|matrix| matrix.total[bucket].is_some() == total.is_some()));
    }
    let sql = world.load("history-7", &Grouping::by(Dimension::Sql), hours(-3, 0), Period::MINUTE);
    let ids: Vec<&str> = sql.series.iter().map(|series| series.key.as_str()).collect();
    assert_eq!(world.archive.statements(&ids).unwrap().len(), ids.len());
    let stats = world.archive.statement_stats(&id, &StatementStat::ALL, hours(-3, -1)).unwrap();
    assert!(stats.sums.values().any(|stats| stats.get(&StatementStat::Calls).is_some_and(|calls| *calls > 0.0)));
    let cpu = MetricName::cloudwatch("AWS/RDS", "CPUUtilization", "Average");
    world
        .until("CloudWatch", |world| {
            let counters =
                world.archive.counters(&id, std::slice::from_ref(&cpu), hours(-3, -1), Period::HOUR).unwrap();
            counters.series[0].values.iter().all(Option::is_some)
        })
        .await;
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn failures_are_told_by_instance_and_hurt_no_other() {
    let world = World::start(polls_only(), Faults::default()).await;
    world.until("the first poll", |world| world.schedule.health().first_poll_done()).await;
    assert_eq!(world.fault("history-7"), None);
    let denied = world.fault("denied-db").unwrap();
    assert!(matches!(&denied, Refusal::Denied { action, .. } if action.starts_with("pi:")), "{denied:?}");
    assert!(matches!(world.fault("throttled-db"), Some(Refusal::Throttled { .. })));
    assert!(matches!(world.fault("pi-off-db"), Some(Refusal::NotEnabled(_))));
    let gaps = world.load("gap-db", &Grouping::total(), hours(-2, -1), Period::MINUTE);
    let hidden = |bucket: usize| matches!((hours(-2, -1).from.secs() / 60 + bucket as i64).rem_euclid(15), 6..=8);
    for (bucket, cover) in gaps.cover.buckets.iter().enumerate() {
        assert!(!hidden(bucket) || *cover == BucketCover::Missing, "minute {bucket} is {cover:?}");
    }
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hundred_readers_cost_the_calls_of_one() {
    let world = World::start(polls_only(), Faults::default()).await;
    world.until("the first poll", |world| world.schedule.health().first_poll_done()).await;
    let id = world.instance("history-7").id;
    let calls = world.calls("pi:GetResourceMetrics").await;
    let seconds = Window::new(NOW.plus_secs(-300), NOW);
    let want = |grouping: Grouping, window, period| {
        let handle = world.schedule.clone();
        let wanted = Wanted::Load { instance: id.clone(), grouping, window, period };
        async move { handle.want(wanted).await }
    };
    let mut readers = Vec::new();
    for _ in 0..50 {
        readers.push(tokio::spawn(want(Grouping::by(Dimension::Wait), seconds, Period::SECOND)));
        readers.push(tokio::spawn(want(Grouping::by(Dimension::Sql), seconds, Period::SECOND)));
    }
    for reader in readers {
        reader.await.unwrap().unwrap();
    }
    assert_eq!(world.calls("pi:GetResourceMetrics").await - calls, 1);
    let matrix = world.load("history-7", &Grouping::by(Dimension::Wait), seconds, Period::SECOND);
    assert!(matrix.total.iter().flatten().count() > 200);
    // A filter that matches nothing is zero, not a gap.
    let nobody = Grouping::by(Dimension::Sql).filtered(Dimension::User, "nobody");
    want(nobody.clone(), hours(-1, 0), Period::MINUTE).await.unwrap();
    let matrix = world.load("history-7", &nobody, hours(-1, 0), Period::MINUTE);
    assert!(matrix.total.iter().flatten().count() > 30 && matrix.total.iter().flatten().all(|value| *value == 0.0));
    let twice = nobody.filtered(Dimension::Host, "10.0.0.1");
    assert!(matches!(want(twice, hours(-1, 0), Period::MINUTE).await, Err(Refusal::Unanswerable(_))));
    let unknown = Wanted::Counters { instance: units::ResourceId("db-NOBODY".into()), window: hours(-1, 0) };
    assert!(matches!(world.schedule.want(unknown).await, Err(Refusal::Unknown(_))));
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restart_goes_on_where_the_last_run_stopped() {
    let config = ScheduleConfig { backfill_days: 1, ..ScheduleConfig::default() };
    let world = World::start(config.clone(), Faults::default()).await;
    let is_filled = |world: &World| {
        let Some(id) = world.archive.instances().unwrap().into_iter().find(|one| one.name == "history-7") else {
            return false;
        };
        world.schedule.health().progress.iter().any(|one| one.instance == id.id && one.share() >= 1.0)
    };
    world.until("the back-fill", is_filled).await;
    let before = world.load("history-7", &Grouping::total(), hours(-20, -4), Period::MINUTE);
    world.schedule.shutdown().await;

    // Two hours later: the hole is found and filled, what was there is not asked for again.
    world.clock.set_ms(NOW.plus_secs(2 * 3600).0);
    let schedule = start(&world.endpoint, &world.clock, world.archive.clone(), config).await;
    let world = World { schedule, ..world };
    // Who reads before the inventory is there again is answered all the same.
    let counters = Wanted::Counters { instance: world.instance("history-7").id, window: hours(-1, 0) };
    world.schedule.want(counters).await.unwrap();
    world.until("the back-fill", is_filled).await;
    let progress = world.schedule.health().progress;
    let id = world.instance("history-7").id;
    let of_history = progress.iter().find(|one| one.instance == id).unwrap();
    assert!(of_history.total_secs <= 2 * 3600, "{of_history:?}");
    let after = world.load("history-7", &Grouping::total(), hours(-20, -4), Period::MINUTE);
    assert_eq!(before.total, after.total);
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_readers_question_leaves_no_hole_behind() {
    let world = World::start(polls_only(), Faults::default()).await;
    world.until("the first poll", |world| world.schedule.health().first_poll_done()).await;
    let id = world.instance("history-7").id;
    let window = hours(-10, -9);
    let grouping = Grouping::by(Dimension::Sql).filtered(Dimension::User, "shop");
    let wanted = Wanted::Load { instance: id, grouping, window, period: Period::MINUTE };
    world.schedule.want(wanted).await.unwrap();
    let waits = |world: &World| world.load("history-7", &Grouping::by(Dimension::Wait), window, Period::MINUTE);
    assert!(waits(&world).total.iter().all(Option::is_none), "the reader asked for something else");
    world.schedule.shutdown().await;
    let config = ScheduleConfig { backfill_days: 1, ..ScheduleConfig::default() };
    let schedule = start(&world.endpoint, &world.clock, world.archive.clone(), config).await;
    let world = World { schedule, ..world };
    world.until("the hour as on any poll", |world| waits(world).total.iter().all(Option::is_some)).await;
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_outage_is_told_and_made_up_for() {
    let world = World::start(polls_only(), Faults { expired_credentials: true, ..Faults::default() }).await;
    world.until("the first attempt", |world| world.schedule.health().first_poll_tried).await;
    let health = world.schedule.health();
    assert!(!health.first_poll_done());
    let (part, why) = health.first_poll_fault().unwrap();
    assert_eq!(part, SourceKind::Inventory);
    assert!(matches!(why, Refusal::Credentials(_)), "{why:?}");
    world.endpoint.world.set_faults(Faults::default());
    world.schedule.want(Wanted::Inventory).await.unwrap();
    world
        .until("the first poll after it", |world| {
            world.archive.instances().unwrap().iter().any(|one| one.name == "history-7")
                && world
                    .load("history-7", &Grouping::total(), hours(-1, 0), Period::HOUR)
                    .total
                    .iter()
                    .any(Option::is_some)
        })
        .await;
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_poll_is_two_calls_and_few_pages_more() {
    let world = World::start(polls_only(), Faults::default()).await;
    world.until("the first poll", |world| world.schedule.health().first_poll_done()).await;
    let id = world.instance("history-7").id;
    for (minutes, page_limit, most) in [(5, None, 2), (10, Some(25), 20)] {
        world.clock.set_ms(NOW.plus_secs(minutes * 60 + 2).0);
        world.endpoint.world.set_faults(Faults { pi_page_limit: page_limit, ..Faults::default() });
        let before = world.calls("pi:GetResourceMetrics").await;
        let newest = Window::new(NOW, NOW.plus_secs(minutes * 60));
        let wanted = Wanted::Load {
            instance: id.clone(),
            grouping: Grouping::by(Dimension::Wait),
            window: newest,
            period: Period::MINUTE,
        };
        world.schedule.want(wanted).await.unwrap();
        let calls = world.calls("pi:GetResourceMetrics").await - before;
        assert!((1..=most).contains(&calls), "{calls} calls with pages of {page_limit:?}");
    }
    world.stop().await;
}
