//! When a series left its level: a robust CUSUM against the buckets before.
//!
//! The level of a series is the median of the last known buckets that belong to it. Its scatter is
//! taken on each side of the median, since latencies have a long tail on one: the larger of the
//! median absolute deviation and the distance of the outer tenth, each as a standard deviation,
//! widened while few buckets are known, and never less than what is noise for the unit (a constant
//! series has no scatter of its own). Each further bucket counts by how many scatters it lies off
//! the level, at most [`CAP`], less [`SLACK`]; the sum starts anew whenever it falls to zero, and a
//! sum of [`LIMIT`] says that the level is gone. The change lies at the bucket in which that sum
//! began to grow, and lasts until two buckets in a row are near the old level again. Changes of less
//! than [`LEAST_SIZE`] scatters are not told.
//!
//! With these figures one outlier can never be a change (`CAP - SLACK < LIMIT`), two buckets five
//! scatters off are one, and a shift of three scatters needs four. For normal noise the mean time
//! between false changes is over ten million buckets (Siegmund's approximation
//! `exp(2·SLACK·(LIMIT + 1.166)) / (2·SLACK²)`, 4.6e7); a test counts them for other noise.
//!
//! Page, E. S. (1954), Continuous inspection schemes, Biometrika 41.

/// Known buckets a level needs before anything can be told.
const LEAST_BASE: usize = 5;
/// Known buckets a level is taken from at most: it may drift with the day.
const MOST_BASE: usize = 30;
/// Scatters off the level that count as nothing.
const SLACK: f64 = 1.0;
/// Scatters a single bucket may count as.
const CAP: f64 = 5.0;
/// The same for whole things, which do not err: one bucket is enough.
const CAP_OF_WHOLE: f64 = 10.0;
/// A change of fewer buckets is brief.
const BRIEF: usize = 5;
/// Within so many scatters a bucket is near its level again.
const NEAR: f64 = 2.0;
/// Sum at which the level is gone.
const LIMIT: f64 = 8.0;
/// A median absolute deviation times this estimates a standard deviation of normal noise.
const MAD_TO_SIGMA: f64 = 1.4826;
/// So many standard deviations from the middle begins the outer tenth of normal noise.
const TENTH_IN_SIGMAS: f64 = 1.2816;
/// Scatter of n buckets is widened by this part over n: few buckets rarely hold the extremes.
const FEW_BUCKETS: f64 = 10.0;
/// Noise of any series, as part of its level: a shift of less is no news.
const RELATIVE_NOISE: f64 = 0.05;
/// One of a few whole things is [`CAP_OF_WHOLE`] scatters: a bucket without it is a change.
const WHOLE_NOISE: f64 = 0.1;
/// A change must be this part of the old level at least.
const LEAST_PART: f64 = 0.2;
/// A change must be this many noises of its unit, and this many scatters, at least.
const LEAST_SIZE: f64 = 3.0;

/// What is noise for a series whatever its history.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Noise {
    /// This much, in the unit of the series.
    Fixed(f64),
    /// Counts of independent events: the square root of the level, and of 1 at least.
    Counted,
    /// Whole things that do not stir by themselves, such as healthy hosts: one more or less is news,
    /// however many there are.
    Whole,
}

impl Noise {
    fn at(self, level: f64) -> f64 {
        match self {
            Self::Fixed(size) => size,
            Self::Counted => level.abs().max(1.0).sqrt(),
            Self::Whole => WHOLE_NOISE,
        }
    }

    /// The part of a level that is noise, and the part that is worth a word.
    fn parts(self) -> (f64, f64) {
        if self == Self::Whole { (0.0, 0.0) } else { (RELATIVE_NOISE, LEAST_PART) }
    }

    fn cap(self) -> f64 {
        if self == Self::Whole { CAP_OF_WHOLE } else { CAP }
    }

    /// Buckets in a row that must be near a level to have come back to it.
    fn back_after(self) -> usize {
        if self == Self::Whole { 1 } else { 2 }
    }
}

/// A change of level.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ChangePoint {
    /// First bucket of the new level.
    pub bucket: usize,
    /// Last known bucket of the old level: the change happened after it. Further back than one
    /// bucket only when buckets between are unknown.
    pub last_before: usize,
    /// Median before.
    pub before: f64,
    /// Median after, over the known buckets until [`ChangePoint::until`].
    pub after: f64,
    /// Bucket in which the old level came back, or another change began; else the end.
    pub until: usize,
    /// How far the new level lies off the old one, in scatters; above 0.
    pub size: f64,
    /// Known buckets of the new level.
    pub known_after: usize,
}

