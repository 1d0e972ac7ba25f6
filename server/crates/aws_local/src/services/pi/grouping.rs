//! Sums of load by group. One law: what is in a group is in the total, once.

use super::catalogue::Dimension;
use super::request::{Aggregate, Filter, Window};
use crate::faults::Behaviour;
use crate::wire::Value;
use crate::world::dictionary::{Combination, Dictionary};
use crate::world::instance::InstanceData;
use crate::world::load::Cell;
use std::collections::HashMap;

/// Sorts combinations into groups, remembering each answer.
pub(super) struct Grouping<'a> {
    dictionary: &'a Dictionary,
    filter: Filter<'a>,
    dimensions: Vec<&'static Dimension>,
    answers: HashMap<u32, Place>,
    groups: HashMap<Vec<u32>, usize>,
    examples: Vec<Combination>,
}

/// Where a combination belongs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// The filter leaves it out.
    Outside,
    /// It counts in the total, but lacks the grouped dimension.
    Unattributed,
    Group(usize),
}

impl<'a> Grouping<'a> {
    pub(super) fn new(data: &'a InstanceData, filter: Filter<'a>, dimensions: Vec<&'static Dimension>) -> Self {
        Self {
            dictionary: &data.dictionary,
            filter,
            dimensions,
            answers: HashMap::new(),
            groups: HashMap::new(),
            examples: Vec::new(),
        }
    }

    pub(super) fn place(&mut self, number: u32) -> Place {
        if let Some(place) = self.answers.get(&number) {
            return *place;
        }
        let place = self.find_place(number);
        self.answers.insert(number, place);
        place
    }

    fn find_place(&mut self, number: u32) -> Place {
        let Some(combination) = self.dictionary.combination_of(number) else { return Place::Outside };
        let passes = self.filter.iter().all(|(dimension, wanted)| {
            dimension.value(combination, self.dictionary).is_some_and(|value| value == *wanted)
        });
        if !passes {
            return Place::Outside;
        }
        let identity: Vec<u32> = self.dimensions.iter().map(|dimension| combination.get(dimension.column)).collect();
        if identity.is_empty() || identity.contains(&0) {
            return Place::Unattributed;
        }
        let next = self.examples.len();
        let group = *self.groups.entry(identity).or_insert(next);
        if group == next {
            self.examples.push(*combination);
        }
        Place::Group(group)
    }

    /// Number of groups seen so far.
    pub(super) fn len(&self) -> usize {
        self.examples.len()
    }

    /// The group's dimensions as an answer writes them.
    pub(super) fn dimensions_of(&self, group: usize) -> Value {
        let example = &self.examples[group];
        let values = self
            .dimensions
            .iter()
            .filter_map(|dimension| Some((dimension.name, Value::Text(dimension.value(example, self.dictionary)?))));
        Value::map(values)
    }

    /// An example of the group.
    pub(super) fn example(&self, group: usize) -> &Combination {
        &self.examples[group]
    }

    /// The groups by falling weight, at most `limit`; equal weights by their identity, so that pages and
    /// repeated calls agree.
    pub(super) fn ranked(&self, weights: &[f64], limit: usize) -> Vec<usize> {
        let mut identity: Vec<&Vec<u32>> = vec![const { &Vec::new() }; self.len()];
        #[expect(clippy::iter_over_hash_type, reason = "each entry is put into its own place")]
        for (found, group) in &self.groups {
            identity[*group] = found;
        }
        let mut groups: Vec<usize> =
            (0..self.len()).filter(|group| weights.get(*group).is_some_and(|weight| *weight > 0.0)).collect();
        groups.sort_by(|left, right| {
            weights[*right].total_cmp(&weights[*left]).then_with(|| identity[*left].cmp(identity[*right]))
        });
        groups.truncate(limit);
        groups
    }
}

