//! Any order of appending, sealing and reopening answers as a plain map would.

use std::collections::BTreeMap;

use archive::Archive;
use proptest::prelude::*;
use samples::{BucketCover, Grouping};
use units::{Dimension, Period};

use crate::fixture::{id, load, minute, minutes};

type Slot = Option<BTreeMap<String, u32>>;

#[derive(Clone, Debug)]
enum Step {
    Append { instance: u8, grouping: u8, first: i64, slots: Vec<Slot> },
    Seal { hours: i64 },
    Reopen,
}

fn slot() -> impl Strategy<Value = Slot> {
    let keys = prop::collection::btree_map("[a-e]", 0_u32..400, 0..4);
    prop::option::weighted(0.8, keys)
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        6 => (0_u8..2, 0_u8..3, 0_i64..300, prop::collection::vec(slot(), 1..90))
            .prop_map(|(instance, grouping, first, slots)| Step::Append { instance, grouping, first, slots }),
        2 => (0_i64..10).prop_map(|hours| Step::Seal { hours }),
        1 => Just(Step::Reopen),
    ]
}

fn grouping(number: u8) -> Grouping {
    match number {
        0 => Grouping::by(Dimension::WaitType),
        1 => Grouping::by(Dimension::Sql),
        _ => Grouping::by(Dimension::Sql).filtered(Dimension::WaitType, "Lock"),
    }
}

/// (instance, grouping, minute) → what the last answer for it said.
type Model = BTreeMap<(u8, u8, i64), Slot>;

/// Mean of a key over the covered minutes of a bucket; `None` without any.
fn expected(model: &Model, place: (u8, u8), first: i64, count: i64, key: Option<&str>) -> Option<f64> {
    let covered: Vec<_> =
        (first..first + count).filter_map(|at| model.get(&(place.0, place.1, at))?.as_ref()).collect();
    let seconds = |slot: &BTreeMap<String, u32>| match key {
        Some(key) => slot.get(key).copied().unwrap_or(0),
        None => slot.values().sum(),
    };
    let sum: u32 = covered.iter().map(|slot| seconds(slot)).sum();
    (!covered.is_empty()).then(|| f64::from(sum) / 60.0 / covered.len() as f64)
}

fn check(archive: &Archive, model: &Model, period: Period) {
    let per_bucket = i64::from(period.secs()) / 60;
    for (instance, group) in [(0, 0), (0, 1), (0, 2), (1, 0), (1, 1), (1, 2)] {
        let matrix = archive.load(&id(&instance.to_string()), &grouping(group), minutes(0, 420), period).unwrap();
        let close = |read: Option<f64>, wanted: Option<f64>| match (read, wanted) {
            (Some(read), Some(wanted)) => (read - wanted).abs() <= wanted.abs() * 1e-8,
            (read, wanted) => read == wanted,
        };
        for (bucket, first) in (0..420).step_by(per_bucket as usize).enumerate() {
            let wanted = expected(model, (instance, group), first, per_bucket, None);
            assert!(close(matrix.total[bucket], wanted), "{first}: {:?} is not {wanted:?}", matrix.total[bucket]);
            for series in &matrix.series {
                let wanted = expected(model, (instance, group), first, per_bucket, Some(&series.key));
                assert!(close(series.values[bucket], wanted), "{} at {first}", series.key);
            }
            let sum: f64 = matrix.series.iter().filter_map(|series| series.values[bucket]).sum();
            assert!((sum - matrix.total[bucket].unwrap_or(0.0)).abs() < 1e-6, "rows do not sum to the total");
            let known = matches!(matrix.cover.buckets[bucket], BucketCover::Full | BucketCover::Partial);
            assert_eq!(known, wanted.is_some());
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]
    #[test]
    fn answers_as_a_map_would(steps in prop::collection::vec(step(), 1..25)) {
        let dir = tempfile::tempdir().unwrap();
        let mut archive = Some(Archive::open(dir.path()).unwrap());
        let mut model = Model::new();
        for step in steps {
            match step {
                Step::Append { instance, grouping: group, first, slots } => {
                    let batch = load(&id(&instance.to_string()), &grouping(group), first, &slots);
                    archive.as_ref().unwrap().append(&batch).unwrap();
                    model.extend((first..).zip(slots).map(|(at, slot)| ((instance, group, at), slot)));
                }
                Step::Seal { hours } => {
                    archive.as_ref().unwrap().seal(minute(hours * 60)).unwrap();
                }
                Step::Reopen => {
                    drop(archive.take());
                    archive = Some(Archive::open(dir.path()).unwrap());
                }
            }
        }
        let archive = archive.unwrap();
        check(&archive, &model, Period::MINUTE);
        check(&archive, &model, Period::FIVE_MINUTES);
        archive.seal(minute(100_000)).unwrap();
        check(&archive, &model, Period::MINUTE);
        check(&archive, &model, Period::FIVE_MINUTES);
        check(&archive, &model, Period::HOUR);
        prop_assert_eq!(archive.seal(minute(100_000)).unwrap().spans, 0);
    }
}
