//! A change of load taken apart: calls × latency, the latency split by wait class.
//!
//! Load is calls per second times seconds per call. So the change is more calls at the old latency,
//! `(c₁ − c₀) · l₀`, and the new calls at another latency, `c₁ · (l₁ − l₀)`, which splits by wait
//! class without a rest. The parts always sum to the change.

use units::{Aas, WaitClass};
use view::{ChangeCause, ChangePart, LoadPart};

/// Parts of latency smaller than this are merged.
const SMALL_PART: f64 = 0.05;

/// One side of a change.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Side<'a> {
    /// Mean load.
    pub mean: Aas,
    /// The load by class; what lacks to the mean has an unknown class.
    pub waits: &'a [LoadPart],
    /// Calls per second.
    pub calls_per_sec: Option<f64>,
}

impl Side<'_> {
    fn of(&self, class: WaitClass) -> f64 {
        self.waits.iter().filter(|part| part.class == class).map(|part| part.aas.0).sum()
    }

    fn unknown(&self) -> f64 {
        self.mean.0 - self.waits.iter().map(|part| part.aas.0).sum::<f64>()
    }
}

/// The parts of the change from `before` to `after`.
#[must_use]
pub fn explain(before: &Side, after: &Side) -> Vec<ChangePart> {
    let whole = |cause, delta| vec![ChangePart { cause, delta, from: None, to: None }];
    if before.mean.0 <= 0.0 && after.mean.0 <= 0.0 {
        return Vec::new();
    }
    if before.mean.0 <= 0.0 {
        return whole(ChangeCause::New, after.mean.0);
    }
    if after.mean.0 <= 0.0 {
        return whole(ChangeCause::Gone, -before.mean.0);
    }
    let known = |calls: Option<f64>| calls.filter(|calls| *calls > 0.0);
    match (known(before.calls_per_sec), known(after.calls_per_sec)) {
        (Some(calls_before), Some(calls_after)) => by_calls(before, after, calls_before, calls_after),
        _ => by_waits(before, after),
    }
}

fn by_calls(before: &Side, after: &Side, calls_before: f64, calls_after: f64) -> Vec<ChangePart> {
    let times = calls_after / calls_before;
    let mut parts = vec![ChangePart {
        cause: ChangeCause::Calls,
        delta: (times - 1.0) * before.mean.0,
        from: Some(calls_before),
        to: Some(calls_after),
    }];
    let ms = |aas: f64, calls: f64| Some(aas / calls * 1000.0);
    let slices = WaitClass::ALL.into_iter().map(|class| {
        let (was, is) = (before.of(class), after.of(class));
        Slice { class, delta: is - times * was, from: ms(was, calls_before), to: ms(is, calls_after) }
    });
    parts.extend(merged(slices.collect(), ChangeCause::Latency));
    let (was, is) = (before.unknown(), after.unknown());
    parts.extend(unknown_wait(is - times * was, ms(was, calls_before), ms(is, calls_after)));
    parts
}

fn by_waits(before: &Side, after: &Side) -> Vec<ChangePart> {
    let slices = WaitClass::ALL.into_iter().map(|class| {
        let (was, is) = (before.of(class), after.of(class));
        Slice { class, delta: is - was, from: Some(was), to: Some(is) }
    });
    let mut parts = merged(slices.collect(), ChangeCause::Waits);
    let (was, is) = (before.unknown(), after.unknown());
    parts.extend(unknown_wait(is - was, Some(was), Some(is)));
    parts
}

fn unknown_wait(delta: f64, from: Option<f64>, to: Option<f64>) -> Option<ChangePart> {
    (delta.abs() > 1e-9).then_some(ChangePart { cause: ChangeCause::UnknownWait, delta, from, to })
}

struct Slice {
    class: WaitClass,
    delta: f64,
    from: Option<f64>,
    to: Option<f64>,
}

