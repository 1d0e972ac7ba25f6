//! Counters, statistics, coverage, one-second data, and bytes a row.

use std::collections::BTreeMap;

use archive::Archive;
use rand::rngs::SmallRng;
use rand::{Rng, SeedableRng};
use samples::{
    Batch, BucketCover, CounterBatch, GapReason, Grouping, LoadBatch, LoadSeries, MetricName, Point, StatementStat,
    StatisticBatch,
};
use units::{Dimension, Period, Window};

use crate::fixture::{id, load, minute, minutes, one};

fn points(first: i64, values: &[f64]) -> Vec<Point> {
    (first..).zip(values).map(|(at, value)| Point { at: minute(at), value: *value }).collect()
}

fn counter(metric: &MetricName, first: i64, values: &[f64]) -> Batch {
    Batch::Counter(CounterBatch {
        instance: id("a"),
        metric: metric.clone(),
        period: Period::MINUTE,
        answered: minutes(first, first + 10),
        points: points(first, values),
    })
}

#[test]
fn counters_combine_by_their_statistic() {
    let dir = tempfile::tempdir().unwrap();
    let archive = Archive::open(dir.path()).unwrap();
    let mean = MetricName::cloudwatch("AWS/RDS", "CPUUtilization", "Average");
    let most = MetricName::cloudwatch("AWS/RDS", "DatabaseConnections", "Maximum");
    let never = MetricName::pi("os.cpuUtilization.total.avg");
    let values = [1.0, 2.0, 3.0, 4.0, 50.0, -1.0];
    archive.append_all(&[counter(&mean, 0, &values), counter(&most, 0, &values)]).unwrap();
    for _ in 0..2 {
        let metrics = [mean.clone(), most.clone(), never.clone()];
        let matrix = archive.counters(&id("a"), &metrics, minutes(0, 15), Period::FIVE_MINUTES).unwrap();
        assert_eq!(matrix.series[0].values, [Some(12.0), Some(-1.0), None]);
        assert_eq!(matrix.series[1].values, [Some(50.0), Some(-1.0), None]);
        assert_eq!(matrix.series[2].values, [None, None, None]);
        assert_eq!(matrix.series[0].cover.buckets, [BucketCover::Full, BucketCover::Partial, BucketCover::Pending]);
        archive.seal(minute(1000)).unwrap();
    }
}

#[test]
fn statistics_integrate_exactly() {
    let dir = tempfile::tempdir().unwrap();
    let archive = Archive::open(dir.path()).unwrap();
    let calls = [61.0, 7.0, 0.0, 12_345.0];
    let rates: Vec<f64> = calls.iter().map(|calls| calls / 60.0).collect();
    archive
        .append(&Batch::Statistic(StatisticBatch {
            instance: id("a"),
            stat: StatementStat::Calls,
            period: Period::MINUTE,
            answered: minutes(0, 5),
            series: vec![LoadSeries { key: "A1".into(), points: points(0, &rates) }],
        }))
        .unwrap();
    for _ in 0..2 {
        let stats = archive.statement_stats(&id("a"), &StatementStat::ALL, minutes(0, 10)).unwrap();
        assert_eq!(stats.sum("A1", StatementStat::Calls), Some(12_413.0));
        assert_eq!(stats.covered_secs[&StatementStat::Calls], 300);
        assert_eq!(stats.sum("A1", StatementStat::Rows), None);
        let series = archive.statement_series(&id("a"), StatementStat::Calls, minutes(0, 2), Period::MINUTE).unwrap();
        assert_eq!(series.series[0].values, [Some(61.0 / 60.0), Some(7.0 / 60.0)]);
        archive.seal(minute(1000)).unwrap();
    }
}

