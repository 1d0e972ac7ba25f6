//! The chart of an alarm: its values, limit or band, breach shaded, and the lane of its states.

use super::ink::Inks;
use super::plane::{Plane, Shape, stepped_areas, stepped_lines};
use super::strip::gaps;
use super::{Anchor, Class, Columns, Drawing, Fit, Mark, Place, ViewBox, time_axis};
use crate::{Axis, LaneSpan, MetricView, Scale, Severity};

/// Steps of the value axis.
const VALUE_STEPS: usize = 4;
/// Height of a row of a lane.
pub const LANE_ROW_PX: u32 = 18;
/// A limit this many times the highest value stays off the chart, with its label at the top.
const LIMIT_IN_VIEW: f64 = 20.0;

/// How to draw it.
#[derive(Clone, Debug, PartialEq)]
pub struct MetricOptions {
    /// Width of the plot in pixels.
    pub width: u32,
    /// Height of the plot.
    pub height: u32,
    /// Most ticks of the time axis.
    pub time_ticks: usize,
    /// Label of the limit: `Alarm > 10`.
    pub limit: String,
    /// Words inside the lane: in alarm, OK, not enough data.
    pub states: [String; 3],
}

/// A drawn chart.
#[derive(Clone, Debug, PartialEq)]
pub struct MetricChart {
    /// Ticks of the value axis.
    pub y_axis: Drawing,
    /// Grid, band, line and limit; stretched.
    pub plot: Drawing,
    /// Breach, gaps, moment and labels.
    pub overlay: Drawing,
    /// States.
    pub lane: Drawing,
    /// Ticks of the time axis.
    pub x_axis: Drawing,
    /// The value axis.
    pub scale: Scale,
}

/// Draws the values of an alarm.
#[must_use]
pub fn draw_metric(view: &MetricView, options: &MetricOptions) -> MetricChart {
    let columns = Columns::new(view.axis.len(), options.width);
    let band = view.band.iter().flat_map(|band| band.lower.iter().chain(&band.upper));
    let known = || view.values.iter().chain(band.clone()).flatten().copied();
    let (lowest, highest) = (known().fold(0.0, f64::min), known().fold(0.0, f64::max));
    let limit = view.limit.as_ref().map(|(value, _)| *value);
    let in_view = limit.filter(|limit| highest <= 0.0 || limit.abs() <= highest.max(-lowest) * LIMIT_IN_VIEW);
    // A little air, so that a label above the line has room.
    let top = highest.max(in_view.unwrap_or(0.0) * 1.05);
    let scale = Scale::holding(lowest.min(in_view.unwrap_or(0.0)), top, VALUE_STEPS);
    let plane = Plane { columns, height: options.height.max(40), margins: (0, 0), scale: &scale };
    MetricChart {
        y_axis: y_axis(&plane),
        plot: plot(&plane, view, in_view),
        overlay: overlay(&plane, view, options, in_view),
        lane: draw_lane(&view.axis, &view.states, &options.states, "chart__lane"),
        x_axis: time_axis(&view.axis, options.time_ticks, Class::Borrowed("chart__x-axis"), true),
        scale,
    }
}

fn y_axis(plane: &Plane) -> Drawing {
    let label = |value: &f64| Mark::Text {
        class: Class::Borrowed("chart__tick"),
        at: (Place::ALL, Place::Px(plane.y(*value).max(8) + if plane.y(*value) < 8 { 2 } else { 4 })),
        dx: -8,
        anchor: Anchor::End,
        text: plane.scale.label(*value),
    };
    let marks = plane.scale.ticks.iter().map(label).collect();
    Drawing { class: Class::Borrowed("chart__y-axis"), view_box: None, height: Some(plane.height), marks }
}

