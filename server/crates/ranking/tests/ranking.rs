//! Rankings of worlds that can be checked by hand, and of random ones against a naive count.
#![allow(clippy::unwrap_used)]

mod world;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use proptest::prelude::*;
use ranking::{Reader, fetch_db_load, fetch_instance, judge_db_load, rank_context, rank_fleet, rank_top_sql};
use samples::{Batch, LoadBatch, Refusal, Wanted, Wants};
use units::{
    Aas, Compare, DbLoadQuery, Dimension, Filter, Period, SortBy, TimePoint, TimeRange, Timestamp, WaitClass, Window,
    Zone,
};
use view::{Badge, ContextView, LoadView, Panel, RowKind, Severity, SqlRow, TopSqlView, Trouble};
use world::{START, Sessions, World, instance_id};

const HOT_ROW: &str = "
# twelve minutes: calm, then a hot row from minute 4 to 9
UPD1 Lock:transactionid web   10.0.0.1 | 0   0   0   0   7.5 8   8   8   7   8   0   0
UPD2 Lock:transactionid web   10.0.0.2 | 0   0   0   0   2   2   2   2   2   2   0   0
UPD1 CPU                web   10.0.0.1 | 0.1 0.1 0.1 0.1 0.2 0.2 0.2 0.2 0.2 0.2 0.1 0.1
SEL  CPU                web   10.0.0.1 | 1   1   1   1   1   1   1   1   1   1   1   1
SEL  IO:DataFileRead    batch 10.0.0.3 | 0.5 0.5 0.5 0.5 0.5 0.5 0.5 0.5 0.5 0.5 0.5 0.5
-    CPU                batch 10.0.0.3 | 0.1 0.1 0.1 0.1 0.1 0.1 0.1 0.1 0.1 0.1 0.1 0.1
";

fn hot_row() -> World {
    let mut world = World::read(HOT_ROW);
    // Both updates have one normal form.
    world.digests = [("UPD1".to_owned(), 7), ("UPD2".to_owned(), 7)].into();
    world.stats =
        [("UPD1".to_owned(), (40.0, 3200.0)), ("UPD2".to_owned(), (2.0, 800.0)), ("SEL".to_owned(), (88.0, 915.0))]
            .into();
    world
}

fn query(world: &World) -> DbLoadQuery {
    let window = world.window();
    DbLoadQuery {
        range: TimeRange { from: TimePoint::At(window.from), to: TimePoint::At(window.to) },
        compare: Compare::Off,
        ..DbLoadQuery::new(instance_id())
    }
}

fn filtered(world: &World, filters: &[&str]) -> DbLoadQuery {
    DbLoadQuery { filters: filters.iter().map(|text| text.parse().unwrap()).collect(), ..query(world) }
}

/// Long after the world.
fn later() -> Timestamp {
    START.plus_secs(86_400)
}

async fn load(reader: &Reader, query: &DbLoadQuery) -> LoadView {
    match fetch_db_load(reader, query, later()).await.unwrap() {
        Panel::Data(view) => view,
        other => panic!("{other:?}"),
    }
}

async fn top(reader: &Reader, query: &DbLoadQuery, limit: usize) -> TopSqlView {
    match rank_top_sql(reader, query, limit, later()).await.unwrap() {
        Panel::Data(view) => view,
        other => panic!("{other:?}"),
    }
}

async fn context(reader: &Reader, query: &DbLoadQuery, dimension: Dimension) -> ContextView {
    match rank_context(reader, query, dimension, later()).await.unwrap() {
        Panel::Data(view) => view,
        other => panic!("{other:?}"),
    }
}

fn near(a: f64, b: f64) -> bool {
    (a - b).abs() < 1e-6
}

/// A row as a line of a fixture.
fn line(row: &SqlRow) -> String {
    let waits: Vec<String> = row.waits.iter().map(|part| format!("{} {:.3}", part.class, part.aas.0)).collect();
    let what = match &row.kind {
        RowKind::Digest(_) => row.statement.clone(),
        RowKind::Remainder { digests } => format!("{digests} others"),
        RowKind::Unattributed => "no statement".to_owned(),
    };
    let figure = |value: Option<f64>| value.map_or_else(|| "-".to_owned(), |value| format!("{value:.2}"));
    format!(
        "{:.3} {} | {} | {} + {:.3} | calls {} ms {} | {:?}",
        row.mean.0,
        figure(row.peak.map(|aas| aas.0)),
        what,
        waits.join(", "),
        row.mean_by_unknown_wait.0,
        figure(row.calls_per_sec),
        figure(row.ms_per_call),
        row.badges
    )
}

