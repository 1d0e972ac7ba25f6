//! Plans: read once, kept as long as hours.

use archive::{Archive, Retention};
use samples::{Plan, PlanFlaw, PlanNode};

use crate::fixture::{id, minute};

#[test]
fn a_tree_stays_when_the_source_has_forgotten_it() {
    let dir = tempfile::tempdir().unwrap();
    let archive = Archive::open(dir.path()).unwrap();
    let root = PlanNode { operation: "Seq Scan".to_owned(), ..PlanNode::default() };
    let known = Plan { id: "P1".to_owned(), asked: minute(0), root: Some(root), flaw: None };
    let flaw = Some(PlanFlaw::Unavailable { reason: "gone".to_owned() });
    let gone = Plan { asked: minute(1), root: None, flaw, ..known.clone() };
    for (instance, first, second) in [("a", &known, &gone), ("b", &gone, &known)] {
        archive.put_plan(&id(instance), first).unwrap();
        archive.put_plan(&id(instance), second).unwrap();
        let plans = archive.plans(&id(instance), &["P1", "P2"]).unwrap();
        assert_eq!(plans.keys().collect::<Vec<_>>(), ["P1"]);
        assert_eq!(plans["P1"], Plan { asked: second.asked, ..known.clone() });
    }
    let kept_days = i64::from(Retention::default().hour_days);
    archive.expire(minute(1).plus_secs(kept_days * 86_400), Retention::default()).unwrap();
    assert!(archive.plans(&id("a"), &["P1"]).unwrap().is_empty());
}
