//! From a ranked row to its cause: the page of a digest, comparisons, deploys, other instances.
#![allow(clippy::unwrap_used)]

mod world;

use proptest::prelude::*;
use ranking::{CompareQuery, fetch_compare, fetch_sql_page, find_elsewhere, judge_deploys};
use units::{Aas, Compare, DbLoadQuery, Dimension, Period, TimePoint, TimeRange, Timestamp, Window};
use view::{CallFigure, ChangeCause, ChangeKind, CompareView, Panel, SqlPageView};
use world::{START, World, instance_id};

/// Four calm minutes, four with a hot row.
const BEFORE_AFTER: &str = "
UPD Lock:transactionid web   h1 | 0   0   0   0   6   6   6   6
UPD CPU                web   h1 | 0.4 0.4 0.4 0.4 0.4 0.4 0.4 0.4
SEL CPU                web   h2 | 1   1   1   1   1   1   1   1
OLD IO:DataFileRead    batch h2 | 2   2   2   2   0   0   0   0
NEW CPU                web   h1 | 0   0   0   0   0.5 0.5 0.5 0.5
-   CPU                -     h3 | 0.1 0.1 0.1 0.1 0.2 0.2 0.2 0.2
";

fn world() -> World {
    let mut world = World::read(BEFORE_AFTER);
    world.stats = [("UPD".to_owned(), (40.0, 400.0)), ("SEL".to_owned(), (88.0, 915.0))].into();
    world
}

fn halves() -> (Window, Window) {
    let middle = START.plus_secs(240);
    (Window::new(START, middle), Window::new(middle, START.plus_secs(480)))
}

fn later() -> Timestamp {
    START.plus_secs(86_400)
}

fn second_half() -> DbLoadQuery {
    let (_, after) = halves();
    DbLoadQuery {
        range: TimeRange { from: TimePoint::At(after.from), to: TimePoint::At(after.to) },
        compare: Compare::Previous,
        period: Period::from_secs(60),
        ..DbLoadQuery::new(instance_id())
    }
}

async fn page(world: &World, pi_id: &str) -> Option<Panel<SqlPageView>> {
    let (_folder, reader) = world.collected();
    fetch_sql_page(&reader, &second_half(), world.digest(pi_id), later()).await.unwrap()
}

#[tokio::test]
async fn a_statement_without_a_compare_window_says_how_it_stands() {
    let world = world();
    let (_folder, reader) = world.collected();
    let query = DbLoadQuery { compare: Compare::Off, ..second_half() };
    let found = fetch_sql_page(&reader, &query, world.digest("UPD"), later()).await.unwrap();
    let Some(Panel::Data(page)) = found else { panic!("{found:?}") };
    let said: Vec<_> = page.verdict.clauses.iter().map(|clause| (clause.rule.as_str(), &clause.values)).collect();
    let values = [("aas", "6.40"), ("share", "79\u{a0}%")].map(|(name, value)| (name.to_owned(), value.to_owned()));
    assert_eq!(said, [("sql_stands", &values.to_vec())]);
    assert_eq!(page.verdict.severity, view::Severity::Unknown);
}

#[tokio::test]
async fn a_blocked_statement_is_told_from_a_busier_one() {
    let Some(Panel::Data(page)) = page(&world(), "UPD").await else { panic!("no page") };
    assert_eq!(page.row.mean, Aas(6.4));
    assert_eq!(page.whole[0], Some(8.1));
    let layers: Vec<(&str, Option<f64>)> =
        page.load.layers.iter().map(|layer| (layer.key.as_str(), layer.values[0])).collect();
    assert_eq!(layers, [("CPU", Some(0.4)), ("Lock", Some(6.0))]);
    assert_eq!(page.load.ghost.unwrap().total, [Some(0.4); 4]);
    let change = page.change.unwrap();
    let parts: Vec<(ChangeCause, f64)> = change.parts.iter().map(|part| (part.cause.clone(), part.delta)).collect();
    assert_eq!(parts[0], (ChangeCause::Calls, 0.0));
    assert_eq!(parts[1], (ChangeCause::Latency(vec![units::WaitClass::Lock]), 6.0));
    let rules: Vec<&str> = page.verdict.clauses.iter().map(|clause| clause.rule.as_str()).collect();
    assert_eq!(rules, ["sql_changed", "sql_calls_latency", "sql_change_is_wait", "sql_blocked"]);
    let figures: Vec<(CallFigure, Option<f64>)> =
        page.calls.iter().map(|series| (series.figure, series.mean)).collect();
    assert_eq!(figures, [(CallFigure::Calls, Some(40.0)), (CallFigure::Latency, Some(10.0))]);
    assert_eq!(page.calls[1].values, [Some(10.0); 4]);
    assert_eq!(page.statement.tables, ["t0"]);
}

