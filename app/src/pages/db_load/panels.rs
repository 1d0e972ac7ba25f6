//! The panels of the page, a resource each: a slow one does not hold up the rest.

use leptos::prelude::*;
use units::{DigestId, Dimension, Filter, SortBy};
use view::chart::ChartWords;
use view::number::percent;
use view::{ContextView, CountersView, LoadView, Panel, PanelTools, Source, TopSqlView};

use super::super::controls::ghost_name;
use super::bars::blocked_words;
use super::{DbContext, Landing, LoadResource, SLICES, state_links};
use crate::components::clock::use_reader_clock;
use crate::components::context_tabs::{ContextLinks, ContextTabs, RankList};
use crate::components::counters::CounterStrips;
use crate::components::legend::LegendView;
use crate::components::load_chart::{LoadChartSetup, LoadFigure};
use crate::components::load_table::DataTableView;
use crate::components::mini_map::MiniMapView;
use crate::components::panel::{ToolLinks, panel_body, source_line, trouble_line};
use crate::components::state_lane::StateLaneView;
use crate::components::tiles::Tiles;
use crate::components::time_range::Choice;
use crate::components::top_sql::{RowLinks, TopSqlTable};
use crate::components::verdict::VerdictLine;
use crate::components::waiting::{nothing, skeleton, waiting, waiting_stale};
use crate::messages::{self as m, Say, use_say};
use crate::paths::{self, DbPage};
use crate::server_fns::{self as ask, Judgement};

/// Tabs in the row; the others stand behind *More*.
const TABS_IN_ROW: usize = 4;

/// Verdict and tiles.
#[component]
pub(super) fn JudgementPanel(context: DbContext) -> impl IntoView {
    let judgement = ask::JUDGEMENT.asked(move || context.key(DbPage::judge_search));
    let body = move || {
        let page = context.page.get();
        async move {
            match judgement.await {
                Ok(Judgement { verdict, tiles, subject }) => view! {
                    <VerdictLine
                        verdict=verdict
                        zoom=subject.map(|window| page.with_window(window).href())
                        tools=api_tools(context, ("judgement", "judgement.csv"), Vec::new())
                    />
                    <Tiles tiles=tiles />
                }
                .into_any(),
                Err(_) => ().into_any(),
            }
        }
    };
    waiting(empty_verdict, body)
}

fn empty_verdict() -> AnyView {
    view! { <section class="verdict"></section> }.into_any()
}

/// DB load: legend, chart, mini-map.
#[component]
pub(super) fn LoadPanel(context: DbContext, landing: Landing, load: LoadResource) -> impl IntoView {
    let say = use_say();
    let overview = ask::OVERVIEW.asked(move || context.key(DbPage::overview_search));
    let (is_stale, set_stale) = signal(false);
    let body = move || {
        let width = context.width.get();
        context.page.track();
        let as_table = context.page.with(|page| page.as_table);
        async move {
            let threshold = landing.await.ok().flatten().and_then(|landing| landing.threshold).map(|(value, sign)| {
                let printed = view::number::three_figures(value);
                (value, say.with(m::ALARM_LIMIT, &[("sign", &sign), ("value", &printed)]))
            });
            let links = state_links(context.page);
            let draw = |view: LoadView| load_body(view, context, LoadLook { width, as_table, threshold });
            let body = panel_body(load.await, m::DB_LOAD, m::NO_SESSIONS, &links, draw);
            let map = match overview.await {
                Ok(Panel::Data(overview)) => Some(mini_map(overview, context, width)),
                _ => None,
            };
            view! {
                {body}
                {map}
            }
        }
    };
    let meta = move || {
        let slice = context.page.with(|page| page.query.slice);
        async move {
            let period = match load.await {
                Ok(Panel::Data(view)) => view.axis.period.to_string(),
                _ => return String::new(),
            };
            let slice = m::inside(say.text(m::dimension(slice)));
            say.with(m::LOAD_META, &[("slice", &slice), ("period", &period)])
        }
    };
    let tools = move || async move {
        let calls = calls_of(&load.await, |view| &view.source);
        view! { <LoadTools context=context calls=calls /> }
    };
    view! {
        <section class="panel" aria-label=say.text(m::DB_LOAD) class:panel--stale=is_stale>
            <div class="panel__head">
                <h2 class="panel__title">{say.text(m::DB_LOAD)}</h2>
                <span class="panel__meta">{waiting(nothing, meta)}</span>
                {waiting(nothing, tools)}
            </div>
            {waiting_stale(skeleton, set_stale, body)}
        </section>
    }
}

