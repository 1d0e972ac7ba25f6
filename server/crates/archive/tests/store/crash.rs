//! Killed at any moment, nothing acknowledged is lost and nothing is counted twice.

use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Command, Stdio};

use archive::Archive;
use rand::rngs::SmallRng;
use rand::{Rng, SeedableRng};
use samples::Grouping;
use units::{Dimension, Period};

use crate::fixture::{id, minute, minutes, one};

const CHILD: &str = "LOADLENS_ARCHIVE_CRASH_DIR";
const ROUNDS: usize = 6;

/// Not a test of its own: what the parent starts and kills. Appends minute after minute, sealing
/// now and then, and prints each minute only after it was acknowledged.
#[test]
fn crash_child() {
    let Some(dir) = std::env::var_os(CHILD) else { return };
    let archive = Archive::open(dir.as_ref()).unwrap();
    let grouping = Grouping::by(Dimension::WaitType);
    let next = archive.load(&id("a"), &grouping, minutes(0, 10_000), Period::MINUTE).unwrap();
    let first = next.total.iter().take_while(|value| value.is_some()).count();
    for at in i64::try_from(first).unwrap()..10_000 {
        let batches =
            [one(&id("a"), &grouping, at, "CPU", seconds(at)), one(&id("b"), &grouping, at, "IO", seconds(at))];
        archive.append_all(&batches).unwrap();
        writeln!(std::io::stdout(), "acknowledged {at}").unwrap();
        if at % 7 == 0 {
            archive.seal(minute(at)).unwrap();
        }
    }
}

fn seconds(at: i64) -> u32 {
    u32::try_from(at % 97).unwrap() + 1
}

#[test]
fn killed_at_random_points_nothing_is_lost() {
    let dir = tempfile::tempdir().unwrap();
    let mut random = SmallRng::seed_from_u64(7);
    let mut acknowledged = -1;
    for _ in 0..ROUNDS {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "crash::crash_child", "--nocapture"])
            .env(CHILD, dir.path())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let until = random.random_range(5..90);
        let mut lines = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        for _ in 0..until {
            line.clear();
            if lines.read_line(&mut line).unwrap() == 0 {
                break;
            }
            if let Some((_, at)) = line.trim_end().rsplit_once("acknowledged ") {
                acknowledged = at.parse::<i64>().unwrap();
            }
        }
        child.kill().unwrap();
        child.wait().unwrap();
        // What it printed before the signal reached it counts as acknowledged, too.
        let mut rest = String::new();
        lines.read_to_string(&mut rest).unwrap();
        let whole = rest.split_inclusive('\n').filter(|line| line.ends_with('\n'));
        acknowledged = whole
            .filter_map(|l| l.trim_end().rsplit_once("acknowledged ")?.1.parse().ok())
            .fold(acknowledged, i64::max);
        check(dir.path(), acknowledged);
    }
    assert!(acknowledged > 20, "the child hardly ran: {acknowledged}");
}

fn check(dir: &std::path::Path, acknowledged: i64) {
    let archive = Archive::open(dir).unwrap();
    let grouping = Grouping::by(Dimension::WaitType);
    for name in ["a", "b"] {
        let matrix = archive.load(&id(name), &grouping, minutes(0, acknowledged + 2), Period::MINUTE).unwrap();
        for at in 0..=acknowledged {
            let place = usize::try_from(at).unwrap();
            assert_eq!(matrix.total[place], Some(f64::from(seconds(at)) / 60.0), "{name} minute {at}");
            assert_eq!(matrix.series[0].values[place], matrix.total[place]);
        }
    }
    let whole_hours = acknowledged / 60;
    archive.seal(minute(acknowledged + 200)).unwrap();
    let hours = archive.load(&id("a"), &grouping, minutes(0, whole_hours * 60), Period::HOUR).unwrap();
    for hour in 0..whole_hours {
        let sum: u32 = (hour * 60..hour * 60 + 60).map(seconds).sum();
        let read = hours.total[usize::try_from(hour).unwrap()].unwrap();
        assert!((read - f64::from(sum) / 3600.0).abs() < 1e-9, "hour {hour}: {read}");
    }
}
