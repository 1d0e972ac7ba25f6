//! The drawer of a tier: targets, every metric, facts, what to buy.

use leptos::prelude::*;
use view::number::{percent, three_figures, trimmed};
use view::{PurchaseView, TargetRow, TierView, chart};

use super::clock::use_reader_clock;
use super::load_chart::ChartFocus;
use super::panel::{StateLinks, source_line, trouble_view};
use super::strips::StripSetup;
use super::tier_strip::state_view;
use crate::messages::{self as m, Message, Say, use_say};
use crate::ui::{Icon, IconMark, Status, StatusGlyph};

/// What a drawer needs besides its data.
#[derive(Clone)]
pub struct DrawerSetup {
    /// The page without the drawer.
    pub close: String,
    /// The page of the database with the window kept.
    pub db: Option<String>,
    /// Pixels to draw for.
    pub width: u32,
    /// Shared crosshair.
    pub focus: ChartFocus,
    /// What happens when a window is brushed.
    pub on_window: Callback<units::Window>,
    /// Where states lead.
    pub links: StateLinks,
}

/// The drawer.
#[must_use]
pub fn tier_drawer(view: TierView, setup: DrawerSetup) -> AnyView {
    let (say, clock) = (use_say(), use_reader_clock());
    let source = source_line(&view.source, &clock, say);
    let trouble = view.tier.trouble.clone().map(|trouble| trouble_view(trouble, m::TIER, &setup.links));
    let db = setup.db.map(|href| view! { <a class="button button--small" href=href>{say.text(m::OPEN_DB_LOAD)}</a> });
    let targets = (!view.targets.is_empty()).then(|| target_table(view.targets, m::TARGETS, m::SINCE));
    let events = (!view.target_events.is_empty()).then(|| target_table(view.target_events, m::TARGET_CHANGES, m::WHEN));
    let silent = (!view.silent.is_empty()).then(
        || view! { <p class="drawer__note">{say.with(m::SILENT_METRICS, &[("names", &view.silent.join(", "))])}</p> },
    );
    let strips = (!view.strips.is_empty()).then(|| {
        let strips = StripSetup::new(view.axis, setup.width, setup.focus, setup.on_window, Vec::new());
        view! {
            <figure class="strips" aria-label=say.text(m::COUNTERS)>
                {strips.rows(view.strips)} {strips.axis()}
            </figure>
        }
    });
    view! {
        <section class="panel drawer" aria-label=view.tier.name.clone() id="tier">
            <div class="panel__head">
                <h2 class="panel__title">{view.tier.name.clone()}</h2>
                <span class="panel__meta">{view.tier.kind.clone()}</span>
                {state_view(&view.tier.state, say)}
                <div class="panel__tools">
                    {db}
                    <a class="button button--quiet button--icon button--small" href=setup.close aria-label=say.text(m::CLOSE) data-noscroll="">
                        <IconMark icon=Icon::Close />
                    </a>
                </div>
            </div>
            {trouble}
            {targets}
            {events}
            {strips}
            {silent}
            {view.purchase.map(purchase_mix)}
            {facts_list(view.facts)}
            <div class="panel__foot"><span></span><span>{source}</span></div>
        </section>
    }
    .into_any()
}

/// Health of targets with AWS's own reason, or its changes.
fn target_table(rows: Vec<TargetRow>, title: Message, when: Message) -> AnyView {
    let (say, clock) = (use_say(), use_reader_clock());
    let rows = rows.into_iter().map(|row| {
        let status = match row.state.as_str() {
            "healthy" => Status::Good,
            "unhealthy" | "unavailable" => Status::Critical,
            "initial" | "draining" | "unhealthy.draining" => Status::Warning,
            _ => Status::Unknown,
        };
        view! {
            <tr>
                <td><code>{row.target}</code></td>
                <td><span class=format!("status status--{}", status.name())><StatusGlyph status=status />{row.state}</span></td>
                <td class="table__grow"><code>{row.reason}</code> " " {row.description}</td>
                <td>{format!("{} {}", clock.date(row.at), clock.seconds(row.at))}</td>
                <td>{row.group}</td>
            </tr>
        }
    });
    view! {
        <div class="scroll-x">
            <table class="table">
                <caption class="drawer__caption">{say.text(title)}</caption>
                <thead class="table__head">
                    <tr>
                        <th scope="col">{say.text(m::TARGET)}</th>
                        <th scope="col">{say.text(m::STATE)}</th>
                        <th scope="col">{say.text(m::REASON)}</th>
                        <th scope="col">{say.text(when)}</th>
                        <th scope="col">{say.text(m::TARGET_GROUP)}</th>
                    </tr>
                </thead>
                <tbody class="table__body">{rows.collect_view()}</tbody>
            </table>
        </div>
    }
    .into_any()
}

