//! One statement: `/db/{instance}/sql/{digest}`.

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_params_map;
use units::{DigestId, Dimension, Filter};
use view::number::{percent, three_figures};
use view::{InstanceFacts, LoadView, SqlRow};

use super::db_load::{DbContext, state_links, use_db_page};
use super::frame::PageFrame;
use super::not_found::ProblemPage;
use crate::components::app_bar::AppPlace;
use crate::components::clock::use_reader_clock;
use crate::components::context_bar::ContextBar;
use crate::components::context_tabs::{ContextLinks, RankList};
use crate::components::legend::LegendView;
use crate::components::load_chart::{LoadChartSetup, LoadFigure};
use crate::components::panel::{PanelFrame, Skeleton, panel_body, source_line};
use crate::components::sql_text::SqlText;
use crate::components::top_sql::badge_view;
use crate::error::ViewError;
use crate::messages::{self as m, use_say};
use crate::paths::DbPage;
use crate::server_fns::{StatementView, fetch_db_load, fetch_instance, fetch_statement, rank_context};
use crate::ui::{CopyButton, Icon, IconMark};

/// The page of the statement: that of its instance with the statement as the only chip.
fn filtered(page: &DbPage, digest: &str) -> DbPage {
    let mut page = page.clone();
    page.query.filters = vec![Filter::is(Dimension::Sql, digest)];
    page
}

/// The route.
#[component]
pub fn SqlRoute() -> impl IntoView {
    let (page, params) = (use_db_page(), use_params_map());
    let digest = Memo::new(move |_| params.read().get("digest").unwrap_or_default());
    let instance = Memo::new(move |_| page.with(|page| page.query.instance.to_string()));
    let facts = Resource::new(move || instance.get(), fetch_instance);
    let body = move || {
        let digest = digest.get();
        Suspend::new(async move {
            let facts = facts.await.and_then(|facts| {
                let reason = |error: units::DigestIdError| ViewError::BadRequest { reason: error.to_string() };
                digest.parse::<DigestId>().map_err(reason).map(|digest| (facts, digest))
            });
            match facts {
                Ok((facts, digest)) => view! { <SqlPage facts=facts digest=digest page=page /> }.into_any(),
                Err(error) => view! { <ProblemPage error=error /> }.into_any(),
            }
        })
    };
    view! {
        <PageFrame place=AppPlace::DbLoad>
            <Transition fallback=|| ()>{body}</Transition>
        </PageFrame>
    }
}

#[component]
fn SqlPage(facts: InstanceFacts, digest: DigestId, page: Memo<DbPage>) -> impl IntoView {
    let say = use_say();
    let context = DbContext::new(page);
    let id = StoredValue::new(digest.to_string());
    let short: String = digest.to_string().chars().skip_while(|letter| *letter != '-').skip(1).take(8).collect();
    let title = say.with(m::TITLE_SQL, &[("digest", &short.to_uppercase())]);
    let key = move || context.key(|page| filtered(page, &id.get_value()).top_search());
    let statement =
        Resource::new(key, move |(instance, search, at)| fetch_statement(instance, id.get_value(), search, at));
    let back = move || page.with(DbPage::href);
    let instance = facts.name.clone();
    let subject = view! { <h1 class="context-bar__title">{title.clone()}</h1> };
    let statement_body = move || {
        Suspend::new(async move {
            let links = state_links(page);
            panel_body(statement.await, m::STATEMENT, m::NO_STATEMENTS, &links, statement_panel)
        })
    };
    view! {
        <Title text=title.clone() />
        <ContextBar subject=subject.into_any() facts=instance.clone()>
            <div class="time-range">
                <a class="button" href=back>
                    <IconMark icon=Icon::Left />
                    {say.with(m::BACK_TO, &[("instance", &instance)])}
                </a>
            </div>
        </ContextBar>
        <main class="page" id="content">
            <Transition fallback=|| view! { <section class="panel"><Skeleton /></section> }>{statement_body}</Transition>
            <StatementLoad context=context id=id />
            <div class="columns">
                <Callers context=context id=id dimension=Dimension::Wait title=say.text(m::dimension(Dimension::Wait)) />
                <Callers context=context id=id dimension=Dimension::User title=say.text(m::dimension(Dimension::User)) />
                <Callers context=context id=id dimension=Dimension::Host title=say.text(m::dimension(Dimension::Host)) />
            </div>
        </main>
    }
}

/// Text, figures, children.
fn statement_panel(view: StatementView) -> AnyView {
    let (say, clock) = (use_say(), use_reader_clock());
    let badges = view.row.badges.iter().map(|badge| badge_view(*badge)).collect_view();
    let source = source_line(&view.source, &clock, say);
    view! {
        <div class="columns columns--even-height">
            <section class="panel span-7" aria-label=say.text(m::STATEMENT)>
                <div class="panel__head">
                    <h2 class="panel__title">{say.text(m::STATEMENT)}</h2>
                    {badges}
                    <div class="panel__tools">
                        <CopyButton
                            text=Signal::stored(view.text.clone())
                            label=say.text(m::COPY)
                            done=say.text(m::COPIED)
                            class="button--small"
                        />
                    </div>
                </div>
                <SqlText text=view.text />
                <Figures row=view.row.clone() />
                <div class="panel__foot"><span></span><span>{source}</span></div>
            </section>
            <Children row=view.row />
        </div>
    }
    .into_any()
}