impl ChangePoint {
    /// Whether the level rose.
    #[must_use]
    pub fn is_rise(&self) -> bool {
        self.after > self.before
    }
}

/// Level of a base, and its scatter above and below.
#[derive(Clone, Copy)]
struct Level {
    median: f64,
    above: f64,
    below: f64,
}

impl Level {
    /// Scatters `value` lies above the level; negative below it.
    fn off(&self, value: f64) -> f64 {
        let distance = value - self.median;
        distance / if distance < 0.0 { self.below } else { self.above }
    }
}

/// Every change of level, oldest first. `None` is a bucket nobody knows: it neither counts nor
/// interrupts.
#[must_use]
pub fn change_points(values: &[Option<f64>], noise: Noise) -> Vec<ChangePoint> {
    let known: Vec<(usize, f64)> =
        values.iter().enumerate().filter_map(|(bucket, value)| value.map(|value| (bucket, value))).collect();
    let mut changes: Vec<(usize, Option<usize>, Level)> = Vec::new();
    let mut base_from = 0;
    while let Some((start, level)) = first_change(&known, base_from, noise) {
        let back = back(&known, start, level, noise);
        changes.push((start, back, level));
        base_from = back.unwrap_or(start);
    }
    let begins = changes.iter().skip(1).map(|next| next.0).chain([known.len()]);
    changes
        .iter()
        .zip(begins)
        .filter_map(|((start, back, level), next)| {
            let end = back.unwrap_or(next);
            let until = known.get(end).map_or(values.len(), |(bucket, _)| *bucket);
            described(&known, (*start, end), until, *level, noise)
        })
        .collect()
}

/// The place where a series is near a level again that it left at `start`.
fn back(known: &[(usize, f64)], start: usize, level: Level, noise: Noise) -> Option<usize> {
    let is_near = |place: &usize| known.get(*place).is_some_and(|(_, value)| level.off(*value).abs() < NEAR);
    (start + 1..known.len()).find(|place| (*place..*place + noise.back_after()).all(|place| is_near(&place)))
}

/// The place among `known` where the level that begins at `base_from` ends, and that level.
fn first_change(known: &[(usize, f64)], base_from: usize, noise: Noise) -> Option<(usize, Level)> {
    let mut rise = Run::default();
    let mut fall = Run::default();
    for place in base_from + LEAST_BASE..known.len() {
        // Buckets under suspicion are no part of the level they are held against.
        let base_to = rise.start.into_iter().chain(fall.start).min().unwrap_or(place);
        let level = level_of(&known[base_from.max(base_to.saturating_sub(MOST_BASE))..base_to], noise)?;
        let off = level.off(known[place].1);
        for (run, off) in [(&mut rise, off), (&mut fall, -off)] {
            run.take(place, off.min(noise.cap()));
            if run.sum >= LIMIT
                && let Some(start) = run.start
            {
                return Some((start, level));
            }
        }
    }
    None
}

/// A sum under way.
#[derive(Default)]
struct Run {
    sum: f64,
    start: Option<usize>,
}

impl Run {
    fn take(&mut self, place: usize, off: f64) {
        self.sum += off - SLACK;
        if self.sum <= 0.0 {
            *self = Self::default();
        } else {
            self.start.get_or_insert(place);
        }
    }
}

fn level_of(base: &[(usize, f64)], noise: Noise) -> Option<Level> {
    let mut values: Vec<f64> = base.iter().map(|(_, value)| *value).collect();
    values.sort_by(f64::total_cmp);
    let median = median(values.iter().copied())?;
    let mad = self::median(values.iter().map(|value| (value - median).abs()))? * MAD_TO_SIGMA;
    let tenth = values.len() / 10;
    let (low, high) = (*values.get(tenth)?, *values.get(values.len() - 1 - tenth)?);
    #[expect(clippy::cast_precision_loss, reason = "a base has at most thirty buckets")]
    let widened = 1.0 + FEW_BUCKETS / values.len() as f64;
    // A level of exactly 0 whose unit has no noise would divide by zero.
    let least = noise.at(median).max(median.abs() * noise.parts().0).max(f64::EPSILON);
    let side = |reach: f64| (mad.max(reach / TENTH_IN_SIGMAS) * widened).max(least);
    Some(Level { median, above: side(high - median), below: side(median - low) })
}

