//! A drawing as text: standalone chart images and incident files. Everything the page would take
//! from its style sheet is in the file, for light and dark.

use std::fmt::Write as _;

use super::{Anchor, Drawing, LANE_ROW_PX, LoadChart, Mark, MetricChart, Pattern, Place, patterns};

/// Title and note of a standalone image.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Caption {
    /// What is drawn: `DB load of orders-1 by wait, 14:30–15:10 UTC`.
    pub title: String,
    /// Source and time.
    pub note: String,
}

const IMAGE_STYLE: &str = include_str!("image.css");
const GUTTER_PX: u32 = 40;
const TITLE_PX: u32 = 26;
const AXIS_PX: u32 = 22;
const NOTE_PX: u32 = 18;
const EDGE_PX: u32 = 12;

/// A load chart as one SVG file of `width` pixels.
#[must_use]
pub fn load_image(chart: &LoadChart, caption: &Caption, width: u32) -> String {
    let width = width.max(200);
    let plot_width = width - GUTTER_PX - EDGE_PX;
    let height = TITLE_PX + chart.full_height + AXIS_PX + NOTE_PX;
    let mut out = String::with_capacity(64 * 1024);
    open_image(&mut out, (width, height), caption);
    let rows = (TITLE_PX, chart.full_height);
    place(&mut out, &chart.y_axis, (0, GUTTER_PX), rows);
    place(&mut out, &chart.plot(), (GUTTER_PX, plot_width), rows);
    place(&mut out, &chart.overlay, (GUTTER_PX, plot_width), rows);
    place(&mut out, &chart.x_axis, (GUTTER_PX, plot_width), (TITLE_PX + chart.full_height, AXIS_PX));
    text_line(&mut out, "image__note", EDGE_PX, height - 6, &caption.note);
    out.push_str("</svg>");
    out
}

/// The chart of an alarm as one SVG of `width` pixels.
#[must_use]
pub fn metric_image(chart: &MetricChart, caption: &Caption, width: u32) -> String {
    let width = width.max(200);
    let plot_width = width - GUTTER_PX - EDGE_PX;
    let plot_height = chart.plot.height.unwrap_or(0);
    let below = TITLE_PX + plot_height;
    let height = below + LANE_ROW_PX + AXIS_PX + NOTE_PX;
    let mut out = String::with_capacity(16 * 1024);
    open_image(&mut out, (width, height), caption);
    let rows = (TITLE_PX, plot_height);
    place(&mut out, &chart.y_axis, (0, GUTTER_PX), rows);
    place(&mut out, &chart.plot, (GUTTER_PX, plot_width), rows);
    place(&mut out, &chart.overlay, (GUTTER_PX, plot_width), rows);
    place(&mut out, &chart.lane, (GUTTER_PX, plot_width), (below, LANE_ROW_PX));
    place(&mut out, &chart.x_axis, (GUTTER_PX, plot_width), (below + LANE_ROW_PX, AXIS_PX));
    text_line(&mut out, "image__note", EDGE_PX, height - 6, &caption.note);
    out.push_str("</svg>");
    out
}

/// What every image begins with: its size in pixels, name, style, hatches, ground and title line.
fn open_image(out: &mut String, (width, height): (u32, u32), caption: &Caption) {
    put(
        out,
        format_args!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} {height}\" role=\"img\">"
        ),
    );
    out.push_str("<title>");
    escape(out, &caption.title);
    put(out, format_args!("</title><style>{IMAGE_STYLE}</style><defs>"));
    for pattern in patterns() {
        write_pattern(out, &pattern);
    }
    put(out, format_args!("</defs><rect class=\"image__ground\" width=\"{width}\" height=\"{height}\"/>"));
    text_line(out, "image__title", EDGE_PX, 17, &caption.title);
}

fn text_line(out: &mut String, class: &str, x: u32, y: u32, text: &str) {
    put(out, format_args!("<text class=\"{class}\" x=\"{x}\" y=\"{y}\">"));
    escape(out, text);
    out.push_str("</text>");
}

/// A drawing at a place of its own inside an image: x and width, y and height.
fn place(out: &mut String, drawing: &Drawing, (x, width): (u32, u32), (y, height): (u32, u32)) {
    put(out, format_args!("<svg x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" overflow=\"visible\""));
    if let Some((view_box, fit)) = drawing.view_box {
        put(out, format_args!(" viewBox=\"{view_box}\" preserveAspectRatio=\"{}\"", fit.attribute()));
    }
    put(out, format_args!(" class=\"{}\">", drawing.class));
    write_marks(out, &drawing.marks);
    out.push_str("</svg>");
}

