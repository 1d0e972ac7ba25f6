//! The aligned charts of a statement: its load by wait on the grey ground of the instance, then
//! calls, latency and rows, on one axis with one crosshair.

use leptos::prelude::*;
use units::Timestamp;
use view::chart::{
    Strip, StripHeight, StripSeries, crosshair_flag, crosshair_line, draw_stack_strip, draw_strip, time_axis,
};
use view::number::scaled;
use view::{Axis, LoadView};

use super::brush::{Surface, SurfaceActions};
use super::drawing::{drawing_view, drawing_with, mark_view};
use super::load_chart::ChartFocus;
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
    let say = use_say();
    let x_axis = time_axis(&load.axis, 9, "strips__axis".into(), true);
    let axis = StoredValue::new(load.axis.clone());
    let place = Memo::new(move |_| {
        let bucket = axis.with_value(|axis| axis.bucket_of(focus.at.get()?))?;
        let window = axis.with_value(|axis| axis.window_of(bucket));
        Some(axis.with_value(|axis| f64::midpoint(axis.place_of(window.from), axis.place_of(window.to))))
    });
    let actions = SurfaceActions { at: focus.at, brush: RwSignal::new(None), on_window };
    let total = load.total.clone();
    let rows = strips.into_iter().map(|strip| {
        let drawn = if strip.values.is_empty() {
            draw_stack_strip(&load, &whole, StripHeight::Tall, width)
        } else {
            let ghost = strip.ghost.as_deref();
            let series = StripSeries { values: &strip.values, ghost, limit: None, unit: &strip.unit, modifier: "" };
            draw_strip(&series, StripHeight::Tall, width)
        };
        let values = if strip.values.is_empty() { total.clone() } else { strip.values.clone() };
        view! {
            {label(strip, values, axis, focus.at)}
            {plot(drawn, place, axis, actions)}
        }
    });
    let rows = rows.collect_view();
    let flag = move || {
        place.get().map(|place| {
            let label = focus.at.get().map(|at| axis.with_value(|axis| axis.label(at))).unwrap_or_default();
            mark_view(crosshair_flag(place, 0, &label))
        })
    };
    view! {
        <figure class="strips" aria-label=say.text(m::ALIGNED)>
            {rows} {drawing_with(x_axis, flag)}
        </figure>
    }
}

fn plot(drawn: Strip, place: Memo<Option<f64>>, axis: StoredValue<Axis>, actions: SurfaceActions) -> AnyView {
    let say = use_say();
    let height = i32::try_from(StripHeight::Tall.px()).unwrap_or(0);
    let line = move || place.get().map(|place| mark_view(crosshair_line(place, 0, height)));
    view! {
        <div class="strip strip--tall">
            {drawing_view(drawn.plot)} {drawing_with(drawn.overlay, line)}
            <Surface axis=axis.get_value() actions=actions name=say.text(m::CHART_CURSOR) text=Signal::stored(String::new()) />
        </div>
    }
    .into_any()
}

/// Name, value at the crosshair (else the mean), and what it was before.
fn label(
    strip: SqlStrip,
    values: Vec<Option<f64>>,
    axis: StoredValue<Axis>,
    at: RwSignal<Option<Timestamp>>,
) -> AnyView {
    let SqlStrip { label, unit, mean, note, .. } = strip;
    let value = move || {
        let bucket = at.get().and_then(|at| axis.with_value(|axis| axis.bucket_of(at)));
        let value = bucket.map_or(mean, |bucket| values.get(bucket).copied().flatten());
        let (figures, unit) = value.map_or_else(|| ("–".to_owned(), unit.clone()), |value| scaled(value, &unit));
        view! {
            {figures}
            " "
            <span class="strips__unit">{unit}</span>
        }
    };
    view! {
        <div class="strips__label">
            <span class="strips__name">{label}</span>
            <span class="strips__value">{value}</span>
            <span class="strips__note">{note}</span>
        </div>
    }
    .into_any()
}
