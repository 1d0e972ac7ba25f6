//! The time range control: earlier, the range with its picker, later.

use leptos::prelude::*;

use crate::messages::{self as m, use_say};
use crate::ui::{Dropdown, Icon, IconMark, MenuItem};

/// A link with its label and whether it is the current choice.
#[derive(Clone, Debug)]
pub struct Choice {
    /// Where it leads.
    pub href: String,
    /// What it says.
    pub label: String,
    /// Whether it is what the page shows.
    pub current: bool,
}

/// Everything the control offers, as addresses.
#[derive(Clone, Debug)]
pub struct RangeControl {
    /// The range as printed: `Today 14:30–15:10`.
    pub label: String,
    /// The zone as printed.
    pub zone: String,
    /// One window earlier.
    pub earlier: String,
    /// One window later; none at the present.
    pub later: Option<String>,
    /// Half the window around its middle.
    pub zoom_in: String,
    /// Twice the window around its middle.
    pub zoom_out: String,
    /// Relative ranges.
    pub choices: Vec<Choice>,
    /// Zones: UTC and the reader's own.
    pub zones: Vec<Choice>,
    /// The form of a written range: its address.
    pub action: String,
    /// Parameters the form carries along.
    pub carried: Vec<(String, String)>,
    /// Start as the form shows it.
    pub from: String,
    /// End as the form shows it.
    pub to: String,
}

/// The control.
#[component]
pub fn TimeRangeControl(
    /// What it offers.
    control: RangeControl,
) -> impl IntoView {
    let say = use_say();
    let summary = view! {
        <IconMark icon=Icon::Clock />
        <span class="time-range__value">{control.label.clone()}</span>
        <span class="time-range__zone">{control.zone.clone()}</span>
        <IconMark icon=Icon::Caret small=true />
    };
    let is_present = control.later.is_none();
    let (earlier, later) = (control.earlier.clone(), control.later.clone());
    let (zoom_in, zoom_out) = (control.zoom_in.clone(), control.zoom_out.clone());
    view! {
        <div class="button-group" role="group" aria-label=say.text(m::TIME_RANGE)>
            <a class="button button--icon" href=earlier data-noscroll="" data-key="[" aria-label=say.text(m::EARLIER)>
                <IconMark icon=Icon::Left />
            </a>
            <Dropdown place="time-range__picker" summary=summary.into_any() key="t">
                <RangePicker control=control />
            </Dropdown>
            <a
                class="button button--icon"
                href=later
                data-noscroll=""
                data-key="]"
                role=is_present.then_some("link")
                aria-label=say.text(m::LATER)
                aria-disabled=is_present.then_some("true")
            >
                <IconMark icon=Icon::Right />
            </a>
        </div>
        <a class="visually-hidden" tabindex="-1" aria-hidden="true" href=zoom_in data-noscroll="" data-key="+">"+"</a>
        <a class="visually-hidden" tabindex="-1" aria-hidden="true" href=zoom_out data-noscroll="" data-key="-">"−"</a>
    }
}

#[component]
fn RangePicker(control: RangeControl) -> impl IntoView {
    let say = use_say();
    let choices = control.choices.into_iter().map(|choice| {
        view! { <MenuItem href=choice.href label=choice.label current=choice.current /> }
    });
    let zones = control.zones.into_iter().map(|choice| {
        // Another zone needs other offsets, which come with a whole response.
        view! {
            <a class="segmented__option" href=choice.href rel="external" aria-current=choice.current.then_some("true")>
                {choice.label}
            </a>
        }
    });
    let carried = control.carried.into_iter().map(|(name, value)| {
        view! { <input type="hidden" name=name value=value /> }
    });
    view! {
        <div class="range-picker">
            <div class="range-picker__choices">{choices.collect_view()}</div>
            <form class="range-picker__form" method="get" action=control.action>
                {carried.collect_view()}
                <label class="range-picker__label">
                    {say.text(m::FROM)}
                    <span class="field"><input class="field__input" name="from" value=control.from maxlength="64" autocomplete="off" spellcheck="false" /></span>
                </label>
                <label class="range-picker__label">
                    {say.text(m::TO)}
                    <span class="field"><input class="field__input" name="to" value=control.to maxlength="64" autocomplete="off" spellcheck="false" /></span>
                </label>
                <button class="button button--primary" type="submit">{say.text(m::APPLY)}</button>
                <p class="range-picker__hint">{say.text(m::RANGE_HINT)}</p>
                <p class="menu__heading">{say.text(m::TIME_ZONE)}</p>
                <div class="segmented" role="group" aria-label=say.text(m::TIME_ZONE)>{zones.collect_view()}</div>
            </form>
        </div>
    }
}

/// A menu of choices behind a button: compare, refresh.
#[component]
pub fn ChoiceMenu(
    /// What is chosen, muted.
    label: &'static str,
    /// The choice.
    value: String,
    /// Icon before it.
    #[prop(optional)]
    icon: Option<Icon>,
    /// All choices.
    choices: Vec<Choice>,
    /// Key that opens it.
    #[prop(optional)]
    key: Option<&'static str>,
    /// What stands below the choices.
    #[prop(optional)]
    more: Option<AnyView>,
) -> impl IntoView {
    let summary = view! {
        {icon.map(|icon| view! { <IconMark icon=icon /> })}
        <span class="button__label-muted">{label}</span>
        {value}
        <IconMark icon=Icon::Caret small=true />
    };
    let items = choices.into_iter().map(|choice| {
        view! { <MenuItem href=choice.href label=choice.label current=choice.current /> }
    });
    view! {
        <Dropdown place="dropdown--end hide-on-phone" summary=summary.into_any() key=key.unwrap_or_default()>
            <p class="menu__heading">{label}</p>
            {items.collect_view()}
            {more}
        </Dropdown>
    }
}