#[tokio::test]
async fn a_hot_row_is_ranked_by_hand() {
    let world = hot_row();
    let (_folder, reader) = world.collected();
    let view = top(&reader, &query(&world), 10).await;
    let lines: Vec<String> = view.rows.iter().map(line).collect();
    assert_eq!(
        lines,
        [
            // (46.5 + 12) / 12 minutes of lock, 1.8 / 12 of CPU; 42 calls/s, 4000 ms/s.
            "5.025 10.20 | SELECT upd1 FROM t1 | cpu 0.150, lock 4.875 + 0.000 | calls 42.00 ms 95.24 | []",
            "1.500 1.50 | SELECT sel FROM t0 | cpu 1.000, io 0.500 + 0.000 | calls 88.00 ms 10.40 | []",
            "0.100 - | no statement | cpu 0.100 + 0.000 | calls - ms - | []",
        ]
    );
    assert!(near(view.total.0, 6.625));
    assert_eq!(view.rows[0].children.len(), 2, "two ids of PI, one normal form");
}

#[tokio::test]
async fn a_short_table_keeps_the_sum_in_its_remainder() {
    let world = hot_row();
    let (_folder, reader) = world.collected();
    let view = top(&reader, &query(&world), 1).await;
    assert_eq!(line(&view.rows[1]), "1.500 - | 1 others | cpu 1.000, io 0.500 + 0.000 | calls - ms - | []");
    let by_latency = top(&reader, &DbLoadQuery { sort: SortBy::Calls, ..query(&world) }, 1).await;
    assert_eq!(by_latency.rows[0].statement, "SELECT sel FROM t0");
}

#[tokio::test]
async fn the_chart_stacks_waits_in_their_order() {
    let world = hot_row();
    let (_folder, reader) = world.collected();
    let view = load(&reader, &query(&world)).await;
    let layers: Vec<(&str, Option<WaitClass>)> =
        view.layers.iter().map(|layer| (layer.key.as_str(), layer.class)).collect();
    assert_eq!(
        layers,
        [
            ("CPU", Some(WaitClass::Cpu)),
            ("IO:DataFileRead", Some(WaitClass::Io)),
            ("Lock:transactionid", Some(WaitClass::Lock))
        ]
    );
    assert!(view.remainder.is_none(), "every session waits for something or nothing");
    assert_eq!(view.peak.unwrap().at, START.plus_secs(300));
    assert!(near(view.peak.unwrap().aas.0, 11.8));
    assert!(near(view.now.unwrap().0, 1.7));
}

#[tokio::test]
async fn slices_of_sql_regroup_by_the_statements() {
    let world = hot_row();
    let (_folder, reader) = world.collected();
    let by_table = load(&reader, &DbLoadQuery { slice: Dimension::Table, ..query(&world) }).await;
    let layers: Vec<(&str, f64)> = by_table.layers.iter().map(|layer| (layer.key.as_str(), layer.mean.0)).collect();
    assert!(layers[0].0 == "t1" && near(layers[0].1, 5.025), "{layers:?}");
    assert!(layers[1].0 == "t0" && near(layers[1].1, 1.5), "{layers:?}");
    assert!(near(by_table.remainder.unwrap().mean.0, 0.1), "load without a statement is shown, not lost");
}

/// Two routes run one statement, a third caller says nothing; one session runs no statement.
const CALLERS: &str = "
SEL@search   CPU        web 10.0.0.1 | 2    2
SEL@checkout CPU        web 10.0.0.1 | 1    1
SEL@         CPU        web 10.0.0.1 | 0.5  0.5
UPD@checkout Lock:tuple web 10.0.0.1 | 3    3
-            CPU        web 10.0.0.1 | 0.25 0.25
";

#[tokio::test]
async fn load_by_tag_is_that_of_the_callers_and_the_rest_is_shown() {
    let world = World::read(CALLERS);
    let (_folder, reader) = world.collected();
    let by_tag = DbLoadQuery { slice: Dimension::Tag, period: Period::from_secs(60), ..query(&world) };
    let view = load(&reader, &by_tag).await;
    let layers: Vec<(&str, f64)> = view.layers.iter().map(|layer| (layer.label.as_str(), layer.mean.0)).collect();
    assert_eq!(layers, [("route=/checkout", 4.0), ("route=/search", 2.0)]);
    let rest = view.remainder.unwrap();
    assert_eq!((rest.label.as_str(), rest.mean, view.mean), ("unattributed", Aas(0.75), Some(Aas(6.75))));
}