#[component]
fn Figures(row: SqlRow) -> impl IntoView {
    let say = use_say();
    let number = |value: Option<f64>, unit: &str| {
        value.map_or_else(|| "–".to_owned(), |value| view::number::with_unit(value, unit))
    };
    let before = row.before.map(|before| view::number::signed(row.mean.0 - before.0));
    let tags: Vec<String> = row.tags.iter().map(|(name, value)| format!("{name} {value}")).collect();
    let facts = [
        (m::MEAN, view::number::with_unit(row.mean.0, "AAS")),
        (m::PEAK, number(row.peak.map(|peak| peak.0), "AAS")),
        (m::LOAD, row.share.map_or_else(|| "–".to_owned(), percent)),
        (m::CHANGE, before.unwrap_or_else(|| "–".to_owned())),
        (m::CALLS, number(row.calls_per_sec, "/s")),
        (m::LATENCY, number(row.ms_per_call, "ms")),
        (m::ROWS, number(row.rows_per_call, "/call")),
        (m::TAGS, if tags.is_empty() { "–".to_owned() } else { tags.join(", ") }),
    ];
    let facts = facts.map(|(term, value)| {
        view! {
            <div class="facts__item">
                <dt class="facts__term">{say.text(term)}</dt>
                <dd class="facts__value">{value}</dd>
            </div>
        }
    });
    view! { <dl class="facts">{facts.into_iter().collect_view()}</dl> }
}

/// PI's own ids that merged into this digest.
#[component]
fn Children(row: SqlRow) -> impl IntoView {
    let say = use_say();
    let rows = row.children.into_iter().map(|child| {
        view! {
            <tr>
                <td class="table__grow"><code>{child.pi_id}</code></td>
                <td><code>{child.db_id}</code></td>
                <td class="table__number">{three_figures(child.mean.0)}</td>
            </tr>
        }
    });
    view! {
        <section class="panel span-5" aria-label=say.text(m::CHILDREN)>
            <div class="panel__head">
                <h2 class="panel__title">{say.text(m::CHILDREN)}</h2>
                <span class="panel__meta">{say.text(m::CHILDREN_META)}</span>
            </div>
            <div class="scroll-x">
                <table class="table">
                    <thead class="table__head">
                        <tr>
                            <th scope="col">{say.text(m::PI_DIGEST)}</th>
                            <th scope="col">{say.text(m::ENGINE_ID)}</th>
                            <th class="table__number" scope="col">{say.text(m::MEAN)} " " <span class="table__unit">"AAS"</span></th>
                        </tr>
                    </thead>
                    <tbody class="table__body">{rows.collect_view()}</tbody>
                </table>
            </div>
        </section>
    }
}

/// The load of the statement by wait.
#[component]
fn StatementLoad(context: DbContext, id: StoredValue<String>) -> impl IntoView {
    let say = use_say();
    let key = move || context.key(|page| filtered(page, &id.get_value()).load_search());
    let load = Resource::new(key, |(instance, search, at)| fetch_db_load(instance, search, at));
    let body = move || {
        let width = context.width.get();
        Suspend::new(async move {
            let links = state_links(context.page);
            panel_body(load.await, m::DB_LOAD, m::NO_SESSIONS, &links, |view| load_body(view, context, width))
        })
    };
    view! {
        <PanelFrame title=say.text(m::STATEMENT_LOAD)>
            <Transition fallback=|| view! { <Skeleton /> }>{body}</Transition>
        </PanelFrame>
    }
}

fn load_body(view: LoadView, context: DbContext, width: u32) -> AnyView {
    let say = use_say();
    let hrefs = vec![None; view.layers.len()];
    let summary = say.with(m::STATEMENT_SUMMARY, &[("range", &view.axis.range_label(view.axis.window))]);
    let setup = LoadChartSetup { words: view::chart::ChartWords::default(), width, threshold: None, summary };
    let ghost = context.page.with_untracked(|page| super::controls::ghost_name(&page.query.compare, say));
    let view = StoredValue::new(view);
    view! {
        <LegendView view=view hrefs=hrefs focus=context.focus ghost_label=ghost />
        <LoadFigure view=view setup=setup focus=context.focus on_window=context.on_window />
    }
    .into_any()
}

/// The load of the statement by one dimension.
#[component]
fn Callers(context: DbContext, id: StoredValue<String>, dimension: Dimension, title: &'static str) -> impl IntoView {
    let key = move || context.key(|page| filtered(page, &id.get_value()).with_tab(dimension).context_search());
    let ranked = Resource::new(key, |(instance, search, at)| rank_context(instance, search, at));
    let body = move || {
        Suspend::new(async move {
            let links = state_links(context.page);
            let row_links = Callback::new(|_: String| ContextLinks { only: None, without: None });
            panel_body(ranked.await, m::CONTEXT, m::NO_SESSIONS, &links, |view| {
                view! { <RankList view=view links=row_links /> }.into_any()
            })
        })
    };
    view! {
        <PanelFrame title=title class="span-4">
            <Transition fallback=|| view! { <Skeleton /> }>{body}</Transition>
        </PanelFrame>
    }
}
