//! The load chart: stepped stack, capacity, ghost, gaps, markers, direct labels.
//!
//! Four drawings stand side by side: the gutter with ticks, the stretched plot, the overlay that
//! places by percentage, the time axis below.

use super::ink::Inks;
use super::plane::{Plane, Shape, stepped_areas, stepped_lines};
use super::stack::{StackLayer, stack_of};
use super::{Anchor, ChartWords, Class, Columns, Drawing, Fit, Mark, Place, ViewBox, overlay, time_axis};
use crate::{LoadView, Scale};

/// The capacity line stays off the chart when it is more than this many times the highest load:
/// the load would be a flat line.
const CAPACITY_IN_VIEW: f64 = 20.0;
/// Pixels above the plot for markers.
const LANE_PX: u32 = 20;
/// Steps of the value axis.
const VALUE_STEPS: usize = 5;

/// How to draw a load chart.
#[derive(Clone, Debug, PartialEq)]
pub struct LoadChartOptions {
    /// Width of the plot in pixels, measured or guessed; at most one bucket per pixel.
    pub width: u32,
    /// Height of the plot without the marker lane.
    pub height: u32,
    /// Most ticks of the time axis.
    pub time_ticks: usize,
    /// A threshold to draw, and its label: alarm pages.
    pub threshold: Option<(f64, String)>,
    /// Words.
    pub words: ChartWords,
}

impl Default for LoadChartOptions {
    fn default() -> Self {
        Self { width: 1200, height: 268, time_ticks: 9, threshold: None, words: ChartWords::default() }
    }
}

/// A drawn layer of the stack.
#[derive(Clone, Debug, PartialEq)]
pub struct LayerMark {
    /// Index in [`LoadView::layers`]; `None` for the grey layer of thin layers and remainder.
    pub index: Option<usize>,
    /// Its path.
    pub mark: Mark,
}

/// A drawn load chart.
#[derive(Clone, Debug, PartialEq)]
pub struct LoadChart {
    /// How buckets became columns: the page says when [`Columns::per_column`] is more than 1.
    pub columns: Columns,
    /// The value axis.
    pub scale: Scale,
    /// Height of plot and lane together, in pixels.
    pub full_height: u32,
    /// Height of the marker lane.
    pub lane: u32,
    /// Ticks of the value axis: `chart__y-axis`.
    pub y_axis: Drawing,
    /// View box of the plot: `chart__plot`, stretched.
    pub view_box: ViewBox,
    /// Grid, below the layers.
    pub under: Vec<Mark>,
    /// Layers from the bottom.
    pub layers: Vec<LayerMark>,
    /// Ghost, capacity and threshold lines, above the layers.
    pub over: Vec<Mark>,
    /// Gaps, markers, labels: `chart__overlay`.
    pub overlay: Drawing,
    /// Ticks of the time axis: `chart__x-axis`.
    pub x_axis: Drawing,
}

impl LoadChart {
    /// The plot as one drawing.
    #[must_use]
    pub fn plot(&self) -> Drawing {
        let layers = self.layers.iter().map(|layer| layer.mark.clone());
        let marks = self.under.iter().cloned().chain(layers).chain(self.over.iter().cloned()).collect();
        Drawing {
            class: Class::Borrowed("chart__plot"),
            view_box: Some((self.view_box, Fit::Stretch)),
            height: Some(self.full_height),
            marks,
        }
    }
}

/// Draws DB load.
#[must_use]
pub fn draw_load(view: &LoadView, options: &LoadChartOptions) -> LoadChart {
    let columns = Columns::new(view.axis.len(), options.width);
    let capacity = capacity_in_view(view);
    let scale = scale_of(view, options, capacity);
    let plane = Plane { columns, height: options.height.max(40), margins: (0, 0), scale: &scale };
    let picks = columns.peaks(&view.total);
    let px_per_aas = f64::from(plane.height) / (scale.top - scale.bottom);
    let stack = stack_of(view, &picks, px_per_aas);
    let full_height = plane.height + LANE_PX;
    LoadChart {
        columns,
        full_height,
        lane: LANE_PX,
        y_axis: y_axis(&plane, full_height),
        view_box: ViewBox { x: 0, y: -i32::try_from(LANE_PX).unwrap_or(0), width: columns.width, height: full_height },
        under: grid(&plane),
        layers: stack.iter().filter_map(|layer| layer_mark(&plane, layer)).collect(),
        over: lines(&plane, view, options, capacity),
        overlay: overlay::draw(&overlay::Ground {
            view,
            options,
            plane: &plane,
            stack: &stack,
            lane: LANE_PX,
            capacity,
        }),
        x_axis: time_axis(&view.axis, options.time_ticks, Class::Borrowed("chart__x-axis"), true),
        scale,
    }
}

