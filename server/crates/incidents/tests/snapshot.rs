//! What is kept of an incident reads like the archive it was taken from, and opens from either file.
#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;

use archive::Archive;
use incidents::Side;
use incidents::file::{
    ChatSummary, EntryKind, Figure, FileWords, IncidentFile, Onset, TableSection, TimelineInput, TimelineLine,
    chat_summary, onset, snapshot_in, timeline,
};
use incidents::snapshot::{IncidentNote, Snapshot, SnapshotError, TakeRequest, standard_groupings};
use samples::{
    AlarmEvent, AlarmKind, AlarmState, AlarmStatus, App, AppOrigin, Batch, CounterBatch, Edge, Evidence, Grouping,
    Instance, LoadBatch, LoadSeries, LockSnapshot, LockedSession, Marker, MarkerKind, MetricName, MetricRef, PiState,
    Plan, PlanNode, Point, StatementStat, StatisticBatch, TargetHealth, TierResource, Topology,
};
use units::{Dimension, Engine, Period, ResourceId, Timestamp, Window};
use view::{Cell, DataTable};

const ARN: &str = "arn:aws:cloudwatch:us-east-1:111122223333:alarm:orders-1-DBLoad";
const SHOP: &str = "arn:aws:cloudwatch:us-east-1:111122223333:alarm:shop";

fn at(clock: &str) -> Timestamp {
    format!("2026-11-23T{clock}Z").parse().unwrap()
}

fn id() -> ResourceId {
    ResourceId("db-ORDERS1".to_owned())
}

fn instance() -> Instance {
    Instance {
        id: id(),
        name: "orders-1".to_owned(),
        arn: "arn:aws:rds:us-east-1:111122223333:db:orders-1".to_owned(),
        account: "111122223333".to_owned(),
        region: "us-east-1".to_owned(),
        engine: Engine::Postgres,
        engine_version: "16.4".to_owned(),
        class: "db.r7g.large".to_owned(),
        status: "available".to_owned(),
        multi_az: false,
        cluster: None,
        replica_of: None,
        pi: PiState::On,
        retention_days: Some(7),
        vcpus: None,
        max_connections: None,
        simulated: false,
        first_seen: at("00:00:00"),
        last_seen: at("15:00:00"),
    }
}

fn alarm(arn: &str, kind: AlarmKind) -> AlarmState {
    AlarmState {
        arn: arn.to_owned(),
        name: arn.rsplit("alarm:").next().unwrap().to_owned(),
        description: String::new(),
        status: AlarmStatus::Alarm,
        reason: String::new(),
        reason_data: String::new(),
        since: Some(at("14:20:00")),
        kind,
        threshold: None,
        comparison: None,
        evaluation_periods: None,
        datapoints_to_alarm: None,
        treat_missing_data: None,
        seen: at("14:21:00"),
    }
}

fn db_load() -> AlarmKind {
    AlarmKind::Metric(MetricRef {
        namespace: "AWS/RDS".to_owned(),
        name: "DBLoad".to_owned(),
        dimensions: [("DBInstanceIdentifier".to_owned(), "orders-1".to_owned())].into(),
        statistic: "Average".to_owned(),
        period_secs: 60,
    })
}

fn points(from: &str, period: Period, values: &[f64]) -> Vec<Point> {
    let point = |(place, value): (usize, &f64)| Point {
        at: at(from).plus_secs(i64::try_from(place).unwrap() * i64::from(period.secs())),
        value: *value,
    };
    values.iter().enumerate().filter(|(_, value)| value.is_finite()).map(point).collect()
}

fn load(grouping: Grouping, from: &str, period: Period, total: &[f64], series: &[(&str, &[f64])]) -> Batch {
    let secs = i64::try_from(total.len()).unwrap() * i64::from(period.secs());
    let series =
        series.iter().map(|(key, values)| LoadSeries { key: (*key).to_owned(), points: points(from, period, values) });
    Batch::Load(LoadBatch {
        instance: id(),
        grouping,
        period,
        answered: Window::new(at(from), at(from).plus_secs(secs)),
        total: points(from, period, total),
        series: series.collect(),
    })
}

