//! The panel of blocking: what was lost to whom over the window, and the trees of one moment.

use leptos::prelude::*;
use units::{DigestId, Dimension, Filter, TimePoint, Timestamp};
use view::{BlockingView, Panel, PanelTools, Trouble};

use super::db_load::{DbContext, state_links};
use crate::components::block_tree::{BlockLinks, BlockLists, BlockTrees, moment_sentence};
use crate::components::clock::use_reader_clock;
use crate::components::panel::{ToolLinks, panel_body, source_line};
use crate::components::sentence::sentence;
use crate::components::waiting::{nothing, skeleton, waiting, waiting_stale};
use crate::messages::{self as m, use_say};
use crate::paths::DbPage;
use crate::server_fns::{self as ask, Key};

/// Seconds between the snapshots AWS takes: a step back or forth.
const STEP_SECS: i64 = 15;

/// Blocking of an instance, or of one statement when `digest` is not empty.
#[component]
pub(super) fn BlockingPanel(context: DbContext, digest: String) -> impl IntoView {
    let say = use_say();
    let key = move || Key { digest: digest.clone(), ..context.key(DbPage::blocking_search) };
    let blocking = ask::BLOCKING.asked(key);
    let (is_stale, set_stale) = signal(false);
    let body = move || async move {
        let links = state_links(context.page);
        match blocking.await {
            Ok(Panel::Trouble(Trouble::NotCollected { .. })) => unavailable(),
            other => panel_body(other, m::BLOCKING, m::NO_SESSIONS, &links, |view| blocking_body(view, context)),
        }
    };
    let tools = move || async move {
        let calls = match blocking.await {
            Ok(Panel::Data(view)) => view.source.calls,
            _ => Vec::new(),
        };
        moments(context, calls)
    };
    view! {
        <section class="panel" id="blocking" aria-label=say.text(m::BLOCKING) class:panel--stale=is_stale>
            <div class="panel__head">
                <h2 class="panel__title">{say.text(m::BLOCKING)}</h2>
                {waiting(nothing, tools)}
            </div>
            {waiting_stale(skeleton, set_stale, body)}
        </section>
    }
}

/// What would make it available.
fn unavailable() -> AnyView {
    let say = use_say();
    view! {
        <div class="state state--off" role="status">
            <p class="state__title">{say.text(m::BLOCKING_OFF_TITLE)}</p>
            <p class="state__cause">{sentence(say, m::BLOCKING_OFF_AWS, &[])}</p>
        </div>
    }
    .into_any()
}

/// Which moment: now, the worst; and the tools.
fn moments(context: DbContext, calls: Vec<String>) -> impl IntoView {
    let say = use_say();
    let page = context.page.get();
    let form = |what: &str| Some(page.api_href(what, context.window()?));
    let tools = PanelTools { json: form("blocking"), csv: form("blocking.csv"), calls };
    let now = page.with_lock(Some(TimePoint::Now(Vec::new()))).href();
    let worst = page.with_lock(None).href();
    view! {
        <div class="panel__tools">
            <a class="button button--quiet button--small" href=worst data-noscroll="">{say.text(m::BLOCKING_WORST)}</a>
            <a class="button button--quiet button--small" href=now data-noscroll="">{say.text(m::BLOCKING_NOW)}</a>
            <ToolLinks tools=tools />
        </div>
    }
}

fn blocking_body(view: BlockingView, context: DbContext) -> AnyView {
    let (say, clock) = (use_say(), use_reader_clock());
    let page = StoredValue::new(context.page.get_untracked());
    let filter = move |dimension: Dimension, key: String| {
        let usable = !key.is_empty() && key.len() <= Filter::MAX_VALUE_BYTES;
        usable.then(|| page.with_value(|page| page.with_filter(Filter::is(dimension, key)).href()))
    };
    let links = BlockLinks {
        moment: Callback::new(move |at: Timestamp| {
            page.with_value(|page| page.with_lock(Some(TimePoint::At(at))).href())
        }),
        statement: Callback::new(move |digest: DigestId| page.with_value(|page| page.sql_href(digest))),
        only: Callback::new(move |(dimension, key)| filter(dimension, key)),
    };
    let source = source_line(&view.source, &clock, say);
    let steps = view.at.map(|at| {
        let step = |secs: i64| links.moment.run(at.plus_secs(secs));
        view! {
            <a class="button button--quiet button--small" href=step(-STEP_SECS) data-noscroll="">{say.text(m::BLOCKING_BACK)}</a>
            <a class="button button--quiet button--small" href=step(STEP_SECS) data-noscroll="">{say.text(m::BLOCKING_FORTH)}</a>
        }
    });
    let figures =
        [("lost", view::number::three_figures(view.lost.0)), ("total", view::number::three_figures(view.total.0))];
    let lost = say.with(m::BLOCKING_META, &figures.each_ref().map(|(name, value)| (*name, value.as_str())));
    let caused =
        view.caused.map(|caused| say.with(m::BLOCKING_CAUSED, &[("lost", &view::number::three_figures(caused.0))]));
    view! {
        <p class="block-tree__moment">
            <strong>{lost}</strong>
            " " {caused}
        </p>
        <p class="block-tree__moment">
            <span>{moment_sentence(&view, &clock, say)}</span>
            {steps}
        </p>
        <BlockTrees view=view.clone() links=links />
        <BlockLists view=view links=links />
        <div class="panel__foot">
            <span></span>
            <span>{source}</span>
        </div>
    }
    .into_any()
}
