//! Tiers and the health of targets.

use archive::Archive;
use samples::{TargetEvent, TargetHealth, Topology};

use crate::fixture::{minute, minutes};

fn target(id: &str, state: &str, seen: i64) -> TargetHealth {
    TargetHealth {
        group: "tg".into(),
        target: id.into(),
        port: Some(80),
        zone: None,
        state: state.into(),
        reason: if state == "healthy" { String::new() } else { "Target.Timeout".into() },
        description: String::new(),
        since: minute(seen),
        seen: minute(seen),
    }
}

#[test]
fn each_change_of_health_is_kept_once() {
    let dir = tempfile::tempdir().unwrap();
    let archive = Archive::open(dir.path()).unwrap();
    let at = |number: i64, targets: Vec<TargetHealth>| {
        archive.put_target_health(&["tg".to_owned()], targets, minute(number)).unwrap();
    };
    at(1, vec![target("a", "healthy", 1), target("b", "healthy", 1)]);
    at(2, vec![target("a", "healthy", 2), target("b", "unhealthy", 2)]);
    at(3, vec![target("a", "healthy", 3), target("b", "unhealthy", 3)]);
    at(4, vec![target("a", "healthy", 4)]);
    let events: Vec<(i64, String, String)> = archive
        .target_events("tg", minutes(0, 10))
        .unwrap()
        .into_iter()
        .map(|event| ((event.at.0 - minute(0).0) / 60_000, event.target, event.state))
        .collect();
    let event = |at: i64, id: &str, state: &str| (at, id.to_owned(), state.to_owned());
    let expected = [
        event(1, "a", "healthy"),
        event(1, "b", "healthy"),
        event(2, "b", "unhealthy"),
        event(4, "b", TargetEvent::GONE),
    ];
    assert_eq!(events, expected);
    let now = archive.topology().unwrap().targets;
    assert_eq!(now.len(), 1);
    assert_eq!((now[0].since, now[0].seen), (minute(1), minute(4)), "since when it has been so stays");
}

#[test]
fn a_topology_survives_a_new_start() {
    let dir = tempfile::tempdir().unwrap();
    let archive = Archive::open(dir.path()).unwrap();
    assert_eq!(archive.topology().unwrap(), Topology::default());
    let found = Topology { seen: Some(minute(3)), targets: vec![target("a", "healthy", 3)], ..Topology::default() };
    archive.put_topology(&found).unwrap();
    drop(archive);
    let again = Archive::open(dir.path()).unwrap();
    assert_eq!(again.topology().unwrap(), found);
    assert_eq!(again.target_events("tg", minutes(0, 10)).unwrap().len(), 1);
}
