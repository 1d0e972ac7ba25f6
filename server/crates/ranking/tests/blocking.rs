//! Who blocks whom: what was lost to each blocker, and the trees of a moment.
#![allow(clippy::unwrap_used)]

mod world;

use std::collections::BTreeSet;

use archive::Archive;
use ranking::{BlockingQuery, Reader, fetch_blocking};
use samples::{
    Batch, Grouping, LoadBatch, LoadSeries, LockSnapshot, LockedSession, Point, SnapshotFlaw, Statement, Wanted, Wants,
};
use units::{Aas, Compare, DbLoadQuery, DigestId, Dimension, Period, TimePoint, TimeRange, Timestamp, Window};
use view::{BlockingFlaw, BlockingView, Panel, Trouble};
use world::{START, instance, instance_id, statement};

const MINUTES: i64 = 4;

fn window() -> Window {
    Window::new(START, START.plus_secs(60 * MINUTES))
}

fn query(at: Option<Timestamp>, digest: Option<DigestId>) -> BlockingQuery {
    let load = DbLoadQuery {
        range: TimeRange { from: TimePoint::At(window().from), to: TimePoint::At(window().to) },
        compare: Compare::Off,
        period: Period::from_secs(60),
        ..DbLoadQuery::new(instance_id())
    };
    BlockingQuery { load, at, digest }
}

fn points(values: [f64; 4]) -> Vec<Point> {
    values.into_iter().zip(0..).map(|(value, minute)| Point { at: START.plus_secs(60 * minute), value }).collect()
}

/// Load of 5, of which session 10 costs 2 and session 20 costs 1 in the later half.
fn batch(group: Dimension, rows: &[(&str, [f64; 4])]) -> Batch {
    let series = rows.iter().map(|(key, values)| LoadSeries { key: (*key).to_owned(), points: points(*values) });
    Batch::Load(LoadBatch {
        instance: instance_id(),
        grouping: Grouping::by(group),
        period: Period::MINUTE,
        answered: window(),
        total: points([5.0; 4]),
        series: series.collect(),
    })
}

fn session(id: &str, blocked_by: &[&str]) -> LockedSession {
    LockedSession {
        session: id.to_owned(),
        blocked_by: blocked_by.iter().map(|id| (*id).to_owned()).collect(),
        state: Some(if blocked_by.is_empty() { "idle in transaction" } else { "active" }.to_owned()),
        digest: (id == "30").then(|| DigestId::new(1, 30)),
        ..LockedSession::default()
    }
}

fn snapshot(at: Timestamp) -> LockSnapshot {
    let sessions = vec![session("10", &[]), session("20", &["10"]), session("30", &["20"]), session("40", &["10"])];
    LockSnapshot { at, sessions, flaw: None }
}

/// Everything about blocking is kept; what is asked for beyond it brings `fetched`.
fn reader(offers: &[&str], kept: Option<LockSnapshot>, fetched: Option<LockSnapshot>) -> (tempfile::TempDir, Reader) {
    let folder = tempfile::tempdir().unwrap();
    let archive = Archive::open(folder.path()).unwrap();
    archive.put_instances(&[instance()]).unwrap();
    let groups: BTreeSet<String> = offers.iter().map(|group| (*group).to_owned()).collect();
    archive.put_offers(&instance_id(), &groups).unwrap();
    let halves = [0.0, 0.0, 4.0, 4.0];
    archive
        .append_all(&[
            batch(Dimension::WaitType, &[("Lock", [0.0, 0.0, 3.0, 3.0])]),
            batch(Dimension::BlockingSession, &[("10", halves), ("20", [1.0; 4])]),
            batch(Dimension::BlockingSql, &[("B1", halves), ("B2", [1.0; 4])]),
            batch(Dimension::BlockingObject, &[("stock (0,1)", halves)]),
        ])
        .unwrap();
    if let Some(kept) = kept {
        archive.put_lock_snapshot(&instance_id(), &kept).unwrap();
    }
    let asked = archive.clone();
    let wants = Wants::new(move |wanted| {
        let (archive, fetched) = (asked.clone(), fetched.clone());
        Box::pin(async move {
            if let (Wanted::LockSnapshot { .. }, Some(fetched)) = (&wanted, fetched) {
                archive.put_lock_snapshot(&instance_id(), &fetched).unwrap();
            }
            Ok(())
        })
    });
    (folder, Reader::new(archive, wants))
}

const OFFERS: [&str; 3] = ["db.blocking_session", "db.blocking_sql", "db.blocking_object"];

