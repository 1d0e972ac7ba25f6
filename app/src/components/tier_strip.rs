//! Tiers as boxes: the strip of an app, the cards of the fleet, the chain of those that moved.

use leptos::prelude::*;
use view::{AppCard, Caller, EdgeEvidence, Mover, PlaceState, Severity, TierBox, TierPlace, TierState, Trouble};

use super::clock::use_reader_clock;
use crate::messages::{self as m, Say, use_say};
use crate::ui::{Status, StatusGlyph};

/// Status of a tier.
#[must_use]
pub const fn status_of(state: &TierState) -> Status {
    match state.severity() {
        Severity::Critical => Status::Critical,
        Severity::Warning => Status::Warning,
        Severity::Good => Status::Good,
        Severity::Unknown => Status::Unknown,
    }
}

/// The state of a tier in words: what is wrong, else that nothing is.
#[must_use]
pub fn state_words(state: &TierState, say: Say) -> String {
    match state {
        TierState::Healthy => say.text(m::TIER_HEALTHY).to_owned(),
        TierState::Warning(what) | TierState::Critical(what) => what.clone(),
        TierState::NoData => say.text(m::TIER_NO_DATA).to_owned(),
        TierState::Unused => say.text(m::TIER_UNUSED).to_owned(),
    }
}

/// The glyph of a state with its words.
#[must_use]
pub fn state_view(state: &TierState, say: Say) -> AnyView {
    let status = status_of(state);
    view! {
        <span class=format!("status status--{}", status.name())>
            <StatusGlyph status=status />
            {state_words(state, say)}
        </span>
    }
    .into_any()
}

/// The strip: four places, a box a tier.
#[component]
pub fn TierStrip(
    /// Boxes, by place.
    tiers: Vec<TierBox>,
    /// Key of the tier whose drawer is open.
    #[prop(optional_no_strip)]
    open: Option<String>,
    /// Where a box leads: to its drawer, or back when it is open.
    href: Callback<String, String>,
) -> impl IntoView {
    let say = use_say();
    let columns = TierPlace::ALL.map(|place| {
        let boxes = tiers.iter().filter(|tier| tier.place == place).map(|tier| {
            let is_open = open.as_deref() == Some(tier.key.as_str());
            tier_box(tier, href.run(tier.key.clone()), is_open, say)
        });
        let boxes: Vec<AnyView> = boxes.collect();
        let is_empty = boxes.is_empty();
        view! {
            <div class="tier-strip__column">
                <h2 class="tier-strip__heading">{say.text(m::place(place))}</h2>
                {boxes}
                {is_empty.then(|| view! { <p class="tier tier--unused">{say.text(m::TIER_UNUSED)}</p> })}
            </div>
        }
    });
    view! { <section class="tier-strip" aria-label=say.text(m::TIERS)>{columns.into_iter().collect_view()}</section> }
}

fn tier_box(tier: &TierBox, href: String, is_open: bool, say: Say) -> AnyView {
    let status = status_of(&tier.state);
    let figures =
        tier.figures.iter().map(|(label, value)| view! { <span>{label.clone()} " " <b>{value.clone()}</b></span> });
    let figures = figures.collect_view();
    let trouble = tier.trouble.as_ref().map(|trouble| view! { <span>{trouble_words(trouble, say)}</span> });
    let simulated = tier.simulated.then(|| view! { <span class="badge badge--tag">{say.text(m::SIMULATED)}</span> });
    let callers = tier.callers.iter().map(|caller| caller_view(caller, say)).collect_view();
    view! {
        <a
            class=format!("tier tier--{}", status.name())
            href=href
            aria-current=is_open.then_some("true")
            data-noscroll=""
        >
            <span class="tier__name">{tier.name.clone()}</span>
            <span class="tier__status">{state_view(&tier.state, say)}</span>
            <span class="tier__kind">{tier.kind.clone()} " " {simulated}</span>
            <span class="tier__signals">{figures} {trouble}</span>
            <span class="tier__callers">{callers}</span>
        </a>
    }
    .into_any()
}

