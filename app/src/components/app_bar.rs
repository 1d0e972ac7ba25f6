//! The bar at the top of every page: product, places, search, what AWS was asked today, tools.

use leptos::prelude::*;
use leptos_router::hooks::use_location;

use crate::messages::{self as m, Message, use_say};
use crate::session::{Density, Theme, use_session};
use crate::ui::{Dropdown, Icon, IconMark};

/// The places of the app bar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AppPlace {
    /// The fleet.
    Fleet,
    /// An instance.
    DbLoad,
    /// Apps.
    Apps,
    /// Alarms.
    Alarms,
    /// Two windows side by side.
    Compare,
    /// Incidents.
    Incidents,
    /// Sources.
    Sources,
    /// Settings, and pages that belong to no place.
    Elsewhere,
}

/// One link of the app bar.
#[derive(Clone, Debug)]
pub struct PlaceLink {
    /// Where it leads.
    pub href: String,
    /// Which place it is.
    pub place: AppPlace,
    /// What it says.
    pub label: Message,
    /// Things that need somebody, such as alarms in ALARM.
    pub count: Option<u32>,
}

/// What the app bar shows besides its links.
#[derive(Clone, Debug, Default)]
pub struct AppBarFacts {
    /// Calls to AWS since midnight UTC, as words; none when it is not known.
    pub spend: Option<String>,
    /// How much of the past is collected, as words; none when nothing is being filled.
    pub filling: Option<String>,
    /// Which instances are simulated, as words; none when all are measured.
    pub simulated: Option<String>,
    /// Text in the search field.
    pub find: String,
}

/// The app bar.
#[component]
pub fn AppBar(
    /// Where the reader is.
    place: AppPlace,
    /// Links in order.
    links: Vec<PlaceLink>,
    /// Figures and the text looked for.
    facts: AppBarFacts,
    /// Address of the page that finds.
    find_action: &'static str,
    /// Address that takes settings.
    settings_action: &'static str,
) -> impl IntoView {
    let say = use_say();
    let home = links.first().map_or_else(String::new, |link| link.href.clone());
    let menu = links.clone();
    let filling_href = links.iter().find(|link| link.place == AppPlace::Sources).map(|link| link.href.clone());
    let spend_href = links.iter().find(|link| link.place == AppPlace::Sources).map(|link| link.href.clone());
    view! {
        <a class="skip-link" href="#content" rel="external">{say.text(m::SKIP_TO_CONTENT)}</a>
        <header class="app-bar">
            <Dropdown
                place="app-bar__menu"
                class="button--quiet button--icon"
                name=say.text(m::MENU)
                summary=view! { <IconMark icon=Icon::List /> }.into_any()
            >
                {menu.into_iter().map(|link| place_link(&link, place, "menu__item")).collect_view()}
            </Dropdown>
            <a class="app-bar__brand" href=home>
                <svg class="app-bar__mark" viewBox="0 0 20 20" aria-hidden="true">
                    <rect class="app-bar__mark-bar" x="2" y="11" width="4" height="7" rx="1" />
                    <rect class="app-bar__mark-bar" x="8" y="4" width="4" height="14" rx="1" />
                    <rect class="app-bar__mark-bar" x="14" y="9" width="4" height="9" rx="1" />
                    <path class="app-bar__mark-line" d="M0 7.5h20" />
                </svg>
                "Loadlens"
            </a>
            <nav class="app-bar__nav" aria-label=say.text(m::MAIN_NAVIGATION)>
                {links.iter().map(|link| place_link(link, place, "app-bar__link")).collect_view()}
            </nav>
            <div class="app-bar__tools">
                <form class="app-bar__find" method="get" action=find_action role="search">
                    <label class="field app-bar__search">
                        <IconMark icon=Icon::Search />
                        <input
                            class="field__input"
                            type="search"
                            name="find"
                            maxlength="200"
                            value=facts.find
                            placeholder=say.text(m::FIND_PLACEHOLDER)
                            aria-label=say.text(m::FIND)
                            data-key="/"
                        />
                        <kbd class="kbd">"/"</kbd>
                    </label>
                </form>
                {facts
                    .simulated
                    .map(|words| {
                        view! {
                            <span class="badge badge--dashed app-bar__simulated" title=say.text(m::SIMULATED_NOTICE)>
                                {words}
                            </span>
                        }
                    })}
                {facts
                    .filling
                    .map(|filling| {
                        view! {
                            <a class="app-bar__spend" href=filling_href title=say.text(m::FILLING_TITLE)>
                                {filling}
                            </a>
                        }
                    })}
                {facts
                    .spend
                    .map(|spend| {
                        view! {
                            <a class="app-bar__spend" href=spend_href title=say.text(m::SPEND_TITLE)>
                                {spend}
                            </a>
                        }
                    })} <ThemeMenu action=settings_action />
            </div>
        </header>
    }
}

fn place_link(link: &PlaceLink, place: AppPlace, class: &'static str) -> AnyView {
    let say = use_say();
    let current = (link.place == place).then_some("page");
    let count = link.count.filter(|count| *count > 0).map(|count| {
        let name = say.with(m::ALARMS_IN_ALARM, &[("count", &count.to_string())]);
        view! { <span class="count" aria-label=name>{count}</span> }
    });
    // The server says which instance it is.
    let rel = (link.place == AppPlace::DbLoad).then_some("external");
    view! {
        <a class=class href=link.href.clone() rel=rel aria-current=current>
            {say.text(link.label)}
            {count}
        </a>
    }
    .into_any()
}

/// Theme and density: a form that works without script, since both are attributes of the document.
#[component]
fn ThemeMenu(action: &'static str) -> impl IntoView {
    let say = use_say();
    let (theme, density) = use_session().with_value(|session| (session.theme, session.density));
    let location = use_location();
    let here = move || {
        let (path, search) = (location.pathname.get(), location.search.get());
        if search.is_empty() { path } else { format!("{path}?{search}") }
    };
    let themes =
        Theme::ALL.map(|choice| choice_button("theme", choice.name(), say.text(m::theme(choice)), choice == theme));
    let densities = Density::ALL
        .map(|choice| choice_button("density", choice.name(), say.text(m::density(choice)), choice == density));
    view! {
        <Dropdown
            place="dropdown--end"
            class="button--quiet button--icon"
            name=say.text(m::THEME_AND_DENSITY)
            summary=view! { <IconMark icon=Icon::Sun /> }.into_any()
        >
            <form method="post" action=action>
                <input type="hidden" name="next" value=here />
                <p class="menu__heading">{say.text(m::THEME)}</p>
                {themes.into_iter().collect_view()}
                <hr class="menu__rule" />
                <p class="menu__heading">{say.text(m::DENSITY)}</p>
                {densities.into_iter().collect_view()}
            </form>
            <hr class="menu__rule" />
            <a class="menu__item" href=action>{say.text(m::SETTINGS)}</a>
            <button class="menu__item menu__item--button" type="button" popovertarget="keys" data-key="?">
                {say.text(m::KEYS)}
                <span class="menu__hint"><kbd class="kbd">"?"</kbd></span>
            </button>
        </Dropdown>
    }
}

fn choice_button(name: &'static str, value: &'static str, label: &'static str, current: bool) -> impl IntoView {
    view! {
        <button
            class="menu__item menu__item--button"
            type="submit"
            name=name
            value=value
            aria-current=current.then_some("true")
        >
            {label}
        </button>
    }
}
