//! Fills of layers, bars and swatches: wait classes, and a ramp for values of other dimensions.
//! A fill is a pattern, so that the hatch can never be forgotten.

use units::WaitClass;

use super::{Class, Mark, Place};
use crate::Layer;

/// Number of fills in the ramp for slices that are no waits; further layers start over.
pub const SERIES_FILLS: usize = 10;

/// Id of the pattern of a wait class: `wait-lock`.
#[must_use]
pub fn wait_pattern(class: WaitClass) -> &'static str {
    match class {
        WaitClass::Cpu => "wait-cpu",
        WaitClass::Io => "wait-io",
        WaitClass::Client => "wait-client",
        WaitClass::LwLock => "wait-lwlock",
        WaitClass::Ipc => "wait-ipc",
        WaitClass::Lock => "wait-lock",
        WaitClass::Activity => "wait-activity",
        WaitClass::Timeout => "wait-timeout",
        WaitClass::BufferPin => "wait-bufferpin",
        WaitClass::Extension => "wait-extension",
    }
}

/// Pattern of what no layer shows.
pub const OTHER_PATTERN: &str = "wait-other";
/// Pattern of a gap.
pub const GAP_PATTERN: &str = "gap";

/// Id of the pattern of layer `index` (from the bottom) of a slice that is no wait: `series-1` …
#[must_use]
pub fn series_pattern(index: usize) -> &'static str {
    const NAMES: [&str; SERIES_FILLS] = [
        "series-1",
        "series-2",
        "series-3",
        "series-4",
        "series-5",
        "series-6",
        "series-7",
        "series-8",
        "series-9",
        "series-10",
    ];
    NAMES[index % SERIES_FILLS]
}

/// Pattern of layer `index` of a stack.
#[must_use]
pub fn layer_pattern(layer: &Layer, index: usize) -> &'static str {
    layer.class.map_or_else(|| series_pattern(index), wait_pattern)
}

/// `url(#…)` of a pattern, for a `fill` attribute.
#[must_use]
pub fn reference(pattern: &str) -> Class {
    Class::Owned(format!("url(#{pattern})"))
}

/// Whether text on a pattern must be light (`true`) or dark.
#[must_use]
pub fn is_dark(pattern: &str) -> bool {
    matches!(pattern, "wait-io" | "wait-lwlock" | "wait-lock" | "wait-timeout" | "wait-extension")
        || pattern.strip_prefix("series-").and_then(|number| number.parse::<u32>().ok()).is_some_and(|n| n % 2 == 1)
}

/// A pattern of the sprite, `patternUnits="userSpaceOnUse"`.
#[derive(Clone, Debug, PartialEq)]
pub struct Pattern {
    /// Id, once a page.
    pub id: &'static str,
    /// Width and height of a tile.
    pub size: u8,
    /// What is drawn on a tile.
    pub marks: Vec<Mark>,
}

/// Every pattern that drawings refer to: the sprite of a page and of a standalone image.
#[must_use]
pub fn patterns() -> Vec<Pattern> {
    let waits = WaitClass::ALL.into_iter().map(|class| {
        let id = wait_pattern(class);
        tile(id, id.trim_start_matches("wait-"), wait_hatch(class))
    });
    let series = (0..SERIES_FILLS).map(|index| {
        let id = series_pattern(index);
        tile(id, id, series_hatch(index))
    });
    let gap = Pattern {
        id: GAP_PATTERN,
        size: 8,
        marks: vec![stroke("hatch__mark hatch__mark--gap", "M-1 9L9-1M-1 1L1-1M7 9l2-2")],
    };
    waits.chain([tile(OTHER_PATTERN, "other", Vec::new())]).chain(series).chain([gap]).collect()
}

fn tile(id: &'static str, ground: &str, hatch: Vec<Mark>) -> Pattern {
    let whole = Mark::Rect {
        class: Class::Owned(format!("hatch__ground--{ground}")),
        fill: None,
        at: (Place::ZERO, Place::ZERO),
        size: (Place::Px(7), Place::Px(7)),
        radius: 0,
    };
    Pattern { id, size: 7, marks: std::iter::once(whole).chain(hatch).collect() }
}

fn stroke(class: &'static str, d: &str) -> Mark {
    Mark::Path { class: Class::Borrowed(class), fill: None, d: d.to_owned() }
}

fn wait_hatch(class: WaitClass) -> Vec<Mark> {
    const DARK: &str = "hatch__mark hatch__mark--on-dark";
    const LIGHT: &str = "hatch__mark hatch__mark--on-light";
    match class {
        WaitClass::Cpu => Vec::new(),
        WaitClass::Io => vec![stroke(DARK, "M0 3h7")],
        WaitClass::Client => [(20, 20), (55, 55)]
            .into_iter()
            .map(|(x, y)| Mark::Circle {
                class: Class::Borrowed("hatch__dot--on-light"),
                at: (Place::Tenths(x), Place::Tenths(y)),
                radius: Place::Px(1),
            })
            .collect(),
        WaitClass::LwLock => vec![stroke(DARK, "M0 0l7 7M7 0L0 7")],
        WaitClass::Ipc => vec![stroke(LIGHT, "M3.5 0v7")],
        WaitClass::Lock => vec![stroke(DARK, "M-1 8L8-1M-1 1L1-1M6 8l2-2")],
        WaitClass::Activity => vec![stroke(LIGHT, "M-1-1l9 9M6-1l2 2M-1 6l2 2")],
        WaitClass::Timeout => vec![stroke(DARK, "M0 2h3.5M3.5 5.5H7")],
        WaitClass::BufferPin => vec![stroke(LIGHT, "M3.5 1v5M1 3.5h5")],
        WaitClass::Extension => vec![stroke(DARK, "M2 0v3.5M5.5 3.5V7")],
    }
}

/// Odd places of the ramp are dark, even ones light, each pair with a hatch of its own.
fn series_hatch(index: usize) -> Vec<Mark> {
    const SHAPES: [&str; 5] = ["", "M0 3h7", "M-1 8L8-1M-1 1L1-1M6 8l2-2", "M3.5 0v7", "M0 0l7 7M7 0L0 7"];
    let class =
        if index.is_multiple_of(2) { "hatch__mark hatch__mark--on-dark" } else { "hatch__mark hatch__mark--on-light" };
    let shape = SHAPES[index / 2 % SHAPES.len()];
    if shape.is_empty() { Vec::new() } else { vec![stroke(class, shape)] }
}
