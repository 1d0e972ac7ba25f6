//! Batches to store.

use std::collections::BTreeMap;

use samples::{Batch, Grouping, LoadBatch, LoadSeries, Point};
use units::{Period, ResourceId, Timestamp, Window};

/// Midnight UTC of an ordinary day, in seconds.
pub(crate) const DAY: i64 = 1_795_392_000;

pub(crate) fn id(name: &str) -> ResourceId {
    ResourceId(format!("db-{name}"))
}

/// Start of a minute, counted from [`DAY`].
pub(crate) fn minute(number: i64) -> Timestamp {
    Timestamp::from_secs(DAY + number * 60)
}

pub(crate) fn minutes(from: i64, to: i64) -> Window {
    Window::new(minute(from), minute(to))
}

/// A batch of minutes: session-seconds per minute and key; `None` = answered without samples.
pub(crate) fn load(
    instance: &ResourceId,
    grouping: &Grouping,
    first: i64,
    slots: &[Option<BTreeMap<String, u32>>],
) -> Batch {
    let mut total = Vec::new();
    let mut series: BTreeMap<String, Vec<Point>> = BTreeMap::new();
    for (at, slot) in (first..).map(minute).zip(slots) {
        let Some(keys) = slot else { continue };
        total.push(Point { at, value: f64::from(keys.values().sum::<u32>()) / 60.0 });
        for (key, seconds) in keys {
            series.entry(key.clone()).or_default().push(Point { at, value: f64::from(*seconds) / 60.0 });
        }
    }
    Batch::Load(LoadBatch {
        instance: instance.clone(),
        grouping: grouping.clone(),
        period: Period::MINUTE,
        answered: minutes(first, first + i64::try_from(slots.len()).unwrap()),
        total,
        series: series.into_iter().map(|(key, points)| LoadSeries { key, points }).collect(),
    })
}

/// One minute with one key.
pub(crate) fn one(instance: &ResourceId, grouping: &Grouping, at: i64, key: &str, seconds: u32) -> Batch {
    load(instance, grouping, at, &[Some(BTreeMap::from([(key.to_owned(), seconds)]))])
}
