//! Bits that rot cost the piece they are in, and it is said so.

use archive::Archive;
use rand::rngs::SmallRng;
use rand::{Rng, SeedableRng};
use samples::{BucketCover, GapReason, Grouping};
use units::{Dimension, Period};

use crate::fixture::{id, minute, minutes, one};

#[test]
fn a_damaged_block_is_left_out_and_told() {
    let dir = tempfile::tempdir().unwrap();
    let grouping = Grouping::by(Dimension::WaitType);
    let archive = Archive::open(dir.path()).unwrap();
    let batches: Vec<_> = (0..180).map(|at| one(&id("a"), &grouping, at, "CPU", 30)).collect();
    archive.append_all(&batches).unwrap();
    archive.seal(minute(1000)).unwrap();
    drop(archive);

    let mut random = SmallRng::seed_from_u64(1);
    for _ in 0..40 {
        let path = dir.path().join("archive.sqlite");
        let raw = rusqlite::Connection::open(&path).unwrap();
        let select = "SELECT rowid, bytes FROM block WHERE period = 60 ORDER BY start LIMIT 1 OFFSET 1";
        let (row, whole): (i64, Vec<u8>) = raw.query_row(select, [], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
        let mut damaged = whole.clone();
        let place = random.random_range(0..damaged.len());
        damaged[place] ^= 1 << random.random_range(0..8);
        raw.execute("UPDATE block SET bytes = ?1 WHERE rowid = ?2", (&damaged, row)).unwrap();

        let archive = Archive::open(dir.path()).unwrap();
        let matrix = archive.load(&id("a"), &grouping, minutes(0, 180), Period::MINUTE).unwrap();
        assert!(matrix.total[..60].iter().chain(&matrix.total[120..]).all(|value| *value == Some(0.5)));
        assert!(matrix.total[60..120].iter().all(Option::is_none), "a value out of a damaged block");
        assert_eq!(matrix.cover.buckets[60], BucketCover::Missing);
        assert!(matrix.cover.reasons.contains(&GapReason::Damaged));
        assert!(archive.health().damaged > 0);
        drop(archive);
        raw.execute("UPDATE block SET bytes = ?1 WHERE rowid = ?2", (&whole, row)).unwrap();
    }
}

#[test]
fn a_log_cut_anywhere_still_opens() {
    let dir = tempfile::tempdir().unwrap();
    let grouping = Grouping::by(Dimension::WaitType);
    let archive = Archive::open(dir.path()).unwrap();
    for at in 0..4 {
        archive.append(&one(&id("a"), &grouping, at, "CPU", 30)).unwrap();
    }
    let copy = |name: &str| std::fs::read(dir.path().join(name)).unwrap();
    let (file, log) = (copy("archive.sqlite"), copy("archive.sqlite-wal"));
    for length in (0..log.len()).step_by(997) {
        let torn = tempfile::tempdir().unwrap();
        std::fs::write(torn.path().join("archive.sqlite"), &file).unwrap();
        std::fs::write(torn.path().join("archive.sqlite-wal"), &log[..length]).unwrap();
        let reopened = Archive::open(torn.path()).unwrap();
        let before = reopened.load(&id("a"), &grouping, minutes(0, 10), Period::MINUTE).unwrap();
        let kept = before.total.iter().take_while(|value| value.is_some()).count();
        assert!(before.total[kept..].iter().all(Option::is_none), "a hole among the kept");
        reopened.append(&one(&id("a"), &grouping, 9, "CPU", 60)).unwrap();
        drop(reopened);
        let again = Archive::open(torn.path()).unwrap();
        let after = again.load(&id("a"), &grouping, minutes(0, 10), Period::MINUTE).unwrap();
        assert_eq!(after.total[..kept], before.total[..kept]);
        assert_eq!(after.total[9], Some(1.0));
    }
}
