//! An app: `/app/{app}`.

use std::pin::Pin;

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::NavigateOptions;
use leptos_router::hooks::{use_location, use_navigate, use_params_map};
use units::{Compare, StripOrder, Timestamp, Window};
use view::chart::mover_lines;
use view::{AppView, Condition, Panel, PanelTools, Reading, SightLimit, StripGroup, TierView};

use super::controls::{RangePage, compare_name, range_control, refresh_choices, refresh_name, zone_choices};
use super::db_load::plot_width;
use super::frame::PageFrame;
use super::not_found::ProblemPage;
use crate::components::app_bar::AppPlace;
use crate::components::clock::{use_moment, use_reader_clock};
use crate::components::context_bar::ContextBar;
use crate::components::load_chart::ChartFocus;
use crate::components::panel::{Skeleton, StateLinks, ToolLinks, panel_body, source_line, trouble_line, trouble_view};
use crate::components::refresh::refresh_every;
use crate::components::strips::StripSetup;
use crate::components::tier_drawer::{DrawerSetup, alarm_lane, tier_drawer};
use crate::components::tier_strip::{FirstMover, TierStrip, status_of};
use crate::components::time_range::{Choice, ChoiceMenu, TimeRangeControl};
use crate::components::verdict::VerdictLine;
use crate::components::waiting::{skeleton_panel, waiting, waiting_stale};
use crate::error::ViewError;
use crate::messages::{self as m, Say, use_say};
use crate::paths::{self, AppPage};
use crate::server_fns::{self as ask, Key};
use crate::session::use_session;
use crate::ui::{CopyButton, Icon, Status, StatusGlyph};

/// The label column beside strips.
const LABELS_PX: u32 = 176;

/// What every part of the page is given.
#[derive(Clone, Copy)]
struct AppContext {
    page: Memo<AppPage>,
    at: Memo<Timestamp>,
    focus: ChartFocus,
    on_window: Callback<Window>,
    width: u32,
}

impl AppContext {
    fn new(page: Memo<AppPage>) -> Self {
        let session = use_session();
        let range = Memo::new(move |_| page.with(|page| page.query.range.clone()));
        let navigate = use_navigate();
        let on_window = Callback::new(move |window: Window| {
            let href = page.with_untracked(|page| page.with_range(units::TimeRange::fixed(window)).href());
            navigate(&href, NavigateOptions { scroll: false, ..NavigateOptions::default() });
        });
        let width = session.with_value(|session| plot_width(session.width_px));
        let width = if width > 700 { width - LABELS_PX } else { width };
        Self { page, at: use_moment(range), focus: ChartFocus::new(), on_window, width }
    }

    /// The key of a panel: app, the part of the address it depends on, the moment.
    fn key(self, search: impl Fn(&AppPage) -> String) -> Key {
        let at_ms = self.at.get().0;
        self.page.with(|page| Key { of: page.query.app.clone(), search: search(page), at_ms, ..Key::default() })
    }

    fn links(self) -> StateLinks {
        StateLinks { again: self.page.with_untracked(AppPage::href), sources: paths::SOURCES.to_owned() }
    }

    /// Asks for the page, and words the answer with `page`.
    fn waited(
        self,
        page: impl Fn(Answers, AppContext) -> AnyView + Copy + Send + Sync + 'static,
    ) -> impl Fn() -> Pin<Box<dyn Future<Output = AnyView> + Send>> + Copy + Send + Sync + 'static {
        let app = ask::APP.asked(move || self.key(AppPage::tiers_search));
        // Nothing is asked for a closed drawer.
        let is_open = Memo::new(move |_| self.page.with(|page| page.tier.is_some()));
        let tier = ask::TIER.asked_if(move || is_open.get().then(|| self.key(AppPage::drawer_search)));
        move || {
            let open = self.page.with(|page| page.tier.clone());
            Box::pin(async move {
                match app.await {
                    Err(error @ ViewError::NotFound { .. }) => view! { <ProblemPage error=error /> }.into_any(),
                    panel => {
                        let tier = tier.await.map(|tier| tier.unwrap_or(Panel::Empty));
                        page(Answers { panel, tier, open }, self)
                    }
                }
            })
        }
    }
}

/// What the page was answered.
struct Answers {
    panel: Result<Panel<AppView>, ViewError>,
    tier: Result<Panel<TierView>, ViewError>,
    /// The tier whose drawer is open.
    open: Option<String>,
}