/// Minutes with a gap at 14:02 to 14:05, thirty seconds of seconds, a filter, a counter, statistics.
fn fill(archive: &Archive) {
    let gap = f64::NAN;
    archive.put_instances(&[instance()]).unwrap();
    archive
        .put_alarms(&[
            alarm(ARN, db_load()),
            alarm(SHOP, AlarmKind::Composite { rule: "ALARM(\"orders-1-DBLoad\")".to_owned() }),
            alarm("arn:aws:cloudwatch:us-east-1:111122223333:alarm:mail", AlarmKind::Other),
        ])
        .unwrap();
    let event = |arn: &str| AlarmEvent {
        arn: arn.to_owned(),
        at: at("14:20:00"),
        from: Some(AlarmStatus::Ok),
        to: AlarmStatus::Alarm,
        reason: String::new(),
        data: String::new(),
    };
    archive.put_alarm_events(&[event(ARN), event(SHOP)]).unwrap();
    let deploy = Marker { at: at("14:10:00"), kind: MarkerKind::Deploy, instance: None, label: "v812".to_owned() };
    archive.put_markers(&[deploy]).unwrap();
    archive.put_offers(&id(), &["db.blocking_session".to_owned()].into()).unwrap();
    archive.put_lock_snapshot(&id(), &held_up()).unwrap();
    archive.put_plan(&id(), &plan("P1")).unwrap();
    archive.put_plan(&id(), &plan("P2")).unwrap();
    archive.put_topology(&topology()).unwrap();
    archive.append(&of_balancer(&[40.0, 0.0])).unwrap();
    let lock_sql = Grouping::by(Dimension::Sql).filtered(Dimension::WaitType, "Lock");
    archive
        .append_all(&[
            load(
                Grouping::total(),
                "14:00:00",
                Period::MINUTE,
                &[3.0, 0.0],
                &[("CPU", &[1.0, gap]), ("Lock", &[2.0, gap])],
            ),
            load(Grouping::total(), "14:05:00", Period::MINUTE, &[5.0, gap, 2.5], &[("Lock", &[5.0, gap, 2.5])]),
            load(Grouping::by(Dimension::Sql), "14:00:00", Period::MINUTE, &[3.0, 0.0], &[("A1", &[2.5, gap])]),
            load(Grouping::by(Dimension::Plan), "14:00:00", Period::MINUTE, &[3.0, 0.0], &[("P1", &[3.0, gap])]),
            load(lock_sql, "14:00:00", Period::MINUTE, &[2.0, 0.0], &[("A1", &[2.0, gap])]),
            load(Grouping::total(), "14:00:00", Period::SECOND, &[3.0; 30], &[("Lock", &[3.0; 30])]),
            Batch::Counter(CounterBatch {
                instance: id(),
                metric: MetricName::pi("db.Transactions.xact_commit.avg"),
                period: Period::MINUTE,
                answered: Window::new(at("14:00:00"), at("14:02:00")),
                points: points("14:00:00", Period::MINUTE, &[120.0, 0.0]),
            }),
            Batch::Statistic(StatisticBatch {
                instance: id(),
                stat: StatementStat::Calls,
                period: Period::MINUTE,
                answered: Window::new(at("14:00:00"), at("14:02:00")),
                series: vec![LoadSeries {
                    key: "A1".to_owned(),
                    points: points("14:00:00", Period::MINUTE, &[7.0, 8.0]),
                }],
            }),
        ])
        .unwrap();
}

fn held_up() -> LockSnapshot {
    let waiter =
        LockedSession { session: "7".to_owned(), blocked_by: vec!["3".to_owned()], ..LockedSession::default() };
    LockSnapshot { at: at("14:00:20"), sessions: vec![waiter], flaw: None }
}

fn plan(id: &str) -> Plan {
    Plan { id: id.to_owned(), asked: at("14:03:00"), root: Some(PlanNode::default()), flaw: None }
}

const BALANCER: &str = "arn:aws:elasticloadbalancing:us-east-1:111122223333:loadbalancer/app/shop/50dc6c495c0c9188";
const GROUP: &str = "arn:aws:elasticloadbalancing:us-east-1:111122223333:targetgroup/web/943f017f100becff";