#[tokio::test]
async fn a_tag_filters_by_the_callers_statements() {
    let world = World::read(CALLERS);
    let (_folder, reader) = world.collected();
    let minutes = |filter: &str| DbLoadQuery { period: Period::from_secs(60), ..filtered(&world, &[filter]) };
    let checkout = minutes("tag:route=/checkout");
    let view = load(&reader, &DbLoadQuery { slice: Dimension::WaitType, ..checkout.clone() }).await;
    let layers: Vec<(&str, f64)> = view.layers.iter().map(|layer| (layer.key.as_str(), layer.mean.0)).collect();
    assert_eq!((layers, view.mean), (vec![("CPU", 1.0), ("Lock", 3.0)], Some(Aas(4.0))));
    let table = top(&reader, &checkout, 10).await;
    let rows: Vec<(&str, f64)> = table.rows.iter().map(|row| (row.statement.as_str(), row.mean.0)).collect();
    assert_eq!(rows, [("SELECT upd FROM t0", 3.0), ("SELECT sel FROM t0", 1.0)]);
    // What is left out is subtracted, so the session without a statement stays.
    let others = minutes("-tag:route=/checkout");
    assert_eq!(load(&reader, &DbLoadQuery { slice: Dimension::WaitType, ..others }).await.mean, Some(Aas(2.75)));
}

#[tokio::test]
async fn filters_combine_as_far_as_they_can_be_answered() {
    let world = hot_row();
    let (_folder, reader) = world.collected();
    let digest = world.digest("UPD1").to_string();
    let by_host = context(&reader, &filtered(&world, &[&format!("sql:{digest}")]), Dimension::Host).await;
    let rows: Vec<(&str, f64)> = by_host.rows.iter().map(|row| (row.key.as_str(), row.mean.0)).collect();
    assert_eq!(rows.iter().map(|row| row.0).collect::<Vec<_>>(), ["10.0.0.1", "10.0.0.2"]);
    assert!(near(rows[0].1, 4.025) && near(rows[1].1, 1.0), "{rows:?}");

    let two = filtered(&world, &["user:web", "host:10.0.0.1"]);
    let view = load(&reader, &two).await;
    assert_eq!(view.blocked.len(), 1);
    assert_eq!(view.blocked[0].filter, Filter::is(Dimension::Host, "10.0.0.1"));
    let by_user = context(&reader, &two, Dimension::User).await;
    assert!(by_user.blocked.is_empty(), "on the user tab only the host is another dimension");
    assert!(near(by_user.total.0, 5.025 - 1.0 + 1.0), "{}", by_user.total.0);

    let without_locks = top(&reader, &filtered(&world, &["-wait_type:Lock"]), 10).await;
    assert!(near(without_locks.total.0, 1.75));
    assert_eq!(without_locks.rows[0].calls_per_sec, None, "statistics are of whole digests");
}

#[tokio::test]
async fn a_dark_minute_weighs_nothing() {
    let world = World::read("A CPU web h | 2 . 4 .\nB CPU web h | 0 . 2 .");
    let (_folder, reader) = world.collected();
    let query = DbLoadQuery { period: units::Period::from_secs(60), ..query(&world) };
    let view = load(&reader, &query).await;
    assert_eq!(view.total, [Some(2.0), None, Some(6.0), None]);
    assert!(near(view.mean.unwrap().0, 4.0));
    assert!(view.layers.iter().all(|layer| layer.values[1].is_none()), "missing is not zero");
    let wide = load(&reader, &DbLoadQuery { period: units::Period::from_secs(120), ..query.clone() }).await;
    assert!(near(wide.mean.unwrap().0, 4.0), "{:?}", wide.mean);
    let rows = top(&reader, &query, 5).await;
    assert!(near(rows.rows[0].mean.0, 3.0) && near(rows.rows[1].mean.0, 1.0));
}