/// The vCPU line, when it is near enough to be drawn to scale.
fn capacity_in_view(view: &LoadView) -> Option<f64> {
    let highest = view.total.iter().flatten().copied().fold(0.0, f64::max);
    view.vcpu.vcpus().filter(|vcpus| highest <= 0.0 || *vcpus <= highest * CAPACITY_IN_VIEW)
}

fn scale_of(view: &LoadView, options: &LoadChartOptions, capacity: Option<f64>) -> Scale {
    let ghost = view.ghost.iter().flat_map(|ghost| ghost.total.iter());
    let highest = view.total.iter().chain(ghost).flatten().copied().fold(0.0, f64::max);
    let lines = capacity.unwrap_or(0.0).max(options.threshold.as_ref().map_or(0.0, |(value, _)| *value));
    // A little air, so that a label above the line has room.
    Scale::holding(0.0, highest.max(lines * 1.02), VALUE_STEPS)
}

fn grid(plane: &Plane) -> Vec<Mark> {
    let mut inks = Inks::default();
    let (grid, baseline) = (inks.class("chart__grid"), inks.class("chart__baseline"));
    let ticks = plane.scale.ticks.iter().copied().filter(|tick| *tick != 0.0).collect();
    #[expect(clippy::cast_precision_loss, reason = "bucket counts are small")]
    let width = plane.columns.buckets.max(1) as f64;
    plane.draw(&inks, vec![Shape::Grid(grid, ticks), Shape::Line(baseline, vec![(0.0, 0.0), (width, 0.0)])])
}

fn y_axis(plane: &Plane, full_height: u32) -> Drawing {
    let mut inks = Inks::default();
    let tick = inks.class("chart__tick");
    let labels = plane.scale.ticks.iter().map(|value| Shape::Label(tick, *value, plane.scale.label(*value)));
    let marks = plane.draw(&inks, labels.collect()).into_iter().map(into_gutter).collect();
    Drawing { class: Class::Borrowed("chart__y-axis"), view_box: None, height: Some(full_height), marks }
}

/// Moves a label to the right edge of the gutter, its digits centred on the tick.
fn into_gutter(mark: Mark) -> Mark {
    const HALF_DIGIT_PX: i32 = 4;
    match mark {
        Mark::Text { class, at: (_, Place::Px(y)), text, .. } => {
            let y = y + i32::try_from(LANE_PX).unwrap_or(0) + HALF_DIGIT_PX;
            Mark::Text { class, at: (Place::ALL, Place::Px(y)), dx: -8, anchor: Anchor::End, text }
        }
        other => other,
    }
}

fn layer_mark(plane: &Plane, layer: &StackLayer) -> Option<LayerMark> {
    let mut inks = Inks::default();
    let class = match layer.step {
        2 => "chart__layer chart__layer--event-2",
        3 => "chart__layer chart__layer--event-3",
        _ => "chart__layer",
    };
    let ink = inks.pattern(class, layer.pattern);
    let areas = stepped_areas(plane.columns, &layer.under, &layer.over);
    let marks = plane.draw(&inks, areas.into_iter().map(|points| Shape::Area(ink, points)).collect());
    marks.into_iter().next().map(|mark| LayerMark { index: layer.index, mark })
}

fn lines(plane: &Plane, view: &LoadView, options: &LoadChartOptions, capacity: Option<f64>) -> Vec<Mark> {
    let mut inks = Inks::default();
    let mut shapes = Vec::new();
    if let Some(ghost) = &view.ghost {
        let picks = plane.columns.peaks(&ghost.total);
        let values: Vec<Option<f64>> =
            picks.iter().map(|pick| pick.and_then(|bucket| ghost.total.get(bucket).copied().flatten())).collect();
        for class in ["chart__ghost-under", "chart__ghost"] {
            let ink = inks.class(class);
            shapes.extend(stepped_lines(plane.columns, &values).into_iter().map(|points| Shape::Line(ink, points)));
        }
    }
    #[expect(clippy::cast_precision_loss, reason = "bucket counts are small")]
    let width = plane.columns.buckets.max(1) as f64;
    let mut across = |value: f64, classes: [&'static str; 2]| {
        for class in classes {
            let ink = inks.class(class);
            shapes.push(Shape::Line(ink, vec![(0.0, value), (width, value)]));
        }
    };
    if let Some(vcpus) = capacity {
        across(vcpus, ["chart__capacity-under", "chart__capacity"]);
    }
    if let Some((value, _)) = &options.threshold {
        across(*value, ["chart__threshold-under", "chart__threshold"]);
    }
    plane.draw(&inks, shapes)
}
