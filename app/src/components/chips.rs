//! Filter chips and the slice-by control.

use leptos::prelude::*;
use units::{Dimension, Filter, FilterOp};

use super::time_range::Choice;
use crate::messages::{self as m, use_say};
use crate::ui::{Dropdown, Icon, IconMark};

/// A chip and the address without it.
#[derive(Clone, Debug)]
pub struct Chip {
    /// The filter.
    pub filter: Filter,
    /// What the value reads: a statement in place of a digest id.
    pub value: String,
    /// The page without this chip.
    pub without: String,
    /// Why the numbers of the chart do not follow it; none when they do.
    pub blocked: Option<String>,
}

/// The form that adds a chip.
#[derive(Clone, Debug)]
pub struct AddFilter {
    /// Address of the page.
    pub action: String,
    /// Parameters it carries along.
    pub carried: Vec<(String, String)>,
}

/// Chips at the left, slice-by at the right.
#[component]
pub fn FilterBar(
    /// Chips.
    chips: Vec<Chip>,
    /// The form behind *Add filter*.
    add: AddFilter,
    /// Dimensions to slice by.
    slices: Vec<Choice>,
) -> impl IntoView {
    let say = use_say();
    let chips = chips.into_iter().map(|chip| view! { <ChipView chip=chip /> });
    let options = slices.into_iter().map(|choice| {
        view! {
            <a class="segmented__option" href=choice.href data-noscroll="" aria-current=choice.current.then_some("true")>
                {choice.label}
            </a>
        }
    });
    view! {
        <div class="filter-bar">
            {chips.collect_view()} <AddChip add=add />
            <div class="filter-bar__end">
                <span class="segmented__label">{say.text(m::SLICE_BY)}</span>
                <div class="segmented" role="group" aria-label=say.text(m::SLICE_BY) data-key="s">{options.collect_view()}</div>
            </div>
        </div>
    }
}

#[component]
fn ChipView(chip: Chip) -> impl IntoView {
    let say = use_say();
    let excludes = chip.filter.op == FilterOp::IsNot;
    let name = say.text(m::dimension(chip.filter.dimension));
    let key = say.with(if excludes { m::CHIP_IS_NOT } else { m::CHIP_IS }, &[("dimension", &m::inside(name))]);
    let remove = say.with(m::REMOVE_FILTER, &[("filter", &format!("{key} {}", chip.value))]);
    let class = match (excludes, chip.blocked.is_some()) {
        (true, true) => "chip chip--not chip--off",
        (false, true) => "chip chip--off",
        (true, false) => "chip chip--not",
        (false, false) => "chip",
    };
    let reason = chip.blocked.clone().map(|reason| view! { <span class="visually-hidden">{reason}</span> });
    view! {
        <span class=class title=chip.blocked>
            <span class="chip__key">{key}</span>
            <span class="chip__value"><bdi class="chip__text">{chip.value}</bdi></span>
            {reason}
            <a class="chip__remove" href=chip.without data-noscroll="" aria-label=remove>
                <IconMark icon=Icon::Close small=true />
            </a>
        </span>
    }
}

#[component]
fn AddChip(add: AddFilter) -> impl IntoView {
    let say = use_say();
    let carried = add.carried.into_iter().map(|(name, value)| view! { <input type="hidden" name=name value=value /> });
    let summary = view! {
        <IconMark icon=Icon::Plus small=true />
        {say.text(m::ADD_FILTER)}
    };
    let examples = [
        Dimension::User,
        Dimension::Host,
        Dimension::Application,
        Dimension::Database,
        Dimension::Wait,
        Dimension::Table,
        Dimension::Kind,
        Dimension::Tag,
    ];
    let names = examples.map(Dimension::name).join(", ");
    view! {
        <Dropdown place="chip-add" class="chip chip--add" summary=summary.into_any() key="f">
            <form class="range-picker__form" method="get" action=add.action>
                {carried.collect_view()}
                <label class="range-picker__label">
                    {say.text(m::FILTER)}
                    <span class="field"><input class="field__input" name="filter" placeholder="user:web" maxlength="280" autocomplete="off" spellcheck="false" required="" /></span>
                </label>
                <button class="button button--primary" type="submit">{say.text(m::ADD_FILTER)}</button>
                <p class="range-picker__hint">{say.with(m::FILTER_HINT, &[("dimensions", &names)])}</p>
            </form>
        </Dropdown>
    }
}
