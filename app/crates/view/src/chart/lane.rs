//! The alarm lane: when alarms rang and what was deployed, on the axis of the strips.

use super::{Anchor, Class, Drawing, Mark, Place};
use crate::{AlarmLane, Axis, MarkerKind, Mover};

/// Height of one lane in pixels.
const LANE_PX: i32 = 20;
/// A bar is drawn at least this part of the axis wide: a short alarm must be seen.
const NARROWEST: f64 = 0.004;
/// Names stand inside bars from this part of the axis on, else beside them.
const ROOM_FOR_NAME: f64 = 0.15;
/// Behind this part of the axis a name stands at the left of its bar.
const LATE: f64 = 0.7;

/// Lanes of an alarm each; deploys share the first.
#[must_use]
pub fn draw_alarm_lane(lane: &AlarmLane, axis: &Axis) -> Drawing {
    let lanes = lane.alarms.len().max(1);
    let middle = |row: usize| i32::try_from(row).unwrap_or(0) * LANE_PX + LANE_PX / 2;
    let mut marks: Vec<Mark> = (0..lanes)
        .map(|row| Mark::Line {
            class: Class::Borrowed("alarm-lane__track"),
            from: (Place::ZERO, Place::Px(middle(row))),
            to: (Place::ALL, Place::Px(middle(row))),
        })
        .collect();
    for (row, alarm) in lane.alarms.iter().enumerate() {
        let top = middle(row) - LANE_PX / 2 + 2;
        for (nth, span) in alarm.spans.iter().enumerate() {
            let (from, to) = (axis.place_of(span.from).clamp(0.0, 1.0), axis.place_of(span.to).clamp(0.0, 1.0));
            let width = (to - from).max(NARROWEST);
            let name = (nth == 0).then(|| bar_name(&alarm.name, from, width));
            let mut inside = vec![Mark::Rect {
                class: Class::Borrowed("alarm-lane__bar"),
                fill: None,
                at: (Place::ZERO, Place::ZERO),
                size: (Place::ALL, Place::Px(LANE_PX - 4)),
                radius: 2,
            }];
            inside.extend(name);
            marks.push(Mark::Frame {
                class: Class::Borrowed(""),
                at: (Place::part(from), Place::Px(top)),
                size: (Some(Place::part(width)), Some(Place::Px(LANE_PX - 4))),
                name: None,
                marks: inside,
            });
        }
    }
    for marker in &lane.markers {
        marks.push(deploy(axis.place_of(marker.at), marker.kind, &marker.label));
    }
    Drawing {
        class: Class::Borrowed("alarm-lane"),
        view_box: None,
        height: u32::try_from(LANE_PX).ok().and_then(|px| px.checked_mul(u32::try_from(lanes).ok()?)),
        marks,
    }
}

fn bar_name(name: &str, from: f64, width: f64) -> Mark {
    let is_inside = width >= ROOM_FOR_NAME;
    let (class, at, anchor, dx) = match () {
        () if is_inside => ("alarm-lane__text alarm-lane__text--inside", Place::ZERO, Anchor::Start, 6),
        () if from > LATE => ("alarm-lane__text", Place::ZERO, Anchor::End, -6),
        () => ("alarm-lane__text", Place::ALL, Anchor::Start, 6),
    };
    Mark::Text { class: Class::Borrowed(class), at: (at, Place::Px(12)), dx, anchor, text: name.to_owned() }
}

fn deploy(place: f64, kind: MarkerKind, label: &str) -> Mark {
    let glyph = if kind == MarkerKind::Deploy { "marker__glyph marker__glyph--solid" } else { "marker__glyph" };
    let anchor = if place > LATE { Anchor::End } else { Anchor::Start };
    Mark::Frame {
        class: Class::Borrowed(""),
        at: (Place::part(place), Place::ZERO),
        size: (None, None),
        name: Some(label.to_owned()),
        marks: vec![
            Mark::Path { class: Class::Borrowed(glyph), fill: None, d: "M-5 6h10l-5 8z".to_owned() },
            Mark::Text {
                class: Class::Borrowed("marker__label chart__hide-on-phone"),
                at: (Place::Px(if place > LATE { -10 } else { 10 }), Place::Px(14)),
                dx: 0,
                anchor,
                text: label.to_owned(),
            },
        ],
    }
}

/// Vertical lines where tiers moved; the first stands out.
#[must_use]
pub fn mover_lines(movers: &[Mover], axis: &Axis) -> Vec<Mark> {
    let mut places: Vec<Place> = Vec::new();
    let mut marks = Vec::new();
    for mover in movers.iter().filter(|mover| !mover.is_alarm) {
        let x = Place::part(axis.place_of(mover.at));
        if places.contains(&x) {
            continue;
        }
        let class = if places.is_empty() { "marker__line marker__line--critical" } else { "marker__line" };
        marks.push(Mark::Line { class: Class::Borrowed(class), from: (x, Place::ZERO), to: (x, Place::ALL) });
        places.push(x);
    }
    marks
}

#[cfg(test)]
mod tests {
    use units::{Period, Timestamp, Window};

    use super::*;
    use crate::{AlarmSpan, Marker};

    fn at(secs: i64) -> Timestamp {
        Timestamp::from_secs(secs)
    }

    fn axis() -> Axis {
        Axis {
            window: Window::new(at(0), at(3600)),
            period: Period::MINUTE,
            zone: "UTC".to_owned(),
            offsets: Vec::new(),
        }
    }

    fn texts(marks: &[Mark]) -> Vec<String> {
        let inside = |mark: &Mark| match mark {
            Mark::Text { text, .. } => vec![text.clone()],
            Mark::Frame { marks, .. } => texts(marks),
            _ => Vec::new(),
        };
        marks.iter().flat_map(inside).collect()
    }

    #[test]
    fn each_alarm_has_a_lane_and_its_name_once() {
        let alarm = |name: &str, spans: &[(i64, i64)]| AlarmSpan {
            name: name.to_owned(),
            arn: String::new(),
            spans: spans.iter().map(|(from, to)| Window::new(at(*from), at(*to))).collect(),
        };
        let lane = AlarmLane {
            alarms: vec![alarm("load", &[(0, 1800), (2000, 2001)]), alarm("errors", &[(3500, 3600)])],
            markers: vec![Marker { at: at(600), kind: MarkerKind::Deploy, label: "checkout 2".to_owned() }],
        };
        let drawing = draw_alarm_lane(&lane, &axis());
        assert_eq!(drawing.height, Some(40));
        assert_eq!(texts(&drawing.marks), ["load", "errors", "checkout 2"]);
        let narrow = drawing.marks.iter().filter(
            |mark| matches!(mark, Mark::Frame { size: (Some(width), _), .. } if *width == Place::part(NARROWEST)),
        );
        assert_eq!(narrow.count(), 1, "one second of an hour is still seen");
        assert_eq!(draw_alarm_lane(&AlarmLane::default(), &axis()).height, Some(20), "an empty lane keeps its place");
    }

    #[test]
    fn movers_of_one_moment_share_a_line() {
        let mover = |secs: i64, is_alarm: bool| Mover {
            at: at(secs),
            lag_secs: 0,
            tolerance_secs: 60,
            tier: (String::new(), String::new()),
            what: Vec::new(),
            is_alarm,
        };
        let lines = mover_lines(&[mover(600, false), mover(600, false), mover(660, false), mover(900, true)], &axis());
        assert_eq!(lines.len(), 2, "the alarm stands in its lane");
        assert!(matches!(&lines[0], Mark::Line { class, .. } if class.contains("critical")));
    }
}
