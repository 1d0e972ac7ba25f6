//! What a page of an app asks to be collected.

use samples::{Grouping, Wanted};
use units::{Timestamp, Window};

use super::page::at;
use super::series::TierSeries;
use super::world::{AppWorld, TierWorld};
use crate::Result;
use crate::counters;
use crate::reader::Lookup;

/// CloudWatch has a minute by then, and a reading every minute has brought it.
const NEWEST_AFTER_SECS: i64 = 150;

/// Asks for the newest minutes of a page, and for what of its window was never asked for.
pub(crate) fn ask(lookup: &Lookup, world: &AppWorld) -> Result<()> {
    let window = Window::new(at(world, 0), world.axis.window.to);
    let due = window.to.min(lookup.now).plus_secs(-NEWEST_AFTER_SECS);
    for tier in &world.tiers {
        if let Some(database) = &tier.database {
            // Only its asking counts here.
            lookup.load(&database.instance.id, &Grouping::total(), window, world.axis.period)?;
        }
        if tier.series.iter().any(|series| series.has_holes) || (is_measured(tier) && newest(tier) < Some(due)) {
            ask_for(lookup, world, tier, window);
        }
    }
    Ok(())
}

/// Asks for a window of a series of a tier, when some of it was never asked for.
pub(crate) fn ask_before(lookup: &Lookup, world: &AppWorld, tier: &TierWorld, series: &TierSeries, window: Window) {
    if series.has_holes {
        ask_for(lookup, world, tier, window);
    }
}

fn ask_for(lookup: &Lookup, world: &AppWorld, tier: &TierWorld, window: Window) {
    lookup.lack(if tier.tier.key == counters::TIER {
        Wanted::Counters { instance: tier.resource.id.clone(), window }
    } else {
        Wanted::Tiers { app: world.app.key.clone(), window }
    });
}

fn from_cloudwatch(tier: &TierWorld) -> impl Iterator<Item = &TierSeries> {
    tier.series.iter().filter(|series| series.metric.as_cloudwatch().is_some())
}

fn is_measured(tier: &TierWorld) -> bool {
    from_cloudwatch(tier).next().is_some()
}

fn newest(tier: &TierWorld) -> Option<Timestamp> {
    from_cloudwatch(tier).filter_map(|series| series.collected_to).max()
}