fn described(
    known: &[(usize, f64)],
    span: (usize, usize),
    until: usize,
    level: Level,
    noise: Noise,
) -> Option<ChangePoint> {
    let (start, end) = span;
    let after = median(known[start..end].iter().map(|(_, value)| *value))?;
    let shift = (after - level.median).abs();
    let size = level.off(after).abs();
    // What passed by itself within a few buckets must have been large.
    let has_passed = end < known.len() && end - start < BRIEF;
    let least = if has_passed { CAP } else { LEAST_SIZE };
    let matters =
        shift >= level.median.abs() * noise.parts().1 && shift >= noise.at(level.median) * LEAST_SIZE && size >= least;
    matters.then(|| ChangePoint {
        bucket: known[start].0,
        last_before: known[start.saturating_sub(1)].0,
        before: level.median,
        after,
        until,
        size,
        known_after: end - start,
    })
}

/// The middle value; the mean of the two middle ones of an even count.
fn median(values: impl Iterator<Item = f64>) -> Option<f64> {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    let upper = *values.get(middle)?;
    Some(if values.len().is_multiple_of(2) { f64::midpoint(values[middle - 1], upper) } else { upper })
}

#[cfg(test)]
mod tests {
    use super::*;

    const FIXED: Noise = Noise::Fixed(0.1);

    fn series(parts: &[(f64, usize)]) -> Vec<Option<f64>> {
        parts.iter().flat_map(|(value, count)| std::iter::repeat_n(Some(*value), *count)).collect()
    }

    #[test]
    fn two_buckets_of_a_large_shift_are_a_change() {
        // Level 2, scatter 0.1 = 5 % of 2 = the noise; 4 lies 20 scatters off and counts 5 − 1 a bucket.
        let mut values = series(&[(2.0, 10), (4.0, 1)]);
        assert_eq!(change_points(&values, FIXED), []);
        values.push(Some(4.0));
        let expected =
            ChangePoint { bucket: 10, last_before: 9, before: 2.0, after: 4.0, until: 12, size: 20.0, known_after: 2 };
        assert_eq!(change_points(&values, FIXED), [expected]);
    }

    #[test]
    fn one_outlier_is_no_change_however_large() {
        assert_eq!(change_points(&series(&[(2.0, 10), (900.0, 1), (2.0, 10)]), FIXED), []);
    }

    #[test]
    fn a_small_shift_needs_more_buckets() {
        // 2.3 lies three scatters off: two a bucket, so the fourth reaches eight. It is 15 % of the
        // level only, though: worth no word.
        assert_eq!(change_points(&series(&[(2.0, 10), (2.3, 9)]), FIXED), []);
        // 2.4 is 20 %, four scatters: three a bucket, so the third reaches nine.
        assert_eq!(change_points(&series(&[(2.0, 10), (2.4001, 2)]), FIXED), []);
        let found = change_points(&series(&[(2.0, 10), (2.4001, 3)]), FIXED);
        assert_eq!(found.iter().map(|change| change.bucket).collect::<Vec<_>>(), [10]);
    }

    #[test]
    fn a_change_lasts_until_the_level_is_back() {
        let found = change_points(&series(&[(2.0, 10), (8.0, 12), (2.0, 6)]), FIXED);
        let told =
            |found: &[ChangePoint]| found.iter().map(|one| (one.bucket, one.until, one.after)).collect::<Vec<_>>();
        assert_eq!(told(&found), [(10, 22, 8.0)]);
        assert_eq!(found[0].known_after, 12);
        // Three minutes are told as well, and what comes after them.
        let found = change_points(&series(&[(2.0, 10), (8.0, 3), (2.0, 10), (9.0, 4)]), FIXED);
        assert_eq!(told(&found), [(10, 13, 8.0), (23, 27, 9.0)]);
        // A second rise ends the first.
        let found = change_points(&series(&[(2.0, 10), (8.0, 10), (20.0, 5)]), FIXED);
        assert_eq!(told(&found), [(10, 20, 8.0), (20, 25, 20.0)]);
    }

