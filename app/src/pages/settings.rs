//! Theme, density, language, zone: `/settings`. A form that works without script.

use leptos::prelude::*;
use leptos_meta::Title;

use super::frame::PageFrame;
use crate::components::app_bar::AppPlace;
use crate::components::context_bar::ContextBar;
use crate::components::panel::PanelFrame;
use crate::messages::{self as m, Message, use_say};
use crate::paths;
use crate::session::{Density, Locale, Theme, use_session};

/// The route.
#[component]
pub fn SettingsRoute() -> impl IntoView {
    let say = use_say();
    let session = use_session().get_value();
    let themes = Theme::ALL.map(|theme| (theme.name(), say.text(m::theme(theme)), theme == session.theme));
    let densities =
        Density::ALL.map(|density| (density.name(), say.text(m::density(density)), density == session.density));
    let locales = Locale::ALL.map(|locale| (locale.tag(), locale.own_name(), locale == session.locale));
    let zone = session.zone.name().to_owned();
    let local = session.local_zone.clone();
    let subject = view! { <h1 class="context-bar__title">{say.text(m::SETTINGS)}</h1> };
    view! {
        <Title text=say.text(m::SETTINGS) />
        <PageFrame place=AppPlace::Elsewhere>
            <ContextBar subject=subject.into_any() facts=say.text(m::SETTINGS_META) />
            <main class="page" id="content">
                <PanelFrame title=say.text(m::SETTINGS) class="settings">
                    <form class="panel__body settings__form" method="post" action=paths::SETTINGS>
                        <input type="hidden" name="next" value=paths::SETTINGS />
                        <Choices name="theme" label=m::THEME choices=themes.to_vec() />
                        <Choices name="density" label=m::DENSITY choices=densities.to_vec() />
                        <Choices name="lang" label=m::LANGUAGE choices=locales.to_vec() />
                        <fieldset class="settings__group">
                            <legend class="settings__label">{say.text(m::TIME_ZONE)}</legend>
                            <span class="field">
                                <input
                                    class="field__input"
                                    name="tz"
                                    value=zone
                                    list="zones"
                                    maxlength="64"
                                    autocomplete="off"
                                    aria-label=say.text(m::TIME_ZONE)
                                />
                            </span>
                            <datalist id="zones">
                                <option value="UTC"></option>
                                {local.map(|zone| view! { <option value=zone></option> })}
                            </datalist>
                            <p class="muted small">{say.text(m::ZONE_HINT)}</p>
                        </fieldset>
                        <button class="button button--primary" type="submit">{say.text(m::SAVE)}</button>
                    </form>
                </PanelFrame>
            </main>
        </PageFrame>
    }
}

#[component]
fn Choices(name: &'static str, label: Message, choices: Vec<(&'static str, &'static str, bool)>) -> impl IntoView {
    let say = use_say();
    let options = choices.into_iter().map(|(value, label, chosen)| {
        view! {
            <label class="settings__choice">
                <input type="radio" name=name value=value checked=chosen />
                {label}
            </label>
        }
    });
    view! {
        <fieldset class="settings__group">
            <legend class="settings__label">{say.text(label)}</legend>
            {options.collect_view()}
        </fieldset>
    }
}