/// The tiers of an app over a frozen window, one of them open.
#[component]
pub(super) fn AppExplained(app: String, window: Window, tier: Option<String>) -> impl IntoView {
    let zone = use_session().with_value(|session| session.zone.clone());
    let page = AppPage::new(app, zone).with_range(units::TimeRange::fixed(window)).with_tier(tier.as_deref());
    let body = AppContext::new(Memo::new(move |_| page.clone())).waited(app_panels);
    waiting(skeleton_panel, body)
}

/// The route.
#[component]
pub fn AppRoute() -> impl IntoView {
    let (params, location, session) = (use_params_map(), use_location(), use_session());
    let context = AppContext::new(Memo::new(move |_| {
        let app = params.read().get("app").unwrap_or_default();
        session.with_value(|session| AppPage::parse(app, &location.search.read(), &session.zone))
    }));
    refresh_every(Signal::derive(move || context.page.with(|page| page.query.refresh)));
    let (is_stale, set_stale) = signal(false);
    let body = context.waited(app_page);
    view! {
        <PageFrame place=AppPlace::Apps>
            <div class:page--stale=is_stale>
                {waiting_stale(skeleton_page, set_stale, body)}
            </div>
        </PageFrame>
    }
}

fn skeleton_page() -> AnyView {
    view! { <main class="page" id="content"><section class="panel"><Skeleton /></section></main> }.into_any()
}

fn app_page(answers: Answers, context: AppContext) -> AnyView {
    let say = use_say();
    let (name, facts) = match &answers.panel {
        Ok(Panel::Data(view)) => (view.name.clone(), facts_line(view)),
        _ => (context.page.with_untracked(|page| page.query.app.clone()), String::new()),
    };
    let subject = view! { <h1 class="context-bar__title">{name.clone()}</h1> };
    let refused = context.page.with_untracked(|page| page.refused.clone());
    let refused = refused.into_iter().map(|reason| view! { <p class="notice">{reason}</p> }).collect_view();
    let body = app_panels(answers, context);
    view! {
        <Title text=say.with(m::TITLE_APP, &[("app", &name)]) />
        <ContextBar subject=subject.into_any() facts=facts>
            {move || controls(context)}
        </ContextBar>
        <main class="page" id="content">{refused} {body}</main>
    }
    .into_any()
}

fn app_panels(answers: Answers, context: AppContext) -> AnyView {
    let Answers { panel, tier, open } = answers;
    let drawer = open.is_some().then(|| drawer(tier, context));
    panel_body(panel, m::APP, m::NO_APPS, &context.links(), |view| app_body(view, open, drawer, context))
}

/// `1 Application Load Balancer · 2 EC2 instance · eu-central-1`
fn facts_line(view: &AppView) -> String {
    let parts = view.parts.iter().map(|(label, count)| format!("{count} {label}"));
    parts.chain(view.regions.iter().cloned()).collect::<Vec<_>>().join(" · ")
}

fn drawer(tier: Result<Panel<TierView>, ViewError>, context: AppContext) -> AnyView {
    let page = context.page.get_untracked();
    let links = context.links();
    let close = page.with_tier(None).href();
    let setup_links = links.clone();
    let is_data = matches!(tier, Ok(Panel::Data(_)));
    let body = panel_body(tier, m::TIER, m::NO_DATA_OF_TIER, &links, |view| {
        let db = view.tier.instance.as_ref().map(|id| page.db_href(id));
        let AppContext { width, focus, on_window, .. } = context;
        tier_drawer(view, DrawerSetup { close, db, width, focus, on_window, links: setup_links })
    });
    if is_data { body } else { view! { <section class="panel drawer" id="tier">{body}</section> }.into_any() }
}