async fn view(reader: &Reader, query: &BlockingQuery) -> BlockingView {
    match fetch_blocking(reader, query, START.plus_secs(86_400)).await.unwrap() {
        Panel::Data(view) => view,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn load_lost_to_each_blocker_and_the_root_first() {
    let at = START.plus_secs(130);
    let (_folder, reader) = reader(&OFFERS, Some(snapshot(at)), None);
    let view = view(&reader, &query(None, None)).await;
    assert_eq!((view.lost, view.total), (Aas(3.0), Aas(5.0)));
    let rows: Vec<(&str, Aas)> = view.sessions.iter().map(|row| (row.label.as_str(), row.lost)).collect();
    assert_eq!(rows, [("10", Aas(2.0)), ("20", Aas(1.0))]);
    assert_eq!(view.objects[0].label, "stock (0,1)");
    assert_eq!((view.at, view.waiting), (Some(at), 3));
    assert_eq!(view.roots.len(), 1);
    let root = &view.roots[0];
    assert_eq!((root.session.as_str(), root.blocked_count, root.facts.idle_in_transaction), ("10", 3, true));
    assert_eq!(root.blocked[0].session, "20", "who has most behind it stands first");
    assert_eq!(view.moments.len(), 1);
}

#[tokio::test]
async fn a_moment_that_is_not_kept_is_asked_for() {
    let at = START.plus_secs(200);
    // Snapshots are taken every quarter of a minute: the one before the moment answers.
    let (_folder, reader) = reader(&OFFERS, None, Some(snapshot(at.plus_secs(-5))));
    let view = view(&reader, &query(Some(at), None)).await;
    assert_eq!((view.at, view.waiting), (Some(at.plus_secs(-5)), 3));
}

#[tokio::test]
async fn a_statement_has_what_it_lost_what_it_caused_and_its_trees() {
    let digest = DigestId::new(1, 30);
    let (_folder, reader) = reader(&OFFERS, Some(snapshot(START.plus_secs(130))), None);
    let archive = reader.archive();
    archive.put_statements(&[update("S1", Dimension::Sql), update("B1", Dimension::BlockingSql)]).unwrap();
    for group in [Dimension::BlockingSession, Dimension::BlockingSql, Dimension::BlockingObject] {
        let Batch::Load(mut load) = batch(group, &[("20", [1.0; 4])]) else { panic!("a load batch") };
        load.grouping = load.grouping.filtered(Dimension::Sql, "S1");
        load.total = points([1.5; 4]);
        archive.append(&Batch::Load(load)).unwrap();
    }
    let inside = view(&reader, &query(None, Some(digest))).await;
    assert_eq!((inside.lost, inside.total), (Aas(1.0), Aas(1.5)));
    assert_eq!(inside.caused, Some(Aas(2.0)), "what others lost to sessions that run it");
    assert_eq!(inside.roots.len(), 1, "it waits in this tree");
    let (_folder, elsewhere) = reader_of_others();
    assert!(view(&elsewhere, &query(None, Some(DigestId::new(1, 31)))).await.roots.is_empty());
}

/// The same, asked about a statement that stands in no tree.
fn reader_of_others() -> (tempfile::TempDir, Reader) {
    let (folder, reader) = reader(&OFFERS, Some(snapshot(START.plus_secs(130))), None);
    let archive = reader.archive();
    archive.put_statements(&[Statement { digest: DigestId::new(1, 31), ..update("S2", Dimension::Sql) }]).unwrap();
    for group in [Dimension::BlockingSession, Dimension::BlockingSql, Dimension::BlockingObject] {
        let Batch::Load(mut load) = batch(group, &[]) else { panic!("a load batch") };
        load.grouping = load.grouping.filtered(Dimension::Sql, "S2");
        archive.append(&Batch::Load(load)).unwrap();
    }
    (folder, reader)
}

fn update(pi_id: &str, dimension: Dimension) -> Statement {
    Statement {
        dimension,
        kind: "update".to_owned(),
        tables: vec!["stock".to_owned()],
        ..statement(pi_id, "update stock set copies = ?", DigestId::new(1, 30))
    }
}

#[tokio::test]
async fn what_cannot_be_told_is_said() {
    let (_folder, without) = reader(&["db.user"], None, None);
    let panel = fetch_blocking(&without, &query(None, None), START.plus_secs(86_400)).await.unwrap();
    assert_eq!(panel, Panel::Trouble(Trouble::NotCollected { what: "db.blocking_session".to_owned() }));

    let flaw = Some(SnapshotFlaw::UnknownShape { columns: 4 });
    let strange = LockSnapshot { at: START.plus_secs(190), sessions: Vec::new(), flaw };
    let (_folder, reader) = reader(&OFFERS, None, Some(strange));
    let view = view(&reader, &query(None, None)).await;
    assert_eq!(view.flaw, Some(BlockingFlaw::UnknownShape { columns: 4 }));
    assert!(view.roots.is_empty());
    assert_eq!(view.lost, Aas(3.0), "lists do not depend on the snapshot");
}
