//! One statement: `/db/{instance}/sql/{digest}`.

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_params_map;
use units::{DigestId, Dimension, Filter};
use view::{InstanceFacts, Panel, PanelTools, Sheet};

use super::blocking::BlockingPanel;
use super::db_load::{Controls, DbContext, state_links, use_db_page};
use super::frame::PageFrame;
use super::not_found::ProblemPage;
use super::plans::PlansPanel;
use crate::components::aligned::AlignedCharts;
use crate::components::app_bar::AppPlace;
use crate::components::clock::use_reader_clock;
use crate::components::context_bar::ContextBar;
use crate::components::drawing::drawing_view;
use crate::components::panel::{ToolLinks, panel_body, source_line};
use crate::components::refresh::refresh_every;
use crate::components::sheet::{piece_view, sheets_view};
use crate::components::sql_spans::SqlSpans;
use crate::components::top_sql::badge_view;
use crate::components::verdict::VerdictLine;
use crate::components::waiting::{nothing, skeleton, skeleton_panel, waiting, waiting_stale};
use crate::error::ViewError;
use crate::messages::{self as m, use_say};
use crate::paths::{DbPage, SqlTab};
use crate::server_fns::{self as ask, Key, SqlScreen};
use crate::ui::CopyButton;

/// The route.
#[component]
pub fn SqlRoute() -> impl IntoView {
    let (page, params) = (use_db_page(), use_params_map());
    let digest = Memo::new(move |_| params.read().get("digest").unwrap_or_default());
    let instance = Memo::new(move |_| page.with(|page| page.query.instance.to_string()));
    let facts = ask::INSTANCE.asked(move || Key { of: instance.get(), ..Key::default() });
    let body = move || {
        let digest = digest.get();
        async move {
            let facts = facts.await.and_then(|facts| {
                let reason = |error: units::DigestIdError| ViewError::BadRequest { reason: error.to_string() };
                digest.parse::<DigestId>().map_err(reason).map(|digest| (facts, digest))
            });
            match facts {
                Ok((facts, digest)) => view! { <SqlPage facts=facts digest=digest page=page /> }.into_any(),
                Err(error) => view! { <ProblemPage error=error /> }.into_any(),
            }
        }
    };
    view! {
        <PageFrame place=AppPlace::DbLoad>
            {waiting(nothing, body)}
        </PageFrame>
    }
}

#[component]
fn SqlPage(facts: InstanceFacts, digest: DigestId, page: Memo<DbPage>) -> impl IntoView {
    let say = use_say();
    let context = DbContext::new(page);
    refresh_every(Signal::derive(move || page.with(|page| page.query.refresh)));
    let short: String = digest.to_string().chars().skip_while(|letter| *letter != '-').skip(1).take(8).collect();
    let title = say.with(m::TITLE_SQL, &[("digest", &short.to_uppercase())]);
    let statement = ask::STATEMENT.asked(move || Key { digest: digest.to_string(), ..context.key(DbPage::sql_search) });
    let (is_stale, set_stale) = signal(false);
    let body = move || {
        let width = context.width.get();
        async move {
            let links = state_links(page);
            let draw = |screen: SqlScreen| screen_view(screen, (context, digest), width);
            let body = panel_body(statement.await, m::STATEMENT, m::NO_STATEMENTS, &links, draw);
            view! { <div class="stack">{body}</div> }
        }
    };
    let subject = view! { <h1 class="context-bar__title">{title.clone()}</h1> };
    let line = move || async move {
        match statement.await {
            Ok(Panel::Data(screen)) => screen.subject,
            _ => String::new(),
        }
    };
    let back = move || page.with(|page| page.of_instance().href());
    let subject = view! {
        <a class="context-bar__facts" href=back>{facts.name.clone()}</a>
        {subject}
        <span class="context-bar__facts">{waiting(nothing, line)}</span>
    };
    view! {
        <Title text=title />
        <ContextBar subject=subject.into_any() facts="">
            {move || view! { <Controls context=context /> }}
        </ContextBar>
        <main class="page" id="content" class:panel--stale=is_stale>
            {waiting_stale(skeleton_panel, set_stale, body)}
        </main>
    }
}

