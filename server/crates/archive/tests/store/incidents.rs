//! Incidents, their snapshots and notes.

use archive::Retention;
use samples::{AlarmSeries, Incident, IncidentNote, Point};
use units::{Timestamp, Window};

fn incident(id: &str, at: Timestamp) -> Incident {
    Incident {
        id: id.to_owned(),
        alarms: vec!["arn:aws:cloudwatch:us-east-1:111122223333:alarm:a".to_owned()],
        name: "a".to_owned(),
        resource: "orders-1".to_owned(),
        instance: None,
        at,
        window: Window::new(at.plus_secs(-1800), at.plus_secs(900)),
        taken_at: None,
        is_final: false,
    }
}

#[test]
fn incidents_outlive_their_minutes_and_go_with_their_snapshots() {
    let dir = tempfile::tempdir().unwrap();
    let archive = archive::Archive::open(dir.path()).unwrap();
    let at = Timestamp::from_secs(1_795_392_000);
    for (id, at) in [("old", at), ("new", at.plus_secs(86_400))] {
        archive.put_incident(&incident(id, at)).unwrap();
        archive.put_snapshot(id, id.as_bytes()).unwrap();
        let note = IncidentNote { at, written: at, by: String::new(), text: format!("of {id}") };
        archive.put_note(id, &note).unwrap();
    }
    let all = Window::new(Timestamp(0), at.plus_secs(10 * 86_400));
    let ids: Vec<String> = archive.incidents(all, 10).unwrap().into_iter().map(|one| one.id).collect();
    assert_eq!(ids, ["new", "old"], "the newest stands first");
    let done = Incident { is_final: true, ..incident("old", at) };
    archive.put_incident(&done).unwrap();
    assert_eq!(archive.incident("old").unwrap(), Some(done));

    let retention = Retention::default();
    archive.expire(at.plus_secs(i64::from(retention.minute_days) * 86_400 + 86_400), retention).unwrap();
    assert_eq!(archive.incidents(all, 10).unwrap().len(), 2, "they are kept longer than minutes");
    archive.expire(at.plus_secs(i64::from(retention.hour_days) * 86_400), retention).unwrap();
    assert_eq!(archive.incident("old").unwrap(), None);
    assert_eq!((archive.snapshot("old").unwrap(), archive.notes("old").unwrap().len()), (None, 0));
    assert_eq!(archive.snapshot("new").unwrap().as_deref(), Some("new".as_bytes()));
    assert_eq!(archive.notes("new").unwrap()[0].text, "of new");
}

#[test]
fn a_longer_answer_replaces_a_shorter_one_and_never_the_other_way() {
    let dir = tempfile::tempdir().unwrap();
    let archive = archive::Archive::open(dir.path()).unwrap();
    let from = Timestamp::from_secs(1_795_392_000);
    let series = |secs: i64, value: f64| AlarmSeries {
        arn: "a".to_owned(),
        period_secs: 60,
        window: Window::new(from, from.plus_secs(secs)),
        values: vec![Point { at: from, value }],
        lower: Vec::new(),
        upper: Vec::new(),
    };
    for (secs, value, expected) in [(600, 1.0, 1.0), (1200, 2.0, 2.0), (60, 3.0, 2.0)] {
        archive.put_alarm_series(&[series(secs, value)]).unwrap();
        let found = archive.alarm_series("a", Window::new(from, from.plus_secs(60))).unwrap();
        assert_eq!(found.iter().map(|one| one.values[0].value).collect::<Vec<_>>(), [expected]);
    }
    assert!(archive.alarm_series("a", Window::new(from.plus_secs(1200), from.plus_secs(1300))).unwrap().is_empty());
}
