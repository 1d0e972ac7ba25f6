//! The crosshair: one line through all charts of a page, with a time flag on the axis.

use super::{Anchor, Class, Mark, Place};

/// The line of a crosshair at `part` of the width, from `top` to `bottom` pixels.
#[must_use]
pub fn crosshair_line(part: f64, top: i32, bottom: i32) -> Mark {
    let x = Place::part(part);
    Mark::Line { class: Class::Borrowed("crosshair__line"), from: (x, Place::Px(top)), to: (x, Place::Px(bottom)) }
}

/// The flag with the time, its top at `y` pixels.
#[must_use]
pub fn crosshair_flag(part: f64, y: i32, text: &str) -> Mark {
    // 14:57:00 takes 56 px; a date with it more.
    let half = i32::try_from(text.chars().count()).unwrap_or(8) * 3 + 4;
    Mark::Frame {
        class: Class::Borrowed(""),
        at: (Place::part(part), Place::ZERO),
        size: (None, None),
        name: None,
        marks: vec![
            Mark::Rect {
                class: Class::Borrowed("crosshair__flag"),
                fill: None,
                at: (Place::Px(-half), Place::Px(y)),
                size: (Place::Px(2 * half), Place::Px(17)),
                radius: 2,
            },
            Mark::Text {
                class: Class::Borrowed("crosshair__flag-text"),
                at: (Place::ZERO, Place::Px(y + 12)),
                dx: 0,
                anchor: Anchor::Middle,
                text: text.to_owned(),
            },
        ],
    }
}
