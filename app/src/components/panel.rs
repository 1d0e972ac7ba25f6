//! The frame of a panel and the states that stand in the place of its data, all as tall as the data.

use leptos::prelude::*;
use leptos::svg;
use view::{Panel, PanelTools, Source, Trouble};

use super::clock::{ReaderClock, use_reader_clock};
use super::sentence::sentence;
use crate::error::ViewError;
use crate::messages::{self as m, Message, Say, use_say};
use crate::session::use_session;
use crate::ui::{CopyButton, Dropdown, Icon, IconMark};

/// A panel: head, body, foot.
#[component]
pub fn PanelFrame(
    /// Title.
    title: &'static str,
    /// Muted words beside it.
    #[prop(optional, into)]
    meta: String,
    /// Classes besides `panel`.
    #[prop(optional)]
    class: &'static str,
    /// Tools.
    #[prop(optional)]
    tools: PanelTools,
    /// The body.
    children: Children,
) -> impl IntoView {
    view! {
        <section class=format!("panel {class}") aria-label=title>
            <div class="panel__head">
                <h2 class="panel__title">{title}</h2>
                <span class="panel__meta">{meta}</span>
                <div class="panel__tools"><ToolLinks tools=tools /></div>
            </div>
            {children()}
        </section>
    }
}

/// The tools of a panel: the call behind it, CSV.
#[component]
pub fn ToolLinks(
    /// Their addresses.
    tools: PanelTools,
) -> impl IntoView {
    let say = use_say();
    let call = tools.json.map(|json| {
        let summary = view! { <IconMark icon=Icon::Code /> };
        let calls = (!tools.calls.is_empty()).then(|| {
            let calls = tools.calls.into_iter().map(|call| view! { <CallText text=call /> });
            view! {
                <p class="menu__heading">{say.text(m::SHOW_THE_CALL_AWS)}</p>
                {calls.collect_view()}
            }
        });
        let curl = format!("curl -s '{}'", use_session().with_value(|session| session.origin.clone()) + &json);
        view! {
            <Dropdown
                place="dropdown--end"
                class="button--quiet button--icon button--small"
                name=say.text(m::SHOW_THE_CALL)
                summary=summary.into_any()
            >
                {calls}
                <p class="menu__heading">{say.text(m::SHOW_THE_CALL_HINT)}</p>
                <CallText text=curl />
                <a class="menu__item" href=json.clone() rel="external">{say.text(m::OPEN_JSON)}</a>
            </Dropdown>
        }
    });
    let csv = tools.csv.map(|csv| {
        view! {
            <a class="button button--quiet button--icon button--small" href=csv download="" aria-label=say.text(m::DOWNLOAD_CSV)>
                <IconMark icon=Icon::Download />
            </a>
        }
    });
    view! {
        {call}
        {csv}
    }
}

/// A command to copy.
#[component]
fn CallText(text: String) -> impl IntoView {
    let say = use_say();
    view! {
        <div class="script">
            <CopyButton
                text=Signal::stored(text.clone())
                label=say.text(m::COPY)
                done=say.text(m::COPIED)
                class="button--small script__copy"
            />
            <pre class="call"><code>{text}</code></pre>
        </div>
    }
}

/// Where the numbers come from: the right end of a panel's foot.
#[must_use]
pub fn source_line(source: &Source, clock: &ReaderClock, say: Say) -> String {
    let simulated = if source.simulated { format!(" · {}", say.text(m::SIMULATED)) } else { String::new() };
    match source.collected_to {
        Some(at) => say.with(m::SOURCE_UP_TO, &[("source", &source.name), ("time", &clock.seconds(at))]) + &simulated,
        None => format!("{}{simulated}", source.name),
    }
}

/// The shape of data that is on its way.
#[component]
pub fn Skeleton() -> impl IntoView {
    /// Heights of the bars in pixels: a shape, not a number.
    const BARS: [u32; 28] = [
        43, 71, 40, 70, 66, 64, 46, 74, 40, 62, 65, 60, 46, 75, 47, 66, 62, 50, 58, 73, 72, 54, 72, 42, 64, 49, 36, 73,
    ];
    let bars = BARS.into_iter().enumerate().map(|(place, height)| {
        svg::rect()
            .class("skeleton__shape")
            .attr("x", (16 + place * 14).to_string())
            .attr("y", (168 - height).to_string())
            .attr("width", "10")
            .attr("height", height.to_string())
            .attr("rx", "1")
    });
    view! {
        <svg class="skeleton chart__plot" viewBox="0 0 420 192" height="192" preserveAspectRatio="none" aria-hidden="true">
            {bars.collect_view()}
        </svg>
    }
}