/// Verdict, statement and change, charts, findings.
fn screen_view(screen: SqlScreen, (context, digest): (DbContext, DigestId), width: u32) -> AnyView {
    let (say, clock) = (use_say(), use_reader_clock());
    let source = source_line(&screen.source, &clock, say);
    let charts = {
        /// The label column beside strips.
        const LABELS_PX: u32 = 176;
        let width = if width > 700 { width - LABELS_PX } else { width };
        view! {
            <AlignedCharts
                load=screen.load.clone()
                whole=screen.whole.clone()
                strips=screen.strips.clone()
                width=width
                focus=context.focus
                on_window=context.on_window
            />
        }
    };
    let now = context.page.get_untracked();
    let calls = screen.source.calls.clone();
    let tools = |csv: &str| {
        let form = |form: &str| Some(now.sql_api_href(now.digest?, form, context.window()?));
        PanelTools { json: form(""), csv: form(csv), calls: calls.clone() }
    };
    let waterfall = screen.waterfall.clone().map(|(against, rows)| {
        view! {
            <section class="panel span-5" aria-label=say.text(m::WHAT_CHANGED)>
                <div class="panel__head">
                    <h2 class="panel__title">{say.text(m::WHAT_CHANGED)}</h2>
                    <span class="panel__meta">{against}</span>
                    <div class="panel__tools"><ToolLinks tools=tools("/change.csv") /></div>
                </div>
                <div class="waterfall-panel">{drawing_view(view::chart::draw_waterfall(&rows))}</div>
            </section>
        }
    });
    let findings = screen.findings.clone();
    let meta = screen.aligned_meta.clone();
    let class = if waterfall.is_some() { "panel span-7" } else { "panel span-12" };
    view! {
        <VerdictLine verdict=screen.verdict.clone() zoom=None tools=tools("/change.csv") />
        <div class="columns columns--even-height">
            {statement_panel(screen, context.page, class)}
            {waterfall}
        </div>
        <section class="panel" aria-label=say.text(m::ALIGNED)>
            <div class="panel__head">
                <h2 class="panel__title">{say.text(m::ALIGNED)}</h2>
                <span class="panel__meta">{meta}</span>
                <div class="panel__tools"><ToolLinks tools=tools("/series.csv") /></div>
            </div>
            {charts}
            <div class="panel__foot panel__foot--end">
                <span></span>
                <span>{source}</span>
            </div>
        </section>
        <div class="columns">
            <div class="stack span-7">
                <TabPanel context=context digest=digest />
            </div>
            <section class="panel span-5" aria-label=say.text(m::FINDINGS)>
                <div class="panel__head">
                    <h2 class="panel__title">{say.text(m::FINDINGS)}</h2>
                </div>
                {sheets_view(findings)}
            </section>
        </div>
    }
    .into_any()
}

/// The text, how it is laid out, what can be copied, the facts.
fn statement_panel(screen: SqlScreen, page: Memo<DbPage>, class: &'static str) -> AnyView {
    let say = use_say();
    let now = page.get_untracked();
    let badges = screen.text.badges.iter().map(|badge| badge_view(*badge)).collect_view();
    let instance = StoredValue::new(now.of_instance());
    let table = Callback::new(move |name: String| {
        instance.with_value(|page| page.with_filter(Filter::is(Dimension::Table, name)).href())
    });
    let layouts = [(false, m::TEXT_LAID_OUT), (true, m::TEXT_AS_SENT)].map(|(as_sent, label)| {
        let current = (now.as_sent == as_sent).then_some("true");
        view! {
            <a class="segmented__option" href=now.with_as_sent(as_sent).href() data-noscroll="" aria-current=current>
                {say.text(label)}
            </a>
        }
    });
    let scripts = screen.text.scripts.into_iter().map(|(name, text)| piece_view(view::Piece::Script { name, text }));
    let facts = screen.facts.into_iter().map(|(term, value)| {
        view! {
            <div class="facts__item">
                <dt class="facts__term">{term}</dt>
                <dd class="facts__value">{value.into_iter().map(piece_view).collect_view()}</dd>
            </div>
        }
    });
    view! {
        <section class=class aria-label=say.text(m::STATEMENT)>
            <div class="panel__head">
                <h2 class="panel__title">{say.text(m::STATEMENT)}</h2>
                {badges}
                <div class="panel__tools">
                    <div class="segmented" role="group" aria-label=say.text(m::STATEMENT)>{layouts.into_iter().collect_view()}</div>
                    <CopyButton
                        text=Signal::stored(screen.text.plain)
                        label=say.text(m::COPY)
                        done=say.text(m::COPIED)
                        class="button--small"
                    />
                </div>
            </div>
            <SqlSpans spans=screen.text.spans table=table />
            <dl class="facts">{facts.collect_view()}</dl>
            <div class="script-folds">{scripts.collect_view()}</div>
        </section>
    }
    .into_any()
}

/// The tabs below the charts.
#[component]
fn TabPanel(context: DbContext, digest: DigestId) -> impl IntoView {
    let say = use_say();
    let key = move || Key { digest: digest.to_string(), ..context.key(DbPage::sql_tab_search) };
    let tab = ask::STATEMENT_TAB.asked(key);
    let (is_stale, set_stale) = signal(false);
    let tabs = move || {
        let page = context.page.get();
        let tabs = SqlTab::ALL.map(|tab| {
            let current = tab == page.sql_tab;
            view! {
                <a class="tabs__tab" role="tab" aria-selected=if current { "true" } else { "false" } href=page.with_sql_tab(tab).href() data-noscroll="">
                    {say.text(m::sql_tab(tab))}
                </a>
            }
        });
        view! { <div class="tabs" role="tablist">{tabs.into_iter().collect_view()}</div> }
    };
    let body = move || async move {
        let links = state_links(context.page);
        panel_body(tab.await, m::STATEMENT, m::NO_SESSIONS, &links, |sheets: Vec<Sheet>| sheets_view(sheets))
    };
    let open = Memo::new(move |_| context.page.with(|page| page.sql_tab));
    let own = move || match open.get() {
        SqlTab::Plans => Some(view! { <PlansPanel context=context digest=digest.to_string() /> }.into_any()),
        SqlTab::Blocking => Some(view! { <BlockingPanel context=context digest=digest.to_string() /> }.into_any()),
        _ => None,
    };
    view! {
        <section class="panel" aria-label=say.text(m::ABOUT_STATEMENT) class:panel--stale=is_stale>
            {tabs}
            {waiting_stale(skeleton, set_stale, body)}
        </section>
        {own}
    }
}
