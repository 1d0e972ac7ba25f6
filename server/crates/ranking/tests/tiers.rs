//! Apps whose every number can be checked by hand: a balancer, its group of instances, a function, a
//! database and a table nobody measured, over seventy minutes.
#![allow(clippy::unwrap_used, clippy::cast_possible_wrap, clippy::float_cmp)]

mod world;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use archive::Archive;
use ranking::{Reader, fetch_app, fetch_db_load, fetch_tier, rank_apps, rank_context};
use samples::{
    App, AppOrigin, Batch, CounterBatch, DiscoveryLimit, Edge, Evidence, Figure, FigureKind, Health, LimitKind,
    MetricName, Point, Refusal, SourceHealth, SourceKind, TargetHealth, TierResource, Topology, Wanted, Wants,
};
use tempfile::TempDir;
use units::{AppQuery, Compare, DbLoadQuery, Dimension, Period, ResourceId, StripOrder, TimeRange, Timestamp, Window};
use view::{AppView, EdgeEvidence, Panel, TierState, Trouble};
use world::{START, World};

const MINUTES: usize = 70;
const ALB: &str = "arn:aws:elasticloadbalancing:eu-central-1:1:loadbalancer/app/shop/1";
const GROUP: &str = "arn:aws:elasticloadbalancing:eu-central-1:1:targetgroup/shop/2";
const WEB: &str = "arn:aws:autoscaling:eu-central-1:1:autoScalingGroup:x:autoScalingGroupName/shop-web";
const COVERS: &str = "arn:aws:lambda:eu-central-1:1:function:shop-covers";
const ORDERS: &str = "arn:aws:rds:eu-central-1:123456789012:db:orders-1";
const CARTS: &str = "arn:aws:dynamodb:eu-central-1:1:table/shop-carts";

fn resource(arn: &str, tier: &str, name: &str) -> TierResource {
    TierResource {
        id: ResourceId(arn.to_owned()),
        arn: arn.to_owned(),
        tier: tier.to_owned(),
        name: name.to_owned(),
        account: "1".to_owned(),
        region: "eu-central-1".to_owned(),
        dimension_values: vec![name.to_owned()],
        variants: BTreeMap::new(),
        listed: None,
        listed_at: None,
        tags: BTreeMap::new(),
        state: None,
        figures: Vec::new(),
        facts: Vec::new(),
        simulated: false,
        created: None,
        first_seen: START,
        last_seen: START,
    }
}

fn figure(kind: FigureKind, value: f64) -> Figure {
    Figure { kind, value }
}

fn edge(from: &str, to: &str, evidence: Evidence) -> Edge {
    Edge { from: from.to_owned(), to: to.to_owned(), evidence }
}

fn topology() -> Topology {
    let web = TierResource {
        figures: vec![figure(FigureKind::DesiredCapacity, 4.0)],
        facts: vec![("Instance type".to_owned(), "t3.small".to_owned())],
        region: "us-east-1".to_owned(),
        ..resource(WEB, "auto_scaling", "shop-web")
    };
    let covers = TierResource {
        figures: vec![figure(FigureKind::ConcurrencyLimit, 10.0)],
        simulated: true,
        ..resource(COVERS, "lambda", "shop-covers")
    };
    let orders = TierResource { id: world::instance_id(), ..resource(ORDERS, "rds", "orders-1") };
    let resources = vec![
        resource(ALB, "alb", "shop"),
        resource(GROUP, "target_group", "shop"),
        web,
        covers,
        orders,
        resource(CARTS, "dynamodb", "shop-carts"),
    ];
    Topology {
        apps: vec![App {
            key: "shop".to_owned(),
            name: "Shop".to_owned(),
            origin: AppOrigin::Named,
            members: resources.iter().map(|resource| resource.arn.clone()).collect(),
            limits: vec![DiscoveryLimit {
                kind: LimitKind::Denied,
                about: CARTS.to_owned(),
                action: "dynamodb:DescribeTable".to_owned(),
            }],
        }],
        edges: vec![
            edge(ALB, GROUP, Evidence::Described),
            edge(GROUP, WEB, Evidence::Described),
            edge(WEB, ORDERS, Evidence::Measured),
            edge(COVERS, CARTS, Evidence::Possible),
        ],
        targets: vec![TargetHealth {
            group: GROUP.to_owned(),
            target: "i-1".to_owned(),
            port: Some(8080),
            zone: None,
            state: "unhealthy".to_owned(),
            reason: "Target.ResponseCodeMismatch".to_owned(),
            description: "Health checks failed with these codes: [503]".to_owned(),
            since: START,
            seen: START,
        }],
        addresses: BTreeMap::from([("10.0.0.1".to_owned(), WEB.to_owned())]),
        limits: Vec::new(),
        seen: Some(START),
        resources,
    }
}

