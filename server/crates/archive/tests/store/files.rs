//! Opening: once, never a newer format, and a copy at any time.

use archive::{Archive, Error, Retention};
use samples::Grouping;
use units::{Dimension, Period};

use crate::fixture::{id, minute, minutes, one};

#[test]
fn a_second_opener_is_told_who_holds_it() {
    let dir = tempfile::tempdir().unwrap();
    let first = Archive::open(dir.path()).unwrap();
    let error = Archive::open(dir.path()).unwrap_err();
    let own = std::process::id();
    assert!(matches!(error, Error::Locked { pid: Some(pid), .. } if pid == own), "{error}");
    assert!(error.to_string().contains(&format!("process {own}")), "{error}");
    drop(first);
    Archive::open(dir.path()).unwrap();
}

#[test]
fn a_newer_format_is_refused_by_name() {
    let dir = tempfile::tempdir().unwrap();
    drop(Archive::open(dir.path()).unwrap());
    let raw = rusqlite::Connection::open(dir.path().join("archive.sqlite")).unwrap();
    raw.pragma_update(None, "user_version", 99).unwrap();
    drop(raw);
    let error = Archive::open(dir.path()).unwrap_err();
    assert!(matches!(error, Error::TooNew { found: 99, .. }), "{error}");
    assert!(error.to_string().contains("archive.sqlite has format 99"), "{error}");
}

#[test]
fn a_backup_taken_live_opens() {
    let dir = tempfile::tempdir().unwrap();
    let grouping = Grouping::by(Dimension::WaitType);
    let archive = Archive::open(dir.path()).unwrap();
    archive.append(&one(&id("a"), &grouping, 0, "CPU", 30)).unwrap();
    let copy = tempfile::tempdir().unwrap();
    archive.backup(&copy.path().join("archive.sqlite")).unwrap();
    archive.append(&one(&id("a"), &grouping, 1, "CPU", 30)).unwrap();
    let matrix = Archive::open(copy.path()).unwrap().load(&id("a"), &grouping, minutes(0, 2), Period::MINUTE).unwrap();
    assert_eq!(matrix.total, [Some(0.5), None]);
}

#[test]
fn what_is_too_old_goes() {
    let dir = tempfile::tempdir().unwrap();
    let grouping = Grouping::by(Dimension::WaitType);
    let archive = Archive::open(dir.path()).unwrap();
    for at in [0, 3 * 1440] {
        archive.append(&one(&id("a"), &grouping, at, "CPU", 30)).unwrap();
    }
    archive.seal(minute(10 * 1440)).unwrap();
    let retention = Retention { minute_days: 2, ..Retention::default() };
    assert!(archive.expire(minute(4 * 1440), retention).unwrap() > 0);
    let read = |window, period| archive.load(&id("a"), &grouping, window, period).unwrap().total;
    assert_eq!(read(minutes(0, 1), Period::MINUTE), [None]);
    assert_eq!(read(minutes(3 * 1440, 3 * 1440 + 1), Period::MINUTE), [Some(0.5)]);
    assert_eq!(read(minutes(0, 60), Period::HOUR), [Some(0.5)], "the roll-up is kept longer");
}

#[test]
fn wrong_batches_are_refused_whole() {
    let dir = tempfile::tempdir().unwrap();
    let archive = Archive::open(dir.path()).unwrap();
    let grouping = Grouping::by(Dimension::WaitType);
    let good = one(&id("a"), &grouping, 0, "CPU", 30);
    let samples::Batch::Load(mut bad) = good.clone() else { panic!("a load batch") };
    bad.total[0].value = f64::NAN;
    let both = [good, samples::Batch::Load(bad.clone())];
    assert!(matches!(archive.append_all(&both), Err(Error::Invalid { .. })));
    bad.total[0].value = 1.0;
    bad.total[0].at = minute(5);
    assert!(matches!(archive.append(&samples::Batch::Load(bad.clone())), Err(Error::Invalid { .. })));
    bad.period = Period::from_secs(7).unwrap();
    assert!(matches!(archive.append(&samples::Batch::Load(bad)), Err(Error::Period(7))));
    let matrix = archive.load(&id("a"), &grouping, minutes(0, 1), Period::MINUTE).unwrap();
    assert_eq!(matrix.total, [None]);
}