/// Large parts by size, then the small ones together.
fn merged(slices: Vec<Slice>, cause: fn(Vec<WaitClass>) -> ChangeCause) -> Vec<ChangePart> {
    let moved = slices.into_iter().filter(|slice| slice.delta != 0.0);
    let (mut large, small): (Vec<Slice>, Vec<Slice>) = moved.partition(|slice| slice.delta.abs() >= SMALL_PART);
    large.sort_by(|a, b| b.delta.abs().total_cmp(&a.delta.abs()));
    let mut parts: Vec<ChangePart> = large
        .into_iter()
        .map(|slice| ChangePart { cause: cause(vec![slice.class]), delta: slice.delta, from: slice.from, to: slice.to })
        .collect();
    if !small.is_empty() {
        let sum = |figure: fn(&Slice) -> Option<f64>| small.iter().map(figure).sum::<Option<f64>>();
        parts.push(ChangePart {
            cause: cause(small.iter().map(|slice| slice.class).collect()),
            delta: small.iter().map(|slice| slice.delta).sum(),
            from: sum(|slice| slice.from),
            to: sum(|slice| slice.to),
        });
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn part(class: WaitClass, aas: f64) -> LoadPart {
        LoadPart { class, aas: Aas(aas) }
    }

    #[test]
    fn a_blocked_statement_is_slower_and_not_busier() {
        let before = [part(WaitClass::Cpu, 0.14), part(WaitClass::Io, 0.16), part(WaitClass::Lock, 0.01)];
        let after = [part(WaitClass::Cpu, 0.15), part(WaitClass::Io, 0.03), part(WaitClass::Lock, 3.34)];
        let parts = explain(
            &Side { mean: Aas(0.31), waits: &before, calls_per_sec: Some(40.9) },
            &Side { mean: Aas(3.52), waits: &after, calls_per_sec: Some(41.8) },
        );
        let shown: Vec<String> = parts.iter().map(|part| format!("{:?} {:+.2}", part.cause, part.delta)).collect();
        assert_eq!(shown, ["Calls +0.01", "Latency([Lock]) +3.33", "Latency([Io]) -0.13", "Latency([Cpu]) +0.01"]);
        assert!((parts[1].to.unwrap() - 79.9).abs() < 0.1, "ms per call in locks");
    }

    #[test]
    fn new_and_gone_have_one_part() {
        let none = Side { mean: Aas(0.0), waits: &[], calls_per_sec: None };
        let some = Side { mean: Aas(2.0), waits: &[], calls_per_sec: Some(1.0) };
        assert_eq!(explain(&none, &some)[0].cause, ChangeCause::New);
        assert_eq!(explain(&some, &none)[0].delta, -2.0);
        assert!(explain(&none, &none).is_empty());
    }

    fn side() -> impl Strategy<Value = (Vec<LoadPart>, f64, Option<f64>)> {
        let waits = proptest::collection::vec((0..10_usize, 0.0..5.0_f64), 0..6);
        (waits, 0.0..1.0_f64, proptest::option::of(0.1..500.0_f64)).prop_map(|(waits, unknown, calls)| {
            (waits.into_iter().map(|(class, aas)| part(WaitClass::ALL[class], aas)).collect(), unknown, calls)
        })
    }

    proptest! {
        #[test]
        fn parts_sum_to_the_change((waits_before, unknown_before, calls_before) in side(), (waits_after, unknown_after, calls_after) in side()) {
            let mean = |waits: &[LoadPart], unknown: f64| Aas(waits.iter().map(|part| part.aas.0).sum::<f64>() + unknown);
            let before = Side { mean: mean(&waits_before, unknown_before), waits: &waits_before, calls_per_sec: calls_before };
            let after = Side { mean: mean(&waits_after, unknown_after), waits: &waits_after, calls_per_sec: calls_after };
            let sum: f64 = explain(&before, &after).iter().map(|part| part.delta).sum();
            prop_assert!((sum - (after.mean.0 - before.mean.0)).abs() < 1e-6);
        }
    }
}