/// One counter over all minutes; `None` where AWS published nothing.
fn counter(id: &str, metric: (&str, &str, &str), value: impl Fn(usize) -> Option<f64>) -> Batch {
    let points = (0..MINUTES)
        .filter_map(|minute| Some(Point { at: START.plus_secs(60 * minute as i64), value: value(minute)? }));
    Batch::Counter(CounterBatch {
        instance: ResourceId(id.to_owned()),
        metric: MetricName::cloudwatch(metric.0, metric.1, metric.2),
        period: Period::MINUTE,
        answered: Window::new(START, START.plus_secs(60 * MINUTES as i64)),
        points: points.collect(),
    })
}

/// Load is two sessions until minute `from`, then fourteen that wait for locks.
fn database(from: usize) -> World {
    let aas = |calm: &str, storm: &str| {
        let values: Vec<&str> = (0..MINUTES).map(|minute| if minute < from { calm } else { storm }).collect();
        values.join(" ")
    };
    let mut world = World::read(&format!(
        "A CPU web 10.0.0.1 | {}\nB Lock:transactionid web 10.0.0.1 | {}\n- CPU batch 10.9.9.9 | {}",
        aas("1.5", "1.5"),
        aas("0", "12"),
        aas("0.5", "0.5")
    ));
    world.stats.insert("A".to_owned(), (800.0, 1000.0));
    world.stats.insert("B".to_owned(), (400.0, 1000.0));
    world
}

/// The app with its database in trouble from minute `from`, all else by `extra`.
fn collected(from: usize, extra: Vec<Batch>) -> (TempDir, Reader) {
    let (folder, reader) = database(from).collected();
    let archive: Archive = reader.archive().clone();
    let alb = |name, statistic| ("AWS/ApplicationELB", name, statistic);
    let mut batches = vec![
        counter(ALB, alb("RequestCount", "Sum"), |_| Some(24_000.0)),
        counter(ALB, alb("TargetResponseTime", "p95"), move |minute| Some(if minute <= from { 0.3 } else { 2.9 })),
        counter(ALB, alb("HTTPCode_ELB_5XX_Count", "Sum"), |_| None),
        counter(ALB, alb("HTTPCode_Target_5XX_Count", "Sum"), |_| None),
        counter(GROUP, alb("HealthyHostCount", "Minimum"), |_| Some(4.0)),
        counter(GROUP, alb("UnHealthyHostCount", "Maximum"), |_| Some(0.0)),
        counter(WEB, ("AWS/EC2", "CPUUtilization", "Average"), |_| Some(30.0)),
        counter(WEB, ("AWS/AutoScaling", "GroupTotalInstances", "Maximum"), |minute| {
            Some(if minute < 60 { 2.0 } else { 4.0 })
        }),
        counter(COVERS, ("AWS/Lambda", "Invocations", "Sum"), |_| Some(600.0)),
        counter(COVERS, ("AWS/Lambda", "Errors", "Sum"), |_| None),
        counter(COVERS, ("AWS/Lambda", "Throttles", "Sum"), |_| None),
        counter(COVERS, ("AWS/Lambda", "ConcurrentExecutions", "Maximum"), |_| Some(4.0)),
    ];
    // A later batch answers the same buckets again.
    batches.extend(extra);
    archive.append_all(&batches).unwrap();
    archive.put_topology(&topology()).unwrap();
    (folder, Reader::new(archive, Wants::offline()))
}

