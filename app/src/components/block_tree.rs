//! Who waits for whom, as trees with the root first; blockers ranked by what was lost to them.

use leptos::prelude::*;
use units::{Aas, DigestId, Dimension, Timestamp};
use view::number::{duration_ms, percent, three_figures};
use view::{BlockerRow, BlockingFlaw, BlockingNode, BlockingView, SessionFacts};

use super::clock::{ReaderClock, use_reader_clock};
use super::sentence::sentence;
use crate::messages::{self as m, Message, Say, use_say};

/// Where parts of the panel lead.
#[derive(Clone, Copy)]
pub struct BlockLinks {
    /// The page with another moment.
    pub moment: Callback<Timestamp, String>,
    /// The page of a statement.
    pub statement: Callback<DigestId, String>,
    /// The page with only one value of a dimension; `None` where that cannot be asked.
    pub only: Callback<(Dimension, String), Option<String>>,
}

/// The moment of the trees in words.
#[must_use]
pub fn moment_sentence(view: &BlockingView, clock: &ReaderClock, say: Say) -> AnyView {
    let time = view.at.map(|at| clock.seconds(at)).unwrap_or_default();
    match (&view.flaw, view.at) {
        (Some(BlockingFlaw::UnknownShape { columns }), _) => {
            sentence(say, m::BLOCKING_UNKNOWN_SHAPE, &[("columns", &columns.to_string())])
        }
        (Some(BlockingFlaw::Unavailable { reason }), _) => {
            sentence(say, m::BLOCKING_UNAVAILABLE, &[("reason", reason)])
        }
        (None, Some(_)) if view.waiting > 0 => {
            let count = view.waiting.to_string();
            say.with(m::BLOCKING_AT, &[("count", &count), ("time", &time)]).into_any()
        }
        (None, Some(_)) => say.with(m::BLOCKING_NOBODY_AT, &[("time", &time)]).into_any(),
        (None, None) if view.lost > Aas::ZERO => say.text(m::BLOCKING_NO_MOMENT).into_any(),
        (None, None) => say.text(m::BLOCKING_NONE).into_any(),
    }
}

/// The trees of the moment, and the other moments that are kept.
#[component]
pub fn BlockTrees(
    /// Data.
    view: BlockingView,
    /// Where parts lead.
    links: BlockLinks,
) -> impl IntoView {
    let (say, clock) = (use_say(), use_reader_clock());
    let cycle = view.has_cycle.then(|| view! { <p class="notice notice--inside">{say.text(m::BLOCKING_CYCLE)}</p> });
    let trees: Vec<AnyView> = view.roots.into_iter().map(|root| node_view(root, true, links, say)).collect();
    let shown = view.at;
    let moments = view.moments.into_iter().map(|moment| {
        let href = links.moment.run(moment.at);
        let current = (shown == Some(moment.at)).then_some("true");
        view! {
            <a class="button button--quiet button--small" href=href aria-current=current data-noscroll="">
                {clock.seconds(moment.at)} " · " {moment.waiting}
            </a>
        }
    });
    let moments = moments.collect_view();
    let moments = (!moments.is_empty()).then(|| {
        view! {
            <nav class="block-tree__moments" aria-label=say.text(m::BLOCKING_MOMENTS)>
                <span class="muted small">{say.text(m::BLOCKING_MOMENTS)}</span>
                {moments}
            </nav>
        }
    });
    view! {
        {cycle}
        <ul class="block-tree">{trees}</ul>
        {moments}
    }
}

/// One session and those behind it.
fn node_view(node: BlockingNode, is_root: bool, links: BlockLinks, say: Say) -> AnyView {
    let name = if node.session == "0" {
        say.text(m::BLOCKING_PREPARED).to_owned()
    } else {
        say.with(m::BLOCKING_SESSION, &[("id", &node.session)])
    };
    let behind = (node.blocked_count > 0).then(|| {
        let count = node.blocked_count.to_string();
        view! { <span class="badge">{say.with(m::BLOCKING_BEHIND, &[("count", &count)])}</span> }
    });
    let root = is_root.then(|| view! { <span class="badge badge--critical">{say.text(m::BLOCKING_ROOT)}</span> });
    let facts = facts_view(node.facts, links, say);
    let below: Vec<AnyView> = node.blocked.into_iter().map(|below| node_view(below, false, links, say)).collect();
    let below = (!below.is_empty()).then(|| view! { <ul class="block-tree__below">{below}</ul> });
    view! {
        <li class="block-tree__node">
            <div class="block-tree__row">
                <strong class="block-tree__session">{name}</strong>
                {root}
                {behind}
                {facts}
            </div>
            {below}
        </li>
    }
    .into_any()
}

