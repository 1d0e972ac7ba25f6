//! The mini-map: the wider range under the load chart, with the window marked on it.

use units::{WaitClass, Window};

use super::ink::Inks;
use super::plane::{Plane, Shape, stepped_areas};
use super::{Class, Columns, Drawing, Fit, Mark, Place, ViewBox, time_axis, wait_pattern};
use crate::{LoadView, Scale};

/// Height of the mini-map.
pub const MINI_MAP_HEIGHT: u32 = 36;

/// A drawn mini-map.
#[derive(Clone, Debug, PartialEq)]
pub struct MiniMap {
    /// CPU, Lock and the rest: stretched.
    pub plot: Drawing,
    /// Shades outside of the window, its edges and handles.
    pub overlay: Drawing,
    /// Ticks.
    pub x_axis: Drawing,
}

/// Draws `view`, the load of the wider range, with `window` marked.
#[must_use]
pub fn draw_mini_map(view: &LoadView, window: Window, width: u32, time_ticks: usize) -> MiniMap {
    let columns = Columns::new(view.axis.len(), width);
    let highest = view.total.iter().flatten().copied().fold(0.0, f64::max);
    let scale = Scale { bottom: 0.0, top: if highest > 0.0 { highest * 1.05 } else { 1.0 }, ticks: Vec::new() };
    let plane = Plane { columns, height: MINI_MAP_HEIGHT, margins: (0, 0), scale: &scale };
    let view_box = ViewBox { x: 0, y: 0, width: columns.width, height: MINI_MAP_HEIGHT };
    MiniMap {
        plot: Drawing {
            class: Class::Borrowed("chart__plot"),
            view_box: Some((view_box, Fit::Stretch)),
            height: Some(MINI_MAP_HEIGHT),
            marks: plot_marks(&plane, view),
        },
        overlay: overlay(view, window),
        x_axis: time_axis(&view.axis, time_ticks, Class::Borrowed("chart__x-axis"), false),
    }
}

fn plot_marks(plane: &Plane, view: &LoadView) -> Vec<Mark> {
    let picks = plane.columns.peaks(&view.total);
    let sum_of = |class: WaitClass, bucket: usize| -> f64 {
        view.layers
            .iter()
            .filter(|layer| layer.class == Some(class))
            .filter_map(|layer| layer.values.get(bucket).copied().flatten())
            .sum()
    };
    let column =
        |value: &dyn Fn(usize) -> f64| -> Vec<Option<f64>> { picks.iter().map(|pick| pick.map(value)).collect() };
    let total = |bucket: usize| view.total.get(bucket).copied().flatten().unwrap_or(0.0);
    let zero = column(&|_| 0.0);
    let cpu = column(&|bucket| sum_of(WaitClass::Cpu, bucket));
    let below_lock = column(&|bucket| (total(bucket) - sum_of(WaitClass::Lock, bucket)).max(0.0));
    let all = column(&total);
    let mut inks = Inks::default();
    let bands = [
        (inks.pattern("chart__layer", wait_pattern(WaitClass::Cpu)), &zero, &cpu),
        (inks.class("mini-map__rest"), &cpu, &below_lock),
        (inks.pattern("chart__layer", wait_pattern(WaitClass::Lock)), &below_lock, &all),
    ];
    let areas = bands.into_iter().flat_map(|(ink, under, over)| {
        stepped_areas(plane.columns, under, over).into_iter().map(move |points| Shape::Area(ink, points))
    });
    let mut marks = plane.draw(&inks, areas.collect());
    marks.push(Mark::Line {
        class: Class::Borrowed("chart__baseline"),
        from: (Place::ZERO, height()),
        to: (Place::Px(i32::try_from(plane.columns.width).unwrap_or(0)), height()),
    });
    marks
}

fn height() -> Place {
    Place::Px(i32::try_from(MINI_MAP_HEIGHT).unwrap_or(0))
}

fn overlay(view: &LoadView, window: Window) -> Drawing {
    let from = view.axis.place_of(window.from).clamp(0.0, 1.0);
    let to = view.axis.place_of(window.to).clamp(0.0, 1.0);
    let shade = |at: f64, width: f64| Mark::Rect {
        class: Class::Borrowed("brush__shade"),
        fill: None,
        at: (Place::part(at), Place::ZERO),
        size: (Place::part(width), Place::ALL),
        radius: 0,
    };
    let marks = vec![shade(0.0, from), shade(to, 1.0 - to), brush(from, to, (0, MINI_MAP_HEIGHT), true, None)];
    Drawing { class: Class::Borrowed("chart__overlay"), view_box: None, height: Some(MINI_MAP_HEIGHT), marks }
}

/// The brushed area of a chart: `from` and `to` are parts of the width, `rows` top and height in
/// pixels. With handles on a mini-map, with a label on a chart.
#[must_use]
pub fn brush(from: f64, to: f64, rows: (u32, u32), has_handles: bool, label: Option<String>) -> Mark {
    let px = |value: u32| Place::Px(i32::try_from(value).unwrap_or(0));
    let edge =
        |x: Place| Mark::Line { class: Class::Borrowed("brush__edge"), from: (x, Place::ZERO), to: (x, px(rows.1)) };
    let handle = || Mark::Rect {
        class: Class::Borrowed("brush__handle"),
        fill: None,
        at: (Place::Px(-4), px((rows.1 / 2).saturating_sub(7))),
        size: (Place::Px(8), Place::Px(14)),
        radius: 2,
    };
    let mut marks = vec![
        Mark::Rect {
            class: Class::Borrowed("brush__area"),
            fill: None,
            at: (Place::ZERO, Place::ZERO),
            size: (Place::ALL, Place::ALL),
            radius: 0,
        },
        edge(Place::ZERO),
        edge(Place::ALL),
    ];
    if has_handles {
        marks.push(handle());
        marks.push(Mark::Frame {
            class: Class::Borrowed(""),
            at: (Place::ALL, Place::ZERO),
            size: (None, None),
            name: None,
            marks: vec![handle()],
        });
    }
    if let Some(text) = label {
        marks.push(Mark::Text {
            class: Class::Borrowed("brush__label"),
            at: (Place::Percent(5000), Place::Px(16)),
            dx: 0,
            anchor: super::Anchor::Middle,
            text,
        });
    }
    Mark::Frame {
        class: Class::Borrowed("brush"),
        at: (Place::part(from), px(rows.0)),
        size: (Some(Place::part(to - from)), Some(px(rows.1))),
        name: None,
        marks,
    }
}
