//! The bars above the panels: instance and time, alarm, chips.

use leptos::prelude::*;
use units::{Compare, Dimension, Filter};
use view::{BlockedChip, InstanceFacts, Panel, PiState, Severity};

use super::super::controls::{
    RangePage, compare_choices, compare_name, range_control, refresh_choices, refresh_name, zone_choices,
};
use super::super::frame::use_frame;
use super::{DbContext, Landing, LoadResource, SLICES};
use crate::components::chips::{AddFilter, Chip, FilterBar};
use crate::components::clock::use_reader_clock;
use crate::components::context_bar::ContextBar;
use crate::components::sentence::sentence;
use crate::components::time_range::{Choice, ChoiceMenu, TimeRangeControl};
use crate::components::waiting::{nothing, waiting};
use crate::messages::{self as m, Say, use_say};
use crate::paths::{self, ComparePage, DbPage};
use crate::server_fns::AlarmLanding;
use crate::session::use_session;
use crate::ui::{CopyButton, Dropdown, Icon, IconMark, MenuItem, Status, StatusGlyph};

/// Instance and facts, time range, compare, refresh, copy link.
#[component]
pub(super) fn TopBar(facts: StoredValue<InstanceFacts>, context: DbContext) -> impl IntoView {
    let say = use_say();
    let subject = move || facts.with_value(|facts| view! { <InstanceMenu name=facts.name.clone() context=context /> });
    let line = facts.with_value(|facts| facts_line(facts, say));
    view! {
        <ContextBar subject=subject.into_any() facts=line>
            {move || view! { <Controls context=context /> }}
        </ContextBar>
    }
}

/// Title of the page, with the other instances behind it.
#[component]
fn InstanceMenu(name: String, context: DbContext) -> impl IntoView {
    let frame = use_frame();
    let items = move || async move {
        let frame = frame.await.unwrap_or_default();
        let page = context.page.get();
        let items = frame.instances.into_iter().map(|(id, name)| {
            let current = id == page.query.instance;
            let mut other = DbPage::new(id, page.query.zone.clone());
            other.query.range = page.query.range.clone();
            other.zone_is_pinned = page.zone_is_pinned;
            view! { <MenuItem href=other.href() label=name current=current /> }
        });
        items.collect_view()
    };
    let summary = view! {
        <h1 class="context-bar__title">{name}</h1>
        <IconMark icon=Icon::Caret />
    };
    view! {
        <Dropdown place="context-bar__switch" class="button--plain" summary=summary.into_any()>
            {waiting(nothing, items)}
        </Dropdown>
    }
}

fn facts_line(facts: &InstanceFacts, say: Say) -> String {
    let vcpus = facts.vcpu.vcpus().map(|vcpus| format!("{}\u{a0}vCPU", view::number::trimmed(vcpus)));
    let pi = match facts.pi {
        PiState::On => None,
        PiState::Off => Some(say.text(m::PI_OFF).to_owned()),
        PiState::Unsupported => Some(say.text(m::PI_UNSUPPORTED).to_owned()),
    };
    let status = (facts.status != "available").then(|| facts.status.clone());
    let multi_az = facts.multi_az.then(|| "Multi-AZ".to_owned());
    let parts = [
        Some(format!("{} {}", facts.engine.label(), facts.engine_version)),
        Some(facts.class.clone()),
        vcpus,
        multi_az,
        Some(facts.region.clone()),
        pi,
        status,
    ];
    parts.into_iter().flatten().filter(|part| !part.trim().is_empty()).collect::<Vec<_>>().join(" · ")
}

/// Time range, compare, refresh, copy link: of the page of an instance or of a statement.
#[component]
pub(in crate::pages) fn Controls(context: DbContext) -> impl IntoView {
    // A component does not listen to what it reads while it is made; what it gives back does.
    move || controls(context)
}

fn controls(context: DbContext) -> impl IntoView {
    let (say, clock, session) = (use_say(), use_reader_clock(), use_session());
    let (page, now) = (context.page.get(), context.at.get());
    let window = page.query.range.resolve(now);
    let control = window.as_ref().ok().map(|window| {
        let local = session.with_value(|session| session.local_zone.clone());
        let zones = zone_choices(local.as_deref(), clock.zone(), |zone| {
            let zone = if zone == "UTC" { units::Zone::Utc } else { units::Zone::Named(zone.to_owned()) };
            page.with_zone(zone).href()
        });
        let range = RangePage {
            range: &page.query.range,
            window: *window,
            now,
            href: &|range| page.with_range(range).href(),
            form: (page.path(), page.carried(&["from", "to", "period"])),
            zones,
        };
        range_control(range, &clock, say)
    });
    let refresh = page.query.refresh;
    let is_frozen = page.alarm.is_some();
    let live = is_frozen.then(|| view! { <a class="button" href=page.live().href()>{say.text(m::GO_LIVE)}</a> });
    let link = window.map(|window| page.pinned(window).href()).unwrap_or_default();
    let refreshes = refresh_choices(refresh, say, |refresh| page.with_refresh(refresh).href());
    view! {
        <div class="time-range">
            {control.map(|control| view! { <TimeRangeControl control=control /> })}
            <ChoiceMenu
                label=say.text(m::COMPARE)
                value=compare_name(&page.query.compare, say)
                choices=compare_choices(&page, say)
                key="c"
                more=compare_more(&page, say)
            />
            {live}
            {(!is_frozen)
                .then(|| {
                    view! {
                        <ChoiceMenu
                            label=say.text(m::REFRESH)
                            value=refresh_name(refresh, say)
                            icon=Icon::Refresh
                            choices=refreshes
                        />
                    }
                })}
            <CopyButton
                text=Signal::stored(link)
                label=say.text(m::COPY_LINK)
                done=say.text(m::COPIED)
                class="hide-on-phone"
                icon=Icon::Link
                key="y"
            />
        </div>
    }
}

