//! Strips: aligned small charts of one series each, on one axis with one crosshair.

use super::ink::Inks;
use super::plane::{Plane, Shape, edges, stepped_areas, stepped_lines};
use super::stack::stack_of;
use super::{Anchor, Class, Columns, Drawing, Fit, GAP_PATTERN, Mark, Place, ViewBox, columns, reference};
use crate::{LoadView, Scale, number};

/// Heights of a strip as the style sheet sets them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StripHeight {
    /// 52 px.
    Low,
    /// 88 px: four of them fill a panel.
    Tall,
}

impl StripHeight {
    /// Pixels.
    #[must_use]
    pub const fn px(self) -> u32 {
        match self {
            Self::Low => 52,
            Self::Tall => 88,
        }
    }
}

/// A series to draw in a strip.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct StripSeries<'a> {
    /// A value a bucket; `None` is a gap.
    pub values: &'a [Option<f64>],
    /// The same in the compare window, on this axis.
    pub ghost: Option<&'a [Option<f64>]>,
    /// A limit, drawn when the scale reaches it.
    pub limit: Option<f64>,
    /// Unit behind the top of the scale.
    pub unit: &'a str,
    /// Modifier class of the line: empty, `chart__line--accent`, `chart__line--critical`.
    pub modifier: &'static str,
}

/// A drawn strip.
#[derive(Clone, Debug, PartialEq)]
pub struct Strip {
    /// How buckets became columns.
    pub columns: Columns,
    /// The lines: `strip__plot chart__plot`, stretched.
    pub plot: Drawing,
    /// Gaps and the top of the scale: `strip__overlay`.
    pub overlay: Drawing,
    /// The value axis.
    pub scale: Scale,
}

/// A limit this many times the highest value stays off the strip.
const LIMIT_IN_VIEW: f64 = 3.0;
/// Steps of a strip's scale; only its top is printed.
const STEPS: usize = 3;

/// Draws one series as a line.
#[must_use]
pub fn draw_strip(series: &StripSeries, height: StripHeight, width: u32) -> Strip {
    let columns = Columns::new(series.values.len(), width);
    let known = || series.values.iter().chain(series.ghost.into_iter().flatten()).flatten().copied();
    let highest = known().fold(0.0, f64::max);
    let limit = series.limit.filter(|limit| *limit <= highest * LIMIT_IN_VIEW);
    let scale = Scale::holding(known().fold(0.0, f64::min), highest.max(limit.unwrap_or(0.0)), STEPS);
    let plane = strip_plane(columns, height, &scale);
    let mut inks = Inks::default();
    let mut shapes = Vec::new();
    if let Some(ghost) = series.ghost {
        let ink = inks.class("chart__line chart__line--ghost");
        shapes.extend(line(columns, ghost).into_iter().map(|points| Shape::Line(ink, points)));
    }
    let class = if series.modifier.is_empty() {
        Class::Borrowed("chart__line")
    } else {
        format!("chart__line {}", series.modifier).into()
    };
    let ink = inks.class(class);
    shapes.extend(line(columns, series.values).into_iter().map(|points| Shape::Line(ink, points)));
    shapes.extend(limit.into_iter().flat_map(|limit| capacity_line(columns, limit, &mut inks)));
    let marks = plane.draw(&inks, shapes);
    finish(columns, height, scale, marks, series.values, series.unit)
}

/// Draws a stack with the rest of the instance as a grey ground: the first strip of an SQL page.
/// `whole` is the load of the instance, a value a bucket.
#[must_use]
pub fn draw_stack_strip(view: &LoadView, whole: &[Option<f64>], height: StripHeight, width: u32) -> Strip {
    draw_stack(view, whole, None, height, width)
}

/// Draws the load of an instance against its vCPUs, where these are in view: the strip of a database.
#[must_use]
pub fn draw_load_strip(view: &LoadView, height: StripHeight, width: u32) -> Strip {
    draw_stack(view, &[], view.vcpu.vcpus(), height, width)
}

