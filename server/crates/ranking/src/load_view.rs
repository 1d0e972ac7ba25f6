//! DB load of an instance, stacked by a dimension.

use samples::{BucketCover, Instance, LoadMatrix};
use units::{Aas, DbLoadQuery, Dimension, Period, TimePoint, TimeRange, Timestamp, WaitClass};
use view::{Axis, BlockedChip, Ghost, Layer, LoadView, Marker, MarkerKind, Panel};

use crate::Result;
use crate::averages::{newest, p99, peak, weighted_mean};
use crate::aws_cli::load_calls;
use crate::facts::{behind, source_of, state_of, vcpu_line};
use crate::hosts::name_hosts;
use crate::matrix::{regrouped, remainder};
use crate::page::Page;
use crate::plans::short_plan;
use crate::question::type_of_event;
use crate::reader::{Lookup, Reader, is_covered};
use crate::statements::SqlIndex;

/// Most layers of a stack; the rest is in the remainder.
const MOST_LAYERS: usize = 25;
/// Longest label of a layer that is a statement.
const LABEL_CHARS: usize = 60;
/// A mini-map reaches this many times as far as the window.
const OVERVIEW_FACTOR: i64 = 5;
/// The least and the most a mini-map reaches.
const OVERVIEW_SECS: (i64, i64) = (3 * 3600, 30 * 86_400);

/// DB load for the chart of a page.
///
/// # Errors
/// [`crate::Error`]; missing data is a state of the panel.
pub async fn fetch_db_load(reader: &Reader, query: &DbLoadQuery, now: Timestamp) -> Result<Panel<LoadView>> {
    let query = query.clone();
    reader.answer(now, move |lookup| load_panel(lookup, &query)).await
}

/// Total and waits of a wider range around the page's window, for the mini-map.
///
/// # Errors
/// [`crate::Error`]; missing data is a state of the panel.
pub async fn fetch_overview(reader: &Reader, query: &DbLoadQuery, now: Timestamp) -> Result<Panel<LoadView>> {
    let window = query.range.resolve(now)?;
    let (least, most) = OVERVIEW_SECS;
    let length = (window.secs() * OVERVIEW_FACTOR).clamp(least, most).max(window.secs());
    // As much before as after, but never beyond now: most readers look at the newest end.
    let to = window.to.plus_secs((length - window.secs()) / 2).min(now).max(window.to);
    let range = TimeRange { from: TimePoint::At(to.plus_secs(-length)), to: TimePoint::At(to) };
    let slice = Dimension::WaitType;
    let query =
        DbLoadQuery { range, slice, period: None, compare: units::Compare::Off, filters: Vec::new(), ..query.clone() };
    reader
        .answer(now, move |lookup| {
            let page = Page::of(lookup, &query)?;
            // A map has a few hundred pixels; seconds and minutes would be lost on it.
            let period = coarse(page.axis.period, page.axis.window.secs());
            panel_of(lookup, &page.in_buckets(period), &query)
        })
        .await
}

fn coarse(period: Period, window_secs: i64) -> Period {
    /// Enough buckets for a mini-map.
    const ENOUGH: i64 = 480;
    let steps = [60, 300, 600, 1800, 3600, 10_800, 21_600, 86_400];
    let wide = steps.into_iter().find(|step| window_secs / i64::from(*step) <= ENOUGH).and_then(Period::from_secs);
    wide.unwrap_or(Period::DAY).max(period)
}

pub(crate) fn load_panel(lookup: &Lookup, query: &DbLoadQuery) -> Result<Panel<LoadView>> {
    panel_of(lookup, &Page::of(lookup, query)?, query)
}

fn panel_of(lookup: &Lookup, page: &Page, query: &DbLoadQuery) -> Result<Panel<LoadView>> {
    let (question, index) = page.plan(lookup, query.slice)?;
    let matrix = page.answer(lookup, &question, &index)?;
    if !is_covered(&matrix) && lookup.is_settled() && page.axis.period < Period::MINUTE {
        // No seconds to be had (too old, or refused): minutes tell what there is.
        return panel_of(lookup, &page.in_buckets(Period::MINUTE), query);
    }
    if let Some(state) = state_of(lookup, &page.instance, &matrix) {
        return Ok(state);
    }
    let before = page.answer_before(lookup, &question, &index)?;
    let calls = load_calls(&page.instance, &page.axis, &question, &[]);
    let mut view = stack_load(&LoadInput {
        instance: &page.instance,
        axis: &page.axis,
        slice: query.slice,
        matrix: &matrix,
        before: before.as_ref(),
        earlier_secs: page.compare.map_or(0, |(_, earlier)| earlier),
        markers: markers(lookup, page)?,
        blocked: question.blocked,
        index: &index,
    });
    name_hosts(lookup, query.slice, view.layers.iter_mut().map(|layer| &mut layer.label))?;
    view.source.calls = calls;
    view.behind = behind(lookup, &page.instance, &matrix);
    Ok(Panel::Data(view))
}

/// What a load view is made of.
pub struct LoadInput<'a> {
    /// The instance.
    pub instance: &'a Instance,
    /// Axis of the chart.
    pub axis: &'a Axis,
    /// What the layers are.
    pub slice: Dimension,
    /// The load, reconciled, keyed by PI's ids.
    pub matrix: &'a LoadMatrix,
    /// The load of the compare window, when it is known.
    pub before: Option<&'a LoadMatrix>,
    /// Seconds the compare window lies earlier.
    pub earlier_secs: i64,
    /// Marks on the axis.
    pub markers: Vec<Marker>,
    /// Chips that could not be applied.
    pub blocked: Vec<BlockedChip>,
    /// Statements by PI's id.
    pub index: &'a SqlIndex,
}