fn tier(arn: &str, tier: &str, dimension_values: &[&str]) -> TierResource {
    TierResource {
        id: ResourceId(arn.to_owned()),
        arn: arn.to_owned(),
        tier: tier.to_owned(),
        name: "shop".to_owned(),
        account: "111122223333".to_owned(),
        region: "us-east-1".to_owned(),
        dimension_values: dimension_values.iter().map(|&value| value.to_owned()).collect(),
        variants: BTreeMap::new(),
        listed: None,
        listed_at: None,
        tags: BTreeMap::new(),
        state: None,
        figures: Vec::new(),
        facts: Vec::new(),
        simulated: false,
        created: None,
        first_seen: at("00:00:00"),
        last_seen: at("14:00:00"),
    }
}

/// The shop: balancer, target group, database; and another app that has nothing to do with it.
fn topology() -> Topology {
    let app = |key: &str, members: &[&str]| App {
        key: key.to_owned(),
        name: key.to_owned(),
        origin: AppOrigin::Named,
        members: members.iter().map(|&member| member.to_owned()).collect(),
        limits: Vec::new(),
    };
    let database = TierResource { id: id(), ..tier(&instance().arn, "rds", &["orders-1"]) };
    let other = "arn:aws:lambda:us-east-1:111122223333:function:mailer";
    let target = TargetHealth {
        group: GROUP.to_owned(),
        target: "i-1".to_owned(),
        port: Some(80),
        zone: None,
        state: "healthy".to_owned(),
        reason: String::new(),
        description: String::new(),
        since: at("14:00:30"),
        seen: at("14:00:30"),
    };
    let edge = |from: &str, to: &str| Edge { from: from.to_owned(), to: to.to_owned(), evidence: Evidence::Described };
    Topology {
        apps: vec![app("mail", &[other]), app("shop", &[BALANCER, GROUP, &instance().arn])],
        resources: vec![
            tier(BALANCER, "alb", &["app/shop/50dc6c495c0c9188"]),
            tier(GROUP, "target_group", &["targetgroup/web/943f017f100becff", "app/shop/50dc6c495c0c9188"]),
            tier(other, "lambda", &["mailer"]),
            database,
        ],
        edges: vec![edge(BALANCER, GROUP), edge(other, &instance().arn)],
        targets: vec![target],
        seen: Some(at("14:00:30")),
        ..Topology::default()
    }
}

fn requests_of_balancer() -> MetricName {
    let balancer = tier(BALANCER, "alb", &[]);
    let rows = balancer.rows();
    let (tier, row) = rows.iter().find(|(_, row)| row.name == "RequestCount").unwrap();
    row.series(tier)
}

fn of_balancer(values: &[f64]) -> Batch {
    Batch::Counter(CounterBatch {
        instance: ResourceId(BALANCER.to_owned()),
        metric: requests_of_balancer(),
        period: Period::MINUTE,
        answered: Window::new(at("14:00:00"), at("14:02:00")),
        points: points("14:00:00", Period::MINUTE, values),
    })
}

/// Everything about the shop but its load.
fn told_of_shop(archive: &Archive) -> impl PartialEq + std::fmt::Debug {
    let window = request().window;
    let requests = archive
        .counters(&ResourceId(BALANCER.to_owned()), &[requests_of_balancer()], window, Period::MINUTE)
        .unwrap()
        .series;
    (
        archive.offers(&id()).unwrap(),
        archive.lock_snapshots(&id(), window, 10).unwrap(),
        archive.plans(&id(), &["P1"]).unwrap(),
        archive.topology().unwrap().of_apps(&["shop".to_owned()]),
        archive.target_events(GROUP, window).unwrap(),
        requests.into_iter().map(|series| series.values).collect::<Vec<_>>(),
    )
}

