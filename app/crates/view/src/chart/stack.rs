//! Which layers a stack shows, and where each begins and ends.

use super::{Columns, OTHER_PATTERN, layer_pattern};
use crate::{Layer, LoadView};

/// Load thinner than this on average is drawn in the grey layer on top.
const THINNEST_LAYER_PX: f64 = 1.0;
/// Events of one class are told apart by this many steps of strength.
const EVENT_STEPS: usize = 3;

/// One layer of a drawn stack, a value a column.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct StackLayer {
    /// Index in the view; `None` for the grey layer of all that is too thin, and the remainder.
    pub(super) index: Option<usize>,
    pub(super) pattern: &'static str,
    /// 1 for the first event of a class, then 2 and 3.
    pub(super) step: usize,
    pub(super) under: Vec<Option<f64>>,
    pub(super) over: Vec<Option<f64>>,
}

/// The stack of `view` from the bottom. `picks` says which bucket stands for each column, `px` how
/// many pixels one AAS is high.
pub(super) fn stack_of(view: &LoadView, picks: &[Option<usize>], px: f64) -> Vec<StackLayer> {
    let at = |layer: &Layer| -> Vec<Option<f64>> { picks.iter().map(|pick| value_at(layer, *pick)).collect() };
    let mut level: Vec<Option<f64>> = picks.iter().map(|pick| pick.map(|_| 0.0)).collect();
    let mut layers = Vec::new();
    let mut thin: Vec<Option<f64>> = level.clone();
    let mut has_thin = false;
    for (index, layer) in view.layers.iter().enumerate() {
        let values = at(layer);
        if layer.mean.0 * px >= THINNEST_LAYER_PX {
            let under = level.clone();
            add(&mut level, &values);
            let step = 1 + view.layers[..index]
                .iter()
                .filter(|below| below.class.is_some() && below.class == layer.class)
                .count()
                % EVENT_STEPS;
            layers.push(StackLayer {
                index: Some(index),
                pattern: layer_pattern(layer, index),
                step,
                under,
                over: level.clone(),
            });
        } else {
            add(&mut thin, &values);
            has_thin = true;
        }
    }
    if let Some(remainder) = &view.remainder {
        add(&mut thin, &at(remainder));
        has_thin = true;
    }
    if has_thin {
        let under = level.clone();
        add(&mut level, &thin);
        layers.push(StackLayer { index: None, pattern: OTHER_PATTERN, step: 1, under, over: level });
    }
    layers
}

fn value_at(layer: &Layer, pick: Option<usize>) -> Option<f64> {
    pick.and_then(|bucket| layer.values.get(bucket).copied().flatten())
}

/// Adds to the levels of known columns; a layer that lacks a bucket the total knows adds nothing.
fn add(level: &mut [Option<f64>], values: &[Option<f64>]) {
    for (level, value) in level.iter_mut().zip(values) {
        if let (Some(level), Some(value)) = (level.as_mut(), value) {
            *level += value.max(0.0);
        }
    }
}

/// Where a label of `width_px` sits best in a layer: the middle column, the mean value of the layer
/// there, and the mean level of the layer's middle. `None` where it is nowhere `height` high.
pub(super) fn label_place(
    layer: &StackLayer,
    columns: Columns,
    width_px: u32,
    height: f64,
) -> Option<(usize, f64, f64)> {
    let count = layer.over.len();
    let per_px = f64::from(columns.width) / f64::from(u32::try_from(count.max(1)).unwrap_or(u32::MAX));
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "small and positive")]
    let span = ((f64::from(width_px) / per_px).ceil() as usize).clamp(1, count.max(1));
    let thickness = |column: usize| Some(layer.over[column]? - layer.under[column]?);
    let mut best: Option<(f64, usize)> = None;
    for from in 0..=count.saturating_sub(span) {
        let Some(least) = (from..(from + span).min(count))
            .map(thickness)
            .try_fold(f64::INFINITY, |least, value| Some(least.min(value?)))
        else {
            continue;
        };
        // The band must stay inside the layer over the whole label, not only be thick.
        let highest_under = (from..from + span).filter_map(|column| layer.under[column]).fold(0.0, f64::max);
        let lowest_over = (from..from + span).filter_map(|column| layer.over[column]).fold(f64::INFINITY, f64::min);
        let room = (lowest_over - highest_under).min(least);
        if room >= height && best.is_none_or(|(most, _)| room > most) {
            best = Some((room, from));
        }
    }
    let (_, from) = best?;
    let range = from..(from + span).min(count);
    let highest_under = range.clone().filter_map(|column| layer.under[column]).fold(0.0, f64::max);
    let lowest_over = range.clone().filter_map(|column| layer.over[column]).fold(f64::INFINITY, f64::min);
    #[expect(clippy::cast_precision_loss, reason = "column counts are small")]
    let mean = range.clone().filter_map(thickness).sum::<f64>() / range.len() as f64;
    Some((from + span / 2, mean, f64::midpoint(highest_under, lowest_over)))
}