fn query() -> AppQuery {
    let window = Window::new(START.plus_secs(600), START.plus_secs(4200));
    AppQuery { range: TimeRange::fixed(window), compare: Compare::Off, ..AppQuery::new("shop") }
}

fn later() -> Timestamp {
    START.plus_secs(4300)
}

async fn view_of(reader: &Reader, query: &AppQuery) -> AppView {
    match fetch_app(reader, query, later()).await.unwrap() {
        Panel::Data(view) => view,
        other => panic!("{other:?}"),
    }
}

fn at(minute: i64) -> Timestamp {
    START.plus_secs(60 * minute)
}

#[tokio::test]
async fn the_database_moved_first() {
    let (_folder, reader) = collected(50, Vec::new());
    let view = view_of(&reader, &query()).await;
    let movers: Vec<(&str, Timestamp, i64)> =
        view.movers.iter().map(|mover| (mover.tier.1.as_str(), mover.at, mover.lag_secs)).collect();
    assert_eq!(movers, [("orders-1", at(50), 0), ("shop", at(51), 60)]);
    assert_eq!(view.movers[0].what[0].0, "DB load");
    assert_eq!(view.movers[0].tolerance_secs, 60);
    let rules: Vec<&str> = view.verdict.clauses.iter().map(|clause| clause.rule.as_str()).collect();
    assert_eq!(rules, ["tier_moved_first", "reading_database"]);
    assert_eq!(view.subject, Window::new(at(50), at(70)));
    let holding: Vec<&str> =
        view.readings.iter().filter(|reading| reading.holds).map(|reading| reading.rule.as_str()).collect();
    assert_eq!(holding, ["database"]);
}

/// What a page asks for, in order.
fn listening(archive: Archive) -> (Reader, Arc<Mutex<Vec<Wanted>>>) {
    let asked = Arc::new(Mutex::new(Vec::new()));
    let noted = Arc::clone(&asked);
    let wants = Wants::new(move |wanted| {
        noted.lock().unwrap().push(wanted);
        Box::pin(async { Ok(()) })
    });
    (Reader::new(archive, wants), asked)
}

#[tokio::test]
async fn a_page_asks_for_what_was_never_asked_for() {
    let (_folder, reader) = collected(50, Vec::new());
    let (reader, asked) = listening(reader.archive().clone());
    let tiers = |window| Wanted::Tiers { app: "shop".to_owned(), window };
    // Nobody measured the table, and of the database only its load is known.
    view_of(&reader, &query()).await;
    let lead = Window::new(START.plus_secs(600 - 1800), at(70));
    let counters = Wanted::Counters { instance: world::instance_id(), window: lead };
    assert_eq!(*asked.lock().unwrap(), [tiers(lead), counters]);
    // The window compared with, too.
    asked.lock().unwrap().clear();
    view_of(&reader, &AppQuery { compare: Compare::Yesterday, ..query() }).await;
    let day_before = |window: Window| Window::new(window.from.plus_secs(-86_400), window.to.plus_secs(-86_400));
    let before = tiers(day_before(Window::new(at(10), at(70))));
    assert!(asked.lock().unwrap().contains(&before), "{asked:?}");
}

#[tokio::test]
async fn a_page_asks_for_the_newest_minutes() {
    let mut everything = Vec::new();
    for resource in topology().resources {
        for (tier, row) in resource.asked_rows() {
            everything.push(Batch::Counter(CounterBatch {
                instance: resource.id.clone(),
                metric: row.series(tier),
                period: Period::MINUTE,
                answered: Window::new(START.plus_secs(-3600), START.plus_secs(60 * MINUTES as i64)),
                points: Vec::new(),
            }));
        }
    }
    let (_folder, reader) = collected(50, everything);
    let (reader, asked) = listening(reader.archive().clone());
    let look = async |now: Timestamp| {
        asked.lock().unwrap().clear();
        let range = TimeRange::fixed(Window::new(at(10), now.floor_to(60)));
        fetch_app(&reader, &AppQuery { range, ..query() }, now).await.unwrap();
        let asked = asked.lock().unwrap();
        let of = |kind: fn(&Wanted) -> bool| asked.iter().any(kind);
        (
            of(|one| matches!(one, Wanted::Load { .. })),
            of(|one| matches!(one, Wanted::Counters { .. })),
            of(|one| matches!(one, Wanted::Tiers { .. })),
        )
    };
    assert_eq!(look(at(71)).await, (false, false, false), "a minute may take this long to arrive");
    assert_eq!(look(at(73)).await, (true, true, true));
}