#[test]
fn blockers_plans_and_tiers_come_back() {
    let (_dir, archive, snapshot) = taken();
    let told = Snapshot::from_bytes(&snapshot.to_bytes().unwrap()).unwrap();
    let keys: Vec<&str> = told.topology.apps.iter().map(|app| app.key.as_str()).collect();
    assert_eq!((keys.as_slice(), told.topology.edges.len()), (["shop"].as_slice(), 1), "its app and no other");
    assert!(told.target_events.iter().any(|event| event.target == "i-1"), "{:?}", told.target_events);
    let dir = tempfile::tempdir().unwrap();
    let other = Archive::open(dir.path()).unwrap();
    told.restore(&other).unwrap();
    assert_eq!(told_of_shop(&other), told_of_shop(&archive));
    assert!(other.plans(&id(), &["P2"]).unwrap().is_empty(), "a plan that no load names is not kept");
    assert_eq!(other.topology().unwrap().apps.len(), 1);
}

#[test]
fn what_is_put_back_leaves_the_apps_of_today() {
    let (_dir, archive, snapshot) = taken();
    let today = Topology { seen: Some(at("15:00:00")), ..Topology::default() };
    archive.put_topology(&today).unwrap();
    snapshot.put_back(&archive).unwrap();
    assert!(archive.topology().unwrap().apps.is_empty());
    assert_eq!(archive.lock_snapshots(&id(), request().window, 10).unwrap(), [held_up()]);
}

fn request() -> TakeRequest {
    TakeRequest {
        taken_at: at("14:40:00"),
        release: "0.1.0".to_owned(),
        at: at("14:20:00"),
        window: Window::new(at("13:50:00"), at("14:35:00")),
        compare: vec![Window::new(at("13:05:00"), at("13:50:00"))],
        instances: vec![id()],
        alarm_arn: Some(SHOP.to_owned()),
        metrics: vec![MetricName::pi("db.Transactions.xact_commit.avg"), MetricName::pi("db.SQL.tup_fetched.avg")],
        apps: vec!["shop".to_owned()],
    }
}

fn taken() -> (tempfile::TempDir, Archive, Snapshot) {
    let dir = tempfile::tempdir().unwrap();
    let archive = Archive::open(dir.path()).unwrap();
    fill(&archive);
    let snapshot = Snapshot::take(&archive, &request()).unwrap();
    (dir, archive, snapshot)
}

#[test]
fn a_restored_snapshot_reads_like_the_archive() {
    let (_dir, archive, snapshot) = taken();
    let bytes = snapshot.to_bytes().unwrap();
    let read = Snapshot::from_bytes(&bytes).unwrap();
    assert_eq!(read, snapshot);
    let other_dir = tempfile::tempdir().unwrap();
    let other = Archive::open(other_dir.path()).unwrap();
    read.restore(&other).unwrap();
    let window = request().window;
    for period in [Period::SECOND, Period::MINUTE] {
        for grouping in standard_groupings(["CPU".to_owned(), "Lock".to_owned()]) {
            let (mine, theirs) = (
                archive.load(&id(), &grouping, window, period).unwrap(),
                other.load(&id(), &grouping, window, period).unwrap(),
            );
            assert_eq!(
                (&mine.total, &mine.series, &mine.covered_secs),
                (&theirs.total, &theirs.series, &theirs.covered_secs),
                "{grouping} {period}"
            );
            assert_eq!(mine.cover.buckets, theirs.cover.buckets, "{grouping} {period}");
        }
    }
    let metrics = request().metrics;
    let counters = |archive: &Archive| archive.counters(&id(), &metrics, window, Period::MINUTE).unwrap().series;
    assert_eq!(
        counters(&archive).into_iter().map(|series| series.values).collect::<Vec<_>>(),
        counters(&other).into_iter().map(|series| series.values).collect::<Vec<_>>()
    );
    let stats = |archive: &Archive| archive.statement_stats(&id(), &StatementStat::ALL, window).unwrap();
    assert_eq!(stats(&archive), stats(&other));
    assert_eq!(other.instances().unwrap(), archive.instances().unwrap());
    assert_eq!(other.markers(&id(), window).unwrap(), archive.markers(&id(), window).unwrap());
    let arns: Vec<_> = other.alarms().unwrap().into_iter().map(|alarm| alarm.arn).collect();
    assert_eq!(arns, [ARN, SHOP], "the alarm, its child, and no other");
    assert_eq!(other.alarm_events(ARN, window).unwrap().len(), 1);
}