/// A drawing as an `<svg>` element, for pages that are put together as text and for snapshots.
#[must_use]
pub fn write_drawing(drawing: &Drawing) -> String {
    let mut out = String::new();
    put(&mut out, format_args!("<svg class=\"{}\"", drawing.class));
    if let Some((view_box, fit)) = drawing.view_box {
        put(&mut out, format_args!(" viewBox=\"{view_box}\" preserveAspectRatio=\"{}\"", fit.attribute()));
    }
    if let Some(height) = drawing.height {
        put(&mut out, format_args!(" height=\"{height}\""));
    }
    out.push('>');
    write_marks(&mut out, &drawing.marks);
    out.push_str("</svg>");
    out
}

fn write_pattern(out: &mut String, pattern: &Pattern) {
    let Pattern { id, size, marks } = pattern;
    put(out, format_args!("<pattern id=\"{id}\" width=\"{size}\" height=\"{size}\" patternUnits=\"userSpaceOnUse\">"));
    write_marks(out, marks);
    out.push_str("</pattern>");
}

fn write_marks(out: &mut String, marks: &[Mark]) {
    for mark in marks {
        write_mark(out, mark);
    }
}

fn write_mark(out: &mut String, mark: &Mark) {
    match mark {
        Mark::Path { class, fill, d } => {
            out.push_str("<path");
            shape(out, class, fill.as_deref());
            put(out, format_args!(" d=\"{d}\"/>"));
        }
        Mark::Line { class, from, to } => {
            out.push_str("<line");
            shape(out, class, None);
            lengths(out, &[("x1", from.0), ("y1", from.1), ("x2", to.0), ("y2", to.1)]);
            out.push_str("/>");
        }
        Mark::Rect { class, fill, at, size, radius } => {
            out.push_str("<rect");
            shape(out, class, fill.as_deref());
            lengths(
                out,
                &[
                    ("x", at.0),
                    ("y", at.1),
                    ("width", size.0),
                    ("height", size.1),
                    ("rx", Place::Px(i32::from(*radius))),
                ],
            );
            out.push_str("/>");
        }
        Mark::Circle { class, at, radius } => {
            out.push_str("<circle");
            shape(out, class, None);
            lengths(out, &[("cx", at.0), ("cy", at.1), ("r", *radius)]);
            out.push_str("/>");
        }
        Mark::Text { class, at, dx, anchor, text } => {
            out.push_str("<text");
            shape(out, class, None);
            lengths(out, &[("x", at.0), ("y", at.1), ("dx", Place::Px(*dx))]);
            if let Some(anchor) = Anchor::attribute(*anchor) {
                put(out, format_args!(" text-anchor=\"{anchor}\""));
            }
            out.push('>');
            escape(out, text);
            out.push_str("</text>");
        }
        Mark::Group { class, marks } => {
            out.push_str("<g");
            shape(out, class, None);
            out.push('>');
            write_marks(out, marks);
            out.push_str("</g>");
        }
        Mark::Frame { class, at, size, name, marks } => write_frame(out, class, *at, *size, name.as_deref(), marks),
    }
}

fn write_frame(
    out: &mut String,
    class: &str,
    at: (Place, Place),
    size: (Option<Place>, Option<Place>),
    name: Option<&str>,
    marks: &[Mark],
) {
    out.push_str("<svg");
    shape(out, class, None);
    lengths(out, &[("x", at.0), ("y", at.1)]);
    for (attribute, length) in [("width", size.0), ("height", size.1)] {
        if let Some(length) = length {
            put(out, format_args!(" {attribute}=\"{length}\""));
        }
    }
    out.push_str(" overflow=\"visible\">");
    if let Some(name) = name {
        out.push_str("<title>");
        escape(out, name);
        out.push_str("</title>");
    }
    write_marks(out, marks);
    out.push_str("</svg>");
}

fn shape(out: &mut String, class: &str, fill: Option<&str>) {
    if !class.is_empty() {
        put(out, format_args!(" class=\"{class}\""));
    }
    if let Some(fill) = fill {
        put(out, format_args!(" fill=\"{fill}\""));
    }
}

/// Attributes that are not at their initial value of 0.
fn lengths(out: &mut String, lengths: &[(&str, Place)]) {
    for (name, place) in lengths {
        if !matches!(place, Place::Px(0) | Place::Tenths(0) | Place::Percent(0)) {
            put(out, format_args!(" {name}=\"{place}\""));
        }
    }
}

fn put(out: &mut String, text: std::fmt::Arguments) {
    // Writing to a string cannot fail.
    let _unused = out.write_fmt(text);
}

/// Text for XML: markup escaped, characters that XML 1.0 does not know left out.
fn escape(out: &mut String, text: &str) {
    for character in text.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\t' | '\n' | '\r' => out.push(' '),
            control if control.is_control() || matches!(control, '\u{fffe}' | '\u{ffff}') => {}
            other => out.push(other),
        }
    }
}