fn draw_stack(view: &LoadView, whole: &[Option<f64>], capacity: Option<f64>, height: StripHeight, width: u32) -> Strip {
    let columns = Columns::new(view.axis.len(), width);
    let highest = view.total.iter().chain(whole).flatten().copied().fold(0.0, f64::max);
    let capacity = capacity.filter(|capacity| *capacity <= highest * LIMIT_IN_VIEW);
    let scale = Scale::holding(0.0, highest.max(capacity.unwrap_or(0.0)), STEPS);
    let plane = strip_plane(columns, height, &scale);
    let picks = columns.peaks(&view.total);
    let ground: Vec<Option<f64>> = columns
        .peaks(whole)
        .into_iter()
        .map(|pick| pick.and_then(|bucket| whole.get(bucket).copied().flatten()))
        .collect();
    let zero: Vec<Option<f64>> = ground.iter().map(|value| value.map(|_| 0.0)).collect();
    let mut inks = Inks::default();
    let area = inks.class("chart__area");
    let mut shapes: Vec<Shape> =
        stepped_areas(columns, &zero, &ground).into_iter().map(|points| Shape::Area(area, points)).collect();
    let px = f64::from(plane.height) / (scale.top - scale.bottom);
    for layer in stack_of(view, &picks, px) {
        let ink = inks.pattern("chart__layer", layer.pattern);
        let areas = stepped_areas(columns, &layer.under, &layer.over);
        shapes.extend(areas.into_iter().map(|points| Shape::Area(ink, points)));
    }
    shapes.extend(capacity.into_iter().flat_map(|capacity| capacity_line(columns, capacity, &mut inks)));
    let marks = plane.draw(&inks, shapes);
    finish(columns, height, scale, marks, &view.total, "AAS")
}

/// A limit with a halo below it.
fn capacity_line(columns: Columns, limit: f64, inks: &mut Inks) -> Vec<Shape> {
    #[expect(clippy::cast_precision_loss, reason = "bucket counts are small")]
    let right = columns.buckets.max(1) as f64;
    ["chart__capacity-under", "chart__capacity"]
        .into_iter()
        .map(|class| Shape::Line(inks.class(class), vec![(0.0, limit), (right, limit)]))
        .collect()
}

fn strip_plane(columns: Columns, height: StripHeight, scale: &Scale) -> Plane<'_> {
    Plane { columns, height: height.px(), margins: (14, 2), scale }
}

fn finish(
    columns: Columns,
    height: StripHeight,
    scale: Scale,
    marks: Vec<Mark>,
    values: &[Option<f64>],
    unit: &str,
) -> Strip {
    let view_box = ViewBox { x: 0, y: 0, width: columns.width, height: height.px() };
    let (top, unit) = number::scaled(scale.top, unit);
    let top = if top.contains('.') { top.trim_end_matches('0').trim_end_matches('.').to_owned() } else { top };
    let mut over = gaps(values);
    over.push(Mark::Text {
        class: Class::Borrowed("strip__scale"),
        at: (Place::Px(4), Place::Px(11)),
        dx: 0,
        anchor: Anchor::Start,
        text: if unit.is_empty() { top } else { format!("{top}{}{unit}", number::NO_BREAK_SPACE) },
    });
    Strip {
        columns,
        plot: Drawing {
            class: Class::Borrowed("strip__plot chart__plot"),
            view_box: Some((view_box, Fit::Stretch)),
            height: None,
            marks,
        },
        overlay: Drawing { class: Class::Borrowed("strip__overlay"), view_box: None, height: None, marks: over },
        scale,
    }
}