#[test]
fn gaps_stay_gaps_and_zeros_zeros() {
    let (_dir, _archive, snapshot) = taken();
    let minutes: Vec<_> = snapshot
        .batches
        .iter()
        .filter_map(|batch| match batch {
            Batch::Load(load) if load.grouping == Grouping::total() && load.period == Period::MINUTE => Some(load),
            _ => None,
        })
        .collect();
    let answered: Vec<_> = minutes.iter().map(|load| load.answered).collect();
    assert_eq!(answered, [Window::new(at("14:00:00"), at("14:02:00")), Window::new(at("14:05:00"), at("14:08:00"))]);
    assert_eq!(minutes[0].total.iter().map(|point| point.value).collect::<Vec<_>>(), [3.0, 0.0]);
    assert_eq!(minutes[1].total.len(), 2, "a bucket without samples has no point");
}

#[test]
fn damaged_snapshots_say_so() {
    let (_dir, _archive, snapshot) = taken();
    let bytes = snapshot.to_bytes().unwrap();
    assert!(matches!(Snapshot::from_bytes(b"%PDF-1.7 and so on, and so on"), Err(SnapshotError::NotASnapshot)));
    assert!(matches!(Snapshot::from_bytes(b""), Err(SnapshotError::NotASnapshot)));
    let mut newer = bytes.clone();
    newer[5] = 9;
    assert!(matches!(Snapshot::from_bytes(&newer), Err(SnapshotError::TooNew { found: 9 })));
    for cut in [24, 25, bytes.len() / 2, bytes.len() - 1] {
        assert!(matches!(Snapshot::from_bytes(&bytes[..cut]), Err(SnapshotError::Damaged)), "{cut}");
    }
    for place in (5..bytes.len()).step_by(11) {
        let mut changed = bytes.clone();
        changed[place] ^= 0x10;
        assert!(Snapshot::from_bytes(&changed).is_err(), "byte {place}");
    }
    let mut huge = bytes;
    huge[8..16].copy_from_slice(&u64::MAX.to_le_bytes());
    assert!(matches!(Snapshot::from_bytes(&huge), Err(SnapshotError::Damaged)));
}

fn file() -> IncidentFile {
    let hostile = "</script><script>alert(1)</script><img src=x onerror=alert(1)>\u{202e}'\"&";
    IncidentFile {
        title: format!("orders-1-DBLoad {hostile}"),
        facts: vec![("Instance".to_owned(), hostile.to_owned())],
        verdict: vec!["Load 15.0 against 8 vCPU.".to_owned()],
        figures: vec![Figure {
            svg: "<svg xmlns=\"http://www.w3.org/2000/svg\"><title>DB load</title></svg>".to_owned(),
            caption: "DB load".to_owned(),
            table: DataTable {
                head: vec!["time".to_owned()],
                rows: vec![vec![Cell::Missing], vec![Cell::Number(1.5)]],
            },
        }],
        tables: vec![TableSection {
            title: "Top SQL".to_owned(),
            table: DataTable {
                head: vec!["statement".to_owned()],
                rows: vec![vec![Cell::Text(format!("SELECT ?\n  FROM t /* {hostile} */"))]],
            },
            sql_column: Some(0),
        }],
        timeline: vec![TimelineLine { time: "14:18".to_owned(), text: hostile.to_owned(), is_first_mover: true }],
        notes: vec![(
            "ann".to_owned(),
            "<script type=\"application/vnd.loadlens.incident\" id=\"snapshot\">".to_owned(),
        )],
        summary: "*orders-1*".to_owned(),
        words: FileWords {
            language: "en".to_owned(),
            verdict: "Verdict".to_owned(),
            timeline: "Timeline".to_owned(),
            notes: "Notes".to_owned(),
            summary: "Summary".to_owned(),
            numbers: "Numbers".to_owned(),
            footer: "Open this file with: loadlens open FILE".to_owned(),
        },
    }
}

