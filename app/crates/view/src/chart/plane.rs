//! The plane plotters draws on: buckets across, a value axis up, our backend below.

use std::convert::Infallible;
use std::ops::Range;

use plotters::chart::ChartBuilder;
use plotters::coord::ranged1d::{DefaultFormatting, KeyPointHint, Ranged};
use plotters::drawing::{DrawingAreaErrorKind, IntoDrawingArea};
use plotters::element::{PathElement, Polygon, Text};
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{Color, IntoFont, RGBColor, TRANSPARENT, TextStyle};

use super::backend::Collector;
use super::ink::Inks;
use super::{Columns, Mark};
use crate::Scale;

/// What to draw, in values: x in buckets, y on the scale.
pub(super) enum Shape {
    /// A filled outline.
    Area(RGBColor, Vec<(f64, f64)>),
    /// A line.
    Line(RGBColor, Vec<(f64, f64)>),
    /// Horizontal grid lines at these values.
    Grid(RGBColor, Vec<f64>),
    /// A text at a value of the axis.
    Label(RGBColor, f64, String),
}

/// Size and axes of a plot.
#[derive(Clone, Copy)]
pub(super) struct Plane<'a> {
    pub(super) columns: Columns,
    pub(super) height: u32,
    /// Pixels kept free above the top of the scale and below its bottom.
    pub(super) margins: (u32, u32),
    pub(super) scale: &'a Scale,
}

impl Plane<'_> {
    /// Draws `shapes` in order.
    pub(super) fn draw(&self, inks: &Inks, shapes: Vec<Shape>) -> Vec<Mark> {
        let mut marks = Vec::new();
        if self.try_draw(inks, shapes, &mut marks).is_err() {
            // plotters refuses only areas shared or sized wrongly, which these never are.
            marks.clear();
        }
        marks
    }

    fn try_draw(
        &self,
        inks: &Inks,
        shapes: Vec<Shape>,
        marks: &mut Vec<Mark>,
    ) -> Result<(), DrawingAreaErrorKind<Infallible>> {
        // plotters maps to the last pixel; one more makes the edges those of the view box.
        let area = Collector::new((self.columns.width + 1, self.height + 1), inks, marks).into_drawing_area();
        let grid = shapes.iter().find_map(|shape| match shape {
            Shape::Grid(ink, at) => Some((*ink, at.clone())),
            _ => None,
        });
        let key_points = grid.as_ref().map(|(_, at)| at.clone()).unwrap_or_default();
        #[expect(clippy::cast_precision_loss, reason = "bucket counts are small")]
        let across = self.columns.buckets.max(1) as f64;
        let mut chart =
            ChartBuilder::on(&area).margin_top(self.margins.0).margin_bottom(self.margins.1).build_cartesian_2d(
                0.0..across,
                ValueAxis { bottom: self.scale.bottom, top: self.scale.top, key_points },
            )?;
        if let Some((ink, _)) = grid {
            chart
                .configure_mesh()
                .disable_x_mesh()
                .disable_axes()
                .bold_line_style(ink)
                .light_line_style(TRANSPARENT)
                .draw()?;
        }
        let plot = chart.plotting_area();
        for shape in shapes {
            match shape {
                Shape::Area(ink, points) => plot.draw(&Polygon::new(points, ink.filled()))?,
                Shape::Line(ink, points) => plot.draw(&PathElement::new(points, ink))?,
                Shape::Label(ink, value, text) => {
                    let style = TextStyle::from(("sans-serif", 11).into_font()).color(&ink);
                    plot.draw(&Text::new(text, (0.0, value), style.pos(Pos::new(HPos::Right, VPos::Center))))?;
                }
                Shape::Grid(..) => {}
            }
        }
        Ok(())
    }

    /// Pixels from the top of the plot to a value.
    pub(super) fn y(&self, value: f64) -> i32 {
        let room = f64::from(self.height) - f64::from(self.margins.0) - f64::from(self.margins.1);
        let part = (value - self.scale.bottom) / (self.scale.top - self.scale.bottom);
        #[expect(clippy::cast_possible_truncation, reason = "saturating, within the height of a chart")]
        let y = (f64::from(self.margins.0) + (1.0 - part) * room).round() as i32;
        y
    }
}

/// The value axis for plotters: our ticks, and pixels rounded instead of cut, so that a stack and a
/// line at the same value meet.
struct ValueAxis {
    bottom: f64,
    top: f64,
    key_points: Vec<f64>,
}

impl Ranged for ValueAxis {
    type FormatOption = DefaultFormatting;
    type ValueType = f64;

    fn map(&self, value: &f64, limit: (i32, i32)) -> i32 {
        let part = (value - self.bottom) / (self.top - self.bottom);
        #[expect(clippy::cast_possible_truncation, reason = "saturating, within the height of a chart")]
        let px = (f64::from(limit.0) + part.clamp(-1.0, 2.0) * f64::from(limit.1 - limit.0)).round() as i32;
        px
    }

    fn key_points<Hint: KeyPointHint>(&self, _hint: Hint) -> Vec<f64> {
        self.key_points.clone()
    }

    fn range(&self) -> Range<f64> {
        self.bottom..self.top
    }
}

/// Outline of a stepped area between `under` and `over`, a value a column, for each run of columns
/// where both are known.
pub(super) fn stepped_areas(columns: Columns, under: &[Option<f64>], over: &[Option<f64>]) -> Vec<Vec<(f64, f64)>> {
    let is_thick = |run: &Range<usize>| run.clone().any(|column| over[column] > under.get(column).copied().flatten());
    super::columns::runs(over)
        .into_iter()
        .filter(is_thick)
        .map(|run| {
            let edge = |column: usize, value: &[Option<f64>]| {
                let y = value.get(column).copied().flatten().unwrap_or(0.0);
                let (from, to) = edges(columns, column);
                [(from, y), (to, y)]
            };
            let top = run.clone().flat_map(|column| edge(column, over));
            let bottom = run.clone().rev().flat_map(|column| {
                let [left, right] = edge(column, under);
                [right, left]
            });
            let start = run.clone().next().map(|column| edge(column, under)[0]);
            start.into_iter().chain(top).chain(bottom).collect()
        })
        .collect()
}

/// A stepped line through known columns, a piece for each run.
pub(super) fn stepped_lines(columns: Columns, values: &[Option<f64>]) -> Vec<Vec<(f64, f64)>> {
    super::columns::runs(values)
        .into_iter()
        .map(|run| {
            run.flat_map(|column| {
                let y = values.get(column).copied().flatten().unwrap_or(0.0);
                let (from, to) = edges(columns, column);
                [(from, y), (to, y)]
            })
            .collect()
        })
        .collect()
}

/// Left and right edge of a column, in buckets.
pub(super) fn edges(columns: Columns, column: usize) -> (f64, f64) {
    let buckets = columns.buckets_of(column);
    #[expect(clippy::cast_precision_loss, reason = "bucket counts are small")]
    let edges = (buckets.start as f64, buckets.end as f64);
    edges
}
