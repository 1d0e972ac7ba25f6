//! What lies over the stretched plot and must not be stretched: gaps, markers, labels, spans.

use std::ops::Range;

use super::load::LoadChartOptions;
use super::plane::Plane;
use super::stack::{StackLayer, label_place};
use super::{
    Anchor, ChartWords, Class, Drawing, GAP_PATTERN, Mark, Place, is_dark, longest_span_over, reference, spans_over,
};
use crate::{BucketCover, GapReason, LoadView, Marker, MarkerKind, number};

/// A label inside a layer needs this much room: text of 11 px and air.
const LABEL_HEIGHT_PX: f64 = 18.0;
/// Rough width of a character at 11 px.
const CHARACTER_PX: u32 = 6;
/// Layers that carry a direct label.
const LABELLED_LAYERS: usize = 2;
/// A gap narrower than this part of the axis has no words in it.
const GAP_LABEL_PART: f64 = 0.08;

pub(super) struct Ground<'a> {
    pub(super) view: &'a LoadView,
    pub(super) options: &'a LoadChartOptions,
    pub(super) plane: &'a Plane<'a>,
    pub(super) stack: &'a [StackLayer],
    pub(super) lane: u32,
    pub(super) capacity: Option<f64>,
}

pub(super) fn draw(ground: &Ground) -> Drawing {
    let mut marks = gaps(ground);
    marks.extend(markers(ground));
    marks.extend(layer_labels(ground));
    marks.extend(spans(ground));
    marks.extend(line_labels(ground));
    Drawing {
        class: Class::Borrowed("chart__overlay"),
        view_box: None,
        height: Some(ground.plane.height + ground.lane),
        marks,
    }
}

fn px(value: u32) -> Place {
    Place::Px(i32::try_from(value).unwrap_or(i32::MAX))
}

/// Place of the start of a bucket.
fn bucket_part(buckets: usize, bucket: usize) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "bucket counts are small")]
    let part = bucket as f64 / buckets.max(1) as f64;
    part
}

fn gaps(ground: &Ground) -> Vec<Mark> {
    let covers = &ground.view.coverage.buckets;
    let total = &ground.view.total;
    let hole = |bucket: usize| {
        let is_hole = matches!(covers.get(bucket), Some(BucketCover::Missing | BucketCover::Pending))
            || total.get(bucket).copied().flatten().is_none();
        is_hole.then(|| covers.get(bucket) == Some(&BucketCover::Pending))
    };
    let buckets = ground.plane.columns.buckets;
    gap_runs((0..buckets).map(hole)).into_iter().map(|(run, pending)| gap(ground, &run, pending)).collect()
}

/// Runs of holes of one sort: missing for good, or not yet there.
fn gap_runs(holes: impl Iterator<Item = Option<bool>>) -> Vec<(Range<usize>, bool)> {
    let mut runs: Vec<(Range<usize>, bool)> = Vec::new();
    for (bucket, hole) in holes.enumerate() {
        let Some(pending) = hole else { continue };
        match runs.last_mut() {
            Some((run, sort)) if run.end == bucket && *sort == pending => run.end += 1,
            _ => runs.push((bucket..bucket + 1, pending)),
        }
    }
    runs
}

fn gap(ground: &Ground, run: &Range<usize>, pending: bool) -> Mark {
    let buckets = ground.plane.columns.buckets;
    let part = bucket_part(buckets, run.len());
    let first = ground.view.coverage.begins_at().filter(|first| run.start == 0 && run.end == *first);
    let mut marks = vec![Mark::Rect {
        class: Class::Borrowed(if first.is_some() { "chart__gap chart__gap--before" } else { "chart__gap" }),
        fill: Some(reference(GAP_PATTERN)),
        at: (Place::ZERO, Place::ZERO),
        size: (Place::ALL, Place::ALL),
        radius: 0,
    }];
    if !pending && part >= GAP_LABEL_PART {
        marks.push(Mark::Text {
            class: Class::Borrowed("chart__gap-label"),
            at: (Place::Percent(5000), px(ground.plane.height / 2)),
            dx: 0,
            anchor: Anchor::Middle,
            text: first.map_or_else(|| gap_text(ground), |first| before_text(ground, first)),
        });
    }
    Mark::Frame {
        class: Class::Borrowed(""),
        at: (Place::part(bucket_part(buckets, run.start)), px(ground.lane)),
        size: (Some(Place::part(part)), Some(px(ground.plane.height))),
        name: None,
        marks,
    }
}

/// What the span before the first measurement says.
fn before_text(ground: &Ground, first: usize) -> String {
    let axis = &ground.view.axis;
    ground.options.words.before_first.replace("{time}", &axis.label(axis.start_of(first)))
}

