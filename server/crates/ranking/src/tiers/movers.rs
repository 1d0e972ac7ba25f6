//! Which tier moved first: changes of level of all tiers, put in order.
//!
//! Each series of each tier is searched for changes ([`change_points`]). Those for the worse that lie
//! close together are one incident; the one that touches most tiers is told, and one that goes on rather
//! than one that is over. A tier moves with the
//! first of its series. Two changes in one bucket cannot be told apart by time: then the tier that
//! the other waits for stands first, data before compute before balancer before edge, since slowness
//! and failures travel towards the visitor; only a rise of traffic comes from the visitor himself and
//! stands before all, when it is by half or more. A fall of traffic is an effect and never leads.
//! Fewer hosts are no trouble when fewer are wanted. A tier that nobody asked anything of before has not
//! moved but begun.

use std::ops::Range;

use samples::{Place, Signal};

use super::change_point::{ChangePoint, change_points};
use super::series::{TierSeries, Worse};

/// Changes further apart than so many buckets belong to two incidents.
const APART_BUCKETS: usize = 3;
/// Traffic has its hours: only a rise to this many times as much is demand.
const DEMAND: f64 = 1.5;
/// Counts of hosts that fall with the wanted number.
const COUNTS_OF_HOSTS: [&str; 3] = ["HealthyHostCount", "GroupInServiceInstances", "RunningTaskCount"];
/// What that number is called.
const WANTED: [&str; 2] = ["GroupDesiredCapacity", "DesiredTaskCount"];
/// Figures told of a tier that moved.
const MOST_TOLD: usize = 2;
/// What goes on weighs as much as so many times the tiers of what is over.
const GOES_ON: f64 = 2.5;
/// Scatters beyond which one change does not weigh more than another.
const MOST_WEIGHT: f64 = 20.0;

/// A tier under watch.
pub(crate) struct WatchedTier<'a> {
    pub(crate) place: Place,
    pub(crate) series: Vec<&'a TierSeries>,
}

/// One tier that moved.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Moved {
    /// Its place in the list of watched tiers.
    pub(crate) tier: usize,
    /// First bucket of the new level.
    pub(crate) bucket: usize,
    /// Last known bucket of the old one.
    pub(crate) last_before: usize,
    /// Series that moved with it, the largest change first: place in its series, change.
    pub(crate) what: Vec<(usize, ChangePoint)>,
    /// It began with a rise of traffic.
    pub(crate) is_demand: bool,
}

/// An incident: who moved, in order, and the buckets it spans.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Incident {
    pub(crate) moved: Vec<Moved>,
    pub(crate) buckets: Range<usize>,
}

struct Change {
    tier: usize,
    series: usize,
    change: ChangePoint,
    signal: Signal,
}

