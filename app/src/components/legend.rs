//! The legend: a link per layer with its mean. Pointing fades the others, the first click isolates,
//! the second follows the link, which filters. Without wasm every click filters.

use leptos::ev;
use leptos::prelude::*;
use view::number::{three_figures, trimmed};
use view::{LegendEntry, LegendRest, LoadView};

use super::load_chart::ChartFocus;
use super::swatch::Swatch;
use crate::messages::{self as m, use_say};

/// The legend of the load chart.
#[component]
pub fn LegendView(
    /// Data.
    view: StoredValue<LoadView>,
    /// Addresses of the page filtered by each layer, in the order of the layers; `None` where a
    /// filter cannot be answered.
    hrefs: Vec<Option<String>>,
    /// Shared with the chart.
    focus: ChartFocus,
    /// Name of the compare window: `Yesterday`.
    ghost_label: String,
) -> impl IntoView {
    let say = use_say();
    let (legend, vcpus, ghost) = view.with_value(|view| (view.legend(), view.vcpu.vcpus(), view.ghost.clone()));
    let entries = legend.entries.into_iter().map(|entry| {
        let href = hrefs.get(entry.index).cloned().flatten();
        view! { <LegendItem entry=entry href=href focus=focus /> }
    });
    let vcpus = vcpus.map(|vcpus| line_key("chart__capacity", "vCPU".to_owned(), Some(trimmed(vcpus))));
    let ghost = ghost.map(|ghost| line_key("chart__ghost", ghost_label, ghost.mean.map(|mean| three_figures(mean.0))));
    view! {
        <div class="legend" role="group" aria-label=say.text(m::LEGEND)>
            {entries.collect_view()} {legend.rest.map(rest_item)} {vcpus} {ghost}
        </div>
    }
}

fn rest_item(rest: LegendRest) -> impl IntoView {
    let say = use_say();
    let label = if rest.labels.is_empty() {
        say.text(m::REMAINDER).to_owned()
    } else {
        say.with(m::SMALLER, &[("count", &rest.labels.len().to_string())])
    };
    view! {
        <span class="legend__item" title=rest.labels.join(", ")>
            <Swatch pattern=rest.pattern />
            {label}
            <span class="legend__value">{three_figures(rest.mean.0)}</span>
        </span>
    }
}

fn line_key(class: &'static str, label: String, value: Option<String>) -> AnyView {
    view! {
        <span class="legend__item">
            <svg class="legend__key-line" viewBox="0 0 20 12" aria-hidden="true">
                <path class=class d="M0 6h20" />
            </svg>
            {label}
            {value.map(|value| view! { <span class="legend__value">{value}</span> })}
        </span>
    }
    .into_any()
}

#[component]
fn LegendItem(entry: LegendEntry, href: Option<String>, focus: ChartFocus) -> impl IntoView {
    let index = entry.index;
    let on_click = move |event: ev::MouseEvent| {
        if focus.isolated.get_untracked() != Some(index) {
            event.prevent_default();
            focus.isolated.set(Some(index));
        }
    };
    let off = move || focus.isolated.get().is_some_and(|shown| shown != index);
    view! {
        <a
            class="legend__item"
            class:legend__item--off=off
            href=href
            data-noscroll=""
            on:click=on_click
            on:pointerenter=move |_| focus.pointed.set(Some(index))
            on:pointerleave=move |_| focus.pointed.set(None)
        >
            <Swatch pattern=entry.pattern />
            <bdi class="legend__label">{entry.label}</bdi>
            <span class="legend__value">{three_figures(entry.mean.0)}</span>
        </a>
    }
}