/// What a gap says: the reasons are known of the window, not of each gap.
fn gap_text(ground: &Ground) -> String {
    let words = &ground.options.words;
    let reasons = &ground.view.coverage.reasons;
    let is_silent = !reasons.is_empty() && reasons.iter().all(|reason| *reason == GapReason::NoSamples);
    (if is_silent { &words.no_samples } else { &words.not_collected }).to_string()
}

fn markers(ground: &Ground) -> Vec<Mark> {
    let axis = &ground.view.axis;
    let shown: Vec<&Marker> = ground
        .view
        .markers
        .iter()
        .filter(|marker| marker.at >= axis.window.from && marker.at <= axis.window.to)
        .collect();
    let places: Vec<f64> = shown.iter().map(|marker| axis.place_of(marker.at)).collect();
    let mut taken_to = 0.0;
    shown
        .iter()
        .enumerate()
        .map(|(number, marker)| {
            let next = places.get(number + 1).copied().unwrap_or(1.0);
            let length = u32::try_from(marker.label.chars().count()).unwrap_or(u32::MAX);
            let part = f64::from(length.saturating_mul(CHARACTER_PX) + 12) / f64::from(ground.plane.columns.width);
            let side = if places[number] + part <= next {
                taken_to = places[number] + part;
                Some(Anchor::Start)
            } else if places[number] - part >= taken_to {
                taken_to = places[number];
                Some(Anchor::End)
            } else {
                taken_to = places[number];
                None
            };
            marker_mark(ground, marker, places[number], side)
        })
        .collect()
}

fn marker_mark(ground: &Ground, marker: &Marker, place: f64, side: Option<Anchor>) -> Mark {
    let (lane, full) = (ground.lane, ground.lane + ground.plane.height);
    let is_alarm = marker.kind == MarkerKind::Alarm;
    let critical =
        |plain: &'static str, critical: &'static str| Class::Borrowed(if is_alarm { critical } else { plain });
    let upright =
        |class: Class, from: u32| Mark::Line { class, from: (Place::ZERO, px(from)), to: (Place::ZERO, px(full)) };
    let mut marks = Vec::new();
    if is_alarm {
        marks.push(upright(Class::Borrowed("marker__line-under"), lane));
    }
    marks.push(upright(critical("marker__line", "marker__line marker__line--critical"), lane.saturating_sub(4)));
    marks.push(glyph(marker.kind));
    if let Some(anchor) = side {
        marks.push(Mark::Text {
            class: critical(
                "marker__label chart__hide-on-phone",
                "marker__label marker__label--critical chart__hide-on-phone",
            ),
            at: (Place::Px(if anchor == Anchor::End { -10 } else { 10 }), Place::Px(12)),
            dx: 0,
            anchor,
            text: marker.label.clone(),
        });
    }
    let name = format!(
        "{} {} {}",
        ground.view.axis.local(marker.at).seconds(),
        ground.options.words.marker(marker.kind),
        marker.label
    );
    Mark::Frame {
        class: Class::Borrowed("marker"),
        at: (Place::part(place), Place::ZERO),
        size: (None, None),
        name: Some(name.trim_end().to_owned()),
        marks,
    }
}

fn glyph(kind: MarkerKind) -> Mark {
    let path = |class: &'static str, d: &str| Mark::Path { class: Class::Borrowed(class), fill: None, d: d.to_owned() };
    match kind {
        MarkerKind::Deploy => path("marker__glyph marker__glyph--solid", "M-5 4h10l-5 8z"),
        MarkerKind::RdsEvent => path("marker__glyph", "M-4.5 3.5h9v9h-9z"),
        MarkerKind::Alarm => path("marker__glyph marker__glyph--critical", "M0 2l6 6-6 6-6-6z"),
        MarkerKind::AlarmOk => Mark::Circle {
            class: Class::Borrowed("marker__glyph marker__glyph--good"),
            at: (Place::ZERO, Place::Px(8)),
            radius: Place::Tenths(45),
        },
    }
}

/// Direct labels on the two largest layers, where each is widest and highest.
fn layer_labels(ground: &Ground) -> Vec<Mark> {
    let mut largest: Vec<&StackLayer> = ground.stack.iter().filter(|layer| layer.index.is_some()).collect();
    let mean = |layer: &StackLayer| {
        layer.index.and_then(|index| ground.view.layers.get(index)).map_or(0.0, |layer| layer.mean.0)
    };
    largest.sort_by(|a, b| mean(b).total_cmp(&mean(a)));
    largest.truncate(LABELLED_LAYERS);
    largest.into_iter().filter_map(|layer| layer_label(ground, layer)).collect()
}

