//! What the history of an instance count suggests to buy.
//!
//! An instance that runs most of the time is cheaper committed to (Savings Plan, Reserved), one that
//! runs seldom On-Demand or, when it may be interrupted, as Spot. The border is a quotient of two
//! prices: committing to the n-th instance pays once it runs for more than `committed ÷ On-Demand` of
//! the time. The n-th instance runs whenever n or more do.
//! <https://docs.aws.amazon.com/savingsplans/latest/userguide/what-is-savings-plans.html>

use samples::Prices;
use units::{Period, Window};
use view::{PurchaseOption, PurchaseStep, PurchaseView};

/// Hours AWS reckons a month with.
const MONTH_HOURS: f64 = 730.0;
/// Break-even when no price is known.
const USUAL_BREAK_EVEN: f64 = 0.72;
/// Most instances that are told one by one.
const MOST_STEPS: usize = 200;
/// Less history than this says nothing about habits.
const LEAST_HOURS: f64 = 1.0;

/// What is bought: the key of its price, how much of it one instance is, and where.
#[derive(Clone, Debug, PartialEq)]
pub struct Bought<'a> {
    /// Instance type, or `fargate`; `None` when nobody tells.
    pub kind: Option<&'a str>,
    /// Virtual CPUs and GB of memory of a Fargate task.
    pub task: Option<(f64, f64)>,
    /// Region.
    pub region: &'a str,
    /// Bought as Spot now.
    pub spot_now: Option<f64>,
}

/// The mix for a history of counts, a value a bucket; a bucket nobody knows says nothing. `None`
/// when less than an hour is known, or nothing ever ran.
#[must_use]
pub fn purchase_mix(
    counts: &[Option<f64>],
    window: Window,
    period: Period,
    bought: &Bought<'_>,
    prices: &Prices,
) -> Option<PurchaseView> {
    let bucket_hours = f64::from(period.secs()) / 3600.0;
    let known: Vec<f64> = counts.iter().flatten().copied().collect();
    #[expect(clippy::cast_precision_loss, reason = "bucket counts are small")]
    let known_hours = known.len() as f64 * bucket_hours;
    let peak = known.iter().copied().fold(0.0, f64::max);
    if known_hours < LEAST_HOURS || peak < 0.5 {
        return None;
    }
    let price = bought.kind.and_then(|kind| prices.of(kind, bought.region, bought.task));
    let break_even = price.map_or(USUAL_BREAK_EVEN, |price| price.savings_plan / price.on_demand);
    let steps = steps(&known, bucket_hours, known_hours);
    let base = steps.iter().take_while(|step| step.share > break_even).count();
    let all_hours: f64 = known.iter().sum::<f64>() * bucket_hours;
    let base_hours: f64 = steps.iter().take(base).map(|step| step.hours).sum();
    let spike_hours = all_hours - base_hours;
    let month = MONTH_HOURS / known_hours;
    #[expect(clippy::cast_precision_loss, reason = "instance counts are small")]
    let committed = base as f64 * MONTH_HOURS;
    let option = |key: &str, parts: &[(&str, f64, f64)]| PurchaseOption {
        key: key.to_owned(),
        parts: parts.iter().map(|(how, hours, usd)| ((*how).to_owned(), *hours, *usd)).collect(),
        usd_per_month: parts.iter().map(|(_, hours, usd)| hours * usd).sum(),
        is_assumed: parts.len() > 1 && price.is_some_and(|price| price.is_assumed),
    };
    let options = price.map_or_else(Vec::new, |price| {
        let spikes = spike_hours * month;
        vec![
            option("on_demand", &[("on_demand", all_hours * month, price.on_demand)]),
            option(
                "savings_plan",
                &[("savings_plan", committed, price.savings_plan), ("on_demand", spikes, price.on_demand)],
            ),
            option("reserved", &[("reserved", committed, price.reserved), ("on_demand", spikes, price.on_demand)]),
            option("spot_spikes", &[("savings_plan", committed, price.savings_plan), ("spot", spikes, price.spot)]),
        ]
    });
    Some(PurchaseView {
        window,
        known_hours,
        base: u32::try_from(base).unwrap_or(u32::MAX),
        break_even,
        steps,
        base_hours,
        spike_hours,
        instance_type: bought.kind.map(ToOwned::to_owned),
        options,
        prices_as_of: prices.as_of.clone(),
        region: bought.region.to_owned(),
        spot_now: bought.spot_now,
    })
}