#[tokio::test]
async fn an_app_that_ends_before_now_says_why() {
    let (_folder, reader) = collected(50, Vec::new());
    let refused = SourceHealth {
        kind: SourceKind::CloudWatch,
        instance: None,
        collected_to: None,
        succeeded_at: None,
        fault: Some(Refusal::Credentials("ExpiredToken".to_owned())),
        since: START,
        failures: 2,
        notes: Vec::new(),
    };
    let reader = reader.with_health(move || Health { sources: vec![refused.clone()], ..Health::default() });
    let until_now = TimeRange::fixed(Window::new(at(10), later().floor_to(60)));
    let behind = async |range| view_of(&reader, &AppQuery { range, ..query() }).await.behind;
    assert_eq!(behind(until_now).await, Some(Trouble::Credentials));
    assert_eq!(behind(TimeRange::fixed(Window::new(at(10), at(60)))).await, None, "nothing is missing of the past");
}

#[tokio::test]
async fn two_minutes_of_trouble_are_enough() {
    let (_folder, reader) = collected(68, Vec::new());
    let view = view_of(&reader, &query()).await;
    assert_eq!(view.movers.first().map(|mover| (mover.tier.1.as_str(), mover.at)), Some(("orders-1", at(68))));
    // Before the second minute it may be an outlier.
    let (_folder, reader) = collected(69, Vec::new());
    let view = view_of(&reader, &query()).await;
    assert_eq!(view.movers, []);
    assert_eq!(view.verdict.clauses[0].rule, "tiers_steady");
}

#[tokio::test]
async fn boxes_hold_figures_against_limits() {
    let (_folder, reader) = collected(50, Vec::new());
    let view = view_of(&reader, &query()).await;
    let states: Vec<(&str, &TierState)> = view.tiers.iter().map(|tier| (tier.key.as_str(), &tier.state)).collect();
    assert_eq!(
        states,
        [
            ("alb/shop", &TierState::Warning("Response time of targets, p95".to_owned())),
            ("auto_scaling/shop-web", &TierState::Healthy),
            ("lambda/shop-covers", &TierState::Healthy),
            ("rds/orders-1", &TierState::Critical("AAS".to_owned())),
            ("dynamodb/shop-carts", &TierState::NoData),
        ]
    );
    let figures = |key: &str| &view.tiers.iter().find(|tier| tier.key == key).unwrap().figures;
    assert_eq!(figures("rds/orders-1").last().unwrap().1, "14.0 of 8");
    assert_eq!(figures("lambda/shop-covers").last().unwrap().1, "4.00 of 10");
    let carts = view.tiers.last().unwrap();
    let action = "dynamodb:DescribeTable".to_owned();
    assert_eq!(carts.trouble, Some(Trouble::Denied { action, resource: "*".to_owned() }));
    assert!(view.tiers[2].simulated && view.source.simulated);
    assert_eq!(view.parts.len(), 6, "the target group is counted though it has no box: {:?}", view.parts);
}

#[tokio::test]
async fn edges_carry_what_is_measured() {
    let (_folder, reader) = collected(50, Vec::new());
    let view = view_of(&reader, &query()).await;
    let callers = |key: &str| {
        let tier = view.tiers.iter().find(|tier| tier.key == key).unwrap();
        let callers = tier.callers.iter();
        callers
            .map(|caller| (caller.from.as_str(), caller.evidence, caller.weight.replace('\u{a0}', " ")))
            .collect::<Vec<_>>()
    };
    assert_eq!(callers("auto_scaling/shop-web"), [("shop", EdgeEvidence::Described, "400 /s".to_owned())]);
    // 13.5 of 14 sessions come from the group's address, half a session from one nobody knows.
    assert_eq!(
        callers("rds/orders-1"),
        [
            ("shop-web", EdgeEvidence::Measured, "13.5 AAS (96 %)".to_owned()),
            ("", EdgeEvidence::Measured, "0.50 AAS (3.6 %)".to_owned()),
        ]
    );
    assert_eq!(callers("dynamodb/shop-carts"), [("shop-covers", EdgeEvidence::Possible, String::new())]);
}