#[test]
fn the_page_carries_its_snapshot() {
    let (_dir, _archive, mut snapshot) = taken();
    snapshot.notes.push(IncidentNote {
        at: at("14:20:00"),
        written: at("14:30:00"),
        by: "ann".into(),
        text: "x".into(),
    });
    let html = file().to_html(Some(&snapshot)).unwrap();
    assert_eq!(snapshot_in(html.as_bytes()).unwrap(), snapshot);
    assert_eq!(snapshot_in(&snapshot.to_bytes().unwrap()).unwrap(), snapshot);
    assert!(matches!(snapshot_in(file().to_html(None).unwrap().as_bytes()), Err(SnapshotError::NotASnapshot)));
    let spoilt = html.replace("TExJTkM", "AAAAAAA");
    assert!(snapshot_in(spoilt.as_bytes()).is_err());
}

#[test]
fn the_page_runs_nothing_and_loads_nothing() {
    let (_dir, _archive, snapshot) = taken();
    let html = file().to_html(Some(&snapshot)).unwrap();
    assert!(html.starts_with("<!doctype html>"));
    assert!(html.contains("default-src 'none'"));
    assert_eq!(html.matches("<script").count(), 1, "the snapshot alone, which is data");
    assert!(!html.contains("<img") && !html.contains("src=\"") && !html.contains("href="));
    assert!(!html.contains('\u{202e}'));
    assert!(html.contains("SELECT ?\n  FROM t"), "SQL keeps its lines");
    assert!(html.contains("<td class=\"number\">–</td>"), "missing is not zero");
}

#[test]
fn the_first_mover_is_marked() {
    let alarms = [alarm(ARN, db_load())];
    let (dir, archive, snapshot) = taken();
    drop((dir, archive));
    let onsets = [Onset { series: "Lock".to_owned(), at: at("14:16:00") }];
    let notes = [IncidentNote { at: at("14:15:00"), written: at("14:40:00"), by: String::new(), text: "hm".into() }];
    let input = TimelineInput {
        window: snapshot.window,
        alarms: &alarms,
        events: &snapshot.events,
        markers: &snapshot.markers,
        onsets: &onsets,
        notes: &notes,
    };
    let entries = timeline(&input);
    let kinds: Vec<_> = entries.iter().map(|entry| (&entry.kind, entry.is_first_mover)).collect();
    assert_eq!(kinds[0], (&EntryKind::Deploy("v812".to_owned()), false));
    assert_eq!(kinds[1], (&EntryKind::Note("hm".to_owned()), false));
    assert_eq!(kinds[2], (&EntryKind::Onset("Lock".to_owned()), true));
    let named = |name: &str| EntryKind::Alarm { name: name.to_owned(), to: AlarmStatus::Alarm };
    assert!(kinds.contains(&(&named("orders-1-DBLoad"), false)) && kinds.contains(&(&named("shop"), false)));
}

#[test]
fn an_onset_is_the_start_of_the_run_over_the_limit() {
    let start_of = |bucket: usize| at("14:00:00").plus_secs(i64::try_from(bucket).unwrap() * 60);
    let values = [Some(9.0), Some(1.0), Some(5.0), Some(6.0), None, Some(7.0), Some(8.0), Some(2.0)];
    for (moment, expected) in [
        ("14:06:30", Some("14:05:00")),
        ("14:03:00", Some("14:02:00")),
        ("14:09:00", Some("14:05:00")),
        ("14:01:59", Some("14:00:00")),
        ("13:00:00", None),
    ] {
        let found = onset(&values, start_of, (4.0, Side::Above), at(moment));
        assert_eq!(found, expected.map(at), "{moment}");
    }
}

#[test]
fn a_summary_cannot_mention_anybody() {
    let text = chat_summary(&ChatSummary {
        headline: "orders-1 <!channel> *now*".to_owned(),
        verdict: vec!["Load 15 > 8 vCPU".to_owned()],
        timeline: vec![("14:18".to_owned(), "Lock & co\n<@U1>".to_owned())],
        link: Some(("Open|it".to_owned(), "https://dash.example/alarm?arn=x&at=1|y".to_owned())),
    });
    assert_eq!(
        text,
        "*orders-1 &lt;!channel&gt; ∗now∗*\n> Load 15 &gt; 8 vCPU\n• `14:18` Lock &amp; co &lt;@U1&gt;\n<https://dash.example/alarm?arn=x&amp;at=1%7Cy|Open/it>"
    );
}
