//! Small horizontal bars: the wait bar of a row, the load meter of an instance, the waterfall.

use serde::{Deserialize, Serialize};
use units::{Aas, WaitClass};

use super::{Anchor, Class, Drawing, Fit, Mark, OTHER_PATTERN, Place, ViewBox, reference, wait_pattern};
use crate::{LoadPart, number};

const BAR_WIDTH: f64 = 120.0;
const BAR_HEIGHT: u32 = 12;
/// Parts thinner than this are drawn together in grey.
const THINNEST_PART_PX: f64 = 1.5;

/// The stacked wait bar of a table row. `unknown` is load without a wait class, `scale` the load
/// that fills the bar (the widest row), `before` the same row in the compare window.
#[must_use]
pub fn draw_wait_bar(waits: &[LoadPart], unknown: Aas, scale: Aas, before: Option<Aas>) -> Drawing {
    let width_of = |aas: f64| if scale.0 > 0.0 { (aas / scale.0 * BAR_WIDTH).clamp(0.0, BAR_WIDTH) } else { 0.0 };
    let mut marks = Vec::new();
    let mut x = 0.0;
    let mut left = width_of(unknown.0);
    let mut part = |pattern: &str, width: f64| {
        marks.push(Mark::Rect {
            class: Class::Borrowed(""),
            fill: Some(reference(pattern)),
            at: (Place::tenths(x), Place::ZERO),
            size: (Place::tenths((width - 0.5).max(1.0)), Place::Px(12)),
            radius: 0,
        });
        x += width;
    };
    for wait in in_stack_order(waits) {
        let width = width_of(wait.aas.0);
        if width < THINNEST_PART_PX { left += width } else { part(wait_pattern(wait.class), width) }
    }
    if left >= 0.5 {
        part(OTHER_PATTERN, left);
    }
    if let Some(before) = before {
        let x = width_of(before.0).max(1.0);
        marks.push(Mark::Path {
            class: Class::Borrowed("wait-bar__ghost"),
            fill: None,
            d: format!("M{} 0v{BAR_HEIGHT}", Place::tenths(x)),
        });
    }
    let view_box = ViewBox { x: 0, y: 0, width: 120, height: BAR_HEIGHT };
    Drawing {
        class: Class::Borrowed("wait-bar top-sql__bar"),
        view_box: Some((view_box, Fit::Meet)),
        height: None,
        marks,
    }
}

fn in_stack_order(waits: &[LoadPart]) -> Vec<LoadPart> {
    WaitClass::ALL
        .into_iter()
        .filter_map(|class| {
            let aas: Aas = waits.iter().filter(|wait| wait.class == class).map(|wait| wait.aas).sum();
            (aas.0 > 0.0).then_some(LoadPart { class, aas })
        })
        .collect()
}

/// `Lock 95 %, CPU 5 %`: what the wait bar says, for people who hear it. Parts under 5 % are left
/// out.
#[must_use]
pub fn wait_bar_name(waits: &[LoadPart], mean: Aas) -> String {
    const SMALLEST_SPOKEN: f64 = 0.05;
    let mut parts = in_stack_order(waits);
    parts.sort_by(|a, b| b.aas.0.total_cmp(&a.aas.0));
    parts
        .into_iter()
        .filter_map(|part| part.aas.share_of(mean).map(|share| (part.class, share)))
        .filter(|(_, share)| *share >= SMALLEST_SPOKEN)
        .map(|(class, share)| format!("{} {}", class.label(), number::percent(share)))
        .collect::<Vec<_>>()
        .join(", ")
}

/// The load of an instance against its vCPUs: bar to the mean, thin line to the peak, tick at the
/// capacity, which stands in the middle.
#[must_use]
pub fn draw_load_meter(mean: Aas, peak: Option<Aas>, vcpus: f64) -> Drawing {
    const WIDTH: f64 = 144.0;
    let x = |aas: f64| if vcpus > 0.0 { (aas / (vcpus * 2.0) * WIDTH).clamp(0.0, WIDTH) } else { 0.0 };
    let rect = |class: &'static str, from: f64, to: f64| Mark::Rect {
        class: Class::Borrowed(class),
        fill: None,
        at: (Place::tenths(from), Place::Px(3)),
        size: (Place::tenths((to - from).max(0.0)), Place::Px(6)),
        radius: 1,
    };
    let mut marks = vec![rect("meter__track", 0.0, WIDTH), rect("meter__fill", 0.0, x(mean.0.min(vcpus)))];
    if mean.0 > vcpus {
        marks.push(rect("meter__fill--over", x(vcpus), x(mean.0)));
    }
    if let Some(peak) = peak {
        let class = if peak.0 > vcpus { "meter__peak meter__peak--over" } else { "meter__peak" };
        let (from, to) = (Place::tenths(x(mean.0)), Place::tenths(x(peak.0)));
        marks.push(Mark::Path { class: Class::Borrowed(class), fill: None, d: format!("M{from} 6H{to}M{to} 3v6") });
    }
    marks.push(Mark::Path { class: Class::Borrowed("meter__mark"), fill: None, d: "M72 0v12".to_owned() });
    let view_box = ViewBox { x: 0, y: 0, width: 144, height: 12 };
    Drawing { class: Class::Borrowed("fleet__load"), view_box: Some((view_box, Fit::Meet)), height: None, marks }
}