/// Why a tier says nothing, in one line; the drawer tells the rest.
fn trouble_words(trouble: &Trouble, say: Say) -> String {
    match trouble {
        Trouble::Denied { action, .. } => say.with(m::TIER_DENIED, &[("action", action)]),
        Trouble::Throttled { .. } => say.text(m::STATE_THROTTLED_TITLE).to_owned(),
        Trouble::Pending { .. } => say.text(m::STATE_PENDING_TITLE).to_owned(),
        Trouble::NotCollected { what } => say.with(m::STATE_OFF_TITLE, &[("what", what)]),
        Trouble::NotRunning { status } => say.with(m::STATE_DOWN_TITLE, &[("status", status)]),
        Trouble::Credentials => say.text(m::STATE_CREDENTIALS_TITLE).to_owned(),
        Trouble::NotInFile => say.text(m::STATE_NOT_IN_FILE_TITLE).to_owned(),
        Trouble::Unreachable | Trouble::Failed { .. } => say.text(m::STATE_UNREACHABLE_TITLE).to_owned(),
    }
}

fn caller_view(caller: &Caller, say: Say) -> AnyView {
    let from = if caller.from.is_empty() { say.text(m::ELSEWHERE).to_owned() } else { caller.from.clone() };
    let (class, title) = match caller.evidence {
        EdgeEvidence::Described => ("tier__caller", m::EDGE_DESCRIBED),
        EdgeEvidence::Measured => ("tier__caller", m::EDGE_MEASURED),
        EdgeEvidence::Possible => ("tier__caller tier__caller--possible", m::EDGE_POSSIBLE),
    };
    view! { <span class=class title=say.text(title)>"← " {from} " " <b>{caller.weight.clone()}</b></span> }.into_any()
}

/// The chain of tiers that moved, in order.
#[component]
pub fn FirstMover(
    /// Movers, the first one first.
    movers: Vec<Mover>,
) -> impl IntoView {
    let (say, clock) = (use_say(), use_reader_clock());
    let steps = movers.into_iter().map(|mover| {
        let lag = if mover.lag_secs > 0 { format!("+{} s", mover.lag_secs) } else { String::new() };
        let tolerance =
            (mover.tolerance_secs > 0).then(|| say.with(m::TOLERANCE, &[("secs", &mover.tolerance_secs.to_string())]));
        let what = mover.what.into_iter().map(|(what, before, after)| {
            view! { <span class="first-mover__what">{format!("{what} {before} → {after}")}</span> }
        });
        let name = if mover.is_alarm { say.text(m::ALARM).to_owned() } else { mover.tier.1.clone() };
        let alarm = mover.is_alarm.then(|| view! { <span class="first-mover__what">{mover.tier.1.clone()}</span> });
        view! {
            <li class="first-mover__step">
                <span class="first-mover__time" title=tolerance>
                    {clock.seconds(mover.at)}
                    " "
                    <span class="first-mover__lag">{lag}</span>
                </span>
                <span>{name}</span>
                {what.collect_view()}
                {alarm}
            </li>
        }
    });
    view! { <ol class="first-mover">{steps.collect_view()}</ol> }
}

/// Cards of apps: name, requests, the four places.
#[component]
pub fn AppCards(
    /// Apps.
    apps: Vec<AppCard>,
    /// The page of an app.
    href: Callback<String, String>,
) -> impl IntoView {
    let cards = apps.into_iter().map(|app| app_card(app, href)).collect_view();
    view! { <div class="app-cards">{cards}</div> }
}

fn app_card(app: AppCard, href: Callback<String, String>) -> AnyView {
    let say = use_say();
    let requests = app.requests_per_sec.map(|rate| view::number::with_unit(rate, "req/s"));
    let simulated = app.simulated.then(|| view! { <span class="badge badge--tag">{say.text(m::SIMULATED)}</span> });
    let places = app.places.iter().map(|place| place_view(place, say)).collect_view();
    view! {
        <a class="app-card" href=href.run(app.key)>
            <span class="app-card__head">
                <span class="app-card__name">{app.name}</span>
                <span class="app-card__traffic">{requests}</span>
                {simulated}
            </span>
            <span class="app-card__tiers">{places}</span>
        </a>
    }
    .into_any()
}

fn place_view(place: &PlaceState, say: Say) -> AnyView {
    let status = status_of(&place.state);
    let note = match place.state {
        TierState::Unused | TierState::NoData => state_words(&place.state, say),
        _ => place.note.clone(),
    };
    view! {
        <span class=format!("app-card__tier app-card__tier--{}", status.name())>
            <span class=format!("status status--{}", status.name())>
                <StatusGlyph status=status />
                {say.text(m::place(place.place))}
            </span>
            <span title=note.clone()>{note.clone()}</span>
        </span>
    }
    .into_any()
}