fn layer_label(ground: &Ground, layer: &StackLayer) -> Option<Mark> {
    /// Longer names are not set into a layer.
    const LONGEST_LABEL: usize = 28;
    let name = &ground.view.layers.get(layer.index?)?.label;
    let name: String = if name.chars().count() > LONGEST_LABEL {
        name.chars().take(LONGEST_LABEL - 1).chain(['…']).collect()
    } else {
        name.clone()
    };
    let plane = ground.plane;
    let width = u32::try_from(name.chars().count() + 6).unwrap_or(u32::MAX).saturating_mul(CHARACTER_PX + 1);
    let height = LABEL_HEIGHT_PX * (plane.scale.top - plane.scale.bottom) / f64::from(plane.height);
    let (column, mean, middle) = label_place(layer, plane.columns, width, height)?;
    let (from, to) = super::plane::edges(plane.columns, column);
    #[expect(clippy::cast_precision_loss, reason = "bucket counts are small")]
    let part = f64::midpoint(from, to) / plane.columns.buckets.max(1) as f64;
    let class = if is_dark(layer.pattern) {
        "chart__label chart__label--on-dark"
    } else {
        "chart__label chart__label--on-light"
    };
    Some(Mark::Text {
        class: Class::Borrowed(class),
        at: (Place::part(part), Place::Px(plane.y(middle) + i32::try_from(ground.lane).unwrap_or(0) + 4)),
        dx: 0,
        anchor: Anchor::Middle,
        text: format!("{name} {}", number::three_figures(mean)),
    })
}

/// Red bars for time over capacity; the longest says how long.
fn spans(ground: &Ground) -> Vec<Mark> {
    /// Words need this part of the axis.
    const LABEL_PART: f64 = 0.15;
    let Some(vcpus) = ground.capacity else { return Vec::new() };
    let buckets = ground.plane.columns.buckets;
    let longest = longest_span_over(&ground.view.total, vcpus);
    let period = i64::from(ground.view.axis.period.secs());
    spans_over(&ground.view.total, vcpus)
        .into_iter()
        .map(|span| {
            let part = bucket_part(buckets, span.len());
            let mut marks = vec![Mark::Line {
                class: Class::Borrowed("span__line"),
                from: (Place::ZERO, Place::Tenths(15)),
                to: (Place::ALL, Place::Tenths(15)),
            }];
            if longest.as_ref() == Some(&span) && part >= LABEL_PART {
                let length = number::duration(i64::try_from(span.len()).unwrap_or(0) * period);
                let words = &ground.options.words;
                let text = format!("{length} {} {}", words.over, capacity_text(vcpus, words));
                marks.push(Mark::Text {
                    class: Class::Borrowed("span__label"),
                    at: (Place::Percent(5000), Place::Px(18)),
                    dx: 0,
                    anchor: Anchor::Middle,
                    text,
                });
            }
            Mark::Frame {
                class: Class::Borrowed("span"),
                at: (Place::part(bucket_part(buckets, span.start)), px(ground.lane)),
                size: (Some(Place::part(part)), Some(Place::Px(24))),
                name: None,
                marks,
            }
        })
        .collect()
}

/// `8 vCPU`
fn capacity_text(vcpus: f64, words: &ChartWords) -> String {
    format!("{}{}{}", number::trimmed(vcpus), number::NO_BREAK_SPACE, words.vcpu)
}

/// Names of the capacity, ghost and threshold lines, at their left ends.
fn line_labels(ground: &Ground) -> Vec<Mark> {
    let words = &ground.options.words;
    let lane = i32::try_from(ground.lane).unwrap_or(0);
    let highest = i32::try_from(ground.lane).unwrap_or(0) + 12;
    let label = |class: &'static str, y: i32, text: String| Mark::Text {
        class: Class::Borrowed(class),
        at: (Place::Px(6), Place::Px(y.max(highest))),
        dx: 0,
        anchor: Anchor::Start,
        text,
    };
    let mut marks = Vec::new();
    let capacity_y = ground.capacity.map(|vcpus| lane + ground.plane.y(vcpus) - 6);
    match (ground.view.vcpu.vcpus(), capacity_y) {
        (Some(vcpus), Some(y)) => marks.push(label("chart__capacity-label", y, capacity_text(vcpus, words))),
        (Some(vcpus), None) => {
            let text = format!("{}, {}", capacity_text(vcpus, words), words.above_scale);
            marks.push(label("chart__capacity-label", highest, text));
        }
        (None, _) => {}
    }
    let first_ghost =
        ground.view.ghost.iter().flat_map(|ghost| ghost.total.iter().take(3).flatten()).copied().reduce(f64::max);
    if let Some(value) = first_ghost {
        let y = lane + ground.plane.y(value) - 8;
        let is_free = capacity_y.is_none_or(|taken| (taken - y).abs() >= 13);
        marks.push(label("chart__ghost-label", if is_free { y } else { y + 26 }, words.ghost.to_string()));
    }
    if let Some((value, text)) = &ground.options.threshold {
        marks.push(label("chart__threshold-label", lane + ground.plane.y(*value) - 6, text.clone()));
    }
    marks
}
