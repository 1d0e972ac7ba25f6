//! How a statement was executed: its load by plan, when plans changed, and why there are none.
#![allow(clippy::unwrap_used)]

mod world;

use std::collections::BTreeSet;

use archive::Archive;
use ranking::{Reader, fetch_plans};
use samples::{Batch, Grouping, LoadBatch, LoadSeries, Plan, PlanFlaw, PlanNode, Point, Refusal, Wanted, Wants};
use units::{Aas, Compare, DbLoadQuery, DigestId, Dimension, Period, TimePoint, TimeRange, Timestamp, Window};
use view::{NoPlan, Panel, PlansView, Trouble};
use world::{START, instance, instance_id, statement};

const DIGEST: DigestId = DigestId::new(1, 30);

fn window() -> Window {
    Window::new(START, START.plus_secs(240))
}

fn query() -> DbLoadQuery {
    DbLoadQuery {
        range: TimeRange { from: TimePoint::At(window().from), to: TimePoint::At(window().to) },
        compare: Compare::Off,
        period: Period::from_secs(60),
        ..DbLoadQuery::new(instance_id())
    }
}

fn points(values: [f64; 4]) -> Vec<Point> {
    values.into_iter().zip(0..).map(|(value, minute)| Point { at: START.plus_secs(60 * minute), value }).collect()
}

fn load(grouping: Grouping, total: [f64; 4], rows: &[(&str, [f64; 4])]) -> Batch {
    let series = rows.iter().map(|(key, values)| LoadSeries { key: (*key).to_owned(), points: points(*values) });
    Batch::Load(LoadBatch {
        instance: instance_id(),
        grouping,
        period: Period::MINUTE,
        answered: window(),
        total: points(total),
        series: series.collect(),
    })
}

fn plan(id: &str, operation: &str) -> Plan {
    let root = PlanNode { operation: operation.to_owned(), ..PlanNode::default() };
    Plan { id: id.to_owned(), asked: START, root: Some(root), flaw: None }
}

/// An archive with the statement, whose load of 2 has these plans; what is wanted beyond it is answered
/// by `answer`.
fn reader(
    groups: &[&str],
    rows: &[(&str, [f64; 4])],
    of_all: &[(&str, [f64; 4])],
    answer: impl Fn(&Archive, &Wanted) -> Result<(), Refusal> + Clone + Send + Sync + 'static,
) -> (tempfile::TempDir, Reader) {
    let folder = tempfile::tempdir().unwrap();
    let archive = Archive::open(folder.path()).unwrap();
    archive.put_instances(&[instance()]).unwrap();
    let groups: BTreeSet<String> = groups.iter().map(|group| (*group).to_owned()).collect();
    archive.put_offers(&instance_id(), &groups).unwrap();
    archive.put_statements(&[statement("S1", "select ?", DIGEST)]).unwrap();
    let of_statement = |group| Grouping::by(group).filtered(Dimension::Sql, "S1");
    archive
        .append_all(&[
            load(Grouping::total(), [5.0; 4], &[("CPU", [5.0; 4])]),
            load(of_statement(Dimension::WaitType), [2.0; 4], &[("CPU", [2.0; 4])]),
            load(of_statement(Dimension::Plan), [2.0; 4], rows),
            load(Grouping::by(Dimension::Plan), [5.0; 4], of_all),
        ])
        .unwrap();
    let asked = archive.clone();
    let wants = Wants::new(move |wanted| {
        let outcome = answer(&asked, &wanted);
        Box::pin(async move { outcome })
    });
    (folder, Reader::new(archive, wants))
}

async fn panel(reader: &Reader) -> Panel<PlansView> {
    fetch_plans(reader, &query(), DIGEST, START.plus_secs(86_400)).await.unwrap()
}

async fn view(reader: &Reader) -> PlansView {
    match panel(reader).await {
        Panel::Data(view) => view,
        other => panic!("{other:?}"),
    }
}

fn nothing_comes(_: &Archive, _: &Wanted) -> Result<(), Refusal> {
    Ok(())
}