    #[test]
    fn gaps_neither_count_nor_interrupt() {
        let mut values = series(&[(2.0, 10)]);
        values.extend([None, None, Some(8.0), None, Some(8.0)]);
        let found = change_points(&values, FIXED);
        assert_eq!(found.len(), 1);
        assert_eq!((found[0].bucket, found[0].last_before), (12, 9), "it happened somewhere in the gap");
        assert_eq!(change_points(&[None; 60], FIXED), []);
        assert_eq!(change_points(&[], FIXED), []);
    }

    #[test]
    fn too_little_history_says_nothing() {
        assert_eq!(change_points(&series(&[(2.0, 4), (9.0, 1)]), FIXED), []);
        assert_eq!(change_points(&series(&[(9.0, 30)]), FIXED), []);
    }

    #[test]
    fn one_of_many_whole_things_is_missed_at_once() {
        let values = series(&[(8.0, 10), (7.0, 1), (8.0, 5)]);
        let found = change_points(&values, Noise::Whole);
        assert_eq!(
            found.iter().map(|change| (change.bucket, change.until, change.after)).collect::<Vec<_>>(),
            [(10, 11, 7.0)]
        );
        assert_eq!(change_points(&values, Noise::Fixed(0.2)), [], "an eighth of a level is no news elsewhere");
    }

    #[test]
    fn counts_of_nothing_may_stir() {
        // One error a minute among none lies one scatter off, which is the slack.
        assert_eq!(change_points(&series(&[(0.0, 20), (1.0, 20)]), Noise::Counted), []);
        let found = change_points(&series(&[(0.0, 20), (30.0, 2)]), Noise::Counted);
        assert_eq!((found[0].bucket, found[0].before, found[0].after), (20, 0.0, 30.0));
    }

    /// A small generator of our own: the test must not change with a library.
    struct Dice(u64);

    impl Dice {
        /// Uniform in 0 to 1 (xorshift64*).
        fn uniform(&mut self) -> f64 {
            self.0 ^= self.0 >> 12;
            self.0 ^= self.0 << 25;
            self.0 ^= self.0 >> 27;
            (self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 11) as f64 / (1_u64 << 53) as f64
        }

        /// Normal (Box and Muller).
        fn normal(&mut self) -> f64 {
            let (u, v) = (self.uniform().max(1e-12), self.uniform());
            (-2.0 * u.ln()).sqrt() * (std::f64::consts::TAU * v).cos()
        }
    }

    #[test]
    fn noise_alone_hardly_ever_changes_its_level() {
        let mut dice = Dice(20_261_125);
        let mut false_changes = [0; 3];
        for _ in 0..500 {
            let normal = (0..60).map(|_| Some(100.0 + 10.0 * dice.normal())).collect::<Vec<_>>();
            // Latencies: a long tail to one side.
            let skewed = (0..60).map(|_| Some(30.0 - 10.0 * dice.uniform().max(1e-12).ln())).collect::<Vec<_>>();
            // Load that remembers: neighbours alike.
            let mut last = 0.0;
            let walk = (0..60).map(|_| {
                last = 0.5 * last + dice.normal();
                Some(20.0 + 2.0 * last)
            });
            let walk: Vec<Option<f64>> = walk.collect();
            for (count, values) in false_changes.iter_mut().zip([normal, skewed, walk]) {
                *count += usize::from(!change_points(&values, Noise::Fixed(0.1)).is_empty());
            }
        }
        assert!(false_changes.iter().all(|count| *count <= 5), "of 500 each: {false_changes:?}");
    }

    #[test]
    fn a_shift_in_noise_is_placed_within_a_bucket_or_two() {
        let mut dice = Dice(7);
        let mut off = Vec::new();
        for _ in 0..300 {
            let values: Vec<Option<f64>> =
                (0..60).map(|bucket| Some(if bucket < 40 { 100.0 } else { 180.0 } + 10.0 * dice.normal())).collect();
            let found = change_points(&values, Noise::Fixed(0.1));
            let rise = found.iter().find(|change| change.is_rise()).map(|change| change.bucket);
            off.push(rise.map(|bucket| bucket.abs_diff(40)));
        }
        let close = off.iter().filter(|off| off.is_some_and(|off| off <= 2)).count();
        assert!(close >= 290, "{close} of 300 within two buckets");
    }
}
