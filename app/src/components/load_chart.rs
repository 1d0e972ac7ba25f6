//! The load chart as a figure: drawing, crosshair, tooltip, brush.
//!
//! The drawing is the server's; the browser adds a surface over it that listens to pointer, wheel
//! and keys. Without wasm the surface does nothing and the chart is still whole.

use leptos::prelude::*;
use units::{Timestamp, Window};
use view::LoadView;
use view::chart::{ChartWords, LoadChart, LoadChartOptions, draw_load};

use super::brush::{BrushMark, Surface, SurfaceActions};
use super::drawing::{drawing_view, drawing_with, mark_view};
use super::tooltip::{Crosshair, readout_at, value_text};
use crate::messages::{self as m, use_say};

/// What all charts of a page share: the moment under the crosshair and the layer that stands out.
#[derive(Clone, Copy, Debug)]
pub struct ChartFocus {
    /// Moment under the crosshair.
    pub at: RwSignal<Option<Timestamp>>,
    /// Layer the reader points at in the legend.
    pub pointed: RwSignal<Option<usize>>,
    /// Layer the reader clicked in the legend.
    pub isolated: RwSignal<Option<usize>>,
}

impl ChartFocus {
    /// Nothing pointed at.
    #[must_use]
    pub fn new() -> Self {
        Self { at: RwSignal::new(None), pointed: RwSignal::new(None), isolated: RwSignal::new(None) }
    }

    /// The layer that stands out, if any.
    fn layer(self) -> Option<usize> {
        self.pointed.get().or_else(|| self.isolated.get())
    }
}

impl Default for ChartFocus {
    fn default() -> Self {
        Self::new()
    }
}

/// How the chart is drawn.
#[derive(Clone, Debug)]
pub struct LoadChartSetup {
    /// Words of the chart.
    pub words: ChartWords,
    /// Pixels to draw for.
    pub width: u32,
    /// Threshold of an alarm and its label.
    pub threshold: Option<(f64, String)>,
    /// One sentence that names the chart.
    pub summary: String,
}

/// The load chart.
#[component]
pub fn LoadFigure(
    /// Data.
    view: StoredValue<LoadView>,
    /// How to draw it.
    setup: LoadChartSetup,
    /// Shared crosshair.
    focus: ChartFocus,
    /// What happens when a window is brushed, and on zoom.
    on_window: Callback<Window>,
) -> impl IntoView {
    let say = use_say();
    let (name, summary) = (setup.summary.clone(), setup.summary);
    let has_room = setup.width >= TOOLTIP_ROOM_PX;
    let (width, threshold, words) = (setup.width, setup.threshold, setup.words);
    let options = LoadChartOptions { width, threshold, words, ..LoadChartOptions::default() };
    let chart = view.with_value(|view| draw_load(view, &options));
    let axis = view.with_value(|view| view.axis.clone());
    let brush = RwSignal::new(None);
    let readout = Memo::new(move |_| view.with_value(|view| readout_at(view, focus.at.get())));
    let line = (chart.lane, chart.full_height);
    let merged = (chart.columns.per_column > 1).then(|| {
        let count = chart.columns.per_column.to_string();
        view! { <p class="chart__caption muted small">{say.with(m::COLUMNS_MERGED, &[("count", &count)])}</p> }
    });
    let y_axis = drawing_view(chart.y_axis.clone());
    let x_axis = drawing_view(chart.x_axis.clone());
    let overlay = drawing_with(
        chart.overlay.clone(),
        view! {
            <Crosshair readout=readout brush=brush line=line has_room=has_room />
            <BrushMark axis=axis.clone() brush=brush rows=(line.0, line.1 - line.0) />
        },
    );
    let actions = SurfaceActions { at: focus.at, brush, on_window };
    let text = Signal::derive(move || readout.with(|readout| value_text(readout.as_ref(), say)));
    view! {
        <figure class="chart load-chart" aria-label=name>
            {y_axis}
            <PlotLayers chart=chart focus=focus />
            {overlay}
            <Surface axis=axis actions=actions name=say.text(m::CHART_CURSOR) text=text />
            {x_axis}
            <figcaption class="visually-hidden">{summary}</figcaption>
            {merged}
        </figure>
    }
}

/// Below this width the tooltip would hide the chart.
const TOOLTIP_ROOM_PX: u32 = 480;

/// Grid, layers and lines. Layers fade while another one stands out.
#[component]
fn PlotLayers(chart: LoadChart, focus: ChartFocus) -> impl IntoView {
    let layers = chart.layers.into_iter().map(|layer| {
        let index = layer.index;
        let faded = move || focus.layer().is_some_and(|shown| Some(shown) != index);
        view! { <g class:chart__layer--faded=faded>{mark_view(layer.mark)}</g> }
    });
    view! {
        <svg
            class="chart__plot"
            viewBox=chart.view_box.to_string()
            preserveAspectRatio="none"
            height=chart.full_height.to_string()
            aria-hidden="true"
        >
            {chart.under.into_iter().map(mark_view).collect_view()}
            {layers.collect_view()}
            {chart.over.into_iter().map(mark_view).collect_view()}
        </svg>
    }
}