/// Cells of the window at the resolution the aggregate needs, without those the instance hides.
pub(super) fn cells<'a>(
    data: &'a InstanceData,
    behaviour: Behaviour,
    window: &Window,
    aggregate: Aggregate,
) -> Box<dyn Iterator<Item = Cell<'a>> + 'a> {
    let (start, end) = (window.start, window.end);
    let cells: Box<dyn Iterator<Item = Cell<'a>>> = if window.period == 1 {
        Box::new(data.load.seconds(start, end))
    } else if matches!(aggregate, Aggregate::Avg | Aggregate::Sum) {
        Box::new(data.load.minutes(start, end))
    } else {
        // Beyond the seconds kept, the least and most of a minute are its average (assumed).
        Box::new(data.load.finest(start, end))
    };
    Box::new(cells.filter(move |cell| cell.sampled_secs > 0 && !behaviour.hides(cell.at_secs)))
}

/// Load of one bucket in the making.
#[derive(Clone, Copy, Debug, Default)]
struct Bucket {
    sessions: f64,
    sampled_secs: f64,
    least: Option<f64>,
    most: Option<f64>,
}

/// Load by bucket, for the total and for some groups.
pub(super) struct LoadSeries {
    pub(super) total: Vec<Option<f64>>,
    pub(super) groups: Vec<Vec<Option<f64>>>,
}

/// Load over the whole window by group: (weights, total, sampled seconds).
pub(super) fn weigh<'a>(grouping: &mut Grouping<'_>, cells: impl Iterator<Item = Cell<'a>>) -> (Vec<f64>, f64, f64) {
    let mut weights: Vec<f64> = Vec::new();
    let (mut total, mut sampled_secs) = (0.0, 0.0);
    for cell in cells {
        sampled_secs += f64::from(cell.sampled_secs);
        for (combination, count) in cell.sessions {
            let count = f64::from(*count);
            match grouping.place(*combination) {
                Place::Outside => {}
                Place::Unattributed => total += count,
                Place::Group(group) => {
                    total += count;
                    if weights.len() <= group {
                        weights.resize(group + 1, 0.0);
                    }
                    weights[group] += count;
                }
            }
        }
    }
    (weights, total, sampled_secs)
}

/// Load by bucket for the total and the `chosen` groups.
pub(super) fn load_series<'a>(
    grouping: &mut Grouping<'_>,
    chosen: &[usize],
    cells: impl Iterator<Item = Cell<'a>>,
    window: &Window,
    buckets: usize,
    aggregate: Aggregate,
) -> LoadSeries {
    let mut rows = vec![vec![Bucket::default(); buckets]; chosen.len() + 1];
    let mut sums = vec![0.0; chosen.len() + 1];
    let row_of: HashMap<usize, usize> = chosen.iter().enumerate().map(|(row, group)| (*group, row + 1)).collect();
    for cell in cells {
        let bucket = window.bucket(cell.at_secs);
        if bucket >= buckets {
            break;
        }
        sums.fill(0.0);
        for (combination, count) in cell.sessions {
            let place = grouping.place(*combination);
            if place == Place::Outside {
                continue;
            }
            sums[0] += f64::from(*count);
            if let Place::Group(group) = place
                && let Some(row) = row_of.get(&group)
            {
                sums[*row] += f64::from(*count);
            }
        }
        for (row, sum) in rows.iter_mut().zip(&sums) {
            row[bucket].add(*sum, f64::from(cell.sampled_secs));
        }
    }
    let mut rows = rows.into_iter().map(|row| row.iter().map(|bucket| bucket.value(aggregate)).collect());
    LoadSeries { total: rows.next().unwrap_or_default(), groups: rows.collect() }
}

impl Bucket {
    fn add(&mut self, sessions: f64, sampled_secs: f64) {
        let load = sessions / sampled_secs;
        self.sessions += sessions;
        self.sampled_secs += sampled_secs;
        self.least = Some(self.least.map_or(load, |least| least.min(load)));
        self.most = Some(self.most.map_or(load, |most| most.max(load)));
    }

    fn value(&self, aggregate: Aggregate) -> Option<f64> {
        if self.sampled_secs <= 0.0 {
            return None;
        }
        match aggregate {
            Aggregate::Avg => Some(self.sessions / self.sampled_secs),
            Aggregate::Sum => Some(self.sessions),
            Aggregate::Min => self.least,
            Aggregate::Max => self.most,
        }
    }
}