#[tokio::test]
async fn counts_and_joins_are_exact() {
    let (_folder, reader) = collected(50, Vec::new());
    let view = view_of(&reader, &query()).await;
    let strip = |title: &str, label: &str| {
        let group = view.groups.iter().find(|group| group.title == title && !group.strips.is_empty()).unwrap();
        group.strips.iter().find(|strip| strip.label == label).unwrap_or_else(|| panic!("{title} {label}"))
    };
    let requests = strip("shop", "Requests");
    assert_eq!((requests.count, requests.mean), (Some(60.0 * 24_000.0), Some(400.0)));
    // Absent 5xx counts are zero, not unknown.
    let errors = strip("shop", "5xx by the balancer");
    assert!(errors.values.iter().all(|value| *value == Some(0.0)));
    assert_eq!(errors.count, Some(0.0));
    // 1,200 calls at 400 requests, in the function's ten more requests nothing changes: it is no entry.
    let queries = strip("orders-1", "Queries per request");
    assert!(queries.values.iter().all(|value| *value == Some(3.0)));
    let cost = strip("orders-1", "AAS per 1,000 requests");
    assert_eq!((cost.values[0], cost.values[59]), (Some(5.0), Some(35.0)));
    let table = view.table();
    assert_eq!(table.rows.len(), 60);
    assert!(table.head.contains(&"orders-1 DB load AAS".to_owned()), "{:?}", table.head);
}

#[tokio::test]
async fn strips_stand_by_signal_too() {
    let (_folder, reader) = collected(50, Vec::new());
    let by_tier = view_of(&reader, &query()).await;
    let by_signal = view_of(&reader, &AppQuery { order: StripOrder::Signal, ..query() }).await;
    let titles: Vec<&str> = by_signal.groups.iter().map(|group| group.title.as_str()).collect();
    assert_eq!(titles, ["traffic", "latency", "errors", "saturation"]);
    let count = |view: &AppView| view.groups.iter().map(|group| group.strips.len()).sum::<usize>();
    assert_eq!(count(&by_tier), count(&by_signal));
}

#[tokio::test]
async fn a_missing_host_moves_its_group_first() {
    let alb = |name, statistic| ("AWS/ApplicationELB", name, statistic);
    let after = |minute: usize, calm: f64, storm: f64| if minute < 60 { calm } else { storm };
    let extra = vec![
        counter(GROUP, alb("HealthyHostCount", "Minimum"), move |minute| Some(after(minute, 4.0, 3.0))),
        counter(GROUP, alb("UnHealthyHostCount", "Maximum"), move |minute| Some(after(minute, 0.0, 1.0))),
        counter(ALB, alb("HTTPCode_ELB_5XX_Count", "Sum"), move |minute| (minute >= 60).then_some(300.0)),
        counter(ALB, alb("TargetResponseTime", "p95"), |_| Some(0.3)),
    ];
    let (_folder, reader) = collected(MINUTES, extra);
    let view = view_of(&reader, &query()).await;
    let movers: Vec<(&str, i64)> = view.movers.iter().map(|mover| (mover.tier.0.as_str(), mover.lag_secs)).collect();
    assert_eq!(movers, [("auto_scaling/shop-web", 0), ("alb/shop", 0)]);
    let rules: Vec<&str> = view.verdict.clauses.iter().map(|clause| clause.rule.as_str()).collect();
    assert_eq!(rules, ["tier_moved_first", "tiers_together", "reading_fewer_targets"]);
}

