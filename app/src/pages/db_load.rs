//! DB load of an instance: `/db/{instance}`.

mod bars;
mod panels;

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::NavigateOptions;
use leptos_router::hooks::{use_location, use_navigate, use_params_map};
use units::{Dimension, ResourceId, Timestamp, Window};
use view::{InstanceFacts, LoadView, Panel};

pub(super) use self::bars::Controls;
use self::bars::{AlarmBanner, ChipBar, RefusedLine, TopBar};
use self::panels::{AlarmLanePanel, ContextPanel, CountersPanel, JudgementPanel, LoadPanel, TopSqlPanel};
pub(super) use self::panels::{chart_words, summary};
use super::blocking::BlockingPanel;
use super::frame::PageFrame;
use super::not_found::ProblemPage;
use crate::components::app_bar::AppPlace;
use crate::components::clock::use_moment;
use crate::components::load_chart::ChartFocus;
use crate::components::refresh::refresh_every;
use crate::components::waiting::{nothing, waiting};
use crate::messages::{self as m, use_say};
use crate::paths::{self, DbPage};
use crate::server_fns::{self as ask, AlarmLanding, Asked, Key};
use crate::session::use_session;

/// Dimensions the slice-by control and the context tabs offer, in order: what PI can group by, then what
/// the SQL tells.
pub(super) const SLICES: [Dimension; 14] = [
    Dimension::Wait,
    Dimension::Sql,
    Dimension::User,
    Dimension::Host,
    Dimension::Application,
    Dimension::Database,
    Dimension::WaitType,
    Dimension::SessionType,
    Dimension::Table,
    Dimension::Kind,
    Dimension::Tag,
    Dimension::BlockingSession,
    Dimension::BlockingSql,
    Dimension::BlockingObject,
];

/// The page of an address.
pub(super) fn use_db_page() -> Memo<DbPage> {
    let (params, location, session) = (use_params_map(), use_location(), use_session());
    Memo::new(move |_| {
        let instance = ResourceId(params.read().get("instance").unwrap_or_default());
        let digest = params.read().get("digest").and_then(|digest| digest.parse().ok());
        let page = session.with_value(|session| DbPage::parse(instance, &location.search.read(), &session.zone));
        DbPage { digest, ..page }
    })
}

/// The load of the page: its chart, and which chips it follows.
pub(super) type LoadResource = Asked<Panel<LoadView>>;

/// The alarm the page was frozen for, if any.
pub(super) type Landing = Asked<Option<AlarmLanding>>;

/// What every part of the page is given.
#[derive(Clone, Copy)]
pub(super) struct DbContext {
    /// The page of the address.
    pub(super) page: Memo<DbPage>,
    /// The moment all panels stand for.
    pub(super) at: Memo<Timestamp>,
    /// Shared crosshair.
    pub(super) focus: ChartFocus,
    /// Opens a window: what brush, wheel and mini-map lead to.
    pub(super) on_window: Callback<Window>,
    /// Pixels to draw for.
    pub(super) width: RwSignal<u32>,
    /// Windows opened by hand since the page came: what Escape undoes.
    pub(super) zooms: RwSignal<u32>,
}

impl DbContext {
    pub(super) fn new(page: Memo<DbPage>) -> Self {
        let range = Memo::new(move |_| page.with(|page| page.query.range.clone()));
        let navigate = use_navigate();
        let zooms = RwSignal::new(0);
        let on_window = Callback::new(move |window: Window| {
            let href = page.with_untracked(|page| page.with_window(window).href());
            zooms.update(|zooms| *zooms += 1);
            navigate(&href, NavigateOptions { scroll: false, ..NavigateOptions::default() });
        });
        let width = use_session().with_value(|session| plot_width(session.width_px));
        Self { page, at: use_moment(range), focus: ChartFocus::new(), on_window, width: RwSignal::new(width), zooms }
    }

    /// The key of a panel: instance, the part of the address it depends on, the moment.
    pub(super) fn key(self, search: impl Fn(&DbPage) -> String) -> Key {
        let at_ms = self.at.get().0;
        let of = |page: &DbPage| page.query.instance.to_string();
        self.page.with(|page| Key { of: of(page), search: search(page), at_ms, ..Key::default() })
    }

    /// The window of the page.
    pub(super) fn window(self) -> Option<Window> {
        let at = self.at.get();
        self.page.with(|page| page.query.range.resolve(at).ok())
    }
}

