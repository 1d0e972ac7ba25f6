//! Below the alarm's own values: the page that explains them.

use leptos::prelude::*;
use units::ResourceId;

use super::database_page;
use super::head::name_of;
use crate::components::sentence::sentence;
use crate::messages::{self as m, Say, use_say};
use crate::pages::app::AppExplained;
use crate::pages::db_load::LoadExplained;
use crate::paths::{self, DbPage};
use crate::server_fns::{AlarmHint, AlarmLanding, AlarmTarget};

/// DB load of the database, the tier, or the ways on.
#[component]
pub(super) fn Explained(landing: StoredValue<AlarmLanding>) -> impl IntoView {
    let (target, also) = landing.with_value(|landing| (landing.target.clone(), landing.also.clone()));
    let body = match target {
        AlarmTarget::Instance { id, name } => database(landing, id, name),
        AlarmTarget::Cluster { role, members, .. } => cluster(landing, role, members),
        AlarmTarget::UnlistedDatabase { name } => unlisted(landing, &name),
        AlarmTarget::Tier { kind, namespace, resource, dimensions, app } => {
            let title = if resource.is_empty() { namespace.clone() } else { resource };
            let meta = format!("{} · {namespace}", use_say().text(m::tier_kind(&kind)));
            tier(landing, title, meta, dimensions, app)
        }
        AlarmTarget::Nothing => nothing(landing),
    };
    let more = (!also.is_empty()).then(|| view! { <Also landing=landing targets=also /> });
    view! {
        {body}
        {more}
    }
}

/// DB load of an instance over the frozen window, with compare.
fn database(landing: StoredValue<AlarmLanding>, id: ResourceId, name: String) -> AnyView {
    let say = use_say();
    let page = Memo::new(move |_| landing.with_value(|landing| database_page(landing, id.clone())));
    let href = page.with_untracked(DbPage::href);
    view! {
        <div class="section-head">
            <h2 class="section-head__title">{say.with(m::LOAD_OF, &[("instance", &name)])}</h2>
            <a class="button button--small" href=href>{say.text(m::OPEN_DB_LOAD)}</a>
        </div>
        <LoadExplained page=page />
    }
    .into_any()
}

fn cluster(landing: StoredValue<AlarmLanding>, role: Option<String>, members: Vec<(ResourceId, String)>) -> AnyView {
    let say = use_say();
    let Some((id, name)) = members.first().cloned() else { return nothing(landing) };
    let links = members.into_iter().map(|(id, name)| {
        let href = landing.with_value(|landing| database_page(landing, id).href());
        view! { <a class="button button--small" href=href>{name}</a> }
    });
    view! {
        <section class="panel panel__body cluster-members" aria-label=say.text(m::CLUSTER_MEMBERS)>
            <h2 class="panel__title">{say.text(m::CLUSTER_MEMBERS)}</h2>
            <span class="badge">{role}</span>
            {links.collect_view()}
        </section>
        {database(landing, id, name)}
    }
    .into_any()
}

fn unlisted(landing: StoredValue<AlarmLanding>, name: &str) -> AnyView {
    let say = use_say();
    way_on(landing, sentence(say, m::DATABASE_UNLISTED, &[("name", name)]))
}

/// A resource that is no database: its tier on the page of its app, and what is known of it.
fn tier(
    landing: StoredValue<AlarmLanding>,
    title: String,
    meta: String,
    dimensions: Vec<(String, String)>,
    app: Option<(String, String)>,
) -> AnyView {
    let say = use_say();
    let window = landing.with_value(|landing| landing.window);
    let explained = app.map(|(app, tier)| {
        let href = paths::app_tier(&app, &tier, window);
        view! {
            <div class="section-head">
                <h2 class="section-head__title">{say.with(m::TIERS_OF, &[("app", &app)])}</h2>
                <a class="button button--small" href=href>{say.text(m::OPEN_TIER)}</a>
            </div>
            <AppExplained app=app window=window tier=Some(tier) />
        }
    });
    let facts = dimensions.into_iter().map(|(name, value)| fact(name, value));
    view! {
        <section class="panel" aria-label=say.text(m::RESOURCE)>
            <div class="panel__head">
                <h2 class="panel__title"><bdi>{title}</bdi></h2>
                <span class="panel__meta">{meta}</span>
            </div>
            <dl class="facts">{facts.collect_view()}</dl>
        </section>
        {explained}
    }
    .into_any()
}

fn fact(name: String, value: String) -> impl IntoView {
    view! {
        <div class="facts__item">
            <dt class="facts__term">{name}</dt>
            <dd class="facts__value"><bdi>{value}</bdi></dd>
        </div>
    }
}

fn nothing(landing: StoredValue<AlarmLanding>) -> AnyView {
    let say = use_say();
    way_on(landing, sentence(say, m::NO_RESOURCE, &[]))
}

/// Where to go when there is no page that explains the alarm.
fn way_on(landing: StoredValue<AlarmLanding>, cause: AnyView) -> AnyView {
    let say = use_say();
    let hints = landing.with_value(|landing| landing.hints.clone().into_iter().map(hint).collect_view());
    view! {
        <section class="panel" aria-label=say.text(m::WAY_ON)>
            <div class="state">
                <p class="state__title">{say.text(m::WAY_ON)}</p>
                <p class="state__cause">{cause}</p>
                <div class="state__next">
                    {hints}
                    <a class="button" href=paths::ALARMS>{say.text(m::ALL_ALARMS)}</a>
                    <a class="button" href=paths::SOURCES>{say.text(m::SOURCES)}</a>
                    <a class="button" href=paths::FLEET>{say.text(m::OPEN_FLEET)}</a>
                </div>
            </div>
        </section>
    }
    .into_any()
}

fn hint(hint: AlarmHint) -> AnyView {
    match hint {
        AlarmHint::Alarm(arn, name) => {
            view! { <a class="button" href=paths::alarm(&arn, None) rel="external">{name}</a> }.into_any()
        }
        AlarmHint::Instance(id, name) => view! { <a class="button" href=paths::db(&id)>{name}</a> }.into_any(),
    }
}

/// Further resources that the alarm watches.
#[component]
fn Also(landing: StoredValue<AlarmLanding>, targets: Vec<AlarmTarget>) -> impl IntoView {
    let say = use_say();
    let links = targets.into_iter().filter_map(|target| also_link(landing, &target, say));
    view! {
        <section class="panel panel__body cluster-members" aria-label=say.text(m::ALSO_WATCHED)>
            <h2 class="panel__title">{say.text(m::ALSO_WATCHED)}</h2>
            {links.collect_view()}
        </section>
    }
}

fn also_link(landing: StoredValue<AlarmLanding>, target: &AlarmTarget, say: Say) -> Option<AnyView> {
    let name = name_of(target)?;
    Some(match target {
        AlarmTarget::Instance { id, .. } => {
            let href = landing.with_value(|landing| database_page(landing, id.clone()).href());
            view! { <a class="button button--small" href=href>{name}</a> }.into_any()
        }
        AlarmTarget::Tier { kind, app, .. } => {
            let window = landing.with_value(|landing| landing.window);
            let words = format!("{} · {name}", say.text(m::tier_kind(kind)));
            match app {
                Some((app, tier)) => {
                    let href = paths::app_tier(app, tier, window);
                    view! { <a class="button button--small" href=href>{words}</a> }.into_any()
                }
                None => view! { <span class="badge">{words}</span> }.into_any(),
            }
        }
        _ => view! { <span class="badge">{name}</span> }.into_any(),
    })
}