#[tokio::test]
async fn throttles_of_the_function_move_it_first() {
    let extra = vec![
        counter(COVERS, ("AWS/Lambda", "Throttles", "Sum"), |minute| (minute >= 60).then_some(300.0)),
        counter(ALB, ("AWS/ApplicationELB", "TargetResponseTime", "p95"), |_| Some(0.3)),
    ];
    let (_folder, reader) = collected(MINUTES, extra);
    let view = view_of(&reader, &query()).await;
    assert_eq!(view.movers.first().map(|mover| mover.tier.1.as_str()), Some("shop-covers"));
    let covers = view.tiers.iter().find(|tier| tier.name == "shop-covers").unwrap();
    // 300 of 900 calls were refused.
    assert_eq!(covers.state, TierState::Critical("Throttled".to_owned()));
    assert!(covers.figures.contains(&("Throttled".to_owned(), "33\u{a0}%".to_owned())), "{:?}", covers.figures);
    assert_eq!(view.verdict.clauses.last().unwrap().rule, "reading_limit");
}

#[tokio::test]
async fn the_drawer_tells_targets_and_what_to_buy() {
    let (_folder, reader) = collected(50, Vec::new());
    let tier = fetch_tier(&reader, &query(), "auto_scaling/shop-web", later()).await.unwrap();
    let Panel::Data(view) = tier else { panic!("{tier:?}") };
    assert_eq!(view.targets.len(), 1);
    assert_eq!(
        (view.targets[0].target.as_str(), view.targets[0].reason.as_str()),
        ("i-1:8080", "Target.ResponseCodeMismatch")
    );
    let purchase = view.purchase.unwrap();
    // Twelve buckets of two instances and two of four: the third ran for a seventh of the time.
    assert_eq!((purchase.base, purchase.steps.len()), (2, 4));
    assert!((purchase.known_hours - 70.0 / 60.0).abs() < 1e-9, "{}", purchase.known_hours);
    assert_eq!(purchase.options.len(), 4);
    assert!(view.strips.iter().any(|strip| strip.label == "shop: Healthy targets"));
    let unknown = fetch_tier(&reader, &query(), "alb/nobody", later()).await;
    assert!(matches!(unknown, Err(ranking::Error::UnknownTier(_))));
}

#[tokio::test]
async fn cards_tell_the_worst_of_each_place() {
    let (_folder, reader) = collected(50, Vec::new());
    let view = rank_apps(&reader, &query().range, later()).await.unwrap();
    let [card] = &view.apps[..] else { panic!("{view:?}") };
    assert_eq!((card.key.as_str(), card.requests_per_sec), ("shop", Some(400.0)));
    let words: Vec<&str> = card.places.iter().map(|place| place.state.word()).collect();
    assert_eq!(words, ["not used", "warning", "healthy", "critical"]);
    assert_eq!(card.places[3].note, "AAS 14.0 of 8");
}

#[tokio::test]
async fn nothing_known_is_said_so() {
    let folder = tempfile::tempdir().unwrap();
    let archive = Archive::open(folder.path()).unwrap();
    let reader = Reader::new(archive.clone(), Wants::offline());
    assert!(matches!(fetch_app(&reader, &query(), later()).await, Err(ranking::Error::UnknownApp(_))));
    archive.put_topology(&topology()).unwrap();
    let panel = fetch_app(&reader, &query(), later()).await.unwrap();
    assert_eq!(panel, Panel::Trouble(Trouble::NotInFile));
}

#[tokio::test]
async fn addresses_are_named_by_what_they_belong_to() {
    let (_folder, reader) = collected(60, Vec::new());
    let query = DbLoadQuery { range: query().range, slice: Dimension::Host, ..DbLoadQuery::new(world::instance_id()) };
    let Panel::Data(tab) = rank_context(&reader, &query, Dimension::Host, later()).await.unwrap() else {
        panic!("no load by host")
    };
    let Panel::Data(chart) = fetch_db_load(&reader, &query, later()).await.unwrap() else { panic!("no load") };
    let rows: Vec<(&str, &str)> = tab.rows.iter().map(|row| (row.key.as_str(), row.label.as_str())).collect();
    assert_eq!(rows, [("10.0.0.1", "10.0.0.1 · shop-web"), ("10.9.9.9", "10.9.9.9")], "the key stays a filter");
    assert_eq!(chart.layers.iter().map(|layer| layer.label.as_str()).collect::<Vec<_>>(), [rows[0].1, rows[1].1]);
}