#[tokio::test]
async fn the_compare_window_tells_new_and_gone() {
    // Two halves of one world, compared with each other.
    let world = World::read("OLD CPU w h | 2 2 0 0\nNEW CPU w h | 0 0 3 3\nSTAY CPU w h | 1 1 1 1");
    let (_folder, reader) = world.collected();
    let half = Window::new(START.plus_secs(120), START.plus_secs(240));
    let range = TimeRange { from: TimePoint::At(half.from), to: TimePoint::At(half.to) };
    let query =
        DbLoadQuery { range, compare: Compare::Previous, period: units::Period::from_secs(60), ..query(&world) };
    let view = top(&reader, &query, 10).await;
    let badges: Vec<(&str, &[Badge], Option<Aas>)> =
        view.rows.iter().map(|row| (row.statement.as_str(), row.badges.as_slice(), row.before)).collect();
    assert_eq!(
        badges,
        [
            ("SELECT new FROM t0", &[Badge::New][..], Some(Aas(0.0))),
            ("SELECT stay FROM t1", &[], Some(Aas(1.0))),
            ("SELECT old FROM t0", &[Badge::Gone], Some(Aas(2.0))),
        ]
    );
    assert_eq!(view.total_before, Some(Aas(3.0)));
    let ghost = load(&reader, &query).await.ghost.unwrap();
    assert_eq!((ghost.earlier_secs, ghost.total), (120, vec![Some(3.0), Some(3.0)]));
}

#[tokio::test]
async fn a_hot_row_is_judged() {
    let world = hot_row();
    let (_folder, reader) = world.collected();
    let judgement = judge_db_load(&reader, &query(&world), later()).await.unwrap();
    let rules: Vec<&str> = judgement.verdict.clauses.iter().map(|clause| clause.rule.as_str()).collect();
    assert_eq!(rules, ["load_above_vcpu", "wait_dominates", "digest_causes", "caller_host"]);
    assert_eq!(judgement.verdict.clauses[3].values[0], ("caller".to_owned(), "10.0.0.1".to_owned()));
    assert_eq!(judgement.verdict.severity, Severity::Critical);
    let value = |clause: usize, name: &str| {
        let values = &judgement.verdict.clauses[clause].values;
        values.iter().find(|(known, _)| known == name).map(|(_, value)| value.replace('\u{a0}', " ")).unwrap()
    };
    assert_eq!(
        [value(0, "aas"), value(0, "from"), value(0, "to"), value(0, "duration")],
        ["11.6", "14:34", "14:40", "6 min"]
    );
    assert_eq!([value(1, "share"), value(1, "event")], ["84 %", "Lock:transactionid"]);
    assert_eq!([value(2, "statement"), value(2, "share")], ["SELECT upd1 FROM t1", "100 %"]);
    assert_eq!(judgement.subject, Some(Window::new(START.plus_secs(240), START.plus_secs(600))));
    let tiles: Vec<(&str, Option<&str>)> =
        judgement.tiles.iter().map(|tile| (tile.key.as_str(), tile.value.as_deref())).collect();
    assert_eq!(
        tiles,
        [
            ("now", Some("1.70")),
            ("peak", Some("11.8")),
            ("p99", Some("11.8")),
            ("mean", Some("6.62")),
            ("cpu", Some("16")),
            ("connections", None),
            ("alarms", None),
            ("coverage", Some("100")),
        ]
    );
}

#[tokio::test]
async fn a_calm_window_says_what_was_checked() {
    let world = World::read(&HOT_ROW.lines().filter(|line| !line.contains("Lock")).collect::<Vec<_>>().join("\n"));
    let (_folder, reader) = world.collected();
    let verdict = judge_db_load(&reader, &query(&world), later()).await.unwrap().verdict;
    assert_eq!((verdict.severity, verdict.clauses.len()), (Severity::Good, 0));
    assert_eq!(verdict.checked[0], "load against 8 vCPU: highest 1.80 AAS at 14:34");
}