/// Another length, and the page of two windows.
fn compare_more(page: &DbPage, say: Say) -> AnyView {
    let carried = page.carried(&["compare"]).into_iter();
    let carried = carried.map(|(name, value)| view! { <input type="hidden" name=name value=value /> });
    let chosen = match page.query.compare {
        Compare::SecondsEarlier(_) => page.query.compare.to_string(),
        _ => String::new(),
    };
    view! {
        <hr class="menu__rule" />
        <form class="range-picker__form" method="get" action=page.path()>
            {carried.collect_view()}
            <label class="range-picker__label">
                {say.text(m::COMPARE_CHOSEN)}
                <span class="field"><input class="field__input" name="compare" value=chosen placeholder="-2h" maxlength="16" autocomplete="off" spellcheck="false" required="" /></span>
            </label>
            <button class="button button--small" type="submit">{say.text(m::APPLY)}</button>
        </form>
        <hr class="menu__rule" />
        <a class="menu__item" href=ComparePage::of(page).href()>{say.text(m::COMPARE_WINDOWS)}</a>
    }
    .into_any()
}

/// Parameters of the address that could not be read.
#[component]
pub(super) fn RefusedLine(page: Memo<DbPage>) -> impl IntoView {
    move || {
        let refused = page.with(|page| page.refused.clone());
        (!refused.is_empty()).then(|| {
            let say = use_say();
            let lines = refused.into_iter().map(|line| view! { <li>{line}</li> });
            view! {
                <div class="notice notice--warning" role="alert">
                    <p>{say.text(m::ADDRESS_REFUSED)}</p>
                    <ul class="evidence__list">{lines.collect_view()}</ul>
                </div>
            }
        })
    }
}

/// The alarm the window was frozen for.
#[component]
pub(super) fn AlarmBanner(landing: Landing) -> impl IntoView {
    let banner =
        move || async move { landing.await.ok().flatten().map(|landing| view! { <AlarmHead landing=landing /> }) };
    waiting(nothing, banner)
}

#[component]
fn AlarmHead(landing: AlarmLanding) -> impl IntoView {
    let (say, clock) = (use_say(), use_reader_clock());
    let status = match landing.severity {
        Severity::Critical => (Status::Critical, "badge badge--critical", m::IN_ALARM_NOW),
        Severity::Good => (Status::Good, "badge badge--good", m::OK_NOW),
        _ => (Status::Unknown, "badge", m::STATE_UNKNOWN_NOW),
    };
    let at = clock.seconds(landing.at);
    let own = landing
        .arn
        .as_ref()
        .map_or_else(|| paths::named_alarm(&landing.name, Some(landing.at)), |arn| paths::alarm(arn, Some(landing.at)));
    let rule = sentence(say, m::ALARM_RULE, &[("time", &at), ("rule", &landing.rule)]);
    view! {
        <section class="panel alarm-head" aria-label=say.text(m::ALARM)>
            <StatusGlyph status=status.0 class="alarm-head__icon" />
            <h2 class="alarm-head__title">{landing.name} <span class=status.1>{say.text(status.2)}</span></h2>
            <p class="alarm-head__rule">{rule}</p>
            <div class="alarm-head__actions">
                <a class="button" href=own rel="external">{say.text(m::OPEN_ALARM)}</a>
                <a class="button" href=paths::ALARMS>{say.text(m::ALL_ALARMS)}</a>
            </div>
        </section>
    }
}

/// Chips and the slice-by control.
#[component]
pub(super) fn ChipBar(context: DbContext, load: LoadResource) -> impl IntoView {
    let say = use_say();
    let bar = move || {
        let page = context.page.get();
        async move {
            let blocked = match load.await {
                Ok(Panel::Data(view)) => view.blocked,
                _ => Vec::new(),
            };
            chip_bar(&page, &blocked, say)
        }
    };
    waiting(nothing, bar)
}

fn chip_bar(page: &DbPage, blocked: &[BlockedChip], say: Say) -> AnyView {
    let chips = page.query.filters.iter().map(|filter| Chip {
        blocked: blocked.iter().find(|chip| chip.filter == *filter).map(|chip| blocked_words(chip, say)),
        filter: filter.clone(),
        value: chip_value(filter),
        without: page.without_filter(filter).href(),
    });
    let slices = SLICES.map(|slice| Choice {
        href: page.with_slice(slice).href(),
        label: say.text(m::dimension(slice)).to_owned(),
        current: slice == page.query.slice,
    });
    let add = AddFilter { action: page.path(), carried: page.carried(&[]) };
    view! { <FilterBar chips=chips.collect() add=add slices=slices.to_vec() /> }.into_any()
}

/// Why a chip is not applied.
pub(super) fn blocked_words(chip: &BlockedChip, say: Say) -> String {
    let filter =
        format!("{} {}", say.text(m::dimension(chip.filter.dimension)).to_lowercase(), chip_value(&chip.filter));
    m::blocked(&filter, chip.reason, say)
}

/// What a chip reads: a digest id is cut to what tells it from others.
fn chip_value(filter: &Filter) -> String {
    const ID_CHARACTERS: usize = 11;
    match filter.dimension {
        Dimension::Sql => filter.value.chars().take(ID_CHARACTERS).chain(['…']).collect(),
        _ => filter.value.clone(),
    }
}