fn plot(plane: &Plane, view: &MetricView, limit: Option<f64>) -> Drawing {
    let mut inks = Inks::default();
    let picked = |values: &[Option<f64>]| -> Vec<Option<f64>> {
        let of = |pick: Option<usize>| pick.and_then(|bucket| values.get(bucket).copied().flatten());
        plane.columns.peaks(values).into_iter().map(of).collect()
    };
    #[expect(clippy::cast_precision_loss, reason = "bucket counts are small")]
    let width = plane.columns.buckets.max(1) as f64;
    let grid = inks.class("chart__grid");
    let ticks = plane.scale.ticks.iter().copied().filter(|tick| *tick != 0.0).collect();
    let mut shapes = vec![Shape::Grid(grid, ticks)];
    if let Some(band) = &view.band {
        let ink = inks.class("chart__band");
        let areas = stepped_areas(plane.columns, &picked(&band.lower), &picked(&band.upper));
        shapes.extend(areas.into_iter().map(|points| Shape::Area(ink, points)));
    }
    let baseline = inks.class("chart__baseline");
    shapes.push(Shape::Line(baseline, vec![(0.0, 0.0), (width, 0.0)]));
    let line = inks.class("chart__line chart__line--accent");
    let values = picked(&view.values);
    shapes.extend(stepped_lines(plane.columns, &values).into_iter().map(|points| Shape::Line(line, points)));
    if let Some(limit) = limit {
        for class in ["chart__threshold-under", "chart__threshold"] {
            let ink = inks.class(class);
            shapes.push(Shape::Line(ink, vec![(0.0, limit), (width, limit)]));
        }
    }
    let view_box = ViewBox { x: 0, y: 0, width: plane.columns.width, height: plane.height };
    Drawing {
        class: Class::Borrowed("chart__plot"),
        view_box: Some((view_box, Fit::Stretch)),
        height: Some(plane.height),
        marks: plane.draw(&inks, shapes),
    }
}

fn overlay(plane: &Plane, view: &MetricView, options: &MetricOptions, limit: Option<f64>) -> Drawing {
    let height = Place::Px(i32::try_from(plane.height).unwrap_or(0));
    let mut marks: Vec<Mark> = view
        .breaches
        .iter()
        .map(|breach| {
            let (from, to) = (view.axis.place_of(breach.from), view.axis.place_of(breach.to));
            Mark::Rect {
                class: Class::Borrowed("chart__breach"),
                fill: None,
                at: (Place::part(from), Place::ZERO),
                size: (Place::part((to - from).max(0.002)), height),
                radius: 0,
            }
        })
        .collect();
    marks.extend(gaps(&view.values));
    if view.axis.window.contains(view.at) {
        let x = Place::part(view.axis.place_of(view.at));
        marks.push(Mark::Line { class: Class::Borrowed("chart__moment"), from: (x, Place::ZERO), to: (x, height) });
    }
    if view.limit.is_some() {
        let y = limit.map_or(12, |limit| (plane.y(limit) - 6).max(12));
        marks.push(Mark::Text {
            class: Class::Borrowed("chart__threshold-label"),
            at: (Place::Px(6), Place::Px(y)),
            dx: 0,
            anchor: Anchor::Start,
            text: options.limit.clone(),
        });
    }
    Drawing { class: Class::Borrowed("chart__overlay"), view_box: None, height: Some(plane.height), marks }
}

/// Draws states of an alarm on an axis: a bar a span, its word inside where there is room.
#[must_use]
pub fn draw_lane(axis: &Axis, spans: &[LaneSpan], words: &[String; 3], class: &'static str) -> Drawing {
    let marks = spans.iter().filter_map(|span| lane_span(axis, span, words)).collect();
    Drawing { class: Class::Borrowed(class), view_box: None, height: Some(LANE_ROW_PX), marks }
}

fn lane_span(axis: &Axis, span: &LaneSpan, words: &[String; 3]) -> Option<Mark> {
    /// A word needs this part of the axis.
    const WORD_PART: f64 = 0.09;
    let (from, to) = (axis.place_of(span.from.max(axis.window.from)), axis.place_of(span.to.min(axis.window.to)));
    if to <= from {
        return None;
    }
    let (class, word) = match span.state {
        Severity::Critical | Severity::Warning => ("lane__span lane__span--alarm", &words[0]),
        Severity::Good => ("lane__span lane__span--ok", &words[1]),
        Severity::Unknown => ("lane__span lane__span--unknown", &words[2]),
    };
    let mut marks = vec![Mark::Rect {
        class: Class::Borrowed(class),
        fill: None,
        at: (Place::ZERO, Place::Px(2)),
        size: (Place::ALL, Place::Px(14)),
        radius: 2,
    }];
    if to - from >= WORD_PART {
        let is_alarm = matches!(span.state, Severity::Critical | Severity::Warning);
        marks.push(Mark::Text {
            class: Class::Borrowed(if is_alarm { "lane__word lane__word--alarm" } else { "lane__word" }),
            at: (Place::Px(6), Place::Px(13)),
            dx: 0,
            anchor: Anchor::Start,
            text: word.clone(),
        });
    }
    let range = axis.range_label(units::Window::new(span.from, span.to));
    Some(Mark::Frame {
        class: Class::Borrowed(""),
        at: (Place::part(from), Place::ZERO),
        size: (Some(Place::part((to - from).max(0.003))), Some(Place::Px(18))),
        name: Some(format!("{word} {range}")),
        marks,
    })
}