#[test]
fn gaps_and_what_is_not_collected_are_told_apart() {
    let dir = tempfile::tempdir().unwrap();
    let archive = Archive::open(dir.path()).unwrap();
    let grouping = Grouping::by(Dimension::WaitType);
    let cpu = Some(BTreeMap::from([("CPU".to_owned(), 60)]));
    archive.append(&load(&id("a"), &grouping, 0, &[cpu.clone(), None])).unwrap();
    archive.append(&load(&id("a"), &grouping, 5, &[cpu])).unwrap();
    archive.put_failure(&id("a"), minutes(2, 5), "throttled").unwrap();
    let matrix = archive.load(&id("a"), &grouping, minutes(0, 8), Period::MINUTE).unwrap();
    use BucketCover::{Full, Missing, Pending};
    assert_eq!(matrix.cover.buckets, [Full, Missing, Missing, Missing, Missing, Full, Pending, Pending]);
    assert_eq!(matrix.cover.collected_to, Some(minute(6)));
    let reasons = [GapReason::NoSamples, GapReason::NotCollected, GapReason::Failed("throttled".into())];
    assert_eq!(matrix.cover.reasons, reasons);
    let missing = archive.missing(&id("a"), &grouping, minutes(0, 8), Period::MINUTE).unwrap();
    assert_eq!(missing, [minutes(2, 5), minutes(6, 8)]);
    let totals = archive.totals(minutes(0, 8), Period::MINUTE).unwrap();
    assert_eq!(totals.instances[&id("a")], matrix);
}

#[test]
fn one_second_data_is_read_as_such_and_fills_minutes() {
    let dir = tempfile::tempdir().unwrap();
    let archive = Archive::open(dir.path()).unwrap();
    let grouping = Grouping::by(Dimension::WaitType);
    let window = Window::new(minute(2), minute(3));
    let total = (0..60).map(|s| Point { at: minute(2).plus_secs(s), value: f64::from(u8::from(s < 30)) }).collect();
    let batch = LoadBatch {
        instance: id("a"),
        grouping: grouping.clone(),
        period: Period::SECOND,
        answered: window,
        total,
        series: Vec::new(),
    };
    archive.append(&Batch::Load(batch)).unwrap();
    let seconds = archive.load(&id("a"), &grouping, window, Period::SECOND).unwrap();
    assert_eq!((seconds.total[29], seconds.total[30]), (Some(1.0), Some(0.0)));
    assert_eq!(archive.load(&id("a"), &grouping, window, Period::MINUTE).unwrap().total, [Some(0.5)]);
    archive.append(&one(&id("a"), &grouping, 2, "CPU", 31)).unwrap();
    assert_eq!(archive.load(&id("a"), &grouping, window, Period::MINUTE).unwrap().total, [Some(31.0 / 60.0)]);
}

/// Load rows like those of a busy instance: 25 digests by wait type under Zipf's law.
fn busy_hour(random: &mut SmallRng, hour: i64) -> (Vec<Batch>, usize) {
    let mut rows = 0;
    let mut batches = Vec::new();
    let digests: Vec<String> = (0_u64..40).map(|n| format!("{:040X}", n.wrapping_mul(0x9E37_79B9_7F4A_7C15))).collect();
    for first in (hour * 60..hour * 60 + 60).step_by(5) {
        for class in ["CPU", "IO", "Lock", "LWLock", "Client"] {
            let mut slots = Vec::new();
            for _ in 0..5 {
                let mut keys = BTreeMap::new();
                for (rank, digest) in digests.iter().enumerate() {
                    if random.random_bool(0.6 / (1.0 + rank as f64 / 10.0)) {
                        keys.insert(digest.clone(), random.random_range(1..(240 / (rank as u32 + 1)).max(3)));
                    }
                }
                rows += keys.len() + 1;
                slots.push(Some(keys));
            }
            let grouping = Grouping::by(Dimension::Sql).filtered(Dimension::WaitType, class);
            batches.push(load(&id("busy"), &grouping, first, &slots));
        }
    }
    (batches, rows)
}

#[test]
fn a_load_row_takes_few_bytes_all_in() {
    let dir = tempfile::tempdir().unwrap();
    let archive = Archive::open(dir.path()).unwrap();
    let mut random = SmallRng::seed_from_u64(3);
    let mut rows = 0;
    for hour in 0..48 {
        let (batches, count) = busy_hour(&mut random, hour);
        archive.append_all(&batches).unwrap();
        archive.seal(minute(hour * 60)).unwrap();
        rows += count;
    }
    archive.seal(minute(100_000)).unwrap();
    let raw = rusqlite::Connection::open(dir.path().join("archive.sqlite")).unwrap();
    let stored: i64 = raw.query_row("SELECT sum(length(bytes)) FROM block", [], |row| row.get(0)).unwrap();
    let tails: i64 = raw.query_row("SELECT count(*) FROM tail WHERE period < 3600", [], |row| row.get(0)).unwrap();
    assert_eq!(tails, 0);
    let bytes_a_row = stored as f64 / rows as f64;
    assert!(bytes_a_row <= 3.5, "{bytes_a_row:.2} bytes a row over {rows} rows");
}