fn steps(known: &[f64], bucket_hours: f64, known_hours: f64) -> Vec<PurchaseStep> {
    (1..=MOST_STEPS)
        .map_while(|nth| {
            #[expect(clippy::cast_precision_loss, reason = "instance counts are small")]
            let nth_from = (nth - 1) as f64;
            // A mean over a longer bucket may be a fraction: then the last instance ran a part of it.
            let hours: f64 = known.iter().map(|count| (count - nth_from).clamp(0.0, 1.0) * bucket_hours).sum();
            (hours > 0.0).then(|| PurchaseStep {
                nth: u32::try_from(nth).unwrap_or(u32::MAX),
                hours,
                share: hours / known_hours,
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that finds nothing has failed")]
    use units::Timestamp;

    use super::*;

    fn prices() -> Prices {
        Prices::parse(
            "as_of = '2026-11-01'\nsource = 'a test'\n[[price]]\nkind = 'm.large'\nregion = 'us-east-1'\n\
             on_demand = 0.10\nsavings_plan = 0.07\nreserved = 0.06\nspot = 0.04\n",
        )
        .unwrap()
    }

    fn mix(counts: &[Option<f64>], kind: Option<&str>) -> Option<PurchaseView> {
        let hours = i64::try_from(counts.len()).unwrap();
        let window = Window::new(Timestamp(0), Timestamp::from_secs(hours * 3600));
        let bought = Bought { kind, task: None, region: "us-east-1", spot_now: None };
        purchase_mix(counts, window, Period::HOUR, &bought, &prices())
    }

    /// Ten hours: two instances always, a third for six hours, up to six for one.
    const DAY: [Option<f64>; 10] =
        [Some(2.0), Some(2.0), Some(3.0), Some(3.0), Some(3.0), Some(6.0), Some(3.0), Some(3.0), Some(2.0), Some(2.0)];

    #[test]
    fn base_and_spikes_are_split_at_the_break_even() {
        let view = mix(&DAY, Some("m.large")).unwrap();
        // 0.07 ÷ 0.10: the third ran 60 % of the time, which is less.
        assert!((view.break_even - 0.7).abs() < 1e-12);
        let shares: Vec<f64> = view.steps.iter().map(|step| step.share).collect();
        assert_eq!(shares, [1.0, 1.0, 0.6, 0.1, 0.1, 0.1]);
        assert_eq!((view.base, view.base_hours, view.spike_hours), (2, 20.0, 9.0));
    }

    #[test]
    fn the_arithmetic_adds_up() {
        let view = mix(&DAY, Some("m.large")).unwrap();
        let cost = |key: &str| view.options.iter().find(|option| option.key == key).unwrap().usd_per_month;
        // 29 instance-hours in ten hours are 2.9 on average, 0.9 of them spikes; a month has 730 hours.
        for (key, expected) in [
            ("on_demand", 2.9 * 730.0 * 0.10),
            ("savings_plan", 2.0 * 730.0 * 0.07 + 0.9 * 730.0 * 0.10),
            ("reserved", 2.0 * 730.0 * 0.06 + 0.9 * 730.0 * 0.10),
            ("spot_spikes", 2.0 * 730.0 * 0.07 + 0.9 * 730.0 * 0.04),
        ] {
            assert!((cost(key) - expected).abs() < 1e-9, "{key}: {} is not {expected}", cost(key));
        }
        for option in &view.options {
            let sum: f64 = option.parts.iter().map(|(_, hours, usd)| hours * usd).sum();
            assert!((option.usd_per_month - sum).abs() < 1e-9);
        }
    }

    #[test]
    fn unknown_hours_are_not_counted_as_idle() {
        let mut counts = DAY.to_vec();
        counts.extend([None; 10]);
        let view = mix(&counts, Some("m.large")).unwrap();
        assert_eq!((view.known_hours, view.base), (10.0, 2));
        assert_eq!(mix(&[None; 24], Some("m.large")), None);
        assert_eq!(mix(&[Some(0.0); 24], Some("m.large")), None);
    }

    #[test]
    fn without_a_price_there_is_a_split_but_no_cost() {
        for kind in [None, Some("m.unheard-of")] {
            let view = mix(&DAY, kind).unwrap();
            assert_eq!((view.base, view.options.len()), (2, 0));
        }
    }

    #[test]
    fn a_fraction_counts_for_the_last_instance() {
        let view = mix(&[Some(2.5), Some(1.5)], Some("m.large")).unwrap();
        assert_eq!(view.steps.iter().map(|step| step.hours).collect::<Vec<_>>(), [2.0, 1.5, 0.5]);
        assert_eq!(view.base_hours + view.spike_hours, 4.0);
    }
}