/// A line through the middles of buckets; through lowest and highest where buckets share a column.
fn line(columns: Columns, values: &[Option<f64>]) -> Vec<Vec<(f64, f64)>> {
    let extremes = columns.extremes(values);
    let value = |bucket: usize| values.get(bucket).copied().flatten().unwrap_or(0.0);
    #[expect(clippy::cast_precision_loss, reason = "bucket counts are small")]
    let middle = |bucket: usize| bucket as f64 + 0.5;
    columns::runs(&extremes)
        .into_iter()
        .flat_map(|run| {
            let points: Vec<(f64, f64)> = run
                .clone()
                .filter_map(|column| extremes[column])
                .flat_map(|(first, last)| {
                    let second = (last != first).then(|| (middle(last), value(last)));
                    std::iter::once((middle(first), value(first))).chain(second)
                })
                .collect();
            // A lone bucket is a short dash: a point would not be seen.
            if points.len() == 1 {
                let (from, to) = edges(columns, run.start);
                return stepped_lines_of(from, to, points[0].1);
            }
            vec![points]
        })
        .collect()
}

fn stepped_lines_of(from: f64, to: f64, value: f64) -> Vec<Vec<(f64, f64)>> {
    vec![vec![(from, value), (to, value)]]
}

/// Hatched frames over runs of unknown buckets.
pub(super) fn gaps(values: &[Option<f64>]) -> Vec<Mark> {
    let holes: Vec<Option<()>> = values.iter().map(|value| value.is_none().then_some(())).collect();
    #[expect(clippy::cast_precision_loss, reason = "bucket counts are small")]
    let part = |bucket: usize| bucket as f64 / values.len().max(1) as f64;
    columns::runs(&holes)
        .into_iter()
        .map(|run| Mark::Frame {
            class: Class::Borrowed(""),
            at: (Place::part(part(run.start)), Place::ZERO),
            size: (Some(Place::part(part(run.len()))), None),
            name: None,
            marks: vec![gap_mark()],
        })
        .collect()
}

/// The hatch of what nobody knows, over all of its frame.
#[must_use]
pub fn gap_mark() -> Mark {
    Mark::Rect {
        class: Class::Borrowed("chart__gap"),
        fill: Some(reference(GAP_PATTERN)),
        at: (Place::ZERO, Place::ZERO),
        size: (Place::ALL, Place::ALL),
        radius: 0,
    }
}

/// Draws a sparkline of total load with the vCPU line.
#[must_use]
pub fn draw_spark(values: &[Option<f64>], capacity: Option<f64>) -> Drawing {
    const HEIGHT: u32 = 24;
    const WIDTH: u32 = 128;
    let columns = Columns::new(values.len(), WIDTH);
    let picks = columns.peaks(values);
    let level: Vec<Option<f64>> =
        picks.iter().map(|pick| pick.and_then(|bucket| values.get(bucket).copied().flatten())).collect();
    let zero: Vec<Option<f64>> = level.iter().map(|value| value.map(|_| 0.0)).collect();
    let highest = level.iter().flatten().copied().fold(0.0, f64::max).max(capacity.unwrap_or(0.0));
    let scale = Scale { bottom: 0.0, top: if highest > 0.0 { highest * 1.1 } else { 1.0 }, ticks: Vec::new() };
    let plane = Plane { columns, height: HEIGHT, margins: (0, 0), scale: &scale };
    let mut inks = Inks::default();
    let (area, edge, limit) = (inks.class("spark__area"), inks.class("spark__line"), inks.class("spark__capacity"));
    let mut shapes: Vec<Shape> =
        stepped_areas(columns, &zero, &level).into_iter().map(|points| Shape::Area(area, points)).collect();
    shapes.extend(stepped_lines(columns, &level).into_iter().map(|points| Shape::Line(edge, points)));
    if let Some(capacity) = capacity {
        #[expect(clippy::cast_precision_loss, reason = "bucket counts are small")]
        let right = columns.buckets.max(1) as f64;
        shapes.push(Shape::Line(limit, vec![(0.0, capacity), (right, capacity)]));
    }
    let view_box = ViewBox { x: 0, y: 0, width: columns.width, height: HEIGHT };
    Drawing {
        class: Class::Borrowed("fleet__spark"),
        view_box: Some((view_box, Fit::Stretch)),
        height: None,
        marks: plane.draw(&inks, shapes),
    }
}