fn app_body(view: AppView, open: Option<String>, drawer: Option<AnyView>, context: AppContext) -> AnyView {
    let say = use_say();
    let page = context.page.get_untracked();
    let simulated = view
        .tiers
        .iter()
        .any(|tier| tier.simulated)
        .then(|| view! { <p class="notice notice--simulated">{say.text(m::SIMULATED_TIERS)}</p> });
    let is_zoomed = view.subject != view.axis.window;
    let zoom = is_zoomed.then(|| page.with_range(units::TimeRange::fixed(around(view.subject))).href());
    let href = {
        let (page, open) = (page.clone(), open.clone());
        Callback::new(move |key: String| {
            let tier = (open.as_deref() != Some(key.as_str())).then_some(key);
            page.with_tier(tier.as_deref()).href()
        })
    };
    let movers = (!view.movers.is_empty()).then(|| first_mover(&view, say));
    let limits = view.limits.iter().map(|limit| limit_line(limit, say)).collect_view();
    let readings = readings_panel(view.readings.clone(), say);
    view! {
        {simulated}
        <VerdictLine verdict=view.verdict.clone() zoom=zoom tools=tools_of(&view, &page) />
        <TierStrip tiers=view.tiers.clone() open=open href=href />
        {drawer}
        {movers}
        {strips_panel(view, &page, context)}
        {readings}
        <div class="limits">{limits}</div>
    }
    .into_any()
}

/// A span with as much again before and after, in whole minutes.
fn around(span: Window) -> Window {
    let margin = span.secs().clamp(600, 3600);
    Window::new(span.from.plus_secs(-margin), span.to.plus_secs(margin)).aligned(60)
}

fn first_mover(view: &AppView, say: Say) -> AnyView {
    view! {
        <section class="panel" aria-label=say.text(m::FIRST_MOVER)>
            <div class="panel__head">
                <h2 class="panel__title">{say.text(m::FIRST_MOVER)}</h2>
                <span class="panel__meta">{say.text(m::FIRST_MOVER_META)}</span>
            </div>
            <div class="panel__body"><FirstMover movers=view.movers.clone() /></div>
        </section>
    }
    .into_any()
}

fn tools_of(view: &AppView, page: &AppPage) -> PanelTools {
    let window = view.axis.window;
    PanelTools {
        json: Some(page.api_href("", window)),
        csv: Some(page.api_href("/strips.csv", window)),
        calls: view.source.calls.clone(),
    }
}

fn strips_panel(view: AppView, page: &AppPage, context: AppContext) -> AnyView {
    let (say, clock) = (use_say(), use_reader_clock());
    let source = source_line(&view.source, &clock, say);
    let tools = tools_of(&view, page);
    let behind = view.behind.clone().map(|trouble| trouble_line(trouble, m::APP, &context.links()));
    let orders = StripOrder::ALL.map(|order| {
        let label = match order {
            StripOrder::Tier => m::BY_TIER,
            StripOrder::Signal => m::BY_SIGNAL,
        };
        let current = (order == page.query.order).then_some("true");
        let href = page.with_order(order).href();
        view! { <a class="segmented__option" href=href aria-current=current data-noscroll="">{say.text(label)}</a> }
    });
    let lines = mover_lines(&view.movers, &view.axis);
    let lane = alarm_lane(&view.lane, &view.axis, say);
    let setup = StripSetup::new(view.axis.clone(), context.width, context.focus, context.on_window, lines);
    let links = context.links();
    let groups = view.groups.into_iter().map(|group| group_view(group, setup, &links, say)).collect_view();
    let meta =
        say.with(m::STRIPS_META, &[("period", &view.axis.period.to_string()), ("range", &clock.range(view.subject))]);
    view! {
        <section class="panel" aria-label=say.text(m::TIERS_ON_ONE_AXIS)>
            <div class="panel__head">
                <h2 class="panel__title">{say.text(m::TIERS_ON_ONE_AXIS)}</h2>
                <span class="panel__meta">{meta}</span>
                <div class="panel__tools">
                    <div class="segmented hide-on-phone">{orders.into_iter().collect_view()}</div>
                    <ToolLinks tools=tools />
                </div>
            </div>
            {behind}
            <figure class="strips" aria-label=say.text(m::TIERS_ON_ONE_AXIS)>
                {lane} {groups} {setup.axis()}
            </figure>
            <div class="panel__foot"><span>{say.text(m::STRIPS_NOTE)}</span><span>{source}</span></div>
        </section>
    }
    .into_any()
}