/// States of the instance's alarms on the axis of the load chart.
#[component]
pub(super) fn AlarmLanePanel(context: DbContext) -> impl IntoView {
    let say = use_say();
    let lane = ask::ALARM_LANE.asked(move || context.key(DbPage::counters_search));
    let body = move || async move {
        let lane = lane.await.ok().filter(|lane| !lane.rows.is_empty())?;
        let middle = lane.axis.window;
        let href = Callback::new(move |row: view::StateLaneRow| {
            let went_off = row.spans.iter().find(|span| span.state == view::Severity::Critical);
            paths::alarm(&row.arn, went_off.map(|span| span.from.max(middle.from)))
        });
        Some(view! {
            <section class="panel" aria-label=say.text(m::ALARMS)>
                <div class="panel__head">
                    <h2 class="panel__title">{say.text(m::ALARMS)}</h2>
                    <span class="panel__meta">{say.text(m::SAME_AXIS)}</span>
                </div>
                <StateLaneView lane=lane href=href />
            </section>
        })
    };
    waiting(nothing, body)
}

/// Whole window, chart or table, call, CSV, image.
#[component]
fn LoadTools(context: DbContext, calls: Vec<String>) -> impl IntoView {
    // A component does not listen to what it reads while it is made; what it gives back does.
    move || load_tools(context, calls.clone())
}

fn load_tools(context: DbContext, calls: Vec<String>) -> impl IntoView {
    let say = use_say();
    let page = context.page.get();
    let window = context.window();
    let whole = page.with_range(units::TimeRange::last_secs(24 * 3600)).href();
    let table = page.with_table(!page.as_table).href();
    let label = if page.as_table { m::SHOW_AS_CHART } else { m::SHOW_AS_TABLE };
    let tools = window.map_or_else(PanelTools::default, |window| PanelTools {
        json: Some(page.api_href("load", window)),
        csv: Some(page.api_href("load.csv", window)),
        calls,
    });
    view! {
        <div class="panel__tools">
            <a class="button button--quiet button--small hide-on-phone" href=whole data-noscroll="" data-key="w">
                {say.text(m::ZOOM_OUT)}
                <kbd class="kbd">"w"</kbd>
            </a>
            <a class="button button--quiet button--small" href=table data-noscroll="">{say.text(label)}</a>
            <ToolLinks tools=tools />
        </div>
    }
}

struct LoadLook {
    width: u32,
    as_table: bool,
    threshold: Option<(f64, String)>,
}

fn load_body(view: LoadView, context: DbContext, look: LoadLook) -> AnyView {
    let say = use_say();
    let page = context.page.get_untracked();
    if look.as_table {
        return view! { <DataTableView table=view.table() /> }.into_any();
    }
    let ghost = ghost_name(&page.query.compare, say);
    let hrefs = view.layers.iter().map(|layer| filter_href(&page, view.slice, &layer.key)).collect();
    let coverage = coverage_badge(&view, say);
    let blocked = blocked_chips(&view, say);
    let behind = view.behind.clone().map(|trouble| trouble_line(trouble, m::DB_LOAD, &state_links(context.page)));
    let setup = LoadChartSetup {
        words: chart_words(&ghost, say),
        width: look.width,
        threshold: look.threshold,
        summary: summary(&view, say),
    };
    let view = StoredValue::new(view);
    view! {
        {behind}
        {blocked}
        {coverage}
        <LegendView view=view hrefs=hrefs focus=context.focus ghost_label=ghost />
        <LoadFigure view=view setup=setup focus=context.focus on_window=context.on_window />
    }
    .into_any()
}