fn facts_view(facts: SessionFacts, links: BlockLinks, say: Say) -> AnyView {
    let age = |ms: u64| {
        #[expect(clippy::cast_precision_loss, reason = "a wait of milliseconds")]
        let ms = ms as f64;
        duration_ms(ms)
    };
    let idle = facts.idle_in_transaction.then(|| {
        view! { <span class="badge badge--warning">{say.text(m::BLOCKING_IDLE)}</span> }
    });
    let waits = facts.lock_object.as_deref().map(|object| match facts.waiting_ms {
        Some(ms) => say.with(m::BLOCKING_WAITS_FOR, &[("time", &age(ms)), ("object", object)]),
        None => say.with(m::BLOCKING_WAITS_FOR_SINCE, &[("object", object)]),
    });
    let open = facts.transaction_ms.map(|ms| say.with(m::BLOCKING_OPEN_FOR, &[("time", &age(ms))]));
    let caller: Vec<String> = [facts.user, facts.host, facts.application].into_iter().flatten().collect();
    let words: Vec<String> = [waits, facts.lock_mode, facts.wait, open].into_iter().flatten().chain(caller).collect();
    let statement = facts.statement.map(|text| match facts.digest {
        Some(digest) => {
            let href = links.statement.run(digest);
            view! { <a class="block-tree__sql" href=href><code>{text}</code></a> }.into_any()
        }
        None => view! { <code class="block-tree__sql">{text}</code> }.into_any(),
    });
    view! {
        {idle}
        <span class="block-tree__facts">{words.join(" · ")}</span>
        {statement}
    }
    .into_any()
}

/// Blockers of the window by session, statement and object.
#[component]
pub fn BlockLists(
    /// Data.
    view: BlockingView,
    /// Where rows lead.
    links: BlockLinks,
) -> impl IntoView {
    let list = |title: Message, dimension: Dimension, rows: Vec<BlockerRow>| {
        (!rows.is_empty()).then(|| block_list(title, dimension, rows, links))
    };
    view! {
        <div class="block-tree__lists">
            {list(m::BLOCKING_BY_SESSION, Dimension::BlockingSession, view.sessions)}
            {list(m::BLOCKING_BY_SQL, Dimension::BlockingSql, view.statements)}
            {list(m::BLOCKING_BY_OBJECT, Dimension::BlockingObject, view.objects)}
        </div>
    }
}

fn block_list(title: Message, dimension: Dimension, rows: Vec<BlockerRow>, links: BlockLinks) -> AnyView {
    let say = use_say();
    let largest = rows.first().map_or(Aas::ZERO, |row| row.lost);
    let rows = rows.into_iter().map(|row| {
        /// Width of the bar's drawing.
        const BAR: f64 = 400.0;
        let width = row.lost.share_of(largest).unwrap_or(0.0) * BAR;
        let href = match row.digest {
            Some(digest) => Some(links.statement.run(digest)),
            None => links.only.run((dimension, row.key.clone())),
        };
        view! {
            <a class="rank-list__row" href=href title=row.label.clone() data-noscroll="">
                <span class="rank-list__name"><bdi class="rank-list__label">{row.label.clone()}</bdi></span>
                <span class="rank-list__value">{three_figures(row.lost.0)}</span>
                <span class="rank-list__share">{row.share.map(percent)}</span>
                <svg class="rank-list__bar wait-bar" viewBox="0 0 400 4" preserveAspectRatio="none" aria-hidden="true">
                    <rect class="meter__track" width="400" height="4" />
                    <rect class="hatch__ground--lock" width=format!("{width:.0}") height="4" />
                </svg>
            </a>
        }
    });
    view! {
        <div class="rank-list">
            <div class="rank-list__head">
                <span>{say.text(title)}</span>
                <span>{say.text(m::BLOCKING_LOST)}</span>
                <span>"%"</span>
            </div>
            {rows.collect_view()}
        </div>
    }
    .into_any()
}