/// The incident of a window; buckets before `from` are history that only gives levels.
pub(crate) fn incident(tiers: &[WatchedTier<'_>], from: usize) -> Incident {
    let mut changes = all_changes(tiers, from);
    changes.sort_by_key(|change| change.change.bucket);
    let mut clusters: Vec<Vec<Change>> = Vec::new();
    for change in changes {
        let last = clusters.last().and_then(|cluster| cluster.last()).map(|last| last.change.bucket);
        match (last, clusters.last_mut()) {
            (Some(last), Some(cluster)) if change.change.bucket - last <= APART_BUCKETS => cluster.push(change),
            _ => clusters.push(vec![change]),
        }
    }
    // Of equals the newest.
    let weight = |cluster: &[Change]| weight(cluster, goes_on(cluster, tiers));
    let worst = clusters.into_iter().max_by(|a, b| weight(a).total_cmp(&weight(b)));
    worst.map(|cluster| told(&cluster, tiers)).unwrap_or_default()
}

fn all_changes(tiers: &[WatchedTier<'_>], from: usize) -> Vec<Change> {
    let mut out = Vec::new();
    for (tier, watched) in tiers.iter().enumerate() {
        let begun = begun(watched);
        for (place, series) in watched.series.iter().enumerate() {
            let mut values = series.values.clone();
            values.iter_mut().take(begun).for_each(|value| *value = None);
            for change in change_points(&values, series.noise()) {
                let is_worse = is_worse(watched, series, &change);
                if change.bucket >= from && is_worse {
                    out.push(Change { tier, series: place, change, signal: series.signal });
                }
            }
        }
    }
    out
}

/// The first bucket with traffic, when nothing but zeros were known of the tier's traffic before; else 0.
fn begun(watched: &WatchedTier<'_>) -> usize {
    let traffic = watched.series.iter().filter(|series| series.signal == Signal::Traffic);
    let first = |series: &TierSeries| series.values.iter().position(|value| value.is_some_and(|value| value > 0.0));
    traffic.filter_map(|series| first(series)).min().unwrap_or(0)
}

/// Whether a change is for the worse.
fn is_worse(watched: &WatchedTier<'_>, series: &TierSeries, change: &ChangePoint) -> bool {
    if series.signal == Signal::Traffic {
        return change.after >= change.before * DEMAND;
    }
    let wanted = || {
        let wanted = watched.series.iter().find(|other| WANTED.contains(&other.name.as_str()))?;
        wanted.values[change.bucket..].iter().flatten().next().copied()
    };
    let is_meant =
        COUNTS_OF_HOSTS.contains(&series.name.as_str()) && wanted().is_some_and(|wanted| change.after >= wanted);
    !is_meant && change.is_rise() == (series.worse() == Worse::Up)
}

/// Whether any of its series never came back.
fn goes_on(cluster: &[Change], tiers: &[WatchedTier<'_>]) -> bool {
    let lasts = |change: &Change| change.change.until == tiers[change.tier].series[change.series].values.len();
    cluster.iter().any(lasts)
}

/// How much a cluster says: the tiers it touches first, then the size of its changes.
fn weight(cluster: &[Change], goes_on: bool) -> f64 {
    let mut tiers: Vec<usize> = cluster.iter().map(|change| change.tier).collect();
    tiers.sort_unstable();
    tiers.dedup();
    let sizes: f64 = cluster.iter().map(|change| change.change.size.min(MOST_WEIGHT)).sum();
    #[expect(clippy::cast_precision_loss, reason = "an app has a handful of tiers")]
    let touched = tiers.len() as f64;
    (touched * 1000.0 + sizes) * if goes_on { GOES_ON } else { 1.0 }
}

fn told(cluster: &[Change], tiers: &[WatchedTier<'_>]) -> Incident {
    let mut moved = Vec::new();
    for (tier, watched) in tiers.iter().enumerate() {
        let mine = || cluster.iter().filter(|change| change.tier == tier);
        let Some(first) = mine().min_by_key(|change| change.change.bucket) else { continue };
        let bucket = first.change.bucket;
        let mut what: Vec<(usize, ChangePoint)> = mine()
            .filter(|change| change.change.bucket <= bucket + 1)
            .map(|change| (change.series, change.change))
            .collect();
        let is_demand = mine().any(|change| change.signal == Signal::Traffic && change.change.bucket == bucket)
            && matches!(watched.place, Place::Edge | Place::Balancer);
        // With demand the rise of traffic is the story; else the largest change is.
        let is_traffic = |series: usize| watched.series[series].signal == Signal::Traffic;
        what.sort_by(|a, b| {
            let key = |(series, change): &(usize, ChangePoint)| {
                (is_traffic(*series) != is_demand, -change.size.min(MOST_WEIGHT))
            };
            key(a).0.cmp(&key(b).0).then(key(a).1.total_cmp(&key(b).1))
        });
        what.truncate(MOST_TOLD);
        let last_before = what.iter().map(|(_, change)| change.last_before).min().unwrap_or(bucket);
        moved.push(Moved { tier, bucket, last_before: last_before.min(first.change.last_before), what, is_demand });
    }
    moved.sort_by_key(|moved| (moved.bucket, !moved.is_demand, depth(tiers[moved.tier].place), moved.tier));
    let start = moved.first().map_or(0, |moved| moved.bucket);
    let end = cluster.iter().map(|change| change.change.until).max().unwrap_or(start);
    Incident { moved, buckets: start..end.max(start) }
}

/// 0 for what everything else waits for.
const fn depth(place: Place) -> u8 {
    match place {
        Place::Data => 0,
        Place::Compute => 1,
        Place::Balancer => 2,
        Place::Edge => 3,
    }
}

#[cfg(test)]
mod tests {
    use super::super::series::tests::series;
    use super::*;

    /// A series in our words: signal, unit, values; a word `x×n` repeats, `-` is a gap.
    fn of(text: &str) -> TierSeries {
        let mut words = text.split_whitespace();
        let (name, unit) = (words.next().unwrap(), words.next().unwrap());
        let values = words.flat_map(|word| {
            let (value, count) = word.split_once('×').unwrap_or((word, "1"));
            std::iter::repeat_n(value.parse().ok(), count.parse().unwrap())
        });
        series(name, unit, values.collect())
    }

    fn incident_of(tiers: &[(Place, &[&str])]) -> Vec<(usize, usize)> {
        let series: Vec<Vec<TierSeries>> =
            tiers.iter().map(|(_, lines)| lines.iter().map(|line| of(line)).collect()).collect();
        let watched: Vec<WatchedTier<'_>> = tiers
            .iter()
            .zip(&series)
            .map(|((place, _), series)| WatchedTier { place: *place, series: series.iter().collect() })
            .collect();
        incident(&watched, 0).moved.iter().map(|moved| (moved.tier, moved.bucket)).collect()
    }

    #[test]
    fn what_goes_on_is_told_before_what_is_over() {
        let killed = ["saturation % 30×20 90×6 30×24"];
        let locked = ["load AAS 1×40 20×10"];
        assert_eq!(incident_of(&[(Place::Compute, &killed), (Place::Data, &locked)]), [(1, 40)]);
        let back = ["load AAS 1×40 20×6 1×4"];
        let everywhere: [(Place, &[&str]); 3] =
            [(Place::Edge, &killed), (Place::Balancer, &killed), (Place::Compute, &killed)];
        let [edge, balancer, compute] = everywhere;
        assert_eq!(incident_of(&[edge, balancer, compute, (Place::Data, &locked)]).len(), 3);
        assert_eq!(incident_of(&[(Place::Compute, &killed), (Place::Data, &back)]), [(1, 40)], "of equals the newest");
    }

    #[test]
    fn a_tier_that_begins_has_not_moved() {
        let idle_then_used = ["traffic /s 0×20 2.5×10", "errors /min 0×20 0×10", "saturation  0×20 3×10"];
        assert_eq!(incident_of(&[(Place::Compute, &idle_then_used)]), []);
        let throttled_later = ["traffic /s 0×20 2.5×20", "errors /min 0×32 40×8"];
        assert_eq!(incident_of(&[(Place::Compute, &throttled_later)]), [(0, 32)]);
        let refused_from_the_start = ["traffic /s 0×40", "errors /min 0×32 40×8"];
        assert_eq!(incident_of(&[(Place::Compute, &refused_from_the_start)]), [(0, 32)]);
    }

    #[test]
    fn tiers_stand_in_the_order_of_time() {
        let moved = incident_of(&[
            (Place::Balancer, &["traffic /s 400×20", "latency ms 300×12 2900×8"]),
            (Place::Compute, &["saturation % 22×11 95×9"]),
            (Place::Data, &["saturation AAS 2×10 14×10"]),
        ]);
        assert_eq!(moved, [(2, 10), (1, 11), (0, 12)]);
    }

    #[test]
    fn in_one_bucket_the_tier_behind_stands_first() {
        let moved = incident_of(&[
            (Place::Edge, &["errors % 0×10 30×10"]),
            (Place::Balancer, &["traffic /s 400×10 200×10", "latency ms 300×10 2900×10"]),
            (Place::Compute, &["saturation % 22×20"]),
            (Place::Data, &["saturation AAS 2×10 14×10"]),
        ]);
        assert_eq!(moved, [(3, 10), (1, 10), (0, 10)]);
    }

    #[test]
    fn a_rise_of_traffic_leads_its_bucket_and_a_fall_never_does() {
        let moved = incident_of(&[
            (Place::Balancer, &["traffic /s 100×10 900×10", "latency ms 30×10 300×10"]),
            (Place::Data, &["saturation AAS 2×10 14×10"]),
        ]);
        assert_eq!(moved, [(0, 10), (1, 10)]);
        let moved = incident_of(&[
            (Place::Balancer, &["traffic /s 900×9 100×11"]),
            (Place::Data, &["saturation AAS 2×10 14×10"]),
        ]);
        assert_eq!(moved, [(1, 10)]);
        assert_eq!(incident_of(&[(Place::Balancer, &["traffic /s 900×10 100×10"])]), []);
    }

    #[test]
    fn fewer_hosts_are_meant_when_fewer_are_wanted() {
        let group = |wanted: &str| {
            let (mut hosts, mut wanted) = (of("saturation hosts 4×10 3×10"), of(wanted));
            "HealthyHostCount".clone_into(&mut hosts.name);
            "Minimum".clone_into(&mut hosts.statistic);
            "GroupDesiredCapacity".clone_into(&mut wanted.name);
            incident(&[WatchedTier { place: Place::Compute, series: vec![&hosts, &wanted] }], 0).moved.len()
        };
        assert_eq!([group("saturation n 4×20"), group("saturation n 4×10 3×10")], [1, 0]);
    }

    #[test]
    fn the_incident_that_touches_most_tiers_is_told() {
        let moved = incident_of(&[
            (Place::Balancer, &["latency ms 30×30 300×10"]),
            (Place::Compute, &["saturation % 20×10 95×5 20×25"]),
            (Place::Data, &["saturation AAS 2×29 14×11"]),
        ]);
        assert_eq!(moved, [(2, 29), (0, 30)]);
    }

    #[test]
    fn steady_tiers_have_no_incident() {
        assert_eq!(
            incident_of(&[
                (Place::Balancer, &["traffic /s 400×30", "latency ms 300×30"]),
                (Place::Data, &["saturation AAS - 2×28 -"]),
            ]),
            []
        );
        assert_eq!(incident_of(&[]), []);
    }

    #[test]
    fn an_incident_ends_when_its_series_come_back() {
        let tier = of("saturation AAS 2×10 14×8 2×10");
        let incident = incident(&[WatchedTier { place: Place::Data, series: vec![&tier] }], 0);
        assert_eq!(incident.buckets, 10..18);
    }

    #[test]
    fn history_gives_levels_only() {
        let tier = of("saturation AAS 2×10 14×10");
        let watched = || [WatchedTier { place: Place::Data, series: vec![&tier] }];
        assert_eq!(incident(&watched(), 10).moved.len(), 1);
        assert_eq!(incident(&watched(), 11).moved, []);
    }
}