/// What a panel's states need to know besides the trouble.
#[derive(Clone, Debug, Default)]
pub struct StateLinks {
    /// This page again.
    pub again: String,
    /// The page of sources.
    pub sources: String,
}

/// The data of a panel, or the state in its place.
pub fn panel_body<T>(
    panel: Result<Panel<T>, ViewError>,
    what: Message,
    empty: Message,
    links: &StateLinks,
    draw: impl FnOnce(T) -> AnyView,
) -> AnyView {
    let standing = match panel {
        Ok(Panel::Data(data)) => return draw(data),
        Ok(Panel::Empty) => Standing::Empty(empty),
        Ok(Panel::Trouble(trouble)) => Standing::Trouble(trouble, what),
        Err(error) => Standing::Error(error),
    };
    standing_view(standing, links)
}

/// What stands in the place of data.
enum Standing {
    Empty(Message),
    Trouble(Trouble, Message),
    Error(ViewError),
}

fn standing_view(standing: Standing, links: &StateLinks) -> AnyView {
    match standing {
        Standing::Empty(empty) => empty_view(empty),
        Standing::Trouble(trouble, what) => trouble_view(trouble, what, links),
        Standing::Error(error) => error_view(&error, links),
    }
}

/// A true zero.
fn empty_view(empty: Message) -> AnyView {
    let say = use_say();
    let state = State {
        kind: "empty",
        icon: Icon::Empty,
        title: say.text(empty).to_owned(),
        cause: ().into_any(),
        next: ().into_any(),
        detail: say.text(m::TRUE_ZERO).to_owned(),
    };
    view! { <StateView state=state /> }.into_any()
}

struct State {
    kind: &'static str,
    icon: Icon,
    title: String,
    cause: AnyView,
    next: AnyView,
    detail: String,
}

