//! What only balancer and database together tell: queries per request, load per request.

use samples::Signal;

use super::world::{AppWorld, TierWorld};

/// Requests of the whole app a bucket.
pub(crate) struct Joins {
    /// Requests per second over all balancers and gateways; not known where one of them is not.
    pub(crate) requests: Vec<Option<f64>>,
}

/// Fewer requests per second than this make no ratio: a page a minute would.
const LEAST_REQUESTS: f64 = 0.1;

impl Joins {
    pub(crate) fn of(world: &AppWorld) -> Self {
        let entries = world.tiers.iter().filter(|tier| tier.is_entry());
        let traffic: Vec<&[Option<f64>]> = entries
            .filter_map(|tier| tier.headline(Signal::Traffic))
            .filter(|series| series.unit == "/s" && series.is_known())
            .map(|series| series.values.as_slice())
            .collect();
        let buckets = world.lead + world.axis.len();
        Self { requests: (0..buckets).map(|bucket| sum_at(&traffic, bucket)).collect() }
    }
}

fn sum_at(series: &[&[Option<f64>]], bucket: usize) -> Option<f64> {
    let known: Option<Vec<f64>> = series.iter().map(|values| values.get(bucket).copied().flatten()).collect();
    known.filter(|known| !known.is_empty()).map(|known| known.iter().sum())
}

/// Statements per request, of those Performance Insights reports.
pub(crate) fn queries_per_request(calls: &[Option<f64>], joins: &Joins) -> Vec<Option<f64>> {
    ratio(calls, &joins.requests, 1.0)
}

/// Load that a thousand requests per second cost: AAS ÷ requests per second × 1,000.
pub(crate) fn load_per_request(tier: &TierWorld, joins: &Joins) -> Vec<Option<f64>> {
    let load = tier.named("DBLoad").map(|series| series.values.as_slice()).unwrap_or_default();
    ratio(load, &joins.requests, 1000.0)
}

fn ratio(of: &[Option<f64>], to: &[Option<f64>], scale: f64) -> Vec<Option<f64>> {
    let quotient = |(of, to): (&Option<f64>, &Option<f64>)| {
        let requests = to.filter(|requests| *requests >= LEAST_REQUESTS)?;
        Some(of.as_ref()? / requests * scale)
    };
    let mut out: Vec<Option<f64>> = of.iter().zip(to).map(quotient).collect();
    out.resize(to.len(), None);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ratios_are_known_where_both_are() {
        let requests = [Some(400.0), Some(0.0), None, Some(200.0)];
        assert_eq!(ratio(&[Some(1200.0), Some(1.0), Some(1.0), None], &requests, 1.0), [Some(3.0), None, None, None]);
        assert_eq!(ratio(&[Some(16.0)], &requests, 1000.0), [Some(40.0), None, None, None]);
    }

    #[test]
    fn entries_add_up_only_where_all_are_known() {
        let (a, b) = ([Some(1.0), Some(2.0)], [Some(10.0), None]);
        assert_eq!([sum_at(&[&a, &b], 0), sum_at(&[&a, &b], 1), sum_at(&[], 0)], [Some(11.0), None, None]);
    }
}