/// Pixels of a plot on a window of this width: gutters, panel padding and the axis go off.
pub(super) fn plot_width(window_px: u16) -> u32 {
    const WIDEST_PAGE: u32 = 1920;
    const PHONE: u32 = 768;
    let window = u32::from(window_px).min(WIDEST_PAGE);
    let edges = if window < PHONE { 24 + 24 + 28 } else { 48 + 34 + 40 };
    window.saturating_sub(edges).max(240)
}

/// The route.
#[component]
pub fn DbLoadRoute() -> impl IntoView {
    let page = use_db_page();
    let instance = Memo::new(move |_| page.with(|page| page.query.instance.to_string()));
    let facts = ask::INSTANCE.asked(move || Key { of: instance.get(), ..Key::default() });
    let body = move || async move {
        match facts.await {
            Ok(facts) => view! { <DbLoadPage facts=facts page=page /> }.into_any(),
            Err(error) => view! { <ProblemPage error=error /> }.into_any(),
        }
    };
    view! {
        <PageFrame place=AppPlace::DbLoad>
            {waiting(nothing, body)}
        </PageFrame>
    }
}

#[component]
fn DbLoadPage(facts: InstanceFacts, page: Memo<DbPage>) -> impl IntoView {
    let say = use_say();
    let context = DbContext::new(page);
    refresh_every(Signal::derive(move || page.with(|page| page.query.refresh)));
    let title = say.with(m::TITLE_DB_LOAD, &[("instance", &facts.name)]);
    let simulated = facts.simulated.then(|| {
        view! { <p class="notice notice--simulated">{say.text(m::SIMULATED_NOTICE)}</p> }
    });
    let facts = StoredValue::new(facts);
    let landing = use_landing(page);
    let load = ask::DB_LOAD.asked(move || context.key(DbPage::load_search));
    let is_blocking = Memo::new(move |_| page.with(|page| page.tab.is_blocking() || page.lock.is_some()));
    let blocking = move || is_blocking.get().then(|| view! { <BlockingPanel context=context digest=String::new() /> });
    let undo = move || {
        (context.zooms.get() > 0).then(|| {
            view! { <button class="visually-hidden" type="button" tabindex="-1" data-undo="" on:click=move |_| undo_zoom(context)>{say.text(m::UNDO_ZOOM)}</button> }
        })
    };
    view! {
        <Title text=title />
        <TopBar facts=facts context=context />
        <main class="page" id="content">
            {simulated}
            <RefusedLine page=page />
            <AlarmBanner landing=landing />
            <ChipBar context=context load=load />
            <JudgementPanel context=context />
            <LoadPanel context=context landing=landing load=load />
            <AlarmLanePanel context=context />
            <div class="columns">
                <TopSqlPanel context=context />
                <div class="stack span-3">
                    <ContextPanel context=context />
                </div>
            </div>
            {blocking}
            <CountersPanel context=context />
            {undo}
        </main>
    }
}

/// What explains the load of an instance, for the page of an alarm or of an incident.
#[component]
pub(super) fn LoadExplained(page: Memo<DbPage>) -> impl IntoView {
    let context = DbContext::new(page);
    let landing = use_landing(page);
    let load = ask::DB_LOAD.asked(move || context.key(DbPage::load_search));
    view! {
        <JudgementPanel context=context />
        <LoadPanel context=context landing=landing load=load />
        <AlarmLanePanel context=context />
        <div class="columns">
            <TopSqlPanel context=context />
            <div class="stack span-3">
                <ContextPanel context=context />
            </div>
        </div>
    }
}

/// The alarm the page was frozen for; nothing is asked when there is none.
fn use_landing(page: Memo<DbPage>) -> Landing {
    let key = Memo::new(move |_| {
        let of = page.with(|page| page.alarm.clone())?;
        let at_ms = page.with(|page| page.alarm_at.map_or(0, |at| at.0));
        Some(Key { of, at_ms, ..Key::default() })
    });
    ask::ALARM.asked_if(move || key.get())
}

/// Goes back to the window before the last zoom.
fn undo_zoom(context: DbContext) {
    context.zooms.update(|zooms| *zooms = zooms.saturating_sub(1));
    #[cfg(feature = "hydrate")]
    if let Ok(history) = window().history() {
        // Refused only when there is nothing to go back to.
        drop(history.back());
    }
}

/// Where a state of a panel leads.
pub(super) fn state_links(page: Memo<DbPage>) -> crate::components::panel::StateLinks {
    let again = page.with_untracked(DbPage::href);
    crate::components::panel::StateLinks { again, sources: paths::SOURCES.to_owned() }
}