#[tokio::test]
async fn an_index_hypothesis_carries_the_load_of_all_who_could_share_it() {
    let mut world = world();
    world.texts = [
        ("UPD".to_owned(), "UPDATE inventory SET stock = stock - ? WHERE book_id = ?".to_owned()),
        ("SEL".to_owned(), "SELECT stock FROM inventory WHERE shop = ? AND book_id = ? ORDER BY added".to_owned()),
        ("NEW".to_owned(), "SELECT * FROM orders WHERE customer = ?".to_owned()),
    ]
    .into();
    let Some(Panel::Data(page)) = page(&world, "SEL").await else { panic!("no page") };
    let [index] = page.hypotheses.as_slice() else { panic!("{:?}", page.hypotheses) };
    assert_eq!((index.table.as_str(), index.digests), ("inventory", 2));
    assert_eq!(index.columns, ["book_id", "shop", "added"], "what most load asks for stands first");
    assert!((index.load.0 - 7.4).abs() < 1e-9, "6.4 of the update and 1 of the select: {:?}", index.load);
    let asked: Vec<(&str, &str, f64)> =
        index.asked.iter().map(|asked| (asked.column.as_str(), asked.role.as_str(), asked.load.0)).collect();
    assert_eq!(asked.iter().filter(|(column, ..)| *column == "book_id").count(), 1, "{asked:?}");
    let script = index.script.as_deref().unwrap();
    assert!(script.contains("hypopg_create_index('CREATE INDEX ON inventory (book_id, shop, added)')"), "{script}");
    assert!(script.contains("force_generic_plan") && !script.to_uppercase().contains("ANALYZE"), "{script}");
    let call = page.source.calls.join("\n");
    assert!(call.contains("--identifier db-WORLD") && call.contains("db.sql_tokenized"), "{call}");
}

#[tokio::test]
async fn a_text_finds_what_ran() {
    let world = world();
    let (_folder, reader) = world.collected();
    let now = START.plus_secs(7200);
    let found = ranking::find(&reader, "Select UPD", now).await.unwrap();
    assert_eq!(found.digests.len(), 1);
    assert_eq!(found.digests[0].digest, world.digest("UPD"));
    assert_eq!(ranking::find(&reader, "orders", now).await.unwrap().instances.len(), 1);
    assert_eq!(ranking::find(&reader, " ", now).await.unwrap(), view::FoundView::default());
}

#[tokio::test]
async fn new_gone_and_unknown_statements_have_their_pages() {
    let world = world();
    let Some(Panel::Data(new)) = page(&world, "NEW").await else { panic!("no page") };
    assert_eq!(new.change.unwrap().parts[0].cause, ChangeCause::New);
    let Some(Panel::Data(gone)) = page(&world, "OLD").await else { panic!("no page") };
    assert_eq!(gone.change.unwrap().parts[0].delta, -2.0);
    assert!(page(&world, "NOBODY").await.is_none());
}

