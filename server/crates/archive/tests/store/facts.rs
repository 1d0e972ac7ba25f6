//! Instances, statements, counters of calls.

use archive::Archive;
use samples::{ApiCalls, Instance, Marker, MarkerKind, PiState, Statement, Vcpus};
use units::{DigestId, Dimension, Engine, Timestamp};

use crate::fixture::{id, minute, minutes};

fn instance(name: &str, seen: i64) -> Instance {
    Instance {
        id: id(name),
        name: name.into(),
        arn: format!("arn:aws:rds:us-east-1:123456789012:db:{name}"),
        account: "123456789012".into(),
        region: "us-east-1".into(),
        engine: Engine::Postgres,
        engine_version: "18.1".into(),
        class: "db.r7g.large".into(),
        status: "available".into(),
        multi_az: false,
        cluster: None,
        replica_of: None,
        pi: PiState::On,
        retention_days: Some(7),
        vcpus: None,
        max_connections: None,
        simulated: false,
        first_seen: minute(seen),
        last_seen: minute(seen),
    }
}

fn statement(pi_id: &str, digest: u128, truncated: bool) -> Statement {
    Statement {
        pi_id: pi_id.into(),
        db_id: None,
        dimension: Dimension::Sql,
        parent: None,
        engine: Engine::Postgres,
        digest: DigestId::new(1, digest),
        digest_version: 1,
        normal_form: "select ?".into(),
        masked: "SELECT ?".into(),
        kind: "select".into(),
        tables: Vec::new(),
        tags: Vec::new(),
        truncated,
        literals: Vec::new(),
        tree: !truncated,
        first_seen: minute(0),
        last_seen: minute(0),
    }
}

#[test]
fn first_sight_and_vcpus_stay() {
    let dir = tempfile::tempdir().unwrap();
    let archive = Archive::open(dir.path()).unwrap();
    let vcpus = Some(Vcpus { count: 2.0, origin: "os.general.numVCPUs".into() });
    archive.put_instances(&[Instance { vcpus: vcpus.clone(), ..instance("a", 1) }]).unwrap();
    let by_class = Some(Vcpus { count: 4.0, origin: "instance class db.r7g.large".into() });
    let renamed = Instance { name: "renamed".into(), vcpus: by_class.clone(), ..instance("a", 9) };
    archive.put_instances(&[renamed.clone(), instance("b", 9)]).unwrap();
    let read = archive.instances().unwrap();
    assert_eq!(read.len(), 2);
    assert_eq!((read[0].name.as_str(), read[0].first_seen, read[0].last_seen), ("renamed", minute(1), minute(9)));
    assert_eq!(read[0].vcpus, vcpus, "what was measured beats the table of classes");
    archive.put_instances(&[Instance { class: "db.r7g.xlarge".into(), ..renamed }]).unwrap();
    assert_eq!(archive.instances().unwrap()[0].vcpus, by_class, "but not after a change of class");
}

#[test]
fn a_full_text_corrects_the_digest_and_a_cut_one_never_does() {
    let dir = tempfile::tempdir().unwrap();
    let archive = Archive::open(dir.path()).unwrap();
    archive.put_statements(&[statement("A1", 1, true)]).unwrap();
    assert_eq!(archive.truncated_statements(9).unwrap().len(), 1);
    archive.put_statements(&[statement("A1", 2, false)]).unwrap();
    archive.put_statements(&[Statement { last_seen: minute(600), ..statement("A1", 1, true) }]).unwrap();
    let read = archive.statements(&["A1", "nobody"]).unwrap();
    assert_eq!(read.len(), 1);
    assert_eq!(read["A1"].digest, DigestId::new(1, 2));
    assert_eq!(read["A1"].last_seen, minute(600));
    assert!(archive.truncated_statements(9).unwrap().is_empty());
    assert_eq!(archive.statements_of(DigestId::new(1, 2)).unwrap().len(), 1);
    let again = archive.relink(2, |old| Statement { digest: DigestId::new(2, 7), digest_version: 2, ..old.clone() });
    assert_eq!(again.unwrap(), 1);
    assert_eq!(archive.statements(&["A1"]).unwrap()["A1"].digest, DigestId::new(2, 7));
    for old in [DigestId::new(1, 1), DigestId::new(1, 2), DigestId::new(2, 7)] {
        assert_eq!(archive.current_digest(old).unwrap(), DigestId::new(2, 7), "an old address still leads there");
    }
    assert_eq!(archive.current_digest(DigestId::new(1, 99)).unwrap(), DigestId::new(1, 99));
}

#[test]
fn a_digest_that_some_statements_keep_is_itself() {
    let dir = tempfile::tempdir().unwrap();
    let archive = Archive::open(dir.path()).unwrap();
    archive.put_statements(&[statement("A1", 1, true), statement("B1", 1, true)]).unwrap();
    archive.put_statements(&[statement("A1", 2, false)]).unwrap();
    assert_eq!(archive.current_digest(DigestId::new(1, 1)).unwrap(), DigestId::new(1, 1));
    archive.put_statements(&[statement("B1", 3, false)]).unwrap();
    assert_eq!(archive.current_digest(DigestId::new(1, 1)).unwrap(), DigestId::new(1, 3));
}

#[test]
fn calls_add_up_and_markers_are_kept_once() {
    let dir = tempfile::tempdir().unwrap();
    let archive = Archive::open(dir.path()).unwrap();
    let calls = ApiCalls { day: 3, api: "pi:GetResourceMetrics".into(), calls: 2, billed_units: 2 };
    archive.add_api_calls(&[calls.clone(), calls]).unwrap();
    assert_eq!(archive.api_calls(3, 4).unwrap()[0].calls, 4);
    let marker = Marker { at: minute(5), kind: MarkerKind::Deploy, instance: None, label: "v2".into() };
    archive.put_markers(&[marker.clone(), marker.clone()]).unwrap();
    assert_eq!(archive.markers(&id("a"), minutes(0, 10)).unwrap(), [marker]);
    assert!(archive.markers(&id("a"), minutes(6, 10)).unwrap().is_empty());
    archive.put_setting("zone", "UTC").unwrap();
    assert_eq!(archive.setting("zone").unwrap().as_deref(), Some("UTC"));
    assert_eq!(archive.setting("none").unwrap(), None);
    assert_eq!(Timestamp::from_secs(0), Timestamp(0));
}