/// The page filtered by a layer or a row; `None` where PI gives no value to filter by.
fn filter_href(page: &DbPage, dimension: Dimension, key: &str) -> Option<String> {
    let usable = !key.is_empty() && key.len() <= Filter::MAX_VALUE_BYTES;
    usable.then(|| page.with_filter(Filter::is(dimension, key)).href())
}

/// Chips that the numbers do not follow, and why.
fn blocked_chips(view: &LoadView, say: Say) -> Option<impl IntoView + use<>> {
    let lines = view.blocked.iter().map(|chip| view! { <li>{blocked_words(chip, say)}</li> });
    let lines = lines.collect_view();
    (!view.blocked.is_empty()).then(|| view! { <ul class="notice notice--warning notice--inside">{lines}</ul> })
}

fn coverage_badge(view: &LoadView, say: Say) -> Option<AnyView> {
    let share = view.coverage.share().filter(|share| *share < 0.9995)?;
    if let Some(first) = view.coverage.begins_at() {
        let at = view.axis.label(view.axis.start_of(first));
        let text = say.with(m::DATA_BEGINS, &[("time", &at)]);
        return Some(view! { <p class="coverage"><span class="muted small">{text}</span></p> }.into_any());
    }
    let reasons: Vec<String> = view.coverage.reasons.iter().map(|reason| m::gap_reason(reason, say)).collect();
    Some(
        view! {
            <p class="coverage">
                <span class="badge badge--warning">{say.with(m::COVERAGE_OF, &[("share", &percent(share))])}</span>
                <span class="muted small">{reasons.join(" ")}</span>
            </p>
        }
        .into_any(),
    )
}

/// Words of a chart of load; `ghost` names its compare window.
pub(in crate::pages) fn chart_words(ghost: &str, say: Say) -> ChartWords {
    ChartWords {
        over: say.text(m::WORD_OVER).into(),
        above_scale: say.text(m::WORD_ABOVE_SCALE).into(),
        ghost: ghost.to_owned().into(),
        not_collected: say.text(m::NOT_COLLECTED).into(),
        no_samples: say.text(m::NO_SAMPLES).into(),
        before_first: say.text(m::NO_DATA_BEFORE).into(),
        markers: [m::WORD_DEPLOY, m::WORD_EVENT, m::WORD_ALARM, m::WORD_ALARM_OK].map(|word| say.text(word).into()),
        ..ChartWords::default()
    }
}

/// One sentence that names the chart.
pub(in crate::pages) fn summary(view: &LoadView, say: Say) -> String {
    let range = view.axis.range_label(view.axis.window);
    let slice = m::inside(say.text(m::dimension(view.slice)));
    let largest =
        view.layers.iter().max_by(|a, b| a.mean.0.total_cmp(&b.mean.0)).map_or("–", |layer| layer.label.as_str());
    let mean = view.mean.map_or_else(|| "–".to_owned(), |mean| view::number::three_figures(mean.0));
    let values = [
        ("range", range.as_str()),
        ("zone", &view.axis.zone),
        ("slice", &slice),
        ("largest", largest),
        ("mean", &mean),
    ];
    say.with(m::CHART_SUMMARY, &values)
}

fn mini_map(overview: LoadView, context: DbContext, width: u32) -> AnyView {
    let overview = StoredValue::new(overview);
    let window = context.window().unwrap_or_else(|| overview.with_value(|view| view.axis.window));
    view! { <MiniMapView overview=overview window=window width=width on_window=context.on_window /> }.into_any()
}