async fn compared(world: &World) -> CompareView {
    let (_folder, reader) = world.collected();
    let (before, after) = halves();
    let query = CompareQuery { before: (instance_id(), before), after: (instance_id(), after) };
    match fetch_compare(&reader, &query, later()).await.unwrap() {
        Panel::Data(view) => view,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn two_windows_are_compared_by_hand() {
    let view = compared(&world()).await;
    let rows: Vec<(&str, ChangeKind, f64)> =
        view.digests.iter().map(|row| (row.statement.as_str(), row.kind, row.change())).collect();
    assert_eq!(
        rows,
        [
            ("SELECT upd FROM t0", ChangeKind::More, 6.0),
            ("SELECT old FROM t0", ChangeKind::Gone, -2.0),
            ("SELECT new FROM t0", ChangeKind::New, 0.5),
            ("SELECT sel FROM t0", ChangeKind::More, 0.0),
        ]
    );
    assert!((view.digests_rest - 0.1).abs() < 1e-9, "load without a statement doubled");
    let waits = view.dimensions.iter().find(|dimension| dimension.dimension == Dimension::Wait).unwrap();
    assert_eq!((waits.rows[0].key.as_str(), waits.rows[0].after), ("Lock:transactionid", Aas(6.0)));
}

#[tokio::test]
async fn a_deploy_gets_its_card() {
    let world = world();
    let (_folder, reader) = world.collected();
    let deploy = samples::Marker {
        at: START.plus_secs(250),
        kind: samples::MarkerKind::Deploy,
        instance: None,
        label: "checkout 2.31.0".to_owned(),
    };
    reader.archive().put_markers(&[deploy]).unwrap();
    let window = world.window();
    let cards = judge_deploys(&reader, &instance_id(), window, later()).await.unwrap();
    assert_eq!(cards.len(), 1);
    assert_eq!((cards[0].mean, cards[0].label.as_str()), ((Some(Aas(3.5)), Some(Aas(8.1))), "checkout 2.31.0"));
    assert_eq!(cards[0].digests[0].statement, "SELECT upd FROM t0");
}

#[tokio::test]
async fn a_digest_is_found_where_it_runs() {
    let world = world();
    let (_folder, reader) = world.collected();
    let range = second_half().range;
    let found = find_elsewhere(&reader, world.digest("UPD"), &range, later()).await.unwrap();
    assert_eq!(found.rows.len(), 1);
    assert_eq!(
        (found.rows[0].name.as_str(), found.rows[0].mean, found.rows[0].calls_per_sec),
        ("orders-1", Aas(6.4), Some(40.0))
    );
}

fn aas() -> impl Strategy<Value = Vec<f64>> {
    proptest::collection::vec(prop_oneof![Just(0.0), 0.01..9.0], 8)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    /// The changes of digests and the rest sum to the change of the load; so do those of every other
    /// dimension; and the parts of each digest sum to its change.
    #[test]
    fn comparisons_reconcile(a in aas(), b in aas(), c in aas()) {
        let line = |who: &str, values: &[f64]| {
            let values: Vec<String> = values.iter().map(ToString::to_string).collect();
            format!("{who} | {}", values.join(" "))
        };
        let mut world = World::read(&[line("A CPU web h1", &a), line("B Lock:tuple web h2", &b), line("- CPU x h1", &c)].join("\n"));
        world.stats = [("A".to_owned(), (40.0, 400.0))].into();
        let whole: f64 = world.count(|_| true).into_iter().flatten().sum();
        prop_assume!(whole > 0.0);
        let view = tokio::runtime::Builder::new_multi_thread().worker_threads(1).build().unwrap().block_on(compared(&world));
        let change = view.after.mean.unwrap().0 - view.before.mean.unwrap().0;
        let digests: f64 = view.digests.iter().map(view::CompareDigest::change).sum();
        prop_assert!((digests + view.digests_rest - change).abs() < 1e-6);
        for digest in &view.digests {
            let parts: f64 = digest.parts.iter().map(|part| part.delta).sum();
            prop_assert!((parts - digest.change()).abs() < 1e-6, "{digest:?}");
        }
        for dimension in &view.dimensions {
            let rows: f64 = dimension.rows.iter().map(|row| row.after.0 - row.before.0).sum();
            prop_assert!((rows + dimension.rest - change).abs() < 1e-6, "{}", dimension.dimension);
        }
    }
}