#[component]
fn StateView(state: State) -> impl IntoView {
    view! {
        <div class=format!("state state--{}", state.kind) role="status">
            <svg class="state__icon icon" viewBox="0 0 16 16" aria-hidden="true">
                {svg::r#use().attr("href", state.icon.href())}
            </svg>
            <p class="state__title">{state.title}</p>
            <p class="state__cause">{state.cause}</p>
            <div class="state__next">{state.next}</div>
            <p class="state__detail">{state.detail}</p>
        </div>
    }
}

/// Why a panel has no data, and what to do.
#[must_use]
pub fn trouble_view(trouble: Trouble, what: Message, links: &StateLinks) -> AnyView {
    view! { <StateView state=trouble_state(trouble, what, links) /> }.into_any()
}

/// The same as a line above data that is older.
#[must_use]
pub fn trouble_line(trouble: Trouble, what: Message, links: &StateLinks) -> AnyView {
    let State { title, cause, detail, .. } = trouble_state(trouble, what, links);
    let sources = links.sources.clone();
    view! {
        <p class="notice notice--warning notice--inside" role="status">
            <strong>{title}</strong>
            ". "
            {cause}
            " "
            {detail}
            " "
            <a href=sources>{use_say().text(m::SOURCES)}</a>
        </p>
    }
    .into_any()
}

fn trouble_state(trouble: Trouble, what: Message, links: &StateLinks) -> State {
    let say = use_say();
    let clock = use_reader_clock();
    let name = say.text(what);
    let again = again_link(links);
    let sources = sources_link(links);
    match trouble {
        Trouble::NotCollected { what } => State {
            kind: "off",
            icon: Icon::Ban,
            title: say.with(m::STATE_OFF_TITLE, &[("what", &what)]),
            cause: sentence(say, m::STATE_OFF_CAUSE, &[("what", &what)]),
            next: sources,
            detail: String::new(),
        },
        Trouble::NotRunning { status } => State {
            kind: "off",
            icon: Icon::Ban,
            title: say.with(m::STATE_DOWN_TITLE, &[("status", &status)]),
            cause: sentence(say, m::STATE_DOWN_CAUSE, &[]),
            next: again,
            detail: String::new(),
        },
        Trouble::Denied { action, resource } => State {
            kind: "denied",
            icon: Icon::Lock,
            title: say.with(m::STATE_DENIED_TITLE, &[("what", name)]),
            cause: sentence(say, m::STATE_DENIED_CAUSE, &[("action", &action)]),
            next: view! {
                <CopyButton
                    text=Signal::stored(policy_statement(&action, &resource))
                    label=say.text(m::COPY_POLICY)
                    done=say.text(m::COPIED)
                    class="button--small"
                />
                {sources}
            }
            .into_any(),
            detail: say.with(m::ON_RESOURCE, &[("resource", &resource)]),
        },
        Trouble::Throttled { retry_at } => State {
            kind: "throttled",
            icon: Icon::Clock,
            title: say.text(m::STATE_THROTTLED_TITLE).to_owned(),
            cause: sentence(say, m::STATE_THROTTLED_CAUSE, &[]),
            next: again,
            detail: retry_at.map_or_else(String::new, |at| say.with(m::NEXT_TRY, &[("time", &clock.seconds(at))])),
        },
        Trouble::Credentials => State {
            kind: "error",
            icon: Icon::Lock,
            title: say.text(m::STATE_CREDENTIALS_TITLE).to_owned(),
            cause: sentence(say, m::STATE_CREDENTIALS_CAUSE, &[]),
            next: again,
            detail: String::new(),
        },
        Trouble::Unreachable => State {
            kind: "error",
            icon: Icon::Warn,
            title: say.text(m::STATE_UNREACHABLE_TITLE).to_owned(),
            cause: sentence(say, m::STATE_UNREACHABLE_CAUSE, &[]),
            next: again,
            detail: String::new(),
        },
        Trouble::NotInFile => State {
            kind: "off",
            icon: Icon::Ban,
            title: say.text(m::STATE_NOT_IN_FILE_TITLE).to_owned(),
            cause: sentence(say, m::STATE_NOT_IN_FILE_CAUSE, &[]),
            next: ().into_any(),
            detail: String::new(),
        },
        Trouble::Pending { done } => State {
            kind: "pending",
            icon: Icon::Clock,
            title: say.text(m::STATE_PENDING_TITLE).to_owned(),
            cause: sentence(say, m::STATE_PENDING_CAUSE, &[]),
            next: again,
            detail: done.map_or_else(String::new, |done| {
                say.with(m::BACKFILL_DONE, &[("share", &view::number::percent(done))])
            }),
        },
        Trouble::Failed { request_id } => failed(&request_id, again, say),
    }
}

/// A panel whose server function failed.
#[must_use]
pub fn error_view(error: &ViewError, links: &StateLinks) -> AnyView {
    let say = use_say();
    let again = again_link(links);
    let state = match error {
        ViewError::Unavailable { request_id } => failed(request_id, again, say),
        ViewError::NotFound { what } => State {
            kind: "empty",
            icon: Icon::Search,
            title: say.with(m::NOT_FOUND_TITLE, &[("what", what)]),
            cause: sentence(say, m::NOT_FOUND_CAUSE, &[]),
            next: again,
            detail: String::new(),
        },
        ViewError::BadRequest { reason } => State {
            kind: "error",
            icon: Icon::Warn,
            title: say.text(m::BAD_ADDRESS_TITLE).to_owned(),
            cause: reason.clone().into_any(),
            next: again,
            detail: String::new(),
        },
        ViewError::Transport => State {
            kind: "error",
            icon: Icon::Warn,
            title: say.text(m::NO_ANSWER_TITLE).to_owned(),
            cause: sentence(say, m::NO_ANSWER_CAUSE, &[]),
            next: again,
            detail: String::new(),
        },
    };
    view! { <StateView state=state /> }.into_any()
}

fn failed(request_id: &str, next: AnyView, say: Say) -> State {
    State {
        kind: "error",
        icon: Icon::Warn,
        title: say.text(m::STATE_FAILED_TITLE).to_owned(),
        cause: sentence(say, m::STATE_FAILED_CAUSE, &[]),
        next,
        detail: say.with(m::REQUEST, &[("id", request_id)]),
    }
}

fn again_link(links: &StateLinks) -> AnyView {
    let href = links.again.clone();
    view! {
        <a class="button button--small" href=href rel="external">
            <IconMark icon=Icon::Refresh small=true />
            {use_say().text(m::TRY_AGAIN)}
        </a>
    }
    .into_any()
}

fn sources_link(links: &StateLinks) -> AnyView {
    let href = links.sources.clone();
    view! { <a class="button button--small button--quiet" href=href>{use_say().text(m::SOURCES)}</a> }.into_any()
}

/// The IAM statement that is missing, ready to paste.
fn policy_statement(action: &str, resource: &str) -> String {
    format!("{{\n  \"Effect\": \"Allow\",\n  \"Action\": \"{action}\",\n  \"Resource\": \"{resource}\"\n}}")
}