/// Top SQL.
#[component]
pub(super) fn TopSqlPanel(context: DbContext) -> impl IntoView {
    let say = use_say();
    let top = ask::TOP_SQL.asked(move || context.key(DbPage::top_search));
    let (is_stale, set_stale) = signal(false);
    let body = move || {
        // Links of rows carry the whole address along.
        context.page.track();
        async move {
            let links = state_links(context.page);
            panel_body(top.await, m::TOP_SQL, m::NO_STATEMENTS, &links, |view| top_body(view, context))
        }
    };
    let meta = move || async move {
        match top.await {
            Ok(Panel::Data(view)) => top_meta(&view, say),
            _ => String::new(),
        }
    };
    let tools = move || async move {
        let calls = calls_of(&top.await, |view| &view.source);
        view! { <div class="panel__tools"><ToolLinks tools=api_tools(context, ("top", "top.csv"), calls) /></div> }
    };
    view! {
        <section class="panel span-9" aria-label=say.text(m::TOP_SQL) class:panel--stale=is_stale>
            <div class="panel__head">
                <h2 class="panel__title">{say.text(m::TOP_SQL)}</h2>
                <span class="panel__meta">{waiting(nothing, meta)}</span>
                {waiting(nothing, tools)}
            </div>
            {waiting_stale(skeleton, set_stale, body)}
        </section>
    }
}

/// The commands behind a panel, when it has data.
fn calls_of<T, E>(answer: &Result<Panel<T>, E>, source: impl Fn(&T) -> &Source) -> Vec<String> {
    match answer {
        Ok(Panel::Data(view)) => source(view).calls.clone(),
        _ => Vec::new(),
    }
}

fn api_tools(context: DbContext, (json, csv): (&str, &str), calls: Vec<String>) -> PanelTools {
    let page = context.page.get();
    context.window().map_or_else(PanelTools::default, |window| PanelTools {
        json: Some(page.api_href(json, window)),
        csv: Some(page.api_href(csv, window)),
        calls,
    })
}

fn top_meta(view: &TopSqlView, say: Say) -> String {
    let shown = view.rows.iter().filter(|row| matches!(row.kind, view::RowKind::Digest(_))).count();
    let shown = shown.to_string();
    let all = view::number::count(view.digest_count.into());
    let order = say.text(m::sort_name(view.sort));
    say.with(m::TOP_META, &[("shown", &shown), ("all", &all), ("order", order)])
}

fn top_body(view: TopSqlView, context: DbContext) -> AnyView {
    let (say, clock) = (use_say(), use_reader_clock());
    let page = context.page.get_untracked();
    let range = context.window().map(|window| clock.range(window)).unwrap_or_default();
    let ghost = ghost_name(&page.query.compare, say).to_lowercase();
    let has_ghost = view.total_before.is_some();
    let note = if has_ghost { say.with(m::BAR_NOTE, &[("compare", &ghost)]) } else { String::new() };
    let source = source_line(&view.source, &clock, say);
    let links = row_links(context);
    view! {
        <TopSqlTable view=view links=links range=range />
        <div class="panel__foot">
            <span>{note}</span>
            <span>{source}</span>
        </div>
    }
    .into_any()
}

fn row_links(context: DbContext) -> RowLinks {
    let page = StoredValue::new(context.page.get_untracked());
    let filter = |digest: DigestId, keep: bool| {
        if keep {
            Filter::is(Dimension::Sql, digest.to_string())
        } else {
            Filter::is_not(Dimension::Sql, digest.to_string())
        }
    };
    RowLinks {
        open: Callback::new(move |digest| page.with_value(|page| page.sql_href(digest))),
        only: Callback::new(move |digest| page.with_value(|page| page.with_filter(filter(digest, true)).href())),
        without: Callback::new(move |digest| page.with_value(|page| page.with_filter(filter(digest, false)).href())),
        sort: Callback::new(move |sort: SortBy| page.with_value(|page| page.with_sort(sort).href())),
    }
}