#[tokio::test]
async fn load_by_plan_adds_up_and_a_flip_is_found() {
    let rows = [("AAAAAAAAAA", [2.0, 1.5, 0.0, 0.0]), ("BBBBBBBBBB", [0.0, 0.0, 1.0, 1.5])];
    let (_folder, reader) = reader(&["db.plans"], &rows, &rows, |archive, wanted| {
        let Wanted::Plans { ids, .. } = wanted else { return Ok(()) };
        assert_eq!(ids, &["AAAAAAAAAA", "BBBBBBBBBB"]);
        archive.put_plan(&instance_id(), &plan("AAAAAAAAAA", "Index Scan")).unwrap();
        let flaw = Some(PlanFlaw::UnknownShape);
        archive.put_plan(&instance_id(), &Plan { root: None, flaw, ..plan("BBBBBBBBBB", "") }).unwrap();
        Ok(())
    });
    let view = view(&reader).await;
    let loads: Vec<(&str, Aas)> = view.plans.iter().map(|plan| (plan.label.as_str(), plan.mean)).collect();
    assert_eq!(loads, [("AAAAAAAA", Aas(0.875)), ("BBBBBBBB", Aas(0.625))]);
    assert_eq!(view.unknown, Aas(0.5), "the rest of 2 has no plan");
    assert_eq!((view.plans[0].steps[0].operation.as_str(), view.plans[0].flaw.as_ref()), ("Index Scan", None));
    assert!(view.plans[1].steps.is_empty() && view.plans[1].flaw == Some(view::PlanFlaw::UnknownShape));
    let flips: Vec<(Timestamp, &str)> = view.flips.iter().map(|flip| (flip.at, flip.to.as_str())).collect();
    assert_eq!(flips, [(START.plus_secs(120), "BBBBBBBB")]);
    assert_eq!((view.plans[0].first, view.plans[0].last), (Some(START), Some(START.plus_secs(60))));
    assert_eq!(view.none, None);
}

#[tokio::test]
async fn each_reason_for_no_plan_is_told_apart() {
    let others = [("CCCCCCCCCC", [3.0; 4])];
    let cases = [
        (&["db.user"][..], &[][..], NoPlan::NotOffered),
        (&["db.plans"], &[], NoPlan::CaptureOff),
        (&["db.plans"], &others, NoPlan::NotCaptured),
    ];
    for (groups, of_all, expected) in cases {
        let (_folder, reader) = reader(groups, &[], of_all, nothing_comes);
        let view = view(&reader).await;
        assert_eq!((view.none, view.plans.len()), (Some(expected), 0));
        assert!(view.explain.is_some_and(|script| script.contains("EXPLAIN")), "the script is there in its place");
    }
    let (_folder, denied) = reader(&["db.plans"], &others, &others, |_, wanted| match wanted {
        Wanted::Plans { .. } => {
            Err(Refusal::Denied { action: "pi:GetDimensionKeyDetails".into(), resource: "*".into() })
        }
        _ => Ok(()),
    });
    let refused = view(&denied).await.plans.remove(0).flaw;
    assert!(matches!(refused, Some(view::PlanFlaw::NotFetched(Some(Trouble::Denied { .. })))), "{refused:?}");
}

#[tokio::test]
async fn a_plan_that_is_known_is_not_lost_or_asked_for_again() {
    let rows = [("AAAAAAAAAA", [1.0; 4])];
    let (_folder, reader) = reader(&["db.plans"], &rows, &rows, |_, wanted| panic!("{wanted:?}"));
    let archive = reader.archive();
    archive.put_plan(&instance_id(), &plan("AAAAAAAAAA", "Seq Scan")).unwrap();
    let flaw = Some(PlanFlaw::Unavailable { reason: "gone".to_owned() });
    archive.put_plan(&instance_id(), &Plan { root: None, flaw, ..plan("AAAAAAAAAA", "") }).unwrap();
    assert_eq!(view(&reader).await.plans[0].steps[0].operation, "Seq Scan");
}
