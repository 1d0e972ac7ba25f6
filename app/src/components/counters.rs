//! Counter metrics as strips on the axis of the load chart, with its crosshair.

use leptos::prelude::*;
use view::CountersView;

use super::load_chart::ChartFocus;
use super::strips::StripSetup;
use crate::messages::{self as m, use_say};

/// The strips.
#[component]
pub fn CounterStrips(
    /// Data.
    view: CountersView,
    /// Pixels to draw for.
    width: u32,
    /// Shared crosshair.
    focus: ChartFocus,
    /// What happens when a window is brushed.
    on_window: Callback<units::Window>,
) -> impl IntoView {
    let setup = StripSetup::new(view.axis, width, focus, on_window, Vec::new());
    view! {
        <figure class="strips" aria-label=use_say().text(m::COUNTERS)>
            {setup.rows(view.strips)} {setup.axis()}
        </figure>
    }
}
