//! Crosshair and tooltip of the load chart.

use leptos::prelude::*;
use leptos::svg;
use units::{Aas, Timestamp};
use view::chart::{crosshair_flag, crosshair_line};
use view::number::{NO_BREAK_SPACE, factor, percent, three_figures};
use view::{BucketCover, LoadView, Readout};

use super::brush::Brushed;
use super::drawing::mark_view;
use super::swatch::Swatch;
use crate::messages::{self as m, Say, use_say};

/// Width and height of the tooltip's box, and its distance from the line, in pixels.
const TOOLTIP_PX: (i32, i32, i32) = (250, 270, 10);
/// Past this part of the axis the tooltip stands left of the line.
const LEFT_PAST: f64 = 0.75;

/// The bucket at a moment; `None` outside of the axis.
#[must_use]
pub fn readout_at(view: &LoadView, at: Option<Timestamp>) -> Option<Readout> {
    at.and_then(|at| view.axis.bucket_of(at)).and_then(|bucket| view.readout(bucket))
}

/// One line with a time flag on the axis, and the values beside it.
#[component]
pub fn Crosshair(
    /// The bucket under it.
    readout: Memo<Option<Readout>>,
    /// No tooltip while brushing.
    brush: RwSignal<Brushed>,
    /// Top and bottom of the line in pixels; the flag hangs at the bottom.
    line: (u32, u32),
    /// Whether there is room for a tooltip.
    has_room: bool,
) -> impl IntoView {
    let say = use_say();
    let px = |value: u32| i32::try_from(value).unwrap_or(0);
    let (top, bottom) = (px(line.0) - 2, px(line.1));
    move || {
        let readout = readout.get()?;
        let tooltip = (has_room && brush.read().is_none()).then(|| tooltip_box(&readout, say));
        Some(view! {
            {mark_view(crosshair_line(readout.place, top, bottom))}
            {mark_view(crosshair_flag(readout.place, bottom, &readout.label))}
            {tooltip}
        })
    }
}

fn tooltip_box(readout: &Readout, say: Say) -> impl IntoView + use<> {
    let (width, height, distance) = TOOLTIP_PX;
    let x = if readout.place > LEFT_PAST { -width - distance } else { distance };
    let content = svg::foreignObject()
        .class("tooltip-slot")
        .attr("x", x.to_string())
        .attr("y", "28")
        .attr("width", width.to_string())
        .attr("height", height.to_string())
        .child(tooltip(readout, say));
    view! { <svg x=format!("{:.2}%", readout.place * 100.0) overflow="visible">{content}</svg> }
}

fn tooltip(readout: &Readout, say: Say) -> impl IntoView + use<> {
    let rows =
        readout.rows.iter().map(|row| value_row(&row.pattern, row.label.clone(), row.aas, row.share)).collect_view();
    let rest =
        readout.rest.as_ref().map(|rest| value_row(&rest.pattern, rest_label(rest.layers, say), rest.aas, rest.share));
    view! {
        <div class="tooltip">
            <div class="tooltip__head">
                <span>{readout.label.clone()}</span>
                <span>{total_text(readout.total, say)}</span>
            </div>
            <table class="tooltip__rows">
                <tbody>{rows} {rest}</tbody>
            </table>
            <div class="tooltip__foot">{foot(readout, say)}</div>
        </div>
    }
}

fn value_row(pattern: &str, label: String, aas: Aas, share: Option<f64>) -> impl IntoView + use<> {
    view! {
        <tr>
            <th scope="row">
                <span class="tooltip__name">
                    <Swatch pattern=pattern.to_owned() />
                    <bdi class="tooltip__label">{label}</bdi>
                </span>
            </th>
            <td>{three_figures(aas.0)}</td>
            <td class="tooltip__share">{share.map(percent)}</td>
        </tr>
    }
}

fn rest_label(layers: usize, say: Say) -> String {
    if layers == 0 { say.text(m::REMAINDER).to_owned() } else { say.with(m::OTHERS, &[("count", &layers.to_string())]) }
}

fn total_text(total: Option<Aas>, say: Say) -> String {
    total.map_or_else(
        || say.text(m::NOT_COLLECTED).to_owned(),
        |total| format!("{}{NO_BREAK_SPACE}AAS", three_figures(total.0)),
    )
}

/// vCPU ratio, compare value, coverage.
fn foot(readout: &Readout, say: Say) -> String {
    let ratio = readout
        .vcpu_ratio
        .map(|ratio| format!("{}{NO_BREAK_SPACE}vCPU", factor(ratio).replace("×\u{a0}", "") + "\u{a0}×"));
    let before = readout.before.map(|before| say.with(m::COMPARED_VALUE, &[("value", &three_figures(before.0))]));
    let cover = match readout.cover {
        BucketCover::Full => m::COVER_FULL,
        BucketCover::Partial => m::COVER_PARTIAL,
        BucketCover::Pending => m::COVER_PENDING,
        BucketCover::Missing => m::COVER_MISSING,
    };
    let parts: Vec<String> = [ratio, before, Some(say.text(cover).to_owned())].into_iter().flatten().collect();
    parts.join(" · ")
}

/// The values at a moment as one line: what assistive technology reads while the crosshair moves.
#[must_use]
pub fn value_text(readout: Option<&Readout>, say: Say) -> String {
    let Some(readout) = readout else { return say.text(m::NO_MOMENT).to_owned() };
    let rows: Vec<String> =
        readout.rows.iter().map(|row| format!("{} {}", row.label, three_figures(row.aas.0))).collect();
    format!("{}: {}; {}", readout.label, total_text(readout.total, say), rows.join(", "))
}
