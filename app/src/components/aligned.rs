//! The aligned charts of a statement: its load by wait on the grey ground of the instance, then
//! calls, latency and rows, on one axis with one crosshair.

use leptos::prelude::*;
use view::LoadView;
use view::chart::{StripHeight, StripSeries, draw_stack_strip, draw_strip};

use super::load_chart::ChartFocus;
use super::strips::{StripSetup, StripWords};
use crate::messages::{self as m, use_say};
use crate::server_fns::SqlStrip;

/// The charts.
#[component]
pub fn AlignedCharts(
    /// Load by wait class.
    load: LoadView,
    /// Load of the whole instance.
    whole: Vec<Option<f64>>,
    /// Load first, then lines.
    strips: Vec<SqlStrip>,
    /// Pixels to draw for.
    width: u32,
    /// Shared crosshair.
    focus: ChartFocus,
    /// What happens when a window is brushed.
    on_window: Callback<units::Window>,
) -> impl IntoView {
    let setup = StripSetup::new(load.axis.clone(), width, focus, on_window, Vec::new());
    let rows = strips.into_iter().map(|strip| {
        let SqlStrip { label, unit, mean, note, values, ghost, .. } = strip;
        let (drawn, values) = if values.is_empty() {
            (draw_stack_strip(&load, &whole, StripHeight::Tall, width), load.total.clone())
        } else {
            let series =
                StripSeries { values: &values, ghost: ghost.as_deref(), limit: None, unit: &unit, modifier: "" };
            (draw_strip(&series, StripHeight::Tall, width), values)
        };
        setup.drawn(StripWords { name: label, unit, note, ..StripWords::default() }, values, mean, drawn)
    });
    view! {
        <figure class="strips" aria-label=use_say().text(m::ALIGNED)>
            {rows.collect_view()} {setup.axis()}
        </figure>
    }
}