#[tokio::test]
async fn load_that_ends_before_now_says_why() {
    let world = hot_row();
    let (_folder, reader) = world.collected();
    let down = samples::Instance { status: "rebooting".to_owned(), ..world::instance() };
    reader.archive().put_instances(&[down]).unwrap();
    let now = world.window().to.plus_secs(180);
    let behind = async |to: Timestamp| {
        let range = TimeRange { from: TimePoint::At(START), to: TimePoint::At(to) };
        match fetch_db_load(&reader, &DbLoadQuery { range, ..query(&world) }, now).await.unwrap() {
            Panel::Data(view) => view.behind,
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(behind(now).await, Some(Trouble::NotRunning { status: "rebooting".to_owned() }));
    assert_eq!(behind(world.window().to).await, None, "nothing is missing of the past");
}

#[tokio::test]
async fn the_fleet_ranks_against_capacity() {
    let world = hot_row();
    let (_folder, reader) = world.collected();
    let mut idle = world::instance();
    (idle.id, idle.name) = (units::ResourceId("db-IDLE".to_owned()), "idle-1".to_owned());
    let mut off = idle.clone();
    (off.id, off.name, off.pi) = (units::ResourceId("db-OFF".to_owned()), "off-1".to_owned(), samples::PiState::Off);
    reader.archive().put_instances(&[idle, off]).unwrap();
    let range = query(&world).range;
    let fleet = rank_fleet(&reader, &range, &Zone::Utc, later()).await.unwrap();
    let names: Vec<&str> = fleet.rows.iter().map(|row| row.facts.name.as_str()).collect();
    assert_eq!(names, ["orders-1", "idle-1", "off-1"]);
    let row = &fleet.rows[0];
    assert!(near(row.mean.unwrap().0, 6.625));
    let (class, share) = row.dominant.unwrap();
    assert!(class == WaitClass::Lock && near(share, 4.875 / 6.625));
    assert_eq!(row.top_digest.as_ref().unwrap().0, world.digest("UPD1"));
    assert_eq!(fleet.rows[1].mean, None, "unknown load is not 0");
    assert!(matches!(fleet.rows[2].trouble, Some(Trouble::NotCollected { .. })));
}

#[tokio::test]
async fn instances_are_found_by_id_and_by_a_unique_name() {
    let (_folder, reader) = hot_row().collected();
    let by_name = fetch_instance(&reader, "orders-1", later()).await.unwrap();
    assert_eq!(fetch_instance(&reader, "db-WORLD", later()).await.unwrap(), by_name);
    assert!(matches!(fetch_instance(&reader, "nobody", later()).await, Err(ranking::Error::UnknownInstance(_))));
    let mut twin = world::instance();
    (twin.id, twin.region) = (units::ResourceId("db-TWIN".to_owned()), "us-east-1".to_owned());
    reader.archive().put_instances(&[twin]).unwrap();
    assert!(matches!(fetch_instance(&reader, "orders-1", later()).await, Err(ranking::Error::AmbiguousName { .. })));
}

#[tokio::test]
async fn more_keys_than_an_answer_holds_leave_a_remainder() {
    let lines: Vec<String> =
        (0..40).map(|number| format!("Q{number:02} CPU w h{number} | {} {}", number + 1, number + 1)).collect();
    let world = World::read(&lines.join("\n"));
    let (_folder, reader) = world.collected();
    let view = top(&reader, &DbLoadQuery { period: units::Period::from_secs(60), ..query(&world) }, 10).await;
    // 40 + 39 + … + 31 have rows; 30 … 16 are known by name; 15 … 1 lie beyond the answer.
    assert!(near(view.total.0, 820.0));
    let RowKind::Remainder { digests } = view.rows[10].kind else { panic!("{:?}", view.rows[10]) };
    assert_eq!((view.rows.len(), digests), (11, 15));
    assert!(near(view.rows[10].mean.0, 820.0 - 355.0));
}

/// A reader that answers every question with "no samples", and counts them.
fn silent(world: &World) -> (tempfile::TempDir, Reader, Arc<AtomicUsize>) {
    let (folder, reader) = world.collected();
    let (archive, count) = (reader.archive().clone(), Arc::new(AtomicUsize::new(0)));
    let counted = Arc::clone(&count);
    let wants = Wants::new(move |wanted| {
        counted.fetch_add(1, Ordering::Relaxed);
        let archive = archive.clone();
        Box::pin(async move {
            let Wanted::Load { instance, grouping, window, period } = wanted else {
                return Err(Refusal::Unanswerable("load only".to_owned()));
            };
            let batch =
                LoadBatch { instance, grouping, period, answered: window, total: Vec::new(), series: Vec::new() };
            archive.append(&Batch::Load(batch)).map_err(|error| Refusal::Failed(error.to_string()))
        })
    });
    let reader = Reader::new(reader.archive().clone(), wants);
    (folder, reader, count)
}

#[tokio::test]
async fn what_is_lacking_is_asked_for_once() {
    let world = hot_row();
    let (_folder, reader, count) = silent(&world);
    let hour_before = Window::new(START.plus_secs(-7200), START.plus_secs(-3600));
    let range = TimeRange { from: TimePoint::At(hour_before.from), to: TimePoint::At(hour_before.to) };
    let query = DbLoadQuery { range, ..query(&world) };
    let panel = fetch_db_load(&reader, &query, later()).await.unwrap();
    assert_eq!(count.load(Ordering::Relaxed), 1);
    let Panel::Data(view) = panel else { panic!("{panel:?}") };
    assert!(view.total.iter().all(Option::is_none) && view.mean.is_none(), "no samples are a gap, not 0");
    fetch_db_load(&reader, &query, later()).await.unwrap();
    assert_eq!(count.load(Ordering::Relaxed), 1, "an answer without samples is an answer");
}

#[tokio::test]
async fn a_refusal_becomes_the_state_of_the_panel() {
    let world = hot_row();
    let (_folder, reader) = world.collected();
    let denied = Wants::new(|_| {
        Box::pin(async {
            let (action, resource) = ("pi:GetResourceMetrics".to_owned(), "arn:aws:pi:*".to_owned());
            Err(Refusal::Denied { action, resource })
        })
    });
    let reader = Reader::new(reader.archive().clone(), denied);
    let from = START.plus_secs(-7200);
    let range = TimeRange { from: TimePoint::At(from), to: TimePoint::At(from.plus_secs(3600)) };
    let panel = fetch_db_load(&reader, &DbLoadQuery { range, ..query(&world) }, later()).await.unwrap();
    assert!(matches!(panel, Panel::Trouble(Trouble::Denied { .. })), "{panel:?}");
    // Under the microscope minutes stand in for seconds that were refused.
    let minutes = Window::new(START, START.plus_secs(300));
    let range = TimeRange { from: TimePoint::At(minutes.from), to: TimePoint::At(minutes.to) };
    let view = load(&reader, &DbLoadQuery { range, ..query(&world) }).await;
    assert_eq!((view.axis.period.secs(), view.total.len()), (60, 5));
}

fn sessions() -> impl Strategy<Value = Sessions> {
    let sql = prop_oneof![Just(None), "[A-F]".prop_map(Some)];
    let wait = prop_oneof![
        Just("CPU"),
        Just("Lock:tuple"),
        Just("Lock:transactionid"),
        Just("IO:DataFileRead"),
        Just("LWLock:WALWrite")
    ];
    let user = prop_oneof![Just("web"), Just("batch"), Just("admin")];
    let host = prop_oneof![Just("10.0.0.1"), Just("10.0.0.2")];
    let aas = proptest::collection::vec(prop_oneof![Just(0.0), 0.01..9.0], 6);
    (sql, wait, user, host, aas).prop_map(|(sql, wait, user, host, aas)| Sessions {
        sql,
        child: None,
        wait: wait.to_owned(),
        user: user.to_owned(),
        host: host.to_owned(),
        aas,
    })
}

fn worlds() -> impl Strategy<Value = World> {
    let dark = proptest::collection::vec(0..6_usize, 0..2);
    (proptest::collection::vec(sessions(), 1..12), dark).prop_map(|(sessions, dark)| World {
        minutes: 6,
        sessions,
        dark,
        // Some letters share a digest.
        digests: [("A".to_owned(), 1), ("B".to_owned(), 1), ("C".to_owned(), 2), ("D".to_owned(), 2)].into(),
        ..World::default()
    })
}

fn chips(world: &World) -> Vec<Filter> {
    let digest = world.digest("A").to_string();
    ["wait_type:Lock", "wait:Lock:tuple", "user:web", "user:batch", "host:10.0.0.1", "wait:CPU"]
        .iter()
        .map(|text| text.parse().unwrap())
        .chain([Filter::is(Dimension::Sql, digest)])
        .collect()
}

/// Which chips, and which of them exclude.
fn picks() -> impl Strategy<Value = Vec<(usize, bool)>> {
    proptest::collection::vec((0..7_usize, any::<bool>()), 0..4)
}

fn picked(world: &World, picks: &[(usize, bool)]) -> Vec<Filter> {
    let chips = chips(world);
    picks
        .iter()
        .map(|(chip, is_excluded)| {
            let filter = &chips[*chip];
            if *is_excluded { Filter::is_not(filter.dimension, filter.value.clone()) } else { filter.clone() }
        })
        .collect()
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread().worker_threads(1).build().unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    /// Every slice under every mix of chips equals the naive count of the chips that were applied,
    /// bucket by bucket, and its layers with the remainder are its total.
    #[test]
    fn charts_equal_a_naive_count(world in worlds(), picks in picks(), slice in 0..5_usize) {
        let slice = [Dimension::Wait, Dimension::WaitType, Dimension::Sql, Dimension::User, Dimension::Host][slice];
        let filters = picked(&world, &picks);
        let query = DbLoadQuery {
            slice,
            filters: filters.clone(),
            period: units::Period::from_secs(60),
            ..query(&world)
        };
        let (_folder, reader) = world.collected();
        let panel = runtime().block_on(fetch_db_load(&reader, &query, later())).unwrap();
        let blocked: Vec<Filter> = match &panel {
            Panel::Data(view) => view.blocked.iter().map(|chip| chip.filter.clone()).collect(),
            _ => Vec::new(),
        };
        let applied: Vec<Filter> = filters.into_iter().filter(|filter| !blocked.contains(filter)).collect();
        let expected = world.count(|sessions| world.passes(sessions, &applied));
        match panel {
            Panel::Data(view) => {
                for (bucket, expected) in expected.iter().enumerate() {
                    match (view.total[bucket], expected) {
                        (Some(total), Some(expected)) => prop_assert!(near(total, *expected), "{bucket}: {total} {expected} {applied:?}"),
                        (None, None) => {}
                        (total, expected) => prop_assert!(false, "{bucket}: {total:?} {expected:?}"),
                    }
                    let named: f64 = view.layers.iter().chain(&view.remainder).filter_map(|layer| layer.values[bucket]).sum();
                    prop_assert!(near(named, view.total[bucket].unwrap_or(0.0)), "{named}");
                }
                for layer in &view.layers {
                    let is_layer = |sessions: &Sessions| match slice {
                        Dimension::Sql => sessions.sql.as_ref().is_some_and(|id| world.digest(id).to_string() == layer.key),
                        slice => World::key(sessions, slice).as_deref() == Some(layer.key.as_str()),
                    };
                    let naive = world.count(|sessions| is_layer(sessions) && world.passes(sessions, &applied));
                    for (value, naive) in layer.values.iter().zip(naive) {
                        prop_assert!(near(value.unwrap_or(-1.0), naive.unwrap_or(-1.0)), "{}: {value:?} {naive:?}", layer.key);
                    }
                }
            }
            Panel::Empty => prop_assert!(expected.iter().flatten().all(|total| near(*total, 0.0)), "{expected:?}"),
            Panel::Trouble(trouble) => prop_assert!(expected.iter().all(Option::is_none), "{trouble:?}"),
        }
    }

    /// Rows, remainder and unattributed load sum to the total, whatever the filters, the order and
    /// the length; and each row's waits sum to its mean.
    #[test]
    fn tables_reconcile(world in worlds(), picks in picks(), limit in 0..8_usize, sort in 0..7_usize) {
        let query = DbLoadQuery {
            filters: picked(&world, &picks),
            sort: SortBy::ALL[sort],
            period: units::Period::from_secs(60),
            ..query(&world)
        };
        let (_folder, reader) = world.collected();
        if let Panel::Data(view) = runtime().block_on(rank_top_sql(&reader, &query, limit, later())).unwrap() {
            let sum: Aas = view.rows.iter().map(|row| row.mean).sum();
            prop_assert!(near(sum.0, view.total.0), "{} {}", sum.0, view.total.0);
            for row in &view.rows {
                let waits: Aas = row.waits.iter().map(|part| part.aas).sum();
                prop_assert!(near(waits.0 + row.mean_by_unknown_wait.0, row.mean.0));
                prop_assert!(row.mean.0 >= 0.0 && row.mean_by_unknown_wait.0 > -1e-9);
            }
            let digests = view.rows.iter().filter(|row| matches!(row.kind, RowKind::Digest(_))).count();
            prop_assert!(digests <= limit);
        }
        for dimension in [Dimension::Wait, Dimension::User, Dimension::Table] {
            if let Panel::Data(view) = runtime().block_on(rank_context(&reader, &query, dimension, later())).unwrap() {
                let sum: Aas = view.rows.iter().map(|row| row.mean).sum();
                prop_assert!(near(sum.0 + view.remainder.0, view.total.0));
            }
        }
    }
}