/// One row of a drawn waterfall.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct WaterfallRow {
    /// Words at the left.
    pub name: String,
    /// What the bar stands for.
    pub bar: WaterfallBar,
    /// Words at the right: `40.9 → 41.8 /s`.
    pub note: String,
}

/// What a bar of a waterfall stands for.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WaterfallBar {
    /// A whole, drawn from 0.
    Whole(Aas),
    /// A change, drawn from where the last row ended.
    Change(f64),
}

/// Draws a waterfall over the full width of its panel.
#[must_use]
pub fn draw_waterfall(rows: &[WaterfallRow]) -> Drawing {
    const ROW_PX: i32 = 27;
    let ends = levels(rows);
    let highest = ends.iter().map(|(from, to)| from.max(*to)).fold(0.0, f64::max) * 1.12;
    let x = |value: f64| 0.27 + if highest > 0.0 { value / highest * 0.41 } else { 0.0 };
    let count = i32::try_from(rows.len()).unwrap_or(0);
    let mut marks = vec![Mark::Line {
        class: Class::Borrowed("waterfall__axis"),
        from: (Place::part(x(0.0)), Place::Px(2)),
        to: (Place::part(x(0.0)), Place::Px(count * ROW_PX)),
    }];
    for (number, (row, (from, to))) in rows.iter().zip(&ends).enumerate() {
        let y = 6 + i32::try_from(number).unwrap_or(0) * ROW_PX;
        marks.extend(waterfall_row(row, y, (x(from.min(*to)), x(from.max(*to)))));
        if number + 1 < rows.len() {
            let at = Place::part(x(*to));
            marks.push(Mark::Line {
                class: Class::Borrowed("waterfall__link"),
                from: (at, Place::Px(y + 17)),
                to: (at, Place::Px(y + ROW_PX + 2)),
            });
        }
    }
    let height = u32::try_from(count * ROW_PX + 8).ok();
    Drawing { class: Class::Borrowed("waterfall"), view_box: None, height, marks }
}

/// Where each bar begins and ends.
fn levels(rows: &[WaterfallRow]) -> Vec<(f64, f64)> {
    let mut level = 0.0;
    rows.iter()
        .map(|row| {
            let from = if matches!(row.bar, WaterfallBar::Whole(_)) { 0.0 } else { level };
            level = match row.bar {
                WaterfallBar::Whole(aas) => aas.0,
                WaterfallBar::Change(delta) => (level + delta).max(0.0),
            };
            (from, level)
        })
        .collect()
}

fn waterfall_row(row: &WaterfallRow, y: i32, (left, right): (f64, f64)) -> Vec<Mark> {
    const NARROWEST_PART: f64 = 0.0035;
    let text = |class: &'static str, at: (Place, Place), anchor: Anchor, text: String| Mark::Text {
        class: Class::Borrowed(class),
        at,
        dx: 0,
        anchor,
        text,
    };
    let (class, value) = match row.bar {
        WaterfallBar::Whole(aas) => ("waterfall__bar--total", number::three_figures(aas.0)),
        WaterfallBar::Change(delta) if delta >= 0.0 => ("waterfall__bar--more", number::signed(delta)),
        WaterfallBar::Change(delta) => ("waterfall__bar--less", number::signed(delta)),
    };
    vec![
        text("waterfall__name", (Place::ZERO, Place::Px(y + 13)), Anchor::Start, row.name.clone()),
        Mark::Rect {
            class: Class::Borrowed(class),
            fill: None,
            at: (Place::part(left), Place::Px(y + 2)),
            size: (Place::part((right - left).max(NARROWEST_PART)), Place::Px(15)),
            radius: 1,
        },
        Mark::Frame {
            class: Class::Borrowed(""),
            at: (Place::part(right), Place::ZERO),
            size: (None, None),
            name: None,
            marks: vec![text("waterfall__value", (Place::Px(6), Place::Px(y + 14)), Anchor::Start, value)],
        },
        text("waterfall__note chart__hide-on-phone", (Place::ALL, Place::Px(y + 14)), Anchor::End, row.note.clone()),
    ]
}