/// Load by the dimension of the open tab.
#[component]
pub(super) fn ContextPanel(context: DbContext) -> impl IntoView {
    let say = use_say();
    let ranked = ask::CONTEXT.asked(move || context.key(DbPage::context_search));
    let (is_stale, set_stale) = signal(false);
    let tabs = move || {
        let page = context.page.get();
        // One tab for all that is told of blockers.
        let is_shown =
            |tab: &Dimension| !matches!(tab, Dimension::Sql | Dimension::BlockingSql | Dimension::BlockingObject);
        let tabs = SLICES.into_iter().filter(is_shown).map(|tab| Choice {
            href: page.with_tab(tab).href(),
            label: say.text(m::tab(tab)).to_owned(),
            current: tab == page.tab,
        });
        view! { <ContextTabs tabs=tabs.collect() in_row=TABS_IN_ROW /> }
    };
    let body = move || {
        // Links of rows carry the whole address along.
        context.page.track();
        async move {
            let links = state_links(context.page);
            panel_body(ranked.await, m::CONTEXT, m::NO_SESSIONS, &links, |view| context_body(view, context))
        }
    };
    view! {
        <section class="panel" aria-label=say.text(m::CONTEXT) class:panel--stale=is_stale>
            {tabs}
            {waiting_stale(skeleton, set_stale, body)}
        </section>
    }
}

fn context_body(view: ContextView, context: DbContext) -> AnyView {
    let say = use_say();
    let dimension = view.dimension;
    let page = StoredValue::new(context.page.get_untracked());
    let tools = page.with_value(|page| {
        let href = |what: &str| context.window().map(|window| page.with_tab(dimension).ranked_href(what, window));
        PanelTools { json: href("top"), csv: href("top.csv"), calls: view.source.calls.clone() }
    });
    let links = Callback::new(move |key: String| {
        page.with_value(|page| {
            let only = filter_href(page, dimension, &key);
            let without = only.as_ref().map(|_| page.with_filter(Filter::is_not(dimension, key.as_str())).href());
            ContextLinks { only, without }
        })
    });
    view! {
        <RankList view=view links=links />
        <div class="panel__foot">
            <span>{say.text(m::CONTEXT_HINT)}</span>
            <span class="panel__tools"><ToolLinks tools=tools /></span>
        </div>
    }
    .into_any()
}

/// CPU, connections and other counters on the axis of the load chart.
#[component]
pub(super) fn CountersPanel(context: DbContext) -> impl IntoView {
    let say = use_say();
    let counters = ask::COUNTERS.asked(move || context.key(DbPage::counters_search));
    let (is_stale, set_stale) = signal(false);
    let body = move || {
        let width = context.width.get();
        async move {
            let links = state_links(context.page);
            let draw = |view: CountersView| counters_body(view, context, width);
            panel_body(counters.await, m::COUNTERS, m::NO_COUNTERS, &links, draw)
        }
    };
    let tools = move || async move {
        let calls = calls_of(&counters.await, |view| &view.source);
        let tools = api_tools(context, ("counters", "counters.csv"), calls);
        view! { <div class="panel__tools"><ToolLinks tools=tools /></div> }
    };
    view! {
        <section class="panel" aria-label=say.text(m::COUNTERS) class:panel--stale=is_stale>
            <div class="panel__head">
                <h2 class="panel__title">{say.text(m::COUNTERS)}</h2>
                <span class="panel__meta">{say.text(m::SAME_AXIS)}</span>
                {waiting(nothing, tools)}
            </div>
            {waiting_stale(skeleton, set_stale, body)}
        </section>
    }
}

fn counters_body(view: CountersView, context: DbContext, width: u32) -> AnyView {
    /// The label column beside strips.
    const LABELS_PX: u32 = 176;
    let (say, clock) = (use_say(), use_reader_clock());
    let source = source_line(&view.source, &clock, say);
    let width = if width > 700 { width - LABELS_PX } else { width };
    view! {
        <CounterStrips view=view width=width focus=context.focus on_window=context.on_window />
        <div class="panel__foot">
            <span></span>
            <span>{source}</span>
        </div>
    }
    .into_any()
}
