//! All apps in short: the list of apps and the cards of the fleet page.

use samples::Wanted;
use units::{Compare, TimeRange, Timestamp, Zone};
use view::{AppCard, AppsView, PlaceState, TierBox, TierPlace, TierState};

use super::boxes::boxes;
use super::joins::Joins;
use super::page::{incident_of, subject};
use super::world::{AppWorld, Asked, read};
use crate::Result;
use crate::averages::weighted_mean;
use crate::facts::trouble_of;
use crate::reader::{Lookup, Reader};

/// Most apps of a list.
const MOST_APPS: usize = 50;

/// Every app over a range.
///
/// # Errors
/// [`crate::Error`].
pub async fn rank_apps(reader: &Reader, range: &TimeRange, now: Timestamp) -> Result<AppsView> {
    let range = range.clone();
    reader.answer(now, move |lookup| apps(lookup, &range)).await
}

fn apps(lookup: &Lookup, range: &TimeRange) -> Result<AppsView> {
    let topology = lookup.archive.topology()?;
    if topology.seen.is_none() {
        lookup.lack(Wanted::Inventory);
    }
    let asked = Asked { range, zone: &Zone::Utc, compare: &Compare::Off };
    let mut cards = Vec::new();
    for app in topology.apps.iter().take(MOST_APPS) {
        cards.push(card(&read(lookup, topology.clone(), app.clone(), &asked)?));
    }
    cards.sort_by(|a, b| worst(b).cmp(&worst(a)).then_with(|| a.name.cmp(&b.name)));
    let trouble = lookup.refusal().filter(|_| cards.is_empty()).map(trouble_of);
    Ok(AppsView { apps: cards, trouble })
}

/// How bad its worst place is; a place nobody uses is none.
fn worst(card: &AppCard) -> view::Severity {
    let used = card.places.iter().filter(|place| place.state != TierState::Unused);
    used.map(|place| place.state.severity()).max().unwrap_or(view::Severity::Good)
}

fn card(world: &AppWorld) -> AppCard {
    let incident = incident_of(world);
    let boxes = boxes(world, &incident, subject(world, &incident));
    let requests = Joins::of(world).requests;
    let shown = &requests[world.window_buckets()];
    AppCard {
        key: world.app.key.clone(),
        name: world.app.name.clone(),
        requests_per_sec: weighted_mean(shown, &vec![1; shown.len()]),
        places: TierPlace::ALL.map(|place| place_state(place, &boxes)).to_vec(),
        simulated: boxes.iter().any(|tier| tier.simulated),
    }
}

/// The worst box of a place, and its most telling figure.
fn place_state(place: TierPlace, boxes: &[TierBox]) -> PlaceState {
    let of_place = boxes.iter().filter(|tier| tier.place == place);
    let worst = of_place.max_by_key(|tier| (tier.state.severity(), !tier.figures.is_empty()));
    let Some(worst) = worst else { return PlaceState { place, state: TierState::Unused, note: String::new() } };
    let named = match &worst.state {
        TierState::Warning(what) | TierState::Critical(what) => {
            worst.figures.iter().find(|(label, _)| label == what).or(worst.figures.last())
        }
        _ => worst.figures.last(),
    };
    let note = named.map(|(label, value)| format!("{label} {value}")).unwrap_or_default();
    PlaceState { place, state: worst.state.clone(), note }
}
