//! The drawn time axis.

use super::{Anchor, Class, Drawing, Mark, Place};
use crate::Axis;

/// Ticks below a chart. At the edges labels turn inwards; every second one is hidden on phones.
#[must_use]
pub fn time_axis(axis: &Axis, most: usize, class: Class, with_marks: bool) -> Drawing {
    let ticks = axis.ticks(most);
    let optional_exist = ticks.iter().any(|tick| !tick.optional);
    let marks = ticks
        .into_iter()
        .map(|tick| {
            let x = Place::part(tick.place);
            let mut marks = Vec::new();
            if with_marks {
                marks.push(Mark::Line {
                    class: Class::Borrowed("chart__tick-mark"),
                    from: (x, Place::ZERO),
                    to: (x, Place::Px(4)),
                });
            }
            let anchor = match tick.place {
                place if place < 0.02 => Anchor::Start,
                place if place > 0.98 => Anchor::End,
                _ => Anchor::Middle,
            };
            marks.push(Mark::Text {
                class: Class::Borrowed("chart__tick"),
                at: (x, Place::Px(if with_marks { 16 } else { 14 })),
                dx: 0,
                anchor,
                text: tick.label,
            });
            let class = if tick.optional && optional_exist { "chart__hide-on-phone" } else { "" };
            Mark::Group { class: Class::Borrowed(class), marks }
        })
        .collect();
    Drawing { class, view_box: None, height: None, marks }
}
