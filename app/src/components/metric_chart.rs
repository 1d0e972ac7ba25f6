//! The values of an alarm as a figure: line, limit or band, breach shaded, states below.

use leptos::prelude::*;
use view::MetricView;
use view::chart::{MetricOptions, draw_metric};
use view::number::scaled;

use super::drawing::drawing_view;
use super::load_table::DataTableView;
use crate::messages::{self as m, Say, use_say};

/// Height of the plot in pixels.
const HEIGHT_PX: u32 = 168;
/// Most ticks of the time axis.
const TIME_TICKS: usize = 9;

/// The figure.
#[component]
pub fn MetricFigure(
    /// Data.
    view: MetricView,
    /// Pixels to draw for.
    width: u32,
) -> impl IntoView {
    let say = use_say();
    let options = MetricOptions {
        width,
        height: HEIGHT_PX,
        time_ticks: TIME_TICKS,
        limit: limit_label(&view, say),
        states: [m::IN_ALARM, m::STATE_OK, m::STATE_NO_DATA].map(|word| say.text(word).to_owned()),
    };
    let chart = draw_metric(&view, &options);
    let range = view.axis.range_label(view.axis.window);
    let name = say.with(m::METRIC_SUMMARY, &[("label", &view.label), ("range", &range), ("zone", &view.axis.zone)]);
    let from_reason = view.from_reason.then(|| {
        view! { <p class="notice notice--inside">{say.text(m::VALUES_FROM_REASON)}</p> }
    });
    let table = view.table();
    let caption = name.clone();
    view! {
        {from_reason}
        <figure class="chart load-chart metric-chart" aria-label=name>
            {drawing_view(chart.y_axis)} {drawing_view(chart.plot)} {drawing_view(chart.overlay)} {drawing_view(chart.lane)}
            {drawing_view(chart.x_axis)} <figcaption class="visually-hidden">{caption}</figcaption>
        </figure>
        <details class="numbers">
            <summary class="numbers__summary">{say.text(m::SHOW_AS_TABLE)}</summary>
            <DataTableView table=table />
        </details>
    }
}

/// `Alarm > 10 s`; the width of the band when there is no number.
fn limit_label(view: &MetricView, say: Say) -> String {
    let Some((value, sign)) = &view.limit else { return String::new() };
    let (figures, unit) = scaled(*value, &view.unit);
    let printed = format!("{figures} {unit}");
    say.with(m::ALARM_LIMIT, &[("sign", sign), ("value", printed.trim_end())])
}
