//! Counter metrics as strips: aligned small charts on the axis of the load chart, with its
//! crosshair.

use leptos::prelude::*;
use units::Timestamp;
use view::chart::{Strip, StripHeight, StripSeries, crosshair_flag, crosshair_line, draw_strip, time_axis};
use view::number::scaled;
use view::{Axis, CounterStrip, CountersView};

use super::brush::{Surface, SurfaceActions};
use super::drawing::{drawing_view, drawing_with, mark_view};
use super::load_chart::ChartFocus;
use crate::messages::{self as m, Say, use_say};

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
    let say = use_say();
    let axis = StoredValue::new(view.axis.clone());
    let place = Memo::new(move |_| axis.with_value(|axis| crosshair_place(axis, focus.at.get())));
    let x_axis = time_axis(&view.axis, 9, "strips__axis".into(), true);
    let actions = SurfaceActions { at: focus.at, brush: RwSignal::new(None), on_window };
    let strips = view.strips.into_iter().map(|strip| {
        let series =
            StripSeries { values: &strip.values, ghost: None, limit: strip.limit, unit: &strip.unit, modifier: "" };
        let drawn = draw_strip(&series, StripHeight::Low, width);
        view! {
            <StripLabel strip=strip axis=axis at=focus.at />
            <StripPlot drawn=drawn place=place axis=axis actions=actions />
        }
    });
    let strips = strips.collect_view();
    let flag = move || {
        place.get().map(|place| {
            let label = focus.at.get().map(|at| axis.with_value(|axis| axis.label(at))).unwrap_or_default();
            mark_view(crosshair_flag(place, 0, &label))
        })
    };
    view! {
        <figure class="strips" aria-label=say.text(m::COUNTERS)>
            {strips} {drawing_with(x_axis, flag)}
        </figure>
    }
}

/// Where the crosshair stands: the middle of the bucket.
fn crosshair_place(axis: &Axis, at: Option<Timestamp>) -> Option<f64> {
    let bucket = axis.bucket_of(at?)?;
    let window = axis.window_of(bucket);
    Some(f64::midpoint(axis.place_of(window.from), axis.place_of(window.to)))
}

#[component]
fn StripPlot(
    drawn: Strip,
    place: Memo<Option<f64>>,
    axis: StoredValue<Axis>,
    actions: SurfaceActions,
) -> impl IntoView {
    let say = use_say();
    let height = i32::try_from(StripHeight::Low.px()).unwrap_or(0);
    let line = move || place.get().map(|place| mark_view(crosshair_line(place, 0, height)));
    view! {
        <div class="strip">
            {drawing_view(drawn.plot)} {drawing_with(drawn.overlay, line)}
            <Surface axis=axis.get_value() actions=actions name=say.text(m::CHART_CURSOR) text=Signal::stored(String::new()) />
        </div>
    }
}

/// Name, value at the crosshair (else the mean), and what it was before.
#[component]
fn StripLabel(strip: CounterStrip, axis: StoredValue<Axis>, at: RwSignal<Option<Timestamp>>) -> impl IntoView {
    let say = use_say();
    let note = note(&strip, say);
    let label = strip.label.clone();
    let title = strip.metric.clone();
    let value = move || {
        let bucket = at.get().and_then(|at| axis.with_value(|axis| axis.bucket_of(at)));
        let value = bucket.map_or(strip.mean, |bucket| strip.values.get(bucket).copied().flatten());
        let (figures, unit) =
            value.map_or_else(|| ("–".to_owned(), strip.unit.clone()), |value| scaled(value, &strip.unit));
        view! {
            {figures}
            " "
            <span class="strips__unit">{unit}</span>
        }
    };
    view! {
        <div class="strips__label">
            <span class="strips__name" title=title>{label}</span>
            <span class="strips__value">{value}</span>
            <span class="strips__note">{note}</span>
        </div>
    }
}

fn note(strip: &CounterStrip, say: Say) -> String {
    let printed = |value: f64| {
        let (figures, unit) = scaled(value, &strip.unit);
        format!("{figures} {unit}").trim_end().to_owned()
    };
    let before = strip.mean_before.map(|before| say.with(m::COMPARED_VALUE, &[("value", &printed(before))]));
    let limit = strip.limit.map(|limit| say.with(m::LIMIT, &[("value", &printed(limit))]));
    [before, limit].into_iter().flatten().collect::<Vec<_>>().join(" · ")
}
