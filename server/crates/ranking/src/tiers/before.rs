//! What a series was in the compare window.

use units::Window;

use super::ask::ask_before;
use super::series::{TierSeries, series_of};
use super::world::{AppWorld, TierWorld};
use crate::Result;
use crate::averages::weighted_mean;
use crate::reader::Lookup;

/// Mean of the same metric in the window `earlier_secs` before; `None` when nothing is known of it.
pub(crate) fn mean_before(
    lookup: &Lookup,
    world: &AppWorld,
    tier: &TierWorld,
    series: &TierSeries,
    earlier_secs: i64,
) -> Result<Option<f64>> {
    let window = world.axis.window;
    let before = Window::new(window.from.plus_secs(-earlier_secs), window.to.plus_secs(-earlier_secs));
    for resource in std::iter::once(&tier.resource).chain(&tier.folded) {
        let found =
            series_of(lookup, resource, before, world.axis.period, |row, metric| metric.series(row) == series.metric)?;
        if let Some(found) = found.first() {
            ask_before(lookup, world, tier, found, before);
            return Ok(weighted_mean(&found.values, &vec![1; found.values.len()]));
        }
    }
    Ok(None)
}