/// Stacks a load. Layers and remainder sum to the total in every bucket.
#[must_use]
pub fn stack_load(input: &LoadInput) -> LoadView {
    let sliced = by_slice(input.matrix, input.slice, input.index);
    let (layers, remainder) = layers_of(&sliced, input);
    let total = sliced.total.clone();
    let is_full = |bucket: usize| sliced.cover.buckets.get(bucket) == Some(&BucketCover::Full);
    LoadView {
        axis: input.axis.clone(),
        slice: input.slice,
        layers,
        remainder,
        mean: weighted_mean(&total, &sliced.covered_secs).map(Aas),
        peak: peak(input.axis, &total),
        p99: p99(&total).map(Aas),
        now: newest(input.axis, &total, is_full).map(|(_, value)| Aas(value)),
        vcpu: vcpu_line(input.instance),
        ghost: input.before.map(|before| ghost(before, input, total.len())),
        markers: input.markers.clone(),
        blocked: input.blocked.clone(),
        coverage: sliced.cover.clone(),
        behind: None,
        source: source_of(input.instance, input.matrix),
        total,
    }
}

/// The load under the names of a slice.
pub(crate) fn by_slice(matrix: &LoadMatrix, slice: Dimension, index: &SqlIndex) -> LoadMatrix {
    match slice {
        Dimension::Sql | Dimension::Table | Dimension::Kind | Dimension::Tag => {
            regrouped(matrix, |pi_id| index.names(pi_id, slice))
        }
        Dimension::WaitType => regrouped(matrix, |key| vec![type_of_event(key).to_owned()]),
        _ => matrix.clone(),
    }
}

fn ghost(before: &LoadMatrix, input: &LoadInput, buckets: usize) -> Ghost {
    let mut total = before.total.clone();
    total.resize(buckets, None);
    Ghost { earlier_secs: input.earlier_secs, mean: weighted_mean(&before.total, &before.covered_secs).map(Aas), total }
}

fn layers_of(sliced: &LoadMatrix, input: &LoadInput) -> (Vec<Layer>, Option<Layer>) {
    let mut shown = sliced.clone();
    shown.series.truncate(MOST_LAYERS);
    let rest = remainder(&shown);
    let mean = |values: &[Option<f64>]| Aas(weighted_mean(values, &sliced.covered_secs).unwrap_or(0.0));
    let mut layers: Vec<Layer> = shown
        .series
        .iter()
        .map(|row| Layer {
            key: row.key.clone(),
            label: label_of(&row.key, input),
            class: wait_class(&row.key, input.slice, input.instance),
            mean: mean(&row.values),
            values: row.values.clone(),
        })
        .collect();
    // Waits keep their place in the stack; other slices stand by size.
    layers.sort_by_key(|layer| layer.class.and_then(|class| WaitClass::ALL.iter().position(|known| *known == class)));
    let remainder = rest.iter().flatten().any(|value| *value > 1e-9).then(|| Layer {
        key: String::new(),
        // What has no tag or no plan, and statements beyond the top, whose tags nobody told.
        label: if matches!(input.slice, Dimension::Tag | Dimension::Plan) { "unattributed" } else { "other" }
            .to_owned(),
        class: None,
        mean: mean(&rest),
        values: rest,
    });
    (layers, remainder)
}

/// The wait class of a key on wait slices.
pub(crate) fn wait_class(key: &str, slice: Dimension, instance: &Instance) -> Option<WaitClass> {
    matches!(slice, Dimension::Wait | Dimension::WaitType).then(|| WaitClass::of_event(key, instance.engine))
}

fn label_of(key: &str, input: &LoadInput) -> String {
    match input.slice {
        Dimension::Sql | Dimension::Statement | Dimension::BlockingSql => {
            let ids = input.matrix.series.iter().map(|row| row.key.as_str());
            let pi_id = ids.into_iter().find(|pi_id| *pi_id == key || input.index.digest_of(pi_id).to_string() == key);
            let text = pi_id.map_or_else(|| key.to_owned(), |pi_id| input.index.short_text(pi_id));
            if text.chars().count() > LABEL_CHARS {
                text.chars().take(LABEL_CHARS - 1).chain(['…']).collect()
            } else {
                text
            }
        }
        Dimension::Plan => short_plan(key),
        _ => key.to_owned(),
    }
}

/// Deploys and events of the window, and what alarms of this instance did.
pub(crate) fn markers(lookup: &Lookup, page: &Page) -> Result<Vec<Marker>> {
    let window = page.axis.window;
    let stored = lookup.archive.markers(&page.instance.id, window)?;
    let mut markers: Vec<Marker> = stored
        .into_iter()
        .map(|marker| Marker {
            at: marker.at,
            kind: match marker.kind {
                samples::MarkerKind::Deploy => MarkerKind::Deploy,
                samples::MarkerKind::RdsEvent => MarkerKind::RdsEvent,
            },
            label: marker.label,
        })
        .collect();
    for alarm in crate::alarms::alarms_of(lookup, &page.instance)? {
        for event in lookup.archive.alarm_events(&alarm.arn, window)? {
            let kind = match event.to {
                samples::AlarmStatus::Alarm => MarkerKind::Alarm,
                samples::AlarmStatus::Ok => MarkerKind::AlarmOk,
                samples::AlarmStatus::InsufficientData => continue,
            };
            markers.push(Marker { at: event.at, kind, label: alarm.name.clone() });
        }
    }
    markers.sort_by_key(|marker| marker.at);
    Ok(markers)
}