fn facts_list(facts: Vec<(String, String)>) -> AnyView {
    let items = facts.into_iter().map(|(what, value)| {
        view! {
            <div class="facts__item">
                <dt class="facts__term">{what}</dt>
                <dd class="facts__value">{value}</dd>
            </div>
        }
    });
    view! { <dl class="facts">{items.collect_view()}</dl> }.into_any()
}

/// Base and spikes, and what each way to buy costs, with the arithmetic.
fn purchase_mix(view: PurchaseView) -> AnyView {
    let (say, clock) = (use_say(), use_reader_clock());
    let kind = view.instance_type.clone().unwrap_or_else(|| say.text(m::UNKNOWN_TYPE).to_owned());
    let summary = say.with(
        m::PURCHASE_SUMMARY,
        &[
            ("base", &view.base.to_string()),
            ("hours", &trimmed(view.known_hours)),
            ("range", &clock.range(view.window)),
            ("based", &trimmed(view.base_hours)),
            ("spiked", &trimmed(view.spike_hours)),
            ("border", &percent(view.break_even)),
        ],
    );
    let spot = view.spot_now.map(|count| say.with(m::SPOT_NOW, &[("count", &trimmed(count))]));
    let steps = view.steps.iter().map(|step| {
        let advice = if step.nth <= view.base { m::COMMIT } else { m::DO_NOT_COMMIT };
        view! {
            <tr>
                <td class="table__number">{step.nth}</td>
                <td class="table__number">{trimmed(step.hours)}</td>
                <td class="table__number">{percent(step.share)}</td>
                <td class="table__grow">{say.text(advice)}</td>
            </tr>
        }
    });
    let options = (!view.options.is_empty()).then(|| purchase_options(&view, say));
    let prices = say.with(m::PRICES_AS_OF, &[("date", &view.prices_as_of), ("region", &view.region), ("kind", &kind)]);
    view! {
        <h3 class="drawer__caption">{say.text(m::PURCHASE_MIX)}</h3>
        <p class="drawer__note">{summary} " " {spot}</p>
        <div class="scroll-x">
            <table class="table">
                <thead class="table__head">
                    <tr>
                        <th class="table__number" scope="col">{say.text(m::NTH_INSTANCE)}</th>
                        <th class="table__number" scope="col">{say.text(m::RAN)} " " <span class="table__unit">"h"</span></th>
                        <th class="table__number" scope="col">{say.text(m::OF_THE_TIME)}</th>
                        <th scope="col">{say.text(m::SUGGESTION)}</th>
                    </tr>
                </thead>
                <tbody class="table__body">{steps.collect_view()}</tbody>
            </table>
        </div>
        {options}
        <p class="drawer__note">{prices} " " {say.text(m::SPOT_NOTE)}</p>
    }
    .into_any()
}

fn purchase_options(view: &PurchaseView, say: Say) -> AnyView {
    let rows = view.options.iter().map(|option| {
        let parts: Vec<String> = option
            .parts
            .iter()
            .map(|(how, hours, usd)| {
                format!("{} {} h × ${}", say.text(m::purchase(how)), trimmed(*hours), dollars_an_hour(*usd))
            })
            .collect();
        let assumed = option.is_assumed.then(|| say.text(m::ASSUMED_PRICE));
        view! {
            <tr>
                <td>{say.text(m::purchase(&option.key))}</td>
                <td class="table__grow">{parts.join(" + ")} " " <span class="table__unit">{assumed}</span></td>
                <td class="table__number">{format!("${}", three_figures(option.usd_per_month))}</td>
            </tr>
        }
    });
    view! {
        <div class="scroll-x">
            <table class="table">
                <thead class="table__head">
                    <tr>
                        <th scope="col">{say.text(m::BUY_AS)}</th>
                        <th scope="col">{say.text(m::ARITHMETIC)}</th>
                        <th class="table__number" scope="col">{say.text(m::A_MONTH)}</th>
                    </tr>
                </thead>
                <tbody class="table__body">{rows.collect_view()}</tbody>
            </table>
        </div>
    }
    .into_any()
}

/// Prices have more figures than other numbers of a page.
fn dollars_an_hour(usd: f64) -> String {
    let text = format!("{usd:.5}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// The alarm lane above the strips.
#[must_use]
pub fn alarm_lane(lane: &view::AlarmLane, axis: &view::Axis, say: Say) -> AnyView {
    let drawing = chart::draw_alarm_lane(lane, axis);
    let deploys = lane.markers.iter().filter(|marker| marker.kind == view::MarkerKind::Deploy).count();
    let values = [("alarms", lane.alarms.len().to_string()), ("deploys", deploys.to_string())];
    let values: Vec<(&str, &str)> = values.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let note = say.with(m::LANE_NOTE, &values);
    view! {
        <div class="strips__label">
            <span class="strips__name">{say.text(m::ALARMS_AND_EVENTS)}</span>
            <span class="strips__note">{note}</span>
        </div>
        <div class="strip">{super::drawing::drawing_view(drawing)}</div>
    }
    .into_any()
}