fn group_view(group: StripGroup, setup: StripSetup, links: &StateLinks, say: Say) -> AnyView {
    let title = if group.state.is_some() { group.title.clone() } else { say.text(m::signal(&group.title)).to_owned() };
    let glyph = group.state.as_ref().map(|state| {
        let status = status_of(state);
        view! { <span class=format!("status status--{}", status.name())><StatusGlyph status=status /></span> }
    });
    let simulated = group.simulated.then(|| view! { <span class="badge badge--tag">{say.text(m::SIMULATED)}</span> });
    let is_silent = group.load.is_none() && group.strips.is_empty();
    let silent = is_silent.then(|| silent_rows(&group, setup, links, say));
    view! {
        <div class="strips__group">
            {glyph}
            <span>{title} " " <span class="strips__group-kind">{group.kind.clone()}</span> " " {simulated}</span>
        </div>
        <div class="strip strip--group">{setup.lines_only(Vec::new())}</div>
        {silent}
        {group.load.map(|load| setup.load(load))}
        {setup.rows(group.strips)}
    }
    .into_any()
}

/// A tier without data: a hatched row, and the reason where one is known.
fn silent_rows(group: &StripGroup, setup: StripSetup, links: &StateLinks, say: Say) -> AnyView {
    let trouble = group.trouble.clone().map(|trouble| {
        view! { <div class="strips__trouble">{trouble_view(trouble, m::TIER, links)}</div> }
    });
    view! {
        <div class="strips__label"><span class="strips__name">{say.text(m::TIER_NO_DATA)}</span></div>
        <div class="strip strip--silent">{setup.lines_only(vec![view::chart::gap_mark()])}</div>
        {trouble}
    }
    .into_any()
}

/// Reading rules with the figures they were judged by.
fn readings_panel(readings: Vec<Reading>, say: Say) -> AnyView {
    let rows = readings.into_iter().map(|reading| {
        let (status, class) =
            if reading.holds { (Status::Warning, "reading reading--holds") } else { (Status::Unknown, "reading") };
        let conclusion = m::rule(&format!("reading_{}", reading.rule)).unwrap_or(m::NO_FINDING);
        let conditions = reading.conditions.iter().map(|condition| condition_view(condition, say)).collect_view();
        view! {
            <li class=class>
                <StatusGlyph status=status />
                <span>{crate::components::sentence::sentence(say, conclusion, &[])}</span>
                <span class="reading__conditions">{conditions}</span>
            </li>
        }
    });
    view! {
        <section class="panel" aria-label=say.text(m::READINGS)>
            <div class="panel__head">
                <h2 class="panel__title">{say.text(m::READINGS)}</h2>
                <span class="panel__meta">{say.text(m::READINGS_META)}</span>
            </div>
            <ul class="readings">{rows.collect_view()}</ul>
        </section>
    }
    .into_any()
}

fn condition_view(condition: &Condition, say: Say) -> AnyView {
    let values = condition.values.as_ref().map_or_else(
        || say.text(m::NOT_KNOWN).to_owned(),
        |(before, after)| if before.is_empty() { after.clone() } else { format!("{before} → {after}") },
    );
    let class = if condition.holds { "reading__condition reading__condition--holds" } else { "reading__condition" };
    let words = format!("{} {}", say.text(m::figure(&condition.figure)), say.text(m::trend(&condition.trend)));
    view! { <span class=class>{words} " " <span class="reading__values">{values}</span></span> }.into_any()
}

fn limit_line(limit: &SightLimit, say: Say) -> AnyView {
    let values = [("about", limit.about.as_str()), ("action", limit.action.as_str())];
    view! { <p class="limits__line">{crate::components::sentence::sentence(say, m::sight_limit(&limit.kind), &values)}</p> }
        .into_any()
}

fn controls(context: AppContext) -> AnyView {
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
            form: (page.path(), page.carried(&["from", "to"])),
            zones,
        };
        range_control(range, &clock, say)
    });
    let compares = [Compare::Yesterday, Compare::LastWeek, Compare::Previous, Compare::Off].into_iter();
    let compares = compares.map(|compare| Choice {
        current: compare == page.query.compare,
        href: page.with_compare(compare.clone()).href(),
        label: compare_name(&compare, say),
    });
    let refresh = page.query.refresh;
    let refreshes = refresh_choices(refresh, say, |refresh| page.with_refresh(refresh).href());
    let link = window.map(|window| page.pinned(window).href()).unwrap_or_default();
    view! {
        <div class="time-range">
            {control.map(|control| view! { <TimeRangeControl control=control /> })}
            <ChoiceMenu
                label=say.text(m::COMPARE)
                value=compare_name(&page.query.compare, say)
                choices=compares.collect()
                key="c"
            />
            <ChoiceMenu label=say.text(m::REFRESH) value=refresh_name(refresh, say) icon=Icon::Refresh choices=refreshes />
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
    .into_any()
}
